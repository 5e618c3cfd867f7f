/* The step view in a terminal (ncurses). */
#ifndef EL2SIM_STEP_SCREEN_H
#define EL2SIM_STEP_SCREEN_H

#include "sim/base/err.h"
#include "sim/step/session.h"

/* Whether there is a terminal that can show it: before anything else, as it takes a while to make a
 * machine. False with *e. */
bool screen_check(struct err *e);

/* Opens the screen; what the guest and the model print must go elsewhere from now on. */
void screen_open(void);
void screen_close(void);

/* Shows the session and does what the keys say, until the user leaves. */
void screen_run(struct session *s);

/* session_config.wants_stop: whether a key was pressed. */
bool screen_key_waits(void *ctx);

#endif
