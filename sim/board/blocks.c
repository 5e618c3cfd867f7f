#include "sim/board/blocks.h"

#include <string.h>

#include "cpu-el/core_sysreg.h"
#include "cpu-el/fields.h"
#include "sim/base/bits.h"
#include "sim/base/err.h"

/* Kept out of the hot path, which then needs no stack. */
#define COLD __attribute__((noinline, cold))

/* Bits of block_key: an EL, of which it has 8 bits, and a VMID. */
#define KEY_BITS 24
#define EL_BITS  2

#define BLOCK_RARE (BLOCK_MOVES_SP | BLOCK_HAS_DSB)

void block_tag_changed(struct cpu *cpu)
{
    cpu->code_tag =
        cpu->code_epoch << KEY_BITS | cpu->block_key | (uint64_t)cpu->look_tag << EL_BITS;
}

/*
 * What instruction i of a block costs, a DSB's wait for stores included. A store is outstanding for
 * a stated number of instructions: cycles would depend on how blocks are cut. *last_store is the
 * instruction count behind the last store, 0 = none outstanding.
 */
static cycles_t insn_cycles(struct cpu *cpu, const struct block *b, uint32_t i,
                            uint64_t *last_store, bool *waits)
{
    const cycles_t *prices = cpu->meter.prices;
    struct insn insn = block_insn(cpu, b, i);
    uint64_t number = cpu->entry_instructions + i;
    *waits = false;
    if (insn.flags & INSN_FLAG_STORE) {
        *last_store = number + 1;
    } else if (insn.kind == INSN_KIND_DSB) {
        uint64_t drain = cpu->machine->config.store_drain_instructions;
        *waits = *last_store != 0 && number - *last_store < drain;
        *last_store = 0;
    }
    return insn_price(&insn, prices) + (*waits ? prices[COST_DSB_STORES] : 0);
}

/* How many of the block's instructions start before the deadline: all of them, or where it must be
 * cut. */
static uint32_t insns_before_deadline(struct cpu *cpu, const struct block *b)
{
    cycles_t at = cpu->clock.now;
    uint64_t last_store = cpu->last_store;
    cpu->entry_instructions = cpu->instructions;
    uint32_t i = 0;
    while (i < b->insn_count && at < cpu->deadline) {
        bool waits;
        at += insn_cycles(cpu, b, i, &last_store, &waits);
        i++;
    }
    return i;
}

/* Something is near: decides whether the block may run. */
static bool may_run(struct cpu *cpu, const struct block *b)
{
    if (cpu->sp_moved) {
        align_look_at_sp(cpu);
    }
    if (cpu->leave || cpu->stepping || insn_by_insn(cpu) ||
        b->flags & cpu->stop_flags & ~(uint32_t)BLOCK_HAS_DSB) {
        return false;
    }
    if (cpu->clock.now >= cpu->turn_end && cpu->at_boundary) {
        return false;
    }
    return insns_before_deadline(cpu, b) == b->insn_count;
}

uint32_t block_insns_before_stop(struct cpu *cpu, uint64_t pc, uint32_t count)
{
    struct block_whole part = {.block = {.pc = pc, .insn_count = (uint16_t)count}};
    bool found = code_pa(cpu, pc, &part.info.pa);
    BUG_ON(!found);
    uint32_t least = insns_before_deadline(cpu, &part.block);
    uint32_t own = block_symbol_end(cpu, pc, part.info.pa, count);
    least = own < least ? own : least;
    bool sp_moved = false;
    bool breaks = cpu->machine->control && control_breaks_in(cpu, pc, count);
    for (uint32_t i = 0; i < least; i++) {
        struct insn insn = block_insn(cpu, &part.block, i);
        if (breaks && i != 0 && control_breaks_in(cpu, pc + 4 * (uint64_t)i, 1)) {
            return i;
        }
        /* WFI: in an exact run the engine takes it for a NOP (docs/engine.md). */
        if (insn.kind == INSN_KIND_WFI ||
            block_flags_of(&insn, &sp_moved) & cpu->stop_flags & ~(uint32_t)BLOCK_HAS_DSB) {
            return i;
        }
    }
    return least;
}

/* The stores and barriers of a block: how many DSBs wait, from instruction `from` on, and what is
 * outstanding behind instruction `to`. */
static uint32_t barrier_waits(struct cpu *cpu, const struct block *b, uint32_t from, uint32_t to,
                              uint64_t *last_store)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < to; i++) {
        bool waits;
        insn_cycles(cpu, b, i, last_store, &waits);
        count += waits && i >= from;
    }
    return count;
}

/* How many DSBs of the whole block wait; `last_store` becomes what is outstanding behind it. */
static uint32_t all_waits(struct cpu *cpu, struct block *b)
{
    const struct block_info *info = block_info_of(b);
    if (info->dsb_count != 1) {
        return barrier_waits(cpu, b, 0, b->insn_count, &cpu->last_store);
    }
    uint64_t before = cpu->entry_instructions;
    uint64_t store = info->dsb_stores_end != 0 ? before + info->dsb_stores_end : cpu->last_store;
    bool waits =
        store != 0 && before + info->dsb_at - store < cpu->machine->config.store_drain_instructions;
    cpu->last_store = b->stores_end > info->dsb_at ? before + b->stores_end : 0;
    return waits;
}

