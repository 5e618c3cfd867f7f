#include "sim/board/cpu.h"

#include <stdlib.h>
#include <string.h>

#include "cpu-el/core_sysreg.h"
#include "sim/base/bits.h"
#include "sim/base/err.h"

_Static_assert(sizeof(struct block) == 64, "a line of the host's cache");

/* Kept out of the hot path, which then needs no stack. */
#define COLD __attribute__((noinline, cold))

bool blocks_init(struct cpu *cpu)
{
    size_t count = (size_t)1 << BLOCK_TABLE_BITS;
    cpu->blocks = aligned_alloc(sizeof(struct block), count * sizeof(struct block));
    cpu->infos = calloc(count + 1, sizeof *cpu->infos);
    cpu->run_list = calloc(count + 1, sizeof *cpu->run_list);
    if (cpu->blocks == NULL || cpu->infos == NULL || cpu->run_list == NULL) {
        return false;
    }
    memset(cpu->blocks, 0, count * sizeof(struct block));
    for (size_t i = 0; i < count; i++) {
        cpu->blocks[i].info = &cpu->infos[i];
    }
    cpu->partial.info = &cpu->infos[count];
    return true;
}

void blocks_destroy(struct cpu *cpu)
{
    free(cpu->blocks);
    free(cpu->infos);
    free(cpu->run_list);
}

/* tag: its low bits are a block_key. */
static unsigned slot_of(uint64_t pc, uint64_t tag)
{
    uint32_t x = (uint32_t)(pc >> 2) ^ (uint32_t)(pc >> 16) ^ (uint32_t)tag << 7;
    return x & ((1u << BLOCK_TABLE_BITS) - 1);
}

/* Bits of block_key: an EL and a VMID. */
#define KEY_BITS 24

void block_tag_changed(struct cpu *cpu)
{
    cpu->code_tag = cpu->code_epoch << KEY_BITS | cpu->block_key;
}

/* Code of the modelled CPU that the engine must not run by itself, at the state a block is made
 * under (its EL). */
static bool is_special(const struct insn *insn)
{
    switch (insn->kind) {
    case INSN_KIND_WFE:
    case INSN_KIND_SEV:
    case INSN_KIND_ESB:
    case INSN_KIND_MARK:
        return true;
    case INSN_KIND_UNDEF:
        return insn->flags & INSN_FLAG_NATIVE_UNDEF;
    case INSN_KIND_MRS: /* native in the engine, as 0 */
        return insn->enc == sysreg_enc(SR_PMUSERENR_EL0);
    default: /* everything else runs in the engine or traps by itself */
        return false;
    }
}

static bool reads(const struct insn *insn, enum sysreg_id id)
{
    return insn->kind == INSN_KIND_MRS && insn->enc == sysreg_enc(id);
}

/* sp_moved carries from one instruction of a block to the next whether SP may be misaligned. */
static uint32_t flags_of(const struct insn *insn, bool *sp_moved)
{
    uint32_t flags = 0;
    flags |= is_special(insn) ? BLOCK_HAS_SPECIAL : 0;
    flags |= insn->flags & INSN_FLAG_FP ? BLOCK_HAS_FP : 0;
    flags |= insn->kind == INSN_KIND_DSB ? BLOCK_HAS_DSB : 0;
    flags |= insn->flags & INSN_FLAG_STORE ? BLOCK_HAS_STORE : 0;
    flags |= insn->flags & INSN_FLAG_UNPRIVILEGED ? BLOCK_HAS_UNPRIVILEGED : 0;
    flags |= insn->flags & INSN_FLAG_SP_BASE ? BLOCK_HAS_SP_BASE : 0;
    flags |= insn->flags & INSN_FLAG_ORDERED ? BLOCK_HAS_ORDERED : 0;
    flags |= *sp_moved && insn->flags & INSN_FLAG_SP_BASE ? BLOCK_USES_MOVED_SP : 0;
    flags |= reads(insn, SR_DCZID_EL0) ? BLOCK_READS_DCZID : 0;
    bool reads_lent =
        reads(insn, SR_SP_EL0) || reads(insn, SR_TPIDR_EL1) || reads(insn, SR_TPIDR_EL2);
    flags |= reads_lent ? BLOCK_READS_LENT : 0;
    if (align_moves_sp(insn->word)) {
        *sp_moved = true;
        flags |= BLOCK_MOVES_SP;
    }
    return flags;
}

