/*
 * The MMU of a host at EL1, or at EL2 with HCR_EL2.E2H: on at boot, and the kernel's final tables.
 * At physical addresses, like head.S.
 */
#include "arch/boot.h"

    .section .head.text, "ax"

/*
 * Turns the MMU on with the boot table in both halves, so that the code goes on at its identity
 * address. The registers of EL1 are those of EL2 with HCR_EL2.E2H: the same code serves both
 * kinds of host.
 */
    .global mmu_on
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

    .section .rodata, "a"
    .balign 8
    .global replace_ttbr1_pa
replace_ttbr1_pa:
    .quad   replace_ttbr1
