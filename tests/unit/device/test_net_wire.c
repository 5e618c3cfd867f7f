/* Two ends of a wire, in one process: what each promises, and what each may therefore know. */
#include <check.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "sim/device/net_wire.h"
#include "sim/device/net_wire_socket.h"
#include "tests/unit/board/board_support.h"
#include "tests/support/run_suite.h"

#define LATENCY_NS 10000
#define LATENCY    UINT64_C(10000000) /* ps */

static const struct wire_terms here = {LATENCY_NS, {2, 0, 0, 0, 0, 1}};
static const struct wire_terms there = {LATENCY_NS, {2, 0, 0, 0, 0, 2}};
static const uint8_t bytes[60] = {1, 2, 3};
static int sockets[2];
static struct net_wire *a, *b;

static void pump(struct net_wire *w)
{
    while (net_wire_pump(w, 0) && net_wire_state(w) == WIRE_UP) {
    }
}

static void setup(void)
{
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, sockets), 0);
    a = net_wire_create(sockets[0], &here);
    b = net_wire_create(sockets[1], &there);
    pump(a);
    pump(b);
    ck_assert_int_eq(net_wire_state(a), WIRE_UP);
    ck_assert_int_eq(net_wire_state(b), WIRE_UP);
}

static void teardown(void)
{
    net_wire_destroy(a);
    net_wire_destroy(b);
    a = b = NULL;
}

/* `from` says it, `to` hears it. */
static void promise(struct net_wire *from, struct net_wire *to, uint64_t quiet)
{
    net_wire_promise(from, quiet);
    pump(to);
}

START_TEST(before_any_word_the_latency_is_known)
{
    ck_assert_uint_eq(net_wire_known_until(a), LATENCY);
    ck_assert_ptr_null(net_wire_first(a));
}
END_TEST

START_TEST(promise_reaches_as_far_as_the_latency_behind_it)
{
    promise(a, b, 7 * LATENCY);
    ck_assert_uint_eq(net_wire_known_until(b), 8 * LATENCY);
    promise(a, b, WIRE_NEVER);
    ck_assert_uint_eq(net_wire_known_until(b), WIRE_NEVER);
}
END_TEST

START_TEST(frame_arrives_the_latency_after_its_departure)
{
    net_wire_send(a, 5, bytes, sizeof bytes, false);
    net_wire_send(a, 9, bytes, 14, true);
    promise(a, b, 100);
    const struct wire_frame *first = net_wire_first(b);
    ck_assert_ptr_nonnull(first);
    ck_assert_uint_eq(first->arrives_ps, 5 + LATENCY);
    ck_assert_uint_eq(first->size_bytes, sizeof bytes);
    ck_assert_mem_eq(first->bytes, bytes, sizeof bytes);
    ck_assert(!first->is_end && !first->is_outside);
    net_wire_drop_first(b);
    ck_assert_uint_eq(net_wire_first(b)->arrives_ps, 9 + LATENCY);
    ck_assert(net_wire_first(b)->is_outside);
    net_wire_drop_first(b);
    ck_assert_ptr_null(net_wire_first(b));
}
END_TEST

/* What a sleeper promises holds for what it has seen: an answer may come two ways later. */
START_TEST(promise_does_not_cover_answers)
{
    promise(b, a, WIRE_NEVER);
    net_wire_send(a, 5 * LATENCY, bytes, sizeof bytes, false);
    net_wire_send(a, 6 * LATENCY, bytes, sizeof bytes, false);
    ck_assert_uint_eq(net_wire_known_until(a), 7 * LATENCY);
    promise(b, a, WIRE_NEVER); /* not news: it has seen nothing */
    ck_assert_uint_eq(net_wire_known_until(a), 7 * LATENCY);
    promise(a, b, 6 * LATENCY);
    ck_assert(net_wire_is_news(b, WIRE_NEVER));
    promise(b, a, WIRE_NEVER);
    ck_assert_uint_eq(net_wire_known_until(a), WIRE_NEVER);
}
END_TEST

/* The answer is read before the promise behind it: an older promise was for less. */
START_TEST(answer_alone_lifts_no_promise)
{
    promise(b, a, WIRE_NEVER);
    net_wire_send(a, 5 * LATENCY, bytes, sizeof bytes, false);
    promise(a, b, 6 * LATENCY);
    net_wire_send(b, 6 * LATENCY, bytes, sizeof bytes, false);
    net_wire_pump(b, 0); /* without a promise */
    pump(a);
    ck_assert_ptr_nonnull(net_wire_first(a));
    ck_assert_uint_eq(net_wire_known_until(a), 7 * LATENCY);
}
END_TEST

