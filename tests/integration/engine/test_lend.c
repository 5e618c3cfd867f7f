/* Lent registers: pages that read them run from copies (engine_copies.c). */
#include "sim/engine/engine_internal.h"
#include "tests/integration/engine/probe.h"

#define MRS_X2_SP_EL0      UINT32_C(0xd5384102)
#define MRS_X3_TPIDR_EL1   UINT32_C(0xd538d083)
#define MRS_X4_TPIDR_EL0   UINT32_C(0xd53bd044)
#define MRS_X4_TPIDRRO_EL0 UINT32_C(0xd53bd064)
#define MSR_TPIDR_EL0_X4   UINT32_C(0xd51bd044)
#define MRS_X6_VBAR_EL1    UINT32_C(0xd538c006)
#define MSR_VBAR_EL1_X6    UINT32_C(0xd518c006)
#define LDR_W5_BACK_4      UINT32_C(0x18ffffe5) /* ldr w5, .-4 */

/* Encodings as sysreg_enc() has them. */
static const struct engine_lends lends = {.tpidr_el0 = 0xc208 /* SP_EL0 */,
                                          .tpidrro_el0 = 0xc684 /* TPIDR_EL1 */};

/* Any system instruction may look like an SVC here: goes on behind all but the real one. */
static enum engine_next skip(struct probe *p, enum engine_trap kind)
{
    uint64_t pc = engine_pc(p->engine);
    uint32_t word = (uint32_t)(probe_read64(p, pc & ~UINT64_C(7)) >> (pc & 4) * 8);
    (void)kind;
    if (word == PROBE_SVC) {
        return ENGINE_STOP;
    }
    engine_set_pc(p->engine, pc + 4);
    return ENGINE_CONTINUE;
}

static struct probe *create(bool lse)
{
    struct probe *p = probe_create(lse);
    engine_lend(p->engine, 2, lends);
    engine_set_kind(p->engine, 1, 2);
    for (unsigned page = 0; page < 5;
         page++) { /* only code that cannot write to itself is copied */
        probe_rule(p, PROBE_CODE + page * PROBE_PAGE, PROBE_ANY, true, false, true);
    }
    engine_set_tpidr_el0(p->engine, 0x1111);
    engine_set_tpidrro_el0(p->engine, 0x2222);
    return p;
}

START_TEST(lent_registers_are_read_without_a_trap)
{
    struct probe *p = create(_i != 0);
    PROBE_CODE_AT(p, PROBE_CODE, MRS_X2_SP_EL0, MRS_X3_TPIDR_EL1, PROBE_SVC);
    for (unsigned view = 0; view < ENGINE_VIEWS; view++) {
        engine_set_view(p->engine, view);
        p->on_trap = skip;
        ck_assert_int_eq(probe_run(p, PROBE_CODE), ENGINE_STOPPED_TRAP);
        ck_assert_uint_eq(probe_count(p, EVENT_TRAP, PROBE_ANY), view == 1 ? 1 : 3);
    }
    ck_assert_uint_eq(engine_x(p->engine, 2), 0x1111);
    ck_assert_uint_eq(engine_x(p->engine, 3), 0x2222);
    probe_destroy(p);
}
END_TEST

/* Reads give 7; what writes selects view 2 if X9 says so. */
static bool carry_out(struct probe *p)
{
    uint64_t pc = engine_pc(p->engine);
    uint32_t word = (uint32_t)(probe_read64(p, pc & ~UINT64_C(7)) >> (pc & 4) * 8);
    p->resume_at = pc;
    if (word == MRS_X6_VBAR_EL1) {
        engine_set_x(p->engine, 6, engine_x(p->engine, 6) + 7);
        return true;
    }
    if (word == MSR_VBAR_EL1_X6 && engine_x(p->engine, 9) != 0) {
        engine_set_view(p->engine, 2);
        return true;
    }
    return false;
}

