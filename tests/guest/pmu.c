/* PMUv3 (Arm ARM D7): the cycle counter, overflow and its PPI 23, event counters where the CPU
 * counts instructions, HPMN, filters. */
#include "gic.h"

#define PPI_PMU    23
#define PMCR_E     1
#define PMCR_P     2
#define PMCR_C     4
#define PMCR_LC    (1UL << 6)
#define CYCLES     (1UL << 31)
#define EVENT_INST 0x08        /* INST_RETIRED (D7.11) */
#define EVENT_SW   0x00        /* SW_INCR */
#define FILTER_P   (1UL << 31) /* not at EL1 */
#define FILTER_NSH (1UL << 27) /* also at EL2 */

INSN(read_pmcr, "mrs x0, pmcr_el0");

static void pmu_reset(void)
{
    WR("pmcr_el0", PMCR_LC);
    WR("pmcntenclr_el0", 0xffffffff);
    WR("pmintenclr_el1", 0xffffffff);
    WR("pmovsclr_el0", 0xffffffff);
    WR("pmccfiltr_el0", 0);
    WR("pmcr_el0", PMCR_LC | PMCR_P | PMCR_C);
    ISB();
}

static void count_cycles(uint64_t filter)
{
    pmu_reset();
    WR("pmccfiltr_el0", filter);
    WR("pmcntenset_el0", CYCLES);
    WR("pmcr_el0", PMCR_LC | PMCR_E);
    ISB();
}

static uint64_t work(uint64_t rounds)
{
    spin((unsigned)rounds);
    return RD("pmccntr_el0");
}

static void check_counts(const void *arg)
{
    (void)arg;
    count_cycles(FILTER_NSH);
    uint64_t first = work(1000), second = work(1000);
    expect_true("count goes up", second > first);
    WR("pmcr_el0", PMCR_LC);
    ISB();
    first = RD("pmccntr_el0");
    spin(1000);
    expect("count when disabled", RD("pmccntr_el0"), first);
    pmu_reset();
}

/* PMCR_EL0.C sets the cycle counter to 0 and reads as 0. */
static void check_reset(const void *arg)
{
    (void)arg;
    pmu_reset();
    WR("pmccntr_el0", 0x123456789a);
    ISB();
    expect("PMCCNTR written", RD("pmccntr_el0"), 0x123456789a);
    WR("pmcr_el0", PMCR_LC | PMCR_C);
    ISB();
    expect("PMCCNTR after C", RD("pmccntr_el0"), 0);
    expect("PMCR.C", RD("pmcr_el0") & PMCR_C, 0);
}

/* PMCCFILTR.NSH = 0: not at EL2; P = 1: not at EL1 (PMCCFILTR_EL0). */
static void check_filter_el2(const void *arg)
{
    (void)arg;
    count_cycles(0);
    uint64_t first = RD("pmccntr_el0");
    spin(1000);
    expect("count at EL2", RD("pmccntr_el0"), first);
    uint64_t el1 = run_el1(work, 1000);
    expect_true("count at EL1", el1 > first);
    pmu_reset();
}

static void check_filter_el1(const void *arg)
{
    (void)arg;
    count_cycles(FILTER_P);
    uint64_t first = run_el1(work, 10);
    expect("count at EL1", run_el1(work, 1000), first);
    pmu_reset();
}

/* Overflow of the 64-bit cycle counter: PMOVS bit 31, PPI 23 while PMINTENSET has it. */
static void check_overflow(const void *arg)
{
    (void)arg;
    gic_cpu_on();
    gic_set(GICD_ISENABLER, PPI_PMU);
    pmu_reset();
    WR("pmccntr_el0", 0xfffffffffffffff0);
    WR("pmccfiltr_el0", FILTER_NSH);
    WR("pmintenset_el1", CYCLES);
    WR("pmcntenset_el0", CYCLES);
    WR("pmcr_el0", PMCR_LC | PMCR_E);
    ISB();
    for (unsigned i = 0; i < 1000000 && (RD("pmovsclr_el0") & CYCLES) == 0; i++) {
        spin(1000);
    }
    expect("PMOVSCLR", RD("pmovsclr_el0") & CYCLES, CYCLES);
    expect_true("pending", gic_wait_pending(PPI_PMU));
    expect("taken", irq_window(), true);
    expect("IAR", gic_ack(), PPI_PMU);
    WR("pmovsclr_el0", CYCLES);
    ISB();
    gic_eoi(PPI_PMU);
    expect("IAR after PMOVSCLR", gic_ack(), SPURIOUS);
    pmu_reset();
}

/* PMOVSSET sets the flag by hand; without PMINTENSET there is no interrupt. */
static void check_overflow_by_hand(const void *arg)
{
    (void)arg;
    gic_cpu_on();
    gic_set(GICD_ISENABLER, PPI_PMU);
    pmu_reset();
    WR("pmcr_el0", PMCR_LC | PMCR_E);
    WR("pmovsset_el0", CYCLES);
    ISB();
    expect("PMOVSSET", RD("pmovsset_el0") & CYCLES, CYCLES);
    expect("taken without PMINTENSET", irq_window(), false);
    WR("pmintenset_el1", CYCLES);
    WR("pmcntenset_el0", CYCLES);
    ISB();
    expect("taken with PMINTENSET", irq_window(), true);
    WR("pmovsclr_el0", CYCLES);
    pmu_reset();
}

static bool has_event(unsigned event)
{
    return (RD("pmceid0_el0") >> event & 1) != 0;
}

/* Event counter 0 counts INST_RETIRED or, with a write of PMSWINC, SW_INCR. */
static uint64_t ten_nops(uint64_t arg)
{
    ISB();
    uint64_t before = RD("pmevcntr0_el0");
    OP("isb\n nop\n nop\n nop\n nop\n nop\n nop\n nop\n nop\n nop\n nop\n isb");
    return RD("pmevcntr0_el0") - before + arg;
}

