/* Lab 1: from EL2 down to EL1, and on to EL0. The machine calls lab() at EL2. */
    .text
    .global lab
lab:
    /*
     * Your code, first part: go to el1_main at EL1.
     *   - EL1 runs A64: HCR_EL2.RW (bit 31)
     *   - where to: ELR_EL2
     *   - as what: SPSR_EL2 says EL1h, and masks D, A, I and F
     *   - el1_main uses its stack: SP_EL1 is el1_stack_top
     * Remove the next line.
     */
    b power_off

    .global el1_main
el1_main:
    stp x29, x30, [sp, #-16]!
    /*
     * Your code, second part: go to el0_main at EL0, which wants its stack in SP_EL0 (el0_stack_top).
     * At EL1 the same three registers have names that end in _EL1.
     * Remove the next line.
     */
    b power_off

    .global el0_main
el0_main:
    stp x29, x30, [sp, #-16]!
    mov x0, #42
    svc #0                      /* an exception to EL1, whose vectors power off */
    b .
