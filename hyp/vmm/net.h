/* The guest's network cards in the VMM (boot argument net=user), as a machine without vhost has
 * them. */
#ifndef EL2SIM_HYP_VMM_NET_H
#define EL2SIM_HYP_VMM_NET_H

#include "vmm/vmm.h"

/* Before the guest runs: its cards, as many as the host has, in the VMM or in the kernel, for a VM
 * with so much memory. How many. */
unsigned net_start(const struct vmm_args *args, u64 ram_bytes);

/* On the VCPU's thread. False: no register of a card of ours. */
bool net_access(struct vcpu_run *run);

#endif
