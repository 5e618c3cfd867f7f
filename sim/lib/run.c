/* Running until something happens. */
#include <string.h>

#include "sim/board/control.h"
#include "sim/board/cpu.h"
#include "sim/lib/console.h"
#include "sim/lib/library.h"

/* What the run is to stop at beside what struct control knows: the last exception, and text. */
struct watch {
    struct event_observer observer;
    struct el2sim_machine *m;
    struct arch_event exception; /* the last one taken */
};

static void seen(void *ctx, const struct arch_event *e)
{
    struct watch *w = ctx;
    if (e->kind == EV_EXCEPTION) {
        w->exception = *e;
    }
}

static unsigned ec_of(const struct arch_event *e)
{
    unsigned type = (unsigned)e->a & 15;
    return type == EXC_SYNC ? (unsigned)(e->b >> 26) & 63 : 0x100 + type;
}

static enum el2sim_stop_kind kind_of(enum control_stop_kind kind)
{
    switch (kind) {
    case CONTROL_BREAKPOINT:
        return EL2SIM_STOP_ADDRESS;
    case CONTROL_WATCHPOINT:
        return EL2SIM_STOP_ACCESS;
    case CONTROL_EXCEPTION:
    case CONTROL_EL:
    case CONTROL_CONTEXT:
        return EL2SIM_STOP_EXCEPTION;
    case CONTROL_MARK:
        return EL2SIM_STOP_MARK;
    case CONTROL_STEPPED:
        return EL2SIM_STOP_STEP;
    case CONTROL_INTERRUPTED:
        return EL2SIM_STOP_CONSOLE;
    case CONTROL_CYCLE:
        return EL2SIM_STOP_DEADLINE;
    case CONTROL_ENDED:
    case CONTROL_BEGIN:
        break;
    }
    return EL2SIM_STOP_END;
}

static void describe(const struct el2sim_machine *m, const struct control_stop *from,
                     const struct watch *w, struct el2sim_stop *stop)
{
    *stop = (struct el2sim_stop){
        .kind = kind_of(from->kind),
        .cpu = from->cpu,
        .el = m->machine->cpus[from->cpu]->pe.ps.el,
        .pc = from->pc,
        .address = from->address,
        .status = m->machine->result.status,
    };
    if (stop->kind == EL2SIM_STOP_EXCEPTION) {
        stop->from_el = (unsigned)w->exception.a >> 8;
        stop->to_el = (unsigned)w->exception.a >> 4 & 15;
        stop->ec = ec_of(&w->exception);
        stop->esr = (uint32_t)w->exception.b;
    }
}

/* The reason why the run is not where it was to go. */
static bool missed(const struct el2sim_machine *m, const struct el2sim_stop *stop, const char *what)
{
    char where[LIBRARY_PLACE_MAX];
    library_place(m, stop->cpu, where);
    if (stop->kind == EL2SIM_STOP_END) {
        return err_set(library_error(), "%s did not come: the run has ended: %s", what,
                       m->machine->result.text);
    }
    return err_set(library_error(), "%s did not come before the deadline: CPU %u stands at %s",
                   what, stop->cpu, where);
}

static cycles_t deadline(const struct el2sim_machine *m, uint64_t cycles)
{
    cycles_t now = 0;
    for (unsigned i = 0; i < m->config.cpu_count; i++) {
        cycles_t at = m->machine->cpus[i]->clock.now;
        now = at > now ? at : now;
    }
    return cycles == 0 || cycles > UINT64_MAX / CYCLE / 4 ? CYCLES_NEVER : now + cycles * CYCLE;
}

/* Runs on while what stops it is an exception of another kind than wanted. */
static bool run(struct el2sim_machine *m, uint64_t max_cycles, unsigned ec,
                enum el2sim_stop_kind wanted, const char *what, struct el2sim_stop *out)
{
    struct watch w = {.m = m};
    struct control_stop from;
    struct el2sim_stop stop;
    cycles_t until = deadline(m, max_cycles);
    w.observer = (struct event_observer){.seen = seen, .ctx = &w};
    machine_observe(m->machine, &w.observer);
    do {
        control_continue(m->control, until, &from);
        describe(m, &from, &w, &stop);
    } while (stop.kind == EL2SIM_STOP_EXCEPTION && ec != EL2SIM_ANY && stop.ec != ec);
    machine_unobserve(m->machine, &w.observer);
    if (out != NULL) {
        *out = stop;
    }
    return stop.kind == wanted || missed(m, &stop, what);
}

static bool may_run(const struct el2sim_machine *m)
{
    return m->is_loaded || m->open.count != 0 ||
           err_set(library_error(), "nothing is loaded: el2sim_load() comes first");
}

