/* Inside sim/trace: what is known of a run, event by event, and what of it is in the file. */
#ifndef EL2SIM_TRACE_TIMELINE_H
#define EL2SIM_TRACE_TIMELINE_H

#include "sim/base/event.h"
#include "sim/trace/output.h"
#include "sim/trace/trace.h"

#define VM_NONE 0 /* a context: of no VM */

/* A slice that is open in the file. */
struct open_slice {
    bool is_open;
    cycles_t since;
    uint32_t what; /* of an EL: EL | context << 8; a function: its symbol; a VM: below */
};

/* Of the exception that comes next (NOTE_FAULT). */
struct fault_address {
    bool has_far, has_hpfar;
    uint64_t far, hpfar;
};

enum vm_place { PLACE_NONE, PLACE_VM, PLACE_EXIT };

struct timeline_cpu {
    unsigned index;
    bool is_known; /* whose time it is */
    uint8_t el;
    uint16_t context;
    uint32_t symbol;
    uint16_t vm;     /* context of the VM that ran last; VM_NONE: none yet */
    unsigned vcpu;   /* VMPIDR_EL2.Aff0 then */
    uint32_t reason; /* EC of the last exception; 0x100 + type for interrupts */
    enum vm_place place;
    uint16_t stage2; /* context that VTTBR_EL2 and HCR_EL2 stand for */
    uint64_t hcr, vttbr;
    struct fault_address fault;
    cycles_t last; /* of what was written or seen last: never runs backwards */
    bool was_shown;
    struct open_slice el_slice, function_slice, vm_slice;
    uint64_t cause; /* flow of the interrupt that this exit is about; 0: none */
};

/* An interrupt under way (irqs.c). */
#define INTERRUPTS_MAX 128
struct interrupt {
    uint32_t key; /* 0: free */
    uint64_t flow;
    bool is_acknowledged;
    bool is_forwarded; /* to a guest, by a list register with HW = 1 */
};

/* A benchmark row under way. */
struct open_span {
    uint64_t hash; /* of its name; 0: free */
    bool is_written;
};

struct ring;

struct trace {
    struct trace_options options;
    struct trace_output out;
    struct machine *machine;
    struct event_observer observer;
    struct ring *ring; /* NULL: written at once */

    bool is_muted;       /* events that fall out of the ring */
    unsigned spans_open; /* of those that the filter is for */
    bool is_shown;       /* neither muted, nor outside the span */
    cycles_t shown_at;   /* since when, either way */

    struct timeline_cpu cpus[EL2SIM_MAX_CPUS];
    struct open_span spans[SPAN_ROWS_MAX];
    struct interrupt interrupts[INTERRUPTS_MAX];
    unsigned next_interrupt; /* the place that is given away when all are taken */
    uint64_t flows;
};

/* timeline.c: one event, in the order of the stream. */
void timeline_take(struct trace *t, const struct arch_event *e);
/* The run is over: ends what is open. */
void timeline_end(struct trace *t);
/* What is_shown depends on has changed, at that moment. */
void timeline_show(struct trace *t, cycles_t at);
/* Whether something of that kind, on that CPU as it is now, goes into the file. */
bool timeline_wants(const struct trace *t, const struct timeline_cpu *cpu, enum trace_kind kind);
/* "VM 1", "host" */
#define PLACE_NAME_MAX 48
void timeline_place_name(const struct trace *t, uint16_t context, char name[PLACE_NAME_MAX]);
/* A mark at one moment on the CPU's track, up to its arguments; output_end() ends it. */
void timeline_instant(struct trace *t, const struct timeline_cpu *cpu, enum trace_kind kind,
                      cycles_t at, const char *name);

struct fault_address timeline_fault(const struct arch_event *e);

/* slices.c: brings the open slices of a CPU to its state, at that moment. */
void slices_follow(struct trace *t, struct timeline_cpu *cpu, cycles_t at);
void slices_close(struct trace *t, struct timeline_cpu *cpu, cycles_t at);
void slices_idle(struct trace *t, struct timeline_cpu *cpu, cycles_t since, cycles_t until);

/* irqs.c: a NOTE_GIC. */
void irqs_take(struct trace *t, struct timeline_cpu *cpu, const struct arch_event *e, cycles_t at);

/* ring.c */
struct ring *ring_create(size_t count);
void ring_free(struct ring *ring);
/* True: *out is the event that it took the place of. */
bool ring_put(struct ring *ring, const struct arch_event *e, struct arch_event *out);
/* The oldest, taken out; false: it is empty. */
bool ring_take(struct ring *ring, struct arch_event *out);

#endif
