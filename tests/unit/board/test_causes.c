/* What followed which exception: kinds add up to the time, differences of moments too. */
#include <check.h>

#include "sim/board/causes.h"
#include "tests/support/run_suite.h"

#define HVC cause_key(1, true, 2, 0x16)
#define SVC cause_key(0, false, 1, 0x15)

static struct causes causes;
static struct cause_list earlier, later, sum;

static void setup(void)
{
    causes = (struct causes){.current = 0};
    earlier = later = sum = (struct cause_list){.count = 0};
}

START_TEST(time_before_any_exception_has_an_entry)
{
    causes_take(&causes, 70, 7, &later);
    ck_assert_uint_eq(later.count, 1);
    ck_assert_uint_eq(later.at[0].key, CAUSE_START);
    ck_assert_uint_eq(later.at[0].cycles, 70);
    ck_assert_uint_eq(later.at[0].count, 0);
}
END_TEST

START_TEST(time_belongs_to_the_last_exception)
{
    causes_turn(&causes, HVC, 100, 10);
    causes_turn(&causes, SVC, 130, 12);
    causes_turn(&causes, HVC, 150, 19);
    causes_take(&causes, 500, 40, &later);
    const struct cause *hvc = cause_list_find(&later, HVC), *svc = cause_list_find(&later, SVC);
    ck_assert_uint_eq(hvc->count, 2);
    ck_assert_uint_eq(hvc->cycles, 30 + 350);
    ck_assert_uint_eq(hvc->instructions, 2 + 21);
    ck_assert_uint_eq(svc->cycles, 20);
    ck_assert_uint_eq(cause_list_find(&later, CAUSE_START)->cycles, 100);
}
END_TEST

/* A moment is a look: what is asked in between changes nothing. */
START_TEST(difference_of_two_moments_is_their_distance)
{
    causes_turn(&causes, HVC, 100, 10);
    causes_take(&causes, 120, 11, &earlier);
    causes_turn(&causes, SVC, 150, 12);
    causes_take(&causes, 190, 30, &later);
    cause_list_add_difference(&sum, &earlier, &later);
    ck_assert_uint_eq(sum.count, 2);
    ck_assert_uint_eq(cause_list_find(&sum, HVC)->cycles, 30);
    ck_assert_uint_eq(cause_list_find(&sum, HVC)->count, 0);
    ck_assert_uint_eq(cause_list_find(&sum, SVC)->cycles, 40);
    ck_assert_uint_eq(cause_list_find(&sum, SVC)->count, 1);
}
END_TEST

START_TEST(kinds_without_room_are_others)
{
    for (unsigned i = 0; i < 2 * CAUSES_MAX; i++) {
        causes_turn(&causes, cause_key(1, false, 1, i), 10 * i, i);
    }
    causes_take(&causes, 20 * CAUSES_MAX, 2 * CAUSES_MAX, &later);
    cycles_t total = 0;
    for (unsigned i = 0; i < later.count; i++) {
        total += later.at[i].cycles;
    }
    ck_assert_uint_eq(later.count, CAUSES_MAX);
    ck_assert_uint_eq(later.at[CAUSES_MAX - 1].key, CAUSE_OTHER);
    ck_assert_uint_eq(total, 20 * CAUSES_MAX);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("causes");
    TCase *tc = tcase_create("causes");
    tcase_add_checked_fixture(tc, setup, NULL);
    tcase_add_test(tc, time_before_any_exception_has_an_entry);
    tcase_add_test(tc, time_belongs_to_the_last_exception);
    tcase_add_test(tc, difference_of_two_moments_is_their_distance);
    tcase_add_test(tc, kinds_without_room_are_others);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}
