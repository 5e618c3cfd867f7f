/* Numbers in text. */
#include <check.h>
#include <stdlib.h>

#include "sim/base/parse.h"
#include "tests/support/run_suite.h"

static const struct number {
    const char *text;
    int base;
    bool whole; /* nothing behind it */
    uint64_t value;
    const char *rest; /* NULL: no number */
} numbers[] = {
    {"0", 10, true, 0, ""},
    {"18446744073709551615", 10, true, UINT64_MAX, ""},
    {"18446744073709551616", 10, false, 0, NULL},
    {"0x4a000000", 0, true, 0x4a000000, ""},
    {"0x10", 10, false, 0, "x10"},
    {"20us", 10, false, 20, "us"},
    {"-1", 10, false, 0, NULL},
    {"+1", 10, false, 0, NULL},
    {" 1", 10, false, 0, NULL},
    {"", 10, false, 0, NULL},
};

START_TEST(a_number_begins_with_a_digit_and_fits)
{
    const struct number *n = &numbers[_i];
    uint64_t value;
    const char *rest;
    ck_assert_msg(parse_u64(n->text, n->base, &value, NULL) == n->whole, "\"%s\"", n->text);
    ck_assert_msg(parse_u64(n->text, n->base, &value, &rest) == (n->rest != NULL), "\"%s\"",
                  n->text);
    if (n->rest != NULL) {
        ck_assert_uint_eq(value, n->value);
        ck_assert_str_eq(rest, n->rest);
    }
}
END_TEST

START_TEST(hex_digits_are_of_either_case)
{
    unsigned value = 99;
    ck_assert(parse_hex_digit('9', &value) && value == 9);
    ck_assert(parse_hex_digit('a', &value) && value == 10);
    ck_assert(parse_hex_digit('F', &value) && value == 15);
    ck_assert(!parse_hex_digit('g', &value) && !parse_hex_digit('\0', &value));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("parse");
    TCase *tc = tcase_create("numbers");
    tcase_add_loop_test(tc, a_number_begins_with_a_digit_and_fits, 0,
                        sizeof numbers / sizeof numbers[0]);
    tcase_add_test(tc, hex_digits_are_of_either_case);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}
