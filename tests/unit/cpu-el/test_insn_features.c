/*
 * What a CPU model lacks is UNDEFINED for the board to see, though the engine may know it; and
 * words typed from the manual (Arm ARM C4.1, C6.2).
 */
#include "tests/unit/cpu-el/assemble.h"
#include "tests/unit/cpu-el/toy_pe.h"

#include <check.h>
#include <stdlib.h>

#include "cpu-el/insn.h"
#include "tests/support/run_suite.h"

#define NEVER FEATURE_COUNT

/* An instruction and the feature without which it does not exist. */
static const struct {
    const char *text;
    unsigned feature;
} lacking[] = {
    {"ldadd x0, x1, [x2]", FEAT_LSE},
    {"cas w0, w1, [x2]", FEAT_LSE},
    {"caspa x0, x1, x2, x3, [x4]", FEAT_LSE},
    {"swpalh w0, w1, [x2]", FEAT_LSE},
    {"stumaxl x0, [x2]", FEAT_LSE},
    {"ldlarh w0, [x1]", FEAT_LOR},
    {"stllr x0, [x1]", FEAT_LOR},
    {"ldapr x0, [x1]", FEAT_LRCPC},
    {"ldaprh w0, [x1]", FEAT_LRCPC},
    {"stlur x0, [x1, #8]", FEAT_LRCPC2},
    {"ldapurb w0, [x1, #-8]", FEAT_LRCPC2},
    {"crc32b w0, w1, w2", FEAT_CRC32},
    {"crc32cx w0, w1, x2", FEAT_CRC32},
    {"cfinv", FEAT_FLAGM},
    {"rmif x0, #3, #15", FEAT_FLAGM},
    {"setf8 w0", FEAT_FLAGM},
    {"setf16 w3", FEAT_FLAGM},
    {"sb", FEAT_SB},
    {"mrs x0, rndr", FEAT_RNG},
    {"mrs x0, rndrrs", FEAT_RNG},
    {"aesd v0.16b, v1.16b", FEAT_AES},
    {"aesmc v0.16b, v1.16b", FEAT_AES},
    {"pmull v0.1q, v1.1d, v2.1d", FEAT_AES},
    {"sha1p q0, s1, v2.4s", FEAT_SHA1},
    {"sha1su0 v0.4s, v1.4s, v2.4s", FEAT_SHA1},
    {"sha1h s0, s1", FEAT_SHA1},
    {"sha1su1 v0.4s, v1.4s", FEAT_SHA1},
    {"sha256h2 q0, q1, v2.4s", FEAT_SHA256},
    {"sha256su0 v0.4s, v1.4s", FEAT_SHA256},
    {"sha256su1 v0.4s, v1.4s, v2.4s", FEAT_SHA256},
    {"sqrdmlah v0.8h, v1.8h, v2.8h", FEAT_RDM},
    {"sqrdmlsh s0, s1, s2", FEAT_RDM},
    {"sqrdmlah v0.4s, v1.4s, v2.s[1]", FEAT_RDM},
    {"sqrdmlsh h0, h1, v2.h[1]", FEAT_RDM},
    {"udot v0.2s, v1.8b, v2.8b", FEAT_DOTPROD},
    {"sdot v0.4s, v1.16b, v2.4b[3]", FEAT_DOTPROD},
    {"fcmla v0.4s, v1.4s, v2.4s, #0", FEAT_FCMA},
    {"fcmla v0.4s, v1.4s, v2.s[1], #180", FEAT_FCMA},
    {"fcadd v0.2d, v1.2d, v2.2d, #90", FEAT_FCMA},
    {"fjcvtzs w0, d1", FEAT_JSCVT},
    {"fadd h0, h1, h2", FEAT_FP16},
    {"fmadd h0, h1, h2, h3", FEAT_FP16},
    {"fmov h0, #1.0", FEAT_FP16},
    {"fmov w0, h1", FEAT_FP16},
    {"fcvtzs x0, h1, #3", FEAT_FP16},
    {"scvtf h0, w1", FEAT_FP16},
    {"fcsel h0, h1, h2, eq", FEAT_FP16},
    {"fcmp h0, #0.0", FEAT_FP16},
    {"fmul v0.8h, v1.8h, v2.8h", FEAT_FP16},
    {"fcmeq v0.4h, v1.4h, #0.0", FEAT_FP16},
    {"fmaxnmv h0, v1.8h", FEAT_FP16},
    {"fminv h0, v1.4h", FEAT_FP16},
    {"fmla v0.8h, v1.8h, v2.h[3]", FEAT_FP16},
    {"fmulx h0, h1, v2.h[1]", FEAT_FP16},
    {"fmov v0.8h, #1.0", FEAT_FP16},
    {"ucvtf v0.8h, v1.8h, #3", FEAT_FP16},
    {"fcvtzs h0, h1, #2", FEAT_FP16},
    {"facge h0, h1, h2", FEAT_FP16},
    {"frsqrte h0, h1", FEAT_FP16},
    {"faddp h0, v1.2h", FEAT_FP16},
    {"fmov d0, x0", FEAT_FP},
    {"ldr q0, [x0]", FEAT_FP},
    {"ld1 {v0.8b}, [x0]", FEAT_FP},
    {"stp d0, d1, [sp]", FEAT_FP},
    {"mrs x0, fpcr", FEAT_FP},
    {"add v0.4s, v1.4s, v2.4s", FEAT_FP},
    {"xaflag", NEVER},
    {"axflag", NEVER},
    {"frint32z d0, d1", NEVER},
    {"frint64x s0, s1", NEVER},
    {"frint32x v0.4s, v1.4s", NEVER},
    {"frint64z v0.2d, v1.2d", NEVER},
    {"fmlal v0.4s, v1.4h, v2.4h", NEVER},
    {"fmlsl2 v0.4s, v1.4h, v2.4h", NEVER},
    {"fmlal v0.4s, v1.4h, v2.h[1]", NEVER},
    {"fmlal2 v0.4s, v1.4h, v2.h[1]", NEVER},
    {"sha512h q0, q1, v2.2d", NEVER},
    {"eor3 v0.16b, v1.16b, v2.16b, v3.16b", NEVER},
    {"sm3ss1 v0.4s, v1.4s, v2.4s, v3.4s", NEVER},
    {"sm4e v0.4s, v1.4s", NEVER},
    {"pacia x0, x1", NEVER},
    {"autdza x0", NEVER},
    {"xpaci x0", NEVER},
    {"pacga x0, x1, x2", NEVER},
    {"braa x0, x1", NEVER},
    {"blraaz x0", NEVER},
    {"retab", NEVER},
    {"eretaa", NEVER},
    {"ldraa x0, [x1]", NEVER},
    {"ldrab x0, [x1, #8]!", NEVER},
    {"addg x0, x1, #16, #1", NEVER},
    {"subg x0, x1, #16, #1", NEVER},
    {"irg x0, x1", NEVER},
    {"gmi x0, x1, x2", NEVER},
    {"subp x0, x1, x2", NEVER},
    {"subps x0, x1, x2", NEVER},
    {"stg x0, [x1]", NEVER},
    {"ldg x0, [x1]", NEVER},
    {"stz2g x0, [x1], #16", NEVER},
    {"stgp x0, x1, [x2]", NEVER},
    {"add z0.s, z1.s, z2.s", NEVER},
    {"ptrue p0.b", NEVER},
};
#define LACKING (sizeof lacking / sizeof lacking[0])

