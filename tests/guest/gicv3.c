/* What only GICv3 has: redistributors, affinity routing, groups by register, traps of the virtual
 * interface (IHI 0069). */
#include "vgic.h"

INSN(read_sre, "mrs x0, s3_0_c12_c12_5");
INSN(read_iar1, "mrs x0, s3_0_c12_c12_0");
INSN(read_iar0, "mrs x0, s3_0_c12_c8_0");
INSN(read_pmr, "mrs x0, s3_0_c4_c6_0");
INSN(write_dir, "msr s3_0_c12_c11_1, x0");
INSN(write_sgi1r, "msr s3_0_c12_c11_5, x0");
INSN(read_igrpen1, "mrs x0, s3_0_c12_c12_7");
INSN(read_igrpen0, "mrs x0, s3_0_c12_c12_6");
INSN(read_ich_hcr, "mrs x0, s3_4_c12_c11_0");

static void pend(unsigned intid, unsigned priority, bool group1)
{
    gic_edge(intid);
    gic_priority(intid, priority);
    gic_group1(intid, group1);
    gic_set(GICD_ISENABLER, intid);
    gic_set(GICD_ISPENDR, intid);
}

static void groups_on(void)
{
    gic_cpu_on();
    WR(ICC_IGRPEN0_EL1, 1);
    ISB();
}

/* Group 0 is FIQ (IHI 0069 4.6.2); HCR_EL2.FMO routes it to EL2. */
static void check_group0_fiq(const void *arg)
{
    (void)arg;
    groups_on();
    pend(TEST_SPI, 0xa0, false);
    expect("taken", irq_window(), true);
    expect("vector", this_cpu()->trap[0].offset, VEC_CUR_SPX + VEC_FIQ);
    expect("IAR1", RD(ICC_IAR1_EL1), SPURIOUS);
    expect("IAR0", RD(ICC_IAR0_EL1), TEST_SPI);
    WR(ICC_EOIR0_EL1, TEST_SPI);
    ISB();
}

static uint64_t unmask_both(uint64_t arg)
{
    OP("msr daifclr, #3\n isb\n nop\n nop\n nop\n nop");
    spin(200);
    OP("msr daifset, #3");
    return arg;
}

static void check_fiq_route(const void *arg)
{
    (void)arg;
    groups_on();
    pend(TEST_SPI, 0xa0, false);
    hcr_write(HCR_RW | 1UL << 4); /* IMO only: the FIQ stays EL1's */
    run_el1(unmask_both, 0);
    expect("EL", this_cpu()->trap[0].el, 1);
    expect("vector", this_cpu()->trap[0].offset, VEC_CUR_SPX + VEC_FIQ);
    traps_reset();
    hcr_write(HCR_RW | 1UL << 3);
    run_el1(v_rpr, 0);
    expect("EL with FMO", this_cpu()->trap[0].el, 2);
    expect("vector with FMO", this_cpu()->trap[0].offset, VEC_LOWER64 + VEC_FIQ);
}

static void check_group1_off(const void *arg)
{
    (void)arg;
    groups_on();
    WR(ICC_IGRPEN1_EL1, 0);
    ISB();
    pend(TEST_SPI, 0xa0, true);
    expect("taken", irq_window(), false);
    expect("HPPIR1", RD(ICC_HPPIR1_EL1), SPURIOUS);
}

/* GICD_CTLR: with one Security state DS reads 1; ARE is RAO here (12.9.4). */
static void check_ctlr(const void *arg)
{
    (void)arg;
    expect("DS and ARE", GICD(GICD_CTLR) & 0x50, 0x50);
}

/* GICR_TYPER: Last in bit 4 of the last redistributor, processor number [23:8], affinity [63:32]
 * (12.11.35). */
static void check_redistributors(const void *arg)
{
    (void)arg;
    for (unsigned i = 0; i < board.cpu_count; i++) {
        uint64_t typer = *(volatile uint64_t *)(GICR_BASE + i * GICR_STRIDE + 8);
        expect("affinity", typer >> 32, i);
        expect("processor number", typer >> 8 & 0xffff, i);
        expect("last", typer >> 4 & 1, i == board.cpu_count - 1);
    }
}

/* GICR_ISPENDR0 makes an SGI pending; SGIs are edge-triggered, GICR_ICFGR0 is RAO for them. */
static void check_sgi_by_register(const void *arg)
{
    (void)arg;
    gic_cpu_on();
    gic_set(GICD_ISENABLER, 9);
    gic_set(GICD_ISPENDR, 9);
    expect("IAR", gic_ack(), 9);
    gic_eoi(9);
    uint64_t icfgr0 = *(volatile uint32_t *)(GICR_BASE + SGI_FRAME + GICD_ICFGR);
    expect("ICFGR0", icfgr0, 0xaaaaaaaa);
}

