#include "sim/board/net_link.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/board/cpu.h"
#include "sim/device/net_wire.h"
#include "sim/device/net_wire_socket.h"

/* A shorter wire leaves no time to simulate anything between two messages. */
#define LATENCY_MIN_NS 1000
#define PS_PER_NS      1000
/* What comes in one window must have room in the card's queue (VIRTIO_NET_FRAMES): at 10 Gbit/s the
 * shortest frames of 10 us are 175. */
#define WINDOW_MAX_PS UINT64_C(10000000)
#define LOOK_MS       50 /* so often, in the host's time, a machine that waits asks its user */

struct net_link {
    struct machine *machine;
    struct virtio_net *net;
    struct net_wire *wire; /* NULL: a replay */
    char path[256];
    uint64_t latency_ps, window_ps;
    uint64_t next;       /* the window that comes next */
    uint64_t start_ps;   /* of the one before it, which is open */
    cycles_t window_end; /* of that */
    bool is_down;
    bool has_ended; /* the other machine has been told */
    bool is_lost, is_outside;
};

static uint64_t ps_of(const struct net_link *l, cycles_t at)
{
    return at == CYCLES_NEVER ? WIRE_NEVER : ps_of_cycles(l->machine->config.clock_hz, at);
}

static cycles_t stamp_of(const struct net_link *l, uint64_t ps)
{
    return ps == WIRE_NEVER ? CYCLES_NEVER : cycles_of_ps(l->machine->config.clock_hz, ps);
}

static void card_sends(void *link, const uint8_t *frame, size_t size_bytes, cycles_t when)
{
    struct net_link *l = link;
    uint64_t departs = ps_of(l, when);
    /* A CPU that is behind the first one has told its card late: by less than a quantum. */
    departs = departs > l->start_ps ? departs : l->start_ps;
    if (l->wire && size_bytes != 0) {
        net_wire_send(l->wire, departs, frame, size_bytes, input_is_lost(l->machine));
    }
}

/* What is to enter first; false: nothing has come. */
static bool peek(const struct net_link *l, struct input_entry *entry)
{
    if (l->wire == NULL) {
        bool is_last;
        const struct input_entry *next = input_link_replayed(l->machine, &is_last);
        *entry = next ? *next : (struct input_entry){.at = CYCLES_NEVER};
        return next != NULL;
    }
    const struct wire_frame *frame = net_wire_first(l->wire);
    *entry = (struct input_entry){.at = CYCLES_NEVER, .cpu = INPUT_LINK};
    if (frame) {
        entry->kind = frame->is_end ? INPUT_DOWN : INPUT_NET;
        entry->at = stamp_of(l, frame->arrives_ps);
        entry->bytes = frame->bytes;
        entry->size_bytes = frame->size_bytes;
    }
    return frame != NULL;
}

static void enter(struct net_link *l, const struct input_entry *entry)
{
    input_from_link(l->machine, entry);
    l->is_down |= entry->kind == INPUT_DOWN;
    if (l->wire) {
        l->is_outside |= net_wire_first(l->wire)->is_outside;
        net_wire_drop_first(l->wire);
    } else {
        input_link_replay_next(l->machine);
    }
}

static void open_window(struct net_link *l, uint64_t window)
{
    l->next = window + 1;
    l->start_ps = window * l->window_ps;
    l->window_end = stamp_of(l, l->next * l->window_ps);
}

/* Takes in what arrives in the window that is open. False: nothing. */
static bool let_in(struct net_link *l)
{
    struct input_entry entry;
    bool any = false;
    while (!l->is_down && peek(l, &entry) && entry.at < l->window_end) {
        enter(l, &entry);
        any = true;
    }
    return any;
}

static void promise(struct net_link *l, cycles_t quiet)
{
    const struct wire_frame *first = net_wire_first(l->wire);
    cycles_t due = clock_next(&l->machine->cpus[0]->clock);
    uint64_t ps = ps_of(l, due < quiet ? due : quiet), start = l->next * l->window_ps;
    ps = ps > start ? ps : start;
    net_wire_promise(l->wire, first && first->arrives_ps < ps ? first->arrives_ps : ps);
}

/* The other run broke off: as if its machine had ended so that it is known now. */
static void cut(struct net_link *l)
{
    struct machine *m = l->machine;
    open_window(l, l->next);
    struct input_entry entry = {
        .kind = INPUT_DOWN, .cpu = INPUT_LINK, .at = stamp_of(l, l->start_ps)};
    input_from_link(m, &entry);
    l->is_down = l->is_lost = true;
    fprintf(stderr,
            "el2sim: link %s: %s: down from cycle %" PRIu64 " on, which no other run repeats\n",
            l->path, net_wire_trouble(l->wire), entry.at / CYCLE);
}

/* False: the user wants something, or the link is no more. */
static bool wait_for_peer(struct net_link *l, cycles_t at)
{
    if (net_wire_state(l->wire) == WIRE_LOST) {
        cut(l);
        return false;
    }
    return net_wire_pump(l->wire, LOOK_MS) || !input_interrupts(l->machine, at);
}

