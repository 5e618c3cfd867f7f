/* Virtual interrupts, on either version of the GIC: IHI 0048B chapter 5, IHI 0069 chapter 6. */
#include "vgic.h"

#define VIRQ  40
#define VIRQ2 41

static void pend(unsigned index, unsigned vintid, unsigned priority)
{
    lr_write(index, (struct lr){.vintid = vintid, .priority = priority, .state = LR_PENDING});
}

/* Pending -> taken at EL1 as IRQ -> active on the read of IAR -> invalid on the write of EOIR. */
static void check_life(const void *arg)
{
    (void)arg;
    vgic_on(0);
    pend(0, VIRQ, 0xa0);
    run_el1(v_window, 0);
    expect("exceptions", this_cpu()->trap_count, 1);
    expect("EL", this_cpu()->trap[0].el, 1);
    expect("vector", this_cpu()->trap[0].offset, VEC_CUR_SPX + VEC_IRQ);
    expect("state before IAR", lr_state(0), LR_PENDING);
    expect("IAR", run_el1(v_ack, 0), VIRQ);
    expect("state after IAR", lr_state(0), LR_ACTIVE);
    run_el1(v_eoi, VIRQ);
    expect("state after EOIR", lr_state(0), LR_INVALID);
}

/* Conditions under which a pending list register is not signalled. */
struct quiet_case {
    unsigned vhcr;
    uint64_t hcr;
    unsigned pmr;
    enum lr_state state;
};

static void check_quiet(const void *arg)
{
    const struct quiet_case *c = arg;

    vgic_on(0);
    lr_write(0, (struct lr){.vintid = VIRQ, .priority = 0xa0, .state = c->state});
    run_el1(v_pmr, c->pmr);
    vgic_hcr_write(c->vhcr);
    hcr_write(HCR_RW | c->hcr);
    run_el1(v_window, 0);
    expect("exceptions", this_cpu()->trap_count, 0);
}

#define QUIET(...)                                                                                 \
    .run = check_quiet, .arg = &(const struct quiet_case)                                          \
    {                                                                                              \
        __VA_ARGS__                                                                                \
    }

static void check_order(const void *arg)
{
    (void)arg;
    vgic_on(0);
    pend(0, VIRQ, 0xa0);
    pend(1, VIRQ2, 0x80);
    expect("HPPIR", run_el1(v_hppir, 0), VIRQ2);
    expect("first IAR", run_el1(v_ack, 0), VIRQ2);
    run_el1(v_eoi, VIRQ2);
    expect("second IAR", run_el1(v_ack, 0), VIRQ);
    run_el1(v_eoi, VIRQ);
    expect("third IAR", run_el1(v_ack, 0), SPURIOUS);
}

static void check_preemption(const void *arg)
{
    (void)arg;
    vgic_on(0);
    pend(0, VIRQ, 0xa0);
    expect("idle RPR", run_el1(v_rpr, 0), 0xff);
    expect("IAR", run_el1(v_ack, 0), VIRQ);
    expect("RPR", run_el1(v_rpr, 0), 0xa0);
    pend(1, VIRQ2, 0xb0);
    expect("IAR of a lower priority", run_el1(v_ack, 0), SPURIOUS);
    pend(1, VIRQ2, 0x40);
    run_el1(v_window, 0);
    expect("exceptions", this_cpu()->trap_count, 1);
    expect("IAR of a higher priority", run_el1(v_ack, 0), VIRQ2);
    expect("inner RPR", run_el1(v_rpr, 0), 0x40);
    run_el1(v_eoi, VIRQ2);
    expect("outer RPR", run_el1(v_rpr, 0), 0xa0);
    run_el1(v_eoi, VIRQ);
    expect("RPR at the end", run_el1(v_rpr, 0), 0xff);
}

/* A binary point that puts both priorities into one group: no preemption. */
static void check_binary_point(const void *arg)
{
    (void)arg;
    vgic_on(0);
    run_el1(v_bpr, 7);
    pend(0, VIRQ, 0xa0);
    expect("IAR", run_el1(v_ack, 0), VIRQ);
    pend(1, VIRQ2, 0x80);
    expect("IAR in the same group", run_el1(v_ack, 0), SPURIOUS);
    run_el1(v_eoi, VIRQ);
    expect("IAR after EOIR", run_el1(v_ack, 0), VIRQ2);
}

static void check_eoi_mode(const void *arg)
{
    (void)arg;
    vgic_on(0);
    run_el1(v_eoi_mode_split, 0);
    pend(0, VIRQ, 0xa0);
    expect("IAR", run_el1(v_ack, 0), VIRQ);
    run_el1(v_eoi, VIRQ);
    expect("state after EOIR", lr_state(0), LR_ACTIVE);
    expect("RPR after EOIR", run_el1(v_rpr, 0), 0xff);
    run_el1(v_deactivate, VIRQ);
    expect("state after DIR", lr_state(0), LR_INVALID);
}

