/*
 * Loads and stores (Arm ARM C4.1.66, C6.2): address, size, writeback and abort syndrome, with
 * numbers worked out by hand, and encodings by the assembler.
 */
#include "tests/unit/cpu-el/assemble.h"

#include <check.h>
#include <stdlib.h>

#include "cpu-el/insn.h"
#include "tests/support/run_suite.h"

/* Xn is 0x1000 * (n + 1); X9 = -8 (as W: 0xfffffff8), X10 = 0x1_8000_0003; SP 0x7f0000; pc
 * 0x40000100. */
static uint64_t general(void *ctx, unsigned n)
{
    (void)ctx;
    switch (n) {
    case 9:
        return UINT64_C(0xfffffffffffffff8);
    case 10:
        return UINT64_C(0x180000003);
    case 31:
        return 0x7f0000;
    }
    return UINT64_C(0x1000) * (n + 1);
}

static const struct ldst_registers registers = {.general = general, .pc = 0x40000100};

#define NO_WRITEBACK UINT64_MAX

struct address_case {
    const char *text;
    uint64_t address, writeback_to; /* NO_WRITEBACK */
    unsigned size_bytes, register_count;
    uint32_t iss; /* bits 24..14 of the ISS */
};

/* ISS by hand: ISV 24, SAS 23..22, SSE 21, SRT 20..16, SF 15, AR 14. */
#define ISV                (UINT32_C(1) << 24)
#define SYNDROME(sas, srt) (ISV | UINT32_C(sas) << 22 | UINT32_C(srt) << 16)
#define SSE                (UINT32_C(1) << 21)
#define SF                 (UINT32_C(1) << 15)
#define AR                 (UINT32_C(1) << 14)

