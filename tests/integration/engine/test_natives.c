/* What runs natively: each item is something the model must look after itself. */
#include "tests/integration/engine/probe.h"

struct row {
    const char *name;
    uint32_t word;
};

/* These run through, on both models, in each view. x0 holds PROBE_DATA, x1 0x2a. */
static const struct row natives[] = {
    {"msr tpidr_el0, x1", 0xd51bd041},
    {"mrs x2, tpidr_el0", 0xd53bd042},
    {"mrs x2, tpidrro_el0", 0xd53bd062},
    {"mrs x2, dczid_el0", 0xd53b00e2},
    {"mrs x2, fpcr", 0xd53b4402},
    {"msr fpcr, xzr", 0xd51b441f},
    {"mrs x2, fpsr", 0xd53b4422},
    {"msr fpsr, x1", 0xd51b4421},
    {"mrs x2, nzcv", 0xd53b4202},
    {"msr nzcv, x1", 0xd51b4201},
    {"fadd d0, d1, d2", 0x1e622820},
    {"fmov d3, x1", 0x9e670023},
    {"ldr q1, [x0]", 0x3dc00001},
    {"stp q1, q2, [x0]", 0xad000801},
    {"add v0.4s, v1.4s, v2.4s", 0x4ea28420},
    {"aese v0.16b, v1.16b", 0x4e284820},
    {"crc32x w2, w1, x1", 0x9ac14c22},
    {"ldxr x2, [x0]", 0xc85f7c02},
    {"stxr w2, x1, [x0]", 0xc8027c01},
    {"ldaxp x2, x3, [x0]", 0xc87f8c02},
    {"ldtr x2, [x0]", 0xf8400802},
    {"sttr x1, [x0]", 0xf8000801},
    {"ldar x2, [x0]", 0xc8dffc02},
    {"stlr x1, [x0]", 0xc89ffc01},
    {"prfm pldl1keep, [x0]", 0xf9800000},
    {"dmb ish", 0xd5033bbf},
    {"dsb sy", 0xd5033f9f},
    {"isb", 0xd5033fdf},
    {"clrex", 0xd5033f5f},
    {"yield", 0xd503203f},
    {"wfe", 0xd503205f},
    {"sev", 0xd503209f},
    {"sevl", 0xd50320bf},
    {"paciasp", 0xd503233f},
    {"autiasp", 0xd50323bf},
    {"xpaclri", 0xd50320ff},
    {"bti c", 0xd503245f},
    {"hint #22", 0xd50322df}, /* CSDB is #20; any hint is a NOP */
};

/* These are UNDEF on the A57 model and run on MAX, whatever the modelled CPU has: the client's
 * block decoder must stop those that its CPU lacks. */
static const struct row max_only[] = {
    {"ldadd x1, x2, [x0]", 0xf8210002},
    {"mrs x2, rndr", 0xd53b2402},
    {"sdot v0.4s, v1.16b, v2.16b", 0x4e829420},
    {"fadd v0.4h, v1.4h, v2.4h", 0x0e421420},
    {"sqrdmlah v0.4s, v1.4s, v2.4s", 0x6e828420},
    {"fcadd v0.4s, v1.4s, v2.4s, #90", 0x6e82e420},
    {"fjcvtzs w2, d0", 0x1e7e0002},
    {"ldapr x2, [x0]", 0xf8bfc002},
    {"ldapur x2, [x0]", 0xd9400002},
    {"pacia x2, x1", 0xdac10022},
    {"braaz x3", 0xd61f087f},
    {"cfinv", 0xd500401f},
    {"setf8 w1", 0x3a00082d},
    {"frint32z d0, d1", 0x1e684020},
    {"sb", 0xd50330ff},
    {"sm4e v0.4s, v1.4s", 0xcec08420},
    {"sha512h q0, q1, v2.2d", 0xce628020},
    {"eor3 v0.16b, v1.16b, v2.16b, v3.16b", 0xce020c20},
    {"fmlal v0.4s, v1.4h, v2.4h", 0x4e22ec20},
};

