/* The guest's timer and counter: the physical ones, which a hypervisor can trap and emulate.
 * lib/vtimer/timer.h is for machines with virtual ones. */
#ifndef EL2SIM_WORKLOADS_LIB_PTIMER_TIMER_H
#define EL2SIM_WORKLOADS_LIB_PTIMER_TIMER_H

#include "lib/guest.h"

#define TIMER_INTID INTID_PTIMER

static inline u64 timer_count(void)
{
    isb();
    return read_sysreg(cntpct_el0);
}

static inline void timer_start(u64 deadline)
{
    write_sysreg(deadline, cntp_cval_el0);
    write_sysreg(1, cntp_ctl_el0);
}

static inline void timer_stop(void)
{
    write_sysreg(0, cntp_ctl_el0);
}

#endif
