/*
 * The size of Unicorn's TLBs. It has one for each of twelve MMU indices, of which we select four,
 * and searches them all, entry by entry, for each block that it translates. It lets one grow to
 * 65536 entries, by what the host's clock says, all of which a flush then clears.
 *
 * Generated code, and the rest of Unicorn, reads a TLB's mask and table each time, in the words
 * before the CPU's state. A mask with fewer bits is a smaller TLB of the same table, and what it
 * still reaches is where its address leads. Which TLB is whose is found by what a fetch enters;
 * nothing is assumed of how many there are, or how large an entry is.
 */
#include "sim/engine/engine_internal.h"

#include <string.h>

#include "sim/base/bits.h"

/* More, and translation searches longer; fewer, and fills are asked for again. */
#define ENTRIES_MAX 1024
/* For engine_window_open(): a page or two at a time. */
#define WINDOW_ENTRIES 16
/* What may lie between the last TLB and the state, in words. */
#define GAP_WORDS_MAX 8
/* As far as Unicorn lets a TLB grow. */
#define UNICORN_ENTRIES_MAX 65536

static unsigned entry_bits(const struct engine_fast_tlb *tlb)
{
    return (unsigned)__builtin_ctzll(tlb->mask);
}

/* A mask that is one, and a table of that size. */
static bool can_be_tlb(const struct engine_fast_tlb *tlb)
{
    if (tlb->mask == 0) {
        return false;
    }
    uint64_t last = tlb->mask >> entry_bits(tlb);
    return (last & (last + 1)) == 0 && last < UNICORN_ENTRIES_MAX && entry_bits(tlb) >= 5 &&
           entry_bits(tlb) <= 8 && engine_can_read(tlb->table, tlb->mask + BIT(entry_bits(tlb)));
}

/* Finds what can be TLBs, one before the other. */
static unsigned find_tlbs(uint64_t *state, struct engine_fast_tlb **first)
{
    for (unsigned gap = 0; gap <= GAP_WORDS_MAX; gap++) {
        struct engine_fast_tlb *tlb = (struct engine_fast_tlb *)(void *)(state - gap);
        unsigned count = 0;
        while (can_be_tlb(tlb - 1) && (count == 0 || entry_bits(tlb - 1) == entry_bits(tlb))) {
            tlb--;
            count++;
        }
        if (count > ENGINE_VIEWS) {
            *first = tlb;
            return count;
        }
    }
    return 0;
}

/* Whether the entry that `at` leads to names it, with what it says of it in the bits below. */
static bool holds(const struct engine_fast_tlb *tlb, uint64_t at)
{
    uint64_t size_bytes = BIT(entry_bits(tlb));
    const unsigned char *entry = tlb->table + ((at >> ENGINE_PAGE_BITS) * size_bytes & tlb->mask);
    bool found = false;
    for (uint64_t i = 0; i < size_bytes; i += sizeof(uint64_t)) {
        uint64_t word;
        memcpy(&word, entry + i, sizeof word);
        found |= word - at < ENGINE_PAGE;
    }
    return found;
}

/* The one TLB that a fetch of `at` in the selected index enters; NULL: none, or more. */
static struct engine_fast_tlb *entered_by_fetch(struct engine *e, struct engine_fast_tlb *first,
                                                unsigned count, uint64_t at)
{
    struct engine_fast_tlb *found = NULL;
    for (unsigned i = 0; i < count; i++) {
        if (holds(&first[i], at)) {
            return NULL;
        }
    }
    uc_ctl_remove_cache(e->uc, at, at + 1); /* fetches there */
    for (unsigned i = 0; i < count; i++) {
        if (holds(&first[i], at)) {
            if (found != NULL) {
                return NULL;
            }
            found = &first[i];
        }
    }
    return found;
}

/* Another page for each index, so that one that was entered before is not taken for this one. */
static uint64_t test_page(unsigned i)
{
    return ENGINE_OWN_VA + (1 + i) * ENGINE_PAGE;
}

static bool find_used(struct engine *e, struct engine_fast_tlb *first, unsigned count,
                      struct engine_fast_tlb **used)
{
    uint32_t pstate = engine_window_open(e);
    used[ENGINE_VIEWS] = entered_by_fetch(e, first, count, test_page(ENGINE_VIEWS));
    engine_window_close(e, pstate);
    bool good = used[ENGINE_VIEWS] != NULL;
    for (unsigned view = 0; view < ENGINE_VIEWS; view++) {
        engine_set_view(e, view);
        e->filler = FILL_WINDOW;
        used[view] = entered_by_fetch(e, first, count, test_page(view));
        e->filler = FILL_BY_CLIENT;
        e->tlbs[view].filled = true;
        engine_flush_view(e, view);
        good = good && used[view] != NULL && !holds(used[view], test_page(view));
        for (unsigned other = 0; other < view; other++) {
            good = good && used[view] != used[other];
        }
        good = good && used[view] != used[ENGINE_VIEWS];
    }
    engine_set_view(e, 0);
    return good;
}

bool engine_limit_tlbs(struct engine *engine)
{
    struct engine_fast_tlb *used[ENGINE_VIEWS + 1], *first = NULL;
    unsigned count = engine->state == NULL ? 0 : find_tlbs(engine->state, &first);
    if (count == 0 || !find_used(engine, first, count, used)) {
        return false;
    }
    for (unsigned i = 0; i < count; i++) {
        bool is_used = false;
        for (unsigned u = 0; u <= ENGINE_VIEWS; u++) {
            is_used |= &first[i] == used[u];
        }
        if (!is_used) {
            first[i].mask = 0;
        }
    }
    used[ENGINE_VIEWS]->mask = (WINDOW_ENTRIES - UINT64_C(1)) << entry_bits(used[ENGINE_VIEWS]);
    memcpy(engine->fast_tlbs, used, ENGINE_VIEWS * sizeof used[0]);
    return true;
}

void engine_limit_tlb(struct engine *engine, unsigned view)
{
    struct engine_fast_tlb *tlb = engine->fast_tlbs[view];
    uint64_t most = tlb == NULL ? 0 : (ENTRIES_MAX - UINT64_C(1)) << entry_bits(tlb);
    if (tlb != NULL && tlb->mask > most) {
        tlb->mask = most;
    }
}
