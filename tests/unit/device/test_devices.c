/* What stands behind the virtio devices: disks, the simulated peer, and options' texts. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "sim/device/device_spec.h"
#include "sim/device/disk.h"
#include "sim/device/net_peer.h"
#include "sim/device/net_service.h"
#include "tests/unit/board/board_support.h"
#include "tests/support/run_suite.h"

#define SECTORS 40

static struct temp_file file;
static uint8_t contents[SECTORS * DISK_SECTOR_BYTES];

static void setup(void)
{
    for (size_t i = 0; i < sizeof contents; i++) {
        contents[i] = (uint8_t)(i * 7 + i / 512);
    }
    temp_write(&file, contents, sizeof contents);
}

static void teardown(void)
{
    temp_remove(&file);
}

static struct disk *open_as(enum disk_mode mode)
{
    struct err e = {""};
    struct disk *disk = disk_open(file.path, mode, &e);
    ck_assert_msg(disk != NULL, "%s", e.text);
    return disk;
}

static void expect_file(const uint8_t *bytes)
{
    uint8_t now[sizeof contents];
    struct disk *disk = open_as(DISK_READ_ONLY);
    ck_assert(disk_read(disk, 0, now, sizeof now));
    disk_close(disk);
    ck_assert_mem_eq(now, bytes, sizeof now);
}

START_TEST(copy_on_write_keeps_the_file)
{
    uint8_t bytes[6000], expected[sizeof contents];
    struct disk *disk = open_as(DISK_COPY_ON_WRITE);
    uint64_t at = 0;
    ck_assert_uint_eq(disk_sectors(disk), SECTORS);
    ck_assert_ptr_null(disk_changed(disk, &at));
    memset(bytes, 0xee, sizeof bytes);
    memcpy(expected, contents, sizeof contents);
    memcpy(expected + 3000, bytes, sizeof bytes);
    ck_assert(disk_write(disk, 3000, bytes, sizeof bytes)); /* parts of three clusters */
    uint8_t now[sizeof contents];
    ck_assert(disk_read(disk, 0, now, sizeof now));
    ck_assert_mem_eq(now, expected, sizeof now);
    ck_assert_mem_eq(disk_changed(disk, &at), expected, DISK_CLUSTER_BYTES);
    at = 2 * DISK_CLUSTER_BYTES + 1;
    ck_assert_ptr_null(disk_changed(disk, &at));
    ck_assert(disk_flush(disk));
    disk_close(disk);
    expect_file(contents);
}
END_TEST

START_TEST(write_through_changes_the_file)
{
    struct disk *disk = open_as(DISK_WRITE_THROUGH);
    ck_assert(disk_write(disk, 512, "changed", 7) && disk_flush(disk));
    disk_close(disk);
    memcpy(contents + 512, "changed", 7);
    expect_file(contents);
}
END_TEST

START_TEST(disk_that_is_written_is_nobody_elses)
{
    struct err e = {""};
    struct disk *writer = open_as(DISK_WRITE_THROUGH);
    ck_assert_ptr_null(disk_open(file.path, DISK_COPY_ON_WRITE, &e));
    ck_assert_ptr_nonnull(strstr(e.text, "in use"));
    disk_close(writer);
    struct disk *first = open_as(DISK_COPY_ON_WRITE), *second = open_as(DISK_READ_ONLY);
    e.text[0] = '\0';
    ck_assert_ptr_null(disk_open(file.path, DISK_WRITE_THROUGH, &e));
    disk_close(first);
    disk_close(second);
}
END_TEST

START_TEST(disk_that_cannot_be_is_named)
{
    static const char *const paths[] = {"/nowhere/disk", "/tmp", "/dev/null"};
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        struct err e = {""};
        ck_assert_ptr_null(disk_open(paths[i], DISK_COPY_ON_WRITE, &e));
        ck_assert_ptr_nonnull(strstr(e.text, paths[i]));
    }
}
END_TEST

