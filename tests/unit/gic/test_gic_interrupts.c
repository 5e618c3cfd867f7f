/* The life of an interrupt, the same in both versions: _i is the GIC version. */
#include <stdlib.h>

#include "tests/unit/gic/gic_bench.h"

#define SPI  40u
#define SPI2 41u
#define PPI  27u

static void start(unsigned version)
{
    bench_start(version, 2);
    for (unsigned intid = 32; intid < 48; intid++) {
        set_group(intid, 0, version == 3);
    }
    for (unsigned cpu = 0; cpu < 2; cpu++) {
        set_group(PPI, cpu, version == 3);
    }
    bench_enable();
}

static void make_edge(unsigned intid)
{
    uint64_t at = D_ICFGR + intid / 16 * 4;
    wr(GICD, 0, at, rd(GICD, 0, at) | 2u << intid % 16 * 2);
}

/* IHI 0048B 1.4.2: what forwards an interrupt. */
START_TEST(disabled_interrupt_is_pending_but_not_signalled)
{
    start((unsigned)_i);
    wire(SPI, 0, true);
    ck_assert(is_pending(SPI, 0));
    ck_assert(!out(0, PE_IRQ));
    enable(SPI, 0);
    ck_assert(out(0, PE_IRQ));
}
END_TEST

START_TEST(disabled_distributor_forwards_nothing)
{
    start((unsigned)_i);
    enable(SPI, 0);
    wire(SPI, 0, true);
    wr(GICD, 0, D_CTLR, 0);
    ck_assert(!out(0, PE_IRQ));
    wr(GICD, 0, D_CTLR, 3);
    ck_assert(out(0, PE_IRQ));
}
END_TEST

/* IHI 0048B figure 4-10: level-sensitive interrupts are pending while the wire is high. */
START_TEST(level_interrupt_follows_its_wire)
{
    start((unsigned)_i);
    enable(SPI, 0);
    wire(SPI, 0, true);
    ck_assert(out(0, PE_IRQ));
    wire(SPI, 0, false);
    ck_assert(!out(0, PE_IRQ));
    ck_assert(!is_pending(SPI, 0));
}
END_TEST

START_TEST(acknowledge_after_the_wire_fell_is_spurious)
{
    start((unsigned)_i);
    enable(SPI, 0);
    wire(SPI, 0, true);
    wire(SPI, 0, false);
    ck_assert_uint_eq(ack(0), 1023);
    ck_assert(!is_active(SPI, 0));
}
END_TEST

START_TEST(level_interrupt_is_active_and_pending_while_the_wire_stays_high)
{
    start((unsigned)_i);
    enable(SPI, 0);
    wire(SPI, 0, true);
    ck_assert_uint_eq(ack(0), SPI);
    ck_assert(is_active(SPI, 0));
    ck_assert(is_pending(SPI, 0));
    ck_assert(!out(0, PE_IRQ));
    eoi(0, SPI);
    ck_assert(!is_active(SPI, 0));
    ck_assert(out(0, PE_IRQ));
}
END_TEST

START_TEST(edge_interrupt_stays_pending_after_the_pulse)
{
    start((unsigned)_i);
    make_edge(SPI);
    enable(SPI, 0);
    wire(SPI, 0, true);
    wire(SPI, 0, false);
    ck_assert(out(0, PE_IRQ));
    ck_assert_uint_eq(ack(0), SPI);
    ck_assert(!is_pending(SPI, 0));
    eoi(0, SPI);
    ck_assert(!out(0, PE_IRQ));
}
END_TEST

START_TEST(edge_while_active_is_taken_after_deactivation)
{
    start((unsigned)_i);
    make_edge(SPI);
    enable(SPI, 0);
    wire(SPI, 0, true);
    ck_assert_uint_eq(ack(0), SPI);
    wire(SPI, 0, false);
    wire(SPI, 0, true);
    ck_assert(is_pending(SPI, 0) && is_active(SPI, 0));
    ck_assert(!out(0, PE_IRQ));
    eoi(0, SPI);
    ck_assert(out(0, PE_IRQ));
    ck_assert_uint_eq(ack(0), SPI);
}
END_TEST

