/*
 * Virtio devices on the memory-mapped transport, version 2 (virtio 1.2, 4.2), in the slots of
 * QEMU's `virt` (with virtio-mmio.force-legacy=false). One region holds all slots; an empty one
 * answers with device ID 0.
 *
 * Nothing happens at once: a notification makes the device look at its queue after a latency, one
 * request of a queue is served at a time, and it completes when its service time has passed. DMA
 * happens in these events only, on the board's clock.
 */
#ifndef EL2SIM_DEVICE_VIRTIO_H
#define EL2SIM_DEVICE_VIRTIO_H

#include "sim/base/archive.h"
#include "sim/base/bus.h"
#include "sim/base/clock.h"
#include "sim/base/irq.h"
#include "sim/image/memmap.h"
#include "sim/device/virtqueue.h"

#define VIRTIO_QUEUES_MAX   2
#define VIRTIO_CONFIG_BYTES 64
#define VIRTIO_F_VERSION_1  (UINT64_C(1) << 32)

/* What all devices of a machine share. */
struct virtio_host {
    struct dma dma;
    struct clock *clock; /* the board's queue */
    uint64_t clock_hz;
    cycles_t (*now)(void *ctx, unsigned cpu); /* the stamp of a CPU's access */
    void *now_ctx;
    bool quiet;            /* do not say a driver's mistakes on stderr */
    uint64_t broken_count; /* how often a driver broke the rules: devices that need a reset */
};

/* `ns` of simulated time. */
cycles_t virtio_cycles(const struct virtio_host *host, uint64_t ns);

struct virtio_device;

/* A kind of device: its numbers and functions. */
struct virtio_kind {
    const char *name;
    uint32_t id;       /* 5: device types */
    uint64_t features; /* beside those of the transport */
    unsigned queue_count;
    /* How long a taken request takes. NULL for queues that wait for input. */
    uint64_t (*service_ns)(struct virtio_device *d, unsigned queue,
                           const struct virtq_chain *chain);
    /* It has passed: does the request, returns the bytes written; *why if the driver broke the
     * device's rules. */
    uint32_t (*serve)(struct virtio_device *d, unsigned queue, const struct virtq_chain *chain,
                      cycles_t when, const char **why);
    /* The driver has put buffers into the input queue. */
    void (*refill)(struct virtio_device *d, unsigned queue, cycles_t when);
    unsigned input_queue; /* its number, VIRTIO_QUEUES_MAX: none */
    void (*reset)(struct virtio_device *d);
};

/* A queue of requests at work. */
struct virtio_server {
    struct virtio_device *device;
    unsigned queue;
    struct event due;
    bool serving; /* `chain` is taken, its end is due; else the next look is due */
    struct virtq_chain chain;
};

struct virtio_device {
    const struct virtio_kind *kind;
    struct virtio_host *host;
    unsigned slot;
    struct irq_line irq;
    uint64_t notify_ns; /* from a notification to the look at the queue */
    uint64_t features;  /* offered */
    uint8_t config[VIRTIO_CONFIG_BYTES];
    unsigned config_bytes;
    uint32_t generation; /* of config; a machine where it changes has no snapshots */

    /* What the driver set. */
    uint64_t accepted;
    uint32_t offered_select, accepted_select, queue_select;
    uint32_t status, interrupts;
    struct virtqueue queues[VIRTIO_QUEUES_MAX];
    struct virtio_server servers[VIRTIO_QUEUES_MAX];
};

struct virtio_bus {
    struct virtio_device *slots[MEMMAP_VIRTIO_SLOTS]; /* NULL: empty */
};

/* kind, host, slot, irq, notify_ns and config of *d are set. */
void virtio_init(struct virtio_device *d);

/* What the driver set, and requests at work; what more a kind has comes behind it. */
void virtio_archive(struct virtio_device *d, struct archive *a);

/* For the bus; `device` is the virtio_bus. */
enum bus_result virtio_access(void *device, struct bus_access *a);

/* Takes a buffer of the input queue: false when the driver has none (or is not there). */
bool virtio_input_take(struct virtio_device *d, struct virtq_chain *chain);
/* Gives it back filled. */
void virtio_input_give(struct virtio_device *d, const struct virtq_chain *chain,
                       uint32_t written_bytes);

/* Little-endian fields of the configuration space. */
void virtio_config_put(struct virtio_device *d, unsigned offset, unsigned size_bytes,
                       uint64_t value);
/* They have changed since the driver started: it is told. */
void virtio_config_changed(struct virtio_device *d);

#endif