static bool runs(struct probe *p, uint32_t word)
{
    PROBE_CODE_AT(p, PROBE_CODE, word, PROBE_SVC, PROBE_SVC);
    engine_set_x(p->engine, 0, PROBE_DATA);
    engine_set_x(p->engine, 1, 0x2a);
    engine_set_x(p->engine, 3, PROBE_CODE + 8);
    engine_code_changed(p->engine, pa(PROBE_CODE), 12);
    ck_assert_int_eq(probe_run(p, PROBE_CODE), ENGINE_STOPPED_TRAP);
    return p->last_trap == ENGINE_TRAP_SVC;
}

START_TEST(native_instruction_runs_through)
{
    for (unsigned lse = 0; lse < 2; lse++) {
        struct probe *p = probe_create(lse != 0);
        for (unsigned view = 0; view < ENGINE_VIEWS; view++) {
            engine_set_view(p->engine, view);
            ck_assert_msg(runs(p, natives[_i].word), "%s traps in view %u", natives[_i].name, view);
        }
        probe_destroy(p);
    }
}
END_TEST

START_TEST(max_model_runs_what_the_a57_model_refuses)
{
    for (unsigned lse = 0; lse < 2; lse++) {
        struct probe *p = probe_create(lse != 0);
        ck_assert_msg(runs(p, max_only[_i].word) == (lse != 0), "%s, MAX %u", max_only[_i].name,
                      lse);
        probe_destroy(p);
    }
}
END_TEST

/* FP and SIMD never trap: lazy FP switching needs the client to stop before them. */
START_TEST(fp_does_not_trap_whatever_cpacr_says)
{
    struct probe *p = probe_create(false);
    for (unsigned view = 0; view < ENGINE_VIEWS; view++) {
        engine_set_view(p->engine, view);
        ck_assert(runs(p, 0x1e622820 /* fadd d0, d1, d2 */));
    }
    probe_destroy(p);
}
END_TEST

START_TEST(registers_of_el0_are_the_engines)
{
    struct probe *p = probe_create(false);
    PROBE_CODE_AT(p, PROBE_CODE, 0xd53bd041 /* mrs x1, tpidr_el0 */,
                  0xd53bd062 /* mrs x2, tpidrro_el0 */, 0xd51bd043 /* msr tpidr_el0, x3 */,
                  0xd53b00e4 /* mrs x4, dczid_el0 */, 0xd53b4405 /* mrs x5, fpcr */,
                  0xd51b4426 /* msr fpsr, x6 */, 0x4ea01c01 /* mov v1.16b, v0.16b */, PROBE_SVC);
    engine_set_tpidr_el0(p->engine, 0x1111);
    engine_set_tpidrro_el0(p->engine, 0x2222);
    engine_set_fpcr(p->engine, UINT32_C(1) << 24); /* FZ */
    engine_set_x(p->engine, 3, 0x3333);
    engine_set_x(p->engine, 6, UINT64_C(1) << 27); /* QC */
    const uint64_t v0[2] = {0x0123456789abcdef, 0xfedcba9876543210};
    engine_set_v(p->engine, 0, v0);
    ck_assert_int_eq(probe_run(p, PROBE_CODE), ENGINE_STOPPED_TRAP);
    ck_assert_uint_eq(engine_x(p->engine, 1), 0x1111);
    ck_assert_uint_eq(engine_x(p->engine, 2), 0x2222);
    ck_assert_uint_eq(engine_tpidr_el0(p->engine), 0x3333);
    ck_assert_uint_eq(engine_tpidrro_el0(p->engine), 0x2222);
    ck_assert_uint_eq(engine_x(p->engine, 4) & 15, 4); /* 16 words: 64 bytes */
    ck_assert_uint_eq(engine_x(p->engine, 5), UINT32_C(1) << 24);
    ck_assert_uint_eq(engine_fpsr(p->engine), UINT32_C(1) << 27);
    uint64_t v1[2];
    engine_v(p->engine, 1, v1);
    ck_assert_mem_eq(v1, v0, sizeof v0);
    probe_destroy(p);
}
END_TEST

