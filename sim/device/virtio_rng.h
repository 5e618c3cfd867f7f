/*
 * The entropy device (virtio 1.2, 5.4), of a seed: the same bytes in every run. Not for secrets.
 */
#ifndef EL2SIM_DEVICE_VIRTIO_RNG_H
#define EL2SIM_DEVICE_VIRTIO_RNG_H

#include "sim/device/virtio.h"

struct virtio_rng {
    struct virtio_device device;
    uint64_t state; /* the seed at first */
};

/* device.host, slot and irq, and state are set. */
void virtio_rng_init(struct virtio_rng *rng);

#endif
