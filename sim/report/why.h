/*
 * Why one design's row takes longer than another's: the difference of one operation, taken apart
 * three times, by cost class, by function and by the exception that the cycles followed.
 *
 * The two rows may have run different numbers of operations, so a difference is kept as a whole
 * number: thousandths of a cycle an operation, times `denominator`. Parts add up to it exactly.
 */
#ifndef EL2SIM_REPORT_WHY_H
#define EL2SIM_REPORT_WHY_H

#include "sim/report/report.h"

enum why_by { WHY_CLASS, WHY_FUNCTION, WHY_EXCEPTION, WHY_BY_COUNT };

struct why_side {
    cycles_t exact;        /* thousandths, of all operations */
    uint64_t instructions; /* the same */
    uint64_t count;        /* units of the class, exceptions of the kind; 0 of functions */
};

struct why_part {
    char label[CAUSE_NAME_MAX];
    struct why_side side[2];
    int64_t difference;
};

struct why {
    const struct design_report *designs[2];
    const struct report_row *rows[2];
    uint64_t denominator; /* the least common multiple of the operations */
    int64_t difference;
    struct why_part *parts[WHY_BY_COUNT]; /* dearest difference first */
    size_t counts[WHY_BY_COUNT];
};

/* Of a row that both have; false with *e when one has not, or its numbers are beyond all measure.
 * Free with why_free(). */
bool why_take(const struct design_report *a, const struct design_report *b, const char *row,
              struct why *out, struct err *e);
void why_free(struct why *why);

/* The `most` dearest parts of each kind, the rest in one line. */
void report_why_text(FILE *out, const struct why *why, size_t most);
void report_why_csv_head(FILE *out);
void report_why_csv(FILE *out, const struct why *why);

/* Whole numbers of `unit`s such that they add up to their rounded sum (largest remainder). */
int64_t why_round(const int64_t *exact, int64_t unit, int64_t *rounded, size_t count);

#endif
