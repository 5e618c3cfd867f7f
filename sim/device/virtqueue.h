/*
 * Split virtqueues (virtio 1.2, 2.7): what a driver put into guest memory, read without believing
 * it. Each index, length and address is checked, chains are bounded; what is wrong comes back as a
 * text, and the device stops (NEEDS_RESET).
 */
#ifndef EL2SIM_DEVICE_VIRTQUEUE_H
#define EL2SIM_DEVICE_VIRTQUEUE_H

#include "sim/image/ram.h"

/* A device's way to RAM, by physical address. What it writes may be code: somebody is told. */
struct dma {
    const struct ram *ram;
    void (*written)(void *ctx, pa_t at, uint64_t size_bytes);
    void *ctx;
};

bool dma_read(const struct dma *dma, uint64_t at, void *to, uint64_t size_bytes);
bool dma_write(const struct dma *dma, uint64_t at, const void *from, uint64_t size_bytes);

#define VIRTQ_SIZE_MAX 1024 /* as QEMU's; also the longest chain, as 2.7.5.3.1 bounds it */

struct virtqueue {
    uint64_t descriptors, driver, device; /* addresses of the three parts */
    uint16_t size;                        /* a power of two */
    bool ready;
    bool event_idx;     /* VIRTIO_F_EVENT_IDX was negotiated */
    uint16_t taken;     /* available entries taken so far */
    uint16_t used;      /* used entries written so far */
    uint16_t signalled; /* `used` when the driver was last interrupted */
};

struct virtq_segment {
    uint64_t at;
    uint32_t size_bytes;
};

/* Buffers of one request: first those that the device reads, then those that it writes. */
struct virtq_chain {
    uint16_t head;
    uint16_t read_count, write_count;
    uint64_t read_bytes, write_bytes;
    struct virtq_segment segments[VIRTQ_SIZE_MAX];
};

enum virtq_result {
    VIRTQ_EMPTY,
    VIRTQ_TAKEN, /* *chain is filled */
    VIRTQ_BROKEN /* *why is filled */
};

void virtq_reset(struct virtqueue *q);

/* Takes the next available chain. */
enum virtq_result virtq_take(struct virtqueue *q, const struct dma *dma, struct virtq_chain *chain,
                             const char **why);

/* Asks the driver for a notification of what it makes available next (2.7.10). Whatever came
 * meanwhile is found by taking again. False: the ring is not in RAM. */
bool virtq_ask_notify(struct virtqueue *q, const struct dma *dma);

/* Gives a chain back, with so many bytes written. *interrupt: the driver wants to know (2.7.7).
 * False: the ring is not in RAM. */
bool virtq_give(struct virtqueue *q, const struct dma *dma, uint16_t head, uint32_t written_bytes,
                bool *interrupt);

/* Copy out of the part that the device reads, from byte `offset` of it on: at most size_bytes;
 * returns how many there were. */
size_t virtq_gather(const struct dma *dma, const struct virtq_chain *chain, uint64_t offset,
                    void *to, size_t size_bytes);
/* And into the part that it writes. */
size_t virtq_scatter(const struct dma *dma, const struct virtq_chain *chain, uint64_t offset,
                     const void *from, size_t size_bytes);

#endif
