#include "cpu-el/core_sysreg.h"

#include "cpu-el/debug.h"
#include "cpu-el/fields.h"
#include "cpu-el/idregs.h"
#include "cpu-el/pmu.h"
#include "sim/base/err.h"

static bool is_id_register(enum sysreg_id id)
{
    return id >= SR_ID_PFR0_EL1 && id <= SR_ID_AA64MMFR2_EL1; /* neighbours in sysreg.def */
}

/* OWNER_CORE registers that are stored, and that nothing more depends on: those that pe.sr[] is
 * good enough for. */
static bool is_stored(enum sysreg_id id)
{
    switch ((unsigned)id) {
    case SR_SP_EL0:
    case SR_SP_EL1:
    case SR_SP_EL2:
    case SR_FPCR:
    case SR_FPSR:
    case SR_VPIDR_EL2:
    case SR_VMPIDR_EL2:
    case SR_MDCR_EL2:
    case SR_PMUSERENR_EL0:
    case SR_PMSELR_EL0:
    case SR_OSDLR_EL1:
    case SR_VMCBR_EL2: /* reads EXITED, which no write sets */
        return true;
    default:
        return false;
    }
}

/* The debug communication channel and external debug: there is no debugger, nothing is ever
 * received or kept (D3). */
static bool is_external_debug(enum sysreg_id id)
{
    switch ((unsigned)id) {
    case SR_OSDTRRX_EL1:
    case SR_OSDTRTX_EL1:
    case SR_OSECCR_EL1:
    case SR_MDCCINT_EL1:
    case SR_MDCCSR_EL0:
    case SR_DBGDTR_EL0:
    case SR_DBGDTRRX_EL0:
    case SR_MDRAR_EL1:
    case SR_DBGPRCR_EL1:
    case SR_DBGAUTHSTATUS_EL1:
        return true;
    default:
        return false;
    }
}

/* CCSIDR_EL1 of the cache that CSSELR_EL1 selects; UNKNOWN (here 0) for one that is not there. */
static uint64_t selected_ccsidr(const struct pe *pe)
{
    uint64_t csselr = pe->sr[SR_CSSELR_EL1];
    uint64_t level = bits(csselr, 3, 1);
    return level < 7 ? pe->model.ccsidr[level][bit(csselr, 0)] : 0;
}

bool core_dc_zva_is_prohibited(const struct pe *pe, unsigned el)
{
    bool host = pe_e2h(pe) && pe_tge(pe);
    bool by_el1 = el == 0 && !(pe->sr[host ? SR_SCTLR_EL2 : SR_SCTLR_EL1] & SCTLR_DZE);
    bool by_el2 = el < 2 && !host && pe_hcr_effective(pe) & HCR_TDZ;
    return by_el1 || by_el2;
}

static uint64_t dczid(const struct pe *pe)
{
    return pe->model.dczid | (core_dc_zva_is_prohibited(pe, pe->ps.el) ? BIT(4) : 0);
}

/* ISR_EL1: what is pending for EL1, virtual where HCR_EL2 routes the physical one to EL2
 * (D13.2.63). */
static uint64_t isr(const struct pe *pe)
{
    uint64_t hcr = pe_hcr_effective(pe);
    bool el1 = pe->ps.el == 1;
    bool irq = el1 && hcr & HCR_IMO ? pe->inputs[PE_VIRQ] || hcr & HCR_VI : pe->inputs[PE_IRQ];
    bool fiq = el1 && hcr & HCR_FMO ? pe->inputs[PE_VFIQ] || hcr & HCR_VF : pe->inputs[PE_FIQ];
    bool serror = el1 && hcr & HCR_AMO ? hcr & HCR_VSE : pe->inputs[PE_SERROR];
    return (uint64_t)serror << 8 | (uint64_t)irq << 7 | (uint64_t)fiq << 6;
}

