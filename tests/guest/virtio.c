/* Virtio over MMIO, version 2 (virtio 1.2): the transport of QEMU's virt, a disk in slot 31, a
 * source of random numbers in slot 30, a console in slot 29; and drivers that talk nonsense. The
 * disk has 128 sectors; byte i of sector n is (7 n + i) mod 251. */
#include "gic.h"
#include "virtio.h"

#define BLK       SLOT(31)
#define RNG       SLOT(30)
#define CONSOLE   SLOT(29)
#define EMPTY     SLOT(3)
#define BLK_INTID SLOT_INTID(31)
#define SECTORS   128
#define SECTOR    512

#define PATIENCE 30000000 /* ticks: half a second */

static struct queue queue;
static struct descriptor indirect[4] __attribute__((aligned(16)));
static struct {
    uint32_t type, reserved;
    uint64_t sector;
} header;
static uint8_t data[SECTOR] __attribute__((aligned(8)));
static volatile uint8_t status_byte;

static void clear(void *at, size_t size)
{
    for (volatile uint8_t *p = at; size > 0; size--) {
        *p++ = 0;
    }
}

static uint32_t status(uint64_t base)
{
    return REG(base, STATUS);
}

static void set_queue(uint64_t base, unsigned index)
{
    clear(&queue, sizeof queue);
    virtio_set_queue(base, index, &queue);
}

/* 3.1.1: device initialization, up to the queue. */
static void start(uint64_t base, unsigned index, uint64_t features)
{
    REG(base, STATUS) = 0;
    REG(base, STATUS) = ACKNOWLEDGE;
    REG(base, STATUS) = ACKNOWLEDGE | DRIVER;
    for (unsigned half = 0; half < 2; half++) {
        REG(base, DRIVER_FEATURES_SEL) = half;
        REG(base, DRIVER_FEATURES) = (uint32_t)((features | F_VERSION_1) >> (32 * half));
    }
    REG(base, STATUS) = ACKNOWLEDGE | DRIVER | FEATURES_OK;
    set_queue(base, index);
    REG(base, STATUS) = ACKNOWLEDGE | DRIVER | FEATURES_OK | DRIVER_OK;
}

static void describe(struct descriptor *d, const volatile void *at, uint32_t length, uint16_t flags,
                     uint16_t next)
{
    *d = (struct descriptor){(uint64_t)at, length, flags, next};
}

static uint64_t now(void)
{
    DSB();
    ISB();
    return RD("cntpct_el0");
}

/* Until the device has used so many. */
static bool wait_used(uint16_t count)
{
    for (uint64_t start = now(); queue.used.index != count && now() - start < PATIENCE;) {
    }
    return expect("used index", queue.used.index, count);
}

static void describe_request(struct descriptor *d, uint32_t type, uint64_t sector, uint16_t writes)
{
    header.type = type;
    header.sector = sector;
    status_byte = 0xff;
    describe(&d[0], &header, sizeof header, NEXT, 1);
    describe(&d[1], data, SECTOR, NEXT | writes, 2);
    describe(&d[2], &status_byte, 1, WRITE, 0);
}

/* A request of one sector; its status. */
static unsigned request(uint32_t type, uint64_t sector, uint16_t writes)
{
    uint16_t used = queue.used.index;
    describe_request(queue.table, type, sector, writes);
    virtio_offer(BLK, 0, &queue, 0);
    wait_used((uint16_t)(used + 1));
    return status_byte;
}

#define T_IN     0
#define T_OUT    1
#define T_FLUSH  4
#define T_GET_ID 8

static unsigned pattern(unsigned sector, unsigned i)
{
    return (7 * sector + i) % 251;
}

static void expect_sector(unsigned sector)
{
    for (unsigned i = 0; i < SECTOR && !failed(); i++) {
        expect("byte", data[i], pattern(sector, i));
    }
}

static void check_identity(const void *arg)
{
    (void)arg;
    for (unsigned slot = 0; slot < SLOTS; slot++) {
        expect("magic", REG(SLOT(slot), MAGIC), 0x74726976);
        expect("version", REG(SLOT(slot), VERSION), 2);
    }
    expect("disk", REG(BLK, DEVICE_ID), 2);
    expect("random numbers", REG(RNG, DEVICE_ID), 4);
    expect("console", REG(CONSOLE, DEVICE_ID), 3);
    expect("empty", REG(EMPTY, DEVICE_ID), 0);
}

