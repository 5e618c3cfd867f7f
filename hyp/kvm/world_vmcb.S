/*
 * The lowvisor on hardware with control blocks (docs/vmcb.md): ERET with VMCBR_EL2.EN saves the host
 * and loads the guest, an exception to EL2 does the reverse. What is left is what x86 leaves to
 * software as well: general registers, FP, breakpoints.
 *
 * A VCPU's page is its control block; the page of a CPU's stack begins with its host save area.
 */
#include "arch/boot.h"
#include "kvm/context.h"
#include "kvm/vmcb.h"

    .section .rodata, "a"
    .global host_design
host_design:
    .asciz  "vmcb"

    .macro cpu_init
    sub     x5, x2, #4096
    msr     VMHSR_EL2, x5
    msr     VMCBR_EL2, xzr
    .endm

#include "kvm/lowvisor_common.h"

    .section .hyp.text, "ax"

/* VMCBR_EL2.EXITED tells a guest's exception from the host's HVC. */
lower_sync:
    push    x0, x1
    mrs     x0, VMCBR_EL2
    tbnz    x0, #VMCBR_EXITED_SHIFT, 1f
    pop     x0, x1
    push    x30, xzr
    mov     x30, x0
    mov     x0, x1
    mov     x1, x2
    blr     x30
    pop     x30, xzr
    eret
1:  mov     x1, #WORLD_EXIT_TRAP
    b       guest_exit

lower_irq:
    push    x0, x1
    mov     x1, #WORLD_EXIT_IRQ
    b       guest_exit

    .macro save_callee_saved
    stp     x19, x20, [x0, #CTX_X(19)]
    stp     x21, x22, [x0, #CTX_X(21)]
    stp     x23, x24, [x0, #CTX_X(23)]
    stp     x25, x26, [x0, #CTX_X(25)]
    stp     x27, x28, [x0, #CTX_X(27)]
    stp     x29, x30, [x0, #CTX_X(29)]
    .endm

    .macro restore_callee_saved
    ldp     x19, x20, [x0, #CTX_X(19)]
    ldp     x21, x22, [x0, #CTX_X(21)]
    ldp     x23, x24, [x0, #CTX_X(23)]
    ldp     x25, x26, [x0, #CTX_X(25)]
    ldp     x27, x28, [x0, #CTX_X(27)]
    ldp     x29, x30, [x0, #CTX_X(29)]
    .endm

/* Goes to \clean unless the guest uses the debug registers. x28: VCPU */
    .macro debug_skip clean
    ldr     x3, [x28, #VCPU_DEBUG]
    tbz     x3, #VCPU_DEBUG_DIRTY_SHIFT, \clean
    .endm

/* ---- u64 hyp_vcpu_run(struct vcpu_arch *): x0 ---- */
    .global hyp_vcpu_run
hyp_vcpu_run:
    msr     tpidr_el2, x0
    mov     x1, x0
    mrs     x0, VMHSR_EL2
    save_callee_saved
    mov     x28, x1
    bl      fpsimd_save
    debug_skip 1f
    bl      debug_save
1:  mov     x0, x28                 /* the guest's context comes first in the VCPU */
    bl      fpsimd_restore
    debug_skip 1f
    bl      debug_restore
1:  orr     x1, x0, #VMCBR_EN
    msr     VMCBR_EL2, x1
    restore_callee_saved
    ldp     x4, x5, [x0, #CTX_X(4)]
    ldp     x6, x7, [x0, #CTX_X(6)]
    ldp     x8, x9, [x0, #CTX_X(8)]
    ldp     x10, x11, [x0, #CTX_X(10)]
    ldp     x12, x13, [x0, #CTX_X(12)]
    ldp     x14, x15, [x0, #CTX_X(14)]
    ldp     x16, x17, [x0, #CTX_X(16)]
    ldr     x18, [x0, #CTX_X(18)]
    ldp     x2, x3, [x0, #CTX_X(2)]
    ldp     x0, x1, [x0, #CTX_X(0)]
    eret

/* x1: WORLD_EXIT_*; the guest's x0 and x1 are on the stack, all but general, FP and debug registers
 * is the host's */
guest_exit:
    mrs     x0, tpidr_el2
    msr     VMCBR_EL2, xzr
    stp     x2, x3, [x0, #CTX_X(2)]
    stp     x4, x5, [x0, #CTX_X(4)]
    stp     x6, x7, [x0, #CTX_X(6)]
    stp     x8, x9, [x0, #CTX_X(8)]
    stp     x10, x11, [x0, #CTX_X(10)]
    stp     x12, x13, [x0, #CTX_X(12)]
    stp     x14, x15, [x0, #CTX_X(14)]
    stp     x16, x17, [x0, #CTX_X(16)]
    str     x18, [x0, #CTX_X(18)]
    pop     x4, x5
    stp     x4, x5, [x0, #CTX_X(0)]
    save_callee_saved
    mov     x28, x0
    mov     x27, x1
    bl      fpsimd_save
    debug_skip 1f
    bl      debug_save
1:  mrs     x0, VMHSR_EL2
    bl      fpsimd_restore
    debug_skip 1f
    str     xzr, [x28, #VCPU_DEBUG] /* trapped again, unless MDSCR_EL1 says otherwise */
    bl      debug_restore
1:  mov     x5, x27
    restore_callee_saved
    mov     x0, x5
    ret

/* ---- an exception at EL2 itself (a refused entry, too), or one it does not know: the registers of
 * EL1 are the host's already ---- */
hyp_panic:
    mrs     x0, esr_el2
    mrs     x1, elr_el2
    mrs     x2, far_el2
    ldr     x3, =world_panic
    msr     elr_el2, x3
    mov     x3, #SPSR_EL1H
    msr     spsr_el2, x3
    eret
    .ltorg
