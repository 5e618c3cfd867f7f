#include "sim/trace/timeline.h"

#include <stdio.h>
#include <string.h>

#include "cpu-el/exception.h"
#include "cpu-el/fields.h"
#include "cpu-el/sysreg.h"
#include "sim/base/bits.h"
#include "sim/board/look.h"
#include "sim/report/explain.h"
#include "sim/report/report.h"

static const char *const categories[TRACE_KINDS] = {
    [TRACE_EXCEPTION] = "exception", [TRACE_IRQ] = "irq",   [TRACE_SWITCH] = "switch",
    [TRACE_SPAN] = "span",           [TRACE_MMIO] = "mmio", [TRACE_FIRMWARE] = "firmware",
};

static bool is_of_vm(const struct trace_filter *f, const struct timeline_cpu *cpu)
{
    for (unsigned i = 0; i < f->vm_count; i++) {
        if (cpu->vm != VM_NONE && f->vms[i] == cpu->vm - 1) {
            return true;
        }
    }
    return f->vm_count == 0;
}

static bool wants_at(const struct trace *t, const struct timeline_cpu *cpu, enum trace_kind kind,
                     uint32_t els)
{
    const struct trace_filter *f = &t->options.filter;
    return t->is_shown && f->kinds >> kind & 1 && f->cpus >> cpu->index & 1 && f->els & els &&
           is_of_vm(f, cpu);
}

bool timeline_wants(const struct trace *t, const struct timeline_cpu *cpu, enum trace_kind kind)
{
    return wants_at(t, cpu, kind, cpu->is_known ? 1u << cpu->el : 7);
}

void timeline_place_name(const struct trace *t, uint16_t context, char name[PLACE_NAME_MAX])
{
    if (machine_context_is_vm(t->machine, context)) {
        snprintf(name, PLACE_NAME_MAX, "VM %u", context - 1u);
    } else {
        snprintf(name, PLACE_NAME_MAX, "host");
    }
}

void timeline_instant(struct trace *t, const struct timeline_cpu *cpu, enum trace_kind kind,
                      cycles_t at, const char *name)
{
    output_event(&t->out, 'i', trace_tid(cpu->index, TRACK_CPU), at);
    output_member(&t->out, "s", "t");
    output_name(&t->out, categories[kind], name);
}

void timeline_show(struct trace *t, cycles_t at)
{
    bool is_shown = !t->is_muted && (t->options.filter.span[0] == '\0' || t->spans_open != 0);
    if (is_shown != t->is_shown) {
        t->is_shown = is_shown;
        t->shown_at = at;
    }
}

static void take_row(struct trace *t, struct timeline_cpu *cpu, const struct arch_event *e,
                     cycles_t at)
{
    cpu->is_known = true;
    cpu->el = e->a & 0xff;
    cpu->context = (uint16_t)(e->a >> 8);
    cpu->symbol = (uint32_t)e->b;
    if (machine_context_is_vm(t->machine, cpu->context)) {
        cpu->vm = cpu->context;
        cpu->vcpu = e->c & 0xff;
        cpu->place = PLACE_VM;
        cpu->cause = 0;
    } else if (cpu->place == PLACE_VM) {
        cpu->place = PLACE_EXIT;
    }
    slices_follow(t, cpu, at);
}

static void put_iss(struct trace *t, uint32_t esr)
{
    struct explain_iss iss;
    explain_iss(esr, &iss);
    output_arg(&t->out, "class", iss.name);
    for (size_t i = 0; i < iss.count; i++) {
        output_arg_number(&t->out, iss.fields[i].name, iss.fields[i].value);
    }
    if (iss.detail[0] != '\0') {
        output_arg(&t->out, "detail", iss.detail);
    }
}

struct fault_address timeline_fault(const struct arch_event *e)
{
    return (struct fault_address){
        .has_far = e->c & 1, .has_hpfar = e->c & 2, .far = e->a, .hpfar = e->b};
}

static void put_fault(struct trace *t, const struct fault_address *fault)
{
    if (fault->has_far) {
        output_arg_hex(&t->out, "far", fault->far);
    }
    if (fault->has_hpfar) {
        output_arg_hex(&t->out, "hpfar", fault->hpfar);
    }
}

