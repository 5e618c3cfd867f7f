/* What of a run a trace shows. */
#ifndef EL2SIM_TRACE_FILTER_H
#define EL2SIM_TRACE_FILTER_H

#include "sim/base/err.h"
#include "sim/board/span.h"

enum trace_kind {
    TRACE_EL,          /* slices of an EL and a context */
    TRACE_FUNCTION,    /* slices of functions, of hosts and hypervisors */
    TRACE_VM_FUNCTION, /* ... of VMs */
    TRACE_IDLE,
    TRACE_VM,        /* which VM and VCPU runs, and its exits */
    TRACE_EXCEPTION, /* each exception taken */
    TRACE_IRQ,       /* interrupts, from source to handler */
    TRACE_SWITCH,    /* world switches: whose stage 2 is on */
    TRACE_SPAN,      /* benchmark rows */
    TRACE_MMIO,
    TRACE_FIRMWARE,
    TRACE_KINDS
};

#define TRACE_VMS_MAX 16

struct trace_filter {
    uint32_t kinds;              /* bit n: enum trace_kind */
    uint32_t els;                /* bit n: ELn */
    uint32_t cpus;               /* bit n: CPU n */
    uint16_t vms[TRACE_VMS_MAX]; /* VMIDs; none: all, and what is no VM's */
    unsigned vm_count;           /* what a VM caused counts as its: its exits, up to the next VM */
    char span[SPAN_NAME_MAX];    /* only while this row is measured; "": always */
};

/* Everything but functions of VMs. */
struct trace_filter trace_filter_default(void);

/* "el=2,vm=1,event=exception|irq,cpu=0|1,span=hypercall": the keys that are named, over what
 * *filter has. False with *e. */
bool trace_filter_parse(const char *text, struct trace_filter *filter, struct err *e);

#endif
