#include "mmu/walk.h"
#include "mmu/attr.h"
#include "mmu/permission.h"
#include "sim/base/cost.h"

/* Descriptor bits (Arm ARM D5.3). */
#define DESC_VALID      BIT(0)
#define DESC_TABLE      BIT(1) /* or page, at level 3 */
#define DESC_AP2        BIT(7) /* stage 1: read-only; stage 2: S2AP[1], writable */
#define DESC_AF         BIT(10)
#define DESC_NG         BIT(11)
#define DESC_DBM        BIT(51)
#define DESC_CONTIGUOUS BIT(52)
#define DESC_PXN        BIT(53)
#define DESC_UXN        BIT(54)
#define TABLE_PXN       BIT(59)
#define TABLE_UXN       BIT(60)
#define TABLE_AP1       BIT(61) /* APTable[0]: no access from EL0 */
#define TABLE_AP2       BIT(62) /* APTable[1]: read-only */
#define TABLE_HIERARCHY (TABLE_PXN | TABLE_UXN | TABLE_AP1 | TABLE_AP2)

/* A valid block or page descriptor, and how it was reached. */
struct leaf {
    uint64_t desc; /* as read */
    uint64_t at;   /* its address: an IPA for stage 1 under stage 2 */
    uint64_t out;  /* output address of the first byte */
    uint64_t hierarchy;
    unsigned level;
    unsigned shift;       /* log2 of the range, contiguous run included */
    unsigned block_shift; /* of this descriptor alone */
    bool set_af;          /* hardware is to set AF */
    bool clean;           /* DBM: counts as writable, not yet marked so */
};

bool walk_pan_applies(const struct pe *pe, const struct mmu_access *access)
{
    return pe->ps.pan && pe->model.has[FEAT_PAN] && !access->unprivileged && access->el != 0 &&
           access->type != MMU_FETCH && !access->cache_maintenance;
}

/* AArch64.Abort: routing of stage-1 faults. */
static unsigned fault_target(const struct walk *w, enum mmu_fault_type type)
{
    if (w->ctx->regime != REGIME_EL10 || (w->ctx->hcr & HCR_TGE)) {
        return 2;
    }
    bool external = type == FAULT_EXTERNAL || type == FAULT_EXTERNAL_WALK;
    return external && w->mmu->pe->model.has[FEAT_RAS] && (w->ctx->hcr & HCR_TEA) ? 2 : 1;
}

void walk_fault(const struct walk *w, enum mmu_fault_type type, unsigned level)
{
    *w->fault =
        (struct mmu_fault){.type = type, .level = level, .target_el = fault_target(w, type)};
}

void walk_permission_fault(const struct walk *w, unsigned prot, unsigned level)
{
    walk_fault(w, FAULT_PERMISSION, level);
    w->fault->read_allowed = prot & PROT_R;
}

void walk_fault_stage2(const struct walk *w, enum mmu_fault_type type, unsigned level,
                       uint64_t at_ipa, bool s1ptw)
{
    *w->fault = (struct mmu_fault){.type = type,
                                   .level = level,
                                   .stage2 = true,
                                   .s1ptw = s1ptw,
                                   .ipa = ipa(at_ipa),
                                   .target_el = 2};
}

/* Which stage is being walked, and for what: stage 2 of an access, or of a stage-1 descriptor. */
enum purpose { STAGE1, STAGE2_ACCESS, STAGE2_TABLE };

static enum walk_result fail(const struct walk *w, enum purpose why, enum mmu_fault_type type,
                             unsigned level, uint64_t input)
{
    if (why == STAGE1) {
        walk_fault(w, type, level);
    } else {
        walk_fault_stage2(w, type, level, input, why == STAGE2_TABLE);
    }
    return WALK_FAULT;
}

static enum walk_result fail_config(const struct walk *w, enum purpose why, enum stage_check check,
                                    uint64_t input)
{
    return fail(w, why, check == STAGE_TRANSLATION_FAULT ? FAULT_TRANSLATION : FAULT_ADDRESS_SIZE,
                0, input);
}

static enum walk_result table_address(const struct walk *w, uint64_t at_ipa, bool update,
                                      uint64_t *at_pa);

