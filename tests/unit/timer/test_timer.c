/* The generic timer: counters, four timers, event stream (Arm ARM D11, DDI 0487). */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "cpu-el/resolve.h"
#include "timer/timer.h"
#include "tests/support/run_suite.h"

#define E2H (UINT64_C(1) << 34)
#define TGE (UINT64_C(1) << 27)

#define ENABLE  1u
#define IMASK   2u
#define ISTATUS 4u

/* 2 GHz CPU, 50 MHz counter: a tick is 40 cycles. */
static const struct counter_rate even_rate = {.clock_hz = 2000000000, .counter_hz = 50000000};
/* 2.4 GHz and 62.5 MHz: a tick is 38.4 cycles. */
static const struct counter_rate odd_rate = {.clock_hz = 2400000000, .counter_hz = 62500000};

#define TICK (40 * CYCLE)

static struct pe pe;
static struct clock cpu_clock;
static struct timer *timer;
static bool level[TIMER_COUNT];
static unsigned changes;

static void line_changed(void *ctx, unsigned n, bool now)
{
    (void)ctx;
    level[n] = now;
    changes++;
}

static void start(const struct counter_rate *rate)
{
    struct irq_line lines[TIMER_COUNT];
    timer_destroy(timer);
    memset(&pe, 0, sizeof pe);
    memset(level, 0, sizeof level);
    cpu_clock = (struct clock){0};
    changes = 0;
    pe.model.has[FEAT_EL2] = true;
    pe.model.has[FEAT_VHE] = true;
    pe_reset(&pe, 1);
    for (unsigned i = 0; i < TIMER_COUNT; i++) {
        lines[i] = (struct irq_line){.sink = line_changed, .n = i};
    }
    timer = timer_create_for(&pe, &cpu_clock, rate, lines);
    pe.owners[OWNER_TIMER] = timer_sysreg_ops(timer);
}

static void setup(void)
{
    start(&even_rate);
}

static void teardown(void)
{
    timer_destroy(timer);
    timer = NULL;
    ck_assert_ptr_null(cpu_clock.first);
}

static uint64_t get(enum sysreg_id id)
{
    struct sysreg_ops ops = timer_sysreg_ops(timer);
    return ops.read(ops.ctx, id);
}

static unsigned set(enum sysreg_id id, uint64_t value)
{
    return sysreg_write(&pe, id, value);
}

/* Time passes: what is due fires, in order. */
static void run_to(cycles_t stamp)
{
    cpu_clock.now = stamp;
    clock_fire(&cpu_clock, stamp);
}

/* The registers of each timer. */
static const struct timer_ids {
    const char *name;
    enum sysreg_id ctl, cval, tval;
    unsigned intid;
} ids[TIMER_COUNT] = {
    [TIMER_PHYS] = {"CNTP", SR_CNTP_CTL_EL0, SR_CNTP_CVAL_EL0, SR_CNTP_TVAL_EL0, 30},
    [TIMER_VIRT] = {"CNTV", SR_CNTV_CTL_EL0, SR_CNTV_CVAL_EL0, SR_CNTV_TVAL_EL0, 27},
    [TIMER_HYP_PHYS] = {"CNTHP", SR_CNTHP_CTL_EL2, SR_CNTHP_CVAL_EL2, SR_CNTHP_TVAL_EL2, 26},
    [TIMER_HYP_VIRT] = {"CNTHV", SR_CNTHV_CTL_EL2, SR_CNTHV_CVAL_EL2, SR_CNTHV_TVAL_EL2, 28},
};

START_TEST(counter_counts_at_its_own_rate)
{
    run_to(TICK - 1);
    ck_assert_uint_eq(get(SR_CNTPCT_EL0), 0);
    run_to(TICK);
    ck_assert_uint_eq(get(SR_CNTPCT_EL0), 1);
    run_to(1000 * TICK + TICK / 2);
    ck_assert_uint_eq(get(SR_CNTPCT_EL0), 1000);
}
END_TEST

START_TEST(counter_loses_nothing_when_rates_do_not_divide)
{
    start(&odd_rate);
    /* One hour: 3600 * 62.5e6 ticks at exactly 3600 * 2.4e9 cycles. */
    run_to(UINT64_C(3600) * 2400000000 * CYCLE);
    ck_assert_uint_eq(get(SR_CNTPCT_EL0), UINT64_C(3600) * 62500000);
    run_to(cpu_clock.now - 1);
    ck_assert_uint_eq(get(SR_CNTPCT_EL0), UINT64_C(3600) * 62500000 - 1);
}
END_TEST

