/* Virtio over MMIO, version 2, as a driver sees it (virtio 1.2): the slots of QEMU's virt, the
 * registers, a queue. */
#ifndef EL2SIM_TESTS_GUEST_LIB_VIRTIO_H
#define EL2SIM_TESTS_GUEST_LIB_VIRTIO_H

#include "guest.h"

#define SLOTS         32
#define SLOT(n)       (0x0a000000UL + (n)*0x200UL)
#define SLOT_INTID(n) (32 + 16 + (n))

#define REG(base, offset) (*(volatile uint32_t *)((base) + (offset)))

enum reg { /* 4.2.2 */
           MAGIC = 0x000,
           VERSION = 0x004,
           DEVICE_ID = 0x008,
           VENDOR_ID = 0x00c,
           DEVICE_FEATURES = 0x010,
           DEVICE_FEATURES_SEL = 0x014,
           DRIVER_FEATURES = 0x020,
           DRIVER_FEATURES_SEL = 0x024,
           QUEUE_SEL = 0x030,
           QUEUE_NUM_MAX = 0x034,
           QUEUE_NUM = 0x038,
           QUEUE_READY = 0x044,
           QUEUE_NOTIFY = 0x050,
           INTERRUPT_STATUS = 0x060,
           INTERRUPT_ACK = 0x064,
           STATUS = 0x070,
           QUEUE_DESC = 0x080, /* the upper half of each is 4 further */
           QUEUE_DRIVER = 0x090,
           QUEUE_DEVICE = 0x0a0,
           CONFIG_GENERATION = 0x0fc,
           CONFIG = 0x100,
};

/* 2.1: device status */
#define ACKNOWLEDGE 1
#define DRIVER      2
#define DRIVER_OK   4
#define FEATURES_OK 8
#define NEEDS_RESET 64

/* 6: features of any device */
#define F_INDIRECT  (1UL << 28)
#define F_EVENT_IDX (1UL << 29)
#define F_VERSION_1 (1UL << 32)

/* 2.7: flags of a descriptor, and the queue */
#define NEXT     1
#define WRITE    2
#define INDIRECT 4

#define QUEUE_SIZE 8

struct descriptor {
    uint64_t address;
    uint32_t length;
    uint16_t flags, next;
};

struct queue {
    struct descriptor table[QUEUE_SIZE] __attribute__((aligned(16)));
    struct {
        volatile uint16_t flags, index, ring[QUEUE_SIZE], used_event;
    } available;
    struct {
        volatile uint16_t flags, index;
        volatile struct {
            uint32_t id, length;
        } ring[QUEUE_SIZE];
        volatile uint16_t available_event;
    } used __attribute__((aligned(8)));
};

static inline void virtio_put_address(uint64_t base, enum reg reg, const volatile void *at)
{
    REG(base, reg) = (uint32_t)(uint64_t)at;
    REG(base, reg + 4) = (uint32_t)((uint64_t)at >> 32);
}

/* Makes it the device's queue of that number. */
static inline void virtio_set_queue(uint64_t base, unsigned index, const struct queue *q)
{
    REG(base, QUEUE_SEL) = index;
    REG(base, QUEUE_NUM) = QUEUE_SIZE;
    virtio_put_address(base, QUEUE_DESC, q->table);
    virtio_put_address(base, QUEUE_DRIVER, &q->available);
    virtio_put_address(base, QUEUE_DEVICE, &q->used);
    REG(base, QUEUE_READY) = 1;
}

/* Makes a chain of descriptors available, and tells the device. */
static inline void virtio_offer(uint64_t base, unsigned index, struct queue *q, uint16_t head)
{
    q->available.ring[q->available.index % QUEUE_SIZE] = head;
    DSB();
    q->available.index++;
    DSB();
    REG(base, QUEUE_NOTIFY) = index;
}

#endif
