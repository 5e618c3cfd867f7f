/*
 * Threads that may run anywhere (thread.floats): where one goes when it wakes, and what a CPU that
 * has nothing to do takes from another. Nothing moves while it runs, and CPUs are not weighed
 * against each other beyond that.
 */
#include "kernel/thread.h"

static bool any_floats; /* else nobody looks for one */

void sched_allow_float(void)
{
    WRITE_ONCE(any_floats, true);
}

static bool is_idle(const struct cpu *c)
{
    return READ_ONCE(c->online) && READ_ONCE(c->current) == c->idle && !READ_ONCE(c->need_resched);
}

struct cpu *sched_place(const struct thread *t)
{
    struct cpu *best = t->cpu;
    for (unsigned i = 0; i < cpu_count && !is_idle(best); i++) {
        best = is_idle(&cpus[i]) ? &cpus[i] : t->cpu;
    }
    return is_idle(best) ? best : t->cpu;
}

/* The thread has left its CPU: its context is whole, as the run lock says. */
static struct thread *take_from(struct cpu *c)
{
    struct thread *found = NULL;
    spin_lock(&c->run_lock);
    for (struct list *l = c->run[PRIO_NORMAL].next; l != &c->run[PRIO_NORMAL] && !found;
         l = l->next) {
        struct thread *t = container_of(l, struct thread, run_link);
        found = t->floats ? t : NULL;
    }
    if (found) {
        list_del(&found->run_link);
        found->cpu = cpu_this();
    }
    spin_unlock(&c->run_lock);
    return found;
}

bool sched_pull(void)
{
    struct cpu *me = cpu_this();
    struct thread *t = NULL;
    for (unsigned i = 0; i < cpu_count && READ_ONCE(any_floats) && !t; i++) {
        if (&cpus[i] != me && READ_ONCE(cpus[i].online) && !list_empty(&cpus[i].run[PRIO_NORMAL])) {
            t = take_from(&cpus[i]);
        }
    }
    if (!t) {
        return false;
    }
    spin_lock(&me->run_lock);
    list_add_before(&me->run[t->prio], &t->run_link);
    WRITE_ONCE(me->need_resched, true);
    spin_unlock(&me->run_lock);
    return true;
}