START_TEST(edge_interrupt_held_high_is_taken_once)
{
    start((unsigned)_i);
    make_edge(SPI);
    enable(SPI, 0);
    wire(SPI, 0, true);
    ck_assert_uint_eq(ack(0), SPI);
    eoi(0, SPI);
    ck_assert(!out(0, PE_IRQ));
    ck_assert_uint_eq(ack(0), 1023);
}
END_TEST

/* IHI 0048B 4.3.7: a level interrupt made pending by software, and the acknowledge that ends it. */
START_TEST(software_pending_of_a_level_interrupt_ends_with_acknowledge)
{
    start((unsigned)_i);
    enable(SPI, 0);
    pend(SPI, 0);
    ck_assert_uint_eq(ack(0), SPI);
    ck_assert(!is_pending(SPI, 0));
    eoi(0, SPI);
    ck_assert(!out(0, PE_IRQ));
}
END_TEST

/* IHI 0048B 4.3.8: ICPENDR has no effect while the signal is asserted. */
START_TEST(clear_pending_leaves_a_level_interrupt_whose_wire_is_high)
{
    start((unsigned)_i);
    enable(SPI, 0);
    wire(SPI, 0, true);
    wr(GICD, 0, D_ICPENDR + 4, 1u << (SPI - 32));
    ck_assert(is_pending(SPI, 0));
    wire(SPI, 0, false);
    pend(SPI, 0);
    wr(GICD, 0, D_ICPENDR + 4, 1u << (SPI - 32));
    ck_assert(!is_pending(SPI, 0));
    ck_assert(!out(0, PE_IRQ));
}
END_TEST

START_TEST(ppi_state_is_banked_per_cpu)
{
    start((unsigned)_i);
    enable(PPI, 0);
    enable(PPI, 1);
    set_priority(PPI, 0, 0x40);
    set_priority(PPI, 1, 0x80);
    wire(PPI, 1, true);
    ck_assert(!out(0, PE_IRQ));
    ck_assert(out(1, PE_IRQ));
    ck_assert(!is_pending(PPI, 0));
    ck_assert_uint_eq(ack(0), 1023);
    ck_assert_uint_eq(ack(1), PPI);
    ck_assert_uint_eq(rpr(1), 0x80);
    ck_assert_uint_eq(rpr(0), 0xff);
}
END_TEST

START_TEST(spi_goes_to_its_target_and_follows_a_new_route)
{
    start((unsigned)_i);
    enable(SPI, 1);
    wire(SPI, 0, true);
    ck_assert(!out(0, PE_IRQ));
    ck_assert(out(1, PE_IRQ));
    enable(SPI, 0);
    ck_assert(out(0, PE_IRQ));
    ck_assert(!out(1, PE_IRQ));
}
END_TEST

/* IHI 0048B 4.4.2: only a priority higher than the mask is signalled. */
START_TEST(priority_equal_to_the_mask_is_not_signalled)
{
    start((unsigned)_i);
    enable(SPI, 0);
    set_priority(SPI, 0, 0x80);
    wire(SPI, 0, true);
    set_pmr(0, 0x80);
    ck_assert(!out(0, PE_IRQ));
    ck_assert_uint_eq(ack(0), 1023);
    set_pmr(0, 0x88);
    ck_assert(out(0, PE_IRQ));
    ck_assert_uint_eq(ack(0), SPI);
}
END_TEST

START_TEST(equal_priorities_are_taken_in_the_order_of_their_intids)
{
    start((unsigned)_i);
    enable(SPI2, 0);
    enable(SPI, 0);
    wire(SPI2, 0, true);
    wire(SPI, 0, true);
    ck_assert_uint_eq(ack(0), SPI);
    eoi(0, SPI);
}
END_TEST

START_TEST(lower_intid_of_lower_priority_does_not_go_first)
{
    start((unsigned)_i);
    enable(SPI, 0);
    enable(SPI2, 0);
    set_priority(SPI, 0, 0x80);
    set_priority(SPI2, 0, 0x40);
    wire(SPI2, 0, true);
    wire(SPI, 0, true);
    ck_assert_uint_eq(ack(0), SPI2);
}
END_TEST

