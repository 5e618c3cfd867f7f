/* Blocks: where they end, when block() is called, stopping before one and exactly inside one. */
#include "tests/integration/engine/probe.h"

/* A row: four NOPs, the instruction, a NOP. The block's size counts the last instruction in it. */
struct row {
    const char *name;
    uint32_t word;
    unsigned size_bytes; /* of the block that starts at the first NOP */
};

#define ENDS    20 /* the instruction ends the block and is part of it */
#define GOES_ON 28 /* the block runs on to the SVC */

static const struct row ends[] = {
    {"b .+4", 0x14000001, ENDS},
    {"bl .+4", 0x94000001, ENDS},
    {"cbz x1, .+4", 0xb4000021, ENDS},
    {"tbnz x1, #3, .+4", 0x37180021, ENDS},
    {"b.eq .+4", 0x54000020, ENDS},
    {"br x3", 0xd61f0060, ENDS},
    {"ret x3", 0xd65f0060, ENDS},
    {"svc #0", 0xd4000001, ENDS},
    {"hvc #0", 0xd4000002, ENDS},
    {"smc #0", 0xd4000003, ENDS},
    {"brk #0", 0xd4200000, ENDS},
    {"eret", 0xd69f03e0, ENDS},
    {"hlt #0", 0xd4400000, ENDS},
    {"udf #0", 0x00000000, ENDS},
    {"wfi", 0xd503207f, ENDS},
    {"wfe", 0xd503205f, ENDS},
    {"yield", 0xd503203f, ENDS},
    {"isb", 0xd5033fdf, ENDS},
    {"dsb sy", 0xd5033f9f, GOES_ON},
    {"dmb sy", 0xd5033fbf, GOES_ON},
    {"mrs x1, sctlr_el1", 0xd5381001, ENDS},
    {"mrs x1, midr_el1", 0xd5380001, ENDS},
    {"mrs x1, sp_el0", 0xd5384101, ENDS},
    {"mrs x1, tpidr_el1", 0xd538d081, ENDS},
    {"msr vbar_el1, x1", 0xd518c001, ENDS},
    {"mrs x1, cntvct_el0", 0xd53be041, GOES_ON},
    {"mrs x1, cntfrq_el0", 0xd53be001, GOES_ON},
    {"mrs x1, ctr_el0", 0xd53b0021, GOES_ON},
    {"mrs x1, daif", 0xd53b4221, GOES_ON},
    {"msr daif, x1", 0xd51b4221, ENDS},
    {"msr daifset, #2", 0xd50342df, ENDS},
    {"msr daifclr, #2", 0xd50342ff, ENDS},
    {"mrs x1, tpidr_el0", 0xd53bd041, GOES_ON},
    {"msr tpidr_el0, x1", 0xd51bd041, ENDS},
    {"mrs x1, fpcr", 0xd53b4401, GOES_ON},
    {"msr fpcr, xzr", 0xd51b441f, GOES_ON},
    {"mrs x1, nzcv", 0xd53b4201, GOES_ON},
    {"msr nzcv, x1", 0xd51b4201, GOES_ON},
    {"dc zva, x0", 0xd50b7420, GOES_ON},
    {"dc civac, x0", 0xd50b7e20, GOES_ON},
    {"ic ivau, x0", 0xd50b7520, GOES_ON},
    {"ic iallu", 0xd508751f, ENDS},
    {"tlbi vmalle1", 0xd508871f, ENDS},
    {"ldr x1, [x0]", 0xf9400001, GOES_ON},
    {"ldxr x1, [x0]", 0xc85f7c01, GOES_ON},
    {"stxr w1, x2, [x0]", 0xc8017c02, GOES_ON},
    {"fadd d0, d1, d2", 0x1e622820, GOES_ON},
    {"clrex", 0xd5033f5f, GOES_ON},
};

static const unsigned ends_count = sizeof ends / sizeof *ends;

START_TEST(block_size_counts_the_instruction_that_ends_it)
{
    struct probe *p = probe_create(false);
    PROBE_CODE_AT(p, PROBE_CODE, PROBE_NOP, PROBE_NOP, PROBE_NOP, PROBE_NOP, ends[_i].word,
                  PROBE_NOP, PROBE_SVC);
    engine_set_x(p->engine, 0, PROBE_DATA);
    engine_set_x(p->engine, 3, PROBE_CODE + 20);
    ck_assert_int_eq(probe_run(p, PROBE_CODE), ENGINE_STOPPED_TRAP);
    unsigned size = probe_event(p, EVENT_BLOCK, 0)->detail;
    ck_assert_msg(size == ends[_i].size_bytes, "%s: %u bytes", ends[_i].name, size);
    probe_destroy(p);
}
END_TEST

