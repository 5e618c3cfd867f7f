/*
 * What a word is and costs (Arm ARM C4.1), by the assembler's encodings. The mnemonics are those
 * that Linux, KVM and Xen execute, and those that a CPU model may lack.
 */
#include "tests/unit/cpu-el/assemble.h"
#include "tests/unit/cpu-el/toy_pe.h"

#include <check.h>
#include <stdlib.h>

#include "cpu-el/insn.h"
#include "tests/support/run_suite.h"

struct class_case {
    const char *text;
    enum insn_kind kind;
    enum cost_class cost;
    uint32_t units;
    uint32_t flags;
};

#define LOAD   INSN_FLAG_LOAD
#define STORE  INSN_FLAG_STORE
#define ATOMIC (INSN_FLAG_LOAD | INSN_FLAG_STORE)
#define FP     INSN_FLAG_FP
#define SP     INSN_FLAG_SP_BASE

#define ALU(text)                                                                                  \
    {                                                                                              \
        text, INSN_KIND_OTHER, COST_INSN_ALU, 1, 0                                                 \
    }
#define MUL(text)                                                                                  \
    {                                                                                              \
        text, INSN_KIND_OTHER, COST_INSN_MUL, 1, 0                                                 \
    }
#define BRANCH(text)                                                                               \
    {                                                                                              \
        text, INSN_KIND_BRANCH, COST_INSN_BRANCH, 1, 0                                             \
    }
#define FPOP(text)                                                                                 \
    {                                                                                              \
        text, INSN_KIND_OTHER, COST_INSN_FP, 1, FP                                                 \
    }
#define CRYPTO(text, fp)                                                                           \
    {                                                                                              \
        text, INSN_KIND_OTHER, COST_INSN_CRYPTO, 1, fp                                             \
    }
#define HINT(text)                                                                                 \
    {                                                                                              \
        text, INSN_KIND_OTHER, COST_INSN_HINT, 1, 0                                                \
    }
#define LD(text, flags)                                                                            \
    {                                                                                              \
        text, INSN_KIND_LOADSTORE, COST_INSN_LOAD, 1, LOAD | (flags)                               \
    }
#define ST(text, flags)                                                                            \
    {                                                                                              \
        text, INSN_KIND_LOADSTORE, COST_INSN_STORE, 1, STORE | (flags)                             \
    }
#define EXCL(text, flags)                                                                          \
    {                                                                                              \
        text, INSN_KIND_LOADSTORE, COST_INSN_EXCLUSIVE, 1, flags                                   \
    }
#define LSE(text, flags)                                                                           \
    {                                                                                              \
        text, INSN_KIND_LOADSTORE, COST_INSN_ATOMIC, 1, ATOMIC | (flags)                           \
    }
#define FPLD(text, units)                                                                          \
    {                                                                                              \
        text, INSN_KIND_LOADSTORE, COST_INSN_FP_LOAD, units, LOAD | FP                             \
    }
#define FPST(text, units)                                                                          \
    {                                                                                              \
        text, INSN_KIND_LOADSTORE, COST_INSN_FP_STORE, units, STORE | FP                           \
    }
#define OTHER(text, kind, cost)                                                                    \
    {                                                                                              \
        text, INSN_KIND_##kind, COST_##cost, 1, 0                                                  \
    }

#define EX  INSN_FLAG_EXCLUSIVE
#define ORD INSN_FLAG_ORDERED
#define UNP INSN_FLAG_UNPRIVILEGED