/* ICC_SGI1R_EL1.IRM = 1: all but this CPU. */
static void check_sgi_irm(const void *arg)
{
    (void)arg;
    gic_cpu_on();
    gic_set(GICD_ISENABLER, 9);
    WR(ICC_SGI1R_EL1, 1UL << 40 | 9UL << 24);
    ISB();
    expect("IAR", gic_ack(), SPURIOUS);
}

/* ICC_SRE_EL2.Enable = 0 traps EL1's ICC_SRE_EL1 to EL2 with EC 0x18 (ICC_SRE_EL1, accessibility).
 */
static void check_sre_enable(const void *arg)
{
    (void)arg;
    run_el1(read_sre, 0);
    expect_no_trap("ESR with Enable = 1");
    WR(ICC_SRE_EL2, 7);
    ISB();
    if ((RD(ICC_SRE_EL2) & 8) == 0) {
        run_el1(read_sre, 0);
        expect_trap_at(2, VEC_LOWER64, 0x623a3019, (const void *)read_sre);
    }
}

/* ICH_HCR_EL2 traps of the interface at EL1: TC common, TALL0, TALL1 groups, TDIR (ICH_HCR_EL2). */
struct ich_case {
    guest_fn insn;
    unsigned hcr;
    uint64_t esr; /* 0: not trapped */
};

static void check_ich_trap(const void *arg)
{
    const struct ich_case *c = arg;

    vgic_on(0);
    run_el1(c->insn, 0);
    expect_no_trap("ESR without the bit");
    vgic_hcr_write(c->hcr);
    run_el1(c->insn, 0);
    if (c->esr != 0) {
        expect_trap_at(2, VEC_LOWER64, c->esr, (const void *)c->insn);
    } else {
        expect_no_trap("ESR with the bit");
    }
}

#define ICH(...)                                                                                   \
    .need = NEED_GIC3, .run = check_ich_trap, .arg = &(const struct ich_case)                      \
    {                                                                                              \
        __VA_ARGS__                                                                                \
    }

/* ICC_SGI1R_EL1 at EL1 with HCR_EL2.IMO: always trapped (it has no virtual form). */
static void check_sgi1r_trap(const void *arg)
{
    (void)arg;
    vgic_on(0);
    run_el1(write_sgi1r, 0);
    expect_trap_at(2, VEC_LOWER64, 0x623a3016, (const void *)write_sgi1r);
}

/* ICH registers at EL1 are UNDEFINED. */
static void check_ich_at_el1(const void *arg)
{
    (void)arg;
    run_el1(read_ich_hcr, 0);
    expect_trap_at(1, VEC_CUR_SPX, 0x02000000, (const void *)read_ich_hcr);
}

/* The same names at EL1 are the physical interface without IMO and the virtual one with it. */
static void check_bank(const void *arg)
{
    (void)arg;
    WR(ICC_PMR_EL1, 0x80);
    ISB();
    expect("PMR without IMO", run_el1(read_pmr, 0), 0x80);
    vgic_on(0);
    expect("PMR with IMO", run_el1(read_pmr, 0), 0xf0);
    expect("PMR at EL2", RD(ICC_PMR_EL1), 0x80);
}

/* A virtual interrupt of group 0 is a virtual FIQ. */
static void check_virtual_group0(const void *arg)
{
    (void)arg;
    vgic_on(0);
    WR(ICH_VMCR_EL2, 0xf0000001);
    WR(ICH_LR0_EL2, 1UL << 62 | 0xa0UL << 48 | 40);
    ISB();
    run_el1(unmask_both, 0);
    expect("exceptions", this_cpu()->trap_count, 1);
    expect("EL", this_cpu()->trap[0].el, 1);
    expect("vector", this_cpu()->trap[0].offset, VEC_CUR_SPX + VEC_FIQ);
    expect("IAR0", run_el1(read_iar0, 0), 40);
}

/* ICH_AP1R0_EL2: the acknowledge of the guest sets the bit of the group priority, its EOI clears
 * it. */
static void check_apr(const void *arg)
{
    (void)arg;
    vgic_on(0);
    lr_write(0, (struct lr){.vintid = 40, .priority = 0xa0, .state = LR_PENDING});
    run_el1(v_ack, 0);
    expect("AP1R0", RD(ICH_AP1R0_EL2), 1UL << 20);
    run_el1(v_eoi, 40);
    expect("AP1R0 after EOIR", RD(ICH_AP1R0_EL2), 0);
}

/* ICH_HCR_EL2.VGrp1EIE and VGrp1DIE follow the guest's group enable. */
static void check_group_maintenance(const void *arg)
{
    (void)arg;
    vgic_on(0);
    vgic_hcr_write(VHCR_EN | 1U << 6);
    expect("MISR.VGrp1E", vgic_misr(), 0x40);
    vgic_hcr_write(VHCR_EN | 1U << 7);
    expect("MISR.VGrp1D while enabled", vgic_misr(), 0);
    WR(ICH_VMCR_EL2, 0xf0000000);
    ISB();
    expect("MISR.VGrp1D", vgic_misr(), 0x80);
}

