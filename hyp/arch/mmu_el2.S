/*
 * The MMU of a host at EL2 with HCR_EL2.E2H = 0: on at boot, and the kernel's final tables. At
 * physical addresses, like head.S.
 */
#include "arch/boot.h"

    .section .head.text, "ax"

/* Turns the MMU on: the boot table has the identity, where the code goes on, and the kernel's half. */
    .global mmu_on
mmu_on:
    ldr     x1, =MAIR_VALUE
    msr     mair_el2, x1
    ldr     x1, =TCR_EL2_VALUE
    mrs     x2, id_aa64mmfr0_el1
    and     x2, x2, #0xf            /* PARange: 5 is 48 bits, all that 4 KiB granules reach */
    mov     x3, #5
    cmp     x2, x3
    csel    x2, x2, x3, lo
    bfi     x1, x2, #TCR_EL2_PS_SHIFT, #3
    msr     tcr_el2, x1
    adr     x1, boot_table
    msr     ttbr0_el2, x1
    ic      iallu
    tlbi    alle2
    dsb     nsh
    isb
    ldr     x1, =(SCTLR_EL2_RES1 | SCTLR_M | SCTLR_C | SCTLR_SA | SCTLR_I)
    msr     sctlr_el2, x1
    isb
    ret

/*
 * void replace_ttbr0(u64 new_root): from the identity, with the MMU off meanwhile: the boot table's
 * blocks and the pages of the new one are never valid together (Arm ARM D8 "break-before-make").
 * No memory is accessed before it is on again.
 */
replace_ttbr0:
    mrs     x1, sctlr_el2
    bic     x2, x1, #SCTLR_M
    msr     sctlr_el2, x2
    isb
    msr     ttbr0_el2, x0
    isb
    tlbi    alle2
    dsb     nsh
    isb
    msr     sctlr_el2, x1
    isb
    ret

    .ltorg

/*
 * 1 GiB blocks, at the identity and at KERNEL_BASE: devices below RAM, then RAM. Access flag, inner
 * shareable, AP[1] RES1; devices never executable.
 */
    .macro  blocks
    .quad   0x0000000000000441 | (MAIR_DEVICE_nGnRE << 2) | (1 << 54)
    .quad   0x0000000040000741 | (MAIR_NORMAL << 2)
    .quad   0x0000000080000741 | (MAIR_NORMAL << 2)
    .quad   0x00000000c0000741 | (MAIR_NORMAL << 2)
    .endm
    .balign 4096
boot_table:
    blocks
    .fill   252, 8, 0
    blocks
    .fill   252, 8, 0

    .section .rodata, "a"
    .balign 8
    .global replace_ttbr0_pa
replace_ttbr0_pa:
    .quad   replace_ttbr0
