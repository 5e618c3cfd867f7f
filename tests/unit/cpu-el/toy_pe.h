/* A PE with a clock, a ledger and prices of its own, and no machine around it. */
#ifndef EL2SIM_TESTS_UNIT_CPU_EL_TOY_PE_H
#define EL2SIM_TESTS_UNIT_CPU_EL_TOY_PE_H

#include "cpu-el/pe.h"

struct toy_pe {
    struct pe pe;
    struct clock clock;
    struct cost_meter meter;
    struct ledger *ledger;
    cycles_t prices[COST_CLASS_COUNT]; /* of class k: (k + 1) cycles, so that none can hide */
};

/* All features, six breakpoints of which two are context-aware, four watchpoints, six counters. */
struct cpu_model toy_model(void);

/* At EL2h, DAIF masked, all registers 0 but the OS lock open and HPMN at its reset value. */
struct toy_pe *toy_pe_create(void);
void toy_pe_destroy(struct toy_pe *toy);

/* PSTATE.EL, SPSel and DAIF in one line. */
void toy_pe_at(struct toy_pe *toy, unsigned el, bool sp, unsigned daif);

/* How often a class was charged so far. */
uint64_t toy_charged(const struct toy_pe *toy, enum cost_class k);

#endif