START_TEST(virtual_counter_is_behind_by_the_offset)
{
    run_to(1000 * TICK);
    set(SR_CNTVOFF_EL2, 300);
    ck_assert_uint_eq(get(SR_CNTVCT_EL0), 700);
    ck_assert_uint_eq(get(SR_CNTPCT_EL0), 1000);
    set(SR_CNTVOFF_EL2, 1001);
    ck_assert_uint_eq(get(SR_CNTVCT_EL0), UINT64_MAX);
}
END_TEST

/* CNTVCT_EL0: no offset at EL2 with E2H, nor at EL0 with E2H and TGE. */
START_TEST(host_sees_the_virtual_counter_without_offset)
{
    static const struct {
        unsigned el;
        uint64_t hcr;
        bool has_offset;
    } cases[] = {{0, 0, true},    {1, 0, true},          {2, 0, true},
                 {2, E2H, false}, {1, E2H, true},        {0, E2H, true},
                 {0, TGE, true},  {0, E2H | TGE, false}, {2, E2H | TGE, false}};
    run_to(1000 * TICK);
    set(SR_CNTVOFF_EL2, 300);
    pe.ps.el = (uint8_t)cases[_i].el;
    pe.sr[SR_HCR_EL2] = cases[_i].hcr;
    ck_assert_uint_eq(get(SR_CNTVCT_EL0), cases[_i].has_offset ? 700 : 1000);
}
END_TEST

START_TEST(without_el2_there_is_no_offset)
{
    pe.model.has[FEAT_EL2] = false;
    pe.sr[SR_CNTVOFF_EL2] = 300;
    run_to(1000 * TICK);
    ck_assert_uint_eq(get(SR_CNTVCT_EL0), 1000);
}
END_TEST

START_TEST(interrupt_numbers_are_those_of_the_base_system_architecture)
{
    ck_assert_uint_eq(timer_intid((enum timer_id)_i), ids[_i].intid);
}
END_TEST

/* D11.2.4: the condition is met at the first stamp at which the counter has reached CompareValue.
 */
START_TEST(line_rises_exactly_when_the_counter_reaches_cval)
{
    set(ids[_i].cval, 100);
    set(ids[_i].ctl, ENABLE);
    ck_assert_uint_eq(clock_next(&cpu_clock), 100 * TICK);
    run_to(100 * TICK - 1);
    ck_assert(!level[_i]);
    ck_assert_uint_eq(get(ids[_i].ctl), ENABLE);
    run_to(100 * TICK);
    ck_assert(level[_i]);
    ck_assert_uint_eq(get(ids[_i].ctl), ENABLE | ISTATUS);
}
END_TEST

START_TEST(deadline_is_exact_when_rates_do_not_divide)
{
    start(&odd_rate);
    set(ids[_i].cval, 7);
    set(ids[_i].ctl, ENABLE);
    /* 7 * 38.4 = 268.8 cycles. */
    ck_assert_uint_eq(clock_next(&cpu_clock), 268800);
    run_to(268799);
    ck_assert_uint_eq(get(SR_CNTPCT_EL0), 6);
    ck_assert(!level[_i]);
    run_to(268800);
    ck_assert_uint_eq(get(SR_CNTPCT_EL0), 7);
    ck_assert(level[_i]);
}
END_TEST

START_TEST(each_timer_drives_only_its_own_line)
{
    set(ids[_i].ctl, ENABLE);
    for (int k = 0; k < TIMER_COUNT; k++) {
        ck_assert_int_eq(level[k], k == _i);
    }
}
END_TEST

START_TEST(write_to_cval_past_now_lowers_the_line)
{
    run_to(50 * TICK);
    set(ids[_i].cval, 10);
    set(ids[_i].ctl, ENABLE);
    ck_assert(level[_i]);
    set(ids[_i].cval, 60);
    ck_assert(!level[_i]);
    run_to(60 * TICK);
    ck_assert(level[_i]);
}
END_TEST

START_TEST(masked_timer_shows_its_status_but_keeps_the_line_low)
{
    set(ids[_i].cval, 10);
    set(ids[_i].ctl, ENABLE | IMASK);
    run_to(20 * TICK);
    ck_assert(!level[_i]);
    ck_assert_uint_eq(get(ids[_i].ctl), ENABLE | IMASK | ISTATUS);
    set(ids[_i].ctl, ENABLE);
    ck_assert(level[_i]);
    set(ids[_i].ctl, ENABLE | IMASK);
    ck_assert(!level[_i]);
}
END_TEST

