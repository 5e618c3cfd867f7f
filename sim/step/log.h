/* The last exceptions and returns of a run, by observing its events. */
#ifndef EL2SIM_STEP_LOG_H
#define EL2SIM_STEP_LOG_H

#include "sim/base/event.h"

#define STEP_LOG_SIZE 512

struct step_log {
    struct arch_event events[STEP_LOG_SIZE]; /* EV_EXCEPTION, EV_ERET, EV_WAIT, EV_FIRMWARE */
    unsigned first, count;
};

/* An event_observer's seen(); ctx is the log. */
void step_log_seen(void *log, const struct arch_event *e);

/* The event that is `back` before the last one (0: the last); NULL: no more are kept. */
const struct arch_event *step_log_at(const struct step_log *log, unsigned back);

/* The run went back: forgets what CPU n did later than now[n]. */
void step_log_rewind(struct step_log *log, const cycles_t *now, unsigned cpu_count);

#endif
