#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cpu-el/fields.h"
#include "sim/base/bits.h"
#include "sim/step/view.h"
#include "sim/step/words.h"

void view_place(const struct view *v, uint64_t at, char text[VIEW_PLACE])
{
    uint64_t offset = 0;
    const char *name = v->code->symbol(v->code->ctx, at, &offset);
    if (name == NULL) {
        snprintf(text, VIEW_PLACE, "%#" PRIx64, at);
    } else if (offset == 0) {
        snprintf(text, VIEW_PLACE, "%.60s", name);
    } else {
        snprintf(text, VIEW_PLACE, "%.50s+%#" PRIx64, name, offset);
    }
}

const char *view_el_name(const struct pstate *ps)
{
    static const char *const names[3][2] = {{"EL0", "EL0"}, {"EL1t", "EL1h"}, {"EL2t", "EL2h"}};
    return names[ps->el][ps->sp];
}

enum line_style view_el_style(unsigned el)
{
    static const enum line_style styles[] = {LINE_EL0, LINE_EL1, LINE_EL2};
    return styles[el];
}

/* Whose code runs: a VM's, the hypervisor's, or a host's. */
static void whose(const struct inspect *now, char *text, size_t room)
{
    if (!now->pe.powered) {
        snprintf(text, room, "off");
    } else if (now->in_vm) {
        snprintf(text, room, "VM %u", now->vmid);
    } else {
        snprintf(text, room, "%s", now->pe.ps.el == 2 ? "hypervisor" : "host");
    }
}

static char flag(bool set, char name)
{
    return set ? name : (char)(name - 'A' + 'a');
}

static void pstate_line(const struct view *v, struct lines *out)
{
    const struct pe *pe = &v->now->pe;
    const struct pstate *ps = &pe->ps;
    char masks[5];
    for (unsigned i = 0; i < 4; i++) {
        masks[i] = ps->daif >> (3 - i) & 1 ? "DAIF"[i] : '-';
    }
    masks[4] = '\0';
    bool has_el2 = pe->model.has[FEAT_EL2];
    lines_add(out, LINE_PLAIN, "PSTATE %c%c%c%c  masked %s  SP_EL%u%s%s%s%s%s%s%s",
              flag(ps->nzcv >> 31 & 1, 'N'), flag(ps->nzcv >> 30 & 1, 'Z'),
              flag(ps->nzcv >> 29 & 1, 'C'), flag(ps->nzcv >> 28 & 1, 'V'), masks,
              ps->sp ? ps->el : 0, ps->pan ? "  PAN" : "", ps->uao ? "  UAO" : "",
              ps->il ? "  IL" : "", ps->ss ? "  SS" : "",
              !has_el2                      ? "  no EL2"
              : pe->sr[SR_HCR_EL2] & HCR_VM ? "  stage 2 on"
                                            : "  stage 2 off",
              pe_e2h(pe) ? "  E2H" : "", pe_tge(pe) ? "  TGE" : "");
}

void pane_status(const struct view *v, unsigned height, struct lines *out)
{
    const struct inspect *now = v->now;
    char who[24], place[VIEW_PLACE], cycles[LINES_NUMBER], left[LINE_TEXT];
    (void)height;
    whose(now, who, sizeof who);
    view_place(v, now->pe.pc, place);
    lines_number(now->now / CYCLE, cycles);
    snprintf(left, sizeof left, "CPU %u of %u  %s  %s  %.60s", now->cpu, v->cpu_count,
             view_el_name(&now->pe.ps), who, place);
    int room = (int)out->width - (int)sizeof " cycles" - 12;
    lines_add(out, view_el_style(now->pe.ps.el), " %-*.*s %11s cycles", room, room, left, cycles);
    pstate_line(v, out);
}

void pane_words(const struct view *v, unsigned height, struct lines *out)
{
    char text[WORDS_TEXT];
    bool is_exception = false;
    (void)height;
    words_of(v, text, &is_exception);
    lines_wrap(out, is_exception ? LINE_WARN : LINE_PLAIN, 0, text);
}

/* Where the last `rows` lines of a text begin. */
static const char *last_lines(const char *text, unsigned rows)
{
    const char *start = text + strlen(text);
    start -= start > text && start[-1] == '\n';
    while (start > text) {
        rows -= start[-1] == '\n';
        if (rows == 0) {
            break;
        }
        start--;
    }
    return start;
}

void pane_console(const struct view *v, unsigned height, struct lines *out)
{
    const char *start = last_lines(v->console, height);
    while (*start) {
        size_t length = strcspn(start, "\n");
        lines_add(out, LINE_PLAIN, "%.*s", (int)length, start);
        start += length + (start[length] == '\n');
    }
}
