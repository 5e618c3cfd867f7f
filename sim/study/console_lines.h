/* What a design's guest prints while it runs its rows: the tail, for when it does not end well, the
 * rows that it leaves out with a reason ("row NAME: skipped, REASON"), and whether its last line is
 * "RESULT FAIL", with or without a reason. */
#ifndef EL2SIM_STUDY_CONSOLE_LINES_H
#define EL2SIM_STUDY_CONSOLE_LINES_H

#include <stdbool.h>
#include <stddef.h>

#include "sim/report/report.h"

struct console_lines {
    char tail[4096];
    size_t tail_length;
    char line[256];
    size_t line_length;
    struct skipped_row skipped[SPAN_ROWS_MAX];
    size_t skipped_count;
    bool failed;
};

/* machine_config.console. */
void console_lines_take(void *lines, const char *text, size_t length);

#endif
