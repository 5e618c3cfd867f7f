/* What only GICv3 has: redistributors, affinity routing, system registers (IHI 0069), with one
 * Security state. */
#include <stdlib.h>

#include "tests/unit/gic/gic_bench.h"

#define SPI 40u

#define FMO 0x8u
#define IMO 0x10u
#define TGE (UINT64_C(1) << 27)

static void setup(void)
{
    bench_start(3, 4);
    for (unsigned intid = 32; intid < 48; intid++) {
        set_group(intid, 0, 1);
    }
    for (unsigned cpu = 0; cpu < 4; cpu++) {
        for (unsigned intid = 0; intid < 8; intid++) {
            set_group(intid, cpu, 1);
            enable(intid, cpu);
            enable(intid + 8, cpu); /* group 0 */
        }
    }
    bench_enable();
}

/* 4.6.2: with one Security state, group 0 is FIQ and group 1 IRQ. */
START_TEST(group_0_is_fiq_and_group_1_irq)
{
    enable(SPI, 0);
    wire(SPI, 0, true);
    ck_assert(out(0, PE_IRQ) && !out(0, PE_FIQ));
    set_group(SPI, 0, 0);
    ck_assert(!out(0, PE_IRQ) && out(0, PE_FIQ));
}
END_TEST

START_TEST(acknowledge_register_of_the_other_group_is_spurious)
{
    enable(SPI, 0);
    wire(SPI, 0, true);
    ck_assert_uint_eq(sr(0, SR_ICC_HPPIR0_EL1), 1023);
    ck_assert_uint_eq(sr(0, SR_ICC_IAR0_EL1), 1023);
    ck_assert_uint_eq(sr(0, SR_ICC_HPPIR1_EL1), SPI);
    ck_assert_uint_eq(sr(0, SR_ICC_IAR1_EL1), SPI);
}
END_TEST

START_TEST(group_0_is_handled_by_its_own_registers)
{
    enable(SPI, 0);
    set_group(SPI, 0, 0);
    set_priority(SPI, 0, 0x40);
    wire(SPI, 0, true);
    ck_assert_uint_eq(sr(0, SR_ICC_IAR0_EL1), SPI);
    ck_assert_uint_eq(sr(0, SR_ICC_AP0R0_EL1), 1u << 8);
    ck_assert_uint_eq(sr(0, SR_ICC_AP1R0_EL1), 0);
    set_sr(0, SR_ICC_EOIR0_EL1, SPI);
    ck_assert(!is_active(SPI, 0));
    ck_assert_uint_eq(sr(0, SR_ICC_RPR_EL1), 0xff);
}
END_TEST

/* 12.2, ICC_EOIR1_EL1: not the group of the highest active interrupt: UNPREDICTABLE, ignored. */
START_TEST(end_through_the_other_group_is_ignored)
{
    enable(SPI, 0);
    wire(SPI, 0, true);
    ck_assert_uint_eq(ack(0), SPI);
    set_sr(0, SR_ICC_EOIR0_EL1, SPI);
    ck_assert(is_active(SPI, 0));
    ck_assert_uint_eq(rpr(0), 0);
    set_sr(0, SR_ICC_EOIR1_EL1, SPI);
    ck_assert(!is_active(SPI, 0));
}
END_TEST

/* 11.1: nothing is forwarded until the PE is awake. */
START_TEST(sleeping_cpu_gets_no_interrupt)
{
    enable(SPI, 0);
    wire(SPI, 0, true);
    wr(GICR, 0, R_WAKER, 2);
    ck_assert_uint_eq(rd(GICR, 0, R_WAKER), 6);
    ck_assert(!out(0, PE_IRQ));
    wr(GICR, 0, R_WAKER, 0);
    ck_assert_uint_eq(rd(GICR, 0, R_WAKER), 0);
    ck_assert(out(0, PE_IRQ));
}
END_TEST

START_TEST(cpus_sleep_after_reset)
{
    gic_reset(bench_gic());
    ck_assert_uint_eq(rd(GICR, 3, 3 * R_FRAME + R_WAKER), 6);
}
END_TEST

