/* The state of virtio devices, for snapshots. */
#include "sim/device/virtio_console.h"
#include "sim/device/virtio_net.h"

static void archive_queue(struct virtqueue *q, struct archive *a)
{
    archive_u64(a, &q->descriptors);
    archive_u64(a, &q->driver);
    archive_u64(a, &q->device);
    archive_u16(a, &q->size);
    archive_bool(a, &q->ready);
    archive_bool(a, &q->event_idx);
    archive_u16(a, &q->taken);
    archive_u16(a, &q->used);
    archive_u16(a, &q->signalled);
    bool can_be = q->size <= VIRTQ_SIZE_MAX && (q->size & (q->size - 1)) == 0;
    if (a->is_loading && (!can_be || (q->ready && q->size == 0))) {
        archive_refuse(a, "a virtqueue has %u entries", q->size);
        virtq_reset(q);
    }
}

/* Lengths are sums of what the segments say. */
static void archive_chain(struct virtq_chain *chain, struct archive *a)
{
    unsigned reads = chain->read_count, writes = chain->write_count;
    archive_u16(a, &chain->head);
    archive_unsigned(a, &reads, VIRTQ_SIZE_MAX);
    archive_unsigned(a, &writes, VIRTQ_SIZE_MAX - reads);
    chain->read_count = (uint16_t)reads;
    chain->write_count = (uint16_t)writes;
    chain->read_bytes = chain->write_bytes = 0;
    for (unsigned i = 0; i < reads + writes; i++) {
        archive_u64(a, &chain->segments[i].at);
        archive_u32(a, &chain->segments[i].size_bytes);
        uint64_t *sum = i < reads ? &chain->read_bytes : &chain->write_bytes;
        *sum += chain->segments[i].size_bytes;
    }
}

void virtio_archive(struct virtio_device *d, struct archive *a)
{
    archive_u64(a, &d->accepted);
    archive_u32(a, &d->offered_select);
    archive_u32(a, &d->accepted_select);
    archive_u32(a, &d->queue_select);
    archive_u32(a, &d->status);
    archive_u32(a, &d->interrupts);
    irq_archive(&d->irq, a);
    for (unsigned i = 0; i < d->kind->queue_count; i++) {
        struct virtio_server *s = &d->servers[i];
        archive_queue(&d->queues[i], a);
        archive_bool(a, &s->serving);
        if (s->serving) {
            archive_chain(&s->chain, a);
        }
        clock_archive_event(d->host->clock, &s->due, a);
    }
}

void virtio_net_archive(struct virtio_net *net, struct archive *a)
{
    virtio_archive(&net->device, a);
    archive_u64(a, &net->sent);
    archive_u64(a, &net->received);
    archive_u64(a, &net->dropped);
    archive_u64(a, &net->link_free);
    archive_unsigned(a, &net->first, VIRTIO_NET_FRAMES - 1);
    archive_unsigned(a, &net->count, VIRTIO_NET_FRAMES);
    for (unsigned i = 0; i < net->count; i++) {
        struct net_frame *frame = &net->frames[(net->first + i) % VIRTIO_NET_FRAMES];
        unsigned size_bytes = frame->size_bytes;
        archive_u64(a, &frame->arrives);
        archive_unsigned(a, &size_bytes, NET_FRAME_MAX);
        frame->size_bytes = (uint16_t)size_bytes;
        archive_bytes(a, frame->bytes, size_bytes);
    }
    clock_archive_event(net->device.host->clock, &net->arrival, a);
}

void virtio_console_archive(struct virtio_console *console, struct archive *a)
{
    virtio_archive(&console->device, a);
    archive_unsigned(a, &console->input_first, VIRTIO_CONSOLE_ROOM - 1);
    archive_unsigned(a, &console->input_count, VIRTIO_CONSOLE_ROOM);
    archive_bytes(a, console->input, sizeof console->input);
}
