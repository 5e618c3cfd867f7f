/* PMUv3 (Arm ARM D7, D13.4): what counts when, overflow, and the registers; bits typed by hand. */
#include "tests/unit/cpu-el/toy_pe.h"

#include <check.h>
#include <stdlib.h>

#include "cpu-el/exception.h"
#include "cpu-el/pmu.h"
#include "cpu-el/resolve.h"
#include "tests/support/run_suite.h"

#define CYCLES_BIT UINT64_C(0x80000000) /* the cycle counter in PMCNTENSET and its kin */
#define FILTER_P   UINT64_C(0x80000000)
#define FILTER_U   UINT64_C(0x40000000)
#define FILTER_NSH UINT64_C(0x08000000)

static struct toy_pe *toy;
static struct pe *pe;
static struct pmu pmu;
static uint64_t instructions, tlb_misses;
static unsigned irq_rises;
static bool irq_level;

static void irq_sink(void *ctx, unsigned n, bool level)
{
    (void)ctx;
    (void)n;
    irq_level = level;
    irq_rises += level;
}

static void setup(void)
{
    toy = toy_pe_create();
    pe = &toy->pe;
    instructions = tlb_misses = 0;
    irq_rises = 0;
    irq_level = false;
    pmu_init(&pmu, pe, &(struct pmu_sources){&instructions, &tlb_misses});
    pmu.irq.sink = irq_sink;
    toy_pe_at(toy, 1, true, 0);
}

static void teardown(void)
{
    toy_pe_destroy(toy);
}

static void pass(uint64_t cycles)
{
    toy->clock.now += cycles * CYCLE;
}

/* Counter 0 counts `event` under `filter`; PMCR_EL0.E and its enable are set. */
static void count_event(uint64_t event)
{
    pmu_write(pe, SR_PMEVTYPER0_EL0, event);
    pmu_write(pe, SR_PMCNTENSET_EL0, 1);
    pmu_write(pe, SR_PMCR_EL0, 1);
}

static void count_cycles(void)
{
    pmu_write(pe, SR_PMCNTENSET_EL0, CYCLES_BIT);
    pmu_write(pe, SR_PMCR_EL0, 1);
}

START_TEST(the_cycle_counter_counts_whole_cycles_of_the_clock)
{
    pass(1000);
    count_cycles();
    toy->clock.now += 1500;
    ck_assert_uint_eq(pmu_read(pe, SR_PMCCNTR_EL0), 1);
    toy->clock.now += 500;
    ck_assert_uint_eq(pmu_read(pe, SR_PMCCNTR_EL0), 2);
    pass(UINT64_C(1) << 33);
    ck_assert_uint_eq(pmu_read(pe, SR_PMCCNTR_EL0), (UINT64_C(1) << 33) + 2);
}
END_TEST

START_TEST(nothing_counts_until_e_and_the_counter_are_enabled)
{
    pmu_write(pe, SR_PMCNTENSET_EL0, CYCLES_BIT);
    ck_assert(!pmu_is_counting(pe));
    pass(100);
    ck_assert_uint_eq(pmu_read(pe, SR_PMCCNTR_EL0), 0);
    pmu_write(pe, SR_PMCR_EL0, 1);
    ck_assert(pmu_is_counting(pe));
    pass(10);
    pmu_write(pe, SR_PMCNTENCLR_EL0, CYCLES_BIT);
    ck_assert(!pmu_is_counting(pe));
    pass(100);
    ck_assert_uint_eq(pmu_read(pe, SR_PMCCNTR_EL0), 10);
    pmu_write(pe, SR_PMCNTENSET_EL0, CYCLES_BIT);
    pass(5);
    pmu_write(pe, SR_PMCR_EL0, 0);
    pass(100);
    ck_assert_uint_eq(pmu_read(pe, SR_PMCCNTR_EL0), 15);
}
END_TEST

START_TEST(a_written_count_goes_on_from_there)
{
    count_cycles();
    pass(7);
    pmu_write(pe, SR_PMCCNTR_EL0, 1000);
    pass(3);
    ck_assert_uint_eq(pmu_read(pe, SR_PMCCNTR_EL0), 1003);
}
END_TEST

