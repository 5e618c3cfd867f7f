/*
 * Split mode with less to move, after Linux 4.9: FP at the guest's first use, list registers only
 * while some are in use. vcpu_arch.lazy says which of the two.
 */
#include "arch/boot.h"
#include "kvm/context.h"

    .section .rodata, "a"
    .global host_design
host_design:
    .asciz  "kvm-split-lazy"

/* The virtual interrupts of a guest come from its list registers. */
    .macro add_irq_lines hcr, scratch
    .endm

    .macro gic_restore
    add     x0, x28, #VCPU_VGIC
    ldr     x1, [x28, #VCPU_LAZY]
    tbnz    x1, #LAZY_VGIC_SHIFT, 1f
    bl      vgic_hw_restore
    b       2f
1:  bl      vgic_hw_restore_used
2:
    .endm

    .macro gic_save
    add     x0, x28, #VCPU_VGIC
    ldr     x1, [x28, #VCPU_LAZY]
    tbnz    x1, #LAZY_VGIC_SHIFT, 1f
    bl      vgic_hw_save
    b       2f
1:  bl      vgic_hw_save_used
2:
    .endm

/* ---- FP; VCPU_FP: the registers are the guest's, from the entry on or from its first use ---- */
    .macro fp_host_save             /* x0: the host's context */
    ldr     x2, [x28, #VCPU_LAZY]
    tbnz    x2, #LAZY_FP_SHIFT, 1f
    bl      fpsimd_save
1:
    .endm

    .macro fp_guest_restore         /* x0: the guest's */
    str     xzr, [x28, #VCPU_FP]
    ldr     x2, [x28, #VCPU_LAZY]
    tbnz    x2, #LAZY_FP_SHIFT, 1f
    mov     x2, #1
    str     x2, [x28, #VCPU_FP]
    bl      fpsimd_restore
1:
    .endm

    .macro fp_guest_save
    ldr     x2, [x28, #VCPU_FP]
    cbz     x2, 1f
    bl      fpsimd_save
1:
    .endm

    .macro fp_host_restore
    ldr     x2, [x28, #VCPU_FP]
    cbz     x2, 1f
    bl      fpsimd_restore
1:
    .endm

    .macro cptr_guest to
    ldr     x3, [x28, #VCPU_LAZY]
    ldr     \to, =(CPTR_RES1_NVHE | CPTR_TTA_NVHE)
    tbz     x3, #LAZY_FP_SHIFT, 1f
    orr     \to, \to, #CPTR_TFP_NVHE
1:
    .endm

/* x1: ESR, x2: its class; the guest's x0-x3 are on the stack. The first use of FP. */
    .macro fp_trap
    cmp     x2, #0x07
    b.ne    1f
    mrs     x0, tpidr_el2
    ldr     x3, [x0, #VCPU_FP]
    cbnz    x3, 1f                  /* it is there already: not this trap */
    mov     x3, #1
    str     x3, [x0, #VCPU_FP]
    ldr     x3, =(CPTR_RES1_NVHE | CPTR_TTA_NVHE)
    msr     cptr_el2, x3
    isb                             /* it trapped EL2's own accesses too */
    push    x4, x30
    push    x0, xzr
    ldr     x0, [x0, #VCPU_HOST_CTX]
    bl      fpsimd_save
    pop     x0, xzr
    bl      fpsimd_restore
    pop     x4, x30
    pop     x2, x3
    pop     x0, x1
    eret
1:
    .endm

#include "kvm/lowvisor_timer.h"

#include "kvm/lowvisor.h"
