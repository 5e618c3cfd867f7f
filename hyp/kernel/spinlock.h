/* Ticket spinlock: 16-bit owner and next, exclusives with acquire and release, WFE while waiting
 * (the release wakes by clearing the waiter's monitor, Arm ARM B2.9 / "Wait for Event"). */
#ifndef EL2SIM_HYP_KERNEL_SPINLOCK_H
#define EL2SIM_HYP_KERNEL_SPINLOCK_H

#include "a64.h"

struct spinlock {
    u32 tickets; /* [15:0] owner, [31:16] next */
};

static inline void spin_lock(struct spinlock *l)
{
    u32 val, next, tmp;
    __asm__ volatile("1: ldaxr   %w0, [%3]\n"
                     "   add     %w1, %w0, #0x10000\n"
                     "   stxr    %w2, %w1, [%3]\n"
                     "   cbnz    %w2, 1b\n"
                     "   lsr     %w1, %w0, #16\n"
                     "   and     %w0, %w0, #0xffff\n"
                     "   cmp     %w0, %w1\n"
                     "   b.eq    3f\n"
                     "   sevl\n"
                     "2: wfe\n"
                     "   ldaxrh  %w0, [%3]\n"
                     "   cmp     %w0, %w1\n"
                     "   b.ne    2b\n"
                     "3:"
                     : "=&r"(val), "=&r"(next), "=&r"(tmp)
                     : "r"(&l->tickets)
                     : "memory", "cc");
}

static inline void spin_unlock(struct spinlock *l)
{
    u16 *owner = (u16 *)&l->tickets;
    u16 next = (u16)(*owner + 1);
    __asm__ volatile("stlrh %w0, [%1]" ::"r"(next), "r"(owner) : "memory");
}

static inline u64 spin_lock_irqsave(struct spinlock *l)
{
    u64 flags = irq_save();
    spin_lock(l);
    return flags;
}

static inline void spin_unlock_irqrestore(struct spinlock *l, u64 flags)
{
    spin_unlock(l);
    irq_restore(flags);
}

#endif
