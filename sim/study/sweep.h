/*
 * Sweeps: designs and axes (CPU features, prices, sizes of the TLB), all combinations, each run for
 * the same benchmark rows.
 *
 * A point is one combination. It is a file of its own, written when it is finished, with a hash of
 * all that went in; what is reported is read back from these files. So a sweep may be killed and
 * run again, by several processes or as jobs of a cluster, and ends in the same bytes.
 */
#ifndef EL2SIM_STUDY_SWEEP_H
#define EL2SIM_STUDY_SWEEP_H

#include <jansson.h>

#include "sim/study/design_run.h"

#define SWEEP_AXES_MAX    8
#define SWEEP_VALUES_MAX  64
#define SWEEP_DESIGNS_MAX 16
#define SWEEP_ROWS_MAX    32
#define SWEEP_POINTS_MAX  100000

enum axis_kind { AXIS_FEATURE, AXIS_CYCLES, AXIS_FACTOR, AXIS_TLB, AXIS_MACHINE };

/* As in a sweep file (docs/sweeps.md); loaded by libcyaml. */
struct sweep_axis {
    char *name;
    char *feature;           /* of the CPU, as --feature has it */
    char *tlb;               /* entries, ways or walk-cache */
    char *machine;           /* smp, quantum-cycles or store-drain-instructions */
    char **classes;          /* cost classes, or patterns */
    char **values;           /* of feature, tlb or machine */
    char **cycles, **factor; /* of classes: prices, or factors on those of the profile */
    unsigned classes_count, values_count, cycles_count, factor_count;

    enum axis_kind kind;
    char **list; /* that of the kind */
    unsigned count;
    bool is_number; /* all its values are */
    double numbers[SWEEP_VALUES_MAX];
    uint64_t thousandths[SWEEP_VALUES_MAX]; /* of cycles and factors */
    bool has[COST_CLASS_COUNT];
};

struct sweep_file {
    char *name, *profile; /* profile NULL: each design's own */
    char **designs, **rows, **pareto;
    unsigned designs_count, rows_count, pareto_count;
    unsigned ops;
    bool boot_once; /* points start from a snapshot under the prices of the profile */
    struct sweep_axis *axes;
    unsigned axes_count;

    struct design *design[SWEEP_DESIGNS_MAX];
    struct profile *prices[SWEEP_DESIGNS_MAX];
    unsigned point_count;
};

/* Reads and checks a sweep, its designs and profiles. NULL with *e. */
struct sweep_file *sweep_load(const char *path, struct err *e);
void sweep_free(struct sweep_file *s);

/* One combination. Strings are the sweep's, but for the features. */
struct sweep_point {
    unsigned number, design_index;
    unsigned value[SWEEP_AXES_MAX]; /* index in the axis */
    struct design design;
    struct profile profile;
    unsigned smp;
    char features[512];
    char key[IMAGE_HASH_TEXT];   /* of all that goes in */
    char start[IMAGE_HASH_TEXT]; /* of all that its snapshot depends on */
};

/* False with *e where the combination cannot be. */
bool sweep_point_make(const struct sweep_file *s, unsigned number, struct sweep_point *point,
                      struct err *e);

/* Runs it: what the point's file says. NULL with *e. */
json_t *sweep_point_run(const struct sweep_file *s, const struct sweep_point *point,
                        const char *snapshots, struct err *e);

/* The file of a point in a directory, written at once or not at all. */
bool sweep_point_write(const char *dir, unsigned number, const json_t *point, struct err *e);
/* The finished point with that key, or NULL: not there, of something else, or not to be read. */
json_t *sweep_point_read(const char *dir, const struct sweep_point *point);

/* DIR and DIR/points. */
bool sweep_make_directories(const char *dir, struct err *e);

struct sweep_job {
    const struct sweep_file *file;
    const char *dir, *snapshots; /* snapshots: NULL: none */
    unsigned processes;
    void (*progress)(void *ctx, unsigned done, unsigned all);
    void *progress_ctx;

    unsigned kept, run, failed; /* results */
};

/* Runs all points that are not there yet; what failed is said on stderr. False with *e when the
 * sweep itself cannot go on. */
bool sweep_run(struct sweep_job *job, struct err *e);

/* All points in order, those missing left out; the caller decrefs. */
json_t *sweep_collect(const struct sweep_file *s, const char *dir);

/* Of a collected array: cycles of an operation of that row; false: it was left out. */
bool sweep_cycles(const json_t *point, const char *row, double *out);

/* How much an axis moves a row of a design: the others are held. */
struct sweep_effect {
    const struct sweep_axis *axis;
    const char *design, *row;
    double elasticity; /* percent a percent, over the whole axis; of numbers above 0 only */
    double low, high;  /* least and greatest value */
    double change;     /* of the row, from least to greatest: a part */
    unsigned groups;   /* combinations of the other axes that have both */
};

/* In order of size; *count of them, the caller frees. */
struct sweep_effect *sweep_effects(const struct sweep_file *s, const json_t *points, size_t *count);

/* What a sweep looks for the least of: rows and axes of numbers. */
struct sweep_objectives {
    char *const *names;
    unsigned count;
};
struct sweep_objectives sweep_objectives(const struct sweep_file *s);

/* Which points no other one beats in all objectives: an array of their indices in
 * `points`. Points without one of them are no candidates. */
json_t *sweep_pareto(const struct sweep_file *s, const json_t *points);
bool sweep_objective(const struct sweep_file *s, const json_t *point, const char *name,
                     double *out);

void sweep_report_text(FILE *out, const struct sweep_file *s, const json_t *points);
void sweep_report_csv(FILE *out, const struct sweep_file *s, const json_t *points);
void sweep_report_json(FILE *out, const struct sweep_file *s, const json_t *points);

/* "kvm-split lrs=4 gich=100" */
#define SWEEP_LABEL_MAX 400
void sweep_label(const struct sweep_file *s, unsigned number, char label[SWEEP_LABEL_MAX]);

#endif
