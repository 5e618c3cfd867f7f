#include "drivers/netback.h"

#include "a64.h"
#include "virtio_net.h"

#define PAGE 4096U

/* Where a frame lies in a page that it is delivered to: as a frame in the host's card. */
#define RX_OFFSET VNET_HEADER_BYTES

/* Whether there is a request beyond `taken`; if not, the front end shall tell of the next one. */
static bool available(const u32 *req_prod, u32 *req_event, u32 taken)
{
    if (READ_ONCE(*req_prod) == taken) {
        WRITE_ONCE(*req_event, taken + 1);
        dmb(ish); /* the wish is written before the look */
        if (READ_ONCE(*req_prod) == taken) {
            return false;
        }
    }
    dmb(ish);                                          /* the number is read before its request */
    return READ_ONCE(*req_prod) - taken <= NETIF_RING; /* else it is nonsense */
}

/* ring.h: whether responses up to `now` pass what the front end waits for. */
static void tell(struct netback *b, const u32 *rsp_event, u32 now, u32 *told)
{
    dmb(ish); /* the number is written before the front end's wish is read */
    bool wanted = now - READ_ONCE(*rsp_event) < now - *told;
    *told = now;
    if (wanted) {
        b->notify(b);
    }
}

u32 netback_take(struct netback *b, u8 *frame)
{
    struct netif_tx_ring *r = b->tx;
    while (available(&r->req_prod, &r->req_event, b->tx_taken)) {
        u32 slot = b->tx_taken++ % NETIF_RING;
        struct netif_tx_request q = *(volatile struct netif_tx_request *)&r->ring[slot].req;
        bool ok = q.size <= VNET_FRAME_MAX && q.offset <= PAGE - q.size &&
                  b->copy(b, q.gref, q.offset, frame, q.size, false);
        r->ring[slot].rsp =
            (struct netif_tx_response){.id = q.id, .status = ok ? NETIF_OKAY : NETIF_RSP_ERROR};
        dmb(ish); /* the response is there before its number */
        WRITE_ONCE(r->rsp_prod, b->tx_taken);
        if (ok) {
            return q.size;
        }
    }
    return 0;
}

void netback_taken(struct netback *b)
{
    tell(b, &b->tx->rsp_event, b->tx_taken, &b->tx_told);
}

bool netback_has_room(struct netback *b)
{
    return available(&b->rx->req_prod, &b->rx->req_event, b->rx_taken);
}

void netback_give(struct netback *b, u8 *frame, u32 bytes)
{
    struct netif_rx_ring *r = b->rx;
    u32 slot = b->rx_taken++ % NETIF_RING;
    struct netif_rx_request q = *(volatile struct netif_rx_request *)&r->ring[slot].req;
    bool ok = bytes <= VNET_FRAME_MAX && b->copy(b, q.gref, RX_OFFSET, frame, bytes, true);
    r->ring[slot].rsp = (struct netif_rx_response){
        .id = q.id, .offset = RX_OFFSET, .status = ok ? (int16_t)bytes : NETIF_RSP_ERROR};
    dmb(ish);
    WRITE_ONCE(r->rsp_prod, b->rx_taken);
    tell(b, &r->rsp_event, b->rx_taken, &b->rx_told);
}
