/* A guest's network card in the kernel: its thread and a VCPU take turns here, each runs until it
 * waits for something. */
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <ucontext.h>

#include "hyp/drivers/nic.h"
#include "hyp/kernel/page.h"
#include "hyp/kvm/io_thread.h"
#include "hyp/kvm/vm.h"
#include "tests/support/run_suite.h"

#define CARD      0x0a000000u
#define INTID     40
#define SIZE      8u
#define DESC      0x1000u
#define DRIVER    0x2000u
#define DEVICE    0x3000u
#define BUFFER    0x4000u
#define HEADER    12u /* virtio 1.2, 5.1.6 */
#define TURNS_MAX 1000u

/* virtio 1.2, 4.2.2 */
enum { DRIVER_FEATURES = 0x20, DRIVER_FEATURES_SEL = 0x24, QUEUE_SEL = 0x30, QUEUE_NUM = 0x38 };
enum { QUEUE_READY = 0x44, QUEUE_NOTIFY = 0x50, STATUS = 0x70 };
enum { QUEUE_DESC = 0x80, QUEUE_DRIVER = 0x90, QUEUE_DEVICE = 0xa0 };

static _Alignas(4096) uint8_t guest[0x5000];
static struct vm vm;

/* --- turns --- */

static ucontext_t vcpu_context, thread_context;
static uint8_t thread_stack[64 * 1024];
static bool in_thread, thread_ended;
static void (*thread_main)(void *io);
static void *thread_argument;

static void thread_begin(void)
{
    thread_main(thread_argument);
    thread_ended = true;
    in_thread = false;
}

/* A VCPU that would wait without end fails. */
void schedule(void)
{
    static unsigned turns;
    in_thread = !in_thread;
    if (in_thread) {
        ck_assert_uint_lt(turns++, TURNS_MAX);
        swapcontext(&vcpu_context, &thread_context);
    } else {
        swapcontext(&thread_context, &vcpu_context);
    }
}

void wait_queue_init(struct wait_queue *q)
{
    (void)q;
}

void wait_prepare(struct wait_queue *q, struct waiter *w)
{
    (void)q, (void)w;
}

void wait_finish(struct wait_queue *q, struct waiter *w)
{
    (void)q, (void)w;
}

void wake_all(struct wait_queue *q)
{
    (void)q;
}

void io_thread_start(struct io_thread *t, const char *name, void (*main)(void *), unsigned cpu)
{
    (void)name, (void)cpu;
    thread_main = main;
    thread_argument = t;
    getcontext(&thread_context);
    thread_context.uc_stack.ss_sp = thread_stack;
    thread_context.uc_stack.ss_size = sizeof thread_stack;
    thread_context.uc_link = &vcpu_context;
    makecontext(&thread_context, thread_begin, 0);
}

void io_thread_wake(struct io_thread *t)
{
    (void)t;
}

void io_thread_stop(struct io_thread *t)
{
    t->stop = true;
    while (!thread_ended) {
        schedule();
    }
}

/* --- the host's card, and its peer --- */

static struct nic nic;
static bool peer_takes;
static uint8_t frame[VNET_FRAME_MAX];
static unsigned frames_sent, frame_bytes;
static unsigned kicks;

struct nic *nic_get(unsigned n)
{
    return n == 0 ? &nic : NULL;
}

void nic_listen(struct nic *n, void (*arrived)(void *ctx), void *ctx)
{
    n->arrived = arrived;
    n->ctx = ctx;
}

u8 *vnet_send_buffer(struct vnet *n)
{
    (void)n;
    return peer_takes ? frame : NULL;
}

void vnet_send(struct vnet *n, u32 bytes)
{
    (void)n;
    frames_sent++;
    frame_bytes = bytes;
}

void vnet_kick(struct vnet *n)
{
    (void)n;
    kicks++;
    schedule(); /* VCPUs run meanwhile */
}

u8 *vnet_receive(struct vnet *n, u32 *bytes)
{
    (void)n, (void)bytes;
    return NULL;
}

void vnet_received(struct vnet *n)
{
    (void)n;
}

