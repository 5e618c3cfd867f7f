/* The VMM's part of the interrupt controller: none (irqchip_kernel.c), or all of it and the timer
 * (irqchip_user.c). */
#ifndef EL2SIM_HYP_VMM_IRQCHIP_H
#define EL2SIM_HYP_VMM_IRQCHIP_H

#include "vmm/vmm.h"

void irqchip_init(const struct vmm_args *args); /* before the VCPUs are made */

/* On the VCPU's thread. False: the exit was not about it. */
bool irqchip_exit(u64 vcpu, struct vcpu_run *run);

void irqchip_set_spi(u32 intid, bool level); /* the output of a device of the VMM's */

#endif
