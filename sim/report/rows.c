#include "sim/report/report.h"

#include <stdlib.h>
#include <string.h>

static int by_remainder(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;
    if (x[0] != y[0]) {
        return x[0] > y[0] ? -1 : 1;
    }
    return x[1] < y[1] ? -1 : x[1] > y[1];
}

uint64_t report_round(const cycles_t *exact, uint64_t *whole, size_t count)
{
    cycles_t total = 0;
    uint64_t floors = 0;
    uint64_t(*rest)[2] = calloc(count ? count : 1, sizeof *rest);
    BUG_ON(rest == NULL);
    for (size_t i = 0; i < count; i++) {
        total += exact[i];
        whole[i] = exact[i] / CYCLE;
        floors += whole[i];
        rest[i][0] = exact[i] % CYCLE;
        rest[i][1] = i;
    }
    uint64_t rounded = (total + CYCLE / 2) / CYCLE;
    qsort(rest, count, sizeof *rest, by_remainder);
    for (size_t i = 0; i < count && floors < rounded; i++, floors++) {
        whole[rest[i][1]]++;
    }
    free(rest);
    return rounded;
}

static int by_key(const void *a, const void *b)
{
    const struct row_part *x = a, *y = b;
    if (x->el != y->el) {
        return x->el < y->el ? -1 : 1;
    }
    if (x->context != y->context) {
        return x->context < y->context ? -1 : 1;
    }
    int order = strcmp(x->function, y->function);
    if (order != 0) {
        return order;
    }
    return x->class < y->class ? -1 : x->class > y->class;
}

static void round_row(struct report_row *row)
{
    size_t n = row->part_count;
    cycles_t *exact = calloc(n + 1, sizeof *exact);
    uint64_t *whole = calloc(n + 1, sizeof *whole);
    BUG_ON(exact == NULL || whole == NULL);
    for (size_t i = 0; i < n; i++) {
        exact[i] = row->parts[i].exact;
    }
    row->cycles = report_round(exact, whole, n);
    for (size_t i = 0; i < n; i++) {
        row->parts[i].cycles = whole[i];
    }
    free(exact);
    free(whole);
}

static int by_cause_name(const void *a, const void *b)
{
    const struct row_cause *x = a, *y = b;
    return strcmp(x->name, y->name);
}

static void take_causes(struct report_row *out, const struct cause_list *list)
{
    cycles_t exact[CAUSES_MAX];
    uint64_t whole[CAUSES_MAX];
    out->cause_count = list->count;
    out->causes = calloc(list->count + 1, sizeof *out->causes);
    BUG_ON(out->causes == NULL);
    for (unsigned i = 0; i < list->count; i++) {
        const struct cause *c = &list->at[i];
        out->causes[i] = (struct row_cause){
            .key = c->key, .count = c->count, .instructions = c->instructions, .exact = c->cycles};
        report_cause_name(c->key, out->causes[i].name);
    }
    qsort(out->causes, list->count, sizeof *out->causes, by_cause_name);
    for (unsigned i = 0; i < list->count; i++) {
        exact[i] = out->causes[i].exact;
    }
    report_round(exact, whole, list->count);
    for (unsigned i = 0; i < list->count; i++) {
        out->causes[i].cycles = whole[i];
    }
}

static void take_row(struct report_row *out, const struct span_row *row, const struct machine *m)
{
    memcpy(out->name, row->name, sizeof out->name);
    out->operations = row->operations;
    out->traps = row->traps;
    out->exceptions = row->exceptions;
    out->instructions = row->instructions;
    out->exact = row->cycles;
    out->part_count = row->part_count;
    out->parts = calloc(row->part_count + 1, sizeof *out->parts);
    BUG_ON(out->parts == NULL);
    for (size_t i = 0; i < row->part_count; i++) {
        const struct span_part *p = &row->parts[i];
        out->parts[i] = (struct row_part){.el = p->el,
                                          .in_vm = machine_context_is_vm(m, p->context),
                                          .context = p->context,
                                          .class = p->class,
                                          .count = p->count,
                                          .exact = p->cycles};
        snprintf(out->parts[i].function, sizeof out->parts[i].function, "%s",
                 machine_symbol_name(m, p->symbol));
    }
    qsort(out->parts, out->part_count, sizeof *out->parts, by_key);
    round_row(out);
    take_causes(out, &row->causes);
}

void report_design_take(struct design_report *out, struct machine *m, const struct design *design,
                        const struct machine_config *config, const struct machine_result *result)
{
    const struct span_table *spans = machine_spans(m);
    *out = (struct design_report){.design = design,
                                  .config = *config,
                                  .result = *result,
                                  .images = *machine_image_list(m),
                                  .row_count = spans->row_count,
                                  .mark_errors = spans->errors};
    report_figures_take(&out->figures, m);
    for (size_t i = 0; i < spans->row_count; i++) {
        take_row(&out->rows[i], &spans->rows[i], m);
    }
}

void report_design_free(struct design_report *report)
{
    for (size_t i = 0; i < report->row_count; i++) {
        free(report->rows[i].parts);
        free(report->rows[i].causes);
    }
    report->row_count = 0;
    report_figures_free(&report->figures);
}

const struct report_row *report_find_row(const struct design_report *d, const char *name)
{
    for (size_t i = 0; i < d->row_count; i++) {
        if (strcmp(d->rows[i].name, name) == 0) {
            return &d->rows[i];
        }
    }
    return NULL;
}

const char *report_skip_reason(const struct design_report *d, const char *name)
{
    for (size_t i = 0; i < d->skipped_count; i++) {
        if (strcmp(d->skipped[i].name, name) == 0) {
            return d->skipped[i].reason;
        }
    }
    return NULL;
}
