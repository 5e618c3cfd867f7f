/* What traps, with the PC exactly on the instruction, in each view and on both CPU models. */
#include "tests/integration/engine/probe.h"

struct row {
    const char *name;
    uint32_t word;
};

/* Privileged or unallocated at EL0: ENGINE_TRAP_UNDEF. x0 holds PROBE_DATA. */
static const struct row undef[] = {
    {"hvc #1", 0xd4000022},
    {"smc #2", 0xd4000043},
    {"eret", 0xd69f03e0},
    {"hlt #3", 0xd4400060},
    {"dcps1 #4", 0xd4a00081},
    {"dcps2", 0xd4a00002},
    {"drps", 0xd6bf03e0},
    {"udf #5", 0x00000005},
    {"wfi", 0xd503207f},
    {"mrs x1, CurrentEL", 0xd5384241},
    {"mrs x1, daif", 0xd53b4221},
    {"msr daif, x1", 0xd51b4221},
    {"msr daifset, #2", 0xd50342df},
    {"msr daifclr, #2", 0xd50342ff},
    {"mrs x1, spsel", 0xd5384201},
    {"msr spsel, #1", 0xd50041bf},
    {"mrs x1, s3_0_c4_c2_3", 0xd5384261},  /* PAN */
    {"msr s0_0_c4_c1_4, xzr", 0xd500419f}, /* MSR PAN, #1 */
    {"mrs x1, midr_el1", 0xd5380001},
    {"mrs x1, mpidr_el1", 0xd53800a1},
    {"mrs x1, id_aa64pfr0_el1", 0xd5380401},
    {"mrs x1, id_aa64mmfr1_el1", 0xd5380721},
    {"mrs x1, ctr_el0", 0xd53b0021},
    {"mrs x1, clidr_el1", 0xd5390021},
    {"mrs x1, sctlr_el1", 0xd5381001},
    {"msr sctlr_el1, x1", 0xd5181001},
    {"mrs x1, ttbr0_el1", 0xd5382001},
    {"msr vbar_el1, x1", 0xd518c001},
    {"mrs x1, elr_el1", 0xd5384021},
    {"mrs x1, spsr_el1", 0xd5384001},
    {"mrs x1, esr_el1", 0xd5385201},
    {"mrs x1, far_el1", 0xd5386001},
    {"mrs x1, sp_el0", 0xd5384101},
    {"msr sp_el1, x1", 0xd51c4101},
    {"mrs x1, tpidr_el1", 0xd538d081},
    {"msr tpidr_el2, x1", 0xd51cd041},
    {"msr tpidrro_el0, x1", 0xd51bd061},
    {"mrs x1, contextidr_el1", 0xd538d021},
    {"mrs x1, mdscr_el1", 0xd5300241},
    {"msr oslar_el1, x1", 0xd5101081},
    {"mrs x1, mdccsr_el0", 0xd5330101},
    {"mrs x1, hcr_el2", 0xd53c1101},
    {"msr hcr_el2, x1", 0xd51c1101},
    {"mrs x1, vttbr_el2", 0xd53c2101},
    {"mrs x1, esr_el2", 0xd53c5201},
    {"mrs x1, scr_el3", 0xd53e1101},
    {"mrs x1, s3_5_c1_c0_0", 0xd53d1001}, /* SCTLR_EL12 */
    {"mrs x1, cntfrq_el0", 0xd53be001},
    {"mrs x1, cntvct_el0", 0xd53be041},
    {"mrs x1, cntpct_el0", 0xd53be021},
    {"mrs x1, cntv_ctl_el0", 0xd53be321},
    {"msr cntv_cval_el0, x1", 0xd51be341},
    {"msr cntp_tval_el0, x1", 0xd51be201},
    {"mrs x1, cntkctl_el1", 0xd538e101},
    {"mrs x1, cnthctl_el2", 0xd53ce101},
    {"mrs x1, pmccntr_el0", 0xd53b9d01},
    {"mrs x1, pmcr_el0", 0xd53b9c01},
    {"msr pmuserenr_el0, x1", 0xd51b9e01},
    {"mrs x1, s3_0_c12_c12_0", 0xd538cc01}, /* ICC_IAR1_EL1 */
    {"msr s3_0_c12_c12_1, x1", 0xd518cc21}, /* ICC_EOIR1_EL1 */
    {"msr s3_0_c12_c11_5, x1", 0xd518cba1}, /* ICC_SGI1R_EL1 */
    {"mrs x1, s3_4_c12_c11_0", 0xd53ccb01}, /* ICH_HCR_EL2 */
    {"tlbi vmalle1", 0xd508871f},
    {"tlbi vmalle1is", 0xd508831f},
    {"tlbi vae1is, x1", 0xd5088321},
    {"tlbi alle2", 0xd50c871f},
    {"tlbi ipas2e1is, x1", 0xd50c8021},
    {"dc civac, x0", 0xd50b7e20},
    {"dc cvac, x0", 0xd50b7a20},
    {"dc cvap, x0", 0xd50b7c20},
    {"dc cvau, x0", 0xd50b7b20},
    {"dc ivac, x0", 0xd5087620},
    {"dc isw, x0", 0xd5087640},
    {"dc zva, x0", 0xd50b7420},
    {"ic iallu", 0xd508751f},
    {"ic ialluis", 0xd508711f},
    {"ic ivau, x0", 0xd50b7520},
    {"at s1e1r, x0", 0xd5087800},
    {"at s12e1r, x0", 0xd50c7880},
    {"ptrue p0.b", 0x2518e3e0},
    {"rdvl x1, #1", 0x04bf5021},
    {"irg x1, x0", 0x9adf1001},
    {"stg x0, [x0]", 0xd9200800},
    {"mrs x1, s3_3_c15_c0_0", 0xd53bf001}, /* implementation defined */
    {"sys #1, c11, c0, #0, x0", 0xd509b000},
};

