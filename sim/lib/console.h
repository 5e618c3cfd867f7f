/* What the guest prints: on its way to the user, and waited for. */
#ifndef EL2SIM_LIB_CONSOLE_H
#define EL2SIM_LIB_CONSOLE_H

#include "sim/lib/library.h"

/* The machine's console (struct machine_config); ctx is the handle. */
void console_output(void *ctx, const char *text, size_t length);

/* The run stops behind the write that completes the text. False with the reason: it is too long. */
bool console_wait_for(struct el2sim_machine *m, const char *text);
void console_wait_no_more(struct el2sim_machine *m);

#endif
