/* Split virtqueues as drivers should, and should not, fill them (virtio 1.2, 2.7). */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "sim/device/virtqueue.h"
#include "tests/support/run_suite.h"

#define RAM_BYTES (UINT64_C(1) << 20)
#define BASE      UINT64_C(0x40000000)
#define TABLE     BASE
#define AVAILABLE (BASE + 0x1000)
#define USED      (BASE + 0x2000)
#define INDIRECT  (BASE + 0x3000)
#define DATA      (BASE + 0x8000)
#define END       (BASE + RAM_BYTES)
#define SIZE      8

#define NEXT       1
#define WRITE      2
#define TABLE_FLAG 4

static struct ram ram;
static struct dma dma;
static struct virtqueue queue;
static struct virtq_chain chain;
static const char *why;
static uint64_t written_bytes;

static void written(void *ctx, pa_t at, uint64_t size_bytes)
{
    (void)ctx, (void)at;
    written_bytes += size_bytes;
}

static void setup(void)
{
    struct err e = {""};
    ck_assert(ram_map(&ram, pa(BASE), RAM_BYTES, &e));
    dma = (struct dma){.ram = &ram, .written = written};
    virtq_reset(&queue);
    queue.descriptors = TABLE;
    queue.driver = AVAILABLE;
    queue.device = USED;
    queue.size = SIZE;
    queue.ready = true;
    why = NULL;
    written_bytes = 0;
}

static void teardown(void)
{
    ram_unmap(&ram);
}

static void put(uint64_t at, uint64_t value, unsigned size_bytes)
{
    ck_assert(ram_write(&ram, pa(at), &value, size_bytes));
}

static uint64_t get(uint64_t at, unsigned size_bytes)
{
    uint64_t value = 0;
    ck_assert(ram_read(&ram, pa(at), &value, size_bytes));
    return value;
}

static void describe(uint64_t table, unsigned index, uint64_t at, uint32_t size_bytes,
                     uint16_t flags, uint16_t next)
{
    uint64_t d = table + 16 * index;
    put(d, at, 8);
    put(d + 8, size_bytes, 4);
    put(d + 12, flags, 2);
    put(d + 14, next, 2);
}

static void make_available(uint16_t head)
{
    uint16_t index = (uint16_t)get(AVAILABLE + 2, 2);
    put(AVAILABLE + 4 + 2 * (index % SIZE), head, 2);
    put(AVAILABLE + 2, index + 1u, 2);
}

static enum virtq_result take(void)
{
    return virtq_take(&queue, &dma, &chain, &why);
}

START_TEST(empty_ring_has_nothing)
{
    ck_assert_int_eq(take(), VIRTQ_EMPTY);
    ck_assert_uint_eq(queue.taken, 0);
}
END_TEST

START_TEST(chain_is_taken_in_its_two_parts)
{
    describe(TABLE, 2, DATA, 16, NEXT, 5);
    describe(TABLE, 5, DATA + 16, 100, NEXT | WRITE, 1);
    describe(TABLE, 1, DATA + 200, 7, WRITE, 0);
    make_available(2);
    ck_assert_int_eq(take(), VIRTQ_TAKEN);
    ck_assert_uint_eq(chain.head, 2);
    ck_assert_uint_eq(chain.read_count, 1);
    ck_assert_uint_eq(chain.write_count, 2);
    ck_assert_uint_eq(chain.read_bytes, 16);
    ck_assert_uint_eq(chain.write_bytes, 107);
    ck_assert_int_eq(take(), VIRTQ_EMPTY);
}
END_TEST

START_TEST(indirect_table_may_be_longer_than_the_queue)
{
    enum { COUNT = 300 };
    for (unsigned i = 0; i < COUNT; i++) {
        describe(INDIRECT, i, DATA, 4, i + 1 < COUNT ? NEXT : 0, (uint16_t)(i + 1));
    }
    describe(TABLE, 0, INDIRECT, 16 * COUNT, TABLE_FLAG, 0);
    make_available(0);
    ck_assert_int_eq(take(), VIRTQ_TAKEN);
    ck_assert_uint_eq(chain.read_count, COUNT);
}
END_TEST

START_TEST(direct_buffers_may_precede_an_indirect_table)
{
    describe(INDIRECT, 0, DATA, 4, WRITE, 0);
    describe(TABLE, 0, DATA, 8, NEXT, 1);
    describe(TABLE, 1, INDIRECT, 16, TABLE_FLAG, 0);
    make_available(0);
    ck_assert_int_eq(take(), VIRTQ_TAKEN);
    ck_assert_uint_eq(chain.read_bytes, 8);
    ck_assert_uint_eq(chain.write_bytes, 4);
}
END_TEST

