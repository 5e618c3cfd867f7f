#include "sim/lint/live.h"

#include <stdlib.h>

#include "mmu/context.h"
#include "sim/base/bits.h"
#include "sim/base/err.h"

#define LIVE_BITS 16
#define LIVE_MAX  (1u << LIVE_BITS) /* entries; the first is nobody's */
#define DESC_NG   BIT(11)

struct live_set {
    struct lint *lint;
    void (*forgotten)(struct lint *lint, struct live *entry);
    struct live *entries;
    uint32_t *by_at, *by_input; /* hash heads; 0: none */
    uint32_t next;              /* the oldest: goes for a new one */
    uint32_t top;               /* beyond all that were ever used */
    uint64_t shifts;            /* bit n: some entry has had shift n */
};

struct live_set *live_create(struct lint *lint,
                             void (*forgotten)(struct lint *lint, struct live *entry))
{
    struct live_set *set = calloc(1, sizeof *set);
    BUG_ON(set == NULL);
    set->lint = lint;
    set->forgotten = forgotten;
    set->entries = calloc(LIVE_MAX, sizeof *set->entries);
    set->by_at = calloc(LIVE_MAX, sizeof *set->by_at);
    set->by_input = calloc(LIVE_MAX, sizeof *set->by_input);
    BUG_ON(set->entries == NULL || set->by_at == NULL || set->by_input == NULL);
    set->next = set->top = 1;
    return set;
}

void live_destroy(struct live_set *set)
{
    free(set->entries);
    free(set->by_at);
    free(set->by_input);
    free(set);
}

static uint32_t hash(uint64_t value)
{
    return (uint32_t)(value * UINT64_C(0x9e3779b97f4a7c15) >> (64 - LIVE_BITS));
}

static uint32_t *at_head(struct live_set *set, pa_t at)
{
    return &set->by_at[hash(at.v >> 3)];
}

static uint32_t *input_head(struct live_set *set, uint64_t input, unsigned shift)
{
    return &set->by_input[hash((input >> shift) + ((uint64_t)shift << 52))];
}

static void unlink_entry(struct live_set *set, struct live *e)
{
    uint32_t n = (uint32_t)(e - set->entries);
    uint32_t *link = at_head(set, e->at);
    while (*link != n) {
        link = &set->entries[*link].next_at;
    }
    *link = e->next_at;
    link = input_head(set, e->input, e->shift);
    while (*link != n) {
        link = &set->entries[*link].next_input;
    }
    *link = e->next_input;
}

void live_remove(struct live_set *set, struct live *e)
{
    unlink_entry(set, e);
    machine_unwatch_word(set->lint->machine, e->at);
    *e = (struct live){0};
}

static uint64_t tag_mask(const struct live *e)
{
    return e->is_any_asid ? ~TAG_ASID : ~UINT64_C(0);
}

/* Whatever the word says now: nG and the kind of entry may be what has changed. */
static bool is_same(const struct live *e, const struct mmu_descriptor *d)
{
    return e->stage2 == d->stage2 && e->shift == d->shift &&
           e->input >> d->shift == d->input >> d->shift && ((e->tag ^ d->tag) & tag_mask(e)) == 0;
}

static struct live *add(struct live_set *set, const struct live *from)
{
    struct live *e = &set->entries[set->next];
    if (e->is) {
        set->forgotten(set->lint, e);
        live_remove(set, e);
    }
    uint32_t n = set->next;
    set->next = n + 1 == LIVE_MAX ? 1 : n + 1;
    set->top = n + 1 > set->top ? n + 1 : set->top;
    set->shifts |= BIT(from->shift);
    *e = *from;
    e->is = true;
    uint32_t *head = at_head(set, e->at);
    e->next_at = *head;
    *head = n;
    head = input_head(set, e->input, e->shift);
    e->next_input = *head;
    *head = n;
    machine_watch_word(set->lint->machine, e->at);
    return e;
}

/* Tables of the upper half are the same for every ASID. */
static bool is_any_asid(const struct mmu_descriptor *d)
{
    return d->stage2 || (d->is_leaf ? !(d->value & DESC_NG) : bit(d->input, 55));
}

struct live *live_note(struct live_set *set, const struct mmu_descriptor *d, unsigned cpu)
{
    struct live *e = live_first_at(set, d->at);
    while (e && !is_same(e, d)) {
        e = live_next_at(set, e);
    }
    if (e && e->change) { /* what it was before is what counts */
        return e->cpus & 1u << cpu ? e : NULL;
    }
    if (!(d->value & 1)) {
        return NULL;
    }
    struct live now = {.at = d->at,
                       .value = d->value,
                       .input = d->input & ~(BIT(d->shift) - 1),
                       .tag = d->tag,
                       .is_any_asid = is_any_asid(d),
                       .stage2 = d->stage2,
                       .is_leaf = d->is_leaf,
                       .shift = (uint8_t)d->shift,
                       .level = (uint8_t)d->level};
    e = e ? e : add(set, &now);
    e->value = d->value;
    e->cpus |= 1u << cpu;
    e->ipa_cpus |= e->stage2 ? 1u << cpu : 0;
    return e;
}

static struct live *at_index(struct live_set *set, uint32_t n)
{
    return n == 0 ? NULL : &set->entries[n];
}

struct live *live_next_at(struct live_set *set, struct live *e)
{
    pa_t at = e->at;
    do {
        e = at_index(set, e->next_at);
    } while (e && e->at.v != at.v);
    return e;
}

struct live *live_first_at(struct live_set *set, pa_t at)
{
    struct live *e = at_index(set, *at_head(set, at));
    while (e && e->at.v != at.v) {
        e = at_index(set, e->next_at);
    }
    return e;
}

struct live *live_changed(struct live_set *set, bool stage2, uint64_t input, uint64_t tag)
{
    for (uint64_t shifts = set->shifts; shifts; shifts &= shifts - 1) {
        unsigned shift = (unsigned)__builtin_ctzll(shifts);
        struct live *e = at_index(set, *input_head(set, input, shift));
        for (; e; e = at_index(set, e->next_input)) {
            if (e->change && e->stage2 == stage2 && e->shift == shift &&
                e->input >> shift == input >> shift && ((e->tag ^ tag) & tag_mask(e)) == 0) {
                return e;
            }
        }
    }
    return NULL;
}

/* One page: by hash. */
static void each_of_page(struct live_set *set, uint64_t first,
                         void (*visit)(void *ctx, struct live *entry), void *ctx)
{
    for (uint64_t shifts = set->shifts; shifts; shifts &= shifts - 1) {
        unsigned shift = (unsigned)__builtin_ctzll(shifts);
        uint32_t n = *input_head(set, first, shift);
        while (n != 0) {
            struct live *e = &set->entries[n];
            n = e->next_input;
            if (e->shift == shift && e->input >> shift == first >> shift) {
                visit(ctx, e);
            }
        }
    }
}

void live_each(struct live_set *set, uint64_t first, uint64_t last,
               void (*visit)(void *ctx, struct live *entry), void *ctx)
{
    if (last - first <= 0xfff) {
        each_of_page(set, first, visit, ctx);
        return;
    }
    for (uint32_t i = 1; i < set->top; i++) {
        struct live *e = &set->entries[i];
        if (e->is && e->input <= last && live_last(e) >= first) {
            visit(ctx, e);
        }
    }
}
