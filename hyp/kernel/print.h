/* The console: PL011, whole lines under a lock. */
#ifndef EL2SIM_HYP_KERNEL_PRINT_H
#define EL2SIM_HYP_KERNEL_PRINT_H

#include "types.h"

/* %s, %d (int), %u (unsigned), %x (u64, hexadecimal), %%. One call is one line or part of one:
 * calls never mix. */
__attribute__((format(printf, 1, 0))) void print(const char *format, ...);
void print_text(const char *text, size_t bytes);

/* Takes the console away from whoever holds it: for panic(). */
void print_break_lock(void);

#endif
