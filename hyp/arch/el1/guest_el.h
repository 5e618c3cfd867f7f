/*
 * A guest's registers of EL1 as a host at EL2 with HCR_EL2.E2H names them (op1 = 5), and what
 * differs at EL2 with E2H. arch/el2/ has the same file for E2H = 0. Arm ARM D13 "System register
 * access at EL2 with E2H"
 */
#ifndef EL2SIM_HYP_ARCH_EL1_GUEST_EL_H
#define EL2SIM_HYP_ARCH_EL1_GUEST_EL_H

#define GUEST_SCTLR      S3_5_C1_C0_0
#define GUEST_CPACR      S3_5_C1_C0_2
#define GUEST_TTBR0      S3_5_C2_C0_0
#define GUEST_TTBR1      S3_5_C2_C0_1
#define GUEST_TCR        S3_5_C2_C0_2
#define GUEST_SPSR       S3_5_C4_C0_0
#define GUEST_ELR        S3_5_C4_C0_1
#define GUEST_AFSR0      S3_5_C5_C1_0
#define GUEST_AFSR1      S3_5_C5_C1_1
#define GUEST_ESR        S3_5_C5_C2_0
#define GUEST_FAR        S3_5_C6_C0_0
#define GUEST_MAIR       S3_5_C10_C2_0
#define GUEST_AMAIR      S3_5_C10_C3_0
#define GUEST_VBAR       S3_5_C12_C0_0
#define GUEST_CONTEXTIDR S3_5_C13_C0_1
#define GUEST_CNTKCTL    S3_5_C14_C1_0
#define GUEST_CNTV_CTL   S3_5_C14_C3_1
#define GUEST_CNTV_CVAL  S3_5_C14_C3_2

/* HCR_EL2: RW, TGE, E2H outside of guests; E2H inside. TGE must be set for whatever the host does
 * with its own translations, so both are written at each entry and exit. */
#define HCR_HOST         (1UL << 31 | 1UL << 27 | 1UL << 34)
#define HCR_GUEST_ALWAYS (1UL << 34)
#define HCR_STAYS        false /* the guest's value may stay while the host runs */
#define HCR_FOR_STAGE2   (HCR_HOST & ~(1UL << 27)) /* TLBI of EL1&0 and stage 2: TGE = 0 */

/* CPTR_EL2 has CPACR_EL1's layout: FPEN, TTA. Processes have no FP. */
#define CPTR_HOST     (1UL << 20)
#define CPTR_GUEST    (1UL << 28)             /* TTA */
#define CPTR_GUEST_FP (1UL << 28 | 3UL << 20) /* the guest's FP registers are there */

/* CNTHCTL_EL2: EL1's bits are ten higher. The counter is the guest's, the physical timer is not. */
#define CNTHCTL_EL1PCTEN (1UL << 10)
#define CNTHCTL_EL1PTEN  (1UL << 11)

#endif
