/*
 * The slices of a CPU. On its first track: an EL with a context, in it a function, in that a wait.
 * They follow the rows of the ledger, so that the slices of an EL add up to the cycles that the
 * ledger has for it. On its second track: which VM runs, and its exits.
 */
#include <stdio.h>

#include "sim/report/report.h"
#include "sim/trace/timeline.h"

#define NO_SLICE UINT32_MAX

static uint32_t wanted_el(const struct trace *t, const struct timeline_cpu *cpu)
{
    bool is_wanted = cpu->is_known && timeline_wants(t, cpu, TRACE_EL);
    return is_wanted ? cpu->el | (uint32_t)cpu->context << 8 : NO_SLICE;
}

static uint32_t wanted_function(const struct trace *t, const struct timeline_cpu *cpu)
{
    bool is_vm = machine_context_is_vm(t->machine, cpu->context);
    bool is_wanted =
        cpu->is_known && timeline_wants(t, cpu, is_vm ? TRACE_VM_FUNCTION : TRACE_FUNCTION);
    return is_wanted ? cpu->symbol : NO_SLICE;
}

/* place | why << 4 | VCPU << 16, and the VM is cpu->vm. */
static uint32_t wanted_vm(const struct trace *t, const struct timeline_cpu *cpu)
{
    if (cpu->place == PLACE_NONE || !timeline_wants(t, cpu, TRACE_VM)) {
        return NO_SLICE;
    }
    uint32_t detail = cpu->place == PLACE_EXIT ? cpu->reason << 4 : (uint32_t)cpu->vm << 12;
    return (uint32_t)cpu->place | (detail & 0xfffffff0);
}

static void end_slice(struct trace *t, const struct timeline_cpu *cpu, enum trace_track track,
                      struct open_slice *s, cycles_t at)
{
    if (s->is_open) {
        output_event(&t->out, 'E', trace_tid(cpu->index, track), at);
        output_arg_cycles(&t->out, "cycles", at - s->since);
        output_end(&t->out);
        s->is_open = false;
    }
}

static void begin_slice(struct trace *t, const struct timeline_cpu *cpu, enum trace_track track,
                        struct open_slice *s, cycles_t at, const char *category, const char *name)
{
    output_event(&t->out, 'B', trace_tid(cpu->index, track), at);
    output_name(&t->out, category, name);
    s->is_open = true;
    s->since = at;
}

static void begin_el(struct trace *t, struct timeline_cpu *cpu, cycles_t at)
{
    char place[PLACE_NAME_MAX], name[PLACE_NAME_MAX + 8];
    timeline_place_name(t, cpu->context, place);
    snprintf(name, sizeof name, "EL%u %s", cpu->el, place);
    begin_slice(t, cpu, TRACK_CPU, &cpu->el_slice, at, "el", name);
    output_arg_number(&t->out, "el", cpu->el);
    output_end(&t->out);
}

static void begin_vm(struct trace *t, struct timeline_cpu *cpu, cycles_t at)
{
    char place[PLACE_NAME_MAX], name[PLACE_NAME_MAX + 32];
    timeline_place_name(t, cpu->vm, place);
    if (cpu->place == PLACE_EXIT) {
        snprintf(name, sizeof name, "exit: %s", report_ec_name(cpu->reason));
    } else {
        snprintf(name, sizeof name, "%s vCPU %u", place, cpu->vcpu);
    }
    begin_slice(t, cpu, TRACK_VM, &cpu->vm_slice, at, "vm", name);
    output_arg(&t->out, "vm", place);
    output_arg_number(&t->out, "vcpu", cpu->vcpu);
    output_end(&t->out);
}

static bool is_stale(const struct open_slice *s, uint32_t wanted)
{
    return s->is_open ? s->what != wanted : wanted != NO_SLICE;
}

void slices_follow(struct trace *t, struct timeline_cpu *cpu, cycles_t at)
{
    uint32_t el = wanted_el(t, cpu);
    uint32_t function = wanted_function(t, cpu);
    uint32_t vm = wanted_vm(t, cpu);
    bool el_changes = is_stale(&cpu->el_slice, el);
    if (el_changes || is_stale(&cpu->function_slice, function)) {
        end_slice(t, cpu, TRACK_CPU, &cpu->function_slice, at);
    }
    if (el_changes) {
        end_slice(t, cpu, TRACK_CPU, &cpu->el_slice, at);
        cpu->el_slice.what = el;
        if (el != NO_SLICE) {
            begin_el(t, cpu, at);
        }
    }
    if (!cpu->function_slice.is_open && function != NO_SLICE) {
        cpu->function_slice.what = function;
        begin_slice(t, cpu, TRACK_CPU, &cpu->function_slice, at, "function",
                    machine_symbol_name(t->machine, function));
        output_end(&t->out);
    }
    if (is_stale(&cpu->vm_slice, vm)) {
        end_slice(t, cpu, TRACK_VM, &cpu->vm_slice, at);
        cpu->vm_slice.what = vm;
        if (vm != NO_SLICE) {
            begin_vm(t, cpu, at);
        }
    }
}

void slices_close(struct trace *t, struct timeline_cpu *cpu, cycles_t at)
{
    end_slice(t, cpu, TRACK_CPU, &cpu->function_slice, at);
    end_slice(t, cpu, TRACK_CPU, &cpu->el_slice, at);
    end_slice(t, cpu, TRACK_VM, &cpu->vm_slice, at);
}

void slices_idle(struct trace *t, struct timeline_cpu *cpu, cycles_t since, cycles_t until)
{
    struct open_slice idle = {.is_open = false};
    if (timeline_wants(t, cpu, TRACE_IDLE)) {
        begin_slice(t, cpu, TRACK_CPU, &idle, since, "idle", "idle");
        output_end(&t->out);
        end_slice(t, cpu, TRACK_CPU, &idle, until);
    }
}
