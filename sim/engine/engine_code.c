/*
 * Unicorn's buffer for translated code fills up when a run is long or a guest keeps
 * changing its code. Unicorn then drops every block, and chains the one it comes from, gone by now,
 * to the new one: a crash. So the engine drops them all between two runs, long before; where a run
 * translates that much by itself, it ends it. How full the buffer is, it cannot ask. But it fills
 * from its start, and a block hook knows by its caller where the code of its block lies. On a host
 * that is not known, it is estimated.
 */
#include "sim/engine/engine_internal.h"

/* Dropping touches the whole buffer, so not the 1 GiB that is usual. To be set before all else. */
#define BUFFER_BYTES (UINT32_C(256) << 20)
/* Twice what a boot of Debian's kernel takes. (LD4 takes 6000, but no program is all LD4.) */
#define BLOCK_BYTES       320
#define INSTRUCTION_BYTES 160
/* Unicorn does not report the first block of a run; what was dropped may be one. Of one of 512
 * instructions, the most there are, this is a quarter, which the limit allows for. */
#define FIRST_BLOCK_BYTES (BLOCK_BYTES + 128 * INSTRUCTION_BYTES)

static void on_translated(uc_engine *uc, uc_tb *block, uc_tb *from, void *ctx)
{
    (void)uc, (void)from;
    struct engine *e = ctx;
    e->code_bytes += BLOCK_BYTES + (uint64_t)block->icount * INSTRUCTION_BYTES;
}

uc_err engine_code_init(struct engine *engine)
{
    uc_hook hook;
    engine->code_bytes_max = BUFFER_BYTES / 4;
    uc_err code = uc_ctl_set_tcg_buffer_size(engine->uc, BUFFER_BYTES);
    return code != UC_ERR_OK ? code
                             : uc_hook_add(engine->uc, &hook, UC_HOOK_EDGE_GENERATED,
                                           (void *)(uintptr_t)on_translated, engine, 1, 0);
}

void engine_code_begins(struct engine *engine, const void *code)
{
    engine->code_first = engine->code_top = (uintptr_t)code;
    engine->code_bytes_max = BUFFER_BYTES / 2;
}

void engine_drop_all(struct engine *engine)
{
    engine->drop_all = true;
}

/* From the first block that was translated to the last one that ran; or what is estimated. */
static uint64_t bytes_used(const struct engine *e)
{
    uintptr_t used = e->code_top - e->code_first;
    return e->code_first != 0 && used < BUFFER_BYTES ? used : e->code_bytes;
}

/* A run is let go on beyond the limit, but not to the end of the buffer. */
bool engine_code_is_full(const struct engine *engine)
{
    return bytes_used(engine) > engine->code_bytes_max + engine->code_bytes_max / 2;
}

void engine_code_room(struct engine *engine)
{
    if (engine->code_dropped) {
        engine->code_dropped = false;
        engine->code_bytes += FIRST_BLOCK_BYTES;
    }
    engine->code_bytes = bytes_used(engine);
    if (engine->drop_all || engine->code_bytes > engine->code_bytes_max) {
        uc_err code = uc_ctl_flush_tb(engine->uc);
        BUG_ON(code != UC_ERR_OK);
        engine->code_bytes = 0;
        engine->code_top = engine->code_first;
        engine->drop_all = false;
    }
}
