#include "emul/pl011.h"

#define DR     0x000
#define FR     0x018
#define IBRD   0x024
#define FBRD   0x028
#define LCR_H  0x02c
#define CR     0x030
#define IFLS   0x034
#define IMSC   0x038
#define RIS    0x03c
#define MIS    0x040
#define ICR    0x044
#define DMACR  0x048
#define ID     0xfe0 /* eight registers of a byte each */
#define ID_END 0x1000

#define FR_RXFE 0x10
#define FR_TXFE 0x80
#define INT_TX  0x20

#define CR_RESET   0x300 /* receive and transmit enabled, the UART not yet */
#define IFLS_RESET 0x12

void pl011_reset(struct pl011 *u)
{
    *u = (struct pl011){.cr = CR_RESET, .ifls = IFLS_RESET};
}

static u32 *plain_register(struct pl011 *u, u64 offset)
{
    switch (offset) {
    case IBRD:
        return &u->ibrd;
    case FBRD:
        return &u->fbrd;
    case LCR_H:
        return &u->lcr_h;
    case CR:
        return &u->cr;
    case IFLS:
        return &u->ifls;
    case IMSC:
        return &u->imsc;
    case DMACR:
        return &u->dmacr;
    default:
        return NULL;
    }
}

u64 pl011_read(struct pl011 *u, u64 offset)
{
    static const u8 id[] = {0x11, 0x10, 0x14, 0x00, 0x0d, 0xf0, 0x05, 0xb1};
    const u32 *plain = plain_register(u, offset);
    if (plain) {
        return *plain;
    }
    if (offset >= ID && offset < ID_END) {
        return id[(offset - ID) / 4];
    }
    switch (offset) {
    case FR:
        return FR_TXFE | FR_RXFE;
    case RIS:
        return u->ris;
    case MIS:
        return u->ris & u->imsc;
    default: /* DR: nothing was received */
        return 0;
    }
}

/* A character goes out whether or not CR enables the UART, as on boards whose firmware has. */
bool pl011_write(struct pl011 *u, u64 offset, u64 value, char *c)
{
    static const u16 writable[] = {
        [IBRD / 4] = 0xffff, [FBRD / 4] = 0x3f,  [LCR_H / 4] = 0xff, [CR / 4] = 0xff87,
        [IFLS / 4] = 0x3f,   [IMSC / 4] = 0x7ff, [DMACR / 4] = 0x7,
    };
    u32 *plain = plain_register(u, offset);
    if (plain) {
        *plain = (u32)value & writable[offset / 4];
    } else if (offset == DR) {
        *c = (char)value;
        u->ris |= INT_TX; /* the FIFO has passed its trigger level on its way to empty */
    } else if (offset == ICR) {
        u->ris &= ~(u32)value;
    }
    return offset == DR;
}
