#include "sim/lab/record.h"

#include <stdlib.h>

static uint64_t far_of(const struct arch_event *e, const struct lab_run *run)
{
    uint64_t value = 0;
    machine_look_sysreg(run->machine, e->cpu, (e->a >> 4 & 3) == 2 ? SR_FAR_EL2 : SR_FAR_EL1,
                        &value);
    return value;
}

/* Exceptions and their ERETs, in pairs. */
static size_t entry_of(struct lab_run *run, const struct arch_event *e)
{
    size_t now = run->count;
    if (e->kind == EV_EXCEPTION) {
        run->entries[e->a >> 4 & 3] = now + 1;
    } else if (e->kind == EV_ERET) {
        size_t entry = run->entries[e->a >> 8 & 3];
        return entry ? entry - 1 : now;
    }
    return now;
}

static void keep(struct lab_run *run, const struct arch_event *e, int kind)
{
    struct moment *m = &run->moments[run->count];
    *m = (struct moment){.kind = kind, .event = *e, .pc = e->c, .far = far_of(e, run)};
    m->entry = entry_of(run, e);
    machine_look(run->machine, e->cpu, &m->cpu);
    for (unsigned i = 0; i < run->watches.count; i++) {
        machine_look_sysreg(run->machine, e->cpu, run->watches.ids[i], &m->watches[i]);
    }
    run->count++;
}

static void seen(void *ctx, const struct arch_event *e)
{
    struct lab_run *run = ctx;
    if (e->kind == EV_STOP) {
        return;
    }
    if (run->count == MOMENTS_MAX - 1) { /* room for the end */
        run->is_cut = true;
        return;
    }
    keep(run, e, (int)e->kind);
}

void lab_record(struct lab_run *run)
{
    struct event_observer observer = {.seen = seen, .ctx = run};
    run->moments = calloc(MOMENTS_MAX, sizeof *run->moments);
    BUG_ON(run->moments == NULL);
    machine_observe(run->machine, &observer);
    machine_run(run->machine, &run->result);
    machine_unobserve(run->machine, &observer);
    struct arch_event end = {.kind = EV_STOP, .at = machine_cpu_cycles(run->machine, 0)};
    keep(run, &end, MOMENT_END);
}

void lab_run_free(struct lab_run *run)
{
    machine_destroy(run->machine);
    labels_free(&run->labels);
    free(run->moments);
}
