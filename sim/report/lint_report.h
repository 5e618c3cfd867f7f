/* What lint found, as text and as JSON. */
#ifndef EL2SIM_REPORT_LINT_REPORT_H
#define EL2SIM_REPORT_LINT_REPORT_H

#include <jansson.h>
#include <stdio.h>

#include "sim/lint/lint.h"
#include "sim/report/source_set.h"

/* name: of the design, NULL: none. sources: where lines are looked for. */
void report_lint_text(FILE *out, const struct lint *lint, const char *name,
                      struct source_set *sources);
json_t *report_lint_json(const struct lint *lint, struct source_set *sources);

#endif
