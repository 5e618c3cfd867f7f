#include "sim/board/cpu.h"

#include <stdarg.h>
#include <stdio.h>

#include "sim/base/bits.h"
#include "cpu-el/syndrome.h"
#include "cpu-el/vmcb.h"
#include "sim/base/err.h"
#include "sim/board/net_link.h"

void machine_end(struct machine *m, enum machine_end end, int status, const char *format, ...)
{
    if (m->ended) {
        return;
    }
    m->ended = true;
    m->result.end = end;
    m->result.status = status;
    va_list args;
    va_start(args, format);
    vsnprintf(m->result.text, sizeof m->result.text, format, args);
    va_end(args);
    for (unsigned i = 0; i < m->config.cpu_count; i++) {
        m->cpus[i]->leave = true;
    }
}

static void horizon_changed(struct cpu *cpu)
{
    cpu->horizon = cpu->deadline < cpu->turn_end ? cpu->deadline : cpu->turn_end;
    if (cpu->sp_moved || insn_by_insn(cpu) || cpu->row_is_due) {
        cpu->horizon = 0;
    }
}

void loop_deadline_changed(struct cpu *cpu)
{
    cycles_t limit = cpu->machine->config.max_cycles;
    cpu->deadline = clock_next(&cpu->clock);
    if (limit != 0 && limit < cpu->deadline) {
        cpu->deadline = limit;
    }
    if (cpu->machine->progress && cpu->progress_at < cpu->deadline) {
        cpu->deadline = cpu->progress_at;
    }
    if (cpu->machine->input && input_look_at(cpu) < cpu->deadline) {
        cpu->deadline = input_look_at(cpu);
    }
    if (cpu->machine->snapshot.at < cpu->deadline) {
        cpu->deadline = cpu->machine->snapshot.at;
    }
    if (cpu->machine->control && control_due_at(cpu) < cpu->deadline) {
        cpu->deadline = control_due_at(cpu);
    }
    horizon_changed(cpu);
}

enum engine_stop loop_run_until(struct cpu *cpu, va_t until)
{
    cpu->horizon = 0; /* block_enter() looks at each block, and finds it the engine's */
    enum engine_stop stop = engine_run_until(cpu->engine, until);
    block_settle(cpu);
    horizon_changed(cpu);
    return stop;
}

void cpu_save(struct cpu *cpu)
{
    cpu->pe.pc = engine_pc(cpu->engine);
    cpu->pe.ps.nzcv = engine_nzcv(cpu->engine);
}

void cpu_load(struct cpu *cpu, enum sysreg_id old_sp)
{
    enum sysreg_id new_sp = pe_sp_id(&cpu->pe.ps);
    if (new_sp != old_sp) {
        cpu->pe.sr[old_sp] = engine_x(cpu->engine, 31);
        engine_set_x(cpu->engine, 31, cpu->pe.sr[new_sp]);
    }
    if (cpu->sp_misaligned || cpu->pe.sr[new_sp] % 16 != 0) {
        cpu->sp_misaligned = false;
        cpu->sp_moved = true;
        cpu->horizon = 0;
    }
    if (new_sp != old_sp || cpu->pe.ps.el == 0) {
        lend_enter_el(cpu);
    }
    engine_set_pc(cpu->engine, cpu->pe.pc);
    cpu->current = NULL;
    cpu->at_boundary = true;
    block_context_changed(cpu);
    trap_natives_select(cpu);
    block_stop_flags_select(cpu);
    view_select(cpu);
    step_changed(cpu);
}

/* Exceptions that come behind a completed instruction: SVC, HVC and software step. */
static bool is_after_completion(unsigned ec)
{
    return ec == EC_SVC64 || ec == EC_HVC64 || ec == EC_STEP_LOWER || ec == EC_STEP_SAME;
}

/* Code of a VM. */
static bool runs_vm(const struct cpu *cpu)
{
    return machine_context_is_vm(cpu->machine, (uint16_t)(cpu->block_key >> 8));
}

