/* Views are independent; flushes reach exactly what they must, at once or when a view is selected.
 */
#include "sim/engine/engine_internal.h"
#include "tests/integration/engine/probe.h"

#include <string.h>
#include <sys/utsname.h>

/* Reads four pages from PROBE_DATA on; code in one page at PROBE_CODE. */
static struct probe *create(void)
{
    struct probe *p = probe_create(false);
    PROBE_CODE_AT(p, PROBE_CODE, 0xf9400001 /* ldr x1, [x0] */,
                  0xf9480001 /* ldr x1, [x0, #4096] */, 0xf9500001 /* ldr x1, [x0, #8192] */,
                  0xf9580001 /* ldr x1, [x0, #12288] */, PROBE_SVC);
    return p;
}

/* Runs it in a view, and says which of the four pages were asked for, as a bit mask; bit 4: the
 * code page. */
static unsigned run_in(struct probe *p, unsigned view)
{
    engine_set_view(p->engine, view);
    engine_set_x(p->engine, 0, PROBE_DATA);
    ck_assert_int_eq(probe_run(p, PROBE_CODE), ENGINE_STOPPED_TRAP);
    unsigned asked = 0;
    for (unsigned i = 0; i < 4; i++) {
        asked |= (unsigned)(probe_count(p, EVENT_FILL, PROBE_DATA + i * PROBE_PAGE) != 0) << i;
    }
    return asked | (unsigned)(probe_count(p, EVENT_FILL, PROBE_CODE) != 0) << 4;
}

START_TEST(each_view_has_its_own_translations)
{
    struct probe *p = create();
    for (unsigned view = 0; view < ENGINE_VIEWS; view++) {
        ck_assert_uint_eq(run_in(p, view), 0x1f);
    }
    for (unsigned view = 0; view < 2 * ENGINE_VIEWS; view++) {
        ck_assert_uint_eq(run_in(p, view % ENGINE_VIEWS), 0);
    }
    probe_destroy(p);
}
END_TEST

/* The same address may be different memory in each view. */
START_TEST(views_may_disagree)
{
    struct probe *p = create();
    for (unsigned view = 0; view < ENGINE_VIEWS; view++) {
        p->rule_count = 0;
        probe_rule(p, PROBE_DATA + 3 * PROBE_PAGE, 0x20000 + view * PROBE_PAGE, true, true, false);
        probe_write64(p, 0x20000 + view * PROBE_PAGE, 100 + view);
        run_in(p, view);
    }
    for (unsigned view = 0; view < ENGINE_VIEWS; view++) {
        ck_assert_uint_eq(run_in(p, view), 0);
        ck_assert_uint_eq(engine_x(p->engine, 1), 100 + view);
    }
    probe_destroy(p);
}
END_TEST

/* And different code: blocks are found by their physical address. */
START_TEST(views_may_run_different_code_at_one_address)
{
    struct probe *p = probe_create(false);
    for (unsigned turn = 0; turn < 2; turn++) {
        for (unsigned view = 0; view < ENGINE_VIEWS; view++) {
            uint64_t to = 0x20000 + view * PROBE_PAGE;
            PROBE_CODE_AT(p, to, 0xd28000a1 /* mov x1, #5 */ + (view << 5), PROBE_SVC);
            p->rule_count = 0;
            probe_rule(p, PROBE_CODE, to, true, false, true);
            engine_set_view(p->engine, view);
            ck_assert_int_eq(probe_run(p, PROBE_CODE), ENGINE_STOPPED_TRAP);
            ck_assert_uint_eq(engine_x(p->engine, 1), 5 + view);
            ck_assert_uint_eq(probe_count(p, EVENT_FILL, PROBE_ANY), turn == 0);
        }
    }
    probe_destroy(p);
}
END_TEST

START_TEST(flush_of_a_view_leaves_the_others)
{
    for (unsigned flushed = 0; flushed < ENGINE_VIEWS; flushed++) {
        for (unsigned selected = 0; selected < ENGINE_VIEWS; selected++) {
            struct probe *p = create();
            for (unsigned view = 0; view < ENGINE_VIEWS; view++) {
                run_in(p, view);
            }
            engine_set_view(p->engine, selected);
            engine_flush_view(p->engine, flushed);
            for (unsigned view = 0; view < ENGINE_VIEWS; view++) {
                ck_assert_uint_eq(run_in(p, view), view == flushed ? 0x1f : 0);
            }
            probe_destroy(p);
        }
    }
}
END_TEST

