/* Monitor commands of files of their own. */
#ifndef EL2SIM_GDB_MONITOR_H
#define EL2SIM_GDB_MONITOR_H

#include "sim/gdb/server.h"

void gdb_monitor_explain(struct gdb *g, char **words, unsigned count, struct gdb_text *out);
void gdb_monitor_symbols(struct gdb *g, char **words, unsigned count, struct gdb_text *out);
const char *gdb_fault_name(enum mmu_fault_type type);

#endif
