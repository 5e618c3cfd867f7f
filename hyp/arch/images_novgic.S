/* The VMM with an interrupt controller of its own and the guest of the physical timer as files
 * inside the kernel image; its name. */
#include "arch/images.h"

    images  vmm-novgic.bin, micro-guest-ptimer.bin
    .global host_design
host_design:
    .asciz  "kvm-split-novgic"
