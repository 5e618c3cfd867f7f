/*
 * The devices of a guest that speaks Xen's interface, in the kernel: a console, and in the place of
 * dom0 the backend of the I/O rows, a thread behind an event channel. It uses the ring that the
 * guest grants to domain 0.
 */
#include "a64.h"
#include "abi/guest.h"
#include "abi/mark.h"
#include "abi/xen_io.h"
#include "abi/xen_net.h"
#include "kernel/page.h"
#include "kvm/io_thread.h"
#include "kvm/netback_thread.h"
#include "xen/console.h"
#include "xen/domain.h"

struct iodev {
    struct vm *vm;
    struct xen_ring *ring; /* NULL: the guest has not opened the port yet */
    struct io_thread io;
    struct netback_thread *net[XEN_NETS]; /* NULL: not connected */
    bool kicked;                          /* set by an event, taken by the thread */
};

static void event(struct vm *vm, u32 port)
{
    if (port == XEN_IO_PORT) {
        WRITE_ONCE(vm->iodev->kicked, true);
        io_thread_wake(&vm->iodev->io);
    }
    for (unsigned n = 0; n < XEN_NETS; n++) {
        struct netback_thread *t = READ_ONCE(vm->iodev->net[n]);
        if (t && port == XEN_NET_PORT(n)) {
            netback_wake(t);
        }
    }
}

static u32 connect_net(struct iodev *d, u32 n)
{
    if (!d->net[n]) {
        struct netback_thread *t = netback_start(d->vm, n);
        dmb(ish); /* who finds it finds it complete */
        WRITE_ONCE(d->net[n], t);
    }
    return d->net[n] ? XEN_NET_THERE : XEN_NET_NONE;
}

static void connect(struct iodev *d)
{
    for (unsigned i = 0; i < d->vm->vcpu_count; i++) { /* all have been made: the guest runs */
        event_interrupt_init(d->vm->vcpu[i]);
    }
    d->ring = grant_use(d->vm, XEN_IO_GRANT);
    if (d->ring) {
        WRITE_ONCE(d->ring->ready, 1);
        dmb(ish);
        event_raise(d->vm, XEN_IO_PORT);
    }
}

/* What a request costs the device is a time, not a path: the thread sleeps it, so that the guest is
 * idle when the answer comes. */
static void reply(struct iodev *d, u32 mode)
{
    timer_sleep_until(timer_now_ticks() + timer_us_to_ticks(IODEV_DELAY_US));
    if (mode == IODEV_MODE_IN) {
        mark_begin("io-latency-in", 1);
    }
    event_raise(d->vm, XEN_IO_PORT);
}

/* The ring is the guest's to write: nothing in it is trusted. False: there is no request, or
 * nonsense. */
static bool serve(struct iodev *d)
{
    struct xen_ring *ring = d->ring;
    u32 n = READ_ONCE(ring->responses);
    u32 count = READ_ONCE(ring->requests) - n;
    if (count == 0 || count > XEN_RING_SIZE) {
        return false;
    }
    dmb(ish); /* the request is there when its number is */
    u32 mode = READ_ONCE(ring->mode[n % XEN_RING_SIZE]);
    if (mode == IODEV_MODE_OUT) {
        mark_end("io-latency-out");
    } else if (mode - XEN_NET_CONNECT(0) < XEN_NETS) {
        WRITE_ONCE(ring->mode[n % XEN_RING_SIZE], connect_net(d, mode - XEN_NET_CONNECT(0)));
        dmb(ish); /* the answer is there before its number */
    }
    WRITE_ONCE(ring->responses, n + 1);
    if (mode == IODEV_MODE_REPLY || mode == IODEV_MODE_IN) {
        reply(d, mode);
    }
    return true;
}

static void io_main(void *arg)
{
    struct iodev *d = container_of(arg, struct iodev, io);
    while (!READ_ONCE(d->io.stop)) {
        wait_event(&d->io.wait, READ_ONCE(d->kicked) || READ_ONCE(d->io.stop));
        WRITE_ONCE(d->kicked, false);
        dmb(ish); /* before the look at the ring: a kick that comes now is seen next time */
        if (READ_ONCE(d->io.stop)) {
            break;
        }
        if (!d->ring) {
            connect(d);
        } else {
            while (!READ_ONCE(d->io.stop) && serve(d)) { /* one kick may be for several */
                sched_yield_if_needed();
            }
        }
    }
}

/* The VMM asks for it at an address and with an interrupt; Xen's interface needs neither. */
int iodev_create(struct vm *vm, u64 ipa, u32 intid, unsigned cpu)
{
    (void)ipa, (void)intid;
    if (vm->iodev) {
        return -1;
    }
    struct iodev *d = page_alloc(0);
    d->vm = vm;
    vm->iodev = d;
    vm->xen = xen_domain_create();
    vm->xen->host_event = event;
    console_init(vm);
    io_thread_start(&d->io, "io", io_main, cpu);
    return 0;
}

bool iodev_access(struct vm *vm, struct mmio *m)
{
    return vm->xen && console_access(vm, m);
}

/* Called by vm_with(): other VMs see it either with Xen's interface or without. */
static bool forget(struct vm *vm, u64 argument)
{
    (void)argument;
    vm->xen = NULL;
    return true;
}

void iodev_destroy(struct vm *vm)
{
    struct iodev *d = vm->iodev;
    if (!d) {
        return;
    }
    io_thread_stop(&d->io);
    for (unsigned n = 0; n < XEN_NETS; n++) {
        netback_stop(d->net[n]);
    }
    if (d->ring) {
        grant_release(vm, XEN_IO_GRANT);
    }
    struct xen_domain *x = vm->xen;
    grants_end(vm);
    vm_with(vm->id, forget, 0);
    xen_domain_destroy(x);
    page_free(d, 0);
}
