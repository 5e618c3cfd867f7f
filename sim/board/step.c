#include "sim/board/cpu.h"

#include "cpu-el/debug.h"
#include "cpu-el/ldst.h"

void step_changed(struct cpu *cpu)
{
    const struct pe *pe = &cpu->pe;
    cpu->stepping = pe->ps.il || debug_step_active(pe) || debug_any_breakpoint_enabled(pe) ||
                    debug_any_watchpoint_enabled(pe) || align_checks_all(pe);
}

static void raise(struct cpu *cpu, struct exception *exc)
{
    cpu_save(cpu);
    exc->return_address = cpu->pe.pc;
    cpu_exception(cpu, exc);
}

static bool watchpoint_hit(struct cpu *cpu, uint64_t pc, uint32_t word, struct exception *exc)
{
    struct ldst l;
    if (!debug_any_watchpoint_enabled(&cpu->pe) || !fault_decode(cpu, pc, word, &l) ||
        l.is_prefetch) {
        return false;
    }
    struct debug_access access = {
        .va = l.address,
        .size_bytes = l.size_bytes * l.register_count,
        .read = l.is_load,
        .write = l.is_store,
        .unprivileged = l.is_unprivileged && !cpu->pe.ps.uao,
    };
    return debug_watchpoint_hit(&cpu->pe, &access, exc);
}

/* What is due before the instruction at pc, in the order of D1.13.4: step, breakpoint, illegal
 * state. */
static bool due_before(struct cpu *cpu, uint64_t pc, struct exception *exc)
{
    bool stepped = cpu->stepped;
    cpu->stepped = false;
    return debug_step_due(&cpu->pe, stepped, cpu->stepped_exclusive, exc) ||
           debug_breakpoint_hit(&cpu->pe, pc, exc) || exception_illegal_state(&cpu->pe, exc);
}

/* is_ours: the engine must not run it. */
static void run(struct cpu *cpu, const struct insn *insn, uint64_t pc, bool is_ours)
{
    if (insn->kind == INSN_KIND_LOADSTORE && align_faults(cpu, insn, pc)) {
        return;
    }
    if (is_ours) {
        trap_execute(cpu, insn, pc);
        return;
    }
    /* A branch ends in ENGINE_STOPPED_BLOCK, with pc at its target. */
    loop_engine_stopped(cpu, loop_run_until(cpu, va(pc + 4)));
}

void step_one(struct cpu *cpu)
{
    uint64_t pc = engine_pc(cpu->engine);
    struct exception exc = {0};
    if (cpu->machine->control && control_breaks_at(cpu, pc)) {
        return;
    }
    if (due_before(cpu, pc, &exc)) {
        raise(cpu, &exc);
        return;
    }
    uint64_t at;
    if (pc % 4 != 0 || !code_pa(cpu, pc, &at)) {
        cpu->step_through = true; /* the fetch faults: let the engine find out */
        return;
    }
    struct insn insn = code_insn(cpu, pc);
    if (watchpoint_hit(cpu, pc, insn.word, &exc)) {
        raise(cpu, &exc);
        return;
    }
    uint64_t exceptions = cpu->exceptions;
    bool calls =
        insn.kind == INSN_KIND_SVC || insn.kind == INSN_KIND_HVC || insn.kind == INSN_KIND_SMC;
    if (calls) {
        debug_step_advance(&cpu->pe);
    }
    uint64_t instructions = cpu->instructions;
    note_insn(cpu, pc);
    /* Asked before time passes: behind a deadline the answer would be no for any instruction. */
    bool is_ours = block_insns_before_stop(cpu, pc, 1) == 0;
    block_charge_part(cpu, pc, 1);
    run(cpu, &insn, pc, is_ours);
    /* A refused page took its instruction back; one that branches to itself has run. */
    if (exceptions == cpu->exceptions && insn.kind != INSN_KIND_ERET &&
        cpu->instructions != instructions) {
        if (!calls) {
            debug_step_advance(&cpu->pe);
        }
        cpu->stepped = true;
        cpu->stepped_exclusive = insn.flags & INSN_FLAG_EXCLUSIVE && insn.flags & INSN_FLAG_LOAD;
    }
}