struct mistake {
    const char *says;
    struct {
        uint64_t at;
        uint32_t size_bytes;
        uint16_t flags, next;
    } table[2], indirect[2];
    uint16_t head;
};

static const struct mistake mistakes[] = {
    {.says = "queue's size", .head = SIZE},
    {.says = "queue's size", .head = 0xffff},
    {.says = "beyond the table", .table = {{DATA, 1, NEXT, SIZE}}},
    {.says = "loop", .table = {{DATA, 1, NEXT, 0}}},
    {.says = "loop", .table = {{DATA, 1, NEXT, 1}, {DATA, 1, NEXT, 0}}},
    {.says = "no bytes", .table = {{DATA, 0, 0, 0}}},
    {.says = "not in RAM", .table = {{END - 4, 5, 0, 0}}},
    {.says = "not in RAM", .table = {{BASE - 1, 2, 0, 0}}},
    {.says = "not in RAM", .table = {{UINT64_MAX, 2, 0, 0}}},
    {.says = "not in RAM", .table = {{DATA, UINT32_MAX, 0, 0}}},
    {.says = "to read behind", .table = {{DATA, 1, NEXT | WRITE, 1}, {DATA, 1, 0, 0}}},
    {.says = "multiple of 16", .table = {{INDIRECT, 24, TABLE_FLAG, 0}}},
    {.says = "multiple of 16", .table = {{INDIRECT, 0, TABLE_FLAG, 0}}},
    {.says = "successor", .table = {{INDIRECT, 16, TABLE_FLAG | NEXT, 1}}},
    {.says = "table that is not in RAM", .table = {{END - 8, 16, TABLE_FLAG, 0}}},
    {.says = "in an indirect table",
     .table = {{INDIRECT, 32, TABLE_FLAG, 0}},
     .indirect = {{INDIRECT, 16, TABLE_FLAG, 0}}},
    {.says = "loop",
     .table = {{INDIRECT, 32, TABLE_FLAG, 0}},
     .indirect = {{DATA, 1, NEXT, 1}, {DATA, 1, NEXT, 0}}},
    {.says = "beyond the table",
     .table = {{INDIRECT, 32, TABLE_FLAG, 0}},
     .indirect = {{DATA, 1, NEXT, 2}}},
};

START_TEST(mistake_of_a_driver_is_named)
{
    const struct mistake *m = &mistakes[_i];
    for (unsigned i = 0; i < 2; i++) {
        describe(TABLE, i, m->table[i].at, m->table[i].size_bytes, m->table[i].flags,
                 m->table[i].next);
        describe(INDIRECT, i, m->indirect[i].at, m->indirect[i].size_bytes, m->indirect[i].flags,
                 m->indirect[i].next);
    }
    make_available(m->head);
    ck_assert_int_eq(take(), VIRTQ_BROKEN);
    ck_assert_msg(strstr(why, m->says) != NULL, "mistake %d: \"%s\" does not say \"%s\"", _i, why,
                  m->says);
    ck_assert_uint_eq(queue.taken, 0);
}
END_TEST

START_TEST(index_too_far_ahead_is_a_mistake)
{
    put(AVAILABLE + 2, SIZE + 1, 2);
    ck_assert_int_eq(take(), VIRTQ_BROKEN);
    put(AVAILABLE + 2, 0xffff, 2); /* moved back */
    ck_assert_int_eq(take(), VIRTQ_BROKEN);
}
END_TEST

START_TEST(chain_longer_than_the_limit_is_a_mistake)
{
    for (unsigned i = 0; i <= VIRTQ_SIZE_MAX; i++) {
        describe(INDIRECT, i, DATA, 1, i < VIRTQ_SIZE_MAX ? NEXT : 0, (uint16_t)(i + 1));
    }
    describe(TABLE, 0, INDIRECT, 16 * (VIRTQ_SIZE_MAX + 1), TABLE_FLAG, 0);
    make_available(0);
    ck_assert_int_eq(take(), VIRTQ_BROKEN);
}
END_TEST

START_TEST(rings_that_are_not_in_ram_are_a_mistake)
{
    bool interrupt;
    queue.driver = END - 2;
    ck_assert_int_eq(take(), VIRTQ_BROKEN);
    queue.device = UINT64_MAX - 3;
    ck_assert(!virtq_give(&queue, &dma, 0, 0, &interrupt));
    queue.event_idx = true;
    ck_assert(!virtq_ask_notify(&queue, &dma));
}
END_TEST

