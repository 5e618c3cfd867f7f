#include "sim/board/history.h"

#include <stdlib.h>
#include <string.h>

#include "sim/board/checkpoint.h"
#include "sim/board/control_internal.h"

#define CHECKPOINTS 32
/* Between two checkpoints at first; then twice as far, and so on. */
#define FIRST_INTERVAL (50000000 * CYCLE)
/* How much of a CPU's time is run again step by step to find its last step. */
#define FIRST_WINDOW (1000 * CYCLE)

/* How many steps are looked at one by one. */
#define FEW_STEPS 2000

/* How far a run is: instructions and exceptions of all CPUs. A stop changes it not. */
struct moment {
    uint64_t all, of[EL2SIM_MAX_CPUS];
};

struct past {
    struct checkpoint *checkpoint;
    struct moment moment;
    uint64_t inputs; /* that had come from outside */
    bool is_by_hand; /* the state was changed then: what is before does not lead to it */
};

/*
 * Between two instructions there is more than one state: interrupts may be due, the next one's page
 * may have to be walked for. A breakpoint stops when all that is done, a step before. Who goes back
 * to where the run has stood finds it as it was.
 */
struct stand {
    struct moment moment;
    unsigned cpu; /* that stopped; its step is the next one, or the last one done */
    cycles_t stamp;
    uint64_t stepped_from; /* its steps before, where a step led here: an instruction that lets an
                              interrupt in is one with it; else all but one */
    bool is_set, has_arrived;
};

#define STANDS 256

struct history {
    struct control *c;
    struct stand stands[STANDS]; /* the last ones, as a ring */
    unsigned stand_count;
    struct past past[CHECKPOINTS];
    unsigned count;
    cycles_t interval, next;
    bool has_changed; /* by hand, since the run stopped */
};

static struct moment now(const struct history *h)
{
    const struct machine *m = h->c->m;
    struct moment t = {.all = 0};
    for (unsigned i = 0; i < m->config.cpu_count; i++) {
        t.of[i] = m->cpus[i]->instructions + m->cpus[i]->exceptions;
        t.all += t.of[i];
    }
    return t;
}

static uint64_t steps_of(const struct history *h, unsigned cpu)
{
    return now(h).of[cpu];
}

static cycles_t stamp_of(const struct history *h, unsigned cpu)
{
    return h->c->m->cpus[cpu]->clock.now;
}

static void drop(struct history *h, unsigned i)
{
    checkpoint_free(h->past[i].checkpoint);
    memmove(&h->past[i], &h->past[i + 1], (--h->count - i) * sizeof h->past[0]);
}

/* Every other one goes; the first stays, and where the run was changed. */
static void thin_out(struct history *h)
{
    for (unsigned i = 1; i < h->count; i++) {
        if (!h->past[i].is_by_hand) {
            drop(h, i);
        }
    }
    if (h->count == CHECKPOINTS) {
        drop(h, 0);
    }
    h->interval *= 2;
}

static bool take(struct history *h, struct err *e)
{
    if (h->count == CHECKPOINTS) {
        thin_out(h);
    }
    const struct checkpoint *before = h->count ? h->past[h->count - 1].checkpoint : NULL;
    struct checkpoint *k = checkpoint_take(h->c->m, before, e);
    if (k == NULL) {
        return false;
    }
    h->past[h->count++] = (struct past){.checkpoint = k,
                                        .moment = now(h),
                                        .inputs = input_count(h->c->m),
                                        .is_by_hand = h->has_changed};
    h->has_changed = false;
    h->next = checkpoint_at(k) + h->interval;
    return true;
}

struct history *history_create(struct control *c, struct err *e)
{
    struct history *h = calloc(1, sizeof *h);
    BUG_ON(h == NULL);
    h->c = c;
    h->interval = FIRST_INTERVAL;
    if (!take(h, e)) {
        history_destroy(h);
        return NULL;
    }
    return h;
}

void history_destroy(struct history *h)
{
    if (h) {
        for (unsigned i = 0; i < h->count; i++) {
            checkpoint_free(h->past[i].checkpoint);
        }
        free(h);
    }
}

void history_changed(struct history *h)
{
    uint64_t all = now(h).all;
    while (h->count != 0 && h->past[h->count - 1].moment.all > all) {
        drop(h, h->count - 1); /* that will not come */
    }
    for (unsigned i = 0; i < STANDS; i++) {
        h->stands[i].is_set &= h->stands[i].moment.all <= all;
    }
    h->has_changed = true;
}

