#include "sim/device/virtio_rng.h"

#include <string.h>

/* Guesses: a doorbell, and 100 MB/s as hardware generators give. */
#define NOTIFY_NS     1000
#define NS_PER_BYTE   10
#define REQUEST_BYTES 65536 /* a longer buffer is filled in part, as 5.4.6 allows */

static struct virtio_rng *rng_of(struct virtio_device *d)
{
    return (struct virtio_rng *)d;
}

/* SplitMix64 (Steele, Lea, Flood, 2014): every seed is good, the state is one word. */
static uint64_t next(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

static uint32_t request_bytes(const struct virtq_chain *chain)
{
    return chain->write_bytes < REQUEST_BYTES ? (uint32_t)chain->write_bytes : REQUEST_BYTES;
}

static uint64_t service_ns(struct virtio_device *d, unsigned queue, const struct virtq_chain *chain)
{
    (void)d, (void)queue;
    return (uint64_t)request_bytes(chain) * NS_PER_BYTE;
}

static uint32_t serve(struct virtio_device *d, unsigned queue, const struct virtq_chain *chain,
                      cycles_t when, const char **why)
{
    (void)queue, (void)when, (void)why;
    uint32_t size = request_bytes(chain);
    for (uint32_t done = 0; done < size; done += 8) {
        uint64_t word = next(&rng_of(d)->state);
        uint32_t part = size - done < sizeof word ? size - done : (uint32_t)sizeof word;
        virtq_scatter(&d->host->dma, chain, done, &word, part);
    }
    return size;
}

static const struct virtio_kind kind = {
    .name = "virtio-rng",
    .id = 4,
    .queue_count = 1,
    .service_ns = service_ns,
    .serve = serve,
    .input_queue = VIRTIO_QUEUES_MAX,
};

void virtio_rng_init(struct virtio_rng *rng)
{
    rng->device.kind = &kind;
    rng->device.notify_ns = NOTIFY_NS;
    virtio_init(&rng->device);
}
