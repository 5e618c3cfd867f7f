/* The scripted engine plays what it is told, as the real one would call its client. */
#include "sim/engine/engine_script.h"
#include "tests/support/run_suite.h"

#include <check.h>
#include <string.h>

struct seen {
    struct engine *engine;
    unsigned blocks, traps, fills;
    uint64_t pc_in_trap;
    uint32_t size_bytes;
    bool block_answer, fill_answer;
    enum engine_next trap_answer;
};

static struct seen seen;

static bool on_block(void *ctx, uint64_t pc, uint32_t size_bytes)
{
    struct seen *s = ctx;
    (void)pc;
    s->blocks++;
    s->size_bytes = size_bytes;
    return s->block_answer;
}

static enum engine_next on_trap(void *ctx, enum engine_trap kind)
{
    struct seen *s = ctx;
    (void)kind;
    s->traps++;
    s->pc_in_trap = engine_pc(s->engine);
    engine_set_pc(s->engine, s->pc_in_trap + 4);
    return s->trap_answer;
}

static bool on_fill(void *ctx, va_t at, enum engine_access access, struct engine_page *out)
{
    struct seen *s = ctx;
    (void)access;
    s->fills++;
    *out = (struct engine_page){.pa = pa(at.v + 0x1000), .readable = true};
    return s->fill_answer;
}

static void setup(void)
{
    struct err e = {""};
    seen = (struct seen){.block_answer = true, .fill_answer = true};
    struct engine_client client = {
        .ctx = &seen, .block = on_block, .trap = on_trap, .fill = on_fill};
    seen.engine = engine_create(false, &client, &e);
    ck_assert_ptr_nonnull(seen.engine);
}

static void teardown(void)
{
    engine_destroy(seen.engine);
}

#define PLAY(...)                                                                                  \
    static const struct script_step steps[] = {__VA_ARGS__};                                       \
    engine_script_play(seen.engine, steps, sizeof steps / sizeof *steps)

START_TEST(steps_become_callbacks_in_order)
{
    PLAY({SCRIPT_BLOCK, .at = 0x1000, .size_bytes = 8}, {SCRIPT_SET_X, .n = 3, .value = 7},
         {SCRIPT_SET_V, .n = 2, .value = 9},
         {SCRIPT_FILL, .at = 0x8000, .access = ENGINE_READ, .value = 0x1004},
         {SCRIPT_TRAP, .at = 0x1004, .trap = ENGINE_TRAP_SVC});
    seen.trap_answer = ENGINE_STOP;
    ck_assert_int_eq(engine_run(seen.engine), ENGINE_STOPPED_TRAP);
    ck_assert_uint_eq(seen.blocks, 1);
    ck_assert_uint_eq(seen.size_bytes, 8);
    ck_assert_uint_eq(seen.pc_in_trap, 0x1004);
    ck_assert_uint_eq(engine_pc(seen.engine), 0x1008);
    ck_assert_uint_eq(engine_x(seen.engine, 3), 7);
    uint64_t v[2];
    engine_v(seen.engine, 2, v);
    ck_assert_uint_eq(v[0], 9);
    ck_assert_uint_eq(engine_script_granted(seen.engine).pa.v, 0x9000);
    ck_assert_uint_eq(engine_script_played(seen.engine), 5);
    ck_assert_uint_eq(engine_stats(seen.engine)->traps, 1);
    ck_assert_uint_eq(engine_stats(seen.engine)->hooks, seen.blocks);
}
END_TEST

START_TEST(refused_block_is_played_again)
{
    PLAY({SCRIPT_BLOCK, .at = 0x1000, .size_bytes = 8}, {SCRIPT_TRAP, .at = 0x1004});
    seen.block_answer = false;
    ck_assert_int_eq(engine_run(seen.engine), ENGINE_STOPPED_BLOCK);
    ck_assert_uint_eq(engine_pc(seen.engine), 0x1000);
    seen.block_answer = true;
    seen.trap_answer = ENGINE_STOP;
    ck_assert_int_eq(engine_run(seen.engine), ENGINE_STOPPED_TRAP);
    ck_assert_uint_eq(seen.blocks, 2);
}
END_TEST

START_TEST(refused_fill_ends_the_run_at_its_instruction)
{
    PLAY({SCRIPT_FILL, .at = 0x8000, .access = ENGINE_WRITE, .value = 0x2008});
    seen.fill_answer = false;
    ck_assert_int_eq(engine_run(seen.engine), ENGINE_STOPPED_REFUSED);
    ck_assert_uint_eq(engine_pc(seen.engine), 0x2008);
    ck_assert_uint_eq(engine_refusal(seen.engine).at.v, 0x8000);
    ck_assert_int_eq(engine_refusal(seen.engine).access, ENGINE_WRITE);
}
END_TEST

