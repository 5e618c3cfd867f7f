/* Physical interrupts, on either version of the GIC: distributor states, priorities, preemption,
 * EOI modes (IHI 0048B chapters 2 and 3, IHI 0069 chapter 4). */
#include "gic.h"

static void pend(unsigned intid, unsigned priority)
{
    gic_edge(intid);
    gic_priority(intid, priority);
    gic_set(GICD_ISENABLER, intid);
    gic_set(GICD_ISPENDR, intid);
    gic_wait_pending(intid);
}

static void check_taken(const void *arg)
{
    (void)arg;
    gic_cpu_on();
    pend(TEST_SPI, 0xa0);
    expect_true("taken", irq_window());
    expect("EL", this_cpu()->trap[0].el, 2);
    expect("vector", this_cpu()->trap[0].offset, VEC_CUR_SPX + VEC_IRQ);
    expect("IAR", gic_ack(), TEST_SPI);
    traps_reset();
    expect("taken again", irq_window(), false);
    gic_eoi(TEST_SPI);
}

/* Without IMO a physical IRQ goes to EL1 and not to EL2; with IMO it leaves EL1 though PSTATE.I is
 * set (D1.13.1). */
static uint64_t unmask_irq(uint64_t arg)
{
    OP("msr daifclr, #2\n isb\n nop\n nop\n nop\n nop");
    spin(200);
    OP("msr daifset, #2");
    return arg;
}

static uint64_t wait_masked(uint64_t arg)
{
    spin(200);
    return arg;
}

static void check_route_el1(const void *arg)
{
    (void)arg;
    gic_cpu_on();
    pend(TEST_SPI, 0xa0);
    OP("msr daifclr, #3\n isb\n nop\n nop\n nop\n msr daifset, #3");
    expect("taken at EL2", this_cpu()->trap_count, 0);
    run_el1(unmask_irq, 0);
    expect("exceptions", this_cpu()->trap_count, 1);
    expect("EL", this_cpu()->trap[0].el, 1);
    expect("vector", this_cpu()->trap[0].offset, VEC_CUR_SPX + VEC_IRQ);
}

static void check_route_el2(const void *arg)
{
    (void)arg;
    gic_cpu_on();
    pend(TEST_SPI, 0xa0);
    hcr_write(HCR_RW | 1UL << 4);
    run_el1(wait_masked, 0);
    expect_true("taken", this_cpu()->trap_count >= 1);
    expect("EL", this_cpu()->trap[0].el, 2);
    expect("vector", this_cpu()->trap[0].offset, VEC_LOWER64 + VEC_IRQ);
}

static void ack_and_eoi(struct frame *frame)
{
    (void)frame; /* goes on where it was */
    gic_eoi(gic_ack());
}

/* TGE = 1 routes physical interrupts to EL2 without IMO (D1.13.1). */
static void check_route_tge(const void *arg)
{
    (void)arg;
    gic_cpu_on();
    pend(TEST_SPI, 0xa0);
    hcr_write(HCR_RW | 1UL << 27);
    this_cpu()->irq_hook = ack_and_eoi;
    run_el0(wait_masked, 0); /* PSTATE.I does not mask what goes to a higher EL */
    expect("exceptions", this_cpu()->trap_count, 1);
    expect("EL", this_cpu()->trap[0].el, 2);
    expect("vector", this_cpu()->trap[0].offset, VEC_LOWER64 + VEC_IRQ);
}

static void check_masked_el2(const void *arg)
{
    (void)arg;
    gic_cpu_on();
    pend(TEST_SPI, 0xa0);
    hcr_write(HCR_RW | 1UL << 4);
    wait_masked(0);
    expect("taken", this_cpu()->trap_count, 0);
}

static void check_route_el0(const void *arg)
{
    (void)arg;
    gic_cpu_on();
    pend(TEST_SPI, 0xa0);
    run_spsr(wait_masked, 0, 0x340); /* EL0t, I clear */
    expect_true("taken", this_cpu()->trap_count >= 1);
    expect("EL", this_cpu()->trap[0].el, 1);
    expect("vector", this_cpu()->trap[0].offset, VEC_LOWER64 + VEC_IRQ);
}