static void check_empty(const void *arg)
{
    (void)arg;
    REG(EMPTY, STATUS) = ACKNOWLEDGE;
    REG(EMPTY, QUEUE_NOTIFY) = 0;
    expect("status", status(EMPTY), 0);
    expect("features", REG(EMPTY, DEVICE_FEATURES), 0);
    expect("queue", REG(EMPTY, QUEUE_NUM_MAX), 0);
    expect_no_trap("accesses");
}

static void check_features(const void *arg)
{
    (void)arg;
    REG(BLK, DEVICE_FEATURES_SEL) = 1;
    expect("version 1", REG(BLK, DEVICE_FEATURES) & 1, 1);
    REG(BLK, DEVICE_FEATURES_SEL) = 0;
    uint32_t rings = F_INDIRECT | F_EVENT_IDX;
    expect("rings", REG(BLK, DEVICE_FEATURES) & rings, rings);
}

/* 3.1.1 step 6: the device does not take what it does not offer. */
static void check_refused(const void *arg)
{
    (void)arg;
    REG(RNG, STATUS) = 0;
    REG(RNG, STATUS) = ACKNOWLEDGE | DRIVER;
    REG(RNG, DRIVER_FEATURES_SEL) = 1;
    REG(RNG, DRIVER_FEATURES) = 1;
    REG(RNG, DRIVER_FEATURES_SEL) = 0;
    REG(RNG, DRIVER_FEATURES) = 1 << 3;
    REG(RNG, STATUS) = ACKNOWLEDGE | DRIVER | FEATURES_OK;
    expect("FEATURES_OK", status(RNG) & FEATURES_OK, 0);
    REG(RNG, STATUS) = 0;
}

static void check_reset(const void *arg)
{
    (void)arg;
    start(BLK, 0, 0);
    expect("status", status(BLK), ACKNOWLEDGE | DRIVER | FEATURES_OK | DRIVER_OK);
    expect("ready", REG(BLK, QUEUE_READY), 1);
    REG(BLK, STATUS) = 0;
    expect("status after reset", status(BLK), 0);
    REG(BLK, QUEUE_SEL) = 0;
    expect("ready after reset", REG(BLK, QUEUE_READY), 0);
    expect("interrupts after reset", REG(BLK, INTERRUPT_STATUS), 0);
}

static void check_queues(const void *arg)
{
    (void)arg;
    REG(BLK, STATUS) = 0;
    REG(BLK, QUEUE_SEL) = 0;
    expect_true("queue 0", REG(BLK, QUEUE_NUM_MAX) >= QUEUE_SIZE);
    REG(BLK, QUEUE_SEL) = 1000;
    expect("queue 1000", REG(BLK, QUEUE_NUM_MAX), 0);
    REG(BLK, QUEUE_NOTIFY) = 1000;
    expect_no_trap("accesses");
}

static void check_config(const void *arg)
{
    (void)arg;
    expect("capacity", REG(BLK, CONFIG), SECTORS);
    expect("its upper half", REG(BLK, CONFIG + 4), 0);
    expect("by bytes", *(volatile uint8_t *)(BLK + CONFIG), SECTORS);
    expect("by halves", *(volatile uint16_t *)(BLK + CONFIG + 2), 0);
    expect("block size", REG(BLK, CONFIG + 20), SECTOR);
}

static void check_read(const void *arg)
{
    (void)arg;
    start(BLK, 0, 0);
    expect("status", request(T_IN, 5, WRITE), 0);
    expect("length", queue.used.ring[0].length, SECTOR + 1);
    expect("id", queue.used.ring[0].id, 0);
    expect_sector(5);
    expect("last", request(T_IN, SECTORS - 1, WRITE), 0);
    expect_sector(SECTORS - 1);
}

static void check_write(const void *arg)
{
    (void)arg;
    start(BLK, 0, 0);
    for (unsigned i = 0; i < SECTOR; i++) {
        data[i] = (uint8_t)pattern(200, i);
    }
    expect("write", request(T_OUT, 9, 0), 0);
    expect("its length", queue.used.ring[0].length, 1);
    clear(data, sizeof data);
    expect("flush", request(T_FLUSH, 0, 0), 0);
    expect("read", request(T_IN, 9, WRITE), 0);
    expect_sector(200);
    expect("its neighbour", request(T_IN, 10, WRITE), 0);
    expect_sector(10);
}

static void check_many(const void *arg)
{
    (void)arg;
    start(BLK, 0, 0);
    for (unsigned n = 0; n < 3 * QUEUE_SIZE && !failed(); n++) {
        expect("status", request(T_IN, 20 + n, WRITE), 0);
        expect_sector(20 + n);
    }
}