START_TEST(disabled_timer_has_no_status_no_line_and_no_event)
{
    set(ids[_i].cval, 10);
    set(ids[_i].ctl, ENABLE);
    run_to(20 * TICK);
    set(ids[_i].ctl, 0);
    ck_assert(!level[_i]);
    ck_assert_uint_eq(get(ids[_i].ctl), 0);
    set(ids[_i].cval, 100);
    ck_assert_uint_eq(clock_next(&cpu_clock), CYCLES_NEVER);
}
END_TEST

START_TEST(status_bit_is_read_only)
{
    set(ids[_i].cval, 1000);
    set(ids[_i].ctl, UINT64_MAX & ~(uint64_t)IMASK);
    ck_assert_uint_eq(get(ids[_i].ctl), ENABLE);
    ck_assert(!level[_i]);
}
END_TEST

/* D11.2.4, TimerValue view: TVAL = CVAL - counter, 32 bits. */
START_TEST(tval_counts_down_through_zero)
{
    set(ids[_i].cval, 100);
    run_to(30 * TICK);
    ck_assert_uint_eq(get(ids[_i].tval), 70);
    run_to(130 * TICK);
    ck_assert_uint_eq(get(ids[_i].tval), 0xffffffe2); /* -30, zero extended */
}
END_TEST

START_TEST(tval_write_sets_cval_relative_to_now)
{
    run_to(1000 * TICK);
    set(ids[_i].tval, 25);
    ck_assert_uint_eq(get(ids[_i].cval), 1025);
    set(ids[_i].ctl, ENABLE);
    run_to(1025 * TICK - 1);
    ck_assert(!level[_i]);
    run_to(1025 * TICK);
    ck_assert(level[_i]);
}
END_TEST

START_TEST(tval_write_is_sign_extended)
{
    run_to(1000 * TICK);
    set(ids[_i].tval, 0xffffffff);
    ck_assert_uint_eq(get(ids[_i].cval), 999);
    set(ids[_i].tval, 0x80000000);
    ck_assert_uint_eq(get(ids[_i].cval), 1000 - UINT64_C(0x80000000));
    set(ids[_i].tval, UINT64_C(0x100000005)); /* bits 63..32 are RES0 */
    ck_assert_uint_eq(get(ids[_i].cval), 1005);
}
END_TEST

START_TEST(only_the_el1_virtual_timer_has_the_offset)
{
    run_to(1000 * TICK);
    set(SR_CNTVOFF_EL2, 400);
    set(ids[_i].tval, 10);
    ck_assert_uint_eq(get(ids[_i].cval), _i == TIMER_VIRT ? 610 : 1010);
    set(ids[_i].ctl, ENABLE);
    ck_assert_uint_eq(clock_next(&cpu_clock), 1010 * TICK);
}
END_TEST

START_TEST(new_offset_moves_the_virtual_deadline)
{
    set(SR_CNTV_CVAL_EL0, 100);
    set(SR_CNTV_CTL_EL0, ENABLE);
    run_to(90 * TICK);
    ck_assert(!level[TIMER_VIRT]);
    ck_assert_uint_eq(set(SR_CNTVOFF_EL2, 50) & EFF_IRQ, EFF_IRQ);
    ck_assert_uint_eq(clock_next(&cpu_clock), 150 * TICK);
    run_to(150 * TICK);
    ck_assert(level[TIMER_VIRT]);
    set(SR_CNTVOFF_EL2, 51);
    ck_assert(!level[TIMER_VIRT]);
    run_to(151 * TICK);
    ck_assert(level[TIMER_VIRT]);
}
END_TEST

/* The comparison is unsigned over all 64 bits: an offset in the future makes the count huge, and
 * the condition ends when it wraps to 0. */
START_TEST(condition_ends_when_the_offset_counter_wraps)
{
    run_to(10 * TICK);
    set(SR_CNTVOFF_EL2, 20); /* the virtual count is 2^64 - 10 */
    set(SR_CNTV_CVAL_EL0, 5);
    set(SR_CNTV_CTL_EL0, ENABLE);
    ck_assert(level[TIMER_VIRT]);
    run_to(20 * TICK - 1);
    ck_assert(level[TIMER_VIRT]);
    run_to(20 * TICK);
    ck_assert(!level[TIMER_VIRT]);
    run_to(25 * TICK);
    ck_assert(level[TIMER_VIRT]);
}
END_TEST

