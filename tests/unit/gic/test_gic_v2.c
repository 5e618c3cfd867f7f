/* What only GICv2 has: SGIs with a source, groups by FIQEn and AckCtl, target lists (IHI 0048B). */
#include <stdlib.h>

#include "tests/unit/gic/gic_bench.h"

#define SPI 40u

#define ACK_CTL (1u << 2)
#define FIQ_EN  (1u << 3)
#define CBPR    (1u << 4)

static void setup(void)
{
    bench_start(2, 4);
    bench_enable();
}

static void start_cpus(unsigned cpus)
{
    bench_stop();
    bench_start(2, cpus);
    bench_enable();
}

/* GICD_SGIR (4.3.15). */
static void send(unsigned from, unsigned filter, unsigned list, unsigned sgi)
{
    wr(GICD, from, D_SGIR, filter << 24 | list << 16 | sgi);
}

/* 4.4.4: CPUID of the requesting processor is in IAR[12:10]. */
START_TEST(acknowledge_of_an_sgi_names_its_source)
{
    send(2, 0, 1 << 1, 5);
    ck_assert(out(1, PE_IRQ));
    ck_assert(!out(0, PE_IRQ) && !out(2, PE_IRQ));
    ck_assert_uint_eq(rd(GICC, 1, C_HPPIR), 2 << 10 | 5);
    ck_assert_uint_eq(ack(1), 2 << 10 | 5);
    eoi(1, 2 << 10 | 5);
    ck_assert(!is_active(5, 1));
    ck_assert_uint_eq(rpr(1), 0xff);
}
END_TEST

START_TEST(sgi_from_two_cpus_is_taken_twice_lowest_source_first)
{
    send(3, 0, 1 << 1, 5);
    send(0, 0, 1 << 1, 5);
    send(3, 0, 1 << 1, 5);
    send(0, 0, 1 << 1, 6);
    ck_assert_uint_eq(ack(1), 5);
    ck_assert(is_pending(5, 1));
    ck_assert(is_pending(6, 1));
    eoi(1, 5);
    ck_assert_uint_eq(ack(1), 3 << 10 | 5);
    eoi(1, 3 << 10 | 5);
    ck_assert_uint_eq(ack(1), 6);
    eoi(1, 6);
    ck_assert_uint_eq(ack(1), 1023);
}
END_TEST

START_TEST(sgi_filter_1_goes_to_all_but_self)
{
    send(1, 1, 0, 3);
    ck_assert(out(0, PE_IRQ) && out(2, PE_IRQ) && out(3, PE_IRQ));
    ck_assert(!out(1, PE_IRQ));
}
END_TEST

START_TEST(sgi_filter_2_goes_to_self_whatever_the_list)
{
    send(1, 2, 0xff, 3);
    ck_assert(out(1, PE_IRQ));
    ck_assert(!out(0, PE_IRQ) && !out(2, PE_IRQ));
}
END_TEST

START_TEST(reserved_sgi_filter_goes_nowhere)
{
    send(1, 3, 0xff, 3);
    for (unsigned cpu = 0; cpu < 4; cpu++) {
        ck_assert(!out(cpu, PE_IRQ));
    }
}
END_TEST

START_TEST(sgi_list_with_absent_cpus_reaches_those_present)
{
    send(0, 0, 0xff, 3);
    for (unsigned cpu = 0; cpu < 4; cpu++) {
        ck_assert(out(cpu, PE_IRQ));
    }
}
END_TEST

/* 4.3.16, 4.3.17: one byte per SGI, one bit per source. */
START_TEST(sgi_pending_registers_hold_a_bit_per_source)
{
    wr(GICD, 1, D_SPENDSGIR + 4, 0x0500);
    ck_assert_uint_eq(rd(GICD, 1, D_SPENDSGIR + 4), 0x0500);
    ck_assert_uint_eq(rd(GICD, 1, D_CPENDSGIR + 4), 0x0500);
    ck_assert(is_pending(5, 1));
    ck_assert(out(1, PE_IRQ));
    wr(GICD, 1, D_CPENDSGIR + 4, 0x0100);
    ck_assert_uint_eq(rd(GICD, 1, D_SPENDSGIR + 4), 0x0400);
    ck_assert_uint_eq(ack(1), 2 << 10 | 5);
    ck_assert_uint_eq(rd(GICD, 1, D_SPENDSGIR + 4), 0);
}
END_TEST

START_TEST(sgi_pending_sources_of_absent_cpus_do_not_exist)
{
    wr(GICD, 1, D_SPENDSGIR, 0xffffffff);
    ck_assert_uint_eq(rd(GICD, 1, D_SPENDSGIR), 0x0f0f0f0f);
}
END_TEST

