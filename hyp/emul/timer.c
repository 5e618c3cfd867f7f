#include "emul/timer.h"

u64 soft_timer_read(const struct soft_timer *t, enum soft_timer_reg reg, u64 now)
{
    switch (reg) {
    case SOFT_TIMER_COUNT:
        return now;
    case SOFT_TIMER_CTL:
        return t->ctl | ((t->ctl & TIMER_CTL_ENABLE) && now >= t->cval ? TIMER_CTL_ISTATUS : 0);
    case SOFT_TIMER_CVAL:
        return t->cval;
    case SOFT_TIMER_TVAL:
        return (u32)(t->cval - now);
    }
    return 0;
}

void soft_timer_write(struct soft_timer *t, enum soft_timer_reg reg, u64 value, u64 now)
{
    if (reg == SOFT_TIMER_CTL) {
        t->ctl = value & (TIMER_CTL_ENABLE | TIMER_CTL_IMASK);
    } else if (reg == SOFT_TIMER_CVAL) {
        t->cval = value;
    } else if (reg == SOFT_TIMER_TVAL) {
        t->cval = now + (u64)(s64)(int32_t)value;
    }
}

static bool is_on(const struct soft_timer *t)
{
    return (t->ctl & (TIMER_CTL_ENABLE | TIMER_CTL_IMASK)) == TIMER_CTL_ENABLE;
}

bool soft_timer_line(const struct soft_timer *t, u64 now)
{
    return is_on(t) && now >= t->cval;
}

bool soft_timer_waits(const struct soft_timer *t, u64 now)
{
    return is_on(t) && now < t->cval;
}
