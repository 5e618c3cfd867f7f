/* The linear problem of a fit: solved within bounds, refused where it is not determined. */
#include <check.h>
#include <math.h>
#include <string.h>

#include "sim/study/fit.h"
#include "tests/support/run_suite.h"

static struct fit_row rows[4];
static struct fit_constant constants[2];
static struct fit_file file;
static struct fit_model model;
static struct err err;
static char name_a[] = "a", name_b[] = "b";

/* Rows of 100 + 2 a + 1 b and so on, measured where a is 30 and b is 7. */
static const double slopes[4][2] = {{2, 1}, {1, 4}, {5, 0}, {0, 3}};

static void setup(void)
{
    memset(&model, 0, sizeof model);
    err.text[0] = '\0';
    for (unsigned i = 0; i < 4; i++) {
        rows[i] = (struct fit_row){.measured = 100 + slopes[i][0] * 30 + slopes[i][1] * 7};
        model.fixed[i] = 100;
        model.slope[i][0] = slopes[i][0];
        model.slope[i][1] = slopes[i][1];
    }
    constants[0] = (struct fit_constant){.name = name_a, .low = 0, .high = 1000};
    constants[1] = (struct fit_constant){.name = name_b, .low = 0, .high = 1000};
    file = (struct fit_file){
        .rows = rows, .rows_count = 4, .constants = constants, .constants_count = 2};
}

START_TEST(exact_rows_give_the_constants)
{
    double x[FIT_CONSTANTS_MAX] = {1, 1};
    ck_assert(fit_solve(&file, &model, -1, x, &err));
    ck_assert_double_eq_tol(x[0], 30, 1e-6);
    ck_assert_double_eq_tol(x[1], 7, 1e-6);
}
END_TEST

START_TEST(same_each_time)
{
    double x[FIT_CONSTANTS_MAX] = {3, 900}, y[FIT_CONSTANTS_MAX] = {3, 900};
    rows[1].measured += 13;
    ck_assert(fit_solve(&file, &model, -1, x, &err) && fit_solve(&file, &model, -1, y, &err));
    ck_assert(memcmp(x, y, sizeof x) == 0);
}
END_TEST

START_TEST(bounds_hold_and_the_other_constant_makes_the_best_of_it)
{
    double x[FIT_CONSTANTS_MAX] = {1, 1};
    constants[0].high = 20;
    ck_assert(fit_solve(&file, &model, -1, x, &err));
    ck_assert_double_eq_tol(x[0], 20, 1e-9);
    ck_assert_double_gt(x[1], 7);
}
END_TEST

START_TEST(row_that_is_left_out_says_nothing)
{
    double x[FIT_CONSTANTS_MAX] = {1, 1};
    rows[1].measured = 5000;
    ck_assert(fit_solve(&file, &model, 1, x, &err));
    ck_assert_double_eq_tol(x[0], 30, 1e-6);
    ck_assert_double_eq_tol(x[1], 7, 1e-6);
}
END_TEST

START_TEST(determined_with_and_without_any_row)
{
    const double x[FIT_CONSTANTS_MAX] = {1, 1};
    for (int without = -1; without < 4; without++) {
        ck_assert_msg(fit_is_determined(&file, &model, x, without, &err), "%d: %s", without,
                      err.text);
    }
}
END_TEST

START_TEST(constant_that_moves_no_row_is_named)
{
    const double x[FIT_CONSTANTS_MAX] = {1, 1};
    for (unsigned i = 0; i < 4; i++) {
        model.slope[i][1] = 0;
    }
    ck_assert(!fit_is_determined(&file, &model, x, -1, &err));
    ck_assert_ptr_nonnull(strstr(err.text, "no calibration row depends on constant b"));
}
END_TEST

START_TEST(constants_in_a_fixed_proportion_are_told)
{
    const double x[FIT_CONSTANTS_MAX] = {1, 1};
    for (unsigned i = 0; i < 4; i++) {
        model.slope[i][1] = 3 * model.slope[i][0];
    }
    ck_assert(!fit_is_determined(&file, &model, x, -1, &err));
    ck_assert_ptr_nonnull(strstr(err.text, "cannot tell constant"));
}
END_TEST

/* Of four rows two are left that depend on b, and one of them is left out. */
START_TEST(constant_that_rests_on_one_row_needs_it)
{
    const double x[FIT_CONSTANTS_MAX] = {1, 1};
    model.slope[0][1] = model.slope[1][1] = 0;
    ck_assert(fit_is_determined(&file, &model, x, 0, &err));
    ck_assert(!fit_is_determined(&file, &model, x, 3, &err));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("fit_solve");
    TCase *tc = tcase_create("fit_solve");
    tcase_add_checked_fixture(tc, setup, NULL);
    tcase_add_test(tc, exact_rows_give_the_constants);
    tcase_add_test(tc, same_each_time);
    tcase_add_test(tc, bounds_hold_and_the_other_constant_makes_the_best_of_it);
    tcase_add_test(tc, row_that_is_left_out_says_nothing);
    tcase_add_test(tc, determined_with_and_without_any_row);
    tcase_add_test(tc, constant_that_moves_no_row_is_named);
    tcase_add_test(tc, constants_in_a_fixed_proportion_are_told);
    tcase_add_test(tc, constant_that_rests_on_one_row_needs_it);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}
