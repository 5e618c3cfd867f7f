/* What is kept of a design's console: the tail, and rows that are left out with their reasons. */
#include <check.h>
#include <string.h>

#include "sim/study/console_lines.h"
#include "tests/support/run_suite.h"

static struct console_lines lines;

static void setup(void)
{
    memset(&lines, 0, sizeof lines);
}

static void say(const char *text)
{
    console_lines_take(&lines, text, strlen(text));
}

START_TEST(skipped_row_is_kept_with_its_reason)
{
    say("host: 2 cpus\nrow io-kernel: skip");
    say("ped, no such device\r\nrow hypercall: 4 ops ok\n");
    ck_assert_uint_eq(lines.skipped_count, 1);
    ck_assert_str_eq(lines.skipped[0].name, "io-kernel");
    ck_assert_str_eq(lines.skipped[0].reason, "no such device");
}
END_TEST

START_TEST(second_vm_says_it_again)
{
    say("row a: skipped, x\nrow a: skipped, x\nrow b: skipped, y\n");
    ck_assert_uint_eq(lines.skipped_count, 2);
}
END_TEST

START_TEST(guest_may_say_anything)
{
    char name[200];
    memset(name, 'n', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    say("row ");
    say(name);
    say(": skipped, too long a name\nrow : skipped, no name\n: skipped, x\nrow x: "
        "skipped\n\001\377\n");
    ck_assert_uint_eq(lines.skipped_count, 0);
    for (unsigned i = 0; i < 3 * SPAN_ROWS_MAX; i++) {
        char text[64];
        snprintf(text, sizeof text, "row r%u: skipped, ", i);
        say(text);
        say(name);
        say("\n");
    }
    ck_assert_uint_eq(lines.skipped_count, SPAN_ROWS_MAX);
    ck_assert_uint_eq(strlen(lines.skipped[0].reason), sizeof lines.skipped[0].reason - 1);
}
END_TEST

START_TEST(tail_is_what_was_said_last)
{
    for (unsigned i = 0; i < 2000; i++) {
        say("noise and noise\n");
    }
    say("RESULT PASS\n");
    ck_assert_uint_lt(lines.tail_length, sizeof lines.tail);
    ck_assert_str_eq(lines.tail + lines.tail_length - 12, "RESULT PASS\n");
}
END_TEST

START_TEST(last_line_says_whether_it_failed)
{
    ck_assert(!lines.failed);
    say("RESULT FA");
    say("IL no gic\r\n\r\n");
    ck_assert(lines.failed);
    say("and on: RESULT FAIL\n");
    ck_assert(!lines.failed);
    say("RESULT FAIL"); /* and power-off, before the end of the line */
    ck_assert(lines.failed);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("console_lines");
    TCase *tc = tcase_create("console_lines");
    tcase_add_checked_fixture(tc, setup, NULL);
    tcase_add_test(tc, skipped_row_is_kept_with_its_reason);
    tcase_add_test(tc, second_vm_says_it_again);
    tcase_add_test(tc, guest_may_say_anything);
    tcase_add_test(tc, tail_is_what_was_said_last);
    tcase_add_test(tc, last_line_says_whether_it_failed);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}
