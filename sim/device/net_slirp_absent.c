/* A build without libslirp. */
#include "sim/device/net_slirp.h"

struct net_slirp *net_slirp_create(struct err *e)
{
    err_set(e, "--net slirp: this build has no libslirp (Debian: libslirp-dev, then configure "
               "again); --net peer needs none");
    return NULL;
}

void net_slirp_destroy(struct net_slirp *s)
{
    (void)s;
}

void net_slirp_send(void *slirp, const uint8_t *frame, size_t size_bytes, cycles_t when)
{
    (void)slirp, (void)frame, (void)size_bytes, (void)when;
}

uint64_t net_slirp_poll(struct net_slirp *s, uint32_t ms, net_slirp_receive *receive, void *ctx)
{
    (void)s, (void)ms, (void)receive, (void)ctx;
    return 0;
}
