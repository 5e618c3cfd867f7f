/*
 * TLB maintenance (Arm ARM D5.10, D8.14 for E2H and TGE).
 *
 * What the manual leaves open, and what we do: combined entries of both stages live until a
 * stage-1 operation or VMALLS12E1/ALLE1 names them; IPAS2E1 drops only what is known of stage 2
 * alone. An operation on one VA of a block drops all entries made from that block; one on a page of
 * a contiguous run drops the entries that hold this page. The TTL hint is not needed.
 */
#include "mmu/drop.h"
#include "mmu/mmu.h"
#include "mmu/walk.h"

enum tlbi_scope {
    SCOPE_NONE,   /* not a TLBI */
    SCOPE_REGIME, /* ALLE1, ALLE2 */
    SCOPE_VMALL,  /* stage 1 of a VMID */
    SCOPE_VMALL_S12,
    SCOPE_ASID,
    SCOPE_VA,     /* of an ASID, and global */
    SCOPE_VA_ALL, /* of every ASID */
    SCOPE_IPA
};

struct tlbi_row {
    uint8_t scope; /* enum tlbi_scope */
    bool el2;      /* acts on EL2 or EL2&0 */
    bool last;     /* last level only: the walk cache keeps its tables */
    bool range;
    bool shared;
};

