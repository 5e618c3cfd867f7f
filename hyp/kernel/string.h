/* What a compiler may call even in freestanding code. */
#ifndef EL2SIM_HYP_KERNEL_STRING_H
#define EL2SIM_HYP_KERNEL_STRING_H

#include "types.h"

void *memset(void *to, int byte, size_t bytes);
void *memcpy(void *restrict to, const void *restrict from, size_t bytes);

#endif
