/* The GIC and the timer that hyp/ emulates where a machine has no virtual ones. Arm IHI 0048,
 * Arm ARM D11 */
#include <check.h>

#include "hyp/emul/gicv2.h"
#include "hyp/emul/timer.h"
#include "tests/support/run_suite.h"

#define GICD 0x08000000u
#define GICC 0x08010000u

#define CTLR      (GICC + 0x00)
#define PMR       (GICC + 0x04)
#define BPR       (GICC + 0x08)
#define IAR       (GICC + 0x0c)
#define EOIR      (GICC + 0x10)
#define RPR       (GICC + 0x14)
#define HPPIR     (GICC + 0x18)
#define DIR       (GICC + 0x1000)
#define ISENABLER (GICD + 0x100)
#define ICENABLER (GICD + 0x180)
#define ISPENDR   (GICD + 0x200)
#define ICPENDR   (GICD + 0x280)
#define ISACTIVER (GICD + 0x300)
#define PRIORITYR (GICD + 0x400)
#define ITARGETSR (GICD + 0x800)
#define ICFGR     (GICD + 0xc00)
#define SGIR      (GICD + 0xf00)
#define CPENDSGIR (GICD + 0xf10)
#define SPENDSGIR (GICD + 0xf20)

#define CPUS     3u
#define SPURIOUS 1023u
#define LEVEL    30u /* a PPI: level sensitive */
#define EDGE     40u /* an SPI that is made an edge */

static struct soft_gic gic;

static void put(unsigned cpu, uint64_t at, unsigned len, uint64_t value)
{
    ck_assert(soft_gic_access(&gic, cpu, at, len, true, &value));
}

static void set(unsigned cpu, uint64_t at, uint32_t value)
{
    put(cpu, at, 4, value);
}

static uint64_t get(unsigned cpu, uint64_t at, unsigned len)
{
    uint64_t value = 0x5a5a5a5a5a5a5a5a;
    ck_assert(soft_gic_access(&gic, cpu, at, len, false, &value));
    return value;
}

static uint64_t read32(unsigned cpu, uint64_t at)
{
    return get(cpu, at, 4);
}

/* All on, all of priority 0x80, SPI 40 an edge to CPU 1. */
static void setup(void)
{
    soft_gic_init(&gic);
    for (unsigned i = 0; i < CPUS; i++) {
        ck_assert_uint_eq(soft_gic_add_cpu(&gic), i);
    }
    set(0, GICD, 1);
    for (unsigned cpu = 0; cpu < CPUS; cpu++) {
        set(cpu, CTLR, 1);
        set(cpu, PMR, 0xf0);
        for (unsigned n = 0; n < 64; n += 4) {
            set(cpu, PRIORITYR + n, 0x80808080);
        }
    }
    set(0, ISENABLER, 1u << LEVEL);
    set(0, ISENABLER + 4, 1u << (EDGE - 32));
    put(0, ITARGETSR + EDGE, 1, 2);
    set(0, ICFGR + 4 * (EDGE / 16), 2u << EDGE % 16 * 2);
}

START_TEST(level_is_pending_until_the_line_falls)
{
    soft_gic_set_line(&gic, 0, LEVEL, true);
    ck_assert(soft_gic_irq(&gic, 0));
    ck_assert(!soft_gic_irq(&gic, 1));
    ck_assert_uint_eq(read32(0, IAR), LEVEL);
    ck_assert(!soft_gic_irq(&gic, 0)); /* active: not again */
    set(0, EOIR, LEVEL);
    ck_assert(soft_gic_irq(&gic, 0)); /* the line is still up */
    soft_gic_set_line(&gic, 0, LEVEL, false);
    ck_assert(!soft_gic_irq(&gic, 0));
    ck_assert_uint_eq(read32(0, IAR), SPURIOUS);
}
END_TEST

START_TEST(edge_is_pending_once_and_goes_to_its_target)
{
    soft_gic_set_line(&gic, 0, EDGE, true);
    soft_gic_set_line(&gic, 0, EDGE, false);
    ck_assert(!soft_gic_irq(&gic, 0));
    ck_assert(soft_gic_irq(&gic, 1));
    ck_assert_uint_eq(read32(1, IAR), EDGE);
    soft_gic_set_line(&gic, 0, EDGE, true); /* another one while it is active waits */
    ck_assert(!soft_gic_irq(&gic, 1));
    set(1, EOIR, EDGE);
    ck_assert_uint_eq(read32(1, IAR), EDGE);
    set(1, EOIR, EDGE);
    ck_assert(!soft_gic_irq(&gic, 1)); /* the line is up, but that is no edge */
}
END_TEST

