/* The real-time clock: DDI 0224, from a fixed date. */
#include <check.h>

#include "sim/device/pl031.h"
#include "tests/support/run_suite.h"

#define DR   0x00
#define MR   0x04
#define LR   0x08
#define CR   0x0c
#define IMSC 0x10
#define RIS  0x14
#define MIS  0x18
#define ICR  0x1c

#define HZ     UINT64_C(2400000000)
#define SECOND (HZ * CYCLE)
#define START  1577836800 /* date -u -d 2020-01-01 +%s */

static struct clock board_clock;
static struct pl031 rtc;
static cycles_t now;
static bool line;

static cycles_t stamp(void *ctx, unsigned cpu)
{
    (void)ctx, (void)cpu;
    return now;
}

static void sink(void *ctx, unsigned n, bool level)
{
    (void)ctx, (void)n;
    line = level;
}

static const struct counter_rate rate = {.clock_hz = HZ, .counter_hz = 50000000};

static void setup(void)
{
    struct pl031_config config = {
        .now = stamp, .irq = {.sink = sink}, .clock = &board_clock, .rate = &rate};
    board_clock = (struct clock){0};
    now = 0;
    line = false;
    pl031_init(&rtc, &config);
}

static uint64_t get(uint64_t offset)
{
    struct bus_access a = {.offset = offset, .size_bytes = 4};
    ck_assert_int_eq(pl031_access(&rtc, &a), BUS_OK);
    return a.value;
}

static void put(uint64_t offset, uint64_t value)
{
    struct bus_access a = {.offset = offset, .size_bytes = 4, .write = true, .value = value};
    ck_assert_int_eq(pl031_access(&rtc, &a), BUS_OK);
}

START_TEST(clock_starts_in_2020_and_counts_simulated_seconds)
{
    ck_assert_uint_eq(get(DR), START);
    now = SECOND - 1;
    ck_assert_uint_eq(get(DR), START);
    now = SECOND;
    ck_assert_uint_eq(get(DR), START + 1);
    now = 86400 * SECOND;
    ck_assert_uint_eq(get(DR), START + 86400);
    ck_assert_uint_eq(get(CR), 1);
}
END_TEST

START_TEST(load_sets_the_time)
{
    now = 10 * SECOND + 5;
    put(LR, 1000);
    ck_assert_uint_eq(get(DR), 1000);
    ck_assert_uint_eq(get(LR), 1000);
    now = 11 * SECOND;
    ck_assert_uint_eq(get(DR), 1001);
}
END_TEST

START_TEST(match_raises_the_interrupt_at_its_second)
{
    put(IMSC, 1);
    put(MR, START + 3);
    ck_assert_uint_eq(clock_next(&board_clock), 3 * SECOND);
    ck_assert(!line);
    clock_fire(&board_clock, 3 * SECOND);
    ck_assert(line);
    ck_assert_uint_eq(get(RIS), 1);
    ck_assert_uint_eq(get(MIS), 1);
    put(ICR, 1);
    ck_assert(!line);
    ck_assert_uint_eq(get(RIS), 0);
}
END_TEST

START_TEST(match_that_is_masked_is_raw_only)
{
    put(MR, START);
    ck_assert_uint_eq(get(RIS), 1);
    ck_assert_uint_eq(get(MIS), 0);
    ck_assert(!line);
    put(IMSC, 1);
    ck_assert(line);
}
END_TEST

START_TEST(match_in_the_past_waits_for_the_counter_to_wrap)
{
    put(MR, START - 1);
    /* 2^32 - 1 seconds of 2.4 GHz are more than 64 bits of thousandths: past the end of time */
    ck_assert_uint_eq(clock_next(&board_clock), CYCLES_NEVER);
    ck_assert_uint_eq(get(RIS), 0);
}
END_TEST

START_TEST(load_moves_the_alarm)
{
    put(MR, START + 100);
    put(LR, START + 90);
    ck_assert_uint_eq(clock_next(&board_clock), 10 * SECOND);
}
END_TEST

START_TEST(identification_is_that_of_a_primecell_pl031)
{
    static const uint8_t id[8] = {0x31, 0x10, 0x14, 0x00, 0x0d, 0xf0, 0x05, 0xb1};
    for (unsigned i = 0; i < 8; i++) {
        ck_assert_uint_eq(get(0xfe0 + 4 * i), id[i]);
    }
}
END_TEST

START_TEST(unknown_offset_and_size_are_unmodelled)
{
    struct bus_access hole = {.offset = 0x20, .size_bytes = 4};
    ck_assert_int_eq(pl031_access(&rtc, &hole), BUS_UNMODELLED);
    struct bus_access half = {.offset = DR, .size_bytes = 2};
    ck_assert_int_eq(pl031_access(&rtc, &half), BUS_UNMODELLED);
    struct bus_access write = {.offset = DR, .size_bytes = 4, .write = true};
    ck_assert_int_eq(pl031_access(&rtc, &write), BUS_UNMODELLED);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("pl031");
    TCase *tc = tcase_create("pl031");
    tcase_add_checked_fixture(tc, setup, NULL);
    tcase_add_test(tc, clock_starts_in_2020_and_counts_simulated_seconds);
    tcase_add_test(tc, load_sets_the_time);
    tcase_add_test(tc, match_raises_the_interrupt_at_its_second);
    tcase_add_test(tc, match_that_is_masked_is_raw_only);
    tcase_add_test(tc, match_in_the_past_waits_for_the_counter_to_wrap);
    tcase_add_test(tc, load_moves_the_alarm);
    tcase_add_test(tc, identification_is_that_of_a_primecell_pl031);
    tcase_add_test(tc, unknown_offset_and_size_are_unmodelled);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}
