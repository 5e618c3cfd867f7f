/* LDLAR and STLLR, which a v8.0 CPU has with FEAT_LOR alone: powers off where they work; else UDF
 * follows UDF. */
#include "tests/integration/guests/tiny.h"

    .arch   armv8.1-a
    .global _start
_start:
    adr     x1, vectors
    msr     vbar_el2, x1
    adr     x3, cell
    mov     x5, #7
    stllr   x5, [x3]
    ldlar   x4, [x3]
    cmp     x4, #7
    b.ne    .
    mov     w0, #(PSCI_SYSTEM_OFF & 0xffff)
    movk    w0, #(PSCI_SYSTEM_OFF >> 16), lsl #16
    smc     #0
    b       .

    .balign 2048
vectors:
    .rept   16
    .balign 128
    udf     #0
    .endr

    .data
    .balign 16
cell:
    .quad   0