/* An operation, its inner shareable form, its outer shareable form. */
#define TLBI(op, ...)                                                                              \
    [SR_TLBI_##op] = {__VA_ARGS__}, [SR_TLBI_##op##IS] = {__VA_ARGS__, .shared = true},            \
    [SR_TLBI_##op##OS] = {__VA_ARGS__, .shared = true}

static const struct tlbi_row rows[SR_COUNT] = {
    TLBI(VMALLE1, .scope = SCOPE_VMALL),
    TLBI(VMALLS12E1, .scope = SCOPE_VMALL_S12),
    TLBI(ALLE1, .scope = SCOPE_REGIME),
    TLBI(ALLE2, .scope = SCOPE_REGIME, .el2 = true),
    TLBI(ASIDE1, .scope = SCOPE_ASID),
    TLBI(VAE1, .scope = SCOPE_VA),
    TLBI(VALE1, .scope = SCOPE_VA, .last = true),
    TLBI(VAAE1, .scope = SCOPE_VA_ALL),
    TLBI(VAALE1, .scope = SCOPE_VA_ALL, .last = true),
    TLBI(VAE2, .scope = SCOPE_VA, .el2 = true),
    TLBI(VALE2, .scope = SCOPE_VA, .el2 = true, .last = true),
    TLBI(IPAS2E1, .scope = SCOPE_IPA),
    TLBI(IPAS2LE1, .scope = SCOPE_IPA, .last = true),
    TLBI(RVAE1, .scope = SCOPE_VA, .range = true),
    TLBI(RVALE1, .scope = SCOPE_VA, .range = true, .last = true),
    TLBI(RVAAE1, .scope = SCOPE_VA_ALL, .range = true),
    TLBI(RVAALE1, .scope = SCOPE_VA_ALL, .range = true, .last = true),
    TLBI(RVAE2, .scope = SCOPE_VA, .el2 = true, .range = true),
    TLBI(RVALE2, .scope = SCOPE_VA, .el2 = true, .range = true, .last = true),
    TLBI(RIPAS2E1, .scope = SCOPE_IPA, .range = true),
    TLBI(RIPAS2LE1, .scope = SCOPE_IPA, .range = true, .last = true),
};

struct mmu_tlbi mmu_tlbi_of(const struct pe *issuer, enum sysreg_id op, uint64_t value)
{
    bool e2h = pe_e2h(issuer);
    return (struct mmu_tlbi){.op = op,
                             .value = value,
                             .vmid = mmu_vmid(issuer),
                             .e2h_tge = e2h && pe_tge(issuer),
                             .e2h = e2h};
}

bool mmu_tlbi_is_broadcast(enum sysreg_id op, const struct pe *issuer)
{
    /* HCR_EL2.FB: what EL1 executes acts on the inner shareable domain. */
    bool forced =
        issuer->model.has[FEAT_EL2] && issuer->ps.el == 1 && (issuer->sr[SR_HCR_EL2] & HCR_FB);
    return rows[op].scope != SCOPE_NONE && (rows[op].shared || forced);
}

struct range {
    uint64_t first, last; /* bytes, both included */
};

/* RVAE1 and the like: TG 47..46, SCALE 45..44, NUM 43..39, BaseADDR 36..0 (C5.5, FEAT_TLBIRANGE).
 * False for the reserved TG. */
static bool range_of(uint64_t value, bool is_ipa, struct range *out)
{
    static const uint8_t granule_bits[4] = {0, 12, 14, 16};
    unsigned granule = granule_bits[bits(value, 47, 46)];
    if (granule == 0) {
        return false;
    }
    uint64_t pages = (bits(value, 43, 39) + 1) << (5 * bits(value, 45, 44) + 1);
    uint64_t base = bits(value, 36, 0) << granule;
    out->first = is_ipa ? base : sign_extend(base, 37 + granule);
    uint64_t size = pages << granule;
    out->last = out->first > UINT64_MAX - (size - 1) ? UINT64_MAX : out->first + (size - 1);
    return true;
}

/* VA[55:12] in bits 43..0, IPA[47:12] in 35..0. */
static struct range page_of(uint64_t value, bool is_ipa)
{
    uint64_t first = is_ipa ? bits(value, 35, 0) << 12 : va_canonical(bits(value, 43, 0) << 12);
    return (struct range){.first = first, .last = first | 0xfff};
}

static bool entry_matches(const struct tlb_entry *e, uint64_t tag, uint64_t mask)
{
    return e->valid && ((e->tag ^ tag) & mask & e->tag_mask) == 0;
}

/* One page, and no entry that is smaller than its block: the hash finds all candidates. */
static unsigned drop_page(struct mmu *mmu, uint64_t address, uint64_t tag, uint64_t mask)
{
    unsigned count = 0;
    for (uint64_t shifts = mmu->tlb.shifts_in_use; shifts; shifts &= shifts - 1) {
        unsigned shift = (unsigned)__builtin_ctzll(shifts);
        struct tlb_entry *next;
        for (struct tlb_entry *e = tlb_candidates(&mmu->tlb, address, shift); e; e = next) {
            next = tlb_next_candidate(&mmu->tlb, e);
            if (e->t.shift == shift && e->page == address >> shift && entry_matches(e, tag, mask)) {
                drop_entry(mmu, e);
                count++;
            }
        }
    }
    return count;
}

static unsigned drop_range(struct mmu *mmu, const struct range *range, uint64_t tag, uint64_t mask)
{
    unsigned count = 0;
    if (range->last - range->first == 0xfff && mmu->tlb.splintered_count == 0) {
        return drop_page(mmu, range->first, tag, mask);
    }
    for (unsigned i = 0; i < mmu->tlb.entry_count; i++) {
        struct tlb_entry *e = &mmu->tlb.entries[i];
        uint64_t within = BIT(e->t.block_shift) - 1;
        uint64_t first = tlb_entry_address(e) & ~within;
        if (first <= range->last && (first | within) >= range->first &&
            entry_matches(e, tag, mask)) {
            drop_entry(mmu, e);
            count++;
        }
    }
    return count;
}

static enum mmu_regime regime_of(const struct tlbi_row *row, const struct mmu_tlbi *tlbi)
{
    if (row->el2) {
        return tlbi->e2h ? REGIME_EL20 : REGIME_EL2;
    }
    bool always_el10 = row->scope == SCOPE_REGIME || row->scope == SCOPE_VMALL_S12;
    return tlbi->e2h_tge && !always_el10 ? REGIME_EL20 : REGIME_EL10;
}

/* Which bits of the tag an operation looks at. */
static uint64_t tag_mask(const struct tlbi_row *row, enum mmu_regime regime)
{
    uint64_t mask = TAG_REGIME;
    if (regime == REGIME_EL10 && row->scope != SCOPE_REGIME) {
        mask |= TAG_VMID;
    }
    if (regime != REGIME_EL2 && (row->scope == SCOPE_VA || row->scope == SCOPE_ASID)) {
        mask |= TAG_ASID;
    }
    return mask;
}

bool mmu_tlbi_scope(const struct mmu_tlbi *tlbi, struct mmu_tlbi_scope *out)
{
    const struct tlbi_row *row = &rows[tlbi->op];
    bool is_ipa = row->scope == SCOPE_IPA;
    bool by_page = row->scope == SCOPE_VA || row->scope == SCOPE_VA_ALL;
    struct range range = {0, UINT64_MAX};
    if (by_page || is_ipa) {
        range = page_of(tlbi->value, is_ipa);
        if (row->range && !range_of(tlbi->value, is_ipa, &range)) {
            return false;
        }
    }
    enum mmu_regime regime = is_ipa ? REGIME_EL10 : regime_of(row, tlbi);
    uint64_t vmid = (uint64_t)tlbi->vmid << TAG_VMID_SHIFT;
    *out = (struct mmu_tlbi_scope){
        .tag = is_ipa ? vmid : (uint64_t)regime << TAG_REGIME_SHIFT | vmid | tlbi->value >> 48,
        .mask = is_ipa ? TAG_VMID : tag_mask(row, regime),
        .first = range.first,
        .last = range.last,
        .is_ipa = is_ipa,
        .has_stage2 = is_ipa || (regime == REGIME_EL10 &&
                                 (row->scope == SCOPE_REGIME || row->scope == SCOPE_VMALL_S12)),
        .keeps_global = row->scope == SCOPE_ASID,
        .last_level = row->last,
    };
    return row->scope != SCOPE_NONE;
}

void mmu_tlbi_apply(struct mmu *mmu, const struct mmu_tlbi *tlbi)
{
    struct mmu_tlbi_scope s;
    if (!mmu_tlbi_scope(tlbi, &s)) {
        return;
    }
    if (s.is_ipa) {
        walk_cache_drop(&mmu->stage2_tables, s.tag, s.mask, s.first, s.last);
        return;
    }
    bool all = s.first == 0 && s.last == UINT64_MAX;
    struct range range = {s.first, s.last};
    mmu->stats.invalidations += all ? drop_tagged(mmu, s.tag, s.mask, s.keeps_global)
                                    : drop_range(mmu, &range, s.tag, s.mask);
    if (!s.last_level) {
        walk_cache_drop(&mmu->stage1_tables, s.tag, s.mask, s.first, s.last);
    }
    if (s.has_stage2) {
        walk_cache_drop(&mmu->stage2_tables, s.tag, s.mask & TAG_VMID, 0, UINT64_MAX);
    }
}
