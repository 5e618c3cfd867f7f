/*
 * The machine starts here: EL2, MMU off, interrupts masked. Sets up what every lab needs, calls lab(), and powers
 * off when that returns. Exceptions that nobody expects power off, too: both ELs have stop_vectors at first.
 */
    .section .text.start, "ax"
    .global _start
_start:
    ldr x0, =el2_stack_top
    mov sp, x0
    ldr x0, =stop_vectors
    msr vbar_el2, x0
    msr vbar_el1, x0
    ldr x0, =bss_start
    ldr x1, =bss_end
1:  cmp x0, x1
    b.hs 2f
    stp xzr, xzr, [x0], #16
    b 1b
2:  isb
    bl lab

/* PSCI SYSTEM_OFF (Arm DEN 0022): from EL2 and EL1. */
    .text
    .global power_off
power_off:
    ldr w0, =0x84000008
    smc #0
    b .
    .ltorg

    .balign 2048
    .global stop_vectors
stop_vectors:
    .rept 16
    .balign 128
    b power_off
    .endr

/* void enter_el1(function): leaves EL2 for EL1h, interrupts masked, with a stack of its own. Lab 1 is about this. */
    .balign 128
    .global enter_el1
enter_el1:
    msr elr_el2, x0
    mov x0, #0x3c5
    msr spsr_el2, x0
    mrs x0, hcr_el2
    orr x0, x0, #(1 << 31)
    msr hcr_el2, x0
    ldr x0, =el1_stack_top
    msr sp_el1, x0
    isb
    eret
    .ltorg

    .bss
    .balign 16
    .global el2_stack_top, el1_stack, el1_stack_top, el0_stack, el0_stack_top
    .skip 4096
el2_stack_top:
el1_stack:
    .skip 4096
el1_stack_top:
el0_stack:
    .skip 4096
el0_stack_top:
