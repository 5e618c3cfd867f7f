#include "sim/board/control.h"

#include <stdlib.h>
#include <string.h>

#include "sim/board/control_internal.h"
#include "sim/board/net_link.h"

struct control *control_create(struct machine *m)
{
    struct control *c = calloc(1, sizeof *c);
    BUG_ON(c == NULL);
    c->m = m;
    c->step_cpu = c->arriving = NO_CPU;
    c->until = CYCLES_NEVER;
    c->stop.kind = CONTROL_BEGIN;
    m->control = c;
    return c;
}

void control_destroy(struct control *c)
{
    const struct control_catch nothing = {.el = false};
    if (c == NULL) {
        return;
    }
    while (c->point_count != 0) {
        control_point_delete(c, c->points[0].number);
    }
    control_catch(c, &nothing);
    c->m->control = NULL;
    free(c->points);
    free(c);
}

struct machine *control_machine(struct control *c)
{
    return c->m;
}

unsigned control_cpu_count(const struct control *c)
{
    return c->m->config.cpu_count;
}

int control_status(const struct control *c)
{
    return c->m->result.status;
}

bool control_has_ended(const struct control *c)
{
    return c->m->ended;
}

void control_interrupt(struct control *c)
{
    atomic_store(&c->interrupted, true);
}

void control_on_look(struct control *c, void (*look)(void *ctx), void *ctx)
{
    c->look = look;
    c->look_ctx = ctx;
}

void control_note_change(struct control *c)
{
    c->m->debugger_changes++;
}

/* Stopping. */

void control_stop_at(struct cpu *cpu, enum control_stop_kind kind)
{
    struct control *c = cpu->machine->control;
    if (!c->is_stopping) { /* the first reason counts */
        c->stop = (struct control_stop){.kind = kind, .cpu = cpu->pe.index};
    }
    c->is_stopping = true;
    cpu->held = true;
}

/* What a step ends with: a completed instruction, or an exception. */
static uint64_t progress_of(const struct cpu *cpu)
{
    return cpu->instructions + cpu->exceptions;
}

static bool has_stepped(const struct control *c)
{
    return c->step_cpu != NO_CPU && progress_of(c->m->cpus[c->step_cpu]) != c->step_from;
}

bool control_holds(struct cpu *cpu)
{
    struct control *c = cpu->machine->control;
    if (c->is_stopping) {
        return true;
    }
    if (cpu->pe.index == c->step_cpu && has_stepped(c)) {
        control_stop_at(cpu, CONTROL_STEPPED);
    } else if (cpu->clock.now >= c->until) {
        control_stop_at(cpu, CONTROL_CYCLE);
    }
    return c->is_stopping;
}

static void look(struct control *c, struct cpu *cpu)
{
    if (c->look) {
        c->look(c->look_ctx);
    }
    if (atomic_exchange(&c->interrupted, false)) {
        control_stop_at(cpu, CONTROL_INTERRUPTED);
    }
}

bool control_holds_machine(struct machine *m, struct cpu *next, cycles_t at, bool is_idle)
{
    struct control *c = m->control;
    struct cpu *cpu = next ? next : m->cpus[0];
    if (!c->is_stopping && has_stepped(c)) { /* it waits, or is off, behind that instruction */
        control_stop_at(m->cpus[c->step_cpu], CONTROL_STEPPED);
    } else if (!c->is_stopping && is_idle && at != CYCLES_NEVER && at >= c->until) {
        control_stop_at(cpu, CONTROL_CYCLE);
    } else if (!c->is_stopping && is_idle) {
        look(c, cpu);
    }
    return c->is_stopping;
}

bool control_is_wanted(struct machine *m)
{
    struct control *c = m->control;
    if (c->look) {
        c->look(c->look_ctx);
    }
    return atomic_load(&c->interrupted);
}

cycles_t control_due_at(const struct cpu *cpu)
{
    const struct control *c = cpu->machine->control;
    cycles_t at = c->look_at[cpu->pe.index];
    return at < c->until ? at : c->until;
}

void control_look(struct cpu *cpu)
{
    struct control *c = cpu->machine->control;
    cycles_t *at = &c->look_at[cpu->pe.index];
    if (cpu->clock.now >= *at) {
        *at = cpu->clock.now + CONTROL_LOOK;
        look(c, cpu);
    }
}

/* What the events of a run tell. */

