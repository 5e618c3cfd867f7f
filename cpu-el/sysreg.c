#include "cpu-el/sysreg.h"

#include <string.h>

#include "cpu-el/core_sysreg.h"
#include "cpu-el/fields.h"
#include "cpu-el/pe.h"
#include "cpu-el/resolve.h"
#include "cpu-el/sysreg_table.h"
#include "sim/base/bits.h"

/* Bits of stored registers that come with a feature; without it they are RES0, or RES1. */
static const struct feature_bits {
    enum sysreg_id id;
    enum cpu_feature feature;
    uint64_t mask;
    bool res1;
} feature_bits[] = {
    {SR_HCR_EL2, FEAT_VHE, HCR_E2H, false},
    {SR_HCR_EL2, FEAT_LOR, HCR_TLOR, false},
    {SR_HCR_EL2, FEAT_RAS, HCR_TERR | HCR_TEA, false},
    {SR_HCR_EL2, FEAT_NV, HCR_NV | HCR_NV1 | HCR_AT, false},
    {SR_HCR_EL2, FEAT_NV2, HCR_NV2, false},
    {SR_HCR_EL2, FEAT_S2FWB, HCR_FWB, false},
    {SR_HCR_EL2, FEAT_EVT, HCR_TID4 | HCR_TICAB | HCR_TOCU | HCR_TTLBIS | HCR_TTLBOS, false},
    {SR_HCR_EL2, FEAT_CSV2, HCR_ENSCXT, false},
    {SR_CNTHCTL_EL2, FEAT_VHE, MASK(11, 8), false}, /* of the layout of E2H = 1 alone */
    {SR_SCTLR_EL1, FEAT_PAN, SCTLR_SPAN, true},
    {SR_SCTLR_EL1, FEAT_CSV2, SCTLR_TSCXT, true},
    {SR_SCTLR_EL1, FEAT_IESB, BIT(21), false},
    {SR_SCTLR_EL1, FEAT_LSE2, BIT(6), false},
    {SR_SCTLR_EL1, FEAT_SSBS, SCTLR_DSSBS, false},
    {SR_SCTLR_EL2, FEAT_IESB, BIT(21), false},
    {SR_SCTLR_EL2, FEAT_LSE2, BIT(6), false},
    {SR_SCTLR_EL2, FEAT_SSBS, SCTLR_DSSBS, false},
    {SR_TCR_EL1, FEAT_HAF, BIT(39), false},
    {SR_TCR_EL1, FEAT_HDBS, BIT(40), false},
    {SR_TCR_EL1, FEAT_HPDS, MASK(42, 41), false},
    {SR_VTCR_EL2, FEAT_HAF, BIT(21), false},
    {SR_VTCR_EL2, FEAT_HDBS, BIT(22), false},
    {SR_VTCR_EL2, FEAT_VMID16, VTCR_VMID16, false},
    {SR_VTTBR_EL2, FEAT_VMID16, MASK(63, 56), false},
    {SR_VTTBR_EL2, FEAT_TTCNP, BIT(0), false},
    {SR_TTBR0_EL1, FEAT_TTCNP, BIT(0), false},
    {SR_TTBR1_EL1, FEAT_TTCNP, BIT(0), false},
    {SR_TTBR0_EL2, FEAT_TTCNP, BIT(0), false},
    {SR_TTBR1_EL2, FEAT_TTCNP, BIT(0), false},
    {SR_SPSR_EL1, FEAT_DIT, SPSR_DIT, false},
    {SR_SPSR_EL1, FEAT_UAO, SPSR_UAO, false},
    {SR_SPSR_EL1, FEAT_PAN, SPSR_PAN, false},
    {SR_SPSR_EL1, FEAT_SSBS, SPSR_SSBS, false},
    {SR_SPSR_EL2, FEAT_DIT, SPSR_DIT, false},
    {SR_SPSR_EL2, FEAT_UAO, SPSR_UAO, false},
    {SR_SPSR_EL2, FEAT_PAN, SPSR_PAN, false},
    {SR_SPSR_EL2, FEAT_SSBS, SPSR_SSBS, false},
};

