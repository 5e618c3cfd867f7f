/*
 * Interrupts, from their source to the end of their handler: a mark for each step, and a flow that
 * joins the steps of one. A guest's interrupt goes on with the flow of the physical one behind it:
 * with HW = 1 in the list register, of the one that it names; else, where an exit began with a
 * physical interrupt and a list register was written in it, of that one. That is how a hypervisor
 * works, but nothing in the architecture says so.
 */
#include <stdio.h>

#include "gic/gic.h"
#include "gic/lr.h"
#include "sim/trace/timeline.h"

#define SPI_FIRST   32
#define NAME_MAX_LR 64

enum interrupt_owner { OWNER_PHYSICAL = 1, OWNER_VIRTUAL };

/* SPIs are no CPU's. */
static uint32_t key_of(enum interrupt_owner owner, unsigned cpu, unsigned intid)
{
    bool is_shared = owner == OWNER_PHYSICAL && intid >= SPI_FIRST;
    return (uint32_t)owner << 30 | (is_shared ? 0 : cpu + 1) << 24 | (intid & 0xffffff);
}

static struct interrupt *find(struct trace *t, uint32_t key)
{
    for (unsigned i = 0; i < INTERRUPTS_MAX; i++) {
        if (t->interrupts[i].key == key) {
            return &t->interrupts[i];
        }
    }
    return NULL;
}

static struct interrupt *add(struct trace *t, uint32_t key)
{
    struct interrupt *i = find(t, 0);
    if (i == NULL) {
        i = &t->interrupts[t->next_interrupt];
        t->next_interrupt = (t->next_interrupt + 1) % INTERRUPTS_MAX;
    }
    *i = (struct interrupt){.key = key};
    return i;
}

static void interrupt_name(unsigned intid, char name[NAME_MAX_LR])
{
    static const struct {
        unsigned intid;
        const char *name;
    } wires[] = {
        {GIC_MAINTENANCE_INTID, "GIC maintenance"},
        {23, "PMU"},
        {26, "EL2 physical timer"},
        {27, "virtual timer"},
        {28, "EL2 virtual timer"},
        {30, "physical timer"},
    };
    const char *wire = NULL;
    for (size_t i = 0; i < sizeof wires / sizeof wires[0]; i++) {
        wire = wires[i].intid == intid ? wires[i].name : wire;
    }
    if (wire) {
        snprintf(name, NAME_MAX_LR, "PPI %u (%s)", intid, wire);
    } else {
        snprintf(name, NAME_MAX_LR, "%s %u",
                 intid < 16          ? "SGI"
                 : intid < SPI_FIRST ? "PPI"
                 : intid < 1020      ? "SPI"
                                     : "INTID",
                 intid);
    }
}

/* One step: the mark, and the flow through it: s begins, t goes on, f ends; 0: none. */
static void step(struct trace *t, const struct timeline_cpu *cpu, cycles_t at, unsigned intid,
                 const char *what, char phase, uint64_t flow)
{
    char name[NAME_MAX_LR], text[NAME_MAX_LR + 32];
    if (!timeline_wants(t, cpu, TRACE_IRQ)) {
        return;
    }
    interrupt_name(intid, name);
    snprintf(text, sizeof text, "%s %s", name, what);
    timeline_instant(t, cpu, TRACE_IRQ, at, text);
    output_arg_number(&t->out, "intid", intid);
    output_end(&t->out);
    if (phase != 0) {
        output_event(&t->out, phase, trace_tid(cpu->index, TRACK_CPU), at);
        output_name(&t->out, "irq", "interrupt");
        output_id(&t->out, flow);
        if (phase == 'f') {
            output_member(&t->out, "bp", "e");
        }
        output_end(&t->out);
    }
}

static void pending(struct trace *t, const struct timeline_cpu *cpu, unsigned to, unsigned intid,
                    cycles_t at)
{
    uint32_t key = key_of(OWNER_PHYSICAL, to, intid);
    struct interrupt *i = find(t, key);
    char what[32];
    if (i && !i->is_acknowledged) { /* it was pending, and still is */
        return;
    }
    i = i ? i : add(t, key);
    *i = (struct interrupt){.key = key, .flow = ++t->flows};
    snprintf(what, sizeof what, "pending on CPU %u", to);
    step(t, cpu, at, intid, what, 's', i->flow);
}

