/* --lint[=HOW] */
#ifndef EL2SIM_CLI_LINT_OPTION_H
#define EL2SIM_CLI_LINT_OPTION_H

#include "sim/report/lint_report.h"

#define LINT_OPTION_DOC                                                                            \
    "report on stderr what the guest does that is architecturally wrong; all: by pedantic rules "  \
    "too; error: exit status 1 if anything is found"

struct lint_options {
    bool is_on, is_pedantic, is_error;
};

/* arg: NULL, or a list of all, error. False: *e. */
bool lint_option(const char *arg, struct lint_options *out, struct err *e);

/* Before machine_run(); NULL if it is off. */
struct lint *lint_start(const struct lint_options *options, struct machine *m);

/* Where a run's findings get their lines from: its files of symbols, and its kernel (NULL: none).
 * The caller destroys it. */
struct source_set *lint_sources(const char *kernel, const char *const *symbols, unsigned count);

/* After it: says on stderr what was found; name and sources as report_lint_text() has them. Returns
 * the exit status, which was `status` without. */
int lint_finish(const struct lint_options *options, const struct lint *lint, const char *name,
                struct source_set *sources, int status);

#endif
