/* The guest, at EL1: takes whatever interrupts there are, and logs what it acknowledges. */
    .text
    .global guest, guest_vectors, acks
guest:
    ldr x0, =guest_vectors
    msr vbar_el1, x0
    mov x0, #0xf0
    msr icc_pmr_el1, x0         /* priorities below 0xf0 come through */
    mov x0, #1
    msr icc_igrpen1_el1, x0
    ldr x19, =acks
    isb
    msr daifclr, #2             /* IRQs may come: here they are taken */
    isb
    hvc #0
    b .
    .ltorg

guest_irq:
    mrs x0, icc_iar1_el1        /* acknowledge: the one with the highest priority */
    str w0, [x19], #4
    msr icc_eoir1_el1, x0       /* and it is done */
    isb
    eret

    .balign 2048
guest_vectors:
    .rept 5
    .balign 128
    b power_off
    .endr
    .balign 128
    b guest_irq                 /* 0x280: IRQ, from EL1 with SP_EL1 */
    .rept 10
    .balign 128
    b power_off
    .endr

    .bss
    .balign 8
acks:
    .skip 32