START_TEST(new_priority_of_a_pending_interrupt_changes_the_order)
{
    start((unsigned)_i);
    enable(SPI, 0);
    enable(SPI2, 0);
    set_priority(SPI, 0, 0x40);
    set_priority(SPI2, 0, 0x80);
    wire(SPI, 0, true);
    wire(SPI2, 0, true);
    set_priority(SPI2, 0, 0x20);
    ck_assert_uint_eq(ack(0), SPI2);
    ck_assert_uint_eq(rpr(0), 0x20);
}
END_TEST

START_TEST(disabling_the_best_pending_interrupt_lets_the_next_through)
{
    start((unsigned)_i);
    enable(SPI, 0);
    enable(SPI2, 0);
    wire(SPI, 0, true);
    wire(SPI2, 0, true);
    wr(GICD, 0, D_ICENABLER + 4, 1u << (SPI - 32));
    ck_assert(out(0, PE_IRQ));
    ck_assert_uint_eq(ack(0), SPI2);
}
END_TEST

START_TEST(active_bit_set_by_software_withholds_an_interrupt)
{
    start((unsigned)_i);
    enable(SPI, 0);
    wire(SPI, 0, true);
    wr(GICD, 0, D_ISACTIVER + 4, 1u << (SPI - 32));
    ck_assert(!out(0, PE_IRQ));
    ck_assert_uint_eq(rpr(0), 0xff);
    wr(GICD, 0, D_ICACTIVER + 4, 1u << (SPI - 32));
    ck_assert(out(0, PE_IRQ));
}
END_TEST

/* Used by Linux to mask a line that is in service: GICD_ICENABLER does not deactivate. */
START_TEST(disabling_an_active_interrupt_keeps_it_active)
{
    start((unsigned)_i);
    enable(SPI, 0);
    wire(SPI, 0, true);
    ck_assert_uint_eq(ack(0), SPI);
    wr(GICD, 0, D_ICENABLER + 4, 1u << (SPI - 32));
    ck_assert(is_active(SPI, 0));
    eoi(0, SPI);
    ck_assert(!is_active(SPI, 0));
    ck_assert(!out(0, PE_IRQ));
}
END_TEST

START_TEST(end_of_a_spurious_interrupt_changes_nothing)
{
    start((unsigned)_i);
    enable(SPI, 0);
    wire(SPI, 0, true);
    ck_assert_uint_eq(ack(0), SPI);
    eoi(0, 1023);
    eoi(0, 1022);
    ck_assert(is_active(SPI, 0));
    ck_assert_uint_eq(rpr(0), 0);
}
END_TEST

/* EOI modes: what EOIR and DIR do (IHI 0048B 3.2.1, GICC_CTLR.EOImode; IHI 0069 4.1.2). */
static const struct eoi_case {
    const char *name;
    bool split, writes_eoir, writes_dir;
    bool is_active_after, is_running_after;
} eoi_cases[] = {
    {"EOImode 0: EOIR drops and deactivates", false, true, false, false, false},
    {"EOImode 0: DIR alone does nothing", false, false, true, true, true},
    {"EOImode 1: EOIR drops only", true, true, false, true, false},
    {"EOImode 1: DIR alone deactivates only", true, false, true, false, true},
    {"EOImode 1: EOIR and DIR do both", true, true, true, false, false},
    {"nothing written", true, false, false, true, true},
};

#define EOI_CASES (int)(sizeof eoi_cases / sizeof eoi_cases[0])

START_TEST(eoi_mode_decides_what_ends_an_interrupt)
{
    const struct eoi_case *e = &eoi_cases[_i % EOI_CASES];
    start(_i < EOI_CASES ? 2 : 3);
    set_eoi_split(0, e->split);
    make_edge(SPI);
    enable(SPI, 0);
    set_priority(SPI, 0, 0x40);
    wire(SPI, 0, true);
    ck_assert_uint_eq(ack(0), SPI);
    if (e->writes_eoir) {
        eoi(0, SPI);
    }
    if (e->writes_dir) {
        dir(0, SPI);
    }
    ck_assert_msg(is_active(SPI, 0) == e->is_active_after, "%s", e->name);
    ck_assert_msg((rpr(0) == 0x40) == e->is_running_after, "%s", e->name);
}
END_TEST

