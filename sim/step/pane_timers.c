#include <inttypes.h>
#include <stdio.h>

#include "sim/step/view.h"

static void timer_line(const struct inspect *now, const char *name, const struct inspect_timer *t,
                       struct lines *out)
{
    int64_t left = (int64_t)(t->compare - t->count);
    char when[48];
    if (!t->enabled) {
        lines_add(out, LINE_DIM, "%-14s off", name);
        return;
    }
    if (left > 0) {
        uint64_t us = (uint64_t)left * 1000000 / now->counter_hz;
        snprintf(when, sizeof when, "in %" PRId64 " ticks (%" PRIu64 " us)", left, us);
    } else {
        snprintf(when, sizeof when, "%" PRId64 " ticks ago", -left);
    }
    lines_add(out, t->fires && !t->masked ? LINE_WARN : LINE_PLAIN, "%-14s %s%s%s, INTID %u", name,
              t->fires ? "fired " : "fires ", when, t->masked ? ", masked" : "", t->intid);
}

void pane_timers(const struct view *v, unsigned height, struct lines *out)
{
    static const char *const names[TIMER_COUNT] = {[TIMER_PHYS] = "EL1 physical",
                                                   [TIMER_VIRT] = "virtual",
                                                   [TIMER_HYP_PHYS] = "EL2 physical",
                                                   [TIMER_HYP_VIRT] = "EL2 virtual"};
    const struct inspect *now = v->now;
    (void)height;
    lines_add(out, LINE_PLAIN, "counter %" PRIu64 " at %" PRIu64 " Hz", now->counter,
              now->counter_hz);
    for (unsigned i = 0; i < TIMER_COUNT; i++) {
        if (now->timers[i].exists) {
            timer_line(now, names[i], &now->timers[i], out);
        }
    }
    if (now->pe.model.has[FEAT_EL2] && now->pe.sr[SR_CNTVOFF_EL2]) {
        lines_add(out, LINE_PLAIN, "CNTVOFF_EL2 %" PRIu64 ": virtual time lags by so much",
                  now->pe.sr[SR_CNTVOFF_EL2]);
    }
}
