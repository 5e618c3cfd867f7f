#include "kernel/timer.h"

#include "kernel/irq.h"
#include "kernel/thread.h"

#define TIMER_CTL_ENABLE 1

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

/* Interrupts masked: sets the CPU's timer to the first deadline. */
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
    t->expired = expired;
}

void timer_start(struct timer *t, u64 deadline_ticks)
{
    u64 flags = irq_save();
    struct cpu *c = cpu_this();
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
    irq_restore(flags);
}

void timer_stop(struct timer *t)
{
    u64 flags = irq_save();
    struct cpu *c = cpu_this();
    bool first = c->timers.next == &t->link;
    list_del(&t->link);
    if (first) {
        timer_program(c);
    }
    irq_restore(flags);
}

static void timer_irq(void)
{
    struct cpu *c = cpu_this();
    u64 now = timer_now_ticks();
    while (!list_empty(&c->timers)) {
        struct timer *t = container_of(c->timers.next, struct timer, link);
        if (t->deadline_ticks > now) {
            break;
        }
        list_del(&t->link);
        t->expired(t);
    }
    timer_program(c);
}

static void tick_expired(struct timer *t)
{
    u64 period = read_sysreg(cntfrq_el0) / TICK_HZ;
    u64 now = timer_now_ticks();
    u64 next = t->deadline_ticks + period;
    if (next <= now) { /* ticks were lost: go on from here */
        next = now + period;
    }
    sched_tick();
    timer_start(t, next);
}

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

void timer_init_cpu(void)
{
    struct timer *tick = &ticks[cpu_this()->index];
    irq_set_handler(host_timer_intid, timer_irq);
    timer_init(tick, tick_expired);
    gic_enable_ppi(host_timer_intid);
    timer_start(tick, timer_now_ticks() + read_sysreg(cntfrq_el0) / TICK_HZ);
}