/* Where the page of PROBE_CODE ends. */
#define EDGE (PROBE_CODE + PROBE_PAGE)

static void fill_page(struct probe *p, uint64_t page, uint32_t word)
{
    for (uint64_t at = page; at < page + PROBE_PAGE; at += 4) {
        PROBE_CODE_AT(p, at, word);
    }
}

START_TEST(block_ends_at_the_end_of_an_engine_page)
{
    struct probe *p = probe_create(false);
    fill_page(p, PROBE_CODE, PROBE_NOP);
    PROBE_CODE_AT(p, EDGE, PROBE_NOP, PROBE_NOP, PROBE_NOP, PROBE_NOP, PROBE_SVC);
    ck_assert_int_eq(probe_run(p, EDGE - 1016), ENGINE_STOPPED_TRAP);
    ck_assert_uint_eq(probe_count(p, EVENT_BLOCK, PROBE_ANY), 2);
    ck_assert_uint_eq(probe_event(p, EVENT_BLOCK, 0)->detail, 1016);
    ck_assert_uint_eq(probe_event(p, EVENT_BLOCK, 1)->at, EDGE);
    ck_assert_uint_eq(probe_event(p, EVENT_BLOCK, 1)->detail, 20);
    probe_destroy(p);
}
END_TEST

START_TEST(block_ends_after_512_instructions)
{
    struct probe *p = probe_create(false);
    fill_page(p, PROBE_CODE, 0x91000421 /* add x1, x1, #1 */);
    PROBE_CODE_AT(p, EDGE - 4, PROBE_SVC);
    ck_assert_int_eq(probe_run(p, PROBE_CODE + 8), ENGINE_STOPPED_TRAP);
    ck_assert_uint_eq(probe_count(p, EVENT_BLOCK, PROBE_ANY), 2);
    ck_assert_uint_eq(probe_event(p, EVENT_BLOCK, 0)->detail, 2048);
    ck_assert_uint_eq(probe_event(p, EVENT_BLOCK, 1)->at, PROBE_CODE + 8 + 2048);
    ck_assert_uint_eq(probe_event(p, EVENT_BLOCK, 1)->detail, 2048 - 8);
    ck_assert_uint_eq(engine_x(p->engine, 1), 1021);
    probe_destroy(p);
}
END_TEST

/* Code with many host operations per instruction: a block ends for its size. */
START_TEST(blocks_of_heavy_instructions_are_shorter)
{
    static const struct {
        uint32_t word;
        unsigned at_most; /* instructions */
    } rows[] = {
        {0xa9400801 /* ldp x1, x2, [x0] */, 400},
        {0xd53b4201 /* mrs x1, nzcv */, 200},
        {0x4c400000 /* ld4 {v0.16b, v1.16b, v2.16b, v3.16b}, [x0] */, 20},
    };
    struct probe *p = probe_create(false);
    fill_page(p, PROBE_CODE, rows[_i].word);
    PROBE_CODE_AT(p, EDGE - 4, PROBE_SVC);
    engine_set_x(p->engine, 0, PROBE_DATA);
    ck_assert_int_eq(probe_run(p, PROBE_CODE), ENGINE_STOPPED_TRAP);
    unsigned bytes = 0;
    for (unsigned i = 0; i < probe_count(p, EVENT_BLOCK, PROBE_ANY); i++) {
        const struct probe_event *event = probe_event(p, EVENT_BLOCK, i);
        ck_assert_uint_eq(event->at, PROBE_CODE + bytes); /* each instruction in one block */
        ck_assert_uint_le(event->detail, 4 * rows[_i].at_most);
        bytes += event->detail;
    }
    ck_assert_uint_eq(bytes, PROBE_PAGE);
    probe_destroy(p);
}
END_TEST

