/* What a sweep says: how much each axis moves each row, and which points no other one beats. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/study/sweep.h"

static const json_t *row_named(const json_t *point, const char *name)
{
    size_t i;
    const json_t *row;
    json_array_foreach(json_object_get(point, "rows"), i, row)
    {
        const char *text = json_string_value(json_object_get(row, "row"));
        if (text && strcmp(text, name) == 0) {
            return row;
        }
    }
    return NULL;
}

bool sweep_cycles(const json_t *point, const char *name, double *out)
{
    const json_t *row = row_named(point, name);
    json_int_t operations = json_integer_value(json_object_get(row, "operations"));
    if (row == NULL || operations <= 0) {
        return false;
    }
    *out = (double)json_integer_value(json_object_get(row, "millicycles")) / CYCLE /
           (double)operations;
    return true;
}

static bool axis_value(const struct sweep_axis *a, const json_t *point, double *out)
{
    const char *text = json_string_value(json_object_get(json_object_get(point, "axes"), a->name));
    for (unsigned i = 0; text && a->is_number && i < a->count; i++) {
        if (strcmp(a->list[i], text) == 0) {
            *out = a->numbers[i];
            return true;
        }
    }
    return false;
}

bool sweep_objective(const struct sweep_file *s, const json_t *point, const char *name, double *out)
{
    for (unsigned i = 0; i < s->axes_count; i++) {
        if (strcmp(s->axes[i].name, name) == 0) {
            return axis_value(&s->axes[i], point, out);
        }
    }
    return sweep_cycles(point, name, out);
}

/* Points that differ in one axis only: how far apart they are in the sweep. */
static unsigned stride_of(const struct sweep_file *s, unsigned axis)
{
    unsigned stride = 1;
    for (unsigned i = axis + 1; i < s->axes_count; i++) {
        stride *= s->axes[i].count;
    }
    return stride;
}

/* Sums of a regression of logarithms within groups, and of the change from least to greatest. */
struct sums {
    double xx, xy, change;
    unsigned groups;
};

static void add_group(struct sums *sums, const struct sweep_axis *a, const double *cycles)
{
    double mean_x = 0, mean_y = 0;
    unsigned n = 0, least = a->count, most = a->count;
    for (unsigned v = 0; v < a->count; v++) {
        if (cycles[v] <= 0) {
            continue;
        }
        least = least == a->count || a->numbers[v] < a->numbers[least] ? v : least;
        most = most == a->count || a->numbers[v] > a->numbers[most] ? v : most;
        if (a->numbers[v] > 0) {
            mean_x += log(a->numbers[v]);
            mean_y += log(cycles[v]);
            n++;
        }
    }
    if (least == most) {
        return;
    }
    sums->groups++;
    sums->change += cycles[most] / cycles[least] - 1;
    for (unsigned v = 0; v < a->count && n > 1; v++) {
        if (cycles[v] > 0 && a->numbers[v] > 0) {
            double dx = log(a->numbers[v]) - mean_x / n;
            sums->xx += dx * dx;
            sums->xy += dx * (log(cycles[v]) - mean_y / n);
        }
    }
}

/* Points by their number; NULL where one is missing. */
static const json_t **by_number(const struct sweep_file *s, const json_t *points)
{
    const json_t **list = calloc(s->point_count, sizeof *list);
    BUG_ON(list == NULL);
    size_t i;
    const json_t *point;
    json_array_foreach(points, i, point)
    {
        list[json_integer_value(json_object_get(point, "point"))] = point;
    }
    return list;
}

/* What logarithms make of nothing at all. */
static double without_noise(double x)
{
    return fabs(x) < 1e-12 ? 0 : x;
}

