/*
 * What the vectors push when a guest traps: the interrupted registers, EL1's stack pointer and
 * return state with them, on the hypervisor stack of the VCPU. Xen's struct cpu_user_regs.
 */
#ifndef EL2SIM_HYP_XEN_FRAME_H
#define EL2SIM_HYP_XEN_FRAME_H

#include "arch/frame.h"

#define GUEST_FRAME_SP_EL1   272
#define GUEST_FRAME_ELR_EL1  280
#define GUEST_FRAME_SPSR_EL1 288
#define GUEST_FRAME_SIZE     304

#ifndef __ASSEMBLER__
struct vcpu;

struct guest_frame {
    u64 x[31];
    u64 sp_el0;
    u64 pc;
    u64 pstate;
    u64 sp_el1;
    u64 elr_el1;
    u64 spsr_el1;
    u64 pad;
};

/* The base of a VCPU's hypervisor stack: the frame of the current trap, then whose it is. */
struct guest_stack {
    struct guest_frame frame;
    struct vcpu *vcpu;
    u64 pad;
};

_Static_assert(offsetof(struct guest_frame, sp_el0) == FRAME_SP, "frame.h");
_Static_assert(offsetof(struct guest_frame, pc) == FRAME_PC, "frame.h");
_Static_assert(offsetof(struct guest_frame, sp_el1) == GUEST_FRAME_SP_EL1, "frame.h");
_Static_assert(offsetof(struct guest_frame, elr_el1) == GUEST_FRAME_ELR_EL1, "frame.h");
_Static_assert(offsetof(struct guest_frame, spsr_el1) == GUEST_FRAME_SPSR_EL1, "frame.h");
_Static_assert(sizeof(struct guest_frame) == GUEST_FRAME_SIZE, "frame.h");
#endif

#endif
