/* Fills: what is asked, when, and the exact state where one is refused. */
#include "tests/integration/engine/probe.h"

#include <string.h>

struct row {
    const char *name;
    uint32_t word;
    uint64_t x0;
    uint64_t refused; /* engine page that refuses everything */
    enum engine_access access;
};

/* PROBE_DATA is a page, EDGE its end; the page after it is refused (or the page itself). */
#define EDGE (PROBE_DATA + PROBE_PAGE)

static const struct row refusals[] = {
    {"ldr x1, [x0]", 0xf9400001, PROBE_DATA + 8, PROBE_DATA, ENGINE_READ},
    {"str x1, [x0]", 0xf9000001, PROBE_DATA + 8, PROBE_DATA, ENGINE_WRITE},
    {"ldr x1, [x0], #16", 0xf8410401, PROBE_DATA + 8, PROBE_DATA, ENGINE_READ},
    {"str x1, [x0, #-16]!", 0xf81f0c01, PROBE_DATA + 24, PROBE_DATA, ENGINE_WRITE},
    {"ldp x1, x2, [x0]", 0xa9400801, EDGE - 8, EDGE, ENGINE_READ},
    {"stp x1, x2, [x0]", 0xa9000801, EDGE - 8, EDGE, ENGINE_WRITE},
    {"ldp x1, x2, [x0], #16", 0xa8c10801, EDGE - 8, EDGE, ENGINE_READ},
    {"ldr x1, [x0]", 0xf9400001, EDGE - 4, EDGE, ENGINE_READ},
    {"str x1, [x0]", 0xf9000001, EDGE - 4, EDGE, ENGINE_WRITE},
    {"str x1, [x0]", 0xf9000001, EDGE - 4, PROBE_DATA, ENGINE_WRITE},
    {"ldp q1, q2, [x0]", 0xad400801, EDGE - 16, EDGE, ENGINE_READ},
    {"ldxr x1, [x0]", 0xc85f7c01, PROBE_DATA, PROBE_DATA, ENGINE_READ},
    {"ldaxp x1, x2, [x0]", 0xc87f8801, PROBE_DATA, PROBE_DATA, ENGINE_READ},
    {"ldtr x1, [x0]", 0xf8400801, PROBE_DATA, PROBE_DATA, ENGINE_READ},
    {"sttr x1, [x0]", 0xf8000801, PROBE_DATA, PROBE_DATA, ENGINE_WRITE},
    {"ldar x1, [x0]", 0xc8dffc01, PROBE_DATA, PROBE_DATA, ENGINE_READ},
    {"stlr x1, [x0]", 0xc89ffc01, PROBE_DATA, PROBE_DATA, ENGINE_WRITE},
    {"dc zva, x0", 0xd50b7420, PROBE_DATA + 9, PROBE_DATA, ENGINE_WRITE},
    {"ldadd x1, x2, [x0]", 0xf8210002, PROBE_DATA, PROBE_DATA, ENGINE_READ},
    {"swpal x1, x2, [x0]", 0xf8e18002, PROBE_DATA, PROBE_DATA, ENGINE_READ},
    {"cas x1, x2, [x0]", 0xc8a17c02, PROBE_DATA, PROBE_DATA, ENGINE_READ},
    {"casp x2, x3, x4, x5, [x0]", 0x48227c04, PROBE_DATA, PROBE_DATA, ENGINE_READ},
    {"ld1 {v0.16b, v1.16b}, [x0], #32", 0x4cdfa000, EDGE - 16, EDGE, ENGINE_READ},
    {"br x0", 0xd61f0000, PROBE_DATA + 8, PROBE_DATA, ENGINE_FETCH},
    {"blr x0", 0xd63f0000, PROBE_DATA + 8, PROBE_DATA, ENGINE_FETCH},
};