const char *sysreg_name(enum sysreg_id id)
{
    return sysreg_rows[id].name;
}

uint16_t sysreg_enc(enum sysreg_id id)
{
    return sysreg_rows[id].enc;
}

enum sysreg_id sysreg_by_name(const char *name)
{
    for (unsigned id = SR_NONE + 1; id < SR_COUNT; id++) {
        if (strcmp(sysreg_rows[id].name, name) == 0) {
            return (enum sysreg_id)id;
        }
    }
    return SR_NONE;
}

enum sysreg_owner sysreg_owner(enum sysreg_id id)
{
    return (enum sysreg_owner)sysreg_rows[id].owner;
}

enum sysreg_sync sysreg_sync(enum sysreg_id id)
{
    return (enum sysreg_sync)sysreg_rows[id].sync;
}

uint64_t sysreg_reset_value(enum sysreg_id id)
{
    return sysreg_rows[id].reset;
}

bool sysreg_holds_value(enum sysreg_id id)
{
    const struct sysreg_row *row = &sysreg_rows[id];
    return row->enc >> 14 >= 2 && ((row->access & 15u) != (NO_ACCESS & 15u) || id == SR_SP_EL2);
}

bool sysreg_reading_acts(enum sysreg_id id)
{
    return id == SR_ICC_IAR0_EL1 || id == SR_ICC_IAR1_EL1;
}

bool sysreg_is_writable(enum sysreg_id id)
{
    const struct sysreg_row *row = &sysreg_rows[id];
    return row->access >> 4 != NO_ACCESS >> 4 || row->top_el_writes || id == SR_SP_EL2;
}

uint64_t sysreg_legal_value(const struct cpu_model *model, enum sysreg_id id, uint64_t value)
{
    for (size_t i = 0; i < sizeof feature_bits / sizeof feature_bits[0]; i++) {
        const struct feature_bits *f = &feature_bits[i];
        if (f->id == id && !model->has[f->feature]) {
            value = f->res1 ? value | f->mask : value & ~f->mask;
        }
    }
    return (value & ~sysreg_rows[id].res0) | sysreg_rows[id].res1;
}

enum cost_class sysreg_cost(uint16_t enc, bool write)
{
    if (enc >> 14 == 0) {
        enc &= (uint16_t) ~(0xfu << 3); /* MSR (immediate): CRm is the operand */
    }
    uint16_t found = sysreg_find(enc);
    unsigned cost = sysreg_rows[found & ~SYSREG_ALIAS].cost;
    bool has_write_class = found != SR_NONE && enc >> 14 != 1; /* SYS has one class */
    return (enum cost_class)(write && has_write_class ? cost + 1 : cost);
}

uint64_t sysreg_read(struct pe *pe, enum sysreg_id id)
{
    const struct sysreg_row *row = &sysreg_rows[id];
    if (row->owner == OWNER_CORE) {
        return core_read(pe, id);
    }
    const struct sysreg_ops *ops = &pe->owners[row->owner];
    if (row->owner != OWNER_STORE && ops->read) {
        return ops->read(ops->ctx, id);
    }
    return (pe->sr[id] & ~row->res0) | row->res1;
}

unsigned sysreg_write(struct pe *pe, enum sysreg_id id, uint64_t value)
{
    const struct sysreg_row *row = &sysreg_rows[id];
    value = (value & pe->legal[id].can_be_one) | pe->legal[id].must_be_one;
    if (row->owner == OWNER_CORE) {
        return row->effect | core_write(pe, id, value);
    }
    /* Kept for other owners too: the trap rules look at CNTHCTL_EL2, ICH_HCR_EL2 and the like. An
     * owner that keeps its value in pe->sr[] itself overwrites it. */
    pe->sr[id] = value;
    const struct sysreg_ops *ops = &pe->owners[row->owner];
    if (row->owner != OWNER_STORE && ops->write) {
        return row->effect | ops->write(ops->ctx, id, value);
    }
    return row->effect;
}
