/* The host's network cards: the virtio devices of the board. */
#ifndef EL2SIM_HYP_DRIVERS_NIC_H
#define EL2SIM_HYP_DRIVERS_NIC_H

#include "kernel/spinlock.h"
#include "virtio_net.h"

#define NICS_MAX 2

struct nic {
    struct vnet card;
    struct spinlock lock;       /* arrived, while it is called, too */
    unsigned cpu;               /* that gets its interrupts: who receives should be there */
    void (*arrived)(void *ctx); /* in interrupt context; NULL: nobody listens */
    void *ctx;
};

/* Starts all cards, from the last slot down as the board gives them out; card n's interrupts go to
 * the n-th CPU from the end. In a thread. */
void nic_init(void);

/* Card n, NULL if there is none. */
struct nic *nic_get(unsigned n);

/* Who is told that frames have come; NULL: nobody. On return nobody else is being told any more. */
void nic_listen(struct nic *n, void (*arrived)(void *ctx), void *ctx);

#endif