static void check_states(const void *arg)
{
    (void)arg;
    gic_cpu_on();
    pend(TEST_SPI, 0xa0);
    expect("pending", gic_get(GICD_ISPENDR, TEST_SPI), 1);
    expect("active", gic_get(GICD_ISACTIVER, TEST_SPI), 0);
    expect("IAR", gic_ack(), TEST_SPI);
    expect("pending after IAR", gic_get(GICD_ISPENDR, TEST_SPI), 0);
    expect("active after IAR", gic_get(GICD_ISACTIVER, TEST_SPI), 1);
    gic_eoi(TEST_SPI);
    expect("active after EOIR", gic_get(GICD_ISACTIVER, TEST_SPI), 0);
}

static void check_disabled(const void *arg)
{
    (void)arg;
    gic_cpu_on();
    gic_edge(TEST_SPI);
    gic_set(GICD_ISPENDR, TEST_SPI);
    expect("enabled", gic_get(GICD_ISENABLER, TEST_SPI), 0);
    expect("pending", gic_get(GICD_ISPENDR, TEST_SPI), 1);
    expect("taken", irq_window(), false);
    gic_set(GICD_ISENABLER, TEST_SPI);
    expect("taken when enabled", irq_window(), true);
    gic_set(GICD_ICENABLER, TEST_SPI);
    expect("still pending", gic_get(GICD_ISPENDR, TEST_SPI), 1);
    expect("taken when disabled", irq_window(), false);
}

static void check_icpendr(const void *arg)
{
    (void)arg;
    gic_cpu_on();
    pend(TEST_SPI, 0xa0);
    gic_set(GICD_ICPENDR, TEST_SPI);
    expect("pending", gic_get(GICD_ISPENDR, TEST_SPI), 0);
    expect("taken", irq_window(), false);
}

static void check_spurious(const void *arg)
{
    (void)arg;
    gic_cpu_on();
    expect("IAR", gic_ack(), SPURIOUS);
    expect("HPPIR", gic_hppir(), SPURIOUS);
    expect("RPR", gic_rpr(), 0xff);
}

static void check_order(const void *arg)
{
    (void)arg;
    gic_cpu_on();
    pend(TEST_SPI, 0xb0);
    pend(TEST_SPI2, 0x90);
    expect("HPPIR", gic_hppir(), TEST_SPI2);
    expect("first", gic_ack(), TEST_SPI2);
    gic_eoi(TEST_SPI2);
    expect("second", gic_ack(), TEST_SPI);
    gic_eoi(TEST_SPI);
}

static void check_equal_priority(const void *arg)
{
    (void)arg;
    gic_cpu_on();
    pend(TEST_SPI, 0xa0);
    gic_edge(TEST_SPI2);
    gic_set(GICD_ISENABLER, TEST_SPI2);
    gic_set(GICD_ISPENDR, TEST_SPI2);
    expect("first", gic_ack(), TEST_SPI);
    expect("second does not preempt", gic_ack(), SPURIOUS);
    gic_eoi(TEST_SPI);
    expect("second", gic_ack(), TEST_SPI2);
    gic_eoi(TEST_SPI2);
}

static void check_pmr(const void *arg)
{
    (void)arg;
    gic_cpu_on();
    pend(TEST_SPI, 0xa0);
    gic_pmr(0xa0);
    expect("taken with PMR equal to the priority", irq_window(), false);
    expect("IAR", gic_ack(), SPURIOUS);
    gic_pmr(0xa8);
    expect("taken with PMR above it", irq_window(), true);
}