START_TEST(system_instructions_are_carried_out_without_a_trap)
{
    struct probe *p = create(_i != 0);
    PROBE_CODE_AT(p, PROBE_CODE, PROBE_NOP, MRS_X6_VBAR_EL1, MRS_X6_VBAR_EL1, PROBE_NOP,
                  MSR_VBAR_EL1_X6, PROBE_NOP, PROBE_SVC);
    p->on_trap = skip;
    p->on_system = carry_out;
    for (uint64_t moves = 0; moves < 2; moves++) {
        engine_set_view(p->engine, 1);
        engine_set_x(p->engine, 6, 0);
        engine_set_x(p->engine, 9, moves);
        ck_assert_int_eq(probe_run(p, PROBE_CODE), ENGINE_STOPPED_TRAP);
        ck_assert_uint_eq(engine_x(p->engine, 6), 14);
        ck_assert_uint_eq(engine_pc(p->engine), PROBE_CODE + 24);
        ck_assert_uint_eq(p->resume_at, PROBE_CODE + 16);
        /* A refused one traps with the PC on it. Reads do not end the block, writes do. */
        ck_assert_uint_eq(probe_count(p, EVENT_TRAP, PROBE_CODE + 16), 1 - moves);
        ck_assert_uint_eq(probe_count(p, EVENT_TRAP, PROBE_ANY), 2 - moves);
        ck_assert_uint_eq(probe_event(p, EVENT_BLOCK, 0)->detail, 20);
        ck_assert_uint_eq(probe_event(p, EVENT_BLOCK, 1)->at, PROBE_CODE + 20);
        ck_assert_uint_eq(probe_event(p, EVENT_BLOCK, 1)->view, moves == 1 ? 2 : 1);
    }
    probe_destroy(p);
}
END_TEST

static bool carry_out_if_x9(struct probe *p)
{
    p->resume_at = engine_pc(p->engine);
    return engine_x(p->engine, 9) != 0;
}

/* DC goes on in its block, like a read, or traps there. */
START_TEST(dc_is_carried_out_in_the_midst_of_its_block)
{
    static const uint32_t words[] = {0xd5087620 /* dc ivac, x0 */, 0xd5087a40 /* dc csw, x0 */,
                                     0xd50b7a20 /* dc cvac, x0 */, 0xd50b7b20 /* dc cvau, x0 */,
                                     0xd50b7c20 /* dc cvap, x0 */, 0xd50b7e20 /* dc civac, x0 */};
    struct probe *p = create(false);
    PROBE_CODE_AT(p, PROBE_CODE, PROBE_NOP, words[_i], PROBE_NOP, PROBE_SVC);
    p->on_trap = skip;
    p->on_system = carry_out_if_x9;
    engine_set_x(p->engine, 0, PROBE_DATA);
    engine_set_view(p->engine, 1);
    for (uint64_t done = 0; done < 2; done++) {
        engine_set_x(p->engine, 9, done);
        ck_assert_int_eq(probe_run(p, PROBE_CODE), ENGINE_STOPPED_TRAP);
        ck_assert_uint_eq(engine_pc(p->engine), PROBE_CODE + 12);
        ck_assert_uint_eq(p->resume_at, PROBE_CODE + 4);
        ck_assert_uint_eq(probe_count(p, EVENT_TRAP, PROBE_CODE + 4), 1 - done);
        ck_assert_uint_eq(probe_event(p, EVENT_BLOCK, 0)->detail, 16);
        ck_assert_uint_eq(probe_count(p, EVENT_BLOCK, PROBE_ANY), 2 - done);
    }
    ck_assert_uint_eq(engine_x(p->engine, 0), PROBE_DATA);
    probe_destroy(p);
}
END_TEST

/* Where DC is a load it asks for its page as one does, once, and where it is refused nothing has
 * run. Not DC of XZR, nor those that are no load. */
START_TEST(dc_reads_where_that_is_lent)
{
    static const struct {
        uint32_t word;
        bool reads;
    } rows[] = {
        {0xd50b7a20, true} /* dc cvac, x0 */,  {0xd50b7b20, true} /* dc cvau, x0 */,
        {0xd50b7e20, true} /* dc civac, x0 */, {0xd50b7a3f, false} /* dc cvac, xzr */,
        {0xd5087620, false} /* dc ivac, x0 */, {0xd50b7c20, false} /* dc cvap, x0 */,
        {0xd5087a40, false} /* dc csw, x0 */,
    };
    struct engine_lends reading = lends;
    reading.dc_reads = true;
    struct probe *p = create(false);
    engine_lend(p->engine, 2, reading);
    PROBE_CODE_AT(p, PROBE_CODE, PROBE_NOP, rows[_i].word, PROBE_NOP, PROBE_SVC);
    p->on_trap = skip;
    engine_set_x(p->engine, 0, PROBE_DATA + 0x123);
    engine_set_view(p->engine, 1);
    for (unsigned round = 0; round < 2; round++) {
        ck_assert_int_eq(probe_run(p, PROBE_CODE), ENGINE_STOPPED_TRAP);
        ck_assert_uint_eq(engine_pc(p->engine), PROBE_CODE + 12);
        ck_assert_uint_eq(probe_count(p, EVENT_FILL, PROBE_DATA), rows[_i].reads && round == 0);
        ck_assert_uint_eq(probe_count(p, EVENT_TRAP, PROBE_CODE + 4), !rows[_i].reads);
        ck_assert_uint_eq(probe_count(p, EVENT_BLOCK, PROBE_ANY), rows[_i].reads ? 1 : 2);
    }
    probe_rule(p, PROBE_DATA, PROBE_ANY, false, false, false);
    engine_flush_view(p->engine, 1);
    engine_set_x(p->engine, 0, PROBE_DATA + 0x123);
    bool refused = probe_run(p, PROBE_CODE) == ENGINE_STOPPED_REFUSED;
    ck_assert_int_eq(refused, rows[_i].reads);
    ck_assert(!refused || engine_pc(p->engine) == PROBE_CODE + 4);
    ck_assert_uint_eq(engine_x(p->engine, 0), PROBE_DATA + 0x123);
    probe_destroy(p);
}
END_TEST