static void take_exception(struct trace *t, struct timeline_cpu *cpu, const struct arch_event *e,
                           cycles_t at)
{
    struct fault_address fault = cpu->fault;
    cpu->fault = (struct fault_address){.has_far = false};
    unsigned from = e->a >> 8 & 15, to = e->a >> 4 & 15, type = e->a & 15;
    char place[PLACE_NAME_MAX];
    cpu->reason = type == EXC_SYNC ? (uint32_t)e->b >> 26 : 0x100u + type;
    if (!wants_at(t, cpu, TRACE_EXCEPTION, 1u << from | 1u << to)) {
        return;
    }
    timeline_place_name(t, cpu->context, place);
    timeline_instant(t, cpu, TRACE_EXCEPTION, at, report_ec_name(cpu->reason));
    output_arg_number(&t->out, "from_el", from);
    output_arg(&t->out, "from", place);
    output_arg_number(&t->out, "to_el", to);
    output_arg_hex(&t->out, "return", e->c);
    output_arg(&t->out, "function", machine_symbol_name(t->machine, cpu->symbol));
    if (type == EXC_SYNC || type == EXC_SERROR) {
        output_arg_hex(&t->out, "esr", e->b);
        put_iss(t, (uint32_t)e->b);
    }
    put_fault(t, &fault);
    output_end(&t->out);
}

/* Whose stage 2 is on (and for EL1&0: with TGE there is no guest). */
static void take_register(struct trace *t, struct timeline_cpu *cpu, const struct arch_event *e,
                          cycles_t at)
{
    uint16_t enc = e->a & 0xffff;
    char place[PLACE_NAME_MAX], name[PLACE_NAME_MAX + 24];
    if (enc == sysreg_enc(SR_HCR_EL2)) {
        cpu->hcr = e->b;
    } else if (enc == sysreg_enc(SR_VTTBR_EL2)) {
        cpu->vttbr = e->b;
    } else {
        return;
    }
    bool is_on = cpu->hcr & HCR_VM && !(cpu->hcr & HCR_TGE);
    uint16_t stage2 = is_on ? (uint16_t)(bits(cpu->vttbr, 63, 48) + 1) : 0;
    if (stage2 == cpu->stage2 || (is_on && cpu->vttbr == 0)) { /* HCR_EL2 may come first */
        return;
    }
    cpu->stage2 = stage2;
    if (timeline_wants(t, cpu, TRACE_SWITCH)) {
        timeline_place_name(t, stage2, place);
        snprintf(name, sizeof name, "world switch to %s", place);
        timeline_instant(t, cpu, TRACE_SWITCH, at, name);
        output_end(&t->out);
    }
}

static void put_span(struct trace *t, const struct timeline_cpu *cpu, char phase, unsigned row,
                     const char *name, cycles_t at)
{
    output_event(&t->out, phase, trace_tid(cpu->index, TRACK_CPU), at);
    output_name(&t->out, categories[TRACE_SPAN], name);
    output_id(&t->out, row + 1);
    output_end(&t->out);
}

/* A benchmark mark. A span that ends elsewhere than where it began is one still. */
static void take_mark(struct trace *t, struct timeline_cpu *cpu, const struct arch_event *e,
                      cycles_t at)
{
    unsigned row = machine_span_row(t->machine, e->c);
    if (row >= SPAN_ROWS_MAX) {
        return;
    }
    struct open_span *span = &t->spans[row];
    const char *name = machine_spans(t->machine)->rows[row].name;
    bool begins = e->a != 0;
    bool is_for_filter = strcmp(name, t->options.filter.span) == 0;
    if (begins == (span->hash != 0)) { /* begins twice, or ends without a begin */
        return;
    }
    span->hash = begins ? e->c : 0;
    if (begins && is_for_filter) {
        t->spans_open++;
        timeline_show(t, at);
        slices_follow(t, cpu, at);
    }
    if (begins ? timeline_wants(t, cpu, TRACE_SPAN) : span->is_written) {
        put_span(t, cpu, begins ? 'b' : 'e', row, name, at);
        span->is_written = begins;
    }
    if (!begins && is_for_filter) {
        t->spans_open--;
        timeline_show(t, at);
        slices_follow(t, cpu, at);
    }
    cpu->was_shown = t->is_shown;
}

