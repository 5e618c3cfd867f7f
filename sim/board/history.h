/*
 * Going back in a run in hand (control.h): checkpoints on the way, and running again from one of
 * them. What ran once runs again the same, so a state that was there is there again, digest and
 * all; what was changed by hand since then (control_state.h) is undone, and not done again.
 *
 * Input that came live from outside is not repeated: there is no going back behind it.
 */
#ifndef EL2SIM_BOARD_HISTORY_H
#define EL2SIM_BOARD_HISTORY_H

#include "sim/board/control.h"

struct history;

/* From here on. NULL with *e where the machine cannot go back (checkpoint.h). */
struct history *history_create(struct control *c, struct err *e);
void history_destroy(struct history *h);

/* control_step(). */
bool history_step(struct history *h, unsigned cpu, struct control_stop *stop);
/* control_continue(), which keeps checkpoints: some tens, the older the further apart. */
bool history_continue(struct history *h, cycles_t until, struct control_stop *stop);

/*
 * Takes back the last step of this CPU (control_step). Where the run has stood since the step
 * before it, it stands again, the last time of several (the last 256 stops are known); else it
 * stops before that instruction, when it is about to be carried out, and the others are where they
 * were then. False: CONTROL_BEGIN, and the run is as it was when the history began.
 */
bool history_step_back(struct history *h, unsigned cpu, struct control_stop *stop);

/* Goes back to the last stop before this one: at a breakpoint, watchpoint or what else is caught.
 * False: there is none, and the run is as it was when the history began. */
bool history_continue_back(struct history *h, struct control_stop *stop);

/* The user has changed the state by hand: what came after is not to come again. */
void history_changed(struct history *h);

#endif
