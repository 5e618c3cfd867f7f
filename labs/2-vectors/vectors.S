/* Lab 2: a vector table, and a handler that reads the syndrome. All of it runs at EL2. */

    .set BAD_ADDRESS, 0x80000000 /* behind the end of RAM: nothing answers there */

    .text
    .global lab
lab:
    /* Your code: make el2_vectors the table of EL2 (VBAR_EL2), then ISB. */

    ldr x20, =0x1111111111111111
    mov x21, x20
    ldr x2, =BAD_ADDRESS
    brk #7
    svc #42
    ldr x3, [x2]
    b power_off
    .ltorg

    /*
     * Your code: the table. It is 16 slots of 128 bytes, and its address is a multiple of 2048. The exceptions above
     * come from EL2 itself, which uses SP_EL2: their slot is the fifth, at 0x200. Let that one branch to handler,
     * the others to power_off.
     */
    .global el2_vectors
el2_vectors:
    b power_off

    /*
     * Your code: the handler. For each exception it writes three words of 8 bytes to the log, one exception behind
     * the other: ESR_EL2.EC (bits 31 to 26), ESR_EL2.ISS (bits 24 to 0), FAR_EL2. log_end points to where the next
     * goes. Then it goes on with the instruction behind the one that was the cause, all registers as they were.
     */
    .global handler
handler:
    b power_off

    .data
    .balign 8
    .global log, log_end
log_end:
    .quad log
log:
    .skip 8 * 24