/* All registers, NZCV and PC are as before the instruction; the refusal names page and access. */
START_TEST(refused_fill_leaves_everything_as_before)
{
    const struct row *row = &refusals[_i];
    struct probe *p = probe_create(true);
    engine_set_natives(p->engine, (struct engine_natives){.dc_zva = true});
    PROBE_CODE_AT(p, PROBE_CODE, 0xf10004c6 /* subs x6, x6, #1 */, 0x910004e7 /* add x7, x7, #1 */,
                  row->word, 0x910004e7 /* add x7, x7, #1 */, PROBE_SVC);
    probe_rule(p, row->refused, PROBE_ANY, false, false, false);
    for (unsigned n = 0; n < 31; n++) {
        engine_set_x(p->engine, n, n == 0 ? row->x0 : 100 * n);
        engine_set_v(p->engine, n, (const uint64_t[]){n, n});
    }
    bool is_fetch = row->access == ENGINE_FETCH;
    ck_assert_int_eq(probe_run(p, PROBE_CODE), ENGINE_STOPPED_REFUSED);
    struct engine_refusal refusal = engine_refusal(p->engine);
    ck_assert_msg(refusal.at.v == row->refused && refusal.access == row->access,
                  "%s: at %llx, access %d", row->name, (unsigned long long)refusal.at.v,
                  (int)refusal.access);
    ck_assert_msg(engine_pc(p->engine) == (is_fetch ? row->x0 : PROBE_CODE + 8), "%s: pc",
                  row->name);
    for (unsigned n = 0; n < 30; n++) {
        uint64_t expected = n == 0 ? row->x0 : n == 6 ? 599 : n == 7 ? 701 : 100 * n;
        ck_assert_msg(engine_x(p->engine, n) == expected, "%s: x%u", row->name, n);
        uint64_t v[2];
        engine_v(p->engine, n, v);
        ck_assert_msg(is_fetch || row->refused == EDGE || (v[0] == n && v[1] == n), "%s: v%u",
                      row->name, n);
    }
    ck_assert_uint_eq(engine_nzcv(p->engine), UINT32_C(2) << 28); /* 600 - 1: C */
    /* once granted, the same instruction goes on */
    if (!is_fetch) {
        p->rule_count = 0;
        ck_assert_int_eq(probe_run(p, engine_pc(p->engine)), ENGINE_STOPPED_TRAP);
        ck_assert_uint_eq(engine_x(p->engine, 7), 702);
    }
    probe_destroy(p);
}
END_TEST

/* Atomics ask to read first, as ISS.WnR wants it: 0 if a read would fault too. */
START_TEST(atomic_on_a_read_only_page_is_refused_for_writing)
{
    static const uint32_t words[] = {
        0xf8210002 /* ldadd x1, x2, [x0] */, 0xf8e18002 /* swpal x1, x2, [x0] */,
        0xc8a17c02 /* cas x1, x2, [x0] */, 0x48227c04 /* casp x2, x3, x4, x5, [x0] */};
    for (unsigned i = 0; i < sizeof words / sizeof *words; i++) {
        struct probe *p = probe_create(true);
        PROBE_CODE_AT(p, PROBE_CODE, words[i], PROBE_SVC);
        probe_rule(p, PROBE_DATA, PROBE_ANY, true, false, false);
        engine_set_x(p->engine, 0, PROBE_DATA);
        engine_set_x(p->engine, 2, 5);
        ck_assert_int_eq(probe_run(p, PROBE_CODE), ENGINE_STOPPED_REFUSED);
        ck_assert_int_eq(engine_refusal(p->engine).access, ENGINE_WRITE);
        ck_assert_uint_eq(engine_refusal(p->engine).at.v, PROBE_DATA);
        ck_assert_uint_eq(engine_pc(p->engine), PROBE_CODE);
        ck_assert_uint_eq(engine_x(p->engine, 2), 5);
        probe_destroy(p);
    }
}
END_TEST

/* Half of a page-crossing store must not reach memory when the other page refuses. */
START_TEST(refused_page_crossing_store_writes_nothing)
{
    static const uint32_t words[] = {0xf9000001 /* str x1, [x0] */, 0xf8000001 /* stur x1, [x0] */};
    for (unsigned i = 0; i < 2; i++) {
        struct probe *p = probe_create(false);
        PROBE_CODE_AT(p, PROBE_CODE, words[i], PROBE_SVC);
        probe_rule(p, EDGE, PROBE_ANY, false, false, false);
        engine_set_x(p->engine, 0, EDGE - 4);
        engine_set_x(p->engine, 1, UINT64_MAX);
        ck_assert_int_eq(probe_run(p, PROBE_CODE), ENGINE_STOPPED_REFUSED);
        ck_assert_uint_eq(probe_read64(p, EDGE - 8), 0);
        probe_destroy(p);
    }
}
END_TEST

START_TEST(engine_page_is_4_kib)
{
    struct probe *p = probe_create(false);
    PROBE_CODE_AT(p, PROBE_CODE, 0xf9400001 /* ldr x1, [x0] */,
                  0xf947fc01 /* ldr x1, [x0, #4088] */, 0xf9480001 /* ldr x1, [x0, #4096] */,
                  0xf9580001 /* ldr x1, [x0, #12288] */, PROBE_SVC);
    engine_set_x(p->engine, 0, PROBE_DATA);
    ck_assert_int_eq(probe_run(p, PROBE_CODE), ENGINE_STOPPED_TRAP);
    ck_assert_uint_eq(probe_count(p, EVENT_FILL, PROBE_ANY), 4); /* 3 of data, 1 of code */
    ck_assert_uint_eq(probe_count(p, EVENT_FILL, PROBE_DATA), 1);
    ck_assert_uint_eq(probe_count(p, EVENT_FILL, PROBE_DATA + 4096), 1);
    ck_assert_uint_eq(probe_count(p, EVENT_FILL, PROBE_DATA + 12288), 1);
    probe_destroy(p);
}
END_TEST