void cpu_exception(struct cpu *cpu, const struct exception *exc)
{
    struct pe *pe = &cpu->pe;
    sync_event(cpu);
    if (cpu->machine->watcher) {
        struct watch_event e = {
            .kind = WATCH_EXCEPTION, .pc = exc->return_address, .target_el = exc->target_el};
        watch_tell(cpu, &e);
    }
    bool is_vm = runs_vm(cpu);
    const struct asid_range *guests = &cpu->machine->config.guest_asids;
    bool is_exit = exc->target_el == hypervisor_el(guests) && is_vm;
    cycles_t at = cpu->clock.now;
    enum sysreg_id old_sp = pe_sp_id(&pe->ps);
    unsigned from = pe->ps.el;
    lend_leave_el(cpu);
    exception_take(pe, exc);
    bool has_esr = exc->type == EXC_SYNC || exc->type == EXC_SERROR;
    unsigned ec = exc->type == EXC_SYNC ? exc->esr >> 26 : 0x100u + exc->type;
    /* Faults in a loop must come to the cycle limit: what did not complete costs something, too. */
    bool completed = exc->type != EXC_SYNC || is_after_completion(ec);
    cost_charge(&cpu->meter, COST_INSN_TRAPPED, !completed);
    cpu->traps.count[from][exc->target_el][ec]++;
    cpu->exceptions++;
    cpu->traps_to_hypervisor += guests->last ? is_exit : from < 2 && exc->target_el == 2;
    causes_turn(&cpu->causes, cause_key(from, is_vm, exc->target_el, ec), at, cpu->instructions);
    if (is_exit) {
        exits_begin(&cpu->exits, ec, at);
    }
    cpu_load(cpu, old_sp);
    note_fault(cpu, exc);
    cpu_emit(cpu, EV_EXCEPTION, from << 8 | exc->target_el << 4 | exc->type, has_esr ? exc->esr : 0,
             exc->return_address);
    if (vmcb_is_active(pe) && pe->ps.el == 2) {
        vm_exit(cpu, exc);
    }
}

void cpu_return(struct cpu *cpu)
{
    struct pe *pe = &cpu->pe;
    sync_event(cpu);
    enum sysreg_id old_sp = pe_sp_id(&pe->ps);
    unsigned from = pe->ps.el;
    uint64_t spsr = pe->sr[from == 2 ? SR_SPSR_EL2 : SR_SPSR_EL1];
    if (cpu->machine->watcher) {
        watch_return(cpu, spsr);
    }
    lend_leave_el(cpu);
    exception_return(pe);
    if (cpu->exclusive_open) {
        engine_clear_exclusive(cpu->engine);
        cpu->exclusive_open = false;
    }
    engine_set_nzcv(cpu->engine, pe->ps.nzcv);
    cpu_load(cpu, old_sp);
    cpu_emit(cpu, EV_ERET, from << 8 | pe->ps.el, spsr, pe->pc);
    if (from == 2 && runs_vm(cpu)) {
        exits_end(&cpu->exits, cpu->clock.now);
    }
}

bool cpu_interrupt(struct cpu *cpu)
{
    struct exception exc;
    if (!interrupt_due(&cpu->pe, &exc)) {
        return false;
    }
    cpu_save(cpu);
    exc.return_address = cpu->pe.pc;
    cpu_exception(cpu, &exc);
    return true;
}

