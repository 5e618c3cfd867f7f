/* Identification registers, derived from the CPU model: what a guest reads is what it gets. */
#ifndef EL2SIM_CPU_EL_IDREGS_H
#define EL2SIM_CPU_EL_IDREGS_H

#include "cpu-el/feature.h"
#include "cpu-el/sysreg.h"

/* Value of an ID_* register (Arm ARM D13.2); 0 for those that describe AArch32, which no model has.
 */
uint64_t idreg_value(const struct cpu_model *model, enum sysreg_id id);

#endif