/* Every combination of four pages, from the selected view and from another one. */
START_TEST(flush_of_a_range_reaches_each_page_of_it)
{
    for (unsigned selected = 0; selected < 2; selected++) {
        for (unsigned first = 0; first < 4; first++) {
            for (unsigned count = 1; first + count <= 4; count++) {
                struct probe *p = create();
                run_in(p, 0);
                run_in(p, 1);
                engine_set_view(p->engine, selected);
                engine_flush_range(p->engine, 0, va(PROBE_DATA + first * PROBE_PAGE),
                                   count * PROBE_PAGE);
                ck_assert_uint_eq(run_in(p, 1), 0);
                unsigned expected = ((1u << count) - 1) << first;
                ck_assert_uint_eq(run_in(p, 0), expected);
                ck_assert_uint_eq(run_in(p, 0), 0);
                probe_destroy(p);
            }
        }
    }
}
END_TEST

/* Code at the start of a page, and at its end. */
START_TEST(flush_of_a_range_of_code_asks_again)
{
    unsigned view = (unsigned)_i;
    for (uint64_t at = 0; at < PROBE_PAGE; at += PROBE_PAGE - 8) {
        struct probe *p = probe_create(false);
        uint64_t pc = 0x4000 + at;
        PROBE_CODE_AT(p, pc, 0xd2800021 /* mov x1, #1 */, PROBE_SVC);
        PROBE_CODE_AT(p, 0x20000 + at, 0xd2800041 /* mov x1, #2 */, PROBE_SVC);
        engine_set_view(p->engine, view);
        ck_assert_int_eq(probe_run(p, pc), ENGINE_STOPPED_TRAP);
        ck_assert_uint_eq(engine_x(p->engine, 1), 1);
        probe_rule(p, pc, 0x20000, true, true, true);
        ck_assert_int_eq(probe_run(p, pc), ENGINE_STOPPED_TRAP);
        ck_assert_uint_eq(engine_x(p->engine, 1), 1);
        engine_flush_range(p->engine, view, va(0x4000), PROBE_PAGE);
        ck_assert_int_eq(probe_run(p, pc), ENGINE_STOPPED_TRAP);
        ck_assert_uint_eq(engine_x(p->engine, 1), 2);
        probe_destroy(p);
    }
}
END_TEST

/* TLBI VAE1 drops a page of code alone. View 1 it does not reach: there, all goes. */
START_TEST(flush_of_a_page_of_code_leaves_the_others)
{
    unsigned view = (unsigned)_i;
    struct probe *p = create();
    PROBE_CODE_AT(p, 0x4000, PROBE_NOP, PROBE_SVC);
    ck_assert_uint_eq(run_in(p, view), 0x1f);
    ck_assert_int_eq(probe_run(p, 0x4000), ENGINE_STOPPED_TRAP);
    engine_flush_range(p->engine, view, va(0x4000), PROBE_PAGE);
    ck_assert_uint_eq(run_in(p, view), view == 1 ? 0x1f : 0);
    ck_assert_int_eq(probe_run(p, 0x4000), ENGINE_STOPPED_TRAP);
    ck_assert_uint_eq(probe_count(p, EVENT_FILL, 0x4000), 1);
    probe_destroy(p);
}
END_TEST

/* A page that was data, is flushed as such, and is jumped to: asked for like any other. */
START_TEST(flushed_page_can_be_jumped_to)
{
    for (unsigned view = 0; view < ENGINE_VIEWS; view++) {
        struct probe *p = create();
        uint64_t to = PROBE_DATA + PROBE_PAGE;
        PROBE_CODE_AT(p, to, 0xd28000e1 /* mov x1, #7 */, PROBE_SVC);
        PROBE_CODE_AT(p, PROBE_CODE + 0x100, 0xd61f0000 /* br x0 */);
        run_in(p, view);
        engine_flush_range(p->engine, view, va(to), PROBE_PAGE);
        engine_set_x(p->engine, 0, to);
        ck_assert_int_eq(probe_run(p, PROBE_CODE + 0x100), ENGINE_STOPPED_TRAP);
        ck_assert_uint_eq(engine_x(p->engine, 1), 7);
        ck_assert_uint_eq(engine_pc(p->engine), to + 4);
        ck_assert_uint_eq(probe_count(p, EVENT_FILL, to), 1);
        ck_assert_uint_eq(probe_count(p, EVENT_BLOCK, to), 1);
        ck_assert_uint_eq(probe_count(p, EVENT_BLOCK, PROBE_ANY), 2);
        probe_destroy(p);
    }
}
END_TEST