static uint32_t words[LACKING];

static void assemble_lacking(void)
{
    const char *lines[LACKING];
    for (size_t i = 0; i < LACKING; i++) {
        lines[i] = lacking[i].text;
    }
    assemble(lines, LACKING, words);
}

START_TEST(an_instruction_is_undefined_without_its_feature_and_only_then)
{
    struct cpu_model model = toy_model();
    unsigned feature = lacking[_i].feature;
    if (feature != NEVER) {
        struct insn with = insn_decode(&model, words[_i]);
        ck_assert_msg(with.kind != INSN_KIND_UNDEF, "%s (%08x)", lacking[_i].text, words[_i]);
        model.has[feature] = false;
    }
    struct insn without = insn_decode(&model, words[_i]);
    ck_assert_msg(without.kind == INSN_KIND_UNDEF, "%s (%08x): kind %d", lacking[_i].text,
                  words[_i], without.kind);
    ck_assert_msg(without.flags == INSN_FLAG_NATIVE_UNDEF, "%s: flags %x", lacking[_i].text,
                  without.flags);
}
END_TEST

START_TEST(all_of_armv8_0_remains_when_every_later_feature_is_off)
{
    static const char *const base[] = {"fcvt s0, h1",
                                       "fcvt d0, h1",
                                       "fcvtl v0.4s, v1.4h",
                                       "addp d0, v1.2d",
                                       "dup h0, v1.h[1]",
                                       "pmull v0.8h, v1.8b, v2.8b",
                                       "ins v0.h[1], w1",
                                       "fmaxnmv s0, v1.4s",
                                       "mov v0.h[0], v1.h[1]",
                                       "ext v0.8b, v1.8b, v2.8b, #1",
                                       "tbl v0.8b, {v1.16b}, v2.8b",
                                       "trn1 v0.8h, v1.8h, v2.8h",
                                       "sqdmulh v0.8h, v1.8h, v2.h[1]",
                                       "mla v0.8h, v1.8h, v2.h[1]",
                                       "mls v0.8h, v1.8h, v2.h[7]",
                                       "umlal v0.4s, v1.4h, v2.h[1]",
                                       "fmulx s0, s1, v2.s[1]",
                                       "fcvtzs s0, s1, #3",
                                       "scvtf v0.4s, v1.4s, #7",
                                       "sshr v0.8h, v1.8h, #3",
                                       "movi v0.8h, #1",
                                       "fmov v0.4s, #1.0",
                                       "sqrdmulh h0, h1, h2",
                                       "facge s0, s1, s2",
                                       "frecpe d0, d1",
                                       "sqadd h0, h1, h2",
                                       "fmov x0, v1.d[1]",
                                       "fcmeq s0, s1, #0.0",
                                       "fsqrt v0.4s, v1.4s",
                                       "frinti v0.4s, v1.4s",
                                       "urecpe v0.4s, v1.4s",
                                       "addv h0, v1.8h",
                                       "saddlv s0, v1.8h",
                                       "rshrn v0.8b, v1.8h, #8",
                                       "cnt v0.16b, v1.16b",
                                       "ldar x0, [x1]",
                                       "stlxp w0, x1, x2, [x3]",
                                       "adds x0, x1, x2",
                                       "dmb ishld",
                                       "esb",
                                       "bti c",
                                       "autiasp"};
    enum { COUNT = sizeof base / sizeof base[0] };
    uint32_t encoded[COUNT];
    struct cpu_model model = toy_model();
    assemble(base, COUNT, encoded);
    for (size_t f = 0; f < FEATURE_COUNT; f++) {
        model.has[f] = f == FEAT_EL2 || f == FEAT_FP;
    }
    for (size_t i = 0; i < COUNT; i++) {
        struct insn insn = insn_decode(&model, encoded[i]);
        ck_assert_msg(insn.kind != INSN_KIND_UNDEF, "%s (%08x)", base[i], encoded[i]);
    }
}
END_TEST