/* The guest's EOI of a list register with HW = 1 deactivates the physical interrupt. */
static void check_hw(const void *arg)
{
    (void)arg;
    gic_cpu_on();
    gic_eoi_mode(true);
    gic_edge(TEST_SPI);
    gic_set(GICD_ISENABLER, TEST_SPI);
    gic_set(GICD_ISPENDR, TEST_SPI);
    expect_true("pending", gic_wait_pending(TEST_SPI));
    expect("physical IAR", gic_ack(), TEST_SPI);
    gic_eoi(TEST_SPI);
    expect("physically active", gic_get(GICD_ISACTIVER, TEST_SPI), 1);
    vgic_on(0);
    lr_write(
        0,
        (struct lr){
            .vintid = VIRQ, .priority = 0xa0, .state = LR_PENDING, .hw = true, .pintid = TEST_SPI});
    expect("IAR", run_el1(v_ack, 0), VIRQ);
    expect("active while the guest handles it", gic_get(GICD_ISACTIVER, TEST_SPI), 1);
    run_el1(v_eoi, VIRQ);
    expect("physically active after EOIR", gic_get(GICD_ISACTIVER, TEST_SPI), 0);
    expect("state", lr_state(0), LR_INVALID);
}

/* An EOI of an interrupt that no list register has counts in EOIcount; LRENPIE makes it a
 * maintenance interrupt. */
static void check_eoi_count(const void *arg)
{
    (void)arg;
    vgic_on(0);
    vgic_active_priority(0xa0);
    run_el1(v_eoi, 77);
    expect("EOIcount", vgic_hcr() >> VHCR_EOICOUNT, 1);
    expect("MISR without LRENPIE", vgic_misr(), 0);
    vgic_hcr_write(vgic_hcr() | VHCR_LRENPIE);
    expect("MISR with LRENPIE", vgic_misr(), 4);
}

/* Underflow: none or one valid list register. */
static void check_underflow(const void *arg)
{
    (void)arg;
    vgic_on(VHCR_UIE);
    expect("MISR, no valid LR", vgic_misr(), 2);
    pend(0, VIRQ, 0xa0);
    expect("MISR, one valid LR", vgic_misr(), 2);
    pend(1, VIRQ2, 0xa0);
    expect("MISR, two valid LRs", vgic_misr(), 0);
}

static void check_no_pending(const void *arg)
{
    (void)arg;
    vgic_on(VHCR_NPIE);
    expect("MISR, none pending", vgic_misr(), 8);
    pend(0, VIRQ, 0xa0);
    expect("MISR, one pending", vgic_misr(), 0);
    run_el1(v_ack, 0);
    expect("MISR, it is active", vgic_misr(), 8);
}

static void check_eoi_maintenance(const void *arg)
{
    (void)arg;
    vgic_on(0);
    lr_write(1, (struct lr){.vintid = VIRQ, .priority = 0xa0, .state = LR_PENDING, .eoi = true});
    expect("IAR", run_el1(v_ack, 0), VIRQ);
    expect("EISR while active", vgic_eisr(), 0);
    run_el1(v_eoi, VIRQ);
    expect("EISR", vgic_eisr(), 2);
    expect("MISR", vgic_misr(), 1);
    lr_write(1, (struct lr){.vintid = 0});
    expect("EISR of an emptied LR", vgic_eisr(), 0);
}

/* ELRSR: a bit for each list register that is free; one with EOI maintenance still wanted is not.
 */
static void check_elrsr(const void *arg)
{
    (void)arg;
    vgic_on(0);
    expect("all free", vgic_elrsr() & 0xf, 0xf);
    pend(0, VIRQ, 0xa0);
    lr_write(2, (struct lr){.vintid = VIRQ2, .priority = 0xa0, .state = LR_ACTIVE});
    expect("two used", vgic_elrsr() & 0xf, 0xa);
    lr_write(2, (struct lr){.vintid = VIRQ2, .priority = 0xa0, .eoi = true});
    expect("EOI wanted", vgic_elrsr() & 0xf, 0xa);
}

