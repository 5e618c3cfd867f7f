/* A paper's tables beside what the designs predict: text, CSV and a figure (SVG). */
#ifndef EL2SIM_REPORT_PAPER_REPORT_H
#define EL2SIM_REPORT_PAPER_REPORT_H

#include <stdio.h>

#include "sim/catalog/paper.h"
#include "sim/report/report.h"

struct paper_report {
    const struct paper *paper;
    const struct profile *profile;
    const struct design_report *designs; /* as many as the paper has systems, in their order */
};

/* A published number and its prediction, both in the table's unit. */
struct paper_cell {
    bool is_there;       /* the paper has a number here */
    bool is_predicted;   /* and the design a row */
    double predicted;    /* in the table's unit */
    double error;        /* percent of the published number */
    double instructions; /* of an operation; 0 for a part of a row */
    double outside_vms;  /* of these */
};

/* The cell of a row and the paper's system number `system`. */
struct paper_cell paper_cell(const struct paper_report *p, const struct paper_table *t,
                             const struct paper_row *r, unsigned system);
/* The number behind that cell; NULL if the paper has none. */
const struct paper_value *paper_cell_value(const struct paper_report *p, const struct paper_row *r,
                                           unsigned system);

/* What the whole row takes in real software of that system's kind; NULL for a part of a row, and if
 * nobody has counted. */
const struct paper_count *paper_row_count(const struct paper_report *p, const struct paper_row *r,
                                          unsigned system);

/* Whether the systems of a row stand in the published order. */
enum paper_order { ORDER_UNKNOWN, ORDER_RIGHT, ORDER_WRONG };
enum paper_order paper_row_order(const struct paper_report *p, const struct paper_table *t,
                                 const struct paper_row *r);

const char *paper_unit_name(const struct paper_table *t);

void report_paper_text(FILE *out, const struct paper_report *p);
void report_paper_csv(FILE *out, const struct paper_report *p);
void report_paper_svg(FILE *out, const struct paper_report *p);

#endif