/* ICH_LR<n>_EL2 and ICH_VTR_EL2.ListRegs: as many as the field says, plus 1. */
static void check_lr_readback(const void *arg)
{
    (void)arg;
    expect_true("ICH_VTR_EL2.ListRegs", (RD(ICH_VTR_EL2) & 0x1f) >= 3);
    WR(ICH_LR1_EL2,
       0x70a000650000002a); /* pending, HW, group 1, priority 0xa0, physical 101, virtual 42 */
    ISB();
    expect("ICH_LR1_EL2", RD(ICH_LR1_EL2), 0x70a000650000002a);
}

/* ICC_BPR1_EL1: the smallest value of Non-secure group 1 is one above that of group 0
 * (ICC_BPR1_EL1). */
static void check_bpr_minimum(const void *arg)
{
    (void)arg;
    WR(ICC_BPR0_EL1, 0);
    WR(ICC_BPR1_EL1, 0);
    ISB();
    expect("BPR1 minimum", RD(ICC_BPR1_EL1), RD(ICC_BPR0_EL1) + 1);
}

const struct check checks[] = {
    {.name = "gicv3_group_0_is_fiq", .need = NEED_GIC3, .run = check_group0_fiq},
    {.name = "gicv3_fmo_routes_fiq_apart_from_imo", .need = NEED_GIC3, .run = check_fiq_route},
    {.name = "gicv3_group_1_disabled_is_silent", .need = NEED_GIC3, .run = check_group1_off},
    {.name = "gicv3_distributor_has_one_security_state", .need = NEED_GIC3, .run = check_ctlr},
    {.name = "gicv3_redistributors_name_their_cpu", .need = NEED_GIC3, .run = check_redistributors},
    {.name = "gicv3_sgi_pended_by_the_redistributor",
     .need = NEED_GIC3,
     .run = check_sgi_by_register},
    {.name = "gicv3_sgi_with_irm_spares_this_cpu", .need = NEED_GIC3, .run = check_sgi_irm},
    {.name = "gicv3_sre_enable_0_traps_sre_of_el1", .need = NEED_GIC3, .run = check_sre_enable},
    {.name = "gicv3_tc_traps_pmr", ICH(.insn = read_pmr, .hcr = 1 | 1U << 10, .esr = 0x6230100d)},
    {.name = "gicv3_tall0_traps_iar0",
     ICH(.insn = read_iar0, .hcr = 1 | 1U << 11, .esr = 0x62303011)},
    {.name = "gicv3_tall0_traps_igrpen0",
     ICH(.insn = read_igrpen0, .hcr = 1 | 1U << 11, .esr = 0x623c3019)},
    {.name = "gicv3_tall0_leaves_group_1_alone", ICH(.insn = read_iar1, .hcr = 1 | 1U << 11)},
    {.name = "gicv3_tall1_traps_iar1",
     ICH(.insn = read_iar1, .hcr = 1 | 1U << 12, .esr = 0x62303019)},
    {.name = "gicv3_tall1_traps_igrpen1",
     ICH(.insn = read_igrpen1, .hcr = 1 | 1U << 12, .esr = 0x623e3019)},
    {.name = "gicv3_tall1_leaves_pmr_alone", ICH(.insn = read_pmr, .hcr = 1 | 1U << 12)},
    {.name = "gicv3_tc_traps_dir", ICH(.insn = write_dir, .hcr = 1 | 1U << 10, .esr = 0x62323016)},
    {.name = "gicv3_tdir_traps_dir",
     ICH(.insn = write_dir, .hcr = 1 | 1U << 14, .esr = 0x62323016)},
    {.name = "gicv3_sgi1r_of_a_guest_is_trapped", .need = NEED_GIC3, .run = check_sgi1r_trap},
    {.name = "gicv3_ich_registers_at_el1_are_undefined",
     .need = NEED_GIC3,
     .run = check_ich_at_el1},
    {.name = "gicv3_imo_switches_el1_to_the_virtual_interface",
     .need = NEED_GIC3,
     .run = check_bank},
    {.name = "gicv3_virtual_group_0_is_fiq", .need = NEED_GIC3, .run = check_virtual_group0},
    {.name = "gicv3_active_priority_of_the_guest", .need = NEED_GIC3, .run = check_apr},
    {.name = "gicv3_group_enable_is_a_maintenance_reason",
     .need = NEED_GIC3,
     .run = check_group_maintenance},
    {.name = "gicv3_list_register_reads_back", .need = NEED_GIC3, .run = check_lr_readback},
    {.name = "gicv3_binary_point_of_group_1_has_a_minimum",
     .need = NEED_GIC3,
     .run = check_bpr_minimum},
};
CHECK_TABLE_END;
