/* The last exceptions and returns, newest first, syndromes decoded. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cpu-el/syndrome.h"
#include "sim/report/explain.h"
#include "sim/report/report.h"
#include "sim/step/view.h"

/* explain_esr() as lines. */
static void esr_lines(uint32_t esr, struct lines *out)
{
    char *text = NULL;
    size_t size = 0;
    FILE *file = open_memstream(&text, &size);
    if (file == NULL) {
        return;
    }
    explain_esr(file, esr, 2);
    fclose(file);
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
        lines_add(out, LINE_DIM, "%s", line);
    }
    free(text);
}

static void exception_line(const struct arch_event *e, const char *cycles, struct lines *out)
{
    unsigned from = (unsigned)(e->a >> 8 & 15), to = (unsigned)(e->a >> 4 & 15);
    unsigned type = (unsigned)(e->a & 15);
    unsigned ec = type == 0 ? (unsigned)(e->b >> 26 & 63) : 0x100 + type;
    lines_add(out, view_el_style(to < 3 ? to : 0),
              "%13s  CPU %u EL%u -> EL%u  %s, back to %#" PRIx64, cycles, e->cpu, from, to,
              report_ec_name(ec), e->c);
}

/* Of the kinds that the log keeps. */
static void event_line(const struct arch_event *e, struct lines *out)
{
    char cycles[LINES_NUMBER];
    lines_number(e->at / CYCLE, cycles);
    if (e->kind == EV_EXCEPTION) {
        exception_line(e, cycles, out);
    } else if (e->kind == EV_ERET) {
        unsigned to = (unsigned)(e->a & 15);
        lines_add(out, view_el_style(to < 3 ? to : 0),
                  "%13s  CPU %u EL%u -> EL%u  ERET, to %#" PRIx64, cycles, e->cpu,
                  (unsigned)(e->a >> 8), to, e->c);
    } else if (e->kind == EV_WAIT) {
        lines_add(out, LINE_DIM, "%13s  CPU %u waits, WFI or WFE at %#" PRIx64, cycles, e->cpu,
                  e->c);
    } else {
        lines_add(out, LINE_PLAIN, "%13s  CPU %u calls PSCI %#" PRIx64 ": result %#" PRIx64, cycles,
                  e->cpu, e->a, e->b);
    }
}

void pane_exceptions(const struct view *v, unsigned height, struct lines *out)
{
    bool is_first = true;
    const struct arch_event *e;
    for (unsigned i = 0; (e = step_log_at(v->log, i)) != NULL && out->count < height + v->first_row;
         i++) {
        event_line(e, out);
        if (is_first && e->kind == EV_EXCEPTION && (e->a & 15) == 0) {
            esr_lines((uint32_t)e->b, out);
        }
        is_first = false;
    }
    if (out->count == 0) {
        lines_add(out, LINE_DIM, "none yet");
    }
}
