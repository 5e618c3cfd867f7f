/* A line of progress on the terminal for anything that takes over two seconds; nothing at all when
 * stderr is no terminal. */
#ifndef EL2SIM_CLI_PROGRESS_H
#define EL2SIM_CLI_PROGRESS_H

#include <stdbool.h>
#include <time.h>

#include "sim/base/types.h"

struct progress {
    const char *what;
    cycles_t goal; /* 0: unknown */
    struct timespec start;
    bool visible, shown;
    unsigned done_steps, all_steps; /* machines of a comparison */
};

void progress_start(struct progress *p, const char *what, cycles_t goal);
void progress_steps(struct progress *p, const char *what, unsigned done, unsigned all);
void progress_update(void *progress, cycles_t now);
void progress_end(struct progress *p);

#endif
