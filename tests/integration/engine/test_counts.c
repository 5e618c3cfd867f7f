/* Blocks that count themselves come to what a hook that counts them comes to. */
#include <stdlib.h>
#include <string.h>

#include "tests/integration/engine/probe.h"

#define ROUNDS      1000
#define BLOCKS_MAX  8
#define LOOP_BLOCKS 4
#define ALL_BLOCKS  (LOOP_BLOCKS + 2) /* the one that goes before, and the SVC */

/* A block for each variant: plain, with a store, with the flag, with both. */
static const uint32_t program[] = {
    0xd2807d00 /* mov x0, #ROUNDS */, 0xd1000400 /* 1: sub x0, x0, #1 */,
    0x14000001 /* b .+4 */,           0xf9000020 /* str x0, [x1] */,
    0x14000001 /* b .+4 */,           0xc85f7c22 /* ldxr x2, [x1] */,
    0x14000001 /* b .+4 */,           0xc8037c22 /* stxr w3, x2, [x1] */,
    0xb5ffff20 /* cbnz x0, 1b */,     PROBE_SVC,
};

enum { OPENS = 1 << 8, TOUCHES = 1 << 7 };

struct counted {
    uint64_t tag, runs, cycles, pc;
    uint16_t instructions, stores_end, flags;
};

struct counter {
    struct engine *engine;
    uint8_t *ram;
    bool counts_itself;
    unsigned hooks;
    uint64_t tag, now, horizon, instructions, last_store, entry_last_store;
    struct counted *current;
    uint8_t flag, entry_flag;
    struct counted blocks[BLOCKS_MAX];
    unsigned block_count;
};

static struct counted *block_at(struct counter *c, uint64_t pc, uint32_t size_bytes)
{
    for (unsigned i = 0; i < c->block_count; i++) {
        if (c->blocks[i].pc == pc) {
            return &c->blocks[i];
        }
    }
    ck_assert_uint_lt(c->block_count, BLOCKS_MAX);
    struct counted *b = &c->blocks[c->block_count++];
    *b = (struct counted){
        .pc = pc, .cycles = size_bytes, .instructions = (uint16_t)(size_bytes / 4)};
    switch (pc % PROBE_PAGE / 4) {
    case 3:
        b->stores_end = 1;
        break;
    case 5:
        b->flags = TOUCHES | OPENS;
        break;
    case 7:
        b->stores_end = 1;
        b->flags = TOUCHES;
        break;
    }
    return b;
}

static void hook(void *core, uint64_t pc, uint32_t size_bytes, void *ctx)
{
    (void)core;
    struct counter *c = ctx;
    const void *caller = __builtin_return_address(0);
    if (engine_owns_block(c->engine, pc, caller)) {
        return;
    }
    struct counted *b = block_at(c, pc, size_bytes);
    c->hooks++;
    c->now += b->cycles;
    b->runs++;
    b->tag = c->tag;
    c->current = b;
    if (b->stores_end != 0) {
        c->entry_last_store = c->last_store;
        c->last_store = c->instructions + b->stores_end;
    }
    if (b->flags & TOUCHES) {
        c->entry_flag = c->flag;
        c->flag = (b->flags & OPENS) != 0;
    }
    c->instructions += b->instructions;
    if (c->counts_itself) {
        engine_block_counts(c->engine, b, b->stores_end != 0, b->flags & TOUCHES, caller);
    }
}

static enum engine_next on_trap(void *ctx, enum engine_trap kind)
{
    (void)ctx, (void)kind;
    return ENGINE_STOP;
}

static bool on_fill(void *ctx, va_t at, enum engine_access access, struct engine_page *out)
{
    (void)ctx, (void)access;
    *out = (struct engine_page){
        .pa = pa(at.v % PROBE_RAM), .readable = true, .writable = true, .executable = true};
    return true;
}

