/* What needs break-before-make, a TLBI, or neither; literals from the descriptor formats (Arm ARM
 * D8.3) and the list of changes of D8.17.1. */
#include <check.h>

#include "sim/lint/tables_change.h"
#include "tests/support/run_suite.h"

#define PAGE   UINT64_C(0x48000707) /* level 3, AF, inner shareable, AttrIndx 1 */
#define BLOCK  UINT64_C(0x48000705)
#define TABLE  UINT64_C(0x4a000003)
#define S2PAGE UINT64_C(0x480007ff)

static const struct {
    const char *what;
    uint64_t before, after;
    unsigned level;
    bool stage2;
    enum table_change is;
} cases[] = {
    {"the same", PAGE, PAGE, 3, false, CHANGE_NONE},
    {"a software bit", PAGE, PAGE | UINT64_C(1) << 55, 3, false, CHANGE_NONE},
    {"the access flag goes", PAGE, PAGE & ~UINT64_C(0x400), 3, false, CHANGE_NONE},
    {"read-only becomes writable", PAGE | 0x80, PAGE, 3, false, CHANGE_NONE},
    {"writable becomes read-only", PAGE, PAGE | 0x80, 3, false, CHANGE_RESTRICT},
    {"EL0 loses it", PAGE | 0x40, PAGE, 3, false, CHANGE_RESTRICT},
    {"UXN", PAGE, PAGE | UINT64_C(1) << 54, 3, false, CHANGE_RESTRICT},
    {"stage 2 loses write", S2PAGE, S2PAGE & ~UINT64_C(0x80), 3, true, CHANGE_RESTRICT},
    {"stage 2 gets write", S2PAGE & ~UINT64_C(0x80), S2PAGE, 3, true, CHANGE_NONE},
    {"invalid", PAGE, 0, 3, false, CHANGE_INVALID},
    {"reserved at level 3", PAGE, PAGE & ~UINT64_C(2), 3, false, CHANGE_INVALID},
    {"another address", PAGE, PAGE + 0x1000, 3, false, CHANGE_BREAK},
    {"another memory type", PAGE, PAGE ^ 4, 3, false, CHANGE_BREAK},
    {"another stage-2 memory type", S2PAGE, S2PAGE ^ 0x20, 3, true, CHANGE_BREAK},
    {"another shareability", PAGE, PAGE ^ 0x100, 3, false, CHANGE_BREAK},
    {"nG", PAGE, PAGE | 0x800, 3, false, CHANGE_BREAK},
    {"contiguous", PAGE, PAGE | UINT64_C(1) << 52, 3, false, CHANGE_BREAK},
    {"a block becomes a table", BLOCK, TABLE, 2, false, CHANGE_BREAK},
    {"a table becomes a block", TABLE, BLOCK, 2, false, CHANGE_BREAK},
    {"another table", TABLE, TABLE + 0x1000, 1, false, CHANGE_BREAK},
    {"APTable", TABLE, TABLE | UINT64_C(1) << 62, 1, false, CHANGE_RESTRICT},
};

START_TEST(change_needs_what_the_manual_says)
{
    const char *why = "";
    enum table_change is =
        table_change_of(cases[_i].before, cases[_i].after, cases[_i].level, cases[_i].stage2, &why);
    ck_assert_msg(is == cases[_i].is, "%s: %d", cases[_i].what, is);
    ck_assert_msg((is == CHANGE_BREAK) == (why[0] != '\0'), "%s: why", cases[_i].what);
}
END_TEST

START_TEST(new_descriptor_refuses_only_what_it_forbids)
{
    struct mmu_access read = {.type = MMU_READ, .el = 1}, write = {.type = MMU_WRITE, .el = 1};
    struct mmu_access by_el0 = {.type = MMU_READ, .el = 0};
    ck_assert(table_forbids(0, 3, false, &read));
    ck_assert(!table_forbids(PAGE | 0x80, 3, false, &read));
    ck_assert(table_forbids(PAGE | 0x80, 3, false, &write));
    ck_assert(table_forbids(PAGE, 3, false, &by_el0));
    ck_assert(!table_forbids(S2PAGE & ~UINT64_C(0x80), 3, true, &read));
    ck_assert(table_forbids(S2PAGE & ~UINT64_C(0x80), 3, true, &write));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("table_change");
    TCase *tc = tcase_create("table_change");
    tcase_add_loop_test(tc, change_needs_what_the_manual_says, 0,
                        (int)(sizeof cases / sizeof cases[0]));
    tcase_add_test(tc, new_descriptor_refuses_only_what_it_forbids);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}
