/*
 * Entry of the first CPU (from the loader) and of the others (from PSCI CPU_ON): EL2, MMU off, at
 * physical addresses. The file is linked at its physical address; it reaches the kernel's half
 * only through literals.
 */
#include "arch/boot.h"
#include "abi/board.h"

    .section .head.text, "ax"

    .global _start
_start:
    msr     daifset, #0xf
    mrs     x1, CurrentEL
    cmp     x1, #(2 << 2)
    b.ne    not_el2
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

/*
 * Turns the MMU on with the boot table in both halves, so that the code goes on at its identity
 * address. The registers of EL1 are those of EL2 with HCR_EL2.E2H: the same code serves both
 * kinds of host.
 */
mmu_on:
    ldr     x1, =MAIR_VALUE
    msr     mair_el1, x1
    ldr     x1, =TCR_EL1_VALUE
    mrs     x2, id_aa64mmfr0_el1
    and     x2, x2, #0xf            /* PARange: 5 is 48 bits, all that 4 KiB granules reach */
    mov     x3, #5
    cmp     x2, x3
    csel    x2, x2, x3, lo
    bfi     x1, x2, #TCR_IPS_SHIFT, #3
    msr     tcr_el1, x1
    adr     x1, boot_table
    msr     ttbr0_el1, x1
    msr     ttbr1_el1, x1
    mov     x1, #(1 << 20)          /* FPEN: only EL0 traps; E2H's world switch moves FP registers */
    msr     cpacr_el1, x1
    ic      iallu
    tlbi    vmalle1
    dsb     nsh
    isb
    ldr     x1, =(SCTLR_EL1_RES1 | SCTLR_ON)
    msr     sctlr_el1, x1
    isb
    ret

/*
 * void replace_ttbr1(u64 new_root, u64 empty_root): no address of TTBR1 is used between the two,
 * so no TLB can hold both the old and the new translation (Arm ARM D8 "break-before-make").
 */
replace_ttbr1:
    msr     ttbr1_el1, x1
    isb
    tlbi    vmalle1
    dsb     nsh
    isb
    msr     ttbr1_el1, x0
    isb
    ret

not_el2:
    adr     x1, not_el2_text
    mov     x2, #BOARD_UART
0:  ldrb    w3, [x1], #1
    cbz     w3, 1f
    str     w3, [x2]
    b       0b
1:  wfi
    b       1b
not_el2_text:
    .asciz  "host: must be entered at EL2\nRESULT FAIL not at EL2\n"
    .balign 8
    .ltorg

/*
 * 1 GiB blocks: devices below RAM, then RAM. Access flag, inner shareable; devices never
 * executable.
 */
    .balign 4096
boot_table:
    .quad   0x0000000000000401 | (MAIR_DEVICE_nGnRE << 2) | (3 << 53)
    .quad   0x0000000040000701 | (MAIR_NORMAL << 2)
    .quad   0x0000000080000701 | (MAIR_NORMAL << 2)
    .quad   0x00000000c0000701 | (MAIR_NORMAL << 2)
    .fill   508, 8, 0

/*
 * Where the kernel finds what is linked at its physical address: too far for its own relative
 * addressing.
 */
    .section .rodata, "a"
    .balign 8
    .global replace_ttbr1_pa
replace_ttbr1_pa:
    .quad   replace_ttbr1
    .global secondary_start_pa
secondary_start_pa:
    .quad   secondary_start