/* PMCCFILTR_EL0 and PMEVTYPER<n>_EL0: P, U, NSH against the EL. */
static const struct {
    uint64_t filter;
    bool el0, el1, el2;
} filters[] = {
    {0, true, true, false},
    {FILTER_P, true, false, false},
    {FILTER_U, false, true, false},
    {FILTER_NSH, true, true, true},
    {FILTER_P | FILTER_U | FILTER_NSH, false, false, true},
};

START_TEST(filters_choose_exception_levels)
{
    const bool expected[3] = {filters[_i].el0, filters[_i].el1, filters[_i].el2};
    for (unsigned el = 0; el < 3; el++) {
        toy_pe_at(toy, 2, true, 0);
        pmu_write(pe, SR_PMCR_EL0, 7);
        pmu_write(pe, SR_PMCCFILTR_EL0, filters[_i].filter);
        pmu_write(pe, SR_PMEVTYPER0_EL0, filters[_i].filter | 0x11);
        pmu_write(pe, SR_PMCNTENSET_EL0, CYCLES_BIT | 1);
        pmu_sync(pe);
        toy_pe_at(toy, el, el != 0, 0);
        pass(50);
        pmu_sync(pe);
        toy_pe_at(toy, 2, true, 0);
        ck_assert_uint_eq(pmu_read(pe, SR_PMCCNTR_EL0), expected[el] ? 50 : 0);
        ck_assert_uint_eq(pmu_read(pe, SR_PMEVCNTR0_EL0), expected[el] ? 50 : 0);
    }
}
END_TEST

START_TEST(exceptions_split_the_count_between_levels)
{
    struct exception svc = {.target_el = 1};
    pmu_write(pe, SR_PMCCFILTR_EL0, FILTER_P); /* EL0 only */
    count_cycles();
    toy_pe_at(toy, 0, false, 0);
    pass(40);
    exception_take(pe, &svc); /* its price belongs to EL1 */
    pass(1000);
    pe->sr[SR_SPSR_EL1] = 0;
    exception_return(pe); /* and this one to EL0 */
    pass(2);
    ck_assert_uint_eq(pmu_read(pe, SR_PMCCNTR_EL0), 40 + COST_ERET_EL1_EL0 + 1 + 2);
}
END_TEST

START_TEST(instructions_and_tlb_refills_come_from_their_sources)
{
    instructions = 500;
    tlb_misses = 50;
    count_event(0x08);
    pmu_write(pe, SR_PMEVTYPER1_EL0, 0x2d);
    pmu_write(pe, SR_PMCNTENSET_EL0, 2);
    instructions += 123;
    tlb_misses += 4;
    ck_assert_uint_eq(pmu_read(pe, SR_PMEVCNTR0_EL0), 123);
    ck_assert_uint_eq(pmu_read(pe, SR_PMEVCNTR1_EL0), 4);
}
END_TEST

START_TEST(exceptions_taken_and_returned_from_are_events)
{
    struct exception svc = {.target_el = 1};
    count_event(0x09);
    pmu_write(pe, SR_PMEVTYPER1_EL0, 0x0a);
    pmu_write(pe, SR_PMCNTENSET_EL0, 2);
    for (unsigned i = 0; i < 3; i++) {
        exception_take(pe, &svc);
    }
    pe->sr[SR_SPSR_EL1] = 5;
    exception_return(pe);
    ck_assert_uint_eq(pmu_read(pe, SR_PMEVCNTR0_EL0), 3);
    ck_assert_uint_eq(pmu_read(pe, SR_PMEVCNTR1_EL0), 1);
}
END_TEST

START_TEST(pmswinc_counts_on_counters_of_that_event)
{
    count_event(0x00);
    pmu_write(pe, SR_PMEVTYPER1_EL0, 0x11);
    pmu_write(pe, SR_PMCNTENSET_EL0, 2);
    pmu_write(pe, SR_PMSWINC_EL0, 7);
    pmu_write(pe, SR_PMSWINC_EL0, 1);
    ck_assert_uint_eq(pmu_read(pe, SR_PMEVCNTR0_EL0), 2);
    ck_assert_uint_eq(pmu_read(pe, SR_PMEVCNTR1_EL0), 0);
}
END_TEST

START_TEST(an_event_that_is_not_implemented_does_not_count)
{
    count_event(0x13);
    pass(100);
    instructions += 100;
    ck_assert_uint_eq(pmu_read(pe, SR_PMEVCNTR0_EL0), 0);
}
END_TEST