/* A tight loop chains its block to itself; each turn is announced. */
START_TEST(chained_blocks_are_announced_each_time)
{
    struct probe *p = probe_create(false);
    PROBE_CODE_AT(p, PROBE_CODE, 0xf1000421 /* subs x1, x1, #1 */, 0x54ffffe1 /* b.ne .-4 */,
                  PROBE_SVC);
    engine_set_x(p->engine, 1, 1000);
    ck_assert_int_eq(probe_run(p, PROBE_CODE), ENGINE_STOPPED_TRAP);
    ck_assert_uint_eq(probe_count(p, EVENT_BLOCK, PROBE_CODE), 1000);
    ck_assert_uint_eq(probe_count(p, EVENT_BLOCK, PROBE_CODE + 8), 1);
    probe_destroy(p);
}
END_TEST

/* After a refusal in mid-block, the rerun is a new block that starts at that instruction. */
START_TEST(rerun_in_mid_block_announces_a_block_from_there)
{
    struct probe *p = probe_create(false);
    PROBE_CODE_AT(p, PROBE_CODE, PROBE_NOP, 0xf9400001 /* ldr x1, [x0] */, PROBE_NOP, PROBE_SVC);
    probe_rule(p, PROBE_DATA, PROBE_ANY, false, false, false);
    engine_set_x(p->engine, 0, PROBE_DATA);
    ck_assert_int_eq(probe_run(p, PROBE_CODE), ENGINE_STOPPED_REFUSED);
    ck_assert_uint_eq(probe_event(p, EVENT_BLOCK, 0)->detail, 16);
    p->rule_count = 0;
    ck_assert_int_eq(probe_run(p, PROBE_CODE + 4), ENGINE_STOPPED_TRAP);
    ck_assert_uint_eq(probe_count(p, EVENT_BLOCK, PROBE_ANY), 1);
    ck_assert_uint_eq(probe_event(p, EVENT_BLOCK, 0)->at, PROBE_CODE + 4);
    ck_assert_uint_eq(probe_event(p, EVENT_BLOCK, 0)->detail, 12);
    /* the longer block is still whole */
    ck_assert_int_eq(probe_run(p, PROBE_CODE), ENGINE_STOPPED_TRAP);
    ck_assert_uint_eq(probe_event(p, EVENT_BLOCK, 0)->detail, 16);
    probe_destroy(p);
}
END_TEST

/* A fill that is granted in mid-block does not announce anything again. */
START_TEST(granted_fill_in_mid_block_announces_nothing)
{
    struct probe *p = probe_create(false);
    PROBE_CODE_AT(p, PROBE_CODE, PROBE_NOP, 0xf9400001 /* ldr x1, [x0] */, PROBE_NOP, PROBE_SVC);
    engine_set_x(p->engine, 0, PROBE_DATA);
    ck_assert_int_eq(probe_run(p, PROBE_CODE), ENGINE_STOPPED_TRAP);
    ck_assert_uint_eq(probe_count(p, EVENT_BLOCK, PROBE_ANY), 1);
    probe_destroy(p);
}
END_TEST

START_TEST(block_that_is_refused_does_not_run)
{
    struct probe *p = probe_create(false);
    PROBE_CODE_AT(p, PROBE_CODE, 0x91000421 /* add x1, x1, #1 */, 0x14000001 /* b .+4 */,
                  0x91000421 /* add x1, x1, #1 */, 0x17fffffd /* b .-12 */);
    engine_set_x(p->engine, 1, 0);
    for (unsigned turn = 0; turn < 3; turn++) { /* fresh, cached, chained */
        p->stop_before = PROBE_CODE + 8;
        ck_assert_int_eq(probe_run(p, PROBE_CODE), ENGINE_STOPPED_BLOCK);
        ck_assert_uint_eq(engine_pc(p->engine), PROBE_CODE + 8);
        ck_assert_uint_eq(engine_x(p->engine, 1), 2 * turn + 1);
        p->stop_before = PROBE_CODE;
        ck_assert_int_eq(probe_run(p, PROBE_CODE + 8), ENGINE_STOPPED_BLOCK);
        ck_assert_uint_eq(engine_pc(p->engine), PROBE_CODE);
        ck_assert_uint_eq(engine_x(p->engine, 1), 2 * turn + 2);
    }
    probe_destroy(p);
}
END_TEST

static void exact_code(struct probe *p)
{
    PROBE_CODE_AT(p, PROBE_CODE, 0x91000421 /* add x1, x1, #1 */, 0x91000421 /* add x1, x1, #1 */,
                  0x91000421 /* add x1, x1, #1 */, 0x91000421 /* add x1, x1, #1 */,
                  0x91000421 /* add x1, x1, #1 */, 0x91000421 /* add x1, x1, #1 */, PROBE_SVC);
}

