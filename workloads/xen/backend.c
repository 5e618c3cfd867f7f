/*
 * dom0 as the backend of the I/O rows: maps the ring of the front end, binds its event channel, and
 * answers; and as that of the network (net.c). Between events it sleeps in WFI, and its CPU with
 * it.
 */
#include "abi/mark.h"
#include "abi/xen_io.h"
#include "abi/xen_net.h"
#include "lib/xen.h"
#include "net.h"

#define RETRY_US 500

static struct xen_ring ring __attribute__((aligned(4096))); /* the front end's comes in its place */
static u32 port;
static volatile u32 events, ticks; /* events: what there was to do */
static volatile u32 io_requests;   /* of the I/O rows */
static volatile u32 last_mode;

static void timer_handler(void)
{
    write_sysreg(0, cntv_ctl_el0);
    ticks++;
}

/* Asleep: what a request costs a device is a time, not a path. */
static void sleep_us(u64 us)
{
    u32 before = ticks;
    isb();
    write_sysreg(read_sysreg(cntvct_el0) + read_sysreg(cntfrq_el0) * us / 1000000, cntv_cval_el0);
    write_sysreg(1, cntv_ctl_el0);
    isb();
    irq_wait(&ticks, before);
}

/* In interrupt context: the front end's kick has arrived. The ring is another domain's to write. */
static void kicked(void)
{
    while (READ_ONCE(ring.responses) != READ_ONCE(ring.requests)) {
        u32 n = ring.responses;
        dmb(ish); /* the request is there when its number is */
        last_mode = READ_ONCE(ring.mode[n % XEN_RING_SIZE]);
        if (last_mode == IODEV_MODE_OUT) {
            mark_end("io-latency-out");
        }
        if (last_mode - XEN_NET_CONNECT(0) < XEN_NETS) {
            bool there = net_connect(last_mode - XEN_NET_CONNECT(0));
            WRITE_ONCE(ring.mode[n % XEN_RING_SIZE], there ? XEN_NET_THERE : XEN_NET_NONE);
        } else {
            io_requests++;
        }
        WRITE_ONCE(ring.responses, n + 1);
        events++;
    }
}

static void net_woken(void)
{
    events++;
}

static void connect(void)
{
    while (event_bind(ROWS_DOMID, XEN_IO_PORT, &port) != 0) { /* it is not there yet */
        sleep_us(RETRY_US);
    }
    event_set_handler(port, kicked);
    u32 handle;
    int status = grant_map(ROWS_DOMID, XEN_IO_GRANT, (u64)&ring, false, &handle);
    if (status != GNTST_OKAY) {
        print("dom0: the ring cannot be mapped\n");
        guest_exit(1);
    }
    WRITE_ONCE(ring.ready, 1);
    dmb(ish);
    event_send(port);
}

static void answer(void)
{
    u32 mode = last_mode;
    if (mode == IODEV_MODE_REPLY || mode == IODEV_MODE_IN) {
        sleep_us(IODEV_DELAY_US);
        if (mode == IODEV_MODE_IN) {
            mark_begin("io-latency-in", 1);
        }
        event_send(port);
    }
}

int guest_main(const struct guest_boot *boot)
{
    gic_init();
    gic_init_cpu(0);
    irq_set_handler(INTID_VTIMER, timer_handler);
    gic_enable(INTID_VTIMER);
    if (!xen_start()) {
        return 1;
    }
    net_init(boot, net_woken);
    irq_on();
    connect();
    for (u32 seen = 0, answered = 0;;) {
        irq_wait(&events, seen);
        seen = events;
        dmb(ish); /* what comes from here on wakes us again */
        net_work();
        while (answered != io_requests) {
            answered++;
            answer();
        }
    }
}
