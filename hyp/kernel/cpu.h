/* What the kernel keeps for each CPU. Found from the running thread, which is found from SP. */
#ifndef EL2SIM_HYP_KERNEL_CPU_H
#define EL2SIM_HYP_KERNEL_CPU_H

#include "arch/boot.h"
#include "kernel/list.h"
#include "kernel/spinlock.h"

#define CPU_MAX 8

enum thread_prio { PRIO_IDLE, PRIO_NORMAL, PRIO_IO, PRIO_COUNT };

struct thread;
struct timer;

struct cpu {
    unsigned index;
    u64 mpidr;
    bool online;

    /* scheduler */
    struct spinlock run_lock;
    struct list run[PRIO_COUNT];
    struct thread *current, *idle, *previous;
    bool need_resched;

    struct spinlock timer_lock;
    struct list timers;     /* by deadline; only this CPU adds to it */
    struct timer *expiring; /* its function runs */

    u64 gic_mask; /* GICv2: this CPU's bit in GICD_ITARGETSR; GICv3: its redistributor */
};

extern struct cpu cpus[CPU_MAX];
extern unsigned cpu_count; /* CPUs of the board that the kernel uses */

struct thread *thread_current(void);
struct cpu *cpu_this(void);

#endif
