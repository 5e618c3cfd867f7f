/*
 * A guest's network card in the kernel, as vhost has it: the transport's registers are emulated
 * here, a notification wakes a thread, which moves frames between the guest's rings and the host's
 * card and interrupts the guest by an edge. While the thread or the guest is at work, the other
 * side does not disturb it (EVENT_IDX). Frames are copied, as between a guest's buffers and socket
 * buffers.
 */
#include "a64.h"
#include "drivers/nic.h"
#include "drivers/virtio_backend.h"
#include "kernel/page.h"
#include "kvm/io_thread.h"
#include "kvm/vm.h"

#define CACHED_PAGES 64
#define NO_PAGE      1 /* no page's address */

struct vhost {
    struct vback back;
    struct vm *vm;
    struct nic *nic;
    u64 ipa;
    u32 intid;
    struct io_thread io;
    struct wait_queue idle_wait;
    bool work;    /* something was notified, or has come */
    bool busy;    /* the thread is between two looks at the state of the rings */
    bool claimed; /* a VCPU writes registers that the thread reads */
    struct {
        u64 ipa; /* of a page */
        u8 *page;
    } cache[CACHED_PAGES]; /* of guest memory; only the thread's */
};

/* A page of a process stays where it is until the process ends, and then the VM has ended. */
static void *memory(struct vback *b, u64 address)
{
    struct vhost *h = container_of(b, struct vhost, back);
    u64 ipa = ALIGN_DOWN(address, PAGE_SIZE);
    unsigned i = address / PAGE_SIZE % CACHED_PAGES;
    if (h->cache[i].ipa == ipa) {
        return h->cache[i].page + address % PAGE_SIZE;
    }
    u8 *page = vm_memory(h->vm, ipa);
    if (page == NULL) {
        return NULL;
    }
    h->cache[i].ipa = ipa;
    h->cache[i].page = page;
    return page + address % PAGE_SIZE;
}

static void interrupt(struct vback *b)
{
    struct vhost *h = container_of(b, struct vhost, back);
    vgic_pulse(h->vm, NULL, h->intid);
}

static void notify(void *vhost)
{
    struct vhost *h = vhost;
    WRITE_ONCE(h->work, true);
    io_thread_wake(&h->io);
}

/* From the guest to the wire. */
static void transmit(struct vhost *h)
{
    u8 *frame = vnet_send_buffer(&h->nic->card);
    u32 bytes;
    bool any = false;
    for (;;) {
        /* The card has all it can hold. Its peer may take nothing for long: a VCPU that wants the
         * queues does not wait for it, what is in them stays there until release(). */
        while (frame == NULL && vback_works(&h->back)) {
            vnet_kick(&h->nic->card);
            cpu_relax();
            frame = vnet_send_buffer(&h->nic->card);
        }
        bytes = frame ? vback_take(&h->back, frame) : 0;
        if (bytes == 0) {
            break;
        }
        vnet_send(&h->nic->card, bytes);
        frame = vnet_send_buffer(&h->nic->card);
        any = true;
    }
    if (any) {
        vnet_kick(&h->nic->card);
        vback_taken(&h->back);
    }
}

/* From the wire to the guest. Without a buffer of the guest's, frames wait in the card. */
static void deliver(struct vhost *h)
{
    u8 *frame;
    u32 bytes;
    while (vback_has_room(&h->back) && (frame = vnet_receive(&h->nic->card, &bytes)) != NULL) {
        vback_give(&h->back, frame, bytes);
        vnet_received(&h->nic->card);
    }
}

static void work(struct vhost *h)
{
    do {
        transmit(h);
        deliver(h);
    } while (vback_works(&h->back) && vback_has_room(&h->back) && !vnet_wait(&h->nic->card));
}

static void vhost_main(void *io)
{
    struct vhost *h = container_of(io, struct vhost, io);
    while (!READ_ONCE(h->io.stop)) {
        wait_event(&h->io.wait, READ_ONCE(h->work) || READ_ONCE(h->io.stop));
        WRITE_ONCE(h->work, false);
        WRITE_ONCE(h->busy, true);
        dmb(ish); /* a hold() that comes now waits; one that came before is seen */
        work(h);
        dmb(ish);
        WRITE_ONCE(h->busy, false);
        wake_all(&h->idle_wait);
    }
}

int vhost_create(struct vm *vm, unsigned index, u64 ipa, u32 intid)
{
    struct nic *nic = nic_get(index);
    if (index >= VHOSTS_MAX || nic == NULL || nic->arrived || vm->vhost[index] ||
        intid < VGIC_PRIVATE || intid >= VGIC_IRQS) {
        return -1;
    }
    struct vhost *h = page_alloc(0);
    _Static_assert(sizeof(*h) <= PAGE_SIZE, "a vhost is one page");
    h->back.memory = memory;
    h->back.interrupt = interrupt;
    h->vm = vm;
    h->nic = nic;
    h->ipa = ipa;
    h->intid = intid;
    for (unsigned i = 0; i < CACHED_PAGES; i++) {
        h->cache[i].ipa = NO_PAGE;
    }
    wait_queue_init(&h->idle_wait);
    vm->vhost[index] = h;
    io_thread_start(&h->io, "vhost", vhost_main, nic->cpu);
    nic_listen(nic, notify, h);
    return 0;
}

/* No other VCPU and not the thread: it comes out of its loops. */
static void hold(struct vhost *h)
{
    wait_event(&h->idle_wait, !__atomic_exchange_n(&h->claimed, true, __ATOMIC_ACQUIRE));
    vback_hold(&h->back);
    dmb(ish);
    wait_event(&h->idle_wait, !READ_ONCE(h->busy));
}

static void release(struct vhost *h)
{
    dmb(ish); /* what has changed is seen by who sees that the card works */
    vback_release(&h->back);
    __atomic_store_n(&h->claimed, false, __ATOMIC_RELEASE);
    wake_all(&h->idle_wait);
    if (vback_works(&h->back)) {
        notify(h); /* of what came meanwhile, too */
    }
}

/* How a queue lies and what state the card is in changes between two looks of the thread's, as the
 * driver expects when it has written QUEUE_READY or STATUS (4.2.2.2). */
static void write_register(struct vhost *h, u64 offset, u32 value)
{
    if (offset == VIRTIO_MMIO_QUEUE_NOTIFY) {
        notify(h);
    } else if (offset == VIRTIO_MMIO_INTERRUPT_ACK) {
        vback_write(&h->back, offset, value);
    } else {
        hold(h);
        vback_write(&h->back, offset, value);
        release(h);
    }
}

bool vhost_access(struct vm *vm, struct mmio *m)
{
    for (unsigned i = 0; i < VHOSTS_MAX && vm->vhost[i]; i++) {
        struct vhost *h = vm->vhost[i];
        if (m->ipa < h->ipa || m->ipa - h->ipa >= VIRTIO_MMIO_SIZE) {
            continue;
        }
        if (m->is_write) {
            write_register(h, m->ipa - h->ipa, (u32)m->value);
        } else {
            m->value = vback_read(&h->back, m->ipa - h->ipa);
        }
        return true;
    }
    return false;
}

void vhost_destroy(struct vm *vm)
{
    for (unsigned i = 0; i < VHOSTS_MAX && vm->vhost[i]; i++) {
        struct vhost *h = vm->vhost[i];
        nic_listen(h->nic, NULL, NULL);
        WRITE_ONCE(h->back.status, 0);
        io_thread_stop(&h->io);
        vm->vhost[i] = NULL;
        page_free(h, 0);
    }
}