void cpu_start(struct cpu *cpu, uint64_t entry, uint64_t context_id, cycles_t at)
{
    struct machine *m = cpu->machine;
    pe_reset(&cpu->pe, m->config.entry_el);
    cpu->unsynced_count = 0;
    mmu_reset(cpu->mmu);
    timer_reset(cpu->timer);
    for (unsigned n = 0; n < 32; n++) {
        engine_set_x(cpu->engine, n, 0);
    }
    engine_set_x(cpu->engine, 0, context_id);
    engine_set_nzcv(cpu->engine, 0);
    lend_enter_el(cpu);
    cpu->exclusive_open = false;
    cpu->pe.pc = entry;
    cpu->pe.powered = true;
    cpu->pe.waiting = false;
    view_tags_changed(cpu);
    block_context_changed(cpu);
    cpu->meter.row = block_row(cpu, entry);
    note_row(cpu, cpu->meter.row);
    cycles_t before = cpu->clock.now;
    cost_wait_until(&cpu->meter, at);
    note_idle(cpu, before);
    cpu_load(cpu, pe_sp_id(&cpu->pe.ps));
    trap_natives_changed(cpu);
    block_stop_flags_changed(cpu);
    gic_reset_cpu(m->gic, cpu->pe.index);
}

void cpu_wait(struct cpu *cpu)
{
    cpu->pe.waiting = true;
    if (pmu_is_counting(&cpu->pe)) {
        pmu_plan(&cpu->pmu);
    }
    cpu->wake_known = false;
    cpu->leave = true;
    cpu->wfe_stamp = CYCLES_NEVER;
}

/* What the engine stopped for, beside a block or `until`. */
void loop_engine_stopped(struct cpu *cpu, enum engine_stop stop)
{
    switch (stop) {
    case ENGINE_STOPPED_TRAP:
        if (cpu->trap_waits) {
            cpu->trap_waits = false;
            trap_handle(cpu);
        }
        break;
    case ENGINE_STOPPED_REFUSED:
        fault_refused(cpu);
        break;
    case ENGINE_STOPPED_FAILED:
        machine_end(cpu->machine, END_ENGINE, 1, "engine failure at pc 0x%llx: %s",
                    (unsigned long long)engine_pc(cpu->engine), engine_failure(cpu->engine));
        break;
    case ENGINE_STOPPED_BLOCK:
    case ENGINE_STOPPED_UNTIL:
        break;
    }
}

/* Runs the first `count` instructions at pc and no more. */
static void run_part(struct cpu *cpu, uint64_t pc, uint32_t count)
{
    block_charge_part(cpu, pc, count);
    loop_engine_stopped(cpu, loop_run_until(cpu, va(pc + 4 * (uint64_t)count)));
}

/* block_enter() stopped before a block: runs it up to the deadline or to the instruction that needs
 * us, and that one. */
static void at_block(struct cpu *cpu)
{
    uint64_t pc = engine_pc(cpu->engine);
    uint32_t count = insn_by_insn(cpu) ? 1 : cpu->stopped_insns;
    if (cpu->machine->control && control_breaks_at(cpu, pc)) {
        return;
    }
    note_insn(cpu, pc);
    uint32_t clear = block_insns_before_stop(cpu, pc, count);
    if (clear != 0) {
        run_part(cpu, pc, clear);
        return;
    }
    block_charge_part(cpu, pc, 1);
    struct insn insn = code_insn(cpu, pc);
    trap_execute(cpu, &insn, pc);
}

/* A branch went to an address that is no multiple of 4 (D1.8.1). */
static void pc_alignment_fault(struct cpu *cpu)
{
    cpu->pc_misaligned = false;
    cpu_save(cpu);
    struct exception exc = {
        .type = EXC_SYNC,
        .target_el = exception_target_el(&cpu->pe),
        .return_address = cpu->pe.pc,
        .esr = syndrome_pc_alignment(),
        .far_valid = true,
        .far = cpu->pe.pc,
    };
    cpu_exception(cpu, &exc);
}

static void run_engine(struct cpu *cpu)
{
    cpu->stopped_insns = 0;
    enum engine_stop stop = engine_run(cpu->engine);
    block_settle(cpu);
    if (cpu->stops_next) { /* a system instruction was the last */
        cpu->stops_next = false;
        horizon_changed(cpu);
        if (!cpu->leave) {
            cpu_interrupt(cpu);
        }
    } else if (stop != ENGINE_STOPPED_BLOCK) {
        loop_engine_stopped(cpu, stop);
    } else if (cpu->code_stale) {
        code_drop_stale(cpu);
    } else if (cpu->blocks_full) {
        blocks_forget(cpu);
    } else if (cpu->pc_misaligned) {
        pc_alignment_fault(cpu);
    } else if (cpu->stopped_insns != 0) {
        at_block(cpu);
    }
}

