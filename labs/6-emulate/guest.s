/*
 * The guest, at EL1: a driver for a device at IPA 0x0b000000, which does not exist. Stage 2 maps no page there.
 * Registers of the device: +0 a counter (each read is one more, from 0x80000000), +4 anything may be written, +8 a byte,
 * 0x80.
 */
    .text
    .global guest, load_counter, store_zero, load_nothing, load_signed, store_byte
guest:
    mov x1, #0x0b000000
    mov x5, #-1
    mov x6, #-1
    mov x7, #0x1ee
load_counter:
    ldr w5, [x1]                /* x5 := 0x80000000: a load of w5 makes the upper half of x5 zero */
store_zero:
    str wzr, [x1, #4]           /* register 31 is no register here, but zero */
load_nothing:
    ldr wzr, [x1]               /* reads, and throws it away */
load_signed:
    ldrsb x6, [x1, #8]          /* x6 := -128: a byte, with its sign */
store_byte:
    strb w7, [x1, #4]           /* 0xee: only the byte is written */
    hvc #0
    b .
