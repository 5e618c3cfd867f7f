/* Barriers: what is relied upon before the event that makes it certain; and ERET. */
#include <stdlib.h>

#include "sim/base/err.h"
#include "sim/lint/parts.h"

/* An instruction that a barrier must follow. */
struct waiting {
    bool is;
    struct lint_place place;
};

struct lint_sync {
    struct waiting at[EL2SIM_MAX_CPUS];   /* for an ISB */
    struct waiting tlbi[EL2SIM_MAX_CPUS]; /* for a DSB */
};

void lint_sync_create(struct lint *lint)
{
    lint->sync = calloc(1, sizeof *lint->sync);
    BUG_ON(lint->sync == NULL);
}

void lint_sync_destroy(struct lint *lint)
{
    free(lint->sync);
}

static void wait_for(struct lint *lint, struct waiting *w, enum lint_barrier_user user,
                     const struct watch_event *e)
{
    if (!w->is) {
        *w = (struct waiting){.is = true, .place = lint_place_of(lint, e)};
        lint_want_barriers(lint, e->cpu, user, true);
    }
}

static void forget(struct lint *lint, struct waiting *w, enum lint_barrier_user user, unsigned cpu)
{
    if (w->is) {
        w->is = false;
        lint_want_barriers(lint, cpu, user, false);
    }
}

/* An exception comes between: whether what follows is still of the same sequence is not known. */
static void forget_both(struct lint *lint, unsigned cpu)
{
    forget(lint, &lint->sync->at[cpu], BARRIER_AT, cpu);
    forget(lint, &lint->sync->tlbi[cpu], BARRIER_TLBI, cpu);
}

static void tlbi_is_relied_upon(struct lint *lint, const struct watch_event *e, const char *by)
{
    struct waiting *w = &lint->sync->tlbi[e->cpu];
    if (w->is) {
        struct lint_finding *f =
            lint_found(lint, LINT_DSB_AFTER_TLBI, &w->place, "a TLBI, and no DSB behind it");
        lint_next(f, "%s at pc 0x%llx, before the TLBI was sure to be complete", by,
                  (unsigned long long)e->pc);
    }
}

static void unsynced(struct lint *lint, const struct watch_event *e)
{
    struct lint_place place = lint_place_of(lint, e);
    struct lint_finding *f =
        lint_found(lint, LINT_ISB_CONTROL, &place, "%s was written at pc 0x%llx, and no ISB since",
                   sysreg_name(e->unsynced.id), (unsigned long long)e->unsynced.written_at);
    lint_next(f, "%s hangs on it, %llu cycles after the write", e->unsynced.what,
              (unsigned long long)(e->unsynced.since / CYCLE));
}

static void returned(struct lint *lint, const struct watch_event *e)
{
    tlbi_is_relied_upon(lint, e, "ERET");
    if (e->ret.is_illegal) {
        struct lint_place place = lint_place_of(lint, e);
        struct lint_finding *f =
            lint_found(lint, LINT_ILLEGAL_RETURN, &place, "ERET at EL%u with SPSR_EL%u = 0x%llx",
                       place.el, place.el, (unsigned long long)e->ret.spsr);
        lint_next(f, "PSTATE.IL is set: the next instruction is an Illegal Execution state "
                     "exception");
    }
    forget_both(lint, e->cpu);
}

static void read_par(struct lint *lint, const struct watch_event *e)
{
    const struct waiting *w = &lint->sync->at[e->cpu];
    if (e->reg.id == SR_PAR_EL1 && w->is) {
        struct lint_place place = lint_place_of(lint, e);
        struct lint_finding *f = lint_found(lint, LINT_ISB_AT, &place,
                                            "PAR_EL1 is read, and no ISB since the AT at pc 0x%llx",
                                            (unsigned long long)w->place.pc);
        lint_next(f, "here it reads what this AT found; a PE may return what was there before");
    }
}

void lint_sync_seen(struct lint *lint, const struct watch_event *e)
{
    struct lint_sync *s = lint->sync;
    switch (e->kind) {
    case WATCH_UNSYNCED:
        unsynced(lint, e);
        break;
    case WATCH_AT:
        wait_for(lint, &s->at[e->cpu], BARRIER_AT, e);
        break;
    case WATCH_TLBI:
        wait_for(lint, &s->tlbi[e->cpu], BARRIER_TLBI, e);
        break;
    case WATCH_READ:
        read_par(lint, e);
        break;
    case WATCH_DSB:
        forget(lint, &s->tlbi[e->cpu], BARRIER_TLBI, e->cpu);
        break;
    case WATCH_ISB:
        tlbi_is_relied_upon(lint, e, "ISB");
        forget_both(lint, e->cpu);
        break;
    case WATCH_EXCEPTION:
        forget_both(lint, e->cpu);
        break;
    case WATCH_RETURN:
        returned(lint, e);
        break;
    case WATCH_WRITE:
    case WATCH_DESCRIPTOR:
    case WATCH_ACCESS:
    case WATCH_TABLE:
    case WATCH_IRQ:
        break;
    }
}