/* A read that is granted writable makes the write native too; a cached page is not asked again. */
START_TEST(cached_page_is_not_asked_again)
{
    struct probe *p = probe_create(false);
    PROBE_CODE_AT(p, PROBE_CODE, 0xf9400001 /* ldr x1, [x0] */, 0xf9000401 /* str x1, [x0, #8] */,
                  0xf9400001 /* ldr x1, [x0] */, PROBE_SVC);
    engine_set_x(p->engine, 0, PROBE_DATA);
    ck_assert_int_eq(probe_run(p, PROBE_CODE), ENGINE_STOPPED_TRAP);
    ck_assert_uint_eq(probe_count(p, EVENT_FILL, PROBE_DATA), 1);
    ck_assert_int_eq(probe_run(p, PROBE_CODE), ENGINE_STOPPED_TRAP);
    ck_assert_uint_eq(probe_count(p, EVENT_FILL, PROBE_ANY), 0);
    probe_destroy(p);
}
END_TEST

/* A read-only page lets reads through and is asked for each write. */
START_TEST(read_only_page_is_asked_for_the_write)
{
    struct probe *p = probe_create(false);
    PROBE_CODE_AT(p, PROBE_CODE, 0xf9400001 /* ldr x1, [x0] */, 0xf9000001 /* str x1, [x0] */,
                  PROBE_SVC);
    probe_rule(p, PROBE_DATA, PROBE_ANY, true, false, false);
    engine_set_x(p->engine, 0, PROBE_DATA);
    ck_assert_int_eq(probe_run(p, PROBE_CODE), ENGINE_STOPPED_REFUSED);
    ck_assert_uint_eq(engine_pc(p->engine), PROBE_CODE + 4);
    ck_assert_int_eq(engine_refusal(p->engine).access, ENGINE_WRITE);
    p->rules[0].writable = true;
    ck_assert_int_eq(probe_run(p, PROBE_CODE + 4), ENGINE_STOPPED_TRAP);
    probe_destroy(p);
}
END_TEST

/* W xor X: code and data of one page alternate by fills, and a fetch grants reads with it. */
START_TEST(entry_is_writable_or_executable_never_both)
{
    struct probe *p = probe_create(false);
    PROBE_CODE_AT(p, PROBE_CODE, 0xf9400001 /* ldr x1, [x0] */, 0xf9000001 /* str x1, [x0] */,
                  PROBE_SVC);
    engine_set_x(p->engine, 0, PROBE_CODE + 512);
    ck_assert_int_eq(probe_run(p, PROBE_CODE), ENGINE_STOPPED_TRAP);
    ck_assert_uint_eq(probe_count(p, EVENT_FILL, PROBE_CODE), 2);
    ck_assert_uint_eq(probe_event(p, EVENT_FILL, 0)->detail, ENGINE_FETCH);
    ck_assert_uint_eq(probe_event(p, EVENT_FILL, 1)->detail, ENGINE_WRITE);
    /* the store took EXEC away: the next lookup of a block asks again */
    ck_assert_int_eq(probe_run(p, PROBE_CODE + 8), ENGINE_STOPPED_TRAP);
    ck_assert_uint_eq(probe_event(p, EVENT_FILL, 0)->detail, ENGINE_FETCH);
    probe_destroy(p);
}
END_TEST

/* A page that may be fetched but not read (execute only) refuses its own literals. */
START_TEST(execute_only_page_refuses_reads)
{
    struct probe *p = probe_create(false);
    PROBE_CODE_AT(p, PROBE_CODE, 0x58001001 /* ldr x1, .+512 */, PROBE_SVC);
    probe_rule(p, PROBE_CODE, PROBE_ANY, false, false, true);
    ck_assert_int_eq(probe_run(p, PROBE_CODE), ENGINE_STOPPED_REFUSED);
    ck_assert_int_eq(engine_refusal(p->engine).access, ENGINE_READ);
    ck_assert_uint_eq(engine_pc(p->engine), PROBE_CODE);
    probe_destroy(p);
}
END_TEST

