/* Lab 2: a vector table, and a handler that reads the syndrome. All of it runs at EL2. */

    .set BAD_ADDRESS, 0x80000000 /* behind the end of RAM: nothing answers there */

    .text
    .global lab
lab:
    ldr x0, =el2_vectors
    msr vbar_el2, x0
    isb

    ldr x20, =0x1111111111111111
    mov x21, x20
    ldr x2, =BAD_ADDRESS
    brk #7
    svc #42
    ldr x3, [x2]
    b power_off
    .ltorg

    .macro slot target
    .balign 128
    b \target
    .endm

    .balign 2048
    .global el2_vectors
el2_vectors:
    .rept 4                     /* current EL with SP_EL0 */
    slot power_off
    .endr
    slot handler                /* current EL with SP_EL2: synchronous */
    .rept 11
    slot power_off
    .endr

    .global handler
handler:
    stp x0, x1, [sp, #-32]!
    stp x2, x3, [sp, #16]
    ldr x0, =log_end
    ldr x1, [x0]
    mrs x2, esr_el2
    lsr x3, x2, #26
    and x2, x2, #0x1ffffff
    stp x3, x2, [x1], #16
    mrs x2, far_el2
    str x2, [x1], #8
    str x1, [x0]
    cmp x3, #0x15               /* SVC: ELR is behind it already */
    b.eq 1f
    mrs x0, elr_el2
    add x0, x0, #4
    msr elr_el2, x0
1:  ldp x2, x3, [sp, #16]
    ldp x0, x1, [sp], #32
    eret
    .ltorg

    .data
    .balign 8
    .global log, log_end
log_end:
    .quad log
log:
    .skip 8 * 24
