#include "drivers/virtio_backend.h"

#include "a64.h"

#define PAGE         4096U
#define NEEDS_RESET  64
#define HELD         BIT(31)    /* not the guest's: vback_hold() */
#define VENDOR       0x554d4551 /* what the board's own devices say */
#define FEATURES     (VIRTIO_F_VERSION_1 | VIRTIO_F_EVENT_IDX | VIRTIO_F_MAC | VIRTIO_F_STATUS)
#define CONFIG_BYTES 8

#define HEADER_BUFFERS 10 /* 5.1.6: num_buffers, which is 1 */

/* The board's card has the same address: the peer sees no difference. Link up. */
static const u8 config[CONFIG_BYTES] = {0x52, 0x54, 0x00, 0x12, 0x34, 0x56, 1, 0};

/* A guest's mistake in a ring: the device does nothing any more until it is reset. */
static void broken(struct vback *b)
{
    __atomic_fetch_or(&b->status, NEEDS_RESET, __ATOMIC_RELAXED);
}

bool vback_works(const struct vback *b)
{
    return (READ_ONCE(b->status) & (VIRTIO_DRIVER_OK | NEEDS_RESET | HELD)) == VIRTIO_DRIVER_OK;
}

void vback_hold(struct vback *b)
{
    __atomic_fetch_or(&b->status, (u32)HELD, __ATOMIC_RELAXED);
}

void vback_release(struct vback *b)
{
    __atomic_fetch_and(&b->status, (u32)~HELD, __ATOMIC_RELAXED);
}

/* --- memory: items that do not cross pages by their alignment, which write_queue() sees to --- */

static volatile u16 *word(struct vback *b, u64 address)
{
    static u16 nothing;
    volatile u16 *at = b->memory(b, address);
    if (at == NULL) {
        broken(b);
        nothing = 0;
        return &nothing;
    }
    return at;
}

static volatile u16 *avail_index(struct vback *b, const struct vback_queue *q)
{
    return word(b, q->driver + 2);
}

static volatile u16 *used_event(struct vback *b, const struct vback_queue *q)
{
    return word(b, q->driver + 4 + 2UL * q->size);
}

static volatile u16 *avail_event(struct vback *b, const struct vback_queue *q)
{
    return word(b, q->device + 4 + 8UL * q->size);
}

static void put32(struct vback *b, u64 address, u32 value)
{
    volatile u32 *at = b->memory(b, address);
    if (at == NULL) {
        broken(b);
        return;
    }
    *at = value;
}

/* Guests align their buffers as they like: as many bytes at a time as both sides allow. */
static void copy_bytes(u8 *to, const u8 *from, u32 bytes)
{
    if ((((u64)to | (u64)from) & 7) == 0) {
        for (; bytes >= 32; bytes -= 32, to += 32, from += 32) {
            const u64 *f = (const u64 *)from;
            u64 a = f[0], b = f[1], c = f[2], d = f[3];
            u64 *t = (u64 *)to;
            t[0] = a;
            t[1] = b;
            t[2] = c;
            t[3] = d;
        }
    }
    if ((((u64)to | (u64)from) & 3) == 0) {
        for (; bytes >= 4; bytes -= 4, to += 4, from += 4) {
            *(u32 *)to = *(const u32 *)from;
        }
    }
    for (; bytes; bytes--) {
        *to++ = *from++;
    }
}

/* Between the guest's memory at address and ours. */
static bool copy(struct vback *b, u64 address, u8 *ours, u32 bytes, bool to_guest)
{
    while (bytes) {
        u32 room = PAGE - (u32)(address % PAGE);
        u32 n = bytes < room ? bytes : room;
        u8 *theirs = b->memory(b, address);
        if (theirs == NULL) {
            broken(b);
            return false;
        }
        copy_bytes(to_guest ? theirs : ours, to_guest ? ours : theirs, n);
        address += n;
        ours += n;
        bytes -= n;
    }
    return true;
}

/* --- rings --- */

/* Whether there is an entry to take; if not, the guest shall notify of the next one. */
static bool available(struct vback *b, struct vback_queue *q)
{
    if (!q->ready || !vback_works(b)) {
        return false;
    }
    if (*avail_index(b, q) == q->taken) {
        *avail_event(b, q) = q->taken;
        dmb(ish); /* the wish is written before the look at what has come */
        if (*avail_index(b, q) == q->taken) {
            return false;
        }
    }
    dmb(ish); /* the index is read before its entry */
    return vback_works(b);
}