START_TEST(every_general_register_reads_back)
{
    struct probe *p = probe_create(false);
    for (unsigned n = 0; n < 32; n++) {
        engine_set_x(p->engine, n, 0x100 + n);
        const uint64_t v[2] = {n, ~(uint64_t)n};
        engine_set_v(p->engine, n, v);
    }
    engine_set_nzcv(p->engine, UINT32_C(0xa) << 28);
    engine_set_daif(p->engine, 0xc);
    for (unsigned n = 0; n < 32; n++) {
        uint64_t v[2];
        engine_v(p->engine, n, v);
        ck_assert_uint_eq(engine_x(p->engine, n), 0x100 + n);
        ck_assert(v[0] == n && v[1] == ~(uint64_t)n);
    }
    ck_assert_uint_eq(engine_nzcv(p->engine), UINT32_C(0xa) << 28);
    ck_assert_uint_eq(engine_daif(p->engine), 0xc);
    engine_set_nzcv(p->engine, UINT32_C(5) << 28);
    ck_assert_uint_eq(engine_daif(p->engine), 0xc);
    probe_destroy(p);
}
END_TEST

/* SCTLR.UMA: reads, sets and clears of DAIF without a trap, and with one again afterwards. */
START_TEST(daif_is_native_only_where_asked)
{
    struct probe *p = probe_create(false);
    PROBE_CODE_AT(p, PROBE_CODE, 0xd50342df /* msr daifset, #2 */, 0xd53b4221 /* mrs x1, daif */,
                  0xd50348ff /* msr daifclr, #8 */, 0xd53b4222 /* mrs x2, daif */,
                  0xd51b4223 /* msr daif, x3 */, PROBE_SVC);
    for (unsigned view = 0; view < ENGINE_VIEWS; view++) {
        engine_set_view(p->engine, view);
        engine_set_natives(p->engine, (struct engine_natives){.daif = true});
        engine_set_daif(p->engine, 0xd);   /* D, A, F */
        engine_set_x(p->engine, 3, 0x140); /* A, F */
        ck_assert_int_eq(probe_run(p, PROBE_CODE), ENGINE_STOPPED_TRAP);
        ck_assert_int_eq(p->last_trap, ENGINE_TRAP_SVC);
        ck_assert_uint_eq(engine_x(p->engine, 1), 0x3c0);
        ck_assert_uint_eq(engine_x(p->engine, 2), 0x1c0);
        ck_assert_uint_eq(engine_daif(p->engine), 5);
        engine_set_natives(p->engine, (struct engine_natives){.daif = false});
        for (uint64_t pc = PROBE_CODE; pc < PROBE_CODE + 20; pc += 4) {
            ck_assert_int_eq(probe_run(p, pc), ENGINE_STOPPED_TRAP);
            ck_assert_uint_eq(engine_pc(p->engine), pc);
        }
        ck_assert_uint_eq(engine_daif(p->engine), 5);
    }
    probe_destroy(p);
}
END_TEST

