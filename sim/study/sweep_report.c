#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sim/study/sweep.h"

#define CLASSES_SHOWN 5
#define FRONT_SHOWN   40

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

static json_int_t number_of(const json_t *object, const char *key)
{
    return json_integer_value(json_object_get(object, key));
}

/* Classes of a row, dearest first: a class's part of the row is what percent the row changes for a
 * percent of its price, as long as the guest does the same. */
struct share {
    const char *class;
    double part;
};

static int by_part(const void *a, const void *b)
{
    const struct share *x = a, *y = b;
    if (x->part != y->part) {
        return x->part > y->part ? -1 : 1;
    }
    return strcmp(x->class, y->class);
}

static size_t take_shares(const json_t *row, struct share shares[COST_CLASS_COUNT])
{
    size_t count = 0;
    const char *name;
    json_t *cycles;
    double total = (double)number_of(row, "millicycles");
    json_object_foreach(json_object_get(row, "classes"), name, cycles)
    {
        if (count < COST_CLASS_COUNT && total > 0) {
            shares[count++] = (struct share){name, (double)json_integer_value(cycles) / total};
        }
    }
    qsort(shares, count, sizeof *shares, by_part);
    return count;
}

/* The first point of each design that is there. */
static const json_t *first_of(const struct sweep_file *s, const json_t *points, unsigned design)
{
    size_t i;
    const json_t *point;
    json_array_foreach(points, i, point)
    {
        if (strcmp(text_of(point, "design"), s->design[design]->name) == 0) {
            return point;
        }
    }
    return NULL;
}

static void print_constants(FILE *out, const struct sweep_file *s, const json_t *points)
{
    fprintf(out, "\nprices that move a row most (percent for a percent, at the design's first "
                 "point)\n");
    for (unsigned d = 0; d < s->designs_count; d++) {
        const json_t *point = first_of(s, points, d), *row;
        size_t r;
        json_array_foreach(json_object_get(point, "rows"), r, row)
        {
            struct share shares[COST_CLASS_COUNT];
            size_t count = take_shares(row, shares);
            fprintf(out, "  %-16s %-16s", text_of(point, "design"), text_of(row, "row"));
            for (size_t i = 0; i < count && i < CLASSES_SHOWN; i++) {
                fprintf(out, " %s %.3f", shares[i].class, shares[i].part);
            }
            fputc('\n', out);
        }
    }
}

static void print_effects(FILE *out, const struct sweep_file *s, const json_t *points)
{
    size_t count;
    struct sweep_effect *effects = sweep_effects(s, points, &count);
    fprintf(out, "\n%-16s %-16s %-16s %10s   %-24s %9s %7s\n", "axis", "design", "row",
            "elasticity", "from..to", "change", "groups");
    for (size_t i = 0; i < count; i++) {
        const struct sweep_effect *e = &effects[i];
        char range[40];
        snprintf(range, sizeof range, "%g..%g", e->low, e->high);
        fprintf(out, "%-16s %-16s %-16s %10.3f   %-24s %+8.1f%% %7u\n", e->axis->name, e->design,
                e->row, e->elasticity, range, 100 * e->change, e->groups);
    }
    if (count != 0) {
        fprintf(out, "  elasticity: percent of the row for a percent of the axis, the others held; "
                     "change: from the least value to the greatest\n");
    }
    free(effects);
}

static bool is_alike(const struct sweep_file *s, const json_t *a, const json_t *b)
{
    struct sweep_objectives o = sweep_objectives(s);
    for (unsigned i = 0; i < o.count; i++) {
        double x = 0, y = 0;
        sweep_objective(s, a, o.names[i], &x);
        sweep_objective(s, b, o.names[i], &y);
        if (x != y) {
            return false;
        }
    }
    return true;
}

/* Of points of the front: how many before `index` have the same in all, and how many behind. */
static void count_alike(const struct sweep_file *s, const json_t *points, const json_t *front,
                        size_t index, unsigned *before, unsigned *behind)
{
    const json_t *one =
        json_array_get(points, (size_t)json_integer_value(json_array_get(front, index)));
    *before = *behind = 0;
    for (size_t i = 0; i < json_array_size(front); i++) {
        const json_t *other =
            json_array_get(points, (size_t)json_integer_value(json_array_get(front, i)));
        if (i != index && is_alike(s, one, other)) {
            *(i < index ? before : behind) += 1;
        }
    }
}

static void print_front_point(FILE *out, const struct sweep_file *s, const json_t *point,
                              unsigned alike)
{
    struct sweep_objectives o = sweep_objectives(s);
    char label[SWEEP_LABEL_MAX];
    sweep_label(s, (unsigned)number_of(point, "point"), label);
    fprintf(out, "  %-48s", label);
    for (unsigned n = 0; n < o.count; n++) {
        double value = 0;
        sweep_objective(s, point, o.names[n], &value);
        fprintf(out, " %14.1f", value);
    }
    if (alike != 0) {
        fprintf(out, "   and %u alike", alike);
    }
    fputc('\n', out);
}

static void print_front(FILE *out, const struct sweep_file *s, const json_t *points)
{
    json_t *front = sweep_pareto(s, points), *index;
    struct sweep_objectives o = sweep_objectives(s);
    size_t i, shown = 0;
    fprintf(out,
            "\nPareto: points that no other one beats in all of this (less is better)\n  %-48s",
            "point");
    for (unsigned n = 0; n < o.count; n++) {
        fprintf(out, " %14s", o.names[n]);
    }
    fputc('\n', out);
    json_array_foreach(front, i, index)
    {
        unsigned before, behind;
        count_alike(s, points, front, i, &before, &behind);
        if (before == 0 && shown++ < FRONT_SHOWN) {
            const json_t *point = json_array_get(points, (size_t)json_integer_value(index));
            print_front_point(out, s, point, behind);
        }
    }
    if (shown > FRONT_SHOWN) {
        fprintf(out, "  and %zu more (results.json has all)\n", shown - FRONT_SHOWN);
    }
    json_decref(front);
}