static void check_preemption(const void *arg)
{
    (void)arg;
    gic_cpu_on();
    pend(TEST_SPI, 0xa0);
    expect("IAR", gic_ack(), TEST_SPI);
    expect("RPR", gic_rpr(), 0xa0);
    gic_priority(TEST_SPI2, 0xb0);
    gic_edge(TEST_SPI2);
    gic_set(GICD_ISENABLER, TEST_SPI2);
    gic_set(GICD_ISPENDR, TEST_SPI2);
    expect("taken with a lower priority", irq_window(), false);
    gic_priority(TEST_SPI2, 0x80);
    expect("taken with a higher priority", irq_window(), true);
    expect("inner IAR", gic_ack(), TEST_SPI2);
    expect("inner RPR", gic_rpr(), 0x80);
    gic_eoi(TEST_SPI2);
    expect("outer RPR", gic_rpr(), 0xa0);
    gic_eoi(TEST_SPI);
    expect("RPR at the end", gic_rpr(), 0xff);
}

static void check_binary_point(const void *arg)
{
    (void)arg;
    gic_cpu_on();
    gic_bpr(7);
    pend(TEST_SPI, 0xa0);
    expect("IAR", gic_ack(), TEST_SPI);
    pend(TEST_SPI2, 0x80);
    expect("taken in the same group", irq_window(), false);
    gic_eoi(TEST_SPI);
    expect("taken after EOIR", irq_window(), true);
    expect("IAR after EOIR", gic_ack(), TEST_SPI2);
    gic_eoi(TEST_SPI2);
}

static void check_eoi_mode(const void *arg)
{
    (void)arg;
    gic_cpu_on();
    gic_eoi_mode(true);
    pend(TEST_SPI, 0xa0);
    expect("IAR", gic_ack(), TEST_SPI);
    gic_eoi(TEST_SPI);
    expect("RPR after EOIR", gic_rpr(), 0xff);
    expect("active after EOIR", gic_get(GICD_ISACTIVER, TEST_SPI), 1);
    gic_set(GICD_ISPENDR, TEST_SPI);
    expect("IAR while active", gic_ack(), SPURIOUS);
    gic_deactivate(TEST_SPI);
    expect("active after DIR", gic_get(GICD_ISACTIVER, TEST_SPI), 0);
    expect("IAR after DIR", gic_ack(), TEST_SPI);
    gic_eoi(TEST_SPI);
    gic_deactivate(TEST_SPI);
}

static void check_active_by_hand(const void *arg)
{
    (void)arg;
    gic_cpu_on();
    gic_set(GICD_ISACTIVER, TEST_SPI);
    gic_edge(TEST_SPI);
    gic_set(GICD_ISENABLER, TEST_SPI);
    gic_set(GICD_ISPENDR, TEST_SPI);
    expect("taken while active", irq_window(), false);
    gic_set(GICD_ICACTIVER, TEST_SPI);
    expect("taken when not active", irq_window(), true);
}

static void check_pend_while_active(const void *arg)
{
    (void)arg;
    gic_cpu_on();
    pend(TEST_SPI, 0xa0);
    expect("IAR", gic_ack(), TEST_SPI);
    gic_set(GICD_ISPENDR, TEST_SPI);
    expect("active and pending",
           gic_get(GICD_ISPENDR, TEST_SPI) + gic_get(GICD_ISACTIVER, TEST_SPI), 2);
    expect("IAR while active", gic_ack(), SPURIOUS);
    gic_eoi(TEST_SPI);
    expect("IAR after EOIR", gic_ack(), TEST_SPI);
    gic_eoi(TEST_SPI);
}

static void check_sgi(const void *arg)
{
    (void)arg;
    gic_cpu_on();
    gic_set(GICD_ISENABLER, 5);
    gic_sgi(5, 1);
    expect("taken", irq_window(), true);
    expect("IAR", gic_ack(), 5); /* GICv2: source CPU 0 in bits [12:10] */
    gic_eoi(5);
    expect("IAR again", gic_ack(), SPURIOUS);
}

static void check_ppi(const void *arg)
{
    (void)arg;
    gic_cpu_on();
    gic_set(GICD_ISENABLER, 20);
    gic_set(GICD_ISPENDR, 20);
    expect("taken", irq_window(), true);
    expect("IAR", gic_ack(), 20);
    gic_eoi(20);
}