static enum walk_result read_descriptor(const struct walk *w, enum purpose why, uint64_t input,
                                        unsigned level, uint64_t at, uint64_t *at_pa,
                                        uint64_t *desc)
{
    struct mmu *mmu = w->mmu;
    *at_pa = at;
    if (why == STAGE1 && w->ctx->stage2) {
        enum walk_result r = table_address(w, at, false, at_pa);
        if (r != WALK_OK) {
            return r;
        }
    }
    if (w->live) {
        bool first = why == STAGE1;
        cost_charge(mmu->pe->meter, first ? COST_WALK_S1 : COST_WALK_S2, 1);
        *(first ? &mmu->stats.walk_steps_s1 : &mmu->stats.walk_steps_s2) += 1;
    }
    if (!mmu->hooks.read64(mmu->hooks.ctx, pa(*at_pa), desc)) {
        return fail(w, why, FAULT_EXTERNAL_WALK, level, input);
    }
    if (w->steps && w->steps->count < MMU_STEPS_MAX) {
        w->steps->at[w->steps->count++] = (struct mmu_step){.stage2 = why != STAGE1,
                                                            .of_table = why == STAGE2_TABLE,
                                                            .level = level,
                                                            .input = input,
                                                            .at = pa(*at_pa),
                                                            .descriptor = *desc};
    }
    return WALK_OK;
}

/* log2 of the entries that a set contiguous bit stands for (D5.3.2, table "contiguous bit"). */
static unsigned contiguous_bits(const struct stage *s, unsigned level)
{
    if (s->granule_bits == 12) {
        return 4;
    }
    return s->granule_bits == 14 && level == 3 ? 7 : 5;
}

/* A contiguous run that does not fit the input range or the alignment of its output is ignored. */
static unsigned leaf_shift(const struct stage *s, const struct leaf *leaf, uint64_t input)
{
    if (!(leaf->desc & DESC_CONTIGUOUS)) {
        return leaf->block_shift;
    }
    unsigned shift = leaf->block_shift + contiguous_bits(s, leaf->level);
    uint64_t run = MASK(shift - 1, leaf->block_shift);
    return shift <= s->input_bits && ((leaf->out ^ input) & run) == 0 ? shift : leaf->block_shift;
}

/* The last checks of TranslationTableWalk, on a block or page; fills the leaf. */
static enum walk_result take_leaf(const struct walk *w, enum purpose why, const struct stage *s,
                                  uint64_t input, struct leaf *leaf)
{
    if (leaf->level < stage_first_block_level(s)) {
        return fail(w, why, FAULT_TRANSLATION, leaf->level, input);
    }
    leaf->block_shift = stage_level_shift(s, leaf->level);
    leaf->out = leaf->desc & MASK(47, leaf->block_shift);
    if (leaf->out >> s->output_bits) {
        return fail(w, why, FAULT_ADDRESS_SIZE, leaf->level, input);
    }
    leaf->set_af = !(leaf->desc & DESC_AF);
    if (leaf->set_af && !s->update_af) {
        return fail(w, why, FAULT_ACCESS_FLAG, leaf->level, input);
    }
    bool marked_writable = why == STAGE1 ? !(leaf->desc & DESC_AP2) : leaf->desc & DESC_AP2;
    leaf->clean = s->update_dirty && (leaf->desc & DESC_DBM) && !marked_writable;
    leaf->shift = leaf_shift(s, leaf, input);
    leaf->out &= ~(BIT(leaf->shift) - 1);
    return WALK_OK;
}

static void tell_watcher(const struct walk *w, enum purpose why, uint64_t input, unsigned shift,
                         const struct leaf *leaf, uint64_t at_pa)
{
    bool table = leaf->level < 3 && (leaf->desc & DESC_TABLE);
    struct mmu_descriptor d = {.at = pa(at_pa),
                               .value = leaf->desc,
                               .input = input,
                               .tag = w->ctx->tag & (why == STAGE1 ? ~UINT64_C(0) : TAG_VMID),
                               .level = leaf->level,
                               .shift = shift,
                               .stage2 = why != STAGE1,
                               .is_leaf = !table};
    w->mmu->watch(w->mmu->hooks.ctx, &d);
}

/* Before: leaf->level and leaf->at name the table to start with, leaf->hierarchy its attributes.
 * After: the leaf, and in *last_table the table it came from. */