void loop_wake_others(struct cpu *by)
{
    struct machine *m = by->machine;
    for (unsigned i = 0; m->config.cpu_count > 1 && i < m->config.cpu_count; i++) {
        struct cpu *cpu = m->cpus[i];
        if (cpu == by || !cpu->pe.waiting || cpu->wake_known || !interrupt_wakes(&cpu->pe)) {
            continue;
        }
        cpu->wake_stamp = by->clock.now;
        cpu->wake_known = true;
        loop_end_turn(by);
    }
}

void loop_end_turn(struct cpu *cpu)
{
    if (cpu->turn_end > cpu->clock.now) {
        cpu->turn_end = cpu->clock.now;
        loop_deadline_changed(cpu);
    }
}

void loop_board_changed(struct cpu *cpu)
{
    const struct machine *m = cpu->machine;
    cycles_t due = clock_next(&m->cpus[0]->clock);
    cycles_t limit = due == CYCLES_NEVER ? CYCLES_NEVER : due + m->config.quantum;
    if (cpu->pe.index != 0 && limit < cpu->turn_end) {
        cpu->turn_end = limit > cpu->clock.now ? limit : cpu->clock.now;
    }
    loop_deadline_changed(cpu);
}

/* So often, in simulated time, somebody who watches is told; stopping there changes no result. */
#define PROGRESS_PERIOD (100000000 * CYCLE)

/* The deadline has come: fires what is due, tells who watches, ends at the limit. */
static void at_deadline(struct cpu *cpu)
{
    struct machine *m = cpu->machine;
    clock_fire(&cpu->clock, cpu->clock.now);
    if (m->input) {
        input_look(cpu);
    }
    loop_wake_others(cpu);
    if (m->control) {
        control_look(cpu);
    }
    if (m->progress && cpu->clock.now >= cpu->progress_at) {
        cpu->progress_at = cpu->clock.now + PROGRESS_PERIOD;
        m->progress(m->progress_ctx, cpu->clock.now);
    }
    loop_deadline_changed(cpu);
    if (m->config.max_cycles != 0 && cpu->clock.now >= m->config.max_cycles) {
        machine_end(m, END_LIMIT, 1, "cycle limit reached (--max-cycles %llu)",
                    (unsigned long long)(m->config.max_cycles / CYCLE));
    }
}

/* One turn of a CPU: until it waits, is off, has used its quantum, or the machine ends. False: its
 * user stops it (control.h), it goes on with another call. */
static bool run_turn(struct cpu *cpu)
{
    cpu->leave = cpu->machine->ended;
    cpu->machine->acting = cpu;
    span_wake(cpu);
    loop_deadline_changed(cpu);
    while (!cpu->leave) {
        if (cpu->machine->control && control_holds(cpu)) {
            return false;
        }
        if (cpu->clock.now >= cpu->machine->snapshot.at) { /* before anything that is due now */
            snapshot_take(cpu);
            loop_deadline_changed(cpu);
            continue;
        }
        if (cpu->clock.now >= cpu->deadline) {
            at_deadline(cpu);
            if (cpu->leave) {
                break;
            }
        }
        if (cpu_interrupt(cpu)) {
            continue;
        }
        if (cpu->clock.now >= cpu->turn_end && cpu->at_boundary) {
            break;
        }
        if (cpu->stepping && !cpu->step_through) {
            step_one(cpu);
        } else {
            run_engine(cpu);
            cpu->step_through = false;
        }
    }
    return true;
}