START_TEST(spi_routed_to_an_absent_affinity_goes_nowhere)
{
    enable(SPI, 0);
    wr(GICD, 0, D_IROUTER + 8 * SPI, 0x100);
    wire(SPI, 0, true);
    wr(GICD, 0, D_IROUTER + 8 * SPI, 9);
    wr(GICD, 0, D_IROUTER + 8 * SPI + 4, 1);
    for (unsigned cpu = 0; cpu < 4; cpu++) {
        ck_assert(!out(cpu, PE_IRQ));
    }
}
END_TEST

/* 4.7, 1-of-N: the lowest numbered CPU that takes part, by our choice. */
START_TEST(one_of_n_spi_goes_to_the_lowest_cpu_that_takes_part)
{
    enable(SPI, 3);
    wr(GICD, 0, D_IROUTER + 8 * SPI, 0x80000000);
    wire(SPI, 0, true);
    ck_assert(out(0, PE_IRQ) && !out(1, PE_IRQ) && !out(2, PE_IRQ) && !out(3, PE_IRQ));
    set_sr(0, SR_ICC_IGRPEN1_EL1, 0);
    ck_assert(!out(0, PE_IRQ) && out(1, PE_IRQ) && !out(2, PE_IRQ));
    wr(GICR, 0, R_FRAME + R_WAKER, 2);
    ck_assert(!out(1, PE_IRQ) && out(2, PE_IRQ) && !out(3, PE_IRQ));
    ck_assert_uint_eq(ack(2), SPI);
}
END_TEST

START_TEST(disabled_group_does_not_block_the_other)
{
    enable(SPI, 0);
    enable(SPI + 1, 0);
    set_group(SPI, 0, 0);
    set_priority(SPI + 1, 0, 0x80);
    wire(SPI, 0, true);
    wire(SPI + 1, 0, true);
    set_sr(0, SR_ICC_IGRPEN0_EL1, 0);
    ck_assert(!out(0, PE_FIQ) && out(0, PE_IRQ));
    ck_assert_uint_eq(ack(0), SPI + 1);
}
END_TEST

/* 12.2.14, ICC_SGI1R_EL1. */
START_TEST(sgi1r_goes_to_the_affinities_in_its_list)
{
    set_sr(0, SR_ICC_SGI1R_EL1, 5u << 24 | 0xa);
    ck_assert(!out(0, PE_IRQ) && out(1, PE_IRQ) && !out(2, PE_IRQ) && out(3, PE_IRQ));
    ck_assert_uint_eq(ack(1), 5);
    ck_assert(!out(1, PE_IRQ) && out(3, PE_IRQ));
}
END_TEST

START_TEST(sgi1r_may_name_its_sender)
{
    set_sr(2, SR_ICC_SGI1R_EL1, 5u << 24 | 4);
    ck_assert(out(2, PE_IRQ));
}
END_TEST

START_TEST(sgi1r_with_irm_goes_to_all_others)
{
    set_sr(2, SR_ICC_SGI1R_EL1, UINT64_C(1) << 40 | 5u << 24 | 0xffff);
    ck_assert(out(0, PE_IRQ) && out(1, PE_IRQ) && !out(2, PE_IRQ) && out(3, PE_IRQ));
}
END_TEST

/* Aff1 (bit 16), Aff2 (32), RS (44), Aff3 (48): no CPU has these. */
START_TEST(sgi1r_to_another_cluster_goes_nowhere)
{
    const unsigned fields[] = {16, 32, 44, 48};
    set_sr(0, SR_ICC_SGI1R_EL1, UINT64_C(1) << fields[_i] | 5u << 24 | 0xf);
    for (unsigned cpu = 0; cpu < 4; cpu++) {
        ck_assert(!out(cpu, PE_IRQ));
    }
}
END_TEST

START_TEST(sgi_registers_reach_only_sgis_of_their_group)
{
    set_sr(0, SR_ICC_SGI1R_EL1, 9u << 24 | 2);
    set_sr(0, SR_ICC_SGI0R_EL1, 5u << 24 | 2);
    ck_assert(!out(1, PE_IRQ) && !out(1, PE_FIQ));
    set_sr(0, SR_ICC_SGI0R_EL1, 9u << 24 | 2);
    ck_assert(!out(1, PE_IRQ) && out(1, PE_FIQ));
    set_sr(0, SR_ICC_ASGI1R_EL1, 5u << 24 | 4);
    ck_assert(out(2, PE_IRQ));
}
END_TEST