START_TEST(esb_is_a_nop_without_ras)
{
    struct cpu_model model = toy_model();
    ck_assert_int_eq(insn_decode(&model, 0xd503221f).kind, INSN_KIND_ESB);
    model.has[FEAT_RAS] = false;
    ck_assert_int_eq(insn_decode(&model, 0xd503221f).kind, INSN_KIND_OTHER);
    ck_assert_uint_eq(insn_decode(&model, 0xd503221f).flags, 0);
}
END_TEST

START_TEST(rndr_is_kept_from_the_engine_even_where_the_model_has_it)
{
    struct cpu_model model = toy_model();
    struct insn rndr = insn_decode(&model, 0xd53b2400);
    ck_assert_int_eq(rndr.kind, INSN_KIND_MRS);
    ck_assert_uint_eq(rndr.flags, INSN_FLAG_NATIVE_UNDEF);
}
END_TEST

START_TEST(fpcr_and_fpsr_count_as_fp_instructions)
{
    struct cpu_model model = toy_model();
    ck_assert_uint_eq(insn_decode(&model, 0xd53b4400).flags, INSN_FLAG_FP); /* MRS X0, FPCR */
    ck_assert_uint_eq(insn_decode(&model, 0xd51b4421).flags, INSN_FLAG_FP); /* MSR FPSR, X1 */
    ck_assert_uint_eq(insn_decode(&model, 0xd53b4200).flags, 0);            /* MRS X0, NZCV */
}
END_TEST