/* 4.3.7: "for SGIs, ISPENDR is read-only". */
START_TEST(set_and_clear_pending_ignore_sgis)
{
    wr(GICD, 1, D_ISPENDR, 0xffff);
    ck_assert_uint_eq(rd(GICD, 1, D_ISPENDR), 0);
    send(0, 0, 1 << 1, 4);
    wr(GICD, 1, D_ICPENDR, 0xffff);
    ck_assert_uint_eq(rd(GICD, 1, D_ISPENDR), 1 << 4);
}
END_TEST

START_TEST(sgis_are_always_enabled)
{
    wr(GICD, 0, D_ICENABLER, 0xffffffff);
    ck_assert_uint_eq(rd(GICD, 0, D_ISENABLER), 0xffff);
}
END_TEST

struct heard {
    unsigned calls, from, to, intid;
};

static void hear(void *ctx, unsigned from, unsigned to, unsigned intid)
{
    struct heard *heard = ctx;
    *heard = (struct heard){heard->calls + 1, from, to, intid};
}

START_TEST(sgi_hook_hears_of_other_cpus_only)
{
    struct heard heard = {0};
    gic_on_sgi(bench_gic(), hear, &heard);
    send(2, 0, 1 << 2 | 1 << 3, 7);
    ck_assert_uint_eq(heard.calls, 1);
    ck_assert_uint_eq(heard.from, 2);
    ck_assert_uint_eq(heard.to, 3);
    ck_assert_uint_eq(heard.intid, 7);
}
END_TEST

/* 4.4.1: FIQEn decides whether group 0 uses FIQ; group 1 always uses IRQ. */
START_TEST(group_0_uses_fiq_only_with_fiqen)
{
    enable(SPI, 0);
    wire(SPI, 0, true);
    ck_assert(out(0, PE_IRQ) && !out(0, PE_FIQ));
    wr(GICC, 0, C_CTLR, 3 | FIQ_EN);
    ck_assert(!out(0, PE_IRQ) && out(0, PE_FIQ));
    set_group(SPI, 0, 1);
    ck_assert(out(0, PE_IRQ) && !out(0, PE_FIQ));
}
END_TEST

START_TEST(group_enable_of_the_distributor_is_per_group)
{
    enable(SPI, 0);
    enable(SPI + 1, 0);
    set_group(SPI, 0, 1);
    wire(SPI, 0, true);
    wr(GICD, 0, D_CTLR, 1);
    ck_assert(!out(0, PE_IRQ));
    wire(SPI + 1, 0, true);
    ck_assert_uint_eq(ack(0), SPI + 1);
}
END_TEST

START_TEST(group_enable_of_the_cpu_interface_stops_signalling)
{
    enable(SPI, 0);
    wire(SPI, 0, true);
    wr(GICC, 0, C_CTLR, 2);
    ck_assert(!out(0, PE_IRQ));
    ck_assert_uint_eq(ack(0), 1023);
    ck_assert_uint_eq(rd(GICC, 0, C_HPPIR), SPI);
}
END_TEST

/* 4.4.1, GICC_CTLR.AckCtl: 0 hides group 1 behind 1022. */
START_TEST(acknowledge_of_group_1_without_ackctl_reads_1022)
{
    enable(SPI, 0);
    set_group(SPI, 0, 1);
    wire(SPI, 0, true);
    ck_assert_uint_eq(rd(GICC, 0, C_HPPIR), 1022);
    ck_assert_uint_eq(rd(GICC, 0, C_IAR), 1022);
    ck_assert(!is_active(SPI, 0));
    wr(GICC, 0, C_CTLR, 3 | ACK_CTL);
    ck_assert_uint_eq(rd(GICC, 0, C_HPPIR), SPI);
    ck_assert_uint_eq(rd(GICC, 0, C_IAR), SPI);
    ck_assert(is_active(SPI, 0));
}
END_TEST

START_TEST(aliased_registers_serve_group_1)
{
    enable(SPI, 0);
    set_group(SPI, 0, 1);
    set_priority(SPI, 0, 0x40);
    wire(SPI, 0, true);
    ck_assert_uint_eq(rd(GICC, 0, C_AHPPIR), SPI);
    ck_assert_uint_eq(rd(GICC, 0, C_AIAR), SPI);
    ck_assert_uint_eq(rpr(0), 0x40);
    wr(GICC, 0, C_AEOIR, SPI);
    ck_assert(!is_active(SPI, 0));
    ck_assert_uint_eq(rpr(0), 0xff);
}
END_TEST