static void check_indirect(const void *arg)
{
    (void)arg;
    start(BLK, 0, F_INDIRECT);
    describe_request(indirect, T_IN, 17, WRITE);
    describe(&queue.table[3], indirect, 3 * sizeof indirect[0], INDIRECT, 0);
    virtio_offer(BLK, 0, &queue, 3);
    wait_used(1);
    expect("status", status_byte, 0);
    expect("id", queue.used.ring[0].id, 3);
    expect_sector(17);
}

static void check_errors(const void *arg)
{
    (void)arg;
    start(BLK, 0, 0);
    expect("behind the end", request(T_IN, SECTORS, WRITE), 1);
    expect("far behind", request(T_IN, UINT64_MAX, WRITE), 1);
    expect("write behind the end", request(T_OUT, SECTORS, 0), 1);
    expect("unknown", request(99, 0, WRITE), 2);
    expect("identity", request(T_GET_ID, 0, WRITE), 0);
    expect("works on", request(T_IN, 3, WRITE), 0);
    expect_sector(3);
}

static void interrupt_on(void)
{
    gic_cpu_on();
    gic_edge(BLK_INTID);
    gic_set(GICD_ISENABLER, BLK_INTID);
}

/* 4.2.2: the line is high while InterruptStatus is not 0. */
static void check_interrupt(const void *arg)
{
    (void)arg;
    start(BLK, 0, 0);
    interrupt_on();
    expect("status", request(T_IN, 0, WRITE), 0);
    expect_true("pending", gic_wait_pending(BLK_INTID));
    expect("InterruptStatus", REG(BLK, INTERRUPT_STATUS), 1);
    expect("IAR", gic_ack(), BLK_INTID);
    REG(BLK, INTERRUPT_ACK) = 1;
    expect("after its acknowledgement", REG(BLK, INTERRUPT_STATUS), 0);
    gic_eoi(BLK_INTID);
    expect("IAR", gic_ack(), SPURIOUS);
}

/* 2.7.7: the driver asks for none. */
static void check_suppressed(const void *arg)
{
    (void)arg;
    start(BLK, 0, 0);
    queue.available.flags = 1;
    expect("status", request(T_IN, 0, WRITE), 0);
    expect("InterruptStatus", REG(BLK, INTERRUPT_STATUS), 0);
}

/* 2.7.7.2: with event indices, behind the entry that it names. */
static void check_event_index(const void *arg)
{
    (void)arg;
    start(BLK, 0, F_EVENT_IDX);
    expect("first", request(T_IN, 0, WRITE), 0);
    REG(BLK, INTERRUPT_ACK) = REG(BLK, INTERRUPT_STATUS);
    queue.available.used_event = 2;
    expect("second", request(T_IN, 1, WRITE), 0);
    spin(100000);
    expect("InterruptStatus after two", REG(BLK, INTERRUPT_STATUS), 0);
    expect("third", request(T_IN, 2, WRITE), 0);
    spin(100000);
    expect("InterruptStatus after three", REG(BLK, INTERRUPT_STATUS), 1);
    expect("available event", queue.used.available_event, 3);
}

static void check_random(const void *arg)
{
    unsigned ones = 0;
    (void)arg;
    clear(data, sizeof data);
    start(RNG, 0, 0);
    describe(&queue.table[0], data, 64, WRITE, 0);
    virtio_offer(RNG, 0, &queue, 0);
    wait_used(1);
    expect("length", queue.used.ring[0].length, 64);
    for (unsigned i = 0; i < 64 * 8; i++) {
        ones += data[i / 8] >> i % 8 & 1;
    }
    expect_true("about half of the bits", ones > 150 && ones < 362);
    expect("behind it", data[64], 0);
}

static void check_console(const void *arg)
{
    static const char text[] = "\r\r\r\r\r\r\r\r\r\r\r\r"; /* leaves the output of checks alone */
    (void)arg;
    start(CONSOLE, 1, 0);
    describe(&queue.table[0], text, 10, NEXT, 1);
    describe(&queue.table[1], text + 10, sizeof text - 11, 0, 0);
    virtio_offer(CONSOLE, 1, &queue, 0);
    wait_used(1);
    expect("id", queue.used.ring[0].id, 0);
    expect("length", queue.used.ring[0].length, 0);
}

/* What a driver must never do: the device asks for a reset, and works again after it. */
struct nonsense {
    struct descriptor table[3];
    uint16_t head, ahead; /* available index moves by 1 + ahead */
};

