/* Exception entry and return in AArch64 without EL3 (Arm ARM D1.10 to D1.13). */
#include "cpu-el/exception.h"

#include "cpu-el/debug.h"
#include "cpu-el/fields.h"
#include "cpu-el/pmu.h"
#include "cpu-el/syndrome.h"
#include "sim/base/bits.h"
#include "sim/base/err.h"

#define DAIF_A 4u
#define DAIF_I 2u
#define DAIF_F 1u

/* The registers of an exception level, 1 and 2. */
struct el_registers {
    enum sysreg_id spsr, elr, esr, far, vbar, sctlr;
};

static const struct el_registers el_registers[3] = {
    [1] = {SR_SPSR_EL1, SR_ELR_EL1, SR_ESR_EL1, SR_FAR_EL1, SR_VBAR_EL1, SR_SCTLR_EL1},
    [2] = {SR_SPSR_EL2, SR_ELR_EL2, SR_ESR_EL2, SR_FAR_EL2, SR_VBAR_EL2, SR_SCTLR_EL2},
};

static const enum cost_class entry_cost[3][3] = {
    [0] = {[1] = COST_EXC_EL0_EL1, [2] = COST_EXC_EL0_EL2},
    [1] = {[1] = COST_EXC_EL1_EL1, [2] = COST_EXC_EL1_EL2},
    [2] = {[2] = COST_EXC_EL2_EL2},
};

static const enum cost_class return_cost[3][3] = {
    [1] = {[0] = COST_ERET_EL1_EL0, [1] = COST_ERET_EL1_EL1},
    [2] = {[0] = COST_ERET_EL2_EL0, [1] = COST_ERET_EL2_EL1, [2] = COST_ERET_EL2_EL2},
};

unsigned exception_target_el(const struct pe *pe)
{
    if (pe->ps.el == 2 || (pe->ps.el == 0 && pe_tge(pe))) {
        return 2;
    }
    return 1;
}

/* D1.10.2: from the same EL by the stack pointer in use, else "lower EL using AArch64". */
static uint64_t vector_offset(const struct pe *pe, const struct exception *exc)
{
    uint64_t offset = (uint64_t)exc->type * 0x80;
    if (pe->ps.el < exc->target_el) {
        return offset + 0x400;
    }
    return offset + (pe->ps.sp ? 0x200 : 0);
}

/* FEAT_NV: a guest hypervisor at EL1 that takes an exception to EL1 must read EL2 in its SPSR. */
static uint32_t spsr_for_entry(const struct pe *pe, unsigned target_el)
{
    uint32_t spsr = pstate_to_spsr(pe);
    if (pe->ps.el != 1 || target_el != 1 || !pe->model.has[FEAT_NV]) {
        return spsr;
    }
    uint64_t hcr = pe_hcr_effective(pe);
    if (hcr & HCR_NV) {
        bool nv2 = pe->model.has[FEAT_NV2] && (hcr & HCR_NV2);
        if (nv2 || !(hcr & HCR_NV1)) {
            spsr = (uint32_t)bits_set(spsr, 3, 2, 2);
        }
    }
    return spsr;
}

/* PSTATE at the first instruction of the handler (D1.10.1); NZCV and DIT stay as they are. */
static void enter_pstate(struct pe *pe, unsigned target_el)
{
    struct pstate *ps = &pe->ps;
    uint64_t sctlr = pe->sr[el_registers[target_el].sctlr];
    ps->el = (uint8_t)target_el;
    ps->sp = true;
    ps->daif = 0xf;
    ps->ss = false;
    ps->il = false;
    ps->uao = false;
    /* SPAN exists at EL1, and at EL2 when it has an EL0 of its own. */
    bool has_span = target_el == 1 || (pe_e2h(pe) && pe_tge(pe));
    if (pe->model.has[FEAT_PAN] && has_span && !(sctlr & SCTLR_SPAN)) {
        ps->pan = true;
    }
    ps->ssbs = pe->model.has[FEAT_SSBS] && (sctlr & SCTLR_DSSBS);
}

static void note_serror_taken(struct pe *pe, const struct exception *exc)
{
    if (exc->is_virtual) {
        pe->sr[SR_HCR_EL2] &= ~HCR_VSE;
    } else {
        pe->inputs[PE_SERROR] = false;
    }
}

