/* The UART: DDI 0183, transmitter as QEMU's. */
#include <check.h>
#include <string.h>

#include "sim/device/pl011.h"
#include "tests/support/run_suite.h"

#define DR    0x00
#define RSR   0x04
#define FR    0x18
#define IBRD  0x24
#define FBRD  0x28
#define LCRH  0x2c
#define CR    0x30
#define IFLS  0x34
#define IMSC  0x38
#define RIS   0x3c
#define MIS   0x40
#define ICR   0x44
#define DMACR 0x48

#define FR_RXFE 0x10
#define FR_TXFF 0x20
#define FR_RXFF 0x40
#define FR_TXFE 0x80

#define INT_RX 0x010
#define INT_TX 0x020
#define INT_RT 0x040
#define INT_OE 0x400

static struct clock board_clock;
static struct pl011 uart;
static char sent[16];
static size_t sent_length;
static bool line;

static void output(void *ctx, const char *text, size_t length)
{
    (void)ctx;
    ck_assert_uint_le(sent_length + length, sizeof sent);
    memcpy(sent + sent_length, text, length);
    sent_length += length;
}

static void sink(void *ctx, unsigned n, bool level)
{
    (void)ctx, (void)n;
    line = level;
}

static void setup(void)
{
    struct pl011_config config = {.output = output,
                                  .irq = {.sink = sink},
                                  .clock = &board_clock,
                                  .clock_hz = 1000000000,
                                  .uartclk_hz = 24000000};
    board_clock = (struct clock){0};
    sent_length = 0;
    line = false;
    pl011_init(&uart, &config);
}

static uint64_t get(uint64_t offset, unsigned size)
{
    struct bus_access a = {.offset = offset, .size_bytes = size};
    ck_assert_int_eq(pl011_access(&uart, &a), BUS_OK);
    return a.value;
}

static void put(uint64_t offset, uint64_t value)
{
    struct bus_access a = {.offset = offset, .size_bytes = 4, .write = true, .value = value};
    ck_assert_int_eq(pl011_access(&uart, &a), BUS_OK);
}

static void type(const char *text)
{
    for (; *text; text++) {
        pl011_input(&uart, (uint8_t)*text, board_clock.now);
    }
}

START_TEST(reset_values_are_those_of_the_manual)
{
    ck_assert_uint_eq(get(FR, 4), FR_TXFE | FR_RXFE);
    ck_assert_uint_eq(get(CR, 4), 0x300);
    ck_assert_uint_eq(get(IFLS, 4), 0x12);
    ck_assert_uint_eq(get(IMSC, 4), 0);
    ck_assert_uint_eq(get(RIS, 4), 0);
    ck_assert_uint_eq(get(LCRH, 4), 0);
}
END_TEST

START_TEST(identification_is_that_of_a_primecell_pl011)
{
    static const uint8_t id[8] = {0x11, 0x10, 0x14, 0x00, 0x0d, 0xf0, 0x05, 0xb1};
    for (unsigned i = 0; i < 8; i++) {
        ck_assert_uint_eq(get(0xfe0 + 4 * i, 4), id[i]);
    }
}
END_TEST

START_TEST(byte_is_sent_at_once_though_nothing_is_enabled)
{
    put(DR, 'h');
    put(DR, 0x100 | 'i');
    ck_assert_mem_eq(sent, "hi", 2);
    ck_assert_uint_eq(sent_length, 2);
    ck_assert_uint_eq(get(FR, 4) & (FR_TXFE | FR_TXFF), FR_TXFE);
}
END_TEST

START_TEST(transmit_interrupt_follows_a_byte_and_is_cleared_by_icr)
{
    put(IMSC, INT_TX);
    ck_assert(!line); /* not before the first byte */
    put(DR, 'x');
    ck_assert(line);
    ck_assert_uint_eq(get(MIS, 4), INT_TX);
    put(ICR, INT_TX);
    ck_assert(!line);
    put(DR, 'y');
    put(IMSC, 0);
    ck_assert(!line);
    ck_assert_uint_eq(get(RIS, 4), INT_TX);
    ck_assert_uint_eq(get(MIS, 4), 0);
}
END_TEST

