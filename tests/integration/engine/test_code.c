/* Changed code: what the engine sees by itself and what engine_code_changed() must tell it. */
#include "sim/engine/engine_internal.h"
#include "tests/integration/engine/probe.h"

#define ADD_1 UINT32_C(0x91000421)
#define ADD_2 UINT32_C(0x91000821)
#define ALIAS PROBE_RAM /* the same physical pages again */

/* Runs "add x1, x1, #?; svc" at pc and returns what it added. */
static uint64_t run_add(struct probe *p, uint64_t pc)
{
    engine_set_x(p->engine, 1, 0);
    ck_assert_int_eq(probe_run(p, pc), ENGINE_STOPPED_TRAP);
    return engine_x(p->engine, 1);
}

/* Stores `word` to `at` by guest code at PROBE_CODE + 0x800. */
static void store_by_guest(struct probe *p, uint64_t at, uint32_t word)
{
    PROBE_CODE_AT(p, PROBE_CODE + 0x800, 0xb9000001 /* str w1, [x0] */, PROBE_SVC);
    engine_set_x(p->engine, 0, at);
    engine_set_x(p->engine, 1, word);
    ck_assert_int_eq(probe_run(p, PROBE_CODE + 0x800), ENGINE_STOPPED_TRAP);
}

START_TEST(host_write_needs_code_changed)
{
    struct probe *p = probe_create(false);
    PROBE_CODE_AT(p, PROBE_CODE, ADD_1, PROBE_SVC);
    for (unsigned view = 0; view < ENGINE_VIEWS; view++) {
        engine_set_view(p->engine, view);
        PROBE_CODE_AT(p, PROBE_CODE, ADD_1);
        engine_code_changed(p->engine, pa(PROBE_CODE), 4);
        ck_assert_uint_eq(run_add(p, PROBE_CODE), 1);
        PROBE_CODE_AT(p, PROBE_CODE, ADD_2);
        ck_assert_uint_eq(run_add(p, PROBE_CODE), 1); /* the engine cannot know */
        engine_code_changed(p->engine, pa(PROBE_CODE), 4);
        ck_assert_uint_eq(run_add(p, PROBE_CODE), 2);
    }
    probe_destroy(p);
}
END_TEST

/* The block is found by its physical address, whatever view and alias it ran at. */
START_TEST(code_changed_drops_the_block_of_every_alias_and_view)
{
    struct probe *p = probe_create(false);
    PROBE_CODE_AT(p, PROBE_CODE, ADD_1, PROBE_SVC);
    for (unsigned view = 0; view < ENGINE_VIEWS; view++) {
        engine_set_view(p->engine, view);
        ck_assert_uint_eq(run_add(p, PROBE_CODE), 1);
        ck_assert_uint_eq(run_add(p, PROBE_CODE + ALIAS), 1);
    }
    PROBE_CODE_AT(p, PROBE_CODE, ADD_2);
    engine_set_view(p->engine, 1);
    engine_code_changed(p->engine, pa(PROBE_CODE), 4);
    for (unsigned view = 0; view < ENGINE_VIEWS; view++) {
        engine_set_view(p->engine, view);
        ck_assert_uint_eq(run_add(p, PROBE_CODE), 2);
        ck_assert_uint_eq(run_add(p, PROBE_CODE + ALIAS), 2);
    }
    probe_destroy(p);
}
END_TEST

/* It asks the client nothing, and the view's own translations stay. */
START_TEST(code_changed_leaves_no_trace_in_translation)
{
    struct probe *p = probe_create(false);
    PROBE_CODE_AT(p, PROBE_CODE, ADD_1, PROBE_SVC);
    ck_assert_uint_eq(run_add(p, PROBE_CODE), 1);
    p->event_count = 0;
    engine_code_changed(p->engine, pa(PROBE_CODE), 4);
    engine_code_suspect(p->engine);
    ck_assert_uint_eq(p->event_count, 0);
    ck_assert_uint_eq(run_add(p, PROBE_CODE), 1);
    ck_assert_uint_eq(probe_count(p, EVENT_FILL, PROBE_ANY), 0);
    probe_destroy(p);
}
END_TEST

