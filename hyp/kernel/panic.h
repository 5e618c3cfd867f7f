/* The end of the machine: a report on the console, then power off. */
#ifndef EL2SIM_HYP_KERNEL_PANIC_H
#define EL2SIM_HYP_KERNEL_PANIC_H

#include "arch/frame.h"

_Noreturn void panic(const char *why);

/* Says what the kernel has tripped over, if that is known, or else as panic_registers(). */
_Noreturn void panic_exception(const char *where, u64 esr, u64 elr, u64 far, const struct frame *f);

/* Prints ESR, ELR, FAR with their names, the class of the exception and the frame (may be NULL),
 * then as panic(). */
_Noreturn void panic_registers(const char *where, u64 esr, u64 elr, u64 far, const struct frame *f);

#define BUG_ON(cond)                                                                               \
    do {                                                                                           \
        if (cond) {                                                                                \
            panic("bug: " #cond);                                                                  \
        }                                                                                          \
    } while (0)

#endif
