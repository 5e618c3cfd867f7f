#include <string.h>

#include "sim/window/grid.h"
#include "tests/support/run_suite.h"

static struct grid grid;

static void print(const char *text)
{
    grid_print(&grid, text, strlen(text));
}

static void setup(void)
{
    memset(&grid, 0, sizeof grid);
}

START_TEST(lines_follow_each_other)
{
    print("one\r\ntwo\bO\tx");
    ck_assert_str_eq(grid.cells[0], "one");
    ck_assert(memcmp(grid.cells[1], "twO\0\0\0\0\0x", 9) == 0);
    ck_assert_uint_eq(grid.row, 1);
    ck_assert_uint_eq(grid.column, 9);
}
END_TEST

START_TEST(a_full_line_goes_on_in_the_next)
{
    for (unsigned i = 0; i < GRID_COLUMNS; i++) {
        print("a");
    }
    ck_assert_uint_eq(grid.row, 0);
    print("b");
    ck_assert_uint_eq(grid.row, 1);
    ck_assert_int_eq(grid.cells[1][0], 'b');
}
END_TEST

START_TEST(the_last_line_scrolls)
{
    for (unsigned i = 0; i < GRID_ROWS; i++) {
        print("x\n");
    }
    print("end");
    ck_assert_uint_eq(grid.row, GRID_ROWS - 1);
    ck_assert(memcmp(grid.cells[GRID_ROWS - 1], "end", 4) == 0);
    ck_assert_int_eq(grid.cells[GRID_ROWS - 2][0], 'x');
}
END_TEST

START_TEST(escape_sequences_and_other_bytes_are_left_out)
{
    print("a\033[1;31mb\033[0m\033=c\007\x80");
    ck_assert_str_eq(grid.cells[0], "abc");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("window_grid");
    TCase *tc = tcase_create("grid");
    tcase_add_checked_fixture(tc, setup, NULL);
    tcase_add_test(tc, lines_follow_each_other);
    tcase_add_test(tc, a_full_line_goes_on_in_the_next);
    tcase_add_test(tc, the_last_line_scrolls);
    tcase_add_test(tc, escape_sequences_and_other_bytes_are_left_out);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}