/* False: this host does not count. */
static bool create(struct counter *c, bool counts)
{
    static const struct engine_tally tally = {
        .tag = offsetof(struct counter, tag),
        .now = offsetof(struct counter, now),
        .horizon = offsetof(struct counter, horizon),
        .instructions = offsetof(struct counter, instructions),
        .current = offsetof(struct counter, current),
        .last_store = offsetof(struct counter, last_store),
        .entry_last_store = offsetof(struct counter, entry_last_store),
        .flag = offsetof(struct counter, flag),
        .entry_flag = offsetof(struct counter, entry_flag),
        .block = {.tag = offsetof(struct counted, tag),
                  .runs = offsetof(struct counted, runs),
                  .cycles = offsetof(struct counted, cycles),
                  .instructions = offsetof(struct counted, instructions),
                  .stores_end = offsetof(struct counted, stores_end),
                  .flags = offsetof(struct counted, flags)},
        .flag_bits = OPENS,
    };
    *c = (struct counter){.tag = 1, .horizon = UINT64_MAX};
    c->ram = aligned_alloc(PROBE_PAGE, PROBE_RAM);
    ck_assert_ptr_nonnull(c->ram);
    memset(c->ram, 0, PROBE_RAM);
    struct err e = {""};
    struct engine_client client = {.ctx = c, .hook = hook, .trap = on_trap, .fill = on_fill};
    c->engine = engine_create(false, &client, &e);
    ck_assert_msg(c->engine != NULL, "%s", e.text);
    ck_assert_msg(engine_map_ram(c->engine, pa(0), PROBE_RAM, c->ram, &e), "%s", e.text);
    c->counts_itself = counts && engine_count_blocks(c->engine, &tally);
    return c->counts_itself == counts;
}

static void run(struct counter *c, uint64_t pc)
{
    memcpy(c->ram + pc % PROBE_RAM, program, sizeof program);
    engine_set_x(c->engine, 1, PROBE_DATA);
    engine_set_pc(c->engine, pc);
    ck_assert_int_eq(engine_run(c->engine), ENGINE_STOPPED_TRAP);
    ck_assert_uint_eq(engine_x(c->engine, 0), 0);
}

static void destroy(struct counter *c)
{
    engine_destroy(c->engine);
    free(c->ram);
}

/* The pc is an argument of the hook, a constant of a few sizes in its code. */
static const uint64_t places[] = {
    0, 0x1000, 0x7ff01000, 0x80001000, 0x123456701000, 0xffffffffff701000, 0xffff800000001000};
#define PLACES (int)(sizeof places / sizeof *places)

START_TEST(blocks_that_count_themselves_count_as_a_hook_does)
{
    struct counter by_hook, by_itself;
    bool counts = create(&by_itself, true);
    ck_assert(create(&by_hook, false));
    if (counts) {
        run(&by_hook, places[_i]);
        run(&by_itself, places[_i]);
        ck_assert_uint_eq(by_hook.hooks, LOOP_BLOCKS * ROUNDS + 1);
        ck_assert_uint_le(by_itself.hooks, 2 * ALL_BLOCKS);
        ck_assert_uint_eq(by_itself.now, by_hook.now);
        ck_assert_uint_eq(by_itself.instructions, by_hook.instructions);
        ck_assert_uint_eq(by_itself.last_store, by_hook.last_store);
        ck_assert_uint_eq(by_itself.entry_last_store, by_hook.entry_last_store);
        ck_assert_uint_eq(by_itself.flag, by_hook.flag);
        ck_assert_uint_eq(by_itself.entry_flag, by_hook.entry_flag);
        ck_assert_uint_eq(by_itself.current->pc, by_hook.current->pc);
        ck_assert_uint_eq(by_itself.block_count, by_hook.block_count);
        for (unsigned i = 0; i < by_hook.block_count; i++) {
            ck_assert_uint_eq(by_itself.blocks[i].pc, by_hook.blocks[i].pc);
            ck_assert_uint_eq(by_itself.blocks[i].runs, by_hook.blocks[i].runs);
        }
    }
    destroy(&by_hook);
    destroy(&by_itself);
}
END_TEST

/* From the horizon on, and where the tag is another. */
START_TEST(a_hook_is_called_where_it_is_not_that_simple)
{
    struct counter c;
    if (create(&c, true)) {
        run(&c, PROBE_CODE);
        uint64_t cycles = c.now;
        c.hooks = 0;
        c.now = 0;
        c.horizon = cycles / 2;
        run(&c, PROBE_CODE);
        ck_assert_uint_eq(c.now, cycles);
        ck_assert_uint_ge(c.hooks, LOOP_BLOCKS * ROUNDS / 2);
        ck_assert_uint_le(c.hooks, LOOP_BLOCKS * (ROUNDS / 2 + 2));
        c.hooks = 0;
        c.horizon = UINT64_MAX;
        c.tag = 2;
        run(&c, PROBE_CODE);
        ck_assert_uint_eq(c.hooks, ALL_BLOCKS);
    }
    destroy(&c);
}
END_TEST

void probe_add_counts(Suite *suite)
{
    TCase *tc = tcase_create("counts");
    tcase_add_loop_test(tc, blocks_that_count_themselves_count_as_a_hook_does, 0, PLACES);
    tcase_add_test(tc, a_hook_is_called_where_it_is_not_that_simple);
    suite_add_tcase(suite, tc);
}
