/* What a result's JSON must have for a report of it: checked once, so that nothing behind it asks.
 */
#ifndef EL2SIM_REPORT_HTML_SHAPE_H
#define EL2SIM_REPORT_HTML_SHAPE_H

#include <jansson.h>

#include "sim/base/err.h"

/* A comparison or a run; false with *e, which says the place ("designs[0].rows: missing"). */
bool html_shape_check(const json_t *root, struct err *e);

#endif
