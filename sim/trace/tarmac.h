/*
 * An instruction trace as Tarmac, which other simulators write too: to find where two runs part.
 * A line for each instruction, for each register that it changed, and for each exception
 * (docs/trace.md). Each instruction is a run of its own: slow, and the same run.
 */
#ifndef EL2SIM_TRACE_TARMAC_H
#define EL2SIM_TRACE_TARMAC_H

#include <stdio.h>

#include "sim/base/err.h"
#include "sim/board/machine.h"
#include "sim/trace/filter.h"

struct tarmac;

/* The filter's ELs, CPUs, VMs (by the context that runs) and span; its kinds do not count. The file
 * stays the caller's. NULL with *e: no disassembler. */
struct tarmac *tarmac_begin(FILE *out, const struct trace_filter *filter, struct err *e);
/* Watches a loaded machine until tarmac_detach(), after its run. One at a time. */
void tarmac_attach(struct tarmac *t, struct machine *m);
void tarmac_detach(struct tarmac *t);
void tarmac_end(struct tarmac *t);

#endif
