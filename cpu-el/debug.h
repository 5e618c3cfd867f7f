/*
 * Self-hosted debug (Arm ARM D2): hardware breakpoints and watchpoints, software step, the OS lock.
 * Pure decisions for the board's loop; the registers live in pe->sr[].
 */
#ifndef EL2SIM_CPU_EL_DEBUG_H
#define EL2SIM_CPU_EL_DEBUG_H

#include "cpu-el/exception.h"
#include "cpu-el/pe.h"

/* The EL that debug exceptions from EL0 and EL1 go to: 2 with HCR_EL2.TGE or MDCR_EL2.TDE (D2.5).
 */
unsigned debug_target_el(const struct pe *pe);

/* Whether debug exceptions other than BRK are generated at `el` with PSTATE.D = d_masked: OS lock,
 * target EL, MDSCR_EL1.KDE (D2.4). */
bool debug_enabled_from(const struct pe *pe, unsigned el, bool d_masked);

/*
 * Software step (D2.12). Active: MDSCR_EL1.SS, and enabled at this EL. Active-not-pending while
 * PSTATE.SS is 1, active-pending when it is 0.
 */
bool debug_step_active(const struct pe *pe);

/*
 * The step exception that is due before the next instruction (active-pending). stepped: an
 * instruction was executed since step became active (ISV); exclusive: it was a load-exclusive (EX).
 */
bool debug_step_due(const struct pe *pe, bool stepped, bool exclusive, struct exception *out);

/*
 * An instruction has completed: active-not-pending becomes active-pending. The board calls it after
 * each instruction it steps, and before it takes the exception of an SVC, HVC or SMC (those
 * complete; what traps or faults does not).
 */
void debug_step_advance(struct pe *pe);

/* PSTATE.SS after an exception return to `el` with this SPSR (D2.12.4). */
bool debug_step_on_return(const struct pe *pe, unsigned el, uint32_t spsr);

/* Whether a breakpoint could hit in the present state: MDSCR_EL1.MDE, enabled at this EL, and one
 * DBGBCR<n>_EL1.E set. */
bool debug_any_breakpoint_enabled(const struct pe *pe);

/* Whether the instruction at pc is breakpointed (D2.9). True: *out is the exception. */
bool debug_breakpoint_hit(const struct pe *pe, uint64_t pc, struct exception *out);

struct debug_access {
    uint64_t va;
    unsigned size_bytes;
    bool read, write;       /* both: atomics */
    bool unprivileged;      /* LDTR, STTR with PSTATE.UAO = 0 */
    bool cache_maintenance; /* DC by VA: write, reported as CM */
};

bool debug_any_watchpoint_enabled(const struct pe *pe);

/* Whether an access is watched (D2.10). True: *out is the exception, FAR the first byte watched. */
bool debug_watchpoint_hit(const struct pe *pe, const struct debug_access *access,
                          struct exception *out);

/* Whether debug.c keeps this register: MDSCR_EL1, DBGBVR, DBGBCR, DBGWVR, DBGWCR, OSLAR_EL1,
 * OSLSR_EL1, DBGCLAIMSET_EL1, DBGCLAIMCLR_EL1. */
bool debug_owns(enum sysreg_id id);

/* Registers that debug_owns(). Writes return enum sysreg_effect bits. OSLSR_EL1.OSLK is kept in
 * pe->sr[SR_OSLSR_EL1]; its reset value is 0xa (locked). */
uint64_t debug_read(const struct pe *pe, enum sysreg_id id);
unsigned debug_write(struct pe *pe, enum sysreg_id id, uint64_t value);

#endif
