#include "mmu/context.h"

/* TCR_EL1 and TCR_EL2 with E2H: fields of TTBR0's half, TTBR1's half and both. */
#define TCR_A1   22
#define TCR_AS   36
#define TCR_TBI0 37
#define TCR_TBI1 38
#define TCR_HA   39
#define TCR_HD   40
#define TCR_HPD0 41
#define TCR_HPD1 42
#define TCR_EPD0 7
#define TCR_EPD1 23
#define TCR_T1SZ 16
#define TCR_IPS  32
#define TCR_TG0  14
#define TCR_TG1  30
/* TCR_EL2 without E2H, and VTCR_EL2. */
#define TCR2_PS  16
#define TCR2_TBI 20
#define TCR2_HA  21
#define TCR2_HD  22
#define TCR2_HPD 24
#define VTCR_SL0 6
#define VTCR_VS  19

enum mmu_regime mmu_regime(const struct pe *pe, unsigned el)
{
    if (el == 2) {
        return pe_e2h(pe) ? REGIME_EL20 : REGIME_EL2;
    }
    return el == 0 && pe_e2h(pe) && pe_tge(pe) ? REGIME_EL20 : REGIME_EL10;
}

uint16_t mmu_vmid(const struct pe *pe)
{
    if (!pe->model.has[FEAT_EL2]) {
        return 0;
    }
    uint64_t vmid = pe->sr[SR_VTTBR_EL2] >> 48;
    bool wide = pe->model.has[FEAT_VMID16] && bit(pe->sr[SR_VTCR_EL2], VTCR_VS);
    return (uint16_t)(wide ? vmid : vmid & 0xff);
}

static uint64_t asid_of(uint64_t tcr, uint64_t ttbr0, uint64_t ttbr1)
{
    uint64_t asid = (bit(tcr, TCR_A1) ? ttbr1 : ttbr0) >> 48;
    return bit(tcr, TCR_AS) ? asid : asid & 0xff;
}

static void el10_context(const struct pe *pe, struct mmu_context *ctx)
{
    ctx->sctlr = pe->sr[SR_SCTLR_EL1];
    ctx->tcr = pe->sr[SR_TCR_EL1];
    ctx->hcr = pe->model.has[FEAT_EL2] ? pe->sr[SR_HCR_EL2] : 0;
    /* AArch64.IsStageOneEnabled: TGE and DC act as SCTLR_EL1.M = 0; DC acts as VM = 1. */
    ctx->stage1 = (ctx->sctlr & SCTLR_M) && !(ctx->hcr & (HCR_TGE | HCR_DC));
    ctx->stage2 = ctx->hcr & (HCR_VM | HCR_DC);
    ctx->tag |= (uint64_t)mmu_vmid(pe) << TAG_VMID_SHIFT;
    if (ctx->stage1) {
        ctx->tag |= asid_of(ctx->tcr, pe->sr[SR_TTBR0_EL1], pe->sr[SR_TTBR1_EL1]);
    }
}

static void el2_context(const struct pe *pe, struct mmu_context *ctx)
{
    ctx->sctlr = pe->sr[SR_SCTLR_EL2];
    ctx->tcr = pe->sr[SR_TCR_EL2];
    ctx->stage1 = ctx->sctlr & SCTLR_M;
    if (ctx->regime == REGIME_EL20 && ctx->stage1) {
        ctx->tag |= asid_of(ctx->tcr, pe->sr[SR_TTBR0_EL2], pe->sr[SR_TTBR1_EL2]);
    }
}

struct mmu_context mmu_context_of(const struct pe *pe, enum mmu_regime regime)
{
    struct mmu_context ctx = {.regime = regime, .tag = (uint64_t)regime << TAG_REGIME_SHIFT};
    if (regime == REGIME_EL10) {
        el10_context(pe, &ctx);
    } else {
        el2_context(pe, &ctx);
    }
    if (regime == REGIME_EL2) {
        ctx.tbi[0] = ctx.tbi[1] = bit(ctx.tcr, TCR2_TBI);
    } else {
        ctx.tbi[0] = bit(ctx.tcr, TCR_TBI0);
        ctx.tbi[1] = bit(ctx.tcr, TCR_TBI1);
    }
    ctx.tag |= (ctx.stage1 ? TAG_STAGE1 : 0) | (ctx.stage2 ? TAG_STAGE2 : 0);
    return ctx;
}

/*
 * TG0 and TG1 are encoded differently. A reserved value, or a granule the CPU lacks, selects an
 * IMPLEMENTATION DEFINED one (TCR_EL1.TG0): here the smallest it has.
 */
static unsigned granule_bits(const struct cpu_model *model, uint64_t tg, bool is_tg1)
{
    static const uint8_t tg0_bits[4] = {12, 16, 14, 0}, tg1_bits[4] = {0, 14, 12, 16};
    unsigned want = is_tg1 ? tg1_bits[tg] : tg0_bits[tg];
    if ((want == 12 && model->granule_4k) || (want == 14 && model->granule_16k) ||
        (want == 16 && model->granule_64k)) {
        return want;
    }
    return model->granule_4k ? 12 : model->granule_16k ? 14 : 16;
}

/* IPS or PS in bits, never more than the CPU has; reserved values mean 48. */
static unsigned output_bits(const struct cpu_model *model, uint64_t ps)
{
    static const uint8_t ps_bits[8] = {32, 36, 40, 42, 44, 48, 48, 48};
    return ps_bits[ps] < model->pa_bits ? ps_bits[ps] : model->pa_bits;
}

/* TxSZ limits. A value outside them is a level 0 translation fault here, one of the two choices
 * that CONSTRAINED UNPREDICTABLE leaves (K1.2.12, RESTnSZ). */