/* Exact, in a block that is not translated, and in one that is; then everything runs on. */
START_TEST(exact_run_stops_on_each_instruction_of_a_block)
{
    struct probe *p = probe_create(false);
    exact_code(p);
    for (unsigned view = 0; view < ENGINE_VIEWS; view++) {
        engine_set_view(p->engine, view);
        for (unsigned cached = 0; cached < 2; cached++) {
            for (unsigned n = 1; n <= 6; n++) {
                engine_set_x(p->engine, 1, 0);
                if (cached) {
                    ck_assert_int_eq(probe_run(p, PROBE_CODE), ENGINE_STOPPED_TRAP);
                    engine_set_x(p->engine, 1, 0);
                }
                p->event_count = 0;
                engine_set_pc(p->engine, PROBE_CODE);
                ck_assert_int_eq(engine_run_until(p->engine, va(PROBE_CODE + 4 * n)),
                                 ENGINE_STOPPED_UNTIL);
                ck_assert_uint_eq(engine_pc(p->engine), PROBE_CODE + 4 * n);
                ck_assert_uint_eq(engine_x(p->engine, 1), n);
                ck_assert_uint_eq(probe_count(p, EVENT_BLOCK, PROBE_ANY), 0);
                ck_assert_uint_eq(probe_count(p, EVENT_TRAP, PROBE_ANY), 0);
                ck_assert_int_eq(probe_run(p, PROBE_CODE + 4 * n), ENGINE_STOPPED_TRAP);
                ck_assert_uint_eq(engine_x(p->engine, 1), 6);
                ck_assert_uint_eq(engine_pc(p->engine), PROBE_CODE + 24);
            }
        }
    }
    probe_destroy(p);
}
END_TEST

START_TEST(exact_run_to_the_pc_itself_does_nothing)
{
    struct probe *p = probe_create(false);
    exact_code(p);
    engine_set_pc(p->engine, PROBE_CODE);
    engine_set_x(p->engine, 1, 0);
    ck_assert_int_eq(engine_run_until(p->engine, va(PROBE_CODE)), ENGINE_STOPPED_UNTIL);
    ck_assert_uint_eq(engine_x(p->engine, 1), 0);
    probe_destroy(p);
}
END_TEST

/* Traps and refusals end an exact run where they are; WFI too, though it does not trap then. */
START_TEST(exact_run_ends_at_a_trap_or_a_refusal)
{
    static const uint32_t words[] = {0xd53be002 /* mrs x2, cntfrq_el0 */, 0xd4000001 /* svc #0 */,
                                     0xd503207f /* wfi */, 0xf9400002 /* ldr x2, [x0] */};
    for (unsigned i = 0; i < 4; i++) {
        struct probe *p = probe_create(false);
        exact_code(p);
        PROBE_CODE_AT(p, PROBE_CODE + 8, words[i]);
        probe_rule(p, PROBE_DATA, PROBE_ANY, false, false, false);
        p->on_trap = probe_skip; /* ENGINE_CONTINUE ends an exact run as well */
        engine_set_x(p->engine, 0, PROBE_DATA);
        engine_set_pc(p->engine, PROBE_CODE);
        bool is_skipped = i == 0 || i == 2;
        ck_assert_int_eq(engine_run_until(p->engine, va(PROBE_CODE + 20)),
                         i == 3 ? ENGINE_STOPPED_REFUSED : ENGINE_STOPPED_TRAP);
        ck_assert_uint_eq(engine_pc(p->engine), PROBE_CODE + (is_skipped ? 12 : 8));
        ck_assert_uint_eq(probe_count(p, EVENT_TRAP, PROBE_CODE + 8), i != 3);
        probe_destroy(p);
    }
}
END_TEST

