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

#include "sim/catalog/design.h"
#include "sim/board/machine.h"
#include "sim/catalog/profile.h"
#include "sim/lint/lint.h"
#include "sim/report/source_set.h"

struct run_report {
    const struct machine_config *config;
    const struct profile *profile;
    struct machine_result result;
    size_t functions;           /* how many of the dearest, of the run and of each row */
    struct lint *lint;          /* the run's; NULL: none */
    struct source_set *sources; /* where its lines are looked for */
};

void report_run_text(FILE *out, struct machine *m, const struct run_report *report);
void report_run_json(FILE *out, struct machine *m, const struct run_report *report);

/* The ledger as folded stacks (flamegraph.pl, speedscope): "cpu;EL;context;function;class cycles",
 * in whole cycles that add up to the run's. root: a frame before all, or NULL. */
void report_folded(FILE *out, struct machine *m, const char *root);

/* Exits of VMs as `perf kvm stat report` shows them; times are of the simulated clock. */
void report_exits_text(FILE *out, const struct machine *m, uint64_t clock_hz);

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

/* What followed exceptions of one kind, up to the next one (sim/board/causes.h). */
#define CAUSE_NAME_MAX 64

struct row_cause {
    uint32_t key;
    char name[CAUSE_NAME_MAX];
    uint64_t count, instructions;
    cycles_t exact;
    uint64_t cycles; /* whole; the row's sum */
};

struct report_row {
    char name[SPAN_NAME_MAX];
    uint64_t operations, traps, exceptions, instructions;
    cycles_t exact;
    uint64_t cycles; /* whole; the parts' sum */
    struct row_part *parts;
    size_t part_count;
    struct row_cause *causes;
    size_t cause_count;
};

/* What a function costs: all its classes, on all CPUs and in all VMs. */
struct report_function {
    const char *name; /* of one of the parts */
    uint8_t el;
    bool in_vm;
    cycles_t exact;  /* thousandths */
    uint64_t cycles; /* whole; they add up to the parts' total */
};

/* The functions of some parts, dearest first, equals by EL and name. The caller frees them. */
struct report_function *report_functions(const struct row_part *parts, size_t part_count,
                                         size_t *count);

/* The ledger of a whole run as parts, waits left out; the caller frees it. */
struct row_part *report_ledger_parts(struct machine *m, size_t *count);

/* A row that the design's guest left out, and why. */
struct skipped_row {
    char name[SPAN_NAME_MAX];
    char reason[160];
};

/* What a whole run did, beside its cycles: copied out of its machine. */
struct run_figures {
    struct trap_count *traps;
    size_t trap_count;
    struct exit_count *exits;
    size_t exit_count;
    struct unimp_entry *unimp;
    size_t unimp_count;
    struct tlb_counts tlb;
    uint64_t broken_devices;
};

/* Free with report_figures_free. */
void report_figures_take(struct run_figures *out, struct machine *m);
void report_figures_free(struct run_figures *figures);

struct design_report {
    const struct design *design;
    struct machine_config config;
    struct machine_result result;
    struct image_list images;
    struct report_row rows[SPAN_ROWS_MAX];
    size_t row_count;
    struct skipped_row skipped[SPAN_ROWS_MAX];
    size_t skipped_count;
    struct run_figures figures;
    uint64_t mark_errors;
    /* What the caller adds: what lint found, and where its lines are looked for; NULL: none. */
    struct lint *lint;
    struct source_set *sources;
};

/* Copies rows and figures out, rounded. Free with report_design_free. */
void report_design_take(struct design_report *out, struct machine *m, const struct design *design,
                        const struct machine_config *config, const struct machine_result *result);
void report_design_free(struct design_report *report);

/* That row, or NULL. */
const struct report_row *report_find_row(const struct design_report *d, const char *name);
/* Why the design's guest left that row out; NULL: it did not. */
const char *report_skip_reason(const struct design_report *d, const char *name);

struct why;

struct comparison {
    const struct profile *profile;
    struct design_report *designs;
    size_t design_count;
    size_t functions; /* how many of the dearest of each row the JSON has */
    struct why *why;  /* why.h: differences that were asked for; NULL: none */
    size_t why_count;
};

/* table: cycles and traps per operation; then for each row the classes that make the difference.
 * functions: and so many of the dearest functions of each row. */
void report_compare_text(FILE *out, const struct comparison *c, size_t functions);
void report_compare_json(FILE *out, const struct comparison *c);
void report_compare_csv(FILE *out, const struct comparison *c);

/* "HVC" for 0x16, "IRQ" for 0x101; "" for one without a name. */
const char *report_ec_name(unsigned ec);
/* "vm EL1 to EL2 HVC" */
void report_cause_name(uint32_t key, char name[CAUSE_NAME_MAX]);

/* Rounds thousandths to whole cycles such that the parts add up to the rounded total (largest
 * remainder, first wins a tie). */
uint64_t report_round(const cycles_t *exact, uint64_t *whole, size_t count);

#endif
