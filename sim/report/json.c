#include "sim/report/report.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "sim/board/host_input.h"
#include "sim/board/net_link.h"
#include "sim/board/snapshot.h"
#include "sim/report/json_parts.h"
#include "sim/report/lint_report.h"
#include "sim/report/why.h"

static const char *end_name(enum machine_end end)
{
    static const char *const names[] = {
        [END_POWER_OFF] = "power-off",   [END_RESET] = "reset",       [END_EXIT] = "exit",
        [END_LIMIT] = "max-cycles",      [END_DEADLOCK] = "deadlock", [END_QUIT] = "quit",
        [END_ENGINE] = "engine-failure", [END_SNAPSHOT] = "snapshot",
    };
    return names[end];
}

static json_t *integer(uint64_t n)
{
    return json_integer((json_int_t)n);
}

static json_t *part_json(const struct row_part *p)
{
    return json_pack("{s:o, s:s, s:s, s:s, s:o, s:o, s:o}", "el", integer(p->el), "where",
                     p->in_vm ? "vm" : "host", "function", p->function, "class",
                     cost_class_info[p->class].name, "count", integer(p->count), "cycles",
                     integer(p->cycles), "millicycles", integer(p->exact));
}

/* The `most` dearest functions of some parts. */
static json_t *functions_json(const struct row_part *parts, size_t part_count, size_t most)
{
    size_t count;
    struct report_function *functions = report_functions(parts, part_count, &count);
    json_t *list = json_array();
    for (size_t i = 0; i < count && i < most; i++) {
        const struct report_function *f = &functions[i];
        json_array_append_new(list,
                              json_pack("{s:o, s:s, s:s, s:o, s:o}", "el", integer(f->el), "where",
                                        f->in_vm ? "vm" : "host", "function", f->name, "cycles",
                                        integer(f->cycles), "millicycles", integer(f->exact)));
    }
    free(functions);
    return list;
}

static json_t *causes_json(const struct report_row *r)
{
    json_t *list = json_array();
    for (size_t i = 0; i < r->cause_count; i++) {
        const struct row_cause *c = &r->causes[i];
        json_array_append_new(
            list, json_pack("{s:s, s:o, s:o, s:o, s:o}", "exception", c->name, "count",
                            integer(c->count), "instructions", integer(c->instructions), "cycles",
                            integer(c->cycles), "millicycles", integer(c->exact)));
    }
    return list;
}

static json_t *row_json(const struct report_row *r, size_t functions)
{
    json_t *parts = json_array();
    for (size_t i = 0; i < r->part_count; i++) {
        json_array_append_new(parts, part_json(&r->parts[i]));
    }
    uint64_t ops = r->operations ? r->operations : 1;
    return json_pack("{s:s, s:o, s:o, s:o, s:f, s:o, s:o, s:o, s:o, s:o, s:o}", "name", r->name,
                     "operations", integer(r->operations), "cycles", integer(r->cycles),
                     "millicycles", integer(r->exact), "cycles_per_operation",
                     (double)(r->exact / ops) / 1000.0, "traps", integer(r->traps), "exceptions",
                     integer(r->exceptions), "instructions", integer(r->instructions), "functions",
                     functions_json(r->parts, r->part_count, functions), "causes", causes_json(r),
                     "breakdown", parts);
}

static void dump(FILE *out, json_t *root)
{
    json_dumpf(root, out, JSON_INDENT(1) | JSON_REAL_PRECISION(15));
    fputc('\n', out);
    json_decref(root);
}

/* What was run under other prices. */
static json_t *notes_json(const struct machine *m)
{
    json_t *list = json_array();
    for (size_t i = 0; machine_snapshot_note(m, i); i++) {
        json_array_append_new(list, json_string(machine_snapshot_note(m, i)));
    }
    return list;
}

static json_t *host_input_json(const struct machine *m)
{
    struct input_account a = machine_input_account(m);
    return json_pack("{s:o, s:o, s:o, s:b, s:b}", "console_bytes", integer(a.console_bytes),
                     "packets", integer(a.packets), "debugger_changes", integer(a.debugger_changes),
                     "recorded", a.is_recorded, "replayed", a.is_replayed);
}

