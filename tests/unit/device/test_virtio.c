/* The virtio devices under a driver that does anything: each access and each event must come back,
 * no byte outside RAM is touched (sanitizers look), and after a reset the device works. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "sim/device/devices.h"
#include "tests/unit/board/board_support.h"
#include "tests/support/run_suite.h"

#define RAM_BYTES  (UINT64_C(1) << 20)
#define BASE       UINT64_C(0x40000000)
#define SLOT(n)    ((n)*MEMMAP_VIRTIO_STRIDE)
#define DEVICES    4
#define ROUNDS     40000
#define QUEUE_SIZE 8

static struct temp_file file;
static struct ram ram;
static struct clock board_clock;
static struct devices *devices;
static uint64_t random_state;

static cycles_t now(void *ctx, unsigned cpu)
{
    (void)ctx, (void)cpu;
    return board_clock.now;
}

static void setup(void)
{
    static const uint8_t contents[64 * 512] = {1};
    struct err e = {""};
    ck_assert(ram_map(&ram, pa(BASE), RAM_BYTES, &e));
    temp_write(&file, contents, sizeof contents);
    board_clock = (struct clock){0};
    struct devices_config config = {
        .host = {.dma = {.ram = &ram},
                 .clock = &board_clock,
                 .clock_hz = 1000000000,
                 .now = now,
                 .quiet = true},
    };
    ck_assert(device_spec_drive(&config.list, file.path, &e));
    ck_assert(device_spec_rng(&config.list, 1, &e));
    ck_assert(device_spec_console(&config.list, &e));
    ck_assert(device_spec_net(&config.list, "peer", &e));
    devices = devices_create(&config, &e);
    ck_assert_msg(devices != NULL, "%s", e.text);
}

static void teardown(void)
{
    devices_destroy(devices);
    ram_unmap(&ram);
    temp_remove(&file);
}

static uint64_t random_below(uint64_t n)
{
    random_state = random_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (random_state >> 33) % n;
}

static uint64_t get(unsigned slot, uint64_t offset, unsigned size_bytes)
{
    struct bus_access a = {.offset = SLOT(slot) + offset, .size_bytes = size_bytes};
    virtio_access(devices_bus(devices), &a);
    return a.value;
}

static void put(unsigned slot, uint64_t offset, uint64_t value)
{
    struct bus_access a = {
        .offset = SLOT(slot) + offset, .size_bytes = 4, .write = true, .value = value};
    virtio_access(devices_bus(devices), &a);
}

static void pass(uint64_t ns)
{
    board_clock.now += ns * CYCLE;
    clock_fire(&board_clock, board_clock.now);
}

static void put_address(unsigned slot, uint64_t reg, uint64_t at)
{
    put(slot, reg, at & UINT32_MAX);
    put(slot, reg + 4, at >> 32);
}

static void start(unsigned slot, unsigned queue, uint32_t features)
{
    put(slot, 0x70, 0);
    put(slot, 0x70, 3);
    put(slot, 0x24, 0);
    put(slot, 0x20, features);
    put(slot, 0x24, 1);
    put(slot, 0x20, 1);
    put(slot, 0x70, 11);
    put(slot, 0x30, queue);
    put(slot, 0x38, QUEUE_SIZE);
    put_address(slot, 0x80, BASE);
    put_address(slot, 0x90, BASE + 0x1000);
    put_address(slot, 0xa0, BASE + 0x2000);
    put(slot, 0x44, 1);
    put(slot, 0x70, 15);
}

static const uint64_t addresses[] = {BASE,          BASE + 0x10,          BASE + 0x1000,
                                     BASE + 0x2000, BASE + 0x3000,        BASE + 0x8000,
                                     BASE + 0x8001, BASE + RAM_BYTES - 8, 0,
                                     BASE - 4,      UINT64_MAX - 3};

static uint64_t any_address(void)
{
    return addresses[random_below(random_below(4) ? 6 : sizeof addresses / sizeof addresses[0])];
}

static void any_descriptor(void)
{
    static const uint32_t lengths[] = {1, 12, 16, 32, 512, 513, 1526, 4096, 0, UINT32_MAX};
    struct {
        uint64_t at;
        uint32_t size_bytes;
        uint16_t flags, next;
    } d = {any_address(), lengths[random_below(random_below(6) ? 8 : 10)],
           (uint16_t)random_below(random_below(8) ? 4 : 8), (uint16_t)random_below(QUEUE_SIZE + 1)};
    uint64_t table = random_below(4) ? BASE : BASE + 0x3000;
    ck_assert(ram_write(&ram, pa(table + 16 * random_below(QUEUE_SIZE)), &d, sizeof d));
}

static void any_head(void)
{
    uint16_t index = 0, head = (uint16_t)random_below(QUEUE_SIZE + (random_below(20) == 0));
    ram_read(&ram, pa(BASE + 0x1002), &index, sizeof index);
    ram_write(&ram, pa(BASE + 0x1004 + 2 * (index % QUEUE_SIZE)), &head, sizeof head);
    index = (uint16_t)(index + (random_below(50) ? 1 : random_below(65536)));
    ram_write(&ram, pa(BASE + 0x1002), &index, sizeof index);
}

static void any_step(void)
{
    unsigned slot = 31 - (unsigned)random_below(DEVICES + 1);
    uint32_t type = (uint32_t)random_below(15);
    switch (random_below(12)) {
    case 0:
        start(slot, (unsigned)random_below(2), (uint32_t)random_below(4) << 28);
        break;
    case 1:
        put(slot, 4 * random_below(0x80), random_below(2) ? any_address() : random_below(40));
        break;
    case 2:
        get(slot, random_below(0x200), 1u << random_below(4));
        break;
    case 3: /* something like a header */
        ram_write(&ram, pa(BASE + 0x8000), &type, sizeof type);
        break;
    case 4:
        virtio_console_input(devices_console(devices), (const uint8_t *)"typed", 5,
                             board_clock.now);
        break;
    case 5:
        pass(random_below(200000));
        break;
    case 6:
    case 7:
        any_descriptor();
        break;
    case 8:
    case 9:
        any_head();
        break;
    default:
        put(slot, 0x50, random_below(3));
        break;
    }
}