/* Copies between `frame` and the chain at `head`, behind the virtio header: how many bytes fit. */
static u32 chain_copy(struct vback *b, const struct vback_queue *q, u16 head, u8 *frame, u32 bytes,
                      bool to_guest)
{
    u32 skip = to_guest ? 0 : VNET_HEADER_BYTES;
    u32 done = 0;
    u16 next = head;
    for (unsigned i = 0; i < q->size; i++) {
        const volatile struct virtq_desc *d = b->memory(b, q->desc + 16UL * (next % q->size));
        if (d == NULL) {
            break;
        }
        u64 address = d->address;
        u32 length = d->bytes;
        u32 skipped = length < skip ? length : skip;
        u32 n = length - skipped < bytes - done ? length - skipped : bytes - done;
        skip -= skipped;
        if (((d->flags & VIRTQ_DESC_WRITE) != 0) != to_guest ||
            !copy(b, address + skipped, frame + done, n, to_guest)) {
            break;
        }
        done += n;
        if (!(d->flags & VIRTQ_DESC_NEXT)) {
            return done;
        }
        next = d->next;
    }
    broken(b); /* a loop, no memory, or the wrong direction */
    return 0;
}

static u16 take(struct vback *b, struct vback_queue *q)
{
    return *word(b, q->driver + 4 + 2UL * (q->taken++ % q->size));
}

static void give(struct vback *b, struct vback_queue *q, u16 head, u32 bytes)
{
    u64 entry = q->device + 4 + 8UL * (q->used % q->size);
    put32(b, entry, head);
    put32(b, entry + 4, bytes);
    dmb(ish); /* the entry is there before the index says so */
    *word(b, q->device + 2) = ++q->used;
}

static void signal(struct vback *b, struct vback_queue *q)
{
    dmb(ish); /* the index is written before the guest's wish is read */
    bool wanted = virtq_need_event(*used_event(b, q), q->used, q->signalled);
    q->signalled = q->used;
    if (wanted) {
        __atomic_fetch_or(&b->interrupts, VIRTIO_INTERRUPT_USED, __ATOMIC_RELAXED);
        b->interrupt(b);
    }
}

u32 vback_take(struct vback *b, u8 *frame)
{
    struct vback_queue *q = &b->queue[VNET_SEND];
    if (!available(b, q)) {
        return 0;
    }
    u16 head = take(b, q);
    u32 bytes = chain_copy(b, q, head, frame, VNET_FRAME_MAX, false);
    give(b, q, head, 0);
    return bytes;
}

void vback_taken(struct vback *b)
{
    signal(b, &b->queue[VNET_SEND]);
}

bool vback_has_room(struct vback *b)
{
    return available(b, &b->queue[VNET_RECEIVE]);
}

void vback_give(struct vback *b, u8 *frame, u32 bytes)
{
    struct vback_queue *q = &b->queue[VNET_RECEIVE];
    u8 *packet = frame - VNET_HEADER_BYTES;
    u16 head = take(b, q);
    bytes = bytes < VNET_FRAME_MAX ? bytes : VNET_FRAME_MAX;
    for (unsigned i = 0; i < VNET_HEADER_BYTES; i++) {
        packet[i] = i == HEADER_BUFFERS;
    }
    give(b, q, head, chain_copy(b, q, head, packet, VNET_HEADER_BYTES + bytes, true));
    signal(b, q);
}

/* --- registers --- */

static u32 read_config(u64 offset)
{
    u32 value = 0;
    for (unsigned i = 0; i < 4 && offset + i < CONFIG_BYTES; i++) {
        value |= (u32)config[offset + i] << (8 * i);
    }
    return value;
}

/* What is looked at twice is read once: another VCPU may write it meanwhile. */
u32 vback_read(const struct vback *b, u64 offset)
{
    u32 half = READ_ONCE(b->offered_select);
    u32 queue = READ_ONCE(b->queue_select);
    switch (offset) {
    case VIRTIO_MMIO_MAGIC:
        return VIRTIO_MMIO_MAGIC_VALUE;
    case VIRTIO_MMIO_VERSION:
        return 2;
    case VIRTIO_MMIO_DEVICE_ID:
        return VIRTIO_ID_NET;
    case VIRTIO_MMIO_VENDOR_ID:
        return VENDOR;
    case VIRTIO_MMIO_DEVICE_FEATURES:
        return half < 2 ? (u32)(FEATURES >> (32 * half)) : 0;
    case VIRTIO_MMIO_QUEUE_NUM_MAX:
        return queue < ARRAY_SIZE(b->queue) ? VBACK_QUEUE_MAX : 0;
    case VIRTIO_MMIO_QUEUE_READY:
        return queue < ARRAY_SIZE(b->queue) && b->queue[queue].ready;
    case VIRTIO_MMIO_INTERRUPT_STATUS:
        return b->interrupts;
    case VIRTIO_MMIO_STATUS:
        return (u32)(READ_ONCE(b->status) & ~HELD);
    default:
        return offset >= VIRTIO_MMIO_CONFIG ? read_config(offset - VIRTIO_MMIO_CONFIG) : 0;
    }
}

