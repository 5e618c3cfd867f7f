#include "cpu-el/pe.h"

#include "cpu-el/fields.h"
#include "cpu-el/pmu.h"
#include "sim/base/clock.h"

/* MPIDR_EL1 as QEMU's `virt` numbers its CPUs: U = 0, Aff0 within a cluster, Aff1 the cluster. */
uint64_t pe_mpidr(const struct pe *pe)
{
    unsigned per_cluster = pe->model.affinity_cluster ? pe->model.affinity_cluster : 16;
    return BIT(31) | (uint64_t)(pe->index / per_cluster) << 8 | pe->index % per_cluster;
}

void pe_reset(struct pe *pe, unsigned el)
{
    for (unsigned id = SR_NONE + 1; id < SR_COUNT; id++) {
        pe->sr[id] = sysreg_reset_value((enum sysreg_id)id);
    }
    pe->sr[SR_MPIDR_EL1] = pe_mpidr(pe);
    pe->sr[SR_VPIDR_EL2] = pe->model.midr;
    pe->sr[SR_VMPIDR_EL2] = pe_mpidr(pe);
    pe->sr[SR_MDCR_EL2] = pe->model.pmu_counter_count; /* HPMN */
    pe->sr[SR_CNTFRQ_EL0] = pe->counter ? pe->counter->counter_hz : 0;
    pe->ps = (struct pstate){.el = (uint8_t)el, .sp = true, .daif = 0xf};
    pe->pc = 0;
    pe->waiting = false;
    pe->event_register = false;
    pe->inputs[PE_SERROR] = false;
    if (pe->pmu) {
        pmu_reset(pe->pmu);
    }
}
