/*
 * A host at EL2 with HCR_EL2.{E2H,TGE} = {1,1}: the names of EL1's registers mean EL2's from
 * here on.
 */
#include "arch/boot.h"
#include "arch/el_setup.h"
#include "kvm/context.h"

    .section .head.text, "ax"

/* EL2, MMU off -> the same, E2H and TGE set. Uses x0-x2. */
    .global el_setup
el_setup:
    mrs     x1, id_aa64mmfr1_el1
    ubfx    x1, x1, #8, #4          /* VH */
    cbz     x1, no_vhe
    ldr     x0, =(HCR_RW | HCR_TGE | HCR_E2H)
    msr     hcr_el2, x0
    isb
    msr     cntvoff_el2, xzr
    setup_ids
    msr     hstr_el2, xzr
    msr     vttbr_el2, xzr
    setup_pmu
    setup_gic 2f
    msr     S3_4_C12_C11_0, xzr     /* ICH_HCR_EL2 */
2:  ldr     x0, =SCTLR_EL1_RES1     /* SCTLR_EL2 has EL1's layout now */
    msr     sctlr_el1, x0
    isb
    ret

no_vhe:
    adr     x1, no_vhe_text
    mov     x2, #0x09000000         /* BOARD_UART */
0:  ldrb    w3, [x1], #1
    cbz     w3, 1f
    str     w3, [x2]
    b       0b
1:  ldr     x0, =0x84000008         /* PSCI SYSTEM_OFF */
    smc     #0
    b       1b
no_vhe_text:
    .asciz  "host: this CPU has no VHE\nRESULT FAIL no VHE\n"
    .balign 8
    .ltorg
