/*
 * Simulated time of one CPU, and what is due when. No host clock anywhere: time passes only in
 * cost.h.
 *
 * Each CPU has a clock of its own; the board's devices queue their events on the first CPU's.
 * An event is a member of its owner (a timer, a UART); adding it again moves it.
 */
#ifndef EL2SIM_BASE_CLOCK_H
#define EL2SIM_BASE_CLOCK_H

#include "sim/base/archive.h"
#include "sim/base/types.h"

struct event {
    void (*fire)(void *owner, cycles_t when);
    void *owner;
    cycles_t when;
    uint64_t order;     /* of adding: who comes first at the same moment */
    struct event *next; /* in its queue, by (when, order) */
    bool queued;
};

struct clock {
    cycles_t now;
    uint64_t added; /* events so far */
    struct event *first;
};

void event_init(struct event *e, void (*fire)(void *owner, cycles_t when), void *owner);

/* Queues e at the absolute stamp `when` (the past is allowed: due at once); requeues it when it is
 * queued already. */
void clock_at(struct clock *clock, struct event *e, cycles_t when);
void clock_cancel(struct clock *clock, struct event *e);

/* Stamp of the first event, CYCLES_NEVER when there is none. */
static inline cycles_t clock_next(const struct clock *clock)
{
    return clock->first ? clock->first->when : CYCLES_NEVER;
}

/* Fires, in order, all events with when <= up_to. An event may queue others, which fire too when
 * due. */
void clock_fire(struct clock *clock, cycles_t up_to);

/* The clock itself; its events are archived by their owners. A loaded clock has none. */
void clock_archive(struct clock *clock, struct archive *a);
/* Whether and for when an event is queued; loading queues it so. */
void clock_archive_event(struct clock *clock, struct event *e, struct archive *a);

/*
 * The system counter seen from a CPU clock: ticks = floor(cycles * counter_hz / clock_hz), exact in
 * integers. Both rates come from the profile.
 *
 * A run that goes on from a snapshot with another price list may have another clock_hz: the counter
 * then goes on at the new rate from `since` on, and stamps before it are by the rate `before`.
 */
struct counter_rate {
    uint64_t clock_hz;   /* CPU cycles per second */
    uint64_t counter_hz; /* CNTFRQ_EL0 */
    cycles_t since;      /* 0: from the beginning */
    ticks_t since_ticks; /* what the counter was then */
    const struct counter_rate *before;
};

ticks_t counter_ticks(const struct counter_rate *rate, cycles_t at);

/* The first cycle stamp at which counter_ticks() has reached `ticks`; CYCLES_NEVER past the end of
 * time. */
cycles_t counter_stamp(const struct counter_rate *rate, ticks_t ticks);

#define NS_PER_S UINT64_C(1000000000)
#define PS_PER_S UINT64_C(1000000000000)

/* Cycles of a CPU's clock, rounded up, and the other way, rounded down. */
cycles_t cycles_of_ns(uint64_t clock_hz, uint64_t ns);
uint64_t ns_of_cycles(uint64_t clock_hz, cycles_t cycles);

/* Picoseconds, which machines of different clocks share: rounded the same ways. */
cycles_t cycles_of_ps(uint64_t clock_hz, uint64_t ps);
uint64_t ps_of_cycles(uint64_t clock_hz, cycles_t cycles);

#endif