START_TEST(last_part_of_a_sector_is_filled_with_zeroes)
{
    struct temp_file odd;
    uint8_t now[1024];
    struct err e = {""};
    temp_write(&odd, contents, 700);
    struct disk *disk = disk_open(odd.path, DISK_COPY_ON_WRITE, &e);
    ck_assert_ptr_nonnull(disk);
    ck_assert_uint_eq(disk_sectors(disk), 2);
    ck_assert(disk_read(disk, 0, now, sizeof now));
    ck_assert_mem_eq(now, contents, 700);
    ck_assert_uint_eq(now[700] | now[1023], 0);
    disk_close(disk);
    temp_remove(&odd);
}
END_TEST

/* 14 bytes of Ethernet, then the payload. */
#define TO_PEER "\x52\x55\x0a\x00\x02\x02\x52\x54\x00\x12\x34\x56"

START_TEST(peer_answers_arp)
{
    static const char request[] =
        "\xff\xff\xff\xff\xff\xff\x52\x54\x00\x12\x34\x56\x08\x06\x00\x01\x08\x00\x06\x04\x00\x01"
        "\x52\x54\x00\x12\x34\x56\x0a\x00\x02\x0f\x00\x00\x00\x00\x00\x00\x0a\x00\x02\x02";
    static const char expected[] =
        "\x52\x54\x00\x12\x34\x56\x52\x55\x0a\x00\x02\x02\x08\x06\x00\x01\x08\x00\x06\x04\x00\x02"
        "\x52\x55\x0a\x00\x02\x02\x0a\x00\x02\x02\x52\x54\x00\x12\x34\x56\x0a\x00\x02\x0f";
    uint8_t answer[NET_FRAME_MAX];
    ck_assert_uint_eq(net_peer_answer((const uint8_t *)request, 42, answer), 42);
    ck_assert_mem_eq(answer, expected, 42);
}
END_TEST

/* The checksums are typed from a capture: 0xf7ff of a request, 0xffff of the reply to it. */
START_TEST(peer_answers_ping)
{
    static const char request[] = TO_PEER
        "\x08\x00\x45\x00\x00\x1c\x00\x00\x40\x00\x40\x01\x22\xcf\x0a\x00\x02\x0f\x0a\x00\x02\x02"
        "\x08\x00\xf7\xff\x00\x00\x00\x00";
    uint8_t answer[NET_FRAME_MAX];
    ck_assert_uint_eq(net_peer_answer((const uint8_t *)request, 42, answer), 42);
    ck_assert_mem_eq(answer + 26, "\x0a\x00\x02\x02\x0a\x00\x02\x0f", 8);
    ck_assert_mem_eq(answer + 34, "\x00\x00\xff\xff", 4);
}
END_TEST

START_TEST(peer_echoes_udp_to_port_7)
{
    static const char request[] = TO_PEER
        "\x08\x00\x45\x00\x00\x20\x00\x00\x40\x00\x40\x11\x22\xbb\x0a\x00\x02\x0f\x0a\x00\x02\x02"
        "\x12\x34\x00\x07\x00\x0c\xab\xcd"
        "data";
    uint8_t answer[NET_FRAME_MAX];
    ck_assert_uint_eq(net_peer_answer((const uint8_t *)request, 46, answer), 46);
    ck_assert_mem_eq(answer + 34,
                     "\x00\x07\x12\x34\x00\x0c\xab\xcd"
                     "data",
                     12);
}
END_TEST

START_TEST(peer_drops_what_is_cut_or_not_for_it)
{
    uint8_t frame[NET_FRAME_MAX + 1] = {0}, answer[NET_FRAME_MAX];
    static const char ping[] = TO_PEER
        "\x08\x00\x45\x00\x00\x1c\x00\x00\x40\x00\x40\x01\x22\xcf\x0a\x00\x02\x0f\x0a\x00\x02\x02"
        "\x08\x00\xf7\xff\x00\x00\x00\x00";
    for (size_t size = 0; size < 42; size++) {
        memcpy(frame, ping, 42);
        ck_assert_uint_eq(net_peer_answer(frame, size, answer), 0);
    }
    for (unsigned length = 0; length < 256; length++) { /* of the header, and of all */
        memcpy(frame, ping, 42);
        frame[14] = (uint8_t)length;
        frame[17] = (uint8_t)(255 - length);
        net_peer_answer(frame, 42, answer);
    }
    frame[0] = 0x02;
    ck_assert_uint_eq(net_peer_answer(frame, 42, answer), 0);
    memcpy(frame, ping, 42);
    ck_assert_uint_eq(net_peer_answer(frame, sizeof frame, answer), 0);
}
END_TEST

