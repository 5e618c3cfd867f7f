/*
 * Blocks that count themselves (engine_count_blocks()). Generated code calls the client's hook
 * before each run of a block. When the hook has seen a block, its call goes from now on to a few
 * instructions that do what the hook would, and go on to the hook whenever it is not that simple.
 * What they need to know of the block is in the line of the host's cache that counts its runs; they
 * find it by the first argument of the call, the engine, which no hook of a client looks at. So
 * they are the same for all blocks: most code runs a few times, and code of its own for each block
 * would be fetched from far away.
 *
 * A call is only changed if it goes to the hook, or where it was redirected to before. Translated
 * code that is dropped takes its calls with it.
 */
#define _DEFAULT_SOURCE /* MAP_ANONYMOUS */
#include "sim/engine/engine_internal.h"

#include <string.h>
#include <sys/mman.h>

/* One for each: with or without stores, with or without the flag. */
#define VARIANTS      4
#define VARIANT_BYTES 256
#define CODE_BYTES    (VARIANTS * VARIANT_BYTES)

static unsigned char *code_of(const struct engine *e, bool has_stores, bool touches_flag)
{
    return e->count_code + (size_t)(has_stores + 2 * touches_flag) * VARIANT_BYTES;
}

bool engine_count_blocks(struct engine *engine, const struct engine_tally *tally)
{
    BUG_ON(engine->client.hook == NULL);
    void *code = mmap(NULL, CODE_BYTES, PROT_READ | PROT_WRITE | PROT_EXEC,
                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (code == MAP_FAILED) {
        return false;
    }
    engine->count_code = code;
    for (unsigned i = 0; i < VARIANTS; i++) {
        bool has_stores = i % 2 != 0, touches_flag = i / 2 != 0;
        size_t size_bytes =
            engine_host_count_code(code_of(engine, has_stores, touches_flag), tally, has_stores,
                                   touches_flag, (void *)(uintptr_t)engine->client.hook);
        BUG_ON(size_bytes > VARIANT_BYTES);
        if (size_bytes == 0) {
            engine_counts_destroy(engine);
            return false;
        }
    }
    return true;
}

void engine_counts_destroy(struct engine *engine)
{
    if (engine->count_code != NULL) {
        munmap(engine->count_code, CODE_BYTES);
        engine->count_code = NULL;
    }
}

static bool is_ours(const struct engine *e, uintptr_t target)
{
    uintptr_t first = (uintptr_t)e->count_code;
    return target == (uintptr_t)e->client.hook || target - first < CODE_BYTES;
}

void engine_block_counts(struct engine *engine, const void *block, bool has_stores,
                         bool touches_flag, const void *caller)
{
    uintptr_t called = engine->count_code == NULL ? 0 : engine_host_called(caller);
    if (called == 0 || !is_ours(engine, called)) {
        return;
    }
    unsigned char *argument = engine_host_argument(caller);
    if (argument == NULL) {
        return;
    }
    /* Writing code that is about to run is slow: not again what is there. */
    if (memcmp(argument, &block, sizeof block) != 0) {
        memcpy(argument, &block, sizeof block);
    }
    uintptr_t code = (uintptr_t)code_of(engine, has_stores, touches_flag);
    if (called != code) {
        engine_host_redirect(caller, code);
    }
}
