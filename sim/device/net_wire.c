#include "sim/device/net_wire.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sim/base/array.h"

/*
 * All numbers are little endian. Each end says who it is, once, in a greeting whose first two
 * fields every version has:
 *
 *     "el2wire\0"  version (4)  0 (4)  latency in ns (8)  address (6)  0 (2)
 *
 * and then sends messages:
 *
 *     kind (1)  flags (1)  bytes behind this head (2)  0 (4)  stamp in ps (8)  frames seen (8)
 */
#define MAGIC          "el2wire"
#define VERSION        1
#define GREETING_BYTES 32
#define HEAD_BYTES     24

enum message {
    MESSAGE_FRAME = 1, /* stamp: its departure */
    MESSAGE_PROMISE,   /* stamp: nothing leaves before, but for answers beyond "frames seen" */
    MESSAGE_END        /* stamp: the machine's end */
};

#define FLAG_OUTSIDE 1

/* What comes in at the end and goes out at the start: bytes, or things of one size. */
struct queue {
    uint8_t *bytes;
    size_t start, size, room;
};

struct net_wire {
    int fd;
    enum wire_state state;
    char trouble[160];
    struct wire_terms terms;
    uint64_t latency_ps;
    struct queue in, out; /* bytes */

    /* From here. */
    struct queue departures; /* uint64_t: of frames that the peer has not said it has seen */
    uint64_t seen_by_peer;   /* frames */
    uint64_t promised, promised_seen; /* what was said last */

    /* To here. */
    uint64_t came; /* frames */
    uint64_t peer_promised;
    struct queue held; /* struct wire_frame */
};

static uint64_t get(const uint8_t *at, unsigned size_bytes)
{
    uint64_t value = 0;
    for (unsigned i = size_bytes; i-- > 0;) {
        value = value << 8 | at[i];
    }
    return value;
}

static void put(uint8_t *at, unsigned size_bytes, uint64_t value)
{
    for (unsigned i = 0; i < size_bytes; i++) {
        at[i] = (uint8_t)(value >> 8 * i);
    }
}

static size_t waiting(const struct queue *q)
{
    return q->size - q->start;
}

/* Room for that many bytes at its end. */
static uint8_t *queue_room(struct queue *q, size_t size_bytes)
{
    if (q->start > waiting(q)) { /* so a byte moves once at most */
        memmove(q->bytes, q->bytes + q->start, waiting(q));
        q->size -= q->start;
        q->start = 0;
    }
    while (q->room - q->size < size_bytes) {
        q->bytes = array_grown(q->bytes, &q->room, 1);
    }
    return q->bytes + q->size;
}

static void queue_add(struct queue *q, const void *bytes, size_t size_bytes)
{
    memcpy(queue_room(q, size_bytes), bytes, size_bytes);
    q->size += size_bytes;
}

static uint64_t later(uint64_t ps, uint64_t by)
{
    return ps > WIRE_NEVER - by ? WIRE_NEVER : ps + by;
}

static void lose(struct net_wire *w, enum wire_state state, const char *why)
{
    if (w->state == WIRE_GREETS || w->state == WIRE_UP) {
        w->state = state;
        snprintf(w->trouble, sizeof w->trouble, "%s", why);
    }
}

static void send_message(struct net_wire *w, enum message kind, uint64_t stamp, bool is_outside,
                         const uint8_t *bytes, size_t size_bytes)
{
    uint8_t head[HEAD_BYTES] = {(uint8_t)kind, is_outside ? FLAG_OUTSIDE : 0};
    put(head + 2, 2, size_bytes);
    put(head + 8, 8, stamp);
    put(head + 16, 8, w->came);
    queue_add(&w->out, head, sizeof head);
    if (size_bytes != 0) {
        queue_add(&w->out, bytes, size_bytes);
    }
}

