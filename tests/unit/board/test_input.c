/* Records of host input, and scripts that type. */
#include <check.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "sim/board/input_log.h"
#include "sim/board/input_script.h"
#include "tests/unit/board/board_support.h"
#include "tests/support/run_suite.h"

#define HASH   "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define DIGEST "0123456789abcdef0123456789abcdef"
#define HEAD   "el2sim-record 1\ninputs " HASH "\n"

static struct temp_file file;
static struct clock board_clock;
static char typed[64];
static size_t typed_length, room;
static cycles_t typed_at;

static void teardown(void)
{
    temp_remove(&file);
}

static void setup(void)
{
    temp_write(&file, "", 0);
    board_clock = (struct clock){0};
    typed_length = 0;
    typed_at = 0;
    room = sizeof typed;
}

static void rewrite(const char *text)
{
    temp_remove(&file);
    temp_write(&file, text, strlen(text));
}

START_TEST(record_reads_as_it_was_written)
{
    static const uint8_t bytes[] = {0, 10, 13, 255};
    struct err e = {""};
    struct input_record r;
    struct input_writer *w = input_writer_open(file.path, HASH, &e);
    struct input_entry typed_entry = {INPUT_CONSOLE, 3, 1234567890123, bytes, sizeof bytes};
    struct input_entry packet = {INPUT_NET, INPUT_IDLE, 7, bytes, 1};
    struct input_entry quit = {INPUT_QUIT, 0, CYCLES_NEVER - 1, NULL, 0};
    struct input_entry down = {INPUT_DOWN, INPUT_LINK, 9, NULL, 0};
    ck_assert_ptr_nonnull(w);
    input_writer_add(w, &typed_entry);
    input_writer_add(w, &packet);
    input_writer_add(w, &quit);
    input_writer_add(w, &down);
    ck_assert(input_writer_close(w, DIGEST, &e));
    ck_assert_msg(input_record_read(&r, file.path, &e), "%s", e.text);
    ck_assert_str_eq(r.inputs, HASH);
    ck_assert_str_eq(r.digest, DIGEST);
    ck_assert_uint_eq(r.count, 4);
    ck_assert_int_eq(r.entries[0].kind, INPUT_CONSOLE);
    ck_assert_uint_eq(r.entries[0].cpu, 3);
    ck_assert_uint_eq(r.entries[0].at, 1234567890123);
    ck_assert_uint_eq(r.entries[0].size_bytes, sizeof bytes);
    ck_assert_mem_eq(r.entries[0].bytes, bytes, sizeof bytes);
    ck_assert_uint_eq(r.entries[1].cpu, INPUT_IDLE);
    ck_assert_int_eq(r.entries[2].kind, INPUT_QUIT);
    ck_assert_uint_eq(r.entries[2].at, CYCLES_NEVER - 1);
    ck_assert_int_eq(r.entries[3].kind, INPUT_DOWN);
    ck_assert_uint_eq(r.entries[3].cpu, INPUT_LINK);
    input_record_free(&r);
}
END_TEST

START_TEST(record_without_its_end_is_good)
{
    struct err e = {""};
    struct input_record r;
    rewrite(HEAD "console 0 5 41\n");
    ck_assert(input_record_read(&r, file.path, &e));
    ck_assert_str_eq(r.digest, "");
    input_record_free(&r);
}
END_TEST

static const struct {
    const char *text, *says;
} bad_records[] = {
    {"", "empty"},
    {"hello\n", "not a record of this version"},
    {"el2sim-record 2\n", "not a record of this version"},
    {"el2sim-record 1\n", "truncated"},
    {"el2sim-record 1\ninputs 12\n", "line 2"},
    {HEAD "console 0 5 41", "line 3: cut off"},
    {HEAD "console 0 5 4\n", "line 3"},
    {HEAD "console 0 5\n", "line 3"},
    {HEAD "console 0 5 -\n", "line 3"},
    {HEAD "down link 5 41\n", "line 3"},
    {HEAD "net wire 5 41\n", "line 3"},
    {HEAD "console 16 5 41\n", "line 3"},
    {HEAD "console 0 -5 41\n", "line 3"},
    {HEAD "console 0 18446744073709551615 41\n", "line 3"},
    {HEAD "console 0 5 4G\n", "line 3"},
    {HEAD "quit 0 5 41\n", "line 3"},
    {HEAD "mouse 0 5 41\n", "line 3"},
    {HEAD "console 0 5 41 41\n", "line 3"},
    {HEAD "\n", "line 3"},
    {HEAD "digest " DIGEST "\nconsole 0 5 41\n", "behind the digest"},
};

