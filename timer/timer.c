#include "timer/timer.h"

#include <stdlib.h>

#include "sim/base/bits.h"
#include "sim/base/err.h"

/* CNTx_CTL (Arm ARM D13.8). */
#define CTL_ENABLE  BIT(0)
#define CTL_IMASK   BIT(1)
#define CTL_ISTATUS BIT(2)

/* CNTKCTL_EL1 and, in both layouts, CNTHCTL_EL2: the event stream. */
#define CONTROL_EVNTEN  2
#define CONTROL_EVNTDIR 3

enum timer_register { REGISTER_CTL, REGISTER_CVAL, REGISTER_TVAL };

struct channel {
    struct timer *timer;
    enum timer_id id;
    struct event event; /* the next change of the timer condition */
    struct irq_line line;
    uint64_t cval;
    uint64_t ctl; /* ENABLE, IMASK */
};

struct timer {
    struct pe *pe;
    struct clock *clock;
    const struct counter_rate *rate;
    struct channel channels[TIMER_COUNT];
};

/* The offset of CNTVCT; there is none without EL2. */
static ticks_t virtual_offset(const struct timer *t)
{
    return t->pe->model.has[FEAT_EL2] ? t->pe->sr[SR_CNTVOFF_EL2] : 0;
}

/* CNTHV counts CNTVCT as EL2 with VHE sees it: without offset (Arm ARM D11.2.4). */
static ticks_t offset_of(const struct channel *ch)
{
    return ch->id == TIMER_VIRT ? virtual_offset(ch->timer) : 0;
}

/* The counter of a timer, all 64 bits, wrapping. */
static ticks_t count_of(const struct channel *ch, ticks_t physical)
{
    return physical - offset_of(ch);
}

/* TimerConditionMet: an unsigned comparison of the offset counter (Arm ARM D11.2.4, "CompareValue
 * view"). */
static bool condition_met(const struct channel *ch, ticks_t count)
{
    return count >= ch->cval;
}

/* Physical count at which the condition changes next: when the counter gets to CompareValue, or,
 * past it, when it wraps. */
static cycles_t next_change(const struct channel *ch, ticks_t physical)
{
    ticks_t count = count_of(ch, physical);
    ticks_t delta = condition_met(ch, count) ? -count : ch->cval - count;
    ticks_t at = physical + delta;
    return at > physical ? counter_stamp(ch->timer->rate, at) : CYCLES_NEVER;
}

static void update(struct channel *ch, cycles_t now)
{
    struct timer *t = ch->timer;
    bool signals = (ch->ctl & (CTL_ENABLE | CTL_IMASK)) == CTL_ENABLE;
    if (!signals) {
        clock_cancel(t->clock, &ch->event);
        irq_set(&ch->line, false);
        return;
    }
    ticks_t physical = counter_ticks(t->rate, now);
    cycles_t next = next_change(ch, physical);
    if (next == CYCLES_NEVER) {
        clock_cancel(t->clock, &ch->event);
    } else {
        clock_at(t->clock, &ch->event, next);
    }
    irq_set(&ch->line, condition_met(ch, count_of(ch, physical)));
}

static void change_due(void *owner, cycles_t when)
{
    struct channel *ch = owner;
    cycles_t now = ch->timer->clock->now;
    update(ch, when > now ? when : now);
}

unsigned timer_intid(enum timer_id id)
{
    static const unsigned intids[TIMER_COUNT] = {
        [TIMER_PHYS] = 30, [TIMER_VIRT] = 27, [TIMER_HYP_PHYS] = 26, [TIMER_HYP_VIRT] = 28};
    return intids[id];
}

struct timer *timer_create_for(struct pe *pe, struct clock *clock, const struct counter_rate *rate,
                               const struct irq_line lines[TIMER_COUNT])
{
    struct timer *t = calloc(1, sizeof *t);
    BUG_ON(t == NULL);
    *t = (struct timer){.pe = pe, .clock = clock, .rate = rate};
    for (unsigned i = 0; i < TIMER_COUNT; i++) {
        struct channel *ch = &t->channels[i];
        *ch = (struct channel){.timer = t, .id = (enum timer_id)i, .line = lines[i]};
        event_init(&ch->event, change_due, ch);
    }
    timer_reset(t);
    return t;
}

void timer_destroy(struct timer *timer)
{
    if (timer) {
        for (unsigned i = 0; i < TIMER_COUNT; i++) {
            clock_cancel(timer->clock, &timer->channels[i].event);
        }
        free(timer);
    }
}

/* Only ENABLE has an architectural reset value; the rest is UNKNOWN there and 0 here. */
void timer_reset(struct timer *timer)
{
    timer->pe->sr[SR_CNTFRQ_EL0] = timer->rate->counter_hz;
    timer->pe->sr[SR_CNTVOFF_EL2] = 0;
    timer->pe->sr[SR_CNTHCTL_EL2] = sysreg_reset_value(SR_CNTHCTL_EL2);
    timer->pe->sr[SR_CNTKCTL_EL1] = 0;
    for (unsigned i = 0; i < TIMER_COUNT; i++) {
        timer->channels[i].ctl = 0;
        timer->channels[i].cval = 0;
        update(&timer->channels[i], timer->clock->now);
    }
}

static uint64_t read_channel(const struct channel *ch, enum timer_register reg)
{
    ticks_t count = count_of(ch, counter_ticks(ch->timer->rate, ch->timer->clock->now));
    switch (reg) {
    case REGISTER_CTL:
        /* ISTATUS is UNKNOWN while the timer is disabled: 0. */
        return ch->ctl | ((ch->ctl & CTL_ENABLE) && condition_met(ch, count) ? CTL_ISTATUS : 0);
    case REGISTER_CVAL:
        return ch->cval;
    case REGISTER_TVAL:
        return (uint32_t)(ch->cval - count);
    }
    return 0;
}

