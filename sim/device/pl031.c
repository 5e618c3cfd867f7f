#include "sim/device/pl031.h"

/* Registers (DDI 0224 3.2). */
#define RTC_DR   0x00
#define RTC_MR   0x04
#define RTC_LR   0x08
#define RTC_CR   0x0c
#define RTC_IMSC 0x10
#define RTC_RIS  0x14
#define RTC_MIS  0x18
#define RTC_ICR  0x1c

#define ID_OFFSET 0xfe0
static const uint8_t identification[8] = {0x31, 0x10, 0x14, 0x00, 0x0d, 0xf0, 0x05, 0xb1};

static uint64_t seconds_at(const struct pl031 *rtc, cycles_t at)
{
    return counter_ticks(rtc->config.rate, at) / rtc->config.rate->counter_hz;
}

static uint32_t counter_at(const struct pl031 *rtc, cycles_t at)
{
    return rtc->offset_seconds + (uint32_t)seconds_at(rtc, at);
}

static void update(struct pl031 *rtc)
{
    irq_set(&rtc->config.irq, rtc->raised && rtc->enabled_irq);
}

/* Queues the next moment at which the counter becomes equal to the match register. */
static void set_alarm(struct pl031 *rtc, cycles_t now)
{
    uint32_t wait_seconds = rtc->match - counter_at(rtc, now);
    if (wait_seconds == 0) {
        rtc->raised = true;
        update(rtc);
        clock_cancel(rtc->config.clock, &rtc->alarm);
        return;
    }
    uint64_t second = seconds_at(rtc, now) + wait_seconds;
    uint64_t hz = rtc->config.rate->counter_hz;
    bool fits = second < UINT64_MAX / hz;
    cycles_t at = fits ? counter_stamp(rtc->config.rate, second * hz) : CYCLES_NEVER;
    if (at < CYCLES_NEVER) {
        clock_at(rtc->config.clock, &rtc->alarm, at);
    } else {
        clock_cancel(rtc->config.clock, &rtc->alarm);
    }
}

static void alarm_fired(void *owner, cycles_t when)
{
    (void)when;
    struct pl031 *rtc = owner;
    rtc->raised = true;
    update(rtc);
}

static bool read_register(const struct pl031 *rtc, struct bus_access *a, cycles_t now)
{
    switch (a->offset) {
    case RTC_DR:
        a->value = counter_at(rtc, now);
        return true;
    case RTC_MR:
        a->value = rtc->match;
        return true;
    case RTC_LR:
        a->value = rtc->load;
        return true;
    case RTC_CR:
        a->value = 1; /* always counting, as from reset */
        return true;
    case RTC_IMSC:
        a->value = rtc->enabled_irq;
        return true;
    case RTC_RIS:
        a->value = rtc->raised;
        return true;
    case RTC_MIS:
        a->value = rtc->raised && rtc->enabled_irq;
        return true;
    default:
        if (a->offset >= ID_OFFSET && a->offset < ID_OFFSET + 4 * sizeof identification) {
            a->value = identification[(a->offset - ID_OFFSET) / 4];
            return true;
        }
        return false;
    }
}

static bool write_register(struct pl031 *rtc, const struct bus_access *a, cycles_t now)
{
    uint32_t value = (uint32_t)a->value;
    switch (a->offset) {
    case RTC_MR:
        rtc->match = value;
        set_alarm(rtc, now);
        return true;
    case RTC_LR:
        rtc->load = value;
        rtc->offset_seconds = value - (uint32_t)seconds_at(rtc, now);
        set_alarm(rtc, now);
        return true;
    case RTC_CR: /* it cannot be stopped */
        return true;
    case RTC_IMSC:
        rtc->enabled_irq = value & 1;
        update(rtc);
        return true;
    case RTC_ICR:
        if (value & 1) {
            rtc->raised = false;
            update(rtc);
        }
        return true;
    default:
        return false;
    }
}

enum bus_result pl031_access(void *device, struct bus_access *a)
{
    struct pl031 *rtc = device;
    cycles_t now = rtc->config.now(rtc->config.now_ctx, a->cpu);
    if (a->size_bytes != 4 || a->offset % 4 != 0) {
        return BUS_UNMODELLED;
    }
    bool known = a->write ? write_register(rtc, a, now) : read_register(rtc, a, now);
    return known ? BUS_OK : BUS_UNMODELLED;
}

void pl031_init(struct pl031 *rtc, const struct pl031_config *config)
{
    *rtc = (struct pl031){.config = *config};
    event_init(&rtc->alarm, alarm_fired, rtc);
    pl031_reset(rtc);
}

void pl031_reset(struct pl031 *rtc)
{
    rtc->offset_seconds = PL031_START_SECONDS;
    rtc->match = 0;
    rtc->load = 0;
    rtc->enabled_irq = false;
    rtc->raised = false;
    clock_cancel(rtc->config.clock, &rtc->alarm);
    update(rtc);
}

void pl031_archive(struct pl031 *rtc, struct archive *a)
{
    archive_u32(a, &rtc->offset_seconds);
    archive_u32(a, &rtc->match);
    archive_u32(a, &rtc->load);
    archive_bool(a, &rtc->enabled_irq);
    archive_bool(a, &rtc->raised);
    irq_archive(&rtc->config.irq, a);
    clock_archive_event(rtc->config.clock, &rtc->alarm, a);
}

void pl031_rate_changed(struct pl031 *rtc)
{
    if (rtc->alarm.queued) {
        set_alarm(rtc, rtc->config.clock->now);
    }
}
