/* Where the examples' machines begin: a stack for each CPU, vectors, and a place to wait. Tests call
 * functions from here on; nothing of it runs by itself. */
    .section .text.start, "ax"
    .global _start
_start:
    ldr x1, =stack_top
    mov sp, x1
    ldr x1, =vectors
    msr vbar_el2, x1
    isb
wait:
    wfi
    b wait

/* An exception from a lower EL: count it, keep its syndrome, go on behind the instruction. */
lower_el:
    sub sp, sp, #32
    stp x0, x1, [sp]
    stp x2, x3, [sp, #16]
    ldr x0, =trap_record
    ldr x1, [x0]
    add x1, x1, #1
    mrs x2, esr_el2
    stp x1, x2, [x0]
    mrs x1, far_el2
    mrs x2, hpfar_el2
    stp x1, x2, [x0, #16]
    mrs x1, elr_el2
    add x1, x1, #4
    msr elr_el2, x1
    ldp x2, x3, [sp, #16]
    ldp x0, x1, [sp], #32
    eret

unexpected:
    b unexpected

    .macro entry to
    .balign 0x80
    b \to
    .endm

    .balign 0x800
    .global vectors
vectors:
    .rept 8
    entry unexpected
    .endr
    entry lower_el
    .rept 7
    entry unexpected
    .endr

    .bss
    .balign 16
    .skip 16384
    .global stack_top
stack_top:
/* struct trap_record { count, esr, far, hpfar } */
    .balign 64
    .global trap_record
trap_record:
    .skip 64