static enum walk_result walk_tables(const struct walk *w, enum purpose why, const struct stage *s,
                                    uint64_t input, struct leaf *leaf, uint64_t *last_table)
{
    uint64_t table = leaf->at;
    uint64_t in_range = input & MASK(s->input_bits - 1, 0);
    unsigned top = s->input_bits - 1; /* of the index into this table */
    for (unsigned level = leaf->level;; level++) {
        unsigned shift = stage_level_shift(s, level);
        if (level != s->start_level) {
            top = shift + s->stride_bits - 1;
        }
        leaf->at = table | bits(in_range, top, shift) << 3;
        leaf->level = level;
        *last_table = table;
        uint64_t at_pa;
        enum walk_result r = read_descriptor(w, why, input, level, leaf->at, &at_pa, &leaf->desc);
        if (r != WALK_OK) {
            return r;
        }
        if (w->mmu->watch && w->live) {
            tell_watcher(w, why, input, shift, leaf, at_pa);
        }
        uint64_t desc = leaf->desc;
        if (!(desc & DESC_VALID) || (level == 3 && !(desc & DESC_TABLE))) {
            return fail(w, why, FAULT_TRANSLATION, level, input);
        }
        if (level == 3 || !(desc & DESC_TABLE)) {
            return take_leaf(w, why, s, input, leaf);
        }
        table = desc & MASK(47, s->granule_bits);
        if (table >> s->output_bits) {
            return fail(w, why, FAULT_ADDRESS_SIZE, level, input);
        }
        leaf->hierarchy |= desc & TABLE_HIERARCHY;
    }
}

/* AArch64.CheckAndUpdateDescriptor: sets AF, and marks the page dirty, in one atomic write. */
static enum walk_result update_descriptor(const struct walk *w, enum purpose why, uint64_t input,
                                          const struct leaf *leaf, bool dirty)
{
    uint64_t desired = leaf->desc | DESC_AF;
    if (dirty && leaf->clean) {
        desired ^= DESC_AP2;
    }
    if (desired == leaf->desc || !w->live) {
        return WALK_OK;
    }
    uint64_t at_pa = leaf->at;
    if (why == STAGE1 && w->ctx->stage2) {
        enum walk_result r = table_address(w, leaf->at, true, &at_pa);
        if (r != WALK_OK) {
            return r;
        }
    }
    const struct mmu_hooks *hooks = &w->mmu->hooks;
    bool swapped = false;
    if (!hooks->cas64(hooks->ctx, pa(at_pa), leaf->desc, desired, &swapped)) {
        return fail(w, why, FAULT_EXTERNAL_WALK, leaf->level, input);
    }
    return swapped ? WALK_OK : WALK_AGAIN;
}

static enum walk_result walk_stage2(const struct walk *w, enum purpose why, uint64_t input,
                                    struct leaf *leaf)
{
    struct stage s;
    enum stage_check check = stage2_config(w->mmu->pe, input, &s);
    if (check != STAGE_OK) {
        return fail_config(w, why, check, input);
    }
    *leaf = (struct leaf){.level = s.start_level, .at = s.table};
    uint64_t last_table;
    return walk_tables(w, why, &s, input, leaf, &last_table);
}

/* S2AP[1:0], a clean page counting as writable. */
static unsigned leaf_s2ap(const struct leaf *leaf)
{
    return (unsigned)bits(leaf->desc, 7, 6) | (leaf->clean ? 2 : 0);
}

static unsigned leaf_stage2_attr(const struct leaf *leaf)
{
    return (unsigned)bits(leaf->desc, 5, 2);
}

/*
 * Where a stage-1 descriptor lies. It must be readable, for a hardware update writable, and with
 * HCR_EL2.PTW not in Device memory (D5.4.4). A descriptor update never takes the answer from the
 * cache: the stage-2 page may have to be marked dirty.
 */
