/* A console of 80 x 25 characters: what a terminal of the simplest kind shows. */
#ifndef EL2SIM_WINDOW_GRID_H
#define EL2SIM_WINDOW_GRID_H

#include <stddef.h>

#define GRID_COLUMNS 80
#define GRID_ROWS    25

struct grid {
    char cells[GRID_ROWS][GRID_COLUMNS]; /* 0 or printable ASCII */
    unsigned row, column;                /* of the cursor; column may be GRID_COLUMNS */
    enum { GRID_TEXT, GRID_ESCAPE, GRID_SEQUENCE } state;
};

/* Line ends, carriage returns, backspaces and tabs move the cursor; escape sequences are left out.
 */
void grid_print(struct grid *g, const char *text, size_t length);

#endif
