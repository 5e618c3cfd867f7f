/*
 * Descriptors that some PE may hold, in its TLB or as a remembered step of walks: read by a walk,
 * and not invalidated since. Of a bounded number; the oldest is forgotten for a new one.
 */
#ifndef EL2SIM_LINT_LIVE_H
#define EL2SIM_LINT_LIVE_H

#include "sim/lint/parts.h"

struct live_change;

struct live {
    bool is;
    pa_t at;
    uint64_t value; /* as the walk read it */
    uint64_t input; /* first byte of VA (canonical) or IPA */
    uint64_t tag;
    bool is_any_asid; /* global, or a table of all */
    bool stage2, is_leaf;
    uint8_t shift, level;
    uint32_t cpus;                /* may hold it; of stage 2: in entries of both stages */
    uint32_t ipa_cpus;            /* of stage 2: by itself, for walks of stage 1 */
    struct live_change *change;   /* tables.h; NULL: the word is what it was */
    uint32_t next_at, next_input; /* of the same hash, 0: none */
};

struct live_set;

/* forgotten: called for an entry that goes for want of room. */
struct live_set *live_create(struct lint *lint,
                             void (*forgotten)(struct lint *lint, struct live *entry));
void live_destroy(struct live_set *set);

/* The descriptor's entry: as it is, or a new one. NULL: it is none that may be held, or it was
 * changed and this CPU had not read it before. */
struct live *live_note(struct live_set *set, const struct mmu_descriptor *d, unsigned cpu);
/* Its change is closed. */
void live_remove(struct live_set *set, struct live *entry);

/* Entries of the word at `at`: the first, the next, NULL. */
struct live *live_first_at(struct live_set *set, pa_t at);
struct live *live_next_at(struct live_set *set, struct live *entry);

/* A changed entry, of any level, that an input of that tag is translated by; NULL. */
struct live *live_changed(struct live_set *set, bool stage2, uint64_t input, uint64_t tag);

/* Calls for each entry that may overlap [first, last] of its input; it may remove that entry. */
void live_each(struct live_set *set, uint64_t first, uint64_t last,
               void (*visit)(void *ctx, struct live *entry), void *ctx);

static inline uint64_t live_last(const struct live *e)
{
    return e->input | ((UINT64_C(1) << e->shift) - 1);
}

#endif
