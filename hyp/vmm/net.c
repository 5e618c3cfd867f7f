/*
 * A card's registers are emulated on the thread of the VCPU that accesses them. A notification
 * wakes the card's I/O thread, which moves frames between the guest's rings and the host's card, a
 * system call for each, as QEMU does with a tap device; the guest's interrupt is a system call,
 * too. Registers and rings are under one mutex of the card's.
 */
#include "vmm/net.h"

#include "a64.h"
#include "drivers/virtio_backend.h"
#include "vmm/irqchip.h"
#include "vmm/mutex.h"

#define FRAME_AT                                                                                   \
    VNET_HEADER_BYTES /* in its buffer, as in the host's card and the guest's rings                \
                       */

struct card {
    struct vback back;
    struct mutex mutex;
    unsigned index;
    bool works;
    u32 notified; /* how often: the I/O thread sleeps while it stays */
    u8 buffer[FRAME_AT + ALIGN_UP(VNET_FRAME_MAX, 8)] __attribute__((aligned(8)));
};

static struct card cards[GUEST_NETS];
static u64 guest_bytes;

static void *memory(struct vback *b, u64 address)
{
    (void)b;
    u64 at = address - GUEST_RAM;
    return at < guest_bytes ? (void *)(USER_GUEST_RAM + at) : NULL;
}

static void interrupt(struct vback *b)
{
    u32 intid = GUEST_NET_INTID(container_of(b, struct card, back)->index);
    irqchip_set_spi(intid, true);
    irqchip_set_spi(intid, false);
}

static void transmit(struct card *c)
{
    u8 *frame = c->buffer + FRAME_AT;
    bool any = false;
    u32 bytes;
    while ((bytes = vback_take(&c->back, frame)) != 0) {
        must(vmm_syscall(c->index, (u64)frame, bytes, SYS_NET_SEND));
        any = true;
    }
    if (any) {
        vback_taken(&c->back);
    }
}

/* False: the guest has no buffer, so frames wait in the host. */
static bool deliver(struct card *c)
{
    u8 *frame = c->buffer + FRAME_AT;
    while (vback_has_room(&c->back)) {
        s64 bytes = must(vmm_syscall(c->index, (u64)frame, VNET_FRAME_MAX, SYS_NET_RECEIVE));
        if (bytes == 0) {
            return true;
        }
        vback_give(&c->back, frame, (u32)bytes);
    }
    return false;
}

static void io_thread(u64 index)
{
    struct card *c = &cards[index];
    for (;;) {
        u32 seen = __atomic_load_n(&c->notified, __ATOMIC_ACQUIRE);
        mutex_lock(&c->mutex);
        transmit(c);
        bool takes_frames = deliver(c);
        mutex_unlock(&c->mutex);
        if (takes_frames) {
            must(vmm_syscall(index, (u64)&c->notified, seen, SYS_NET_WAIT));
        } else {
            must(vmm_syscall((u64)&c->notified, seen, 0, SYS_FUTEX_WAIT));
        }
    }
}

/* False: the host has no such card. */
static bool start_in_vmm(u64 index)
{
    struct card *c = &cards[index];
    s64 cpu = vmm_syscall(index, 0, 0, SYS_NET_OPEN);
    if (cpu < 0) {
        return false;
    }
    c->back.memory = memory;
    c->back.interrupt = interrupt;
    c->index = (unsigned)index;
    c->works = true;
    must(vmm_syscall((u64)io_thread, index, (u64)cpu | THREAD_IO, SYS_THREAD_CREATE));
    return true;
}

static bool start_in_kernel(u64 index)
{
    return vmm_syscall(index, GUEST_NET(index), GUEST_NET_INTID(index), SYS_VM_NET) >= 0;
}

unsigned net_start(const struct vmm_args *args, u64 ram_bytes)
{
    unsigned count = 0;
    guest_bytes = ram_bytes;
    while (args->vm_id == 0 && count < GUEST_NETS &&
           (args->net_in_vmm ? start_in_vmm(count) : start_in_kernel(count))) {
        count++;
    }
    return count;
}

static void notify(struct card *c)
{
    __atomic_add_fetch(&c->notified, 1, __ATOMIC_SEQ_CST);
    must(vmm_syscall(0, 0, 0, SYS_FUTEX_WAKE));
}

static void access_register(struct card *c, struct vcpu_run *run)
{
    u64 offset = run->ipa - GUEST_NET(c->index);
    enum vback_event event = VBACK_NOTHING;
    if (run->is_write && offset == VIRTIO_MMIO_QUEUE_NOTIFY) {
        notify(c); /* without the mutex: the I/O thread may have it */
        return;
    }
    mutex_lock(&c->mutex);
    if (run->is_write) {
        event = vback_write(&c->back, offset, (u32)run->data);
    } else {
        run->data = vback_read(&c->back, offset);
    }
    mutex_unlock(&c->mutex);
    if (event == VBACK_NOTIFIED) {
        notify(c);
    }
}

bool net_access(struct vcpu_run *run)
{
    for (unsigned i = 0; i < GUEST_NETS; i++) {
        if (cards[i].works && run->ipa - GUEST_NET(i) < VIRTIO_MMIO_SIZE) {
            access_register(&cards[i], run);
            return true;
        }
    }
    return false;
}
