/*
 * Pages that do not run as they are. Some words must not be translated (engine_defuse.c); others
 * need not trap: in a view that is lent registers (engine_lend), MRS of SP_EL0, say, is an MRS of
 * TPIDR_EL0, which holds its value. Such a page runs from a private copy, execute only: data is
 * read from the page itself.
 *
 * A copy keeps its slot as long as any block or translation may lead to it. Code that changes (IC)
 * is copied anew in place; code that changes without IC gets another copy when it is next fetched.
 */
#include "sim/engine/engine_internal.h"

#include <string.h>

#define PAGE_WORDS (ENGINE_PAGE / sizeof(uint32_t))

#define A64_UDF0    UINT32_C(0)
#define A64_HVC0    UINT32_C(0xd4000002) /* traps, pc on it */
#define A64_MRS     UINT32_C(0xd5200000) /* | encoding << 5 | Rt */
#define A64_MSR     UINT32_C(0xd5000000)
#define A64_RT_MASK UINT32_C(31)

#define ENC_TPIDR_EL0   UINT32_C(0xde82)
#define ENC_TPIDRRO_EL0 UINT32_C(0xde83)

/* MRS and MSR of what is lent and of what holds it: op0 3; op1 0, 3 or 4; CRn 4, 12 or 13. */
#define REGISTER_MASK  UINT32_C(0xffd06000)
#define REGISTER_VALUE UINT32_C(0xd5104000)

/* All deadly words have these bits: advanced SIMD, half precision. */
#define FAMILY_MASK  UINT32_C(0x8f400000)
#define FAMILY_VALUE UINT32_C(0x0e400000)

void engine_lend(struct engine *engine, unsigned view, struct engine_lends lends)
{
    BUG_ON(view >= ENGINE_VIEWS || lends.tpidr_el0 == 0 || lends.tpidrro_el0 == 0);
    const struct engine_swap swaps[ENGINE_SWAPS] = {
        {A64_MRS | (uint32_t)lends.tpidr_el0 << 5, A64_MRS | ENC_TPIDR_EL0 << 5, A64_RT_MASK},
        {A64_MRS | (uint32_t)lends.tpidrro_el0 << 5, A64_MRS | ENC_TPIDRRO_EL0 << 5, A64_RT_MASK},
        {A64_MRS | ENC_TPIDR_EL0 << 5, A64_HVC0, 0},
        {A64_MSR | ENC_TPIDR_EL0 << 5, A64_HVC0, 0},
        {A64_MRS | ENC_TPIDRRO_EL0 << 5, A64_HVC0, 0},
    };
    memcpy(engine->swaps[view], swaps, sizeof swaps);
    engine->lends[view] = true;
}

/* Whether a word of the page is to be looked at closely; no branch, so that it is fast. */
static bool has_suspects(const struct engine *e, unsigned view, const uint32_t *words)
{
    uint32_t count = 0;
    for (size_t i = 0; e->is_max && i < PAGE_WORDS; i++) {
        count += (words[i] & FAMILY_MASK) == FAMILY_VALUE;
    }
    for (size_t i = 0; e->lends[view] && i < PAGE_WORDS; i++) {
        count += (words[i] & REGISTER_MASK) == REGISTER_VALUE;
    }
    return count != 0;
}

static uint32_t swapped(const struct engine *e, unsigned view, uint32_t word)
{
    if (e->is_max && engine_word_is_deadly(word)) {
        return A64_UDF0;
    }
    for (unsigned i = 0; e->lends[view] && i < ENGINE_SWAPS; i++) {
        const struct engine_swap *s = &e->swaps[view][i];
        if ((word & ~A64_RT_MASK) == s->insn) {
            return s->becomes | (word & s->rt_mask);
        }
    }
    return word;
}

/* The page as it runs in this view. False: as it is. */
static bool swap_page(const struct engine *e, unsigned view, const void *page, uint32_t *words)
{
    bool differs = false;
    memcpy(words, page, ENGINE_PAGE);
    if (!has_suspects(e, view, words)) {
        return false;
    }
    for (size_t i = 0; i < PAGE_WORDS; i++) {
        uint32_t word = swapped(e, view, words[i]);
        differs |= word != words[i];
        words[i] = word;
    }
    return differs;
}

static uint16_t *head_of(struct engine *e, uint64_t at)
{
    return &e->slot_heads[(at >> ENGINE_PAGE_BITS) % ENGINE_SLOT_HEADS];
}

static unsigned char *slot_host(const struct engine *e, unsigned slot)
{
    return e->own + ENGINE_OWN_CODE_BYTES + slot * ENGINE_PAGE;
}

/* What it was copied from. */
static unsigned char *slot_origin(const struct engine *e, unsigned slot)
{
    return e->origins + slot * ENGINE_PAGE;
}

static uint64_t slot_at(unsigned slot)
{
    return ENGINE_OWN_PA + ENGINE_OWN_CODE_BYTES + slot * ENGINE_PAGE;
}

bool engine_copy_page(struct engine *engine, const void *page, uint64_t *at)
{
    struct engine *e = engine;
    for (unsigned next = *head_of(e, *at); next != 0; next = e->slots[next - 1].next) {
        const struct engine_slot *slot = &e->slots[next - 1];
        if (slot->at == *at && slot->view == e->view &&
            memcmp(slot_origin(e, next - 1), page, ENGINE_PAGE) == 0) {
            *at = slot_at(next - 1);
            return true;
        }
    }
    uint32_t words[PAGE_WORDS];
    if (!swap_page(e, e->view, page, words)) {
        return true;
    }
    if (e->slot_count == ENGINE_SLOTS) {
        e->slots_full = true;
        return false;
    }
    unsigned slot = e->slot_count++;
    e->slots[slot] = (struct engine_slot){*at, *head_of(e, *at), (uint8_t)e->view};
    *head_of(e, *at) = (uint16_t)(slot + 1);
    memcpy(slot_host(e, slot), words, ENGINE_PAGE);
    memcpy(slot_origin(e, slot), page, ENGINE_PAGE);
    *at = slot_at(slot);
    return true;
}

void engine_copies_renew(struct engine *engine, const void *page, uint64_t at)
{
    struct engine *e = engine;
    uint32_t words[PAGE_WORDS];
    for (unsigned next = *head_of(e, at); next != 0; next = e->slots[next - 1].next) {
        const struct engine_slot *slot = &e->slots[next - 1];
        if (slot->at == at) {
            swap_page(e, slot->view, page, words);
            memcpy(slot_host(e, next - 1), words, ENGINE_PAGE);
            memcpy(slot_origin(e, next - 1), page, ENGINE_PAGE);
            engine_drop_blocks(e, slot_at(next - 1), ENGINE_PAGE);
        }
    }
}

bool engine_swaps_any(const struct engine *engine, const void *page)
{
    uint32_t words[PAGE_WORDS];
    bool any = false;
    for (unsigned view = 0; view < ENGINE_VIEWS; view++) {
        any |= swap_page(engine, view, page, words);
    }
    return any;
}

void engine_copies_forget(struct engine *engine)
{
    for (unsigned view = 0; view < ENGINE_VIEWS; view++) {
        engine_flush_view(engine, view);
    }
    uint32_t pstate = engine_window_open(engine);
    engine_drop_blocks(engine, slot_at(0), engine->slot_count * ENGINE_PAGE);
    engine_window_close(engine, pstate);
    engine->slot_count = 0;
    memset(engine->slot_heads, 0, sizeof engine->slot_heads);
}