static void acknowledged(struct trace *t, struct timeline_cpu *cpu, unsigned intid, cycles_t at)
{
    uint32_t key = key_of(OWNER_PHYSICAL, cpu->index, intid);
    struct interrupt *i = find(t, key);
    bool is_new = i == NULL || i->is_acknowledged; /* a wire that has stayed high */
    i = i ? i : add(t, key);
    i->key = key;
    i->flow = is_new ? ++t->flows : i->flow;
    i->is_acknowledged = true;
    cpu->cause = i->flow;
    step(t, cpu, at, intid, "acknowledged", is_new ? 's' : 't', i->flow);
}

/* The flow goes on if a guest may still get it. */
static void deactivated(struct trace *t, const struct timeline_cpu *cpu, unsigned owner,
                        unsigned intid, cycles_t at)
{
    struct interrupt *i = find(t, key_of(OWNER_PHYSICAL, owner, intid));
    if (i == NULL || !i->is_acknowledged) {
        return;
    }
    bool may_go_on = cpu->place == PLACE_EXIT && cpu->cause == i->flow;
    char phase = may_go_on ? 't' : 'f';
    step(t, cpu, at, intid, "deactivated", i->is_forwarded ? 0 : phase, i->flow);
    i->key = 0;
}

/* Eager hypervisors write the same list register at each entry: only a new interrupt counts. */
static void listed(struct trace *t, struct timeline_cpu *cpu, unsigned n, uint64_t lr, cycles_t at)
{
    unsigned vintid = (unsigned)bits(lr, LR_VINTID_HI, 0);
    uint32_t key = key_of(OWNER_VIRTUAL, cpu->index, vintid);
    char what[32];
    if (!(lr & LR_PENDING) || find(t, key)) {
        return;
    }
    struct interrupt *physical =
        lr & LR_HW ? find(t, key_of(OWNER_PHYSICAL, cpu->index,
                                    (unsigned)bits(lr, LR_PINTID_HI, LR_PINTID_LO)))
                   : NULL;
    uint64_t flow = physical ? physical->flow : cpu->cause;
    if (physical) {
        physical->is_forwarded = true;
    }
    struct interrupt *i = add(t, key);
    i->flow = flow ? flow : ++t->flows;
    cpu->cause = physical ? cpu->cause : 0;
    snprintf(what, sizeof what, "into list register %u", n);
    step(t, cpu, at, vintid, what, flow ? 't' : 's', i->flow);
}

static void guest_acknowledged(struct trace *t, const struct timeline_cpu *cpu, unsigned vintid,
                               cycles_t at)
{
    uint32_t key = key_of(OWNER_VIRTUAL, cpu->index, vintid);
    struct interrupt *i = find(t, key);
    bool is_new = i == NULL;
    if (is_new) {
        i = add(t, key);
        i->flow = ++t->flows;
    }
    i->is_acknowledged = true;
    step(t, cpu, at, vintid, "taken by the guest", is_new ? 's' : 't', i->flow);
}

static void guest_ended(struct trace *t, const struct timeline_cpu *cpu, unsigned vintid,
                        cycles_t at)
{
    struct interrupt *i = find(t, key_of(OWNER_VIRTUAL, cpu->index, vintid));
    step(t, cpu, at, vintid, "ended by the guest", i ? 'f' : 0, i ? i->flow : 0);
    if (i) {
        i->key = 0;
    }
}

void irqs_take(struct trace *t, struct timeline_cpu *cpu, const struct arch_event *e, cycles_t at)
{
    unsigned owner = (unsigned)(e->a >> 8), intid = (unsigned)e->b;
    switch ((enum gic_note_kind)(e->a & 0xff)) {
    case GIC_NOTE_PENDING:
        pending(t, cpu, owner, intid, at);
        break;
    case GIC_NOTE_ACK:
        acknowledged(t, cpu, intid, at);
        break;
    case GIC_NOTE_END:
        if (e->c) {
            step(t, cpu, at, intid, "ended", 0, 0);
        }
        break;
    case GIC_NOTE_DEACTIVATE:
        deactivated(t, cpu, owner, intid, at);
        break;
    case GIC_NOTE_LR:
        listed(t, cpu, intid, e->c, at);
        break;
    case GIC_NOTE_VIRTUAL_ACK:
        guest_acknowledged(t, cpu, intid, at);
        break;
    case GIC_NOTE_VIRTUAL_END:
        guest_ended(t, cpu, intid, at);
        break;
    }
}
