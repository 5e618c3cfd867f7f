/* A device's queues at work: between the registers (virtio_mmio.c) and what a device does. */
#ifndef EL2SIM_DEVICE_VIRTIO_QUEUE_H
#define EL2SIM_DEVICE_VIRTIO_QUEUE_H

#include "sim/device/virtio.h"

/* Device status (virtio 1.2, 2.1). */
enum virtio_status { VIRTIO_DRIVER_OK = 4, VIRTIO_FEATURES_OK = 8, VIRTIO_NEEDS_RESET = 64 };

void virtio_queue_init(struct virtio_device *d, unsigned queue);
/* The driver says that there is something in it. */
void virtio_queue_notify(struct virtio_device *d, unsigned queue, cycles_t now);
/* Forgets what is in flight. */
void virtio_queue_stop(struct virtio_device *d, unsigned queue);
/* The driver's status changed: input that waited may go on. */
void virtio_queues_wake(struct virtio_device *d);

#endif
