/* The conditions of the labs: what they come to at a moment, and what is said of those that are
 * none. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/lab/eval.h"
#include "tests/support/run_suite.h"

/* Two exceptions to EL2, an ERET that answers the second, the end. */
static struct moment moments[] = {
    {.kind = EV_EXCEPTION,
     .event = {.kind = EV_EXCEPTION, .a = 1 << 8 | 2 << 4 | 1, .c = 0x1000},
     .pc = 0x1000},
    {.kind = EV_EXCEPTION,
     .event = {.kind = EV_EXCEPTION, .a = 1 << 8 | 2 << 4, .b = 0x5a000007, .c = 0x2000},
     .pc = 0x2000,
     .cpu = {.x = {[1] = 11, [19] = 19}},
     .entry = 1},
    {.kind = EV_ERET,
     .event = {.kind = EV_ERET, .a = 2 << 8 | 1, .b = 0x3c5, .c = 0x2004},
     .pc = 0x2004,
     .cpu = {.x = {[1] = 12, [19] = 19}},
     .entry = 1},
    {.kind = MOMENT_END, .entry = 3},
};

static char start[] = "start", middle[] = "middle";
static struct label labels[] = {{start, 0x1000}, {middle, 0x2000}};
static struct lab_run run = {.moments = moments, .count = 4, .labels = {labels, 2}};
static char missing[32]; /* the label that the last condition missed */

static uint64_t at(size_t moment, const char *text)
{
    struct err e = {0};
    struct expr *x = expr_parse(text, &run.watches, &e);
    ck_assert_msg(x != NULL, "%s", e.text);
    const char *label = NULL;
    uint64_t value = eval(x, &run, moment, &label);
    snprintf(missing, sizeof missing, "%s", label ? label : "");
    expr_free(x);
    return value;
}

START_TEST(operators_bind_as_in_c)
{
    ck_assert_uint_eq(at(3, "1 + 2 * 3"), 7);
    ck_assert_uint_eq(at(3, "(1 + 2) * 3"), 9);
    ck_assert_uint_eq(at(3, "10 - 3 - 2"), 5);
    ck_assert_uint_eq(at(3, "1 << 4 | 2"), 18);
    ck_assert_uint_eq(at(3, "6 & 3 == 3"), 0);
    ck_assert_uint_eq(at(3, "0 || 1 && 0"), 0);
    ck_assert_uint_eq(at(3, "2 > 1 && 1 <= 1 && 3 != 4"), 1);
    ck_assert_uint_eq(at(3, "~0 == -1"), 1);
    ck_assert_uint_eq(at(3, "!0b101"), 0);
    ck_assert_uint_eq(at(3, "bits(0x3c5, 9, 6)"), 15);
    ck_assert_uint_eq(at(3, "1 << 64"), 0);
}
END_TEST

START_TEST(an_exception_has_its_fields)
{
    ck_assert_uint_eq(at(1, "from == 1 && to == 2 && type == 0"), 1);
    ck_assert_uint_eq(at(1, "ec"), 0x16);
    ck_assert_uint_eq(at(1, "iss"), 7);
    ck_assert_uint_eq(at(1, "pc"), 0x2000);
    ck_assert_uint_eq(at(0, "type"), 1);
    ck_assert_uint_eq(at(0, "ec"), UINT64_MAX); /* an IRQ has no syndrome */
}
END_TEST

START_TEST(an_eret_knows_the_exception_that_it_answers)
{
    ck_assert_uint_eq(at(2, "from == 2 && to == 1 && bits(spsr, 4, 0) == 5"), 1);
    ck_assert_uint_eq(at(2, "was(ec)"), 0x16);
    ck_assert_uint_eq(at(2, "pc - was(pc)"), 4);
    ck_assert_uint_eq(at(2, "changed"), 2);
    ck_assert_uint_eq(at(2, "was(x1) + x1"), 23);
}
END_TEST

START_TEST(moments_are_counted_by_kind)
{
    ck_assert_uint_eq(at(3, "count(exception, 1)"), 2);
    ck_assert_uint_eq(at(3, "count(exception, ec == 0x16)"), 1);
    ck_assert_uint_eq(at(3, "count(eret, to == 1)"), 1);
}
END_TEST

START_TEST(other_names_are_labels_and_a_missing_one_is_told)
{
    ck_assert_uint_eq(at(1, "pc == middle"), 1);
    ck_assert_str_eq(missing, "");
    at(1, "pc == nowhere");
    ck_assert_str_eq(missing, "nowhere");
}
END_TEST

START_TEST(a_condition_with_a_missing_label_never_holds)
{
    struct err e = {0};
    const char *label = NULL;
    struct expr *x = expr_parse("nowhere == 0", &run.watches, &e);
    ck_assert_uint_eq(eval_find(x, &run, MOMENT_END, 0, &label), run.count);
    expr_free(x);
}
END_TEST

START_TEST(a_search_goes_on_from_where_it_is_told)
{
    const char *label = NULL;
    ck_assert_uint_eq(eval_find(NULL, &run, EV_EXCEPTION, 0, &label), 0);
    ck_assert_uint_eq(eval_find(NULL, &run, EV_EXCEPTION, 1, &label), 1);
    ck_assert_uint_eq(eval_find(NULL, &run, EV_EXCEPTION, 2, &label), run.count);
    ck_assert_uint_eq(eval_find(NULL, &run, MOMENT_END, 0, &label), 3);
}
END_TEST

static const char *const wrong[] = {
    "",
    "1 +",
    "(1",
    "1 1",
    "x31",
    "12ab",
    "bits(1)",
    "bits(1, 2",
    "count(no, 1)",
    "HCR_EL2.NONE",
    "executed(x, y)",
    "&& 1",
};

START_TEST(what_is_no_condition_is_refused)
{
    struct err e = {0};
    struct watch_list watches = {.count = 0};
    ck_assert_msg(expr_parse(wrong[_i], &watches, &e) == NULL, "\"%s\"", wrong[_i]);
    ck_assert_msg(strstr(e.text, "condition \"") != NULL, "%s", e.text);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("lab conditions");
    TCase *tests = tcase_create("expr");
    tcase_add_test(tests, operators_bind_as_in_c);
    tcase_add_test(tests, an_exception_has_its_fields);
    tcase_add_test(tests, an_eret_knows_the_exception_that_it_answers);
    tcase_add_test(tests, moments_are_counted_by_kind);
    tcase_add_test(tests, other_names_are_labels_and_a_missing_one_is_told);
    tcase_add_test(tests, a_condition_with_a_missing_label_never_holds);
    tcase_add_test(tests, a_search_goes_on_from_where_it_is_told);
    tcase_add_loop_test(tests, what_is_no_condition_is_refused, 0, sizeof wrong / sizeof wrong[0]);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