static void add_class(struct block_info *b, enum cost_class class, uint32_t units)
{
    for (uint32_t i = 0; i < b->class_count; i++) {
        if (b->classes[i].class == class) {
            b->classes[i].units = (uint16_t)(b->classes[i].units + units);
            return;
        }
    }
    BUG_ON(b->class_count == BLOCK_CLASSES_MAX);
    b->classes[b->class_count].class = (uint16_t) class;
    b->classes[b->class_count].units = (uint16_t)units;
    b->class_count++;
}

/* Instruction i of a block. */
static struct insn block_insn(struct cpu *cpu, const struct block *b, uint32_t i)
{
    uint32_t word = 0;
    ram_read(&cpu->machine->ram, pa(b->info->pa + 4 * (uint64_t)i), &word, sizeof word);
    return code_decode(cpu, word);
}

/* The function of the code at pc, which is at `at`. */
static uint32_t symbol_at(struct cpu *cpu, uint64_t pc, uint64_t at)
{
    uint16_t context = (uint16_t)(cpu->block_key >> 8);
    return symbols_lookup(cpu->machine->symbols, cpu->pe.ps.el, context, va(pc), pa(at));
}

static struct ledger_row *row_at(struct cpu *cpu, uint64_t pc, uint64_t at)
{
    struct ledger_key key = {
        .cpu = (uint8_t)cpu->pe.index,
        .el = (uint8_t)cpu->pe.ps.el,
        .context = (uint16_t)(cpu->block_key >> 8),
        .symbol = symbol_at(cpu, pc, at),
    };
    return ledger_row(cpu->machine->ledger, key);
}

struct ledger_row *block_row(struct cpu *cpu, uint64_t pc)
{
    uint64_t at = PA_UNKNOWN;
    if (symbols_need_physical(cpu->machine->symbols) && !code_pa(cpu, pc, &at)) {
        at = PA_UNKNOWN;
    }
    return row_at(cpu, pc, at);
}

/* Books the runs of one block; it may then be reused. */
static void fold(struct block *b, const cycles_t *prices)
{
    const struct block_info *info = b->info;
    for (uint32_t i = 0; b->runs != 0 && i < info->class_count; i++) {
        struct ledger_cell *cell = &b->row->cells[info->classes[i].class];
        uint64_t units = b->runs * info->classes[i].units;
        cell->count += units;
        cell->cycles += units * prices[info->classes[i].class];
    }
    b->runs = 0;
}

void blocks_fold(struct cpu *cpu)
{
    for (size_t i = 0; i < cpu->run_count; i++) {
        fold(cpu->run_list[i], cpu->meter.prices);
        cpu->run_list[i]->listed = false;
        cpu->run_list[i]->tag = 0;
    }
    cpu->run_count = 0;
}

/* A sum of the words of a block, which lies within a page. */
static uint64_t words_of(const struct cpu *cpu, pa_t at, uint32_t size_bytes)
{
    const uint8_t *host = ram_at(&cpu->machine->ram, at, size_bytes);
    uint64_t sum = 0;
    for (uint32_t i = 0; host != NULL && i < size_bytes; i += 4) {
        uint32_t word;
        memcpy(&word, host + i, sizeof word);
        sum = (sum ^ word) * UINT64_C(0x9e3779b97f4a7c15);
    }
    return sum;
}

/* Whether a block still is what was charged. A guest may write over its own block without IC: what
 * it ran instead is UNKNOWN, and time must not run backwards. */
static bool is_unchanged(const struct cpu *cpu, const struct block *b)
{
    return words_of(cpu, pa(b->info->pa), b->size_bytes) == b->info->words;
}