START_TEST(aliased_acknowledge_of_group_0_is_spurious)
{
    enable(SPI, 0);
    wire(SPI, 0, true);
    ck_assert_uint_eq(rd(GICC, 0, C_AHPPIR), 1023);
    ck_assert_uint_eq(rd(GICC, 0, C_AIAR), 1023);
    ck_assert_uint_eq(rd(GICC, 0, C_IAR), SPI);
    wr(GICC, 0, C_AEOIR, SPI);
    ck_assert(is_active(SPI, 0));
}
END_TEST

START_TEST(active_priorities_are_kept_per_group)
{
    enable(SPI, 0);
    enable(SPI + 1, 0);
    set_group(SPI, 0, 1);
    set_priority(SPI, 0, 0x40);
    set_priority(SPI + 1, 0, 0x20);
    wire(SPI, 0, true);
    ck_assert_uint_eq(rd(GICC, 0, C_AIAR), SPI);
    wire(SPI + 1, 0, true);
    ck_assert_uint_eq(rd(GICC, 0, C_IAR), SPI + 1);
    ck_assert_uint_eq(rd(GICC, 0, C_NSAPR + 4), 1);  /* level 0x40 >> 1 = 32 */
    ck_assert_uint_eq(rd(GICC, 0, C_APR), 1u << 16); /* level 0x20 >> 1 = 16 */
    ck_assert_uint_eq(rpr(0), 0x20);
}
END_TEST

/* 4.4.3, 4.4.8: with 8 bits of priority the least BPR is 0, of ABPR 1. */
START_TEST(binary_points_have_their_least_values)
{
    ck_assert_uint_eq(rd(GICC, 0, C_BPR), 0);
    ck_assert_uint_eq(rd(GICC, 0, C_ABPR), 1);
    wr(GICC, 0, C_ABPR, 0);
    ck_assert_uint_eq(rd(GICC, 0, C_ABPR), 1);
    wr(GICC, 0, C_BPR, 0xffffffff);
    ck_assert_uint_eq(rd(GICC, 0, C_BPR), 7);
}
END_TEST

/* Group 1's split is that of ABPR - 1; with CBPR, that of BPR (4.4.1). */
START_TEST(common_binary_point_governs_group_1)
{
    enable(SPI, 0);
    enable(SPI + 1, 0);
    set_group(SPI, 0, 1);
    set_group(SPI + 1, 0, 1);
    set_priority(SPI, 0, 0x48);
    set_priority(SPI + 1, 0, 0x40);
    wr(GICC, 0, C_ABPR, 1);
    wr(GICC, 0, C_BPR, 3); /* group priority [7:4] */
    wire(SPI, 0, true);
    ck_assert_uint_eq(rd(GICC, 0, C_AIAR), SPI);
    wire(SPI + 1, 0, true);
    ck_assert(out(0, PE_IRQ));
    wire(SPI + 1, 0, false);
    wr(GICC, 0, C_AEOIR, SPI);
    wr(GICC, 0, C_CTLR, 3 | CBPR);
    ck_assert_uint_eq(rd(GICC, 0, C_AIAR), SPI);
    wire(SPI + 1, 0, true);
    ck_assert(!out(0, PE_IRQ));
}
END_TEST

/* 3.2.3, the 1-N model: all targets are signalled, one gets it. */
START_TEST(spi_with_several_targets_is_handled_by_the_first_to_acknowledge)
{
    enable(SPI, 0);
    wr(GICD, 0, D_ITARGETSR + SPI, 0x0000000a);
    wire(SPI, 0, true);
    ck_assert(!out(0, PE_IRQ) && out(1, PE_IRQ) && !out(2, PE_IRQ) && out(3, PE_IRQ));
    ck_assert_uint_eq(ack(3), SPI);
    ck_assert(!out(1, PE_IRQ));
    ck_assert_uint_eq(ack(1), 1023);
    eoi(3, SPI);
    ck_assert(out(1, PE_IRQ) && out(3, PE_IRQ));
}
END_TEST

/* 4.3.12: ITARGETSR0..7 are read-only and say which CPU reads. */
START_TEST(banked_target_registers_read_as_the_reading_cpu)
{
    for (unsigned cpu = 0; cpu < 4; cpu++) {
        wr(GICD, cpu, D_ITARGETSR, 0xffffffff);
        for (unsigned at = 0; at < 32; at += 4) {
            ck_assert_uint_eq(rd(GICD, cpu, D_ITARGETSR + at), 0x01010101u << cpu);
        }
    }
}
END_TEST

START_TEST(target_bits_of_absent_cpus_do_not_exist)
{
    wr(GICD, 0, D_ITARGETSR + 32, 0xffffffff);
    ck_assert_uint_eq(rd(GICD, 0, D_ITARGETSR + 32), 0x0f0f0f0f);
}
END_TEST

