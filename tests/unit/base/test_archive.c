/* The visitor of state: what is saved is loaded, and nothing else. */
#include "sim/base/archive.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/cost.h"
#include "sim/base/event.h"
#include "sim/base/log.h"
#include "tests/support/run_suite.h"

/* One of each kind of value. */
struct sample {
    bool yes;
    uint8_t small;
    uint16_t half;
    uint32_t words[3];
    uint64_t wide;
    unsigned choice; /* of 0..4 */
    char text[8];
    char *string, *nothing;
    size_t count;
    uint64_t items[4];
};

static void sample_archive(struct sample *s, struct archive *a)
{
    archive_bool(a, &s->yes);
    archive_u8(a, &s->small);
    archive_u16(a, &s->half);
    archive_u32s(a, s->words, 3);
    archive_u64(a, &s->wide);
    archive_unsigned(a, &s->choice, 4);
    archive_text(a, s->text, sizeof s->text);
    archive_string(a, &s->string, 100);
    archive_string(a, &s->nothing, 100);
    archive_count(a, &s->count, 4, sizeof s->items[0]);
    archive_u64s(a, s->items, s->count);
}

static struct sample sample(void)
{
    static char string[] = "a string";
    return (struct sample){.yes = true,
                           .small = 0xab,
                           .half = 0xbeef,
                           .words = {1, 0x80000000, 3},
                           .wide = UINT64_C(0x0123456789abcdef),
                           .choice = 4,
                           .text = "seven77",
                           .string = string,
                           .count = 2,
                           .items = {7, 9}};
}

/* The bytes of the sample; the caller frees. */
static struct archive saved(struct err *e)
{
    struct sample s = sample();
    struct archive a;
    archive_save(&a, e);
    sample_archive(&s, &a);
    ck_assert(archive_is_done(&a));
    return a;
}

static bool load(struct sample *s, const void *bytes, size_t size_bytes, struct err *e)
{
    struct archive a;
    memset(s, 0, sizeof *s);
    archive_load(&a, bytes, size_bytes, e);
    sample_archive(s, &a);
    return archive_is_done(&a);
}

START_TEST(what_is_saved_is_loaded)
{
    struct err e = {""};
    struct sample s, expected = sample();
    struct archive a = saved(&e);
    ck_assert_msg(load(&s, a.bytes, a.size_bytes, &e), "%s", e.text);
    ck_assert(s.yes);
    ck_assert_uint_eq(s.small, expected.small);
    ck_assert_uint_eq(s.half, expected.half);
    ck_assert_mem_eq(s.words, expected.words, sizeof s.words);
    ck_assert_uint_eq(s.wide, expected.wide);
    ck_assert_uint_eq(s.choice, 4);
    ck_assert_str_eq(s.text, "seven77");
    ck_assert_str_eq(s.string, "a string");
    ck_assert_ptr_null(s.nothing);
    ck_assert_uint_eq(s.count, 2);
    ck_assert_uint_eq(s.items[1], 9);
    free(s.string);
    archive_free(&a);
}
END_TEST

START_TEST(every_cut_is_refused)
{
    struct err e = {""};
    struct archive a = saved(&e);
    for (size_t size = 0; size < a.size_bytes; size++) {
        struct err reason = {""};
        struct sample s;
        ck_assert_msg(!load(&s, a.bytes, size, &reason), "%zu bytes", size);
        ck_assert_msg(reason.text[0] != '\0', "%zu bytes", size);
        free(s.string);
    }
    archive_free(&a);
}
END_TEST

START_TEST(what_is_left_over_is_refused)
{
    struct err e = {""};
    struct sample s;
    struct archive a = saved(&e);
    unsigned char *longer = calloc(1, a.size_bytes + 1);
    memcpy(longer, a.bytes, a.size_bytes);
    ck_assert(!load(&s, longer, a.size_bytes + 1, &e));
    ck_assert_ptr_nonnull(strstr(e.text, "too many"));
    free(s.string);
    free(longer);
    archive_free(&a);
}
END_TEST

START_TEST(a_bool_is_0_or_1)
{
    struct err e = {""};
    struct archive a;
    bool value = true;
    archive_load(&a, "\2", 1, &e);
    archive_bool(&a, &value);
    ck_assert(!archive_is_done(&a));
    ck_assert(!value);
}
END_TEST

START_TEST(a_value_beyond_its_limit_is_refused_and_0)
{
    struct err e = {""};
    struct archive a;
    uint64_t five = 5;
    unsigned value = 1;
    archive_load(&a, &five, sizeof five, &e);
    archive_unsigned(&a, &value, 4);
    ck_assert(!archive_is_done(&a));
    ck_assert_uint_eq(value, 0);
}
END_TEST

