/* The first UDF goes to a vector that is UDF itself: exceptions for ever. */
    .global _start
_start:
    adr     x0, vectors
    msr     vbar_el2, x0
    udf     #0

    .balign 2048
vectors:
    .rept   512
    udf     #0
    .endr