static const unsigned undef_count = sizeof undef / sizeof *undef;

/* A row runs in the middle of straight code, in every view, on the A57 and the MAX model. */
static void check_trap(const struct row *row, enum engine_trap kind)
{
    for (unsigned lse = 0; lse < 2; lse++) {
        struct probe *p = probe_create(lse != 0);
        PROBE_CODE_AT(p, PROBE_CODE, 0x91000442 /* add x2, x2, #1 */, row->word,
                      0x91000442 /* add x2, x2, #1 */, PROBE_SVC);
        for (unsigned view = 0; view < ENGINE_VIEWS; view++) {
            engine_set_view(p->engine, view);
            engine_set_x(p->engine, 0, PROBE_DATA);
            engine_set_x(p->engine, 1, 0x5a5a);
            engine_set_x(p->engine, 2, 0);
            enum engine_stop stop = probe_run(p, PROBE_CODE);
            ck_assert_msg(stop == ENGINE_STOPPED_TRAP && p->last_trap == kind,
                          "%s: view %u, stop %d, trap %d", row->name, view, (int)stop,
                          (int)p->last_trap);
            ck_assert_msg(engine_pc(p->engine) == PROBE_CODE + 4, "%s: pc", row->name);
            ck_assert_msg(engine_x(p->engine, 1) == 0x5a5a && engine_x(p->engine, 2) == 1,
                          "%s: registers", row->name);
        }
        probe_destroy(p);
    }
}

START_TEST(privileged_instruction_traps_with_pc_on_it)
{
    check_trap(&undef[_i], ENGINE_TRAP_UNDEF);
}
END_TEST

START_TEST(svc_and_brk_trap_with_pc_on_them)
{
    check_trap(&(struct row){"svc #7", 0xd40000e1}, ENGINE_TRAP_SVC);
    check_trap(&(struct row){"brk #8", 0xd4200100}, ENGINE_TRAP_BRK);
}
END_TEST

/* Garbage is UNDEF too, whatever surrounds it. */
START_TEST(unallocated_words_trap)
{
    static const struct row words[] = {
        {"all zeros", 0}, {"all ones", 0xffffffff}, {"a hole in the branches", 0x54000010}};
    for (unsigned i = 0; i < sizeof words / sizeof *words; i++) {
        check_trap(&words[i], ENGINE_TRAP_UNDEF);
    }
}
END_TEST

