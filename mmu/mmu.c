#include "mmu/mmu.h"
#include "mmu/attr.h"
#include "mmu/drop.h"
#include "mmu/permission.h"
#include "mmu/walk.h"
#include "sim/base/cost.h"

#include <stdlib.h>

struct mmu *mmu_create(struct pe *pe, const struct mmu_geometry *geometry,
                       const struct mmu_hooks *hooks)
{
    struct mmu *mmu = calloc(1, sizeof *mmu);
    if (!mmu) {
        return NULL;
    }
    mmu->pe = pe;
    mmu->hooks = *hooks;
    bool done = tlb_init(&mmu->tlb, geometry->tlb_entries, geometry->tlb_ways);
    done = walk_cache_init(&mmu->stage1_tables, geometry->walk_cache_entries) && done;
    done = walk_cache_init(&mmu->stage2_tables, geometry->walk_cache_entries) && done;
    if (!done) {
        mmu_destroy(mmu);
        return NULL;
    }
    return mmu;
}

void mmu_destroy(struct mmu *mmu)
{
    if (!mmu) {
        return;
    }
    tlb_free(&mmu->tlb);
    walk_cache_free(&mmu->stage1_tables);
    walk_cache_free(&mmu->stage2_tables);
    free(mmu);
}

void mmu_reset(struct mmu *mmu)
{
    drop_tagged(mmu, 0, 0, false);
    walk_cache_drop(&mmu->stage1_tables, 0, 0, 0, UINT64_MAX);
    walk_cache_drop(&mmu->stage2_tables, 0, 0, 0, UINT64_MAX);
}

void mmu_watch(struct mmu *mmu, void (*seen)(void *ctx, const struct mmu_descriptor *d))
{
    mmu->watch = seen;
}

const struct mmu_stats *mmu_stats(const struct mmu *mmu)
{
    return &mmu->stats;
}

static struct walk walk_of(struct mmu *mmu, const struct mmu_context *ctx,
                           const struct mmu_access *access, bool live, struct mmu_fault *fault)
{
    return (struct walk){.mmu = mmu,
                         .ctx = ctx,
                         .access = access,
                         .address = va_canonical(access->va.v),
                         .pan = walk_pan_applies(mmu->pe, access),
                         .dirties = access_dirties(access),
                         .live = live,
                         .fault = fault};
}

/* A VA whose tag bits count and are not those of a canonical address lies outside both halves. */
static bool refuse_address(const struct walk *w)
{
    walk_fault(w, w->ctx->stage1 ? FAULT_TRANSLATION : FAULT_ADDRESS_SIZE, 0);
    return false;
}

static void fill_page(const struct mmu_access *access, const struct translation *t, unsigned prot,
                      struct mmu_page *out)
{
    unsigned fetch = access->type == MMU_FETCH;
    uint64_t offset = access->va.v & (BIT(t->shift) - 1);
    *out = (struct mmu_page){.pa = pa(t->pa | offset),
                             .size_bytes = BIT(t->shift),
                             .prot = (uint8_t)prot,
                             .pan_counts = t->priv != t->priv_pan,
                             .memory = attr_memory(t->attr[fetch]),
                             .attr = t->attr[fetch],
                             .shareability = t->sh[fetch]};
}

/* A clean page needs a walk before its first write: until then the engine is not told that it may
 * be written. */
static unsigned prot_granted(const struct translation *t, unsigned prot)
{
    return t->clean1 || t->clean2 ? prot & ~(unsigned)PROT_W : prot;
}

/* The fault that the permissions of a held page make of this access, stage 1 first; or none. */
static bool held_faults(const struct walk *w, const struct translation *t)
{
    unsigned needed = prot_needed(w->access);
    unsigned prot = prot_stage1(t, w->access, w->pan);
    if (needed & ~prot) {
        walk_permission_fault(w, prot, t->level1);
        return true;
    }
    prot = prot_stage2(t, w->access);
    if (needed & ~prot) {
        uint64_t at_ipa = t->ipa | (w->address & (BIT(t->shift) - 1));
        walk_fault_stage2(w, FAULT_PERMISSION, t->level2, at_ipa, false);
        w->fault->read_allowed = prot & PROT_R;
        return true;
    }
    return false;
}

static void remember(const struct walk *w, const struct translation *t)
{
    struct mmu *mmu = w->mmu;
    struct tlb_entry *victim = tlb_victim(&mmu->tlb, w->address, t->shift);
    if (victim->valid) {
        mmu->stats.evictions++;
        drop_entry(mmu, victim);
    }
    tlb_insert(&mmu->tlb, victim, w->address, w->ctx->tag, t);
}

