/* A function call in a machine: how a CPU comes into it and back. */
#ifndef EL2SIM_LIB_CALL_H
#define EL2SIM_LIB_CALL_H

#include "sim/lib/library.h"

/* Puts the CPU at the function's first instruction. False with the reason, and nothing is changed.
 */
bool call_begin(struct el2sim_machine *m, const struct el2sim_call *from, struct call *call);
/* Whether the CPU stands where the function returns to, with the function's own SP. */
bool call_is_at_return(const struct el2sim_machine *m, const struct call *call);
/* The CPU becomes what it was. */
void call_end(struct el2sim_machine *m, const struct call *call, struct el2sim_result *result);

/* CPUs that are in no call stand still meanwhile: bit n is CPU n. */
unsigned call_park_others(struct el2sim_machine *m, const struct call *calls, unsigned count);
void call_unpark(struct el2sim_machine *m, unsigned parked);

#endif
