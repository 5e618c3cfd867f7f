/* PSTATE in the handler of an exception that is taken to EL1 by hand. */
#ifndef EL2SIM_HYP_KVM_ENTRY_PSTATE_H
#define EL2SIM_HYP_KVM_ENTRY_PSTATE_H

#include "types.h"

#define SPSR_EL1H_DAIF 0x3c5
#define SPSR_SSBS      BIT(12)
#define SPSR_PAN       BIT(22)
#define SPSR_DIT       BIT(24)
#define SPSR_NZCV      (0xfUL << 28)
#define SCTLR_SPAN     BIT(23)
#define SCTLR_DSSBS    BIT(44)

/* What a CPU without one of the features has there is RES0 or, SCTLR_EL1.SPAN, RES1. Arm ARM
 * AArch64.TakeException */
static inline u64 entry_pstate(u64 pstate, u64 sctlr)
{
    pstate &= SPSR_NZCV | SPSR_DIT | SPSR_PAN;
    pstate |= sctlr & SCTLR_SPAN ? 0 : SPSR_PAN;
    return pstate | SPSR_EL1H_DAIF | (sctlr & SCTLR_DSSBS ? SPSR_SSBS : 0);
}

#endif