START_TEST(trap_that_continues_plays_on)
{
    PLAY({SCRIPT_TRAP, .at = 0x1000}, {SCRIPT_EXPECT, .at = 0x1004, .n = 0},
         {SCRIPT_EXPECT, .at = 0x1008, .n = 0});
    seen.trap_answer = ENGINE_CONTINUE;
    ck_assert_int_eq(engine_run(seen.engine), ENGINE_STOPPED_FAILED);
    ck_assert_ptr_nonnull(strstr(engine_failure(seen.engine), "not where the script expects"));
    ck_assert_uint_eq(engine_script_played(seen.engine), 2);
}
END_TEST

START_TEST(exact_run_ends_at_until_or_at_a_trap)
{
    PLAY({.kind = SCRIPT_UNTIL}, {.kind = SCRIPT_UNTIL}, {SCRIPT_TRAP, .at = 0x1010});
    ck_assert_int_eq(engine_run_until(seen.engine, va(0x100c)), ENGINE_STOPPED_UNTIL);
    ck_assert_uint_eq(engine_pc(seen.engine), 0x100c);
    seen.trap_answer = ENGINE_CONTINUE;
    ck_assert_int_eq(engine_run(seen.engine), ENGINE_STOPPED_FAILED); /* past it, to the end */
    engine_script_play(seen.engine, steps + 2, 1);
    ck_assert_int_eq(engine_run_until(seen.engine, va(0x1020)), ENGINE_STOPPED_TRAP);
}
END_TEST

START_TEST(end_of_the_script_is_a_failure)
{
    PLAY({SCRIPT_SET_X, .n = 31, .value = 1}, {.kind = SCRIPT_FAIL});
    ck_assert_int_eq(engine_run(seen.engine), ENGINE_STOPPED_FAILED);
    ck_assert_ptr_nonnull(strstr(engine_failure(seen.engine), "as scripted"));
    ck_assert_int_eq(engine_run(seen.engine), ENGINE_STOPPED_FAILED);
    ck_assert_ptr_nonnull(strstr(engine_failure(seen.engine), "over"));
}
END_TEST

START_TEST(requests_are_logged)
{
    struct engine *engine = seen.engine;
    engine_set_view(engine, 2);
    engine_flush_range(engine, 1, va(0x4000), 4096);
    engine_code_changed(engine, pa(0x5000), 64);
    engine_set_natives(engine, (struct engine_natives){.daif = true});
    size_t count;
    const struct script_log *log = engine_script_log(engine, &count);
    ck_assert_uint_eq(count, 4);
    ck_assert(log[0].call == SCRIPT_SET_VIEW && log[0].a == 2);
    ck_assert(log[1].call == SCRIPT_FLUSH_RANGE && log[1].a == 1 && log[1].b == 0x4000 &&
              log[1].c == 4096);
    ck_assert(log[2].call == SCRIPT_CODE_CHANGED && log[2].b == 0x5000 && log[2].c == 64);
    ck_assert(log[3].call == SCRIPT_SET_NATIVES && log[3].a == 1);
    for (unsigned i = 0; i < 1000; i++) {
        engine_flush_view(engine, 0);
    }
    log = engine_script_log(engine, &count);
    ck_assert_uint_eq(count, 256);
    ck_assert(log[0].call == SCRIPT_FLUSH_VIEW);
    engine_script_forget_log(engine);
    engine_script_log(engine, &count);
    ck_assert_uint_eq(count, 0);
}
END_TEST

START_TEST(registers_keep_what_is_written)
{
    struct engine *engine = seen.engine;
    for (unsigned n = 0; n < 32; n++) {
        engine_set_x(engine, n, n + 1);
        ck_assert_uint_eq(engine_x(engine, n), n + 1);
    }
    engine_set_nzcv(engine, UINT32_MAX);
    engine_set_daif(engine, UINT8_MAX);
    ck_assert_uint_eq(engine_nzcv(engine), UINT32_C(0xf0000000));
    ck_assert_uint_eq(engine_daif(engine), 15);
    engine_set_tpidr_el0(engine, 5);
    engine_set_tpidrro_el0(engine, 6);
    engine_set_fpcr(engine, 7);
    engine_set_fpsr(engine, 8);
    ck_assert_uint_eq(engine_tpidr_el0(engine), 5);
    ck_assert_uint_eq(engine_tpidrro_el0(engine), 6);
    ck_assert_uint_eq(engine_fpcr(engine), 7);
    ck_assert_uint_eq(engine_fpsr(engine), 8);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("engine_script");
    TCase *tc = tcase_create("script");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, steps_become_callbacks_in_order);
    tcase_add_test(tc, refused_block_is_played_again);
    tcase_add_test(tc, refused_fill_ends_the_run_at_its_instruction);
    tcase_add_test(tc, trap_that_continues_plays_on);
    tcase_add_test(tc, exact_run_ends_at_until_or_at_a_trap);
    tcase_add_test(tc, end_of_the_script_is_a_failure);
    tcase_add_test(tc, requests_are_logged);
    tcase_add_test(tc, registers_keep_what_is_written);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}
