#include "cpu-el/idregs.h"

#include "sim/base/bits.h"

/* A field of an ID register that a feature brings. Later lines of a field win: they are the larger
 * values. */
struct id_field {
    uint16_t id;
    uint8_t lsb, value;
    int feature; /* enum cpu_feature, or ALWAYS */
};

#define ALWAYS (-1)

static const struct id_field fields[] = {
    {SR_ID_AA64PFR0_EL1, 0, 1, ALWAYS}, /* EL0, EL1, EL2: AArch64 only */
    {SR_ID_AA64PFR0_EL1, 4, 1, ALWAYS},
    {SR_ID_AA64PFR0_EL1, 8, 1, FEAT_EL2},
    {SR_ID_AA64PFR0_EL1, 16, 1, FEAT_FP16},
    {SR_ID_AA64PFR0_EL1, 20, 1, FEAT_FP16},
    {SR_ID_AA64PFR0_EL1, 24, 1, FEAT_GICV3_SYSREGS},
    {SR_ID_AA64PFR0_EL1, 28, 1, FEAT_RAS},
    {SR_ID_AA64PFR0_EL1, 48, 1, FEAT_DIT},
    {SR_ID_AA64PFR1_EL1, 0, 1, FEAT_BTI},
    {SR_ID_AA64AFR0_EL1, 0, 1, FEAT_VMCB}, /* IMPLEMENTATION DEFINED: docs/vmcb.md */
    {SR_ID_AA64ISAR0_EL1, 4, 2, FEAT_AES}, /* with PMULL */
    {SR_ID_AA64ISAR0_EL1, 8, 1, FEAT_SHA1},
    {SR_ID_AA64ISAR0_EL1, 12, 1, FEAT_SHA256},
    {SR_ID_AA64ISAR0_EL1, 16, 1, FEAT_CRC32},
    {SR_ID_AA64ISAR0_EL1, 20, 2, FEAT_LSE},
    {SR_ID_AA64ISAR0_EL1, 28, 1, FEAT_RDM},
    {SR_ID_AA64ISAR0_EL1, 44, 1, FEAT_DOTPROD},
    {SR_ID_AA64ISAR0_EL1, 52, 1, FEAT_FLAGM},
    {SR_ID_AA64ISAR0_EL1, 56, 1, FEAT_TLBIOS},
    {SR_ID_AA64ISAR0_EL1, 56, 2, FEAT_TLBIRANGE},
    {SR_ID_AA64ISAR0_EL1, 60, 1, FEAT_RNG},
    {SR_ID_AA64ISAR1_EL1, 0, 1, FEAT_DPB},
    {SR_ID_AA64ISAR1_EL1, 12, 1, FEAT_JSCVT},
    {SR_ID_AA64ISAR1_EL1, 16, 1, FEAT_FCMA},
    {SR_ID_AA64ISAR1_EL1, 20, 1, FEAT_LRCPC},
    {SR_ID_AA64ISAR1_EL1, 20, 2, FEAT_LRCPC2},
    {SR_ID_AA64ISAR1_EL1, 36, 1, FEAT_SB},
    {SR_ID_AA64MMFR0_EL1, 4, 2, ALWAYS},  /* ASIDBits: 16 */
    {SR_ID_AA64MMFR0_EL1, 12, 1, ALWAYS}, /* SNSMem */
    {SR_ID_AA64MMFR1_EL1, 0, 1, FEAT_HAF},
    {SR_ID_AA64MMFR1_EL1, 0, 2, FEAT_HDBS},
    {SR_ID_AA64MMFR1_EL1, 4, 2, FEAT_VMID16},
    {SR_ID_AA64MMFR1_EL1, 8, 1, FEAT_VHE},
    {SR_ID_AA64MMFR1_EL1, 12, 2, FEAT_HPDS},
    {SR_ID_AA64MMFR1_EL1, 16, 1, FEAT_LOR},
    {SR_ID_AA64MMFR1_EL1, 20, 1, FEAT_PAN},
    {SR_ID_AA64MMFR1_EL1, 20, 2, FEAT_PAN2},
    {SR_ID_AA64MMFR1_EL1, 28, 1, FEAT_XNX},
    {SR_ID_AA64MMFR2_EL1, 0, 1, FEAT_TTCNP},
    {SR_ID_AA64MMFR2_EL1, 4, 1, FEAT_UAO},
    {SR_ID_AA64MMFR2_EL1, 12, 1, FEAT_IESB},
    {SR_ID_AA64MMFR2_EL1, 16, 1, FEAT_LVA},
    {SR_ID_AA64MMFR2_EL1, 20, 1, FEAT_CCIDX},
    {SR_ID_AA64MMFR2_EL1, 24, 1, FEAT_NV},
    {SR_ID_AA64MMFR2_EL1, 24, 2, FEAT_NV2},
    {SR_ID_AA64MMFR2_EL1, 28, 1, FEAT_TTST},
    {SR_ID_AA64MMFR2_EL1, 32, 1, FEAT_LSE2},
    {SR_ID_AA64MMFR2_EL1, 36, 1, FEAT_IDST},
    {SR_ID_AA64MMFR2_EL1, 40, 1, FEAT_S2FWB},
    {SR_ID_AA64MMFR2_EL1, 56, 2, FEAT_EVT},
};

static unsigned pa_range(unsigned pa_bits)
{
    static const unsigned sizes[] = {32, 36, 40, 42, 44, 48};
    unsigned range = 0;
    while (range + 1 < sizeof sizes / sizeof sizes[0] && sizes[range + 1] <= pa_bits) {
        range++;
    }
    return range;
}

/* Fields that hold numbers of the model, and those where absence is not 0. */
static uint64_t numbers_of(const struct cpu_model *m, enum sysreg_id id)
{
    switch ((unsigned)id) {
    case SR_ID_AA64PFR0_EL1:
        return (m->has[FEAT_FP] ? 0 : UINT64_C(0xff) << 16) |
               (uint64_t)(m->has[FEAT_CSV2] ? 2u : m->csv2) << 56 | (uint64_t)m->csv3 << 60;
    case SR_ID_AA64PFR1_EL1:
        return m->has[FEAT_SSBS] ? (uint64_t)m->ssbs << 4 : 0;
    case SR_ID_AA64DFR0_EL1:
        return m->debug_version | (m->has[FEAT_PMU] ? (uint64_t)m->pmu_version << 8 : 0) |
               (uint64_t)(m->breakpoint_count - 1) << 12 |
               (uint64_t)(m->watchpoint_count - 1) << 20 |
               (uint64_t)(m->context_breakpoint_count - 1) << 28;
    case SR_ID_AA64MMFR0_EL1:
        return pa_range(m->pa_bits) | (uint64_t)m->granule_16k << 20 |
               (m->granule_64k ? 0 : UINT64_C(0xf) << 24) |
               (m->granule_4k ? 0 : UINT64_C(0xf) << 28);
    default: /* a register without numbers */
        return 0;
    }
}

uint64_t idreg_value(const struct cpu_model *model, enum sysreg_id id)
{
    uint64_t value = numbers_of(model, id);
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        const struct id_field *f = &fields[i];
        bool absent_fp = f->feature == FEAT_FP16 && !model->has[FEAT_FP];
        if (f->id == id && !absent_fp && (f->feature == ALWAYS || model->has[f->feature])) {
            value = bits_set(value, f->lsb + 3u, f->lsb, f->value);
        }
    }
    return value;
}
