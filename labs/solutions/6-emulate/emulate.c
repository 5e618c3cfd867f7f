/* Lab 6: a device that is not there. */
#include "lab.h"
#include "pt.h"

#define EC_HVC        0x16
#define EC_DATA_ABORT 0x24
#define DEVICE        0x0b000000UL

void guest(void);

/* The device. size is 1, 2, 4 or 8 bytes; values have no bits beyond it. */
uint64_t counter = 0x80000000;
uint64_t written[8], written_count;

static uint64_t device_read(unsigned offset, unsigned size)
{
    (void)size;
    return offset == 0 ? counter++ : offset == 8 ? 0x80 : 0;
}

static void device_write(unsigned offset, unsigned size, uint64_t value)
{
    (void)offset, (void)size;
    if (written_count < 8) {
        written[written_count++] = value;
    }
}

/*
 * A load or store to the device was taken to EL2. If ESR_EL2.ISV, bit 24, is 1, the syndrome says
 * what it was: SAS  bits 23..22  size: 1 << SAS bytes SSE  bit 21       a load that extends the
 * sign SRT  bits 20..16  the register: 31 is XZR SF   bit 15       that register is X (64 bits),
 * else W (32 bits; a load makes the upper 32 zero) WnR  bit 6        1: a store
 */
static void emulate(struct frame *frame, uint64_t ipa)
{
    uint64_t esr = frame->esr;
    unsigned offset = (unsigned)(ipa - DEVICE), size = 1u << (esr >> 22 & 3), bits = 8 * size;
    unsigned t = esr >> 16 & 31;
    uint64_t mask = ~0UL >> (64 - bits);
    if (!(esr >> 24 & 1)) {
        power_off(); /* a pair, or with writeback: the syndrome does not say */
    }
    if (esr >> 6 & 1) {
        device_write(offset, size, t == 31 ? 0 : frame->x[t] & mask);
    } else {
        uint64_t value = device_read(offset, size) & mask;
        if ((esr >> 21 & 1) && (value >> (bits - 1) & 1)) {
            value |= ~mask;
        }
        if (!(esr >> 15 & 1)) {
            value &= 0xffffffff;
        }
        if (t != 31) {
            frame->x[t] = value;
        }
    }
    frame->elr += 4;
}

void el2_sync(struct frame *frame)
{
    if (frame->esr >> 26 == EC_DATA_ABORT) {
        uint64_t page = (RD("hpfar_el2") & ~15UL) << 8;
        emulate(frame, page | (RD("far_el2") & 0xfff));
    } else {
        power_off();
    }
}

/* RAM is where it is; nothing else is there. Lab 4 is about this. */
static void stage2_on(void)
{
    static PAGE uint64_t level1[512];
    level1[1] = 0x40000000 | S2_NORMAL | S2_INNER | S2_READ | S2_WRITE | S2_AF | PT_BLOCK;
    WR("vtcr_el2", 1UL << 31 | 2UL << 16 | 3UL << 12 | 1UL << 10 | 1UL << 8 | 1UL << 6 | 32);
    WR("vttbr_el2", (uint64_t)level1 | 1UL << 48);
    WR("hcr_el2", RD("hcr_el2") | HCR_VM);
    DSB();
    ISB();
}

void lab(void)
{
    WR("vbar_el2", el2_vectors);
    ISB();
    stage2_on();
    enter_el1(guest);
}
