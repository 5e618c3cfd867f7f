/* Running two calls in an order of ours. */
#include "cpu-el/ldst.h"
#include "sim/board/control.h"
#include "sim/board/cpu.h"
#include "sim/lib/explore.h"

/* So many instructions without an access that the other CPU may see are a loop. */
#define RUN_MAX 10000u

static struct cpu *cpu_of(const struct exploring *x, unsigned i)
{
    return x->m->machine->cpus[x->calls[i].cpu];
}

bool exploring_begin(struct exploring *x)
{
    if (x->what->calls[0].cpu == x->what->calls[1].cpu) {
        return err_set(library_error(), "both calls are for CPU %u: two CPUs are explored",
                       x->what->calls[0].cpu);
    }
    if (!call_begin(x->m, &x->what->calls[0], &x->calls[0])) {
        return false;
    }
    if (!call_begin(x->m, &x->what->calls[1], &x->calls[1])) {
        call_end(x->m, &x->calls[0], NULL);
        return false;
    }
    x->parked = call_park_others(x->m, x->calls, EXPLORE_CPUS);
    return true;
}

bool exploring_has_returned(const struct exploring *x, unsigned i)
{
    return call_is_at_return(x->m, &x->calls[i]);
}

bool exploring_can_run(const struct exploring *x, unsigned i)
{
    return !exploring_has_returned(x, i) && !x->m->machine->ended && loop_can_run(cpu_of(x, i));
}

bool exploring_is_end(const struct exploring *x)
{
    return exploring_has_returned(x, 0) && exploring_has_returned(x, 1);
}

bool exploring_holds(const struct exploring *x)
{
    const struct el2sim_exploration *what = x->what;
    return what->holds == NULL || what->holds(what->ctx, x->m, exploring_is_end(x));
}

static bool is_shared(const struct exploring *x, const struct ldst *l)
{
    uint64_t size_bytes = (uint64_t)l->size_bytes * l->register_count;
    uint64_t from = x->what->shared, room = x->what->shared_bytes;
    return room == 0 || l->address - from < room || from - l->address < size_bytes;
}

bool exploring_is_at_switch(struct exploring *x, unsigned i)
{
    struct cpu *cpu = cpu_of(x, i);
    uint64_t pc = engine_pc(cpu->engine);
    struct insn insn = code_insn(cpu, pc);
    struct ldst l;
    if (exploring_has_returned(x, i)) {
        return true;
    }
    switch (insn.kind) {
    case INSN_KIND_LOADSTORE:
        return !fault_decode(cpu, pc, insn.word, &l) || is_shared(x, &l);
    case INSN_KIND_OTHER:
    case INSN_KIND_BRANCH:
    case INSN_KIND_MRS:
    case INSN_KIND_ISB:
    case INSN_KIND_DSB:
    case INSN_KIND_DMB:
    case INSN_KIND_MARK:
        return false;
    default:
        return true;
    }
}

static bool run_one(struct exploring *x, unsigned i)
{
    struct control_stop stop;
    loop_give_turn(cpu_of(x, i));
    control_step(x->m->control, x->calls[i].cpu, &stop);
    return stop.kind == CONTROL_STEPPED;
}

uint32_t exploring_run(struct exploring *x, unsigned i)
{
    uint32_t count = 0;
    x->runs++;
    do {
        if (!run_one(x, i) || count == RUN_MAX) {
            err_set(library_error(),
                    "CPU %u runs %u instructions without an access to what is "
                    "shared: a loop that nothing ends",
                    x->calls[i].cpu, count);
            return 0;
        }
        count++;
    } while (exploring_can_run(x, i) && !exploring_is_at_switch(x, i));
    return count;
}

bool exploring_run_exactly(struct exploring *x, unsigned i, uint32_t count)
{
    for (uint32_t n = 0; n < count; n++) {
        if (!exploring_can_run(x, i) || !run_one(x, i)) {
            return err_set(library_error(), "the schedule lets CPU %u run where it cannot",
                           x->calls[i].cpu);
        }
    }
    return true;
}
