/* A context's general registers, to and from memory. For assembly only. */
#ifndef EL2SIM_HYP_KVM_GENERAL_REGS_H
#define EL2SIM_HYP_KVM_GENERAL_REGS_H

#include "kvm/context.h"

#ifdef __ASSEMBLER__
/* clang-format off */

    .macro save_callee_saved ctx
    stp     x19, x20, [\ctx, #CTX_X(19)]
    stp     x21, x22, [\ctx, #CTX_X(21)]
    stp     x23, x24, [\ctx, #CTX_X(23)]
    stp     x25, x26, [\ctx, #CTX_X(25)]
    stp     x27, x28, [\ctx, #CTX_X(27)]
    stp     x29, x30, [\ctx, #CTX_X(29)]
    .endm

    .macro restore_callee_saved ctx
    ldp     x19, x20, [\ctx, #CTX_X(19)]
    ldp     x21, x22, [\ctx, #CTX_X(21)]
    ldp     x23, x24, [\ctx, #CTX_X(23)]
    ldp     x25, x26, [\ctx, #CTX_X(25)]
    ldp     x27, x28, [\ctx, #CTX_X(27)]
    ldp     x29, x30, [\ctx, #CTX_X(29)]
    .endm

    .macro save_caller_saved ctx    /* but x0-x3 */
    stp     x4, x5, [\ctx, #CTX_X(4)]
    stp     x6, x7, [\ctx, #CTX_X(6)]
    stp     x8, x9, [\ctx, #CTX_X(8)]
    stp     x10, x11, [\ctx, #CTX_X(10)]
    stp     x12, x13, [\ctx, #CTX_X(12)]
    stp     x14, x15, [\ctx, #CTX_X(14)]
    stp     x16, x17, [\ctx, #CTX_X(16)]
    str     x18, [\ctx, #CTX_X(18)]
    .endm

    .macro restore_caller_saved ctx /* but x0-x3 */
    ldp     x4, x5, [\ctx, #CTX_X(4)]
    ldp     x6, x7, [\ctx, #CTX_X(6)]
    ldp     x8, x9, [\ctx, #CTX_X(8)]
    ldp     x10, x11, [\ctx, #CTX_X(10)]
    ldp     x12, x13, [\ctx, #CTX_X(12)]
    ldp     x14, x15, [\ctx, #CTX_X(14)]
    ldp     x16, x17, [\ctx, #CTX_X(16)]
    ldr     x18, [\ctx, #CTX_X(18)]
    .endm

/* clang-format on */
#endif

#endif