START_TEST(an_event_counter_overflows_at_32_bits)
{
    count_event(0x11);
    pmu_write(pe, SR_PMEVCNTR0_EL0, 0xfffffff0);
    pass(15);
    ck_assert_uint_eq(pmu_read(pe, SR_PMOVSSET_EL0), 0);
    pass(1);
    ck_assert_uint_eq(pmu_read(pe, SR_PMOVSSET_EL0), 1);
    ck_assert_uint_eq(pmu_read(pe, SR_PMEVCNTR0_EL0), 0);
    ck_assert(!irq_level); /* PMINTENSET_EL1 is clear */
    pmu_write(pe, SR_PMINTENSET_EL1, 1);
    ck_assert(irq_level);
    pmu_write(pe, SR_PMOVSCLR_EL0, 1);
    ck_assert(!irq_level && pmu_read(pe, SR_PMOVSCLR_EL0) == 0);
}
END_TEST

START_TEST(the_cycle_counter_overflows_at_64_bits)
{
    count_cycles();
    pmu_write(pe, SR_PMCCNTR_EL0, 0xffffffff);
    pass(1);
    ck_assert_uint_eq(pmu_read(pe, SR_PMOVSSET_EL0), 0);
    pmu_write(pe, SR_PMCCNTR_EL0, UINT64_MAX);
    pass(1);
    ck_assert_uint_eq(pmu_read(pe, SR_PMOVSSET_EL0), CYCLES_BIT);
    ck_assert_uint_eq(pmu_read(pe, SR_PMCCNTR_EL0), 0);
}
END_TEST

START_TEST(the_interrupt_comes_at_the_cycle_of_the_overflow)
{
    toy->clock.now = 500; /* half a cycle */
    pmu_write(pe, SR_PMINTENSET_EL1, CYCLES_BIT | 1);
    count_event(0x11);
    pmu_write(pe, SR_PMEVCNTR0_EL0, 0xffffffff - 99);
    ck_assert_uint_eq(clock_next(&toy->clock), 100 * CYCLE);
    pmu_write(pe, SR_PMCNTENSET_EL0, CYCLES_BIT);
    pmu_write(pe, SR_PMCCNTR_EL0, UINT64_MAX - 9);
    ck_assert_uint_eq(clock_next(&toy->clock), 10 * CYCLE);
    toy->clock.now = 10 * CYCLE;
    clock_fire(&toy->clock, toy->clock.now);
    ck_assert(irq_level && irq_rises == 1);
    ck_assert_uint_eq(clock_next(&toy->clock), 100 * CYCLE);
    pmu_write(pe, SR_PMOVSCLR_EL0, CYCLES_BIT);
    ck_assert(!irq_level);
    toy->clock.now = 100 * CYCLE;
    clock_fire(&toy->clock, toy->clock.now);
    ck_assert(irq_level && irq_rises == 2);
}
END_TEST

/* The plan for instructions is a lower bound that is made anew until the overflow is there. */
START_TEST(an_instruction_overflow_is_never_late_and_needs_few_looks)
{
    const uint64_t goal = 1000000;
    unsigned looks = 0;
    pmu_write(pe, SR_PMINTENSET_EL1, 1);
    count_event(0x08);
    pmu_write(pe, SR_PMEVCNTR0_EL0, (UINT64_C(1) << 32) - goal);
    while (!irq_level) {
        cycles_t next = clock_next(&toy->clock);
        ck_assert(next != CYCLES_NEVER && ++looks < 200);
        while (toy->clock.now < next) { /* two cycles per instruction; the cheapest class has one */
            pass(2);
            instructions++;
        }
        clock_fire(&toy->clock, toy->clock.now);
    }
    ck_assert_uint_eq(instructions, goal);
}
END_TEST

START_TEST(no_deadline_is_planned_where_no_overflow_interrupts)
{
    count_event(0x11);
    count_cycles();
    ck_assert_uint_eq(clock_next(&toy->clock), CYCLES_NEVER);
    pmu_write(pe, SR_PMINTENSET_EL1, 1);
    ck_assert_uint_ne(clock_next(&toy->clock), CYCLES_NEVER);
    pmu_write(pe, SR_PMINTENCLR_EL1, 1);
    ck_assert_uint_eq(clock_next(&toy->clock), CYCLES_NEVER);
}
END_TEST

