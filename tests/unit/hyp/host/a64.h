/* In place of hyp/include/a64.h, for code that runs here: one thread, no interrupts. */
#ifndef EL2SIM_TESTS_UNIT_HYP_HOST_A64_H
#define EL2SIM_TESTS_UNIT_HYP_HOST_A64_H

#include "hyp/include/types.h"

#define dmb(opt) __asm__ volatile("" ::: "memory")

static inline void cpu_relax(void)
{
}

static inline u64 irq_save(void)
{
    return 0;
}

static inline void irq_restore(u64 flags)
{
    (void)flags;
}

#endif
