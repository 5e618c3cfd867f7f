/* The guest's timer and counter: the virtual ones. lib/ptimer/timer.h is for machines without. */
#ifndef EL2SIM_WORKLOADS_LIB_VTIMER_TIMER_H
#define EL2SIM_WORKLOADS_LIB_VTIMER_TIMER_H

#include "lib/guest.h"

#define TIMER_INTID INTID_VTIMER

static inline u64 timer_count(void)
{
    isb();
    return read_sysreg(cntvct_el0);
}

static inline void timer_start(u64 deadline)
{
    write_sysreg(deadline, cntv_cval_el0);
    write_sysreg(1, cntv_ctl_el0);
}

static inline void timer_stop(void)
{
    write_sysreg(0, cntv_ctl_el0);
}

#endif