/* How many of the `count` instructions at pc belong to the function of the first: code may fall
 * through into the next function, and who gets its cycles must not depend on how blocks are cut. */
static uint32_t symbol_end(struct cpu *cpu, uint64_t pc, uint64_t at, uint32_t count)
{
    uint32_t symbol = symbol_at(cpu, pc, at);
    uint64_t last = 4 * (uint64_t)(count - 1);
    if (symbol_at(cpu, pc + last, at + last) == symbol) {
        return count;
    }
    uint32_t i = 1;
    while (symbol_at(cpu, pc + 4 * (uint64_t)i, at + 4 * (uint64_t)i) == symbol) {
        i++;
    }
    return i;
}

/* Decodes the words of a block into its costs. */
static void make(struct cpu *cpu, struct block *b, uint64_t pc, uint64_t at, uint32_t size_bytes)
{
    struct block_info *info = b->info;
    fold(b, cpu->meter.prices);
    b->pc = pc;
    b->size_bytes = size_bytes;
    b->insn_count = (uint16_t)(size_bytes / 4);
    b->cycles = 0;
    b->stores_end = 0;
    b->row = row_at(cpu, pc, at);
    info->pa = at;
    info->key = cpu->block_key;
    info->class_count = 0;
    info->words = words_of(cpu, pa(at), size_bytes);
    uint32_t flags = 0;
    bool sp_moved = false;
    for (uint32_t i = 0; i < b->insn_count; i++) {
        struct insn insn = block_insn(cpu, b, i);
        add_class(info, insn.cost, 1);
        if (insn.units > 1) {
            add_class(info, insn_more_class(&insn), insn.units - 1);
        }
        b->cycles += insn_price(&insn, cpu->meter.prices);
        flags |= flags_of(&insn, &sp_moved);
        if (insn.flags & INSN_FLAG_EXCLUSIVE) {
            flags &= ~(uint32_t)BLOCK_OPENS_EXCLUSIVE;
            flags |=
                BLOCK_HAS_EXCLUSIVE | (insn.flags & INSN_FLAG_LOAD ? BLOCK_OPENS_EXCLUSIVE : 0);
        }
        b->stores_end = insn.flags & INSN_FLAG_STORE ? (uint16_t)(i + 1) : b->stores_end;
        if (i + 1 == b->insn_count && insn.kind == INSN_KIND_BRANCH) {
            flags |= BLOCK_ENDS_AT_BOUNDARY;
        }
    }
    if (symbol_end(cpu, pc, at, b->insn_count) != b->insn_count) {
        flags |= BLOCK_SPANS_SYMBOLS;
    }
    b->flags = (uint16_t)flags;
}

/*
 * Blocks of one page follow each other without the engine asking for the page again: where the
 * model's TLB has lost it meanwhile, the walk of this fetch is due now. False: it faults, and the
 * engine, which has lost the page too, finds that out at its next run.
 */
static bool fetch(struct cpu *cpu, uint64_t pc)
{
    struct mmu_access access = {.va = va(pc), .type = MMU_FETCH, .el = cpu->pe.ps.el};
    struct mmu_page page;
    struct mmu_fault fault;
    if (mmu_holds(cpu->mmu, &access)) {
        return true;
    }
    cpu->current = NULL;
    cpu->meter.row = block_row(cpu, pc);
    return mmu_translate(cpu->mmu, &access, &page, &fault);
}

/* The block at pc, decoded if it is new; NULL where its fetch faults or the engine has older code
 * of it. */
