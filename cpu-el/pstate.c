/* PSTATE and what depends on it alone: SPSR images, the stack pointer, HCR_EL2 as it acts. */
#include "cpu-el/pe.h"

#include "cpu-el/fields.h"
#include "sim/base/bits.h"

/* With TGE nothing runs at EL1, and no virtual interrupt is taken: these behave as 0 (HCR_EL2,
 * "when HCR_EL2.TGE is 1"). */
#define HCR_OFF_WITH_TGE                                                                           \
    (HCR_SWIO | HCR_PTW | HCR_VF | HCR_VI | HCR_VSE | HCR_FB | HCR_TID1 | HCR_TID3 | HCR_TSC |     \
     HCR_TACR | HCR_TSW | HCR_TTLB | HCR_TVM | HCR_HCD | HCR_TRVM | HCR_TLOR | HCR_NV | HCR_NV1 |  \
     HCR_AT)

/* And these with E2H and TGE: EL0 belongs to the host. */
#define HCR_OFF_IN_HOST                                                                            \
    (HCR_VM | HCR_TIDCP | HCR_FMO | HCR_IMO | HCR_AMO | HCR_BSU | HCR_DC | HCR_TWI | HCR_TWE |     \
     HCR_TID0 | HCR_TID2 | HCR_TPC | HCR_TPU | HCR_TDZ | HCR_CD | HCR_ID | HCR_MIOCNCE |           \
     HCR_TID4 | HCR_TICAB | HCR_TOCU | HCR_ENSCXT | HCR_TTLBIS | HCR_TTLBOS)

uint64_t pe_hcr_effective(const struct pe *pe)
{
    if (!pe->model.has[FEAT_EL2]) {
        return 0;
    }
    uint64_t hcr = pe->sr[SR_HCR_EL2];
    if (!pe->model.has[FEAT_VHE]) {
        hcr &= ~HCR_E2H;
    }
    if (hcr & HCR_TGE) {
        hcr &= ~HCR_OFF_WITH_TGE;
        if (hcr & HCR_E2H) {
            hcr &= ~HCR_OFF_IN_HOST;
        } else {
            hcr |= HCR_FMO | HCR_IMO | HCR_AMO;
        }
    }
    if (hcr & HCR_DC) {
        hcr |= HCR_VM; /* HCR_EL2.DC: "VM behaves as 1" */
    }
    return hcr;
}

enum sysreg_id pe_sp_id(const struct pstate *ps)
{
    if (ps->el == 0 || !ps->sp) {
        return SR_SP_EL0;
    }
    return ps->el == 1 ? SR_SP_EL1 : SR_SP_EL2;
}

uint32_t pstate_to_spsr(const struct pe *pe)
{
    const struct pstate *ps = &pe->ps;
    uint64_t spsr = (ps->nzcv & SPSR_NZCV) | (uint64_t)ps->daif << SPSR_DAIF_SHIFT |
                    (uint64_t)ps->el << SPSR_EL_SHIFT;
    spsr |= (ps->el != 0 && ps->sp ? SPSR_SP : 0) | (ps->ssbs ? SPSR_SSBS : 0) |
            (ps->il ? SPSR_IL : 0) | (ps->ss ? SPSR_SS : 0) | (ps->pan ? SPSR_PAN : 0) |
            (ps->uao ? SPSR_UAO : 0) | (ps->dit ? SPSR_DIT : 0);
    return (uint32_t)spsr;
}

void pstate_from_spsr(struct pe *pe, uint32_t spsr)
{
    struct pstate *ps = &pe->ps;
    const bool *has = pe->model.has;
    ps->nzcv = (uint32_t)(spsr & SPSR_NZCV);
    ps->daif = (uint8_t)bits(spsr, 9, 6);
    ps->el = (uint8_t)bits(spsr, 3, 2);
    ps->sp = spsr & SPSR_SP;
    ps->il = spsr & SPSR_IL;
    ps->ss = spsr & SPSR_SS;
    ps->pan = has[FEAT_PAN] && (spsr & SPSR_PAN);
    ps->uao = has[FEAT_UAO] && (spsr & SPSR_UAO);
    ps->dit = has[FEAT_DIT] && (spsr & SPSR_DIT);
    ps->ssbs = has[FEAT_SSBS] && (spsr & SPSR_SSBS);
}