START_TEST(sgi_pends_once_however_often_it_is_sent)
{
    set_sr(0, SR_ICC_SGI1R_EL1, 5u << 24 | 2);
    set_sr(2, SR_ICC_SGI1R_EL1, 5u << 24 | 2);
    ck_assert_uint_eq(ack(1), 5);
    eoi(1, 5);
    ck_assert_uint_eq(ack(1), 1023);
}
END_TEST

/* With affinity routing SGIs can be enabled, disabled and made pending like PPIs (12.11). */
START_TEST(sgis_are_controlled_in_the_redistributor)
{
    wr(GICR, 1, R_FRAME + R_SGI + D_ICENABLER, 1u << 5);
    set_sr(0, SR_ICC_SGI1R_EL1, 5u << 24 | 2);
    ck_assert(!out(1, PE_IRQ));
    wr(GICR, 1, R_FRAME + R_SGI + D_ICPENDR, 1u << 5);
    wr(GICR, 1, R_FRAME + R_SGI + D_ISENABLER, 1u << 5);
    ck_assert(!out(1, PE_IRQ));
    pend(5, 1);
    ck_assert(out(1, PE_IRQ));
}
END_TEST

START_TEST(redistributor_frame_belongs_to_its_cpu_whoever_accesses_it)
{
    wr(GICR, 0, 3 * R_FRAME + R_SGI + (unsigned)D_ISENABLER, 1u << 27);
    ck_assert_uint_eq(rd(GICR, 2, 3 * R_FRAME + R_SGI + (unsigned)D_ISENABLER) >> 27, 1);
    ck_assert_uint_eq(rd(GICR, 2, R_SGI + (unsigned)D_ISENABLER) >> 27, 0);
}
END_TEST

/* 12.11, GICR_TYPER: affinity, processor number, Last; as one access or as two halves. */
START_TEST(redistributor_typer_describes_its_cpu)
{
    for (unsigned cpu = 0; cpu < 4; cpu++) {
        struct bus_access a = {.offset = cpu * R_FRAME + R_TYPER, .size_bytes = 8};
        ck_assert_int_eq(access_port(GICR, &a), BUS_OK);
        uint64_t expected = (uint64_t)cpu << 32 | cpu << 8 | (cpu == 3 ? 0x10 : 0);
        ck_assert_uint_eq(a.value, expected);
        ck_assert_uint_eq(rd(GICR, 0, cpu * R_FRAME + R_TYPER), expected & UINT32_MAX);
        ck_assert_uint_eq(rd(GICR, 0, cpu * R_FRAME + R_TYPER + 4), cpu);
    }
}
END_TEST

START_TEST(distributor_control_says_one_security_state_with_affinity_routing)
{
    wr(GICD, 0, D_CTLR, 0);
    ck_assert_uint_eq(rd(GICD, 0, D_CTLR), 0x50); /* DS, ARE */
    wr(GICD, 0, D_CTLR, 0xffffffff);
    ck_assert_uint_eq(rd(GICD, 0, D_CTLR), 0x53);
}
END_TEST

START_TEST(identification_registers_say_gicv3)
{
    ck_assert_uint_eq(rd(GICD, 0, 0xffe8) >> 4 & 0xf, 3); /* PIDR2.ArchRev */
    ck_assert_uint_eq(rd(GICR, 0, 0xffe8) >> 4 & 0xf, 3);
    ck_assert_uint_eq(rd(GICD, 0, D_TYPER) & 0x1f, 7);
    ck_assert_uint_eq(rd(GICD, 0, D_TYPER) >> 10 & 1, 0); /* no second Security state */
    ck_assert_uint_eq(rd(GICD, 0, D_TYPER) >> 17 & 1, 0); /* no LPIs */
    ck_assert_uint_eq(rd(GICR, 0, R_CTLR), 0);
}
END_TEST

