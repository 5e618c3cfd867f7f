/*
 * What the panes are made from: the CPU as it stands, as it stood before the last command, and what
 * happened. Each pane is a function from this to lines, so that it can be tried without a terminal.
 */
#ifndef EL2SIM_STEP_VIEW_H
#define EL2SIM_STEP_VIEW_H

#include "sim/board/inspect.h"
#include "sim/report/disasm.h"
#include "sim/step/lines.h"
#include "sim/step/log.h"

/* What the board and the image's debug information know of an address in the CPU's present code. */
struct view_code {
    void *ctx;
    bool (*word)(void *ctx, uint64_t at, uint32_t *word);
    const char *(*symbol)(void *ctx, uint64_t at, uint64_t *offset); /* NULL: none */
    const char *(*source)(void *ctx, uint64_t at, const char **file, unsigned *line); /* its text */
    bool (*is_breakpoint)(void *ctx, uint64_t at);
};

struct view {
    const struct inspect *now;
    const struct inspect *before; /* of the same CPU; NULL at first */
    const struct view_code *code;
    const struct step_log *log;
    struct disasm *disasm;
    const char *console; /* what the guest has printed last */
    unsigned cpu_count;
    uint64_t cursor;    /* address in the code pane */
    bool wants_source;  /* source lines between instructions */
    unsigned first_row; /* rows scrolled away, of panes that are longer than their place */
};

/* "name+0x10" or "0x40080010". */
#define VIEW_PLACE 80
void view_place(const struct view *v, uint64_t at, char text[VIEW_PLACE]);

/* "EL1h": EL, and which SP. */
const char *view_el_name(const struct pstate *ps);
enum line_style view_el_style(unsigned el);

typedef void pane(const struct view *v, unsigned height, struct lines *out);
pane pane_status, pane_code, pane_words, pane_registers, pane_translation, pane_gic, pane_timers,
    pane_cycles, pane_exceptions, pane_console;

#endif