START_TEST(cval_0_is_always_reached)
{
    set(ids[_i].cval, 0);
    set(ids[_i].ctl, ENABLE);
    ck_assert(level[_i]);
    run_to(1000000 * TICK);
    ck_assert(level[_i]);
    ck_assert_uint_eq(changes, 1);
}
END_TEST

START_TEST(cval_near_the_end_of_time_is_never_reached)
{
    run_to(1000 * TICK);
    set(ids[_i].cval, UINT64_MAX);
    set(ids[_i].ctl, ENABLE);
    ck_assert(!level[_i]);
    ck_assert_uint_eq(clock_next(&cpu_clock), CYCLES_NEVER);
}
END_TEST

START_TEST(all_timers_run_at_once)
{
    for (unsigned i = 0; i < TIMER_COUNT; i++) {
        set(ids[i].cval, 100 + 10 * i);
        set(ids[i].ctl, ENABLE);
    }
    for (unsigned i = 0; i < TIMER_COUNT; i++) {
        ck_assert_uint_eq(clock_next(&cpu_clock), (100 + 10 * i) * TICK);
        run_to((100 + 10 * i) * TICK);
        for (unsigned k = 0; k < TIMER_COUNT; k++) {
            ck_assert_int_eq(level[k], k <= i);
        }
    }
    ck_assert_uint_eq(changes, TIMER_COUNT);
}
END_TEST

START_TEST(late_firing_looks_at_the_time_that_it_is)
{
    set(SR_CNTP_CVAL_EL0, 10);
    set(SR_CNTP_CTL_EL0, ENABLE);
    cpu_clock.now = 500 * TICK;
    clock_fire(&cpu_clock, cpu_clock.now);
    ck_assert(level[TIMER_PHYS]);
    ck_assert_uint_eq(get(SR_CNTP_TVAL_EL0), (uint32_t)-490);
}
END_TEST

START_TEST(reset_stops_all_timers)
{
    for (unsigned i = 0; i < TIMER_COUNT; i++) {
        set(ids[i].ctl, ENABLE);
        set(ids[i].cval, 5);
    }
    run_to(10 * TICK);
    set(SR_CNTVOFF_EL2, 3);
    set(SR_CNTKCTL_EL1, 4);
    timer_reset(timer);
    for (unsigned i = 0; i < TIMER_COUNT; i++) {
        ck_assert(!level[i]);
        ck_assert_uint_eq(get(ids[i].ctl), 0);
    }
    ck_assert_uint_eq(clock_next(&cpu_clock), CYCLES_NEVER);
    ck_assert_uint_eq(get(SR_CNTVOFF_EL2), 0);
    ck_assert_uint_eq(get(SR_CNTKCTL_EL1), 0);
    ck_assert_uint_eq(get(SR_CNTHCTL_EL2), 3);
}
END_TEST

START_TEST(frequency_register_reports_the_rate_and_is_only_a_number)
{
    ck_assert_uint_eq(get(SR_CNTFRQ_EL0), 50000000);
    set(SR_CNTFRQ_EL0, UINT64_C(0xffff00001234));
    ck_assert_uint_eq(get(SR_CNTFRQ_EL0), 0x1234);
    run_to(1000 * TICK);
    ck_assert_uint_eq(get(SR_CNTPCT_EL0), 1000);
}
END_TEST

START_TEST(control_registers_keep_the_bits_that_exist)
{
    set(SR_CNTKCTL_EL1, UINT64_MAX);
    set(SR_CNTHCTL_EL2, UINT64_MAX);
    ck_assert_uint_eq(get(SR_CNTKCTL_EL1), 0x3ff);
    ck_assert_uint_eq(get(SR_CNTHCTL_EL2), 0xfff);
    ck_assert_uint_eq(pe.sr[SR_CNTHCTL_EL2], 0xfff); /* the trap rules look there */
    pe.model.has[FEAT_VHE] = false;
    pe_reset(&pe, 1);
    set(SR_CNTHCTL_EL2, UINT64_MAX);
    ck_assert_uint_eq(get(SR_CNTHCTL_EL2), 0xff);
}
END_TEST

START_TEST(counters_cannot_be_written)
{
    run_to(1000 * TICK);
    set(SR_CNTPCT_EL0, 5);
    set(SR_CNTVCT_EL0, 5);
    ck_assert_uint_eq(get(SR_CNTPCT_EL0), 1000);
    ck_assert_uint_eq(get(SR_CNTVCT_EL0), 1000);
}
END_TEST

