/*
 * The UART: Arm PrimeCell PL011 (DDI 0183), as far as QEMU's goes: the transmitter is always ready
 * and works whether or not UARTCR enables it, each byte sent leaves the FIFO empty again (and the
 * transmit interrupt pending), there are no modem lines, no DMA, no loopback. The receiver has the
 * 16-byte FIFO, its trigger levels and the receive timeout of the manual.
 */
#ifndef EL2SIM_DEVICE_PL011_H
#define EL2SIM_DEVICE_PL011_H

#include "sim/base/archive.h"
#include "sim/base/bus.h"
#include "sim/base/clock.h"
#include "sim/base/irq.h"
#include "sim/base/types.h"

#define PL011_FIFO_DEPTH 16

/* Registers that are no more than storage with a mask. */
enum pl011_store {
    PL011_ILPR,
    PL011_IBRD,
    PL011_FBRD,
    PL011_LCRH,
    PL011_CR,
    PL011_IFLS,
    PL011_IMSC,
    PL011_DMACR,
    PL011_STORE_COUNT
};

struct pl011_config {
    void (*output)(void *ctx, const char *text, size_t length); /* NULL = discard */
    void *output_ctx;
    struct irq_line irq; /* UARTINTR */
    struct clock *clock; /* the board's queue: receive timeouts */
    uint64_t clock_hz;   /* of that queue's cycles */
    uint64_t uartclk_hz; /* UARTCLK, for the length of a bit */
};

struct pl011 {
    struct pl011_config config;
    uint32_t store[PL011_STORE_COUNT];
    uint32_t ris;                       /* raw interrupts */
    uint32_t rsr;                       /* errors of the byte read last, and overrun */
    uint16_t rx_fifo[PL011_FIFO_DEPTH]; /* data and error bits, as UARTDR shows them */
    unsigned rx_first, rx_count;
    struct event rx_timeout;
};

void pl011_init(struct pl011 *uart, const struct pl011_config *config);
void pl011_reset(struct pl011 *uart);
void pl011_archive(struct pl011 *uart, struct archive *a);

/* For the bus; `device` is the pl011. */
enum bus_result pl011_access(void *device, struct bus_access *a);

/* How many bytes the receiver can take without loss. */
unsigned pl011_room(const struct pl011 *uart);

/* One byte arrives at the stamp `at`. Without room it is lost, as an overrun. */
void pl011_input(struct pl011 *uart, uint8_t byte, cycles_t at);

#endif
