/* Threads, the scheduler and wait queues. A thread stays on its CPU unless it floats. The kernel is
 * not preemptible: a thread gives up its CPU when it blocks, before it enters a guest or EL0, or by
 * sched_yield_if_needed(). */
#ifndef EL2SIM_HYP_KERNEL_THREAD_H
#define EL2SIM_HYP_KERNEL_THREAD_H

#include "arch/frame.h"
#include "kernel/cpu.h"

enum thread_state { THREAD_READY, THREAD_BLOCKED, THREAD_DEAD };

struct context {
    u64 x19_x30[12];
    u64 sp;
};

struct process;

/* At the bottom of its kernel stack. */
struct thread {
    struct cpu *cpu;
    struct context context;
    enum thread_state state;
    enum thread_prio prio;
    unsigned slice_ticks;
    bool floats; /* the scheduler may move it to another CPU while it does not run */
    struct list run_link;
    struct process *process; /* NULL: a kernel thread */
    const char *name;
    void (*gone)(
        void *arg); /* NULL, or called when nothing of the thread is left; interrupts are masked */
    void *gone_arg;
    void (*sched_out)(void *arg); /* see sched_set_hooks() */
    void (*sched_in)(void *arg);
    void *sched_arg;
};

/* An empty stack, 16 bytes below its end: rounding SP down must find the thread even before
 * anything is pushed. */
static inline u64 thread_stack_top(const struct thread *t)
{
    return (u64)t + STACK_SIZE - 16;
}

struct wait_queue {
    struct spinlock lock;
    struct list waiters;
};

struct waiter {
    struct list link;
    struct thread *thread;
};

void wait_queue_init(struct wait_queue *q);
void wait_prepare(struct wait_queue *q,
                  struct waiter *w); /* w joins, the thread is about to block */
void wait_finish(struct wait_queue *q, struct waiter *w);
void wake_all(struct wait_queue *q);

/* Blocks until cond, which is evaluated after the thread has joined the queue: a wake_all() between
 * the two is not lost. */
#define wait_event(q, cond)                                                                        \
    do {                                                                                           \
        struct waiter w_;                                                                          \
        for (;;) {                                                                                 \
            wait_prepare((q), &w_);                                                                \
            if (cond) {                                                                            \
                break;                                                                             \
            }                                                                                      \
            schedule();                                                                            \
            wait_finish((q), &w_);                                                                 \
        }                                                                                          \
        wait_finish((q), &w_);                                                                     \
    } while (0)

struct thread *thread_create_kernel(const char *name, void (*fn)(void *), void *arg,
                                    enum thread_prio prio, unsigned cpu, void (*gone)(void *));
struct thread *thread_create_user(struct process *p, u64 entry, u64 sp, u64 arg, unsigned cpu,
                                  enum thread_prio prio);
struct thread *thread_new(const char *name, enum thread_prio prio,
                          unsigned cpu); /* blocked, nothing to run yet */
_Noreturn void thread_exit(void);
void thread_wake(struct thread *t);

void sched_init_cpu(struct cpu *c, struct thread *first);
_Noreturn void sched_idle(void); /* the first thread of a CPU becomes its idle thread */
void schedule(void);
void sched_yield_if_needed(void);
void sched_tick(void);
void sched_check_tick(void); /* on this CPU: whether it needs its tick (timer.h) may have changed */

/* --- balance.c --- */
void sched_allow_float(void);                    /* there will be threads that float */
struct cpu *sched_place(const struct thread *t); /* where one that wakes should go */
bool sched_pull(void); /* idle, interrupts masked: takes a thread from another CPU, if it can */

/*
 * Hooks of the calling thread (NULL: none): out when another thread takes its CPU, in when it goes
 * on. Both run on its CPU with interrupts masked, out with the CPU's run lock held: they may
 * neither block nor wake. For state that stays in the CPU's registers while a thread runs.
 */
void sched_set_hooks(void (*out)(void *), void (*in)(void *), void *arg);
bool sched_pending(void);

#endif
