#include "sim/device/pl011.h"

#include "sim/base/bits.h"

/* UARTDR and UARTRSR (DDI 0183 3.3.1, 3.3.2). */
#define DR_OE  BIT(11)
#define RSR_OE BIT(3)

/* UARTFR (3.3.3). */
#define FR_TXFE BIT(7)
#define FR_RXFF BIT(6)
#define FR_RXFE BIT(4)

#define LCRH_FEN   BIT(4)
#define CR_RESET   0x300 /* TXE, RXE */
#define IFLS_RESET 0x12

/* Interrupts (3.3.10). */
#define INT_OE  BIT(10)
#define INT_RT  BIT(6)
#define INT_TX  BIT(5)
#define INT_RX  BIT(4)
#define INT_ALL MASK(10, 0)

#define RX_TIMEOUT_BITS 32 /* 2.4.2: "no more data is received during a 32-bit period" */
#define CLOCKS_PER_BIT  16 /* Baud16, 2.4.1 */
#define FRACTION        64 /* UARTFBRD counts 64ths */

/* UARTIFLS[5:3] (3.3.9): bytes in the FIFO that raise the receive interrupt; 5..7 are reserved. */
static const unsigned rx_trigger_bytes[8] = {2, 4, 8, 12, 14, 14, 14, 14};

static unsigned fifo_depth(const struct pl011 *uart)
{
    return uart->store[PL011_LCRH] & LCRH_FEN ? PL011_FIFO_DEPTH : 1;
}

static unsigned rx_trigger(const struct pl011 *uart)
{
    return uart->store[PL011_LCRH] & LCRH_FEN
               ? rx_trigger_bytes[bits(uart->store[PL011_IFLS], 5, 3)]
               : 1;
}

static void update(struct pl011 *uart)
{
    irq_set(&uart->config.irq, (uart->ris & uart->store[PL011_IMSC]) != 0);
}

static void rx_flush(struct pl011 *uart)
{
    uart->rx_first = 0;
    uart->rx_count = 0;
    uart->ris &= ~(uint32_t)(INT_RX | INT_RT);
    clock_cancel(uart->config.clock, &uart->rx_timeout);
}

/* The time without a byte after which what is in the FIFO is announced. No divisor, no wait: a
 * guest that never sets the baud rate still gets its input. */
static cycles_t rx_timeout_cycles(const struct pl011 *uart)
{
    uint64_t divisor = (uint64_t)uart->store[PL011_IBRD] * FRACTION + uart->store[PL011_FBRD];
    uint64_t clocks = RX_TIMEOUT_BITS * CLOCKS_PER_BIT * divisor / FRACTION;
    return clocks * uart->config.clock_hz / uart->config.uartclk_hz * CYCLE;
}

static void rx_timed_out(void *owner, cycles_t when)
{
    (void)when;
    struct pl011 *uart = owner;
    uart->ris |= INT_RT;
    update(uart);
}

static uint32_t read_dr(struct pl011 *uart)
{
    if (uart->rx_count == 0) {
        return 0;
    }
    uint32_t value = uart->rx_fifo[uart->rx_first];
    uart->rx_first = (uart->rx_first + 1) % PL011_FIFO_DEPTH;
    uart->rx_count--;
    uart->rsr = (uint32_t)bits(value, 11, 8);
    if (uart->rx_count < rx_trigger(uart)) {
        uart->ris &= ~(uint32_t)INT_RX;
    }
    if (uart->rx_count == 0) {
        uart->ris &= ~(uint32_t)INT_RT;
        clock_cancel(uart->config.clock, &uart->rx_timeout);
    }
    update(uart);
    return value;
}

static void write_dr(struct pl011 *uart, uint32_t value)
{
    char byte = (char)value;
    if (uart->config.output) {
        uart->config.output(uart->config.output_ctx, &byte, 1);
    }
    uart->ris |= INT_TX;
    update(uart);
}

static uint32_t read_rsr(struct pl011 *uart)
{
    return uart->rsr;
}

static void write_ecr(struct pl011 *uart, uint32_t value)
{
    (void)value; /* any value clears */
    uart->rsr = 0;
}

static uint32_t read_fr(struct pl011 *uart)
{
    uint32_t fr = FR_TXFE;
    fr |= uart->rx_count == 0 ? FR_RXFE : 0;
    fr |= uart->rx_count >= fifo_depth(uart) ? FR_RXFF : 0;
    return fr;
}

static void write_lcrh(struct pl011 *uart, uint32_t value)
{
    uint32_t changed = uart->store[PL011_LCRH] ^ value;
    uart->store[PL011_LCRH] = value;
    if (changed & LCRH_FEN) { /* 3.3.7: the FIFOs become, or cease to be, one byte deep */
        rx_flush(uart);
        update(uart);
    }
}

static void write_ifls(struct pl011 *uart, uint32_t value)
{
    uart->store[PL011_IFLS] = value;
    if (uart->rx_count >= rx_trigger(uart)) {
        uart->ris |= INT_RX;
    } else {
        uart->ris &= ~(uint32_t)INT_RX;
    }
    update(uart);
}

static void write_imsc(struct pl011 *uart, uint32_t value)
{
    uart->store[PL011_IMSC] = value;
    update(uart);
}

static uint32_t read_ris(struct pl011 *uart)
{
    return uart->ris;
}

static uint32_t read_mis(struct pl011 *uart)
{
    return uart->ris & uart->store[PL011_IMSC];
}

static void write_icr(struct pl011 *uart, uint32_t value)
{
    uart->ris &= ~value;
    update(uart);
}

