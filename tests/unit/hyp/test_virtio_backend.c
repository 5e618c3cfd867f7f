/* The device's side of a guest's network card: what a driver may do to it, and what it may not.
 * Numbers are typed from virtio 1.2, 2.7 (rings) and 4.2.2 (registers). */
#include <check.h>
#include <string.h>

#include "hyp/drivers/virtio_backend.h"
#include "tests/support/run_suite.h"

#define SIZE      8u
#define DESC      0x1000u
#define DRIVER    0x2000u
#define DEVICE    0x3000u
#define BUFFER    0x4000u
#define ELSEWHERE 0x5000u
#define HEADER    12u /* 5.1.6 */

enum { DRIVER_FEATURES = 0x20, DRIVER_FEATURES_SEL = 0x24, QUEUE_SEL = 0x30, QUEUE_NUM = 0x38 };
enum { QUEUE_READY = 0x44, STATUS = 0x70 };
enum { QUEUE_DESC = 0x80, QUEUE_DRIVER = 0x90, QUEUE_DEVICE = 0xa0 };

static _Alignas(4096) uint8_t guest[0x6000];
static unsigned looks_elsewhere;

static void *memory(struct vback *b, u64 address)
{
    (void)b;
    looks_elsewhere += address >= ELSEWHERE;
    return address < sizeof guest ? guest + address : NULL;
}

static void interrupt(struct vback *b)
{
    (void)b;
}

static void put16(unsigned at, uint16_t value)
{
    memcpy(guest + at, &value, sizeof value);
}

static void put64(unsigned at, uint64_t value)
{
    memcpy(guest + at, &value, sizeof value);
}

static void set_queue(struct vback *b, uint32_t desc, uint32_t driver, uint32_t device)
{
    vback_write(b, QUEUE_NUM, SIZE);
    vback_write(b, QUEUE_DESC, desc);
    vback_write(b, QUEUE_DRIVER, driver);
    vback_write(b, QUEUE_DEVICE, device);
}

/* The queue of frames that the guest sends, ready, with one frame of four bytes. */
static struct vback card(uint32_t desc, uint32_t driver, uint32_t device)
{
    struct vback b = {.memory = memory, .interrupt = interrupt};
    memset(guest, 0, sizeof guest);
    looks_elsewhere = 0;
    put64(DESC, BUFFER);
    put16(DESC + 8, HEADER + 4);
    memcpy(guest + BUFFER + HEADER, "abc", 4);
    put16(DRIVER + 2, 1); /* one is available: descriptor 0 */
    vback_write(&b, DRIVER_FEATURES_SEL, 0);
    vback_write(&b, DRIVER_FEATURES, UINT32_C(1) << 29); /* EVENT_IDX */
    vback_write(&b, DRIVER_FEATURES_SEL, 1);
    vback_write(&b, DRIVER_FEATURES, 1); /* VERSION_1 */
    vback_write(&b, STATUS, 1 | 2 | 8);
    vback_write(&b, QUEUE_SEL, 1);
    set_queue(&b, desc, driver, device);
    vback_write(&b, QUEUE_READY, 1);
    vback_write(&b, STATUS, 1 | 2 | 8 | 4);
    return b;
}

static void expect_frame(struct vback *b)
{
    uint8_t frame[2048] = {0};
    ck_assert_uint_eq(vback_take(b, frame), 4);
    ck_assert_str_eq((const char *)frame, "abc");
    ck_assert_uint_eq(guest[DEVICE + 2], 1); /* given back */
}

START_TEST(frame_is_taken_and_given_back)
{
    struct vback b = card(DESC, DRIVER, DEVICE);
    expect_frame(&b);
    uint8_t frame[2048];
    ck_assert_uint_eq(vback_take(&b, frame), 0);
}
END_TEST

/* 4.2.2.2: the driver must not. Whoever walks the rings would find half of the old address. */
START_TEST(queue_that_is_ready_stays_where_it_is)
{
    struct vback b = card(DESC, DRIVER, DEVICE);
    set_queue(&b, ELSEWHERE, ELSEWHERE, ELSEWHERE);
    vback_write(&b, QUEUE_DESC + 4, 1);
    vback_write(&b, QUEUE_DRIVER + 4, 1);
    vback_write(&b, QUEUE_DEVICE + 4, 1);
    vback_write(&b, QUEUE_NUM, 0);
    expect_frame(&b);
    ck_assert_uint_eq(looks_elsewhere, 0);
}
END_TEST