/* All of it, and of a page no more. */
START_TEST(code_changed_of_a_range_drops_all_of_it)
{
    struct probe *p = probe_create(false);
    static const uint64_t offsets[] = {0, PROBE_PAGE - 8, PROBE_PAGE, PROBE_PAGE + 64,
                                       2 * PROBE_PAGE + 64};
    for (unsigned i = 0; i < 5; i++) {
        PROBE_CODE_AT(p, PROBE_CODE + offsets[i], ADD_1, PROBE_SVC);
        ck_assert_uint_eq(run_add(p, PROBE_CODE + offsets[i]), 1);
        PROBE_CODE_AT(p, PROBE_CODE + offsets[i], ADD_2);
    }
    engine_code_changed(p->engine, pa(PROBE_CODE + 2), PROBE_PAGE); /* and 2 bytes of the next */
    for (unsigned i = 0; i < 5; i++) {
        ck_assert_uint_eq(run_add(p, PROBE_CODE + offsets[i]), i < 3 ? 2 : 1);
    }
    for (unsigned i = 3; i < 5; i++) {
        engine_code_changed(p->engine, pa(PROBE_CODE + offsets[i]), 4);
        ck_assert_uint_eq(run_add(p, PROBE_CODE + offsets[i]), 2);
    }
    probe_destroy(p);
}
END_TEST

/* The middle of a block counts, and a block that begins before the range. */
START_TEST(code_changed_drops_a_block_that_begins_before)
{
    struct probe *p = probe_create(false);
    PROBE_CODE_AT(p, PROBE_CODE, PROBE_NOP, PROBE_NOP, ADD_1, PROBE_SVC);
    ck_assert_uint_eq(run_add(p, PROBE_CODE), 1);
    PROBE_CODE_AT(p, PROBE_CODE + 8, ADD_2);
    engine_code_changed(p->engine, pa(PROBE_CODE + 8), 4);
    ck_assert_uint_eq(run_add(p, PROBE_CODE), 2);
    probe_destroy(p);
}
END_TEST

/* Inside trap(), as IC IVAU is emulated there, with the code right after the trap changed. */
static enum engine_next change_next(struct probe *p, enum engine_trap kind)
{
    if (kind == ENGINE_TRAP_UNDEF) {
        PROBE_CODE_AT(p, PROBE_CODE + 4, ADD_2);
        engine_code_changed(p->engine, pa(PROBE_CODE), 64);
    }
    return probe_skip(p, kind);
}

START_TEST(code_changed_in_a_trap_changes_the_next_instruction)
{
    struct probe *p = probe_create(false);
    PROBE_CODE_AT(p, PROBE_CODE, 0xd50b7520 /* ic ivau, x0 */, ADD_1, PROBE_SVC);
    p->on_trap = change_next;
    engine_set_x(p->engine, 1, 0);
    ck_assert_int_eq(probe_run(p, PROBE_CODE), ENGINE_STOPPED_TRAP);
    ck_assert_uint_eq(engine_x(p->engine, 1), 2);
    PROBE_CODE_AT(p, PROBE_CODE + 4, ADD_1);
    engine_code_changed(p->engine, pa(PROBE_CODE), 64);
    engine_set_x(p->engine, 1, 0);
    ck_assert_int_eq(probe_run(p, PROBE_CODE), ENGINE_STOPPED_TRAP);
    ck_assert_uint_eq(engine_x(p->engine, 1), 2);
    probe_destroy(p);
}
END_TEST

/* What Unicorn sees without being told: more than ARM asks for, and never relied on. A store
 * through the address the code ran at is seen; through an alias it is not (2.1.1). */
