/* Guest RAM and the hash of images. */
#include <check.h>
#include <string.h>

#include "sim/image/imagehash.h"
#include "sim/image/ram.h"
#include "tests/unit/board/board_support.h"
#include "tests/support/large_pages.h"
#include "tests/support/run_suite.h"

#define MIB  (UINT64_C(1) << 20)
#define BASE UINT64_C(0x40000000)

static struct ram ram;

static void setup(void)
{
    struct err e = {0};
    ck_assert_msg(ram_map(&ram, pa(BASE), MIB, &e), "%s", e.text);
}

static void teardown(void)
{
    ram_unmap(&ram);
}

START_TEST(ram_begins_as_zeroes_and_keeps_what_is_written)
{
    uint64_t value = 1;
    ck_assert(ram_read64(&ram, pa(BASE + MIB - 8), &value));
    ck_assert_uint_eq(value, 0);
    ck_assert(ram_write(&ram, pa(BASE + 3), "\x11\x22\x33\x44\x55\x66\x77\x88", 8));
    ck_assert(ram_read64(&ram, pa(BASE + 3), &value));
    ck_assert_uint_eq(value, UINT64_C(0x8877665544332211));
    ck_assert_ptr_eq(ram_at(&ram, pa(BASE + 3), 8), ram.host + 3);
}
END_TEST

/* {address, size} -> inside? */
static const struct {
    uint64_t at, size;
    bool inside;
} ranges[] = {
    {BASE, MIB, true},
    {BASE, MIB + 1, false},
    {BASE + 1, MIB, false},
    {BASE - 1, 2, false},
    {BASE - 1, 1, false},
    {BASE + MIB - 1, 1, true},
    {BASE + MIB - 1, 2, false},
    {BASE + MIB, 1, false},
    {BASE + MIB, 0, true}, /* nothing, at the end */
    {BASE + MIB + 1, 0, false},
    {0, UINT64_MAX, false},
    {UINT64_MAX, 1, false},
    {UINT64_MAX, UINT64_MAX, false},
    {BASE + 8, UINT64_MAX - 4, false},
};

START_TEST(access_must_lie_in_ram)
{
    uint8_t byte = 0;
    pa_t at = pa(ranges[_i].at);
    ck_assert_msg(ram_holds(&ram, at, ranges[_i].size) == ranges[_i].inside, "row %d", _i);
    ck_assert((ram_at(&ram, at, ranges[_i].size) != NULL) == ranges[_i].inside);
    if (!ranges[_i].inside) {
        ck_assert(!ram_read(&ram, at, &byte, ranges[_i].size));
        ck_assert(!ram_write(&ram, at, &byte, ranges[_i].size));
    }
}
END_TEST

START_TEST(size_that_cannot_be_is_refused)
{
    static const struct {
        uint64_t size;
        const char *part;
    } bad[] = {{0, "at least 1 MiB"},
               {MIB + 1, "whole MiB"},
               {UINT64_C(256) << 30, "room for 261120 MiB"},
               {UINT64_MAX - MIB + 1, "ask for less"}};
    struct ram other = {0};
    struct err e = {0};
    ck_assert(!ram_map(&other, pa(BASE), bad[_i].size, &e));
    ck_assert_msg(strstr(e.text, bad[_i].part) != NULL, "%s", e.text);
    ck_assert_ptr_null(other.host);
}
END_TEST

START_TEST(large_ram_costs_only_what_is_touched)
{
    struct ram large = {0};
    struct err e = {0};
    ck_assert_msg(ram_map(&large, pa(BASE), UINT64_C(8) << 30, &e), "%s", e.text);
    uint64_t last = 42;
    ck_assert(ram_write(&large, pa(BASE + (UINT64_C(8) << 30) - 8), &last, 8));
    ck_assert(ram_read64(&large, pa(BASE + (UINT64_C(8) << 30) - 8), &last));
    ck_assert_uint_eq(last, 42);
    ram_unmap(&large);
}
END_TEST

START_TEST(ram_of_a_system_is_in_large_pages)
{
    struct ram ram_of[2] = {0};
    struct err e = {0};
    for (unsigned i = 0; i < 2; i++) {
        uintptr_t first;
        ck_assert_msg(ram_map(&ram_of[i], pa(BASE), 64 * MIB, &e), "%s", e.text);
        ck_assert(ram_write(&ram_of[i], pa(BASE + 3 * MIB), "kept", 5));
        ram_will_fill(&ram_of[i], i == 0 ? MIB : 32 * MIB);
        size_t large = large_pages_bytes(ram_of[i].host, 64 * MIB, &first);
        ck_assert(!large_pages_exist() || (i == 0 ? large == 0 : large > 48 * MIB));
        ck_assert_str_eq((char *)ram_at(&ram_of[i], pa(BASE + 3 * MIB), 5), "kept");
    }
    ram_unmap(&ram_of[0]);
    ram_unmap(&ram_of[1]);
}
END_TEST

/* FIPS 180-4 examples: "" and "abc". */
START_TEST(hash_is_sha_256)
{
    char text[IMAGE_HASH_TEXT];
    image_hash("abc", 3, text);
    ck_assert_str_eq(text, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    image_hash("", 0, text);
    ck_assert_str_eq(text, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}
END_TEST

START_TEST(hash_of_a_file_is_that_of_its_bytes)
{
    struct temp_file file;
    char text[IMAGE_HASH_TEXT];
    struct err e = {0};
    temp_write(&file, "abc", 3);
    ck_assert(image_hash_file(file.path, text, &e));
    ck_assert_str_eq(text, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    temp_remove(&file);
    ck_assert(!image_hash_file(file.path, text, &e));
    ck_assert_ptr_nonnull(strstr(e.text, file.path));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("ram");
    TCase *tc = tcase_create("ram");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, ram_begins_as_zeroes_and_keeps_what_is_written);
    tcase_add_loop_test(tc, access_must_lie_in_ram, 0, sizeof ranges / sizeof ranges[0]);
    tcase_add_loop_test(tc, size_that_cannot_be_is_refused, 0, 4);
    tcase_add_test(tc, large_ram_costs_only_what_is_touched);
    tcase_add_test(tc, ram_of_a_system_is_in_large_pages);
    tcase_add_test(tc, hash_is_sha_256);
    tcase_add_test(tc, hash_of_a_file_is_that_of_its_bytes);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}
