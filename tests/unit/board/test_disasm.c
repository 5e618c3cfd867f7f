/* What the GNU assembler made of a line reads as that line again, with the registers it touches. */
#include <string.h>

#include "sim/report/disasm.h"
#include "tests/support/run_suite.h"
#include "tests/unit/cpu-el/assemble.h"

#define X(n)  (UINT32_C(1) << (n))
#define SP    X(31)
#define COUNT (sizeof rows / sizeof rows[0])

/* text: as printed, where it is not as assembled. */
static const struct {
    const char *line, *text;
    struct insn_registers uses;
} rows[] = {
    {"add x0, x1, x2, lsl #3", NULL, {.x_read = X(1) | X(2), .x_written = X(0)}},
    {"sub sp, sp, #0x10", NULL, {.x_read = SP, .x_written = SP}},
    {"cmp x3, #7", NULL, {.x_read = X(3), .nzcv_written = true}},
    {"b.eq .+8", "b.eq #0x40080008", {.nzcv_read = true}},
    {"bl .+0x100", "bl #0x40080100", {.x_written = X(30)}},
    {"blr x9", NULL, {.x_read = X(9), .x_written = X(30)}},
    {"ret", NULL, {.x_read = X(30)}},
    {"ldr x0, [x1, #8]", NULL, {.x_read = X(1), .x_written = X(0)}},
    {"ldr w5, [x6], #4", NULL, {.x_read = X(6), .x_written = X(5) | X(6)}},
    {"stp x29, x30, [sp, #-0x20]!", NULL, {.x_read = X(29) | X(30) | SP, .x_written = SP}},
    {"ldp x19, x20, [sp], #0x20", NULL, {.x_read = SP, .x_written = X(19) | X(20) | SP}},
    {"stxr w2, x3, [x4]", NULL, {.x_read = X(3) | X(4), .x_written = X(2)}},
    {"ldadd x1, x2, [x3]", NULL, {.x_read = X(1) | X(3), .x_written = X(2)}},
    {"cas x1, x2, [x3]", NULL, {.x_read = X(1) | X(2) | X(3), .x_written = X(1)}},
    {"stp q0, q1, [x2]", NULL, {.x_read = X(2), .v_read = X(0) | X(1)}},
    {"madd x0, x1, x2, x3", NULL, {.x_read = X(1) | X(2) | X(3), .x_written = X(0)}},
    {"ccmp x1, x2, #0, ne", NULL, {.x_read = X(1) | X(2), .nzcv_read = true, .nzcv_written = true}},
    {"ldr x0, [x1, x2, lsl #3]", NULL, {.x_read = X(1) | X(2), .x_written = X(0)}},
    {"ldp d8, d9, [sp, #0x10]", NULL, {.x_read = SP, .v_written = X(8) | X(9)}},
    {"cbnz w11, .+0x40", "cbnz w11, #0x40080040", {.x_read = X(11)}},
    {"scvtf d0, x1", NULL, {.x_read = X(1), .v_written = X(0)}},
    {"fadd d0, d1, d2", NULL, {.v_read = X(1) | X(2), .v_written = X(0)}},
    {"movk x7, #0x1234, lsl #16", NULL, {.x_read = X(7), .x_written = X(7)}},
    {"cset w0, ne", NULL, {.nzcv_read = true, .x_written = X(0)}},
    {"mrs x4, hcr_el2", "mrs x4, HCR_EL2", {.x_written = X(4)}},
    {"msr ttbr0_el12, x5", "msr TTBR0_EL12, x5", {.x_read = X(5)}},
    {"mrs x1, cntv_ctl_el02", "mrs x1, CNTV_CTL_EL02", {.x_written = X(1)}},
    {"mrs x1, s3_4_c12_c11_1", "mrs x1, ICH_VTR_EL2", {.x_written = X(1)}},
    {"msr cntvoff_el2, xzr", "msr CNTVOFF_EL2, xzr", {.x_read = 0}},
    {"msr daifset, #2", NULL, {.x_read = 0}},
    {"tlbi vae1is, x3", NULL, {.x_read = X(3)}},
    {"tlbi vmalle1is", NULL, {.x_read = 0}},
    {"at s12e1r, x0", NULL, {.x_read = X(0)}},
    {"hvc #0x10", NULL, {.x_read = 0}},
    {"eret", NULL, {.x_read = 0}},
    {"dsb ish", NULL, {.x_read = 0}},
};

static void check_uses(const char *line, const struct insn_registers *got,
                       const struct insn_registers *wanted)
{
    ck_assert_msg(got->x_read == wanted->x_read, "%s reads %#x", line, got->x_read);
    ck_assert_msg(got->x_written == wanted->x_written, "%s writes %#x", line, got->x_written);
    ck_assert_msg(got->v_read == wanted->v_read, "%s reads v %#x", line, got->v_read);
    ck_assert_msg(got->v_written == wanted->v_written, "%s writes v %#x", line, got->v_written);
    ck_assert_msg(got->nzcv_read == wanted->nzcv_read, "%s: NZCV read", line);
    ck_assert_msg(got->nzcv_written == wanted->nzcv_written, "%s: NZCV written", line);
}

START_TEST(a_word_reads_as_it_was_written)
{
    struct err e;
    struct disasm *d = disasm_create(&e);
    const char *lines[COUNT];
    uint32_t words[COUNT];
    ck_assert_ptr_nonnull(d);
    for (size_t i = 0; i < COUNT; i++) {
        lines[i] = rows[i].line;
    }
    assemble(lines, COUNT, words);
    for (size_t i = 0; i < COUNT; i++) {
        char text[DISASM_TEXT];
        struct insn_registers uses;
        disasm_insn(d, 0x40080000, words[i], text);
        ck_assert_str_eq(text, rows[i].text ? rows[i].text : rows[i].line);
        disasm_registers(d, words[i], &uses);
        check_uses(rows[i].line, &uses, &rows[i].uses);
    }
    disasm_destroy(d);
}
END_TEST

START_TEST(every_word_has_a_text)
{
    struct err e;
    struct disasm *d = disasm_create(&e);
    char text[DISASM_TEXT];
    ck_assert_ptr_nonnull(d);
    disasm_insn(d, 0, 0x00c0ffee, text);
    ck_assert_str_eq(text, ".inst 0x00c0ffee");
    for (uint32_t n = 0, word = 1; n < 100000; n++, word = word * 1664525 + 1013904223) {
        struct insn_registers uses;
        disasm_insn(d, n * 4, word, text);
        ck_assert_msg(text[0] != '\0' && memchr(text, '\0', sizeof text), "%#x", word);
        disasm_registers(d, word, &uses);
    }
    disasm_destroy(d);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("disasm");
    TCase *tc = tcase_create("disasm");
    tcase_add_test(tc, a_word_reads_as_it_was_written);
    tcase_add_test(tc, every_word_has_a_text);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}