/* The block whose run ended so holds the exit; nobody meets it there later. */
START_TEST(exact_run_that_ends_early_leaves_no_exit_behind)
{
    static const uint32_t words[] = {0xd53be002 /* mrs x2, cntfrq_el0 */, 0xd503207f /* wfi */,
                                     0xf9400002 /* ldr x2, [x0] */};
    for (unsigned i = 0; i < 3; i++) {
        struct probe *p = probe_create(false);
        exact_code(p);
        PROBE_CODE_AT(p, PROBE_CODE + 8, words[i]);
        probe_rule(p, PROBE_DATA, PROBE_ANY, false, false, false);
        p->on_trap = probe_skip;
        engine_set_x(p->engine, 0, PROBE_DATA);
        engine_set_pc(p->engine, PROBE_CODE);
        engine_run_until(p->engine, va(PROBE_CODE + 20));
        p->rule_count = 0;
        p->on_trap = NULL;
        engine_set_x(p->engine, 1, 0);
        enum engine_stop stop = probe_run(p, PROBE_CODE);
        while (stop == ENGINE_STOPPED_TRAP && engine_pc(p->engine) == PROBE_CODE + 8) {
            stop = probe_run(p, PROBE_CODE + 12);
        }
        ck_assert_int_eq(stop, ENGINE_STOPPED_TRAP);
        ck_assert_uint_eq(engine_pc(p->engine), PROBE_CODE + 24);
        ck_assert_uint_eq(engine_x(p->engine, 1), 5);
        probe_destroy(p);
    }
}
END_TEST

/* The trap just before `until` is a trap, not the arrival. */
START_TEST(exact_run_tells_a_trap_before_until_from_the_arrival)
{
    struct probe *p = probe_create(false);
    PROBE_CODE_AT(p, PROBE_CODE, PROBE_NOP, 0xd53be001 /* mrs x1, cntfrq_el0 */, PROBE_NOP,
                  PROBE_SVC);
    engine_set_pc(p->engine, PROBE_CODE);
    ck_assert_int_eq(engine_run_until(p->engine, va(PROBE_CODE + 8)), ENGINE_STOPPED_TRAP);
    ck_assert_uint_eq(engine_pc(p->engine), PROBE_CODE + 4);
    probe_destroy(p);
}
END_TEST

/* The trap changes the view, where `until` is not executable: nobody asks. */
START_TEST(exact_run_that_traps_into_another_view_does_not_look_until_up)
{
    struct probe *p = probe_create(false);
    exact_code(p);
    PROBE_CODE_AT(p, PROBE_CODE + 4, 0xd53be002 /* mrs x2, cntfrq_el0 */);
    ck_assert_int_eq(probe_run(p, PROBE_CODE + 24), ENGINE_STOPPED_TRAP); /* view 0 has the page */
    probe_rule(p, PROBE_CODE, PROBE_ANY, false, false, false);
    p->event_count = 0;
    p->on_trap = probe_resume_once;
    p->resume_at = PROBE_CODE + 2 * PROBE_PAGE;
    p->resume_view = 1;
    engine_set_pc(p->engine, PROBE_CODE);
    ck_assert_int_eq(engine_run_until(p->engine, va(PROBE_CODE + 20)), ENGINE_STOPPED_TRAP);
    ck_assert_uint_eq(engine_pc(p->engine), p->resume_at);
    ck_assert_uint_eq(probe_count(p, EVENT_FILL, PROBE_ANY), 0);
    probe_destroy(p);
}
END_TEST

/* A branch before `until` is the caller's mistake; it ends before the branch's target runs. */
START_TEST(exact_run_stops_before_a_second_block)
{
    struct probe *p = probe_create(false);
    exact_code(p);
    PROBE_CODE_AT(p, PROBE_CODE + 4, 0x14000003 /* b .+12 */);
    engine_set_x(p->engine, 1, 0);
    engine_set_pc(p->engine, PROBE_CODE);
    ck_assert_int_eq(engine_run_until(p->engine, va(PROBE_CODE + 20)), ENGINE_STOPPED_BLOCK);
    ck_assert_uint_eq(engine_pc(p->engine), PROBE_CODE + 16);
    ck_assert_uint_eq(engine_x(p->engine, 1), 1);
    probe_destroy(p);
}
END_TEST

/* `until` as the first instruction of the next engine page, where a new block begins: nobody has
 * fetched it yet, and the run leaves no stale exit there. */
START_TEST(exact_run_to_a_page_end_leaves_the_next_page_alone)
{
    struct probe *p = probe_create(false);
    PROBE_CODE_AT(p, EDGE - 8, 0x91000421 /* add x1, x1, #1 */, 0x91000421 /* add x1, x1, #1 */,
                  0x91000421 /* add x1, x1, #1 */, PROBE_SVC);
    engine_set_x(p->engine, 1, 0);
    engine_set_pc(p->engine, EDGE - 8);
    ck_assert_int_eq(engine_run_until(p->engine, va(EDGE)), ENGINE_STOPPED_UNTIL);
    ck_assert_uint_eq(engine_pc(p->engine), EDGE);
    ck_assert_uint_eq(probe_count(p, EVENT_FILL, EDGE), 0);
    ck_assert_int_eq(probe_run(p, EDGE), ENGINE_STOPPED_TRAP);
    ck_assert_uint_eq(engine_x(p->engine, 1), 3);
    probe_destroy(p);
}
END_TEST

