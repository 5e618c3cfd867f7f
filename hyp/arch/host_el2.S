/* A host at EL2 with HCR_EL2.E2H = 0: any v8.0 CPU. */
#include "arch/boot.h"
#include "arch/el_setup.h"
#include "kvm/context.h"

    .section .head.text, "ax"

/* EL2, MMU off -> the same, set up. Uses x0-x2. */
    .global el_setup
el_setup:
    ldr     x0, =HCR_HOST_EL2
    msr     hcr_el2, x0
    mov     x0, #1                  /* EL1PCTEN without EL1PCEN: the physical timer is nobody's */
    msr     cnthctl_el2, x0         /* but EL2's, which has CNTHP beside it */
    msr     cntvoff_el2, xzr
    setup_ids
    mov     x0, #CPTR_RES1_NVHE
    msr     cptr_el2, x0
    msr     hstr_el2, xzr
    msr     vttbr_el2, xzr
    setup_pmu
    setup_gic 2f
    mov     x0, #7                  /* ICC_SRE_EL1: SRE, for accesses from EL2 too */
    msr     S3_0_C12_C12_5, x0
    isb
    msr     S3_4_C12_C11_0, xzr     /* ICH_HCR_EL2 */
2:  ldr     x0, =SCTLR_EL2_RES1
    msr     sctlr_el2, x0
    isb
    ret

    .ltorg