static bool stood(struct history *h, bool goes_on, const struct control_stop *stop, uint64_t from)
{
    bool has_arrived = stop->kind == CONTROL_BREAKPOINT || stop->kind == CONTROL_WATCHPOINT;
    h->stands[h->stand_count++ % STANDS] = (struct stand){.moment = now(h),
                                                          .cpu = stop->cpu,
                                                          .stamp = stamp_of(h, stop->cpu),
                                                          .stepped_from = from,
                                                          .is_set = true,
                                                          .has_arrived = has_arrived};
    return goes_on;
}

/* The n-th last, from 0; NULL: no more are kept. */
static const struct stand *stand_at(const struct history *h, unsigned n)
{
    bool is_kept = n < STANDS && n < h->stand_count;
    return is_kept ? &h->stands[(h->stand_count - 1 - n) % STANDS] : NULL;
}

/* Where the run has not stood, it arrives. */
static bool arrives_at(const struct history *h, uint64_t all)
{
    const struct stand *s;
    for (unsigned n = 0; (s = stand_at(h, n)) != NULL; n++) {
        if (s->is_set && s->moment.all == all) {
            return s->has_arrived;
        }
    }
    return true;
}

/* Where the run has stood last before this CPU's last step; NULL: nowhere. There the other CPUs may
 * have been far behind. */
static const struct stand *stood_before(const struct history *h, unsigned cpu,
                                        const struct moment *here)
{
    const struct stand *s;
    uint64_t from = here->of[cpu] - 1;
    for (unsigned n = 0; (s = stand_at(h, n)) != NULL; n++) {
        if (s->is_set && s->moment.all == here->all && s->cpu == cpu) {
            from = s->stepped_from;
        } else if (s->is_set && s->moment.of[cpu] == from && s->moment.all < here->all) {
            return s;
        }
    }
    return NULL;
}

/* Before anything runs. */
static void note_change(struct history *h)
{
    struct err e;
    if (h->has_changed) {
        take(h, &e); /* it was possible before */
    }
}

bool history_step(struct history *h, unsigned cpu, struct control_stop *stop)
{
    note_change(h);
    uint64_t from = steps_of(h, cpu);
    bool goes_on = control_step(h->c, cpu, stop);
    bool is_done = goes_on && stop->kind == CONTROL_STEPPED;
    return stood(h, goes_on, stop, is_done ? from : steps_of(h, stop->cpu) - 1);
}

bool history_continue(struct history *h, cycles_t until, struct control_stop *stop)
{
    struct err e;
    note_change(h);
    for (;;) {
        cycles_t next = h->next < until ? h->next : until;
        bool goes_on = control_continue(h->c, next, stop);
        if (!goes_on || stop->kind != CONTROL_CYCLE || next == until) {
            return stood(h, goes_on, stop, steps_of(h, stop->cpu) - 1);
        }
        if (h->past[h->count - 1].moment.all < now(h).all) { /* else it was here before */
            take(h, &e);
        } else {
            h->next += h->interval;
        }
    }
}

/* Going back. */

static void restore(const struct checkpoint *k, struct machine *m)
{
    struct err e;
    bool done = checkpoint_restore(k, m, &e);
    BUG_ON(!done);
}

/* Runs a checkpoint forward to a stamp. False: this CPU's step `end` has come by then. */
static bool approach(struct history *h, unsigned from, unsigned cpu, cycles_t at, uint64_t end)
{
    struct control_stop stop;
    restore(h->past[from].checkpoint, h->c->m);
    if (at > checkpoint_at(h->past[from].checkpoint)) {
        control_continue(h->c, at, &stop);
    }
    return steps_of(h, cpu) < end;
}

/* From before the last step of this CPU to when it is about to be carried out. */
static void step_up_to(struct history *h, unsigned cpu, uint64_t end, struct control_stop *stop)
{
    struct err e = {""};
    struct checkpoint *k = checkpoint_take(h->c->m, h->past[h->count - 1].checkpoint, &e);
    BUG_ON(k == NULL);
    unsigned steps = 0;
    for (bool goes_on = true; goes_on && steps_of(h, cpu) < end; steps++) {
        goes_on = control_step(h->c, cpu, stop); /* the last may end the run */
    }
    bool arrives = true;
    do {
        restore(k, h->c->m);
        for (unsigned i = 1; i < steps; i++) {
            control_step(h->c, cpu, stop);
        }
        if (arrives && arrives_at(h, now(h).all)) {
            control_arrive(h->c, cpu, stop);
        }
        arrives = !arrives; /* where it arrives too late, that was an interrupt: the second time */
    } while (!arrives && steps_of(h, cpu) >= end);
    checkpoint_free(k);
}

