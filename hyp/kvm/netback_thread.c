#include "kvm/netback_thread.h"

#include "drivers/netback.h"
#include "drivers/nic.h"
#include "kernel/page.h"
#include "kernel/string.h"
#include "kvm/io_thread.h"
#include "xen/domain.h"

struct netback_thread {
    struct netback back;
    struct vm *vm;
    struct nic *nic;
    unsigned index;
    struct io_thread io;
    bool work; /* an event, or a frame, has come */
};

static bool copy(struct netback *b, u32 gref, u32 offset, u8 *ours, u32 bytes, bool to_guest)
{
    struct netback_thread *t = container_of(b, struct netback_thread, back);
    u8 *page = grant_use(t->vm, gref);
    if (!page) {
        return false;
    }
    if (to_guest) {
        memcpy(page + offset, ours, bytes);
    } else {
        memcpy(ours, page + offset, bytes);
    }
    grant_release(t->vm, gref);
    return true;
}

static void notify(struct netback *b)
{
    struct netback_thread *t = container_of(b, struct netback_thread, back);
    event_raise(t->vm, XEN_NET_PORT(t->index));
}

static void woken(void *thread)
{
    struct netback_thread *t = thread;
    WRITE_ONCE(t->work, true);
    io_thread_wake(&t->io);
}

void netback_wake(struct netback_thread *t)
{
    woken(t);
}

static void transmit(struct netback_thread *t)
{
    struct vnet *card = &t->nic->card;
    bool any = false;
    for (;;) {
        u8 *frame = vnet_send_buffer(card);
        while (frame == NULL) { /* the card has all it can hold */
            vnet_kick(card);
            cpu_relax();
            frame = vnet_send_buffer(card);
        }
        u32 bytes = netback_take(&t->back, frame);
        if (bytes == 0) {
            break;
        }
        vnet_send(card, bytes);
        any = true;
    }
    if (any) {
        vnet_kick(card);
        netback_taken(&t->back);
    }
}

static void deliver(struct netback_thread *t)
{
    u8 *frame;
    u32 bytes;
    while (netback_has_room(&t->back) && (frame = vnet_receive(&t->nic->card, &bytes)) != NULL) {
        netback_give(&t->back, frame, bytes);
        vnet_received(&t->nic->card);
    }
}

static void netback_main(void *io)
{
    struct netback_thread *t = container_of(io, struct netback_thread, io);
    while (!READ_ONCE(t->io.stop)) {
        wait_event(&t->io.wait, READ_ONCE(t->work) || READ_ONCE(t->io.stop));
        WRITE_ONCE(t->work, false);
        dmb(ish); /* before the look at the rings: what comes now is seen next time */
        do {
            transmit(t);
            deliver(t);
        } while (!READ_ONCE(t->io.stop) && netback_has_room(&t->back) && !vnet_wait(&t->nic->card));
    }
}

struct netback_thread *netback_start(struct vm *vm, unsigned n)
{
    struct nic *nic = nic_get(n);
    void *tx = nic && !nic->arrived ? grant_use(vm, XEN_NET_GRANT_TX(n)) : NULL;
    void *rx = tx ? grant_use(vm, XEN_NET_GRANT_RX(n)) : NULL;
    if (!rx) {
        if (tx) {
            grant_release(vm, XEN_NET_GRANT_TX(n));
        }
        return NULL;
    }
    struct netback_thread *t = page_alloc(0);
    t->back = (struct netback){.copy = copy, .notify = notify, .tx = tx, .rx = rx};
    t->vm = vm;
    t->nic = nic;
    t->index = n;
    t->work = true; /* what came before anybody listened */
    io_thread_start(&t->io, "netback", netback_main, nic->cpu);
    nic_listen(nic, woken, t);
    return t;
}

void netback_stop(struct netback_thread *t)
{
    if (t) {
        nic_listen(t->nic, NULL, NULL);
        io_thread_stop(&t->io);
        grant_release(t->vm, XEN_NET_GRANT_TX(t->index));
        grant_release(t->vm, XEN_NET_GRANT_RX(t->index));
        page_free(t, 0);
    }
}
