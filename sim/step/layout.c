#include "sim/step/layout.h"

const struct pane_info pane_info[PANE_COUNT] = {
    [PANE_STATUS] = {NULL, pane_status},
    [PANE_CODE] = {"code", pane_code},
    [PANE_WORDS] = {"what it will do", pane_words},
    [PANE_REGISTERS] = {"registers", pane_registers},
    [PANE_TRANSLATION] = {"translation", pane_translation},
    [PANE_GIC] = {"interrupts", pane_gic},
    [PANE_TIMERS] = {"timers", pane_timers},
    [PANE_CYCLES] = {"cycles", pane_cycles},
    [PANE_EXCEPTIONS] = {"exceptions", pane_exceptions},
    [PANE_CONSOLE] = {"console", pane_console},
};

/* A pane in a column: lines that it has in any case, and its share of what is left. */
struct item {
    enum pane_id pane;
    unsigned least, share;
};

#define STATUS_ROWS 2

/* Puts panes below each other into a rectangle, each below a title's row. */
static void stack(const struct item *items, unsigned count, const struct place *where,
                  struct layout *out)
{
    unsigned least = 0, shares = 0, row = where->row, end = where->row + where->rows;
    for (unsigned i = 0; i < count; i++) {
        least += items[i].least + 1;
        shares += items[i].share;
    }
    unsigned left = where->rows > least ? where->rows - least : 0;
    for (unsigned i = 0; i < count; i++) {
        unsigned share = shares ? left * items[i].share / shares : 0;
        unsigned rows = items[i].least + share;
        if (i + 1 == count || row + 1 + rows > end) {
            rows = end > row + 1 ? end - row - 1 : 0;
        }
        if (rows == 0) {
            return;
        }
        out->places[out->count++] =
            (struct place){items[i].pane, row + 1, where->column, rows, where->columns};
        row += rows + 1;
    }
}

/* Code and words over the whole width, registers beside one other pane. */
static void small(unsigned rows, unsigned columns, enum pane_id chosen, struct layout *out)
{
    static const struct item upper[] = {{PANE_CODE, 4, 1}, {PANE_WORDS, 2, 0}};
    const struct item registers[] = {{PANE_REGISTERS, 3, 1}}, other[] = {{chosen, 3, 1}};
    unsigned height = rows - 1 - STATUS_ROWS, above = height / 2 + 1, half = columns / 2;
    struct place place = {.row = STATUS_ROWS, .rows = above, .columns = columns};
    stack(upper, 2, &place, out);
    place = (struct place){.row = STATUS_ROWS + above, .rows = height - above, .columns = half - 1};
    stack(registers, 1, &place, out);
    place.column = half;
    place.columns = columns - half;
    stack(other, 1, &place, out);
}

static void large(unsigned rows, unsigned columns, struct layout *out)
{
    static const struct item left[] = {
        {PANE_CODE, 10, 4}, {PANE_WORDS, 3, 0}, {PANE_REGISTERS, 14, 3}, {PANE_CONSOLE, 2, 1}};
    static const struct item right[] = {{PANE_TRANSLATION, 12, 2},
                                        {PANE_GIC, 7, 2},
                                        {PANE_TIMERS, 4, 1},
                                        {PANE_CYCLES, 4, 2},
                                        {PANE_EXCEPTIONS, 4, 2}};
    unsigned half = columns / 2;
    struct place place = {.row = STATUS_ROWS, .rows = rows - 1 - STATUS_ROWS, .columns = half - 1};
    stack(left, sizeof left / sizeof left[0], &place, out);
    place.column = half;
    place.columns = columns - half;
    stack(right, sizeof right / sizeof right[0], &place, out);
}

void layout_make(unsigned rows, unsigned columns, enum pane_id chosen, bool zoomed,
                 struct layout *out)
{
    out->count = 0;
    if (rows < LAYOUT_ROWS_MIN || columns < LAYOUT_COLUMNS_MIN) {
        return;
    }
    out->places[out->count++] = (struct place){PANE_STATUS, 0, 0, STATUS_ROWS, columns};
    if (zoomed) {
        const struct item all[] = {{chosen, 1, 1}};
        struct place place = {
            .row = STATUS_ROWS, .rows = rows - 1 - STATUS_ROWS, .columns = columns};
        stack(all, 1, &place, out);
    } else if (rows >= 40 && columns >= 120) {
        large(rows, columns, out);
    } else {
        small(rows, columns, chosen, out);
    }
}
