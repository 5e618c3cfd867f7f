/*
 * Exception entry and return (Arm ARM D1.10, D1.11), and which asynchronous exception is due.
 */
#ifndef EL2SIM_CPU_EL_EXCEPTION_H
#define EL2SIM_CPU_EL_EXCEPTION_H

#include "cpu-el/pe.h"

enum exception_type {
    EXC_SYNC = 0,
    EXC_IRQ = 1,
    EXC_FIQ = 2,
    EXC_SERROR = 3
}; /* times 0x80: vector offset */

struct exception {
    enum exception_type type;
    bool is_virtual; /* EXC_SERROR: it is HCR_EL2.VSE that is taken, and cleared */
    unsigned target_el;
    uint64_t return_address; /* what ELR gets */
    uint32_t esr;            /* EXC_SYNC and EXC_SERROR */
    bool far_valid;
    uint64_t far;
    bool hpfar_valid; /* stage-2 faults to EL2 */
    uint64_t hpfar;   /* register image: IPA[47:12] in bits 39..4 */
};

/*
 * Enters the exception: SPSR, ELR, ESR, FAR, HPFAR of target_el, PSTATE, pc = VBAR + offset.
 * Charges COST_EXC_* and, for interrupts, COST_IRQ_TAKEN. The pc and nzcv of *pe must be current.
 */
void exception_take(struct pe *pe, const struct exception *exc);

/*
 * ERET at EL1 or EL2: PSTATE from SPSR, pc from ELR; an illegal return sets PSTATE.IL and keeps the
 * EL (D1.11.4). Charges COST_ERET_*. Returns the EL returned to.
 */
unsigned exception_return(struct pe *pe);

/*
 * The asynchronous exception to take before the next instruction, if any: physical and virtual
 * SError, IRQ, FIQ, with the masks and routing of HCR_EL2 and PSTATE (D1.13). HCR_EL2.VI, VF and
 * VSE count as inputs. False when none is due.
 */
bool interrupt_due(const struct pe *pe, struct exception *out);

/* Whether WFI would complete at once: an interrupt is pending for this PE whatever PSTATE masks
 * (D1.16.2). */
bool interrupt_wakes(const struct pe *pe);

/*
 * The Illegal Execution state exception (EC 0x0E) that is due while PSTATE.IL is set, before the
 * next instruction (D1.11.4). False when PSTATE.IL is 0.
 */
bool exception_illegal_state(const struct pe *pe, struct exception *out);

/*
 * ESB (D1.13, RAS): a masked pending SError is moved to DISR_EL1 (virtual: VDISR_EL2). One that is
 * not masked stays: interrupt_due() then reports it.
 */
void exception_esb(struct pe *pe);

/* Where a synchronous exception that is not trapped by a rule goes: EL1, or EL2 from EL2 or with
 * HCR_EL2.TGE. */
unsigned exception_target_el(const struct pe *pe);

/* Whether ERET with that SPSR_ELx is an illegal exception return (Arm ARM, "Illegal exception
 * returns from AArch64 state"). */
bool exception_return_is_illegal(const struct pe *pe, uint64_t spsr);

#endif
