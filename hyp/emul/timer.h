/* The registers of the EL1 physical timer in software, in ticks of the guest's counter. Used where
 * a machine has no virtual timer, by the kernel or by the VMM. Arm ARM D11 */
#ifndef EL2SIM_HYP_EMUL_TIMER_H
#define EL2SIM_HYP_EMUL_TIMER_H

#include "types.h"

/* CNTV_CTL_EL0 and CNTP_CTL_EL0 */
#define TIMER_CTL_ENABLE  1
#define TIMER_CTL_IMASK   2
#define TIMER_CTL_ISTATUS 4

enum soft_timer_reg { SOFT_TIMER_COUNT, SOFT_TIMER_CTL, SOFT_TIMER_CVAL, SOFT_TIMER_TVAL };

struct soft_timer {
    u64 ctl, cval;
};

u64 soft_timer_read(const struct soft_timer *t, enum soft_timer_reg reg, u64 now);
void soft_timer_write(struct soft_timer *t, enum soft_timer_reg reg, u64 value, u64 now);

/* The level of its interrupt. */
bool soft_timer_line(const struct soft_timer *t, u64 now);

/* Enabled, not masked, not there yet: the line rises at cval. */
bool soft_timer_waits(const struct soft_timer *t, u64 now);

#endif