/* The system encodings (op0 1..3) that do not trap at EL0 are exactly these. */
static bool is_native_encoding(uint32_t word, bool max)
{
    /* clang-format off */
    static const uint32_t natives[] = {
        0xd53bd040 /* mrs x0, tpidr_el0 */, 0xd51bd040 /* msr tpidr_el0, x0 */, 0xd53bd060 /* mrs x0, tpidrro_el0 */,
        0xd53b00e0 /* mrs x0, dczid_el0 */, 0xd53b4400 /* mrs x0, fpcr */, 0xd51b4400 /* msr fpcr, x0 */, 0xd53b4420 /* mrs x0, fpsr */,
        0xd51b4420 /* msr fpsr, x0 */, 0xd53b4200 /* mrs x0, nzcv */, 0xd51b4200 /* msr nzcv, x0 */, 
        0xd53b9e00 /* mrs x0, pmuserenr_el0 */,
    };
    /* clang-format on */
    static const uint32_t on_max[] = {0xd53b2400 /* mrs x0, rndr */,
                                      0xd53b2420 /* mrs x0, rndrrs */};
    for (unsigned i = 0; max && i < sizeof on_max / sizeof *on_max; i++) {
        if (word == on_max[i]) {
            return true;
        }
    }
    for (unsigned i = 0; i < sizeof natives / sizeof *natives; i++) {
        if (word == natives[i]) {
            return true;
        }
    }
    return false;
}

/* All of SYS, SYSL, MRS and MSR (register) with Rt = x0 at PROBE_DATA: 98304 encodings, in each
 * view, on both models. A run of 64 in a row, each stepped over. */
START_TEST(every_other_system_encoding_traps)
{
    bool max = _i >= ENGINE_VIEWS;
    struct probe *p = probe_create(max);
    engine_set_view(p->engine, (unsigned)_i % ENGINE_VIEWS);
    p->on_trap = probe_skip;
    for (uint32_t first = 0xd5000000; first < 0xd5400000; first += 64 * 32) {
        uint32_t code[65];
        unsigned expected = 0, count = 0;
        for (unsigned i = 0; i < 64; i++) {
            uint32_t word = first + i * 32;
            bool is_system = (word >> 19 & 3) != 0; /* op0 0: hints, barriers, PSTATE */
            code[count++] = is_system ? word : PROBE_NOP;
            expected += is_system && !is_native_encoding(word, max);
        }
        code[count++] = PROBE_SVC;
        engine_code_changed(p->engine, pa(PROBE_CODE), sizeof code);
        probe_code(p, PROBE_CODE, code, count);
        engine_set_x(p->engine, 0, PROBE_DATA);
        ck_assert_int_eq(probe_run(p, PROBE_CODE), ENGINE_STOPPED_TRAP);
        ck_assert_msg(probe_count(p, EVENT_TRAP, PROBE_ANY) == expected + 1,
                      "from %08x: %u traps, not %u", first, probe_count(p, EVENT_TRAP, PROBE_ANY),
                      expected + 1);
    }
    probe_destroy(p);
}
END_TEST

START_TEST(lse_is_undef_on_the_v8_0_model_only)
{
    static const uint32_t words[] = {
        0xf8210002 /* ldadd x1, x2, [x0] */, 0xf8e18002 /* swpal x1, x2, [x0] */,
        0xc8a17c02 /* cas x1, x2, [x0] */,   0x48227c04 /* casp x2, x3, x4, x5, [x0] */,
        0xb821301f /* stset w1, [x0] */,     0x38216002 /* ldumaxb w1, w2, [x0] */,
    };
    for (unsigned lse = 0; lse < 2; lse++) {
        struct probe *p = probe_create(lse != 0);
        for (unsigned i = 0; i < sizeof words / sizeof *words; i++) {
            PROBE_CODE_AT(p, PROBE_CODE + 16 * i, words[i], PROBE_SVC);
            engine_set_x(p->engine, 0, PROBE_DATA);
            ck_assert_int_eq(probe_run(p, PROBE_CODE + 16 * i), ENGINE_STOPPED_TRAP);
            ck_assert_msg(p->last_trap == (lse ? ENGINE_TRAP_SVC : ENGINE_TRAP_UNDEF),
                          "word %u, lse %u", i, lse);
        }
        probe_destroy(p);
    }
}
END_TEST

/* trap() may move the PC and the view: what runs next is there, translated by that view. */
START_TEST(trap_can_move_pc_and_view)
{
    struct probe *p = probe_create(false);
    PROBE_CODE_AT(p, PROBE_CODE, 0xd5381001 /* mrs x1, sctlr_el1 */, 0xd2800022 /* mov x2, #1 */,
                  PROBE_SVC);
    PROBE_CODE_AT(p, PROBE_CODE + 0x100, 0xd2800042 /* mov x2, #2 */, PROBE_SVC);
    p->on_trap = probe_resume_once;
    p->resume_at = PROBE_CODE + 0x100;
    p->resume_view = 2;
    ck_assert_int_eq(probe_run(p, PROBE_CODE), ENGINE_STOPPED_TRAP);
    ck_assert_uint_eq(engine_x(p->engine, 2), 2);
    ck_assert_uint_eq(engine_pc(p->engine), PROBE_CODE + 0x104);
    ck_assert_uint_eq(engine_view(p->engine), 2);
    /* the same page was filled once for each view */
    ck_assert_uint_eq(probe_count(p, EVENT_FILL, PROBE_CODE), 2);
    ck_assert_uint_eq(probe_event(p, EVENT_FILL, 1)->view, 2);
    probe_destroy(p);
}
END_TEST

