/*
 * Registers that cpu-el itself answers for (OWNER_CORE): PSTATE fields, identification, stack
 * pointers, debug and PMU. Called by sysreg_read() and sysreg_write() only.
 */
#ifndef EL2SIM_CPU_EL_CORE_SYSREG_H
#define EL2SIM_CPU_EL_CORE_SYSREG_H

#include "cpu-el/pe.h"

/* Whether core_read() and core_write() know the register: true for every OWNER_CORE row (a test
 * checks). */
bool core_owns(enum sysreg_id id);

uint64_t core_read(struct pe *pe, enum sysreg_id id);

/* Returns enum sysreg_effect bits beyond the row's own. The value is masked by res0/res1 already.
 */
unsigned core_write(struct pe *pe, enum sysreg_id id, uint64_t value);

#endif