static void check_distributor_off(const void *arg)
{
    (void)arg;
    gic_cpu_on();
    pend(TEST_SPI, 0xa0);
    GICD(GICD_CTLR) = gic_is_v3() ? 0x10 : 0;
    DSB();
    expect("taken", irq_window(), false);
    expect("IAR", gic_ack(), SPURIOUS);
}

static void check_cpu_interface_off(const void *arg)
{
    (void)arg;
    gic_cpu_on();
    pend(TEST_SPI, 0xa0);
    if (gic_is_v3()) {
        WR(ICC_IGRPEN1_EL1, 0);
        ISB();
    } else {
        GICC(GICC_CTLR) = 0;
    }
    DSB();
    expect("taken", irq_window(), false);
}

/* GICD_TYPER.ITLinesNumber: the board's devices use INTIDs below 160: at least 5 words of 32. */
static void check_typer(const void *arg)
{
    (void)arg;
    expect_true("ITLinesNumber", (GICD(GICD_TYPER) & 0x1f) >= 4);
}

static void check_priority_bytes(const void *arg)
{
    (void)arg;
    gic_priority(TEST_SPI, 0x40);
    gic_priority(TEST_SPI2, 0x80);
    expect("IPRIORITYR", GICD(GICD_IPRIORITYR + 100) & 0xffff, 0x8040);
}

/* D1.13.4: ISR_EL1.I shows the physical pending IRQ at EL2. */
static void check_isr(const void *arg)
{
    (void)arg;
    gic_cpu_on();
    expect("ISR_EL1, idle", RD("isr_el1"), 0);
    pend(TEST_SPI, 0xa0);
    expect("ISR_EL1, pending", RD("isr_el1"), 0x80);
}

const struct check checks[] = {
    {.name = "pended_spi_is_taken_once_as_irq", .run = check_taken},
    {.name = "irq_without_imo_goes_to_el1", .run = check_route_el1},
    {.name = "irq_with_imo_leaves_el1_though_masked", .run = check_route_el2},
    {.name = "irq_at_el0_goes_to_el2_with_tge", .run = check_route_tge},
    {.name = "irq_at_el2_is_masked_by_pstate", .run = check_masked_el2},
    {.name = "irq_at_el0_goes_to_el1", .run = check_route_el0},
    {.name = "interrupt_goes_from_pending_to_active_to_inactive", .run = check_states},
    {.name = "disabled_interrupt_stays_pending_and_silent", .run = check_disabled},
    {.name = "icpendr_takes_the_pending_state_away", .run = check_icpendr},
    {.name = "idle_interface_reads_spurious", .run = check_spurious},
    {.name = "higher_priority_is_acknowledged_first", .run = check_order},
    {.name = "equal_priority_lower_intid_first", .run = check_equal_priority},
    {.name = "priority_mask_hides_equal_priority", .run = check_pmr},
    {.name = "higher_priority_preempts", .run = check_preemption},
    {.name = "binary_point_stops_preemption", .run = check_binary_point},
    {.name = "eoi_mode_splits_drop_and_deactivation", .run = check_eoi_mode},
    {.name = "active_state_set_by_hand_holds_the_interrupt", .run = check_active_by_hand},
    {.name = "interrupt_pended_while_active_comes_again", .run = check_pend_while_active},
    {.name = "sgi_to_this_cpu_is_taken", .run = check_sgi},
    {.name = "ppi_pended_by_hand_is_taken", .run = check_ppi},
    {.name = "distributor_off_signals_nothing", .run = check_distributor_off},
    {.name = "cpu_interface_off_signals_nothing", .run = check_cpu_interface_off},
    {.name = "typer_counts_the_interrupt_lines", .run = check_typer},
    {.name = "priorities_are_bytes", .run = check_priority_bytes},
    {.name = "isr_at_el2_shows_a_physical_irq", .run = check_isr},
};
CHECK_TABLE_END;
