/* GIC helpers for both versions: just what the checks need, nothing hidden. */
#include "gic.h"

#define INTID_WORDS   5 /* INTID 0 to 159 */
#define WAKER_SLEEP   (1U << 1)
#define WAKER_ASLEEP  (1U << 2)
#define GICR_WAKER    0x14
#define CTLR_RWP      (1U << 31)
#define GICD_CTLR_ON3 0x13 /* ARE, EnableGrp1, EnableGrp0 with DS = 1 (IHI 0069 12.9.4) */

bool gic_is_v3(void)
{
    return ((RD("id_aa64pfr0_el1") >> 24) & 0xf) != 0;
}

static volatile uint32_t *reg32(unsigned offset, unsigned intid)
{
    uint64_t base = GICD_BASE;
    if (gic_is_v3() && intid < 32) {
        base = GICR_BASE + this_cpu()->index * GICR_STRIDE + SGI_FRAME;
    }
    return (volatile uint32_t *)(base + offset);
}

void gic_set(unsigned bank, unsigned intid)
{
    *reg32(bank + intid / 32 * 4, intid) = 1U << (intid % 32);
    DSB();
}

bool gic_get(unsigned bank, unsigned intid)
{
    return ((*reg32(bank + intid / 32 * 4, intid) >> (intid % 32)) & 1) != 0;
}

void gic_priority(unsigned intid, unsigned priority)
{
    *((volatile uint8_t *)reg32(GICD_IPRIORITYR, intid) + intid) = (uint8_t)priority;
    DSB();
}

void gic_group1(unsigned intid, bool group1)
{
    volatile uint32_t *reg = reg32(GICD_IGROUPR + intid / 32 * 4, intid);
    uint32_t bit = 1U << (intid % 32);
    *reg = group1 ? *reg | bit : *reg & ~bit;
    DSB();
}

void gic_edge(unsigned intid)
{
    volatile uint32_t *reg = reg32(GICD_ICFGR + intid / 16 * 4, intid);
    *reg |= 2U << (intid % 16 * 2);
    DSB();
}

static void reset_words(unsigned first, unsigned end)
{
    for (unsigned word = first; word < end; word++) {
        unsigned intid = word * 32;
        *reg32(GICD_ICENABLER + word * 4, intid) = ~0U;
        *reg32(GICD_ICPENDR + word * 4, intid) = ~0U;
        *reg32(GICD_ICACTIVER + word * 4, intid) = ~0U;
        *reg32(GICD_IGROUPR + word * 4, intid) = gic_is_v3() ? ~0U : 0;
        for (unsigned i = 0; i < 8; i++) {
            *reg32(GICD_IPRIORITYR + word * 32 + i * 4, intid) = 0xa0a0a0a0;
        }
        for (unsigned i = 0; i < 2 && word != 0; i++) {
            *reg32(GICD_ICFGR + word * 8 + i * 4, intid) = 0;
        }
    }
}

static void reset_v2(bool first_cpu)
{
    if (first_cpu) {
        GICD(GICD_CTLR) = 0;
        for (unsigned i = 32; i < INTID_WORDS * 32; i += 4) {
            GICD(GICD_ITARGETSR + i) = 0x01010101;
        }
    }
    GICC(GICC_CTLR) = 0;
    GICC(GICC_PMR) = 0;
    GICC(GICC_BPR) = 0;
    GICC(GICC_APR0) = 0;
    for (unsigned i = 0; i < 16; i += 4) {
        GICD(GICD_CPENDSGIR + i) = ~0U;
    }
    GICH(GICH_HCR) = 0;
    GICH(GICH_APR) = 0;
    GICH(GICH_VMCR) = 0;
    for (unsigned i = 0; i < 4; i++) {
        GICH(GICH_LR0 + i * 4) = 0;
    }
}