/* "data" is 0x6164 + 0x6174. Two answers of 60 bytes, connection 5, the first is number 0xfffe. */
#define SERVICE                                                                                    \
    TO_PEER "\x88\xb6\x01\x00\x02\x00\x3c\x00\x05\x00\xfe\xff\x00\x00\x04\x00\xd8\xc2"             \
            "data"
#define SERVICE_BYTES 34

START_TEST(service_answers_what_was_asked_for)
{
    static const char second[] = "\x52\x54\x00\x12\x34\x56\x52\x55\x0a\x00\x02\x02\x88\xb6"
                                 "\x02\x00\x00\x00\x00\x00\x05\x00\xff\xff\x00\x00\x1e\x00";
    struct net_request request;
    uint8_t answer[NET_FRAME_MAX];
    ck_assert(net_service_take((const uint8_t *)SERVICE, SERVICE_BYTES, &request));
    ck_assert(!request.damaged);
    ck_assert_uint_eq(request.frames, 2);
    ck_assert_uint_eq(net_service_answer(&request, 1, answer), 60);
    ck_assert_mem_eq(answer, second, 28);
    uint32_t sum = 0;
    for (unsigned i = 0; i < 30; i++) { /* 0xffff + 5 + i, modulo 256 */
        ck_assert_uint_eq(answer[30 + i], (4 + i) & 0xff);
        sum += (uint32_t)answer[30 + i] << (i % 2 ? 8 : 0);
    }
    sum = (sum & 0xffff) + (sum >> 16);
    ck_assert_uint_eq((unsigned)answer[28] | (unsigned)answer[29] << 8, sum);
}
END_TEST

START_TEST(service_says_that_a_payload_was_damaged)
{
    uint8_t frame[] = SERVICE, answer[NET_FRAME_MAX];
    struct net_request request;
    frame[30] ^= 1;
    ck_assert(net_service_take(frame, SERVICE_BYTES, &request));
    ck_assert(request.damaged);
    net_service_answer(&request, 0, answer);
    ck_assert_uint_eq(answer[15], 1);
    frame[30] ^= 1;
    ck_assert(net_service_take(frame, SERVICE_BYTES - 1, &request)); /* shorter than it says */
    ck_assert(request.damaged);
}
END_TEST

START_TEST(service_keeps_to_its_bounds)
{
    uint8_t frame[] = SERVICE;
    struct net_request request;
    memset(frame + 16, 0xff, 4);
    ck_assert(net_service_take(frame, SERVICE_BYTES, &request));
    ck_assert_uint_eq(request.frames, NET_SERVICE_FRAMES_MAX);
    ck_assert_uint_eq(request.frame_bytes, 1514);
    memset(frame + 16, 0, 4);
    ck_assert(net_service_take(frame, SERVICE_BYTES, &request));
    ck_assert_uint_eq(request.frames, 0);
    ck_assert_uint_eq(request.frame_bytes, 60);
    ck_assert(!net_service_take(frame, 29, &request)); /* its header is cut */
    frame[14] = 2;                                     /* an answer */
    ck_assert(!net_service_take(frame, SERVICE_BYTES, &request));
    frame[14] = 1;
    frame[0] = 2; /* to somebody else */
    ck_assert(!net_service_take(frame, SERVICE_BYTES, &request));
}
END_TEST

START_TEST(texts_of_drives_are_understood)
{
    struct device_list list = {.count = 0};
    struct err e = {""};
    ck_assert(device_spec_drive(&list, "a.img", &e));
    ck_assert(device_spec_drive(&list, "b.img,ro,latency=20us", &e));
    ck_assert(device_spec_net(&list, "peer,latency=1ms", &e));
    ck_assert_uint_eq(list.count, 3);
    ck_assert_int_eq(list.specs[0].mode, DISK_COPY_ON_WRITE);
    ck_assert_int_eq(list.specs[1].mode, DISK_READ_ONLY);
    ck_assert_uint_eq(list.specs[1].latency_ns, 20000);
    ck_assert_uint_eq(list.specs[2].latency_ns, 1000000);
}
END_TEST