START_TEST(what_is_news)
{
    ck_assert(!net_wire_is_news(a, LATENCY / 2 - 1));
    ck_assert(net_wire_is_news(a, LATENCY / 2));
    promise(a, b, 4 * LATENCY);
    ck_assert(!net_wire_is_news(a, 4 * LATENCY));
    net_wire_send(a, 4 * LATENCY, bytes, sizeof bytes, false);
    ck_assert(net_wire_is_news(a, 4 * LATENCY));
}
END_TEST

/* Neither goes further than it knows; in every turn one of both gets on. */
START_TEST(two_ends_never_wait_for_each_other)
{
    uint64_t at[2] = {0, 0}, random = 1, turns = 0;
    struct net_wire *ends[2] = {a, b};
    while (at[0] < 200 * LATENCY || at[1] < 200 * LATENCY) {
        uint64_t before = at[0] + at[1];
        for (unsigned i = 0; i < 2; i++) {
            random = random * UINT64_C(6364136223846793005) + 1442695040888963407u;
            uint64_t wants = at[i] + (random >> 33) % (3 * LATENCY);
            const struct wire_frame *frame;
            pump(ends[i]);
            uint64_t known = net_wire_known_until(ends[i]);
            at[i] = wants < known ? wants : known > at[i] ? known : at[i];
            while ((frame = net_wire_first(ends[i])) != NULL && frame->arrives_ps <= at[i]) {
                net_wire_drop_first(ends[i]);
            }
            if (random >> 62 == 0) {
                net_wire_send(ends[i], at[i], bytes, sizeof bytes, false);
            }
            uint64_t quiet = frame && frame->arrives_ps < at[i] ? frame->arrives_ps : at[i];
            net_wire_promise(ends[i], quiet);
        }
        ck_assert_uint_gt(at[0] + at[1], before);
        ck_assert_uint_lt(turns++, 100000);
    }
}
END_TEST

/* More than a socket holds, while nobody reads. */
START_TEST(nothing_is_lost_on_a_full_socket)
{
    uint8_t frame[NET_FRAME_MAX] = {0};
    for (unsigned i = 0; i < 2000; i++) {
        frame[0] = (uint8_t)i;
        net_wire_send(a, i, frame, sizeof frame, false);
        net_wire_promise(a, i);
    }
    for (unsigned i = 0; i < 2000; i++) {
        while (net_wire_first(b) == NULL) {
            net_wire_pump(a, 0);
            ck_assert(net_wire_pump(b, 0));
        }
        ck_assert_uint_eq(net_wire_first(b)->arrives_ps, i + LATENCY);
        ck_assert_uint_eq(net_wire_first(b)->bytes[0], (uint8_t)i);
        net_wire_drop_first(b);
    }
}
END_TEST

START_TEST(end_has_its_stamp_behind_the_last_frame)
{
    net_wire_send(a, 5, bytes, sizeof bytes, false);
    net_wire_end(a, 8, false);
    net_wire_destroy(a);
    a = NULL;
    pump(b);
    ck_assert_int_eq(net_wire_state(b), WIRE_ENDED);
    ck_assert_uint_eq(net_wire_known_until(b), WIRE_NEVER);
    net_wire_drop_first(b);
    ck_assert(net_wire_first(b)->is_end);
    ck_assert_uint_eq(net_wire_first(b)->arrives_ps, 8 + LATENCY);
    net_wire_send(b, 9, bytes, sizeof bytes, false); /* to nobody */
    net_wire_promise(b, 10);
}
END_TEST

START_TEST(end_without_a_word_is_a_loss)
{
    promise(a, b, 3 * LATENCY);
    net_wire_destroy(a);
    a = NULL;
    pump(b);
    ck_assert_int_eq(net_wire_state(b), WIRE_LOST);
    ck_assert_ptr_nonnull(strstr(net_wire_trouble(b), "gone"));
    ck_assert_uint_eq(net_wire_known_until(b), 4 * LATENCY); /* what was promised holds */
}
END_TEST

static const struct {
    const char *name;
    uint8_t head[24];
    size_t size_bytes;
} nonsense[] = {
    {"kind 0", {0}, 24},
    {"kind 9", {9}, 24},
    {"frame that is too large", {1, 0, 0xef, 5}, 24},
};

START_TEST(nonsense_is_a_loss)
{
    ck_assert_int_eq(send(sockets[0], nonsense[_i].head, nonsense[_i].size_bytes, 0), 24);
    pump(b);
    ck_assert_msg(net_wire_state(b) == WIRE_LOST, "%s", nonsense[_i].name);
    ck_assert_ptr_nonnull(strstr(net_wire_trouble(b), "no message"));
}
END_TEST

