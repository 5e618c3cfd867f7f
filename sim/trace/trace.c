#include "sim/trace/trace.h"

#include <stdlib.h>
#include <string.h>

#include "sim/base/err.h"
#include "sim/board/look.h"
#include "sim/trace/timeline.h"

struct trace *trace_begin(FILE *out, const struct trace_options *options)
{
    struct trace *t = calloc(1, sizeof *t);
    BUG_ON(t == NULL);
    t->options = *options;
    t->out.file = out;
    output_text(&t->out, "{\"displayTimeUnit\":\"ns\",\"otherData\":{\"el2sim\":\"" EL2SIM_VERSION
                         "\"},\"traceEvents\":[");
    return t;
}

static void name_tracks(struct trace *t, const char *name, unsigned cpu_count)
{
    output_metadata(&t->out, 0, "process_name", name);
    output_order(&t->out, 0, "process_sort_index", t->out.pid);
    for (unsigned i = 0; i < cpu_count; i++) {
        char text[40];
        bool is_traced = t->options.filter.cpus >> i & 1;
        for (unsigned track = 0; is_traced && track < TRACKS; track++) {
            unsigned tid = trace_tid(i, (enum trace_track)track);
            snprintf(text, sizeof text, track == TRACK_CPU ? "CPU %u" : "CPU %u: VM", i);
            output_metadata(&t->out, tid, "thread_name", text);
            output_order(&t->out, tid, "thread_sort_index", tid);
        }
    }
}

static void seen(void *ctx, const struct arch_event *e)
{
    struct trace *t = ctx;
    struct arch_event oldest;
    if (t->ring == NULL) {
        timeline_take(t, e);
    } else if (ring_put(t->ring, e, &oldest)) {
        timeline_take(t, &oldest);
    }
}

static uint32_t notes_of(const struct trace_filter *f)
{
    uint32_t notes = NOTE_BIT(NOTE_ROW) | NOTE_BIT(NOTE_IDLE);
    notes |= f->kinds & 1u << TRACE_FUNCTION ? NOTE_BIT(NOTE_FUNCTION) : 0;
    notes |= f->kinds & 1u << TRACE_VM_FUNCTION ? NOTE_BIT(NOTE_VM_FUNCTION) : 0;
    notes |= f->kinds & 1u << TRACE_EXCEPTION ? NOTE_BIT(NOTE_FAULT) : 0;
    notes |= f->kinds & 1u << TRACE_IRQ ? NOTE_BIT(NOTE_GIC) : 0;
    return notes;
}

void trace_attach(struct trace *t, struct machine *m, const char *name, uint64_t clock_hz)
{
    t->machine = m;
    t->out.clock_hz = clock_hz;
    t->out.pid++;
    memset(t->cpus, 0, sizeof t->cpus);
    memset(t->spans, 0, sizeof t->spans);
    memset(t->interrupts, 0, sizeof t->interrupts);
    for (unsigned i = 0; i < EL2SIM_MAX_CPUS; i++) {
        t->cpus[i].index = i;
        t->cpus[i].last = i < machine_look_cpu_count(m) ? machine_cpu_cycles(m, i) : 0;
    }
    name_tracks(t, name, machine_look_cpu_count(m));
    t->ring = t->options.last != 0 ? ring_create(t->options.last) : NULL;
    t->is_muted = t->ring != NULL;
    t->spans_open = 0;
    timeline_show(t, 0);
    t->observer =
        (struct event_observer){.seen = seen, .ctx = t, .notes = notes_of(&t->options.filter)};
    machine_observe(m, &t->observer);
}

void trace_detach(struct trace *t)
{
    struct arch_event e;
    machine_unobserve(t->machine, &t->observer);
    t->is_muted = false;
    timeline_show(t, 0);
    while (t->ring && ring_take(t->ring, &e)) {
        timeline_take(t, &e);
    }
    ring_free(t->ring);
    t->ring = NULL;
    timeline_end(t);
    t->machine = NULL;
}

void trace_end(struct trace *t)
{
    output_text(&t->out, "\n]}\n");
    output_flush(&t->out);
    free(t);
}
