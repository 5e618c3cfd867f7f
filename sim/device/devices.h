/* The machine's virtio devices: made from a list, in slots as QEMU gives them out. */
#ifndef EL2SIM_DEVICE_DEVICES_H
#define EL2SIM_DEVICE_DEVICES_H

#include "sim/device/device_spec.h"
#include "sim/device/virtio.h"
#include "sim/device/virtio_console.h"
#include "sim/device/virtio_net.h"

struct devices_config {
    struct device_list list;
    struct virtio_host host;
    struct irq_line irqs[MEMMAP_VIRTIO_SLOTS];
    void (*output)(void *ctx, const char *text, size_t length); /* of the console */
    void *output_ctx;
};

struct devices;

/* NULL with *e when a disk cannot be opened. */
struct devices *devices_create(const struct devices_config *config, struct err *e);
void devices_destroy(struct devices *devices);

/* For the bus: the slots' region. */
struct virtio_bus *devices_bus(struct devices *devices);
/* The first of its kind, NULL if there is none. */
struct virtio_console *devices_console(struct devices *devices);
/* How often a driver made a device need a reset. */
uint64_t devices_broken_count(const struct devices *devices);
/* State of all of them, of the same list. */
void devices_archive(struct devices *devices, struct archive *a);
/* The network card that a list has at `index`; NULL if it is none. */
struct virtio_net *devices_net(struct devices *devices, unsigned index);
/* The disk of the device that a list has at `index`; NULL if it is none. */
const struct disk *devices_disk(const struct devices *devices, unsigned index);

#endif