/* Half of an address; its low bits that must be 0 are. */
static void set_half(u64 *address, u64 offset, u32 value, u64 alignment)
{
    unsigned shift = offset & 4 ? 32 : 0;
    *address = ALIGN_DOWN((*address & ~(0xffffffffUL << shift)) | (u64)value << shift, alignment);
}

/* 2.7: alignments; with them no item crosses a page. 4.2.2.2: a queue that is ready stays as it is
 * until it is not. */
static void write_queue(struct vback_queue *q, u64 offset, u32 value)
{
    if (q->ready && offset != VIRTIO_MMIO_QUEUE_READY) {
        return;
    }
    switch (offset) {
    case VIRTIO_MMIO_QUEUE_NUM: /* a power of two */
        q->size = value <= VBACK_QUEUE_MAX && (value & (value - 1)) == 0 ? (u16)value : 0;
        break;
    case VIRTIO_MMIO_QUEUE_READY:
        q->taken = q->used = q->signalled = 0;
        q->ready = (value & 1) && q->size;
        break;
    case VIRTIO_MMIO_QUEUE_DESC:
    case VIRTIO_MMIO_QUEUE_DESC + 4:
        set_half(&q->desc, offset, value, 16);
        break;
    case VIRTIO_MMIO_QUEUE_DRIVER:
    case VIRTIO_MMIO_QUEUE_DRIVER + 4:
        set_half(&q->driver, offset, value, 2);
        break;
    case VIRTIO_MMIO_QUEUE_DEVICE:
    case VIRTIO_MMIO_QUEUE_DEVICE + 4:
        set_half(&q->device, offset, value, 4);
        break;
    default:
        break;
    }
}

static enum vback_event write_status(struct vback *b, u32 value)
{
    if (value == 0) {
        b->queue[0] = b->queue[1] = (struct vback_queue){.ready = false};
        b->accepted = 0;
        b->interrupts = 0;
        __atomic_fetch_and(&b->status, (u32)HELD, __ATOMIC_RELAXED);
        return VBACK_NOTHING;
    }
    if ((value & VIRTIO_FEATURES_OK) &&
        ((b->accepted & ~FEATURES) || !(b->accepted & VIRTIO_F_VERSION_1) ||
         !(b->accepted & VIRTIO_F_EVENT_IDX))) {
        value &= ~(u32)VIRTIO_FEATURES_OK;
    }
    WRITE_ONCE(b->status, (u32)((value & 0xff) | (b->status & (NEEDS_RESET | HELD))));
    return VBACK_NOTIFIED;
}

enum vback_event vback_write(struct vback *b, u64 offset, u32 value)
{
    switch (offset) {
    case VIRTIO_MMIO_DEVICE_FEATURES_SEL:
        b->offered_select = value;
        break;
    case VIRTIO_MMIO_DRIVER_FEATURES_SEL:
        b->accepted_select = value;
        break;
    case VIRTIO_MMIO_DRIVER_FEATURES:
        if (b->accepted_select < 2) {
            set_half(&b->accepted, b->accepted_select * 4, value, 1);
        }
        break;
    case VIRTIO_MMIO_QUEUE_SEL:
        b->queue_select = value;
        break;
    case VIRTIO_MMIO_QUEUE_NOTIFY:
        return VBACK_NOTIFIED;
    case VIRTIO_MMIO_INTERRUPT_ACK:
        __atomic_fetch_and(&b->interrupts, ~value, __ATOMIC_RELAXED);
        break;
    case VIRTIO_MMIO_STATUS:
        return write_status(b, value);
    default:
        if (b->queue_select < ARRAY_SIZE(b->queue)) {
            write_queue(&b->queue[b->queue_select], offset, value);
        }
        break;
    }
    return VBACK_NOTHING;
}