START_TEST(the_plan_follows_the_exception_level)
{
    struct exception hvc = {.target_el = 2};
    pmu_write(pe, SR_PMINTENSET_EL1, 1);
    count_event(0x11);
    exception_take(pe, &hvc); /* NSH = 0: EL2 does not count */
    ck_assert_uint_eq(clock_next(&toy->clock), CYCLES_NEVER);
    pe->sr[SR_SPSR_EL2] = 5;
    exception_return(pe);
    ck_assert_uint_ne(clock_next(&toy->clock), CYCLES_NEVER);
}
END_TEST

START_TEST(a_chained_counter_counts_the_overflows_of_its_neighbour)
{
    count_event(0x11);
    pmu_write(pe, SR_PMEVTYPER1_EL0, 0x1e);
    pmu_write(pe, SR_PMCNTENSET_EL0, 2);
    pmu_write(pe, SR_PMINTENSET_EL1, 2);
    pass(UINT64_C(5) << 32);
    ck_assert_uint_eq(pmu_read(pe, SR_PMEVCNTR1_EL0), 5);
    pmu_write(pe, SR_PMEVCNTR1_EL0, 0xffffffff);
    ck_assert_uint_ne(clock_next(&toy->clock), CYCLES_NEVER);
    toy->clock.now = clock_next(&toy->clock);
    clock_fire(&toy->clock, toy->clock.now);
    ck_assert(irq_level);
    ck_assert_uint_eq(pmu_read(pe, SR_PMOVSSET_EL0), 3);
    ck_assert_uint_eq(pmu_read(pe, SR_PMEVCNTR1_EL0), 0);
}
END_TEST

/* MDCR_EL2.HPMN: 2 counters for EL1, the other 4 are EL2's. */
START_TEST(counters_from_hpmn_on_belong_to_el2)
{
    pe->sr[SR_MDCR_EL2] = 2;
    pmu_changed(pe);
    ck_assert_uint_eq(pmu_read(pe, SR_PMCR_EL0) >> 11 & 0x1f, 2);
    pmu_write(pe, SR_PMCNTENSET_EL0, ~UINT64_C(0));
    ck_assert_uint_eq(pmu_read(pe, SR_PMCNTENSET_EL0), CYCLES_BIT | 3);
    pmu_write(pe, SR_PMEVCNTR2_EL0, 77);
    ck_assert_uint_eq(pmu_read(pe, SR_PMEVCNTR2_EL0), 0);

    toy_pe_at(toy, 2, true, 0);
    ck_assert_uint_eq(pmu_read(pe, SR_PMCR_EL0) >> 11 & 0x1f, 6);
    ck_assert_uint_eq(pmu_read(pe, SR_PMEVCNTR2_EL0), 0);
    pmu_write(pe, SR_PMEVTYPER2_EL0, 0x11);
    pmu_write(pe, SR_PMCNTENSET_EL0, 4);
    pmu_write(pe, SR_PMINTENSET_EL1, 4);
    toy_pe_at(toy, 1, true, 0);
    pmu_write(pe, SR_PMCR_EL0, 1);
    pass(10);
    toy_pe_at(toy, 2, true, 0);
    ck_assert_uint_eq(pmu_read(pe, SR_PMEVCNTR2_EL0), 0); /* HPME = 0 */
    pmu_sync(pe);
    pe->sr[SR_MDCR_EL2] = 2 | 0x80;
    pmu_changed(pe);
    toy_pe_at(toy, 1, true, 0);
    pass(10);
    pmu_write(pe, SR_PMCR_EL0, 2); /* P at EL1 clears its own counters alone; E off */
    pass(10);
    pmu_sync(pe);
    toy_pe_at(toy, 2, true, 0);
    ck_assert_uint_eq(pmu_read(pe, SR_PMEVCNTR2_EL0), 20);
    pmu_write(pe, SR_PMCR_EL0, 2);
    ck_assert_uint_eq(pmu_read(pe, SR_PMEVCNTR2_EL0), 0);
}
END_TEST