START_TEST(single_cpu_has_no_target_registers_and_gets_every_spi)
{
    start_cpus(1);
    wr(GICD, 0, D_ITARGETSR + 40, 0xffffffff);
    ck_assert_uint_eq(rd(GICD, 0, D_ITARGETSR + 40), 0);
    ck_assert_uint_eq(rd(GICD, 0, D_ITARGETSR), 0);
    wr(GICD, 0, D_ISENABLER + 4, 1u << (SPI - 32));
    wire(SPI, 0, true);
    ck_assert_uint_eq(ack(0), SPI);
}
END_TEST

START_TEST(spi_without_target_stays_pending)
{
    wr(GICD, 0, D_ISENABLER + 4, 1u << (SPI - 32));
    wire(SPI, 0, true);
    for (unsigned cpu = 0; cpu < 4; cpu++) {
        ck_assert(!out(cpu, PE_IRQ));
    }
    ck_assert(is_pending(SPI, 0));
}
END_TEST

START_TEST(identification_registers_say_gicv2)
{
    ck_assert_uint_eq(rd(GICD, 0, D_TYPER), 7 | 3 << 5); /* 256 INTIDs, 4 CPUs, no security */
    ck_assert_uint_eq(rd(GICD, 0, 0xfe8) >> 4 & 0xf, 2); /* ICPIDR2.ArchRev */
    ck_assert_uint_eq(rd(GICC, 0, C_IIDR) >> 16 & 0xf, 2);
    ck_assert_uint_eq(rd(GICC, 0, C_IIDR) & 0xfff, 0x43b);
    const unsigned component[] = {0x0d, 0xf0, 0x05, 0xb1};
    for (unsigned i = 0; i < 4; i++) {
        ck_assert_uint_eq(rd(GICD, 0, 0xff0 + 4 * i), component[i]);
    }
}
END_TEST

/* 4.4.1 without Security Extensions: bits 0..4 and EOImode (9). */
START_TEST(cpu_control_register_has_only_its_bits)
{
    wr(GICC, 0, C_CTLR, 0xffffffff);
    ck_assert_uint_eq(rd(GICC, 0, C_CTLR), 0x21f);
    wr(GICD, 0, D_CTLR, 0xffffffff);
    ck_assert_uint_eq(rd(GICD, 0, D_CTLR), 3);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("gic v2");
    TCase *t = tcase_create("GICv2");
    tcase_add_checked_fixture(t, setup, bench_stop);
    tcase_add_test(t, acknowledge_of_an_sgi_names_its_source);
    tcase_add_test(t, sgi_from_two_cpus_is_taken_twice_lowest_source_first);
    tcase_add_test(t, sgi_filter_1_goes_to_all_but_self);
    tcase_add_test(t, sgi_filter_2_goes_to_self_whatever_the_list);
    tcase_add_test(t, reserved_sgi_filter_goes_nowhere);
    tcase_add_test(t, sgi_list_with_absent_cpus_reaches_those_present);
    tcase_add_test(t, sgi_pending_registers_hold_a_bit_per_source);
    tcase_add_test(t, sgi_pending_sources_of_absent_cpus_do_not_exist);
    tcase_add_test(t, set_and_clear_pending_ignore_sgis);
    tcase_add_test(t, sgis_are_always_enabled);
    tcase_add_test(t, sgi_hook_hears_of_other_cpus_only);
    tcase_add_test(t, group_0_uses_fiq_only_with_fiqen);
    tcase_add_test(t, group_enable_of_the_distributor_is_per_group);
    tcase_add_test(t, group_enable_of_the_cpu_interface_stops_signalling);
    tcase_add_test(t, acknowledge_of_group_1_without_ackctl_reads_1022);
    tcase_add_test(t, aliased_registers_serve_group_1);
    tcase_add_test(t, aliased_acknowledge_of_group_0_is_spurious);
    tcase_add_test(t, active_priorities_are_kept_per_group);
    tcase_add_test(t, binary_points_have_their_least_values);
    tcase_add_test(t, common_binary_point_governs_group_1);
    tcase_add_test(t, spi_with_several_targets_is_handled_by_the_first_to_acknowledge);
    tcase_add_test(t, banked_target_registers_read_as_the_reading_cpu);
    tcase_add_test(t, target_bits_of_absent_cpus_do_not_exist);
    tcase_add_test(t, single_cpu_has_no_target_registers_and_gets_every_spi);
    tcase_add_test(t, spi_without_target_stays_pending);
    tcase_add_test(t, identification_registers_say_gicv2);
    tcase_add_test(t, cpu_control_register_has_only_its_bits);
    suite_add_tcase(s, t);
    return s;
}

int main(void)
{
    return bench_run(suite());
}
