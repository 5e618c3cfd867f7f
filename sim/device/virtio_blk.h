/* The block device (virtio 1.2, 5.2): one queue, flush, discard and write-zeroes. */
#ifndef EL2SIM_DEVICE_VIRTIO_BLK_H
#define EL2SIM_DEVICE_VIRTIO_BLK_H

#include "sim/device/disk.h"
#include "sim/device/virtio.h"

struct virtio_blk {
    struct virtio_device device;
    struct disk *disk;
    uint64_t latency_ns; /* of a request, beside its bytes */
    uint64_t requests;
};

/* device.host, slot and irq, disk and latency_ns are set. */
void virtio_blk_init(struct virtio_blk *blk);

#endif