static void write_channel(struct channel *ch, enum timer_register reg, uint64_t value)
{
    cycles_t now = ch->timer->clock->now;
    switch (reg) {
    case REGISTER_CTL:
        ch->ctl = value & (CTL_ENABLE | CTL_IMASK);
        break;
    case REGISTER_CVAL:
        ch->cval = value;
        break;
    case REGISTER_TVAL:
        ch->cval = count_of(ch, counter_ticks(ch->timer->rate, now)) + sign_extend(value, 32);
        break;
    }
    update(ch, now);
}

/* Which register of which timer an id is. */
struct channel_row {
    bool exists;
    enum timer_id id;
    enum timer_register reg;
};

#define ROWS(prefix, suffix, timer_id)                                                             \
    [SR_##prefix##_CTL_##suffix] = {true, timer_id, REGISTER_CTL},                                 \
    [SR_##prefix##_CVAL_##suffix] = {true, timer_id, REGISTER_CVAL},                               \
    [SR_##prefix##_TVAL_##suffix] = {true, timer_id, REGISTER_TVAL}

static const struct channel_row channel_rows[SR_COUNT] = {
    ROWS(CNTP, EL0, TIMER_PHYS),
    ROWS(CNTV, EL0, TIMER_VIRT),
    ROWS(CNTHP, EL2, TIMER_HYP_PHYS),
    ROWS(CNTHV, EL2, TIMER_HYP_VIRT),
};

/* CNTVCT_EL0 has no offset at EL2 with E2H, nor at EL0 with E2H and TGE (Arm ARM CNTVCT_EL0). */
static ticks_t virtual_count(const struct timer *t)
{
    ticks_t physical = counter_ticks(t->rate, t->clock->now);
    bool is_host = pe_e2h(t->pe) && (t->pe->ps.el == 2 || (t->pe->ps.el == 0 && pe_tge(t->pe)));
    return is_host ? physical : physical - virtual_offset(t);
}

static uint64_t timer_read(void *ctx, enum sysreg_id id)
{
    const struct timer *t = ctx;
    const struct channel_row *row = &channel_rows[id];
    if (row->exists) {
        return read_channel(&t->channels[row->id], row->reg);
    }
    if (id == SR_CNTPCT_EL0) {
        return counter_ticks(t->rate, t->clock->now);
    }
    return id == SR_CNTVCT_EL0 ? virtual_count(t) : t->pe->sr[id];
}

static unsigned timer_write(void *ctx, enum sysreg_id id, uint64_t value)
{
    struct timer *t = ctx;
    const struct channel_row *row = &channel_rows[id];
    if (row->exists) {
        write_channel(&t->channels[row->id], row->reg, value);
        return EFF_IRQ;
    }
    /* CNTFRQ_EL0 and the controls are kept by sysreg_write() already. */
    if (id == SR_CNTVOFF_EL2) {
        update(&t->channels[TIMER_VIRT], t->clock->now);
        return EFF_IRQ;
    }
    return EFF_NONE;
}

struct sysreg_ops timer_sysreg_ops(struct timer *timer)
{
    return (struct sysreg_ops){.ctx = timer, .read = timer_read, .write = timer_write};
}

/* Stamp of the next event that `control` asks for on a counter with this offset: a transition of
 * bit EVNTI, 0 to 1, or 1 to 0 with EVNTDIR (Arm ARM D11.2.3). */
static cycles_t next_stream_event(const struct timer *t, uint64_t control, ticks_t offset)
{
    if (!bit(control, CONTROL_EVNTEN)) {
        return CYCLES_NEVER;
    }
    uint64_t half = BIT(bits(control, 7, 4));
    uint64_t phase = bit(control, CONTROL_EVNTDIR) ? 0 : half; /* counter modulo 2 * half then */
    ticks_t physical = counter_ticks(t->rate, t->clock->now);
    uint64_t now_phase = (physical - offset) & (2 * half - 1);
    uint64_t delta = (phase - now_phase) & (2 * half - 1);
    return counter_stamp(t->rate, physical + (delta ? delta : 2 * half));
}

cycles_t timer_next_stream_event(const struct timer *timer)
{
    const struct pe *pe = timer->pe;
    /* CNTKCTL_EL1 has no effect for a host with E2H and TGE; CNTHCTL_EL2 needs EL2. */
    bool is_host = pe_e2h(pe) && pe_tge(pe);
    cycles_t virt = is_host
                        ? CYCLES_NEVER
                        : next_stream_event(timer, pe->sr[SR_CNTKCTL_EL1], virtual_offset(timer));
    cycles_t phys = pe->model.has[FEAT_EL2] ? next_stream_event(timer, pe->sr[SR_CNTHCTL_EL2], 0)
                                            : CYCLES_NEVER;
    return virt < phys ? virt : phys;
}

void timer_archive(struct timer *timer, struct archive *a)
{
    for (unsigned i = 0; i < TIMER_COUNT; i++) {
        struct channel *ch = &timer->channels[i];
        archive_u64(a, &ch->cval);
        archive_u64(a, &ch->ctl);
        irq_archive(&ch->line, a);
        clock_archive_event(timer->clock, &ch->event, a);
        ch->ctl &= CTL_ENABLE | CTL_IMASK;
    }
}

void timer_rate_changed(struct timer *timer)
{
    for (unsigned i = 0; i < TIMER_COUNT; i++) {
        update(&timer->channels[i], timer->clock->now);
    }
}