/* The maintenance interrupt reaches EL2 as PPI 25. */
static void check_maintenance_irq(const void *arg)
{
    (void)arg;
    gic_cpu_on();
    gic_set(GICD_ISENABLER, MAINTENANCE);
    vgic_on(VHCR_UIE);
    expect_true("taken", irq_window());
    expect("EL", this_cpu()->trap[0].el, 2);
    expect("vector", this_cpu()->trap[0].offset, VEC_CUR_SPX + VEC_IRQ);
    expect("IAR", gic_ack(), MAINTENANCE);
    vgic_hcr_write(0);
    gic_eoi(MAINTENANCE);
    expect("IAR when the cause is gone", gic_ack(), SPURIOUS);
}

/* It interrupts EL1 as well: physical IRQs of a guest go to EL2 with HCR_EL2.IMO whatever PSTATE.I
 * says. */
static void check_maintenance_irq_at_el1(const void *arg)
{
    (void)arg;
    gic_cpu_on();
    gic_set(GICD_ISENABLER, MAINTENANCE);
    vgic_on(VHCR_NPIE);
    pend(0, VIRQ, 0xa0);
    run_el1(v_ack, 0);
    run_el1(v_rpr, 0);
    expect_true("taken", this_cpu()->trap_count >= 1);
    expect("EL", this_cpu()->trap[0].el, 2);
    expect("vector", this_cpu()->trap[0].offset, VEC_LOWER64 + VEC_IRQ);
}

/* Pending and active: signalled again after the EOI only. */
static void check_pending_active(const void *arg)
{
    (void)arg;
    vgic_on(0);
    pend(0, VIRQ, 0xa0);
    expect("IAR", run_el1(v_ack, 0), VIRQ);
    lr_write(0, (struct lr){.vintid = VIRQ, .priority = 0xa0, .state = LR_PENDING_ACTIVE});
    expect("IAR while active", run_el1(v_ack, 0), SPURIOUS);
    run_el1(v_eoi, VIRQ);
    expect("state after EOIR", lr_state(0), LR_PENDING);
    expect("IAR after EOIR", run_el1(v_ack, 0), VIRQ);
}

/* The guest's PMR and EOImode are fields of VMCR, and the other way round. */
static void check_vmcr(const void *arg)
{
    (void)arg;
    vgic_on(0);
    run_el1(v_pmr, 0x50);
    expect("VMCR priority mask", vgic_vmcr() >> 27, 0x0a);
    run_el1(v_eoi_mode_split, 0);
    expect("VMCR.VEOIM", vgic_vmcr() >> 9 & 1, 1);
    run_el1(v_bpr, 5);
    unsigned shift = gic_is_v3() ? 18 : 21; /* VBPR1; VMBP */
    expect("VMCR binary point", vgic_vmcr() >> shift & 7, 5);
}

const struct check checks[] = {
    {.name = "list_register_goes_from_pending_to_active_to_invalid", .run = check_life},
    {.name = "virtual_interface_disabled_signals_nothing",
     QUIET(.vhcr = 0, .hcr = 3UL << 3, .pmr = 0xf0, .state = LR_PENDING)},
    {.name = "list_register_is_not_signalled_without_imo",
     QUIET(.vhcr = 1, .hcr = 0, .pmr = 0xf0, .state = LR_PENDING)},
    {.name = "virtual_priority_mask_hides_a_list_register",
     QUIET(.vhcr = 1, .hcr = 3UL << 3, .pmr = 0xa0, .state = LR_PENDING)},
    {.name = "active_list_register_is_not_signalled",
     QUIET(.vhcr = 1, .hcr = 3UL << 3, .pmr = 0xf0, .state = LR_ACTIVE)},
    {.name = "virtual_interrupts_come_in_order_of_priority", .run = check_order},
    {.name = "virtual_interrupt_of_higher_priority_preempts", .run = check_preemption},
    {.name = "virtual_binary_point_stops_preemption", .run = check_binary_point},
    {.name = "virtual_eoi_mode_splits_drop_and_deactivation", .run = check_eoi_mode},
    {.name = "hw_list_register_deactivates_the_physical_interrupt", .run = check_hw},
    {.name = "eoi_without_a_list_register_counts", .run = check_eoi_count},
    {.name = "underflow_is_a_maintenance_reason", .run = check_underflow},
    {.name = "no_pending_is_a_maintenance_reason", .run = check_no_pending},
    {.name = "eoi_is_a_maintenance_reason_where_asked", .run = check_eoi_maintenance},
    {.name = "elrsr_shows_the_free_list_registers", .run = check_elrsr},
    {.name = "maintenance_interrupt_is_ppi_25", .run = check_maintenance_irq},
    {.name = "maintenance_interrupt_leaves_the_guest", .run = check_maintenance_irq_at_el1},
    {.name = "pending_and_active_list_register_waits_for_the_eoi", .run = check_pending_active},
    {.name = "vmcr_mirrors_the_virtual_interface", .run = check_vmcr},
};
CHECK_TABLE_END;