/* A block that jumps to the flushed page was chained to its old code. */
START_TEST(flush_breaks_chains_to_the_flushed_page)
{
    struct probe *p = probe_create(false);
    PROBE_CODE_AT(p, PROBE_CODE, 0xf1000442 /* subs x2, x2, #1 */, 0x54007fe1 /* b.ne .+0xffc */,
                  PROBE_SVC);
    PROBE_CODE_AT(p, PROBE_CODE + 0x1000, 0x91000421 /* add x1, x1, #1 */,
                  0x17fffbff /* b .-0x1004 */);
    PROBE_CODE_AT(p, 0x20000, 0x91019021 /* add x1, x1, #100 */, 0x17fffbff /* b .-0x1004 */);
    for (unsigned turn = 0; turn < 2; turn++) {
        engine_set_x(p->engine, 1, 0);
        engine_set_x(p->engine, 2, 11);
        ck_assert_int_eq(probe_run(p, PROBE_CODE), ENGINE_STOPPED_TRAP);
        ck_assert_uint_eq(engine_x(p->engine, 1), turn == 0 ? 10 : 1000);
        probe_rule(p, PROBE_CODE + 0x1000, 0x20000, true, true, true);
        engine_flush_range(p->engine, 0, va(PROBE_CODE + 0x1000), PROBE_PAGE);
    }
    probe_destroy(p);
}
END_TEST

/* TLBI in a trap: the instruction after it already sees the new translation. */
static enum engine_next remap_and_flush(struct probe *p, enum engine_trap kind)
{
    if (kind == ENGINE_TRAP_UNDEF) {
        probe_rule(p, PROBE_DATA, 0x20000, true, true, false);
        engine_flush_range(p->engine, 0, va(PROBE_DATA), PROBE_PAGE);
    }
    return probe_skip(p, kind);
}

START_TEST(flush_in_a_trap_holds_for_the_next_instruction)
{
    struct probe *p = probe_create(false);
    PROBE_CODE_AT(p, PROBE_CODE, 0xf9400001 /* ldr x1, [x0] */, 0xd5088762 /* tlbi vaae1, x2 */,
                  0xf9400003 /* ldr x3, [x0] */, PROBE_SVC);
    probe_write64(p, PROBE_DATA, 1);
    probe_write64(p, 0x20000, 2);
    engine_set_x(p->engine, 0, PROBE_DATA);
    p->on_trap = remap_and_flush;
    ck_assert_int_eq(probe_run(p, PROBE_CODE), ENGINE_STOPPED_TRAP);
    ck_assert_uint_eq(engine_x(p->engine, 1), 1);
    ck_assert_uint_eq(engine_x(p->engine, 3), 2);
    probe_destroy(p);
}
END_TEST

/* More ranges than are put off for a view, ranges of nothing, huge ranges, the top of memory. */
START_TEST(many_and_huge_ranges_become_a_full_flush)
{
    struct probe *p = create();
    run_in(p, 1);
    engine_set_view(p->engine, 0);
    for (unsigned i = 0; i < 20; i++) {
        engine_flush_range(p->engine, 1, va(PROBE_DATA + i % 4 * PROBE_PAGE), PROBE_PAGE);
    }
    ck_assert_uint_eq(run_in(p, 1) & 0xf, 0xf);
    engine_flush_range(p->engine, 1, va(0), UINT64_C(1) << 40);
    ck_assert_uint_eq(run_in(p, 1), 0x1f);
    engine_flush_range(p->engine, 1, va(UINT64_MAX - PROBE_PAGE + 1), PROBE_PAGE);
    engine_flush_range(p->engine, 1, va(PROBE_DATA + 0x10000), PROBE_PAGE);
    engine_flush_range(p->engine, 1, va(PROBE_DATA), 0);
    ck_assert_uint_eq(run_in(p, 1), 0);
    probe_destroy(p);
}
END_TEST

