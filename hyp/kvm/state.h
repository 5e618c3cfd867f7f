/*
 * The state of a VCPU in groups, for designs that leave it in registers from vcpu_load() to
 * vcpu_put(). Each group can do so or not (boot argument opt=): then it moves at each entry and
 * exit.
 */
#ifndef EL2SIM_HYP_KVM_STATE_H
#define EL2SIM_HYP_KVM_STATE_H

#include "kvm/context.h"

#define STATE_SYSREGS                                                                              \
    BIT(0) /* registers of EL1, thread registers; with them what EL0 of the host has there */
#define STATE_TRAPS BIT(1) /* what EL2 traps, vectors, stage 2 */
#define STATE_TIMER BIT(2) /* CNTV, CNTVOFF */
#define STATE_DEBUG BIT(3) /* MDSCR */
#define STATE_VGIC  BIT(4) /* VMCR and priorities; list registers only while they are used */
#define STATE_FP    BIT(5) /* not before the guest's first use, then until vcpu_put() */
#define STATE_ALL   (BIT(6) - 1)

extern u64 state_lazy; /* the groups that stay; the others are eager */

/* The groups' registers from the host's values (or nobody's) to the VCPU's, and back. */
void state_in(struct vcpu_arch *v, u64 groups);
void state_out(struct vcpu_arch *v, u64 groups);

/* --- inside a run --- */
bool state_debug_wanted(struct vcpu_arch *v); /* the guest uses the debug registers */
void state_debug_in(struct vcpu_arch *v);
void state_debug_out(struct vcpu_arch *v);
bool state_fp_trap(struct vcpu_arch *v); /* a trapped access: false if FP is there already */

#endif