START_TEST(used_entries_go_round_and_are_told_as_written)
{
    bool interrupt;
    for (unsigned i = 0; i < 3 * SIZE; i++) {
        ck_assert(virtq_give(&queue, &dma, (uint16_t)(i % SIZE), i, &interrupt));
        ck_assert(interrupt);
        ck_assert_uint_eq(get(USED + 2, 2), i + 1);
        ck_assert_uint_eq(get(USED + 4 + 8 * (i % SIZE), 4), i % SIZE);
        ck_assert_uint_eq(get(USED + 8 + 8 * (i % SIZE), 4), i);
    }
    ck_assert_uint_eq(written_bytes, 3 * SIZE * 10);
}
END_TEST

START_TEST(flag_suppresses_interrupts)
{
    bool interrupt = true;
    put(AVAILABLE, 1, 2);
    ck_assert(virtq_give(&queue, &dma, 0, 0, &interrupt));
    ck_assert(!interrupt);
}
END_TEST

/* 2.7.7.2: an interrupt when the entry at used_event is written, also round 2^16. */
START_TEST(event_index_names_the_entry_that_interrupts)
{
    bool interrupt;
    queue.event_idx = true;
    queue.used = queue.signalled = 0xfffe;
    put(AVAILABLE + 4 + 2 * SIZE, 0, 2); /* used_event */
    ck_assert(virtq_give(&queue, &dma, 0, 0, &interrupt) && !interrupt);
    ck_assert(virtq_give(&queue, &dma, 0, 0, &interrupt) && !interrupt);
    ck_assert(virtq_give(&queue, &dma, 0, 0, &interrupt) && interrupt);
    ck_assert(virtq_give(&queue, &dma, 0, 0, &interrupt) && !interrupt);
    queue.taken = 0x1234;
    ck_assert(virtq_ask_notify(&queue, &dma));
    ck_assert_uint_eq(get(USED + 4 + 8 * SIZE, 2), 0x1234); /* avail_event */
}
END_TEST

START_TEST(copies_cross_buffers_and_stop_at_their_end)
{
    char text[16] = {0};
    describe(TABLE, 0, DATA, 3, NEXT, 1);
    describe(TABLE, 1, DATA + 100, 4, NEXT, 2);
    describe(TABLE, 2, DATA + 200, 2, NEXT | WRITE, 3);
    describe(TABLE, 3, DATA + 300, 2, WRITE, 0);
    ck_assert(ram_write(&ram, pa(DATA), "abc", 3) && ram_write(&ram, pa(DATA + 100), "defg", 4));
    make_available(0);
    ck_assert_int_eq(take(), VIRTQ_TAKEN);
    ck_assert_uint_eq(virtq_gather(&dma, &chain, 2, text, sizeof text), 5);
    ck_assert_str_eq(text, "cdefg");
    ck_assert_uint_eq(virtq_gather(&dma, &chain, 7, text, sizeof text), 0);
    ck_assert_uint_eq(virtq_scatter(&dma, &chain, 1, "12345", 5), 3);
    ck_assert_uint_eq(get(DATA + 201, 1), '1');
    ck_assert_uint_eq(get(DATA + 300, 2), '2' | '3' << 8);
    ck_assert_uint_eq(get(DATA + 302, 1), 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("virtqueue");
    TCase *tc = tcase_create("virtqueue");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, empty_ring_has_nothing);
    tcase_add_test(tc, chain_is_taken_in_its_two_parts);
    tcase_add_test(tc, indirect_table_may_be_longer_than_the_queue);
    tcase_add_test(tc, direct_buffers_may_precede_an_indirect_table);
    tcase_add_loop_test(tc, mistake_of_a_driver_is_named, 0, sizeof mistakes / sizeof mistakes[0]);
    tcase_add_test(tc, index_too_far_ahead_is_a_mistake);
    tcase_add_test(tc, chain_longer_than_the_limit_is_a_mistake);
    tcase_add_test(tc, rings_that_are_not_in_ram_are_a_mistake);
    tcase_add_test(tc, used_entries_go_round_and_are_told_as_written);
    tcase_add_test(tc, flag_suppresses_interrupts);
    tcase_add_test(tc, event_index_names_the_entry_that_interrupts);
    tcase_add_test(tc, copies_cross_buffers_and_stop_at_their_end);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}
