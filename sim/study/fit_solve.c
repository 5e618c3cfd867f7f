/* The linear problem of one run: whether it is determined, and its solution within the bounds. */
#include <math.h>
#include <nlopt.h>
#include <stdlib.h>
#include <string.h>

#include "sim/study/fit.h"

/* A constant that moves no row by more than this part of it moves none. */
#define LEAST_EFFECT 1e-6
/* What is left of a constant's effect, once the others' is taken out, must be more than this. */
#define LEAST_OF_ITS_OWN 1e-3

double fit_relative_error(double value, double measured)
{
    return (value - measured) / measured;
}

struct columns {
    double of[FIT_CONSTANTS_MAX][FIT_ROWS_MAX];
    double length[FIT_CONSTANTS_MAX]; /* at first */
};

static double product(const double *a, const double *b, unsigned n)
{
    double sum = 0;
    for (unsigned i = 0; i < n; i++) {
        sum += a[i] * b[i];
    }
    return sum;
}

static void fill_columns(const struct fit_file *f, const struct fit_model *m, const double *x,
                         int without, struct columns *columns)
{
    for (unsigned c = 0; c < f->constants_count; c++) {
        for (unsigned i = 0; i < f->rows_count; i++) {
            double scale = x[c] != 0 ? x[c] : 1;
            columns->of[c][i] =
                (int)i == without ? 0 : m->slope[i][c] * scale / f->rows[i].measured;
        }
        columns->length[c] = sqrt(product(columns->of[c], columns->of[c], f->rows_count));
    }
}

/* Takes the direction of column `from` out of all that are not done. */
static void take_out(const struct fit_file *f, struct columns *columns, unsigned from,
                     const bool *done)
{
    unsigned n = f->rows_count;
    double length = product(columns->of[from], columns->of[from], n);
    for (unsigned c = 0; c < f->constants_count; c++) {
        double share = done[c] ? 0 : product(columns->of[c], columns->of[from], n) / length;
        for (unsigned i = 0; i < n && share != 0; i++) {
            columns->of[c][i] -= share * columns->of[from][i];
        }
    }
}

bool fit_is_determined(const struct fit_file *f, const struct fit_model *model, const double *x,
                       int without, struct err *e)
{
    struct columns columns;
    bool done[FIT_CONSTANTS_MAX] = {false};
    fill_columns(f, model, x, without, &columns);
    for (unsigned c = 0; c < f->constants_count; c++) {
        if (columns.length[c] < LEAST_EFFECT) {
            return err_set(e, "under-determined: no calibration row depends on constant %s",
                           f->constants[c].name);
        }
    }
    for (unsigned turn = 0; turn < f->constants_count; turn++) {
        unsigned best = 0;
        double most = -1;
        for (unsigned c = 0; c < f->constants_count; c++) {
            double rest =
                sqrt(product(columns.of[c], columns.of[c], f->rows_count)) / columns.length[c];
            if (!done[c] && rest > most) {
                most = rest;
                best = c;
            }
        }
        if (most < LEAST_OF_ITS_OWN) {
            return err_set(e,
                           "under-determined: the rows cannot tell constant %s from the others: "
                           "leave it out, join it with one of them, or add a row that can",
                           f->constants[best].name);
        }
        done[best] = true;
        take_out(f, &columns, best, done);
    }
    return true;
}

struct problem {
    const struct fit_file *file;
    const struct fit_model *model;
    int without;
    const double *scale;
};

/* Sum of squares of relative errors, for NLopt: variables are in units of `scale`. */
static double sum_of_squares(unsigned count, const double *y, double *gradient, void *data)
{
    const struct problem *p = data;
    double sum = 0;
    for (unsigned c = 0; gradient && c < count; c++) {
        gradient[c] = 0;
    }
    for (unsigned i = 0; i < p->file->rows_count; i++) {
        double value = p->model->fixed[i];
        if ((int)i == p->without) {
            continue;
        }
        for (unsigned c = 0; c < count; c++) {
            value += p->model->slope[i][c] * y[c] * p->scale[c];
        }
        double error = fit_relative_error(value, p->file->rows[i].measured);
        sum += error * error;
        for (unsigned c = 0; gradient && c < count; c++) {
            gradient[c] +=
                2 * error * p->model->slope[i][c] * p->scale[c] / p->file->rows[i].measured;
        }
    }
    return sum;
}

bool fit_solve(const struct fit_file *f, const struct fit_model *model, int without, double *x,
               struct err *e)
{
    unsigned n = f->constants_count;
    double low[FIT_CONSTANTS_MAX], high[FIT_CONSTANTS_MAX], y[FIT_CONSTANTS_MAX];
    double scale[FIT_CONSTANTS_MAX], least;
    struct problem problem = {f, model, without, scale};
    for (unsigned c = 0; c < n; c++) {
        scale[c] = x[c] > 0 ? x[c] : 1;
        low[c] = f->constants[c].low / scale[c];
        high[c] = f->constants[c].high / scale[c];
        y[c] = fmin(fmax(x[c] / scale[c], low[c]), high[c]);
    }
    /* Convex, smooth and bounded: this algorithm finds its least value, the same each time. */
    nlopt_opt opt = nlopt_create(NLOPT_LD_SLSQP, n);
    BUG_ON(opt == NULL);
    nlopt_set_min_objective(opt, sum_of_squares, &problem);
    nlopt_set_lower_bounds(opt, low);
    nlopt_set_upper_bounds(opt, high);
    nlopt_set_xtol_rel(opt, 1e-12);
    nlopt_set_maxeval(opt, 20000);
    nlopt_result result = nlopt_optimize(opt, y, &least);
    nlopt_destroy(opt);
    /* "Round-off limited" is as near as doubles come. */
    if (result < 0 && result != NLOPT_ROUNDOFF_LIMITED) {
        return err_set(e, "NLopt gave up (%s)", nlopt_result_to_string(result));
    }
    for (unsigned c = 0; c < n; c++) {
        x[c] = y[c] * scale[c];
    }
    return true;
}
