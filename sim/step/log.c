#include "sim/step/log.h"

void step_log_seen(void *ctx, const struct arch_event *e)
{
    struct step_log *log = ctx;
    if (e->kind != EV_EXCEPTION && e->kind != EV_ERET && e->kind != EV_WAIT &&
        e->kind != EV_FIRMWARE) {
        return;
    }
    log->events[(log->first + log->count) % STEP_LOG_SIZE] = *e;
    if (log->count < STEP_LOG_SIZE) {
        log->count++;
    } else {
        log->first = (log->first + 1) % STEP_LOG_SIZE;
    }
}

const struct arch_event *step_log_at(const struct step_log *log, unsigned back)
{
    return back >= log->count ? NULL
                              : &log->events[(log->first + log->count - 1 - back) % STEP_LOG_SIZE];
}

void step_log_rewind(struct step_log *log, const cycles_t *now, unsigned cpu_count)
{
    unsigned kept = 0;
    for (unsigned i = 0; i < log->count; i++) {
        const struct arch_event *e = &log->events[(log->first + i) % STEP_LOG_SIZE];
        if (e->cpu < cpu_count && e->at <= now[e->cpu]) {
            log->events[(log->first + kept++) % STEP_LOG_SIZE] = *e;
        }
    }
    log->count = kept;
}
