/* The registers of an interrupted context, as the vectors push them. */
#ifndef EL2SIM_HYP_ARCH_FRAME_H
#define EL2SIM_HYP_ARCH_FRAME_H

#define FRAME_SP   248
#define FRAME_PC   256
#define FRAME_SIZE 272

#ifndef __ASSEMBLER__
#include "types.h"

struct frame {
    u64 x[31];
    u64 sp;
    u64 pc;
    u64 pstate;
};

_Static_assert(offsetof(struct frame, sp) == FRAME_SP, "frame.h");
_Static_assert(offsetof(struct frame, pc) == FRAME_PC, "frame.h");
_Static_assert(sizeof(struct frame) == FRAME_SIZE, "frame.h");
#endif

#endif