static json_t *link_json(const struct net_link_account *a)
{
    return json_pack("{s:o, s:o, s:b, s:b}", "sent", integer(a->sent), "received",
                     integer(a->received), "lost", a->is_lost, "peer_took_input", a->is_outside);
}

/* The whole ledger as one row: the breakdown of a run. */
static json_t *ledger_json(struct machine *m, uint64_t *total)
{
    struct ledger *ledger = machine_ledger(m);
    size_t rows = ledger_row_count(ledger);
    cycles_t *exact = calloc(rows * COST_CLASS_COUNT + 1, sizeof *exact);
    uint64_t *whole = calloc(rows * COST_CLASS_COUNT + 1, sizeof *whole);
    BUG_ON(exact == NULL || whole == NULL);
    for (size_t i = 0; i < rows * COST_CLASS_COUNT; i++) {
        exact[i] = ledger_row_at(ledger, i / COST_CLASS_COUNT)->cells[i % COST_CLASS_COUNT].cycles;
    }
    *total = report_round(exact, whole, rows * COST_CLASS_COUNT);
    json_t *list = json_array();
    for (size_t i = 0; i < rows * COST_CLASS_COUNT; i++) {
        const struct ledger_row *row = ledger_row_at(ledger, i / COST_CLASS_COUNT);
        const struct ledger_cell *cell = &row->cells[i % COST_CLASS_COUNT];
        if (cell->count == 0 && cell->cycles == 0) {
            continue;
        }
        json_array_append_new(list,
                              json_pack("{s:o, s:o, s:s, s:s, s:s, s:o, s:o, s:o}", "cpu",
                                        integer(row->key.cpu), "el", integer(row->key.el), "where",
                                        machine_context_is_vm(m, row->key.context) ? "vm" : "host",
                                        "function", machine_symbol_name(m, row->key.symbol),
                                        "class", cost_class_info[i % COST_CLASS_COUNT].name,
                                        "count", integer(cell->count), "cycles", integer(whole[i]),
                                        "millicycles", integer(cell->cycles)));
    }
    free(exact);
    free(whole);
    return list;
}

static json_t *rows_json(const struct design_report *d, size_t functions)
{
    json_t *rows = json_array();
    for (size_t i = 0; i < d->row_count; i++) {
        json_array_append_new(rows, row_json(&d->rows[i], functions));
    }
    return rows;
}

static uint64_t trap_total(const struct run_figures *f)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < f->trap_count; i++) {
        const struct trap_count *t = &f->traps[i];
        sum += t->from_el < 2 && t->to_el == 2 ? t->count : 0;
    }
    return sum;
}

void report_run_json(FILE *out, struct machine *m, const struct run_report *report)
{
    const struct machine_result *r = &report->result;
    struct design_report rows;
    uint64_t total;
    report_design_take(&rows, m, NULL, report->config, r);
    json_t *breakdown = ledger_json(m, &total);
    json_t *root = json_pack(
        "{s:s, s:s, s:o, s:o, s:o, s:s, s:s, s:i, s:s}", "el2sim", EL2SIM_VERSION, "kind", "run",
        "profile", report_profile_json(report->profile), "machine",
        report_machine_json(report->config), "images", report_images_json(machine_image_list(m)),
        "end", end_name(r->end), "end_text", r->text, "status", r->status, "digest", r->digest);
    if (machine_snapshot_note(m, 0)) {
        json_object_set_new(root, "mixed", notes_json(m));
    }
    json_object_set_new(root, "instructions", integer(r->instructions));
    json_object_set_new(root, "cycles", integer(total));
    json_object_set_new(root, "traps", integer(trap_total(&rows.figures)));
    report_figures_json(root, &rows.figures);
    json_object_set_new(root, "rows", rows_json(&rows, report->functions));
    json_object_set_new(root, "wrong_marks", integer(rows.mark_errors));
    size_t count;
    struct row_part *parts = report_ledger_parts(m, &count);
    json_object_set_new(root, "functions", functions_json(parts, count, report->functions));
    free(parts);
    json_object_set_new(root, "host_input", host_input_json(m));
    struct net_link_account link = machine_link_account(m);
    if (link.is_there) {
        json_object_set_new(root, "link", link_json(&link));
    }
    if (report->lint) {
        json_object_set_new(root, "lint", report_lint_json(report->lint, report->sources));
    }
    json_object_set_new(root, "breakdown", breakdown);
    report_design_free(&rows);
    dump(out, root);
}

