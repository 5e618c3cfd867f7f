#ifndef EL2SIM_HYP_KERNEL_SYSCALL_H
#define EL2SIM_HYP_KERNEL_SYSCALL_H

#include "arch/frame.h"

/* The system call in f->x[8] (abi/vmm.h); interrupts are enabled. */
s64 syscall(struct frame *f);

#endif
