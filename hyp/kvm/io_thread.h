/* The life of a device's thread in the kernel: started with the device, stopped before the device
 * goes. */
#ifndef EL2SIM_HYP_KVM_IO_THREAD_H
#define EL2SIM_HYP_KVM_IO_THREAD_H

#include "kernel/thread.h"

struct io_thread {
    struct wait_queue wait; /* for work; its waker has said what there is to do */
    struct wait_queue gone_wait;
    struct spinlock lock; /* gone */
    bool stop, gone;
};

/* main gets t, which is a member of the device, and returns soon after t->stop is set and t->wait
 * woken. The thread goes before others on its CPU. */
void io_thread_start(struct io_thread *t, const char *name, void (*main)(void *), unsigned cpu);
void io_thread_wake(struct io_thread *t);
void io_thread_stop(struct io_thread *t); /* nothing of it is left on return */

#endif