COLD static void account_rare(struct cpu *cpu, struct block *b)
{
    if (b->flags & BLOCK_MOVES_SP) {
        cpu->sp_moved = true;
        cpu->horizon = 0; /* the next block is looked at */
    }
    if (b->flags & BLOCK_HAS_DSB) {
        cost_charge(&cpu->meter, COST_DSB_STORES, all_waits(cpu, b));
    } else if (b->flags & BLOCK_HAS_STORE) {
        cpu->last_store = cpu->entry_instructions + b->stores_end;
    }
}

static inline void account(struct cpu *cpu, struct block *b)
{
    uint64_t before = cpu->instructions;
    cpu->clock.now += b->cycles;
    cpu->instructions = before + b->insn_count;
    b->engine.runs++;
    cpu->current = b;
    if (b->stores_end != 0) {
        cpu->entry_last_store = cpu->last_store;
        cpu->last_store = before + b->stores_end;
    }
    if (b->flags & BLOCK_HAS_EXCLUSIVE) {
        cpu->entry_exclusive_open = cpu->exclusive_open;
        cpu->exclusive_open = b->flags & BLOCK_OPENS_EXCLUSIVE;
    }
}

static void account_all(struct cpu *cpu, struct block *b)
{
    uint64_t last_store = cpu->last_store;
    note_row(cpu, b->row);
    cpu->entry_instructions = cpu->instructions;
    account(cpu, b);
    block_settle(cpu);
    if (b->flags & BLOCK_RARE) {
        cpu->entry_last_store = cpu->last_store = last_store;
        account_rare(cpu, b);
    }
}

/* A deadline, the end of a turn or an instruction that must not run is near. */
COLD static bool stops(struct cpu *cpu, const struct block *b)
{
    if (may_run(cpu, b)) {
        return false;
    }
    bool due = cpu->leave || cpu->stepping || cpu->clock.now >= cpu->deadline ||
               (cpu->clock.now >= cpu->turn_end && cpu->at_boundary);
    cpu->stopped_insns = due ? 0 : b->insn_count;
    return true;
}

/* Whether the block is ours and is not to run. */
static bool refuses(struct cpu *cpu, uint64_t pc, uint32_t size_bytes, const void *caller)
{
    if (cpu->stops_next) {
        cpu->stopped_insns = 0;
        return true;
    }
    struct block *b = block_tagged(cpu, pc, size_bytes);
    if (b == NULL) {
        cpu->stopped_insns = 0;
        if (pc % 4 != 0) { /* no block of the table has such a pc: the hot path never looks */
            cpu->pc_misaligned = true;
            return true;
        }
        b = block_find(cpu, pc, size_bytes);
        if (b == NULL) {
            return true;
        }
    }
    cycles_t waits_most = block_info_of(b)->dsb_count * cpu->meter.prices[COST_DSB_STORES];
    bool is_near = cpu->clock.now + b->cycles + waits_most > cpu->horizon;
    if ((is_near || b->flags & cpu->stop_flags & ~(uint32_t)BLOCK_HAS_DSB) && stops(cpu, b)) {
        return true;
    }
    account_all(cpu, b);
    block_counts_itself(cpu, b, caller);
    return false;
}

COLD static void enter_slowly(struct cpu *cpu, uint64_t pc, uint32_t size_bytes, const void *caller)
{
    block_settle(cpu);
    if (!engine_owns_block(cpu->engine, pc, caller) && refuses(cpu, pc, size_bytes, caller)) {
        engine_stop_before_block(cpu->engine, pc);
    }
}

void block_enter(void *core, uint64_t pc, uint32_t size_bytes, void *ctx)
{
    (void)core;
    struct cpu *cpu = ctx;
    const void *caller = __builtin_return_address(0);
    struct block *b = *block_slot(cpu, pc);
    if (b->pc != pc || b->engine.tag != cpu->code_tag || b->size_bytes != size_bytes ||
        cpu->clock.now + b->cycles >= cpu->horizon) {
        enter_slowly(cpu, pc, size_bytes, caller);
        return;
    }
    if (engine_block_runs(cpu->engine, caller)) {
        cpu->horizon = 0; /* the next block is looked at */
    }
    account(cpu, b);
    block_counts_itself(cpu, b, caller);
}

void block_charge_part(struct cpu *cpu, uint64_t pc, uint32_t count)
{
    uint64_t at;
    bool found = code_pa(cpu, pc, &at);
    BUG_ON(!found);
    struct block *b = &cpu->partial.block;
    block_make(cpu, b, pc, at, count * 4);
    account_all(cpu, b);
    block_fold(b, cpu->meter.prices);
}