/* 12.2, ICC_CTLR_EL1: A3V, IDbits 1, PRIbits 4; CBPR and EOImode are writable. */
START_TEST(cpu_control_register_has_id_fields_and_two_controls)
{
    ck_assert_uint_eq(sr(0, SR_ICC_CTLR_EL1), 0x8c00);
    set_sr(0, SR_ICC_CTLR_EL1, UINT64_MAX);
    ck_assert_uint_eq(sr(0, SR_ICC_CTLR_EL1), 0x8c03);
}
END_TEST

START_TEST(priorities_have_as_many_bits_as_configured)
{
    set_pmr(0, 0xff);
    ck_assert_uint_eq(sr(0, SR_ICC_PMR_EL1), 0xf8);
    set_priority(SPI, 0, 0xff);
    ck_assert_uint_eq(rd(GICD, 0, D_IPRIORITYR + SPI), 0xf8);
}
END_TEST

/* ICC_BPR0_EL1: least value 7 - PREbits; ICC_BPR1_EL1 one more. */
START_TEST(binary_points_have_their_least_values)
{
    set_sr(0, SR_ICC_BPR0_EL1, 0);
    set_sr(0, SR_ICC_BPR1_EL1, 0);
    ck_assert_uint_eq(sr(0, SR_ICC_BPR0_EL1), 2);
    ck_assert_uint_eq(sr(0, SR_ICC_BPR1_EL1), 3);
}
END_TEST

START_TEST(with_cbpr_bpr1_reads_as_bpr0_plus_1_and_ignores_writes)
{
    set_sr(0, SR_ICC_BPR1_EL1, 6);
    set_sr(0, SR_ICC_BPR0_EL1, 4);
    set_sr(0, SR_ICC_CTLR_EL1, 1);
    ck_assert_uint_eq(sr(0, SR_ICC_BPR1_EL1), 5);
    set_sr(0, SR_ICC_BPR1_EL1, 3);
    set_sr(0, SR_ICC_BPR0_EL1, 7);
    ck_assert_uint_eq(sr(0, SR_ICC_BPR1_EL1), 7);
    set_sr(0, SR_ICC_CTLR_EL1, 0);
    ck_assert_uint_eq(sr(0, SR_ICC_BPR1_EL1), 6);
}
END_TEST

START_TEST(active_priorities_can_be_saved_and_restored)
{
    enable(SPI, 0);
    set_priority(SPI, 0, 0x40);
    wire(SPI, 0, true);
    ck_assert_uint_eq(ack(0), SPI);
    uint64_t saved = sr(0, SR_ICC_AP1R0_EL1);
    ck_assert_uint_eq(saved, 1u << 8); /* level 0x40 >> 3 */
    set_sr(0, SR_ICC_AP1R0_EL1, 0);
    ck_assert_uint_eq(rpr(0), 0xff);
    set_sr(0, SR_ICC_AP1R0_EL1, saved);
    ck_assert_uint_eq(rpr(0), 0x40);
}
END_TEST

START_TEST(active_priority_registers_beyond_the_bits_do_not_exist)
{
    set_sr(0, SR_ICC_AP1R1_EL1, 1);
    set_sr(0, SR_ICC_AP0R3_EL1, 1);
    ck_assert_uint_eq(sr(0, SR_ICC_AP1R1_EL1), 0);
    ck_assert_uint_eq(sr(0, SR_ICC_AP0R3_EL1), 0);
    ck_assert_uint_eq(rpr(0), 0xff);
}
END_TEST

/* 12.2: at EL1, FMO and IMO put the virtual registers in place of the physical ones. */
static const struct routing_case {
    const char *name;
    uint64_t hcr;
    unsigned el;
    bool virtual_group0, virtual_group1, virtual_common;
} routing_cases[] = {
    {"EL1, no routing", 0, 1, false, false, false},
    {"EL1, IMO", IMO, 1, false, true, true},
    {"EL1, FMO", FMO, 1, true, false, true},
    {"EL1, both", IMO | FMO, 1, true, true, true},
    {"EL2, both", IMO | FMO, 2, false, false, false},
    {"EL1, TGE", IMO | FMO | TGE, 1, false, false, false},
};

