/* What lint found, as JSON. */
#ifndef EL2SIM_REPORT_LINT_JSON_H
#define EL2SIM_REPORT_LINT_JSON_H

#include <jansson.h>

#include "sim/lint/lint.h"

json_t *report_lint_json(const struct lint *lint);

#endif