/* When a WFE ends without an interrupt: SEV and lost reservations (after_turn), the event stream.
 */
static cycles_t wfe_wakes_at(const struct cpu *cpu)
{
    cycles_t stream = timer_next_stream_event(cpu->timer);
    cycles_t at = cpu->wfe_stamp < stream ? cpu->wfe_stamp : stream;
    return at > cpu->clock.now ? at : cpu->clock.now;
}

/* When a CPU can run next; CYCLES_NEVER when nothing is due for it. */
static cycles_t ready_at(const struct cpu *cpu)
{
    cycles_t now = cpu->clock.now;
    if (!cpu->pe.powered) { /* the board's devices live on the first CPU's clock, on or off */
        cycles_t due = cpu->pe.index == 0 ? clock_next(&cpu->clock) : CYCLES_NEVER;
        return due > now ? due : now;
    }
    if (!cpu->pe.waiting) {
        return now;
    }
    if (interrupt_wakes(&cpu->pe)) {
        return cpu->wake_stamp > now ? cpu->wake_stamp : now;
    }
    cycles_t due = clock_next(&cpu->clock);
    if (cpu->in_wfe && wfe_wakes_at(cpu) < due) {
        due = wfe_wakes_at(cpu);
    }
    cycles_t limit = cpu->machine->config.max_cycles;
    bool is_due = due != CYCLES_NEVER || net_link_is_up(cpu->machine);
    due = limit != 0 && limit < due && is_due ? limit : due;
    return due > now ? due : now;
}

/* The CPU to run: smallest time first, the lower index on a tie. *others: when the next other one
 * is ready. */
static struct cpu *choose(struct machine *m, cycles_t *at, cycles_t *others)
{
    struct cpu *best = NULL;
    *at = *others = CYCLES_NEVER;
    for (unsigned i = 0; i < m->config.cpu_count; i++) {
        cycles_t ready = ready_at(m->cpus[i]);
        if (ready < *at) {
            *others = *at;
            *at = ready;
            best = m->cpus[i];
        } else if (ready < *others) {
            *others = ready;
        }
    }
    return best;
}

/* Brings a waiting CPU to `at`; it goes on if an interrupt (or, in WFE, any event) is there. */
static void wake(struct cpu *cpu, cycles_t at)
{
    struct machine *m = cpu->machine;
    cycles_t before = cpu->clock.now;
    m->acting = cpu;
    exits_waited(&cpu->exits, at > before ? at - before : 0);
    cost_wait_until(&cpu->meter, at);
    note_idle(cpu, before);
    clock_fire(&cpu->clock, cpu->clock.now);
    loop_wake_others(cpu);
    if (m->config.max_cycles != 0 && cpu->clock.now >= m->config.max_cycles) {
        machine_end(m, END_LIMIT, 1, "cycle limit reached (--max-cycles %llu) while waiting",
                    (unsigned long long)(m->config.max_cycles / CYCLE));
        return;
    }
    if (cpu->pe.powered && (cpu->in_wfe || interrupt_wakes(&cpu->pe))) {
        span_wake(cpu);
        if (cpu->wake_by_sgi) {
            cost_charge(&cpu->meter, COST_IPI, 1);
        }
        cost_charge(&cpu->meter, COST_WFI_WAKE, 1);
        cpu->pe.waiting = false;
        cpu->in_wfe = false;
        cpu->wake_by_sgi = false;
        if (pmu_is_counting(&cpu->pe)) {
            pmu_sync_counters(&cpu->pmu);
            pmu_plan(&cpu->pmu);
        }
    }
}

/* What a turn did to the other CPUs: whoever holds an exclusive reservation may have lost it to a
 * store, and that is an event for its WFE (B2.9.5). */