static void take_mmio(struct trace *t, const struct timeline_cpu *cpu, const struct arch_event *e,
                      cycles_t at)
{
    if (timeline_wants(t, cpu, TRACE_MMIO)) {
        const char *device = machine_device_name(t->machine, pa(e->b));
        char name[40];
        snprintf(name, sizeof name, "%s %s", device ? device : "MMIO",
                 e->a & 0x100 ? "write" : "read");
        timeline_instant(t, cpu, TRACE_MMIO, at, name);
        output_arg_hex(&t->out, "address", e->b);
        output_arg_number(&t->out, "bytes", e->a & 0xff);
        output_arg_hex(&t->out, "value", e->c);
        output_end(&t->out);
    }
}

static void take_firmware(struct trace *t, const struct timeline_cpu *cpu,
                          const struct arch_event *e, cycles_t at)
{
    if (timeline_wants(t, cpu, TRACE_FIRMWARE)) {
        timeline_instant(t, cpu, TRACE_FIRMWARE, at, "PSCI");
        output_arg_hex(&t->out, "function", e->a);
        output_arg_hex(&t->out, "result", e->b);
        output_end(&t->out);
    }
}

static void take_vmcb(struct trace *t, const struct timeline_cpu *cpu, const struct arch_event *e,
                      cycles_t at)
{
    if (timeline_wants(t, cpu, TRACE_SWITCH)) {
        timeline_instant(t, cpu, TRACE_SWITCH, at, e->a ? "VMCB entry" : "VMCB exit");
        output_arg_hex(&t->out, "block", e->b);
        output_arg_hex(&t->out, "guest_pc", e->c);
        output_end(&t->out);
    }
}

/* What is shown may have changed in another CPU's time; this one's slices follow no earlier than
 * what is written of it. */
static void catch_up(struct trace *t, struct timeline_cpu *cpu, cycles_t at)
{
    if (cpu->was_shown != t->is_shown) {
        cpu->last = t->shown_at > cpu->last ? t->shown_at : cpu->last;
        cpu->last = cpu->last < at ? cpu->last : at;
        cpu->was_shown = t->is_shown;
        slices_follow(t, cpu, cpu->last);
    }
}

void timeline_take(struct trace *t, const struct arch_event *e)
{
    struct timeline_cpu *cpu = &t->cpus[e->cpu];
    cycles_t at = e->at > cpu->last ? e->at : cpu->last;
    catch_up(t, cpu, at);
    switch (e->kind) {
    case NOTE_ROW:
    case NOTE_FUNCTION:
    case NOTE_VM_FUNCTION:
        take_row(t, cpu, e, at);
        break;
    case NOTE_IDLE:
        slices_idle(t, cpu, e->a > cpu->last ? e->a : cpu->last, at);
        break;
    case NOTE_GIC:
        irqs_take(t, cpu, e, at);
        break;
    case NOTE_FAULT:
        cpu->fault = timeline_fault(e);
        break;
    case EV_EXCEPTION:
        take_exception(t, cpu, e, at);
        break;
    case EV_SYSREG:
        take_register(t, cpu, e, at);
        break;
    case EV_MARK:
        take_mark(t, cpu, e, at);
        break;
    case EV_MMIO:
        take_mmio(t, cpu, e, at);
        break;
    case EV_FIRMWARE:
        take_firmware(t, cpu, e, at);
        break;
    case EV_VMCB:
        take_vmcb(t, cpu, e, at);
        break;
    default: /* EV_ERET: the row that follows says where to. EV_WAIT: NOTE_IDLE says how long. Notes
                that others want. */
        break;
    }
    cpu->last = at;
}

void timeline_end(struct trace *t)
{
    for (unsigned i = 0; i < machine_look_cpu_count(t->machine); i++) {
        struct timeline_cpu *cpu = &t->cpus[i];
        cycles_t end = machine_cpu_cycles(t->machine, i);
        catch_up(t, cpu, end);
        slices_close(t, cpu, end > cpu->last ? end : cpu->last);
    }
    for (unsigned row = 0; row < SPAN_ROWS_MAX; row++) {
        if (t->spans[row].is_written) {
            put_span(t, &t->cpus[0], 'e', row, machine_spans(t->machine)->rows[row].name,
                     t->cpus[0].last);
        }
    }
}
