/* A guest's registers of EL1 and what controls it, as a host at EL2 with HCR_EL2.E2H = 0 names
 * them: the same names as in arch/el1/guest_el.h. */
#ifndef EL2SIM_HYP_ARCH_EL2_GUEST_EL_H
#define EL2SIM_HYP_ARCH_EL2_GUEST_EL_H

#define GUEST_SCTLR      sctlr_el1
#define GUEST_CPACR      cpacr_el1
#define GUEST_TTBR0      ttbr0_el1
#define GUEST_TTBR1      ttbr1_el1
#define GUEST_TCR        tcr_el1
#define GUEST_SPSR       spsr_el1
#define GUEST_ELR        elr_el1
#define GUEST_AFSR0      afsr0_el1
#define GUEST_AFSR1      afsr1_el1
#define GUEST_ESR        esr_el1
#define GUEST_FAR        far_el1
#define GUEST_MAIR       mair_el1
#define GUEST_AMAIR      amair_el1
#define GUEST_VBAR       vbar_el1
#define GUEST_CONTEXTIDR contextidr_el1
#define GUEST_CNTKCTL    cntkctl_el1
#define GUEST_CNTV_CTL   cntv_ctl_el0
#define GUEST_CNTV_CVAL  cntv_cval_el0

/* HCR_EL2: RW, AMO, IMO, FMO outside of guests, which have these too: nothing of a guest's value
 * acts on EL2. */
#define HCR_HOST         (1UL << 31 | 7UL << 3)
#define HCR_GUEST_ALWAYS 0UL
#define HCR_STAYS        true /* the guest's value may stay while the host runs */
#define HCR_FOR_STAGE2   HCR_HOST

/* CPTR_EL2: TTA, TFP, RES1. */
#define CPTR_HOST     0x33ffUL
#define CPTR_GUEST    (0x33ffUL | 1UL << 20 | 1UL << 10)
#define CPTR_GUEST_FP (0x33ffUL | 1UL << 20) /* the guest's FP registers are there */

/* CNTHCTL_EL2: the counter is the guest's, the physical timer is not. */
#define CNTHCTL_EL1PCTEN (1UL << 0)
#define CNTHCTL_EL1PTEN  (1UL << 1)

#endif