START_TEST(dropped_but_active_interrupt_lets_others_through_and_not_itself)
{
    start((unsigned)_i);
    set_eoi_split(0, true);
    enable(SPI, 0);
    enable(SPI2, 0);
    wire(SPI, 0, true);
    ck_assert_uint_eq(ack(0), SPI);
    eoi(0, SPI);
    ck_assert(!out(0, PE_IRQ));
    wire(SPI2, 0, true);
    ck_assert_uint_eq(ack(0), SPI2);
    eoi(0, SPI2);
    dir(0, SPI2);
    dir(0, SPI);
    ck_assert_uint_eq(ack(0), SPI);
}
END_TEST

START_TEST(another_cpu_may_deactivate_an_spi)
{
    start((unsigned)_i);
    set_eoi_split(0, true);
    set_eoi_split(1, true);
    enable(SPI, 0);
    wire(SPI, 0, true);
    ck_assert_uint_eq(ack(0), SPI);
    eoi(0, SPI);
    dir(1, SPI);
    ck_assert(!is_active(SPI, 0));
    ck_assert(out(0, PE_IRQ));
}
END_TEST

START_TEST(configuration_reads_back_and_sgis_are_edge_triggered)
{
    start((unsigned)_i);
    enum port port = _i == 2 ? GICD : GICR;
    uint64_t base = _i == 2 ? 0 : R_SGI;
    wr(port, 0, base + D_ICFGR, 0);
    ck_assert_uint_eq(rd(port, 0, base + D_ICFGR), 0xaaaaaaaa);
    wr(port, 0, base + D_ICFGR + 4, 0xffffffff);
    ck_assert_uint_eq(rd(port, 0, base + D_ICFGR + 4), 0xaaaaaaaa);
    wr(GICD, 0, D_ICFGR + 8, 0x80000002);
    ck_assert_uint_eq(rd(GICD, 0, D_ICFGR + 8), 0x80000002);
}
END_TEST

START_TEST(reset_disables_everything_and_wires_keep_their_level)
{
    start((unsigned)_i);
    enable(SPI, 0);
    set_priority(SPI, 0, 0x40);
    wire(SPI, 0, true);
    ck_assert_uint_eq(ack(0), SPI);
    gic_reset(bench_gic());
    ck_assert(!out(0, PE_IRQ) && !out(0, PE_FIQ));
    ck_assert_uint_eq(rd(GICD, 0, D_CTLR) & 3, 0);
    ck_assert_uint_eq(rd(GICD, 0, D_ISENABLER + 4), 0);
    ck_assert_uint_eq(rd(GICD, 0, D_IPRIORITYR + SPI), 0);
    ck_assert(!is_active(SPI, 0));
    ck_assert(is_pending(SPI, 0));
    ck_assert_uint_eq(rpr(0), 0xff);
}
END_TEST

START_TEST(reset_of_one_cpu_leaves_the_distributor_and_the_others)
{
    start((unsigned)_i);
    enable(SPI, 0);
    enable(SPI2, 1);
    wire(SPI, 0, true);
    wire(SPI2, 0, true);
    ck_assert_uint_eq(ack(1), SPI2);
    gic_reset_cpu(bench_gic(), 1);
    ck_assert_uint_eq(rpr(1), 0xff);
    ck_assert(is_active(SPI2, 1));
    ck_assert(out(0, PE_IRQ));
}
END_TEST

START_TEST(gic_update_drives_the_outputs_again)
{
    start((unsigned)_i);
    enable(SPI, 0);
    wire(SPI, 0, true);
    bench_pe(0)->inputs[PE_IRQ] = false;
    gic_update(bench_gic(), 0);
    ck_assert(out(0, PE_IRQ));
}
END_TEST

