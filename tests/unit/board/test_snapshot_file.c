#define _DEFAULT_SOURCE /* mkdtemp */

/* The file of a snapshot: what is written is read, and no damage passes. */
#include "sim/board/snapshot_file.h"
#include "tests/support/run_suite.h"

#include <check.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LAYOUT UINT64_C(0x1122334455667788)

static char folder[] = "/tmp/el2sim-snapshot-XXXXXX";
static char path[64], copy[64];

static void setup(void)
{
    strcpy(folder + strlen(folder) - 6, "XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/s", folder);
    snprintf(copy, sizeof copy, "%s/copy", folder);
}

static void teardown(void)
{
    unlink(path);
    unlink(copy);
    rmdir(folder);
}

static unsigned files_in_folder(void)
{
    unsigned count = 0;
    DIR *dir = opendir(folder);
    for (struct dirent *d = readdir(dir); d != NULL; d = readdir(dir)) {
        count += d->d_name[0] != '.';
    }
    closedir(dir);
    return count;
}

/* Two sections: one that compresses, one that is empty. */
static void write_good(const char *text)
{
    struct err e = {""};
    char zeros[5000] = "";
    snprintf(zeros, sizeof zeros, "%s", text);
    struct snapshot_out *out = snapshot_out_open(path, LAYOUT, &e);
    ck_assert_msg(out != NULL, "%s", e.text);
    ck_assert(snapshot_out_section(out, "first", zeros, sizeof zeros, &e));
    ck_assert(snapshot_out_section(out, "empty", "", 0, &e));
    ck_assert_msg(snapshot_out_commit(out, &e), "%s", e.text);
}

/* Whether all of a file is read without complaint; the text of the first section. */
static bool read_all(const char *from, char text[32], struct err *e)
{
    const void *bytes;
    size_t size;
    struct snapshot_in *in = snapshot_in_open(from, LAYOUT, e);
    if (in == NULL) {
        return false;
    }
    bool done = snapshot_in_section(in, "first", &bytes, &size, e);
    if (done) {
        ck_assert_uint_eq(size, 5000);
        snprintf(text, 32, "%.31s", (const char *)bytes);
        done = snapshot_in_section(in, "empty", &bytes, &size, e) && size == 0 &&
               snapshot_in_section(in, "end", &bytes, &size, e);
    }
    snapshot_in_close(in);
    return done;
}

static size_t read_bytes(unsigned char *bytes, size_t room)
{
    FILE *file = fopen(path, "rb");
    size_t n = fread(bytes, 1, room, file);
    fclose(file);
    return n;
}

static void write_copy(const unsigned char *bytes, size_t size)
{
    FILE *file = fopen(copy, "wb");
    fwrite(bytes, 1, size, file);
    fclose(file);
}

START_TEST(what_is_written_is_read)
{
    struct err e = {""};
    char text[32];
    write_good("hello");
    ck_assert_msg(read_all(path, text, &e), "%s", e.text);
    ck_assert_str_eq(text, "hello");
    ck_assert_uint_eq(files_in_folder(), 1);
}
END_TEST

START_TEST(every_cut_is_refused_with_its_place)
{
    unsigned char bytes[2000];
    char text[32];
    write_good("hello");
    size_t size = read_bytes(bytes, sizeof bytes);
    for (size_t cut = 0; cut < size; cut++) {
        struct err e = {""};
        write_copy(bytes, cut);
        ck_assert_msg(!read_all(copy, text, &e), "%zu bytes", cut);
        ck_assert_msg(strstr(e.text, "truncated") != NULL, "%zu bytes: %s", cut, e.text);
    }
}
END_TEST

START_TEST(every_changed_byte_is_refused)
{
    unsigned char bytes[2000];
    char text[32];
    write_good("hello");
    size_t size = read_bytes(bytes, sizeof bytes);
    for (size_t at = 0; at < size; at++) {
        struct err e = {""};
        bytes[at] ^= 0x40;
        write_copy(bytes, size);
        ck_assert_msg(!read_all(copy, text, &e), "byte %zu", at);
        ck_assert_msg(strstr(e.text, copy) != NULL, "byte %zu: %s", at, e.text);
        bytes[at] ^= 0x40;
    }
}
END_TEST

START_TEST(another_layout_is_another_build)
{
    struct err e = {""};
    write_good("hello");
    ck_assert_ptr_null(snapshot_in_open(path, LAYOUT + 1, &e));
    ck_assert_ptr_nonnull(strstr(e.text, "another build"));
}
END_TEST

START_TEST(sections_come_in_their_order)
{
    struct err e = {""};
    const void *bytes;
    size_t size;
    write_good("hello");
    struct snapshot_in *in = snapshot_in_open(path, LAYOUT, &e);
    ck_assert_str_eq(snapshot_in_next(in), "first");
    ck_assert(!snapshot_in_section(in, "empty", &bytes, &size, &e));
    ck_assert_ptr_nonnull(strstr(e.text, "\"first\" where \"empty\" belongs"));
    snapshot_in_close(in);
}
END_TEST

START_TEST(an_abandoned_file_leaves_the_old_one)
{
    struct err e = {""};
    char text[32];
    write_good("old");
    struct snapshot_out *out = snapshot_out_open(path, LAYOUT, &e);
    ck_assert(snapshot_out_section(out, "first", "new", 3, &e));
    ck_assert_uint_eq(files_in_folder(), 2);
    snapshot_out_abandon(out);
    ck_assert_uint_eq(files_in_folder(), 1);
    ck_assert(read_all(path, text, &e));
    ck_assert_str_eq(text, "old");
}
END_TEST

START_TEST(a_new_file_takes_the_place_of_the_old_one)
{
    struct err e = {""};
    char text[32];
    write_good("old");
    write_good("new");
    ck_assert(read_all(path, text, &e));
    ck_assert_str_eq(text, "new");
    ck_assert_uint_eq(files_in_folder(), 1);
}
END_TEST

START_TEST(what_is_no_file_is_not_replaced)
{
    struct err e = {""};
    ck_assert(!snapshot_out_check(folder, &e));
    ck_assert_ptr_nonnull(strstr(e.text, "no file"));
    ck_assert_ptr_null(snapshot_out_open("/nowhere/at/all", LAYOUT, &e));
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("file");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, what_is_written_is_read);
    tcase_add_test(tcase, every_cut_is_refused_with_its_place);
    tcase_add_test(tcase, every_changed_byte_is_refused);
    tcase_add_test(tcase, another_layout_is_another_build);
    tcase_add_test(tcase, sections_come_in_their_order);
    tcase_add_test(tcase, an_abandoned_file_leaves_the_old_one);
    tcase_add_test(tcase, a_new_file_takes_the_place_of_the_old_one);
    tcase_add_test(tcase, what_is_no_file_is_not_replaced);
    Suite *suite = suite_create("snapshot file");
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