/* What the socket takes. Nobody reads any more: what he had to say may still be there to read. */
static void flush(struct net_wire *w)
{
    struct queue *q = &w->out;
    while (waiting(q) != 0) {
        ssize_t done = send(w->fd, q->bytes + q->start, waiting(q), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (done < 0 && (errno == EAGAIN || errno == EINTR)) {
            return;
        }
        q->start += done < 0 ? waiting(q) : (size_t)done;
    }
}

static void refuse_terms(struct net_wire *w, const struct wire_terms *theirs)
{
    const uint8_t *mac = w->terms.mac;
    w->state = WIRE_REFUSED;
    if (theirs->latency_ns != w->terms.latency_ns) {
        snprintf(w->trouble, sizeof w->trouble,
                 "the latency is %" PRIu64 " ns here and %" PRIu64
                 " ns at the other end: give both the same latency=TIME",
                 w->terms.latency_ns, theirs->latency_ns);
        return;
    }
    snprintf(w->trouble, sizeof w->trouble,
             "the cards at both ends have the address %02x:%02x:%02x:%02x:%02x:%02x: give one of "
             "them another mac=ADDRESS",
             mac[0], mac[1], mac[2], mac[3], mac[4], mac[5]);
}

static void take_greeting(struct net_wire *w, const uint8_t *at)
{
    struct wire_terms theirs = {.latency_ns = get(at + 16, 8)};
    memcpy(theirs.mac, at + 24, sizeof theirs.mac);
    if (memcmp(at, MAGIC, sizeof MAGIC) != 0) {
        lose(w, WIRE_REFUSED, "who answers there is no machine of el2sim");
    } else if (get(at + 8, 4) != VERSION) {
        w->state = WIRE_REFUSED;
        snprintf(w->trouble, sizeof w->trouble,
                 "the other end speaks version %u of links, this one %u: run the same el2sim",
                 (unsigned)get(at + 8, 4), VERSION);
    } else if (theirs.latency_ns != w->terms.latency_ns ||
               memcmp(theirs.mac, w->terms.mac, sizeof theirs.mac) == 0) {
        refuse_terms(w, &theirs);
    } else {
        w->state = WIRE_UP;
    }
}

/* It knows so many frames, and promises. */
static void take_promise(struct net_wire *w, uint64_t quiet_ps, uint64_t seen)
{
    w->peer_promised = quiet_ps;
    while (w->seen_by_peer < seen && waiting(&w->departures) != 0) {
        w->seen_by_peer++;
        w->departures.start += sizeof(uint64_t);
    }
}

static void take_message(struct net_wire *w, const uint8_t *at, size_t size_bytes)
{
    uint64_t stamp = get(at + 8, 8);
    struct wire_frame frame = {.arrives_ps = later(stamp, w->latency_ps),
                               .is_end = at[0] == MESSAGE_END,
                               .is_outside = at[1] & FLAG_OUTSIDE,
                               .size_bytes = (uint16_t)size_bytes};
    switch (at[0]) {
    case MESSAGE_FRAME:
        memcpy(frame.bytes, at + HEAD_BYTES, size_bytes);
        w->came++;
        queue_add(&w->held, &frame, sizeof frame);
        break;
    case MESSAGE_PROMISE:
        take_promise(w, stamp, get(at + 16, 8));
        break;
    case MESSAGE_END:
        queue_add(&w->held, &frame, sizeof frame);
        w->state = WIRE_ENDED;
        break;
    default:
        lose(w, WIRE_LOST, "what the other end sent is no message of a link");
        break;
    }
}

/* All that have come whole. */
static void take_messages(struct net_wire *w)
{
    struct queue *q = &w->in;
    if (w->state == WIRE_GREETS && waiting(q) >= GREETING_BYTES) {
        take_greeting(w, q->bytes + q->start);
        q->start += GREETING_BYTES;
    }
    while (w->state == WIRE_UP && waiting(q) >= HEAD_BYTES) {
        const uint8_t *at = q->bytes + q->start;
        size_t size_bytes = get(at + 2, 2);
        if (size_bytes > NET_FRAME_MAX) {
            lose(w, WIRE_LOST, "what the other end sent is no message of a link");
            return;
        }
        if (waiting(q) < HEAD_BYTES + size_bytes) {
            return;
        }
        take_message(w, at, size_bytes);
        q->start += HEAD_BYTES + size_bytes;
    }
}

#define PART_BYTES 65536

/* What the socket has; false: nothing. */
static bool receive(struct net_wire *w)
{
    bool any = false;
    while (w->state == WIRE_GREETS || w->state == WIRE_UP) {
        uint8_t *at = queue_room(&w->in, PART_BYTES);
        ssize_t got = recv(w->fd, at, PART_BYTES, MSG_DONTWAIT);
        if (got < 0 && (errno == EAGAIN || errno == EINTR)) {
            break;
        }
        any = true;
        if (got <= 0) {
            lose(w, WIRE_LOST, "the other end is gone, and its machine had not ended");
            break;
        }
        w->in.size += (size_t)got;
        take_messages(w);
        if (got < PART_BYTES) {
            break;
        }
    }
    return any;
}

struct net_wire *net_wire_create(int fd, const struct wire_terms *terms)
{
    struct net_wire *w = calloc(1, sizeof *w);
    BUG_ON(w == NULL);
    w->fd = fd;
    w->terms = *terms;
    w->latency_ps = terms->latency_ns * 1000;
    uint8_t greeting[GREETING_BYTES] = MAGIC;
    put(greeting + 8, 4, VERSION);
    put(greeting + 16, 8, terms->latency_ns);
    memcpy(greeting + 24, terms->mac, sizeof terms->mac);
    queue_add(&w->out, greeting, sizeof greeting);
    flush(w);
    return w;
}

void net_wire_destroy(struct net_wire *w)
{
    if (w) {
        close(w->fd);
        free(w->in.bytes);
        free(w->out.bytes);
        free(w->departures.bytes);
        free(w->held.bytes);
        free(w);
    }
}

bool net_wire_pump(struct net_wire *w, int ms)
{
    flush(w);
    if (receive(w)) {
        return true;
    }
    bool sends = waiting(&w->out) != 0;
    struct pollfd p = {.fd = w->fd, .events = (short)(sends ? POLLIN | POLLOUT : POLLIN)};
    poll(&p, 1, ms);
    flush(w);
    return receive(w);
}

enum wire_state net_wire_state(const struct net_wire *w)
{
    return w->state;
}

const char *net_wire_trouble(const struct net_wire *w)
{
    return w->trouble;
}

void net_wire_send(struct net_wire *w, uint64_t departs_ps, const uint8_t *frame, size_t size_bytes,
                   bool is_outside)
{
    if (w->state != WIRE_UP) {
        return; /* nobody is there; the driver hears of it at its stamp */
    }
    queue_add(&w->departures, &departs_ps, sizeof departs_ps);
    send_message(w, MESSAGE_FRAME, departs_ps, is_outside, frame, size_bytes);
}

void net_wire_promise(struct net_wire *w, uint64_t quiet_ps)
{
    if (quiet_ps == w->promised && w->came == w->promised_seen && waiting(&w->out) == 0) {
        return;
    }
    w->promised = quiet_ps;
    w->promised_seen = w->came;
    send_message(w, MESSAGE_PROMISE, quiet_ps, false, NULL, 0);
    flush(w);
}

/* Half of the latency leaves the message the other half to come in time. */
bool net_wire_is_news(const struct net_wire *w, uint64_t quiet_ps)
{
    return w->came != w->promised_seen || waiting(&w->out) != 0 ||
           quiet_ps >= later(w->promised, w->latency_ps / 2);
}

void net_wire_end(struct net_wire *w, uint64_t at_ps, bool is_outside)
{
    send_message(w, MESSAGE_END, at_ps, is_outside, NULL, 0);
    flush(w);
    while (waiting(&w->out) != 0) {
        struct pollfd p = {.fd = w->fd, .events = POLLOUT};
        poll(&p, 1, -1);
        flush(w);
    }
}

uint64_t net_wire_known_until(const struct net_wire *w)
{
    if (w->state == WIRE_ENDED) {
        return WIRE_NEVER;
    }
    uint64_t quiet = w->peer_promised;
    if (waiting(&w->departures) != 0) {
        uint64_t departed;
        memcpy(&departed, w->departures.bytes + w->departures.start, sizeof departed);
        uint64_t answer = later(departed, w->latency_ps);
        quiet = answer < quiet ? answer : quiet;
    }
    return later(quiet, w->latency_ps);
}

const struct wire_frame *net_wire_first(const struct net_wire *w)
{
    if (waiting(&w->held) == 0) {
        return NULL;
    }
    const void *first = w->held.bytes + w->held.start;
    return first;
}

void net_wire_drop_first(struct net_wire *w)
{
    w->held.start += sizeof(struct wire_frame);
}
