/* The resolve matrix against tests/golden/resolve_matrix.txt, and what it would be without each
 * rule of trap.def. UPDATE_GOLDEN=1 writes the golden file anew. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cpu-el/resolve_rules.h"
#include "tests/support/resolve_matrix.h"
#include "tests/support/run_suite.h"

#define GOLDEN "tests/golden/resolve_matrix.txt" /* tests run at the root of the tree */

static const char head[] =
    "What an access does, by the model: registers and operations that behave alike stand "
    "together.\n"
    "All features are on, and everything is permitted; one letter per EL of each world:\n"
    "  nvhe, tge, vhe, host: {E2H, TGE} = 00, 01, 10, 11 (with TGE: EL0 and EL2 only)\n"
    "  nv, nv1, nv2, nv2+nv1: EL1 with HCR_EL2.NV and these\n"
    "  =  the register itself   >  its EL2 partner (VHE)   v  the virtual one\n"
    "  <  its EL1 twin (NV2)    m  memory (VNCR_EL2)       u  UNDEFINED    n  no effect\n"
    "  1, 2  exception to that EL, EC 0x18 with its own ISS; else (EC:ISS)\n"
    "needs: UNDEFINED at every EL without the feature. Then the controls that change something:\n"
    "  control=value/mask: world, r (MRS), w (MSR, SYS) and EL, and the outcome\n\n";

static char *read_golden(void)
{
    FILE *file = fopen(GOLDEN, "rb");
    if (!file) {
        return NULL;
    }
    struct text text = {0};
    char line[1024];
    while (fgets(line, sizeof line, file)) {
        text_add(&text, "%s", line);
    }
    fclose(file);
    return text.chars;
}

static void write_golden(const struct text *text)
{
    FILE *file = fopen(GOLDEN, "wb");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(text->chars, 1, text->length, file), text->length);
    fclose(file);
}

/* Number of the first line that differs. */
static unsigned different_line(const char *a, const char *b)
{
    unsigned line = 1;
    for (; *a == *b && *a; a++, b++) {
        line += *a == '\n';
    }
    return line;
}

START_TEST(the_matrix_is_the_golden_one)
{
    struct text text = {0};
    text_add(&text, "%s", head);
    matrix_print(&text, ALL_GROUPS);
    if (getenv("UPDATE_GOLDEN")) {
        write_golden(&text);
    }
    char *golden = read_golden();
    ck_assert_ptr_nonnull(golden);
    ck_assert_msg(strcmp(golden, text.chars) == 0, GOLDEN ":%u differs",
                  different_line(golden, text.chars));
    free(golden);
    free(text.chars);
}
END_TEST

START_TEST(nothing_in_the_matrix_is_unexplained)
{
    struct text text = {0};
    matrix_print(&text, ALL_GROUPS);
    ck_assert_ptr_null(strchr(text.chars, '?'));
    ck_assert_ptr_null(strchr(text.chars, '!'));
    free(text.chars);
}
END_TEST

START_TEST(leaving_out_any_one_rule_changes_the_matrix)
{
    uint64_t group = UINT64_C(1) << trap_rules[_i].group;
    struct text whole = {0}, less = {0};
    matrix_print(&whole, group);
    rules_leave_out((size_t)_i);
    matrix_print(&less, group);
    rules_leave_out(SIZE_MAX);
    ck_assert_msg(strcmp(whole.chars, less.chars) != 0, "rule %d, %s", _i, trap_rules[_i].name);
    free(whole.chars);
    free(less.chars);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("resolve_matrix");
    TCase *tcase = tcase_create("matrix");
    tcase_set_timeout(tcase, 300);
    tcase_add_test(tcase, the_matrix_is_the_golden_one);
    tcase_add_test(tcase, nothing_in_the_matrix_is_unexplained);
    tcase_add_loop_test(tcase, leaving_out_any_one_rule_changes_the_matrix, 0,
                        (int)trap_rule_count);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
