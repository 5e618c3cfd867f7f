#include "sim/device/net_slirp.h"

#include <poll.h>
#include <slirp/libslirp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <time.h>

#include "sim/device/net_peer.h"

#define FRAMES_MAX 256
#define POLLS_MAX  256

struct net_slirp {
    Slirp *slirp;
    struct {
        size_t size_bytes;
        uint8_t bytes[NET_FRAME_MAX];
    } frames[FRAMES_MAX]; /* came, not yet handed over */
    unsigned count;
    struct pollfd polls[POLLS_MAX];
    int poll_count;
};

/* Comes while slirp looks at a frame or at its sockets: kept until the machine asks. */
static ssize_t packet_came(const void *bytes, size_t size_bytes, void *ctx)
{
    struct net_slirp *s = ctx;
    if (s->count < FRAMES_MAX && size_bytes <= NET_FRAME_MAX) {
        memcpy(s->frames[s->count].bytes, bytes, size_bytes);
        s->frames[s->count].size_bytes = size_bytes;
        s->count++;
    }
    return (ssize_t)size_bytes;
}

static void guest_error(const char *text, void *ctx)
{
    (void)text, (void)ctx; /* a guest's mistake: slirp drops the packet */
}

static int64_t clock_ns(void *ctx)
{
    struct timespec now;
    (void)ctx;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* Timers serve IPv6 router advertisements only, and IPv6 is off. */
static void *timer_new(SlirpTimerCb callback, void *callback_ctx, void *ctx)
{
    (void)callback, (void)callback_ctx;
    return ctx;
}

static void timer_free(void *timer, void *ctx)
{
    (void)timer, (void)ctx;
}

static void timer_mod(void *timer, int64_t at_ms, void *ctx)
{
    (void)timer, (void)at_ms, (void)ctx;
}

static void poll_fd(int fd, void *ctx)
{
    (void)fd, (void)ctx; /* each poll asks anew */
}

static void notify(void *ctx)
{
    (void)ctx;
}

static const SlirpCb callbacks = {
    .send_packet = packet_came,
    .guest_error = guest_error,
    .clock_get_ns = clock_ns,
    .timer_new = timer_new,
    .timer_free = timer_free,
    .timer_mod = timer_mod,
    .register_poll_fd = poll_fd,
    .unregister_poll_fd = poll_fd,
    .notify = notify,
};

static struct in_addr address(uint32_t last)
{
    return (struct in_addr){.s_addr = htonl(UINT32_C(0x0a000200) | last)};
}

struct net_slirp *net_slirp_create(struct err *e)
{
    struct net_slirp *s = calloc(1, sizeof *s);
    BUG_ON(s == NULL);
    SlirpConfig config = {
        .version = 1,
        .in_enabled = true,
        .vnetwork = address(0),
        .vnetmask = {.s_addr = htonl(UINT32_C(0xffffff00))},
        .vhost = address(2),
        .vdhcp_start = address(15),
        .vnameserver = address(3),
    };
    s->slirp = slirp_new(&config, &callbacks, s);
    if (s->slirp == NULL) {
        free(s);
        err_set(e, "--net slirp: libslirp does not start");
        return NULL;
    }
    return s;
}

void net_slirp_destroy(struct net_slirp *s)
{
    if (s) {
        slirp_cleanup(s->slirp);
        free(s);
    }
}

void net_slirp_send(void *slirp, const uint8_t *frame, size_t size_bytes, cycles_t when)
{
    (void)when;
    struct net_slirp *s = slirp;
    slirp_input(s->slirp, frame, (int)size_bytes);
}

static const struct {
    int slirp;
    short host;
} events[] = {
    {SLIRP_POLL_IN, POLLIN},   {SLIRP_POLL_OUT, POLLOUT}, {SLIRP_POLL_PRI, POLLPRI},
    {SLIRP_POLL_ERR, POLLERR}, {SLIRP_POLL_HUP, POLLHUP},
};

#define EVENTS (sizeof events / sizeof events[0])

static int add_poll(int fd, int wanted, void *ctx)
{
    struct net_slirp *s = ctx;
    if (s->poll_count == POLLS_MAX) {
        return -1;
    }
    struct pollfd *p = &s->polls[s->poll_count];
    *p = (struct pollfd){.fd = fd};
    for (size_t i = 0; i < EVENTS; i++) {
        p->events = (short)(p->events | (wanted & events[i].slirp ? events[i].host : 0));
    }
    return s->poll_count++;
}

static int get_events(int index, void *ctx)
{
    const struct net_slirp *s = ctx;
    int found = 0;
    for (size_t i = 0; index >= 0 && i < EVENTS; i++) {
        found |= s->polls[index].revents & events[i].host ? events[i].slirp : 0;
    }
    return found;
}

uint64_t net_slirp_poll(struct net_slirp *s, uint32_t ms, net_slirp_receive *receive, void *ctx)
{
    int64_t start = clock_ns(s);
    s->poll_count = 0;
    slirp_pollfds_fill(s->slirp, &ms, add_poll, s);
    int result = poll(s->polls, (nfds_t)s->poll_count, s->count != 0 ? 0 : (int)ms);
    slirp_pollfds_poll(s->slirp, result < 0, get_events, s);
    for (unsigned i = 0; i < s->count; i++) {
        receive(ctx, s->frames[i].bytes, s->frames[i].size_bytes);
    }
    s->count = 0;
    return (uint64_t)(clock_ns(s) - start);
}
