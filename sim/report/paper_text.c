#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/report/paper_report.h"

#define ERROR_GOAL 25 /* percent, of a held-out row (docs/papers.md) */
#define LINE_WIDTH 110

/* A text in lines of LINE_WIDTH at most, cut at spaces; each begins with so many spaces. */
static void print_wrapped(FILE *out, int indent, const char *text)
{
    while (*text) {
        size_t fits = strcspn(text, " ");
        for (size_t next = fits; text[next] == ' ';) {
            next += 1 + strcspn(text + next + 1, " ");
            if ((size_t)indent + next > LINE_WIDTH) {
                break;
            }
            fits = next;
        }
        fprintf(out, "%*s%.*s\n", indent, "", (int)fits, text);
        text += fits + strspn(text + fits, " ");
    }
}

static char mark_of(const struct paper_value *v)
{
    return v->calibration ? '*' : v->status == PAPER_RECALLED ? '?' : ' ';
}

static void print_number(FILE *out, const struct paper_table *t, double n, int width)
{
    fprintf(out, "%*.*f", width, t->unit == PAPER_CYCLES ? 0 : t->unit == PAPER_RATIO ? 2 : 1, n);
}

static void print_cell(FILE *out, const struct paper_report *p, const struct paper_table *t,
                       const struct paper_row *r, unsigned system)
{
    struct paper_cell cell = paper_cell(p, t, r, system);
    if (!cell.is_there) {
        fprintf(out, " |%31s", "");
        return;
    }
    const struct paper_value *v = paper_cell_value(p, r, system);
    fprintf(out, " | ");
    print_number(out, t, v->published, 9);
    fprintf(out, "%c ", mark_of(v));
    if (cell.is_predicted) {
        print_number(out, t, cell.predicted, 10);
        fprintf(out, " %+6.0f %%", cell.error);
    } else {
        fprintf(out, "%10s %8s", "-", "");
    }
}

static void print_table(FILE *out, const struct paper_report *p, const struct paper_table *t)
{
    fprintf(out, "%s (%s)\n", t->title, paper_unit_name(t));
    fprintf(out, "%-25s", "");
    for (unsigned s = 0; s < p->paper->systems_count; s++) {
        char head[64];
        snprintf(head, sizeof head, "%s = %s", p->paper->systems[s].title,
                 p->designs[s].design->name);
        fprintf(out, " | %-30s", head);
    }
    fprintf(out, "\n%-25s", "");
    for (unsigned s = 0; s < p->paper->systems_count; s++) {
        fprintf(out, " | %9s  %10s %8s", "published", "predicted", "error");
    }
    fputc('\n', out);
    for (unsigned r = 0; r < t->rows_count; r++) {
        fprintf(out, "%-25s", t->rows[r].title);
        for (unsigned s = 0; s < p->paper->systems_count; s++) {
            print_cell(out, p, t, &t->rows[r], s);
        }
        fprintf(out, "%s\n",
                paper_row_order(p, t, &t->rows[r]) == ORDER_WRONG ? "  <- wrong order" : "");
    }
    if (t->about) {
        print_wrapped(out, 2, t->about);
    }
}

/* How far off a number is, and the instructions of an operation here and in real software. */
static void print_distance(FILE *out, const struct paper_report *p, const struct paper_row *r,
                           unsigned s, const struct paper_cell *cell)
{
    const struct paper_count *count = paper_row_count(p, r, s);
    fprintf(out, "  %s, %s: %+.0f %%", r->title, p->paper->systems[s].title, cell->error);
    if (cell->instructions > 0) {
        fprintf(out, ", %.0f instructions here (%.0f outside VMs)", cell->instructions,
                cell->outside_vms);
    }
    if (count) {
        fprintf(out, ", %u (%u) in %s = %s", count->instructions, count->outside_vms,
                count->software, count->design);
    }
    fputc('\n', out);
}

/* What the errors come from, as the paper's file says it. */
static void print_causes(FILE *out, const struct paper_report *p)
{
    const char *head = "Where the distance comes from\n";
    for (unsigned t = 0; t < p->paper->tables_count; t++) {
        const struct paper_table *table = &p->paper->tables[t];
        for (unsigned r = 0; r < table->rows_count; r++) {
            for (unsigned s = 0; s < p->paper->systems_count; s++) {
                const struct paper_value *v = paper_cell_value(p, &table->rows[r], s);
                struct paper_cell cell = paper_cell(p, table, &table->rows[r], s);
                if (v && v->why && cell.is_predicted) {
                    fputs(head, out);
                    print_distance(out, p, &table->rows[r], s, &cell);
                    print_wrapped(out, 4, v->why);
                    head = "";
                }
            }
        }
    }
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

struct summary {
    double errors[PAPER_TABLES_MAX * PAPER_ROWS_MAX * PAPER_SYSTEMS_MAX];
    size_t count, within;
    unsigned orders, orders_right;
};

static void summarize(const struct paper_report *p, int status, struct summary *sum)
{
    for (unsigned t = 0; t < p->paper->tables_count; t++) {
        const struct paper_table *table = &p->paper->tables[t];
        for (unsigned r = 0; r < table->rows_count; r++) {
            enum paper_order order = paper_row_order(p, table, &table->rows[r]);
            sum->orders += order != ORDER_UNKNOWN;
            sum->orders_right += order == ORDER_RIGHT;
            for (unsigned s = 0; s < p->paper->systems_count; s++) {
                const struct paper_value *v = paper_cell_value(p, &table->rows[r], s);
                struct paper_cell cell = paper_cell(p, table, &table->rows[r], s);
                if (!cell.is_predicted || v->calibration || v->status != status) {
                    continue;
                }
                sum->errors[sum->count++] = fabs(cell.error);
                sum->within += fabs(cell.error) <= ERROR_GOAL;
            }
        }
    }
    qsort(sum->errors, sum->count, sizeof sum->errors[0], by_size);
}

static double median(const struct summary *s)
{
    size_t n = s->count;
    return n % 2 ? s->errors[n / 2] : (s->errors[n / 2 - 1] + s->errors[n / 2]) / 2;
}

static void print_summary(FILE *out, const struct paper_report *p)
{
    static const char *const names[] = {[PAPER_READ] = "read", [PAPER_RECALLED] = "recalled"};
    for (int status = PAPER_READ; status <= PAPER_RECALLED; status++) {
        struct summary sum = {.count = 0};
        summarize(p, status, &sum);
        if (status == PAPER_READ && sum.orders != 0) {
            fprintf(out, "order of the systems: right in %u of %u rows whose numbers are read\n",
                    sum.orders_right, sum.orders);
        }
        if (sum.count != 0) {
            fprintf(out,
                    "held out, %s: %zu numbers, %zu within %d %%; error %.0f %% in the median, "
                    "%.0f %% at most\n",
                    names[status], sum.count, sum.within, ERROR_GOAL, median(&sum),
                    sum.errors[sum.count - 1]);
        }
    }
}

void report_paper_text(FILE *out, const struct paper_report *p)
{
    const struct paper *paper = p->paper;
    fprintf(out, "%s\n%s\n", paper->title, paper->cite);
    print_wrapped(out, 2, paper->about);
    fprintf(out, "profile %s: %s\n", p->profile->name, p->profile->title);
    fprintf(out, "  * the profile was made from it (calibration)   ? recalled, not confirmed by a "
                 "text   - no prediction\n\n");
    for (unsigned t = 0; t < paper->tables_count; t++) {
        print_table(out, p, &paper->tables[t]);
        fputc('\n', out);
    }
    print_causes(out, p);
    print_summary(out, p);
}