bool vnet_wait(struct vnet *n)
{
    (void)n;
    return true;
}

/* --- the rest of the kernel --- */

void *page_alloc(unsigned order)
{
    return calloc(1, PAGE_SIZE << order);
}

void page_free(void *page, unsigned order)
{
    (void)order;
    free(page);
}

void *vm_memory(struct vm *v, u64 ipa)
{
    (void)v;
    return ipa < sizeof guest ? guest + ipa : NULL;
}

void vgic_pulse(struct vm *v, struct vcpu *vcpu, u32 intid)
{
    (void)v, (void)vcpu, (void)intid;
}

/* --- the guest --- */

static void write_register(u64 offset, u32 value)
{
    struct mmio m = {.ipa = CARD + offset, .len = 4, .is_write = true, .value = value};
    ck_assert(vhost_access(&vm, &m));
}

static void put16(unsigned at, uint16_t value)
{
    memcpy(guest + at, &value, sizeof value);
}

static void put64(unsigned at, uint64_t value)
{
    memcpy(guest + at, &value, sizeof value);
}

/* A card that has one frame of four bytes to send, whose thread waits for the peer. */
static void start_and_stall(void)
{
    ck_assert_int_eq(vhost_create(&vm, 0, CARD, INTID), 0);
    put64(DESC, BUFFER);
    put16(DESC + 8, HEADER + 4);
    memcpy(guest + BUFFER + HEADER, "abc", 4);
    write_register(DRIVER_FEATURES_SEL, 0);
    write_register(DRIVER_FEATURES, UINT32_C(1) << 29); /* EVENT_IDX */
    write_register(DRIVER_FEATURES_SEL, 1);
    write_register(DRIVER_FEATURES, 1); /* VERSION_1 */
    write_register(STATUS, 1 | 2 | 8);
    write_register(QUEUE_SEL, 1);
    write_register(QUEUE_NUM, SIZE);
    write_register(QUEUE_DESC, DESC);
    write_register(QUEUE_DRIVER, DRIVER);
    write_register(QUEUE_DEVICE, DEVICE);
    write_register(QUEUE_READY, 1);
    write_register(STATUS, 1 | 2 | 8 | 4);
    put16(DRIVER + 2, 1); /* one is available: descriptor 0 */
    write_register(QUEUE_NOTIFY, 1);
    schedule();
    ck_assert_uint_gt(kicks, 0);
}

START_TEST(frame_waits_until_the_peer_takes_it)
{
    start_and_stall();
    ck_assert_uint_eq(frames_sent, 0);
    peer_takes = true;
    schedule();
    ck_assert_uint_eq(frames_sent, 1);
    vhost_destroy(&vm);
}
END_TEST

/* ... and the frame is neither lost nor sent twice. */
START_TEST(register_write_does_not_wait_for_the_peer)
{
    start_and_stall();
    write_register(QUEUE_SEL, 0);
    write_register(QUEUE_SEL, 1);
    ck_assert_uint_eq(frames_sent, 0);
    ck_assert_uint_eq(guest[DEVICE + 2], 0); /* it is the card's still */
    peer_takes = true;
    for (unsigned i = 0; i < 4; i++) {
        schedule();
    }
    ck_assert_uint_eq(frames_sent, 1);
    ck_assert_uint_eq(frame_bytes, 4);
    ck_assert_str_eq((const char *)frame, "abc");
    ck_assert_uint_eq(guest[DEVICE + 2], 1); /* given back */
    vhost_destroy(&vm);
}
END_TEST

START_TEST(card_ends_without_its_peer)
{
    start_and_stall();
    vhost_destroy(&vm);
    ck_assert_uint_eq(frames_sent, 0);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("vhost");
    TCase *t = tcase_create("vhost");
    tcase_add_test(t, frame_waits_until_the_peer_takes_it);
    tcase_add_test(t, register_write_does_not_wait_for_the_peer);
    tcase_add_test(t, card_ends_without_its_peer);
    suite_add_tcase(s, t);
    return run_suite(s);
}
