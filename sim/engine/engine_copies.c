/*
 * Pages that do not run as they are. Some words must not be translated (engine_defuse.c); others
 * need not trap: in a view that is lent registers (engine_lend), MRS of SP_EL0, say, is an MRS of
 * TPIDR_EL0, which holds its value. What does trap there is an access to ENGINE_STAND_IN, which
 * Unicorn asks us about before it traps (on_system()), or traps as an SVC: Unicorn goes on behind
 * it by itself, where a new PC would make it leave its loop. A page that may be written by the code
 * it holds runs as it is but for the registers that hold lent ones: Unicorn sees such stores by
 * itself, and a copy would be older code until the IC. Such a page runs from a private copy,
 * execute only: data is read from the page itself.
 *
 * A copy keeps its slot as long as any block or translation may lead to it. Code that changes (IC)
 * is copied anew in place; code that changes without IC gets another copy when it is next fetched.
 */
#include "sim/engine/engine_internal.h"

#include <string.h>

#include "sim/base/bits.h"

#define PAGE_WORDS (ENGINE_PAGE / sizeof(uint32_t))
/* What is known of a page: bit 2 * kind + whole, runs as it is as such code; and it ever did. */
#define PLAIN_RAN 0x80u
_Static_assert(2 * ENGINE_KINDS <= 7, "a bit is PLAIN_RAN");
/* Code changes a few words at a time. */
#define LINE       64
#define LINE_WORDS (LINE / sizeof(uint32_t))

#define A64_UDF0     UINT32_C(0)
#define A64_SVC0     UINT32_C(0xd4000001) /* traps, Unicorn's pc behind it */
#define A64_MRS      UINT32_C(0xd5200000) /* | encoding << 5 | Rt */
#define A64_RT_MASK  UINT32_C(31)
#define A64_LDRB_WZR UINT32_C(0x3940001f) /* [Xn], | n << 5 */

/* MSR, MRS, SYS and SYSL, with hints and barriers; and of those the last two. */
#define SYSTEM_MASK   UINT32_C(0xffc00000)
#define SYSTEM_VALUE  UINT32_C(0xd5000000)
#define BARRIER_MASK  UINT32_C(0xffffe000)
#define BARRIER_VALUE UINT32_C(0xd5032000)

#define A64_MSR UINT32_C(0xd5000000) /* | encoding << 5 | Rt */
#define A64_L   UINT32_C(0x00200000) /* a read: MRS, SYSL */

/* Hints that Unicorn runs as NOP. */
#define A64_WFE  UINT32_C(0xd503205f)
#define A64_SEV  UINT32_C(0xd503209f)
#define A64_SEVL UINT32_C(0xd50320bf)

/* Encodings: op0, op1, CRn, CRm, op2 in bits 15 to 0. */
#define ENC_TPIDR_EL0   UINT32_C(0xde82)
#define ENC_TPIDRRO_EL0 UINT32_C(0xde83)

/* System instructions that run by themselves, or that the client stops before (engine.h). */
static const uint16_t native_encodings[] = {
    0xda10 /* NZCV */, 0xda20 /* FPCR */,   0xda21 /* FPSR */,   0xd807 /* DCZID_EL0 */,
    0xd920 /* RNDR */, 0xd921 /* RNDRRS */, 0x5ba1 /* DC ZVA */,
};

/* All deadly words have these bits: advanced SIMD, half precision. */
#define FAMILY_MASK  UINT32_C(0x8f400000)
#define FAMILY_VALUE UINT32_C(0x0e400000)

void engine_lend(struct engine *engine, unsigned kind, struct engine_lends lends)
{
    BUG_ON(kind == 0 || kind >= ENGINE_KINDS || lends.tpidr_el0 == 0 || lends.tpidrro_el0 == 0);
    engine->swaps[kind][0] = (struct engine_swap){lends.tpidr_el0, ENC_TPIDR_EL0};
    engine->swaps[kind][1] = (struct engine_swap){lends.tpidrro_el0, ENC_TPIDRRO_EL0};
    engine->lends[kind] = true;
    engine->dc_reads[kind] = lends.dc_reads;
}

void engine_set_kind(struct engine *engine, unsigned view, unsigned kind)
{
    BUG_ON(view >= ENGINE_VIEWS || kind >= ENGINE_KINDS);
    engine->kinds[view] = (uint8_t)kind;
}

static inline bool is_event_hint(uint32_t word)
{
    return (word == A64_WFE) | (word == A64_SEV) | (word == A64_SEVL);
}