/* Nothing filled: nothing to do. */
START_TEST(flush_of_what_was_not_filled_is_free)
{
    struct probe *p = create();
    run_in(p, 0);
    uint64_t before = engine_stats(p->engine)->flushes;
    engine_flush_view(p->engine, 1);
    engine_flush_view(p->engine, 2);
    engine_flush_range(p->engine, 0, va(PROBE_DATA + 0x4000), PROBE_PAGE);
    engine_set_view(p->engine, 1);
    engine_set_view(p->engine, 2);
    engine_set_view(p->engine, 0);
    ck_assert_uint_eq(engine_stats(p->engine)->flushes, before);
    probe_destroy(p);
}
END_TEST

/* Translations drop; translated code does not: a flush and a refill ask once and run on. */
START_TEST(blocks_survive_a_flush)
{
    struct probe *p = create();
    run_in(p, 0);
    PROBE_CODE_AT(p, PROBE_CODE + 16, PROBE_NOP); /* not announced: the old block must be used */
    engine_flush_view(p->engine, 0);
    ck_assert_uint_eq(run_in(p, 0), 0x1f);
    ck_assert_uint_eq(engine_pc(p->engine), PROBE_CODE + 16);
    ck_assert_int_eq(p->last_trap, ENGINE_TRAP_SVC);
    probe_destroy(p);
}
END_TEST

/* Unicorn doubles a TLB that was nearly full when it was flushed. */
START_TEST(a_view_that_was_full_stays_small)
{
    struct utsname host;
    struct probe *p = create();
    ck_assert_int_eq(uname(&host), 0);
    bool limited = engine_limit_tlbs(p->engine);
    ck_assert(limited || strcmp(host.machine, "x86_64") != 0);
    engine_set_view(p->engine, (unsigned)_i);
    for (unsigned round = 0; round < 6; round++) {
        unsigned asked = 0;
        for (unsigned i = 0; i < 256; i++) {
            uint64_t at = i * 4 * PROBE_PAGE;
            engine_set_x(p->engine, 0, at);
            ck_assert_int_eq(probe_run(p, PROBE_CODE), ENGINE_STOPPED_TRAP);
            asked += probe_count(p, EVENT_FILL, at + 2 * PROBE_PAGE);
        }
        ck_assert_uint_eq(asked, 256);
        engine_flush_view(p->engine, (unsigned)_i);
        ck_assert(!limited || p->engine->fast_tlbs[_i]->mask < 1024 * 64);
    }
    probe_destroy(p);
}
END_TEST

void probe_add_views(Suite *suite)
{
    TCase *tc = tcase_create("views");
    tcase_set_timeout(tc, 60); /* a busy machine */
    tcase_add_test(tc, each_view_has_its_own_translations);
    tcase_add_loop_test(tc, a_view_that_was_full_stays_small, 0, ENGINE_VIEWS);
    tcase_add_test(tc, views_may_disagree);
    tcase_add_test(tc, views_may_run_different_code_at_one_address);
    tcase_add_test(tc, flush_of_a_view_leaves_the_others);
    tcase_add_test(tc, flush_of_a_range_reaches_each_page_of_it);
    tcase_add_loop_test(tc, flush_of_a_range_of_code_asks_again, 0, ENGINE_VIEWS);
    tcase_add_loop_test(tc, flush_of_a_page_of_code_leaves_the_others, 0, ENGINE_VIEWS);
    tcase_add_test(tc, flushed_page_can_be_jumped_to);
    tcase_add_test(tc, flush_breaks_chains_to_the_flushed_page);
    tcase_add_test(tc, flush_in_a_trap_holds_for_the_next_instruction);
    tcase_add_test(tc, many_and_huge_ranges_become_a_full_flush);
    tcase_add_test(tc, flush_of_what_was_not_filled_is_free);
    tcase_add_test(tc, blocks_survive_a_flush);
    suite_add_tcase(suite, tc);
}
