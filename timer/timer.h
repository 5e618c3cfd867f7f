/*
 * The generic timer of one PE (Arm ARM D11 / D12): CNTPCT and CNTVCT, and four timers: EL1 physical
 * and virtual, EL2 physical (CNTHP) and, with VHE, EL2 virtual (CNTHV). Exact: a timer's condition
 * changes at the first cycle stamp at which the counter has reached its compare value.
 */
#ifndef EL2SIM_TIMER_TIMER_H
#define EL2SIM_TIMER_TIMER_H

#include "cpu-el/pe.h"
#include "sim/base/archive.h"
#include "sim/base/clock.h"
#include "sim/base/irq.h"

enum timer_id { TIMER_PHYS, TIMER_VIRT, TIMER_HYP_PHYS, TIMER_HYP_VIRT, TIMER_COUNT };

/* INTIDs of QEMU virt and of the base system architecture: 30, 27, 26, 28. */
unsigned timer_intid(enum timer_id id);

struct timer;

/* Wires lines[id] as each timer's output; clock is the CPU's own. (timer_create() is POSIX's, and
 * the test framework calls that.) */
struct timer *timer_create_for(struct pe *pe, struct clock *clock, const struct counter_rate *rate,
                               const struct irq_line lines[TIMER_COUNT]);
void timer_destroy(struct timer *timer);
void timer_reset(struct timer *timer);
/* What pe->sr[] has not. */
void timer_archive(struct timer *timer, struct archive *a);
/* The counter's rate has changed: plans all timers anew. */
void timer_rate_changed(struct timer *timer);

/* OWNER_TIMER: CNTPCT, CNTVCT, CNTx_CTL/CVAL/TVAL, CNTVOFF, CNTHCTL, CNTKCTL, CNTFRQ (after
 * redirection and traps). */
struct sysreg_ops timer_sysreg_ops(struct timer *timer);

/* The event stream of CNTKCTL/CNTHCTL (EVNTEN): stamp of the next event, CYCLES_NEVER if off. WFE
 * needs it. */
cycles_t timer_next_stream_event(const struct timer *timer);

#endif
