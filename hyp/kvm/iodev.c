/*
 * A device of the kernel with an I/O thread, as vhost has it: the doorbell is an event counter
 * (ioeventfd) that wakes the thread, the thread signals back by an interrupt (irqfd). Registers:
 * abi/guest.h, IODEV_*.
 */
#include "a64.h"
#include "abi/guest.h"
#include "abi/mark.h"
#include "kernel/page.h"
#include "kvm/io_thread.h"
#include "kvm/vm.h"

struct iodev {
    struct vm *vm;
    u64 ipa;
    u32 intid;
    struct io_thread io;
    struct spinlock lock;
    u32 kicks_pending; /* the event counter */
    u32 kicks_seen;
    u32 mode;
};

static const char row_out[] = "io-latency-out";
static const char row_in[] = "io-latency-in";

static u32 take_kicks(struct iodev *d)
{
    u64 flags = spin_lock_irqsave(&d->lock);
    u32 n = d->kicks_pending;
    d->kicks_pending = 0;
    spin_unlock_irqrestore(&d->lock, flags);
    return n;
}

/* What a request costs the device is a time, not a path: the thread sleeps it, so that the guest is
 * idle when the answer comes. */
static void reply(struct iodev *d, u32 mode)
{
    timer_sleep_until(timer_now_ticks() + timer_us_to_ticks(IODEV_DELAY_US));
    if (mode == IODEV_MODE_IN) {
        mark_begin(row_in, 1);
    }
    vgic_pulse(d->vm, NULL, d->intid);
}

static void io_main(void *arg)
{
    struct iodev *d = container_of(arg, struct iodev, io);
    while (!READ_ONCE(d->io.stop)) {
        wait_event(&d->io.wait, READ_ONCE(d->kicks_pending) || READ_ONCE(d->io.stop));
        u32 n = take_kicks(d);
        u32 mode = READ_ONCE(d->mode);
        if (n == 0) {
            continue;
        }
        if (mode == IODEV_MODE_OUT) {
            mark_end(row_out);
        }
        WRITE_ONCE(d->kicks_seen, d->kicks_seen + n);
        if (mode == IODEV_MODE_REPLY || mode == IODEV_MODE_IN) {
            reply(d, mode);
        }
    }
}

int iodev_create(struct vm *vm, u64 ipa, u32 intid, unsigned cpu)
{
    if (vm->iodev || intid < VGIC_PRIVATE || intid >= VGIC_IRQS) {
        return -1;
    }
    struct iodev *d = page_alloc(0);
    d->vm = vm;
    d->ipa = ipa;
    d->intid = intid;
    vm->iodev = d;
    io_thread_start(&d->io, "io", io_main, cpu);
    return 0;
}

static u32 iodev_read(struct iodev *d, u64 offset)
{
    switch (offset) {
    case IODEV_ID:
        return IODEV_ID_VALUE;
    case IODEV_KICKS:
        return READ_ONCE(d->kicks_seen);
    case IODEV_MODE:
        return d->mode;
    default: /* the guest's mistake reads as zero */
        return 0;
    }
}

static void iodev_write(struct iodev *d, u64 offset, u32 value)
{
    if (offset == IODEV_DOORBELL) {
        u64 flags = spin_lock_irqsave(&d->lock);
        d->kicks_pending++;
        spin_unlock_irqrestore(&d->lock, flags);
        io_thread_wake(&d->io);
    } else if (offset == IODEV_MODE) {
        WRITE_ONCE(d->mode, value);
    }
}

bool iodev_access(struct vm *vm, struct mmio *m)
{
    struct iodev *d = vm->iodev;
    if (!d || m->ipa < d->ipa || m->ipa - d->ipa >= IODEV_SIZE) {
        return false;
    }
    if (m->is_write) {
        iodev_write(d, m->ipa - d->ipa, (u32)m->value);
    } else {
        m->value = iodev_read(d, m->ipa - d->ipa);
    }
    return true;
}

void iodev_destroy(struct vm *vm)
{
    struct iodev *d = vm->iodev;
    if (!d) {
        return;
    }
    io_thread_stop(&d->io);
    page_free(d, 0);
}