COLD static struct block *find(struct cpu *cpu, uint64_t pc, uint32_t size_bytes)
{
    uint64_t at;
    if (!fetch(cpu, pc)) {
        return NULL;
    }
    bool found = code_find(cpu, pc, &at);
    BUG_ON(!found);
    struct block *b = &cpu->blocks[slot_of(pc, cpu->code_tag)];
    bool known = b->pc == pc && b->size_bytes == size_bytes && b->info->pa == at &&
                 b->info->key == cpu->block_key;
    bool remember = shortcut_on(cpu->machine, SHORTCUT_BLOCK_TABLE);
    uint64_t changed = code_changed_at(cpu, at);
    if (known && b->info->stamp < changed) {
        known = is_unchanged(cpu, b);
    }
    if (!known && !code_is_fresh(cpu, at)) {
        return NULL;
    }
    if (!known || !remember) {
        make(cpu, b, pc, at, size_bytes);
    }
    b->info->stamp = changed;
    b->tag = remember ? cpu->code_tag : 0;
    if (!b->listed) {
        b->listed = true;
        cpu->run_list[cpu->run_count++] = b;
    }
    return b;
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
    if (cpu->leave || cpu->stepping || b->flags & cpu->stop_flags & ~(uint32_t)BLOCK_HAS_DSB) {
        return false;
    }
    if (cpu->clock.now >= cpu->turn_end && cpu->at_boundary) {
        return false;
    }
    return insns_before_deadline(cpu, b) == b->insn_count;
}

