/* The registers of the transport (virtio 1.2, 4.2.2). */
#include "sim/device/virtio.h"
#include "sim/device/virtio_queue.h"

#include "sim/base/bits.h"

enum reg {
    REG_MAGIC = 0x000,
    REG_VERSION = 0x004,
    REG_DEVICE_ID = 0x008,
    REG_VENDOR_ID = 0x00c,
    REG_DEVICE_FEATURES = 0x010,
    REG_DEVICE_FEATURES_SEL = 0x014,
    REG_DRIVER_FEATURES = 0x020,
    REG_DRIVER_FEATURES_SEL = 0x024,
    REG_QUEUE_SEL = 0x030,
    REG_QUEUE_NUM_MAX = 0x034,
    REG_QUEUE_NUM = 0x038,
    REG_QUEUE_READY = 0x044,
    REG_QUEUE_NOTIFY = 0x050,
    REG_INTERRUPT_STATUS = 0x060,
    REG_INTERRUPT_ACK = 0x064,
    REG_STATUS = 0x070,
    REG_QUEUE_DESC_LOW = 0x080,
    REG_QUEUE_DESC_HIGH = 0x084,
    REG_QUEUE_DRIVER_LOW = 0x090,
    REG_QUEUE_DRIVER_HIGH = 0x094,
    REG_QUEUE_DEVICE_LOW = 0x0a0,
    REG_QUEUE_DEVICE_HIGH = 0x0a4,
    REG_SHM_SEL = 0x0ac,
    REG_SHM_LEN_LOW = 0x0b0,
    REG_SHM_BASE_HIGH = 0x0bc,
    REG_CONFIG_GENERATION = 0x0fc,
    REG_CONFIG = 0x100
};

#define MAGIC     0x74726976 /* "virt" */
#define VERSION   2
#define VENDOR_ID 0x554d4551 /* "QEMU": drivers and oracles see the same board */

#define F_INDIRECT  BIT(28)
#define F_EVENT_IDX BIT(29)

void virtio_init(struct virtio_device *d)
{
    d->features = d->kind->features | F_INDIRECT | F_EVENT_IDX | VIRTIO_F_VERSION_1;
    for (unsigned i = 0; i < d->kind->queue_count; i++) {
        virtio_queue_init(d, i);
    }
}

void virtio_config_put(struct virtio_device *d, unsigned offset, unsigned size_bytes,
                       uint64_t value)
{
    for (unsigned i = 0; i < size_bytes; i++) {
        d->config[offset + i] = (uint8_t)(value >> 8 * i);
    }
    if (offset + size_bytes > d->config_bytes) {
        d->config_bytes = offset + size_bytes;
    }
}

static void reset(struct virtio_device *d)
{
    for (unsigned i = 0; i < d->kind->queue_count; i++) {
        virtio_queue_stop(d, i);
        virtq_reset(&d->queues[i]);
    }
    d->accepted = 0;
    d->offered_select = d->accepted_select = d->queue_select = 0;
    d->status = d->interrupts = 0;
    irq_set(&d->irq, false);
    if (d->kind->reset) {
        d->kind->reset(d);
    }
}

/* 3.1.1: FEATURES_OK stays clear when the driver wants what was not offered, or is a legacy one. */
static void write_status(struct virtio_device *d, uint32_t value)
{
    if (value == 0) {
        reset(d);
        return;
    }
    bool asks = value & VIRTIO_FEATURES_OK && !(d->status & VIRTIO_FEATURES_OK);
    if (asks && ((d->accepted & ~d->features) != 0 || !(d->accepted & VIRTIO_F_VERSION_1))) {
        value &= ~(uint32_t)VIRTIO_FEATURES_OK;
    }
    d->status = (value & 0xff) | (d->status & VIRTIO_NEEDS_RESET);
    virtio_queues_wake(d);
}

static void set_ready(struct virtio_device *d, struct virtqueue *q, bool ready)
{
    virtio_queue_stop(d, d->queue_select);
    q->ready = ready && q->size != 0;
    q->event_idx = d->accepted & F_EVENT_IDX;
    q->taken = q->used = q->signalled = 0;
}

static void set_half(uint64_t *address, bool high, uint64_t value)
{
    *address = high ? bits_set(*address, 63, 32, value) : bits_set(*address, 31, 0, value);
}

/* Registers of the selected queue. One that does not exist reads 0 and ignores writes. */
static uint32_t read_queue(const struct virtio_device *d, uint64_t offset)
{
    bool exists = d->queue_select < d->kind->queue_count;
    if (offset == REG_QUEUE_NUM_MAX) {
        return exists ? VIRTQ_SIZE_MAX : 0;
    }
    return exists && d->queues[d->queue_select].ready;
}

