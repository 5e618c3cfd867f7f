/* Marks that fit no span, and one span that is right: reports.py. */
#include "hyp/include/abi/mark.h"
#include "tests/integration/guests/tiny.h"

    .global _start
_start:
    adr     x0, good
    mov     x1, #1
    hint    #MARK_HINT_BEGIN
    hint    #MARK_HINT_BEGIN    /* begins twice */
    hint    #MARK_HINT_END
    hint    #MARK_HINT_END      /* ends without a begin */
    adr     x0, bad
    hint    #MARK_HINT_BEGIN    /* no name of [a-z0-9-] */
    mov     w0, #(PSCI_SYSTEM_OFF & 0xffff)
    movk    w0, #(PSCI_SYSTEM_OFF >> 16), lsl #16
    smc     #0
    b       .

    .data
good:
    .asciz  "good"
bad:
    .asciz  "Not A Name"
