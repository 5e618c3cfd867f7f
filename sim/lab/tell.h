/* What a run did, in words for a student. */
#ifndef EL2SIM_LAB_TELL_H
#define EL2SIM_LAB_TELL_H

#include <stdio.h>

#include "sim/lab/record.h"

/* machine_config.console and its ctx: the program's lines, marked as its own. */
struct tell_console {
    FILE *out;
    bool in_line;
};
void tell_console(void *console, const char *text, size_t length);

/* "seen: ..." about one moment; about how the run ended, and its last exception. */
void tell_moment(FILE *out, const struct lab_run *run, size_t moment);
void tell_end(FILE *out, const struct lab_run *run);

/* "hint: ...", wrapped; {EXPRESSION} in it is the value at that moment: in hex, {...:d} decimal,
 * {...:b5} five binary digits. */
void tell_hint(FILE *out, const struct lab_run *run, size_t moment, const char *say);

#endif
