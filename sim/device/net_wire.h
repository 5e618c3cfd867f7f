/*
 * One end of a wire between two machines in two processes, and what makes them deterministic:
 * conservative parallel simulation (Chandy and Misra, "Distributed simulation", 1979; Bryant,
 * 1977).
 *
 * Each frame carries the stamp at which its sender let go of it, in picoseconds, which machines of
 * any clock share. Each end promises now and then "I send nothing before T, but for answers to
 * frames beyond your first N". So an end knows all that arrives before the peer's promise plus the
 * wire's latency, and its machine goes no further than that. What a machine sees then depends on
 * stamps alone, never on which process is faster. Two ends that both wait have both promised; the
 * latency is more than nothing, so the one that is behind goes on: they never wait for each other
 * for ever. An end that sleeps promises its next timer, however far, and one message is enough.
 *
 * Knows no machine: net_link.h does.
 */
#ifndef EL2SIM_DEVICE_NET_WIRE_H
#define EL2SIM_DEVICE_NET_WIRE_H

#include "sim/base/err.h"
#include "sim/device/net_peer.h"

#define WIRE_NEVER UINT64_MAX /* ps */

/* What both ends must agree about (the latency) or differ in (the cards' addresses). */
struct wire_terms {
    uint64_t latency_ns;
    uint8_t mac[NET_MAC_BYTES];
};

enum wire_state {
    WIRE_GREETS, /* the peer has not said who it is */
    WIRE_UP,
    WIRE_ENDED,   /* the peer's machine has ended, at a stamp */
    WIRE_REFUSED, /* no wire: another version, other terms */
    WIRE_LOST     /* the peer is gone without a word, or talks nonsense */
};

struct wire_frame {
    uint64_t arrives_ps;
    bool is_end;     /* not a frame: nothing comes behind it, the wire is down */
    bool is_outside; /* the sender had taken input that no record keeps */
    uint16_t size_bytes;
    uint8_t bytes[NET_FRAME_MAX];
};

struct net_wire;

/* Owns the connected socket, and has greeted the peer. */
struct net_wire *net_wire_create(int fd, const struct wire_terms *terms);
void net_wire_destroy(struct net_wire *w);

/* Sends what there is to send and reads what has come; waits for the latter, at most `ms` of the
 * host's time. False: nothing came. */
bool net_wire_pump(struct net_wire *w, int ms);
enum wire_state net_wire_state(const struct net_wire *w);
/* Why the wire is refused or lost. */
const char *net_wire_trouble(const struct net_wire *w);

/* A frame left at that stamp: not before the last one, nor before what was promised. */
void net_wire_send(struct net_wire *w, uint64_t departs_ps, const uint8_t *frame, size_t size_bytes,
                   bool is_outside);
/* Nothing leaves before `quiet_ps` but for frames that have not come yet. Said at once, with what
 * was sent so far, and only if it is not what was said last. */
void net_wire_promise(struct net_wire *w, uint64_t quiet_ps);
/* Whether the peer can make use of that promise, though nobody waits for one here. */
bool net_wire_is_news(const struct net_wire *w, uint64_t quiet_ps);
/* The machine ended at that stamp; waits until the peer's socket has taken it. */
void net_wire_end(struct net_wire *w, uint64_t at_ps, bool is_outside);

/* All that arrives before this stamp has come; WIRE_NEVER: all that ever will. */
uint64_t net_wire_known_until(const struct net_wire *w);
/* What arrives first of all that has come and was not dropped; NULL: nothing. */
const struct wire_frame *net_wire_first(const struct net_wire *w);
void net_wire_drop_first(struct net_wire *w);

#endif
