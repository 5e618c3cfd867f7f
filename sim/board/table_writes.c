/*
 * Stores to translation tables, for a watcher. No view of the engine may write a page of which a
 * word is watched: the store asks, is refused, and is carried out with a look at the page before
 * and after. Counted per page, so that tables which are nobody's any more cost nothing.
 */
#include "sim/board/cpu.h"

#include <stdlib.h>

#include "sim/base/bits.h"
#include "sim/base/err.h"

#define WORDS (ENGINE_PAGE / sizeof(uint64_t))

static uint16_t *page_of(const struct machine *m, pa_t at)
{
    return &m->watched_words[(at.v - m->ram.base.v) >> ENGINE_PAGE_BITS];
}

void machine_watch_word(struct machine *m, pa_t at)
{
    if (m->watched_words == NULL) {
        m->watched_words =
            calloc((size_t)(m->ram.size_bytes >> ENGINE_PAGE_BITS), sizeof *m->watched_words);
        BUG_ON(m->watched_words == NULL);
    }
    if (ram_holds(&m->ram, at, sizeof(uint64_t)) && (*page_of(m, at))++ == 0) {
        machine_ask_again(m);
    }
}

void machine_unwatch_word(struct machine *m, pa_t at)
{
    if (ram_holds(&m->ram, at, sizeof(uint64_t))) {
        BUG_ON(*page_of(m, at) == 0);
        --*page_of(m, at);
    }
}

bool table_is_watched(const struct machine *m, pa_t at)
{
    return m->watched_words != NULL && *page_of(m, at) != 0;
}

static void tell_changes(struct cpu *cpu, pa_t page, const uint64_t *before, uint64_t pc)
{
    uint64_t after[WORDS];
    ram_read(&cpu->machine->ram, page, after, sizeof after);
    for (size_t i = 0; i < WORDS; i++) {
        if (after[i] != before[i]) {
            struct watch_event e = {
                .kind = WATCH_TABLE,
                .pc = pc,
                .table = {.at = pa(page.v + 8 * i), .old = before[i], .value = after[i]}};
            watch_tell(cpu, &e);
        }
    }
}

/* In the engine, which may write watched pages meanwhile. */
static void run_store(struct cpu *cpu, uint64_t pc)
{
    block_charge_part(cpu, pc, 1);
    cpu->table_granted = true;
    enum engine_stop stop = loop_run_until(cpu, va(pc + 4));
    cpu->table_granted = false;
    view_empty_all(cpu);
    loop_engine_stopped(cpu, stop);
}

void table_store(struct cpu *cpu, uint64_t pc, uint32_t word)
{
    struct machine *m = cpu->machine;
    pa_t page = pa(align_down(cpu->refused_page.pa.v, ENGINE_PAGE));
    uint64_t before[WORDS];
    ram_read(&m->ram, page, before, sizeof before);
    if (fault_is_plain_store(cpu, pc, word)) {
        fault_store_by_hand(cpu, pc, word);
    } else {
        run_store(cpu, pc);
    }
    if (m->watcher) {
        tell_changes(cpu, page, before, pc);
    }
}
