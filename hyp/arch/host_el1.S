/*
 * A host at EL1 of a machine without EL2: there is nothing to set up but where it starts.
 */
#include "arch/boot.h"

    .section .head.text, "ax"

    .global entry_el
    .set    entry_el, 1 << 2        /* as CurrentEL has it */

/* EL1, MMU off -> the same. Uses x0. */
    .global el_setup
el_setup:
    ldr     x0, =SCTLR_EL1_RES1
    msr     sctlr_el1, x0
    isb
    ret

    .global wrong_el_text
wrong_el_text:
    .asciz  "host: must be entered at EL1\nRESULT FAIL not at EL1\n"
    .balign 8
    .ltorg