static void reset_v3(bool first_cpu)
{
    volatile uint32_t *waker =
        (volatile uint32_t *)(GICR_BASE + this_cpu()->index * GICR_STRIDE + GICR_WAKER);
    *waker &= ~WAKER_SLEEP;
    while ((*waker & WAKER_ASLEEP) != 0) {
    }
    if (first_cpu) {
        GICD(GICD_CTLR) = GICD_CTLR_ON3;
        while ((GICD(GICD_CTLR) & CTLR_RWP) != 0) {
        }
        for (unsigned intid = 32; intid < INTID_WORDS * 32; intid++) {
            *(volatile uint64_t *)(GICD_BASE + GICD_IROUTER + intid * 8) = 0;
        }
    }
    WR(ICC_SRE_EL2, 0xf); /* SRE, DFB, DIB, Enable */
    ISB();
    WR(ICC_SRE_EL1, 7);
    ISB();
    WR(ICC_IGRPEN0_EL1, 0);
    WR(ICC_IGRPEN1_EL1, 0);
    WR(ICC_CTLR_EL1, 0);
    WR(ICC_PMR_EL1, 0);
    WR(ICC_BPR0_EL1, 0);
    WR(ICC_BPR1_EL1, 0);
    WR(ICC_AP0R0_EL1, 0);
    WR(ICC_AP1R0_EL1, 0);
    WR(ICH_HCR_EL2, 0);
    WR(ICH_VMCR_EL2, 0);
    WR(ICH_AP0R0_EL2, 0);
    WR(ICH_AP1R0_EL2, 0);
    WR(ICH_LR0_EL2, 0);
    WR(ICH_LR1_EL2, 0);
    WR(ICH_LR2_EL2, 0);
    WR(ICH_LR3_EL2, 0);
    ISB();
}

void gic_reset(void)
{
    bool first_cpu = this_cpu()->index == 0;

    if (gic_is_v3()) {
        reset_v3(first_cpu);
    } else {
        reset_v2(first_cpu);
    }
    reset_words(0, first_cpu ? INTID_WORDS : 1);
    DSB();
}

void gic_cpu_on(void)
{
    if (gic_is_v3()) {
        WR(ICC_PMR_EL1, 0xf0);
        WR(ICC_IGRPEN1_EL1, 1);
        ISB();
        return;
    }
    GICC(GICC_PMR) = 0xf0;
    GICC(GICC_CTLR) = 1;
    GICD(GICD_CTLR) = 1;
    DSB();
}

unsigned gic_ack(void)
{
    unsigned intid = (unsigned)(gic_is_v3() ? RD(ICC_IAR1_EL1) : GICC(GICC_IAR));
    DSB();
    return intid;
}

void gic_eoi(unsigned intid)
{
    if (gic_is_v3()) {
        WR(ICC_EOIR1_EL1, intid);
        ISB();
    } else {
        GICC(GICC_EOIR) = intid;
    }
    DSB();
}

void gic_deactivate(unsigned intid)
{
    if (gic_is_v3()) {
        WR(ICC_DIR_EL1, intid);
        ISB();
    } else {
        GICC(GICC_DIR) = intid;
    }
    DSB();
}

unsigned gic_hppir(void)
{
    return (unsigned)(gic_is_v3() ? RD(ICC_HPPIR1_EL1) : GICC(GICC_HPPIR));
}

unsigned gic_rpr(void)
{
    return (unsigned)(gic_is_v3() ? RD(ICC_RPR_EL1) : GICC(GICC_RPR));
}

void gic_pmr(unsigned priority)
{
    if (gic_is_v3()) {
        WR(ICC_PMR_EL1, priority);
        ISB();
    } else {
        GICC(GICC_PMR) = priority;
    }
    DSB();
}

void gic_bpr(unsigned point)
{
    if (gic_is_v3()) {
        WR(ICC_BPR1_EL1, point);
        ISB();
    } else {
        GICC(GICC_BPR) = point;
    }
    DSB();
}

void gic_eoi_mode(bool split)
{
    if (gic_is_v3()) {
        WR(ICC_CTLR_EL1, split ? 2 : 0);
        ISB();
    } else {
        GICC(GICC_CTLR) =
            split ? 0x201 : 1; /* EOImodeNS of a GIC without Security Extensions: bit 9 */
    }
    DSB();
}

void gic_sgi(unsigned intid, unsigned cpu_mask)
{
    DSB();
    if (gic_is_v3()) {
        WR(ICC_SGI1R_EL1, (uint64_t)intid << 24 | cpu_mask);
        ISB();
    } else {
        GICD(GICD_SGIR) = cpu_mask << 16 | intid;
    }
    DSB();
}

bool gic_wait_pending(unsigned intid)
{
    for (unsigned i = 0; i < 20000000; i++) {
        if ((gic_hppir() & 0x3ff) == intid) {
            return true;
        }
        OP("yield");
    }
    return false;
}

bool irq_window(void)
{
    uint64_t before = this_cpu()->trap_count;

    WR("hcr_el2", RD("hcr_el2") | 1UL << 4 | 1UL << 3);
    ISB();
    OP("msr daifclr, #3\n isb\n nop\n nop\n nop\n nop");
    spin(200);
    OP("msr daifset, #3");
    return this_cpu()->trap_count != before;
}