START_TEST(guest_store_through_an_alias_needs_code_changed)
{
    struct probe *p = probe_create(false);
    PROBE_CODE_AT(p, PROBE_CODE, ADD_1, PROBE_SVC);
    ck_assert_uint_eq(run_add(p, PROBE_CODE), 1);
    store_by_guest(p, PROBE_CODE + ALIAS, ADD_2);
    engine_code_changed(p->engine, pa(PROBE_CODE), 4);
    ck_assert_uint_eq(run_add(p, PROBE_CODE), 2);
    store_by_guest(p, PROBE_CODE, ADD_1);
    engine_code_changed(p->engine, pa(PROBE_CODE), 4);
    ck_assert_uint_eq(run_add(p, PROBE_CODE), 1);
    probe_destroy(p);
}
END_TEST

/* Code that rewrites itself just ahead, without maintenance: must end, and run old or new. */
START_TEST(self_modifying_code_does_not_crash)
{
    struct probe *p = probe_create(false);
    PROBE_CODE_AT(p, PROBE_CODE, 0xb9000002 /* str w2, [x0] */, 0x91000421 /* add x1, x1, #1 */,
                  0xf1000463 /* subs x3, x3, #1 */, 0x54ffffa1 /* b.ne .-12 */, PROBE_SVC);
    engine_set_x(p->engine, 0, PROBE_CODE + 4);
    engine_set_x(p->engine, 2, ADD_2);
    engine_set_x(p->engine, 3, 100);
    uint64_t sum = run_add(p, PROBE_CODE);
    ck_assert_msg(sum >= 100 && sum <= 200, "%llu", (unsigned long long)sum);
    probe_destroy(p);
}
END_TEST

START_TEST(code_changed_outside_ram_or_of_data_is_nothing)
{
    struct probe *p = probe_create(false);
    engine_code_changed(p->engine, pa(UINT64_C(1) << 47), 4096);
    engine_code_changed(p->engine, pa(PROBE_RAM - 4), 4096);
    engine_code_changed(p->engine, pa(PROBE_DATA), 0);
    engine_code_changed(p->engine, pa(PROBE_DATA), UINT64_MAX);
    probe_destroy(p);
}
END_TEST

/* Unallocated half-precision SIMD words on which Unicorn's MAX model aborts the program. */
static const uint32_t deadly[] = {
    0x0e402c00, 0x0ec01c00, 0x0ec02400, 0x2e400c00, 0x2ec00c00, 0x2ec01c00, 0x0e780800, 0x0e786800,
    0x0e796800, 0x0ef94800, 0x2e786800, 0x2ef90800, 0x4e780800, 0x4e786800, 0x4ef94800, 0x5e783800,
    0x6e782800, 0x6ef80800, 0x7e796800, 0x4ec11e5c, 0x4e795aac, 0x7e792a2e, 0x6ef9ea28,
};

static const unsigned deadly_count = sizeof deadly / sizeof *deadly;

/* They are UNDEF, and everything around them is as it should be. */
START_TEST(word_that_unicorn_aborts_on_is_undef)
{
    struct probe *p = probe_create(true);
    for (unsigned i = 0; i < 32; i++) {
        engine_set_view(p->engine, i % ENGINE_VIEWS);
        uint32_t word = deadly[(unsigned)_i] | (i * 0x21 & 0x3ff); /* other registers */
        PROBE_CODE_AT(p, PROBE_CODE, ADD_1, word, ADD_2, 0x18ffffc2 /* ldr w2, .-8 */, PROBE_SVC);
        engine_code_changed(p->engine, pa(PROBE_CODE), 20);
        p->on_trap = probe_skip;
        engine_set_x(p->engine, 1, 0);
        ck_assert_int_eq(probe_run(p, PROBE_CODE), ENGINE_STOPPED_TRAP);
        ck_assert_uint_eq(probe_count(p, EVENT_TRAP, PROBE_CODE + 4), 1);
        ck_assert_uint_eq(probe_count(p, EVENT_TRAP, PROBE_ANY), 2);
        ck_assert_uint_eq(engine_x(p->engine, 1), 3);
        ck_assert_uint_eq(engine_x(p->engine, 2), word); /* data is the page itself */
    }
    probe_destroy(p);
}
END_TEST

