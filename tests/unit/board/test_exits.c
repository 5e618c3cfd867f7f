/* Exits of VMs: from the exception to the return, waits not included. */
#include <check.h>

#include "sim/board/exits.h"
#include "tests/support/run_suite.h"

#define HVC 0x16
#define IRQ 0x101

static struct exits exits;

static void setup(void)
{
    exits = (struct exits){.is_out = false};
}

START_TEST(exit_lasts_until_the_return)
{
    exits_begin(&exits, HVC, 100);
    ck_assert_uint_eq(exits.kinds[HVC].count, 0);
    exits_end(&exits, 350);
    ck_assert_uint_eq(exits.kinds[HVC].count, 1);
    ck_assert_uint_eq(exits.kinds[HVC].cycles, 250);
}
END_TEST

START_TEST(waits_are_left_out)
{
    exits_waited(&exits, 1000); /* in no exit: nothing */
    exits_begin(&exits, HVC, 100);
    exits_waited(&exits, 40);
    exits_waited(&exits, 60);
    exits_end(&exits, 350);
    ck_assert_uint_eq(exits.kinds[HVC].cycles, 150);
}
END_TEST

/* A hypervisor starts its first VM: that was no exit. */
START_TEST(return_without_an_exit_counts_nothing)
{
    exits_end(&exits, 350);
    for (unsigned kind = 0; kind < EXIT_KINDS; kind++) {
        ck_assert_uint_eq(exits.kinds[kind].count, 0);
    }
}
END_TEST

START_TEST(reasons_are_kept_apart)
{
    exits_begin(&exits, HVC, 0);
    exits_end(&exits, 10);
    exits_begin(&exits, IRQ, 20);
    exits_end(&exits, 25);
    exits_begin(&exits, HVC, 30);
    exits_end(&exits, 33);
    ck_assert_uint_eq(exits.kinds[HVC].count, 2);
    ck_assert_uint_eq(exits.kinds[HVC].cycles, 13);
    ck_assert_uint_eq(exits.kinds[HVC].least, 3);
    ck_assert_uint_eq(exits.kinds[HVC].most, 10);
    ck_assert_uint_eq(exits.kinds[IRQ].least, 5);
    ck_assert_uint_eq(exits.kinds[IRQ].most, 5);
    ck_assert_uint_eq(exits.kinds[IRQ].count, 1);
    ck_assert_uint_eq(exits.kinds[IRQ].cycles, 5);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("exits");
    TCase *tc = tcase_create("exits");
    tcase_add_checked_fixture(tc, setup, NULL);
    tcase_add_test(tc, exit_lasts_until_the_return);
    tcase_add_test(tc, waits_are_left_out);
    tcase_add_test(tc, return_without_an_exit_counts_nothing);
    tcase_add_test(tc, reasons_are_kept_apart);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}
