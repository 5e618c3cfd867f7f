/* The machine that `el2sim run` makes of its options, for other commands that take the same ones.
 */
#ifndef EL2SIM_CLI_RUN_OPTIONS_H
#define EL2SIM_CLI_RUN_OPTIONS_H

#include <argp.h>

#include "sim/base/err.h"
#include "sim/board/machine.h"

struct run_options;

/* A child parser; its input is a struct run_options. */
extern const struct argp run_options_argp;

struct run_options *run_options_create(void);
void run_options_free(struct run_options *o);

/* The kernel that the user named, or NULL; *symbols: his --symbols, *count of them. */
const char *run_options_files(const struct run_options *o, const char *const **symbols,
                              unsigned *count);

/* The machine, loaded, with its input by script or record but not by the terminal. What
 * the guest prints goes to `output`. NULL with *e. */
struct machine *run_options_machine(struct run_options *o,
                                    void (*output)(void *ctx, const char *text, size_t length),
                                    void *output_ctx, struct err *e);

#endif