/* More pages than there are private copies; code that comes and goes; stores by the guest. */
START_TEST(pages_that_unicorn_aborts_on_may_be_many)
{
    struct probe *p = probe_create(true);
    p->engine->slot_count = ENGINE_SLOTS - 100; /* the others are some other code's */
    p->on_trap = probe_skip;
    for (unsigned round = 0; round < 3; round++) {
        for (unsigned i = 0; i < 150; i++) {
            uint64_t pc = 0x20000 + i * PROBE_PAGE;
            uint32_t word = deadly[(i + round) % deadly_count];
            PROBE_CODE_AT(p, pc, round == 1 ? PROBE_NOP : word, round == 2 ? ADD_2 : ADD_1,
                          PROBE_SVC);
            if (round != 0) {
                engine_code_changed(p->engine, pa(pc), 12);
            }
            engine_set_x(p->engine, 1, 0);
            ck_assert_int_eq(probe_run(p, pc), ENGINE_STOPPED_TRAP);
            ck_assert_uint_eq(engine_x(p->engine, 1), round == 2 ? 2 : 1);
            ck_assert_uint_eq(probe_count(p, EVENT_TRAP, PROBE_ANY), round == 1 ? 1 : 2);
        }
    }
    ck_assert_uint_lt(p->engine->slot_count, ENGINE_SLOTS - 100); /* they did run out */
    store_by_guest(p, 0x20000, PROBE_NOP);
    engine_code_changed(p->engine, pa(0x20000), 4);
    ck_assert_uint_eq(run_add(p, 0x20000), 2);
    store_by_guest(p, 0x20000, deadly[0]);
    ck_assert_uint_eq(run_add(p, 0x20004), 2);
    store_by_guest(p, 0x20000 + ALIAS, deadly[1]);
    engine_code_changed(p->engine, pa(0x20000), 4);
    ck_assert_uint_eq(run_add(p, 0x20000), 2);
    probe_destroy(p);
}
END_TEST

static uint32_t next_random(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + 1442695040888963407;
    return (uint32_t)(*state >> 32);
}

static enum engine_next skip_some(struct probe *p, enum engine_trap kind)
{
    (void)kind;
    if (p->event_count > 300) {
        return ENGINE_STOP;
    }
    engine_set_pc(p->engine, engine_pc(p->engine) + 4);
    return ENGINE_CONTINUE;
}

static bool stop_in_time(struct probe *p)
{
    enum engine_stop stop = probe_run(p, PROBE_CODE);
    return stop == ENGINE_STOPPED_TRAP || stop == ENGINE_STOPPED_REFUSED ||
           stop == ENGINE_STOPPED_BLOCK;
}

/* Random words, biased to what is allocated, over code and data in the same pages: the engine
 * itself never fails. */
START_TEST(random_code_never_makes_the_engine_fail)
{
    uint64_t state = (uint64_t)_i + 1;
    struct probe *p = probe_create(_i % 2 != 0);
    p->on_trap = skip_some;
    p->block_limit = 200;
    for (unsigned round = 0; round < 200; round++) {
        for (unsigned i = 0; i < 64; i++) {
            uint32_t word = next_random(&state);
            PROBE_CODE_AT(p, PROBE_CODE + 4 * i, i == 63 ? PROBE_SVC : word);
        }
        engine_code_changed(p->engine, pa(PROBE_CODE), 256);
        for (unsigned n = 0; n < 32; n++) {
            engine_set_x(p->engine, n, PROBE_CODE + next_random(&state) % 4096);
        }
        engine_set_view(p->engine, round % ENGINE_VIEWS);
        ck_assert_msg(stop_in_time(p), "seed %d, round %u: %s", _i + 1, round,
                      engine_failure(p->engine));
        if (round % 16 == 0) {
            engine_flush_view(p->engine, round % ENGINE_VIEWS);
        }
    }
    probe_destroy(p);
}
END_TEST