static void check_instructions(const void *arg)
{
    (void)arg;
    if (!has_event(EVENT_INST)) {
        return;
    }
    pmu_reset();
    WR("pmevtyper0_el0", EVENT_INST);
    WR("pmcntenset_el0", 1);
    WR("pmcr_el0", PMCR_LC | PMCR_E);
    uint64_t count = run_el1(ten_nops, 0);
    expect_true("instructions",
                count >= 12 && count <= 15); /* 10 NOP, 2 ISB, and MRS as the reads fall */
    pmu_reset();
}

static void check_sw_incr(const void *arg)
{
    (void)arg;
    pmu_reset();
    WR("pmevcntr0_el0", 5);
    WR("pmevtyper0_el0", EVENT_SW | FILTER_NSH);
    WR("pmcntenset_el0", 1);
    WR("pmcr_el0", PMCR_LC | PMCR_E);
    ISB();
    for (unsigned i = 0; i < 3; i++) {
        WR("pmswinc_el0", 1);
        ISB();
    }
    expect("counter 0", RD("pmevcntr0_el0"), 8);
    pmu_reset();
}

/* PMSELR_EL0 chooses what PMXEVCNTR and PMXEVTYPER reach; 31 is PMCCFILTR. */
static void check_select(const void *arg)
{
    (void)arg;
    pmu_reset();
    WR("pmselr_el0", 1);
    ISB();
    WR("pmxevcntr_el0", 77);
    ISB();
    expect("PMEVCNTR1", RD("pmevcntr1_el0"), 77);
    WR("pmselr_el0", 31);
    WR("pmccfiltr_el0", FILTER_P);
    ISB();
    expect("PMXEVTYPER with SEL 31", RD("pmxevtyper_el0") & FILTER_P, FILTER_P);
    pmu_reset();
}

/* MDCR_EL2.HPMN is PMCR_EL0.N for EL1 (PMCR_EL0.N). */
static uint64_t read_n(uint64_t arg)
{
    return (read_pmcr(arg) >> 11) & 0x1f;
}

INSN(read_pmcntenset, "mrs x0, pmcntenset_el0");
INSN(clear_counters, "msr pmcntenclr_el0, x0");

static void check_hpmn(const void *arg)
{
    uint64_t n = read_n(0);

    (void)arg;
    pmu_reset();
    expect("N at EL1, HPMN = N", run_el1(read_n, 0), n);
    WR("mdcr_el2", (RD("mdcr_el2") & ~0x1fUL) | 1);
    ISB();
    expect("N at EL1, HPMN = 1", run_el1(read_n, 0), 1);
    expect("N at EL2", read_n(0), n);
}

/* Counters from HPMN up are out of EL1's reach: their bits read as zero and ignore writes
 * (PMCNTENSET_EL0). */
static void check_hpmn_hides(const void *arg)
{
    (void)arg;
    pmu_reset();
    WR("mdcr_el2", (RD("mdcr_el2") & ~0x1fUL) | 1);
    WR("pmcntenset_el0", CYCLES | 3);
    ISB();
    expect("PMCNTENSET at EL1", run_el1(read_pmcntenset, 0), CYCLES | 1);
    run_el1(clear_counters, 3);
    expect("PMCNTENSET at EL2", RD("pmcntenset_el0"), CYCLES | 2);
    pmu_reset();
}

/* Enable and clear registers are two views of the same bits. */
static void check_enable_views(const void *arg)
{
    (void)arg;
    pmu_reset();
    WR("pmcntenset_el0", CYCLES | 1);
    ISB();
    expect("PMCNTENCLR", RD("pmcntenclr_el0"), CYCLES | 1);
    WR("pmcntenclr_el0", CYCLES);
    ISB();
    expect("PMCNTENSET", RD("pmcntenset_el0"), 1);
    WR("pmintenset_el1", 1);
    ISB();
    expect("PMINTENCLR", RD("pmintenclr_el1"), 1);
    pmu_reset();
    expect("PMINTENSET", RD("pmintenset_el1"), 0);
}

const struct check checks[] = {
    {.name = "pmu_cycle_counter_counts", .need = NEED_PMU, .run = check_counts},
    {.name = "pmu_cycle_counter_is_reset_by_pmcr_c", .need = NEED_PMU, .run = check_reset},
    {.name = "pmu_cycle_counter_skips_el2_without_nsh", .need = NEED_PMU, .run = check_filter_el2},
    {.name = "pmu_cycle_counter_skips_el1_with_p", .need = NEED_PMU, .run = check_filter_el1},
    {.name = "pmu_overflow_is_ppi_23", .need = NEED_PMU, .run = check_overflow},
    {.name = "pmu_overflow_set_by_hand_needs_the_enable",
     .need = NEED_PMU,
     .run = check_overflow_by_hand},
    {.name = "pmu_counts_instructions_where_it_says_so",
     .need = NEED_PMU,
     .run = check_instructions},
    {.name = "pmu_counts_software_increments", .need = NEED_PMU, .run = check_sw_incr},
    {.name = "pmu_select_register_chooses_the_counter", .need = NEED_PMU, .run = check_select},
    {.name = "pmu_hpmn_is_n_at_el1", .need = NEED_PMU, .run = check_hpmn},
    {.name = "pmu_hpmn_hides_counters_from_el1", .need = NEED_PMU, .run = check_hpmn_hides},
    {.name = "pmu_enable_registers_are_two_views", .need = NEED_PMU, .run = check_enable_views},
};
CHECK_TABLE_END;