/* MDCR_EL2.HPMD (8.1), with PMCR_EL0.DP for the cycle counter. */
START_TEST(hpmd_stops_the_counters_of_el1_at_el2)
{
    for (unsigned dp = 0; dp < 2; dp++) {
        toy_pe_at(toy, 2, true, 0);
        pe->sr[SR_MDCR_EL2] = 1 << 17 | 1 | 0x80; /* HPMD, HPMN 1, HPME */
        pmu_write(pe, SR_PMCR_EL0, 7 | dp << 5);
        pmu_write(pe, SR_PMCCFILTR_EL0, FILTER_NSH);
        pmu_write(pe, SR_PMEVTYPER0_EL0, FILTER_NSH | 0x11);
        pmu_write(pe, SR_PMEVTYPER1_EL0, FILTER_NSH | 0x11);
        pmu_write(pe, SR_PMCNTENSET_EL0, CYCLES_BIT | 3);
        pass(9);
        ck_assert_uint_eq(pmu_read(pe, SR_PMEVCNTR0_EL0), 0);
        ck_assert_uint_eq(pmu_read(pe, SR_PMEVCNTR1_EL0), 9);
        ck_assert_uint_eq(pmu_read(pe, SR_PMCCNTR_EL0), dp ? 0 : 9);
    }
}
END_TEST

START_TEST(pmcr_p_and_c_clear_the_counters)
{
    count_event(0x11);
    count_cycles();
    pass(10);
    pmu_write(pe, SR_PMCR_EL0, 1 | 2);
    ck_assert_uint_eq(pmu_read(pe, SR_PMEVCNTR0_EL0), 0);
    ck_assert_uint_eq(pmu_read(pe, SR_PMCCNTR_EL0), 10);
    pmu_write(pe, SR_PMCR_EL0, 1 | 4);
    ck_assert_uint_eq(pmu_read(pe, SR_PMCCNTR_EL0), 0);
}
END_TEST

/* IMP 0x41, IDCODE from the part number 0xd0c, N 6, LC RES1; P and C read as 0. */
START_TEST(pmcr_reads_identity_and_count)
{
    pmu_write(pe, SR_PMCR_EL0, ~UINT64_C(0));
    ck_assert_uint_eq(pmu_read(pe, SR_PMCR_EL0), 0x410c3079);
    pmu_write(pe, SR_PMCR_EL0, 0);
    ck_assert_uint_eq(pmu_read(pe, SR_PMCR_EL0), 0x410c3040);
}
END_TEST

START_TEST(pmceid_names_the_events_that_count)
{
    ck_assert_uint_eq(pmu_read(pe, SR_PMCEID0_EL0), 0x40020701);
    ck_assert_uint_eq(pmu_read(pe, SR_PMCEID1_EL0), 0x2000);
}
END_TEST

START_TEST(pmselr_selects_for_pmxev)
{
    pe->sr[SR_PMSELR_EL0] = 3;
    pmu_write(pe, SR_PMXEVTYPER_EL0, FILTER_U | 0x11);
    pmu_write(pe, SR_PMXEVCNTR_EL0, 0x1234);
    ck_assert_uint_eq(pmu_read(pe, SR_PMEVTYPER3_EL0), FILTER_U | 0x11);
    ck_assert_uint_eq(pmu_read(pe, SR_PMEVCNTR3_EL0), 0x1234);
    ck_assert_uint_eq(pmu_read(pe, SR_PMXEVCNTR_EL0), 0x1234);
    pe->sr[SR_PMSELR_EL0] = 31;
    pmu_write(pe, SR_PMXEVTYPER_EL0, ~UINT64_C(0));
    ck_assert_uint_eq(pmu_read(pe, SR_PMCCFILTR_EL0), 0xc8000000);
    ck_assert_uint_eq(pmu_read(pe, SR_PMXEVCNTR_EL0), 0);
    pe->sr[SR_PMSELR_EL0] = 6; /* not there */
    pmu_write(pe, SR_PMXEVCNTR_EL0, 1);
    ck_assert_uint_eq(pmu_read(pe, SR_PMXEVCNTR_EL0), 0);
}
END_TEST