/* The real limit is 128 MiB; without it, Unicorn ends the program when its buffer is full.
 */
START_TEST(too_much_code_is_dropped_and_translated_again)
{
    struct probe *p = probe_create(false);
    PROBE_CODE_AT(p, PROBE_CODE, ADD_1, PROBE_SVC);
    p->engine->code_bytes_max = 64 * 1024;
    unsigned flushes = 0;
    for (unsigned i = 0; i < 1000; i++) {
        uint64_t before = p->engine->code_bytes;
        ck_assert_uint_eq(run_add(p, PROBE_CODE), 1);
        ck_assert_uint_eq(run_add(p, PROBE_CODE + ALIAS), 1);
        engine_code_changed(p->engine, pa(PROBE_CODE), 4);
        flushes += p->engine->code_bytes < before;
        ck_assert_uint_le(p->engine->code_bytes, 66 * 1024);
    }
    ck_assert_uint_gt(flushes, 1);
    probe_destroy(p);
}
END_TEST

/* In one run: it ends before a block, makes room, and goes on with that block. */
START_TEST(run_that_translates_too_much_goes_on)
{
    struct probe *p = probe_create(false);
    uint64_t end = PROBE_CODE + 3 * PROBE_PAGE;
    for (uint64_t at = PROBE_CODE; at < end; at += 4) {
        PROBE_CODE_AT(p, at, 0x4c400000 /* ld4 {v0.16b, v1.16b, v2.16b, v3.16b}, [x0] */);
    }
    PROBE_CODE_AT(p, end, PROBE_SVC);
    p->engine->code_bytes_max = 4 << 20;
    engine_set_x(p->engine, 0, PROBE_DATA);
    ck_assert_int_eq(probe_run(p, PROBE_CODE), ENGINE_STOPPED_TRAP);
    ck_assert_uint_eq(engine_pc(p->engine), end);
    uint64_t next = PROBE_CODE;
    for (unsigned i = 0; i < probe_count(p, EVENT_BLOCK, PROBE_ANY); i++) {
        ck_assert_uint_eq(probe_event(p, EVENT_BLOCK, i)->at, next); /* once */
        next += probe_event(p, EVENT_BLOCK, i)->detail;
    }
    ck_assert_uint_eq(next, end + 4);
    ck_assert_uint_lt(p->engine->code_top - p->engine->code_first, 7 << 20);
    probe_destroy(p);
}
END_TEST

void probe_add_code(Suite *suite)
{
    TCase *tc = tcase_create("code");
    tcase_set_timeout(tc, 60); /* a busy machine */
    tcase_add_test(tc, host_write_needs_code_changed);
    tcase_add_test(tc, too_much_code_is_dropped_and_translated_again);
    tcase_add_test(tc, run_that_translates_too_much_goes_on);
    tcase_add_test(tc, code_changed_drops_the_block_of_every_alias_and_view);
    tcase_add_test(tc, code_changed_leaves_no_trace_in_translation);
    tcase_add_test(tc, code_changed_of_a_range_drops_all_of_it);
    tcase_add_test(tc, code_changed_drops_a_block_that_begins_before);
    tcase_add_test(tc, code_changed_in_a_trap_changes_the_next_instruction);
    tcase_add_test(tc, guest_store_through_an_alias_needs_code_changed);
    tcase_add_test(tc, self_modifying_code_does_not_crash);
    tcase_add_test(tc, code_changed_outside_ram_or_of_data_is_nothing);
    tcase_add_loop_test(tc, word_that_unicorn_aborts_on_is_undef, 0, (int)deadly_count);
    tcase_add_test(tc, pages_that_unicorn_aborts_on_may_be_many);
    tcase_add_loop_test(tc, random_code_never_makes_the_engine_fail, 0, 20);
    suite_add_tcase(suite, tc);
}