START_TEST(texts_of_networks_are_understood)
{
    struct device_list list = {.count = 0};
    struct err e = {""};
    ck_assert(device_spec_net(&list, "slirp", &e));
    ck_assert(device_spec_net(&list, "link:/tmp/a:b,mac=0A:00:00:00:00:ff,latency=5us", &e));
    ck_assert_uint_eq(list.count, 2);
    ck_assert_int_eq(list.specs[0].far_end, NET_SLIRP);
    ck_assert_mem_eq(list.specs[0].mac, "\x52\x54\x00\x12\x34\x56", 6);
    ck_assert(!list.specs[0].has_latency);
    ck_assert_int_eq(list.specs[1].far_end, NET_LINK);
    ck_assert_str_eq(list.specs[1].path, "/tmp/a:b");
    ck_assert_mem_eq(list.specs[1].mac, "\x0a\x00\x00\x00\x00\xff", 6);
    ck_assert(list.specs[1].has_latency);
    ck_assert_uint_eq(list.specs[1].latency_ns, 5000);
}
END_TEST

static const char *const bad_networks[] = {
    "",
    "link",
    "link:",
    "links:/tmp/a",
    "peer:/tmp/a",
    "peer,fast",
    "peer,mac=52:54:00:12:34",
    "peer,mac=52:54:00:12:34:5g",
    "peer,mac=52-54-00-12-34-56",
    "peer,mac=53:54:00:12:34:56", /* of a group */
    "peer,mac=52:54:00:12:34:56:78",
};

START_TEST(nonsense_about_a_network_is_refused)
{
    struct device_list list = {.count = 0};
    struct err e = {""};
    ck_assert(!device_spec_net(&list, bad_networks[_i], &e));
    ck_assert_str_ne(e.text, "");
    ck_assert_uint_eq(list.count, 0);
}
END_TEST

static const char *const bad_drives[] = {"",
                                         ",ro",
                                         "a.img,rw",
                                         "a.img,latency=",
                                         "a.img,latency=5",
                                         "a.img,latency=-1us",
                                         "a.img,latency=2h",
                                         "a.img,latency=99999999999s"};

START_TEST(nonsense_about_a_drive_is_refused)
{
    struct device_list list = {.count = 0};
    struct err e = {""};
    ck_assert(!device_spec_drive(&list, bad_drives[_i], &e));
    ck_assert_uint_eq(list.count, 0);
    ck_assert_str_ne(e.text, "");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("devices");
    TCase *tc = tcase_create("devices");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, copy_on_write_keeps_the_file);
    tcase_add_test(tc, write_through_changes_the_file);
    tcase_add_test(tc, disk_that_is_written_is_nobody_elses);
    tcase_add_test(tc, disk_that_cannot_be_is_named);
    tcase_add_test(tc, last_part_of_a_sector_is_filled_with_zeroes);
    tcase_add_test(tc, peer_answers_arp);
    tcase_add_test(tc, peer_answers_ping);
    tcase_add_test(tc, peer_echoes_udp_to_port_7);
    tcase_add_test(tc, peer_drops_what_is_cut_or_not_for_it);
    tcase_add_test(tc, service_answers_what_was_asked_for);
    tcase_add_test(tc, service_says_that_a_payload_was_damaged);
    tcase_add_test(tc, service_keeps_to_its_bounds);
    tcase_add_test(tc, texts_of_drives_are_understood);
    tcase_add_test(tc, texts_of_networks_are_understood);
    tcase_add_loop_test(tc, nonsense_about_a_network_is_refused, 0,
                        sizeof bad_networks / sizeof bad_networks[0]);
    tcase_add_loop_test(tc, nonsense_about_a_drive_is_refused, 0,
                        sizeof bad_drives / sizeof bad_drives[0]);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}
