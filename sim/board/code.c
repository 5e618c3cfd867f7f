/*
 * Code as it lies in memory: where a PC leads, what is there, and whether it may still be what was
 * decoded (blocks.c) and translated (the engine) before.
 *
 * IC by address drops the engine's translations at once, but blocks.c's only when they are next
 * entered. IC IALLU drops nothing: each block is compared with memory when it is next entered, and
 * where that cannot tell, its page is dropped from the engine first. Software does IC IALLU for
 * every page it hands out (Xen), and nearly always nothing has changed.
 */
#include "sim/board/code.h"

#include "sim/board/cpu.h"

#include <stdlib.h>

#include "sim/base/bits.h"
#include "sim/base/err.h"

/* Of a page of RAM, in `stamps` of code_changed(). */
struct code_state {
    uint64_t changed; /* the last IC by address */
    uint64_t dropped; /* when the engine last dropped all its translations */
};

void code_init(struct cpu *cpu)
{
    cpu->code_states = calloc((size_t)(cpu->machine->ram.size_bytes >> ENGINE_PAGE_BITS),
                              sizeof(struct code_state));
    BUG_ON(cpu->code_states == NULL);
}

void code_destroy(struct cpu *cpu)
{
    free(cpu->code_states);
}

bool code_pa(struct cpu *cpu, uint64_t pc, uint64_t *pa_out)
{
    struct mmu_access access = {.va = va(pc), .type = MMU_FETCH, .el = cpu->pe.ps.el};
    struct mmu_page page;
    struct mmu_fault fault;
    if (!mmu_peek(cpu->mmu, &access, &page, &fault)) {
        return false;
    }
    *pa_out = page.pa.v;
    return true;
}

uint32_t code_word(struct cpu *cpu, uint64_t pc)
{
    const struct block *b = cpu->current;
    uint64_t at;
    uint32_t word = 0;
    if (b != NULL && pc - b->pc < b->size_bytes) {
        ram_read(&cpu->machine->ram, pa(block_info_of(b)->pa + (pc - b->pc)), &word, sizeof word);
    } else if (code_pa(cpu, pc, &at)) {
        ram_read(&cpu->machine->ram, pa(at), &word, sizeof word);
    }
    return word;
}

struct insn code_decode(struct cpu *cpu, uint32_t word)
{
    uint32_t slot = word * UINT32_C(0x9e3779b1) >> (32 - DECODED_BITS);
    struct insn *known = &cpu->decoded[slot];
    if (known->word != word || known->units == 0) {
        *known = insn_decode(&cpu->pe.model, word);
    }
    return *known;
}

struct insn code_insn(struct cpu *cpu, uint64_t pc)
{
    return code_decode(cpu, code_word(cpu, pc));
}

static struct code_state *state_of(const struct cpu *cpu, uint64_t at)
{
    return &cpu->code_states[(at - cpu->machine->ram.base.v) >> ENGINE_PAGE_BITS];
}

void code_changed(struct machine *m, pa_t at, uint64_t size_bytes)
{
    for (unsigned i = 0; i < m->config.cpu_count; i++) {
        struct cpu *cpu = m->cpus[i];
        if (engine_code_changed(cpu->engine, at, size_bytes)) {
            struct code_state *state = state_of(cpu, at.v);
            state->changed = ++cpu->code_stamp;
            /* Of less than a page, the engine has kept the rest as it is. */
            if (at.v % ENGINE_PAGE == 0 && size_bytes >= ENGINE_PAGE) {
                state->dropped = state->changed;
            }
            blocks_changed(cpu, at);
        }
    }
}

void code_renew(struct machine *m, pa_t at, uint64_t size_bytes)
{
    for (unsigned i = 0; i < m->config.cpu_count; i++) {
        engine_code_changed(m->cpus[i]->engine, at, size_bytes);
    }
}

void code_note_left(struct cpu *cpu, uint64_t at)
{
    uint64_t page = align_down(at, ENGINE_PAGE);
    for (unsigned i = 0; i < cpu->left_count; i++) {
        if (cpu->left_pages[i] == page) {
            return;
        }
    }
    if (cpu->left_count == LEFT_PAGES_MAX) {
        cpu->left_many = true;
    } else {
        cpu->left_pages[cpu->left_count++] = page;
    }
}

/* Xen does this for each page that it gives away. Blocks of code that follows its stores stay. */
void code_changed_all(struct machine *m)
{
    for (unsigned i = 0; i < m->config.cpu_count; i++) {
        struct cpu *cpu = m->cpus[i];
        engine_code_suspect(cpu->engine);
        cpu->all_changed = ++cpu->code_stamp;
        if (cpu->left_many) {
            view_renew_code(cpu);
        }
        for (unsigned k = 0; k < cpu->left_count; k++) {
            blocks_changed(cpu, pa(cpu->left_pages[k]));
        }
        cpu->left_count = 0;
        cpu->left_many = false;
    }
}

uint64_t code_changed_at(const struct cpu *cpu, uint64_t at)
{
    uint64_t changed = state_of(cpu, at)->changed;
    bool by_itself = changed >= cpu->all_changed || code_follows_stores(cpu->machine, at);
    return by_itself ? changed : cpu->all_changed;
}

bool code_is_fresh(struct cpu *cpu, uint64_t at)
{
    if (state_of(cpu, at)->dropped >= cpu->all_changed || code_follows_stores(cpu->machine, at)) {
        return true;
    }
    cpu->code_stale = true;
    cpu->stale_at = at;
    return false;
}

void code_drop_stale(struct cpu *cpu)
{
    pa_t page = pa(align_down(cpu->stale_at, ENGINE_PAGE));
    engine_code_changed(cpu->engine, page, ENGINE_PAGE);
    state_of(cpu, page.v)->dropped = cpu->code_stamp;
    cpu->code_stale = false;
}
