/* Going back: the run is what it was, and so is the log. */
#include <stdio.h>

#include "sim/step/session_internal.h"

/* What is carried out again is in the log already. */
static void muted(void *ctx, const struct arch_event *e)
{
    (void)ctx;
    (void)e;
}

void session_back(struct session *s, struct control_stop *stop)
{
    cycles_t now[EL2SIM_MAX_CPUS];
    if (s->history == NULL) {
        stop->kind = CONTROL_BEGIN;
        return;
    }
    s->observer.seen = muted;
    history_step_back(s->history, s->cpu, stop);
    s->observer.seen = step_log_seen;
    for (unsigned i = 0; i < s->view.cpu_count; i++) {
        now[i] = machine_cpu_cycles(s->machine, i);
    }
    step_log_rewind(&s->log, now, s->view.cpu_count);
    s->has_ended = false;
}