static void write_queue(struct virtio_device *d, uint64_t offset, uint32_t value)
{
    if (d->queue_select >= d->kind->queue_count) {
        return;
    }
    struct virtqueue *q = &d->queues[d->queue_select];
    switch (offset) {
    case REG_QUEUE_NUM: /* 2.7: a power of two */
        if (value != 0 && value <= VIRTQ_SIZE_MAX && (value & (value - 1)) == 0) {
            q->size = (uint16_t)value;
        }
        break;
    case REG_QUEUE_READY:
        set_ready(d, q, value & 1);
        break;
    case REG_QUEUE_DESC_LOW:
    case REG_QUEUE_DESC_HIGH:
        set_half(&q->descriptors, offset & 4, value);
        break;
    case REG_QUEUE_DRIVER_LOW:
    case REG_QUEUE_DRIVER_HIGH:
        set_half(&q->driver, offset & 4, value);
        break;
    default:
        set_half(&q->device, offset & 4, value);
        break;
    }
}

static bool read_register(const struct virtio_device *d, uint64_t offset, uint64_t *value)
{
    switch (offset) {
    case REG_DEVICE_ID:
        *value = d->kind->id;
        return true;
    case REG_DEVICE_FEATURES:
        *value = d->offered_select < 2 ? (uint32_t)(d->features >> 32 * d->offered_select) : 0;
        return true;
    case REG_QUEUE_NUM_MAX:
    case REG_QUEUE_READY:
        *value = read_queue(d, offset);
        return true;
    case REG_INTERRUPT_STATUS:
        *value = d->interrupts;
        return true;
    case REG_STATUS:
        *value = d->status;
        return true;
    case REG_CONFIG_GENERATION:
        *value = d->generation;
        return true;
    default:
        /* 4.2.2: a shared memory region that is not there has length and base of all ones. */
        *value = UINT32_MAX;
        return offset >= REG_SHM_LEN_LOW && offset <= REG_SHM_BASE_HIGH;
    }
}

static bool write_register(struct virtio_device *d, uint64_t offset, uint32_t value, cycles_t now)
{
    switch (offset) {
    case REG_DEVICE_FEATURES_SEL:
        d->offered_select = value;
        return true;
    case REG_DRIVER_FEATURES:
        if (d->accepted_select < 2 && !(d->status & VIRTIO_FEATURES_OK)) {
            set_half(&d->accepted, d->accepted_select, value);
        }
        return true;
    case REG_DRIVER_FEATURES_SEL:
        d->accepted_select = value;
        return true;
    case REG_QUEUE_SEL:
        d->queue_select = value;
        return true;
    case REG_QUEUE_NOTIFY:
        if (value < d->kind->queue_count) {
            virtio_queue_notify(d, value, now);
        }
        return true;
    case REG_INTERRUPT_ACK:
        d->interrupts &= ~value;
        irq_set(&d->irq, d->interrupts != 0);
        return true;
    case REG_STATUS:
        write_status(d, value);
        return true;
    case REG_SHM_SEL:
        return true;
    case REG_QUEUE_NUM:
    case REG_QUEUE_READY:
    case REG_QUEUE_DESC_LOW:
    case REG_QUEUE_DESC_HIGH:
    case REG_QUEUE_DRIVER_LOW:
    case REG_QUEUE_DRIVER_HIGH:
    case REG_QUEUE_DEVICE_LOW:
    case REG_QUEUE_DEVICE_HIGH:
        write_queue(d, offset, value);
        return true;
    default:
        return false;
    }
}

/* 4.2.2.2: the configuration space takes accesses of any size; what lies behind it reads as ones,
 * as on QEMU. No field of our devices is the driver's to write. */
static void access_config(const struct virtio_device *d, struct bus_access *a, uint64_t offset)
{
    if (a->write) {
        return;
    }
    a->value = 0;
    for (unsigned i = 0; i < a->size_bytes; i++) {
        uint64_t byte = offset + i < d->config_bytes ? d->config[offset + i] : 0xff;
        a->value |= byte << 8 * i;
    }
}

/* What every slot has. */
static bool read_identity(uint64_t offset, uint64_t *value)
{
    if (offset != REG_MAGIC && offset != REG_VERSION && offset != REG_VENDOR_ID) {
        return false;
    }
    *value = offset == REG_MAGIC ? MAGIC : offset == REG_VERSION ? VERSION : VENDOR_ID;
    return true;
}

enum bus_result virtio_access(void *device, struct bus_access *a)
{
    const struct virtio_bus *bus = device;
    struct virtio_device *d = bus->slots[a->offset / MEMMAP_VIRTIO_STRIDE];
    uint64_t offset = a->offset % MEMMAP_VIRTIO_STRIDE;
    if (d && offset >= REG_CONFIG) {
        access_config(d, a, offset - REG_CONFIG);
        return BUS_OK;
    }
    if (a->size_bytes != 4) { /* 4.2.2.2: 32 bits wide and aligned */
        return BUS_UNMODELLED;
    }
    if (!a->write && read_identity(offset, &a->value)) {
        return BUS_OK;
    }
    if (d == NULL) { /* 4.2.2.2: a placeholder with device ID 0, which drivers ignore */
        a->value = a->write ? a->value : 0;
        return BUS_OK;
    }
    bool known = a->write ? write_register(d, offset, (uint32_t)a->value,
                                           d->host->now(d->host->now_ctx, a->cpu))
                          : read_register(d, offset, &a->value);
    return known ? BUS_OK : BUS_UNMODELLED;
}