/* Whether a word is to be looked at closely; no branch, so that a page is looked through fast. */
static inline bool is_suspect(const struct engine *e, unsigned kind, uint32_t word)
{
    bool is_system =
        ((word & SYSTEM_MASK) == SYSTEM_VALUE) & ((word & BARRIER_MASK) != BARRIER_VALUE);
    return (e->is_max & ((word & FAMILY_MASK) == FAMILY_VALUE)) |
           (e->lends[kind] & (is_system | is_event_hint(word)));
}

/* Whether a system instruction traps in Unicorn. */
static bool traps(uint32_t encoding)
{
    uint64_t op1 = bits(encoding, 13, 11), crn = bits(encoding, 10, 7), op2 = bits(encoding, 2, 0);
    if (encoding >> 14 == 0) { /* MSR (immediate), but for CFINV, XAFLAG and AXFLAG */
        return crn == 4 && (op1 != 0 || op2 > 2);
    }
    for (size_t i = 0; i < sizeof native_encodings / sizeof native_encodings[0]; i++) {
        if (encoding == native_encodings[i]) {
            return false;
        }
    }
    return true;
}

/* DC, but for ZVA; AT, IC and the rest of SYS with CRn 7 are not. */
static bool is_dc(uint32_t encoding)
{
    uint64_t crm = bits(encoding, 6, 3);
    return crm == 6 || crm == 10 || crm == 11 || crm == 12 || crm == 14;
}

/* DC CVAC, CVAU and CIVAC, but of XZR, which would be SP in a load. */
static bool can_read(uint32_t word, uint32_t encoding)
{
    uint64_t crm = bits(encoding, 6, 3);
    bool by_address = bits(encoding, 13, 11) == 3 && bits(encoding, 2, 0) == 1;
    return by_address && (crm == 10 || crm == 11 || crm == 14) && (word & A64_RT_MASK) != 31;
}

/* What traps in place of a system instruction: the stand-in, a read (in the midst of the block) or
 * a write (its end) as the instruction is. DC, which has nothing to do most times, is a load of a
 * byte if the kind wants that, else a read of nothing. AT and IC may fault: those always trap. */
static uint32_t trapping(const struct engine *e, unsigned kind, uint32_t word, uint32_t encoding)
{
    bool crn7 = bits(encoding, 15, 14) == 1 && bits(encoding, 10, 7) == 7;
    if (e->client.system == NULL || (crn7 && !is_dc(encoding))) {
        return A64_SVC0;
    }
    if (crn7 && e->dc_reads[kind] && can_read(word, encoding)) {
        return A64_LDRB_WZR | (word & A64_RT_MASK) << 5;
    }
    if (crn7) {
        return A64_MRS | ENGINE_STAND_IN << 5 | A64_RT_MASK;
    }
    return A64_MSR | (word & A64_L) | ENGINE_STAND_IN << 5 | (word & A64_RT_MASK);
}

/* One word of code of a kind; whole: all that may be swapped, else only what must. */
static uint32_t swapped(const struct engine *e, unsigned kind, bool whole, uint32_t word)
{
    if (e->is_max && engine_word_is_deadly(word)) {
        return A64_UDF0;
    }
    if (!e->lends[kind] || (word & SYSTEM_MASK) != SYSTEM_VALUE) {
        return word;
    }
    if (is_event_hint(word)) {
        return whole ? A64_SVC0 : word;
    }
    uint32_t encoding = (uint32_t)bits(word, 20, 5);
    if (encoding == ENC_TPIDR_EL0 || encoding == ENC_TPIDRRO_EL0) {
        return whole ? trapping(e, kind, word, encoding) : A64_SVC0;
    }
    for (unsigned i = 0; whole && i < ENGINE_SWAPS; i++) {
        const struct engine_swap *s = &e->swaps[kind][i];
        if (bit(word, 21) && encoding == s->lent) {
            return A64_MRS | (uint32_t)s->holder << 5 | (word & A64_RT_MASK);
        }
    }
    return whole && traps(encoding) ? trapping(e, kind, word, encoding) : word;
}

/* A line as code of this kind runs. False: as it is. */
static bool swap_line(const struct engine *e, unsigned kind, bool whole, uint32_t *words)
{
    uint32_t suspects = 0;
    for (size_t i = 0; i < LINE_WORDS; i++) {
        suspects |= (uint32_t)is_suspect(e, kind, words[i]) << i;
    }
    bool differs = false;
    for (; suspects != 0; suspects &= suspects - 1) {
        uint32_t *word = &words[__builtin_ctz(suspects)];
        uint32_t other = swapped(e, kind, whole, *word);
        differs |= other != *word;
        *word = other;
    }
    return differs;
}

