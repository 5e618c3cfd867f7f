/* GICv2 as the host's interrupt controller. Arm IHI 0048 */
#include "kernel/irq.h"

#include "abi/board.h"
#include "arch/boot.h"

#define GICD(offset) (KERNEL_BASE + BOARD_GICD + (offset))
#define GICC(offset) (KERNEL_BASE + BOARD_GICC + (offset))

#define GICD_CTLR       GICD(0x000)
#define GICD_TYPER      GICD(0x004)
#define GICD_ISENABLER  GICD(0x100)
#define GICD_ICENABLER  GICD(0x180)
#define GICD_ISACTIVER  GICD(0x300)
#define GICD_ICACTIVER  GICD(0x380)
#define GICD_IPRIORITYR GICD(0x400)
#define GICD_ITARGETSR  GICD(0x800)
#define GICD_ICFGR      GICD(0xc00)
#define GICD_SGIR       GICD(0xf00)
#define GICC_CTLR       GICC(0x00)
#define GICC_PMR        GICC(0x04)
#define GICC_IAR        GICC(0x0c)
#define GICC_EOIR       GICC(0x10)
#define GICC_DIR        GICC(0x1000)
#define GICC_CTLR_SPLIT BIT(9) /* EOImodeNS */

#define PRIORITY_DEFAULT 0xa0a0a0a0
#define PRIORITY_MASK    0xf0

const char gic_name[] = "gicv2";

void gic_init(void)
{
    mmio_write32(GICD_CTLR, 0);
    u32 count = ((mmio_read32(GICD_TYPER) & 0x1f) + 1) * 32;
    for (u32 i = 32; i < count; i += 32) {
        mmio_write32(GICD_ICENABLER + i / 8, ~0u);
        mmio_write32(GICD_ICACTIVER + i / 8, ~0u);
    }
    mmio_write32(GICD_CTLR, 1);
}

void gic_init_cpu(struct cpu *c)
{
    c->gic_mask = mmio_read32(GICD_ITARGETSR) & 0xff; /* banked: each CPU reads itself */
    mmio_write32(GICD_ICACTIVER, ~0u);
    mmio_write32(GICD_ICENABLER, 0xffff0000);
    mmio_write32(GICD_ISENABLER, 0x0000ffff);
    for (u32 i = 0; i < 32; i += 4) {
        mmio_write32(GICD_IPRIORITYR + i, PRIORITY_DEFAULT);
    }
    mmio_write32(GICC_PMR, PRIORITY_MASK);
    mmio_write32(GICC_CTLR, 1 | (irq_split ? (u32)GICC_CTLR_SPLIT : 0));
}

void gic_enable_ppi(u32 intid)
{
    mmio_write32(GICD_ISENABLER, 1u << intid);
}

static void put_field(u64 reg, u32 shift, u32 mask, u32 value)
{
    mmio_write32(reg, (mmio_read32(reg) & ~(mask << shift)) | value << shift);
}

void gic_enable_spi(u32 intid, const struct cpu *to)
{
    put_field(GICD_ICFGR + intid / 16 * 4, intid % 16 * 2, 3, 2);
    put_field(GICD_IPRIORITYR + intid / 4 * 4, intid % 4 * 8, 0xff, PRIORITY_DEFAULT & 0xff);
    put_field(GICD_ITARGETSR + intid / 4 * 4, intid % 4 * 8, 0xff, (u32)to->gic_mask);
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

void gic_deactivate(u32 ack)
{
    mmio_write32(GICC_DIR, ack);
}

void gic_set_ppi_active(u32 intid, bool active)
{
    mmio_write32(active ? GICD_ISACTIVER : GICD_ICACTIVER, 1u << intid);
}

void gic_send_sgi(const struct cpu *to, u32 sgi)
{
    dmb(ishst); /* what the interrupt announces is visible before it */
    mmio_write32(GICD_SGIR, (u32)to->gic_mask << 16 | sgi);
}
