/* What the rows use of Xen: its hypercalls, its console, and a device whose backend is in dom0. */
#include "micro/front_xen.h"

#include "abi/mark.h"
#include "abi/xen_io.h"
#include "abi/xen_net.h"
#include "lib/xen.h"
#include "micro/row.h"

#define UART_FR      (GUEST_UART + 0x18)
#define UART_FR_TXFE 0x80
#define PRIORITIES   (BOARD_GICD + 0x400) /* GICD_IPRIORITYR: bytes and words, 5 bits each */

static struct xen_ring ring __attribute__((aligned(4096)));
static u32 port;
static volatile bool backend_answers;

static void reply_handler(void)
{
    if (row_measuring && ring.mode[(ring.requests - 1) % XEN_RING_SIZE] == IODEV_MODE_IN) {
        mark_end("io-latency-in");
    }
    handled++;
}

/* dom0 binds the other end of the channel, which needs to be the one agreed on, and maps the ring.
 */
bool front_start(void)
{
    if (!xen_start()) {
        return false;
    }
    handled = 0;
    event_set_handler(XEN_IO_PORT, reply_handler);
    grant_page(XEN_IO_GRANT, 0, (u64)&ring);
    if (event_alloc_unbound(0, &port) != 0 || port != XEN_IO_PORT) {
        return false;
    }
    irq_wait(&handled, 0);
    return READ_ONCE(ring.ready) == 1;
}

void hypercall_exec(void)
{
    wrong |= (u64)xen_hypercall(HYPERCALL_XEN_VERSION, XENVER_VERSION, 0, 0) >> 32;
}

bool hypercall_post(unsigned ops)
{
    return results_post(ops) && xen_hypercall(HYPERCALL_XEN_VERSION, XENVER_VERSION, 0, 0) > 0;
}

/* The console is the device that the hypervisor itself emulates. */
void io_kernel_exec(void)
{
    wrong |= (mmio_read32(UART_FR) & UART_FR_TXFE) ^ UART_FR_TXFE;
}

/* --- the device in dom0: a request is a slot of the ring and an event --- */

static u32 requests_before;

static void publish(u32 mode)
{
    ring.mode[ring.requests % XEN_RING_SIZE] = mode;
    dmb(ishst); /* dom0 sees the request when it sees its number */
    WRITE_ONCE(ring.requests, ring.requests + 1);
    dmb(ishst);
}

static void request(u32 mode)
{
    publish(mode);
    event_send(port);
}

bool front_connect_net(unsigned n)
{
    volatile u32 *answer = &ring.mode[ring.requests % XEN_RING_SIZE];
    request(XEN_NET_CONNECT(n));
    while (*answer == XEN_NET_CONNECT(n)) {
        pause_between_looks();
    }
    return *answer == XEN_NET_THERE;
}

void io_out_prep(unsigned ops)
{
    (void)ops;
    requests_before = ring.requests;
}

void io_out_exec(void)
{
    if (row_measuring) {
        mark_begin("io-latency-out", 1);
    }
    request(row_measuring ? IODEV_MODE_OUT : IODEV_MODE_COUNT);
    do {
        pause_between_looks();
    } while (READ_ONCE(ring.responses) != ring.requests);
}

bool io_out_post(unsigned ops)
{
    return ring.requests == requests_before + ops && ring.responses == ring.requests;
}

void io_in_prep(unsigned ops)
{
    (void)ops;
    handled = 0;
}

void io_in_exec(void)
{
    u32 before = handled;
    request(row_measuring ? IODEV_MODE_IN : IODEV_MODE_REPLY);
    irq_wait(&handled, before);
}

bool io_in_post(unsigned ops)
{
    return handled == ops;
}

/* --- checks: the distributor is what takes more than one size of access --- */

bool check_mmio_sizes(void)
{
    const u64 at = PRIORITIES + IODEV_INTID + 4;
    u64 value;
    mmio_write32(at, 0x08f81088);
    bool ok = mmio_read32(at) == 0x08f81088;
    __asm__ volatile("ldrsw %0, [%1]" : "=r"(value) : "r"(at));
    ok = ok && value == 0x08f81088;
    __asm__ volatile("ldrb %w0, [%1, #2]" : "=r"(value) : "r"(at));
    ok = ok && value == 0xf8;
    __asm__ volatile("ldrsb %w0, [%1, #2]" : "=r"(value) : "r"(at));
    ok = ok && value == 0xfffffff8;
    __asm__ volatile("ldrsb %0, [%1, #2]" : "=r"(value) : "r"(at));
    ok = ok && value == 0xfffffffffffffff8;
    __asm__ volatile("strb %w0, [%1, #1]" ::"r"(0x40UL), "r"(at));
    return ok && mmio_read32(at) == 0x08f84088;
}

/* Register 31 is zero as a source and nothing as a destination, not SP. */
bool check_mmio_zero_register(void)
{
    const u64 at = PRIORITIES + IODEV_INTID + 4;
    mmio_write32(at, 0xf8f8f8f8);
    __asm__ volatile("strb wzr, [%0, #1]\n ldr wzr, [%0]" ::"r"(at) : "memory");
    bool ok = mmio_read32(at) == 0xf8f800f8;
    __asm__ volatile("str wzr, [%0]" ::"r"(at) : "memory");
    return ok && mmio_read32(at) == 0;
}

/* An event says that there is something, not how much. */
bool front_requests_of_one_event(void)
{
    u64 until = read_sysreg(cntvct_el0) + read_sysreg(cntfrq_el0);
    publish(IODEV_MODE_COUNT);
    publish(IODEV_MODE_COUNT);
    request(IODEV_MODE_COUNT);
    while (READ_ONCE(ring.responses) != ring.requests && read_sysreg(cntvct_el0) < until) {
        pause_between_looks();
    }
    return READ_ONCE(ring.responses) == ring.requests;
}
