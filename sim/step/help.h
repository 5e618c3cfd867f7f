#ifndef EL2SIM_STEP_HELP_H
#define EL2SIM_STEP_HELP_H

#include "sim/step/lines.h"

/* The keys, and what is shown. Fits 80 x 22. */
void help_lines(struct lines *out);

#endif