/* PSTATE and identification. False: no such. */
static bool read_state(const struct pe *pe, enum sysreg_id id, uint64_t *value)
{
    switch ((unsigned)id) {
    case SR_SPSel:
        *value = pe->ps.sp;
        return true;
    case SR_CurrentEL:
        *value = (uint64_t)pe->ps.el << 2;
        return true;
    case SR_PAN:
        *value = (uint64_t)pe->ps.pan << 22;
        return true;
    case SR_UAO:
        *value = (uint64_t)pe->ps.uao << 23;
        return true;
    case SR_DIT:
        *value = (uint64_t)pe->ps.dit << 24;
        return true;
    case SR_SSBS:
        *value = (uint64_t)pe->ps.ssbs << 12;
        return true;
    case SR_NZCV:
        *value = pe->ps.nzcv;
        return true;
    case SR_DAIF:
        *value = (uint64_t)pe->ps.daif << 6;
        return true;
    case SR_ISR_EL1:
        *value = isr(pe);
        return true;
    case SR_MIDR_EL1:
        *value = pe->model.midr;
        return true;
    case SR_REVIDR_EL1:
        *value = pe->model.revidr;
        return true;
    case SR_MPIDR_EL1:
        *value = pe_mpidr(pe);
        return true;
    case SR_CTR_EL0:
        *value = pe->model.ctr;
        return true;
    case SR_DCZID_EL0:
        *value = dczid(pe);
        return true;
    case SR_CLIDR_EL1:
        *value = pe->model.clidr;
        return true;
    case SR_CCSIDR_EL1:
        *value = selected_ccsidr(pe);
        return true;
    case SR_AIDR_EL1:
    case SR_CCSIDR2_EL1:
    case SR_RNDR: /* no model has FEAT_RNG: resolve() makes these UNDEFINED */
    case SR_RNDRRS:
    case SR_PSTATE_UAO: /* MSR (immediate): written only */
    case SR_PSTATE_PAN:
    case SR_PSTATE_SPSEL:
    case SR_PSTATE_SSBS:
    case SR_PSTATE_DIT:
    case SR_PSTATE_DAIFSET:
    case SR_PSTATE_DAIFCLR:
        *value = 0;
        return true;
    default:
        return false;
    }
}

bool core_owns(enum sysreg_id id)
{
    static const struct pe none;
    uint64_t value;
    return debug_owns(id) || pmu_owns(id) || is_id_register(id) || is_stored(id) ||
           is_external_debug(id) || read_state(&none, id, &value);
}

uint64_t core_read(struct pe *pe, enum sysreg_id id)
{
    uint64_t value;
    if (read_state(pe, id, &value)) {
        return value;
    }
    if (is_id_register(id)) {
        return idreg_value(&pe->model, id);
    }
    if (debug_owns(id)) {
        return debug_read(pe, id);
    }
    if (pmu_owns(id)) {
        return pmu_read(pe, id);
    }
    BUG_ON(!is_stored(id) && !is_external_debug(id));
    return is_stored(id) ? pe->sr[id] : 0;
}

static void write_mdcr(struct pe *pe, uint64_t value)
{
    pmu_sync(pe);
    pe->sr[SR_MDCR_EL2] = value;
    if (pe->pmu) {
        pmu_changed(pe);
    }
}

unsigned core_write(struct pe *pe, enum sysreg_id id, uint64_t value)
{
    if (debug_owns(id)) {
        return debug_write(pe, id, value);
    }
    if (pmu_owns(id)) {
        return pmu_write(pe, id, value);
    }
    switch ((unsigned)id) {
    case SR_SPSel:
    case SR_PSTATE_SPSEL:
        pe->ps.sp = value & 1;
        return EFF_NONE;
    case SR_PAN:
        pe->ps.pan = bit(value, 22);
        return EFF_NONE;
    case SR_PSTATE_PAN:
        pe->ps.pan = value & 1;
        return EFF_NONE;
    case SR_UAO:
        pe->ps.uao = bit(value, 23);
        return EFF_NONE;
    case SR_PSTATE_UAO:
        pe->ps.uao = value & 1;
        return EFF_NONE;
    case SR_DIT:
        pe->ps.dit = bit(value, 24);
        return EFF_NONE;
    case SR_PSTATE_DIT:
        pe->ps.dit = value & 1;
        return EFF_NONE;
    case SR_SSBS:
        pe->ps.ssbs = bit(value, 12);
        return EFF_NONE;
    case SR_PSTATE_SSBS:
        pe->ps.ssbs = value & 1;
        return EFF_NONE;
    case SR_NZCV:
        pe->ps.nzcv = (uint32_t)value & UINT32_C(0xf0000000);
        return EFF_NONE;
    case SR_DAIF:
        pe->ps.daif = (uint8_t)bits(value, 9, 6);
        return EFF_NONE;
    case SR_PSTATE_DAIFSET:
        pe->ps.daif |= (uint8_t)(value & 0xf);
        return EFF_NONE;
    case SR_PSTATE_DAIFCLR:
        pe->ps.daif &= (uint8_t) ~(value & 0xf);
        return EFF_NONE;
    case SR_MDCR_EL2:
        write_mdcr(pe, value);
        return EFF_NONE;
    default:
        BUG_ON(!is_stored(id) && !is_external_debug(id));
        if (is_stored(id)) {
            pe->sr[id] = value;
        }
        return EFF_NONE;
    }
}
