#include "sim/study/fit.h"

#include <math.h>
#include <string.h>

#define STEPS_MAX 12

static double sum_of_squares(const struct fit_file *f, const double *values)
{
    double sum = 0;
    for (unsigned i = 0; i < f->rows_count; i++) {
        double error = fit_relative_error(values[i], f->rows[i].measured);
        sum += error * error;
    }
    return sum;
}

/* Whether both give the same prices. */
static bool is_same(const struct fit *fit, const double *x, const double *y)
{
    struct profile a, b;
    fit_price(fit, x, &a);
    fit_price(fit, y, &b);
    for (unsigned k = 0; k < COST_CLASS_COUNT; k++) {
        if (a.costs[k].price != b.costs[k].price) {
            return false;
        }
    }
    return true;
}

/* Rows that no constant moves say nothing of any: they do not count. */
static bool has_rows_enough(const struct fit_file *f, const struct fit_model *m, const double *x,
                            struct err *e)
{
    unsigned rows = 0;
    for (unsigned i = 0; i < f->rows_count; i++) {
        double most = 0;
        for (unsigned c = 0; c < f->constants_count; c++) {
            most = fmax(most, m->slope[i][c] * (x[c] > 0 ? x[c] : 1) / f->rows[i].measured);
        }
        rows += most > 1e-6;
    }
    return rows > f->constants_count ||
           err_set(e,
                   "under-determined: %u constants need more than %u calibration rows that depend "
                   "on them; of %u rows, %u do",
                   f->constants_count, f->constants_count, f->rows_count, rows);
}

/* Runs and solves in turn until a run has the prices that its own solution says. fit->x is the
 * best that has been run, *model its rows. */
static bool settle(struct fit *fit, struct fit_model *model, struct err *e)
{
    const struct fit_file *f = fit->file;
    double x[FIT_CONSTANTS_MAX], best = INFINITY;
    struct fit_model now;
    for (unsigned c = 0; c < f->constants_count; c++) {
        x[c] = f->constants[c].start;
    }
    for (; fit->steps < STEPS_MAX && !fit->is_settled; fit->steps++) {
        if (!fit_evaluate(fit, x, -1, &now, e)) {
            return false;
        }
        if (fit->steps == 0) {
            memcpy(fit->before, now.actual, sizeof fit->before);
            if (!fit_is_determined(f, &now, x, -1, e) || !has_rows_enough(f, &now, x, e)) {
                return false;
            }
        }
        double error = sum_of_squares(f, now.actual);
        bool is_within = fit->steps != 0; /* the start may lie outside the bounds */
        if (is_within && error < best) {
            best = error;
            *model = now;
            memcpy(fit->x, x, sizeof x);
        }
        double next[FIT_CONSTANTS_MAX];
        memcpy(next, x, sizeof next);
        if (!fit_solve(f, &now, -1, next, e)) {
            return false;
        }
        fit->is_settled = is_within && is_same(fit, x, next);
        memcpy(x, next, sizeof x);
    }
    memcpy(fit->after, model->actual, sizeof fit->after);
    return true;
}

/* What the other rows alone say of row i: solved without it, and run. */
static bool leave_out(struct fit *fit, const struct fit_model *model, unsigned i, struct err *e)
{
    struct err why = {.text = ""};
    struct fit_model run;
    double x[FIT_CONSTANTS_MAX];
    memcpy(x, fit->x, sizeof x);
    fit->left_out[i] = NAN;
    if (!fit_is_determined(fit->file, model, x, (int)i, &why)) {
        return true;
    }
    if (!fit_solve(fit->file, model, (int)i, x, e) || !fit_evaluate(fit, x, (int)i, &run, e)) {
        return false;
    }
    fit->left_out[i] = run.actual[i];
    return true;
}

bool fit_do(struct fit *fit, struct err *e)
{
    struct fit_model model = {.actual = {0}};
    if (!settle(fit, &model, e)) {
        return false;
    }
    for (unsigned i = 0; i < fit->file->rows_count; i++) {
        if (!leave_out(fit, &model, i, e)) {
            return false;
        }
    }
    return true;
}
