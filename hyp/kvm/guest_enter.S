/*
 * Into and out of a guest for a host at EL2, or at EL1 above a guest at EL0: only what C cannot do.
 * After Linux 4.6's arch/arm64/kvm/hyp/entry.S. The vectors that lead here are another file's.
 */
#include "kvm/general_regs.h"

    .section .hyp.text, "ax"

/*
 * u64 guest_enter(struct vcpu_arch *guest, struct cpu_context *host): returns WORLD_EXIT_* when
 * the guest exits
 */
    .global guest_enter
guest_enter:
    save_callee_saved x1
    stp     x0, x1, [sp, #-16]!
    mov     x18, x0
    ldp     x2, x3, [x18, #CTX_X(2)]
    ldp     x4, x5, [x18, #CTX_X(4)]
    ldp     x6, x7, [x18, #CTX_X(6)]
    ldp     x8, x9, [x18, #CTX_X(8)]
    ldp     x10, x11, [x18, #CTX_X(10)]
    ldp     x12, x13, [x18, #CTX_X(12)]
    ldp     x14, x15, [x18, #CTX_X(14)]
    ldp     x16, x17, [x18, #CTX_X(16)]
    mov     x1, x18
    restore_callee_saved x1
    ldp     x0, x1, [x18, #CTX_X(0)]
    ldr     x18, [x18, #CTX_X(18)]
    eret

/* x0: WORLD_EXIT_*; on the stack: the guest's x0 and x1, then guest_enter's arguments */
    .global guest_exit
guest_exit:
    stp     x2, x3, [sp, #-16]!
    ldr     x1, [sp, #32]
    save_caller_saved x1
    ldp     x2, x3, [sp], #16
    stp     x2, x3, [x1, #CTX_X(2)]
    ldp     x2, x3, [sp], #16
    stp     x2, x3, [x1, #CTX_X(0)]
    save_callee_saved x1
    ldp     x2, x1, [sp], #16
    restore_callee_saved x1
    ret
