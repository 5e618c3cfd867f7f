#include "sim/window/grid.h"

#include <string.h>

static void next_row(struct grid *g)
{
    if (++g->row == GRID_ROWS) {
        memmove(g->cells[0], g->cells[1], (GRID_ROWS - 1) * GRID_COLUMNS);
        memset(g->cells[GRID_ROWS - 1], 0, GRID_COLUMNS);
        g->row = GRID_ROWS - 1;
    }
}

static void print_text(struct grid *g, char c)
{
    switch (c) {
    case '\n':
        g->column = 0; /* as a terminal does with what the UART's host side gets */
        next_row(g);
        return;
    case '\r':
        g->column = 0;
        return;
    case '\b':
        g->column -= g->column > 0;
        return;
    case '\t':
        g->column = (g->column | 7) + 1;
        return;
    case '\033':
        g->state = GRID_ESCAPE;
        return;
    default:
        break;
    }
    if (c < ' ' || c > '~') {
        return;
    }
    if (g->column >= GRID_COLUMNS) {
        g->column = 0;
        next_row(g);
    }
    g->cells[g->row][g->column++] = c;
}

void grid_print(struct grid *g, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        char c = text[i];
        switch (g->state) {
        case GRID_TEXT:
            print_text(g, c);
            break;
        case GRID_ESCAPE:
            g->state = c == '[' ? GRID_SEQUENCE : GRID_TEXT;
            break;
        case GRID_SEQUENCE: /* parameters are below '@', the last character is not (ECMA-48 5.4) */
            g->state = c >= '@' ? GRID_TEXT : GRID_SEQUENCE;
            break;
        }
    }
}