/* The last stamp, nearly, before step `end` of this CPU, which has come at `stamp`. */
static void find_step(struct history *h, unsigned from, unsigned cpu, cycles_t stamp, uint64_t end,
                      struct control_stop *stop)
{
    cycles_t low = stamp, high = stamp, window = FIRST_WINDOW;
    do {
        high = low;
        low = stamp > window ? stamp - window : 0;
        window *= 8;
    } while (!approach(h, from, cpu, low, end));
    while (end - steps_of(h, cpu) > FEW_STEPS && high - low > CYCLE) {
        cycles_t middle = low + (high - low) / 2;
        bool is_before = approach(h, from, cpu, middle, end);
        low = is_before ? middle : low;
        high = is_before ? high : middle;
        if (!is_before) {
            approach(h, from, cpu, low, end);
        }
    }
    step_up_to(h, cpu, end, stop);
}

static void at_begin(struct history *h, struct control_stop *stop)
{
    restore(h->past[0].checkpoint, h->c->m);
    *stop = (struct control_stop){.kind = CONTROL_BEGIN, .pc = engine_pc(h->c->m->cpus[0]->engine)};
}

/* Whether what ran from there to here can run again. */
static bool leads_here(const struct history *h, unsigned i, uint64_t inputs)
{
    return h->past[i].inputs == inputs;
}

bool history_step_back(struct history *h, unsigned cpu, struct control_stop *stop)
{
    note_change(h);
    struct machine *m = h->c->m;
    const struct moment here = now(h);
    const struct stand *stand = stood_before(h, cpu, &here);
    unsigned mover = stand ? stand->cpu : cpu;
    uint64_t end = stand ? stand->moment.of[mover] + 1 : here.of[cpu];
    uint64_t latest = stand ? stand->moment.all : here.all, inputs = input_count(m);
    cycles_t stamp = stand ? stand->stamp : stamp_of(h, cpu);
    const struct control_catch catch = h->c->catch;
    bool found = false;
    m->is_rerun = h->c->is_silent = true;
    control_catch(h->c, &(struct control_catch){.el = false});
    for (unsigned i = h->count; i-- > 0 && !found && leads_here(h, i, inputs);) {
        const struct moment *from = &h->past[i].moment;
        if (from->of[mover] < end && from->all <= latest) {
            find_step(h, i, mover, stamp, end, stop);
            found = true;
        }
    }
    if (!found) {
        at_begin(h, stop);
    } else {
        *stop = (struct control_stop){
            .kind = CONTROL_STEPPED, .cpu = cpu, .pc = engine_pc(m->cpus[cpu]->engine)};
    }
    control_catch(h->c, &catch);
    m->is_rerun = h->c->is_silent = false;
    return found;
}

/* Runs from a checkpoint to a moment, which comes about the stamp `at`; how many stops are before
 * it. */
static unsigned stops_before(struct history *h, unsigned from, uint64_t end, cycles_t at)
{
    struct control_stop stop;
    unsigned count = 0;
    restore(h->past[from].checkpoint, h->c->m);
    while (now(h).all < end && control_continue(h->c, at, &stop)) {
        if (stop.kind == CONTROL_CYCLE) {
            at += FIRST_WINDOW;
        } else {
            count += now(h).all < end;
        }
    }
    return count;
}

bool history_continue_back(struct history *h, struct control_stop *stop)
{
    note_change(h);
    struct machine *m = h->c->m;
    uint64_t end = now(h).all, inputs = input_count(m);
    cycles_t at = machine_furthest(m);
    unsigned stops = 0;
    m->is_rerun = true;
    for (unsigned i = h->count; i-- > 0 && stops == 0 && leads_here(h, i, inputs);) {
        if (h->past[i].moment.all >= end) {
            continue;
        }
        stops = stops_before(h, i, end, at);
        if (stops != 0) {
            restore(h->past[i].checkpoint, m);
        }
        for (unsigned n = 0; n < stops; n++) {
            control_continue(h->c, CYCLES_NEVER, stop);
        }
        end = h->past[i].moment.all;
        at = checkpoint_at(h->past[i].checkpoint);
    }
    if (stops == 0) {
        at_begin(h, stop);
    }
    m->is_rerun = false;
    return stops != 0;
}
