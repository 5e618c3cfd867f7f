#include "sim/report/report.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sim/report/why.h"

#define CLASSES_SHOWN 6

static double per_operation(const struct report_row *row, cycles_t exact)
{
    return (double)exact / 1000.0 / (double)(row->operations ? row->operations : 1);
}

static void print_row(FILE *out, const struct comparison *c, const char *name)
{
    double value[2] = {0, 0};
    fprintf(out, "%-18s", name);
    for (size_t d = 0; d < c->design_count; d++) {
        const struct report_row *row = report_find_row(&c->designs[d], name);
        if (row == NULL) {
            fprintf(out, " %14s %6s", "-", "-");
            continue;
        }
        double cycles = per_operation(row, row->exact);
        fprintf(out, " %14.1f %6.2f", cycles, per_operation(row, row->traps * 1000));
        value[d < 2 ? d : 1] = cycles;
    }
    if (c->design_count == 2 && value[0] > 0 && value[1] > 0) {
        fprintf(out, " %6.2fx", value[0] / value[1]);
    }
    fputc('\n', out);
}

/* Of rows that no earlier design has. */
static bool is_new(const struct comparison *c, size_t design, const char *name)
{
    for (size_t d = 0; d < design; d++) {
        if (report_find_row(&c->designs[d], name) || report_skip_reason(&c->designs[d], name)) {
            return false;
        }
    }
    return true;
}

static void print_table(FILE *out, const struct comparison *c)
{
    fprintf(out, "%-18s", "cycles/operation");
    for (size_t d = 0; d < c->design_count; d++) {
        fprintf(out, " %14s %6s", c->designs[d].design->name, "traps");
    }
    fprintf(out, c->design_count == 2 ? "   ratio\n" : "\n");
    for (size_t d = 0; d < c->design_count; d++) {
        const struct design_report *r = &c->designs[d];
        for (size_t i = 0; i < r->row_count; i++) {
            if (is_new(c, d, r->rows[i].name)) {
                print_row(out, c, r->rows[i].name);
            }
        }
        for (size_t i = 0; i < r->skipped_count; i++) {
            if (is_new(c, d, r->skipped[i].name)) {
                print_row(out, c, r->skipped[i].name);
            }
        }
    }
    for (size_t d = 0; d < c->design_count; d++) {
        for (size_t i = 0; i < c->designs[d].skipped_count; i++) {
            const struct skipped_row *skipped = &c->designs[d].skipped[i];
            fprintf(out, "  - %s on %s: %s\n", skipped->name, c->designs[d].design->name,
                    skipped->reason);
        }
    }
}

/* Thousandths of a row by class. */
static void sum_classes(const struct report_row *row, cycles_t sums[COST_CLASS_COUNT])
{
    memset(sums, 0, COST_CLASS_COUNT * sizeof sums[0]);
    for (size_t i = 0; row != NULL && i < row->part_count; i++) {
        sums[row->parts[i].class] += row->parts[i].exact;
    }
}

static double difference(const struct report_row *a, const struct report_row *b, cycles_t x,
                         cycles_t y)
{
    return per_operation(a, x) - per_operation(b, y);
}

/* The classes that make most of a - b, then the rest in one number: they add up to the whole
 * difference. */
static void print_why(FILE *out, const struct comparison *c, const char *name)
{
    const struct report_row *a = report_find_row(&c->designs[0], name);
    const struct report_row *b = report_find_row(&c->designs[1], name);
    if (a == NULL || b == NULL) {
        return;
    }
    cycles_t x[COST_CLASS_COUNT], y[COST_CLASS_COUNT];
    bool used[COST_CLASS_COUNT] = {false};
    sum_classes(a, x);
    sum_classes(b, y);
    double rest = difference(a, b, a->exact, b->exact);
    fprintf(out, "  %-18s %+10.1f =", name, rest);
    for (unsigned shown = 0; shown < CLASSES_SHOWN; shown++) {
        unsigned best = COST_CLASS_COUNT;
        double most = 0.05;
        for (unsigned k = 0; k < COST_CLASS_COUNT; k++) {
            double part = difference(a, b, x[k], y[k]);
            double size = part < 0 ? -part : part;
            if (!used[k] && size > most) {
                most = size;
                best = k;
            }
        }
        if (best == COST_CLASS_COUNT) {
            break;
        }
        used[best] = true;
        double part = difference(a, b, x[best], y[best]);
        rest -= part;
        fprintf(out, " %s %+.1f", cost_class_info[best].name, part);
    }
    fprintf(out, " other %+.1f\n", rest > -0.05 && rest < 0.05 ? 0.0 : rest);
}

static void print_functions(FILE *out, const struct report_row *row, size_t most)
{
    size_t count;
    struct report_function *functions = report_functions(row->parts, row->part_count, &count);
    for (size_t i = 0; i < count && i < most; i++) {
        const struct report_function *f = &functions[i];
        fprintf(out, "    %9.1f  %5.1f %%  EL%u %-4s %s\n", per_operation(row, f->exact),
                row->exact ? 100.0 * (double)f->exact / (double)row->exact : 0.0, f->el,
                f->in_vm ? "vm" : "host", f->name);
    }
    free(functions);
}

static void print_notes(FILE *out, const struct comparison *c)
{
    const struct profile *p = c->profile;
    fprintf(out, "profile %s: %s\n", p->name, p->title);
    for (size_t d = 0; d < c->design_count; d++) {
        const struct design_report *r = &c->designs[d];
        fprintf(out,
                "  %-14s %s; %s, GICv%u, %u CPUs; digest %.16s; %zu kinds of unmodelled access\n",
                r->design->name, r->design->title, r->config.cpu.name, r->config.gic_version,
                r->config.cpu_count, r->result.digest, r->figures.unimp_count);
        if (hypervisor_el(&r->config.guest_asids) == 1) {
            fprintf(out, "  %-14s traps: exceptions of guests, which run at EL0, to EL1\n", "");
        }
        if (r->mark_errors != 0) {
            fprintf(out,
                    "  %-14s WRONG marks of rows: %" PRIu64
                    ": rows lack what they were to measure\n",
                    "", r->mark_errors);
        }
    }
    fprintf(out,
            "  traps: exceptions to EL2 from EL0 and EL1, per operation. Rows that cross CPUs are "
            "exact to %" PRIu64 " cycles.\n\n",
            p->quantum / CYCLE);
}

void report_compare_text(FILE *out, const struct comparison *c, size_t functions)
{
    print_notes(out, c);
    print_table(out, c);
    if (c->design_count == 2 && c->why == NULL) {
        fprintf(out, "\nwhere %s - %s comes from (cycles/operation)\n", c->designs[0].design->name,
                c->designs[1].design->name);
        for (size_t r = 0; r < c->designs[0].row_count; r++) {
            print_why(out, c, c->designs[0].rows[r].name);
        }
    }
    for (size_t i = 0; i < c->why_count; i++) {
        report_why_text(out, &c->why[i], functions ? functions : c->functions);
    }
    for (size_t r = 0; c->why == NULL && functions != 0 && r < c->designs[0].row_count; r++) {
        for (size_t d = 0; d < c->design_count; d++) {
            const struct report_row *row =
                report_find_row(&c->designs[d], c->designs[0].rows[r].name);
            if (row != NULL) {
                fprintf(out, "\n  %s on %s: dearest functions (cycles/operation)\n", row->name,
                        c->designs[d].design->name);
                print_functions(out, row, functions);
            }
        }
    }
}
