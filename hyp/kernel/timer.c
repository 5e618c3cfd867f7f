#include "kernel/timer.h"

#include "kernel/boot.h"
#include "kernel/bootargs.h"
#include "kernel/irq.h"
#include "kernel/thread.h"

#define TIMER_CTL_ENABLE 1

enum tick_mode tick_mode;
static struct timer ticks[CPU_MAX];

u64 timer_now_ticks(void)
{
    isb(); /* the counter may be read early otherwise. Arm ARM D11 "physical counter" */
    return read_sysreg(cntpct_el0);
}

u64 timer_us_to_ticks(u64 us)
{
    return us * read_sysreg(cntfrq_el0) / 1000000;
}

/* Interrupts masked, on this CPU: sets its timer to the first deadline. */
static void timer_program(struct cpu *c)
{
    if (list_empty(&c->timers)) {
        write_sysreg(0, HOST_CNTP_CTL);
    } else {
        write_sysreg(container_of(c->timers.next, struct timer, link)->deadline_ticks,
                     HOST_CNTP_CVAL);
        write_sysreg(TIMER_CTL_ENABLE, HOST_CNTP_CTL);
    }
    isb();
}

void timer_init(struct timer *t, void (*expired)(struct timer *))
{
    list_init(&t->link);
    t->cpu = cpu_this();
    t->expired = expired;
}

/* It was started on another CPU: there its interrupt comes all the same, and finds nothing. */
static void stop_elsewhere(struct timer *t)
{
    spin_lock(&t->cpu->timer_lock);
    list_del(&t->link);
    spin_unlock(&t->cpu->timer_lock);
    while (READ_ONCE(t->cpu->expiring) == t) {
        cpu_relax();
    }
    dmb(ish);
}

void timer_start(struct timer *t, u64 deadline_ticks)
{
    u64 flags = irq_save();
    struct cpu *c = cpu_this();
    if (t->cpu != c) {
        stop_elsewhere(t);
        t->cpu = c;
    }
    spin_lock(&c->timer_lock);
    list_del(&t->link);
    t->deadline_ticks = deadline_ticks;
    struct list *l = c->timers.next;
    while (l != &c->timers &&
           container_of(l, struct timer, link)->deadline_ticks <= deadline_ticks) {
        l = l->next;
    }
    list_add_before(l, &t->link);
    if (c->timers.next == &t->link) {
        timer_program(c);
    }
    spin_unlock(&c->timer_lock);
    irq_restore(flags);
}

void timer_stop(struct timer *t)
{
    u64 flags = irq_save();
    struct cpu *c = cpu_this();
    if (t->cpu != c) {
        stop_elsewhere(t);
    } else if (!list_empty(&t->link)) {
        spin_lock(&c->timer_lock);
        bool first = c->timers.next == &t->link;
        list_del(&t->link);
        if (first) {
            timer_program(c);
        }
        spin_unlock(&c->timer_lock);
    }
    irq_restore(flags);
}

/* The first one whose time has come, off the list; NULL: there is none, and the next is set. */
static struct timer *take_expired(struct cpu *c, u64 now)
{
    struct timer *t = NULL;
    spin_lock(&c->timer_lock);
    if (!list_empty(&c->timers)) {
        t = container_of(c->timers.next, struct timer, link);
        t = t->deadline_ticks <= now ? t : NULL;
    }
    if (t) {
        list_del(&t->link);
        WRITE_ONCE(c->expiring, t);
    } else {
        timer_program(c);
    }
    spin_unlock(&c->timer_lock);
    return t;
}

static void timer_irq(void)
{
    struct cpu *c = cpu_this();
    u64 now = timer_now_ticks();
    struct timer *t;
    while ((t = take_expired(c, now)) != NULL) {
        t->expired(t);
        dmb(ish); /* what it has done is seen by who waits for it */
        WRITE_ONCE(c->expiring, NULL);
    }
}

/* --- the scheduler's tick --- */

static u64 tick_period(void)
{
    return read_sysreg(cntfrq_el0) / TICK_HZ;
}

static void tick_expired(struct timer *t)
{
    u64 now = timer_now_ticks();
    u64 next = t->deadline_ticks + tick_period();
    if (next <= now) { /* ticks were lost: go on from here */
        next = now + tick_period();
    }
    sched_tick();
    timer_start(t, next);
}

void tick_set(bool on)
{
    struct timer *t = &ticks[cpu_this()->index];
    if (!on) {
        timer_stop(t);
    } else if (list_empty(&t->link)) {
        timer_start(t, timer_now_ticks() + tick_period());
    }
}

/* --- */

struct sleeper {
    struct timer timer;
    struct wait_queue queue;
    bool woken;
};

static void sleeper_expired(struct timer *t)
{
    struct sleeper *s = container_of(t, struct sleeper, timer);
    WRITE_ONCE(s->woken, true);
    wake_all(&s->queue);
}

void timer_sleep_until(u64 deadline_ticks)
{
    struct sleeper s = {.woken = false};
    wait_queue_init(&s.queue);
    timer_init(&s.timer, sleeper_expired);
    timer_start(&s.timer, deadline_ticks);
    wait_event(&s.queue, READ_ONCE(s.woken));
}

void tick_init(void)
{
    const char *words = kernel_board()->bootargs;
    tick_mode = bootargs_say(words, "tick", "idle")   ? TICK_IDLE
                : bootargs_say(words, "tick", "full") ? TICK_FULL
                                                      : TICK_ON;
    if (tick_mode == TICK_FULL) { /* another CPU has queued a thread on this one */
        irq_set_handler(SGI_RESCHEDULE, sched_check_tick);
    }
}

void timer_init_cpu(void)
{
    struct timer *tick = &ticks[cpu_this()->index];
    irq_set_handler(host_timer_intid, timer_irq);
    timer_init(tick, tick_expired);
    gic_enable_ppi(host_timer_intid);
    tick_set(true);
}