void exception_take(struct pe *pe, const struct exception *exc)
{
    unsigned from = pe->ps.el;
    unsigned to = exc->target_el;
    BUG_ON(to < 1 || to > 2 || to < from);
    const struct el_registers *regs = &el_registers[to];
    pmu_sync(pe);
    if (pmu_is_counting(pe)) {
        pmu_count(pe->pmu, PMU_EXC_TAKEN, 1);
    }
    if (exc->type == EXC_SERROR) {
        note_serror_taken(pe, exc);
    }
    pe->sr[regs->spsr] = spsr_for_entry(pe, to);
    pe->sr[regs->elr] = exc->return_address;
    if (exc->type == EXC_SYNC || exc->type == EXC_SERROR) {
        pe->sr[regs->esr] = exc->esr;
    }
    if (exc->far_valid) {
        pe->sr[regs->far] = exc->far;
    }
    if (exc->hpfar_valid) {
        pe->sr[SR_HPFAR_EL2] = exc->hpfar;
    }
    pe->pc = (pe->sr[regs->vbar] & ~MASK(10, 0)) + vector_offset(pe, exc);
    enter_pstate(pe, to);
    cost_charge(pe->meter, entry_cost[from][to], 1);
    if (exc->type == EXC_IRQ || exc->type == EXC_FIQ) {
        cost_charge(pe->meter, COST_IRQ_TAKEN, 1);
    }
    if (pmu_is_counting(pe)) {
        pmu_plan(pe->pmu);
    }
}

/* D1.11.4, for a PE without EL3 and AArch32: SPSR.M names nothing that can be returned to. */
bool exception_return_is_illegal(const struct pe *pe, uint64_t spsr)
{
    unsigned el = (unsigned)bits(spsr, 3, 2);
    if (spsr & (SPSR_M4 | SPSR_M1)) {
        return true; /* AArch32, or a reserved value */
    }
    if (el > pe->ps.el || (el == 0 && (spsr & SPSR_SP))) {
        return true; /* to a higher or absent EL, or EL0h */
    }
    return el == 1 && pe_tge(pe);
}

static void restore_pstate(struct pe *pe, uint32_t spsr, bool illegal)
{
    const struct pstate was = pe->ps;
    struct pstate *ps = &pe->ps;
    bool ss = debug_step_on_return(pe, illegal ? was.el : (unsigned)bits(spsr, 3, 2), spsr);
    pstate_from_spsr(pe, spsr);
    if (illegal) { /* these stay */
        ps->el = was.el;
        ps->sp = was.sp;
        ps->uao = was.uao;
        ps->dit = was.dit;
        ps->ssbs = was.ssbs;
        ps->il = true;
    }
    ps->ss = ss;
}

unsigned exception_return(struct pe *pe)
{
    unsigned from = pe->ps.el;
    BUG_ON(from < 1 || from > 2);
    pmu_sync(pe);
    if (pmu_is_counting(pe)) {
        pmu_count(pe->pmu, PMU_EXC_RETURN, 1);
    }
    uint32_t spsr = (uint32_t)pe->sr[el_registers[from].spsr];
    restore_pstate(pe, spsr, exception_return_is_illegal(pe, spsr));
    pe->pc = pe->sr[el_registers[from].elr];
    pe->event_register = true; /* an exception return is a WFE wake-up event (D1.16.1) */
    cost_charge(pe->meter, return_cost[from][pe->ps.el], 1);
    if (pmu_is_counting(pe)) {
        pmu_plan(pe->pmu);
    }
    return pe->ps.el;
}

bool exception_illegal_state(const struct pe *pe, struct exception *out)
{
    if (!pe->ps.il) {
        return false;
    }
    *out = (struct exception){.type = EXC_SYNC,
                              .target_el = exception_target_el(pe),
                              .return_address = pe->pc,
                              .esr = syndrome_illegal_state()};
    return true;
}

/* An asynchronous exception: its physical input, virtual input, HCR_EL2 bits and mask. */
struct async_row {
    enum exception_type type;
    enum pe_input physical, virtual_input; /* PE_INPUT_COUNT: HCR_EL2 only */
    uint64_t route, pend;                  /* AMO, IMO, FMO; VSE, VI, VF */
    uint8_t mask;
};

/* In the order in which they are taken when several are pending (IMPLEMENTATION DEFINED, D1.13.4).
 */
static const struct async_row async_rows[] = {
    {EXC_SERROR, PE_SERROR, PE_INPUT_COUNT, HCR_AMO, HCR_VSE, DAIF_A},
    {EXC_FIQ, PE_FIQ, PE_VFIQ, HCR_FMO, HCR_VF, DAIF_F},
    {EXC_IRQ, PE_IRQ, PE_VIRQ, HCR_IMO, HCR_VI, DAIF_I},
};
#define ASYNC_ROWS (sizeof async_rows / sizeof async_rows[0])

