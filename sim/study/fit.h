/*
 * Fitting prices to measured rows.
 *
 * A calibration row is a design's benchmark row, or a part of it (functions, cost classes), with
 * what it takes on a real machine. A constant is what may vary: one price that some classes have,
 * or one factor on their prices. The cycles of a row are linear in the prices while the guest does
 * the same things, but timing feeds back (ticks, waits, turns of CPUs): so each step runs all
 * designs anew, solves the linear problem of that run within the bounds (NLopt), and the fit is
 * over when a run has the prices that its own solution says.
 */
#ifndef EL2SIM_STUDY_FIT_H
#define EL2SIM_STUDY_FIT_H

#include "sim/study/design_run.h"

#define FIT_ROWS_MAX      64
#define FIT_CONSTANTS_MAX 24

/* As in a fit file (docs/cost.md); loaded by libcyaml, so what it points to is malloc'd. */
struct fit_row {
    char *design, *row, *source;
    char *cycles, *ns; /* one of the two */
    char **functions, **classes;
    unsigned functions_count, classes_count; /* 0: all */

    double measured; /* cycles of one operation */
};

struct fit_constant {
    char *name;
    char **classes; /* names, or patterns such as sysreg.* */
    unsigned classes_count;
    double *cycles, *factor; /* lowest and highest; one of the two */
    unsigned cycles_count, factor_count;

    bool has[COST_CLASS_COUNT];
    double low, high, start;
};

struct fit_file {
    char *profile, *name; /* name: of the profile that comes out; may be NULL */
    unsigned ops;
    struct fit_row *rows;
    unsigned rows_count;
    struct fit_constant *constants;
    unsigned constants_count;
};

/* NULL with *e. path NULL: an empty one, to be filled by options. Free with fit_file_free(). */
struct fit_file *fit_file_load(const char *path, struct err *e);
void fit_file_free(struct fit_file *f);

/* "DESIGN/ROW=6500" or "=2708ns". */
bool fit_file_add_row(struct fit_file *f, const char *text, struct err *e);
/* "CLASS,CLASS=100..400" (cycles) or "CLASS,...=x0.5..x2" (a factor). */
bool fit_file_add_constant(struct fit_file *f, const char *text, struct err *e);
/* A text of measurements: lines of ours, or what kvm-unit-tests' micro-bench prints; `design` is
 * that of lines that name none. What has no row here is said on stderr. */
bool fit_file_add_measured(struct fit_file *f, const char *path, const char *design, struct err *e);
/* Checks all, and fills what is derived from the profile. */
bool fit_file_check(struct fit_file *f, const struct profile *profile, struct err *e);

/* "kvm-split/hypercall of vgic_hw_save" */
#define FIT_LABEL_MAX 256
void fit_row_label(const struct fit_row *row, char label[FIT_LABEL_MAX]);

/* What the rows took under some prices: row i = fixed[i] + sum of slope[i][c] * x[c]. */
struct fit_model {
    double actual[FIT_ROWS_MAX];
    double fixed[FIT_ROWS_MAX];
    double slope[FIT_ROWS_MAX][FIT_CONSTANTS_MAX];
};

struct fit {
    const struct fit_file *file;
    const struct profile *profile;
    struct design_run run; /* level, limits, progress */

    /* results */
    double x[FIT_CONSTANTS_MAX]; /* as priced: a price of thousandths */
    double before[FIT_ROWS_MAX], after[FIT_ROWS_MAX];
    double left_out[FIT_ROWS_MAX]; /* NAN: the others do not determine the constants */
    bool is_settled;
    unsigned steps, runs;         /* of the fit; machines in all */
    char images[IMAGE_HASH_TEXT]; /* of all images of all designs */
};

/* False with *e: a design does not run, or the problem is under-determined. */
bool fit_do(struct fit *fit, struct err *e);

/* The parts of fit_do(). */
bool fit_evaluate(struct fit *fit, const double *x, int only_row, struct fit_model *model,
                  struct err *e);
/* Whether the rows but `without` (-1: all) determine all constants; *e says which they do not. */
bool fit_is_determined(const struct fit_file *f, const struct fit_model *model, const double *x,
                       int without, struct err *e);
/* The x within the bounds with the least sum of squared relative errors of the rows but `without`;
 * x holds the start. */
bool fit_solve(const struct fit_file *f, const struct fit_model *model, int without, double *x,
               struct err *e);
/* *out becomes the profile with those constants, prices rounded to thousandths; its strings are
 * the original's. */
void fit_price(const struct fit *fit, const double *x, struct profile *out);
double fit_relative_error(double value, double measured);

void fit_report_text(FILE *out, const struct fit *fit);
void fit_report_json(FILE *out, const struct fit *fit);
void fit_write_profile(FILE *out, const struct fit *fit);

#endif