START_TEST(routing_chooses_physical_or_virtual_registers)
{
    const struct routing_case *r = &routing_cases[_i];
    struct pe *pe = bench_pe(0);
    /* Physical: groups enabled, PMR 0xf8; virtual: as after reset. */
    pe->sr[SR_HCR_EL2] = r->hcr;
    pe->ps.el = (uint8_t)r->el;
    ck_assert_msg((sr(0, SR_ICC_IGRPEN0_EL1) == 0) == r->virtual_group0, "%s", r->name);
    ck_assert_msg((sr(0, SR_ICC_IGRPEN1_EL1) == 0) == r->virtual_group1, "%s", r->name);
    ck_assert_msg((sr(0, SR_ICC_PMR_EL1) == 0) == r->virtual_common, "%s", r->name);
}
END_TEST

START_TEST(status_register_records_misuse_until_cleared)
{
    struct bus_access a = {.offset = 0xabc0, .size_bytes = 4};
    ck_assert_int_eq(access_port(GICD, &a), BUS_UNMODELLED);
    ck_assert_uint_eq(rd(GICD, 0, D_STATUSR), 1); /* RRD */
    a.write = true;
    ck_assert_int_eq(access_port(GICD, &a), BUS_UNMODELLED);
    wr(GICD, 0, D_TYPER, 0);
    ck_assert_uint_eq(rd(GICD, 0, D_STATUSR), 0xb); /* WRD, WROD */
    wr(GICD, 0, D_STATUSR, 2);
    ck_assert_uint_eq(rd(GICD, 0, D_STATUSR), 9);
    ck_assert_uint_eq(rd(GICR, 0, R_STATUSR), 0);
}
END_TEST

static void add_sgi_tests(TCase *t)
{
    tcase_add_test(t, sgi1r_goes_to_the_affinities_in_its_list);
    tcase_add_test(t, sgi1r_may_name_its_sender);
    tcase_add_test(t, sgi1r_with_irm_goes_to_all_others);
    tcase_add_loop_test(t, sgi1r_to_another_cluster_goes_nowhere, 0, 4);
    tcase_add_test(t, sgi_registers_reach_only_sgis_of_their_group);
    tcase_add_test(t, sgi_pends_once_however_often_it_is_sent);
    tcase_add_test(t, sgis_are_controlled_in_the_redistributor);
}

static Suite *suite(void)
{
    Suite *s = suite_create("gic v3");
    TCase *t = tcase_create("GICv3");
    tcase_add_checked_fixture(t, setup, bench_stop);
    add_sgi_tests(t);
    tcase_add_test(t, group_0_is_fiq_and_group_1_irq);
    tcase_add_test(t, acknowledge_register_of_the_other_group_is_spurious);
    tcase_add_test(t, group_0_is_handled_by_its_own_registers);
    tcase_add_test(t, end_through_the_other_group_is_ignored);
    tcase_add_test(t, sleeping_cpu_gets_no_interrupt);
    tcase_add_test(t, cpus_sleep_after_reset);
    tcase_add_test(t, spi_routed_to_an_absent_affinity_goes_nowhere);
    tcase_add_test(t, one_of_n_spi_goes_to_the_lowest_cpu_that_takes_part);
    tcase_add_test(t, disabled_group_does_not_block_the_other);
    tcase_add_test(t, redistributor_frame_belongs_to_its_cpu_whoever_accesses_it);
    tcase_add_test(t, redistributor_typer_describes_its_cpu);
    tcase_add_test(t, distributor_control_says_one_security_state_with_affinity_routing);
    tcase_add_test(t, identification_registers_say_gicv3);
    tcase_add_test(t, cpu_control_register_has_id_fields_and_two_controls);
    tcase_add_test(t, priorities_have_as_many_bits_as_configured);
    tcase_add_test(t, binary_points_have_their_least_values);
    tcase_add_test(t, with_cbpr_bpr1_reads_as_bpr0_plus_1_and_ignores_writes);
    tcase_add_test(t, active_priorities_can_be_saved_and_restored);
    tcase_add_test(t, active_priority_registers_beyond_the_bits_do_not_exist);
    tcase_add_loop_test(t, routing_chooses_physical_or_virtual_registers, 0,
                        (int)(sizeof routing_cases / sizeof routing_cases[0]));
    tcase_add_test(t, status_register_records_misuse_until_cleared);
    suite_add_tcase(s, t);
    return s;
}

int main(void)
{
    return bench_run(suite());
}
