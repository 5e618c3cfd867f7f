#include "sim/device/virtio_net.h"

#include <string.h>

#include "sim/base/bits.h"
#include "sim/device/net_service.h"

/* 5.1.3 */
#define F_MAC    BIT(5)
#define F_STATUS BIT(16)

#define QUEUE_RECEIVE  0
#define QUEUE_SEND     1
#define HEADER_BYTES   12 /* struct virtio_net_hdr with num_buffers, 5.1.6 */
#define NUM_BUFFERS    10
#define CONFIG_STATUS  6 /* 5.1.4, behind the address */
#define STATUS_LINK_UP 1

#define NOTIFY_NS 1000 /* a guess: a doorbell */

static struct virtio_net *net_of(struct virtio_device *d)
{
    return (struct virtio_net *)d;
}

/* How long so many bytes are on the link. */
static uint64_t link_ns(const struct virtio_net *net, uint64_t size_bytes)
{
    return size_bytes * 8000 / net->link_mbit;
}

static uint64_t service_ns(struct virtio_device *d, unsigned queue, const struct virtq_chain *chain)
{
    (void)queue;
    return link_ns(net_of(d), chain->read_bytes);
}

/* Leaves the peer when it is ready and the link is free. */
static void answer_arrives(struct virtio_net *net, const uint8_t *answer, size_t size_bytes,
                           cycles_t ready)
{
    cycles_t from = ready > net->link_free ? ready : net->link_free;
    net->link_free = from + virtio_cycles(net->device.host, link_ns(net, size_bytes));
    virtio_net_receive(net, answer, size_bytes, net->link_free);
}

/* The peer gets a frame that has just left: there, service, and back. */
static void peer_takes(struct virtio_net *net, const uint8_t *frame, size_t size_bytes,
                       cycles_t when)
{
    uint8_t answer[NET_FRAME_MAX];
    struct net_request request;
    cycles_t ready = when + virtio_cycles(net->device.host, 2 * net->latency_ns + net->service_ns);
    if (net_service_take(frame, size_bytes, &request)) {
        for (unsigned i = 0; i < request.frames; i++) {
            answer_arrives(net, answer, net_service_answer(&request, i, answer), ready);
        }
        return;
    }
    size_t answer_size = net_peer_answer(frame, size_bytes, answer);
    if (answer_size != 0) {
        answer_arrives(net, answer, answer_size, ready);
    }
}

static uint32_t serve(struct virtio_device *d, unsigned queue, const struct virtq_chain *chain,
                      cycles_t when, const char **why)
{
    (void)queue;
    struct virtio_net *net = net_of(d);
    uint8_t frame[NET_FRAME_MAX];
    if (chain->read_bytes < HEADER_BYTES) {
        *why = "a packet without header";
        return 0;
    }
    if (chain->read_bytes - HEADER_BYTES > NET_FRAME_MAX) {
        net->dropped++;
        return 0;
    }
    size_t size = virtq_gather(&d->host->dma, chain, HEADER_BYTES, frame, sizeof frame);
    net->sent++;
    if (net->is_outside) {
        if (net->send) {
            net->send(net->send_ctx, frame, size, when);
        }
        return 0;
    }
    peer_takes(net, frame, size, when);
    return 0;
}

/* One frame into the driver's next buffer; false if there is none. */
static bool deliver(struct virtio_net *net, const struct net_frame *frame)
{
    struct virtio_device *d = &net->device;
    struct virtq_chain *chain = &d->servers[QUEUE_RECEIVE].chain;
    uint8_t header[HEADER_BYTES] = {[NUM_BUFFERS] = 1};
    if (!virtio_input_take(d, chain)) {
        return false;
    }
    uint32_t size = HEADER_BYTES + frame->size_bytes;
    if (chain->write_bytes < size) {
        net->dropped++;
        size = 0;
    } else {
        virtq_scatter(&d->host->dma, chain, 0, header, sizeof header);
        virtq_scatter(&d->host->dma, chain, HEADER_BYTES, frame->bytes, frame->size_bytes);
        net->received++;
    }
    virtio_input_give(d, chain, size);
    return true;
}

/* Frames whose time has come, as long as there are buffers; the next ones have an event. */
static void arrive(struct virtio_net *net, cycles_t when)
{
    while (net->count > 0) {
        const struct net_frame *frame = &net->frames[net->first];
        if (frame->arrives > when) {
            clock_at(net->device.host->clock, &net->arrival, frame->arrives);
            return;
        }
        if (!deliver(net, frame)) {
            return;
        }
        net->first = (net->first + 1) % VIRTIO_NET_FRAMES;
        net->count--;
    }
}

static void refill(struct virtio_device *d, unsigned queue, cycles_t when)
{
    (void)queue;
    arrive(net_of(d), when);
}

static void arrival_due(void *net, cycles_t when)
{
    arrive(net, when);
}

static void down_due(void *of, cycles_t when)
{
    struct virtio_net *net = of;
    (void)when;
    net->send = NULL;
    virtio_config_put(&net->device, CONFIG_STATUS, 2, 0);
    virtio_config_changed(&net->device);
}

/* What was on its way comes too late. */
static void reset(struct virtio_device *d)
{
    struct virtio_net *net = net_of(d);
    net->count = 0;
    net->link_free = 0;
    clock_cancel(d->host->clock, &net->arrival);
}

static const struct virtio_kind kind = {
    .name = "virtio-net",
    .id = 1,
    .features = F_MAC | F_STATUS,
    .queue_count = 2,
    .service_ns = service_ns,
    .serve = serve,
    .refill = refill,
    .input_queue = QUEUE_RECEIVE,
    .reset = reset,
};

void virtio_net_init(struct virtio_net *net)
{
    struct virtio_device *d = &net->device;
    d->kind = &kind;
    d->notify_ns = NOTIFY_NS;
    virtio_init(d);
    event_init(&net->arrival, arrival_due, net);
    event_init(&net->down, down_due, net);
    for (unsigned i = 0; i < sizeof net->mac; i++) {
        virtio_config_put(d, i, 1, net->mac[i]);
    }
    virtio_config_put(d, CONFIG_STATUS, 2, STATUS_LINK_UP);
}

void virtio_net_link_down(struct virtio_net *net, cycles_t at)
{
    clock_at(net->device.host->clock, &net->down, at);
}

void virtio_net_connect(struct virtio_net *net, virtio_net_send *send, void *ctx)
{
    net->send = send;
    net->send_ctx = ctx;
}

void virtio_net_receive(struct virtio_net *net, const uint8_t *frame, size_t size_bytes,
                        cycles_t at)
{
    if (net->count == VIRTIO_NET_FRAMES || size_bytes > NET_FRAME_MAX) {
        net->dropped++;
        return;
    }
    struct net_frame *last = &net->frames[(net->first + net->count) % VIRTIO_NET_FRAMES];
    last->arrives = at;
    last->size_bytes = (uint16_t)size_bytes;
    memcpy(last->bytes, frame, size_bytes);
    net->count++;
    if (net->count == 1) {
        clock_at(net->device.host->clock, &net->arrival, at);
    }
}