static json_t *skipped_json(const struct design_report *d)
{
    json_t *list = json_array();
    for (size_t i = 0; i < d->skipped_count; i++) {
        json_array_append_new(list, json_pack("{s:s, s:s}", "row", d->skipped[i].name, "reason",
                                              d->skipped[i].reason));
    }
    return list;
}

static json_t *two(uint64_t a, uint64_t b)
{
    return json_pack("[o, o]", integer(a), integer(b));
}

static json_t *why_parts_json(const struct why *why, enum why_by by)
{
    json_t *list = json_array();
    for (size_t i = 0; i < why->counts[by]; i++) {
        const struct why_part *p = &why->parts[by][i];
        const struct why_side *a = &p->side[0], *b = &p->side[1];
        json_array_append_new(list, json_pack("{s:s, s:I, s:o, s:o, s:o}", "part", p->label,
                                              "difference", (json_int_t)p->difference,
                                              "millicycles", two(a->exact, b->exact),
                                              "instructions", two(a->instructions, b->instructions),
                                              "count", two(a->count, b->count)));
    }
    return list;
}

static json_t *why_json(const struct why *why)
{
    const struct report_row *a = why->rows[0], *b = why->rows[1];
    return json_pack(
        "{s:s, s:[s, s], s:o, s:o, s:I, s:o, s:o, s:o, s:o, s:o}", "row", a->name, "designs",
        why->designs[0]->design->name, why->designs[1]->design->name, "operations",
        two(a->operations, b->operations), "denominator", integer(why->denominator), "difference",
        (json_int_t)why->difference, "millicycles", two(a->exact, b->exact), "instructions",
        two(a->instructions, b->instructions), "by_class", why_parts_json(why, WHY_CLASS),
        "by_function", why_parts_json(why, WHY_FUNCTION), "by_exception",
        why_parts_json(why, WHY_EXCEPTION));
}

void report_compare_json(FILE *out, const struct comparison *c)
{
    json_t *designs = json_array();
    for (size_t i = 0; i < c->design_count; i++) {
        const struct design_report *d = &c->designs[i];
        json_t *design =
            json_pack("{s:s, s:s, s:o, s:o, s:s, s:s, s:o, s:o, s:o, s:o}", "name", d->design->name,
                      "title", d->design->title, "machine", report_machine_json(&d->config),
                      "images", report_images_json(&d->images), "end", end_name(d->result.end),
                      "digest", d->result.digest, "unmodelled_kinds",
                      integer(d->figures.unimp_count), "rows", rows_json(d, c->functions),
                      "skipped", skipped_json(d), "wrong_marks", integer(d->mark_errors));
        json_object_set_new(design, "instructions", integer(d->result.instructions));
        report_figures_json(design, &d->figures);
        if (d->lint) {
            json_object_set_new(design, "lint", report_lint_json(d->lint, d->sources));
        }
        json_array_append_new(designs, design);
    }
    json_t *root = json_pack("{s:s, s:s, s:o, s:o}", "el2sim", EL2SIM_VERSION, "kind", "compare",
                             "profile", report_profile_json(c->profile), "designs", designs);
    if (c->why) {
        json_t *why = json_array();
        for (size_t i = 0; i < c->why_count; i++) {
            json_array_append_new(why, why_json(&c->why[i]));
        }
        json_object_set_new(root, "why", why);
    }
    dump(out, root);
}
