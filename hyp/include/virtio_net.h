/*
 * A network card on virtio-mmio, version 2 (virtio 1.2): its registers, the rings that it shares
 * with its driver, and the driver, for kernels without an allocator of their own to speak of. One
 * pair of queues, no offloads, EVENT_IDX in both directions: a side that is at work anyway is not
 * disturbed.
 */
#ifndef EL2SIM_HYP_VIRTIO_NET_H
#define EL2SIM_HYP_VIRTIO_NET_H

#include "types.h"

/* 4.2.2: registers */
#define VIRTIO_MMIO_MAGIC               0x000
#define VIRTIO_MMIO_VERSION             0x004
#define VIRTIO_MMIO_DEVICE_ID           0x008
#define VIRTIO_MMIO_VENDOR_ID           0x00c
#define VIRTIO_MMIO_DEVICE_FEATURES     0x010
#define VIRTIO_MMIO_DEVICE_FEATURES_SEL 0x014
#define VIRTIO_MMIO_DRIVER_FEATURES     0x020
#define VIRTIO_MMIO_DRIVER_FEATURES_SEL 0x024
#define VIRTIO_MMIO_QUEUE_SEL           0x030
#define VIRTIO_MMIO_QUEUE_NUM_MAX       0x034
#define VIRTIO_MMIO_QUEUE_NUM           0x038
#define VIRTIO_MMIO_QUEUE_READY         0x044
#define VIRTIO_MMIO_QUEUE_NOTIFY        0x050
#define VIRTIO_MMIO_INTERRUPT_STATUS    0x060
#define VIRTIO_MMIO_INTERRUPT_ACK       0x064
#define VIRTIO_MMIO_STATUS              0x070
#define VIRTIO_MMIO_QUEUE_DESC          0x080 /* low half; the high one is 4 further */
#define VIRTIO_MMIO_QUEUE_DRIVER        0x090
#define VIRTIO_MMIO_QUEUE_DEVICE        0x0a0
#define VIRTIO_MMIO_CONFIG              0x100
#define VIRTIO_MMIO_SIZE                0x200

#define VIRTIO_MMIO_MAGIC_VALUE 0x74726976
#define VIRTIO_ID_NET           1
#define VIRTIO_INTERRUPT_USED   1

#define VIRTIO_ACKNOWLEDGE BIT(0)
#define VIRTIO_DRIVER      BIT(1)
#define VIRTIO_DRIVER_OK   BIT(2)
#define VIRTIO_FEATURES_OK BIT(3)

#define VIRTIO_F_MAC       BIT(5)
#define VIRTIO_F_STATUS    BIT(16)
#define VIRTIO_F_EVENT_IDX BIT(29)
#define VIRTIO_F_VERSION_1 BIT(32)

/* 2.7: split rings */
#define VIRTQ_DESC_NEXT  1
#define VIRTQ_DESC_WRITE 2

struct virtq_desc {
    u64 address;
    u32 bytes;
    u16 flags, next;
};

struct virtq_used_entry {
    u32 id, bytes;
};

/* 2.7.10: whether a ring that went from `old` to `new` has passed `event`. */
static inline bool virtq_need_event(u16 event, u16 new_index, u16 old)
{
    return (u16)(new_index - event - 1) < (u16)(new_index - old);
}

#define VNET_QUEUE        128
#define VNET_HEADER_BYTES 12 /* 5.1.6 */
#define VNET_FRAME_MAX    1518
#define VNET_BUFFER_BYTES 2048
#define VNET_RECEIVE      0
#define VNET_SEND         1

struct vnet_queue {
    struct virtq_desc *desc;
    volatile u16 *avail; /* flags, index, ring, used_event */
    volatile u16 *used;  /* flags, index, ring of struct virtq_used_entry, avail_event */
    u8 *buffers;
    u16 made;             /* entries made available */
    u16 kicked;           /* `made` at the last look at whether the device wants to know */
    u16 seen;             /* used entries taken */
    u16 free[VNET_QUEUE]; /* send: buffers that nobody has */
    unsigned free_count;
};

struct vnet {
    u64 base; /* of its registers */
    struct vnet_queue queue[2];
    u16 current; /* the received buffer that the caller looks at */
};

#define VNET_MEMORY (2 * (VNET_QUEUE * VNET_BUFFER_BYTES + 8192UL))

/*
 * Starts the card whose registers are at base. memory: VNET_MEMORY bytes, page aligned, for rings
 * and buffers; offset: how much its addresses are above the device's. False: no card there.
 */
bool vnet_start(struct vnet *n, u64 base, void *memory, u64 offset);
void vnet_stop(struct vnet *n);

/* A buffer for the next frame to send; NULL: all are on their way. */
u8 *vnet_send_buffer(struct vnet *n);
/* Queues the frame in it. */
void vnet_send(struct vnet *n, u32 bytes);
/* Tells the device of what was queued, if it wants to know. */
void vnet_kick(struct vnet *n);

/* The next received frame, NULL if there is none; then vnet_received() gives its buffer back. */
u8 *vnet_receive(struct vnet *n, u32 *bytes);
void vnet_received(struct vnet *n);
/* Asks for an interrupt at the next frame. False: it has come meanwhile. After an interrupt there
 * is no other one until this is called. */
bool vnet_wait(struct vnet *n);
/* For devices whose interrupt is a level. */
void vnet_acknowledge(struct vnet *n);

#endif
