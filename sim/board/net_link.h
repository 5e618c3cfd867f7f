/*
 * A machine's end of a link: a network card whose wire ends at a card of another machine, in
 * another process (net_wire.h).
 *
 * Simulated time is cut into windows, shorter than the wire's latency. Before its loop enters one,
 * a machine knows all that arrives in it, and takes it in then; until all CPUs have come to its
 * end, none goes beyond it. So what enters, and when, depends on stamps alone. The machine waits
 * for the peer only where its promise does not reach so far.
 *
 * A record keeps what entered, so one side can be replayed alone.
 */
#ifndef EL2SIM_BOARD_NET_LINK_H
#define EL2SIM_BOARD_NET_LINK_H

#include "sim/board/machine.h"

struct virtio_net;

/* The link of the card `net`, in place (m->link): waits for the other machine, unless the machine
 * is a replay. False with *e. */
bool net_link_create(struct machine *m, struct virtio_net *net, const struct device_spec *spec,
                     bool is_replay, struct err *e);
void net_link_destroy(struct machine *m);

/* Something may still come: the peer's machine has not ended, as far as this one has come. */
bool net_link_is_up(const struct machine *m);
/* The loop goes on at `at` (is_idle: after waiting) and looks for other input at `look`. True: it
 * may. False: choose again, something has come, or the user wants something. */
bool net_link_lets(struct machine *m, bool is_idle, cycles_t at, cycles_t look);
/* No turn goes beyond it; CYCLES_NEVER without a link. */
cycles_t net_link_window_end(const struct machine *m);
/* The run has ended: so the other machine is told, once. */
void net_link_end(struct machine *m);

/* For reports. */
struct net_link_account {
    bool is_there;
    uint64_t sent, received; /* frames, by the card */
    bool is_lost;            /* the other run broke off: when is a matter of chance */
    bool is_outside;         /* the other machine had taken input that no record keeps */
};

struct net_link_account machine_link_account(const struct machine *m);

#endif
