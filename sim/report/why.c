#include "sim/report/why.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const struct report_row *row_named(const struct design_report *d, const char *name,
                                          struct err *e)
{
    const struct report_row *row = report_find_row(d, name);
    const char *reason = row ? NULL : report_skip_reason(d, name);
    if (row == NULL) {
        err_set(e, "row %s: design %s %s%s", name, d->design->name,
                reason ? "left it out: " : "has no such row", reason ? reason : "");
    }
    return row;
}

static int by_label(const void *a, const void *b)
{
    const struct why_part *x = a, *y = b;
    return strcmp(x->label, y->label);
}

static uint64_t size_of(int64_t n)
{
    return n < 0 ? (uint64_t)-n : (uint64_t)n;
}

static int by_size(const void *a, const void *b)
{
    const struct why_part *x = a, *y = b;
    if (size_of(x->difference) != size_of(y->difference)) {
        return size_of(x->difference) > size_of(y->difference) ? -1 : 1;
    }
    return strcmp(x->label, y->label);
}

static struct why_part from_part(const struct row_part *p, enum why_by by, unsigned side)
{
    struct why_part w = {.difference = 0};
    if (by == WHY_CLASS) {
        snprintf(w.label, sizeof w.label, "%s", cost_class_info[p->class].name);
        w.side[side].count = p->count;
    } else {
        snprintf(w.label, sizeof w.label, "EL%u %s %s", p->el, p->in_vm ? "vm" : "host",
                 p->function);
    }
    w.side[side].exact = p->exact;
    w.side[side].instructions = cost_counts_instructions(p->class) ? p->count : 0;
    return w;
}

static struct why_part from_cause(const struct row_cause *c, unsigned side)
{
    struct why_part w = {.difference = 0};
    snprintf(w.label, sizeof w.label, "%s", c->name);
    w.side[side] =
        (struct why_side){.exact = c->exact, .instructions = c->instructions, .count = c->count};
    return w;
}

/* Parts of the same label become one. */
static size_t merge(struct why_part *parts, size_t count)
{
    size_t kept = 0;
    qsort(parts, count, sizeof *parts, by_label);
    for (size_t i = 0; i < count; i++) {
        if (kept == 0 || strcmp(parts[kept - 1].label, parts[i].label) != 0) {
            parts[kept++] = parts[i];
            continue;
        }
        for (unsigned s = 0; s < 2; s++) {
            parts[kept - 1].side[s].exact += parts[i].side[s].exact;
            parts[kept - 1].side[s].instructions += parts[i].side[s].instructions;
            parts[kept - 1].side[s].count += parts[i].side[s].count;
        }
    }
    return kept;
}

static int64_t difference_of(const struct why *w, cycles_t a, cycles_t b)
{
    return (int64_t)(a * (w->denominator / w->rows[0]->operations)) -
           (int64_t)(b * (w->denominator / w->rows[1]->operations));
}

static void take_parts(struct why *w, enum why_by by)
{
    size_t room = 1, count = 0;
    for (unsigned s = 0; s < 2; s++) {
        room += by == WHY_EXCEPTION ? w->rows[s]->cause_count : w->rows[s]->part_count;
    }
    struct why_part *parts = calloc(room, sizeof *parts);
    BUG_ON(parts == NULL);
    for (unsigned s = 0; s < 2; s++) {
        for (size_t i = 0; by == WHY_EXCEPTION && i < w->rows[s]->cause_count; i++) {
            parts[count++] = from_cause(&w->rows[s]->causes[i], s);
        }
        for (size_t i = 0; by != WHY_EXCEPTION && i < w->rows[s]->part_count; i++) {
            parts[count++] = from_part(&w->rows[s]->parts[i], by, s);
        }
    }
    count = merge(parts, count);
    for (size_t i = 0; i < count; i++) {
        parts[i].difference = difference_of(w, parts[i].side[0].exact, parts[i].side[1].exact);
    }
    qsort(parts, count, sizeof *parts, by_size);
    w->parts[by] = parts;
    w->counts[by] = count;
}

static uint64_t greatest_common_divisor(uint64_t a, uint64_t b)
{
    while (b != 0) {
        uint64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

/* Operations are what the guest says: any number. */
static bool is_measurable(const struct why *w)
{
    uint64_t a = w->rows[0]->operations, b = w->rows[1]->operations;
    if (a == 0 || b == 0) {
        return false;
    }
    uint64_t divisor = greatest_common_divisor(a, b);
    uint64_t most = w->rows[0]->exact > w->rows[1]->exact ? w->rows[0]->exact : w->rows[1]->exact;
    uint64_t factor = a / divisor > b / divisor ? a / divisor : b / divisor;
    return a / divisor <= INT64_MAX / 1000 / b && (most == 0 || factor <= INT64_MAX / 2 / most);
}

bool why_take(const struct design_report *a, const struct design_report *b, const char *row,
              struct why *out, struct err *e)
{
    *out = (struct why){.designs = {a, b}};
    for (unsigned s = 0; s < 2; s++) {
        out->rows[s] = row_named(out->designs[s], row, e);
        if (out->rows[s] == NULL) {
            return false;
        }
    }
    if (!is_measurable(out)) {
        return err_set(e, "row %s: %" PRIu64 " operations of %s and %" PRIu64 " of %s", row,
                       out->rows[0]->operations, a->design->name, out->rows[1]->operations,
                       b->design->name);
    }
    uint64_t x = out->rows[0]->operations, y = out->rows[1]->operations;
    out->denominator = x / greatest_common_divisor(x, y) * y;
    out->difference = difference_of(out, out->rows[0]->exact, out->rows[1]->exact);
    for (enum why_by by = WHY_CLASS; by < WHY_BY_COUNT; by++) {
        take_parts(out, by);
    }
    return true;
}

void why_free(struct why *why)
{
    for (enum why_by by = WHY_CLASS; by < WHY_BY_COUNT; by++) {
        free(why->parts[by]);
        why->parts[by] = NULL;
    }
}

struct remainder {
    int64_t rest;
    size_t index;
};

static int by_rest(const void *a, const void *b)
{
    const struct remainder *x = a, *y = b;
    if (x->rest != y->rest) {
        return x->rest > y->rest ? -1 : 1;
    }
    return x->index < y->index ? -1 : x->index > y->index;
}

static int64_t floor_division(int64_t n, int64_t unit)
{
    return n / unit - (n % unit < 0);
}

int64_t why_round(const int64_t *exact, int64_t unit, int64_t *rounded, size_t count)
{
    struct remainder *rest = calloc(count + 1, sizeof *rest);
    BUG_ON(rest == NULL);
    int64_t total = 0, floors = 0;
    for (size_t i = 0; i < count; i++) {
        total += exact[i];
        rounded[i] = floor_division(exact[i], unit);
        floors += rounded[i];
        rest[i] = (struct remainder){exact[i] - rounded[i] * unit, i};
    }
    int64_t sum = floor_division(total + unit / 2, unit);
    qsort(rest, count, sizeof *rest, by_rest);
    for (size_t i = 0; i < count && floors < sum; i++, floors++) {
        rounded[rest[i].index]++;
    }
    free(rest);
    return sum;
}