static const struct address_case cases[] = {
    {"ldr x2, [x1]", 0x2000, NO_WRITEBACK, 8, 1, SYNDROME(3, 2) | SF},
    {"ldr x2, [x1, #32760]", 0x2000 + 32760, NO_WRITEBACK, 8, 1, SYNDROME(3, 2) | SF},
    {"ldr w2, [x1, #16380]", 0x2000 + 16380, NO_WRITEBACK, 4, 1, SYNDROME(2, 2)},
    {"ldrh w2, [x1, #8190]", 0x2000 + 8190, NO_WRITEBACK, 2, 1, SYNDROME(1, 2)},
    {"ldrb w30, [x1, #4095]", 0x2000 + 4095, NO_WRITEBACK, 1, 1, SYNDROME(0, 30)},
    {"ldr xzr, [sp, #8]", 0x7f0008, NO_WRITEBACK, 8, 1, SYNDROME(3, 31) | SF},
    {"str w7, [x1, #4]", 0x2004, NO_WRITEBACK, 4, 1, SYNDROME(2, 7)},
    {"str x7, [x1, #8]", 0x2008, NO_WRITEBACK, 8, 1, SYNDROME(3, 7) | SF},
    {"strb wzr, [x1]", 0x2000, NO_WRITEBACK, 1, 1, SYNDROME(0, 31)},
    {"ldrsb x3, [x1, #1]", 0x2001, NO_WRITEBACK, 1, 1, SYNDROME(0, 3) | SSE | SF},
    {"ldrsb w3, [x1, #1]", 0x2001, NO_WRITEBACK, 1, 1, SYNDROME(0, 3) | SSE},
    {"ldrsh x3, [x1, #2]", 0x2002, NO_WRITEBACK, 2, 1, SYNDROME(1, 3) | SSE | SF},
    {"ldrsh w3, [x1, #2]", 0x2002, NO_WRITEBACK, 2, 1, SYNDROME(1, 3) | SSE},
    {"ldrsw x3, [x1, #4]", 0x2004, NO_WRITEBACK, 4, 1, SYNDROME(2, 3) | SSE | SF},
    {"ldur x3, [x1, #-256]", 0x1f00, NO_WRITEBACK, 8, 1, SYNDROME(3, 3) | SF},
    {"sturh w3, [x1, #255]", 0x20ff, NO_WRITEBACK, 2, 1, SYNDROME(1, 3)},
    {"ldursw x3, [x1, #-1]", 0x1fff, NO_WRITEBACK, 4, 1, SYNDROME(2, 3) | SSE | SF},
    {"ldtr x3, [x1, #-8]", 0x1ff8, NO_WRITEBACK, 8, 1, SYNDROME(3, 3) | SF},
    {"sttrb w3, [x1, #7]", 0x2007, NO_WRITEBACK, 1, 1, SYNDROME(0, 3)},
    {"ldtrsb w3, [x1]", 0x2000, NO_WRITEBACK, 1, 1, SYNDROME(0, 3) | SSE},
    {"ldr x3, [x1, #-16]!", 0x1ff0, 0x1ff0, 8, 1, 0},
    {"str w3, [sp, #-16]!", 0x7efff0, 0x7efff0, 4, 1, 0},
    {"ldrb w3, [x1], #255", 0x2000, 0x20ff, 1, 1, 0},
    {"strh w3, [x1], #-256", 0x2000, 0x1f00, 2, 1, 0},
    {"ldrsw x3, [x1], #4", 0x2000, 0x2004, 4, 1, 0},
    {"ldr x3, [x1, x2]", 0x5000, NO_WRITEBACK, 8, 1, SYNDROME(3, 3) | SF},
    {"ldr x3, [x1, x2, lsl #3]", 0x2000 + 0x18000, NO_WRITEBACK, 8, 1, SYNDROME(3, 3) | SF},
    {"ldr w3, [x1, x9]", 0x1ff8, NO_WRITEBACK, 4, 1, SYNDROME(2, 3)},
    {"ldr w3, [x1, w9, uxtw]", UINT64_C(0x100001ff8), NO_WRITEBACK, 4, 1, SYNDROME(2, 3)},
    {"ldr w3, [x1, w9, sxtw #2]", 0x2000 - 32, NO_WRITEBACK, 4, 1, SYNDROME(2, 3)},
    {"strh w3, [x1, w10, uxtw #1]", UINT64_C(0x2000) + UINT64_C(0x100000006), NO_WRITEBACK, 2, 1,
     SYNDROME(1, 3)},
    {"ldrb w3, [x1, w10, sxtw]", UINT64_C(0x2000) + UINT64_C(0xffffffff80000003), NO_WRITEBACK, 1,
     1, SYNDROME(0, 3)},
    {"ldr x3, [x1, x9, sxtx #3]", 0x2000 - 64, NO_WRITEBACK, 8, 1, SYNDROME(3, 3) | SF},
    {"ldr x3, [sp, xzr]", 0x7f0000, NO_WRITEBACK, 8, 1, SYNDROME(3, 3) | SF},
    {"ldr q3, [x1, x2, lsl #4]", 0x2000 + 0x30000, NO_WRITEBACK, 16, 1, 0},
    {"ldr w3, .-0x100", 0x40000000, NO_WRITEBACK, 4, 1, SYNDROME(2, 3)},
    {"ldr x3, .+0xffffc", 0x400000fc + 0x100000, NO_WRITEBACK, 8, 1, SYNDROME(3, 3) | SF},
    {"ldrsw x3, .+4", 0x40000104, NO_WRITEBACK, 4, 1, SYNDROME(2, 3) | SSE | SF},
    {"ldr q3, .-0x100000", 0x3ff00100, NO_WRITEBACK, 16, 1, 0},
    {"ldr d3, .+8", 0x40000108, NO_WRITEBACK, 8, 1, 0},
    {"ldp x3, x4, [x1, #504]", 0x21f8, NO_WRITEBACK, 8, 2, 0},
    {"ldp w3, w4, [x1, #-256]", 0x1f00, NO_WRITEBACK, 4, 2, 0},
    {"stp x29, x30, [sp, #-512]!", 0x7efe00, 0x7efe00, 8, 2, 0},
    {"ldp x29, x30, [sp], #16", 0x7f0000, 0x7f0010, 8, 2, 0},
    {"ldpsw x3, x4, [x1, #-4]!", 0x1ffc, 0x1ffc, 4, 2, 0},
    {"stnp w3, w4, [x1, #8]", 0x2008, NO_WRITEBACK, 4, 2, 0},
    {"ldnp q3, q4, [x1, #-1024]", 0x1c00, NO_WRITEBACK, 16, 2, 0},
    {"stp s3, s4, [x1], #-4", 0x2000, 0x1ffc, 4, 2, 0},
    {"ldp d3, d4, [x1, #16]!", 0x2010, 0x2010, 8, 2, 0},
    {"ldxr x3, [x1]", 0x2000, NO_WRITEBACK, 8, 1, 0},
    {"ldaxrb w3, [x1]", 0x2000, NO_WRITEBACK, 1, 1, 0},
    {"stxrh w5, w3, [x1]", 0x2000, NO_WRITEBACK, 2, 1, 0},
    {"stlxr w5, w3, [sp]", 0x7f0000, NO_WRITEBACK, 4, 1, 0},
    {"ldxp x3, x4, [x1]", 0x2000, NO_WRITEBACK, 8, 2, 0},
    {"stlxp w5, w3, w4, [x1]", 0x2000, NO_WRITEBACK, 4, 2, 0},
    {"ldar x3, [x1]", 0x2000, NO_WRITEBACK, 8, 1, SYNDROME(3, 3) | SF | AR},
    {"ldarb w3, [x1]", 0x2000, NO_WRITEBACK, 1, 1, SYNDROME(0, 3) | AR},
    {"stlr w3, [x1]", 0x2000, NO_WRITEBACK, 4, 1, SYNDROME(2, 3) | AR},
    {"stllrh w3, [x1]", 0x2000, NO_WRITEBACK, 2, 1, SYNDROME(1, 3) | AR},
    {"ldlar x3, [x1]", 0x2000, NO_WRITEBACK, 8, 1, SYNDROME(3, 3) | SF | AR},
    {"ldapr w3, [x1]", 0x2000, NO_WRITEBACK, 4, 1, SYNDROME(2, 3) | AR},
    {"ldapur x3, [x1, #-3]", 0x1ffd, NO_WRITEBACK, 8, 1, SYNDROME(3, 3) | SF | AR},
    {"ldapursh w3, [x1, #2]", 0x2002, NO_WRITEBACK, 2, 1, SYNDROME(1, 3) | SSE | AR},
    {"stlurb w3, [x1, #1]", 0x2001, NO_WRITEBACK, 1, 1, SYNDROME(0, 3) | AR},
    {"ldadd x5, x3, [x1]", 0x2000, NO_WRITEBACK, 8, 1, 0},
    {"swpalb w5, w3, [sp]", 0x7f0000, NO_WRITEBACK, 1, 1, 0},
    {"cas w5, w3, [x1]", 0x2000, NO_WRITEBACK, 4, 1, 0},
    {"casp x4, x5, x6, x7, [x1]", 0x2000, NO_WRITEBACK, 8, 2, 0},
    {"ldr b3, [x1, #4095]", 0x2fff, NO_WRITEBACK, 1, 1, 0},
    {"str q3, [x1, #65520]", 0x2000 + 65520, NO_WRITEBACK, 16, 1, 0},
    {"ldur q3, [x1, #-1]", 0x1fff, NO_WRITEBACK, 16, 1, 0},
    {"str d3, [x1], #-8", 0x2000, 0x1ff8, 8, 1, 0},
    {"ld1 {v3.8b}, [x1]", 0x2000, NO_WRITEBACK, 8, 1, 0},
    {"ld1 {v3.16b-v6.16b}, [x1], #64", 0x2000, 0x2040, 16, 4, 0},
    {"st1 {v3.1d-v5.1d}, [x1], #24", 0x2000, 0x2018, 8, 3, 0},
    {"ld2 {v3.4s-v4.4s}, [x1], x2", 0x2000, 0x5000, 16, 2, 0},
    {"st4 {v3.8h-v6.8h}, [sp]", 0x7f0000, NO_WRITEBACK, 16, 4, 0},
    {"ld3 {v3.2s-v5.2s}, [x1]", 0x2000, NO_WRITEBACK, 8, 3, 0},
    {"ld1 {v3.b}[15], [x1], #1", 0x2000, 0x2001, 1, 1, 0},
    {"st1 {v3.h}[5], [x1]", 0x2000, NO_WRITEBACK, 2, 1, 0},
    {"st2 {v3.s-v4.s}[3], [x1], #8", 0x2000, 0x2008, 4, 2, 0},
    {"ld4 {v3.d-v6.d}[1], [x1], x2", 0x2000, 0x5000, 8, 4, 0},
    {"ld1r {v3.8h}, [x1], #2", 0x2000, 0x2002, 2, 1, 0},
    {"ld3r {v3.2d-v5.2d}, [x1]", 0x2000, NO_WRITEBACK, 8, 3, 0},
    {"ld2r {v3.16b-v4.16b}, [x1], x9", 0x2000, 0x1ff8, 1, 2, 0},
};
#define CASES (sizeof cases / sizeof cases[0])

