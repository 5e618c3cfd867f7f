/* What a TLBI covers of the descriptors that may be held, and what it leaves. */
#include "sim/lint/tables.h"

struct invalidation {
    struct lint *lint;
    const struct watch_event *event;
    struct mmu_tlbi_scope scope;
    uint32_t cpus;
};

static bool tag_matches(const struct invalidation *i, const struct live *e)
{
    uint64_t mask = i->scope.mask & (e->is_any_asid ? ~TAG_ASID : ~UINT64_C(0));
    if (e->stage2) { /* it has a VMID only */
        mask &= TAG_VMID;
    }
    return ((e->tag ^ i->scope.tag) & mask) == 0;
}

static bool is_el10(const struct mmu_tlbi_scope *s)
{
    return s->is_ipa || (s->tag & TAG_REGIME) >> TAG_REGIME_SHIFT == REGIME_EL10;
}

static bool overlaps(const struct mmu_tlbi_scope *s, const struct live *e)
{
    return e->input <= s->last && live_last(e) >= s->first;
}

static bool spares_level(const struct mmu_tlbi_scope *s, const struct live *e)
{
    return (s->last_level && !e->is_leaf) || (s->keeps_global && e->is_leaf && e->is_any_asid);
}

static void cover_stage1(const struct invalidation *i, struct live *e)
{
    const struct mmu_tlbi_scope *s = &i->scope;
    if (!s->is_ipa && overlaps(s, e) && tag_matches(i, e) && !spares_level(s, e)) {
        e->cpus &= ~i->cpus;
    }
}

/* By itself: an operation by IPA, or on both stages. In entries of both stages: an operation on all
 * of the VMID's. */
static void cover_stage2(const struct invalidation *i, struct live *e)
{
    const struct mmu_tlbi_scope *s = &i->scope;
    bool whole = s->first == 0 && s->last == UINT64_MAX && !(s->mask & TAG_ASID);
    if (!is_el10(s) || !tag_matches(i, e)) {
        return;
    }
    if (s->has_stage2 && (!s->is_ipa || (overlaps(s, e) && !spares_level(s, e)))) {
        e->ipa_cpus &= ~i->cpus;
    }
    if (!s->is_ipa && whole) {
        e->cpus &= ~i->cpus;
    }
}

/* What a TLBI left that covered it in part. */
static const char *left_over(const struct live *e)
{
    if (e->stage2 && e->ipa_cpus == 0) {
        return "left entries of both stages: it names the IPA only";
    }
    return e->stage2 && e->cpus == 0 ? "left what is known of stage 2 by itself"
                                     : "did not reach every CPU that may hold it";
}

/* Why a TLBI did not cover it, if it looks like one for it. */
static const char *missed(const struct invalidation *i, const struct live *e)
{
    const struct mmu_tlbi_scope *s = &i->scope;
    if (e->stage2 != s->has_stage2 && !(e->stage2 && is_el10(s))) {
        return NULL;
    }
    bool in_range = s->is_ipa == e->stage2 ? overlaps(s, e) : true;
    if (in_range && !tag_matches(i, e)) {
        return "was for another VMID, ASID or regime";
    }
    return in_range && spares_level(s, e) ? "left tables, or global entries" : NULL;
}

static void visit(void *ctx, struct live *e)
{
    const struct invalidation *i = ctx;
    struct lint *lint = i->lint;
    struct live_change *c = e->change;
    uint32_t before = e->cpus, ipa_before = e->ipa_cpus;
    if (e->stage2) {
        cover_stage2(i, e);
    } else {
        cover_stage1(i, e);
    }
    bool covered = e->cpus != before || e->ipa_cpus != ipa_before;
    if (c && covered && c->state == CHANGE_STORED && c->place.cpu == i->event->cpu) {
        struct lint_place place = lint_place_of(lint, i->event);
        struct lint_finding *f =
            lint_found(lint, LINT_DSB_BEFORE_TLBI, &place,
                       "a TLBI, and no DSB since the table was stored to at pc 0x%llx",
                       (unsigned long long)c->place.pc);
        lint_next(f, "a walk may have read the old descriptor again behind the TLBI");
    }
    if (e->cpus == 0 && e->ipa_cpus == 0) {
        tables_close(lint, e);
        live_remove(lint->tables->live, e);
    } else if (c && covered && c->near_miss == NULL) {
        c->near_miss = left_over(e);
    }
}

void tables_tlbi(struct lint *lint, const struct watch_event *e)
{
    struct invalidation i = {
        .lint = lint, .event = e, .cpus = e->tlbi.broadcast ? UINT32_MAX : 1u << e->cpu};
    if (!mmu_tlbi_scope(e->tlbi.op, &i.scope)) {
        return;
    }
    live_each(lint->tables->live, i.scope.first, i.scope.last, visit, &i);
    for (struct live_change *c = lint->tables->changes; c; c = c->next) {
        if (c->near_miss == NULL && c->place.cpu == e->cpu) {
            c->near_miss = missed(&i, c->entry);
        }
    }
}
