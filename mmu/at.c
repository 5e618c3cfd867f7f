/* Address translation instructions (Arm ARM C5.4, D5.2.11; PAR_EL1). */
#include "mmu/fault.h"
#include "mmu/mmu.h"
#include "mmu/walk.h"

struct at_row {
    bool is_at;
    bool el2;    /* S1E2 */
    bool stage2; /* S12 */
    bool write, user;
    bool pan; /* S1E1RP, S1E1WP */
};

static const struct at_row rows[SR_COUNT] = {
    [SR_AT_S1E1R] = {.is_at = true},
    [SR_AT_S1E1W] = {.is_at = true, .write = true},
    [SR_AT_S1E0R] = {.is_at = true, .user = true},
    [SR_AT_S1E0W] = {.is_at = true, .user = true, .write = true},
    [SR_AT_S1E1RP] = {.is_at = true, .pan = true},
    [SR_AT_S1E1WP] = {.is_at = true, .pan = true, .write = true},
    [SR_AT_S1E2R] = {.is_at = true, .el2 = true},
    [SR_AT_S1E2W] = {.is_at = true, .el2 = true, .write = true},
    [SR_AT_S12E1R] = {.is_at = true, .stage2 = true},
    [SR_AT_S12E1W] = {.is_at = true, .stage2 = true, .write = true},
    [SR_AT_S12E0R] = {.is_at = true, .stage2 = true, .user = true},
    [SR_AT_S12E0W] = {.is_at = true, .stage2 = true, .user = true, .write = true},
};

/* PAR_EL1 (D13.2.97). Bit 11 is RES1. */
#define PAR_F    BIT(0)
#define PAR_PTW  BIT(8)
#define PAR_S    BIT(9)
#define PAR_NS   BIT(9) /* UNKNOWN from Non-secure state: said as it is */
#define PAR_RES1 BIT(11)

static uint64_t par_of_fault(const struct mmu_fault *fault)
{
    return PAR_F | (uint64_t)fault_status(fault) << 1 | (fault->s1ptw ? PAR_PTW : 0) |
           (fault->stage2 ? PAR_S : 0) | PAR_RES1;
}

static uint64_t par_of(const struct translation *t, uint64_t address)
{
    uint64_t out = t->pa | (address & (BIT(t->shift) - 1));
    return (out & MASK(47, 12)) | (uint64_t)t->sh[0] << 7 | PAR_NS | PAR_RES1 |
           (uint64_t)t->attr[0] << 56;
}

/* From EL2 with E2H and TGE, and for S1E2 with E2H, it is the EL2&0 regime (D5.1.4). */
static enum mmu_regime regime_of(const struct pe *pe, const struct at_row *row)
{
    if (row->el2) {
        return mmu_regime(pe, 2);
    }
    return pe_e2h(pe) && pe_tge(pe) ? REGIME_EL20 : REGIME_EL10;
}

bool mmu_at(struct mmu *mmu, enum sysreg_id op, uint64_t value, struct mmu_fault *fault)
{
    struct pe *pe = mmu->pe;
    const struct at_row *row = &rows[op];
    if (!row->is_at) {
        return true;
    }
    struct mmu_context ctx = mmu_context_of(pe, regime_of(pe, row));
    struct mmu_access access = {.va = va(value),
                                .type = row->write ? MMU_WRITE : MMU_READ,
                                .el = row->user                   ? 0
                                      : ctx.regime == REGIME_EL10 ? 1
                                                                  : 2};
    struct walk w = {.mmu = mmu,
                     .ctx = &ctx,
                     .access = &access,
                     .address = va_canonical(value),
                     .pan = row->pan && pe->ps.pan && pe->model.has[FEAT_PAN],
                     .live = true,
                     .fault = fault};
    struct translation t;
    bool done = va_is_valid(&ctx, value);
    if (!done) {
        walk_fault(&w, ctx.stage1 ? FAULT_TRANSLATION : FAULT_ADDRESS_SIZE, 0);
    } else {
        done = walk_translate(&w, row->stage2, &t);
    }
    if (done) {
        pe->sr[SR_PAR_EL1] = par_of(&t, w.address);
        return true;
    }
    if (fault->type == FAULT_EXTERNAL_WALK || (fault->s1ptw && pe->ps.el == 1)) {
        if (pe->ps.el == 2) {
            fault->target_el = 2; /* whatever regime it asked about */
        }
        return false;
    }
    pe->sr[SR_PAR_EL1] = par_of_fault(fault);
    return true;
}
