/*
 * Nested priorities, as stories of pending, acknowledge and end: each runs on both versions, on the
 * physical interface. INTID n has priority (n - 32) * 8, so that five bits suffice; the group used
 * is the one that is an IRQ (0 on GICv2, 1 on GICv3).
 */
#include <stdlib.h>

#include "tests/unit/gic/gic_bench.h"

enum op {
    END,
    PEND,  /* make INTID pending */
    ACK,   /* acknowledge: expect this INTID */
    EOI,   /* end INTID */
    DIR,   /* deactivate INTID */
    RPR,   /* expect this running priority */
    IRQ,   /* expect this level */
    PMR,   /* set the mask */
    SPLIT, /* EOImode = 1 */
    PRIO   /* give the INTID of the step before priority `value` */
};

struct step {
    enum op op;
    unsigned value;
};

#define STEPS_MAX 20

/* `split` is the lowest bit of the group priority: BPR + 1. */
static const struct scenario {
    const char *name;
    unsigned split;
    struct step steps[STEPS_MAX];
} scenarios[] = {
    {"one interrupt",
     3,
     {{PEND, 40}, {IRQ, 1}, {ACK, 40}, {RPR, 0x40}, {IRQ, 0}, {EOI, 40}, {RPR, 0xff}}},
    {"lower priority waits",
     3,
     {{PEND, 40}, {ACK, 40}, {PEND, 41}, {IRQ, 0}, {ACK, 1023}, {EOI, 40}, {IRQ, 1}, {ACK, 41}}},
    {"equal priority waits",
     3,
     {{PEND, 40}, {ACK, 40}, {PEND, 41}, {PRIO, 0x40}, {IRQ, 0}, {EOI, 40}, {ACK, 41}}},
    {"higher priority preempts",
     3,
     {{PEND, 40},
      {ACK, 40},
      {PEND, 39},
      {IRQ, 1},
      {ACK, 39},
      {RPR, 0x38},
      {EOI, 39},
      {RPR, 0x40},
      {EOI, 40},
      {RPR, 0xff}}},
    {"three deep",
     3,
     {{PEND, 50},
      {ACK, 50},
      {PEND, 40},
      {ACK, 40},
      {PEND, 33},
      {ACK, 33},
      {RPR, 8},
      {EOI, 33},
      {RPR, 0x40},
      {EOI, 40},
      {RPR, 0x90},
      {EOI, 50},
      {RPR, 0xff}}},
    {"priority 0 is never preempted",
     3,
     {{PEND, 32}, {ACK, 32}, {RPR, 0}, {PEND, 33}, {IRQ, 0}, {EOI, 32}, {ACK, 33}}},
    {"taken in order of priority",
     3,
     {{PEND, 45}, {PEND, 43}, {PEND, 44}, {ACK, 43}, {EOI, 43}, {ACK, 44}, {EOI, 44}, {ACK, 45}}},
    {"same group priority does not preempt",
     5,
     {{PEND, 43}, {ACK, 43}, {RPR, 0x40}, {PEND, 40}, {IRQ, 0}, {ACK, 1023}, {EOI, 43}, {ACK, 40}}},
    {"next group priority preempts",
     5,
     {{PEND, 43}, {ACK, 43}, {PEND, 39}, {IRQ, 1}, {ACK, 39}, {RPR, 0x20}, {EOI, 39}, {RPR, 0x40}}},
    {"subpriority still orders what waits",
     5,
     {{PEND, 47},
      {ACK, 47},
      {PEND, 46},
      {PEND, 44},
      {PEND, 45},
      {EOI, 47},
      {ACK, 44},
      {EOI, 44},
      {ACK, 45},
      {EOI, 45},
      {ACK, 46}}},
    {"binary point 7: no preemption at all",
     8,
     {{PEND, 50}, {ACK, 50}, {RPR, 0}, {PEND, 32}, {IRQ, 0}, {EOI, 50}, {IRQ, 1}, {ACK, 32}}},
    {"half split",
     7,
     {{PEND, 50},
      {ACK, 50},
      {RPR, 0x80},
      {PEND, 48},
      {IRQ, 0},
      {PEND, 47},
      {IRQ, 1},
      {ACK, 47},
      {RPR, 0}}},
    {"mask below the pending priority",
     3,
     {{PMR, 0x40},
      {PEND, 40},
      {IRQ, 0},
      {PEND, 39},
      {IRQ, 1},
      {ACK, 39},
      {EOI, 39},
      {IRQ, 0},
      {PMR, 0x48},
      {ACK, 40}}},
    {"mask 0 lets nothing through", 3, {{PMR, 0}, {PEND, 32}, {IRQ, 0}, {ACK, 1023}}},
    {"mask raised while one is active",
     3,
     {{PEND, 50},
      {ACK, 50},
      {PMR, 0x20},
      {PEND, 40},
      {IRQ, 0},
      {PEND, 33},
      {ACK, 33},
      {EOI, 33},
      {PMR, 0xf8},
      {ACK, 40}}},
    {"mask compares all bits, not the group priority",
     5,
     {{PMR, 0x58}, {PEND, 43}, {IRQ, 0}, {PEND, 42}, {IRQ, 1}, {ACK, 42}}},
    {"split EOI: drop lets an equal one in",
     3,
     {{SPLIT, 1},
      {PEND, 40},
      {ACK, 40},
      {EOI, 40},
      {RPR, 0xff},
      {PEND, 41},
      {ACK, 41},
      {EOI, 41},
      {DIR, 40},
      {DIR, 41},
      {PEND, 40},
      {ACK, 40}}},
    {"split EOI: pending again while active waits for DIR",
     3,
     {{SPLIT, 1},
      {PEND, 40},
      {ACK, 40},
      {EOI, 40},
      {PEND, 40},
      {IRQ, 0},
      {DIR, 40},
      {IRQ, 1},
      {ACK, 40}}},
    {"split EOI: nested, deactivated out of order",
     3,
     {{SPLIT, 1},
      {PEND, 45},
      {ACK, 45},
      {PEND, 40},
      {ACK, 40},
      {DIR, 45},
      {RPR, 0x40},
      {EOI, 40},
      {RPR, 0x68},
      {EOI, 45},
      {RPR, 0xff},
      {DIR, 40},
      {PEND, 45},
      {ACK, 45}}},
    {"priority changed while active does not move the running priority",
     3,
     {{PEND, 40},
      {ACK, 40},
      {PEND, 40},
      {PRIO, 0x10},
      {RPR, 0x40},
      {IRQ, 0},
      {EOI, 40},
      {ACK, 40},
      {RPR, 0x10}}},
    {"end of the outer first: the highest drops",
     3,
     {{PEND, 50},
      {ACK, 50},
      {PEND, 40},
      {ACK, 40},
      {EOI, 50},
      {RPR, 0x90},
      {EOI, 40},
      {RPR, 0xff}}},
    {"end twice",
     3,
     {{PEND, 40}, {ACK, 40}, {EOI, 40}, {EOI, 40}, {RPR, 0xff}, {PEND, 40}, {ACK, 40}}},
};

