/*
 * Checkpoints: a machine as it stands between two instructions (control.h), kept in memory, to come
 * back to. What was the same in an earlier checkpoint is shared with it: pages of RAM that nobody
 * wrote cost nothing.
 *
 * Coming back makes the same state again, in the same machine or in another one of the same
 * configuration; what the engine derives is dropped. Nothing is undone outside: the console shows
 * nothing twice, what devices have sent to the host is sent.
 */
#ifndef EL2SIM_BOARD_CHECKPOINT_H
#define EL2SIM_BOARD_CHECKPOINT_H

#include "sim/board/machine.h"

struct checkpoint;

/* Whether the machine's devices let it go back: no disk that is written through, no connections of
 * the host. False with *e, which names the option. */
bool checkpoint_is_possible(const struct machine *m, struct err *e);

/* Of a machine that is loaded and does not run now. before: an earlier one of the same machine to
 * share with, or NULL. NULL with *e where it is not possible. */
struct checkpoint *checkpoint_take(struct machine *m, const struct checkpoint *before,
                                   struct err *e);
void checkpoint_free(struct checkpoint *k);

/* Makes m (which does not run now) what it was: the machine it was taken of, or a new one of the
 * same configuration, in place of machine_load(). Symbols are the machine's that it was taken of.
 * False with *e: m is then good for nothing. */
bool checkpoint_restore(const struct checkpoint *k, struct machine *m, struct err *e);

/* A hash of what decides how m goes on, time left out: CPUs, TLBs, GIC, RAM. Two states that came
 * from `base`, of m, with the same hash go on alike, unless something looks at clocks, or a timer
 * or a device comes in. */
uint64_t checkpoint_state_hash(struct machine *m, const struct checkpoint *base);

/* The stamp of the CPU that was furthest; and what it has of its own, in bytes. */
cycles_t checkpoint_at(const struct checkpoint *k);
size_t checkpoint_size(const struct checkpoint *k);

#endif
