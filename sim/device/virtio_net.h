/*
 * The network device (virtio 1.2, 5.1): one pair of queues, no offloads. What the driver sends goes
 * to the other end of its wire; what comes from there arrives when its way has taken its time.
 */
#ifndef EL2SIM_DEVICE_VIRTIO_NET_H
#define EL2SIM_DEVICE_VIRTIO_NET_H

#include "sim/device/net_peer.h"
#include "sim/device/virtio.h"

#define VIRTIO_NET_FRAMES 256

struct net_frame {
    cycles_t arrives;
    uint16_t size_bytes;
    uint8_t bytes[NET_FRAME_MAX];
};

/* A frame leaves, its last bit at the stamp `when`. */
typedef void virtio_net_send(void *ctx, const uint8_t *frame, size_t size_bytes, cycles_t when);

struct virtio_net {
    struct virtio_device device;
    uint64_t latency_ns; /* one way, beside the frame's bytes */
    uint64_t service_ns; /* from a frame's arrival at the peer to its answer's departure */
    unsigned link_mbit;
    uint8_t mac[NET_MAC_BYTES];
    cycles_t link_free; /* until then earlier answers are on the link to here */
    /* Outside is the host's network or another machine; else the simulated peer (net_peer.h)
     * answers. */
    bool is_outside;
    virtio_net_send *send;
    void *send_ctx;
    struct net_frame frames[VIRTIO_NET_FRAMES]; /* on their way here, or without a buffer */
    unsigned first, count;
    struct event arrival, down;
    uint64_t sent, received, dropped; /* frames */
};

/* device.host, slot and irq, latency_ns, service_ns, link_mbit, mac and is_outside are set. */
void virtio_net_init(struct virtio_net *net);

void virtio_net_archive(struct virtio_net *net, struct archive *a);

/* From now on a card that is_outside gives its frames to `send`; before, they go nowhere. */
void virtio_net_connect(struct virtio_net *net, virtio_net_send *send, void *ctx);

/* A frame arrives at the stamp `at`, not before those that came earlier. */
void virtio_net_receive(struct virtio_net *net, const uint8_t *frame, size_t size_bytes,
                        cycles_t at);

/* The wire has come off at the stamp `at`: the driver sees a link that is down, frames go nowhere.
 */
void virtio_net_link_down(struct virtio_net *net, cycles_t at);

#endif
