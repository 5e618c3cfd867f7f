/* Split mode on a machine with a virtual GIC and a virtual timer, after Linux 4.0. */
#include "arch/boot.h"
#include "kvm/context.h"

    .section .rodata, "a"
    .global host_design
host_design:
    .asciz  "kvm-split"

/* The virtual interrupts of a guest come from its list registers. */
    .macro add_irq_lines hcr, scratch
    .endm

    .macro gic_restore
    add     x0, x28, #VCPU_VGIC
    bl      vgic_hw_restore
    .endm

    .macro gic_save
    add     x0, x28, #VCPU_VGIC
    bl      vgic_hw_save
    .endm

#include "kvm/lowvisor_fp.h"
#include "kvm/lowvisor_timer.h"

#include "kvm/lowvisor.h"