static uint32_t words[CASES];

static void assemble_cases(void)
{
    const char *lines[CASES];
    for (size_t i = 0; i < CASES; i++) {
        lines[i] = cases[i].text;
    }
    assemble(lines, CASES, words);
}

START_TEST(an_access_has_the_address_size_writeback_and_syndrome_worked_out_by_hand)
{
    const struct address_case *c = &cases[_i];
    struct ldst a;
    ck_assert_msg(ldst_decode(words[_i], &registers, &a), "%s (%08x)", c->text, words[_i]);
    ck_assert_msg(a.address == c->address, "%s: address %lx", c->text, (unsigned long)a.address);
    ck_assert_msg(a.writeback == (c->writeback_to != NO_WRITEBACK), "%s", c->text);
    ck_assert_msg(!a.writeback || a.writeback_to == c->writeback_to, "%s: base %lx", c->text,
                  (unsigned long)a.writeback_to);
    ck_assert_msg(a.size_bytes == c->size_bytes, "%s: size %u", c->text, a.size_bytes);
    ck_assert_msg(a.register_count == c->register_count, "%s", c->text);
    ck_assert_msg(ldst_iss(&a) == c->iss, "%s: ISS %08x", c->text, ldst_iss(&a));
}
END_TEST

static struct ldst decode(const char *text)
{
    struct ldst a;
    uint32_t word;
    assemble(&text, 1, &word);
    ck_assert(ldst_decode(word, &registers, &a));
    return a;
}

