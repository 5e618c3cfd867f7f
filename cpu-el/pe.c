#include "cpu-el/pe.h"

#include "cpu-el/fields.h"
#include "cpu-el/pmu.h"
#include "sim/base/bits.h"
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
        pe->legal[id].can_be_one = sysreg_legal_value(&pe->model, (enum sysreg_id)id, UINT64_MAX);
        pe->legal[id].must_be_one = sysreg_legal_value(&pe->model, (enum sysreg_id)id, 0);
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

static void pstate_archive(struct pstate *ps, bool has_el2, struct archive *a)
{
    archive_u32(a, &ps->nzcv);
    archive_u8(a, &ps->el);
    archive_u8(a, &ps->daif);
    archive_bool(a, &ps->sp);
    archive_bool(a, &ps->pan);
    archive_bool(a, &ps->uao);
    archive_bool(a, &ps->dit);
    archive_bool(a, &ps->ssbs);
    archive_bool(a, &ps->ss);
    archive_bool(a, &ps->il);
    if (ps->el > (has_el2 ? 2 : 1) || ps->daif > 15 || ps->nzcv & MASK(27, 0)) {
        archive_refuse(a, "PSTATE cannot be: EL%u", ps->el);
        *ps = (struct pstate){.el = 1};
    }
}

void pe_archive(struct pe *pe, struct archive *a)
{
    pstate_archive(&pe->ps, pe->model.has[FEAT_EL2], a);
    archive_u64(a, &pe->pc);
    archive_u64s(a, pe->sr, SR_COUNT);
    for (unsigned i = 0; i < PE_INPUT_COUNT; i++) {
        archive_bool(a, &pe->inputs[i]);
    }
    archive_bool(a, &pe->waiting);
    archive_bool(a, &pe->event_register);
    archive_bool(a, &pe->powered);
    if (pe->pmu) {
        pmu_archive(pe->pmu, a);
    }
}