/* ... and what is refused in a later run is not taken for that arrival. */
START_TEST(exact_run_to_a_page_end_says_nothing_of_the_next_run)
{
    struct probe *p = probe_create(false);
    PROBE_CODE_AT(p, EDGE - 4, PROBE_NOP, 0xf9400002 /* ldr x2, [x0] */, PROBE_SVC);
    probe_rule(p, PROBE_DATA, PROBE_ANY, false, false, false);
    engine_set_x(p->engine, 0, PROBE_DATA);
    engine_set_pc(p->engine, EDGE - 4);
    ck_assert_int_eq(engine_run_until(p->engine, va(EDGE)), ENGINE_STOPPED_UNTIL);
    ck_assert_int_eq(probe_run(p, EDGE), ENGINE_STOPPED_REFUSED);
    ck_assert_uint_eq(engine_pc(p->engine), EDGE);
    probe_destroy(p);
}
END_TEST

/* ... and a branch from there into that page, behind `until`, has not come to `until`. */
START_TEST(exact_run_of_a_branch_at_a_page_end_goes_to_its_target)
{
    struct probe *p = probe_create(false);
    PROBE_CODE_AT(p, EDGE - 4, 0x14000003 /* b .+12 */, PROBE_SVC, PROBE_SVC, PROBE_NOP, PROBE_SVC);
    engine_set_pc(p->engine, EDGE - 4);
    ck_assert_int_eq(engine_run_until(p->engine, va(EDGE)), ENGINE_STOPPED_BLOCK);
    ck_assert_uint_eq(engine_pc(p->engine), EDGE + 8);
    ck_assert_int_eq(probe_run(p, EDGE + 8), ENGINE_STOPPED_TRAP);
    ck_assert_uint_eq(engine_pc(p->engine), EDGE + 12);
    probe_destroy(p);
}
END_TEST

/* A block that ends in mid-page, for its size: on its last instruction, and behind it, where the
 * next block begins. */
START_TEST(exact_run_to_the_end_of_a_long_block)
{
    struct probe *p = probe_create(false);
    fill_page(p, PROBE_CODE, 0x91000421 /* add x1, x1, #1 */);
    PROBE_CODE_AT(p, EDGE - 4, PROBE_SVC);
    for (unsigned turn = 0; turn < 4; turn++) { /* at first nothing is translated */
        unsigned count = turn % 2 == 0 ? 511 : 512;
        engine_set_x(p->engine, 1, 0);
        engine_set_pc(p->engine, PROBE_CODE);
        ck_assert_int_eq(engine_run_until(p->engine, va(PROBE_CODE + 4 * count)),
                         ENGINE_STOPPED_UNTIL);
        ck_assert_uint_eq(engine_pc(p->engine), PROBE_CODE + 4 * count);
        ck_assert_uint_eq(engine_x(p->engine, 1), count);
        ck_assert_int_eq(probe_run(p, PROBE_CODE + 4 * count), ENGINE_STOPPED_TRAP);
        ck_assert_uint_eq(engine_pc(p->engine), EDGE - 4);
        ck_assert_uint_eq(engine_x(p->engine, 1), 1023);
        engine_set_x(p->engine, 1, 0);
        ck_assert_int_eq(probe_run(p, PROBE_CODE), ENGINE_STOPPED_TRAP);
        ck_assert_uint_eq(engine_x(p->engine, 1), 1023);
        ck_assert_uint_eq(probe_count(p, EVENT_BLOCK, PROBE_ANY), 2);
    }
    probe_destroy(p);
}
END_TEST