/* D11.2.3: EVNTEN, EVNTDIR, EVNTI. `now` and the result in ticks. */
static const struct stream_case {
    const char *name;
    bool is_virtual;
    uint64_t control; /* EVNTI << 4 | EVNTDIR << 3 | EVNTEN << 2 */
    uint64_t offset;
    uint64_t now, next;
} stream_cases[] = {
    {"bit 3 rises at 8", false, 3 << 4 | 4, 0, 0, 8},
    {"not again at 8 itself", false, 3 << 4 | 4, 0, 8, 24},
    {"while high", false, 3 << 4 | 4, 0, 12, 24},
    {"bit 3 falls at 16", false, 3 << 4 | 8 | 4, 0, 0, 16},
    {"falls, from just before", false, 3 << 4 | 8 | 4, 0, 15, 16},
    {"falls, from there", false, 3 << 4 | 8 | 4, 0, 16, 32},
    {"bit 0 rises at each odd count", false, 0 << 4 | 4, 0, 4, 5},
    {"bit 0 falls at each even count", false, 0 << 4 | 8 | 4, 0, 4, 6},
    {"bit 15", false, 15 << 4 | 4, 0, 1, 0x8000},
    {"virtual, no offset", true, 3 << 4 | 4, 0, 0, 8},
    {"virtual, offset 5", true, 3 << 4 | 4, 5, 10, 13},
    {"virtual, offset ahead", true, 3 << 4 | 4, 20, 10, 12},
    {"the physical stream has no offset", false, 3 << 4 | 4, 5, 10, 24},
};

START_TEST(event_stream_follows_one_bit_of_the_counter)
{
    const struct stream_case *c = &stream_cases[_i];
    run_to(c->now * TICK);
    set(SR_CNTVOFF_EL2, c->offset);
    set(SR_CNTHCTL_EL2, c->is_virtual ? 3 : c->control);
    set(SR_CNTKCTL_EL1, c->is_virtual ? c->control : 0);
    cycles_t next = timer_next_stream_event(timer);
    ck_assert_msg(next == c->next * TICK, "%s: %llu ticks, not %llu", c->name,
                  (unsigned long long)(next / TICK), (unsigned long long)c->next);
}
END_TEST

START_TEST(event_stream_is_off_without_evnten)
{
    ck_assert_uint_eq(timer_next_stream_event(timer), CYCLES_NEVER);
    set(SR_CNTKCTL_EL1, 0xf8);
    set(SR_CNTHCTL_EL2, 0xf8);
    ck_assert_uint_eq(timer_next_stream_event(timer), CYCLES_NEVER);
}
END_TEST

START_TEST(earlier_of_both_event_streams_comes_first)
{
    set(SR_CNTKCTL_EL1, 5 << 4 | 4);
    set(SR_CNTHCTL_EL2, 4 << 4 | 4);
    ck_assert_uint_eq(timer_next_stream_event(timer), 16 * TICK);
    set(SR_CNTHCTL_EL2, 6 << 4 | 4);
    ck_assert_uint_eq(timer_next_stream_event(timer), 32 * TICK);
}
END_TEST

/* CNTKCTL_EL1 has no effect while HCR_EL2.{E2H, TGE} = {1, 1}. */
START_TEST(virtual_event_stream_is_off_for_a_vhe_host)
{
    set(SR_CNTKCTL_EL1, 3 << 4 | 4);
    pe.sr[SR_HCR_EL2] = E2H | TGE;
    ck_assert_uint_eq(timer_next_stream_event(timer), CYCLES_NEVER);
    pe.sr[SR_HCR_EL2] = E2H;
    ck_assert_uint_eq(timer_next_stream_event(timer), 8 * TICK);
}
END_TEST

