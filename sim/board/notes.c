/*
 * Notes: what happens that is no event of the digest, for observers who want it. While nobody does,
 * they cost a look at a bit where something rare happens, and nothing where blocks run.
 *
 * Functions are seen block by block: LOOK_AT_ALL among look_flags makes block_enter() look at
 * each block. Where only EL and context are wanted, it looks at the first block after a change.
 */
#include "sim/board/cpu.h"

static enum arch_event_kind function_note(const struct cpu *cpu, uint16_t context)
{
    return machine_context_is_vm(cpu->machine, context) ? NOTE_VM_FUNCTION : NOTE_FUNCTION;
}

bool note_wants_blocks(const struct cpu *cpu)
{
    return cpu->machine->notes_wanted & (NOTE_BIT(NOTE_FUNCTION) | NOTE_BIT(NOTE_VM_FUNCTION)) &&
           note_is_wanted(cpu, function_note(cpu, (uint16_t)(cpu->block_key >> 8)));
}

void note_row(struct cpu *cpu, const struct ledger_row *row)
{
    const struct ledger_row *told = cpu->row_told;
    bool was_due = cpu->row_is_due;
    cpu->row_is_due = false;
    if (was_due) { /* the horizon made block_enter() look */
        loop_deadline_changed(cpu);
    }
    if (row == told || cpu->machine->notes_wanted == 0) {
        return;
    }
    const struct ledger_key *key = &row->key;
    bool is_place = told == NULL || told->key.el != key->el || told->key.context != key->context;
    enum arch_event_kind kind = is_place ? NOTE_ROW : function_note(cpu, key->context);
    if (note_is_wanted(cpu, kind)) {
        cpu->row_told = row;
        cpu_emit(cpu, kind, key->el | (uint64_t)key->context << 8, key->symbol,
                 cpu->pe.sr[SR_VMPIDR_EL2]);
    }
}

void note_context_changed(struct cpu *cpu)
{
    if (note_is_wanted(cpu, NOTE_ROW)) {
        cpu->row_is_due = true;
        cpu->horizon = 0; /* the next block is looked at */
    }
}

void note_insn(struct cpu *cpu, uint64_t pc)
{
    if (cpu->each_insn) {
        uint64_t what = code_word(cpu, pc) | (uint64_t)cpu->pe.ps.el << 32 |
                        (uint64_t)!cpu->pe.ps.sp << 34 | (uint64_t)(cpu->block_key >> 8) << 40;
        cpu_emit(cpu, NOTE_INSN, pc, what, cpu->instructions);
    }
}

void note_idle(struct cpu *cpu, cycles_t since)
{
    if (note_is_wanted(cpu, NOTE_IDLE) && cpu->clock.now != since) {
        cpu_emit(cpu, NOTE_IDLE, since, 0, 0);
    }
}

void note_fault(struct cpu *cpu, const struct exception *exc)
{
    if (note_is_wanted(cpu, NOTE_FAULT) && (exc->far_valid || exc->hpfar_valid)) {
        cpu_emit(cpu, NOTE_FAULT, exc->far, exc->hpfar,
                 (unsigned)exc->far_valid | (unsigned)exc->hpfar_valid << 1);
    }
}

static void gic_seen(void *ctx, const struct gic_note *n)
{
    struct machine *m = ctx;
    struct cpu *by = m->acting ? m->acting : m->cpus[n->cpu];
    if (m->watcher) {
        watch_irq(by, n);
    }
    if (m->notes_wanted & NOTE_BIT(NOTE_GIC)) {
        cpu_emit(by, NOTE_GIC, n->kind | n->cpu << 8, n->intid, n->value);
    }
}

void note_gic_watched(struct machine *m)
{
    bool is_watched = m->watcher || m->notes_wanted & NOTE_BIT(NOTE_GIC);
    gic_watch(m->gic, is_watched ? gic_seen : NULL, m);
}

/* What is wanted has changed. */
static void wants_changed(struct machine *m)
{
    uint32_t before = m->notes_wanted;
    m->notes_wanted = event_notes_wanted(m->events);
    if (m->notes_wanted == before) {
        return;
    }
    note_gic_watched(m);
    for (unsigned i = 0; i < m->config.cpu_count; i++) {
        block_stop_flags_changed(m->cpus[i]);
        m->cpus[i]->row_told = NULL;
        m->cpus[i]->each_insn = note_is_wanted(m->cpus[i], NOTE_INSN);
        loop_deadline_changed(m->cpus[i]);
        note_context_changed(m->cpus[i]);
    }
}

void machine_observe(struct machine *m, struct event_observer *observer)
{
    event_observe(m->events, observer);
    wants_changed(m);
}

void machine_unobserve(struct machine *m, struct event_observer *observer)
{
    event_unobserve(m->events, observer);
    wants_changed(m);
}
