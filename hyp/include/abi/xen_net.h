/*
 * Network cards over Xen's interface: rings of xen/include/public/io/netif.h and ring.h, as
 * netfront and netback have them. What xenstore would tell the two is agreed on here.
 */
#ifndef EL2SIM_ABI_XEN_NET_H
#define EL2SIM_ABI_XEN_NET_H

#define XEN_NETS 2

/* The front end's references: its two rings, then its pages. */
#define XEN_NET_GRANT(n)    (16 + (n)*240)
#define XEN_NET_GRANT_TX(n) (XEN_NET_GRANT(n) + 0)
#define XEN_NET_GRANT_RX(n) (XEN_NET_GRANT(n) + 1)
#define XEN_NET_GRANT_BUF   2         /* the first page's, from XEN_NET_GRANT(n) */
#define XEN_NET_PORT(n)     (2 + (n)) /* its ports, allocated in this order */

/* A request on the ring of xen_io.h: connect card n. In its place comes XEN_NET_THERE or
 * XEN_NET_NONE. */
#define XEN_NET_CONNECT(n) (0x100 + (n))
#define XEN_NET_THERE      0x200
#define XEN_NET_NONE       0x201

#define NETIF_RING      256
#define NETIF_OKAY      0
#define NETIF_RSP_ERROR (-1)

#ifndef __ASSEMBLER__
#include <stdint.h>

struct netif_tx_request {
    uint32_t gref;
    uint16_t offset, flags, id, size;
};

struct netif_tx_response {
    uint16_t id;
    int16_t status;
};

struct netif_rx_request {
    uint16_t id, pad;
    uint32_t gref;
};

struct netif_rx_response {
    uint16_t id, offset, flags;
    int16_t status; /* bytes of the frame, or an error */
};

/* The beginning of a ring's page; an index is never wrapped, its slot is. */
#define NETIF_INDEXES                                                                              \
    uint32_t req_prod, req_event; /* requests made; how many must be there to be told */           \
    uint32_t rsp_prod, rsp_event;                                                                  \
    uint8_t rest[48]

struct netif_tx_ring {
    NETIF_INDEXES;
    union {
        struct netif_tx_request req;
        struct netif_tx_response rsp;
    } ring[NETIF_RING];
};

struct netif_rx_ring {
    NETIF_INDEXES;
    union {
        struct netif_rx_request req;
        struct netif_rx_response rsp;
    } ring[NETIF_RING];
};

_Static_assert(sizeof(struct netif_tx_ring) == 64 + 256 * 12 &&
                   sizeof(struct netif_rx_ring) == 64 + 256 * 8,
               "netif.h");
#endif

#endif
