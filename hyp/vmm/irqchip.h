/* The VMM's part of the interrupt controller: none (irqchip_kernel.c), or all of it and the timer
 * (irqchip_user.c). */
#ifndef EL2SIM_HYP_VMM_IRQCHIP_H
#define EL2SIM_HYP_VMM_IRQCHIP_H

#include "abi/vmm.h"
#include "types.h"

s64 vmm_syscall(u64 a0, u64 a1, u64 a2, u64 number); /* start.S */
s64 must(s64 result); /* ends the VMM when a system call has failed */

void irqchip_init(const struct vmm_args *args); /* before the VCPUs are made */

/* On the VCPU's thread. False: the exit was not about it. */
bool irqchip_exit(u64 vcpu, struct vcpu_run *run);

#endif