/* To one point, which is then taken away. */
static bool run_to_point(struct el2sim_machine *m, int point, uint64_t max_cycles,
                         enum el2sim_stop_kind wanted, const char *what, struct el2sim_stop *stop)
{
    bool done = run(m, max_cycles, EL2SIM_ANY, wanted, what, stop);
    control_point_delete(m->control, point);
    return done;
}

bool el2sim_run_to_address(struct el2sim_machine *m, uint64_t address, uint64_t max_cycles,
                           struct el2sim_stop *stop)
{
    return may_run(m) &&
           run_to_point(m,
                        control_break(m->control, va(address), CONTROL_ANY_EL, CONTROL_ANY_CONTEXT),
                        max_cycles, EL2SIM_STOP_ADDRESS, "the address", stop);
}

bool el2sim_run_to_symbol(struct el2sim_machine *m, const char *name, uint64_t max_cycles,
                          struct el2sim_stop *stop)
{
    uint64_t address;
    return may_run(m) && el2sim_symbol(m, name, &address) &&
           run_to_point(m,
                        control_break(m->control, va(address), CONTROL_ANY_EL, CONTROL_ANY_CONTEXT),
                        max_cycles, EL2SIM_STOP_ADDRESS, name, stop);
}

bool el2sim_run_to_access(struct el2sim_machine *m, uint64_t address, uint64_t size_bytes,
                          bool reads, bool writes, uint64_t max_cycles, struct el2sim_stop *stop)
{
    if (size_bytes == 0 || size_bytes > EL2SIM_ACCESS_MAX || !(reads || writes)) {
        return err_set(library_error(),
                       "an access to %llu bytes: 1 to %u, read, written or both are expected",
                       (unsigned long long)size_bytes, EL2SIM_ACCESS_MAX);
    }
    return may_run(m) &&
           run_to_point(m, control_watch(m->control, va(address), size_bytes, reads, writes),
                        max_cycles, EL2SIM_STOP_ACCESS, "the access", stop);
}

static bool run_to_catch(struct el2sim_machine *m, const struct control_catch *what, unsigned ec,
                         uint64_t max_cycles, enum el2sim_stop_kind wanted, const char *name,
                         struct el2sim_stop *stop)
{
    const struct control_catch nothing = {.el = false};
    if (!may_run(m)) {
        return false;
    }
    control_catch(m->control, what);
    bool done = run(m, max_cycles, ec, wanted, name, stop);
    control_catch(m->control, &nothing);
    return done;
}

bool el2sim_run_to_exception(struct el2sim_machine *m, unsigned to_el, unsigned ec,
                             uint64_t max_cycles, struct el2sim_stop *stop)
{
    struct control_catch what = {.exceptions = to_el == EL2SIM_ANY ? 7 : 1u << (to_el & 3)};
    return run_to_catch(m, &what, ec, max_cycles, EL2SIM_STOP_EXCEPTION, "the exception", stop);
}

bool el2sim_run_to_mark(struct el2sim_machine *m, uint64_t max_cycles, struct el2sim_stop *stop)
{
    struct control_catch what = {.marks = true};
    return run_to_catch(m, &what, EL2SIM_ANY, max_cycles, EL2SIM_STOP_MARK, "a mark", stop);
}

bool el2sim_run_to_console(struct el2sim_machine *m, const char *text, uint64_t max_cycles,
                           struct el2sim_stop *stop)
{
    if (!may_run(m) || !console_wait_for(m, text)) {
        return false;
    }
    bool done = run(m, max_cycles, EL2SIM_ANY, EL2SIM_STOP_CONSOLE, "the text", stop);
    console_wait_no_more(m);
    return done;
}

bool el2sim_run(struct el2sim_machine *m, uint64_t cycles, struct el2sim_stop *stop)
{
    return may_run(m) && run(m, cycles, EL2SIM_ANY, cycles ? EL2SIM_STOP_DEADLINE : EL2SIM_STOP_END,
                             "the end", stop);
}

bool el2sim_step(struct el2sim_machine *m, unsigned cpu, struct el2sim_stop *stop)
{
    struct watch w = {.m = m};
    struct control_stop from;
    struct el2sim_stop unused, *out = stop ? stop : &unused;
    if (!library_has_cpu(m, cpu) || !may_run(m)) {
        return false;
    }
    w.observer = (struct event_observer){.seen = seen, .ctx = &w};
    machine_observe(m->machine, &w.observer);
    control_step(m->control, cpu, &from);
    machine_unobserve(m->machine, &w.observer);
    describe(m, &from, &w, out);
    return out->kind == EL2SIM_STOP_STEP || missed(m, out, "the step");
}