static struct sweep_effect effect_of(const struct sweep_file *s, const json_t **points,
                                     unsigned design, unsigned axis, const char *row)
{
    const struct sweep_axis *a = &s->axes[axis];
    unsigned each = s->point_count / s->designs_count, stride = stride_of(s, axis);
    struct sums sums = {0};
    for (unsigned first = 0; first < each; first++) {
        double cycles[SWEEP_VALUES_MAX] = {0};
        if (first / stride % a->count != 0) {
            continue; /* not the first of its group */
        }
        for (unsigned v = 0; v < a->count; v++) {
            const json_t *point = points[design * each + first + v * stride];
            if (point == NULL || !sweep_cycles(point, row, &cycles[v])) {
                cycles[v] = 0;
            }
        }
        add_group(&sums, a, cycles);
    }
    struct sweep_effect e = {.axis = a,
                             .design = s->design[design]->name,
                             .row = row,
                             .low = a->numbers[0],
                             .high = a->numbers[0],
                             .groups = sums.groups};
    for (unsigned v = 1; v < a->count; v++) {
        e.low = fmin(e.low, a->numbers[v]);
        e.high = fmax(e.high, a->numbers[v]);
    }
    e.elasticity = sums.xx > 0 ? without_noise(sums.xy / sums.xx) : 0;
    e.change = sums.groups ? without_noise(sums.change / sums.groups) : 0;
    return e;
}

static int by_size(const void *a, const void *b)
{
    const struct sweep_effect *x = a, *y = b;
    double dx = fabs(x->change), dy = fabs(y->change);
    if (dx != dy) {
        return dx > dy ? -1 : 1;
    }
    int order = strcmp(x->axis->name, y->axis->name);
    order = order ? order : strcmp(x->row, y->row);
    return order ? order : strcmp(x->design, y->design);
}

struct sweep_effect *sweep_effects(const struct sweep_file *s, const json_t *points, size_t *count)
{
    const json_t **list = by_number(s, points);
    struct sweep_effect *effects =
        calloc((size_t)s->axes_count * s->designs_count * s->rows_count + 1, sizeof *effects);
    BUG_ON(effects == NULL);
    *count = 0;
    for (unsigned a = 0; a < s->axes_count; a++) {
        for (unsigned d = 0; s->axes[a].is_number && d < s->designs_count; d++) {
            for (unsigned r = 0; r < s->rows_count; r++) {
                struct sweep_effect e = effect_of(s, list, d, a, s->rows[r]);
                if (e.groups != 0) {
                    effects[(*count)++] = e;
                }
            }
        }
    }
    free(list);
    qsort(effects, *count, sizeof *effects, by_size);
    return effects;
}

struct sweep_objectives sweep_objectives(const struct sweep_file *s)
{
    return s->pareto_count ? (struct sweep_objectives){s->pareto, s->pareto_count}
                           : (struct sweep_objectives){s->rows, s->rows_count};
}

struct objectives {
    bool is_candidate;
    double values[SWEEP_ROWS_MAX];
};

static struct objectives objectives_of(const struct sweep_file *s, const json_t *point)
{
    struct objectives o = {.is_candidate = true};
    struct sweep_objectives of = sweep_objectives(s);
    for (unsigned i = 0; i < of.count && o.is_candidate; i++) {
        o.is_candidate = sweep_objective(s, point, of.names[i], &o.values[i]);
    }
    return o;
}

/* No worse in anything, and better in something. */
static bool beats(const struct objectives *a, const struct objectives *b, unsigned count)
{
    bool is_better = false;
    for (unsigned i = 0; i < count; i++) {
        if (a->values[i] > b->values[i]) {
            return false;
        }
        is_better = is_better || a->values[i] < b->values[i];
    }
    return is_better;
}

json_t *sweep_pareto(const struct sweep_file *s, const json_t *points)
{
    size_t n = json_array_size(points);
    unsigned count = sweep_objectives(s).count;
    struct objectives *all = calloc(n + 1, sizeof *all);
    json_t *front = json_array();
    BUG_ON(all == NULL);
    for (size_t i = 0; i < n; i++) {
        all[i] = objectives_of(s, json_array_get(points, i));
    }
    for (size_t i = 0; i < n; i++) {
        bool is_beaten = !all[i].is_candidate;
        for (size_t j = 0; j < n && !is_beaten; j++) {
            is_beaten = all[j].is_candidate && beats(&all[j], &all[i], count);
        }
        if (!is_beaten) {
            json_array_append_new(front, json_integer((json_int_t)i));
        }
    }
    free(all);
    return front;
}
