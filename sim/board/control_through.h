/* Steps of a run in hand (control.h) that see exceptions through to their return. */
#ifndef EL2SIM_BOARD_CONTROL_THROUGH_H
#define EL2SIM_BOARD_CONTROL_THROUGH_H

#include "sim/board/control.h"

/* How the user moves the run: with a history (history.h) or without. Both as control_step() and
 * control_continue() without end. */
struct control_mover {
    bool (*step)(void *ctx, unsigned cpu, struct control_stop *stop);
    bool (*go_on)(void *ctx, struct control_stop *stop);
    void *ctx;
};

/*
 * One instruction of one CPU. An exception that it takes (a trap, a call of the hypervisor), and
 * interrupts that come first, run until they have returned to its EL and context: CONTROL_STEPPED.
 * What else stops the run meanwhile stops it there. False: it has ended.
 */
bool control_step_through(struct control *c, const struct control_mover *by, unsigned cpu,
                          struct control_stop *stop);

#endif