static void greet(const struct wire_terms *terms, const char *says)
{
    teardown();
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, sockets), 0);
    a = net_wire_create(sockets[0], &here);
    b = net_wire_create(sockets[1], terms);
    pump(a);
    ck_assert_int_eq(net_wire_state(a), WIRE_REFUSED);
    ck_assert_msg(strstr(net_wire_trouble(a), says) != NULL, "%s", net_wire_trouble(a));
}

START_TEST(other_terms_are_refused)
{
    greet(&(struct wire_terms){LATENCY_NS + 1, {2, 0, 0, 0, 0, 2}}, "10001 ns at the other end");
    greet(&here, "02:00:00:00:00:01");
}
END_TEST

static void greet_raw(const char greeting[32], const char *says)
{
    teardown();
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, sockets), 0);
    a = net_wire_create(sockets[0], &here);
    ck_assert_int_eq(send(sockets[1], greeting, 20, 0), 20); /* in two parts */
    pump(a);
    ck_assert_int_eq(net_wire_state(a), WIRE_GREETS);
    ck_assert_int_eq(send(sockets[1], greeting + 20, 12, 0), 12);
    pump(a);
    ck_assert_int_eq(net_wire_state(a), WIRE_REFUSED);
    ck_assert_msg(strstr(net_wire_trouble(a), says) != NULL, "%s", net_wire_trouble(a));
    close(sockets[1]);
}

START_TEST(other_programs_are_refused)
{
    static const char other[32] = "SSH-2.0-OpenSSH_9.2p1 Debian-2\r";
    static const char later[32] = "el2wire\0\x02";
    greet_raw(other, "no machine of el2sim");
    greet_raw(later, "version 2");
}
END_TEST

static bool never(void *ctx)
{
    (void)ctx;
    return false;
}

static void count(void *waited)
{
    ++*(unsigned *)waited;
}

static void expect_refused(const char *path, const char *says)
{
    unsigned waited = 0;
    struct wire_finder finder = {never, count, &waited};
    struct err e = {""};
    ck_assert_int_eq(net_wire_find(path, &finder, &e), -1);
    ck_assert_msg(strstr(e.text, path) != NULL && strstr(e.text, says) != NULL, "%s", e.text);
    ck_assert_uint_eq(waited, 0);
}

START_TEST(path_that_cannot_be_is_named)
{
    char longer[200];
    struct temp_file file;
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    memset(longer, 'x', sizeof longer);
    longer[sizeof longer - 1] = '\0';
    expect_refused(longer, "longer");
    expect_refused("/nowhere/wire", "No such file");
    temp_write(&file, "", 0);
    expect_refused(file.path, "no socket");
    unlink(file.path);
    snprintf(address.sun_path, sizeof address.sun_path, "%s", file.path);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    ck_assert_int_eq(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    close(fd);
    expect_refused(file.path, "remove it");
    temp_remove(&file);
}
END_TEST

static bool at_once(void *ctx)
{
    (void)ctx;
    return true;
}

START_TEST(who_gives_up_leaves_no_path)
{
    unsigned waited = 0;
    struct wire_finder finder = {at_once, count, &waited};
    struct temp_file file;
    struct err e = {""};
    temp_write(&file, "", 0);
    unlink(file.path);
    ck_assert_int_eq(net_wire_find(file.path, &finder, &e), -1);
    ck_assert_uint_eq(waited, 1);
    struct stat s;
    ck_assert_int_ne(stat(file.path, &s), 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("net_wire");
    TCase *tc = tcase_create("net_wire");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, before_any_word_the_latency_is_known);
    tcase_add_test(tc, promise_reaches_as_far_as_the_latency_behind_it);
    tcase_add_test(tc, frame_arrives_the_latency_after_its_departure);
    tcase_add_test(tc, promise_does_not_cover_answers);
    tcase_add_test(tc, answer_alone_lifts_no_promise);
    tcase_add_test(tc, what_is_news);
    tcase_add_test(tc, two_ends_never_wait_for_each_other);
    tcase_add_test(tc, nothing_is_lost_on_a_full_socket);
    tcase_add_test(tc, end_has_its_stamp_behind_the_last_frame);
    tcase_add_test(tc, end_without_a_word_is_a_loss);
    tcase_add_loop_test(tc, nonsense_is_a_loss, 0, (int)(sizeof nonsense / sizeof nonsense[0]));
    tcase_add_test(tc, other_terms_are_refused);
    tcase_add_test(tc, other_programs_are_refused);
    tcase_add_test(tc, path_that_cannot_be_is_named);
    tcase_add_test(tc, who_gives_up_leaves_no_path);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}
