/* GICv2 from a guest: the distributor traps, the CPU interface is GICV. Arm IHI 0048 */
#include "lib/guest.h"

#define GICD(offset) (BOARD_GICD + (offset))
#define GICC(offset) (BOARD_GICC + (offset))

#define GICD_CTLR       GICD(0x000)
#define GICD_ISENABLER  GICD(0x100)
#define GICD_ISPENDR    GICD(0x200)
#define GICD_ICACTIVER  GICD(0x380)
#define GICD_IPRIORITYR GICD(0x400)
#define GICD_ITARGETSR  GICD(0x800)
#define GICD_ICFGR      GICD(0xc00)
#define GICD_SGIR       GICD(0xf00)
#define GICC_CTLR       GICC(0x00)
#define GICC_PMR        GICC(0x04)
#define GICC_IAR        GICC(0x0c)
#define GICC_EOIR       GICC(0x10)

#define SPURIOUS 1023

const char gic_name[] = "gicv2";

void gic_init(void)
{
    mmio_write32(GICD_CTLR, 1);
}

void gic_init_cpu(unsigned index)
{
    (void)index;
    mmio_write32(GICD_ISENABLER, 0xffff); /* SGIs: a board may have them off */
    for (u32 i = 0; i < 32; i += 4) {
        mmio_write32(GICD_IPRIORITYR + i, 0x80808080);
    }
    mmio_write32(GICC_PMR, 0xf0);
    mmio_write32(GICC_CTLR, 1);
}

void gic_enable(u32 intid)
{
    gic_enable_on(intid, 0);
}

void gic_enable_on(u32 intid, unsigned index)
{
    if (intid >= 32) {
        u32 shift = intid % 16 * 2;
        u32 config = mmio_read32(GICD_ICFGR + intid / 16 * 4);
        mmio_write32(GICD_ICFGR + intid / 16 * 4, config | 2u << shift);
        shift = intid % 4 * 8;
        u32 priority = mmio_read32(GICD_IPRIORITYR + intid / 4 * 4) & ~(0xffu << shift);
        mmio_write32(GICD_IPRIORITYR + intid / 4 * 4, priority | 0x80u << shift);
        u32 target = mmio_read32(GICD_ITARGETSR + intid / 4 * 4) & ~(0xffu << shift);
        mmio_write32(GICD_ITARGETSR + intid / 4 * 4, target | 1u << (shift + index));
    }
    mmio_write32(GICD_ISENABLER + intid / 32 * 4, 1u << intid % 32);
}

u32 gic_acknowledge(void)
{
    return mmio_read32(GICC_IAR);
}

void gic_eoi(u32 ack)
{
    mmio_write32(GICC_EOIR, ack);
}

void gic_send_sgi(unsigned index, u32 sgi)
{
    dmb(ishst);
    mmio_write32(GICD_SGIR, 1u << (16 + index) | sgi);
}

void gic_complete_none(void)
{
    isb();
    mmio_write32(GICC_EOIR, SPURIOUS);
    isb();
}

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
    return true; /* there are none */
}