void sweep_report_text(FILE *out, const struct sweep_file *s, const json_t *points)
{
    fprintf(out, "sweep %s: %zu of %u points (%u designs", s->name, json_array_size(points),
            s->point_count, s->designs_count);
    for (unsigned i = 0; i < s->axes_count; i++) {
        fprintf(out, ", %u %s", s->axes[i].count, s->axes[i].name);
    }
    fprintf(out, "), %u rows; profile", s->rows_count);
    for (unsigned i = 0; i < s->designs_count; i++) {
        if (i == 0 || strcmp(s->prices[i]->name, s->prices[i - 1]->name) != 0) {
            fprintf(out, "%s %s (sha256 %.16s)", i ? "," : "", s->prices[i]->name,
                    s->prices[i]->sha256);
        }
    }
    fputc('\n', out);
    print_effects(out, s, points);
    print_constants(out, s, points);
    print_front(out, s, points);
}

void sweep_report_csv(FILE *out, const struct sweep_file *s, const json_t *points)
{
    size_t p, r;
    const json_t *point, *row;
    fprintf(out, "point,design");
    for (unsigned i = 0; i < s->axes_count; i++) {
        fprintf(out, ",%s", s->axes[i].name);
    }
    fprintf(out, ",row,operations,millicycles,cycles_per_operation,traps,exceptions,instructions,"
                 "profile,profile_sha256,priced_sha256,image_sha256,digest\n");
    json_array_foreach(points, p, point)
    {
        const json_t *profile = json_object_get(point, "profile");
        const json_t *image = json_array_get(json_object_get(point, "images"), 0);
        json_array_foreach(json_object_get(point, "rows"), r, row)
        {
            double cycles = 0;
            sweep_cycles(point, text_of(row, "row"), &cycles);
            fprintf(out, "%" PRId64 ",%s", (int64_t)number_of(point, "point"),
                    text_of(point, "design"));
            for (unsigned i = 0; i < s->axes_count; i++) {
                fprintf(out, ",%s", text_of(json_object_get(point, "axes"), s->axes[i].name));
            }
            fprintf(out, ",%s,%" PRId64 ",%" PRId64 ",%.3f,%" PRId64 ",%" PRId64 ",%" PRId64,
                    text_of(row, "row"), (int64_t)number_of(row, "operations"),
                    (int64_t)number_of(row, "millicycles"), cycles,
                    (int64_t)number_of(row, "traps"), (int64_t)number_of(row, "exceptions"),
                    (int64_t)number_of(row, "instructions"));
            fprintf(out, ",%s,%s,%s,%s,%s\n", text_of(profile, "name"), text_of(profile, "sha256"),
                    text_of(profile, "priced_sha256"), text_of(image, "sha256"),
                    text_of(point, "digest"));
        }
    }
}

static json_t *effects_json(const struct sweep_file *s, const json_t *points)
{
    size_t count;
    struct sweep_effect *effects = sweep_effects(s, points, &count);
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        const struct sweep_effect *e = &effects[i];
        json_array_append_new(list,
                              json_pack("{s:s, s:s, s:s, s:f, s:f, s:f, s:f, s:i}", "axis",
                                        e->axis->name, "design", e->design, "row", e->row,
                                        "elasticity", e->elasticity, "low", e->low, "high", e->high,
                                        "change", e->change, "groups", (int)e->groups));
    }
    free(effects);
    return list;
}

static json_t *front_json(const struct sweep_file *s, const json_t *points)
{
    json_t *front = sweep_pareto(s, points), *index, *numbers = json_array();
    size_t i;
    json_array_foreach(front, i, index)
    {
        const json_t *point = json_array_get(points, (size_t)json_integer_value(index));
        json_array_append(numbers, json_object_get(point, "point"));
    }
    json_decref(front);
    return numbers;
}

static json_t *axes_json(const struct sweep_file *s)
{
    json_t *axes = json_array();
    for (unsigned i = 0; i < s->axes_count; i++) {
        json_t *values = json_array();
        for (unsigned v = 0; v < s->axes[i].count; v++) {
            json_array_append_new(values, json_string(s->axes[i].list[v]));
        }
        json_array_append_new(axes,
                              json_pack("{s:s, s:o}", "name", s->axes[i].name, "values", values));
    }
    return axes;
}

static json_t *texts_json(char *const *texts, unsigned count)
{
    json_t *list = json_array();
    for (unsigned i = 0; i < count; i++) {
        json_array_append_new(list, json_string(texts[i]));
    }
    return list;
}

void sweep_report_json(FILE *out, const struct sweep_file *s, const json_t *points)
{
    struct sweep_objectives objectives = sweep_objectives(s);
    json_t *root = json_pack(
        "{s:s, s:s, s:s, s:i, s:o, s:o, s:o, s:o, s:o, s:O}", "el2sim", EL2SIM_VERSION, "kind",
        "sweep", "name", s->name, "point_count", (int)s->point_count, "axes", axes_json(s), "rows",
        texts_json(s->rows, s->rows_count), "sensitivity", effects_json(s, points), "objectives",
        texts_json(objectives.names, objectives.count), "pareto", front_json(s, points), "points",
        points);
    json_dumpf(root, out, JSON_INDENT(1) | JSON_REAL_PRECISION(12));
    fputc('\n', out);
    json_decref(root);
}
