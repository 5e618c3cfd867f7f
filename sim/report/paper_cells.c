/* What a paper's number is here: taken from the rows of the designs. */
#include <string.h>

#include "sim/report/paper_report.h"

static const struct report_row *row_of(const struct paper_report *p, unsigned system,
                                       const char *name)
{
    const struct report_row *row = report_find_row(&p->designs[system], name);
    return row != NULL && row->operations != 0 ? row : NULL;
}

static bool is_function_of(const struct paper_row *r, const char *function)
{
    for (unsigned i = 0; i < r->functions_count; i++) {
        if (strcmp(r->functions[i], function) == 0) {
            return true;
        }
    }
    return false;
}

/* Cycles of an operation, or of the part of it that the paper's row is about. */
static double cycles_of(const struct report_row *row, const struct paper_row *r)
{
    cycles_t sum = r->functions_count == 0 ? row->exact : 0;
    for (size_t i = 0; r->functions_count != 0 && i < row->part_count; i++) {
        if (!row->parts[i].in_vm && is_function_of(r, row->parts[i].function)) {
            sum += row->parts[i].exact;
        }
    }
    return (double)sum / CYCLE / (double)row->operations;
}

static double outside_vms(const struct report_row *row)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < row->part_count; i++) {
        const struct row_part *part = &row->parts[i];
        sum += !part->in_vm && cost_counts_instructions(part->class) ? part->count : 0;
    }
    return (double)sum;
}

static unsigned index_of(const struct paper_report *p, const char *system)
{
    return (unsigned)(paper_system(p->paper, system) - p->paper->systems);
}

const struct paper_value *paper_cell_value(const struct paper_report *p, const struct paper_row *r,
                                           unsigned system)
{
    for (unsigned v = 0; v < r->values_count; v++) {
        if (strcmp(r->values[v].system, p->paper->systems[system].id) == 0) {
            return &r->values[v];
        }
    }
    return NULL;
}

const struct paper_count *paper_row_count(const struct paper_report *p, const struct paper_row *r,
                                          unsigned system)
{
    return r->functions_count ? NULL : paper_count_of(p->paper, &p->paper->systems[system], r->row);
}

static double in_unit(const struct paper_report *p, const struct paper_table *t, double cycles,
                      double over)
{
    switch ((enum paper_unit)t->unit) {
    case PAPER_CYCLES:
        return cycles;
    case PAPER_US:
        return cycles * 1e6 / (double)p->profile->clock_hz;
    case PAPER_RATIO:
        return cycles / over;
    case PAPER_OVERHEAD:
        return (cycles / over - 1) * 100;
    }
    return cycles;
}

struct paper_cell paper_cell(const struct paper_report *p, const struct paper_table *t,
                             const struct paper_row *r, unsigned system)
{
    const struct paper_value *value = paper_cell_value(p, r, system);
    const struct report_row *row = row_of(p, system, r->row);
    const struct report_row *base = t->over ? row_of(p, index_of(p, t->over), r->row) : NULL;
    struct paper_cell cell = {.is_there = value != NULL};
    if (value == NULL || row == NULL || (t->over && base == NULL)) {
        return cell;
    }
    cell.is_predicted = true;
    cell.predicted = in_unit(p, t, cycles_of(row, r), base ? cycles_of(base, r) : 1);
    cell.error = (cell.predicted / value->published - 1) * 100;
    if (r->functions_count == 0) {
        cell.instructions = (double)row->instructions / (double)row->operations;
        cell.outside_vms = outside_vms(row) / (double)row->operations;
    }
    return cell;
}

enum paper_order paper_row_order(const struct paper_report *p, const struct paper_table *t,
                                 const struct paper_row *r)
{
    enum paper_order order = ORDER_UNKNOWN;
    for (unsigned a = 0; a < p->paper->systems_count; a++) {
        for (unsigned b = a + 1; b < p->paper->systems_count; b++) {
            struct paper_cell x = paper_cell(p, t, r, a), y = paper_cell(p, t, r, b);
            if (!x.is_predicted || !y.is_predicted) {
                continue;
            }
            const struct paper_value *u = paper_cell_value(p, r, a), *v = paper_cell_value(p, r, b);
            if (u->status != PAPER_READ || v->status != PAPER_READ ||
                u->published == v->published) {
                continue;
            }
            if ((u->published < v->published) != (x.predicted < y.predicted)) {
                return ORDER_WRONG;
            }
            order = ORDER_RIGHT;
        }
    }
    return order;
}

const char *paper_unit_name(const struct paper_table *t)
{
    static const char *const names[] = {[PAPER_CYCLES] = "cycles",
                                        [PAPER_US] = "us",
                                        [PAPER_RATIO] = "ratio",
                                        [PAPER_OVERHEAD] = "% overhead"};
    return names[t->unit];
}