static bool is_caught(struct control *c, struct cpu *cpu, const struct arch_event *e,
                      enum control_stop_kind *kind)
{
    uint16_t *context = &c->context[e->cpu];
    uint16_t before = *context;
    bool enters = e->kind == EV_EXCEPTION, returns = e->kind == EV_ERET;
    if (enters || returns) {
        *context = context_of(&cpu->pe, &c->m->config.guest_asids);
    }
    unsigned from = (unsigned)e->a >> 8, to = (unsigned)(enters ? e->a >> 4 & 15 : e->a & 15);
    if (enters && c->catch.exceptions >> to & 1) {
        *kind = CONTROL_EXCEPTION;
        return true;
    }
    if ((enters || returns) && c->catch.context && *context != before) {
        *kind = CONTROL_CONTEXT;
        return true;
    }
    if ((enters || returns) && c->catch.el && from != to) {
        *kind = CONTROL_EL;
        return true;
    }
    *kind = CONTROL_MARK;
    return e->kind == EV_MARK && c->catch.marks;
}

static void seen(void *ctx, const struct arch_event *e)
{
    struct control *c = ctx;
    struct cpu *cpu = c->m->cpus[e->cpu];
    enum control_stop_kind kind;
    if (is_caught(c, cpu, e, &kind)) {
        control_stop_at(cpu, kind);
    }
}

void control_catch(struct control *c, const struct control_catch *what)
{
    bool any = what->exceptions != 0 || what->el || what->context || what->marks;
    c->catch = *what;
    for (unsigned i = 0; i < c->m->config.cpu_count; i++) {
        c->context[i] = context_of(&c->m->cpus[i]->pe, &c->m->config.guest_asids);
    }
    c->observer =
        any && !c->is_observing ? (struct event_observer){.seen = seen, .ctx = c} : c->observer;
    if (any && !c->is_observing) {
        machine_observe(c->m, &c->observer);
    } else if (!any && c->is_observing) {
        machine_unobserve(c->m, &c->observer);
    }
    c->is_observing = any;
}

void control_restored(struct control *c)
{
    const struct control_catch same = c->catch;
    memset(c->passed, 0, sizeof c->passed);
    memset(c->look_at, 0, sizeof c->look_at);
    c->is_finished = false;
    c->stop = (struct control_stop){.kind = CONTROL_BEGIN};
    control_catch(c, &same);
}

/* Running. */

bool control_is_passed(const struct cpu *cpu, uint64_t pc)
{
    const struct control_place *p = &cpu->machine->control->passed[cpu->pe.index];
    return p->is_set && p->pc == pc && p->instructions == cpu->instructions;
}

/* The run stands there already. */
static void pass(struct control *c, unsigned cpu)
{
    const struct cpu *at = c->m->cpus[cpu];
    c->passed[cpu] = (struct control_place){true, engine_pc(at->engine), at->instructions};
}

static bool run(struct control *c, struct control_stop *stop)
{
    struct machine *m = c->m;
    c->is_stopping = false;
    bool was_told =
        c->stop.kind != CONTROL_BEGIN && c->stop.kind != CONTROL_CYCLE &&
        c->stop.kind != CONTROL_INTERRUPTED; /* there what is at pc has not stopped it yet */
    if (was_told) {
        pass(c, c->stop.cpu);
    }
    for (unsigned i = 0; i < m->config.cpu_count; i++) {
        m->cpus[i]->held = false;
        m->cpus[i]->one_insn = i == c->step_cpu || i == c->arriving;
    }
    loop_run(m);
    for (unsigned i = 0; i < m->config.cpu_count; i++) {
        m->cpus[i]->held = m->cpus[i]->one_insn = false;
        loop_deadline_changed(m->cpus[i]);
    }
    if (!c->is_stopping) {
        c->stop.kind = CONTROL_ENDED;
        c->stop.cpu = 0;
        net_link_end(m); /* no such machine goes back: the other one need not wait for the user */
    }
    c->stop.pc = engine_pc(m->cpus[c->stop.cpu]->engine);
    *stop = c->stop;
    return c->is_stopping;
}

bool control_continue(struct control *c, cycles_t until, struct control_stop *stop)
{
    c->step_cpu = NO_CPU;
    c->until = until;
    bool stopped = run(c, stop);
    c->until = CYCLES_NEVER;
    return stopped;
}

bool control_step(struct control *c, unsigned cpu, struct control_stop *stop)
{
    c->step_cpu = cpu;
    c->step_from = progress_of(c->m->cpus[cpu]);
    pass(c, cpu);
    bool stopped = run(c, stop);
    c->step_cpu = NO_CPU;
    return stopped;
}

void control_arrive(struct control *c, unsigned cpu, struct control_stop *stop)
{
    c->step_cpu = c->arriving = cpu;
    c->step_from = progress_of(c->m->cpus[cpu]);
    run(c, stop);
    c->step_cpu = c->arriving = NO_CPU;
}

void control_finish(struct control *c, struct machine_result *result)
{
    BUG_ON(c->is_finished);
    c->is_finished = true;
    machine_end(c->m, END_QUIT, 1, "ended by its user (debugger)");
    machine_complete(c->m, result);
}
