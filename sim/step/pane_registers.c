/* Registers that the last step changed, and that the next instruction touches. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cpu-el/regfield.h"
#include "cpu-el/resolve.h"
#include "cpu-el/sysreg_table.h"
#include "sim/step/view.h"

static void name_x(unsigned n, char name[8])
{
    if (n == INSN_SP) {
        snprintf(name, 8, "SP");
    } else {
        snprintf(name, 8, "X%u", n);
    }
}

static void value_line(const struct view *v, uint64_t value, const char *name, const char *how,
                       enum line_style style, struct lines *out)
{
    char place[VIEW_PLACE];
    view_place(v, value, place);
    bool is_code = place[0] != '0';
    lines_add(out, style, "%-5s %016" PRIx64 "  %s%s%s%s", name, value, how, is_code ? " <" : "",
              is_code ? place : "", is_code ? ">" : "");
}

static void touched_general(const struct view *v, struct lines *out)
{
    struct insn_registers uses;
    disasm_registers(v->disasm, v->now->insn.word, &uses);
    for (unsigned n = 0; n < 32; n++) {
        bool read = uses.x_read >> n & 1, written = uses.x_written >> n & 1;
        if (read || written) {
            char name[8];
            name_x(n, name);
            value_line(v, v->now->x[n], name,
                       read && written ? "read, written"
                       : read          ? "read"
                                       : "written",
                       LINE_PLAIN, out);
        }
    }
    if (uses.nzcv_read || uses.nzcv_written) {
        lines_add(out, LINE_PLAIN, "NZCV  %x  %s", v->now->pe.ps.nzcv >> 28,
                  uses.nzcv_written ? "written" : "read");
    }
}

/* The fields of a value that differ between two of its values; with other == value, those that are
 * not 0. */
static void fields(const struct view *v, enum sysreg_id id, uint64_t from, uint64_t to,
                   struct lines *out)
{
    bool e2h = pe_e2h(&v->now->pe);
    const struct regfield *f = NULL;
    while ((f = regfield_next(id, e2h, f)) != NULL) {
        uint64_t old = regfield_value(f, from), new = regfield_value(f, to);
        if (old != new) {
            lines_add(out, LINE_CHANGED, "  %-9s %" PRIx64 " -> %" PRIx64 "  %s", f->name, old, new,
                      f->what);
        } else if (from == to && new != 0) {
            lines_add(out, LINE_DIM, "  %-9s %" PRIx64 "  %s", f->name, new, f->what);
        }
    }
}

/* MRS, MSR: the register, and what the write will make of it. */
static void touched_system(const struct view *v, struct lines *out)
{
    const struct insn *insn = &v->now->insn;
    const struct pe *pe = &v->now->pe;
    bool write = insn->kind == INSN_KIND_MSR;
    if (!write && insn->kind != INSN_KIND_MRS) {
        return;
    }
    struct outcome o = resolve_sysreg(pe, insn->enc, write);
    if (o.kind != OUT_ACCESS || sysreg_rows[o.id].enc >> 14 == 1) { /* op0 1: TLBI and the like */
        return;
    }
    unsigned rt = insn->word & 31;
    uint64_t old = pe->sr[o.id], value = rt == 31 ? 0 : v->now->x[rt];
    value = write ? (value & pe->legal[o.id].can_be_one) | pe->legal[o.id].must_be_one : old;
    lines_add(out, LINE_PLAIN, "%s %016" PRIx64, sysreg_name(o.id), old);
    if (write && old != value) {
        lines_add(out, LINE_CHANGED, "  will be %016" PRIx64, value);
    }
    fields(v, o.id, old, value, out);
}

/* Of a CPU without the register there may be a value all the same: ICC_* are the GIC's, GICv2's
 * too. */
static bool is_shown(const struct cpu_model *model, enum sysreg_id id)
{
    const char *name = sysreg_name(id);
    /* What counts by itself is not what the step did. */
    return resolve_is_present(model, id) && strstr(name, "TVAL") == NULL && id != SR_CNTPCT_EL0 &&
           id != SR_CNTVCT_EL0 && sysreg_rows[id].enc >> 14 != 1;
}

static void changed(const struct view *v, struct lines *out)
{
    const struct inspect *a = v->before, *b = v->now;
    for (unsigned n = 0; n < 32; n++) {
        if (a->x[n] != b->x[n]) {
            char name[8];
            name_x(n, name);
            lines_add(out, LINE_CHANGED, "%-3s %" PRIx64 " -> %" PRIx64, name, a->x[n], b->x[n]);
        }
    }
    for (unsigned i = SR_NONE + 1; i < SR_COUNT; i++) {
        enum sysreg_id id = (enum sysreg_id)i;
        bool is_current_sp = id == pe_sp_id(&b->pe.ps) || id == pe_sp_id(&a->pe.ps);
        if (a->pe.sr[id] != b->pe.sr[id] && is_shown(&b->pe.model, id) && !is_current_sp) {
            lines_add(out, LINE_CHANGED, "%s %" PRIx64 " -> %" PRIx64, sysreg_name(id),
                      a->pe.sr[id], b->pe.sr[id]);
            fields(v, id, a->pe.sr[id], b->pe.sr[id], out);
        }
    }
}

static void all_general(const struct view *v, struct lines *out)
{
    unsigned columns = out->width >= 72 ? 3 : out->width >= 48 ? 2 : 1;
    unsigned rows = (32 + columns - 1) / columns;
    for (unsigned row = 0; row < rows; row++) {
        char text[LINE_TEXT] = "";
        for (unsigned n = row; n < 32; n += rows) {
            char name[8];
            size_t used = strlen(text);
            name_x(n, name);
            snprintf(text + used, sizeof text - used, "%-3s %016" PRIx64 "   ", name, v->now->x[n]);
        }
        lines_add(out, LINE_PLAIN, "%s", text);
    }
}

void pane_registers(const struct view *v, unsigned height, struct lines *out)
{
    (void)height;
    if (v->now->fetched) {
        lines_add(out, LINE_HEAD, "next instruction touches");
        touched_general(v, out);
        touched_system(v, out);
    }
    if (v->before) {
        lines_add(out, LINE_HEAD, "last step changed");
        unsigned first = out->count;
        changed(v, out);
        if (out->count == first) {
            lines_add(out, LINE_DIM, "nothing here");
        }
    }
    lines_add(out, LINE_HEAD, "all");
    all_general(v, out);
}