/* An SPI of two targets is the first one's that acknowledges it. IHI 0048 1.4.3, 1-N model */
START_TEST(shared_interrupt_of_two_targets_is_taken_once)
{
    put(0, ITARGETSR + EDGE, 1, 6);
    set(0, ISPENDR + 4, 1u << (EDGE - 32));
    ck_assert(soft_gic_irq(&gic, 1) && soft_gic_irq(&gic, 2));
    ck_assert_uint_eq(read32(2, IAR), EDGE);
    ck_assert(!soft_gic_irq(&gic, 1));
    ck_assert_uint_eq(read32(1, IAR), SPURIOUS);
    ck_assert_uint_eq(read32(0, ITARGETSR + 40), 0x01010106u); /* the others: CPU 0, as reset */
}
END_TEST

/* Each request of an SGI is acknowledged with its sender, lowest first. */
START_TEST(sgi_keeps_its_senders_apart)
{
    set(2, SGIR, 1u << 16 | 5);
    set(1, SGIR, 1u << 16 | 5);
    ck_assert_uint_eq(read32(0, SPENDSGIR + 4), 6u << 8);
    ck_assert_uint_eq(read32(0, IAR), 1u << 10 | 5);
    ck_assert(!soft_gic_irq(&gic, 0)); /* active */
    set(0, EOIR, 1u << 10 | 5);
    ck_assert_uint_eq(read32(0, IAR), 2u << 10 | 5);
    set(0, EOIR, 2u << 10 | 5);
    ck_assert(!soft_gic_irq(&gic, 0));
}
END_TEST

START_TEST(sgi_filters_name_all_others_and_oneself)
{
    set(1, SGIR, 1u << 24 | 3);
    ck_assert(soft_gic_irq(&gic, 0) && !soft_gic_irq(&gic, 1) && soft_gic_irq(&gic, 2));
    set(0, CPENDSGIR, 2u << 24);
    ck_assert(!soft_gic_irq(&gic, 0));
    set(1, SGIR, 2u << 24 | 3);
    ck_assert(soft_gic_irq(&gic, 1));
    set(1, SGIR, 3u << 24 | 4); /* reserved: nobody */
    set(0, SGIR, 0xffu << 16 | 4);
    ck_assert_uint_eq(read32(2, ISPENDR) & 0x10, 0x10u);
}
END_TEST

START_TEST(more_urgent_interrupt_preempts_and_priorities_nest)
{
    put(0, PRIORITYR + LEVEL, 1, 0x40);
    set(0, SGIR, 1u << 16 | 7);
    ck_assert_uint_eq(read32(0, IAR), 7u);
    ck_assert_uint_eq(read32(0, RPR), 0x80u);
    soft_gic_set_line(&gic, 0, LEVEL, true);
    ck_assert(soft_gic_irq(&gic, 0));
    ck_assert_uint_eq(read32(0, IAR), LEVEL);
    ck_assert_uint_eq(read32(0, RPR), 0x40u);
    soft_gic_set_line(&gic, 0, LEVEL, false);
    set(0, EOIR, LEVEL);
    ck_assert_uint_eq(read32(0, RPR), 0x80u);
    set(0, EOIR, 7);
    ck_assert_uint_eq(read32(0, RPR), 0xffu);
}
END_TEST

/* BPR 7: no preemption at all. PMR: nothing of its priority or lower. */
START_TEST(binary_point_and_mask_hold_interrupts_back)
{
    set(0, BPR, 7);
    put(0, PRIORITYR + LEVEL, 1, 0x40);
    set(0, SGIR, 1u << 16 | 7);
    ck_assert_uint_eq(read32(0, IAR), 7u);
    soft_gic_set_line(&gic, 0, LEVEL, true);
    ck_assert(!soft_gic_irq(&gic, 0));
    ck_assert_uint_eq(read32(0, HPPIR), LEVEL);
    set(0, EOIR, 7);
    ck_assert(soft_gic_irq(&gic, 0));
    set(0, PMR, 0x40);
    ck_assert(!soft_gic_irq(&gic, 0));
    set(0, BPR, 0);
    ck_assert_uint_eq(read32(0, BPR), 2u);
}
END_TEST

/* EOImode 1: EOIR drops the priority, DIR deactivates. */
START_TEST(completion_may_be_in_two_steps)
{
    set(0, CTLR, 1u << 9 | 1);
    soft_gic_set_line(&gic, 0, LEVEL, true);
    ck_assert_uint_eq(read32(0, IAR), LEVEL);
    set(0, EOIR, LEVEL);
    ck_assert_uint_eq(read32(0, RPR), 0xffu);
    ck_assert_uint_eq(read32(0, ISACTIVER), 1u << LEVEL);
    ck_assert(!soft_gic_irq(&gic, 0));
    set(0, DIR, LEVEL);
    ck_assert(soft_gic_irq(&gic, 0));
}
END_TEST