static void check_nonsense(const void *arg)
{
    const struct nonsense *n = arg;
    start(BLK, 0, F_INDIRECT);
    describe_request(indirect, T_IN, 1, WRITE);
    for (unsigned i = 0; i < 3; i++) {
        queue.table[i] = n->table[i];
    }
    queue.available.index += n->ahead;
    virtio_offer(BLK, 0, &queue, n->head);
    for (uint64_t from = now(); !(status(BLK) & NEEDS_RESET) && now() - from < PATIENCE;) {
    }
    expect("NEEDS_RESET", status(BLK) & NEEDS_RESET, NEEDS_RESET);
    expect("InterruptStatus", REG(BLK, INTERRUPT_STATUS) & 2, 2);
    expect("used index", queue.used.index, 0);
    start(BLK, 0, 0);
    expect("status", status(BLK) & NEEDS_RESET, 0);
    expect("works again", request(T_IN, 2, WRITE), 0);
    expect_sector(2);
}

#define RAM_AT  0x48000000UL
#define NOT_RAM 0x20000000UL
#define NONSENSE(...)                                                                              \
    .run = check_nonsense, .arg = &(const struct nonsense)                                         \
    {                                                                                              \
        __VA_ARGS__                                                                                \
    }

const struct check checks[] = {
    {"slots_have_their_identity", 0, check_identity, NULL},
    {"empty_slot_reads_as_0", 0, check_empty, NULL},
    {"features_are_offered", 0, check_features, NULL},
    {"features_not_offered_are_refused", 0, check_refused, NULL},
    {"reset_takes_all_back", 0, check_reset, NULL},
    {"queues_that_are_not_there_read_as_0", 0, check_queues, NULL},
    {"config_reads_at_any_size", 0, check_config, NULL},
    {"disk_reads", 0, check_read, NULL},
    {"disk_writes_and_reads_back", 0, check_write, NULL},
    {"rings_go_round", 0, check_many, NULL},
    {"disk_takes_indirect_descriptors", 0, check_indirect, NULL},
    {"disk_says_errors", 0, check_errors, NULL},
    {"used_buffer_interrupts", 0, check_interrupt, NULL},
    {"driver_suppresses_interrupts", 0, check_suppressed, NULL},
    {"event_index_says_when_to_interrupt", 0, check_event_index, NULL},
    {"random_numbers_fill_the_buffer", 0, check_random, NULL},
    {"console_takes_a_line_in_parts", 0, check_console, NULL},
    {"head_beyond_the_queue", 0, NONSENSE(.head = QUEUE_SIZE)},
    {"head_far_beyond_the_queue", 0, NONSENSE(.head = 0xffff)},
    {"next_beyond_the_queue", 0, NONSENSE(.table = {{RAM_AT, 16, NEXT, 0xfff0}})},
    {"loop_of_one", 0, NONSENSE(.table = {{RAM_AT, 16, NEXT, 0}})},
    {"loop_of_two", 0, NONSENSE(.table = {{RAM_AT, 16, NEXT, 1}, {RAM_AT, 16, NEXT, 0}})},
    {"buffer_of_no_bytes", 0, NONSENSE(.table = {{RAM_AT, 0, NEXT, 1}, {RAM_AT, 16, WRITE, 0}})},
    {"buffer_nowhere", 0, NONSENSE(.table = {{NOT_RAM, 16, NEXT, 1}, {RAM_AT, 16, WRITE, 0}})},
    {"buffer_at_the_end_of_addresses", 0,
     NONSENSE(.table = {{UINT64_MAX - 7, 16, NEXT, 1}, {RAM_AT, 16, WRITE, 0}})},
    {"buffer_over_the_end_of_ram", 0,
     NONSENSE(.table = {{0x4ffffff8, 16, NEXT, 1}, {RAM_AT, 16, WRITE, 0}})},
    {"read_behind_write", 0,
     NONSENSE(.table = {{RAM_AT, 16, WRITE | NEXT, 1}, {RAM_AT, 16, 0, 0}})},
    {"indirect_of_odd_length", 0, NONSENSE(.table = {{RAM_AT, 17, INDIRECT, 0}})},
    {"indirect_of_no_length", 0, NONSENSE(.table = {{RAM_AT, 0, INDIRECT, 0}})},
    {"indirect_nowhere", 0, NONSENSE(.table = {{NOT_RAM, 32, INDIRECT, 0}})},
    {"indices_far_ahead", 0, NONSENSE(.ahead = 3 * QUEUE_SIZE)},
    {"request_without_status", 0, NONSENSE(.table = {{RAM_AT, 16, 0, 0}})},
    {"request_without_header", 0, NONSENSE(.table = {{RAM_AT, 16, WRITE, 0}})},
};
CHECK_TABLE_END;