/* SCTLR.DZE: 64 bytes are zeroed, aligned down. */
START_TEST(dc_zva_is_native_only_where_asked)
{
    struct probe *p = probe_create(false);
    PROBE_CODE_AT(p, PROBE_CODE, 0xd50b7420 /* dc zva, x0 */, PROBE_SVC);
    for (unsigned view = 0; view < ENGINE_VIEWS; view++) {
        engine_set_view(p->engine, view);
        for (uint64_t at = PROBE_DATA; at < PROBE_DATA + 256; at += 8) {
            probe_write64(p, at, UINT64_MAX);
        }
        engine_set_x(p->engine, 0, PROBE_DATA + 64 + 7);
        engine_set_natives(p->engine, (struct engine_natives){.dc_zva = true});
        ck_assert_int_eq(probe_run(p, PROBE_CODE), ENGINE_STOPPED_TRAP);
        ck_assert_int_eq(p->last_trap, ENGINE_TRAP_SVC);
        for (uint64_t at = PROBE_DATA; at < PROBE_DATA + 256; at += 8) {
            bool zeroed = at >= PROBE_DATA + 64 && at < PROBE_DATA + 128;
            ck_assert_uint_eq(probe_read64(p, at), zeroed ? 0 : UINT64_MAX);
        }
        engine_set_natives(p->engine, (struct engine_natives){.dc_zva = false});
        ck_assert_int_eq(probe_run(p, PROBE_CODE), ENGINE_STOPPED_TRAP);
        ck_assert_int_eq(p->last_trap, ENGINE_TRAP_UNDEF);
    }
    probe_destroy(p);
}
END_TEST

/* No SP alignment check, none for acquire and release, as SCTLR.SA0 = SCTLR.A = 0 stay. */
START_TEST(misaligned_sp_and_acquire_do_not_fault)
{
    struct probe *p = probe_create(false);
    PROBE_CODE_AT(p, PROBE_CODE, 0xf94003e1 /* ldr x1, [sp] */, 0xc8dffc02 /* ldar x2, [x0] */,
                  0xc89ffc02 /* stlr x2, [x0] */, PROBE_SVC);
    engine_set_x(p->engine, 31, PROBE_DATA + 4);
    engine_set_x(p->engine, 0, PROBE_DATA + 1);
    ck_assert_int_eq(probe_run(p, PROBE_CODE), ENGINE_STOPPED_TRAP);
    ck_assert_int_eq(p->last_trap, ENGINE_TRAP_SVC);
    probe_destroy(p);
}
END_TEST

START_TEST(misaligned_exclusive_is_a_trap_of_its_own)
{
    struct probe *p = probe_create(false);
    static const uint32_t words[] = {0xc85f7c01 /* ldxr x1, [x0] */,
                                     0x885ffc01 /* ldaxr w1, [x0] */,
                                     0xc87f0801 /* ldxp x1, x2, [x0] */};
    for (unsigned i = 0; i < sizeof words / sizeof *words; i++) {
        uint64_t pc = PROBE_CODE + 16 * i;
        PROBE_CODE_AT(p, pc, PROBE_NOP, words[i], PROBE_SVC);
        engine_set_x(p->engine, 0, PROBE_DATA + 1);
        engine_set_x(p->engine, 1, 0x77);
        ck_assert_int_eq(probe_run(p, pc), ENGINE_STOPPED_TRAP);
        ck_assert_int_eq(p->last_trap, ENGINE_TRAP_ALIGNMENT);
        ck_assert_uint_eq(engine_pc(p->engine), pc + 4);
        ck_assert_uint_eq(engine_x(p->engine, 1), 0x77);
    }
    probe_destroy(p);
}
END_TEST