/* What of a register can be written. */
static const struct {
    uint16_t offset;
    uint32_t bits;
} masks[] = {{0x20, 0xff}, {IBRD, 0xffff}, {FBRD, 0x3f},  {LCRH, 0xff},
             {CR, 0xff87}, {IFLS, 0x3f},   {IMSC, 0x7ff}, {DMACR, 7}};

START_TEST(register_keeps_the_bits_that_exist)
{
    put(masks[_i].offset, 0xffffffff);
    ck_assert_msg(get(masks[_i].offset, 4) == masks[_i].bits, "offset 0x%x", masks[_i].offset);
    put(masks[_i].offset, 0);
    ck_assert_uint_eq(get(masks[_i].offset, 4), 0);
}
END_TEST

START_TEST(access_may_be_1_2_or_4_bytes_aligned)
{
    put(IBRD, 0x1234);
    ck_assert_uint_eq(get(IBRD, 2), 0x1234);
    ck_assert_uint_eq(get(IBRD, 1), 0x34);
    struct bus_access wide = {.offset = IBRD, .size_bytes = 8};
    ck_assert_int_eq(pl011_access(&uart, &wide), BUS_UNMODELLED);
    struct bus_access odd = {.offset = IBRD + 1, .size_bytes = 1};
    ck_assert_int_eq(pl011_access(&uart, &odd), BUS_UNMODELLED);
    struct bus_access hole = {.offset = 0x4c, .size_bytes = 4};
    ck_assert_int_eq(pl011_access(&uart, &hole), BUS_UNMODELLED);
    struct bus_access id = {.offset = 0xfe0, .size_bytes = 4, .write = true};
    ck_assert_int_eq(pl011_access(&uart, &id), BUS_UNMODELLED);
}
END_TEST

START_TEST(write_to_the_read_only_ones_changes_nothing)
{
    put(FR, 0);
    put(RIS, 0x7ff);
    put(MIS, 0x7ff);
    ck_assert_uint_eq(get(FR, 4), FR_TXFE | FR_RXFE);
    ck_assert_uint_eq(get(RIS, 4), 0);
}
END_TEST

START_TEST(receiver_without_fifo_holds_one_byte)
{
    put(IMSC, INT_RX);
    ck_assert_uint_eq(pl011_room(&uart), 1);
    type("a");
    ck_assert(line);
    ck_assert_uint_eq(get(FR, 4), FR_TXFE | FR_RXFF);
    ck_assert_uint_eq(pl011_room(&uart), 0);
    ck_assert_uint_eq(get(DR, 4), 'a');
    ck_assert(!line);
    ck_assert_uint_eq(get(FR, 4), FR_TXFE | FR_RXFE);
}
END_TEST

/* UARTIFLS[5:3] -> bytes that raise UARTRXINTR (1/8, 1/4, 1/2, 3/4, 7/8 of 16). */
static const unsigned levels[] = {2, 4, 8, 12, 14};

START_TEST(receive_interrupt_comes_at_the_level_and_goes_below_it)
{
    put(LCRH, 0x10);
    put(IFLS, (uint64_t)_i << 3);
    put(IMSC, INT_RX);
    for (unsigned n = 1; n < levels[_i]; n++) {
        type("x");
        ck_assert_msg(!line, "after %u bytes", n);
    }
    type("x");
    ck_assert(line);
    get(DR, 4);
    ck_assert(!line);
}
END_TEST

START_TEST(bytes_come_out_in_order_round_the_fifo)
{
    put(LCRH, 0x10);
    for (int round = 0; round < 5; round++) {
        type("abcdefg");
        for (unsigned i = 0; i < 7; i++) {
            ck_assert_uint_eq(get(DR, 4), (unsigned)'a' + i);
        }
    }
    ck_assert_uint_eq(get(DR, 4), 0);
}
END_TEST

