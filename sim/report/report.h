/*
 * Reports: what a run or a comparison found, as text, JSON and CSV. Pure functions of the machine;
 * nothing here depends on the host.
 *
 * Cycles are kept in thousandths. JSON gives whole cycles, rounded so that the parts of a breakdown
 * add up to their total exactly (largest remainder).
 */
#ifndef EL2SIM_REPORT_REPORT_H
#define EL2SIM_REPORT_REPORT_H

#include <stdio.h>

#include "sim/board/design.h"
#include "sim/board/machine.h"
#include "sim/board/profile.h"

struct run_report {
    const struct machine_config *config;
    const struct profile *profile;
    struct machine_result result;
};

void report_run_text(FILE *out, struct machine *m, const struct run_report *report);
void report_run_json(FILE *out, struct machine *m, const struct run_report *report);

/* A benchmark row of one design, taken out of its machine. Parts are in the order of their key. */
struct row_part {
    uint8_t el;
    bool in_vm;
    uint16_t context;
    char function[48];
    enum cost_class class;
    uint64_t count;
    cycles_t exact;  /* thousandths */
    uint64_t cycles; /* whole, rounded with its siblings */
};

struct report_row {
    char name[SPAN_NAME_MAX];
    uint64_t operations, traps, exceptions, instructions;
    cycles_t exact;
    uint64_t cycles; /* whole; the parts' sum */
    struct row_part *parts;
    size_t part_count;
};

struct design_report {
    const struct design *design;
    struct machine_config config;
    struct machine_result result;
    struct image_list images;
    struct report_row rows[SPAN_ROWS_MAX];
    size_t row_count;
    size_t unimp_count;
    uint64_t mark_errors;
};

/* Copies the rows out, rounded. Free with report_design_free. */
void report_design_take(struct design_report *out, struct machine *m, const struct design *design,
                        const struct machine_config *config, const struct machine_result *result);
void report_design_free(struct design_report *report);

struct comparison {
    const struct profile *profile;
    struct design_report *designs;
    size_t design_count;
};

/* table: cycles and traps per operation; then for each row the classes that make the difference.
 * detail: functions too. */
void report_compare_text(FILE *out, const struct comparison *c, bool detail);
void report_compare_json(FILE *out, const struct comparison *c);
void report_compare_csv(FILE *out, const struct comparison *c);

/* Rounds thousandths to whole cycles such that the parts add up to the rounded total (largest
 * remainder, first wins a tie). */
uint64_t report_round(const cycles_t *exact, uint64_t *whole, size_t count);

#endif
