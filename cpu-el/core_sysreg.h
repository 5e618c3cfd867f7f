/*
 * Registers that cpu-el itself answers for (OWNER_CORE): PSTATE fields, identification, stack
 * pointers, debug and PMU. core_read() and core_write() are called by sysreg_read() and
 * sysreg_write() only.
 */
#ifndef EL2SIM_CPU_EL_CORE_SYSREG_H
#define EL2SIM_CPU_EL_CORE_SYSREG_H

#include "cpu-el/pe.h"

/* Whether core_read() and core_write() know the register: true for every OWNER_CORE row (a test
 * checks). */
bool core_owns(enum sysreg_id id);

uint64_t core_read(struct pe *pe, enum sysreg_id id);

/* Whether DC ZVA at this EL is prohibited: it traps, or is UNDEFINED (DCZID_EL0.DZP, D13.2.36). */
bool core_dc_zva_is_prohibited(const struct pe *pe, unsigned el);

/* Returns enum sysreg_effect bits beyond the row's own. The value is masked by res0/res1 already.
 */
unsigned core_write(struct pe *pe, enum sysreg_id id, uint64_t value);

#endif
