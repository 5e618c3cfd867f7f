/* --lint[=HOW] */
#ifndef EL2SIM_CLI_LINT_OPTION_H
#define EL2SIM_CLI_LINT_OPTION_H

#include "sim/lint/lint.h"

struct lint_options {
    bool is_on, is_pedantic, is_error;
};

/* arg: NULL, or a list of all, error. False: *e. */
bool lint_option(const char *arg, struct lint_options *out, struct err *e);

/* Before machine_run(); NULL if it is off. */
struct lint *lint_start(const struct lint_options *options, struct machine *m);

/* After it: says on stderr what was found. Returns the exit status, which was `status` without. */
int lint_finish(const struct lint_options *options, struct lint *lint, int status);

#endif
