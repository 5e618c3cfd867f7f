#include "sim/lib/call.h"

#include <stdio.h>
#include <string.h>

#include "sim/board/control_state.h"
#include "sim/board/cpu.h"

#define CYCLES_DEFAULT UINT64_C(1000000)
#define STACK_BYTES    (UINT64_C(16) << 10)
#define SPSR_MASKED    0x3c0u /* D, A, I, F */

static uint64_t read_register(struct el2sim_machine *m, unsigned cpu, unsigned reg)
{
    uint64_t value[2];
    control_read_register(m->control, cpu, reg, value);
    return value[0];
}

static bool write_register(struct el2sim_machine *m, unsigned cpu, unsigned reg, uint64_t value)
{
    const uint64_t both[2] = {value, 0};
    return control_write_register(m->control, cpu, reg, both);
}

static bool find_el(const struct el2sim_machine *m, const struct el2sim_call *from, unsigned *el)
{
    *el = from->el == EL2SIM_EL0 ? 0 : from->el ? from->el : m->config.entry_el;
    return *el <= m->config.entry_el ||
           err_set(library_error(), "a call at EL%u: the machine has EL0 to EL%u", *el,
                   m->config.entry_el);
}

static bool find_places(struct el2sim_machine *m, const struct el2sim_call *from, struct call *call)
{
    call->function = from->address;
    call->return_to = from->return_to ? from->return_to : m->machine->kernel_at.v;
    if (from->function != NULL && !el2sim_symbol(m, from->function, &call->function)) {
        return false;
    }
    if (call->return_to == 0) {
        return err_set(library_error(), "a call returns to the entry of what el2sim_load() loaded: "
                                        "nothing is; say where to (el2sim_call.return_to)");
    }
    return true;
}

/* What the CPU is before the call. */
static void keep(struct el2sim_machine *m, struct call *call)
{
    const struct cpu *cpu = m->machine->cpus[call->cpu];
    for (unsigned n = 0; n < 31; n++) {
        call->x[n] = read_register(m, call->cpu, REG_X0 + n);
    }
    call->pc = read_register(m, call->cpu, REG_PC);
    call->pstate = read_register(m, call->cpu, REG_PSTATE);
    call->was_on = cpu->pe.powered;
    call->was_waiting = cpu->pe.waiting;
}

static uint64_t stack_for(const struct el2sim_machine *m, unsigned cpu, unsigned el)
{
    const struct ram *ram = &m->machine->ram;
    return ram->base.v + ram->size_bytes - (3 * cpu + el) * STACK_BYTES;
}

static void enter(struct el2sim_machine *m, const struct el2sim_call *from, struct call *call,
                  unsigned el)
{
    struct cpu *cpu = m->machine->cpus[call->cpu];
    if (!call->was_on) { /* with the registers that it has */
        cpu->pe.powered = true;
        cost_wait_until(&cpu->meter, machine_furthest(m->machine));
        trap_effects(cpu, EFF_CONTEXT | EFF_TRAPS | EFF_REGIME | EFF_IRQ);
    }
    cpu->pe.waiting = cpu->in_wfe = false;
    write_register(m, call->cpu, REG_PSTATE, SPSR_MASKED | el << 2 | (el != 0));
    call->sp_before = read_register(m, call->cpu, REG_SP);
    call->sp = from->sp ? from->sp : call->sp_before;
    call->sp = call->sp ? call->sp : stack_for(m, call->cpu, el);
    write_register(m, call->cpu, REG_SP, call->sp);
    for (unsigned n = 0; n < 8; n++) {
        write_register(m, call->cpu, REG_X0 + n, from->args[n]);
    }
    write_register(m, call->cpu, REG_X0 + 30, call->return_to);
    write_register(m, call->cpu, REG_PC, call->function);
    call->began = cpu->clock.now;
    call->instructions = cpu->instructions;
    call->exceptions = cpu->exceptions;
}

bool call_begin(struct el2sim_machine *m, const struct el2sim_call *from, struct call *call)
{
    unsigned el;
    *call = (struct call){.cpu = from->cpu};
    if (!library_has_cpu(m, from->cpu) || !find_el(m, from, &el) || !find_places(m, from, call)) {
        return false;
    }
    keep(m, call);
    enter(m, from, call, el);
    return true;
}

bool call_is_at_return(const struct el2sim_machine *m, const struct call *call)
{
    const struct cpu *cpu = m->machine->cpus[call->cpu];
    return engine_pc(cpu->engine) == call->return_to && cpu->instructions != call->instructions &&
           engine_x(cpu->engine, 31) == call->sp;
}

void call_end(struct el2sim_machine *m, const struct call *call, struct el2sim_result *result)
{
    struct cpu *cpu = m->machine->cpus[call->cpu];
    if (result != NULL) {
        *result = (struct el2sim_result){
            .x0 = read_register(m, call->cpu, REG_X0),
            .cycles = (cpu->clock.now - call->began) / CYCLE,
            .instructions = cpu->instructions - call->instructions,
            .exceptions = cpu->exceptions - call->exceptions,
        };
    }
    write_register(m, call->cpu, REG_SP, call->sp_before);
    write_register(m, call->cpu, REG_PSTATE, call->pstate);
    for (unsigned n = 0; n < 31; n++) {
        write_register(m, call->cpu, REG_X0 + n, call->x[n]);
    }
    write_register(m, call->cpu, REG_PC, call->pc);
    cpu->pe.powered = call->was_on;
    cpu->pe.waiting = call->was_waiting;
}

