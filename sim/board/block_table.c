/* Blocks as the model knows them: decoded once, found by pc, forgotten where code has moved. */
#include "sim/board/blocks.h"

#include <string.h>

#include "sim/base/bits.h"
#include "sim/base/err.h"
#include "sim/base/pages.h"

_Static_assert(sizeof(struct block) == 64, "a line of the host's cache");
_Static_assert(COST_FP_STORE_MORE < BLOCK_CLASSES_MAX,
               "what instructions charge, first in cost.def");

/* No block has this pc. */
#define NO_PC 1

#define BLOCKS_BYTES   (BLOCKS_MAX * sizeof(struct block_whole))
#define SLOTS_BYTES    (sizeof(struct block *) << BLOCK_SLOT_BITS)
#define RUN_LIST_BYTES ((BLOCKS_MAX + 1) * sizeof(struct block *))

/* Ends each slot. */
static struct block *nobody(const struct cpu *cpu)
{
    return &cpu->blocks[0].block;
}

static void forget_all(struct cpu *cpu)
{
    for (size_t i = 0; i < (size_t)1 << BLOCK_SLOT_BITS; i++) {
        cpu->block_slots[i] = nobody(cpu);
    }
    memset(cpu->page_heads, 0, sizeof cpu->page_heads);
    memset(cpu->page_has, 0, sizeof cpu->page_has);
    memset(cpu->frame_heads, 0, sizeof cpu->frame_heads);
    cpu->block_count = 1;
}

bool blocks_init(struct cpu *cpu)
{
    cpu->blocks = pages_map(BLOCKS_BYTES);
    cpu->block_slots = pages_map(SLOTS_BYTES);
    cpu->run_list = pages_map(RUN_LIST_BYTES);
    if (cpu->blocks == NULL || cpu->block_slots == NULL || cpu->run_list == NULL) {
        return false;
    }
    pages_large_later(cpu->blocks, BLOCKS_BYTES);
    cpu->blocks[0].block = (struct block){.pc = NO_PC};
    forget_all(cpu);
    return true;
}

void blocks_destroy(struct cpu *cpu)
{
    pages_unmap(cpu->blocks, BLOCKS_BYTES);
    pages_unmap(cpu->block_slots, SLOTS_BYTES);
    pages_unmap(cpu->run_list, RUN_LIST_BYTES);
}

void blocks_count_themselves(struct cpu *cpu)
{
    struct engine_tally tally = {
        .tag = offsetof(struct cpu, code_tag),
        .now = offsetof(struct cpu, clock) + offsetof(struct clock, now),
        .horizon = offsetof(struct cpu, horizon),
        .instructions = offsetof(struct cpu, instructions),
        .current = offsetof(struct cpu, current),
        .last_store = offsetof(struct cpu, last_store),
        .entry_last_store = offsetof(struct cpu, entry_last_store),
        .flag = offsetof(struct cpu, exclusive_open),
        .entry_flag = offsetof(struct cpu, entry_exclusive_open),
        .block = {.tag = offsetof(struct block, engine.tag),
                  .runs = offsetof(struct block, engine.runs),
                  .cycles = offsetof(struct block, cycles),
                  .instructions = offsetof(struct block, insn_count),
                  .stores_end = offsetof(struct block, stores_end),
                  .flags = offsetof(struct block, flags)},
        .flag_bits = BLOCK_OPENS_EXCLUSIVE,
    };
    cpu->counts_itself = engine_count_blocks(cpu->engine, &tally);
}

void blocks_forget(struct cpu *cpu)
{
    blocks_fold(cpu);
    cpu->current = NULL;
    cpu->blocks_full = false;
    forget_all(cpu);
    engine_drop_all(cpu->engine);
}

static bool reads(const struct insn *insn, enum sysreg_id id)
{
    return insn->kind == INSN_KIND_MRS && insn->enc == sysreg_enc(id);
}

/* What the engine would run by itself, and wrong, unless it traps: in a page that may not be
 * written, where registers are lent (engine_lend). */
static bool may_trap(const struct insn *insn)
{
    return insn->kind == INSN_KIND_WFE || insn->kind == INSN_KIND_SEV ||
           reads(insn, SR_PMUSERENR_EL0); /* native in the engine, as 0 */
}

/* What it would run by itself and must not, at the state a block is made under (its EL). All else
 * runs in the engine or traps by itself. */
static bool is_special(const struct insn *insn)
{
    bool is_undefined = insn->kind == INSN_KIND_UNDEF && insn->flags & INSN_FLAG_NATIVE_UNDEF;
    return is_undefined || insn->kind == INSN_KIND_ESB || insn->kind == INSN_KIND_MARK;
}

