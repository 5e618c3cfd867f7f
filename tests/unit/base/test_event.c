/* The event stream: who watches it sees all of it, and changes none of it. */
#include <check.h>

#include "tests/support/run_suite.h"
#include "sim/base/event.h"

struct seen {
    unsigned count;
    uint64_t last;
};

static void see(void *ctx, const struct arch_event *e)
{
    struct seen *seen = ctx;
    seen->count++;
    seen->last = e->a;
}

static void emit(struct event_stream *stream, uint64_t a)
{
    struct arch_event e = {.kind = EV_MARK, .at = a, .a = a};
    event_emit(stream, &e);
}

START_TEST(observers_see_each_event_until_they_leave)
{
    struct event_stream *stream = event_stream_create();
    struct seen first = {0}, second = {0};
    struct event_observer a = {.seen = see, .ctx = &first}, b = {.seen = see, .ctx = &second};
    emit(stream, 1);
    event_observe(stream, &a);
    emit(stream, 2);
    event_observe(stream, &b);
    emit(stream, 3);
    event_unobserve(stream, &a);
    emit(stream, 4);
    ck_assert_uint_eq(first.count, 2);
    ck_assert_uint_eq(first.last, 3);
    ck_assert_uint_eq(second.count, 2);
    ck_assert_uint_eq(second.last, 4);
    event_stream_destroy(stream);
}
END_TEST

START_TEST(watching_leaves_the_digest_alone)
{
    struct event_stream *watched = event_stream_create(), *alone = event_stream_create();
    struct seen seen = {0};
    struct event_observer o = {.seen = see, .ctx = &seen};
    event_observe(watched, &o);
    for (uint64_t i = 0; i < 1000; i++) {
        emit(watched, i);
        emit(alone, i);
    }
    char found[33], expected[33];
    event_digest(watched, found);
    event_digest(alone, expected);
    ck_assert_str_eq(found, expected);
    ck_assert_uint_eq(seen.count, 1000);
    event_stream_destroy(watched);
    event_stream_destroy(alone);
}
END_TEST

START_TEST(notes_go_to_those_who_want_them_and_not_into_the_digest)
{
    struct event_stream *stream = event_stream_create(), *alone = event_stream_create();
    struct seen some = {0}, none = {0};
    struct event_observer a = {.seen = see, .ctx = &some, .notes = NOTE_BIT(NOTE_IDLE)};
    struct event_observer b = {.seen = see, .ctx = &none};
    event_observe(stream, &a);
    event_observe(stream, &b);
    ck_assert_uint_eq(event_notes_wanted(stream), NOTE_BIT(NOTE_IDLE));
    for (unsigned kind = EV_NOTES; kind <= NOTE_GIC; kind++) {
        struct arch_event e = {.kind = (enum arch_event_kind)kind, .a = kind};
        event_emit(stream, &e);
    }
    ck_assert_uint_eq(some.count, 1);
    ck_assert_uint_eq(some.last, NOTE_IDLE);
    ck_assert_uint_eq(none.count, 0);
    emit(stream, 5);
    emit(alone, 5);
    char found[33], expected[33];
    event_digest(stream, found);
    event_digest(alone, expected);
    ck_assert_str_eq(found, expected);
    event_unobserve(stream, &a);
    ck_assert_uint_eq(event_notes_wanted(stream), 0);
    event_stream_destroy(stream);
    event_stream_destroy(alone);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("event");
    TCase *tc = tcase_create("observers");
    tcase_add_test(tc, observers_see_each_event_until_they_leave);
    tcase_add_test(tc, watching_leaves_the_digest_alone);
    tcase_add_test(tc, notes_go_to_those_who_want_them_and_not_into_the_digest);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}