unsigned call_park_others(struct el2sim_machine *m, const struct call *calls, unsigned count)
{
    unsigned others = (1u << m->config.cpu_count) - 1, parked = 0;
    for (unsigned i = 0; i < count; i++) {
        others &= ~(1u << calls[i].cpu);
    }
    for (unsigned i = 0; i < m->config.cpu_count; i++) {
        struct cpu *cpu = m->machine->cpus[i];
        if (others >> i & 1 && cpu->pe.powered) {
            cpu->pe.powered = false;
            parked |= 1u << i;
        }
    }
    m->machine->running = NULL; /* whose turn it was does not matter: it does not run */
    return parked;
}

void call_unpark(struct el2sim_machine *m, unsigned parked)
{
    for (unsigned i = 0; i < m->config.cpu_count; i++) {
        m->machine->cpus[i]->pe.powered |= parked >> i & 1;
    }
}

/* Runs until each call has returned; a CPU that has is off from then on. */
static bool run_calls(struct el2sim_machine *m, struct calls *all, cycles_t until,
                      struct el2sim_result *results)
{
    struct call *calls = all->calls;
    unsigned count = all->count, open = count;
    struct control_stop stop = {.kind = CONTROL_BREAKPOINT};
    while (open != 0 && stop.kind == CONTROL_BREAKPOINT) {
        control_continue(m->control, until, &stop);
        for (unsigned i = 0; i < count && stop.kind == CONTROL_BREAKPOINT; i++) {
            if (calls[i].cpu == stop.cpu && call_is_at_return(m, &calls[i])) {
                call_end(m, &calls[i], results ? &results[i] : NULL);
                calls[i].has_returned = true;
                m->machine->cpus[stop.cpu]->pe.powered = false;
                m->machine->running = NULL;
                open--;
            }
        }
    }
    return open == 0;
}

/* The reason: which call has not returned, and where its CPU stands. */
static bool hangs(const struct el2sim_machine *m, const struct calls *all)
{
    char where[LIBRARY_PLACE_MAX];
    unsigned i = 0;
    while (i + 1 < all->count && all->calls[i].has_returned) {
        i++;
    }
    const struct call *call = &all->calls[i];
    library_place(m, call->cpu, where);
    uint64_t start, instructions = m->machine->cpus[call->cpu]->instructions - call->instructions;
    const char *name = names_at(m->names, call->function, &start);
    return err_set(
        library_error(), "%s did not return in %llu instructions: CPU %u stands at %s%s%s",
        name && start == call->function ? name : "the function", (unsigned long long)instructions,
        call->cpu, where, m->machine->ended ? "; the machine has ended: " : "",
        m->machine->ended ? m->machine->result.text : "");
}

/* All calls begin, on CPUs of their own; none does if one cannot. */
static bool begin_all(struct el2sim_machine *m, const struct el2sim_call *from, struct calls *all,
                      unsigned count)
{
    unsigned cpus = 0;
    all->count = 0;
    if (m == NULL || count == 0 || count > m->config.cpu_count) {
        return err_set(library_error(), "%u calls at once: 1 to as many as there are CPUs", count);
    }
    while (all->count < count) {
        const struct el2sim_call *next = &from[all->count];
        bool twice = next->cpu < EL2SIM_MAX_CPUS && cpus >> next->cpu & 1;
        if (twice || !call_begin(m, next, &all->calls[all->count])) {
            while (all->count > 0) {
                call_end(m, &all->calls[--all->count], NULL);
            }
            return twice ? err_set(library_error(), "two calls are for CPU %u", next->cpu) : false;
        }
        cpus |= 1u << next->cpu;
        uint64_t cycles = next->max_cycles ? next->max_cycles : CYCLES_DEFAULT;
        all->max_cycles = cycles > all->max_cycles ? cycles : all->max_cycles;
        all->count++;
    }
    all->parked = call_park_others(m, all->calls, count);
    return true;
}

/* Runs them to their returns. */
static bool finish_all(struct el2sim_machine *m, struct calls *all, struct el2sim_result *results)
{
    int points[EL2SIM_MAX_CPUS];
    for (unsigned i = 0; i < all->count; i++) {
        points[i] = control_break(m->control, va(all->calls[i].return_to), CONTROL_ANY_EL,
                                  CONTROL_ANY_CONTEXT);
    }
    bool done = run_calls(m, all, machine_furthest(m->machine) + all->max_cycles * CYCLE, results);
    for (unsigned i = 0; i < all->count; i++) {
        control_point_delete(m->control, points[i]);
        if (all->calls[i].has_returned) {
            m->machine->cpus[all->calls[i].cpu]->pe.powered = all->calls[i].was_on;
        }
    }
    call_unpark(m, all->parked);
    m->machine->running = NULL;
    return done || hangs(m, all);
}

bool el2sim_call_together(struct el2sim_machine *m, const struct el2sim_call *from, unsigned count,
                          struct el2sim_result *results)
{
    struct calls all = {.count = 0};
    return begin_all(m, from, &all, count) && finish_all(m, &all, results);
}

bool el2sim_call(struct el2sim_machine *m, const struct el2sim_call *call,
                 struct el2sim_result *result)
{
    return el2sim_call_together(m, call, 1, result);
}

bool el2sim_call_begin(struct el2sim_machine *m, const struct el2sim_call *call)
{
    if (m->open.count != 0) {
        return err_set(library_error(), "a call is under way: el2sim_call_finish() comes first");
    }
    m->open = (struct calls){.count = 0};
    return begin_all(m, call, &m->open, 1);
}

bool el2sim_call_finish(struct el2sim_machine *m, struct el2sim_result *result)
{
    if (m->open.count == 0) {
        return err_set(library_error(), "no call is under way: el2sim_call_begin() comes first");
    }
    struct calls open = m->open;
    m->open.count = 0;
    return finish_all(m, &open, result);
}
