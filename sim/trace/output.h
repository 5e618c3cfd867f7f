/* JSON of the trace-event format, one event a line, written fast: there may be millions. */
#ifndef EL2SIM_TRACE_OUTPUT_H
#define EL2SIM_TRACE_OUTPUT_H

#include <stdint.h>
#include <stdio.h>

#include "sim/base/types.h"

#define OUTPUT_BUFFER_BYTES 65536

struct trace_output {
    FILE *file;
    uint64_t clock_hz; /* of the process that is written */
    unsigned pid;
    size_t used, events;
    bool has_arguments; /* of the event that is written: "args" is open */
    char buffer[OUTPUT_BUFFER_BYTES];
};

/* Tracks of a CPU: the thread ids of the format. */
enum trace_track { TRACK_CPU, TRACK_VM, TRACKS };
static inline unsigned trace_tid(unsigned cpu, enum trace_track track)
{
    return cpu * TRACKS + track + 1;
}

void output_text(struct trace_output *o, const char *text);
void output_flush(struct trace_output *o);

/* {"ph":"B","pid":1,"tid":2,"ts":12.345678: an event, up to its name. ts is in microseconds of
 * simulated time, in exact arithmetic, cut to picoseconds. */
void output_event(struct trace_output *o, char phase, unsigned tid, cycles_t at);
/* ,"name":"..." and ,"cat":"..." */
void output_name(struct trace_output *o, const char *category, const char *name);
/* A further member: ,"key":... */
void output_member(struct trace_output *o, const char *key, const char *text);
void output_id(struct trace_output *o, uint64_t id);
/* Members of "args". Cycles are exact, with three decimals. */
void output_arg(struct trace_output *o, const char *key, const char *text);
void output_arg_number(struct trace_output *o, const char *key, uint64_t n);
void output_arg_hex(struct trace_output *o, const char *key, uint64_t n);
void output_arg_cycles(struct trace_output *o, const char *key, cycles_t n);
void output_end(struct trace_output *o);

/* ph M: names a process (tid 0) or a thread, and its place. */
void output_metadata(struct trace_output *o, unsigned tid, const char *what, const char *name);
void output_order(struct trace_output *o, unsigned tid, const char *what, unsigned place);

#endif
