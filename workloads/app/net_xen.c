/* Front end: network cards over Xen's interface, whose back end is in another domain or in the
 * host. All pages are granted for good. */
#include "abi/xen_io.h"
#include "abi/xen_net.h"
#include "app/net.h"
#include "lib/xen.h"
#include "micro/front_xen.h"
#include "micro/row.h"
#include "virtio_net.h"

#define PAGE      4096UL
#define TX_PAGES  64
#define RX_PAGES  128
#define ALL_PAGES (2 + TX_PAGES + RX_PAGES) /* with the rings */
#define FRAME_AT  VNET_HEADER_BYTES         /* in its page: aligned as in the back end's card */
#define NEVER     0x40000000U               /* responses from now: nobody is told */
#define MEMORY(n) (GUEST_RAM + 0x00800000UL + (n)*0x00100000UL) /* above the program */

_Static_assert(ALL_PAGES *PAGE <= 0x00100000, "cards do not share memory");
_Static_assert(TX_PAGES + RX_PAGES + XEN_NET_GRANT_BUF <= XEN_NET_GRANT(1) - XEN_NET_GRANT(0),
               "nor references");

static struct card {
    struct netif_tx_ring *tx;
    struct netif_rx_ring *rx;
    u32 event_port;
    u32 tx_made, tx_told, tx_seen; /* requests, requests told of, responses */
    u32 rx_made, rx_told, rx_seen;
    u16 free[TX_PAGES], free_count;
    u16 current; /* page of the received frame */
} cards[NET_PORTS];

static u8 *tx_page(unsigned port, unsigned id)
{
    return (u8 *)(MEMORY(port) + (2 + id) * PAGE);
}

static u8 *rx_page(unsigned port, unsigned id)
{
    return (u8 *)(MEMORY(port) + (2 + TX_PAGES + id) * PAGE);
}

static u32 reference(unsigned port, unsigned page) /* of a page behind the rings */
{
    return (u32)(XEN_NET_GRANT(port) + XEN_NET_GRANT_BUF + page);
}

static void clear_page(u64 at)
{
    for (u64 *p = (u64 *)at; p != (u64 *)(at + PAGE); p++) {
        *p = 0;
    }
}

static void ask_rx(struct card *c, unsigned port, unsigned id)
{
    c->rx->ring[c->rx_made % NETIF_RING].req =
        (struct netif_rx_request){.id = (u16)id, .gref = reference(port, TX_PAGES + id)};
    dmb(ish); /* the request is there before its number */
    WRITE_ONCE(c->rx->req_prod, ++c->rx_made);
}

/* ring.h: whether the back end wants to know of requests up to `made`. */
static void tell(struct card *c, const u32 *req_event, u32 made, u32 *told)
{
    dmb(ish); /* the number is written before its wish is read */
    bool wanted = made - READ_ONCE(*req_event) < made - *told;
    *told = made;
    if (wanted) {
        event_send(c->event_port);
    }
}

bool card_start(unsigned port)
{
    struct card *c = &cards[port];
    for (unsigned i = 0; i < ALL_PAGES; i++) {
        clear_page(MEMORY(port) + i * PAGE);
        grant_page((u32)(XEN_NET_GRANT(port) + i), 0, MEMORY(port) + i * PAGE);
    }
    c->tx = (void *)MEMORY(port);
    c->rx = (void *)(MEMORY(port) + PAGE);
    c->tx->req_event = c->rx->req_event = 1;
    c->tx->rsp_event = NEVER;
    c->rx->rsp_event = 1;
    for (unsigned i = 0; i < TX_PAGES; i++) {
        c->free[c->free_count++] = (u16)(TX_PAGES - 1 - i);
    }
    for (unsigned i = 0; i < RX_PAGES; i++) {
        ask_rx(c, port, i);
    }
    c->rx_told = c->rx_made;
    return event_alloc_unbound(0, &c->event_port) == 0 && c->event_port == XEN_NET_PORT(port) &&
           front_connect_net(port);
}

void card_listen(unsigned port, void (*handler)(void))
{
    event_set_handler(cards[port].event_port, handler);
}

static volatile bool other_ready;

static void start_other(void)
{
    other_ready = xen_start_vcpu();
}

void card_route(unsigned port, unsigned vcpu)
{
    if (vcpu != 0 && !other_ready) { /* its first event */
        secondary_call(start_other);
        while (!other_ready) {
            cpu_relax();
        }
    }
    event_bind_vcpu(cards[port].event_port, vcpu);
}

void card_interrupted(unsigned port)
{
    (void)port; /* an event is an edge */
}

u8 *card_buffer(unsigned port)
{
    struct card *c = &cards[port];
    while (c->tx_seen != READ_ONCE(c->tx->rsp_prod)) {
        dmb(ish); /* the number is read before the response */
        u16 id = c->tx->ring[c->tx_seen++ % NETIF_RING].rsp.id;
        c->free[c->free_count++] = id % TX_PAGES;
        WRITE_ONCE(c->tx->rsp_event, c->tx_seen + NEVER);
    }
    return c->free_count ? tx_page(port, c->free[c->free_count - 1U]) + FRAME_AT : NULL;
}

void card_send(unsigned port, u32 bytes)
{
    struct card *c = &cards[port];
    u16 id = c->free[--c->free_count];
    c->tx->ring[c->tx_made % NETIF_RING].req = (struct netif_tx_request){
        .gref = reference(port, id), .offset = FRAME_AT, .id = id, .size = (u16)bytes};
    dmb(ish); /* the request is there before its number */
    WRITE_ONCE(c->tx->req_prod, ++c->tx_made);
}

void card_flush(unsigned port)
{
    struct card *c = &cards[port];
    tell(c, &c->tx->req_event, c->tx_made, &c->tx_told);
}

const u8 *card_receive(unsigned port, u32 *bytes)
{
    struct card *c = &cards[port];
    if (c->rx_seen == READ_ONCE(c->rx->rsp_prod)) {
        return NULL;
    }
    dmb(ish); /* the number is read before the response */
    struct netif_rx_response r = c->rx->ring[c->rx_seen++ % NETIF_RING].rsp;
    c->current = r.id % RX_PAGES;
    *bytes = r.status < 0 ? 0 : (u32)r.status;
    return rx_page(port, c->current) + r.offset;
}

void card_received(unsigned port)
{
    struct card *c = &cards[port];
    ask_rx(c, port, c->current);
    tell(c, &c->rx->req_event, c->rx_made, &c->rx_told);
}

bool card_wait(unsigned port)
{
    struct card *c = &cards[port];
    WRITE_ONCE(c->rx->rsp_event, c->rx_seen + 1);
    dmb(ish); /* the wish is written before the look at what has come */
    return READ_ONCE(c->rx->rsp_prod) == c->rx_seen;
}
