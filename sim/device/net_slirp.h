/* The host's network by libslirp: user-mode NAT, 10.0.2.0/24, as QEMU's -netdev user. */
#ifndef EL2SIM_DEVICE_NET_SLIRP_H
#define EL2SIM_DEVICE_NET_SLIRP_H

#include "sim/base/err.h"
#include "sim/base/types.h"

#include <stddef.h>
#include <stdint.h>

struct net_slirp;

typedef void net_slirp_receive(void *ctx, const uint8_t *frame, size_t size_bytes);

/* NULL with *e: not there in this build, or it cannot start. */
struct net_slirp *net_slirp_create(struct err *e);
void net_slirp_destroy(struct net_slirp *s);

/* The guest sent a frame, at that simulated stamp: the host's network has its own time. */
void net_slirp_send(void *slirp, const uint8_t *frame, size_t size_bytes, cycles_t when);
/* Waits up to ms of the host's time for the network; hands over what came since the last time. Says
 * how long it waited, in ns. */
uint64_t net_slirp_poll(struct net_slirp *s, uint32_t ms, net_slirp_receive *receive, void *ctx);

#endif
