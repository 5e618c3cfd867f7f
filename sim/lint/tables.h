/* Changes of translation tables: what tables.c and tables_tlbi.c share. */
#ifndef EL2SIM_LINT_TABLES_H
#define EL2SIM_LINT_TABLES_H

#include "mmu/context.h"
#include "sim/lint/live.h"

/* How far the CPU that stored has come since. */
enum change_state { CHANGE_STORED, CHANGE_COMPLETE /* DSB */, CHANGE_SYNCHRONIZED /* ISB, ERET */ };

/* A store that took its meaning from a descriptor that may be held. Open until a TLBI covers it. */
struct live_change {
    struct live *entry;
    struct live_change *next, **link; /* of all that are open */
    struct lint_place place;
    uint64_t value; /* stored */
    enum change_state state;
    uint64_t exceptions; /* that CPU had taken before */
    bool is_used;
    const char *near_miss;        /* a TLBI that was not enough: why; or NULL */
    struct lint_finding *finding; /* reported: waits for what happens next */
};

struct lint_tables {
    struct live_set *live;
    struct live_change *changes;
    unsigned open[EL2SIM_MAX_CPUS];       /* changes by that CPU that are not yet synchronized */
    uint64_t exceptions[EL2SIM_MAX_CPUS]; /* taken */
};

/* A TLBI is about to act: what it covers is held no more. */
void tables_tlbi(struct lint *lint, const struct watch_event *e);

/* The entry is held no more, or its change is not one. */
void tables_close(struct lint *lint, struct live *entry);

#endif