START_TEST(bad_record_is_refused_with_its_line)
{
    struct err e = {""};
    struct input_record r;
    rewrite(bad_records[_i].text);
    ck_assert(!input_record_read(&r, file.path, &e));
    ck_assert_ptr_nonnull(strstr(e.text, file.path));
    ck_assert_msg(strstr(e.text, bad_records[_i].says) != NULL, "%s", e.text);
}
END_TEST

static bool type(void *ctx, uint8_t byte, cycles_t at)
{
    (void)ctx;
    if (typed_length >= room) {
        return false;
    }
    typed[typed_length++] = (char)byte;
    typed[typed_length] = '\0';
    typed_at = at;
    return true;
}

static struct input_script *script_of(const char *text, struct err *e)
{
    struct input_script_config config = {
        .clock = &board_clock, .clock_hz = 1000000000, .type = type};
    rewrite(text);
    return input_script_read(file.path, &config, e);
}

START_TEST(script_expects_sends_and_waits)
{
    struct err e = {""};
    struct input_script *s =
        script_of("# log in\nexpect login: \nsend root\\r\n\nwait 1ms\nsend \\x41\\\\\n", &e);
    ck_assert_msg(s != NULL, "%s", e.text);
    input_script_start(s);
    ck_assert_uint_eq(clock_next(&board_clock), CYCLES_NEVER);
    input_script_output(s, "lologin", 7, 0);
    ck_assert_uint_eq(input_script_line(s), 2);
    input_script_output(s, ": ", 2, 1000 * CYCLE);
    clock_fire(&board_clock, 1000 * CYCLE + 86806 * CYCLE);
    ck_assert_str_eq(typed, "r");
    clock_fire(&board_clock, 600000 * CYCLE);
    ck_assert_str_eq(typed, "root\r");
    clock_fire(&board_clock, 1400000 * CYCLE);
    ck_assert_str_eq(typed, "root\r");
    clock_fire(&board_clock, 2000000 * CYCLE);
    ck_assert_str_eq(typed, "root\rA\\");
    ck_assert_uint_eq(typed_at, (1000 + 7 * 86806 + 1000000) * CYCLE);
    ck_assert_uint_eq(input_script_line(s), 0);
    input_script_free(s);
}
END_TEST

START_TEST(script_types_when_there_is_room)
{
    struct err e = {""};
    struct input_script *s = script_of("send ab\n", &e);
    ck_assert_ptr_nonnull(s);
    input_script_start(s);
    room = 1;
    clock_fire(&board_clock, 1000000 * CYCLE);
    ck_assert_str_eq(typed, "a");
    room = 2;
    clock_fire(&board_clock, 2000000 * CYCLE);
    ck_assert_str_eq(typed, "ab");
    input_script_free(s);
}
END_TEST

static const struct {
    const char *text, *says;
} bad_scripts[] = {
    {"", "empty"},
    {"say hello\n", "line 1"},
    {"send\n", "line 1: no text"},
    {"# x\nsend a\\qb\n", "line 2"},
    {"send a\\x4\n", "line 1"},
    {"send a\\\n", "line 1"},
    {"wait 5\n", "line 1: wait"},
    {"wait\n", "line 1: wait"},
    {"send \\x00\nexpect\n", "line 2"},
};

START_TEST(bad_script_is_refused_with_its_line)
{
    struct err e = {""};
    ck_assert_ptr_null(script_of(bad_scripts[_i].text, &e));
    ck_assert_ptr_nonnull(strstr(e.text, file.path));
    ck_assert_msg(strstr(e.text, bad_scripts[_i].says) != NULL, "%s", e.text);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("input");
    TCase *tc = tcase_create("input");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, record_reads_as_it_was_written);
    tcase_add_test(tc, record_without_its_end_is_good);
    tcase_add_loop_test(tc, bad_record_is_refused_with_its_line, 0,
                        sizeof bad_records / sizeof bad_records[0]);
    tcase_add_test(tc, script_expects_sends_and_waits);
    tcase_add_test(tc, script_types_when_there_is_room);
    tcase_add_loop_test(tc, bad_script_is_refused_with_its_line, 0,
                        sizeof bad_scripts / sizeof bad_scripts[0]);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}
