/* Inside the world switches of hosts at EL2: what they share. */
#ifndef EL2SIM_HYP_KVM_WORLD_EL2_H
#define EL2SIM_HYP_KVM_WORLD_EL2_H

#include "kvm/world.h"

u64 guest_enter(struct vcpu_arch *guest, struct cpu_context *host); /* guest_enter.S */
void fpsimd_save(struct cpu_context *c);
void fpsimd_restore(const struct cpu_context *c);
void debug_save(struct cpu_context *c);
void debug_restore(const struct cpu_context *c);
void world_panic(void); /* from the vectors: an exception that nobody expects */

extern char guest_vectors[];  /* guest_vectors.h */
extern char kernel_vectors[]; /* arch/vectors.S */

/* world_el2.c: FAR_EL2 and HPFAR_EL2 of an abort that the guest has just taken. False: the guest
 * changed its tables meanwhile, let it try again. */
bool world_fault_read(struct vcpu_arch *v);

#endif