START_TEST(driver_may_do_anything)
{
    random_state = (uint64_t)_i * 7919 + 1;
    for (unsigned n = 0; n < ROUNDS; n++) {
        any_step();
    }
    uint16_t used;
    static const uint8_t none[0x4000];
    ram_write(&ram, pa(BASE), none, sizeof none);
    uint64_t at = BASE + 0x8000;
    uint64_t rest = 64 | UINT64_C(2) << 32; /* 64 bytes, to write */
    ram_write(&ram, pa(BASE), &at, sizeof at);
    ram_write(&ram, pa(BASE + 8), &rest, sizeof rest);
    start(30, 0, 0);
    ck_assert_uint_eq(get(30, 0x70, 4), 15);
    ram_write(&ram, pa(BASE + 0x1002), "\1", 1);
    put(30, 0x50, 0);
    pass(1000000);
    ck_assert(ram_read(&ram, pa(BASE + 0x2002), &used, sizeof used));
    ck_assert_uint_eq(used, 1);
}
END_TEST

START_TEST(completion_takes_its_time)
{
    uint16_t used = 0;
    uint64_t at = BASE + 0x8000, rest = 100 | UINT64_C(2) << 32;
    ram_write(&ram, pa(BASE), &at, sizeof at);
    ram_write(&ram, pa(BASE + 8), &rest, sizeof rest);
    start(30, 0, 0);
    pass(10);
    ram_write(&ram, pa(BASE + 0x1002), "\1", 1);
    put(30, 0x50, 0);
    pass(1000 + 100 * 10 - 1); /* the doorbell, 100 bytes */
    ram_read(&ram, pa(BASE + 0x2002), &used, sizeof used);
    ck_assert_uint_eq(used, 0);
    ck_assert_uint_eq(get(30, 0x60, 4), 0);
    pass(1);
    ram_read(&ram, pa(BASE + 0x2002), &used, sizeof used);
    ck_assert_uint_eq(used, 1);
    ck_assert_uint_eq(get(30, 0x60, 4), 1);
}
END_TEST

START_TEST(reset_ends_what_is_in_flight)
{
    uint16_t used = 0;
    uint64_t at = BASE + 0x8000, rest = 100 | UINT64_C(2) << 32;
    ram_write(&ram, pa(BASE), &at, sizeof at);
    ram_write(&ram, pa(BASE + 8), &rest, sizeof rest);
    start(30, 0, 0);
    ram_write(&ram, pa(BASE + 0x1002), "\1", 1);
    put(30, 0x50, 0);
    pass(1500);
    put(30, 0x70, 0);
    ck_assert_uint_eq(clock_next(&board_clock), CYCLES_NEVER);
    pass(1000000);
    ram_read(&ram, pa(BASE + 0x2002), &used, sizeof used);
    ck_assert_uint_eq(used, 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("virtio");
    TCase *tc = tcase_create("virtio");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, driver_may_do_anything, 0, 8);
    tcase_add_test(tc, completion_takes_its_time);
    tcase_add_test(tc, reset_ends_what_is_in_flight);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}