#define SCENARIOS (int)(sizeof scenarios / sizeof scenarios[0])

static void start(unsigned version, unsigned split)
{
    bench_start(version, 1);
    bench_enable();
    for (unsigned intid = 32; intid < 62; intid++) {
        set_group(intid, 0, version == 3);
        set_priority(intid, 0, (intid - 32) * 8);
        enable(intid, 0);
    }
    /* Group 1's binary point is one more for the same split. */
    if (version == 2) {
        wr(GICC, 0, C_BPR, split - 1);
    } else if (split < 8) {
        set_sr(0, SR_ICC_BPR1_EL1, split);
    } else {
        set_sr(0, SR_ICC_BPR0_EL1, 7); /* no BPR1 says this: through CBPR */
        set_sr(0, SR_ICC_CTLR_EL1, 1);
    }
}

static void check(const char *name, unsigned version, size_t step, unsigned got, unsigned expected)
{
    ck_assert_msg(got == expected, "v%u, %s, step %zu: %#x, not %#x", version, name, step + 1, got,
                  expected);
}

static void run(const struct scenario *s, unsigned version)
{
    for (size_t i = 0; i < STEPS_MAX && s->steps[i].op != END; i++) {
        unsigned value = s->steps[i].value;
        switch (s->steps[i].op) {
        case END:
            break;
        case PEND:
            pend(value, 0);
            break;
        case ACK:
            check(s->name, version, i, ack(0), value);
            break;
        case EOI:
            eoi(0, value);
            break;
        case DIR:
            dir(0, value);
            break;
        case RPR:
            check(s->name, version, i, rpr(0), value);
            break;
        case IRQ:
            check(s->name, version, i, out(0, PE_IRQ), value);
            break;
        case PMR:
            set_pmr(0, value);
            break;
        case SPLIT:
            set_eoi_split(0, value);
            break;
        case PRIO:
            set_priority(s->steps[i - 1].value, 0, value);
            break;
        }
    }
}

