/* Source lines by address. The file that is asked is this program, which has debug information; the
 * oracle is __LINE__. */
#include <check.h>
#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "sim/report/source_lines.h"
#include "sim/report/source_set.h"
#include "tests/support/run_suite.h"

#define THIS_PROGRAM "/proc/self/exe"

extern const char __executable_start[]; /* the linker's */

enum { MARKED = __LINE__ + 3 };

/* clang-format off */
static __attribute__((noinline)) int marked(int x) { return x * 3 + 1; } /* here */
/* clang-format on */

/* As the file has it: a position-independent program is linked for address 0. */
static uint64_t linked_address(void)
{
    const Elf64_Ehdr *file = (const void *)__executable_start;
    uint64_t at = (uint64_t)(uintptr_t)marked;
    return file->e_type == ET_DYN ? at - (uint64_t)(uintptr_t)__executable_start : at;
}

static bool ends_with(const char *text, const char *end)
{
    return strlen(text) >= strlen(end) && strcmp(text + strlen(text) - strlen(end), end) == 0;
}

START_TEST(code_has_the_line_that_it_was_made_from)
{
    struct source_lines *s = source_lines_open(THIS_PROGRAM);
    const char *file;
    unsigned line;
    ck_assert_int_eq(marked(1), 4);
    ck_assert_ptr_nonnull(s);
    ck_assert(source_lines_find(s, linked_address(), &file, &line));
    ck_assert_msg(ends_with(file, "test_source_lines.c"), "%s", file);
    ck_assert_uint_eq(line, MARKED);
    const char *text = source_lines_text(s, file, line);
    ck_assert_msg(strncmp(text, "static __attribute__", 20) == 0 && ends_with(text, "/* here */"),
                  "%s", text);
    source_lines_close(s);
}
END_TEST

START_TEST(what_is_no_code_has_no_line)
{
    struct source_lines *s = source_lines_open(THIS_PROGRAM);
    const char *file;
    unsigned line;
    ck_assert_ptr_nonnull(s);
    ck_assert(!source_lines_find(s, 0, &file, &line));
    ck_assert(!source_lines_find(s, UINT64_MAX, &file, &line)); /* behind the last sequence */
    source_lines_close(s);
}
END_TEST

START_TEST(text_that_is_not_there_is_empty)
{
    struct source_lines *s = source_lines_open(THIS_PROGRAM);
    ck_assert_ptr_nonnull(s);
    ck_assert_str_eq(source_lines_text(s, "/nowhere/x.c", 1), "");
    ck_assert_str_eq(source_lines_text(s, "tests/unit/report/test_source_lines.c", 0), "");
    ck_assert_str_eq(source_lines_text(s, "tests/unit/report/test_source_lines.c", 99999), "");
    /* Relative to where something was built: below the tree that el2sim was built from. */
    ck_assert_str_eq(
        source_lines_text(s, "../../tests/unit/report/test_source_lines.c", 1),
        "/* Source lines by address. The file that is asked is this program, which has "
        "debug information; the");
    source_lines_close(s);
}
END_TEST

START_TEST(a_file_without_debug_information_is_none)
{
    ck_assert_ptr_null(source_lines_open("/nowhere/x.elf"));
    ck_assert_ptr_null(source_lines_open("/proc/self/maps"));
    source_lines_close(NULL);
}
END_TEST

START_TEST(a_set_asks_the_file_whose_code_runs_there)
{
    struct source_set *set = source_set_create();
    const struct source_scope kernel = {.el_mask = 1 << 1, .in_host = true};
    const struct source_scope guest = {.el_mask = 3, .in_vm = true};
    const char *file = NULL;
    unsigned line = 0;
    ck_assert_ptr_null(source_set_find(set, 1, false, linked_address(), &file, &line));
    source_set_add(set, "/nowhere/x.elf", &kernel); /* no mistake */
    source_set_add(set, THIS_PROGRAM, &kernel);
    ck_assert_ptr_nonnull(source_set_find(set, 1, false, linked_address(), &file, &line));
    ck_assert_uint_eq(line, MARKED);
    ck_assert_msg(file[0] != '.' && ends_with(file, "test_source_lines.c"), "%s", file);
    ck_assert_ptr_null(source_set_find(set, 2, false, linked_address(), &file, &line));
    ck_assert_ptr_null(source_set_find(set, 1, true, linked_address(), &file, &line));
    source_set_add(set, THIS_PROGRAM, &guest);
    ck_assert_ptr_nonnull(source_set_find(set, 0, true, linked_address(), &file, &line));
    ck_assert_ptr_null(source_set_find(set, 2, true, linked_address(), &file, &line));
    source_set_destroy(set);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("source_lines");
    TCase *cases = tcase_create("lines");
    tcase_add_test(cases, code_has_the_line_that_it_was_made_from);
    tcase_add_test(cases, what_is_no_code_has_no_line);
    tcase_add_test(cases, text_that_is_not_there_is_empty);
    tcase_add_test(cases, a_file_without_debug_information_is_none);
    tcase_add_test(cases, a_set_asks_the_file_whose_code_runs_there);
    suite_add_tcase(suite, cases);
    return run_suite(suite);
}
