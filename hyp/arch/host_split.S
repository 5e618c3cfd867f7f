/*
 * A host at EL1: how a CPU gets there from EL2, and the stub that stays behind until
 * world_init_cpu() replaces it.
 */
#include "arch/boot.h"
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
    mrs     x0, midr_el1
    msr     vpidr_el2, x0
    mrs     x0, mpidr_el1
    msr     vmpidr_el2, x0
    mov     x0, #CPTR_RES1_NVHE
    msr     cptr_el2, x0
    msr     hstr_el2, xzr
    msr     vttbr_el2, xzr
    mrs     x1, id_aa64dfr0_el1
    ubfx    x1, x1, #8, #4          /* PMUVer: 0 and 15 are no PMUv3 */
    sub     x1, x1, #1
    mov     x0, xzr
    cmp     x1, #14
    b.hs    1f
    mrs     x0, pmcr_el0
    ubfx    x0, x0, #11, #5         /* N: all event counters are the host's */
1:  msr     mdcr_el2, x0
    mrs     x1, id_aa64pfr0_el1
    ubfx    x1, x1, #24, #4         /* GIC: system registers */
    cbz     x1, 2f
    mov     x0, #9                  /* SRE, Enable. S3_4_C12_C9_5 is ICC_SRE_EL2 */
    msr     S3_4_C12_C9_5, x0
    isb
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
