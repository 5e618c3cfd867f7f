/* Inside lint: its state, and what its files offer each other. Each file has a few rules of one
 * kind. */
#ifndef EL2SIM_LINT_PARTS_H
#define EL2SIM_LINT_PARTS_H

#include "sim/board/watch.h"
#include "sim/lint/lint.h"

#define LINT_FINDINGS_MAX 256

struct lint_findings {
    struct lint_finding all[LINT_FINDINGS_MAX];
    size_t count;
    uint64_t lost;
};

/* Whose wish it is that barriers of a CPU are told. */
enum lint_barrier_user { BARRIER_TLBI, BARRIER_AT, BARRIER_STORE, BARRIER_WALKS };

struct lint {
    struct machine *machine;
    struct machine_watcher watcher;
    bool is_pedantic;
    struct lint_findings findings;
    unsigned barriers[EL2SIM_MAX_CPUS]; /* bits: enum lint_barrier_user */
    struct lint_sync *sync;
    struct lint_tables *tables;
    struct lint_vmid *vmid;
    struct lint_state *state;
    struct lint_irq *irq;
};

/* findings.c: where an event happened. */
struct lint_place lint_place_of(const struct lint *lint, const struct watch_event *e);
/* A rule is broken there. Returns the finding if this is its first time, else NULL. */
struct lint_finding *lint_found(struct lint *lint, enum lint_rule rule,
                                const struct lint_place *place, const char *what, ...)
    __attribute__((format(printf, 4, 5)));
/* What came of it; for NULL nothing. */
void lint_next(struct lint_finding *finding, const char *next, ...)
    __attribute__((format(printf, 2, 3)));

void lint_want_barriers(struct lint *lint, unsigned cpu, enum lint_barrier_user user, bool on);

#define LINT_PART(name)                                                                            \
    struct lint_##name;                                                                            \
    void lint_##name##_create(struct lint *lint);                                                  \
    void lint_##name##_destroy(struct lint *lint);                                                 \
    void lint_##name##_seen(struct lint *lint, const struct watch_event *e);

LINT_PART(sync)   /* isb-control, isb-at, dsb-after-tlbi, illegal-return */
LINT_PART(tables) /* break-before-make, tlbi-missing, tlbi-scope, dsb-before-tlbi */
LINT_PART(vmid)   /* vmid-reuse, asid-reuse */
LINT_PART(state)  /* el1-state, switch-order, walker-dsb */
LINT_PART(irq)    /* lr-twice, lr-hw-state, maintenance, eoi-order */

#endif
