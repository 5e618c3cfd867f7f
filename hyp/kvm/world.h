/* The world switch: a variant file implements it (world_split.*, world_vhe.*). */
#ifndef EL2SIM_HYP_KVM_WORLD_H
#define EL2SIM_HYP_KVM_WORLD_H

#include "kvm/context.h"

extern const char host_design[]; /* "kvm-split" */

/* The address at the world switch's exception level of something the kernel has at va. */
u64 world_address(u64 va);

void world_init(void);     /* once, before the CPUs */
void world_init_cpu(void); /* on each CPU */

/* ICH_VTR_EL2 of a machine with GICv3; before world_init_cpu(). */
u64 world_ich_vtr(void);

/* Runs the guest until it exits: WORLD_EXIT_*. Interrupts are masked; the one that ended the run is
 * still pending. */
u64 world_run(struct vcpu_arch *vcpu);

/* Stage-2 TLB maintenance on all CPUs. The tables have been changed before; a translation in use is
 * gone on return. */
void world_flush_ipa(struct vm_arch *vm, u64 ipa);
void world_flush_vm(struct vm_arch *vm);
void world_flush_all(void); /* all VMIDs */

/* VTCR_EL2 for 40 bits of IPA: level 1, two concatenated tables. */
u64 world_vtcr(void);

#endif
