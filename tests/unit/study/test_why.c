/* Signed parts are rounded such that they add up to their rounded sum. */
#include <check.h>

#include "sim/report/why.h"
#include "tests/support/run_suite.h"

static int64_t rounded[8];

static int64_t sum_of(const int64_t *list, size_t count)
{
    int64_t sum = 0;
    for (size_t i = 0; i < count; i++) {
        sum += list[i];
    }
    return sum;
}

START_TEST(parts_add_up_to_the_rounded_sum)
{
    const int64_t exact[] = {333, 333, 334, -50, 1249, -1};
    int64_t sum = why_round(exact, 100, rounded, 6);
    ck_assert_int_eq(sum, 22); /* 2198 */
    ck_assert_int_eq(sum_of(rounded, 6), sum);
    for (size_t i = 0; i < 6; i++) { /* none is further off than one */
        ck_assert_int_le(rounded[i] * 100 - exact[i], 100);
        ck_assert_int_ge(rounded[i] * 100 - exact[i], -100);
    }
}
END_TEST

START_TEST(negative_sum_rounds_as_its_parts)
{
    const int64_t exact[] = {-149, -149, -149};
    ck_assert_int_eq(why_round(exact, 100, rounded, 3), -4); /* -447 */
    ck_assert_int_eq(sum_of(rounded, 3), -4);
}
END_TEST

START_TEST(whole_parts_stay)
{
    const int64_t exact[] = {500, -300, 0};
    ck_assert_int_eq(why_round(exact, 100, rounded, 3), 2);
    ck_assert_int_eq(rounded[0], 5);
    ck_assert_int_eq(rounded[1], -3);
    ck_assert_int_eq(rounded[2], 0);
}
END_TEST

START_TEST(nothing_is_nothing)
{
    ck_assert_int_eq(why_round(NULL, 100, rounded, 0), 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("why");
    TCase *tc = tcase_create("round");
    tcase_add_test(tc, parts_add_up_to_the_rounded_sum);
    tcase_add_test(tc, negative_sum_rounds_as_its_parts);
    tcase_add_test(tc, whole_parts_stay);
    tcase_add_test(tc, nothing_is_nothing);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}
