/* Lab 1: from EL2 down to EL1, and on to EL0. The machine calls lab() at EL2. */
    .text
    .global lab
lab:
    mov x0, #(1 << 31)          /* HCR_EL2.RW */
    msr hcr_el2, x0
    adr x0, el1_main
    msr elr_el2, x0
    mov x0, #0x3c5              /* D, A, I, F masked; M = 0b00101, EL1h */
    msr spsr_el2, x0
    ldr x0, =el1_stack_top
    msr sp_el1, x0
    eret

    .global el1_main
el1_main:
    stp x29, x30, [sp, #-16]!
    adr x0, el0_main
    msr elr_el1, x0
    mov x0, #0x3c0              /* M = 0b00000, EL0t */
    msr spsr_el1, x0
    ldr x0, =el0_stack_top
    msr sp_el0, x0
    eret

    .global el0_main
el0_main:
    stp x29, x30, [sp, #-16]!
    mov x0, #42
    svc #0                      /* an exception to EL1, whose vectors power off */
    b .
