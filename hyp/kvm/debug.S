/*
 * The self-hosted debug registers to and from a struct cpu_context in x0; x3-x7 are lost.
 * ID_AA64DFR0_EL1 says how many there are (the others are UNDEFINED): a computed branch into a
 * table that starts with number 15.
 */
#include "kvm/context.h"

    .macro save_one reg, n, at
    mrs     x7, \reg\n\()_el1
    str     x7, [x0, #(\at + 8 * \n)]
    .endm

    .macro restore_one reg, n, at
    ldr     x7, [x0, #(\at + 8 * \n)]
    msr     \reg\n\()_el1, x7
    .endm

    /* x: a register with (15 - highest number); two instructions to skip for each */
    .macro table kind, x, reg, at
    adr     x6, 1f
    add     x6, x6, \x, lsl #3
    br      x6
1:  .irp    n, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0
    \kind   \reg, \n, \at
    .endr
    .endm

    .macro count_registers
    mrs     x3, id_aa64dfr0_el1
    ubfx    x4, x3, #12, #4         /* BRPs - 1 */
    ubfx    x5, x3, #20, #4         /* WRPs - 1 */
    mov     x6, #15
    sub     x4, x6, x4
    sub     x5, x6, x5
    .endm

    .section .hyp.text, "ax"

    .global debug_save
debug_save:
    count_registers
    table   save_one, x4, dbgbcr, CTX_DBGBCR
    table   save_one, x4, dbgbvr, CTX_DBGBVR
    table   save_one, x5, dbgwcr, CTX_DBGWCR
    table   save_one, x5, dbgwvr, CTX_DBGWVR
    mrs     x7, mdccint_el1
    str     x7, [x0, #CTX_MDCCINT]
    ret

    .global debug_restore
debug_restore:
    count_registers
    table   restore_one, x4, dbgbcr, CTX_DBGBCR
    table   restore_one, x4, dbgbvr, CTX_DBGBVR
    table   restore_one, x5, dbgwcr, CTX_DBGWCR
    table   restore_one, x5, dbgwvr, CTX_DBGWVR
    ldr     x7, [x0, #CTX_MDCCINT]
    msr     mdccint_el1, x7
    ret