START_TEST(registers_that_hold_lent_ones_trap)
{
    static const uint32_t words[] = {MRS_X4_TPIDR_EL0, MRS_X4_TPIDRRO_EL0, MSR_TPIDR_EL0_X4};
    struct probe *p = create(false);
    PROBE_CODE_AT(p, PROBE_CODE, words[_i], PROBE_SVC);
    engine_set_x(p->engine, 4, 0x4444);
    engine_set_view(p->engine, 1);
    ck_assert_int_eq(probe_run(p, PROBE_CODE), ENGINE_STOPPED_TRAP);
    ck_assert_uint_eq(probe_count(p, EVENT_TRAP, PROBE_CODE), 1);
    ck_assert_uint_eq(engine_x(p->engine, 4), 0x4444);
    ck_assert_uint_eq(engine_tpidr_el0(p->engine), 0x1111);
    engine_set_view(p->engine, 0);
    ck_assert_int_eq(probe_run(p, PROBE_CODE), ENGINE_STOPPED_TRAP);
    ck_assert_uint_eq(probe_count(p, EVENT_TRAP, PROBE_CODE + 4), 1);
    probe_destroy(p);
}
END_TEST

/* What Unicorn runs by itself and may not; but not in a page that may write to itself. */
START_TEST(what_runs_wrong_traps_where_registers_are_lent)
{
    static const uint32_t words[] = {0xd503205f /* wfe */, 0xd503209f /* sev */,
                                     0xd50320bf /* sevl */, 0xd53b9e04 /* mrs x4, pmuserenr_el0 */};
    struct probe *p = create(_i % 2 != 0);
    for (unsigned page = 0; page < 9; page += 8) { /* copied whole, and not */
        uint64_t pc = PROBE_CODE + page * PROBE_PAGE;
        PROBE_CODE_AT(p, pc, PROBE_NOP, words[_i / 2], PROBE_NOP, PROBE_SVC);
        for (unsigned view = 0; view < 2; view++) {
            engine_set_view(p->engine, view);
            p->on_trap = skip;
            engine_set_x(p->engine, 4, 0x4444);
            ck_assert_int_eq(probe_run(p, pc), ENGINE_STOPPED_TRAP);
            ck_assert_uint_eq(engine_pc(p->engine), pc + 12);
            bool traps = view == 1 && page == 0;
            ck_assert_uint_eq(probe_count(p, EVENT_TRAP, pc + 4), traps);
            ck_assert(!traps || engine_x(p->engine, 4) == 0x4444);
        }
    }
    probe_destroy(p);
}
END_TEST