/* Which page is asked first when an access crosses, and for a pair. */
START_TEST(order_of_fills_of_a_crossing_access)
{
    static const struct {
        uint32_t word;
        uint64_t first;
    } rows[] = {
        {0xf9400001 /* ldr x1, [x0] */, PROBE_DATA},
        {0xf9000001 /* str x1, [x0] */, PROBE_DATA},
        {0xa9400801 /* ldp x1, x2, [x0] */, PROBE_DATA},
        {0xa9000801 /* stp x1, x2, [x0] */, PROBE_DATA},
    };
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct probe *p = probe_create(false);
        PROBE_CODE_AT(p, PROBE_CODE, rows[i].word, PROBE_SVC);
        engine_set_x(p->engine, 0, EDGE - (i < 2 ? 4 : 8));
        ck_assert_int_eq(probe_run(p, PROBE_CODE), ENGINE_STOPPED_TRAP);
        ck_assert_uint_eq(probe_event(p, EVENT_FILL, 1)->at, rows[i].first);
        ck_assert_uint_eq(probe_event(p, EVENT_FILL, 2)->at, EDGE);
        probe_destroy(p);
    }
}
END_TEST

/* The two physical pages of a crossing access need not be neighbours. */
START_TEST(crossing_access_goes_to_both_physical_pages)
{
    struct probe *p = probe_create(false);
    PROBE_CODE_AT(p, PROBE_CODE, 0xf9000001 /* str x1, [x0] */, 0xf9400002 /* ldr x2, [x0] */,
                  PROBE_SVC);
    probe_rule(p, EDGE, 0x20000, true, true, false);
    engine_set_x(p->engine, 0, EDGE - 4);
    engine_set_x(p->engine, 1, 0x1122334455667788);
    ck_assert_int_eq(probe_run(p, PROBE_CODE), ENGINE_STOPPED_TRAP);
    ck_assert_uint_eq(engine_x(p->engine, 2), 0x1122334455667788);
    ck_assert_uint_eq(probe_read64(p, EDGE - 8) >> 32, 0x55667788);
    ck_assert_uint_eq(probe_read64(p, 0x20000), 0x11223344);
    ck_assert_uint_eq(probe_read64(p, EDGE), 0);
    probe_destroy(p);
}
END_TEST

START_TEST(tagged_address_reaches_the_fill_untouched)
{
    struct probe *p = probe_create(false);
    PROBE_CODE_AT(p, PROBE_CODE, 0xf9400001 /* ldr x1, [x0] */, PROBE_SVC);
    uint64_t tagged = UINT64_C(0xa5) << 56 | PROBE_DATA;
    engine_set_x(p->engine, 0, tagged);
    ck_assert_int_eq(probe_run(p, PROBE_CODE), ENGINE_STOPPED_TRAP);
    ck_assert_uint_eq(probe_count(p, EVENT_FILL, tagged), 1);
    /* and a flush of its range reaches it, tag or none */
    engine_flush_range(p->engine, 0, va(PROBE_DATA), PROBE_PAGE);
    ck_assert_int_eq(probe_run(p, PROBE_CODE), ENGINE_STOPPED_TRAP);
    ck_assert_uint_eq(probe_count(p, EVENT_FILL, tagged), 1);
    probe_destroy(p);
}
END_TEST

/* A grant outside mapped RAM is the client's mistake; the engine refuses it. */
START_TEST(grant_outside_ram_is_refused)
{
    struct probe *p = probe_create(false);
    PROBE_CODE_AT(p, PROBE_CODE, 0xf9400001 /* ldr x1, [x0] */, PROBE_SVC);
    probe_rule(p, PROBE_DATA, UINT64_C(1) << 40, true, true, true);
    engine_set_x(p->engine, 0, PROBE_DATA);
    ck_assert_int_eq(probe_run(p, PROBE_CODE), ENGINE_STOPPED_REFUSED);
    probe_destroy(p);
}
END_TEST

void probe_add_memory(Suite *suite)
{
    TCase *tc = tcase_create("memory");
    tcase_set_timeout(tc, 60); /* a busy machine */
    tcase_add_loop_test(tc, refused_fill_leaves_everything_as_before, 0,
                        (int)(sizeof refusals / sizeof *refusals));
    tcase_add_test(tc, atomic_on_a_read_only_page_is_refused_for_writing);
    tcase_add_test(tc, refused_page_crossing_store_writes_nothing);
    tcase_add_test(tc, engine_page_is_4_kib);
    tcase_add_test(tc, cached_page_is_not_asked_again);
    tcase_add_test(tc, read_only_page_is_asked_for_the_write);
    tcase_add_test(tc, entry_is_writable_or_executable_never_both);
    tcase_add_test(tc, execute_only_page_refuses_reads);
    tcase_add_test(tc, order_of_fills_of_a_crossing_access);
    tcase_add_test(tc, crossing_access_goes_to_both_physical_pages);
    tcase_add_test(tc, tagged_address_reaches_the_fill_untouched);
    tcase_add_test(tc, grant_outside_ram_is_refused);
    suite_add_tcase(suite, tc);
}
