#include "kernel/thread.h"

#include "kernel/page.h"
#include "kernel/process.h"
#include "kernel/smp.h"
#include "kernel/timer.h"

#define SLICE_TICKS 3

void context_switch(struct context *prev, const struct context *next); /* switch.S */
void thread_start_kernel(void);
void sched_switch_done(void);

struct thread *thread_current(void)
{
    u64 sp;
    __asm__("mov %0, sp" : "=r"(sp));
    return (struct thread *)ALIGN_DOWN(sp, STACK_SIZE);
}

struct cpu *cpu_this(void)
{
    return thread_current()->cpu;
}

void sched_init_cpu(struct cpu *c, struct thread *first)
{
    for (unsigned p = 0; p < PRIO_COUNT; p++) {
        list_init(&c->run[p]);
    }
    list_init(&c->timers);
    list_init(&first->run_link);
    first->cpu = c;
    first->state = THREAD_READY;
    first->prio = PRIO_IDLE;
    first->name = "idle";
    c->current = c->idle = first;
}

/* Caller holds the run lock. */
static struct thread *pick_next(struct cpu *c)
{
    for (unsigned p = PRIO_COUNT; p-- > 0;) {
        if (!list_empty(&c->run[p])) {
            struct thread *t = container_of(c->run[p].next, struct thread, run_link);
            list_del(&t->run_link);
            return t;
        }
    }
    return c->idle;
}

/* The tick shares the CPU between threads of one priority; without others it has no work. */
static bool tick_needed(const struct cpu *c, const struct thread *t)
{
    return t != c->idle && (tick_mode == TICK_IDLE || !list_empty(&c->run[t->prio]));
}

void sched_check_tick(void)
{
    struct cpu *c = cpu_this();
    u64 flags = spin_lock_irqsave(&c->run_lock);
    tick_set(tick_needed(c, c->current));
    spin_unlock_irqrestore(&c->run_lock, flags);
}

/* On the stack of the thread that now runs, the run lock still held by the one that left. A dead
 * thread's stack is free from here. */
void sched_switch_done(void)
{
    struct cpu *c = cpu_this();
    struct thread *prev = c->previous;
    bool dead = prev->state == THREAD_DEAD;
    spin_unlock(&c->run_lock);
    if (dead) {
        void (*gone)(void *) = prev->gone;
        void *arg = prev->gone_arg;
        page_free(prev, STACK_ORDER);
        if (gone) {
            gone(arg);
        }
    }
    const struct thread *t = c->current;
    if (t->sched_in) {
        t->sched_in(t->sched_arg);
    }
}

void schedule(void)
{
    u64 flags = irq_save();
    struct cpu *c = cpu_this();
    spin_lock(&c->run_lock);
    struct thread *prev = c->current;
    WRITE_ONCE(c->need_resched, false);
    if (prev->state == THREAD_READY && prev != c->idle) {
        list_add_before(&c->run[prev->prio], &prev->run_link);
    }
    struct thread *next = pick_next(c);
    if (next->slice_ticks == 0) {
        next->slice_ticks = SLICE_TICKS;
    }
    if (tick_mode != TICK_ON) {
        tick_set(tick_needed(c, next));
    }
    if (next == prev) {
        spin_unlock(&c->run_lock);
    } else {
        c->current = next;
        c->previous = prev;
        if (prev->sched_out) {
            prev->sched_out(prev->sched_arg);
        }
        if (next->process != prev->process) {
            process_activate(next->process);
        }
        context_switch(&prev->context, &next->context);
        sched_switch_done();
    }
    irq_restore(flags);
}

void sched_set_hooks(void (*out)(void *), void (*in)(void *), void *arg)
{
    struct thread *t = thread_current();
    u64 flags = irq_save();
    t->sched_out = out;
    t->sched_in = in;
    t->sched_arg = arg;
    irq_restore(flags);
}

bool sched_pending(void)
{
    return READ_ONCE(cpu_this()->need_resched);
}

void sched_yield_if_needed(void)
{
    if (sched_pending()) {
        schedule();
    }
}

void sched_tick(void)
{
    struct cpu *c = cpu_this();
    spin_lock(&c->run_lock);
    struct thread *t = c->current;
    if (t->slice_ticks > 0) {
        t->slice_ticks--;
    }
    if (t->slice_ticks == 0 && !list_empty(&c->run[t->prio])) {
        WRITE_ONCE(c->need_resched, true);
    }
    spin_unlock(&c->run_lock);
}

