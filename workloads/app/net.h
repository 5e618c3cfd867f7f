/* The network of the rows: two cards ("ports"), each with the peer at its other end. */
#ifndef EL2SIM_WORKLOADS_APP_NET_H
#define EL2SIM_WORKLOADS_APP_NET_H

#include "lib/guest.h"

#define NET_PORTS 2

/* --- the front end: one file for each kind of card, chosen at link time (net_virtio.c) --- */
bool card_start(unsigned port);                       /* false: there is no such card */
void card_listen(unsigned port, irq_handler handler); /* of its interrupt */
void card_route(unsigned port, unsigned vcpu);        /* its interrupt comes there */
void card_interrupted(unsigned port);                 /* in its interrupt's handler */
u8 *card_buffer(unsigned port); /* for the next frame to send; NULL: all are on their way */
void card_send(unsigned port, u32 bytes);          /* queues it */
void card_flush(unsigned port);                    /* sends what is queued */
const u8 *card_receive(unsigned port, u32 *bytes); /* NULL: nothing has come */
void card_received(unsigned port);                 /* its buffer may be used again */
bool card_wait(unsigned port); /* an interrupt at the next frame; false: it is there already */

/* Where the cards are, for net_virtio.c: net_vm.c, net_native.c. */
struct net_place {
    u64 base;
    u32 intid;
    bool is_level; /* the interrupt must be acknowledged at the card */
};
bool net_place(unsigned port, struct net_place *place); /* false: there is no such card */

/* --- load.c: frames of the peer's service, sim/device/net_service.h --- */
#define LOAD_HEADER  30 /* Ethernet and service */
#define LOAD_MIN     60
#define LOAD_PAYLOAD (1514 - LOAD_HEADER)

struct load_ask {
    u16 frames, bytes; /* wanted as answer */
    u16 connection;
    u32 sequence; /* of the first answer */
};

struct load_answer {
    u16 connection;
    u32 sequence;
    const u8 *payload;
    u32 payload_bytes;
};

/* Fills the header of a frame whose payload lies at frame + LOAD_HEADER: the frame's length. */
u32 load_finish(u8 *frame, u32 payload_bytes, const struct load_ask *ask);
/* Reads a payload, 2-byte aligned, once. */
u64 load_sum(const u8 *payload, u32 bytes);
/* False: not from the service, or damaged on one of its two ways. */
bool load_parse(const u8 *frame, u32 bytes, struct load_answer *answer);

/* --- serve.c: what a kernel does between the card and its applications --- */
#define REQUEST_PAYLOAD 64

struct request {
    u16 connection;
    u32 sequence;
    u8 payload[REQUEST_PAYLOAD];
};

/* A row's half. A frame is taken on the VCPU that got the interrupt; what it leaves for later is
 * handled on the VCPU of its connection. */
struct service {
    /* In the interrupt's handler. True: handle it on the connection's VCPU. */
    bool (*arrived)(const struct load_answer *a);
    void (*handle)(const struct request *r);
    void (*start)(unsigned vcpu); /* on each VCPU, after net_start(); NULL: nothing */
};

const char *net_unfit(void); /* why rows with network cannot run; NULL: they can */
void net_begin(const struct service *s, bool both_vcpus); /* on VCPU 0 */
void net_start(void);
void net_serve_until(volatile u32 *count, u32 value); /* VCPU 0 serves while *count is less */
void net_wake_first(void);                            /* VCPU 0 looks at its count */
/* Serves until no answers are outstanding. False: something was damaged or not expected. */
bool net_end(void);
void net_error(void);

/* A buffer for the next frame of a connection, payload at LOAD_HEADER; sends it, counting the
 * answers that it asks for; tells the card. On the connection's VCPU. */
u8 *net_buffer(u16 connection);
void net_send(u8 *frame, u32 payload_bytes, const struct load_ask *ask);
void net_flush(u16 connection);

static inline unsigned net_home(u16 connection) /* its port and VCPU */
{
    return connection % NET_PORTS;
}

static inline u32 count_up(volatile u32 *count) /* the new value */
{
    return __atomic_add_fetch(count, 1, __ATOMIC_RELAXED);
}

#endif
