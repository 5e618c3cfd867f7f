/* What only GICv2 has: SGI sources, target lists, groups by AckCtl and FIQEn, GICH and GICV
 * registers (IHI 0048B). */
#include "vgic.h"

#define GICC_CTLR_GRP0  (1U << 0)
#define GICC_CTLR_GRP1  (1U << 1)
#define GICC_CTLR_ACK   (1U << 2)
#define GICC_CTLR_FIQEN (1U << 3)

static void groups_on(unsigned ctlr)
{
    GICC(GICC_PMR) = 0xf0;
    GICC(GICC_CTLR) = ctlr;
    GICD(GICD_CTLR) = 3;
    DSB();
}

static void pend(unsigned intid, unsigned priority, bool group1)
{
    gic_edge(intid);
    gic_priority(intid, priority);
    gic_group1(intid, group1);
    gic_set(GICD_ISENABLER, intid);
    gic_set(GICD_ISPENDR, intid);
}

/* GICD_SGIR.TargetListFilter = 0b10: this CPU (4.3.15). */
static void check_sgi_self(const void *arg)
{
    (void)arg;
    gic_cpu_on();
    gic_set(GICD_ISENABLER, 3);
    GICD(GICD_SGIR) = 2U << 24 | 3;
    DSB();
    expect("IAR", gic_ack(), 3);
    gic_eoi(3);
}

/* TargetListFilter = 0b01: all but this CPU. */
static void check_sgi_others(const void *arg)
{
    (void)arg;
    gic_cpu_on();
    gic_set(GICD_ISENABLER, 3);
    GICD(GICD_SGIR) = 1U << 24 | 3;
    DSB();
    expect("IAR", gic_ack(), SPURIOUS);
}

/* GICD_SPENDSGIR and GICD_CPENDSGIR hold a bit for each source CPU (4.3.16, 4.3.17). */
static void check_sgi_pending(const void *arg)
{
    (void)arg;
    gic_cpu_on();
    gic_set(GICD_ISENABLER, 6);
    GICD_BYTE(GICD_SPENDSGIR + 6) = 1;
    DSB();
    expect("SPENDSGIR", GICD_BYTE(GICD_SPENDSGIR + 6), 1);
    expect("HPPIR", gic_hppir(), 6);
    GICD_BYTE(GICD_CPENDSGIR + 6) = 1;
    DSB();
    expect("SPENDSGIR after CPENDSGIR", GICD_BYTE(GICD_SPENDSGIR + 6), 0);
    expect("HPPIR after CPENDSGIR", gic_hppir(), SPURIOUS);
}

/* SGIs are always enabled or not by ISENABLER0; their targets read as this CPU (4.3.12). */
static void check_itargetsr_sgi(const void *arg)
{
    (void)arg;
    expect("ITARGETSR0", GICD(GICD_ITARGETSR), 0x01010101);
}

/* GICC_CTLR.FIQEn: group 0 is FIQ, group 1 IRQ (4.4.1). */
static void check_fiqen(const void *arg)
{
    (void)arg;
    groups_on(GICC_CTLR_GRP0 | GICC_CTLR_GRP1 | GICC_CTLR_FIQEN | GICC_CTLR_ACK);
    pend(TEST_SPI, 0xa0, false);
    expect("taken", irq_window(), true);
    expect("vector of group 0", this_cpu()->trap[0].offset, VEC_CUR_SPX + VEC_FIQ);
    expect("IAR", GICC(GICC_IAR), TEST_SPI);
    GICC(GICC_EOIR) = TEST_SPI;
    traps_reset();
    pend(TEST_SPI2, 0xa0, true);
    expect("taken", irq_window(), true);
    expect("vector of group 1", this_cpu()->trap[0].offset, VEC_CUR_SPX + VEC_IRQ);
    expect("IAR", GICC(GICC_IAR), TEST_SPI2);
    GICC(GICC_EOIR) = TEST_SPI2;
}

/* AckCtl = 0: GICC_IAR and GICC_HPPIR of a group 1 interrupt read 1022 (4.4.4). */
static void check_ackctl(const void *arg)
{
    (void)arg;
    groups_on(GICC_CTLR_GRP0 | GICC_CTLR_GRP1);
    pend(TEST_SPI, 0xa0, true);
    expect("HPPIR", GICC(GICC_HPPIR), 1022);
    expect("IAR", GICC(GICC_IAR), 1022);
    GICC(GICC_CTLR) = GICC_CTLR_GRP0 | GICC_CTLR_GRP1 | GICC_CTLR_ACK;
    DSB();
    expect("IAR with AckCtl", GICC(GICC_IAR), TEST_SPI);
    GICC(GICC_EOIR) = TEST_SPI;
}

/* GICC_AIAR of a group 0 interrupt reads 1023 (4.4.11), of a group 1 interrupt its number. */
static void check_aiar(const void *arg)
{
    (void)arg;
    groups_on(GICC_CTLR_GRP0 | GICC_CTLR_GRP1);
    pend(TEST_SPI, 0xa0, false);
    expect("AIAR", GICC(GICC_AIAR), SPURIOUS);
    expect("IAR", GICC(GICC_IAR), TEST_SPI);
    GICC(GICC_EOIR) = TEST_SPI;
    pend(TEST_SPI2, 0xa0, true);
    expect("AHPPIR of group 1", GICC(GICC_AHPPIR), TEST_SPI2);
    expect("AIAR of group 1", GICC(GICC_AIAR), TEST_SPI2);
    GICC(GICC_AEOIR) = TEST_SPI2;
}