/* System instructions that run by themselves do so in a copy, too; the others trap once. */
START_TEST(other_system_instructions_are_as_before)
{
    static const struct {
        uint32_t word;
        unsigned traps;
    } rows[] = {
        {0xd53b4202, 0} /* mrs x2, nzcv */,
        {0xd51b441f, 0} /* msr fpcr, xzr */,
        {0xd53b00e2, 0} /* mrs x2, dczid_el0 */,
        {0xd5033fdf, 0} /* isb */,
        {0xd503233f, 0} /* paciasp */,
        {0xd5384242, 1} /* mrs x2, currentel */,
        {0xd51be322, 1} /* msr cntv_ctl_el0, x2 */,
        {0xd50343df, 1} /* msr daifset, #3 */,
        {0xd508871f, 1} /* tlbi vmalle1 */,
        {0xd50b7b20, 1} /* dc cvau, x0 */,
        {0xd53b0022, 1} /* mrs x2, ctr_el0 */,
    };
    struct probe *p = create(false);
    PROBE_CODE_AT(p, PROBE_CODE, MRS_X2_SP_EL0, rows[_i].word, PROBE_SVC);
    engine_set_x(p->engine, 0, PROBE_DATA);
    engine_set_view(p->engine, 1);
    p->on_trap = skip;
    ck_assert_int_eq(probe_run(p, PROBE_CODE), ENGINE_STOPPED_TRAP);
    ck_assert_uint_eq(probe_count(p, EVENT_TRAP, PROBE_CODE + 4), rows[_i].traps);
    ck_assert_uint_eq(engine_pc(p->engine), PROBE_CODE + 8);
    probe_destroy(p);
}
END_TEST

/* Data is the page's own, also right beside the code. */
START_TEST(copy_is_not_seen_by_loads)
{
    struct probe *p = create(false);
    PROBE_CODE_AT(p, PROBE_CODE, MRS_X2_SP_EL0, LDR_W5_BACK_4, PROBE_SVC);
    engine_set_view(p->engine, 1);
    ck_assert_int_eq(probe_run(p, PROBE_CODE), ENGINE_STOPPED_TRAP);
    ck_assert_uint_eq(engine_x(p->engine, 5), MRS_X2_SP_EL0);
    probe_destroy(p);
}
END_TEST

/* Code that may write to itself runs as it is, and its stores are seen. */
START_TEST(writable_page_runs_as_it_is)
{
    struct probe *p = create(false);
    uint64_t pc = PROBE_CODE + 8 * PROBE_PAGE;
    PROBE_CODE_AT(p, pc + 0x400, 0xd503205f /* wfe */, 0xd53b9e04 /* mrs x4, pmuserenr_el0 */);
    PROBE_CODE_AT(p, pc, MRS_X2_SP_EL0, 0xb9000801 /* str w1, [x0, #8] */, PROBE_NOP, PROBE_SVC);
    engine_set_view(p->engine, 1);
    p->on_trap = skip;
    for (unsigned round = 0; round < 2; round++) {
        engine_set_x(p->engine, 0, pc);
        engine_set_x(p->engine, 1, 0x9100055a); /* add x26, x10, #1 */
        engine_set_x(p->engine, 10, 41);
        engine_set_x(p->engine, 26, 0);
        ck_assert_int_eq(probe_run(p, pc), ENGINE_STOPPED_TRAP);
        ck_assert_uint_eq(probe_count(p, EVENT_TRAP, PROBE_ANY), 2);
    }
    ck_assert_uint_eq(engine_x(p->engine, 26), 42);
    probe_destroy(p);
}
END_TEST

/* Code that comes to read lent registers, ceases to, and moves within its page. */
START_TEST(copies_follow_code_that_changes)
{
    struct probe *p = create(_i != 0);
    p->on_trap = skip;
    engine_set_view(p->engine, 1);
    for (unsigned round = 0; round < 40; round++) {
        for (unsigned page = 0; page < 5; page++) {
            uint64_t pc = PROBE_CODE + page * PROBE_PAGE;
            bool reads = (round + page) % 3 == 0;
            bool writes = (round + page) % 3 == 1;
            PROBE_CODE_AT(p, pc, reads ? MRS_X2_SP_EL0 : PROBE_NOP,
                          writes ? MSR_TPIDR_EL0_X4 : PROBE_NOP, PROBE_SVC);
            engine_code_changed(p->engine, pa(pc), 12);
            engine_set_x(p->engine, 2, round);
            ck_assert_int_eq(probe_run(p, pc), ENGINE_STOPPED_TRAP);
            /* A page that ran as itself before may go on to: then the read traps. */
            bool lent = engine_x(p->engine, 2) == 0x1111;
            ck_assert(reads || !lent);
            ck_assert_uint_eq(probe_count(p, EVENT_TRAP, PROBE_ANY),
                              1u + writes + (reads && !lent));
            ck_assert_uint_eq(engine_tpidr_el0(p->engine), 0x1111);
        }
    }
    probe_destroy(p);
}
END_TEST

/* A block that reaches into the next line of 64 bytes, and one behind it, when one of the two lines
 * changes. */
