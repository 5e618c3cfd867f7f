/*
 * Standard input as a source of host input. A terminal is made raw, so that each key reaches the
 * guest at once, Ctrl-C too; Ctrl-A X ends the run, Ctrl-A H says what else there is. However the
 * program ends, the terminal is put back. Pipes and files are passed on as they are.
 */
#ifndef EL2SIM_CLI_TERMINAL_H
#define EL2SIM_CLI_TERMINAL_H

#include "sim/board/host_input.h"

/* There is one standard input, so there is one terminal. Not in the foreground: nothing comes. */
struct host_source terminal_open(void);
void terminal_close(void);

#endif