START_TEST(exclusives_and_atomics_name_their_registers)
{
    struct ldst a = decode("stlxp w5, x3, x4, [x1]");
    ck_assert(a.is_store && !a.is_load && a.is_pair && a.is_exclusive && a.is_ordered);
    ck_assert(a.rs == 5 && a.rt == 3 && a.rt2 == 4 && a.rn == 1);
    a = decode("ldxr w7, [x2]");
    ck_assert(a.is_load && !a.is_store && a.is_exclusive && !a.is_ordered && a.rt == 7);
    a = decode("casp x4, x5, x6, x7, [x1]");
    ck_assert(a.is_atomic && a.is_load && a.is_store && a.op == LDST_OP_CAS);
    ck_assert(a.rs == 4 && a.rt == 6 && a.rt2 == 7);
    a = decode("swpa x5, x3, [x1]");
    ck_assert(a.op == LDST_OP_SWP && a.rs == 5 && a.rt == 3 && a.is_ordered);
}
END_TEST

/* C6.2, opc in bits 14..12: ADD, CLR, EOR, SET, SMAX, SMIN, UMAX, UMIN. */
START_TEST(each_atomic_operation_is_told_apart)
{
    static const char *const text[] = {
        "ldadd x5, x3, [x1]",  "ldclr x5, x3, [x1]",  "ldeor x5, x3, [x1]",  "ldset x5, x3, [x1]",
        "ldsmax x5, x3, [x1]", "ldsmin x5, x3, [x1]", "ldumax x5, x3, [x1]", "ldumin x5, x3, [x1]"};
    static const enum ldst_op op[] = {LDST_OP_ADD,  LDST_OP_CLR,  LDST_OP_EOR,  LDST_OP_SET,
                                      LDST_OP_SMAX, LDST_OP_SMIN, LDST_OP_UMAX, LDST_OP_UMIN};
    for (size_t i = 0; i < 8; i++) {
        ck_assert_int_eq(decode(text[i]).op, op[i]);
    }
}
END_TEST