static const struct class_case cases[] = {
    ALU("add x0, x1, #4095"),
    ALU("add w0, w1, w2, lsl #31"),
    ALU("adds x3, x4, w5, uxtw #4"),
    ALU("sub sp, sp, #16"),
    ALU("subs w0, w1, w2"),
    ALU("cmp x0, #1, lsl #12"),
    ALU("cmn w0, w1"),
    ALU("neg x0, x1"),
    ALU("negs w0, w1"),
    ALU("adc x0, x1, x2"),
    ALU("sbc w0, w1, w2"),
    ALU("ngc x0, x1"),
    ALU("mov x0, x1"),
    ALU("mov sp, x1"),
    ALU("movz w0, #0xffff, lsl #16"),
    ALU("movn x0, #1, lsl #48"),
    ALU("movk x0, #0x1234, lsl #32"),
    ALU("movk w0, #1"),
    ALU("adr x0, ."),
    ALU("adrp x0, ."),
    ALU("and x0, x1, #0xff00ff00ff00ff00"),
    ALU("and w0, w1, #1"),
    ALU("ands x0, x1, x2, ror #63"),
    ALU("tst w0, #0x80000000"),
    ALU("orr x0, x1, x2"),
    ALU("orn w0, w1, w2, asr #5"),
    ALU("mvn x0, x1"),
    ALU("eor w0, w1, #0xf0f0f0f0"),
    ALU("bic x0, x1, x2"),
    ALU("bics w0, w1, w2"),
    ALU("eon x0, x1, x2"),
    ALU("lsl x0, x1, #3"),
    ALU("lsl w0, w1, w2"),
    ALU("lsr x0, x1, #63"),
    ALU("asr w0, w1, #31"),
    ALU("ror x0, x1, #7"),
    ALU("ror w0, w1, w2"),
    ALU("extr w0, w1, w2, #31"),
    ALU("extr x0, x1, x2, #63"),
    ALU("ubfx x0, x1, #4, #8"),
    ALU("ubfiz w0, w1, #4, #8"),
    ALU("sbfx x0, x1, #4, #8"),
    ALU("sbfiz x0, x1, #4, #8"),
    ALU("bfi w0, w1, #4, #8"),
    ALU("bfi x0, x1, #4, #8"),
    ALU("bfxil x0, x1, #4, #8"),
    ALU("sxtw x0, w1"),
    ALU("sxtb w0, w1"),
    ALU("sxth x0, w1"),
    ALU("csel x0, x1, x2, ne"),
    ALU("cset w0, eq"),
    ALU("csetm x0, lo"),
    ALU("csinc w0, w1, w2, hi"),
    ALU("csinv x0, x1, x2, ls"),
    ALU("csneg w0, w1, w2, ge"),
    ALU("cinc x0, x1, lt"),
    ALU("cneg x0, x1, mi"),
    ALU("ccmp x0, #3, #4, ne"),
    ALU("ccmp w0, w1, #4, ne"),
    ALU("ccmn x0, x1, #15, vs"),
    ALU("clz x0, x1"),
    ALU("cls w0, w1"),
    ALU("rbit w0, w1"),
    ALU("rev x0, x1"),
    ALU("rev w0, w1"),
    ALU("rev16 x0, x1"),
    ALU("rev32 x0, x1"),
    MUL("mul x0, x1, x2"),
    MUL("madd w0, w1, w2, w3"),
    MUL("msub x0, x1, x2, x3"),
    MUL("umull x0, w1, w2"),
    MUL("umaddl x0, w1, w2, x3"),
    MUL("smull x0, w1, w2"),
    MUL("smaddl x0, w1, w2, x3"),
    MUL("smsubl x0, w1, w2, x3"),
    MUL("umulh x0, x1, x2"),
    MUL("smulh x0, x1, x2"),
    OTHER("udiv x0, x1, x2", OTHER, INSN_DIV),
    OTHER("sdiv w0, w1, w2", OTHER, INSN_DIV),
    CRYPTO("crc32b w0, w1, w2", 0),
    CRYPTO("crc32h w0, w1, w2", 0),
    CRYPTO("crc32w w0, w1, w2", 0),
    CRYPTO("crc32x w0, w1, x2", 0),
    CRYPTO("crc32cw w0, w1, w2", 0),
    BRANCH("b ."),
    BRANCH("b .+0x7fffffc"),
    BRANCH("bl .-0x8000000"),
    BRANCH("b.ne ."),
    BRANCH("b.al ."),
    BRANCH("b.eq ."),
    BRANCH("b.hi ."),
    BRANCH("b.vs ."),
    BRANCH("b.le .-8"),
    BRANCH("cbz x0, ."),
    BRANCH("cbnz w0, .-4"),
    BRANCH("tbz x0, #63, ."),
    BRANCH("tbnz w0, #1, .-4"),
    BRANCH("br x17"),
    BRANCH("blr x3"),
    BRANCH("ret"),
    BRANCH("ret x5"),
    OTHER("svc #0", SVC, INSN_EXCEPTION),
    OTHER("hvc #0xffff", HVC, INSN_EXCEPTION),
    OTHER("smc #1", SMC, INSN_EXCEPTION),
    OTHER("brk #0x800", BRK, INSN_EXCEPTION),
    OTHER("hlt #0xf000", HLT, INSN_EXCEPTION),
    OTHER("eret", ERET, INSN_EXCEPTION),
    OTHER("wfi", WFI, INSN_WAIT),
    OTHER("wfe", WFE, INSN_WAIT),
    OTHER("sev", SEV, INSN_HINT),
    OTHER("sevl", SEV, INSN_HINT),
    OTHER("esb", ESB, INSN_HINT),
    OTHER("hint #0x70", MARK, INSN_HINT),
    OTHER("hint #0x71", MARK, INSN_HINT),
    OTHER("hint #0x72", MARK, INSN_HINT),
    HINT("nop"),
    HINT("yield"),
    HINT("csdb"),
    HINT("bti jc"),
    HINT("paciasp"),
    HINT("xpaclri"),
    HINT("hint #0x73"),
    HINT("prfm pldl1keep, [x0, #8]"),
    HINT("prfm pstl1strm, [x0, x1]"),
    HINT("prfum pldl1keep, [x0, #-1]"),
    HINT("prfm pldl2keep, ."),
    OTHER("isb", ISB, BARRIER_ISB),
    OTHER("dsb ish", DSB, BARRIER_DSB),
    OTHER("dsb nshld", DSB, BARRIER_DSB),
    OTHER("ssbb", DSB, BARRIER_DSB),
    OTHER("dmb sy", DMB, BARRIER_DMB),
    OTHER("dmb oshst", DMB, BARRIER_DMB),
    OTHER("sb", OTHER, BARRIER_DSB),
    OTHER("clrex", OTHER, INSN_EXCLUSIVE),
    OTHER("msr daifset, #2", MSR_IMM, SR_PSTATE_WRITE),
    OTHER("msr daifclr, #15", MSR_IMM, SR_PSTATE_WRITE),
    OTHER("msr spsel, #1", MSR_IMM, SR_PSTATE_WRITE),
    OTHER("msr pan, #1", MSR_IMM, SR_PSTATE_WRITE),
    OTHER("msr uao, #0", MSR_IMM, SR_PSTATE_WRITE),
    OTHER("msr ssbs, #1", MSR_IMM, SR_PSTATE_WRITE),
    ALU("cfinv"),
    ALU("rmif x0, #3, #15"),
    ALU("setf8 w0"),
    ALU("setf16 w0"),
    LD("ldr x0, [x1, #32760]", 0),
    LD("ldr w0, [sp, #4]!", SP),
    LD("ldr x0, [x1], #-256", 0),
    LD("ldr x0, [x1, x2, lsl #3]", 0),
    LD("ldr w0, [sp, w2, sxtw]", SP),
    LD("ldr x0, .", 0),
    LD("ldrb w0, [x1]", 0),
    LD("ldrh w0, [x1, #2]", 0),
    LD("ldrsb x0, [x1]", 0),
    LD("ldrsb w0, [x1, #1]!", 0),
    LD("ldrsh w0, [x1]", 0),
    LD("ldrsw x0, [x1]", 0),
    LD("ldrsw x0, .", 0),
    LD("ldur x0, [x1, #-1]", 0),
    LD("ldurb w0, [x1, #-1]", 0),
    LD("ldurh w0, [x1, #-1]", 0),
    LD("ldursw x0, [x1, #-1]", 0),
    LD("ldp x0, x1, [sp], #16", SP),
    LD("ldp w0, w1, [x2, #-256]", 0),
    LD("ldnp x0, x1, [x2]", 0),
    LD("ldpsw x0, x1, [x2]", 0),
    LD("ldtr x0, [x1]", UNP),
    LD("ldtrb w0, [x1]", UNP),
    LD("ldtrh w0, [x1, #255]", UNP),
    LD("ldtrsw x0, [x1]", UNP),
    ST("str x0, [x1]", 0),
    ST("str w0, [sp, #-16]!", SP),
    ST("strb w0, [x1, x2]", 0),
    ST("strh w0, [x1], #2", 0),
    ST("stur x0, [x1, #-8]", 0),
    ST("sturb w0, [x1, #-8]", 0),
    ST("sturh w0, [x1, #-8]", 0),
    ST("stp x29, x30, [sp, #-16]!", SP),
    ST("stnp x0, x1, [x2]", 0),
    ST("sttr x0, [x1]", UNP),
    ST("sttrb w0, [sp]", UNP | SP),
    ST("sttrh w0, [x1]", UNP),
    EXCL("ldxr x0, [x1]", LOAD | EX),
    EXCL("ldxrb w0, [x1]", LOAD | EX),
    EXCL("ldaxr w0, [sp]", LOAD | EX | ORD | SP),
    EXCL("stxr w0, x1, [x2]", STORE | EX),
    EXCL("stxrb w0, w1, [x2]", STORE | EX),
    EXCL("stlxr w0, x1, [x2]", STORE | EX | ORD),
    EXCL("ldxp x0, x1, [x2]", LOAD | EX),
    EXCL("ldaxp w0, w1, [x2]", LOAD | EX | ORD),
    EXCL("stxp w0, x1, x2, [x3]", STORE | EX),
    EXCL("stlxp w0, w1, w2, [x3]", STORE | EX | ORD),
    EXCL("ldar x0, [x1]", LOAD | ORD),
    EXCL("ldarb w0, [x1]", LOAD | ORD),
    EXCL("ldarh w0, [x1]", LOAD | ORD),
    EXCL("stlr x0, [x1]", STORE | ORD),
    EXCL("stlrb w0, [sp]", STORE | ORD | SP),
    EXCL("stlrh w0, [x1]", STORE | ORD),
    EXCL("ldlar x0, [x1]", LOAD | ORD),
    EXCL("stllrb w0, [x1]", STORE | ORD),
    EXCL("ldapr x0, [x1]", LOAD | ORD),
    EXCL("ldaprb w0, [x1]", LOAD | ORD),
    EXCL("ldapur x0, [x1, #-1]", LOAD | ORD),
    EXCL("ldapursw x0, [x1]", LOAD | ORD),
    EXCL("stlur w0, [sp, #1]", STORE | ORD | SP),
    LSE("cas x0, x1, [x2]", 0),
    LSE("casab w0, w1, [x2]", ORD),
    LSE("caspal x0, x1, x2, x3, [x4]", ORD),
    LSE("casp w0, w1, w2, w3, [sp]", SP),
    LSE("ldadd x0, x1, [x2]", 0),
    LSE("ldclral w0, w1, [x2]", ORD),
    LSE("ldeorlb w0, w1, [x2]", ORD),
    LSE("stset x0, [x2]", 0),
    LSE("ldsmaxh w0, w1, [x2]", 0),
    LSE("ldsmin x0, x1, [x2]", 0),
    LSE("ldumaxa x0, x1, [sp]", ORD | SP),
    LSE("ldumin w0, w1, [x2]", 0),
    LSE("swpal x0, x1, [x2]", ORD),
    LSE("swpb w0, w1, [x2]", 0),
    FPLD("ldr q0, [x1, #16]", 1),
    FPLD("ldr d0, [x1], #8", 1),
    FPLD("ldr s0, .", 1),
    FPLD("ldr b0, [x1, x2]", 1),
    FPLD("ldur h0, [x1, #-1]", 1),
    FPLD("ldp q0, q1, [x1]", 2),
    FPLD("ldp d8, d9, [x1], #16", 2),
    FPLD("ldnp s0, s1, [x1]", 2),
    FPLD("ld1 {v0.16b}, [x1]", 1),
    FPLD("ld1 {v0.16b-v3.16b}, [x1], #64", 4),
    FPLD("ld2 {v0.4s-v1.4s}, [x1]", 2),
    FPLD("ld3 {v0.8h-v2.8h}, [x1], x2", 3),
    FPLD("ld4 {v30.2d, v31.2d, v0.2d, v1.2d}, [x1]", 4),
    FPLD("ld1 {v0.d}[1], [x1]", 1),
    FPLD("ld2 {v0.b, v1.b}[15], [x1], #2", 2),
    FPLD("ld1r {v0.4s}, [x1]", 1),
    FPLD("ld4r {v0.8h-v3.8h}, [x1], x2", 4),
    FPST("str q0, [x1, #-16]!", 1),
    FPST("stur d0, [x1, #-1]", 1),
    FPST("stp q0, q1, [x1, #-32]!", 2),
    FPST("st1 {v0.8b, v1.8b}, [x1]", 2),
    FPST("st1 {v0.h}[7], [x1]", 1),
    FPST("st3 {v0.s-v2.s}[1], [x1], #12", 3),
    FPST("st4 {v0.16b-v3.16b}, [x1], x5", 4),
    FPOP("fmov d0, x1"),
    FPOP("fmov w0, s1"),
    FPOP("fmov v0.d[1], x1"),
    FPOP("fmov s0, #1.0"),
    FPOP("fadd d0, d1, d2"),
    FPOP("fmul s0, s1, s2"),
    FPOP("fdiv d0, d1, d2"),
    FPOP("fmadd d0, d1, d2, d3"),
    FPOP("fabs d0, d1"),
    FPOP("fcmp d0, #0.0"),
    FPOP("fccmp s0, s1, #0, eq"),
    FPOP("fcsel d0, d1, d2, ne"),
    FPOP("fcvt s0, h1"),
    FPOP("fcvt h0, d1"),
    FPOP("ucvtf d0, x1"),
    FPOP("fcvtzs w0, s1, #5"),
    FPOP("dup v0.16b, w1"),
    FPOP("dup d0, v1.d[1]"),
    FPOP("cmeq v0.16b, v1.16b, #0"),
    FPOP("cmhs v0.16b, v1.16b, v2.16b"),
    FPOP("shrn v0.8b, v1.8h, #4"),
    FPOP("movi v0.2d, #0"),
    FPOP("mvni v0.4s, #1"),
    FPOP("umaxp v0.16b, v1.16b, v2.16b"),
    FPOP("addp d0, v1.2d"),
    FPOP("ext v0.16b, v1.16b, v2.16b, #3"),
    FPOP("bit v0.16b, v1.16b, v2.16b"),
    FPOP("tbl v0.16b, {v1.16b-v4.16b}, v5.16b"),
    FPOP("zip1 v0.4s, v1.4s, v2.4s"),
    FPOP("pmull v0.8h, v1.8b, v2.8b"),
    FPOP("faddp s0, v1.2s"),
    FPOP("fmla v0.4s, v1.4s, v2.s[3]"),
    FPOP("mul v0.8h, v1.8h, v2.h[7]"),
    FPOP("sqrdmlah v0.4s, v1.4s, v2.4s"),
    FPOP("sqrdmlsh h0, h1, v2.h[0]"),
    FPOP("udot v0.4s, v1.16b, v2.16b"),
    FPOP("sdot v0.2s, v1.8b, v2.4b[1]"),
    FPOP("fcmla v0.2d, v1.2d, v2.2d, #90"),
    FPOP("fcadd v0.4s, v1.4s, v2.4s, #270"),
    FPOP("fjcvtzs w0, d1"),
    FPOP("fadd h0, h1, h2"),
    FPOP("fadd v0.8h, v1.8h, v2.8h"),
    CRYPTO("aese v0.16b, v1.16b", FP),
    CRYPTO("aesimc v0.16b, v1.16b", FP),
    CRYPTO("sha1c q0, s1, v2.4s", FP),
    CRYPTO("sha1h s0, s1", FP),
    CRYPTO("sha1su1 v0.4s, v1.4s", FP),
    CRYPTO("sha256h q0, q1, v2.4s", FP),
    CRYPTO("sha256su0 v0.4s, v1.4s", FP),
    CRYPTO("pmull2 v0.1q, v1.2d, v2.2d", FP),
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

START_TEST(an_instruction_of_the_assembler_gets_its_kind_class_and_flags)
{
    const struct class_case *c = &cases[_i];
    struct cpu_model model = toy_model();
    struct insn insn = insn_decode(&model, words[_i]);
    ck_assert_msg(insn.kind == c->kind, "%s (%08x): kind %d", c->text, words[_i], insn.kind);
    ck_assert_msg(insn.cost == c->cost, "%s (%08x): %s", c->text, words[_i],
                  cost_class_info[insn.cost].name);
    ck_assert_msg(insn.units == c->units, "%s: %u units", c->text, insn.units);
    ck_assert_msg(insn.flags == c->flags, "%s: flags %x", c->text, insn.flags);
    ck_assert_uint_eq(insn.word, words[_i]);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("insn classes");
    TCase *tc = tcase_create("by the assembler");
    tcase_add_unchecked_fixture(tc, assemble_cases, NULL);
    tcase_add_loop_test(tc, an_instruction_of_the_assembler_gets_its_kind_class_and_flags, 0,
                        CASES);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}