/* A thread that floats may be elsewhere by the time the lock is ours. */
static struct cpu *lock_cpu_of(const struct thread *t)
{
    for (;;) {
        struct cpu *c = READ_ONCE(t->cpu);
        spin_lock(&c->run_lock);
        if (READ_ONCE(t->cpu) == c) {
            return c;
        }
        spin_unlock(&c->run_lock);
    }
}

/* It is ready and on no list: nobody else looks at it. Returns its CPU, locked in c's place. */
static struct cpu *move_awake(struct thread *t, struct cpu *c)
{
    struct cpu *to = sched_place(t);
    if (to != c) {
        WRITE_ONCE(t->cpu, to);
        spin_unlock(&c->run_lock);
        spin_lock(&to->run_lock);
    }
    return to;
}

void thread_wake(struct thread *t)
{
    bool preempts = false, queued = false;
    u64 flags = irq_save();
    struct cpu *c = lock_cpu_of(t);
    if (t->state == THREAD_BLOCKED) {
        t->state = THREAD_READY;
        if (t != c->current) { /* else it has not left yet: schedule() will keep it */
            c = t->floats ? move_awake(t, c) : c;
            list_add_before(&c->run[t->prio], &t->run_link);
            preempts = t->prio > c->current->prio;
            queued = !preempts;
        }
    }
    if (preempts) {
        WRITE_ONCE(c->need_resched, true);
    }
    bool remote = c != cpu_this();
    spin_unlock(&c->run_lock);
    if (remote && (preempts || (queued && tick_mode == TICK_FULL))) {
        smp_send_reschedule(c);
    } else if (queued && tick_mode == TICK_FULL) {
        sched_check_tick();
    }
    irq_restore(flags);
}

struct thread *thread_new(const char *name, enum thread_prio prio, unsigned cpu)
{
    struct thread *t = page_alloc(STACK_ORDER);
    t->cpu = &cpus[cpu % cpu_count];
    t->state = THREAD_BLOCKED;
    t->prio = prio;
    t->name = name;
    t->context.sp = thread_stack_top(t);
    list_init(&t->run_link);
    return t;
}

struct thread *thread_create_kernel(const char *name, void (*fn)(void *), void *arg,
                                    enum thread_prio prio, unsigned cpu, void (*gone)(void *))
{
    struct thread *t = thread_new(name, prio, cpu);
    t->gone = gone;
    t->gone_arg = arg;
    t->context.x19_x30[0] = (u64)fn;
    t->context.x19_x30[1] = (u64)arg;
    t->context.x19_x30[11] = (u64)thread_start_kernel;
    thread_wake(t);
    return t;
}

void thread_exit(void)
{
    irq_disable();
    struct thread *t = thread_current();
    struct cpu *c = t->cpu;
    spin_lock(&c->run_lock);
    t->state = THREAD_DEAD;
    spin_unlock(&c->run_lock);
    schedule();
    __builtin_unreachable();
}

void sched_idle(void)
{
    struct cpu *c = cpu_this();
    for (;;) {
        irq_disable();
        if (!READ_ONCE(c->need_resched) && !sched_pull()) {
            dsb(sy); /* what was written must be seen before this CPU sleeps */
            wfi();
        }
        irq_enable(); /* takes what ended the WFI */
        isb();
        sched_yield_if_needed();
    }
}

void wait_queue_init(struct wait_queue *q)
{
    q->lock.tickets = 0;
    list_init(&q->waiters);
}

void wait_prepare(struct wait_queue *q, struct waiter *w)
{
    u64 flags = spin_lock_irqsave(&q->lock);
    w->thread = thread_current();
    list_add_before(&q->waiters, &w->link);
    WRITE_ONCE(w->thread->state, THREAD_BLOCKED);
    spin_unlock_irqrestore(&q->lock, flags);
    dmb(ish); /* the state is visible before the caller looks at its condition */
}

void wait_finish(struct wait_queue *q, struct waiter *w)
{
    u64 flags = spin_lock_irqsave(&q->lock);
    list_del(&w->link);
    spin_unlock_irqrestore(&q->lock, flags);
    struct cpu *c = cpu_this();
    flags = spin_lock_irqsave(&c->run_lock);
    w->thread->state = THREAD_READY;
    spin_unlock_irqrestore(&c->run_lock, flags);
}

void wake_all(struct wait_queue *q)
{
    u64 flags = spin_lock_irqsave(&q->lock);
    for (struct list *l = q->waiters.next; l != &q->waiters; l = l->next) {
        thread_wake(container_of(l, struct waiter, link)->thread);
    }
    spin_unlock_irqrestore(&q->lock, flags);
}