#define NO_STORE PL011_STORE_COUNT

/* A register without `read` shows its store; one without `write` sets its store if it has one, and
 * ignores the write otherwise. */
static const struct row {
    uint16_t offset;
    enum pl011_store store;
    uint32_t write_bits, reset;
    uint32_t (*read)(struct pl011 *uart);
    void (*write)(struct pl011 *uart, uint32_t value);
} rows[] = {
    {0x000, NO_STORE, 0xff, 0, read_dr, write_dr},
    {0x004, NO_STORE, 0xff, 0, read_rsr, write_ecr},
    {0x018, NO_STORE, 0, 0, read_fr, NULL},
    {0x020, PL011_ILPR, 0xff, 0, NULL, NULL},
    {0x024, PL011_IBRD, 0xffff, 0, NULL, NULL},
    {0x028, PL011_FBRD, 0x3f, 0, NULL, NULL},
    {0x02c, PL011_LCRH, 0xff, 0, NULL, write_lcrh},
    {0x030, PL011_CR, 0xff87, CR_RESET, NULL, NULL},
    {0x034, PL011_IFLS, 0x3f, IFLS_RESET, NULL, write_ifls},
    {0x038, PL011_IMSC, INT_ALL, 0, NULL, write_imsc},
    {0x03c, NO_STORE, 0, 0, read_ris, NULL},
    {0x040, NO_STORE, 0, 0, read_mis, NULL},
    {0x044, NO_STORE, INT_ALL, 0, NULL, write_icr},
    {0x048, PL011_DMACR, 0x7, 0, NULL, NULL},
};

#define ROW_COUNT (sizeof rows / sizeof rows[0])

/* UARTPeriphID0..3, UARTPCellID0..3 at 0xfe0 (3.3.14 to 3.3.21). */
#define ID_OFFSET 0xfe0
static const uint8_t identification[8] = {0x11, 0x10, 0x14, 0x00, 0x0d, 0xf0, 0x05, 0xb1};

static uint32_t row_read(struct pl011 *uart, const struct row *row)
{
    if (row->read) {
        return row->read(uart);
    }
    return row->store == NO_STORE ? 0 : uart->store[row->store];
}

static void row_write(struct pl011 *uart, const struct row *row, uint32_t value)
{
    value &= row->write_bits;
    if (row->write) {
        row->write(uart, value);
    } else if (row->store != NO_STORE) {
        uart->store[row->store] = value;
    }
}

enum bus_result pl011_access(void *device, struct bus_access *a)
{
    struct pl011 *uart = device;
    if (a->size_bytes > 4 || a->offset % 4 != 0) {
        return BUS_UNMODELLED;
    }
    if (!a->write && a->offset >= ID_OFFSET && a->offset < ID_OFFSET + 4 * sizeof identification) {
        a->value = identification[(a->offset - ID_OFFSET) / 4];
        return BUS_OK;
    }
    for (size_t i = 0; i < ROW_COUNT; i++) {
        if (rows[i].offset == a->offset) {
            if (a->write) {
                row_write(uart, &rows[i], (uint32_t)a->value);
            } else {
                a->value = row_read(uart, &rows[i]) & MASK(a->size_bytes * 8 - 1, 0);
            }
            return BUS_OK;
        }
    }
    return BUS_UNMODELLED;
}

void pl011_init(struct pl011 *uart, const struct pl011_config *config)
{
    *uart = (struct pl011){.config = *config};
    event_init(&uart->rx_timeout, rx_timed_out, uart);
    pl011_reset(uart);
}

void pl011_reset(struct pl011 *uart)
{
    for (size_t i = 0; i < ROW_COUNT; i++) {
        if (rows[i].store != NO_STORE) {
            uart->store[rows[i].store] = rows[i].reset;
        }
    }
    uart->ris = 0;
    uart->rsr = 0;
    rx_flush(uart);
    update(uart);
}

unsigned pl011_room(const struct pl011 *uart)
{
    unsigned depth = fifo_depth(uart);
    return uart->rx_count < depth ? depth - uart->rx_count : 0;
}

void pl011_input(struct pl011 *uart, uint8_t byte, cycles_t at)
{
    if (pl011_room(uart) == 0) {
        /* 3.3.1: the byte is lost, what is in the FIFO stays and the next read says so. */
        uart->rx_fifo[uart->rx_first] |= DR_OE;
        uart->rsr |= RSR_OE;
        uart->ris |= INT_OE;
        update(uart);
        return;
    }
    uart->rx_fifo[(uart->rx_first + uart->rx_count) % PL011_FIFO_DEPTH] = byte;
    uart->rx_count++;
    if (uart->rx_count >= rx_trigger(uart)) {
        uart->ris |= INT_RX;
    }
    clock_at(uart->config.clock, &uart->rx_timeout, at + rx_timeout_cycles(uart));
    update(uart);
}

void pl011_archive(struct pl011 *uart, struct archive *a)
{
    archive_u32s(a, uart->store, PL011_STORE_COUNT);
    archive_u32(a, &uart->ris);
    archive_u32(a, &uart->rsr);
    for (unsigned i = 0; i < PL011_FIFO_DEPTH; i++) {
        archive_u16(a, &uart->rx_fifo[i]);
    }
    archive_unsigned(a, &uart->rx_first, PL011_FIFO_DEPTH - 1);
    archive_unsigned(a, &uart->rx_count, PL011_FIFO_DEPTH);
    irq_archive(&uart->config.irq, a);
    clock_archive_event(uart->config.clock, &uart->rx_timeout, a);
}