/* With the PC left alone, the instruction runs again: it must be one that no longer traps. */
START_TEST(trap_that_moves_nothing_runs_the_instruction_again)
{
    struct probe *p = probe_create(false);
    PROBE_CODE_AT(p, PROBE_CODE, 0xd5381001 /* mrs x1, sctlr_el1 */, PROBE_SVC);
    p->on_trap = probe_resume_once;
    p->resume_at = PROBE_CODE;
    ck_assert_int_eq(probe_run(p, PROBE_CODE), ENGINE_STOPPED_TRAP);
    ck_assert_uint_eq(probe_count(p, EVENT_TRAP, PROBE_CODE), 2);
    ck_assert_uint_eq(probe_count(p, EVENT_BLOCK, PROBE_CODE), 2);
    probe_destroy(p);
}
END_TEST

static enum engine_next set_registers(struct probe *p, enum engine_trap kind)
{
    engine_set_x(p->engine, 1, 11);
    engine_set_x(p->engine, 31, PROBE_DATA + 16);
    engine_set_nzcv(p->engine, UINT32_C(1) << 30); /* Z */
    return probe_skip(p, kind);
}

START_TEST(trap_can_write_registers_that_the_next_instruction_reads)
{
    struct probe *p = probe_create(false);
    PROBE_CODE_AT(p, PROBE_CODE, 0xd5381001 /* mrs x1, sctlr_el1 */, 0x9a9f17e2 /* cset x2, eq */,
                  0x910003e3 /* mov x3, sp */, 0x91000421 /* add x1, x1, #1 */, PROBE_SVC);
    p->on_trap = set_registers;
    ck_assert_int_eq(probe_run(p, PROBE_CODE), ENGINE_STOPPED_TRAP);
    ck_assert_uint_eq(engine_x(p->engine, 2), 1);
    ck_assert_uint_eq(engine_x(p->engine, 3), PROBE_DATA + 16);
    probe_destroy(p);
}
END_TEST

/* Linux steps over instructions it emulates; thousands in a row must not disturb anything. */
START_TEST(many_traps_in_a_loop_keep_state)
{
    struct probe *p = probe_create(false);
    PROBE_CODE_AT(p, PROBE_CODE, 0x91000442 /* add x2, x2, #1 */,
                  0xd53be041 /* mrs x1, cntvct_el0 */, 0xf1000463 /* subs x3, x3, #1 */,
                  0x54ffffa1 /* b.ne .-12 */, PROBE_SVC);
    engine_set_x(p->engine, 2, 0);
    engine_set_x(p->engine, 3, 1000);
    p->on_trap = probe_skip;
    ck_assert_int_eq(probe_run(p, PROBE_CODE), ENGINE_STOPPED_TRAP);
    ck_assert_uint_eq(engine_x(p->engine, 2), 1000);
    ck_assert_uint_eq(engine_stats(p->engine)->traps, 1001);
    probe_destroy(p);
}
END_TEST

void probe_add_traps(Suite *suite)
{
    TCase *tc = tcase_create("traps");
    tcase_set_timeout(tc, 60); /* a busy machine */
    tcase_add_loop_test(tc, privileged_instruction_traps_with_pc_on_it, 0, (int)undef_count);
    tcase_add_test(tc, svc_and_brk_trap_with_pc_on_them);
    tcase_add_test(tc, unallocated_words_trap);
    tcase_add_loop_test(tc, every_other_system_encoding_traps, 0, 2 * ENGINE_VIEWS);
    tcase_add_test(tc, lse_is_undef_on_the_v8_0_model_only);
    tcase_add_test(tc, trap_can_move_pc_and_view);
    tcase_add_test(tc, trap_that_moves_nothing_runs_the_instruction_again);
    tcase_add_test(tc, trap_can_write_registers_that_the_next_instruction_reads);
    tcase_add_test(tc, many_traps_in_a_loop_keep_state);
    suite_add_tcase(suite, tc);
}