START_TEST(the_event_field_is_10_bits_before_8_1)
{
    pmu_write(pe, SR_PMEVTYPER0_EL0, ~UINT64_C(0));
    ck_assert_uint_eq(pmu_read(pe, SR_PMEVTYPER0_EL0), 0xc800ffff);
    pe->model.pmu_version = 1;
    pmu_write(pe, SR_PMEVTYPER0_EL0, ~UINT64_C(0));
    ck_assert_uint_eq(pmu_read(pe, SR_PMEVTYPER0_EL0), 0xc80003ff);
    pe->model.has[FEAT_EL2] = false;
    pmu_write(pe, SR_PMEVTYPER0_EL0, ~UINT64_C(0));
    ck_assert_uint_eq(pmu_read(pe, SR_PMEVTYPER0_EL0), 0xc00003ff);
}
END_TEST

static bool is_undefined(enum sysreg_id id)
{
    return resolve_sysreg(pe, sysreg_enc(id), false).kind == OUT_UNDEF;
}

START_TEST(the_count_of_the_model_bounds_the_registers)
{
    toy_pe_at(toy, 1, true, 0);
    ck_assert(!is_undefined(SR_PMEVCNTR5_EL0) && is_undefined(SR_PMEVCNTR6_EL0));
    ck_assert(is_undefined(SR_PMEVTYPER30_EL0) && !is_undefined(SR_PMCR_EL0));
    ck_assert(!is_undefined(SR_PMXEVCNTR_EL0));
    ck_assert(pmu_owns(SR_PMEVTYPER30_EL0) && pmu_owns(SR_PMXEVTYPER_EL0) &&
              pmu_owns(SR_PMOVSSET_EL0));
    ck_assert(!pmu_owns(SR_PMUSERENR_EL0) && !pmu_owns(SR_MDCR_EL2));
}
END_TEST

START_TEST(a_pe_without_a_pmu_counts_nothing_and_does_not_fall)
{
    struct exception svc = {.target_el = 1};
    pe->pmu = NULL;
    pmu_write(pe, SR_PMCR_EL0, 1);
    pmu_write(pe, SR_PMCNTENSET_EL0, ~UINT64_C(0));
    exception_take(pe, &svc);
    pass(10);
    ck_assert_uint_eq(pmu_read(pe, SR_PMCCNTR_EL0), 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("pmu");
    TCase *tc = tcase_create("PMUv3");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, the_cycle_counter_counts_whole_cycles_of_the_clock);
    tcase_add_test(tc, nothing_counts_until_e_and_the_counter_are_enabled);
    tcase_add_test(tc, a_written_count_goes_on_from_there);
    tcase_add_loop_test(tc, filters_choose_exception_levels, 0, sizeof filters / sizeof filters[0]);
    tcase_add_test(tc, exceptions_split_the_count_between_levels);
    tcase_add_test(tc, instructions_and_tlb_refills_come_from_their_sources);
    tcase_add_test(tc, exceptions_taken_and_returned_from_are_events);
    tcase_add_test(tc, pmswinc_counts_on_counters_of_that_event);
    tcase_add_test(tc, an_event_that_is_not_implemented_does_not_count);
    tcase_add_test(tc, an_event_counter_overflows_at_32_bits);
    tcase_add_test(tc, the_cycle_counter_overflows_at_64_bits);
    tcase_add_test(tc, the_interrupt_comes_at_the_cycle_of_the_overflow);
    tcase_add_test(tc, an_instruction_overflow_is_never_late_and_needs_few_looks);
    tcase_add_test(tc, no_deadline_is_planned_where_no_overflow_interrupts);
    tcase_add_test(tc, the_plan_follows_the_exception_level);
    tcase_add_test(tc, a_chained_counter_counts_the_overflows_of_its_neighbour);
    tcase_add_test(tc, counters_from_hpmn_on_belong_to_el2);
    tcase_add_test(tc, hpmd_stops_the_counters_of_el1_at_el2);
    tcase_add_test(tc, pmcr_p_and_c_clear_the_counters);
    tcase_add_test(tc, pmcr_reads_identity_and_count);
    tcase_add_test(tc, pmceid_names_the_events_that_count);
    tcase_add_test(tc, pmselr_selects_for_pmxev);
    tcase_add_test(tc, the_event_field_is_10_bits_before_8_1);
    tcase_add_test(tc, the_count_of_the_model_bounds_the_registers);
    tcase_add_test(tc, a_pe_without_a_pmu_counts_nothing_and_does_not_fall);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}
