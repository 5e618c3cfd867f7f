#include "sim/report/html_sums.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/report/html_parts.h"

static struct html_sum *find(struct html_sums *sums, const char *key)
{
    const json_t *place = json_object_get(sums->index, key);
    if (place) {
        return &sums->at[json_integer_value(place)];
    }
    if (sums->count == sums->room) {
        sums->room = sums->room ? 2 * sums->room : 64;
        sums->at = realloc(sums->at, sums->room * sizeof *sums->at);
        BUG_ON(sums->at == NULL);
    }
    json_object_set_new(sums->index, key, json_integer((json_int_t)sums->count));
    struct html_sum *sum = &sums->at[sums->count++];
    *sum = (struct html_sum){.most = 0};
    snprintf(sum->key, sizeof sum->key, "%s", key);
    return sum;
}

static void class_key(const json_t *part, char key[96])
{
    snprintf(key, 96, "%.90s", html_text(part, "class"));
}

static void function_key(const json_t *part, char key[96])
{
    snprintf(key, 96, "EL%.0f %.8s %.70s", html_number(part, "el"), html_text(part, "where"),
             html_text(part, "function"));
}

static void exception_key(const json_t *part, char key[96])
{
    snprintf(key, 96, "%.90s", html_text(part, "exception"));
}

static int dearest_first(const void *a, const void *b)
{
    const struct html_sum *x = a, *y = b;
    if (x->most != y->most) {
        return x->most > y->most ? -1 : 1;
    }
    return strcmp(x->key, y->key);
}

static void add_row(struct html_sums *sums, const json_t *row, size_t side, const char *list,
                    void (*key_of)(const json_t *part, char key[96]))
{
    size_t i;
    json_t *part;
    json_array_foreach(json_object_get(row, list), i, part)
    {
        char key[96];
        key_of(part, key);
        double *of = find(sums, key)->of[side];
        of[VALUE_COUNT] += html_per_operation(row, html_number(part, "count"));
        of[VALUE_INSTRUCTIONS] += html_per_operation(row, html_number(part, "instructions"));
        of[VALUE_CYCLES] += html_cycles_per_operation(row, html_number(part, "millicycles"));
    }
}

static struct html_sums sums_of(const json_t *const rows[], size_t sides, const char *list,
                                void (*key_of)(const json_t *part, char key[96]))
{
    struct html_sums sums = {.index = json_object()};
    for (size_t side = 0; side < sides; side++) {
        if (rows[side]) {
            add_row(&sums, rows[side], side, list, key_of);
        }
    }
    for (size_t i = 0; i < sums.count; i++) {
        for (size_t side = 0; side < sides; side++) {
            double cycles = sums.at[i].of[side][VALUE_CYCLES];
            sums.at[i].most = cycles > sums.at[i].most ? cycles : sums.at[i].most;
        }
    }
    json_decref(sums.index);
    sums.index = NULL;
    if (sums.count != 0) {
        qsort(sums.at, sums.count, sizeof *sums.at, dearest_first);
    }
    return sums;
}

struct html_sums html_sums_by_class(const json_t *const rows[], size_t sides)
{
    return sums_of(rows, sides, "breakdown", class_key);
}

struct html_sums html_sums_by_function(const json_t *const rows[], size_t sides)
{
    return sums_of(rows, sides, "breakdown", function_key);
}

struct html_sums html_sums_by_exception(const json_t *const rows[], size_t sides)
{
    return sums_of(rows, sides, "causes", exception_key);
}

void html_sums_free(struct html_sums *sums)
{
    free(sums->at);
}

struct html_sum html_sums_rest(const struct html_sums *sums, size_t from)
{
    struct html_sum rest = {.most = 0};
    for (size_t i = from; i < sums->count; i++) {
        for (size_t side = 0; side < HTML_SUBJECTS_MAX; side++) {
            for (unsigned v = 0; v < VALUE_COUNT_OF; v++) {
                rest.of[side][v] += sums->at[i].of[side][v];
            }
        }
    }
    return rest;
}
