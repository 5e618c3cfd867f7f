/* The VMM and the guest of the physical timer as files inside the kernel image; its name. */
#include "arch/images.h"

    images  vmm.bin, micro-guest-ptimer.bin
    .global host_design
host_design:
    .asciz  "kvm-split-novgic-kernel"
