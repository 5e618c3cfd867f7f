/* The symbol tables inside of kernel images, made here as scripts/kallsyms.c of Linux 6.1 and
 * tools/symbols.c of Xen 4.17 do it. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/image/kallsyms.h"
#include "tests/support/run_suite.h"

#define ROOM   65536
#define COUNT  300
#define LINKED UINT64_C(0xffff800008000000)
#define TEXT   0x10000 /* the first symbol, behind the image's start */
#define STEP   0x40

static _Alignas(8) uint8_t image[ROOM];
static size_t used, addresses_at, base_at;

static void put(uint64_t value, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++) {
        image[used++] = (uint8_t)(value >> 8 * i);
    }
}

static void align(size_t to)
{
    used = (used + to - 1) / to * to;
}

/* Token i is the character i, but for "sym" (128) and "T" with a long tail (129). */
static void put_tokens(void)
{
    uint16_t index[KALLSYMS_TOKENS];
    align(8);
    size_t start = used;
    for (unsigned i = 0; i < KALLSYMS_TOKENS; i++) {
        index[i] = (uint16_t)(used - start);
        if (i == 128 || i == 129) {
            const char *text = i == 128 ? "sym" : "Tverylong_";
            memcpy(image + used, text, strlen(text));
            used += strlen(text);
        } else {
            image[used++] = i > ' ' && i < 127 ? (uint8_t)i : '~';
        }
        image[used++] = 0;
    }
    align(8);
    for (unsigned i = 0; i < KALLSYMS_TOKENS; i++) {
        put(index[i], 2);
    }
}

static void put_names(void)
{
    for (unsigned i = 0; i < COUNT; i++) {
        char number[8];
        snprintf(number, sizeof number, "%u", i);
        size_t digits = strlen(number);
        if (i == 7) { /* a name of more than 127 tokens has its length in two bytes */
            put(0x80 | 130 % 128, 1);
            put(130 / 128, 1);
            put(129, 1);
            for (unsigned n = 0; n < 129; n++) {
                put('a', 1);
            }
            continue;
        }
        put(2 + digits, 1);
        put(i % 2 ? 't' : 'T', 1);
        put(128, 1);
        memcpy(image + used, number, digits);
        used += digits;
    }
    align(8);
    put(0, 4); /* markers: one for each 256 */
    put(1000, 4);
}

static void make_linux(bool base_in_place)
{
    memset(image, 0, sizeof image);
    used = 0x1000;
    addresses_at = used;
    for (unsigned i = 0; i < COUNT; i++) {
        put(i * STEP, 4);
    }
    align(8);
    base_at = used;
    put(base_in_place ? LINKED + TEXT : 0, 8);
    put(COUNT, 8);
    put_names();
    put_tokens();
    align(8);
    /* RELA: of something else, and of the base */
    put(LINKED + 0x2000, 8);
    put(0x403, 8);
    put(LINKED + 0x3000, 8);
    put(LINKED + base_at, 8);
    put(0x403, 8);
    put(LINKED + TEXT, 8);
}

static void make_xen(void)
{
    memset(image, 0, sizeof image);
    used = 0x1000;
    for (unsigned i = 0; i < COUNT; i++) {
        put(0x200000 + i * STEP, 8);
    }
    align(128);
    put(COUNT, 8);
    align(128);
    put_names();
    align(128);
    put_tokens();
}

static void reads(uint64_t first, uint64_t start)
{
    struct kallsyms k;
    uint64_t address;
    char type, name[KALLSYMS_NAME_MAX], expected[16];
    ck_assert(kallsyms_find(&k, image, sizeof image));
    ck_assert_uint_eq(k.count, COUNT);
    ck_assert_uint_eq(k.image_start, start);
    for (unsigned i = 0; i < COUNT; i++) {
        ck_assert(kallsyms_next(&k, &address, &type, name));
        ck_assert_uint_eq(address, first + i * STEP);
        if (i == 7) {
            ck_assert_uint_eq(strlen(name), strlen("verylong_") + 129);
            continue;
        }
        snprintf(expected, sizeof expected, "sym%u", i);
        ck_assert_str_eq(name, expected);
        ck_assert_int_eq(type, i % 2 ? 't' : 'T');
    }
    ck_assert(!kallsyms_next(&k, &address, &type, name));
}

START_TEST(table_of_linux_is_found_with_its_base_in_a_relocation)
{
    make_linux(false);
    reads(LINKED + TEXT, LINKED);
}
END_TEST

START_TEST(table_of_linux_is_found_with_its_base_in_place)
{
    make_linux(true);
    reads(LINKED + TEXT, LINKED);
}
END_TEST

START_TEST(table_of_xen_is_found)
{
    make_xen();
    reads(0x200000, 0x200000);
}
END_TEST

/* Whatever is cut off or changed, nothing outside of the image is read (the sanitizers watch). */
START_TEST(broken_image_is_refused_or_read)
{
    make_linux(false);
    size_t whole = used;
    for (size_t size = whole - 64; size > 0x1000; size -= 7) {
        uint8_t *cut = malloc(size);
        ck_assert_ptr_nonnull(cut);
        memcpy(cut, image, size);
        struct kallsyms k;
        uint64_t address;
        char type, name[KALLSYMS_NAME_MAX];
        if (kallsyms_find(&k, cut, size)) {
            while (kallsyms_next(&k, &address, &type, name)) {
            }
        }
        free(cut);
    }
    for (size_t at = 0x1000; at < whole; at += 3) {
        uint8_t old = image[at];
        image[at] ^= 0x81;
        struct kallsyms k;
        uint64_t address;
        char type, name[KALLSYMS_NAME_MAX];
        if (kallsyms_find(&k, image, whole)) {
            while (kallsyms_next(&k, &address, &type, name)) {
            }
        }
        image[at] = old;
    }
}
END_TEST

START_TEST(image_without_a_table_has_none)
{
    struct kallsyms k;
    memset(image, 0, sizeof image);
    ck_assert(!kallsyms_find(&k, image, sizeof image));
    ck_assert(!kallsyms_find(&k, image, 8));
    for (size_t i = 0; i < sizeof image; i++) {
        image[i] = (uint8_t)(i * 7 + i / 256);
    }
    ck_assert(!kallsyms_find(&k, image, sizeof image));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("kallsyms");
    TCase *tc = tcase_create("kallsyms");
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, table_of_linux_is_found_with_its_base_in_a_relocation);
    tcase_add_test(tc, table_of_linux_is_found_with_its_base_in_place);
    tcase_add_test(tc, table_of_xen_is_found);
    tcase_add_test(tc, broken_image_is_refused_or_read);
    tcase_add_test(tc, image_without_a_table_has_none);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}
