#include "sim/window/strip.h"
#include "tests/support/run_suite.h"

#define WIDE 1000 /* cycles_t in a column */
#define LAST (STRIP_COLUMNS - 1)

static struct strip strip;

static void setup(void)
{
    strip_init(&strip, WIDE);
}

START_TEST(a_column_is_of_who_had_most_of_it)
{
    strip_turn(&strip, 0, 0, STRIP_EL2);
    strip_turn(&strip, 0, 400, STRIP_EL1);
    strip_turn(&strip, 0, 2100, STRIP_IDLE);
    strip_turn(&strip, 0, 3000, STRIP_EL2);
    ck_assert_int_eq(strip_owner_at(&strip, 0, LAST), STRIP_IDLE);
    ck_assert_int_eq(strip_owner_at(&strip, 0, LAST - 1), STRIP_EL1);
    ck_assert_int_eq(strip_owner_at(&strip, 0, LAST - 2), STRIP_EL1);
    ck_assert_int_eq(strip_owner_at(&strip, 0, LAST - 3), STRIP_NOBODY);
}
END_TEST

START_TEST(cpus_share_their_time_axis)
{
    strip_turn(&strip, 0, 0, STRIP_EL1);
    strip_turn(&strip, 0, 10 * WIDE, STRIP_EL1);
    strip_turn(&strip, 1, 0, STRIP_EL2);
    strip_turn(&strip, 1, 2 * WIDE, STRIP_EL2);
    ck_assert_int_eq(strip_owner_at(&strip, 0, LAST), STRIP_EL1);
    ck_assert_int_eq(strip_owner_at(&strip, 1, LAST), STRIP_NOBODY);
    ck_assert_int_eq(strip_owner_at(&strip, 1, LAST - 8), STRIP_EL2);
}
END_TEST

START_TEST(what_is_older_than_the_strip_is_forgotten)
{
    strip_turn(&strip, 0, 0, STRIP_EL2);
    strip_turn(&strip, 0, WIDE, STRIP_EL1);
    strip_turn(&strip, 0, (cycles_t)WIDE * STRIP_COLUMNS * 5000, STRIP_EL1);
    for (unsigned column = 0; column < STRIP_COLUMNS; column++) {
        ck_assert_int_eq(strip_owner_at(&strip, 0, column), STRIP_EL1);
    }
}
END_TEST

START_TEST(vms_have_colours_by_vmid)
{
    ck_assert_int_eq(strip_vm(0), STRIP_VM);
    ck_assert_int_eq(strip_vm(2), STRIP_VM + 2);
    ck_assert_int_lt(strip_vm(65535), STRIP_OWNERS);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("window_strip");
    TCase *tc = tcase_create("strip");
    tcase_add_checked_fixture(tc, setup, NULL);
    tcase_add_test(tc, a_column_is_of_who_had_most_of_it);
    tcase_add_test(tc, cpus_share_their_time_axis);
    tcase_add_test(tc, what_is_older_than_the_strip_is_forgotten);
    tcase_add_test(tc, vms_have_colours_by_vmid);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}
