/* Sums by a key (a cost class, a function, an exception) of several rows side by side. */
#ifndef EL2SIM_REPORT_HTML_SUMS_H
#define EL2SIM_REPORT_HTML_SUMS_H

#include <jansson.h>

#include "sim/report/html.h"

enum html_value { VALUE_COUNT, VALUE_INSTRUCTIONS, VALUE_CYCLES, VALUE_COUNT_OF };

struct html_sum {
    char key[96];
    double of[HTML_SUBJECTS_MAX][VALUE_COUNT_OF]; /* of one operation */
    double most;                                  /* the most cycles of any of the rows */
};

struct html_sums {
    struct html_sum *at; /* dearest first, equals by key, once sorted */
    size_t count, room;
    json_t *index; /* key -> place, until sorted */
};

/* One side's row, NULL: it has none. */
struct html_sums html_sums_by_class(const json_t *const rows[], size_t sides);
struct html_sums html_sums_by_function(const json_t *const rows[], size_t sides);
struct html_sums html_sums_by_exception(const json_t *const rows[], size_t sides);
void html_sums_free(struct html_sums *sums);

/* What all behind the first `from` add up to. */
struct html_sum html_sums_rest(const struct html_sums *sums, size_t from);

#endif