static bool input_bits_valid(const struct cpu_model *model, const struct stage *s, bool second)
{
    unsigned max = !second && model->has[FEAT_LVA] && s->granule_bits == 16 ? 52 : 48;
    unsigned min = !model->has[FEAT_TTST] ? 25 : s->granule_bits == 16 ? 17 : 16;
    return s->input_bits >= min && s->input_bits <= max;
}

/* The start table: aligned to its size, at least as the base register's field allows; within the
 * output size. */
static enum stage_check set_base(struct stage *s, uint64_t base)
{
    unsigned low = 3 + s->input_bits - stage_level_shift(s, s->start_level);
    s->table = base & MASK(47, low);
    return s->output_bits < 48 && s->table >> s->output_bits ? STAGE_ADDRESS_SIZE_FAULT : STAGE_OK;
}

enum stage_check stage1_config(const struct pe *pe, const struct mmu_context *ctx, uint64_t address,
                               struct stage *out)
{
    const struct cpu_model *model = &pe->model;
    uint64_t tcr = ctx->tcr;
    bool single = ctx->regime == REGIME_EL2;
    bool upper = bit(address, 55);
    enum sysreg_id ttbr = SR_TTBR0_EL2;
    if (ctx->regime == REGIME_EL10) {
        ttbr = upper ? SR_TTBR1_EL1 : SR_TTBR0_EL1;
    } else if (upper) {
        ttbr = SR_TTBR1_EL2;
    }
    unsigned tsz = upper && !single ? TCR_T1SZ : 0;
    unsigned tg = upper && !single ? TCR_TG1 : TCR_TG0;
    struct stage s = {.input_bits = 64 - (unsigned)bits(tcr, tsz + 5, tsz)};
    s.granule_bits = granule_bits(model, bits(tcr, tg + 1, tg), tg == TCR_TG1);
    s.stride_bits = s.granule_bits - 3;
    s.output_bits = output_bits(model, single ? bits(tcr, TCR2_PS + 2, TCR2_PS)
                                              : bits(tcr, TCR_IPS + 2, TCR_IPS));
    bool off = !single && bit(tcr, upper ? TCR_EPD1 : TCR_EPD0);
    if (off || !input_bits_valid(model, &s, false)) {
        return STAGE_TRANSLATION_FAULT;
    }
    /* The bits above the input size are all 0 (TTBR0) or all 1 (TTBR1). */
    if ((upper ? ~address : address) >> s.input_bits || (single && upper)) {
        return STAGE_TRANSLATION_FAULT;
    }
    s.start_level = 4 - (s.input_bits - s.granule_bits + s.stride_bits - 1) / s.stride_bits;
    s.update_af = model->has[FEAT_HAF] && bit(tcr, single ? TCR2_HA : TCR_HA);
    s.update_dirty = s.update_af && model->has[FEAT_HDBS] && bit(tcr, single ? TCR2_HD : TCR_HD);
    unsigned hpd = single ? TCR2_HPD : upper ? TCR_HPD1 : TCR_HPD0;
    s.no_hierarchy = model->has[FEAT_HPDS] && bit(tcr, hpd);
    *out = s;
    return set_base(out, pe->sr[ttbr]);
}

/*
 * VTCR_EL2.SL0 is fixed by software, so it must fit T0SZ: the start table holds 2 entries at least
 * and is up to 16 concatenated tables; the highest level exists only with enough PA bits (D5.2.6).
 */
static bool start_level_valid(const struct cpu_model *model, struct stage *s, unsigned sl0)
{
    bool small = s->granule_bits == 12;
    if (small && sl0 == 3) {
        if (!model->has[FEAT_TTST]) {
            return false;
        }
        s->start_level = 3;
    } else if (sl0 > (small ? 2U : 3U)) {
        return false;
    } else {
        s->start_level = (small ? 2 : 3) - sl0;
    }
    unsigned top_level = small ? 0 : 1;
    unsigned top_level_pa_bits = s->granule_bits == 14 ? 40 : 42;
    if (s->start_level < top_level ||
        (s->start_level == top_level && model->pa_bits <= top_level_pa_bits)) {
        return false;
    }
    unsigned below = stage_level_shift(s, s->start_level);
    return s->input_bits > below && s->input_bits - below <= s->stride_bits + 4;
}

enum stage_check stage2_config(const struct pe *pe, uint64_t address, struct stage *out)
{
    const struct cpu_model *model = &pe->model;
    uint64_t vtcr = pe->sr[SR_VTCR_EL2];
    struct stage s = {.input_bits = 64 - (unsigned)bits(vtcr, 5, 0)};
    s.granule_bits = granule_bits(model, bits(vtcr, TCR_TG0 + 1, TCR_TG0), false);
    s.stride_bits = s.granule_bits - 3;
    s.output_bits = output_bits(model, bits(vtcr, TCR2_PS + 2, TCR2_PS));
    /* More IPA bits than the CPU has PA bits: the fault of the allowed choices (LARGEIPA). */
    if (!input_bits_valid(model, &s, true) || s.input_bits > model->pa_bits ||
        address >> s.input_bits ||
        !start_level_valid(model, &s, (unsigned)bits(vtcr, VTCR_SL0 + 1, VTCR_SL0))) {
        return STAGE_TRANSLATION_FAULT;
    }
    s.update_af = model->has[FEAT_HAF] && bit(vtcr, TCR2_HA);
    s.update_dirty = s.update_af && model->has[FEAT_HDBS] && bit(vtcr, TCR2_HD);
    *out = s;
    return set_base(out, pe->sr[SR_VTTBR_EL2]);
}
