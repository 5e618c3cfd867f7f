/* Which panes a screen of some size has, and where. */
#ifndef EL2SIM_STEP_LAYOUT_H
#define EL2SIM_STEP_LAYOUT_H

#include "sim/step/view.h"

enum pane_id {
    PANE_STATUS,
    PANE_CODE,
    PANE_WORDS,
    PANE_REGISTERS,
    PANE_TRANSLATION,
    PANE_GIC,
    PANE_TIMERS,
    PANE_CYCLES,
    PANE_EXCEPTIONS,
    PANE_CONSOLE,
    PANE_COUNT
};

struct pane_info {
    const char *title; /* NULL: none is drawn */
    pane *make;
};

extern const struct pane_info pane_info[PANE_COUNT];

/* Where a pane's lines go, its title's line above not included. */
struct place {
    enum pane_id pane;
    unsigned row, column, rows, columns;
};

#define LAYOUT_COLUMNS_MIN 60
#define LAYOUT_ROWS_MIN    18

struct layout {
    struct place places[PANE_COUNT];
    unsigned count;
};

/* For a screen of that size, whose last row is the key line's. Small ones have one pane beside the
 * registers, `chosen`; large ones (from 120 x 40) have all. zoomed: `chosen` alone, below the
 * status. */
void layout_make(unsigned rows, unsigned columns, enum pane_id chosen, bool zoomed,
                 struct layout *out);

#endif
