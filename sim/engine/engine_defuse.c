/*
 * Words that would end the whole program: on some unallocated half-precision SIMD encodings
 * Unicorn's MAX model runs into an assertion of its decoder (QEMU 5.0 had it too; the v8.0 models
 * are not affected). They are UNDEFINED, so a page that holds one is run from a private copy in
 * which each is a UDF. The patterns come from translating all words there are, up to register
 * numbers; tests/integration/engine runs every one.
 */
#include "sim/engine/engine_internal.h"

#include <string.h>

#define PAGE_WORDS (ENGINE_PAGE / sizeof(uint32_t))

/* All of them have these bits: advanced SIMD, half precision. */
#define FAMILY_MASK  UINT32_C(0x8f400000)
#define FAMILY_VALUE UINT32_C(0x0e400000)

struct pattern {
    uint32_t mask, value;
};

static const struct pattern deadly[] = {
    /* three registers of the same type */
    {0xbf60fc00, 0x0e402c00},
    {0x9fe0fc00, 0x0ec01c00},
    {0xbfe0f400, 0x0ec02400},
    {0xbf60fc00, 0x2e400c00},
    {0xbfe0ec00, 0x2ec00c00},
    {0xbfe0dc00, 0x2ec01c00},
    /* two registers, miscellaneous */
    {0x9f7e8c00, 0x0e780800},
    {0x9f7f4c00, 0x0e780800},
    {0x9fff0c00, 0x0e780800},
    {0x9ffe6c00, 0x0e786800},
    {0xbf7f6c00, 0x0e796800},
    {0x9fff5c00, 0x0ef94800},
    {0xbf7e7c00, 0x2e786800},
    {0xbfff3c00, 0x2ef90800},
    {0xcf7e8c00, 0x4e780800},
    {0xcf7f4c00, 0x4e780800},
    {0xcfff0c00, 0x4e780800},
    {0xcffe6c00, 0x4e786800},
    {0xcfff5c00, 0x4ef94800},
    {0xff7f3c00, 0x5e783800},
    {0xef7f3c00, 0x6e782800},
    {0xeffe7c00, 0x6ef80800},
    {0xff7f6c00, 0x7e796800},
};

static bool is_deadly(uint32_t word)
{
    for (size_t i = 0; i < sizeof deadly / sizeof *deadly; i++) {
        if ((word & deadly[i].mask) == deadly[i].value) {
            return true;
        }
    }
    return false;
}

bool engine_page_is_deadly(const void *page)
{
    uint32_t words[PAGE_WORDS];
    memcpy(words, page, sizeof words);
    uint32_t suspects = 0;
    for (size_t i = 0; i < PAGE_WORDS; i++) { /* nearly always 0; no branch, so that it is fast */
        suspects += (words[i] & FAMILY_MASK) == FAMILY_VALUE;
    }
    for (size_t i = 0; suspects != 0 && i < PAGE_WORDS; i++) {
        if (is_deadly(words[i])) {
            return true;
        }
    }
    return false;
}

/* The copy keeps its slot as long as any block or translation may lead to it. */
bool engine_defuse(struct engine *engine, const void *page, uint64_t at, uint64_t *copy_at)
{
    uint32_t words[PAGE_WORDS];
    memcpy(words, page, sizeof words);
    for (size_t i = 0; i < PAGE_WORDS; i++) {
        if (is_deadly(words[i])) {
            words[i] = 0; /* UDF #0 */
        }
    }
    unsigned slot = 0;
    unsigned char *copies = engine->own + ENGINE_OWN_CODE_BYTES;
    while (slot < engine->slot_count &&
           (engine->slots[slot] != at ||
            memcmp(copies + slot * ENGINE_PAGE, words, sizeof words) != 0)) {
        slot++;
    }
    if (slot == ENGINE_SLOTS) {
        return false;
    }
    if (slot == engine->slot_count) {
        engine->slots[slot] = at;
        memcpy(copies + slot * ENGINE_PAGE, words, sizeof words);
        engine->slot_count++;
    }
    *copy_at = ENGINE_OWN_PA + ENGINE_OWN_CODE_BYTES + slot * ENGINE_PAGE;
    return true;
}

void engine_defuse_forget(struct engine *engine)
{
    for (unsigned view = 0; view < ENGINE_VIEWS; view++) {
        engine_flush_view(engine, view);
    }
    if (engine->slot_count > 0) {
        uint32_t pstate = engine_window_open(engine);
        engine_drop_blocks(engine, ENGINE_OWN_PA + ENGINE_OWN_CODE_BYTES,
                           engine->slot_count * ENGINE_PAGE);
        engine_window_close(engine, pstate);
        engine->slot_count = 0;
    }
}
