#include "sim/base/clock.h"

/* Cycles times hertz does not fit in 64 bits. */
__extension__ typedef unsigned __int128 wide_t;

void event_init(struct event *e, void (*fire)(void *owner, cycles_t when), void *owner)
{
    *e = (struct event){.fire = fire, .owner = owner};
}

void clock_cancel(struct clock *clock, struct event *e)
{
    if (!e->queued) {
        return;
    }
    struct event **link = &clock->first;
    while (*link != e) {
        link = &(*link)->next;
    }
    *link = e->next;
    e->queued = false;
}

void clock_at(struct clock *clock, struct event *e, cycles_t when)
{
    clock_cancel(clock, e);
    struct event **link = &clock->first;
    while (*link && (*link)->when <= when) {
        link = &(*link)->next;
    }
    e->when = when;
    e->order = clock->added++;
    e->next = *link;
    e->queued = true;
    *link = e;
}

void clock_fire(struct clock *clock, cycles_t up_to)
{
    while (clock->first && clock->first->when <= up_to) {
        struct event *e = clock->first;
        clock->first = e->next;
        e->queued = false;
        e->fire(e->owner, e->when);
    }
}

void clock_archive(struct clock *clock, struct archive *a)
{
    archive_u64(a, &clock->now);
    archive_u64(a, &clock->added);
    if (a->is_loading) {
        while (clock->first) {
            clock_cancel(clock, clock->first);
        }
    }
}

/* Puts a loaded event where it was among those loaded before it. */
static void requeue(struct clock *clock, struct event *e)
{
    struct event **link = &clock->first;
    while (*link &&
           ((*link)->when < e->when || ((*link)->when == e->when && (*link)->order < e->order))) {
        link = &(*link)->next;
    }
    e->next = *link;
    e->queued = true;
    *link = e;
}

void clock_archive_event(struct clock *clock, struct event *e, struct archive *a)
{
    bool queued = e->queued;
    archive_bool(a, &queued);
    if (a->is_loading) {
        clock_cancel(clock, e);
    }
    if (queued) {
        archive_u64(a, &e->when);
        archive_u64(a, &e->order);
        if (a->is_loading) {
            requeue(clock, e);
        }
    }
}

/* A stamp is in thousandths of a cycle, so a second is clock_hz * 1000 of them. */
ticks_t counter_ticks(const struct counter_rate *rate, cycles_t at)
{
    while (at < rate->since) {
        rate = rate->before;
    }
    wide_t product = (wide_t)(at - rate->since) * rate->counter_hz;
    return rate->since_ticks + (ticks_t)(product / ((wide_t)rate->clock_hz * CYCLE));
}

cycles_t counter_stamp(const struct counter_rate *rate, ticks_t ticks)
{
    while (ticks <= rate->since_ticks && rate->before) {
        rate = rate->before;
    }
    wide_t product = (wide_t)(ticks - rate->since_ticks) * rate->clock_hz * CYCLE;
    wide_t stamp = rate->since + (product + rate->counter_hz - 1) / rate->counter_hz;
    return stamp >= CYCLES_NEVER ? CYCLES_NEVER : (cycles_t)stamp;
}

cycles_t cycles_of_ns(uint64_t clock_hz, uint64_t ns)
{
    struct counter_rate rate = {.clock_hz = clock_hz, .counter_hz = NS_PER_S};
    return counter_stamp(&rate, ns);
}

uint64_t ns_of_cycles(uint64_t clock_hz, cycles_t cycles)
{
    struct counter_rate rate = {.clock_hz = clock_hz, .counter_hz = NS_PER_S};
    return counter_ticks(&rate, cycles);
}

cycles_t cycles_of_ps(uint64_t clock_hz, uint64_t ps)
{
    struct counter_rate rate = {.clock_hz = clock_hz, .counter_hz = PS_PER_S};
    return counter_stamp(&rate, ps);
}

uint64_t ps_of_cycles(uint64_t clock_hz, cycles_t cycles)
{
    struct counter_rate rate = {.clock_hz = clock_hz, .counter_hz = PS_PER_S};
    return counter_ticks(&rate, cycles);
}
