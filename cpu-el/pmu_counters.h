/* Inside the PMU: its counters, for counting (pmu.c) and for their registers (pmu_registers.c). */
#ifndef EL2SIM_CPU_EL_PMU_COUNTERS_H
#define EL2SIM_CPU_EL_PMU_COUNTERS_H

#include "cpu-el/pmu.h"

#define PMU_COUNTERS      31  /* event counters that the architecture can have */
#define PMU_VERSION_3P1   4   /* ID_AA64DFR0_EL1.PMUVer: PMUv3 for 8.1 */
#define PMU_CYCLE_COUNTER 31u /* its number in PMCNTENSET and its kin */

struct pmu_counter {
    enum sysreg_id count, type; /* PMEVCNTR<n>_EL0, PMEVTYPER<n>_EL0 */
};

extern const struct pmu_counter pmu_counters[PMU_COUNTERS];

/* MDCR_EL2.HPMN: event counters from it on are EL2's own; none are where EL2 is absent. */
unsigned pmu_first_of_el2(const struct pe *pe);

/* Whether counter n counts in the present state (the manual's CountEvents). */
bool pmu_counts(const struct pe *pe, unsigned n);

unsigned pmu_event_of(const struct pe *pe, unsigned n);

/* Adds to event counter n, with overflow and chain. */
void pmu_add(struct pe *pe, unsigned n, uint64_t delta);

#endif