static enum walk_result table_address(const struct walk *w, uint64_t at_ipa, bool update,
                                      uint64_t *at_pa)
{
    struct walk_cache *cache = &w->mmu->stage2_tables;
    uint64_t tag = w->ctx->tag & TAG_VMID;
    const struct walk_cache_entry *known =
        w->live && !update ? walk_cache_find(cache, at_ipa, tag, 0) : NULL;
    struct leaf leaf;
    if (known) {
        leaf = (struct leaf){.desc = known->extra,
                             .out = known->value,
                             .level = known->level,
                             .shift = known->shift};
    } else {
        enum walk_result r = walk_stage2(w, STAGE2_TABLE, at_ipa, &leaf);
        if (r != WALK_OK) {
            return r;
        }
    }
    unsigned needed = update ? 2 : 1;
    bool device = attr_memory(attr_of_stage2(leaf_stage2_attr(&leaf))) == MEM_DEVICE;
    if (!(leaf_s2ap(&leaf) & needed) || (device && (w->ctx->hcr & HCR_PTW))) {
        return fail(w, STAGE2_TABLE, FAULT_PERMISSION, leaf.level, at_ipa);
    }
    if (!known) {
        enum walk_result r = update_descriptor(w, STAGE2_TABLE, at_ipa, &leaf, update);
        if (r != WALK_OK) {
            return r;
        }
        if (w->live && !update) {
            walk_cache_insert(cache, &(struct walk_cache_entry){.key = at_ipa >> leaf.shift,
                                                                .tag = tag,
                                                                .value = leaf.out,
                                                                .extra = leaf.desc,
                                                                .shift = (uint8_t)leaf.shift,
                                                                .level = (uint8_t)leaf.level});
        }
    }
    *at_pa = leaf.out | (at_ipa & (BIT(leaf.shift) - 1));
    return WALK_OK;
}

/* The walk of stage 1, from the last-level table if it is remembered. */
static enum walk_result walk_stage1(const struct walk *w, const struct stage *s, struct leaf *leaf)
{
    struct walk_cache *cache = &w->mmu->stage1_tables;
    unsigned range = stage_level_shift(s, 2);
    const struct walk_cache_entry *known =
        w->live && s->start_level < 3 ? walk_cache_find(cache, w->address, w->ctx->tag, range)
                                      : NULL;
    *leaf = known ? (struct leaf){.level = 3, .at = known->value, .hierarchy = known->extra}
                  : (struct leaf){.level = s->start_level, .at = s->table};
    uint64_t last_table;
    enum walk_result r = walk_tables(w, STAGE1, s, w->address, leaf, &last_table);
    if (r == WALK_OK && w->live && !known && leaf->level == 3 && s->start_level < 3) {
        walk_cache_insert(cache, &(struct walk_cache_entry){.key = w->address >> range,
                                                            .tag = w->ctx->tag,
                                                            .value = last_table,
                                                            .extra = leaf->hierarchy,
                                                            .shift = (uint8_t)range});
    }
    return r;
}

static void stage1_attributes(const struct walk *w, const struct leaf *leaf, struct translation *t)
{
    const struct pe *pe = w->mmu->pe;
    uint64_t mair = pe->sr[w->ctx->regime == REGIME_EL10 ? SR_MAIR_EL1 : SR_MAIR_EL2];
    uint8_t attr = attr_of_mair(mair, (unsigned)bits(leaf->desc, 4, 2));
    t->attr[0] = w->ctx->sctlr & SCTLR_C ? attr : attr_uncached(attr);
    t->attr[1] = w->ctx->sctlr & SCTLR_I ? attr : attr_uncached(attr);
    for (unsigned fetch = 0; fetch < 2; fetch++) {
        t->sh[fetch] = shareability_of(t->attr[fetch], (unsigned)bits(leaf->desc, 9, 8));
    }
}

/* Stage 1 disabled: AArch64.TranslateAddressS1Off. */
static enum walk_result stage1_flat(const struct walk *w, struct translation *t)
{
    if (w->address >> w->mmu->pe->model.pa_bits) {
        return fail(w, STAGE1, FAULT_ADDRESS_SIZE, 0, 0);
    }
    bool cached = w->ctx->hcr & HCR_DC;
    *t = (struct translation){.shift = 30, .global = true};
    t->pa = t->ipa = w->address & ~(BIT(t->shift) - 1);
    t->user = t->priv = t->priv_pan = PROT_R | PROT_W | PROT_X;
    t->attr[0] = cached ? ATTR_NORMAL_WB : ATTR_DEVICE_nGnRnE;
    t->attr[1] = cached                    ? ATTR_NORMAL_WB
                 : w->ctx->sctlr & SCTLR_I ? ATTR_NORMAL_WT_RA
                                           : ATTR_NORMAL_NC;
    t->sh[0] = t->sh[1] = cached ? SH_NONE : SH_OUTER;
    return WALK_OK;
}