START_TEST(a_count_that_the_bytes_cannot_hold_is_refused)
{
    struct err e = {""};
    struct archive a;
    uint64_t bytes[4] = {4}; /* 24 bytes follow: three items of eight */
    size_t count = 0;
    archive_load(&a, bytes, sizeof bytes, &e);
    archive_count(&a, &count, 1000, 8);
    ck_assert(a.has_failed);
    ck_assert_uint_eq(count, 0);
}
END_TEST

/* The rest are states of sim/base, whose archives are the pattern for all others. */

START_TEST(a_ledger_keeps_rows_and_their_order)
{
    struct err e = {""};
    struct ledger *from = ledger_create(), *to = ledger_create();
    for (uint32_t i = 0; i < 700; i++) {
        struct ledger_key key = {.cpu = (uint8_t)(i % 2), .el = (uint8_t)(i % 3), .symbol = i};
        struct ledger_row *row = ledger_row(from, key);
        row->cells[i % COST_CLASS_COUNT] = (struct ledger_cell){i, i * 3};
        row->cells[COST_IDLE] = (struct ledger_cell){0, 1};
    }
    ledger_row(to, (struct ledger_key){.symbol = 99});
    struct archive out, in;
    archive_save(&out, &e);
    ledger_archive(from, 2, &out);
    archive_load(&in, out.bytes, out.size_bytes, &e);
    ledger_archive(to, 2, &in);
    ck_assert_msg(archive_is_done(&in), "%s", e.text);
    ck_assert_uint_eq(ledger_row_count(to), ledger_row_count(from));
    for (size_t i = 0; i < ledger_row_count(from); i++) {
        ck_assert_mem_eq(ledger_row_at(to, i), ledger_row_at(from, i), sizeof(struct ledger_row));
        ck_assert_ptr_eq(ledger_row(to, ledger_row_at(from, i)->key), ledger_row_at(to, i));
    }
    archive_load(&in, out.bytes, out.size_bytes, &e);
    ledger_archive(to, 1, &in); /* CPU 1 does not exist there */
    ck_assert(in.has_failed);
    archive_free(&out);
    ledger_destroy(from);
    ledger_destroy(to);
}
END_TEST

/* Wherever the stream is cut, the digest at the end is the same. */
START_TEST(a_digest_goes_on_where_it_was)
{
    for (unsigned cut = 0; cut <= 300; cut += 37) {
        struct err e = {""};
        char expected[33], found[33];
        struct event_stream *whole = event_stream_create(), *half = event_stream_create();
        struct archive out, in;
        for (unsigned i = 0; i < 300; i++) {
            struct arch_event event = {.kind = EV_MARK, .at = i, .a = i * 7};
            event_emit(whole, &event);
            if (i + 1 == cut) {
                archive_save(&out, &e);
                event_stream_archive(whole, &out);
                archive_load(&in, out.bytes, out.size_bytes, &e);
                event_stream_archive(half, &in);
                ck_assert(archive_is_done(&in));
                archive_free(&out);
            } else if (i + 1 > cut) {
                event_emit(half, &event);
            }
        }
        event_digest(whole, expected);
        event_digest(half, found);
        ck_assert_str_eq(found, expected);
        event_stream_destroy(whole);
        event_stream_destroy(half);
    }
}
END_TEST

START_TEST(unmodelled_accesses_out_of_order_are_refused)
{
    struct err e = {""};
    struct unimp_log *log = unimp_create(), *other = unimp_create();
    unimp_set_quiet(log, true);
    unimp_note(log, 1, "b");
    unimp_note(log, 2, "a");
    struct archive out, in;
    archive_save(&out, &e);
    unimp_archive(log, &out);
    archive_load(&in, out.bytes, out.size_bytes, &e);
    unimp_archive(other, &in);
    ck_assert(archive_is_done(&in));
    unsigned char *text = memchr(out.bytes, 'a', out.size_bytes);
    *text = 'c';
    archive_load(&in, out.bytes, out.size_bytes, &e);
    unimp_archive(other, &in);
    ck_assert(in.has_failed);
    archive_free(&out);
    unimp_destroy(log);
    unimp_destroy(other);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("archive");
    tcase_add_test(tcase, what_is_saved_is_loaded);
    tcase_add_test(tcase, every_cut_is_refused);
    tcase_add_test(tcase, what_is_left_over_is_refused);
    tcase_add_test(tcase, a_bool_is_0_or_1);
    tcase_add_test(tcase, a_value_beyond_its_limit_is_refused_and_0);
    tcase_add_test(tcase, a_count_that_the_bytes_cannot_hold_is_refused);
    tcase_add_test(tcase, a_ledger_keeps_rows_and_their_order);
    tcase_add_test(tcase, a_digest_goes_on_where_it_was);
    tcase_add_test(tcase, unmodelled_accesses_out_of_order_are_refused);
    Suite *suite = suite_create("archive");
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