/* In the midst of a page that is not held by then, the exit is met, and its block dropped. */
START_TEST(exact_run_whose_page_is_evicted_leaves_no_exit_behind)
{
    struct probe *p = probe_create(false);
    PROBE_CODE_AT(p, PROBE_CODE, PROBE_NOP, 0xf9400002 /* ldr x2, [x0] */, PROBE_NOP, PROBE_SVC);
    p->loads_evict = true;
    engine_set_x(p->engine, 0, PROBE_DATA);
    engine_set_pc(p->engine, PROBE_CODE + 4);
    ck_assert_int_eq(engine_run_until(p->engine, va(PROBE_CODE + 8)), ENGINE_STOPPED_UNTIL);
    for (unsigned from = 4; from <= 8; from += 4) {
        ck_assert_int_eq(probe_run(p, PROBE_CODE + from), ENGINE_STOPPED_TRAP);
        ck_assert_uint_eq(engine_pc(p->engine), PROBE_CODE + 12);
        ck_assert_int_eq(p->last_trap, ENGINE_TRAP_SVC);
    }
    probe_destroy(p);
}
END_TEST

/* Nothing a guest jumps into may hang or crash: zero page, nothing mapped, odd addresses. */
START_TEST(wild_jumps_come_back_as_refusals_or_traps)
{
    static const uint64_t targets[] = {
        0, 0x00ff800000003000, 0xfffffffffffffffc, 0x8000000000000000, 0x0000fffffffff000, 0x3002};
    for (unsigned i = 0; i < sizeof targets / sizeof *targets; i++) {
        struct probe *p = probe_create(false);
        PROBE_CODE_AT(p, PROBE_CODE, 0xd61f0000 /* br x0 */);
        engine_set_x(p->engine, 0, targets[i]);
        enum engine_stop stop = probe_run(p, PROBE_CODE);
        ck_assert(stop == ENGINE_STOPPED_TRAP);
        ck_assert_uint_eq(engine_pc(p->engine), targets[i]);
        probe_destroy(p);
    }
}
END_TEST

/* Code at virtual address 0, where QEMU virt has its flash. */
START_TEST(code_at_address_0_runs)
{
    struct probe *p = probe_create(false);
    PROBE_CODE_AT(p, 0, 0x91000421 /* add x1, x1, #1 */, PROBE_SVC);
    engine_set_x(p->engine, 1, 0);
    ck_assert_int_eq(probe_run(p, 0), ENGINE_STOPPED_TRAP);
    ck_assert_uint_eq(engine_x(p->engine, 1), 1);
    ck_assert_int_eq(p->last_trap, ENGINE_TRAP_SVC);
    probe_destroy(p);
}
END_TEST

void probe_add_blocks(Suite *suite)
{
    TCase *tc = tcase_create("blocks");
    tcase_set_timeout(tc, 60); /* a busy machine */
    tcase_add_loop_test(tc, block_size_counts_the_instruction_that_ends_it, 0, (int)ends_count);
    tcase_add_test(tc, block_ends_at_the_end_of_an_engine_page);
    tcase_add_test(tc, block_ends_after_512_instructions);
    tcase_add_loop_test(tc, blocks_of_heavy_instructions_are_shorter, 0, 3);
    tcase_add_test(tc, chained_blocks_are_announced_each_time);
    tcase_add_test(tc, rerun_in_mid_block_announces_a_block_from_there);
    tcase_add_test(tc, granted_fill_in_mid_block_announces_nothing);
    tcase_add_test(tc, block_that_is_refused_does_not_run);
    tcase_add_test(tc, exact_run_stops_on_each_instruction_of_a_block);
    tcase_add_test(tc, exact_run_to_the_pc_itself_does_nothing);
    tcase_add_test(tc, exact_run_ends_at_a_trap_or_a_refusal);
    tcase_add_test(tc, exact_run_that_ends_early_leaves_no_exit_behind);
    tcase_add_test(tc, exact_run_tells_a_trap_before_until_from_the_arrival);
    tcase_add_test(tc, exact_run_that_traps_into_another_view_does_not_look_until_up);
    tcase_add_test(tc, exact_run_stops_before_a_second_block);
    tcase_add_test(tc, exact_run_to_a_page_end_leaves_the_next_page_alone);
    tcase_add_test(tc, exact_run_to_a_page_end_says_nothing_of_the_next_run);
    tcase_add_test(tc, exact_run_of_a_branch_at_a_page_end_goes_to_its_target);
    tcase_add_test(tc, exact_run_to_the_end_of_a_long_block);
    tcase_add_test(tc, exact_run_whose_page_is_evicted_leaves_no_exit_behind);
    tcase_add_test(tc, wild_jumps_come_back_as_refusals_or_traps);
    tcase_add_test(tc, code_at_address_0_runs);
    suite_add_tcase(suite, tc);
}