static enum walk_result stage1(const struct walk *w, struct translation *t)
{
    struct stage s;
    struct leaf leaf;
    enum stage_check check = stage1_config(w->mmu->pe, w->ctx, w->address, &s);
    if (check != STAGE_OK) {
        return fail_config(w, STAGE1, check, 0);
    }
    enum walk_result r = walk_stage1(w, &s, &leaf);
    if (r != WALK_OK) {
        return r;
    }
    uint64_t hierarchy = s.no_hierarchy ? 0 : leaf.hierarchy;
    bool two_levels = w->ctx->regime != REGIME_EL2;
    unsigned ap = (unsigned)bits(leaf.desc, 7, 6) & (leaf.clean ? 1 : 3);
    ap = (ap | (hierarchy & TABLE_AP2 ? 2 : 0)) & (hierarchy & TABLE_AP1 ? 2 : 3);
    struct stage1_permission p = {.ap = ap,
                                  .uxn = (leaf.desc & DESC_UXN) || (hierarchy & TABLE_UXN),
                                  .pxn = (leaf.desc & DESC_PXN) || (hierarchy & TABLE_PXN),
                                  .wxn = w->ctx->sctlr & SCTLR_WXN};
    *t = (struct translation){.pa = leaf.out,
                              .ipa = leaf.out,
                              .shift = (uint8_t)leaf.shift,
                              .block_shift = (uint8_t)leaf.block_shift,
                              .level1 = (uint8_t)leaf.level,
                              .global = !two_levels || !(leaf.desc & DESC_NG),
                              .clean1 = leaf.clean && !w->dirties};
    stage1_prot(&p, two_levels, t);
    stage1_attributes(w, &leaf, t);
    unsigned prot = prot_stage1(t, w->access, w->pan);
    if (prot_needed(w->access) & ~prot) {
        walk_permission_fault(w, prot, leaf.level);
        return WALK_FAULT;
    }
    return update_descriptor(w, STAGE1, 0, &leaf, w->dirties);
}

/* Adds stage 2 to what stage 1 found. */
static enum walk_result stage2(const struct walk *w, struct translation *t)
{
    uint64_t input = t->ipa | (w->address & (BIT(t->shift) - 1));
    struct leaf leaf;
    enum walk_result r = walk_stage2(w, STAGE2_ACCESS, input, &leaf);
    if (r != WALK_OK) {
        return r;
    }
    if (leaf.shift < t->shift) {
        t->shift = (uint8_t)leaf.shift;
    }
    uint64_t offset_mask = BIT(t->shift) - 1;
    t->ipa = input & ~offset_mask;
    t->pa = (leaf.out | (input & (BIT(leaf.shift) - 1))) & ~offset_mask;
    t->level2 = (uint8_t)leaf.level;
    t->clean2 = leaf.clean && !w->dirties;
    stage2_prot(leaf_s2ap(&leaf), (unsigned)bits(leaf.desc, 54, 53),
                w->mmu->pe->model.has[FEAT_XNX], t);
    const uint64_t uncached[2] = {HCR_CD, HCR_ID};
    uint8_t attr = attr_of_stage2(leaf_stage2_attr(&leaf));
    for (unsigned fetch = 0; fetch < 2; fetch++) {
        uint8_t second = w->ctx->hcr & uncached[fetch] ? attr_uncached(attr) : attr;
        uint8_t sh = shareability_of(second, (unsigned)bits(leaf.desc, 9, 8));
        t->attr[fetch] = attr_combine(t->attr[fetch], second);
        t->sh[fetch] = shareability_of(t->attr[fetch], shareability_combine(t->sh[fetch], sh));
    }
    unsigned prot = prot_stage2(t, w->access);
    if (prot_needed(w->access) & ~prot) {
        walk_fault_stage2(w, FAULT_PERMISSION, leaf.level, input, false);
        w->fault->read_allowed = prot & PROT_R;
        return WALK_FAULT;
    }
    return update_descriptor(w, STAGE2_ACCESS, input, &leaf, w->dirties);
}

bool walk_translate(const struct walk *w, bool with_stage2, struct translation *t)
{
    enum walk_result r;
    do {
        r = w->ctx->stage1 ? stage1(w, t) : stage1_flat(w, t);
        t->user2 = t->priv2 = PROT_R | PROT_W | PROT_X;
        if (r == WALK_OK && w->ctx->stage2 && with_stage2) {
            r = stage2(w, t);
        }
    } while (r == WALK_AGAIN);
    if (t->block_shift < t->shift) {
        t->block_shift = t->shift;
    }
    return r == WALK_OK;
}
