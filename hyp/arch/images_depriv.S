/* The VMM and the guest (for a kernel at EL0) as files inside the kernel image; its name. */
#include "arch/images.h"

    images  vmm.bin, micro-guest-pv.bin
    .global host_design
host_design:
    .asciz  "deprivileged"