START_TEST(switches_of_distributor_interface_and_interrupt_hold_it_back)
{
    soft_gic_set_line(&gic, 0, LEVEL, true);
    set(0, ICENABLER, 1u << LEVEL | 0xffff);
    ck_assert(!soft_gic_irq(&gic, 0));
    ck_assert_uint_eq(read32(0, ISENABLER), 0xffffu); /* SGIs stay */
    set(0, ISENABLER, 1u << LEVEL);
    set(0, CTLR, 0);
    ck_assert(!soft_gic_irq(&gic, 0));
    set(0, CTLR, 1);
    set(0, GICD, 0);
    ck_assert(!soft_gic_irq(&gic, 0));
    set(0, GICD, 1);
    ck_assert(soft_gic_irq(&gic, 0));
}
END_TEST

/* Whatever a guest does reads as zero or does nothing, in any size, anywhere. */
START_TEST(no_access_is_out_of_bounds)
{
    uint64_t value = 0;
    ck_assert(!soft_gic_access(&gic, 0, GICD - 4, 4, false, &value));
    ck_assert(!soft_gic_access(&gic, 0, GICC + 0x2000, 4, false, &value));
    for (uint64_t at = GICD; at < GICD + 0x1000; at++) {
        for (unsigned len = 1; len <= 8; len *= 2) {
            put(CPUS - 1, at, len, UINT64_MAX);
            get(CPUS - 1, at, len);
        }
    }
    for (uint64_t at = GICC; at < GICC + 0x2000; at++) {
        for (unsigned len = 1; len <= 8; len *= 2) {
            put(CPUS - 1, at, len, UINT64_MAX);
            get(CPUS - 1, at, len);
        }
    }
    ck_assert_uint_eq(get(0, GICD + 2, 4), 0u);
    ck_assert_uint_eq(get(0, IAR, 2), 0u);
    ck_assert_uint_eq(read32(0, GICD + 4), (CPUS - 1) << 5 | 1);
}
END_TEST

START_TEST(timer_line_rises_at_its_deadline)
{
    struct soft_timer t = {0, 0};
    soft_timer_write(&t, SOFT_TIMER_CVAL, 1000, 10);
    ck_assert(!soft_timer_waits(&t, 10) && !soft_timer_line(&t, 2000));
    soft_timer_write(&t, SOFT_TIMER_CTL, 1, 10);
    ck_assert(soft_timer_waits(&t, 999) && !soft_timer_line(&t, 999));
    ck_assert(!soft_timer_waits(&t, 1000) && soft_timer_line(&t, 1000));
    ck_assert_uint_eq(soft_timer_read(&t, SOFT_TIMER_CTL, 999), 1u);
    ck_assert_uint_eq(soft_timer_read(&t, SOFT_TIMER_CTL, 1000), 5u);
    soft_timer_write(&t, SOFT_TIMER_CTL, 7, 10); /* IMASK; ISTATUS is read-only */
    ck_assert(!soft_timer_line(&t, 1000) && !soft_timer_waits(&t, 10));
    ck_assert_uint_eq(soft_timer_read(&t, SOFT_TIMER_CTL, 10), 3u);
}
END_TEST

/* TVAL is a signed 32-bit distance. */
START_TEST(timer_value_is_relative_and_signed)
{
    struct soft_timer t = {1, 0};
    soft_timer_write(&t, SOFT_TIMER_TVAL, 0xffffffff, 1000);
    ck_assert_uint_eq(soft_timer_read(&t, SOFT_TIMER_CVAL, 0), 999u);
    ck_assert_uint_eq(soft_timer_read(&t, SOFT_TIMER_TVAL, 1001), 0xfffffffeu);
    soft_timer_write(&t, SOFT_TIMER_TVAL, 50, 1000);
    ck_assert_uint_eq(soft_timer_read(&t, SOFT_TIMER_CVAL, 0), 1050u);
    ck_assert_uint_eq(soft_timer_read(&t, SOFT_TIMER_COUNT, 77), 77u);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("emul");
    TCase *t = tcase_create("emul");
    tcase_add_checked_fixture(t, setup, NULL);
    tcase_add_test(t, level_is_pending_until_the_line_falls);
    tcase_add_test(t, edge_is_pending_once_and_goes_to_its_target);
    tcase_add_test(t, shared_interrupt_of_two_targets_is_taken_once);
    tcase_add_test(t, sgi_keeps_its_senders_apart);
    tcase_add_test(t, sgi_filters_name_all_others_and_oneself);
    tcase_add_test(t, more_urgent_interrupt_preempts_and_priorities_nest);
    tcase_add_test(t, binary_point_and_mask_hold_interrupts_back);
    tcase_add_test(t, completion_may_be_in_two_steps);
    tcase_add_test(t, switches_of_distributor_interface_and_interrupt_hold_it_back);
    tcase_add_test(t, no_access_is_out_of_bounds);
    tcase_add_test(t, timer_line_rises_at_its_deadline);
    tcase_add_test(t, timer_value_is_relative_and_signed);
    suite_add_tcase(s, t);
    return s;
}

int main(void)
{
    return run_suite(suite());
}