START_TEST(two_gics_share_nothing)
{
    start((unsigned)_i);
    enable(SPI, 0);
    struct pe pe = {.ps = {.el = 2}};
    struct pe *pes[] = {&pe};
    const struct gic_config config = {.version = (unsigned)_i,
                                      .cpu_count = 1,
                                      .spi_count = 32,
                                      .priority_bits = 5,
                                      .virtual_priority_bits = 5,
                                      .list_register_count = 1};
    struct gic *other = gic_create(&config, pes, NULL);
    wire(SPI, 0, true);
    ck_assert(out(0, PE_IRQ));
    ck_assert(!pe.inputs[PE_IRQ]);
    struct bus_access a = {.offset = D_ISENABLER + 4, .size_bytes = 4};
    ck_assert_int_eq(gic_gicd_access(other, &a), BUS_OK);
    ck_assert_uint_eq(a.value, 0);
    gic_destroy(other);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("gic interrupts");
    TCase *t = tcase_create("both versions");
    tcase_add_checked_fixture(t, NULL, bench_stop);
    tcase_add_loop_test(t, disabled_interrupt_is_pending_but_not_signalled, 2, 4);
    tcase_add_loop_test(t, disabled_distributor_forwards_nothing, 2, 4);
    tcase_add_loop_test(t, level_interrupt_follows_its_wire, 2, 4);
    tcase_add_loop_test(t, acknowledge_after_the_wire_fell_is_spurious, 2, 4);
    tcase_add_loop_test(t, level_interrupt_is_active_and_pending_while_the_wire_stays_high, 2, 4);
    tcase_add_loop_test(t, edge_interrupt_stays_pending_after_the_pulse, 2, 4);
    tcase_add_loop_test(t, edge_while_active_is_taken_after_deactivation, 2, 4);
    tcase_add_loop_test(t, edge_interrupt_held_high_is_taken_once, 2, 4);
    tcase_add_loop_test(t, software_pending_of_a_level_interrupt_ends_with_acknowledge, 2, 4);
    tcase_add_loop_test(t, clear_pending_leaves_a_level_interrupt_whose_wire_is_high, 2, 4);
    tcase_add_loop_test(t, ppi_state_is_banked_per_cpu, 2, 4);
    tcase_add_loop_test(t, spi_goes_to_its_target_and_follows_a_new_route, 2, 4);
    tcase_add_loop_test(t, priority_equal_to_the_mask_is_not_signalled, 2, 4);
    tcase_add_loop_test(t, equal_priorities_are_taken_in_the_order_of_their_intids, 2, 4);
    tcase_add_loop_test(t, lower_intid_of_lower_priority_does_not_go_first, 2, 4);
    tcase_add_loop_test(t, new_priority_of_a_pending_interrupt_changes_the_order, 2, 4);
    tcase_add_loop_test(t, disabling_the_best_pending_interrupt_lets_the_next_through, 2, 4);
    tcase_add_loop_test(t, active_bit_set_by_software_withholds_an_interrupt, 2, 4);
    tcase_add_loop_test(t, disabling_an_active_interrupt_keeps_it_active, 2, 4);
    tcase_add_loop_test(t, end_of_a_spurious_interrupt_changes_nothing, 2, 4);
    tcase_add_loop_test(t, eoi_mode_decides_what_ends_an_interrupt, 0, 2 * EOI_CASES);
    tcase_add_loop_test(t, dropped_but_active_interrupt_lets_others_through_and_not_itself, 2, 4);
    tcase_add_loop_test(t, another_cpu_may_deactivate_an_spi, 2, 4);
    tcase_add_loop_test(t, configuration_reads_back_and_sgis_are_edge_triggered, 2, 4);
    tcase_add_loop_test(t, reset_disables_everything_and_wires_keep_their_level, 2, 4);
    tcase_add_loop_test(t, reset_of_one_cpu_leaves_the_distributor_and_the_others, 2, 4);
    tcase_add_loop_test(t, gic_update_drives_the_outputs_again, 2, 4);
    tcase_add_loop_test(t, two_gics_share_nothing, 2, 4);
    suite_add_tcase(s, t);
    return s;
}

int main(void)
{
    return bench_run(suite());
}