/* C6.2, by hand: MRS X5, SCTLR_EL1 is 1101010100 1 1 1000 0001 0000 000 00101 ... */
START_TEST(a_register_access_carries_op0_to_op2_and_rt)
{
    struct cpu_model model = toy_model();
    struct insn mrs = insn_decode(&model, 0xd5381005);
    ck_assert_int_eq(mrs.kind, INSN_KIND_MRS);
    ck_assert_uint_eq(mrs.enc, SYSREG_ENC(3, 0, 1, 0, 0));
    ck_assert_uint_eq(mrs.rt, 5);
    struct insn msr = insn_decode(&model, 0xd51ecca5 & ~UINT32_C(0x1f)); /* S3_6_C12_C12_5 */
    ck_assert_int_eq(msr.kind, INSN_KIND_MSR);
    ck_assert_uint_eq(msr.enc, SYSREG_ENC(3, 6, 12, 12, 5));
    struct insn dbg = insn_decode(&model, 0xd5300241); /* MRS X1, MDSCR_EL1 */
    ck_assert_int_eq(dbg.kind, INSN_KIND_MRS);
    ck_assert_uint_eq(dbg.enc, SYSREG_ENC(2, 0, 0, 2, 2));
    struct insn tlbi = insn_decode(&model, 0xd508871f); /* TLBI VMALLE1 */
    ck_assert_int_eq(tlbi.kind, INSN_KIND_MSR);
    ck_assert_uint_eq(tlbi.enc, SYSREG_ENC(1, 0, 8, 7, 0));
    ck_assert_uint_eq(tlbi.rt, 31);
    struct insn sysl = insn_decode(&model, 0xd52b8003); /* SYSL X3, #3, C8, C0, #0 */
    ck_assert_int_eq(sysl.kind, INSN_KIND_MRS);
    ck_assert_uint_eq(sysl.enc, SYSREG_ENC(1, 3, 8, 0, 0));
    struct insn imm = insn_decode(&model, 0xd50342df); /* MSR DAIFSet, #2 */
    ck_assert_int_eq(imm.kind, INSN_KIND_MSR_IMM);
    ck_assert_uint_eq(imm.enc, SYSREG_ENC(0, 3, 4, 2, 6));
}
END_TEST

START_TEST(an_exception_instruction_carries_its_immediate)
{
    struct cpu_model model = toy_model();
    ck_assert_uint_eq(insn_decode(&model, 0xd4000001 | 0x1234 << 5).imm16, 0x1234); /* SVC */
    ck_assert_uint_eq(insn_decode(&model, 0xd41fffe2).imm16, 0xffff);               /* HVC */
    ck_assert_uint_eq(insn_decode(&model, 0xd4000003).imm16, 0);                    /* SMC */
    ck_assert_uint_eq(insn_decode(&model, 0xd4210000).imm16, 0x800);                /* BRK */
    ck_assert_uint_eq(insn_decode(&model, 0xd45e0000).imm16, 0xf000);               /* HLT */
    ck_assert_uint_eq(insn_decode(&model, 0xd5032e1f).imm16, 0x70);                 /* HINT #0x70 */
    ck_assert_uint_eq(insn_decode(&model, 0xd5032e3f).imm16, 0x71);
    ck_assert_uint_eq(insn_decode(&model, 0xd50320bf).imm16, 5);   /* SEVL */
    ck_assert_uint_eq(insn_decode(&model, 0xd5033b9f).imm16, 0xb); /* DSB ISH */
}
END_TEST

