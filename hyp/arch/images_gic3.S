/* The VMM and the guest (for a GICv3) as files inside the kernel image, page aligned. */
#include "arch/images.h"

    images  vmm.bin, micro-guest-v3.bin
