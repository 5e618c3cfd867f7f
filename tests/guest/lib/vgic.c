/* List registers: IHI 0048B 5.3.9 GICH_LRn, IHI 0069 ICH_LR<n>_EL2. Virtual machine control: 5.3.3,
 * ICH_VMCR_EL2. */
#include "vgic.h"

void vgic_on(unsigned more_hcr_bits)
{
    if (gic_is_v3()) {
        WR(ICH_VMCR_EL2, 0xf0000002); /* VPMR, VENG1 */
    } else {
        GICH(GICH_VMCR) = 0xf0000001; /* VMPriMask, VMGrp0En */
    }
    vgic_hcr_write(VHCR_EN | more_hcr_bits);
    hcr_write(HCR_RW | 3UL << 3);
}

void lr_write(unsigned index, struct lr lr)
{
    if (!gic_is_v3()) {
        GICH(GICH_LR0 + index * 4) = lr.vintid | (lr.hw ? 1U << 31 | lr.pintid << 10 : 0) |
                                     (lr.eoi ? 1U << 19 : 0) | lr.priority >> 3 << 23 |
                                     (unsigned)lr.state << 28;
        DSB();
        return;
    }
    uint64_t value = lr.vintid | (uint64_t)lr.priority << 48 | 1UL << 60 | (uint64_t)lr.state << 62;
    value |= lr.hw ? 1UL << 61 | (uint64_t)lr.pintid << 32 : lr.eoi ? 1UL << 41 : 0;
    switch (index) {
    case 0:
        WR(ICH_LR0_EL2, value);
        break;
    case 1:
        WR(ICH_LR1_EL2, value);
        break;
    case 2:
        WR(ICH_LR2_EL2, value);
        break;
    case 3:
        WR(ICH_LR3_EL2, value);
        break;
    }
    ISB();
}

static uint64_t lr3_read(unsigned index)
{
    return index == 0   ? RD(ICH_LR0_EL2)
           : index == 1 ? RD(ICH_LR1_EL2)
           : index == 2 ? RD(ICH_LR2_EL2)
                        : RD(ICH_LR3_EL2);
}

enum lr_state lr_state(unsigned index)
{
    return (enum lr_state)(gic_is_v3() ? lr3_read(index) >> 62
                                       : GICH(GICH_LR0 + index * 4) >> 28 & 3);
}

unsigned vgic_hcr(void)
{
    return (unsigned)(gic_is_v3() ? RD(ICH_HCR_EL2) : GICH(GICH_HCR));
}

void vgic_hcr_write(unsigned value)
{
    if (gic_is_v3()) {
        WR(ICH_HCR_EL2, value);
        ISB();
    } else {
        GICH(GICH_HCR) = value;
    }
    DSB();
}

unsigned vgic_misr(void)
{
    return (unsigned)(gic_is_v3() ? RD(ICH_MISR_EL2) : GICH(GICH_MISR));
}

unsigned vgic_eisr(void)
{
    return (unsigned)(gic_is_v3() ? RD(ICH_EISR_EL2) : GICH(GICH_EISR0));
}

unsigned vgic_elrsr(void)
{
    return (unsigned)(gic_is_v3() ? RD(ICH_ELRSR_EL2) : GICH(GICH_ELRSR0));
}

unsigned vgic_vmcr(void)
{
    return (unsigned)(gic_is_v3() ? RD(ICH_VMCR_EL2) : GICH(GICH_VMCR));
}

void vgic_active_priority(unsigned priority)
{
    if (gic_is_v3()) {
        WR(ICH_AP1R0_EL2, 1UL << (priority >> 3));
        ISB();
    } else {
        GICH(GICH_APR) = 1U << (priority >> 3);
        DSB();
    }
}

uint64_t v_window(uint64_t unused)
{
    OP("msr daifclr, #2\n isb\n nop\n nop\n nop\n nop");
    spin(200);
    OP("msr daifset, #2");
    return unused;
}

uint64_t v_ack(uint64_t unused)
{
    (void)unused;
    uint64_t intid = gic_is_v3() ? RD(ICC_IAR1_EL1) : GICV(GICC_IAR);
    DSB();
    return intid;
}

uint64_t v_eoi(uint64_t intid)
{
    if (gic_is_v3()) {
        WR(ICC_EOIR1_EL1, intid);
        ISB();
    } else {
        GICV(GICC_EOIR) = (uint32_t)intid;
    }
    DSB();
    return 0;
}

uint64_t v_deactivate(uint64_t intid)
{
    if (gic_is_v3()) {
        WR(ICC_DIR_EL1, intid);
        ISB();
    } else {
        GICV(GICC_DIR) = (uint32_t)intid;
    }
    DSB();
    return 0;
}

uint64_t v_pmr(uint64_t priority)
{
    if (gic_is_v3()) {
        WR(ICC_PMR_EL1, priority);
        ISB();
    } else {
        GICV(GICC_PMR) = (uint32_t)priority;
    }
    DSB();
    return 0;
}

uint64_t v_bpr(uint64_t point)
{
    if (gic_is_v3()) {
        WR(ICC_BPR1_EL1, point);
        ISB();
    } else {
        GICV(GICC_BPR) = (uint32_t)point;
    }
    DSB();
    return 0;
}

uint64_t v_rpr(uint64_t unused)
{
    (void)unused;
    return gic_is_v3() ? RD(ICC_RPR_EL1) : GICV(GICC_RPR);
}

uint64_t v_hppir(uint64_t unused)
{
    (void)unused;
    return gic_is_v3() ? RD(ICC_HPPIR1_EL1) : GICV(GICC_HPPIR);
}

uint64_t v_eoi_mode_split(uint64_t unused)
{
    if (gic_is_v3()) {
        WR(ICC_CTLR_EL1, 2);
        ISB();
    } else {
        GICV(GICC_CTLR) = 0x201; /* EOImode, EnableGrp0 */
    }
    DSB();
    return unused;
}
