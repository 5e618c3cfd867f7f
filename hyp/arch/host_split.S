/*
 * A host at EL1: how a CPU gets there from EL2, and the stub that stays behind until
 * world_init_cpu() replaces it.
 */
#include "arch/boot.h"
#include "arch/el_setup.h"
#include "kvm/context.h"

    .section .head.text, "ax"

/* EL2, MMU off -> returns at EL1, MMU off. Uses x0-x2. */
    .global el_setup
el_setup:
    mov     x0, #HCR_RW
    msr     hcr_el2, x0
    mov     x0, #3                  /* EL1PCTEN, EL1PCEN: counter and timer are the host's */
    msr     cnthctl_el2, x0
    msr     cntvoff_el2, xzr
    setup_ids
    mov     x0, #CPTR_RES1_NVHE
    msr     cptr_el2, x0
    msr     hstr_el2, xzr
    msr     vttbr_el2, xzr
    setup_pmu
    setup_gic 2f
    msr     S3_4_C12_C11_0, xzr     /* ICH_HCR_EL2 */
2:  ldr     x0, =SCTLR_EL1_RES1
    msr     sctlr_el1, x0
    adr     x0, stub_vectors
    msr     vbar_el2, x0
    mov     x0, #SPSR_EL1H
    msr     spsr_el2, x0
    msr     elr_el2, x30
    isb
    eret

    .ltorg
    .balign 2048
stub_vectors:
    .rept   8
    .balign 128
    b       .
    .endr
    .balign 128                     /* lower EL, A64, synchronous: HVC, x0 = where to go */
    br      x0
    .rept   7
    .balign 128
    b       .
    .endr
