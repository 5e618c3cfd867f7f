/* The VMM and the guest (for a GICv2) of Xen's interface as files inside the kernel image, page
 * aligned. */
#include "arch/images.h"

    images  vmm-xen.bin, micro-guest-xen-kvm.bin