/* Whatever the held entry, if any, does not answer by itself. */
static bool translate_by_walk(struct mmu *mmu, const struct mmu_context *ctx,
                              const struct mmu_access *access, struct tlb_entry *entry,
                              struct mmu_page *out, struct mmu_fault *fault)
{
    struct walk w = walk_of(mmu, ctx, access, true, fault);
    struct translation t;
    bool flat = !ctx->stage1 && !ctx->stage2;
    if (!va_is_valid(ctx, access->va.v)) {
        return refuse_address(&w);
    }
    if (entry) {
        if (held_faults(&w, &entry->t)) {
            return false;
        }
        drop_entry(mmu, entry); /* clean, and about to be written */
    }
    if (!flat) {
        mmu->stats.misses++;
        cost_charge(mmu->pe->meter, COST_TLB_MISS, 1);
    }
    if (!walk_translate(&w, true, &t)) {
        return false;
    }
    if (!flat) {
        remember(&w, &t);
    }
    unsigned prot = prot_stage1(&t, access, w.pan) & prot_stage2(&t, access);
    fill_page(access, &t, prot_granted(&t, prot), out);
    return true;
}

/* True: the TLB holds the page and permits the access, *out filled. *held: its entry, or NULL. */
static bool translate_by_tlb(struct mmu *mmu, const struct mmu_context *ctx,
                             const struct mmu_access *access, struct tlb_entry **held,
                             struct mmu_page *out)
{
    *held = NULL;
    if ((!ctx->stage1 && !ctx->stage2) || !va_is_valid(ctx, access->va.v)) {
        return false;
    }
    struct tlb_entry *e = tlb_find(&mmu->tlb, va_canonical(access->va.v), ctx->tag);
    *held = e;
    if (!e) {
        return false;
    }
    bool pan = walk_pan_applies(mmu->pe, access);
    unsigned prot = prot_stage1(&e->t, access, pan) & prot_stage2(&e->t, access);
    unsigned granted = prot_granted(&e->t, prot);
    if (prot_needed(access) & ~(access_dirties(access) ? granted : prot)) {
        return false;
    }
    fill_page(access, &e->t, granted, out);
    return true;
}

bool mmu_translate(struct mmu *mmu, const struct mmu_access *access, struct mmu_page *out,
                   struct mmu_fault *fault)
{
    struct mmu_context ctx = mmu_context_of(mmu->pe, mmu_regime(mmu->pe, access->el));
    struct tlb_entry *held;
    return translate_by_tlb(mmu, &ctx, access, &held, out) ||
           translate_by_walk(mmu, &ctx, access, held, out, fault);
}

bool mmu_hits(struct mmu *mmu, const struct mmu_access *access)
{
    struct mmu_context ctx = mmu_context_of(mmu->pe, mmu_regime(mmu->pe, access->el));
    struct tlb_entry *held;
    struct mmu_page page;
    return translate_by_tlb(mmu, &ctx, access, &held, &page);
}

bool mmu_holds(const struct mmu *mmu, const struct mmu_access *access)
{
    struct mmu_context ctx = mmu_context_of(mmu->pe, mmu_regime(mmu->pe, access->el));
    if ((!ctx.stage1 && !ctx.stage2) || !va_is_valid(&ctx, access->va.v)) {
        return true;
    }
    const struct tlb_entry *e = tlb_find(&mmu->tlb, va_canonical(access->va.v), ctx.tag);
    return e && !(access_dirties(access) && (e->t.clean1 || e->t.clean2));
}

bool mmu_probe(struct mmu *mmu, const struct mmu_access *access, struct mmu_page *out,
               struct mmu_fault *fault)
{
    return mmu_probe_steps(mmu, access, NULL, out, fault);
}

bool mmu_peek(struct mmu *mmu, const struct mmu_access *access, struct mmu_page *out,
              struct mmu_fault *fault)
{
    return mmu_holds(mmu, access) ? mmu_translate(mmu, access, out, fault)
                                  : mmu_probe(mmu, access, out, fault);
}

bool mmu_probe_steps(struct mmu *mmu, const struct mmu_access *access, struct mmu_steps *steps,
                     struct mmu_page *out, struct mmu_fault *fault)
{
    struct mmu_context ctx = mmu_context_of(mmu->pe, mmu_regime(mmu->pe, access->el));
    struct walk w = walk_of(mmu, &ctx, access, false, fault);
    struct translation t;
    if (steps) {
        *steps = (struct mmu_steps){.has_stage1 = ctx.stage1, .has_stage2 = ctx.stage2};
        w.steps = steps;
    }
    if (!va_is_valid(&ctx, access->va.v)) {
        return refuse_address(&w);
    }
    if (!walk_translate(&w, true, &t)) {
        return false;
    }
    fill_page(access, &t, prot_stage1(&t, access, w.pan) & prot_stage2(&t, access), out);
    return true;
}

void mmu_archive(struct mmu *mmu, struct archive *a)
{
    tlb_archive(&mmu->tlb, a);
    walk_cache_archive(&mmu->stage1_tables, a);
    walk_cache_archive(&mmu->stage2_tables, a);
    archive_u64(a, &mmu->stats.misses);
    archive_u64(a, &mmu->stats.walk_steps_s1);
    archive_u64(a, &mmu->stats.walk_steps_s2);
    archive_u64(a, &mmu->stats.evictions);
    archive_u64(a, &mmu->stats.invalidations);
}
