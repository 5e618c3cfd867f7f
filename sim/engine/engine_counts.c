/*
 * Blocks that count themselves (engine_count_blocks()). Generated code calls the client's hook
 * before each run of a block. When the hook has seen a block, it calls from now on a few
 * instructions made for this block: they do what the hook would, its costs being constants of
 * theirs, and go to the hook whenever it is not that simple.
 *
 * A call is only redirected if it goes to the hook, or where it was redirected to before.
 * Translated code that is dropped takes its calls with it. So what is made for a block lives until
 * all translated code has been dropped (engine_drop_all()).
 */
#define _DEFAULT_SOURCE /* MAP_ANONYMOUS */
#include "sim/engine/engine_internal.h"

#include <string.h>
#include <sys/mman.h>

#include "sim/base/pages.h"

static unsigned char *code_of(const struct engine *e, unsigned index)
{
    return e->count_code + (size_t)index * ENGINE_COUNT_BYTES;
}

bool engine_count_blocks(struct engine *engine, const struct engine_tally *tally, unsigned count)
{
    unsigned char probe[ENGINE_COUNT_BYTES];
    struct engine_block_cost cost = {.stores_end = 1, .touches_flag = true};
    size_t size_bytes = engine_host_count_code(probe, tally, &cost, NULL);
    BUG_ON(engine->client.hook == NULL || size_bytes > sizeof probe);
    if (size_bytes == 0) {
        return false;
    }
    engine->count_code_bytes = (size_t)count * ENGINE_COUNT_BYTES;
    void *code = mmap(NULL, engine->count_code_bytes, PROT_READ | PROT_WRITE | PROT_EXEC,
                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (code == MAP_FAILED) {
        return false;
    }
    pages_large_later(code, engine->count_code_bytes);
    engine->count_code = code;
    engine->tally = *tally;
    return true;
}

void engine_counts_destroy(struct engine *engine)
{
    if (engine->count_code != NULL) {
        munmap(engine->count_code, engine->count_code_bytes);
    }
}

void engine_block_cost(struct engine *engine, unsigned index, const struct engine_block_cost *cost)
{
    if (engine->count_code != NULL) {
        engine_host_count_code(code_of(engine, index), &engine->tally, cost,
                               (void *)(uintptr_t)engine->client.hook);
    }
}

static bool is_ours(const struct engine *e, uintptr_t target)
{
    uintptr_t first = (uintptr_t)e->count_code;
    return target == (uintptr_t)e->client.hook || target - first < e->count_code_bytes;
}

void engine_block_counts(struct engine *engine, unsigned index, const void *caller)
{
    uintptr_t code = (uintptr_t)code_of(engine, index);
    uintptr_t called = engine->count_code == NULL ? 0 : engine_host_called(caller);
    /* Writing code that is about to run is slow: not again what is there. */
    if (called != 0 && called != code && is_ours(engine, called)) {
        engine_host_redirect(caller, code);
    }
}
