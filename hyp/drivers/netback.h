/*
 * The back end of a network card over Xen's interface (abi/xen_net.h): its two rings, which belong
 * to another domain and are read without believing them. How bytes get to and from that domain's
 * pages, and how it is told, is the caller's business.
 */
#ifndef EL2SIM_HYP_DRIVERS_NETBACK_H
#define EL2SIM_HYP_DRIVERS_NETBACK_H

#include "abi/xen_net.h"
#include "types.h"

struct netback {
    /* Between a granted page and ours. False: it cannot be. */
    bool (*copy)(struct netback *b, u32 gref, u32 offset, u8 *ours, u32 bytes, bool to_guest);
    void (*notify)(struct netback *b);

    struct netif_tx_ring *tx;
    struct netif_rx_ring *rx;
    u32 tx_taken, rx_taken; /* requests */
    u32 tx_told, rx_told;   /* responses at the last look at whether the front end wants to know */
};

/* As vback_take() and its like in virtio_backend.h: */
u32 netback_take(struct netback *b, u8 *frame); /* at most VNET_FRAME_MAX bytes; 0: there is none */
void netback_taken(struct netback *b);
bool netback_has_room(struct netback *b);
void netback_give(struct netback *b, u8 *frame, u32 bytes);

#endif
