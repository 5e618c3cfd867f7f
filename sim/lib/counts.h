/* What has been counted since el2sim_restart_counts(). */
#ifndef EL2SIM_LIB_COUNTS_H
#define EL2SIM_LIB_COUNTS_H

#include "sim/board/cpu.h"
#include "sim/lib/library.h"
#include "sim/report/report.h"

#define EL_PAIRS 9

/* What there was before. */
struct counts {
    uint64_t traps[EL_PAIRS][TRAP_KINDS]; /* of all CPUs; from EL * 3 + to EL */
    cycles_t cycles[EL2SIM_MAX_CPUS];
    uint64_t instructions[EL2SIM_MAX_CPUS];
    struct ledger_cell (*rows)[COST_CLASS_COUNT]; /* of the ledger, by index */
    size_t row_count;
};

struct counts *counts_create(void);
void counts_destroy(struct counts *counts);

/* The ledger's parts of one CPU since then; the caller frees them. */
struct row_part *counts_parts(const struct el2sim_machine *m, unsigned cpu, size_t *count);

#endif
