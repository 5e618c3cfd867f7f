#include "sim/device/virtio_queue.h"

#include <stdio.h>

/* Interrupt status (virtio 1.2, 4.2.2). */
#define INTERRUPT_USED   1
#define INTERRUPT_CONFIG 2

cycles_t virtio_cycles(const struct virtio_host *host, uint64_t ns)
{
    return cycles_of_ns(host->clock_hz, ns);
}

static bool works(const struct virtio_device *d, unsigned queue)
{
    return d->status & VIRTIO_DRIVER_OK && !(d->status & VIRTIO_NEEDS_RESET) &&
           d->queues[queue].ready;
}

static void interrupt(struct virtio_device *d, uint32_t why)
{
    d->interrupts |= why;
    irq_set(&d->irq, true);
}

/* 2.1.2: the device is in a state that only a reset ends, and says so. */
static void broken(struct virtio_device *d, unsigned queue, const char *why)
{
    d->status |= VIRTIO_NEEDS_RESET;
    d->host->broken_count++;
    for (unsigned i = 0; i < d->kind->queue_count; i++) {
        virtio_queue_stop(d, i);
    }
    interrupt(d, INTERRUPT_CONFIG);
    if (!d->host->quiet) {
        fprintf(stderr, "el2sim: %s in slot %u, queue %u: %s; the device needs a reset\n",
                d->kind->name, d->slot, queue, why);
    }
}

static void give(struct virtio_device *d, unsigned queue, uint16_t head, uint32_t written_bytes)
{
    bool wanted = false;
    if (!virtq_give(&d->queues[queue], &d->host->dma, head, written_bytes, &wanted)) {
        broken(d, queue, "a used ring that is not in RAM");
    } else if (wanted) {
        interrupt(d, INTERRUPT_USED);
    }
}

void virtio_config_changed(struct virtio_device *d)
{
    d->generation++;
    if (d->status & VIRTIO_DRIVER_OK) {
        interrupt(d, INTERRUPT_CONFIG);
    }
}

/* The next chain, or false; then the driver notifies of the next one. */
static bool take(struct virtio_device *d, unsigned queue, struct virtq_chain *chain)
{
    struct virtqueue *q = &d->queues[queue];
    const char *why = "a used ring that is not in RAM";
    enum virtq_result result = virtq_take(q, &d->host->dma, chain, &why);
    if (result == VIRTQ_EMPTY) {
        result = virtq_ask_notify(q, &d->host->dma) ? VIRTQ_EMPTY : VIRTQ_BROKEN;
    }
    if (result == VIRTQ_BROKEN) {
        broken(d, queue, why);
    }
    return result == VIRTQ_TAKEN;
}

/* The device looks at its queue: starts to serve what is there. */
static void look(struct virtio_server *s, cycles_t when)
{
    struct virtio_device *d = s->device;
    if (s->queue == d->kind->input_queue) {
        d->kind->refill(d, s->queue, when);
        return;
    }
    if (take(d, s->queue, &s->chain)) {
        uint64_t ns = d->kind->service_ns(d, s->queue, &s->chain);
        s->serving = true;
        clock_at(d->host->clock, &s->due, when + virtio_cycles(d->host, ns));
    }
}

static void due(void *server, cycles_t when)
{
    struct virtio_server *s = server;
    struct virtio_device *d = s->device;
    if (s->serving) {
        const char *why = NULL;
        s->serving = false;
        uint32_t written = d->kind->serve(d, s->queue, &s->chain, when, &why);
        if (why) {
            broken(d, s->queue, why);
        } else {
            give(d, s->queue, s->chain.head, written);
        }
    }
    if (works(d, s->queue)) {
        look(s, when);
    }
}

void virtio_queue_init(struct virtio_device *d, unsigned queue)
{
    struct virtio_server *s = &d->servers[queue];
    s->device = d;
    s->queue = queue;
    event_init(&s->due, due, s);
}

void virtio_queue_notify(struct virtio_device *d, unsigned queue, cycles_t now)
{
    struct virtio_server *s = &d->servers[queue];
    if (works(d, queue) && !s->due.queued) {
        clock_at(d->host->clock, &s->due, now + virtio_cycles(d->host, d->notify_ns));
    }
}

void virtio_queue_stop(struct virtio_device *d, unsigned queue)
{
    clock_cancel(d->host->clock, &d->servers[queue].due);
    d->servers[queue].serving = false;
}

void virtio_queues_wake(struct virtio_device *d)
{
    unsigned input = d->kind->input_queue;
    if (input < d->kind->queue_count && works(d, input) && !d->servers[input].due.queued) {
        clock_at(d->host->clock, &d->servers[input].due, d->host->clock->now);
    }
}

bool virtio_input_take(struct virtio_device *d, struct virtq_chain *chain)
{
    unsigned queue = d->kind->input_queue;
    return works(d, queue) && take(d, queue, chain);
}

void virtio_input_give(struct virtio_device *d, const struct virtq_chain *chain,
                       uint32_t written_bytes)
{
    give(d, d->kind->input_queue, chain->head, written_bytes);
}