/* sp_moved carries from one instruction of a block to the next whether SP may be misaligned. */
uint32_t block_flags_of(const struct insn *insn, bool *sp_moved)
{
    uint32_t flags = 0;
    flags |= is_special(insn) || may_trap(insn) ? BLOCK_HAS_SPECIAL : 0;
    flags |= insn->flags & INSN_FLAG_FP ? BLOCK_HAS_FP : 0;
    flags |= insn->kind == INSN_KIND_DSB ? BLOCK_HAS_DSB | BLOCK_HAS_BARRIER : 0;
    flags |= insn->kind == INSN_KIND_ISB ? BLOCK_HAS_BARRIER : 0;
    flags |= insn->flags & INSN_FLAG_STORE ? BLOCK_HAS_STORE : 0;
    flags |= insn->flags & INSN_FLAG_UNPRIVILEGED ? BLOCK_HAS_UNPRIVILEGED : 0;
    flags |= insn->flags & INSN_FLAG_SP_BASE ? BLOCK_HAS_SP_BASE : 0;
    flags |= insn->flags & INSN_FLAG_ORDERED ? BLOCK_IS_STRICT : 0;
    flags |= *sp_moved && insn->flags & INSN_FLAG_SP_BASE ? BLOCK_IS_STRICT : 0;
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
struct insn block_insn(struct cpu *cpu, const struct block *b, uint32_t i)
{
    uint32_t word = 0;
    ram_read(&cpu->machine->ram, pa(block_info_of(b)->pa + 4 * (uint64_t)i), &word, sizeof word);
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
    struct ledger_row *row = ledger_row(cpu->machine->ledger, key);
    booked_row_used(cpu, row);
    return row;
}

/* What symbols are asked with, beside the pc: PA_UNKNOWN where they need none or there is none. */
static uint64_t symbol_pa(struct cpu *cpu, uint64_t pc)
{
    uint64_t at;
    return symbols_need_physical(cpu->machine->symbols) && code_pa(cpu, pc, &at) ? at : PA_UNKNOWN;
}

struct ledger_row *block_row(struct cpu *cpu, uint64_t pc)
{
    return row_at(cpu, pc, symbol_pa(cpu, pc));
}

uint32_t block_symbol(struct cpu *cpu, uint64_t pc, uint64_t *at)
{
    *at = symbol_pa(cpu, pc);
    return symbol_at(cpu, pc, *at);
}

/* Books the runs of one block; it may then be reused. */
void block_fold(struct block *b, const cycles_t *prices)
{
    const struct block_info *info = block_info_of(b);
    for (uint32_t i = 0; b->engine.runs != 0 && i < info->class_count; i++) {
        struct ledger_cell *cell = &b->row->cells[info->classes[i].class];
        uint64_t units = b->engine.runs * info->classes[i].units;
        cell->count += units;
        cell->cycles += units * prices[info->classes[i].class];
    }
    b->engine.runs = 0;
}

static void look_again(struct block *b)
{
    b->tag = b->engine.tag = 0;
}

void blocks_fold(struct cpu *cpu)
{
    for (size_t i = 0; i < cpu->run_count; i++) {
        booked_row_used(cpu, cpu->run_list[i]->row);
        block_fold(cpu->run_list[i], cpu->meter.prices);
        block_info(cpu->run_list[i])->listed = false;
        look_again(cpu->run_list[i]);
    }
    cpu->run_count = 0;
}

void blocks_unmake(struct cpu *cpu)
{
    cpu->current = NULL;
    for (unsigned i = 1; i < cpu->block_count; i++) {
        look_again(&cpu->blocks[i].block);
        cpu->blocks[i].block.row = NULL;
    }
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
bool block_is_unchanged(const struct cpu *cpu, const struct block *b)
{
    const struct block_info *info = block_info_of(b);
    return words_of(cpu, pa(info->pa), b->size_bytes) == info->words;
}

/* How many of the `count` instructions at pc belong to the function of the first: code may fall
 * through into the next function, and who gets its cycles must not depend on how blocks are cut. */
uint32_t block_symbol_end(struct cpu *cpu, uint64_t pc, uint64_t at, uint32_t count)
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

/* By the page of a pc, without a tag, which TLBI by VA has not. Pages that follow each other have
 * heads that do. */
static unsigned head_index(uint64_t pc)
{
    return (unsigned)((bits(pc, 55, 12) ^ bits(pc, 55, 28)) % PAGE_HEADS);
}

static struct block **frame_of(struct cpu *cpu, pa_t at)
{
    return &cpu->frame_heads[(at.v >> 12) % FRAME_HEADS];
}

static void link_block(struct cpu *cpu, struct block *b)
{
    struct block **slot = block_slot(cpu, b->pc);
    struct block **frame = frame_of(cpu, pa(block_info(b)->pa));
    block_info(b)->next_in_frame = *frame;
    *frame = b;
    b->next_in_slot = *slot;
    *slot = b;
}

/* Among those of its page that have a tag. */
static void link_in_page(struct cpu *cpu, struct block *b)
{
    unsigned index = head_index(b->pc);
    block_info(b)->in_page = true;
    block_info(b)->next_in_page = cpu->page_heads[index];
    cpu->page_heads[index] = b;
    cpu->page_has[index / 64] |= BIT(index % 64);
}

/* Those of the page that pc is in are none of them any more. */
static void unlink_page(struct cpu *cpu, uint64_t pc)
{
    unsigned index = head_index(pc);
    struct block **link = &cpu->page_heads[index];
    while (*link != NULL) {
        struct block *b = *link;
        if (bits(b->pc, 55, 12) == bits(pc, 55, 12)) {
            look_again(b);
            block_info(b)->in_page = false;
            *link = block_info(b)->next_in_page;
        } else {
            link = &block_info(b)->next_in_page;
        }
    }
    if (cpu->page_heads[index] == NULL) {
        cpu->page_has[index / 64] &= ~BIT(index % 64);
    }
}

void blocks_changed(struct cpu *cpu, pa_t at)
{
    for (struct block *b = *frame_of(cpu, at); b != NULL; b = block_info(b)->next_in_frame) {
        if (block_info(b)->pa >> 12 == at.v >> 12) {
            look_again(b);
        }
    }
}

void blocks_moved(struct cpu *cpu, va_t at, uint64_t size_bytes)
{
    uint64_t first = bits(at.v, 63, 12);
    uint64_t count = (bits(at.v, 11, 0) + size_bytes + 4095) >> 12;
    for (uint64_t i = 0; i < count; i++) {
        uint64_t pc = (first + i) << 12;
        uint64_t has = cpu->page_has[head_index(pc) / 64];
        if (has == 0) { /* most pages that move are data */
            i += 63 - (first + i) % 64;
        } else if (bit(has, head_index(pc) % 64)) {
            unlink_page(cpu, pc);
        }
    }
}

/* Decodes the words of a block into its costs. */
void block_make(struct cpu *cpu, struct block *b, uint64_t pc, uint64_t at, uint32_t size_bytes)
{
    struct block_info *info = block_info(b);
    if (info->listed) { /* of another row until now */
        booked_row_used(cpu, b->row);
    }
    block_fold(b, cpu->meter.prices);
    b->pc = pc;
    b->size_bytes = (uint16_t)size_bytes;
    b->insn_count = (uint16_t)(size_bytes / 4);
    b->cycles = 0;
    b->stores_end = 0;
    b->row = row_at(cpu, pc, at);
    info->pa = at;
    info->key = cpu->block_key;
    info->class_count = 0;
    info->dsb_count = 0;
    info->has_dc = info->may_trap = info->is_special = false;
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
        flags |= block_flags_of(&insn, &sp_moved);
        info->may_trap |= may_trap(&insn);
        info->is_special |= is_special(&insn);
        if (insn.flags & INSN_FLAG_EXCLUSIVE) {
            flags &= ~(uint32_t)BLOCK_OPENS_EXCLUSIVE;
            flags |=
                BLOCK_HAS_EXCLUSIVE | (insn.flags & INSN_FLAG_LOAD ? BLOCK_OPENS_EXCLUSIVE : 0);
        }
        info->has_dc |= insn.cost == COST_OP_DC;
        if (insn.kind == INSN_KIND_DSB && info->dsb_count++ == 0) {
            info->dsb_at = (uint16_t)i;
            info->dsb_stores_end = b->stores_end;
        }
        b->stores_end = insn.flags & INSN_FLAG_STORE ? (uint16_t)(i + 1) : b->stores_end;
        if (i + 1 == b->insn_count && insn.kind == INSN_KIND_BRANCH) {
            flags |= BLOCK_ENDS_AT_BOUNDARY;
        }
    }
    if (block_symbol_end(cpu, pc, at, b->insn_count) != b->insn_count) {
        flags |= BLOCK_SPANS_SYMBOLS;
    }
    b->flags = (uint16_t)flags;
}

/*
 * Blocks of one page follow each other without the engine asking for the page again: where the
 * model's TLB has lost it meanwhile, the walk of this fetch is due now. False: it faults, or leads
 * to no RAM, and the engine, which has lost the page too, finds that out at its next run.
 */
static bool fetch(struct cpu *cpu, uint64_t pc, struct mmu_page *page)
{
    struct mmu_access access = {.va = va(pc), .type = MMU_FETCH, .el = cpu->pe.ps.el};
    struct mmu_fault fault;
    if (!mmu_holds(cpu->mmu, &access)) {
        cpu->current = NULL;
        cpu->meter.row = block_row(cpu, pc);
        note_row(cpu, cpu->meter.row);
    }
    return mmu_translate(cpu->mmu, &access, page, &fault) &&
           ram_holds(&cpu->machine->ram, page->pa, 4);
}

struct block *block_tagged(const struct cpu *cpu, uint64_t pc, uint32_t size_bytes)
{
    struct block *b = *block_slot(cpu, pc);
    while (b != nobody(cpu) &&
           (b->pc != pc || b->tag != cpu->code_tag || b->size_bytes != size_bytes)) {
        b = b->next_in_slot;
    }
    return b == nobody(cpu) ? NULL : b;
}

/* The block that was made for this pc, size and place; it is the first of its slot now. NULL: there
 * is none. */
static struct block *known_block(struct cpu *cpu, uint64_t pc, uint32_t size_bytes, uint64_t at)
{
    struct block **slot = block_slot(cpu, pc);
    for (struct block **link = slot; *link != nobody(cpu); link = &(*link)->next_in_slot) {
        struct block *b = *link;
        if (b->pc == pc && b->size_bytes == size_bytes && block_info(b)->pa == at &&
            block_info(b)->key == cpu->block_key) {
            *link = b->next_in_slot;
            b->next_in_slot = *slot;
            *slot = b;
            return b;
        }
    }
    return NULL;
}

static struct block *new_block(struct cpu *cpu)
{
    if (cpu->block_count == BLOCKS_MAX) {
        cpu->blocks_full = true;
        return NULL;
    }
    unsigned i = cpu->block_count++;
    cpu->blocks[i].block = (struct block){.pc = NO_PC};
    cpu->blocks[i].info.listed = cpu->blocks[i].info.in_page = false;
    return &cpu->blocks[i].block;
}

void block_counts_itself(struct cpu *cpu, const struct block *b, const void *caller)
{
    if (cpu->counts_itself && b->engine.tag != 0) {
        engine_block_counts(cpu->engine, b, b->stores_end != 0, b->flags & BLOCK_HAS_EXCLUSIVE,
                            caller);
    }
}

/* What may trap does not in a page that its own code may write: Unicorn runs that as it is. */
static void mark_special(const struct cpu *cpu, struct block *b, bool writable)
{
    const struct block_info *info = block_info(b);
    bool traps = lend_kind(cpu->machine, cpu->pe.ps.el) != 0 && !writable;
    b->flags &= (uint16_t)~BLOCK_HAS_SPECIAL;
    if (info->is_special || (info->may_trap && !traps)) {
        b->flags |= BLOCK_HAS_SPECIAL;
    }
}

static void mark_breakpoints(struct cpu *cpu, struct block *b)
{
    b->flags &= (uint16_t)~BLOCK_HAS_BREAKPOINT;
    if (cpu->machine->control && control_breaks_in(cpu, b->pc, b->insn_count)) {
        b->flags |= BLOCK_HAS_BREAKPOINT;
    }
}

struct block *block_find(struct cpu *cpu, uint64_t pc, uint32_t size_bytes)
{
    struct mmu_page page;
    if (!fetch(cpu, pc, &page)) {
        return NULL;
    }
    uint64_t at = page.pa.v;
    struct block *b = known_block(cpu, pc, size_bytes, at);
    bool remember = shortcut_on(cpu->machine, SHORTCUT_BLOCK_TABLE);
    bool is_new = b == NULL;
    uint64_t changed = code_changed_at(cpu, at);
    bool known = !is_new && b->row != NULL &&
                 (block_info(b)->stamp >= changed || block_is_unchanged(cpu, b));
    if ((!known && !code_is_fresh(cpu, at)) || (is_new && (b = new_block(cpu)) == NULL)) {
        return NULL;
    }
    if (!known || !remember) {
        block_make(cpu, b, pc, at, size_bytes);
    }
    if (is_new) {
        link_block(cpu, b);
    }
    if (!code_follows_stores(cpu->machine, at)) {
        code_note_left(cpu, at);
    }
    mark_special(cpu, b, page.prot & PROT_W);
    mark_breakpoints(cpu, b);
    block_info(b)->stamp = changed;
    b->tag = remember ? cpu->code_tag : 0;
    b->engine.tag = (b->flags | LOOK_AT_ALL) & cpu->look_flags ? 0 : b->tag;
    if (!block_info(b)->in_page) {
        link_in_page(cpu, b);
    }
    if (!block_info(b)->listed) {
        block_info(b)->listed = true;
        cpu->run_list[cpu->run_count++] = b;
    }
    return b;
}
