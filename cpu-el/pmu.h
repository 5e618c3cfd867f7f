/*
 * PMUv3 (Arm ARM D7): a cycle counter and event counters over the simulated clock.
 *
 * Nothing counts while code runs: counters are brought up to date (pmu_sync) whenever what they
 * count may change, and when they are read. An event on the CPU's clock stands for the next
 * overflow that interrupts.
 */
#ifndef EL2SIM_CPU_EL_PMU_H
#define EL2SIM_CPU_EL_PMU_H

#include "cpu-el/pe.h"
#include "sim/base/archive.h"
#include "sim/base/irq.h"

/* Events by their architectural numbers (D7.11); PMCEID0_EL0 and PMCEID1_EL0 say the same. */
enum pmu_event {
    PMU_SW_INCR = 0x00,
    PMU_INST_RETIRED = 0x08,
    PMU_EXC_TAKEN = 0x09,
    PMU_EXC_RETURN = 0x0a,
    PMU_CPU_CYCLES = 0x11,
    PMU_CHAIN = 0x1e,
    PMU_L2D_TLB_REFILL = 0x2d /* the model's one TLB is the unified main TLB */
};

/* What the PMU looks at; the pointers stay valid for its life. tlb_misses may be NULL: never. */
struct pmu_sources {
    const uint64_t *instructions_retired; /* by this CPU, exact at each exception, trap and event */
    const uint64_t *tlb_misses;
};

struct pmu {
    struct pe *pe;
    struct pmu_sources sources;
    struct irq_line irq; /* PMUIRQ: PPI 23 on the board */
    struct event overflow;
    bool counting; /* some counter is enabled: pmu_sync() has work */
    /* Up to where the counters are right. */
    cycles_t synced_clock;
    uint64_t synced_instructions, synced_tlb_misses;
};

/* Makes *pmu the PMU of *pe (sets pe->pmu); pe->meter must be set before anything counts. The board
 * connects pmu->irq afterwards. Registers are reset by pe_reset; pmu_reset() after it. */
void pmu_init(struct pmu *pmu, struct pe *pe, const struct pmu_sources *sources);
void pmu_reset(struct pmu *pmu);
/* What pe->sr[] has not. */
void pmu_archive(struct pmu *pmu, struct archive *a);

/* Brings the counters up to now, under the present EL and filters: call before either changes. */
void pmu_sync_counters(struct pmu *pmu);
/* Plans the next overflow: call after EL or filters changed. */
void pmu_plan(struct pmu *pmu);
/* One event of a kind that is not derived from a source: PMU_EXC_TAKEN, PMU_EXC_RETURN. */
void pmu_count(struct pmu *pmu, enum pmu_event event, uint64_t n);

static inline bool pmu_is_counting(const struct pe *pe)
{
    return pe->pmu && pe->pmu->counting;
}

static inline void pmu_sync(struct pe *pe)
{
    if (pmu_is_counting(pe)) {
        pmu_sync_counters(pe->pmu);
    }
}

/* Whether pmu.c keeps this register: all of PMUv3 but PMUSERENR_EL0, PMSELR_EL0 and MDCR_EL2. A
 * write to MDCR_EL2 (EFF_PMU) needs pmu_sync() before and pmu_changed() after it. */
bool pmu_owns(enum sysreg_id id);

/* Registers that pmu_owns(), as seen from the PE's present EL (HPMN). Writes return enum
 * sysreg_effect bits. */
uint64_t pmu_read(struct pe *pe, enum sysreg_id id);
unsigned pmu_write(struct pe *pe, enum sysreg_id id, uint64_t value);

/* Controls were changed by someone else (MDCR_EL2): what counts, the interrupt, the plan. */
void pmu_changed(struct pe *pe);

#endif