static bool swap_page(const struct engine *e, unsigned kind, bool whole, const void *page,
                      uint32_t *words)
{
    bool differs = false;
    memcpy(words, page, ENGINE_PAGE);
    for (size_t i = 0; i < PAGE_WORDS; i += LINE_WORDS) {
        differs |= swap_line(e, kind, whole, words + i);
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

/* It ran as itself or as another copy before: there may be blocks of how it was. */
static void note_versions(struct engine *e)
{
    for (unsigned view = 0; view < ENGINE_VIEWS; view++) {
        e->tlbs[view].versions = true;
    }
}

static uint8_t *plain_of(const struct engine_ram *ram, uint64_t at)
{
    return &ram->plain[(at - ram->at) >> ENGINE_PAGE_BITS];
}

/* The page needs a copy, which there is not yet. */
static bool add_slot(struct engine *e, struct engine_slot slot, const void *page,
                     const uint32_t *words, uint64_t *at)
{
    if (e->slot_count == ENGINE_SLOTS) {
        e->slots_full = true;
        return false;
    }
    unsigned i = e->slot_count++;
    e->slots[i] = slot;
    *head_of(e, slot.at) = (uint16_t)(i + 1);
    memcpy(slot_host(e, i), words, ENGINE_PAGE);
    memcpy(slot_origin(e, i), page, ENGINE_PAGE);
    *at = slot_at(i);
    return true;
}

bool engine_copy_page(struct engine *engine, const struct engine_ram *ram,
                      const struct engine_page *granted, uint64_t *at)
{
    struct engine *e = engine;
    unsigned kind = e->kinds[e->view];
    bool whole = !granted->writable;
    uint8_t *plain = plain_of(ram, *at);
    if (granted->is_steady && bit(*plain, 2 * kind + whole)) {
        return true;
    }
    const unsigned char *page = ram->host + (*at - ram->at);
    bool has_another = false;
    for (unsigned next = *head_of(e, *at); next != 0; next = e->slots[next - 1].next) {
        const struct engine_slot *slot = &e->slots[next - 1];
        if (slot->at != *at || slot->kind != kind || slot->whole != whole) {
            continue;
        }
        if (granted->is_steady || memcmp(slot_origin(e, next - 1), page, ENGINE_PAGE) == 0) {
            *at = slot_at(next - 1);
            return true;
        }
        has_another = true;
    }
    uint32_t words[PAGE_WORDS];
    bool differs = swap_page(e, kind, whole, page, words);
    if (has_another || (differs && *plain & PLAIN_RAN)) {
        note_versions(e);
    }
    if (!differs) {
        *plain |= (uint8_t)(PLAIN_RAN | BIT(2 * kind + whole));
        return true;
    }
    struct engine_slot slot = {*at, *head_of(e, *at), (uint8_t)kind, whole};
    return add_slot(e, slot, page, words, at);
}

/* What of a copy is older than its page follows, line by line. */
static void renew(struct engine *e, unsigned slot, const unsigned char *page)
{
    unsigned char *origin = slot_origin(e, slot);
    for (size_t at = 0; at < ENGINE_PAGE; at += LINE) {
        uint32_t words[LINE_WORDS];
        if (memcmp(origin + at, page + at, LINE) == 0) {
            continue;
        }
        memcpy(words, page + at, LINE);
        swap_line(e, e->slots[slot].kind, e->slots[slot].whole, words);
        memcpy(slot_host(e, slot) + at, words, LINE);
        memcpy(origin + at, page + at, LINE);
        engine_drop_blocks(e, slot_at(slot) + at, LINE);
    }
}

/* Whether the page must not run as it is, as code of some kind. */
static bool must_swap(const struct engine *e, const void *page)
{
    bool any = false;
    for (unsigned kind = 0; kind < ENGINE_KINDS; kind++) {
        uint32_t words[PAGE_WORDS];
        any |= swap_page(e, kind, false, page, words);
    }
    return any;
}

bool engine_copies_renew(struct engine *engine, const struct engine_ram *ram, uint64_t page)
{
    struct engine *e = engine;
    const unsigned char *host = ram->host + page * ENGINE_PAGE;
    uint64_t at = ram->at + page * ENGINE_PAGE;
    for (unsigned next = *head_of(e, at); next != 0; next = e->slots[next - 1].next) {
        if (e->slots[next - 1].at == at) {
            renew(e, next - 1, host);
        }
    }
    uint8_t *plain = &ram->plain[page];
    *plain &= PLAIN_RAN;
    if (*plain == 0 || !must_swap(e, host)) {
        return false;
    }
    *plain = 0;
    return true;
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
