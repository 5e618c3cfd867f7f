/* Host pages, and which of them are large. */
#include <check.h>
#include <stdlib.h>

#include "sim/base/pages.h"
#include "tests/support/large_pages.h"
#include "tests/support/run_suite.h"

#define LARGE PAGES_LARGE
#define ROOM  (8 * LARGE)

static char *room;     /* as it was mapped */
static char *boundary; /* the first of a large page */

static void setup(void)
{
    room = pages_map(ROOM);
    ck_assert_ptr_nonnull(room);
    boundary = room + (LARGE - (uintptr_t)room % LARGE) % LARGE;
}

static void teardown(void)
{
    pages_unmap(room, ROOM);
}

/* From the boundary on, in bytes: the range that is named, and what of it is large then. */
static const struct {
    size_t at, size_bytes, large_at, large_bytes;
    bool later;
} ranges[] = {
    {0, LARGE, 0, LARGE, false},
    {0, 3 * LARGE - 1, 0, 2 * LARGE, false},
    {1, 3 * LARGE, LARGE, 2 * LARGE, false},
    {4096, LARGE, 0, 0, false},
    {4096, 2 * LARGE - 4097, 0, 0, false},
    {0, 0, 0, 0, false},
    {0, LARGE, 0, 0, true},
    {0, 3 * LARGE, LARGE, 2 * LARGE, true},
    {4096, 4 * LARGE, 2 * LARGE, 2 * LARGE, true},
    {4096, 2 * LARGE, 0, 0, true},
    {4096, 4096, 0, 0, true},
};

START_TEST(only_whole_large_pages_of_a_range_are_asked_for)
{
    uintptr_t first;
    void (*ask)(void *, size_t) = ranges[_i].later ? pages_large_later : pages_large;
    ask(boundary + ranges[_i].at, ranges[_i].size_bytes);
    size_t large = large_pages_bytes(room, ROOM, &first);
    if (large_pages_exist()) {
        ck_assert_msg(large == ranges[_i].large_bytes, "row %d: %zu bytes", _i, large);
        ck_assert(large == 0 || first == (uintptr_t)boundary + ranges[_i].large_at);
    }
}
END_TEST

START_TEST(large_pages_keep_what_was_there_and_are_zero_elsewhere)
{
    boundary[LARGE] = 42;
    pages_large(room, ROOM);
    boundary[2 * LARGE] = 43;
    ck_assert_int_eq(boundary[LARGE], 42);
    ck_assert_int_eq(boundary[2 * LARGE], 43);
    ck_assert_int_eq(boundary[2 * LARGE + 1], 0);
    ck_assert_int_eq(boundary[3 * LARGE], 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("pages");
    TCase *tc = tcase_create("large");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_loop_test(tc, only_whole_large_pages_of_a_range_are_asked_for, 0,
                        sizeof ranges / sizeof ranges[0]);
    tcase_add_test(tc, large_pages_keep_what_was_there_and_are_zero_elsewhere);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}
