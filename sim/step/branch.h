/* Where a branch goes in the present state. */
#ifndef EL2SIM_STEP_BRANCH_H
#define EL2SIM_STEP_BRANCH_H

#include "sim/board/inspect.h"

#define BRANCH_WHY 48

struct branch {
    uint64_t target;
    bool is_conditional, is_taken; /* taken: true where there is no condition */
    bool is_call, is_return;
    char why[BRANCH_WHY]; /* of a condition: "Z = 1", "W0 is 0" */
};

/* False: the next instruction is no branch that A64 without pointer authentication has. */
bool branch_of(const struct inspect *now, struct branch *out);

/* Arm's ConditionHolds() for bits 31..28 of an SPSR. */
bool branch_condition_holds(unsigned condition, uint32_t nzcv);

#endif
