/* GICv3 from a guest: distributor and redistributors trap, the CPU interface is ICV_* under the
 * names of ICC_*. Arm IHI 0069 */
#include "lib/guest.h"

#define GICD_CTLR       (BOARD_GICD + 0x0000)
#define GICD_IGROUPR    (BOARD_GICD + 0x0080)
#define GICD_ISENABLER  (BOARD_GICD + 0x0100)
#define GICD_ISPENDR    (BOARD_GICD + 0x0200)
#define GICD_ICACTIVER  (BOARD_GICD + 0x0380)
#define GICD_IPRIORITYR (BOARD_GICD + 0x0400)
#define GICD_ICFGR      (BOARD_GICD + 0x0c00)
#define GICD_IROUTER    (BOARD_GICD + 0x6000)
#define CTLR_ARE        BIT(4)
#define CTLR_GRP1       BIT(1)

#define GICR_SGI(index, offset) (BOARD_GICR + (index)*BOARD_GICR_STEP + 0x10000 + (offset))
#define GICR(index, offset)     (BOARD_GICR + (index)*BOARD_GICR_STEP + (offset))
#define GICR_WAKER              0x014
#define WAKER_ASLEEP            BIT(2)
#define GICR_IGROUPR0           0x080
#define GICR_ISENABLER0         0x100
#define GICR_IPRIORITYR         0x400

#define SPURIOUS 1023

const char gic_name[] = "gicv3";

void gic_init(void)
{
    mmio_write32(GICD_CTLR, CTLR_ARE | CTLR_GRP1);
}

void gic_init_cpu(unsigned index)
{
    mmio_write32(GICR(index, GICR_WAKER), 0); /* a board's redistributors sleep */
    while (mmio_read32(GICR(index, GICR_WAKER)) & WAKER_ASLEEP) {
    }
    mmio_write32(GICR_SGI(index, GICR_IGROUPR0), ~0u);
    mmio_write32(GICR_SGI(index, GICR_ISENABLER0), 0xffff);
    for (u32 i = 0; i < 32; i += 4) {
        mmio_write32(GICR_SGI(index, GICR_IPRIORITYR + i), 0x80808080);
    }
    write_sysreg(0xf0, ICC_PMR_EL1);
    write_sysreg(0, ICC_CTLR_EL1);
    write_sysreg(1, ICC_IGRPEN1_EL1);
    isb();
}

static unsigned this_vcpu(void)
{
    return read_sysreg(mpidr_el1) & 0xff;
}

void gic_enable(u32 intid)
{
    gic_enable_on(intid, 0);
}

void gic_enable_on(u32 intid, unsigned index)
{
    if (intid < 32) {
        mmio_write32(GICR_SGI(this_vcpu(), GICR_ISENABLER0), 1u << intid);
        return;
    }
    u32 shift = intid % 16 * 2;
    u32 config = mmio_read32(GICD_ICFGR + intid / 16 * 4);
    mmio_write32(GICD_ICFGR + intid / 16 * 4, config | 2u << shift);
    shift = intid % 4 * 8;
    u32 priority = mmio_read32(GICD_IPRIORITYR + intid / 4 * 4) & ~(0xffu << shift);
    mmio_write32(GICD_IPRIORITYR + intid / 4 * 4, priority | 0x80u << shift);
    mmio_write32(GICD_IGROUPR + intid / 32 * 4, ~0u);
    mmio_write64(GICD_IROUTER + intid * 8, index);
    mmio_write32(GICD_ISENABLER + intid / 32 * 4, 1u << intid % 32);
}

u32 gic_acknowledge(void)
{
    u32 ack = (u32)read_sysreg(ICC_IAR1_EL1);
    dsb(sy);
    return ack;
}

void gic_eoi(u32 ack)
{
    write_sysreg(ack, ICC_EOIR1_EL1);
    isb();
}

void gic_send_sgi(unsigned index, u32 sgi)
{
    dsb(ishst);
    write_sysreg((u64)sgi << 24 | BIT(index), ICC_SGI1R_EL1);
    isb();
}

void gic_complete_none(void)
{
    isb();
    write_sysreg(SPURIOUS, ICC_EOIR1_EL1);
    isb();
}

/* An SPI. */
void gic_set_pending(u32 intid)
{
    mmio_write32(GICD_ISPENDR + intid / 32 * 4, 1u << intid % 32);
}

void gic_clear_active(u32 intid)
{
    mmio_write32(GICD_ICACTIVER + intid / 32 * 4, 1u << intid % 32);
}

bool gic_check_sysregs(void)
{
    return read_sysreg(ICC_SRE_EL1) == 7;
}