/* C4.1.68: the half-precision opcodes that exist. */
START_TEST(every_half_precision_opcode_that_exists_is_an_instruction)
{
    static const char *const text[] = {"frintn v0.8h, v1.8h",
                                       "frintm v0.8h, v1.8h",
                                       "fcvtns v0.8h, v1.8h",
                                       "fcvtms v0.8h, v1.8h",
                                       "fcvtas v0.8h, v1.8h",
                                       "scvtf v0.8h, v1.8h",
                                       "frintp v0.8h, v1.8h",
                                       "frintz v0.8h, v1.8h",
                                       "fcvtps v0.8h, v1.8h",
                                       "fcvtzs v0.8h, v1.8h",
                                       "frecpe v0.8h, v1.8h",
                                       "frinta v0.8h, v1.8h",
                                       "frintx v0.8h, v1.8h",
                                       "fcvtnu v0.8h, v1.8h",
                                       "fcvtmu v0.8h, v1.8h",
                                       "fcvtau v0.8h, v1.8h",
                                       "ucvtf v0.8h, v1.8h",
                                       "fabs v0.8h, v1.8h",
                                       "fneg v0.8h, v1.8h",
                                       "frinti v0.8h, v1.8h",
                                       "fcvtpu v0.8h, v1.8h",
                                       "fcvtzu v0.8h, v1.8h",
                                       "frsqrte v0.8h, v1.8h",
                                       "fsqrt v0.8h, v1.8h",
                                       "fcmgt v0.4h, v1.4h, #0.0",
                                       "fcmeq v0.4h, v1.4h, #0.0",
                                       "fcmlt v0.4h, v1.4h, #0.0",
                                       "fcmge v0.4h, v1.4h, #0.0",
                                       "fcmle v0.4h, v1.4h, #0.0",
                                       "fmaxnm v0.8h, v1.8h, v2.8h",
                                       "fmla v0.8h, v1.8h, v2.8h",
                                       "fadd v0.8h, v1.8h, v2.8h",
                                       "fmulx v0.8h, v1.8h, v2.8h",
                                       "fcmeq v0.8h, v1.8h, v2.8h",
                                       "fmax v0.8h, v1.8h, v2.8h",
                                       "frecps v0.8h, v1.8h, v2.8h",
                                       "fminnm v0.8h, v1.8h, v2.8h",
                                       "fmls v0.8h, v1.8h, v2.8h",
                                       "fsub v0.8h, v1.8h, v2.8h",
                                       "fmin v0.8h, v1.8h, v2.8h",
                                       "frsqrts v0.8h, v1.8h, v2.8h",
                                       "fmaxnmp v0.8h, v1.8h, v2.8h",
                                       "faddp v0.8h, v1.8h, v2.8h",
                                       "fmul v0.8h, v1.8h, v2.8h",
                                       "fcmge v0.8h, v1.8h, v2.8h",
                                       "facge v0.8h, v1.8h, v2.8h",
                                       "fmaxp v0.8h, v1.8h, v2.8h",
                                       "fdiv v0.8h, v1.8h, v2.8h",
                                       "fminnmp v0.8h, v1.8h, v2.8h",
                                       "fabd v0.8h, v1.8h, v2.8h",
                                       "fcmgt v0.8h, v1.8h, v2.8h",
                                       "facgt v0.8h, v1.8h, v2.8h",
                                       "fminp v0.8h, v1.8h, v2.8h",
                                       "fcvtns h0, h1",
                                       "fcvtms h0, h1",
                                       "fcvtas h0, h1",
                                       "scvtf h0, h1",
                                       "fcvtps h0, h1",
                                       "fcvtzs h0, h1",
                                       "frecpe h0, h1",
                                       "frecpx h0, h1",
                                       "fcvtnu h0, h1",
                                       "fcvtmu h0, h1",
                                       "fcvtau h0, h1",
                                       "ucvtf h0, h1",
                                       "fcvtpu h0, h1",
                                       "fcvtzu h0, h1",
                                       "frsqrte h0, h1",
                                       "fcmgt h0, h1, #0.0",
                                       "fcmeq h0, h1, #0.0",
                                       "fcmlt h0, h1, #0.0",
                                       "fcmge h0, h1, #0.0",
                                       "fcmle h0, h1, #0.0"};
    enum { COUNT = sizeof text / sizeof text[0] };
    uint32_t encoded[COUNT];
    struct cpu_model model = toy_model();
    assemble(text, COUNT, encoded);
    for (size_t i = 0; i < COUNT; i++) {
        ck_assert_msg(insn_decode(&model, encoded[i]).kind == INSN_KIND_OTHER, "%s (%08x)", text[i],
                      encoded[i]);
    }
}
END_TEST

/* Words that ended Unicorn 2.1.1 with an assertion (MAX model). */
START_TEST(words_that_end_the_engine_are_undefined_everywhere)
{
    static const uint32_t deadly[] = {0x6ec60f8e, 0x4ef83829, 0x6ec21c20, 0x4e5f2e20, 0x4ede25e3,
                                      0x2e400c20, 0x5e786820, 0x7ef948a0, 0x4e78f820, 0x0ef898af,
                                      0x2ef81965, 0x7ef9c830, 0x7ef9f822, 0x0e78d830, 0x6ec33e30};
    struct cpu_model model = toy_model();
    for (size_t i = 0; i < sizeof deadly / sizeof deadly[0]; i++) {
        ck_assert_msg(insn_decode(&model, deadly[i]).kind == INSN_KIND_UNDEF, "%08x", deadly[i]);
        ck_assert_uint_eq(insn_decode(&model, deadly[i]).flags, INSN_FLAG_NATIVE_UNDEF);
    }
}
END_TEST

