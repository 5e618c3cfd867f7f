/*
 * Papers: the tables that were published, and for each number the design and the row that predict
 * it here (sim/papers).
 */
#ifndef EL2SIM_CATALOG_PAPER_H
#define EL2SIM_CATALOG_PAPER_H

#include <stdbool.h>

#include "sim/base/err.h"

#define PAPER_SYSTEMS_MAX 8
#define PAPER_TABLES_MAX  16
#define PAPER_ROWS_MAX    32 /* of a table */

/* How far a published number can be trusted. */
enum paper_status {
    PAPER_READ,     /* in the paper, its authors' own text, or a text that cites paper and table */
    PAPER_RECALLED, /* from memory: not confirmed by any text at hand */
    PAPER_DERIVED   /* by arithmetic from the others */
};

/* What a table's numbers are. `over` names the system that a ratio or a percentage is of. */
enum paper_unit {
    PAPER_CYCLES,  /* of an operation */
    PAPER_US,      /* microseconds of an operation, by the profile's clock */
    PAPER_RATIO,   /* an operation's cycles over those of the table's system `over` */
    PAPER_OVERHEAD /* percent more cycles than there */
};

/* One number of a table. */
struct paper_value {
    char *system;
    double published; /* in the table's unit; above 0 */
    int status;       /* enum paper_status */
    bool calibration; /* the profile was made from it: its error says nothing */
    char *why;        /* what the distance comes from; may be NULL */
};

/* One line: an operation and what the systems take for it. */
struct paper_row {
    char *title;
    char *row;        /* the benchmark row that predicts it */
    char **functions; /* none: all of the row; else only what is booked on these */
    unsigned functions_count;
    struct paper_value *values;
    unsigned values_count;
};

struct paper_table {
    char *id, *title;
    int unit;    /* enum paper_unit */
    char *over;  /* NULL but for ratios and overheads */
    char *about; /* may be NULL */
    struct paper_row *rows;
    unsigned rows_count;
};

/* A column: what the paper measured, and the design that stands for it. */
struct paper_system {
    char *id, *title, *design;
    char *append; /* more for the design's command line; may be NULL */
    char *real;   /* a design of real software of the same kind; may be NULL */
};

/* What an operation takes in real software: written by scripts/paper-counts.py. A guest that waits
 * for another CPU executes instructions, too; so those outside of VMs are counted besides. */
struct paper_count {
    char *design, *software, *row;
    unsigned instructions, outside_vms;
};

struct paper {
    char *name, *title, *cite, *about;
    char *profile; /* the machine */
    struct paper_system *systems;
    unsigned systems_count;
    struct paper_table *tables;
    unsigned tables_count;
    struct paper_count *counts;
    unsigned counts_count;
    char *path; /* the file this is from, for messages */
};

/* By name or path, checked: every name that a table uses is there. NULL with *e. */
struct paper *paper_load(const char *name_or_path, struct err *e);
void paper_free(struct paper *paper);

/* The system of that name; NULL if there is none. */
const struct paper_system *paper_system(const struct paper *paper, const char *id);

/* What the row takes in the real software beside a system; NULL if nobody has counted. */
const struct paper_count *paper_count_of(const struct paper *paper,
                                         const struct paper_system *system, const char *row);

/* The rows that a system's tables need, as rows= takes them; the caller frees it. */
char *paper_rows_of(const struct paper *paper, const struct paper_system *system);

#endif