uint32_t block_insns_before_stop(struct cpu *cpu, uint64_t pc, uint32_t count)
{
    struct block_info info;
    struct block part = {.pc = pc, .insn_count = (uint16_t)count, .info = &info};
    bool found = code_find(cpu, pc, &info.pa);
    BUG_ON(!found);
    uint32_t least = insns_before_deadline(cpu, &part);
    uint32_t own = symbol_end(cpu, pc, info.pa, count);
    least = own < least ? own : least;
    bool sp_moved = false;
    for (uint32_t i = 0; i < least; i++) {
        struct insn insn = block_insn(cpu, &part, i);
        if (flags_of(&insn, &sp_moved) & cpu->stop_flags & ~(uint32_t)BLOCK_HAS_DSB) {
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

#define BLOCK_RARE (BLOCK_MOVES_SP | BLOCK_HAS_EXCLUSIVE | BLOCK_HAS_DSB)

COLD static void account_rare(struct cpu *cpu, struct block *b)
{
    if (b->flags & BLOCK_MOVES_SP) {
        cpu->sp_moved = true;
        cpu->horizon = 0; /* the next block is looked at */
    }
    if (b->flags & BLOCK_HAS_EXCLUSIVE) {
        cpu->entry_exclusive_open = cpu->exclusive_open;
        cpu->exclusive_open = b->flags & BLOCK_OPENS_EXCLUSIVE;
    }
    if (b->flags & BLOCK_HAS_DSB) {
        cost_charge(&cpu->meter, COST_DSB_STORES,
                    barrier_waits(cpu, b, 0, b->insn_count, &cpu->last_store));
    } else if (b->flags & BLOCK_HAS_STORE) {
        cpu->last_store = cpu->entry_instructions + b->stores_end;
    }
}

static inline void account(struct cpu *cpu, struct block *b)
{
    uint64_t before = cpu->instructions;
    cpu->clock.now += b->cycles;
    cpu->instructions = before + b->insn_count;
    b->runs++;
    cpu->current = b;
    if (b->stores_end != 0) {
        cpu->entry_last_store = cpu->last_store;
        cpu->last_store = before + b->stores_end;
    }
}

static void account_all(struct cpu *cpu, struct block *b)
{
    uint64_t last_store = cpu->last_store;
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
static bool refuses(struct cpu *cpu, uint64_t pc, uint32_t size_bytes)
{
    struct block *b = &cpu->blocks[slot_of(pc, cpu->code_tag)];
    if (b->pc != pc || b->tag != cpu->code_tag || b->size_bytes != size_bytes) {
        cpu->stopped_insns = 0;
        if (pc % 4 != 0) { /* no block of the table has such a pc: the hot path never looks */
            cpu->pc_misaligned = true;
            return true;
        }
        b = find(cpu, pc, size_bytes);
        if (b == NULL) {
            return true;
        }
    }
    if ((cpu->clock.now + b->cycles > cpu->horizon || b->flags & cpu->stop_flags) &&
        stops(cpu, b)) {
        return true;
    }
    account_all(cpu, b);
    return false;
}

COLD static void enter_slowly(struct cpu *cpu, uint64_t pc, uint32_t size_bytes)
{
    block_settle(cpu);
    if (!engine_owns_block(cpu->engine, pc) && refuses(cpu, pc, size_bytes)) {
        engine_stop_before_block(cpu->engine, pc);
    }
}

void block_enter(void *core, uint64_t pc, uint32_t size_bytes, void *ctx)
{
    (void)core;
    struct cpu *cpu = ctx;
    uint64_t tag = cpu->code_tag;
    struct block *b = &cpu->blocks[slot_of(pc, tag)];
    if (b->pc != pc || b->tag != tag || b->size_bytes != size_bytes ||
        cpu->clock.now + b->cycles >= cpu->horizon || b->flags & cpu->look_flags) {
        enter_slowly(cpu, pc, size_bytes);
        return;
    }
    account(cpu, b);
}

void block_charge_part(struct cpu *cpu, uint64_t pc, uint32_t count)
{
    uint64_t at;
    bool found = code_find(cpu, pc, &at);
    BUG_ON(!found);
    struct block *b = &cpu->partial;
    make(cpu, b, pc, at, count * 4);
    account_all(cpu, b);
    fold(b, cpu->meter.prices);
}

void block_refund_from(struct cpu *cpu, uint64_t pc)
{
    struct block *b = cpu->current;
    if (b == NULL || pc < b->pc || pc >= b->pc + b->size_bytes || !is_unchanged(cpu, b)) {
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

/* The ledger's context: 0 without stage 2, else VMID + 1. */
static uint16_t context_of(const struct pe *pe)
{
    bool stage2 = pe->ps.el < 2 && (pe->sr[SR_HCR_EL2] & BIT(0)) && !(pe_tge(pe) && pe_e2h(pe));
    uint64_t vmid = bits(pe->sr[SR_VTTBR_EL2], 63, 48);
    return !stage2 ? 0 : (uint16_t)(vmid == UINT16_MAX ? UINT16_MAX : vmid + 1);
}

void block_context_changed(struct cpu *cpu)
{
    cpu->block_key = (uint32_t)context_of(&cpu->pe) << 8 | cpu->pe.ps.el;
    block_tag_changed(cpu);
}

/* What stops at the current EL, whatever SP is: asked at every exception and return, so
 * remembered. */
static uint32_t stop_flags_of_el(struct cpu *cpu)
{
    unsigned el = cpu->pe.ps.el;
    if (cpu->stop_flags_of[el] != 0) {
        return cpu->stop_flags_of[el];
    }
    uint32_t flags = BLOCK_HAS_SPECIAL | BLOCK_HAS_DSB | BLOCK_SPANS_SYMBOLS;
    if (resolve_insn(&cpu->pe, INSN_FP, 0).kind != OUT_ACCESS) {
        flags |= BLOCK_HAS_FP;
    }
    /* Native in the engine, by whether its own DC ZVA is. */
    if (bit(core_read(&cpu->pe, SR_DCZID_EL0), 4) == cpu->natives.dc_zva) {
        flags |= BLOCK_READS_DCZID;
    }
    flags |= lend_traps(cpu) ? BLOCK_READS_LENT : 0;
    if (cpu->machine->config.strict) {
        flags |= BLOCK_HAS_UNPRIVILEGED | BLOCK_HAS_ORDERED | BLOCK_USES_MOVED_SP;
    }
    cpu->stop_flags_of[el] = flags;
    return flags;
}

void block_stop_flags_select(struct cpu *cpu)
{
    cpu->stop_flags = stop_flags_of_el(cpu) | (cpu->sp_misaligned ? BLOCK_HAS_SP_BASE : 0) |
                      (cpu->pe.ps.sp ? 0 : BLOCK_READS_LENT);
    cpu->look_flags = cpu->stop_flags | BLOCK_RARE;
}

void block_stop_flags_changed(struct cpu *cpu)
{
    memset(cpu->stop_flags_of, 0, sizeof cpu->stop_flags_of);
    block_stop_flags_select(cpu);
}