/* IHI 0048B 3.3, IHI 0069 4.8. */
START_TEST(nested_priorities_are_taken_as_the_binary_point_says)
{
    const struct scenario *s = &scenarios[_i % SCENARIOS];
    unsigned version = _i < SCENARIOS ? 2 : 3;
    start(version, s->split);
    run(s, version);
}
END_TEST

/* Group priorities of each binary point, on an interface with all eight bits: priority 0xff is
 * active at 0xff with the low BPR + 1 bits gone (IHI 0048B table 3-2). */
START_TEST(binary_point_splits_the_priority_field)
{
    static const unsigned running[8] = {0xfe, 0xfc, 0xf8, 0xf0, 0xe0, 0xc0, 0x80, 0x00};
    start(2, (unsigned)_i + 1);
    set_priority(40, 0, 0xfe);
    pend(40, 0);
    ck_assert_uint_eq(ack(0), 40);
    ck_assert_uint_eq(rpr(0), running[_i]);
    /* One less than the group priority preempts, the group priority itself does not. */
    set_priority(41, 0, running[_i]);
    pend(41, 0);
    ck_assert(!out(0, PE_IRQ));
    if (running[_i] > 0) {
        set_priority(41, 0, running[_i] - 1);
        ck_assert(out(0, PE_IRQ));
    }
}
END_TEST

/* How many active priorities registers there are: 2^(PREbits - 5) (IHI 0069 ICC_AP0R<n>). */
START_TEST(number_of_active_priority_registers_follows_the_bits)
{
    static const unsigned counts[] = {[5] = 1, [6] = 2, [7] = 4, [8] = 4};
    static const enum sysreg_id ids[] = {SR_ICC_AP1R0_EL1, SR_ICC_AP1R1_EL1, SR_ICC_AP1R2_EL1,
                                         SR_ICC_AP1R3_EL1};
    const struct gic_config config = {.version = 3,
                                      .cpu_count = 1,
                                      .spi_count = 32,
                                      .priority_bits = (unsigned)_i,
                                      .virtual_priority_bits = 5,
                                      .list_register_count = 1,
                                      .has_virtualization = true};
    bench_start_with(&config);
    for (unsigned n = 0; n < 4; n++) {
        set_sr(0, ids[n], 0x80000000);
        uint32_t expected = n < counts[_i] ? 0x80000000 : 0;
        ck_assert_uint_eq(sr(0, ids[n]), expected);
    }
    ck_assert_uint_eq(sr(0, SR_ICC_CTLR_EL1) >> 8 & 7, (unsigned)_i - 1);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("gic priorities");
    TCase *t = tcase_create("priorities");
    tcase_add_checked_fixture(t, NULL, bench_stop);
    tcase_add_loop_test(t, nested_priorities_are_taken_as_the_binary_point_says, 0, 2 * SCENARIOS);
    tcase_add_loop_test(t, binary_point_splits_the_priority_field, 0, 8);
    tcase_add_loop_test(t, number_of_active_priority_registers_follows_the_bits, 5, 9);
    suite_add_tcase(s, t);
    return s;
}

int main(void)
{
    return bench_run(suite());
}
