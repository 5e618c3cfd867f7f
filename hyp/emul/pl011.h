/*
 * A PL011 UART in software. It sends at once: its transmit FIFO is always empty. The caller
 * serialises; after each write it looks at pl011_line(). Arm DDI 0183, r1p4
 */
#ifndef EL2SIM_HYP_EMUL_PL011_H
#define EL2SIM_HYP_EMUL_PL011_H

#include "types.h"

#define PL011_SIZE 0x1000

struct pl011 {
    u32 lcr_h, ibrd, fbrd, cr, ifls, imsc, ris, dmacr;
};

void pl011_reset(struct pl011 *u);
u64 pl011_read(struct pl011 *u, u64 offset);

/* True: it sends the character *c. */
bool pl011_write(struct pl011 *u, u64 offset, u64 value, char *c);

/* The level of its interrupt. */
static inline bool pl011_line(const struct pl011 *u)
{
    return (u->ris & u->imsc) != 0;
}

#endif
