#include "kvm/io_thread.h"

static void thread_gone(void *io_thread)
{
    struct io_thread *t = io_thread;
    u64 flags = spin_lock_irqsave(&t->lock);
    WRITE_ONCE(t->gone, true);
    wake_all(&t->gone_wait);
    spin_unlock_irqrestore(&t->lock, flags);
}

void io_thread_start(struct io_thread *t, const char *name, void (*main)(void *), unsigned cpu)
{
    wait_queue_init(&t->wait);
    wait_queue_init(&t->gone_wait);
    t->stop = t->gone = false;
    thread_create_kernel(name, main, t, PRIO_IO, cpu, thread_gone);
}

void io_thread_wake(struct io_thread *t)
{
    dmb(ish); /* what there is to do is visible before the look at who waits */
    wake_all(&t->wait);
}

void io_thread_stop(struct io_thread *t)
{
    WRITE_ONCE(t->stop, true);
    io_thread_wake(t);
    wait_event(&t->gone_wait, READ_ONCE(t->gone));
    spin_unlock_irqrestore(&t->lock, spin_lock_irqsave(&t->lock)); /* it has let go of it */
}
