/* Events over a snapshot, and a counter whose rate changes. */
#include "sim/base/clock.h"
#include "tests/support/run_suite.h"

#include <check.h>

static unsigned fired[8];
static size_t fired_count;

static void fire(void *owner, cycles_t when)
{
    (void)when;
    fired[fired_count++] = *(unsigned *)owner;
}

static unsigned numbers[5] = {0, 1, 2, 3, 4};

static void add_events(struct event events[5])
{
    for (unsigned i = 0; i < 5; i++) {
        event_init(&events[i], fire, &numbers[i]);
    }
}

START_TEST(loaded_events_fire_in_the_order_they_would_have)
{
    struct err e = {""};
    struct clock clock = {.now = 50}, other = {.now = 0};
    struct event events[5], others[5];
    add_events(events);
    add_events(others);
    clock_at(&clock, &events[3], 100); /* the same moment: by the order of adding */
    clock_at(&clock, &events[1], 100);
    clock_at(&clock, &events[0], 200);
    clock_at(&clock, &events[4], 100);
    clock_at(&other, &others[2], 10); /* not queued in the saved one */
    struct archive out, in;
    archive_save(&out, &e);
    clock_archive(&clock, &out);
    for (unsigned i = 0; i < 5; i++) {
        clock_archive_event(&clock, &events[i], &out);
    }
    archive_load(&in, out.bytes, out.size_bytes, &e);
    clock_archive(&other, &in);
    for (unsigned i = 0; i < 5; i++) {
        clock_archive_event(&other, &others[i], &in);
    }
    ck_assert_msg(archive_is_done(&in), "%s", e.text);
    archive_free(&out);
    ck_assert_uint_eq(other.now, 50);
    ck_assert(!others[2].queued);
    clock_at(&other, &others[2], 100); /* behind those that were there */
    fired_count = 0;
    clock_fire(&other, 1000);
    static const unsigned expected[] = {3, 1, 4, 2, 0};
    ck_assert_uint_eq(fired_count, 5);
    ck_assert_mem_eq(fired, expected, sizeof expected);
}
END_TEST

#define HZ UINT64_C(1000000000)

/* 1 GHz, then from cycle 1000 on 3 GHz; the counter has 100 MHz throughout. */
START_TEST(a_counter_goes_on_at_another_rate)
{
    struct counter_rate before = {.clock_hz = HZ, .counter_hz = HZ / 10};
    struct counter_rate rate = {.clock_hz = 3 * HZ,
                                .counter_hz = HZ / 10,
                                .since = 1000 * CYCLE,
                                .since_ticks = counter_ticks(&before, 1000 * CYCLE),
                                .before = &before};
    ck_assert_uint_eq(counter_ticks(&rate, 995 * CYCLE), 99);
    ck_assert_uint_eq(counter_ticks(&rate, 1000 * CYCLE), 100);
    ck_assert_uint_eq(counter_ticks(&rate, 1029 * CYCLE), 100);
    ck_assert_uint_eq(counter_ticks(&rate, 1030 * CYCLE), 101);
    ticks_t last = 0;
    for (cycles_t at = 0; at < 3000 * CYCLE; at += 333) {
        ticks_t now = counter_ticks(&rate, at);
        ck_assert_uint_ge(now, last);
        last = now;
    }
    for (ticks_t ticks = 1; ticks < 200; ticks++) {
        cycles_t at = counter_stamp(&rate, ticks);
        ck_assert_uint_eq(counter_ticks(&rate, at), ticks);
        ck_assert_uint_eq(counter_ticks(&rate, at - 1), ticks - 1);
    }
}
END_TEST

/* 2.4 GHz: a picosecond is 2.4 thousandths of a cycle. */
START_TEST(picoseconds_are_exact_but_for_rounding)
{
    const uint64_t hz = 2400000000;
    ck_assert_uint_eq(cycles_of_ps(hz, 0), 0);
    ck_assert_uint_eq(cycles_of_ps(hz, 1), 3);
    ck_assert_uint_eq(cycles_of_ps(hz, 5), 12);
    ck_assert_uint_eq(ps_of_cycles(hz, 11), 4);
    ck_assert_uint_eq(ps_of_cycles(hz, 12), 5);
    ck_assert_uint_eq(ps_of_cycles(hz, 2400000 * PS_PER_S), 1000000 * PS_PER_S); /* 11 days */
    for (uint64_t ps = 0; ps < 10000000000000000; ps = ps * 3 + 1) {
        ck_assert_uint_eq(ps_of_cycles(hz, cycles_of_ps(hz, ps)), ps);
    }
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("clock");
    tcase_add_test(tcase, loaded_events_fire_in_the_order_they_would_have);
    tcase_add_test(tcase, a_counter_goes_on_at_another_rate);
    tcase_add_test(tcase, picoseconds_are_exact_but_for_rounding);
    Suite *suite = suite_create("clock");
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