START_TEST(structures_tell_element_lane_and_registers)
{
    struct ldst a = decode("ld4 {v30.8h, v31.8h, v0.8h, v1.8h}, [x1]");
    ck_assert(a.is_fp && a.is_load && a.rt == 30 && a.structure_count == 4 && a.lane == -1);
    ck_assert_uint_eq(a.element_bytes, 2);
    a = decode("st1 {v3.4s-v6.4s}, [x1]");
    ck_assert(a.is_store && a.structure_count == 1 && a.register_count == 4);
    ck_assert_uint_eq(a.element_bytes, 4);
    a = decode("ld1 {v3.b}[13], [x1]");
    ck_assert(a.lane == 13 && a.element_bytes == 1 && !a.replicate);
    a = decode("ld2 {v3.h-v4.h}[6], [x1]");
    ck_assert(a.lane == 6 && a.element_bytes == 2 && a.structure_count == 2);
    a = decode("st3 {v3.s-v5.s}[3], [x1]");
    ck_assert(a.lane == 3 && a.element_bytes == 4 && a.structure_count == 3);
    a = decode("ld4 {v3.d-v6.d}[1], [x1]");
    ck_assert(a.lane == 1 && a.element_bytes == 8 && a.structure_count == 4);
    a = decode("ld3r {v3.8b-v5.8b}, [x1]");
    ck_assert(a.replicate && a.element_bytes == 1 && a.structure_count == 3);
}
END_TEST

START_TEST(a_prefetch_accesses_nothing)
{
    struct ldst a = decode("prfm pldl1keep, [x1, #8]");
    ck_assert(a.is_prefetch && !a.is_load && !a.is_store);
    ck_assert_uint_eq(a.address, 0x2008);
    ck_assert_uint_eq(ldst_iss(&a), 0);
    ck_assert(decode("prfm pldl1keep, .+8").address == 0x40000108);
}
END_TEST

START_TEST(unprivileged_accesses_are_marked)
{
    ck_assert(decode("ldtr x3, [x1]").is_unprivileged);
    ck_assert(decode("sttrh w3, [x1]").is_unprivileged);
    ck_assert(!decode("ldur x3, [x1]").is_unprivileged);
}
END_TEST

START_TEST(what_is_no_load_or_store_is_refused)
{
    static const uint32_t other[] = {0xd503201f, /* NOP */
                                     0x8b020020, /* ADD */
                                     0xd50b7420, /* DC ZVA */
                                     0xf8200400, /* LDRAA */
                                     0xd9200800, /* STG */
                                     0x38c00800 | UINT32_C(3) << 30,
                                     0x0c001000,
                                     0x48217c00 /* CASP of an odd register */};
    struct ldst a;
    for (size_t i = 0; i < sizeof other / sizeof other[0]; i++) {
        ck_assert_msg(!ldst_decode(other[i], &registers, &a), "%08x", other[i]);
    }
}
END_TEST

/* The two decoders agree on what is a load or store of an 8.5 CPU without MTE and PAuth. */
START_TEST(an_instruction_is_a_load_or_store_to_both_decoders_or_to_none)
{
    struct cpu_model model = {0};
    uint32_t word = 1;
    for (size_t f = 0; f < FEATURE_COUNT; f++) {
        model.has[f] = true;
    }
    for (uint32_t i = 0; i < 2000000; i++, word += 0x9e3779b1) {
        struct ldst a;
        bool access = ldst_decode(word, &registers, &a) && !a.is_prefetch;
        struct insn insn = insn_decode(&model, word);
        if (access != (insn.kind == INSN_KIND_LOADSTORE) ||
            (access && (a.size_bytes < 1 || a.size_bytes > 16 || a.register_count > 4))) {
            ck_abort_msg("%08x", word);
        }
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("ldst");
    TCase *tc = tcase_create("addresses");
    tcase_add_unchecked_fixture(tc, assemble_cases, NULL);
    tcase_add_loop_test(
        tc, an_access_has_the_address_size_writeback_and_syndrome_worked_out_by_hand, 0, CASES);
    suite_add_tcase(suite, tc);
    tc = tcase_create("operands");
    tcase_add_test(tc, exclusives_and_atomics_name_their_registers);
    tcase_add_test(tc, each_atomic_operation_is_told_apart);
    tcase_add_test(tc, structures_tell_element_lane_and_registers);
    tcase_add_test(tc, a_prefetch_accesses_nothing);
    tcase_add_test(tc, unprivileged_accesses_are_marked);
    tcase_add_test(tc, what_is_no_load_or_store_is_refused);
    tcase_add_test(tc, an_instruction_is_a_load_or_store_to_both_decoders_or_to_none);
    tcase_set_timeout(tc, 60);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}
