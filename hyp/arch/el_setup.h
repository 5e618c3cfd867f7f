/*
 * What every host_*.S sets up at EL2, from reset state. Uses x0, x1. For assembly only.
 */
#ifndef EL2SIM_HYP_ARCH_EL_SETUP_H
#define EL2SIM_HYP_ARCH_EL_SETUP_H

#ifdef __ASSEMBLER__
/* clang-format off */

    .macro setup_ids
    mrs     x0, midr_el1
    msr     vpidr_el2, x0
    mrs     x0, mpidr_el1
    msr     vmpidr_el2, x0
    .endm

    .macro setup_pmu
    mrs     x1, id_aa64dfr0_el1
    ubfx    x1, x1, #8, #4          /* PMUVer: 0 and 15 are no PMUv3 */
    sub     x1, x1, #1
    mov     x0, xzr
    cmp     x1, #14
    b.hs    1f
    mrs     x0, pmcr_el0
    ubfx    x0, x0, #11, #5         /* N: all event counters are the host's */
1:  msr     mdcr_el2, x0
    .endm

/* Goes to \no_gicv3 on a machine without the system registers of a GICv3. */
    .macro setup_gic no_gicv3
    mrs     x1, id_aa64pfr0_el1
    ubfx    x1, x1, #24, #4         /* GIC: system registers */
    cbz     x1, \no_gicv3
    mov     x0, #9                  /* SRE, Enable. S3_4_C12_C9_5 is ICC_SRE_EL2 */
    msr     S3_4_C12_C9_5, x0
    isb
    .endm

/* clang-format on */
#endif

#endif