static void after_turn(struct machine *m, const struct cpu *by)
{
    for (unsigned i = 0; i < m->config.cpu_count; i++) {
        struct cpu *cpu = m->cpus[i];
        if (cpu != by && cpu->exclusive_open && cpu->in_wfe) {
            bool first =
                cpu->wfe_stamp == CYCLES_NEVER; /* later stamps would put it off for ever */
            cpu->wfe_stamp = first ? by->clock.now : cpu->wfe_stamp;
        } else if (cpu != by && cpu->exclusive_open) {
            cpu->pe.event_register = true;
        }
    }
}

/* Numbers that look random, by Steele, Lea and Flood ("Fast splittable pseudorandom number
 * generators", 2014). */
static uint64_t mix(uint64_t x)
{
    x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
    return x ^ x >> 31;
}

/* A quantum; with a seed 1 to 2 quanta, drawn by who has the turn and when: a run from a snapshot
 * draws the same. */
static cycles_t turn_length(const struct machine *m, const struct cpu *cpu)
{
    uint64_t seed = m->config.schedule_seed;
    uint64_t draw = mix(mix(seed + cpu->pe.index) + cpu->clock.now);
    return seed == 0 ? m->config.quantum : 1 + draw % (2 * m->config.quantum);
}

/*
 * A turn may go a quantum beyond the next CPU. While another one waits in WFE for a lock (it holds
 * a reservation), it may go a quantum: the store that ends the wait is not seen before the turn's
 * end.
 */
static cycles_t turn_limit(const struct machine *m, const struct cpu *cpu, cycles_t others)
{
    cycles_t length = turn_length(m, cpu);
    cycles_t limit = others == CYCLES_NEVER ? CYCLES_NEVER : others + length;
    cycles_t window = net_link_window_end(m);
    limit = window < limit ? window : limit;
    for (unsigned i = 0; i < m->config.cpu_count; i++) {
        const struct cpu *other = m->cpus[i];
        if (other != cpu && other->in_wfe && other->exclusive_open &&
            cpu->clock.now + length < limit) {
            limit = cpu->clock.now + length;
        }
    }
    return limit;
}

bool loop_can_run(const struct cpu *cpu)
{
    bool wakes = interrupt_wakes(&cpu->pe) || (cpu->in_wfe && cpu->wfe_stamp != CYCLES_NEVER);
    return cpu->pe.powered && (!cpu->pe.waiting || wakes);
}

void loop_give_turn(struct cpu *cpu)
{
    struct machine *m = cpu->machine;
    if (m->running != NULL && m->running != cpu) {
        after_turn(m, m->running);
    }
    if (cpu->pe.waiting) {
        wake(cpu, cpu->clock.now);
    }
    cpu->turn_end = CYCLES_NEVER;
    m->running = cpu;
}

/* Chooses whose turn is next, or lets time pass while all wait. False: the user stops the run. */
static bool begin_turn(struct machine *m)
{
    cycles_t at, others;
    struct cpu *cpu = choose(m, &at, &others);
    bool is_idle = cpu == NULL || cpu->pe.waiting || !cpu->pe.powered;
    if (m->control && control_holds_machine(m, cpu, at, is_idle)) {
        return false;
    }
    cycles_t look = input_patience(m, is_idle, at);
    if (m->input && input_while_idle(m, is_idle, at, look)) {
        return true;
    }
    if (m->link && !net_link_lets(m, is_idle, at, look)) {
        return true;
    }
    if (cpu == NULL) {
        machine_end(m, END_DEADLOCK, 1,
                    "every CPU waits (WFI or off) and no timer or device is due");
    } else if (cpu->pe.waiting || !cpu->pe.powered) {
        wake(cpu, at);
    } else {
        cpu->turn_end = turn_limit(m, cpu, others);
        m->running = cpu;
    }
    return true;
}

void loop_run(struct machine *m)
{
    bool goes_on = true;
    while (goes_on && !m->ended) {
        if (m->running == NULL) {
            goes_on = begin_turn(m);
            continue;
        }
        goes_on = run_turn(m->running);
        if (goes_on) {
            after_turn(m, m->running);
            m->running = NULL;
        }
    }
}