/* Where a physical one goes (D1.13.1): EL2 by its HCR_EL2 bit or TGE, else EL1. */
static unsigned physical_target(const struct pe *pe, const struct async_row *row)
{
    return pe_tge(pe) || (pe_hcr_effective(pe) & row->route) ? 2 : 1;
}

/* Tables D1-13 and D1-14: A taken, B by the PSTATE mask, C not taken. */
static bool physical_due(const struct pe *pe, const struct async_row *row, unsigned target)
{
    if (!pe->inputs[row->physical] || target < pe->ps.el) {
        return false;
    }
    bool maskable = target == pe->ps.el || target == 1 || (pe_e2h(pe) && pe_tge(pe));
    return !maskable || !(pe->ps.daif & row->mask);
}

/* Pending for EL0 and EL1 there, whatever PSTATE masks: routed (xMO), and no TGE (D1.13.3). */
static bool virtual_pending(const struct pe *pe, const struct async_row *row)
{
    uint64_t hcr = pe_hcr_effective(pe);
    if (pe->ps.el == 2 || pe_tge(pe) || !(hcr & row->route)) {
        return false;
    }
    return (hcr & row->pend) ||
           (row->virtual_input != PE_INPUT_COUNT && pe->inputs[row->virtual_input]);
}

/* The usual case, told without looking at routes. */
static bool nothing_pending(const struct pe *pe)
{
    bool any = pe->sr[SR_HCR_EL2] & (HCR_VI | HCR_VF | HCR_VSE);
    for (size_t i = 0; i < PE_INPUT_COUNT; i++) {
        any = any || pe->inputs[i];
    }
    return !any;
}

/* ISS of an SError: with RAS, an asynchronous one, uncontainable (AET 0); else IMPLEMENTATION
 * DEFINED, 0 here. */
static uint32_t physical_serror_iss(const struct pe *pe)
{
    return pe->model.has[FEAT_RAS] ? ISS_FSC_SERROR : 0;
}

/* VSESR_EL2 gives IDS (bit 24) and ISS to a virtual SError. */
static uint32_t virtual_serror_iss(const struct pe *pe)
{
    return pe->model.has[FEAT_RAS] ? (uint32_t)(pe->sr[SR_VSESR_EL2] & MASK(24, 0)) : 0;
}

bool interrupt_due(const struct pe *pe, struct exception *out)
{
    if (nothing_pending(pe)) {
        return false;
    }
    for (size_t i = 0; i < ASYNC_ROWS; i++) {
        const struct async_row *row = &async_rows[i];
        unsigned target = physical_target(pe, row);
        if (physical_due(pe, row, target)) {
            *out = (struct exception){
                .type = row->type, .target_el = target, .return_address = pe->pc};
            if (row->type == EXC_SERROR) {
                out->esr = syndrome_serror(physical_serror_iss(pe));
            }
            return true;
        }
    }
    for (size_t i = 0; i < ASYNC_ROWS; i++) {
        const struct async_row *row = &async_rows[i];
        if (virtual_pending(pe, row) && !(pe->ps.daif & row->mask)) {
            *out = (struct exception){
                .type = row->type, .is_virtual = true, .target_el = 1, .return_address = pe->pc};
            if (row->type == EXC_SERROR) {
                out->esr = syndrome_serror(virtual_serror_iss(pe));
            }
            return true;
        }
    }
    return false;
}

bool interrupt_wakes(const struct pe *pe)
{
    for (size_t i = 0; i < ASYNC_ROWS; i++) {
        if (pe->inputs[async_rows[i].physical] || virtual_pending(pe, &async_rows[i])) {
            return true;
        }
    }
    return false;
}

/* AArch64.ESBOperation and AArch64.vESBOperation of the manual's pseudocode. */
void exception_esb(struct pe *pe)
{
    const struct async_row *serror = &async_rows[0];
    bool masked = pe->ps.daif & DAIF_A;
    unsigned target = physical_target(pe, serror);
    if (pe->inputs[PE_SERROR] && !physical_due(pe, serror, target)) {
        pe->sr[SR_DISR_EL1] = DISR_A | physical_serror_iss(pe);
        pe->inputs[PE_SERROR] = false;
    }
    if (masked && virtual_pending(pe, serror)) {
        pe->sr[SR_VDISR_EL2] = DISR_A | virtual_serror_iss(pe);
        pe->sr[SR_HCR_EL2] &= ~HCR_VSE;
    }
}
