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
    handlers_begin
lower_sync:
    push    x0, x1
    mrs     x0, VMCBR_EL2
    tbnz    x0, #VMCBR_EXITED_SHIFT, 1f
    pop     x0, x1
    call_for_host
1:  mov     x1, #WORLD_EXIT_TRAP
    b       guest_exit

lower_irq:
    push    x0, x1
    mov     x1, #WORLD_EXIT_IRQ
    b       guest_exit
    handlers_end

/* ---- u64 hyp_vcpu_run(struct vcpu_arch *): x0 ---- */
    .global hyp_vcpu_run
hyp_vcpu_run:
    msr     tpidr_el2, x0
    mov     x1, x0
    mrs     x0, VMHSR_EL2
    save_callee_saved x0
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
    restore_callee_saved x0
    restore_caller_saved x0
    ldp     x2, x3, [x0, #CTX_X(2)]
    ldp     x0, x1, [x0, #CTX_X(0)]
    eret

/* x1: WORLD_EXIT_*; the guest's x0 and x1 are on the stack, all but general, FP and debug registers
 * is the host's */
guest_exit:
    mrs     x0, tpidr_el2
    msr     VMCBR_EL2, xzr
    stp     x2, x3, [x0, #CTX_X(2)]
    save_caller_saved x0
    pop     x4, x5
    stp     x4, x5, [x0, #CTX_X(0)]
    save_callee_saved x0
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
    restore_callee_saved x0
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