void block_refund_from(struct cpu *cpu, uint64_t pc)
{
    struct block *b = cpu->current;
    if (b == NULL || pc < b->pc || pc >= b->pc + b->size_bytes || !block_is_unchanged(cpu, b)) {
        return;
    }
    struct ledger_row *row = cpu->meter.row;
    cpu->meter.row = b->row;
    cpu->entry_instructions = cpu->instructions - b->insn_count;
    uint32_t done = (uint32_t)(pc - b->pc) / 4;
    if (b->flags & BLOCK_HAS_DSB) {
        uint64_t last_store = cpu->entry_last_store;
        cost_refund(&cpu->meter, COST_DSB_STORES,
                    barrier_waits(cpu, b, done, b->insn_count, &last_store));
    }
    if (b->flags & (BLOCK_HAS_DSB | BLOCK_HAS_STORE)) {
        cpu->last_store = cpu->entry_last_store;
        barrier_waits(cpu, b, 0, done, &cpu->last_store);
    }
    if (b->flags & BLOCK_HAS_EXCLUSIVE) {
        cpu->exclusive_open = cpu->entry_exclusive_open;
        for (uint32_t i = 0; i < done; i++) {
            struct insn insn = block_insn(cpu, b, i);
            bool exclusive = insn.flags & INSN_FLAG_EXCLUSIVE;
            cpu->exclusive_open = exclusive ? insn.flags & INSN_FLAG_LOAD : cpu->exclusive_open;
        }
    }
    for (uint32_t i = done; i < b->insn_count; i++) {
        struct insn insn = block_insn(cpu, b, i);
        insn_refund(&cpu->meter, &insn);
        cpu->instructions--;
    }
    cpu->meter.row = row;
    cpu->current = NULL;
}

void block_context_changed(struct cpu *cpu)
{
    cpu->block_key =
        (uint32_t)context_of(&cpu->pe, &cpu->machine->config.guest_asids) << 8 | cpu->pe.ps.el;
    block_tag_changed(cpu);
    note_context_changed(cpu);
}

/* What stops at the current EL, whatever SP is: asked at every exception and return, so
 * remembered. */
static uint32_t stop_flags_of_el(struct cpu *cpu)
{
    unsigned el = cpu->pe.ps.el;
    if (cpu->stop_flags_of[el] != 0) {
        return cpu->stop_flags_of[el];
    }
    uint32_t flags = BLOCK_HAS_SPECIAL | BLOCK_HAS_DSB | BLOCK_SPANS_SYMBOLS | BLOCK_HAS_BREAKPOINT;
    if (resolve_insn(&cpu->pe, INSN_FP, 0).kind != OUT_ACCESS) {
        flags |= BLOCK_HAS_FP;
    }
    /* Native in the engine, by whether its own DC ZVA is. */
    if (bit(core_read(&cpu->pe, SR_DCZID_EL0), 4) == cpu->natives.dc_zva) {
        flags |= BLOCK_READS_DCZID;
    }
    flags |= lend_traps(cpu) ? BLOCK_READS_LENT : 0;
    flags |= cpu->stops_at_barriers ? BLOCK_HAS_BARRIER : 0;
    flags |= cpu->unsynced_count != 0 && sync_fp_depends(cpu) ? BLOCK_HAS_FP : 0;
    if (cpu->machine->config.strict) {
        flags |= BLOCK_HAS_UNPRIVILEGED | BLOCK_IS_STRICT;
    }
    cpu->stop_flags_of[el] = flags;
    return flags;
}

/* What of look_flags is not the same in all of a run; a bit of the tag each. */
static uint32_t varying_flags(uint32_t flags)
{
    return (flags & BLOCK_HAS_FP ? 1u : 0) | (flags & BLOCK_HAS_SP_BASE ? 2u : 0) |
           (flags & BLOCK_READS_DCZID ? 4u : 0) | (flags & BLOCK_READS_LENT ? 8u : 0) |
           (flags & LOOK_AT_ALL ? 16u : 0) | (flags & BLOCK_HAS_BARRIER ? 32u : 0);
}

void block_stop_flags_select(struct cpu *cpu)
{
    uint32_t before = cpu->look_flags;
    cpu->stop_flags = stop_flags_of_el(cpu) | (cpu->sp_misaligned ? BLOCK_HAS_SP_BASE : 0) |
                      (cpu->pe.ps.sp ? 0 : BLOCK_READS_LENT);
    cpu->look_flags = cpu->stop_flags | BLOCK_RARE | (note_wants_blocks(cpu) ? LOOK_AT_ALL : 0);
    if (cpu->look_flags != before) {
        cpu->look_tag = varying_flags(cpu->look_flags);
        block_tag_changed(cpu);
    }
}

void block_stop_flags_changed(struct cpu *cpu)
{
    memset(cpu->stop_flags_of, 0, sizeof cpu->stop_flags_of);
    resolved_controls_changed(&cpu->resolved);
    block_stop_flags_select(cpu);
}
