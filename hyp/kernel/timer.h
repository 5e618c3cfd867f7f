/* Timers of a CPU, in ticks of the physical counter, on the CPU's own timer; the scheduler's tick
 * is one of them. */
#ifndef EL2SIM_HYP_KERNEL_TIMER_H
#define EL2SIM_HYP_KERNEL_TIMER_H

#include "kernel/cpu.h"
#include "kernel/list.h"

#define TICK_HZ 250

struct timer {
    struct list link;
    struct cpu *cpu; /* that it was last started on */
    u64 deadline_ticks;
    void (*expired)(struct timer *t); /* in interrupt context */
};

extern const u32 host_timer_intid; /* of the host's exception level */

u64 timer_now_ticks(void);
u64 timer_us_to_ticks(u64 us);
void timer_init(struct timer *t, void (*expired)(struct timer *));
void timer_start(struct timer *t, u64 deadline_ticks); /* on this CPU */
void timer_stop(struct timer *t);                      /* its function does not run on return */
void timer_sleep_until(u64 deadline_ticks);            /* blocks the thread */
void timer_init_cpu(void);

/* Boot argument tick=: a CPU has its tick always; unless it is idle; only while threads share it.
 */
enum tick_mode { TICK_ON, TICK_IDLE, TICK_FULL };
extern enum tick_mode tick_mode;
void tick_init(void);   /* once, before any CPU's timer_init_cpu() */
void tick_set(bool on); /* of this CPU; interrupts masked */

#endif