START_TEST(random_programming_agrees_with_the_definition)
{
    static const struct counter_rate rates[] = {{.clock_hz = 2400000000, .counter_hz = 62500000},
                                                {.clock_hz = 1000, .counter_hz = 999}};
    start(&rates[_i]);
    uint64_t seed = 88172645463325252u;
    for (unsigned n = 0; n < 20000; n++) {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        unsigned k = (unsigned)(seed >> 20) % TIMER_COUNT;
        uint64_t value = seed >> 40 & 0xfff;
        run_to(cpu_clock.now + (seed >> 24 & 0xffff));
        switch (seed % 5) {
        case 0:
            set(ids[k].ctl, value & 3);
            break;
        case 1:
            set(ids[k].cval, get(SR_CNTPCT_EL0) + value - 0x800);
            break;
        case 2:
            set(ids[k].tval, value - 0x800);
            break;
        case 3:
            set(SR_CNTVOFF_EL2, get(SR_CNTPCT_EL0) - value);
            break;
        default:
            break;
        }
        for (unsigned i = 0; i < TIMER_COUNT; i++) {
            uint64_t count = get(SR_CNTPCT_EL0) - (i == TIMER_VIRT ? pe.sr[SR_CNTVOFF_EL2] : 0);
            uint64_t ctl = get(ids[i].ctl);
            bool met = count >= get(ids[i].cval);
            ck_assert_int_eq(level[i], (ctl & 3) == ENABLE && met);
            ck_assert_int_eq((ctl & ISTATUS) != 0, (ctl & ENABLE) && met);
        }
    }
}
END_TEST

static void add_timer_tests(TCase *t)
{
    tcase_add_loop_test(t, interrupt_numbers_are_those_of_the_base_system_architecture, 0,
                        TIMER_COUNT);
    tcase_add_loop_test(t, line_rises_exactly_when_the_counter_reaches_cval, 0, TIMER_COUNT);
    tcase_add_loop_test(t, deadline_is_exact_when_rates_do_not_divide, 0, TIMER_COUNT);
    tcase_add_loop_test(t, each_timer_drives_only_its_own_line, 0, TIMER_COUNT);
    tcase_add_loop_test(t, write_to_cval_past_now_lowers_the_line, 0, TIMER_COUNT);
    tcase_add_loop_test(t, masked_timer_shows_its_status_but_keeps_the_line_low, 0, TIMER_COUNT);
    tcase_add_loop_test(t, disabled_timer_has_no_status_no_line_and_no_event, 0, TIMER_COUNT);
    tcase_add_loop_test(t, status_bit_is_read_only, 0, TIMER_COUNT);
    tcase_add_loop_test(t, tval_counts_down_through_zero, 0, TIMER_COUNT);
    tcase_add_loop_test(t, tval_write_sets_cval_relative_to_now, 0, TIMER_COUNT);
    tcase_add_loop_test(t, tval_write_is_sign_extended, 0, TIMER_COUNT);
    tcase_add_loop_test(t, only_the_el1_virtual_timer_has_the_offset, 0, TIMER_COUNT);
    tcase_add_loop_test(t, cval_0_is_always_reached, 0, TIMER_COUNT);
    tcase_add_loop_test(t, cval_near_the_end_of_time_is_never_reached, 0, TIMER_COUNT);
}

static void add_stream_tests(TCase *t)
{
    tcase_add_loop_test(t, event_stream_follows_one_bit_of_the_counter, 0,
                        (int)(sizeof stream_cases / sizeof stream_cases[0]));
    tcase_add_test(t, event_stream_is_off_without_evnten);
    tcase_add_test(t, earlier_of_both_event_streams_comes_first);
    tcase_add_test(t, virtual_event_stream_is_off_for_a_vhe_host);
}

static Suite *suite(void)
{
    Suite *s = suite_create("timer");
    TCase *t = tcase_create("timer");
    tcase_add_checked_fixture(t, setup, teardown);
    add_timer_tests(t);
    add_stream_tests(t);
    tcase_add_test(t, counter_counts_at_its_own_rate);
    tcase_add_test(t, counter_loses_nothing_when_rates_do_not_divide);
    tcase_add_test(t, virtual_counter_is_behind_by_the_offset);
    tcase_add_loop_test(t, host_sees_the_virtual_counter_without_offset, 0, 9);
    tcase_add_test(t, without_el2_there_is_no_offset);
    tcase_add_test(t, new_offset_moves_the_virtual_deadline);
    tcase_add_test(t, condition_ends_when_the_offset_counter_wraps);
    tcase_add_test(t, all_timers_run_at_once);
    tcase_add_test(t, late_firing_looks_at_the_time_that_it_is);
    tcase_add_test(t, reset_stops_all_timers);
    tcase_add_test(t, frequency_register_reports_the_rate_and_is_only_a_number);
    tcase_add_test(t, control_registers_keep_the_bits_that_exist);
    tcase_add_test(t, counters_cannot_be_written);
    tcase_add_loop_test(t, random_programming_agrees_with_the_definition, 0, 2);
    suite_add_tcase(s, t);
    return s;
}

int main(void)
{
    return run_suite(suite());
}
