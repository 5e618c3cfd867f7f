/* The driver of a virtio network card. Linked into the host kernel, into guests, and into what runs
 * natively. */
#include "virtio_net.h"

#include "a64.h"

#define RING_OFFSET(n) ((n)*4096UL) /* in the queue's two pages: descriptors, then both rings */
#define USED_OFFSET    (RING_OFFSET(1) + 2048)
#define RINGS_BYTES    RING_OFFSET(2)

static u32 get(const struct vnet *n, unsigned reg)
{
    return mmio_read32(n->base + reg);
}

static void put(const struct vnet *n, unsigned reg, u32 value)
{
    mmio_write32(n->base + reg, value);
}

static void put_address(const struct vnet *n, unsigned reg, u64 address)
{
    put(n, reg, (u32)address);
    put(n, reg + 4, (u32)(address >> 32));
}

static volatile u16 *used_event(struct vnet_queue *q)
{
    return &q->avail[2 + VNET_QUEUE];
}

static u16 avail_event(const struct vnet_queue *q)
{
    return q->used[2 + VNET_QUEUE * sizeof(struct virtq_used_entry) / 2];
}

static void clear(void *at, size_t bytes)
{
    for (u64 *p = at; bytes; bytes -= 8) {
        *p++ = 0;
    }
}

static void make_available(struct vnet_queue *q, u16 buffer)
{
    q->avail[2 + q->made % VNET_QUEUE] = buffer;
    dmb(sy); /* the entry is there before the index says so */
    q->avail[1] = ++q->made;
}

static void queue_start(struct vnet *n, unsigned index, u8 *memory, u64 offset)
{
    struct vnet_queue *q = &n->queue[index];
    bool receives = index == VNET_RECEIVE;
    clear(memory, RINGS_BYTES);
    q->desc = (struct virtq_desc *)memory;
    q->avail = (volatile u16 *)(memory + RING_OFFSET(1));
    q->used = (volatile u16 *)(memory + USED_OFFSET);
    q->buffers = memory + RINGS_BYTES;
    q->made = q->kicked = q->seen = 0;
    q->free_count = 0;
    for (unsigned i = 0; i < VNET_QUEUE; i++) {
        u8 *buffer = q->buffers + i * VNET_BUFFER_BYTES;
        clear(buffer, ALIGN_UP(VNET_HEADER_BYTES, 8));
        q->desc[i].address = (u64)buffer - offset;
        q->desc[i].bytes = VNET_HEADER_BYTES + VNET_FRAME_MAX;
        q->desc[i].flags = receives ? VIRTQ_DESC_WRITE : 0;
        if (receives) {
            make_available(q, (u16)i);
        } else {
            q->free[q->free_count++] = (u16)(VNET_QUEUE - 1 - i);
        }
    }
    *used_event(q) = receives ? 0 : 0x8000; /* what was sent interrupts nobody */
    put(n, VIRTIO_MMIO_QUEUE_SEL, index);
    put(n, VIRTIO_MMIO_QUEUE_NUM, VNET_QUEUE);
    put_address(n, VIRTIO_MMIO_QUEUE_DESC, (u64)memory - offset);
    put_address(n, VIRTIO_MMIO_QUEUE_DRIVER, (u64)memory + RING_OFFSET(1) - offset);
    put_address(n, VIRTIO_MMIO_QUEUE_DEVICE, (u64)memory + USED_OFFSET - offset);
    put(n, VIRTIO_MMIO_QUEUE_READY, 1);
}

static bool negotiate(const struct vnet *n)
{
    u64 wanted = VIRTIO_F_VERSION_1 | VIRTIO_F_EVENT_IDX;
    u64 offered = 0;
    for (unsigned half = 0; half < 2; half++) {
        put(n, VIRTIO_MMIO_DEVICE_FEATURES_SEL, half);
        offered |= (u64)get(n, VIRTIO_MMIO_DEVICE_FEATURES) << (32 * half);
    }
    for (unsigned half = 0; half < 2; half++) {
        put(n, VIRTIO_MMIO_DRIVER_FEATURES_SEL, half);
        put(n, VIRTIO_MMIO_DRIVER_FEATURES, (u32)(wanted >> (32 * half)));
    }
    put(n, VIRTIO_MMIO_STATUS, VIRTIO_ACKNOWLEDGE | VIRTIO_DRIVER | VIRTIO_FEATURES_OK);
    return (offered & wanted) == wanted && (get(n, VIRTIO_MMIO_STATUS) & VIRTIO_FEATURES_OK);
}