/* Whether all that arrives in a window has come. */
static bool knows(const struct net_link *l, uint64_t window)
{
    return l->wire == NULL || net_wire_known_until(l->wire) >= (window + 1) * l->window_ps;
}

/* Nothing is due here, and nothing will come. */
static bool is_over(const struct net_link *l, cycles_t quiet, cycles_t first)
{
    if (quiet != CYCLES_NEVER || first != CYCLES_NEVER) {
        return false;
    }
    bool is_last = true;
    if (l->wire == NULL) {
        input_link_replayed(l->machine, &is_last);
        return is_last;
    }
    return net_wire_known_until(l->wire) == WIRE_NEVER;
}

bool net_link_lets(struct machine *m, bool is_idle, cycles_t at, cycles_t look)
{
    struct net_link *l = m->link;
    cycles_t quiet = input_quiet_until(m, is_idle, at, look);
    while (!l->is_down && at >= l->window_end) {
        struct input_entry first;
        peek(l, &first);
        uint64_t window = ps_of(l, first.at < look ? first.at : look) / l->window_ps;
        window = window > l->next ? window : l->next;
        bool is_known = knows(l, window);
        if (l->wire && (!is_known || net_wire_is_news(l->wire, ps_of(l, quiet)))) {
            promise(l, quiet);
        }
        if (is_over(l, quiet, first.at)) {
            return true;
        }
        if (!is_known) {
            if (!wait_for_peer(l, at)) {
                return false;
            }
            continue;
        }
        open_window(l, window);
        if (let_in(l) || look < at) {
            return false;
        }
    }
    return look == at || l->is_down;
}

cycles_t net_link_window_end(const struct machine *m)
{
    return net_link_is_up(m) ? m->link->window_end : CYCLES_NEVER;
}

bool net_link_is_up(const struct machine *m)
{
    return m->link && !m->link->is_down;
}

static bool gives_up(void *link)
{
    struct net_link *l = link;
    return input_interrupts(l->machine, 0);
}

static void says_that_it_waits(void *link)
{
    const struct net_link *l = link;
    if (!l->machine->config.quiet) {
        fprintf(stderr, "el2sim: link %s: waits for the other machine\n", l->path);
    }
}

/* The other machine, and its word that it is one. */
static bool meet(struct net_link *l, const struct device_spec *spec, struct err *e)
{
    struct wire_finder finder = {gives_up, says_that_it_waits, l};
    struct wire_terms terms = {.latency_ns = spec->latency_ns};
    memcpy(terms.mac, spec->mac, sizeof terms.mac);
    int fd = net_wire_find(spec->path, &finder, e);
    if (fd < 0) {
        return false;
    }
    l->wire = net_wire_create(fd, &terms);
    bool goes_on = true;
    while (goes_on && net_wire_state(l->wire) == WIRE_GREETS) {
        goes_on = net_wire_pump(l->wire, LOOK_MS) || !gives_up(l);
    }
    enum wire_state state = net_wire_state(l->wire);
    return state == WIRE_UP || state == WIRE_ENDED ||
           err_set(e, "%s: %s", spec->path,
                   goes_on ? net_wire_trouble(l->wire) : "ended by its user before an answer came");
}

bool net_link_create(struct machine *m, struct virtio_net *net, const struct device_spec *spec,
                     bool is_replay, struct err *e)
{
    if (spec->latency_ns < LATENCY_MIN_NS) {
        return err_set(e, "--net link:%s: a latency of %" PRIu64 " ns: 1us at least", spec->path,
                       spec->latency_ns);
    }
    struct net_link *l = calloc(1, sizeof *l);
    BUG_ON(l == NULL);
    m->link = l;
    l->machine = m;
    l->net = net;
    l->latency_ps = spec->latency_ns * PS_PER_NS;
    l->window_ps = l->latency_ps / 2 < WINDOW_MAX_PS ? l->latency_ps / 2 : WINDOW_MAX_PS;
    memcpy(l->path, spec->path, sizeof l->path);
    virtio_net_connect(net, card_sends, l);
    return is_replay || meet(l, spec, e) || err_prefix(e, "--net link:");
}

void net_link_destroy(struct machine *m)
{
    if (m->link) {
        net_wire_destroy(m->link->wire);
        free(m->link);
    }
}

void net_link_end(struct machine *m)
{
    struct net_link *l = m->link;
    if (l == NULL || l->wire == NULL || l->is_down || l->has_ended ||
        m->result.end == END_DEADLOCK) {
        return; /* a deadlock is both machines', and each finds it by itself */
    }
    l->has_ended = true;
    uint64_t ps = ps_of(l, machine_furthest(m));
    net_wire_end(l->wire, ps > l->start_ps ? ps : l->start_ps, input_is_lost(m));
}

struct net_link_account machine_link_account(const struct machine *m)
{
    const struct net_link *l = m->link;
    if (l == NULL) {
        return (struct net_link_account){.is_there = false};
    }
    return (struct net_link_account){.is_there = true,
                                     .sent = l->net->sent,
                                     .received = l->net->received,
                                     .is_lost = l->is_lost,
                                     .is_outside = l->is_outside};
}
