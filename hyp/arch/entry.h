/*
 * Macros of the vectors: the registers of an interrupted context to and from the stack. For
 * assembly only.
 */
#ifndef EL2SIM_HYP_ARCH_ENTRY_H
#define EL2SIM_HYP_ARCH_ENTRY_H

#include "arch/frame.h"
#include "arch/unwind.h"
#include "host_el.h"

#ifdef __ASSEMBLER__
/* clang-format off */

    /* x0-x29 at SP: all frames begin with them */
    .macro regs_push
    stp     x0, x1, [sp]
    stp     x2, x3, [sp, #16]
    stp     x4, x5, [sp, #32]
    stp     x6, x7, [sp, #48]
    stp     x8, x9, [sp, #64]
    stp     x10, x11, [sp, #80]
    stp     x12, x13, [sp, #96]
    stp     x14, x15, [sp, #112]
    stp     x16, x17, [sp, #128]
    stp     x18, x19, [sp, #144]
    stp     x20, x21, [sp, #160]
    stp     x22, x23, [sp, #176]
    stp     x24, x25, [sp, #192]
    stp     x26, x27, [sp, #208]
    stp     x28, x29, [sp, #224]
    .endm

    .macro regs_pop
    ldp     x0, x1, [sp]
    ldp     x2, x3, [sp, #16]
    ldp     x4, x5, [sp, #32]
    ldp     x6, x7, [sp, #48]
    ldp     x8, x9, [sp, #64]
    ldp     x10, x11, [sp, #80]
    ldp     x12, x13, [sp, #96]
    ldp     x14, x15, [sp, #112]
    ldp     x16, x17, [sp, #128]
    ldp     x18, x19, [sp, #144]
    ldp     x20, x21, [sp, #160]
    ldp     x22, x23, [sp, #176]
    ldp     x24, x25, [sp, #192]
    ldp     x26, x27, [sp, #208]
    ldp     x28, x29, [sp, #224]
    .endm

    /* elr, spsr: where the exception left its return address and state */
    .macro frame_push from_el, elr=HOST_ELR, spsr=HOST_SPSR
    sub     sp, sp, #FRAME_SIZE
    regs_push
    .if \from_el == 0
    mrs     x21, sp_el0
    mov     x29, xzr
    .else
    add     x21, sp, #FRAME_SIZE
    .endif
    mrs     x22, \elr
    mrs     x23, \spsr
    stp     x30, x21, [sp, #240]
    stp     x22, x23, [sp, #FRAME_PC]
    mov     x0, sp
    .endm

    .macro frame_pop to_el
    ldp     x22, x23, [sp, #FRAME_PC]
    ldp     x30, x21, [sp, #240]
    msr     HOST_ELR, x22
    msr     HOST_SPSR, x23
    .if \to_el == 0
    msr     sp_el0, x21
    .endif
    regs_pop
    add     sp, sp, #FRAME_SIZE
    eret
    .endm

    .macro vector label
    .balign 128
    b       \label
    .endm

/* clang-format on */
#endif

#endif
