/* GICv3 as the host's interrupt controller: affinity routing, one security state, group 1. Arm IHI
 * 0069 */
#include "kernel/irq.h"

#include "abi/board.h"
#include "arch/boot.h"

#define GICD(offset) (KERNEL_BASE + BOARD_GICD + (offset))

#define GICD_CTLR      GICD(0x0000)
#define GICD_TYPER     GICD(0x0004)
#define GICD_IGROUPR   GICD(0x0080)
#define GICD_ISENABLER GICD(0x0100)
#define GICD_ICENABLER GICD(0x0180)
#define GICD_ICACTIVER GICD(0x0380)
#define GICD_PRIORITYR GICD(0x0400)
#define GICD_ICFGR     GICD(0x0c00)
#define GICD_IROUTER   GICD(0x6000)
#define GICD_CTLR_RWP  BIT(31)
#define GICD_CTLR_ARE  BIT(4)
#define GICD_CTLR_GRP1 BIT(1)

#define GICR_WAKER        0x0014
#define GICR_WAKER_SLEEP  BIT(1)
#define GICR_WAKER_ASLEEP BIT(2)
#define GICR_TYPER        0x0008
#define GICR_TYPER_LAST   BIT(4)
#define GICR_SGI_BASE     0x10000
#define GICR_IGROUPR0     (GICR_SGI_BASE + 0x080)
#define GICR_ISENABLER0   (GICR_SGI_BASE + 0x100)
#define GICR_ICENABLER0   (GICR_SGI_BASE + 0x180)
#define GICR_ISACTIVER0   (GICR_SGI_BASE + 0x300)
#define GICR_ICACTIVER0   (GICR_SGI_BASE + 0x380)
#define GICR_IPRIORITYR   (GICR_SGI_BASE + 0x400)

#define ICC_CTLR_SPLIT BIT(1) /* EOImode: ICC_EOIR1_EL1 only drops the priority */

#define PRIORITY_DEFAULT 0xa0a0a0a0
#define PRIORITY_MASK    0xf0

const char gic_name[] = "gicv3";

static void gicd_wait(void)
{
    while (mmio_read32(GICD_CTLR) & GICD_CTLR_RWP) {
    }
}

void gic_init(void)
{
    mmio_write32(GICD_CTLR, 0);
    gicd_wait();
    u32 count = ((mmio_read32(GICD_TYPER) & 0x1f) + 1) * 32;
    for (u32 i = 32; i < count; i += 32) {
        mmio_write32(GICD_IGROUPR + i / 8, ~0u);
        mmio_write32(GICD_ICENABLER + i / 8, ~0u);
        mmio_write32(GICD_ICACTIVER + i / 8, ~0u);
    }
    mmio_write32(GICD_CTLR, GICD_CTLR_ARE | GICD_CTLR_GRP1);
    gicd_wait();
}

/* The redistributor whose GICR_TYPER has this CPU's affinity. */
static u64 find_redistributor(u64 mpidr)
{
    u64 affinity = (mpidr & 0xffffff) | (mpidr >> 8 & 0xff000000);
    u64 r = KERNEL_BASE + BOARD_GICR;
    while (mmio_read64(r + GICR_TYPER) >> 32 != affinity &&
           !(mmio_read64(r + GICR_TYPER) & GICR_TYPER_LAST)) {
        r += BOARD_GICR_STEP;
    }
    return r;
}

void gic_init_cpu(struct cpu *c)
{
    u64 r = find_redistributor(c->mpidr);
    c->gic_mask = r;
    mmio_write32(r + GICR_WAKER, mmio_read32(r + GICR_WAKER) & ~(u32)GICR_WAKER_SLEEP);
    while (mmio_read32(r + GICR_WAKER) & GICR_WAKER_ASLEEP) {
    }
    mmio_write32(r + GICR_IGROUPR0, ~0u);
    mmio_write32(r + GICR_ICACTIVER0, ~0u);
    mmio_write32(r + GICR_ICENABLER0, 0xffff0000);
    mmio_write32(r + GICR_ISENABLER0, 0x0000ffff);
    for (u32 i = 0; i < 32; i += 4) {
        mmio_write32(r + GICR_IPRIORITYR + i, PRIORITY_DEFAULT);
    }
    write_sysreg(read_sysreg(ICC_SRE_EL1) | 1, ICC_SRE_EL1);
    isb();
    write_sysreg(PRIORITY_MASK, ICC_PMR_EL1);
    write_sysreg(irq_split ? ICC_CTLR_SPLIT : 0, ICC_CTLR_EL1);
    write_sysreg(1, ICC_IGRPEN1_EL1);
    isb();
}

void gic_enable_ppi(u32 intid)
{
    mmio_write32(cpu_this()->gic_mask + GICR_ISENABLER0, 1u << intid);
}

static void put_field(u64 reg, u32 shift, u32 mask, u32 value)
{
    mmio_write32(reg, (mmio_read32(reg) & ~(mask << shift)) | value << shift);
}

void gic_enable_spi(u32 intid, const struct cpu *to)
{
    put_field(GICD_ICFGR + intid / 16 * 4, intid % 16 * 2, 3, 2);
    put_field(GICD_PRIORITYR + intid / 4 * 4, intid % 4 * 8, 0xff, PRIORITY_DEFAULT & 0xff);
    mmio_write64(GICD_IROUTER + intid * 8, to->mpidr & 0xff00ffffff);
    mmio_write32(GICD_ISENABLER + intid / 32 * 4, 1u << intid % 32);
}

u32 gic_acknowledge(void)
{
    u32 ack = (u32)read_sysreg(ICC_IAR1_EL1);
    dsb(sy); /* the read has taken effect before the device is touched. IHI 0069, ICC_IAR1_EL1 */
    return ack;
}

void gic_eoi(u32 ack)
{
    write_sysreg(ack, ICC_EOIR1_EL1);
    isb();
}

void gic_deactivate(u32 ack)
{
    write_sysreg(ack, ICC_DIR_EL1);
    isb();
}

void gic_set_ppi_active(u32 intid, bool active)
{
    mmio_write32(cpu_this()->gic_mask + (active ? GICR_ISACTIVER0 : GICR_ICACTIVER0), 1u << intid);
}

void gic_send_sgi(const struct cpu *to, u32 sgi)
{
    u64 m = to->mpidr;
    dsb(ishst); /* a system register write is not ordered by DMB */
    write_sysreg((m >> 32 & 0xff) << 48 | (m >> 16 & 0xff) << 32 | (u64)sgi << 24 |
                     (m >> 8 & 0xff) << 16 | BIT(m & 0xf),
                 ICC_SGI1R_EL1);
    isb();
}
