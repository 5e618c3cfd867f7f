/*
 * Entry of the first CPU (from the loader) and of the others (from PSCI CPU_ON): EL2 (or what a
 * design's entry_el says), MMU off, at physical addresses. The file is linked at its physical address; it reaches the kernel's half
 * only through literals.
 */
#include "arch/boot.h"
#include "abi/board.h"

    .section .head.text, "ax"

    .global _start
_start:
    msr     daifset, #0xf
    mrs     x1, CurrentEL
    ldr     x2, =entry_el
    cmp     x1, x2
    b.ne    wrong_el
    mov     x20, x0
    ldr     x1, =__bss_start_pa
    ldr     x2, =__bss_end_pa
0:  cmp     x1, x2
    b.hs    1f
    stp     xzr, xzr, [x1], #16
    b       0b
1:  bl      el_setup
    bl      mmu_on
    ldr     x1, =boot_stack
    mov     x2, #(STACK_SIZE - 16)
    add     sp, x1, x2
    mov     x29, xzr
    mov     x0, x20
    ldr     x1, =kernel_main
    blr     x1
    b       .

/* x0: physical address of struct secondary_boot {stack top, CPU index}; kernel/smp.c */
    .global secondary_start
secondary_start:
    msr     daifset, #0xf
    mov     x20, x0
    bl      el_setup
    bl      mmu_on
    ldp     x1, x0, [x20]
    mov     sp, x1
    mov     x29, xzr
    ldr     x1, =secondary_main
    blr     x1
    b       .

wrong_el:
    ldr     x1, =wrong_el_text
    mov     x2, #BOARD_UART
0:  ldrb    w3, [x1], #1
    cbz     w3, 1f
    str     w3, [x2]
    b       0b
1:  wfi
    b       1b

    .weak   entry_el, wrong_el_text
    .set    entry_el, 2 << 2        /* as CurrentEL has it */
wrong_el_text:
    .asciz  "host: must be entered at EL2\nRESULT FAIL not at EL2\n"
    .balign 8
    .ltorg

/* Where the kernel finds what is linked at its physical address: too far for its own relative
 * addressing. */
    .section .rodata, "a"
    .balign 8
    .global secondary_start_pa
secondary_start_pa:
    .quad   secondary_start
