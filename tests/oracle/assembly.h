/* How a register or operation of the table is written in assembly, for oracles and guests. */
#ifndef EL2SIM_TESTS_ORACLE_ASSEMBLY_H
#define EL2SIM_TESTS_ORACLE_ASSEMBLY_H

#include "cpu-el/sysreg.h"

/* MRS or MSR with X1, or the operation itself (write only). False: has no such form. */
bool assembly_of(enum sysreg_id id, bool write, char *line, size_t size);

/* MRS of the EL12 or EL02 name. False: has none. */
bool assembly_of_alias(enum sysreg_id id, char *line, size_t size);

#endif