START_TEST(queue_that_is_not_ready_any_more_may_move)
{
    struct vback b = card(ELSEWHERE, ELSEWHERE, ELSEWHERE);
    vback_write(&b, QUEUE_READY, 0);
    ck_assert_uint_eq(vback_read(&b, QUEUE_READY), 0);
    set_queue(&b, DESC, DRIVER, DEVICE);
    vback_write(&b, QUEUE_READY, 1);
    ck_assert_uint_eq(vback_read(&b, QUEUE_READY), 1);
    expect_frame(&b);
}
END_TEST

/* 2.7: 16, 2 and 4 bytes. An item that is not aligned may cross a page. */
START_TEST(low_bits_of_queue_addresses_are_zero)
{
    struct vback b = card(DESC + 15, DRIVER + 1, DEVICE + 3);
    ck_assert_uint_eq(vback_read(&b, QUEUE_READY), 1);
    expect_frame(&b);
    ck_assert_uint_eq(b.queue[1].desc, DESC);
    ck_assert_uint_eq(b.queue[1].driver, DRIVER);
    ck_assert_uint_eq(b.queue[1].device, DEVICE);
}
END_TEST

START_TEST(queue_without_a_size_does_not_become_ready)
{
    struct vback b = {.memory = memory, .interrupt = interrupt};
    vback_write(&b, QUEUE_NUM, 3); /* no power of two */
    vback_write(&b, QUEUE_READY, 1);
    ck_assert_uint_eq(vback_read(&b, QUEUE_READY), 0);
    vback_write(&b, QUEUE_SEL, 2); /* there is none */
    vback_write(&b, QUEUE_NUM, SIZE);
    vback_write(&b, QUEUE_READY, 1);
    ck_assert_uint_eq(vback_read(&b, QUEUE_READY), 0);
}
END_TEST

START_TEST(card_on_hold_does_nothing_and_does_not_say_so)
{
    struct vback b = card(DESC, DRIVER, DEVICE);
    uint8_t frame[2048];
    vback_hold(&b);
    ck_assert_uint_eq(vback_take(&b, frame), 0);
    ck_assert_uint_eq(vback_read(&b, STATUS), 1 | 2 | 8 | 4);
    vback_write(&b, STATUS, 1 | 2 | 8 | 4);
    ck_assert(!vback_works(&b));
    vback_release(&b);
    expect_frame(&b);
}
END_TEST

START_TEST(reset_while_on_hold_is_a_reset)
{
    struct vback b = card(DESC, DRIVER, DEVICE);
    vback_hold(&b);
    ck_assert_int_eq(vback_write(&b, STATUS, 0), VBACK_NOTHING);
    vback_release(&b);
    ck_assert_uint_eq(vback_read(&b, STATUS), 0);
    ck_assert_uint_eq(vback_read(&b, QUEUE_READY), 0);
    ck_assert(!vback_works(&b));
}
END_TEST

/* Memory that is not there: the card asks to be reset, and does nothing more. */
START_TEST(nonsense_in_a_ring_stops_the_card)
{
    struct vback b = card(DESC, DRIVER, DEVICE);
    uint8_t frame[2048];
    put64(DESC, UINT64_C(1) << 40);
    ck_assert_uint_eq(vback_take(&b, frame), 0);
    ck_assert_uint_eq(vback_read(&b, STATUS) & 64, 64);
    ck_assert(!vback_works(&b));
}
END_TEST

int main(void)
{
    Suite *s = suite_create("virtio-backend");
    TCase *t = tcase_create("virtio-backend");
    tcase_add_test(t, frame_is_taken_and_given_back);
    tcase_add_test(t, queue_that_is_ready_stays_where_it_is);
    tcase_add_test(t, queue_that_is_not_ready_any_more_may_move);
    tcase_add_test(t, low_bits_of_queue_addresses_are_zero);
    tcase_add_test(t, queue_without_a_size_does_not_become_ready);
    tcase_add_test(t, card_on_hold_does_nothing_and_does_not_say_so);
    tcase_add_test(t, reset_while_on_hold_is_a_reset);
    tcase_add_test(t, nonsense_in_a_ring_stops_the_card);
    suite_add_tcase(s, t);
    return run_suite(s);
}