/* Group 1 disabled at the CPU interface: not signalled. */
static void check_group1_off(const void *arg)
{
    (void)arg;
    groups_on(GICC_CTLR_GRP0);
    pend(TEST_SPI, 0xa0, true);
    expect("taken", irq_window(), false);
}

/* A list register of an SGI carries the source CPU to GICV_IAR[12:10] (5.3.9). */
static void check_virtual_sgi_source(const void *arg)
{
    (void)arg;
    vgic_on(0);
    GICH(GICH_LR0) = 1U << 28 | 0x14 << 23 | 3U << 10 | 7;
    expect("IAR", run_el1(v_ack, 0), 3U << 10 | 7);
    run_el1(v_eoi, 3U << 10 | 7);
    expect("state", lr_state(0), LR_INVALID);
}

/* GICH_LR is readable as written; fields of 5.3.9. */
static void check_lr_readback(const void *arg)
{
    (void)arg;
    GICH(GICH_LR0 + 4) = 0x9a01942a; /* HW, pending, priority 0x14, physical 101, virtual 42 */
    expect("GICH_LR1", GICH(GICH_LR0 + 4), 0x9a01942a);
}

/* Virtual FIQ: VMCR.VFIQEn makes group 0 a virtual FIQ, which needs HCR_EL2.FMO. */
static uint64_t unmask_both(uint64_t arg)
{
    OP("msr daifclr, #3\n isb\n nop\n nop\n nop\n nop");
    spin(200);
    OP("msr daifset, #3");
    return arg;
}

static void check_virtual_fiq(const void *arg)
{
    (void)arg;
    vgic_on(0);
    GICH(GICH_VMCR) = 0xf0000009; /* VMFIQEn, VMGrp0En */
    lr_write(0, (struct lr){.vintid = 40, .priority = 0xa0, .state = LR_PENDING});
    run_el1(unmask_both, 0);
    expect("exceptions", this_cpu()->trap_count, 1);
    expect("vector", this_cpu()->trap[0].offset, VEC_CUR_SPX + VEC_FIQ);
    expect("EL", this_cpu()->trap[0].el, 1);
}

/* GICH_HCR.VGrp0EIE and VGrp0DIE: maintenance when the guest enables or disables group 0
 * (5.3.2, 5.3.4 GICH_MISR). */
static void check_group_maintenance(const void *arg)
{
    (void)arg;
    vgic_on(0);
    vgic_hcr_write(VHCR_EN | 1U << 4);
    expect("MISR.VGrp0E", vgic_misr(), 0x10);
    vgic_hcr_write(VHCR_EN | 1U << 5);
    expect("MISR.VGrp0D while enabled", vgic_misr(), 0);
    GICH(GICH_VMCR) = 0xf0000000;
    expect("MISR.VGrp0D", vgic_misr(), 0x20);
}

/* GICV_CTLR and the guest's binary point are in GICH_VMCR (5.3.3). */
static void check_gicv_ctlr(const void *arg)
{
    (void)arg;
    vgic_on(0);
    GICH(GICH_VMCR) = 0;
    GICV(GICC_CTLR) = 0x201;
    GICV(GICC_PMR) = 0x78;
    DSB();
    expect("VMCR", GICH(GICH_VMCR) & 0xf800021f, 0x78000201);
}

/* GICH_APR: the guest's acknowledge sets the bit of the priority, its EOI clears it (5.3.8). */
static void check_apr(const void *arg)
{
    (void)arg;
    vgic_on(0);
    lr_write(0, (struct lr){.vintid = 40, .priority = 0xa0, .state = LR_PENDING});
    run_el1(v_ack, 0);
    expect("APR", GICH(GICH_APR), 1U << 20);
    run_el1(v_eoi, 40);
    expect("APR after EOIR", GICH(GICH_APR), 0);
}

const struct check checks[] = {
    {.name = "gicv2_sgi_filter_self", .need = NEED_GIC2, .run = check_sgi_self},
    {.name = "gicv2_sgi_filter_others_spares_this_cpu", .need = NEED_GIC2, .run = check_sgi_others},
    {.name = "gicv2_sgi_pending_by_source", .need = NEED_GIC2, .run = check_sgi_pending},
    {.name = "gicv2_sgi_targets_read_as_this_cpu",
     .need = NEED_GIC2 | NEED_SMP2,
     .run = check_itargetsr_sgi},
    {.name = "gicv2_fiqen_makes_group_0_fiq", .need = NEED_GIC2, .run = check_fiqen},
    {.name = "gicv2_group_1_reads_1022_without_ackctl", .need = NEED_GIC2, .run = check_ackctl},
    {.name = "gicv2_aliases_of_iar_and_hppir_serve_group_1", .need = NEED_GIC2, .run = check_aiar},
    {.name = "gicv2_group_1_disabled_is_silent", .need = NEED_GIC2, .run = check_group1_off},
    {.name = "gicv2_virtual_sgi_carries_its_source",
     .need = NEED_GIC2,
     .run = check_virtual_sgi_source},
    {.name = "gicv2_list_register_reads_back", .need = NEED_GIC2, .run = check_lr_readback},
    {.name = "gicv2_virtual_group_0_as_fiq", .need = NEED_GIC2, .run = check_virtual_fiq},
    {.name = "gicv2_group_enable_is_a_maintenance_reason",
     .need = NEED_GIC2,
     .run = check_group_maintenance},
    {.name = "gicv2_gicv_ctlr_is_in_vmcr", .need = NEED_GIC2, .run = check_gicv_ctlr},
    {.name = "gicv2_active_priority_of_the_guest", .need = NEED_GIC2, .run = check_apr},
};
CHECK_TABLE_END;