START_TEST(copies_follow_line_by_line)
{
    struct probe *p = create(false);
    p->on_trap = skip;
    engine_set_view(p->engine, 1);
    uint64_t line = PROBE_CODE + (unsigned)_i * 64;
    for (unsigned round = 1; round < 20; round++) {
        uint32_t value = 0xd2800001 /* mov x1, #0 */ | round << 5;
        PROBE_CODE_AT(p, line + 56, MRS_X2_SP_EL0, round % 2 != 0 ? value : PROBE_NOP,
                      round % 2 == 0 ? value : PROBE_NOP, PROBE_SVC, MRS_X3_TPIDR_EL1, PROBE_SVC);
        engine_code_changed(p->engine, pa(line + 60), 8);
        engine_set_x(p->engine, 2, 0);
        ck_assert_int_eq(probe_run(p, line + 56), ENGINE_STOPPED_TRAP);
        ck_assert_uint_eq(engine_x(p->engine, 1), round);
        ck_assert_uint_eq(engine_x(p->engine, 2), 0x1111);
        ck_assert_int_eq(probe_run(p, line + 72), ENGINE_STOPPED_TRAP);
        ck_assert_uint_eq(engine_x(p->engine, 3), 0x2222);
        ck_assert_uint_eq(probe_count(p, EVENT_TRAP, PROBE_ANY), 1);
    }
    probe_destroy(p);
}
END_TEST

/* Of a page that has changed in one line, blocks of other lines are not translated anew; but for
 * one that begins where that line ends, which Unicorn drops too. */
START_TEST(lines_that_are_as_they_were_keep_their_blocks)
{
    static const uint64_t at[] = {PROBE_CODE, PROBE_CODE + 64, PROBE_CODE + 192};
    struct probe *p = create(false);
    p->on_trap = skip;
    engine_set_view(p->engine, 1);
    for (unsigned i = 0; i < 3; i++) {
        PROBE_CODE_AT(p, at[i], MRS_X2_SP_EL0, 0xd2800021 /* mov x1, #1 */, PROBE_SVC);
    }
    for (unsigned i = 0; i < 3; i++) {
        ck_assert_int_eq(probe_run(p, at[i]), ENGINE_STOPPED_TRAP);
    }
    uintptr_t top = p->engine->code_top; /* blocks lie one behind the other */
    PROBE_CODE_AT(p, at[1], MRS_X2_SP_EL0, 0xd2800041 /* mov x1, #2 */, PROBE_SVC);
    engine_code_changed(p->engine, pa(PROBE_CODE), PROBE_PAGE);
    for (unsigned i = 0; i < 3; i += 2) {
        ck_assert_int_eq(probe_run(p, at[i]), ENGINE_STOPPED_TRAP);
        ck_assert_uint_eq(engine_x(p->engine, 1), 1);
        ck_assert_uint_eq(p->engine->code_top, top);
    }
    ck_assert_int_eq(probe_run(p, at[1]), ENGINE_STOPPED_TRAP);
    ck_assert_uint_eq(engine_x(p->engine, 1), 2);
    ck_assert_uint_gt(p->engine->code_top, top);
    ck_assert_uint_eq(probe_count(p, EVENT_FILL, PROBE_ANY), 0);
    probe_destroy(p);
}
END_TEST

void probe_add_lend(Suite *suite)
{
    TCase *tc = tcase_create("lend");
    tcase_add_loop_test(tc, lent_registers_are_read_without_a_trap, 0, 2);
    tcase_add_loop_test(tc, system_instructions_are_carried_out_without_a_trap, 0, 2);
    tcase_add_loop_test(tc, dc_is_carried_out_in_the_midst_of_its_block, 0, 6);
    tcase_add_loop_test(tc, dc_reads_where_that_is_lent, 0, 7);
    tcase_add_loop_test(tc, registers_that_hold_lent_ones_trap, 0, 3);
    tcase_add_loop_test(tc, what_runs_wrong_traps_where_registers_are_lent, 0, 8);
    tcase_add_loop_test(tc, other_system_instructions_are_as_before, 0, 11);
    tcase_add_test(tc, copy_is_not_seen_by_loads);
    tcase_add_test(tc, writable_page_runs_as_it_is);
    tcase_add_loop_test(tc, copies_follow_code_that_changes, 0, 2);
    tcase_add_loop_test(tc, copies_follow_line_by_line, 0, 3);
    tcase_add_test(tc, lines_that_are_as_they_were_keep_their_blocks);
    suite_add_tcase(suite, tc);
}
