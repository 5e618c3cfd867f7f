/* A CPU to look at, without a machine: states are typed in, code is one word. */
#ifndef EL2SIM_TESTS_UNIT_STEP_STEP_VIEW_H
#define EL2SIM_TESTS_UNIT_STEP_STEP_VIEW_H

#include "sim/step/view.h"

#define STEP_PC UINT64_C(0x40080000)

/* At EL1h of a machine with EL2, nothing configured; its next instruction is what the assembler
 * makes of `line`. The same each time; step_view_destroy() at the end of a test. */
struct view *step_view(const char *line);
struct inspect *step_now(void);
void step_view_destroy(void);

#endif