/* C4.1: reserved and UNALLOCATED groups, DCPS and DRPS outside Debug state. */
static const uint32_t unallocated[] = {
    0x00000000, /* UDF #0 */
    0x0000ffff, /* UDF */
    0x01c00000,
    0xffffffff,
    0x06000000,
    0xe7ffdeff,
    0xd4a00001,                     /* DCPS1 */
    0xd4000000,                     /* exception generation, LL = 0 */
    0xd6bf03e0,                     /* DRPS */
    0x32800000,                     /* MOV wide, opc = 01 */
    0x12400000,                     /* AND W with N = 1 */
    0x53400000,                     /* UBFM W with N = 1 */
    0x38c00800 | UINT32_C(3) << 30, /* LDTRSW-like with size 3, opc 3 */
    0xfc800000,                     /* FP load with size 3, opc 2 */
    0x0c001000,                     /* LD4-like, opcode 0001 */
    0xd8000000 | 1u << 26,          /* FP literal, opc = 11 */
};

START_TEST(an_unallocated_word_is_undefined)
{
    struct cpu_model model = toy_model();
    struct insn insn = insn_decode(&model, unallocated[_i]);
    ck_assert_msg(insn.kind == INSN_KIND_UNDEF, "%08x: kind %d", unallocated[_i], insn.kind);
}
END_TEST

/* Words of KVM and Xen that their objdump did not name (LSE atomics patched in at boot). */
START_TEST(every_patched_atomic_of_the_clients_is_an_atomic)
{
    static const uint32_t raw[] = {
        0x88e07c00, 0xf8200000, 0xb8200000, 0xb8e00000, 0x48207c00, 0xc8e07c00, 0xf8a03000,
        0xf8600000, 0xf8203000, 0x88e0fc00, 0xb8608000, 0xc8a0fc00, 0xf8601000, 0xf8201000,
        0xf8208000, 0xc8a07c00, 0xf8e01000, 0xc8e0fc00, 0xf8e00000, 0x4860fc00, 0xb8600000,
        0xf8e03000, 0xf8a00000, 0x08a07c00, 0xf8e08000, 0xb8e01000, 0x38208000, 0xb8a00000,
        0x88a0fc00, 0x88a07c00, 0xb8e08000};
    struct cpu_model model = toy_model();
    for (size_t i = 0; i < sizeof raw / sizeof raw[0]; i++) {
        struct insn insn = insn_decode(&model, raw[i]);
        ck_assert_msg(insn.cost == COST_INSN_ATOMIC, "%08x", raw[i]);
        ck_assert_int_eq(insn.kind, INSN_KIND_LOADSTORE);
    }
}
END_TEST

/* A linear walk over the whole space in odd steps: the decoder is total and stays in its ranges. */
START_TEST(every_word_has_an_answer_within_range)
{
    struct cpu_model model = toy_model();
    uint32_t word = 0;
    for (uint32_t i = 0; i < 4000000; i++, word += 0x9e3779b1) {
        struct insn insn = insn_decode(&model, word);
        bool moves = insn.flags & (INSN_FLAG_LOAD | INSN_FLAG_STORE);
        if (insn.kind > INSN_KIND_UNDEF || insn.cost >= COST_CLASS_COUNT || insn.units < 1 ||
            insn.units > 4 || (insn.kind == INSN_KIND_LOADSTORE && !moves)) {
            ck_abort_msg("%08x", word); /* an assertion per word would take minutes */
        }
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("insn features");
    TCase *tc = tcase_create("lacking");
    tcase_add_unchecked_fixture(tc, assemble_lacking, NULL);
    tcase_add_loop_test(tc, an_instruction_is_undefined_without_its_feature_and_only_then, 0,
                        LACKING);
    suite_add_tcase(suite, tc);
    tc = tcase_create("words");
    tcase_add_test(tc, all_of_armv8_0_remains_when_every_later_feature_is_off);
    tcase_add_test(tc, esb_is_a_nop_without_ras);
    tcase_add_test(tc, rndr_is_kept_from_the_engine_even_where_the_model_has_it);
    tcase_add_test(tc, fpcr_and_fpsr_count_as_fp_instructions);
    tcase_add_test(tc, a_register_access_carries_op0_to_op2_and_rt);
    tcase_add_test(tc, an_exception_instruction_carries_its_immediate);
    tcase_add_test(tc, every_half_precision_opcode_that_exists_is_an_instruction);
    tcase_add_test(tc, words_that_end_the_engine_are_undefined_everywhere);
    tcase_add_loop_test(tc, an_unallocated_word_is_undefined, 0,
                        sizeof unallocated / sizeof unallocated[0]);
    tcase_add_test(tc, every_patched_atomic_of_the_clients_is_an_atomic);
    tcase_add_test(tc, every_word_has_an_answer_within_range);
    tcase_set_timeout(tc, 60);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}