/* 3.1.1 */
bool vnet_start(struct vnet *n, u64 base, void *memory, u64 offset)
{
    n->base = base;
    if (get(n, VIRTIO_MMIO_MAGIC) != VIRTIO_MMIO_MAGIC_VALUE || get(n, VIRTIO_MMIO_VERSION) != 2 ||
        get(n, VIRTIO_MMIO_DEVICE_ID) != VIRTIO_ID_NET) {
        return false;
    }
    vnet_stop(n);
    put(n, VIRTIO_MMIO_STATUS, VIRTIO_ACKNOWLEDGE | VIRTIO_DRIVER);
    if (!negotiate(n)) {
        return false;
    }
    queue_start(n, VNET_RECEIVE, memory, offset);
    queue_start(n, VNET_SEND, (u8 *)memory + VNET_MEMORY / 2, offset);
    dmb(sy);
    put(n, VIRTIO_MMIO_STATUS,
        VIRTIO_ACKNOWLEDGE | VIRTIO_DRIVER | VIRTIO_FEATURES_OK | VIRTIO_DRIVER_OK);
    put(n, VIRTIO_MMIO_QUEUE_NOTIFY, VNET_RECEIVE);
    n->queue[VNET_RECEIVE].kicked = n->queue[VNET_RECEIVE].made;
    return true;
}

void vnet_stop(struct vnet *n)
{
    put(n, VIRTIO_MMIO_STATUS, 0);
}

static const volatile struct virtq_used_entry *take_used(struct vnet_queue *q)
{
    if (q->used[1] == q->seen) {
        return NULL;
    }
    dmb(sy); /* the index is read before its entry */
    const volatile struct virtq_used_entry *ring =
        (const volatile struct virtq_used_entry *)&q->used[2];
    return &ring[q->seen++ % VNET_QUEUE];
}

u8 *vnet_send_buffer(struct vnet *n)
{
    struct vnet_queue *q = &n->queue[VNET_SEND];
    const volatile struct virtq_used_entry *e;
    while (q->free_count < VNET_QUEUE && (e = take_used(q)) != NULL) {
        q->free[q->free_count++] = (u16)(e->id % VNET_QUEUE);
        *used_event(q) = (u16)(q->seen + 0x8000);
    }
    if (q->free_count == 0) {
        return NULL;
    }
    return q->buffers + q->free[q->free_count - 1] * VNET_BUFFER_BYTES + VNET_HEADER_BYTES;
}

void vnet_send(struct vnet *n, u32 bytes)
{
    struct vnet_queue *q = &n->queue[VNET_SEND];
    u16 buffer = q->free[--q->free_count];
    q->desc[buffer].bytes = VNET_HEADER_BYTES + bytes;
    make_available(q, buffer);
}

static void kick(struct vnet *n, unsigned index)
{
    struct vnet_queue *q = &n->queue[index];
    dmb(sy); /* the index is written before the device's wish is read */
    if (virtq_need_event(avail_event(q), q->made, q->kicked)) {
        put(n, VIRTIO_MMIO_QUEUE_NOTIFY, index);
    }
    q->kicked = q->made;
}

void vnet_kick(struct vnet *n)
{
    kick(n, VNET_SEND);
}

u8 *vnet_receive(struct vnet *n, u32 *bytes)
{
    struct vnet_queue *q = &n->queue[VNET_RECEIVE];
    const volatile struct virtq_used_entry *e = take_used(q);
    if (e == NULL) {
        return NULL;
    }
    u32 length = e->bytes;
    n->current = (u16)(e->id % VNET_QUEUE);
    *bytes = length < VNET_HEADER_BYTES ? 0 : length - VNET_HEADER_BYTES;
    return q->buffers + n->current * VNET_BUFFER_BYTES + VNET_HEADER_BYTES;
}

void vnet_received(struct vnet *n)
{
    make_available(&n->queue[VNET_RECEIVE], n->current);
    kick(n, VNET_RECEIVE);
}

bool vnet_wait(struct vnet *n)
{
    struct vnet_queue *q = &n->queue[VNET_RECEIVE];
    *used_event(q) = q->seen;
    dmb(sy); /* the wish is written before the look at what has come */
    return q->used[1] == q->seen;
}

void vnet_acknowledge(struct vnet *n)
{
    put(n, VIRTIO_MMIO_INTERRUPT_ACK, VIRTIO_INTERRUPT_USED);
}