START_TEST(receive_timeout_comes_32_bits_after_the_last_byte)
{
    put(LCRH, 0x10);
    put(IMSC, INT_RT);
    put(IBRD, 13); /* 115200 baud: 13 + 1/64 -> 24 MHz / 16 / 13.015625 */
    put(FBRD, 1);
    type("a");
    board_clock.now = 100000 * CYCLE;
    type("b");
    /* 32 * 16 * 833 / 64 clocks of 24 MHz = 6664: 277666 cycles of 1 GHz */
    ck_assert_uint_eq(clock_next(&board_clock), (100000 + 277666) * CYCLE);
    ck_assert(!line);
    clock_fire(&board_clock, clock_next(&board_clock));
    ck_assert(line);
    get(DR, 4);
    ck_assert(line);
    get(DR, 4);
    ck_assert(!line);
}
END_TEST

START_TEST(receive_timeout_is_cancelled_when_all_is_read)
{
    put(LCRH, 0x10);
    put(IBRD, 13);
    type("a");
    get(DR, 4);
    ck_assert_uint_eq(clock_next(&board_clock), CYCLES_NEVER);
}
END_TEST

START_TEST(receive_timeout_without_a_baud_rate_is_immediate)
{
    put(LCRH, 0x10);
    put(IMSC, INT_RT);
    board_clock.now = 5 * CYCLE;
    type("a");
    ck_assert_uint_eq(clock_next(&board_clock), 5 * CYCLE);
}
END_TEST

START_TEST(byte_without_room_is_lost_and_reported_as_overrun)
{
    put(LCRH, 0x10);
    put(IMSC, INT_OE);
    type("0123456789abcdef");
    ck_assert_uint_eq(pl011_room(&uart), 0);
    ck_assert(!line);
    type("X");
    ck_assert(line);
    ck_assert_uint_eq(get(RSR, 4), 8);
    ck_assert_uint_eq(get(DR, 4), 0x800 | '0');
    ck_assert_uint_eq(get(RSR, 4), 8);
    put(RSR, 0);
    ck_assert_uint_eq(get(RSR, 4), 0);
    ck_assert_uint_eq(get(DR, 4), '1');
    put(ICR, INT_OE);
    ck_assert(!line);
}
END_TEST

START_TEST(fifo_enable_empties_the_receiver)
{
    put(IMSC, INT_RX);
    type("a");
    put(LCRH, 0x10);
    ck_assert(!line);
    ck_assert_uint_eq(get(FR, 4) & FR_RXFE, FR_RXFE);
    type("ab");
    put(LCRH, 0x70); /* word length only: nothing is lost */
    ck_assert_uint_eq(get(DR, 4), 'a');
}
END_TEST

START_TEST(reset_lowers_the_line)
{
    put(IMSC, INT_TX);
    put(DR, 'x');
    ck_assert(line);
    pl011_reset(&uart);
    ck_assert(!line);
    ck_assert_uint_eq(get(IMSC, 4), 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("pl011");
    TCase *tc = tcase_create("pl011");
    tcase_add_checked_fixture(tc, setup, NULL);
    tcase_add_test(tc, reset_values_are_those_of_the_manual);
    tcase_add_test(tc, identification_is_that_of_a_primecell_pl011);
    tcase_add_test(tc, byte_is_sent_at_once_though_nothing_is_enabled);
    tcase_add_test(tc, transmit_interrupt_follows_a_byte_and_is_cleared_by_icr);
    tcase_add_loop_test(tc, register_keeps_the_bits_that_exist, 0, sizeof masks / sizeof masks[0]);
    tcase_add_test(tc, access_may_be_1_2_or_4_bytes_aligned);
    tcase_add_test(tc, write_to_the_read_only_ones_changes_nothing);
    tcase_add_test(tc, receiver_without_fifo_holds_one_byte);
    tcase_add_loop_test(tc, receive_interrupt_comes_at_the_level_and_goes_below_it, 0, 5);
    tcase_add_test(tc, bytes_come_out_in_order_round_the_fifo);
    tcase_add_test(tc, receive_timeout_comes_32_bits_after_the_last_byte);
    tcase_add_test(tc, receive_timeout_is_cancelled_when_all_is_read);
    tcase_add_test(tc, receive_timeout_without_a_baud_rate_is_immediate);
    tcase_add_test(tc, byte_without_room_is_lost_and_reported_as_overrun);
    tcase_add_test(tc, fifo_enable_empties_the_receiver);
    tcase_add_test(tc, reset_lowers_the_line);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}
