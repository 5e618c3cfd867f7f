/*
 * Timelines: what a run did, CPU by CPU in simulated time, as JSON of the trace-event format that
 * Perfetto and chrome://tracing read (docs/trace.md). A listener of the event stream: the run is
 * the same with it and without.
 *
 * It is written while the run goes on, so a trace of any length takes the same memory.
 */
#ifndef EL2SIM_TRACE_TRACE_H
#define EL2SIM_TRACE_TRACE_H

#include <stdio.h>

#include "sim/board/machine.h"
#include "sim/trace/filter.h"

struct trace_options {
    struct trace_filter filter;
    size_t last; /* keep only so many events, the last ones, and write them at the end; 0: all */
};

struct trace;

/* A file of one or more runs; *options is copied. The file stays the caller's. */
struct trace *trace_begin(FILE *out, const struct trace_options *options);
/* Watches a loaded machine from now on, as a process of that name. One at a time. */
void trace_attach(struct trace *t, struct machine *m, const char *name, uint64_t clock_hz);
/* Ends that process, after the run, while the machine still exists. */
void trace_detach(struct trace *t);
/* Writes the end of the file, and frees. */
void trace_end(struct trace *t);

#endif
