/*
 * One processing element: the architectural state that the model owns. General and FP registers
 * live in the engine; the board's loop carries pc, nzcv and the current SP over at each trap.
 */
#ifndef EL2SIM_CPU_EL_PE_H
#define EL2SIM_CPU_EL_PE_H

#include "cpu-el/feature.h"
#include "cpu-el/fields.h"
#include "cpu-el/sysreg.h"
#include "sim/base/archive.h"
#include "sim/base/types.h"

/* PSTATE (Arm ARM D1.7), fields by name; nzcv as bits 31..28 of an SPSR, in the engine while code
 * runs. */
struct pstate {
    uint32_t nzcv; /* bits 31..28 */
    uint8_t el;    /* 0..2 */
    uint8_t daif;  /* D=8 A=4 I=2 F=1: the order of bits 9..6 */
    bool sp;       /* SPSel: false = SP_EL0 */
    bool pan, uao, dit, ssbs;
    bool ss, il;
};

/* Interrupt inputs of a PE, as levels. Physical ones come from the GIC's CPU interface, virtual
 * ones from its virtual interface. */
enum pe_input { PE_IRQ, PE_FIQ, PE_VIRQ, PE_VFIQ, PE_SERROR, PE_INPUT_COUNT };

struct pe {
    unsigned index;
    struct cpu_model model; /* a copy: --feature changes it */
    struct pstate ps;
    uint64_t pc;
    uint64_t
        sr[SR_COUNT]; /* every stored register, SP_EL0..SP_EL2 included; 0 = reset has not run */
    struct {
        uint64_t can_be_one, must_be_one;
    } legal[SR_COUNT]; /* sysreg_legal_value() of this model */
    struct sysreg_ops owners[OWNER_COUNT];
    bool inputs[PE_INPUT_COUNT]; /* level of each input; PE_SERROR is an edge: cleared when taken */
    bool waiting;                /* in WFI or WFE */
    bool event_register;         /* WFE/SEV */
    bool powered;                /* PSCI: off CPUs do not run */
    const struct counter_rate *counter;
    struct cost_meter *meter;
    struct pmu *pmu; /* cpu-el/pmu.h; NULL where there is none */
};

/* Warm reset to `el` (1 or 2): registers to their reset values, PSTATE DAIF masked, ELxh, MMU off
 * (Arm ARM D1.9). */
void pe_reset(struct pe *pe, unsigned el);

/* Architectural state; the model, the counter and who owns registers are not part of it. */
void pe_archive(struct pe *pe, struct archive *a);

/* MPIDR_EL1 of this PE. */
uint64_t pe_mpidr(const struct pe *pe);

/* E2H and TGE as they act now: HCR_EL2 bits are 0 where the feature or EL2 is absent. */
static inline bool pe_e2h(const struct pe *pe)
{
    return pe->model.has[FEAT_VHE] && (pe->sr[SR_HCR_EL2] & HCR_E2H);
}

static inline bool pe_tge(const struct pe *pe)
{
    return pe->model.has[FEAT_EL2] && (pe->sr[SR_HCR_EL2] & HCR_TGE);
}

/* HCR_EL2 with the fields that E2H and TGE force (Arm ARM D8.8, "HCR_EL2.TGE"): what trap and
 * routing rules must look at. */
uint64_t pe_hcr_effective(const struct pe *pe);

/* The stack pointer that code at this PSTATE uses: SP_EL0 or SP_ELx. */
enum sysreg_id pe_sp_id(const struct pstate *ps);

/* SPSR_ELx image of the current PSTATE, nzcv included (Arm ARM C5.2.18). */
uint32_t pstate_to_spsr(const struct pe *pe);
/* The other way: all that an SPSR image has, of the fields that this PE has. What then runs
 * needs an EL and SP that there are: exception_return() sees to that. */
void pstate_from_spsr(struct pe *pe, uint32_t spsr);

#endif
