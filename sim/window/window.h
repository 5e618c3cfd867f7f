/*
 * A window on a run: the guest's console, and a strip per CPU that shows over simulated time at
 * which EL, and in which VM, it was. Its keys go to the console as host input (host_input.h).
 */
#ifndef EL2SIM_WINDOW_WINDOW_H
#define EL2SIM_WINDOW_WINDOW_H

#include "sim/base/err.h"
#include "sim/board/host_input.h"
#include "sim/board/machine.h"

struct window;

/* NULL with *e: no display, or a build without SDL2. */
struct window *window_open(struct err *e);
void window_close(struct window *w);

/* machine_config.console: ctx is the window. */
void window_console(void *w, const char *text, size_t length);

/* Before machine_run(): follows the machine's events; the source is what the user types. */
struct host_source window_attach(struct window *w, struct machine *m);

/* After the run: shows its end until the window is closed. */
void window_linger(struct window *w, const char *why);

#endif
