/*
 * The real-time clock: Arm PrimeCell PL031 (DDI 0224). It starts at a fixed date and counts
 * simulated seconds, so that a run never depends on when it is done.
 */
#ifndef EL2SIM_DEVICE_PL031_H
#define EL2SIM_DEVICE_PL031_H

#include "sim/base/archive.h"
#include "sim/base/bus.h"
#include "sim/base/clock.h"
#include "sim/base/irq.h"
#include "sim/base/types.h"

#define PL031_START_SECONDS 1577836800U /* 2020-01-01T00:00:00Z, at cycle 0 */

struct pl031_config {
    cycles_t (*now)(void *ctx, unsigned cpu); /* the stamp of an access by `cpu` */
    void *now_ctx;
    struct irq_line irq;             /* RTCINTR */
    struct clock *clock;             /* the board's queue: match interrupts */
    const struct counter_rate *rate; /* of all stamps */
};

struct pl031 {
    struct pl031_config config;
    uint32_t offset_seconds; /* RTCDR = offset + seconds since cycle 0, modulo 2^32 */
    uint32_t match, load;
    bool enabled_irq; /* RTCIMSC */
    bool raised;      /* RTCRIS */
    struct event alarm;
};

void pl031_init(struct pl031 *rtc, const struct pl031_config *config);
void pl031_reset(struct pl031 *rtc);
void pl031_archive(struct pl031 *rtc, struct archive *a);
/* The counter's rate has changed: plans the alarm anew. */
void pl031_rate_changed(struct pl031 *rtc);

/* For the bus; `device` is the pl031. */
enum bus_result pl031_access(void *device, struct bus_access *a);

#endif
