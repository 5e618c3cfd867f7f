/* A PL011 UART. It sends at once: its transmit FIFO is always empty. */
#ifndef EL2SIM_HYP_VMM_PL011_H
#define EL2SIM_HYP_VMM_PL011_H

#include "types.h"

#define PL011_SIZE 0x1000

struct pl011 {
    u32 intid; /* an SPI of the guest */
    u32 lcr_h, ibrd, fbrd, cr, ifls, imsc, ris, dmacr;
    bool line;
};

void pl011_reset(struct pl011 *u, u32 intid);
u64 pl011_read(struct pl011 *u, u64 offset);
void pl011_write(struct pl011 *u, u64 offset, u64 value);

#endif