/* A reservation lasts over traps and stops; only engine_clear_exclusive() ends it. */
START_TEST(exclusive_survives_a_trap_until_it_is_cleared)
{
    static const bool clear[] = {false, true};
    static const enum engine_next next[] = {ENGINE_CONTINUE, ENGINE_STOP};
    for (unsigned i = 0; i < 4; i++) {
        struct probe *p = probe_create(false);
        PROBE_CODE_AT(p, PROBE_CODE, 0xc85f7c01 /* ldxr x1, [x0] */, PROBE_SVC,
                      0xc8027c03 /* stxr w2, x3, [x0] */, PROBE_SVC);
        engine_set_x(p->engine, 0, PROBE_DATA);
        engine_set_x(p->engine, 3, 99);
        p->on_trap = next[i / 2] == ENGINE_CONTINUE ? probe_resume_once : NULL;
        p->resume_at = PROBE_CODE + 8;
        if (next[i / 2] == ENGINE_CONTINUE) {
            PROBE_CODE_AT(p, PROBE_CODE + 4, 0xd5385204 /* mrs x4, esr_el1 */);
        }
        /* set before the run: ends no reservation that begins later */
        ck_assert_int_eq(probe_run(p, PROBE_CODE), ENGINE_STOPPED_TRAP);
        if (next[i / 2] == ENGINE_STOP) {
            if (clear[i % 2]) {
                engine_clear_exclusive(p->engine);
            }
            ck_assert_int_eq(probe_run(p, PROBE_CODE + 8), ENGINE_STOPPED_TRAP);
            ck_assert_uint_eq(engine_x(p->engine, 2), clear[i % 2]);
            ck_assert_uint_eq(probe_read64(p, PROBE_DATA), clear[i % 2] ? 0 : 99);
        } else {
            ck_assert_uint_eq(engine_x(p->engine, 2), 0);
        }
        probe_destroy(p);
    }
}
END_TEST

static enum engine_next clear_and_skip(struct probe *p, enum engine_trap kind)
{
    engine_clear_exclusive(p->engine);
    return probe_skip(p, kind);
}

START_TEST(exclusive_can_be_cleared_in_a_trap)
{
    struct probe *p = probe_create(false);
    PROBE_CODE_AT(p, PROBE_CODE, 0xc85f7c01 /* ldxr x1, [x0] */, 0xd5385204 /* mrs x4, esr_el1 */,
                  0xc8027c03 /* stxr w2, x3, [x0] */, PROBE_SVC);
    for (unsigned view = 0; view < ENGINE_VIEWS; view++) {
        engine_set_view(p->engine, view);
        engine_set_x(p->engine, 0, PROBE_DATA);
        engine_set_x(p->engine, 2, 7);
        engine_set_nzcv(p->engine, UINT32_C(9) << 28);
        p->on_trap = clear_and_skip;
        ck_assert_int_eq(probe_run(p, PROBE_CODE), ENGINE_STOPPED_TRAP);
        ck_assert_uint_eq(engine_x(p->engine, 2), 1);
        ck_assert_uint_eq(engine_pc(p->engine), PROBE_CODE + 12);
        ck_assert_uint_eq(engine_nzcv(p->engine), UINT32_C(9) << 28);
        ck_assert_uint_eq(probe_count(p, EVENT_TRAP, PROBE_ANY), 2);
    }
    probe_destroy(p);
}
END_TEST

void probe_add_natives(Suite *suite)
{
    TCase *tc = tcase_create("natives");
    tcase_set_timeout(tc, 60); /* a busy machine */
    tcase_add_loop_test(tc, native_instruction_runs_through, 0,
                        (int)(sizeof natives / sizeof *natives));
    tcase_add_loop_test(tc, max_model_runs_what_the_a57_model_refuses, 0,
                        (int)(sizeof max_only / sizeof *max_only));
    tcase_add_test(tc, fp_does_not_trap_whatever_cpacr_says);
    tcase_add_test(tc, registers_of_el0_are_the_engines);
    tcase_add_test(tc, every_general_register_reads_back);
    tcase_add_test(tc, daif_is_native_only_where_asked);
    tcase_add_test(tc, dc_zva_is_native_only_where_asked);
    tcase_add_test(tc, misaligned_sp_and_acquire_do_not_fault);
    tcase_add_test(tc, misaligned_exclusive_is_a_trap_of_its_own);
    tcase_add_test(tc, exclusive_survives_a_trap_until_it_is_cleared);
    tcase_add_test(tc, exclusive_can_be_cleared_in_a_trap);
    suite_add_tcase(suite, tc);
}
