/* List registers and what a guest sees (IHI 0048B chapter 5, IHI 0069 chapter 6). _i is the GIC
 * version where both behave alike. */
#include <stdlib.h>

#include "tests/unit/gic/gic_bench.h"

enum { INVALID, PENDING, ACTIVE, BOTH };

/* GICH_HCR, ICH_HCR_EL2 and MISR bits. */
#define EN          1u
#define UIE         2u
#define LRENPIE     4u
#define NPIE        8u
#define VGRP0_EIE   0x10u
#define VGRP0_DIE   0x20u
#define VGRP1_EIE   0x40u
#define VGRP1_DIE   0x80u
#define EOICOUNT(n) ((uint32_t)(n) << 27)
#define MISR_EOI    1u

#define SPI  40u
#define VIRQ 50u

static void start(unsigned version)
{
    bench_start(version, 2);
    bench_enable();
    guest_enable(0, false);
    enable(25, 0); /* maintenance */
}

static bool maintenance(void)
{
    return is_pending(25, 0);
}

static struct lr_fields lr(unsigned vintid, unsigned state)
{
    return (struct lr_fields){.vintid = vintid, .priority = 0x80, .state = state};
}

/* State of a list register before and after each event. */
enum guest_event { EVENT_ACK, EVENT_EOI, EVENT_EOI_SPLIT, EVENT_DIR_SPLIT, EVENT_COUNT };

static const char *const event_names[] = {"IAR", "EOIR, EOImode 0", "EOIR, EOImode 1",
                                          "DIR, EOImode 1"};

static const unsigned next_state[EVENT_COUNT][4] = {
    [EVENT_ACK] = {INVALID, ACTIVE, ACTIVE, BOTH}, /* active and pending is not taken again */
    [EVENT_EOI] = {INVALID, PENDING, INVALID, PENDING},
    [EVENT_EOI_SPLIT] = {INVALID, PENDING, ACTIVE, BOTH},
    [EVENT_DIR_SPLIT] = {INVALID, PENDING, INVALID, PENDING},
};

/* Leaves the running priority at that of the interrupt, as an acknowledge does. */
static void set_active_priority(unsigned version)
{
    if (version == 2) {
        wr(GICH, 0, H_APR, 1u << 16);
    } else {
        set_sr(0, SR_ICH_AP0R0_EL2, 1u << 16);
    }
}

START_TEST(list_register_state_follows_the_guest)
{
    unsigned version = 2 + (unsigned)_i / 32;
    bool hw = _i / 16 % 2;
    enum guest_event event = (enum guest_event)(_i / 4 % 4);
    unsigned state = (unsigned)_i % 4;
    start(version);
    guest_enable(0, event == EVENT_EOI_SPLIT || event == EVENT_DIR_SPLIT);
    struct lr_fields f = lr(VIRQ, state);
    f.hw = hw;
    f.pintid = SPI;
    wr(GICD, 0, D_ISACTIVER + 4, 1u << (SPI - 32));
    set_lr(0, 1, f);
    if (event != EVENT_ACK) {
        set_active_priority(version);
    }
    switch (event) {
    case EVENT_ACK:
        ck_assert_uint_eq(guest_ack(0, 0), state == PENDING ? VIRQ : 1023);
        break;
    case EVENT_EOI:
    case EVENT_EOI_SPLIT:
        guest_eoi(0, 0, VIRQ);
        break;
    case EVENT_DIR_SPLIT:
        guest_dir(0, VIRQ);
        break;
    case EVENT_COUNT:
        break;
    }
    ck_assert_msg(lr_state(0, 1) == next_state[event][state], "v%u, %s, HW %d, state %u: %u",
                  version, event_names[event], hw, state, lr_state(0, 1));
    /* HW = 1: leaving the active state deactivates the physical interrupt (IHI 0048B 5.2.4). */
    bool left_active = (state & ACTIVE) && !(next_state[event][state] & ACTIVE);
    ck_assert_msg(is_active(SPI, 0) == !(hw && left_active), "v%u, %s, HW %d, state %u", version,
                  event_names[event], hw, state);
}
END_TEST

START_TEST(virtual_interrupt_is_signalled_acknowledged_and_ended)
{
    start((unsigned)_i);
    set_lr(0, 0, lr(VIRQ, PENDING));
    ck_assert(out(0, _i == 2 ? PE_VIRQ : PE_VFIQ));
    ck_assert_uint_eq(guest_ack(0, 0), VIRQ);
    ck_assert(!out(0, PE_VIRQ) && !out(0, PE_VFIQ));
    ck_assert_uint_eq(guest_rpr(0), 0x80);
    guest_eoi(0, 0, VIRQ);
    ck_assert_uint_eq(guest_rpr(0), 0xff);
    ck_assert_uint_eq(lr_state(0, 0), INVALID);
}
END_TEST

START_TEST(group_1_is_a_virtual_irq)
{
    start((unsigned)_i);
    struct lr_fields f = lr(VIRQ, PENDING);
    f.group = 1;
    set_lr(0, 0, f);
    ck_assert(out(0, PE_VIRQ) && !out(0, PE_VFIQ));
    ck_assert_uint_eq(guest_ack(0, 0), _i == 2 ? 1022 : 1023);
    ck_assert_uint_eq(guest_ack(0, 1), VIRQ);
    guest_eoi(0, 1, VIRQ);
    ck_assert_uint_eq(lr_state(0, 0), INVALID);
}
END_TEST

START_TEST(vfiqen_turns_group_0_of_gicv2_into_a_virtual_fiq)
{
    start(2);
    set_lr(0, 0, lr(VIRQ, PENDING));
    wr(GICV, 0, C_CTLR, 3 | 8);
    ck_assert(!out(0, PE_VIRQ) && out(0, PE_VFIQ));
    ck_assert_uint_eq(rd(GICH, 0, H_VMCR) >> 3 & 1, 1);
}
END_TEST

START_TEST(disabled_interface_signals_nothing)
{
    start((unsigned)_i);
    set_lr(0, 0, lr(VIRQ, PENDING));
    set_hcr(0, NPIE | UIE);
    ck_assert(!out(0, PE_VIRQ) && !out(0, PE_VFIQ));
    ck_assert(!maintenance());
    ck_assert_uint_eq(guest_ack(0, 0), 1023);
    set_hcr(0, EN);
    ck_assert(out(0, PE_VIRQ) || out(0, PE_VFIQ));
}
END_TEST

START_TEST(best_list_register_is_taken_first_and_ties_go_to_the_lower)
{
    start((unsigned)_i);
    struct lr_fields f = lr(VIRQ, PENDING);
    set_lr(0, 3, f);
    f.vintid = VIRQ + 1;
    set_lr(0, 2, f);
    f.vintid = VIRQ + 2;
    f.priority = 0x88;
    set_lr(0, 0, f);
    ck_assert_uint_eq(guest_ack(0, 0), VIRQ + 1);
    guest_eoi(0, 0, VIRQ + 1);
    ck_assert_uint_eq(guest_ack(0, 0), VIRQ);
    guest_eoi(0, 0, VIRQ);
    ck_assert_uint_eq(guest_ack(0, 0), VIRQ + 2);
}
END_TEST

START_TEST(higher_virtual_priority_preempts)
{
    start((unsigned)_i);
    set_lr(0, 0, lr(VIRQ, PENDING));
    ck_assert_uint_eq(guest_ack(0, 0), VIRQ);
    struct lr_fields f = lr(VIRQ + 1, PENDING);
    set_lr(0, 1, f);
    ck_assert_uint_eq(guest_ack(0, 0), 1023);
    f.priority = 0x40;
    set_lr(0, 1, f);
    ck_assert_uint_eq(guest_ack(0, 0), VIRQ + 1);
    ck_assert_uint_eq(guest_rpr(0), 0x40);
    guest_eoi(0, 0, VIRQ + 1);
    ck_assert_uint_eq(guest_rpr(0), 0x80);
}
END_TEST

START_TEST(virtual_mask_holds_interrupts_back)
{
    start((unsigned)_i);
    struct lr_fields f = lr(VIRQ, PENDING);
    f.priority = 0xf8;
    set_lr(0, 0, f);
    ck_assert_uint_eq(guest_ack(0, 0), 1023); /* VPMR is 0xf8: five bits */
    f.priority = 0xf0;
    set_lr(0, 0, f);
    ck_assert_uint_eq(guest_ack(0, 0), VIRQ);
}
END_TEST

/* EOI of an interrupt that is in no list register (IHI 0048B GICH_HCR.EOICount). */
START_TEST(end_without_list_register_is_counted)
{
    start((unsigned)_i);
    set_hcr(0, EN | LRENPIE);
    set_active_priority((unsigned)_i);
    ck_assert_uint_eq(hcr(0) >> 27, 0);
    guest_eoi(0, 0, VIRQ);
    ck_assert_uint_eq(hcr(0) >> 27, 1);
    ck_assert_uint_eq(misr(0), LRENPIE);
    ck_assert(maintenance());
    set_hcr(0, EN | LRENPIE);
    ck_assert(!maintenance());
}
END_TEST

START_TEST(end_without_active_priority_is_not_counted)
{
    start((unsigned)_i);
    guest_eoi(0, 0, VIRQ);
    ck_assert_uint_eq(hcr(0) >> 27, 0);
}
END_TEST

START_TEST(deactivation_without_list_register_is_counted_with_eoimode_1)
{
    start((unsigned)_i);
    guest_enable(0, true);
    set_active_priority((unsigned)_i);
    guest_eoi(0, 0, VIRQ);
    ck_assert_uint_eq(hcr(0) >> 27, 0);
    guest_dir(0, VIRQ);
    ck_assert_uint_eq(hcr(0) >> 27, 1);
}
END_TEST

START_TEST(deactivation_with_eoimode_0_is_ignored)
{
    start((unsigned)_i);
    set_lr(0, 0, lr(VIRQ, ACTIVE));
    guest_dir(0, VIRQ);
    ck_assert_uint_eq(lr_state(0, 0), ACTIVE);
    ck_assert_uint_eq(hcr(0) >> 27, 0);
}
END_TEST

START_TEST(eoi_count_wraps_after_31)
{
    start((unsigned)_i);
    set_hcr(0, EN | EOICOUNT(31));
    set_active_priority((unsigned)_i);
    guest_eoi(0, 0, VIRQ);
    ck_assert_uint_eq(hcr(0), EN);
}
END_TEST

/* EOI maintenance: EISR, MISR.EOI, and the list register is not free until it is rewritten. */
START_TEST(end_of_an_interrupt_with_eoi_bit_raises_maintenance)
{
    start((unsigned)_i);
    struct lr_fields f = lr(VIRQ, PENDING);
    f.eoi = true;
    set_lr(0, 2, f);
    ck_assert_uint_eq(elrsr(0), 0xb);
    ck_assert_uint_eq(guest_ack(0, 0), VIRQ);
    ck_assert_uint_eq(eisr(0), 0);
    guest_eoi(0, 0, VIRQ);
    ck_assert_uint_eq(eisr(0), 1 << 2);
    ck_assert_uint_eq(elrsr(0), 0xb);
    ck_assert_uint_eq(misr(0), MISR_EOI);
    ck_assert(maintenance());
    set_lr(0, 2, (struct lr_fields){0});
    ck_assert_uint_eq(elrsr(0), 0xf);
    ck_assert(!maintenance());
}
END_TEST

START_TEST(hw_interrupt_raises_no_eoi_maintenance)
{
    start((unsigned)_i);
    struct lr_fields f = lr(VIRQ, INVALID);
    f.hw = true;
    f.pintid = 0x200 + SPI; /* bit 9 is EOI where HW = 0 */
    set_lr(0, 0, f);
    ck_assert_uint_eq(eisr(0), 0);
    ck_assert_uint_eq(elrsr(0), 0xf);
}
END_TEST

/* MISR, one row per source: list register states, enables, expected bits. */
static const struct misr_case {
    const char *name;
    uint32_t hcr;
    unsigned states[2];
    bool group0, group1;
    uint32_t expected;
} misr_cases[] = {
    {"nothing asked", EN, {INVALID, INVALID}, true, true, 0},
    {"underflow, none valid", EN | UIE, {INVALID, INVALID}, true, true, UIE},
    {"underflow, one valid", EN | UIE, {PENDING, INVALID}, true, true, UIE},
    {"underflow, two valid", EN | UIE, {PENDING, ACTIVE}, true, true, 0},
    {"no pending, none", EN | NPIE, {INVALID, INVALID}, true, true, NPIE},
    {"no pending, active only", EN | NPIE, {ACTIVE, INVALID}, true, true, NPIE},
    {"no pending, active and pending", EN | NPIE, {BOTH, INVALID}, true, true, NPIE},
    {"no pending, one pending", EN | NPIE, {ACTIVE, PENDING}, true, true, 0},
    {"LR entry not present, count 0", EN | LRENPIE, {INVALID, INVALID}, true, true, 0},
    {"LR entry not present, count 3",
     EN | LRENPIE | EOICOUNT(3),
     {INVALID, INVALID},
     true,
     true,
     LRENPIE},
    {"count without enable", EN | EOICOUNT(3), {INVALID, INVALID}, true, true, 0},
    {"group 0 enabled", EN | VGRP0_EIE, {INVALID, INVALID}, true, false, VGRP0_EIE},
    {"group 0 enabled, is not", EN | VGRP0_EIE, {INVALID, INVALID}, false, true, 0},
    {"group 0 disabled", EN | VGRP0_DIE, {INVALID, INVALID}, false, true, VGRP0_DIE},
    {"group 0 disabled, is not", EN | VGRP0_DIE, {INVALID, INVALID}, true, false, 0},
    {"group 1 enabled", EN | VGRP1_EIE, {INVALID, INVALID}, false, true, VGRP1_EIE},
    {"group 1 disabled", EN | VGRP1_DIE, {INVALID, INVALID}, true, false, VGRP1_DIE},
    {"several",
     EN | UIE | NPIE | VGRP1_EIE,
     {INVALID, INVALID},
     true,
     true,
     UIE | NPIE | VGRP1_EIE},
};

#define MISR_CASES (int)(sizeof misr_cases / sizeof misr_cases[0])

START_TEST(maintenance_status_tells_each_source)
{
    const struct misr_case *m = &misr_cases[_i % MISR_CASES];
    unsigned version = _i < MISR_CASES ? 2 : 3;
    start(version);
    uint32_t vmcr = (uint32_t)m->group0 | (uint32_t)m->group1 << 1 | 0xf8000000;
    if (version == 2) {
        wr(GICH, 0, H_VMCR, vmcr);
    } else {
        set_sr(0, SR_ICH_VMCR_EL2, vmcr);
    }
    set_lr(0, 0, lr(VIRQ, m->states[0]));
    set_lr(0, 1, lr(VIRQ + 1, m->states[1]));
    set_hcr(0, m->hcr);
    ck_assert_msg(misr(0) == m->expected, "v%u %s: %#x", version, m->name, misr(0));
    ck_assert_msg(maintenance() == (m->expected != 0), "v%u %s", version, m->name);
}
END_TEST

START_TEST(maintenance_interrupt_is_a_level_on_ppi_25)
{
    start((unsigned)_i);
    set_group(25, 0, _i == 3);
    set_hcr(0, EN | UIE);
    ck_assert(out(0, PE_IRQ));
    ck_assert(!out(1, PE_IRQ));
    ck_assert_uint_eq(ack(0), 25);
    set_hcr(0, EN);
    eoi(0, 25);
    ck_assert(!out(0, PE_IRQ));
}
END_TEST

/* VMCR is the hypervisor's view of the guest's CTLR, PMR and BPRs. */
START_TEST(vmcr_mirrors_the_guests_registers)
{
    start(2);
    wr(GICV, 0, C_CTLR, 0x21f);
    wr(GICV, 0, C_PMR, 0x9f);
    wr(GICV, 0, C_BPR, 5);
    wr(GICV, 0, C_ABPR, 6);
    ck_assert_uint_eq(rd(GICH, 0, H_VMCR), 0x98b8021f);
    wr(GICH, 0, H_VMCR, 0x50f00001);
    ck_assert_uint_eq(rd(GICV, 0, C_CTLR), 1);
    ck_assert_uint_eq(rd(GICV, 0, C_PMR), 0x50);
    ck_assert_uint_eq(rd(GICV, 0, C_BPR), 7);
    ck_assert_uint_eq(rd(GICV, 0, C_ABPR), 4);
}
END_TEST

START_TEST(ich_vmcr_has_fixed_fiqen_and_least_binary_points)
{
    start(3);
    set_sr(0, SR_ICH_VMCR_EL2, 0);
    ck_assert_uint_eq(sr(0, SR_ICH_VMCR_EL2), 8 | 3u << 18 | 2u << 21);
    set_sr(0, SR_ICH_VMCR_EL2, UINT32_MAX);
    ck_assert_uint_eq(sr(0, SR_ICH_VMCR_EL2), 0xf8fc021b);
}
END_TEST

/* GICH_VTR: PRIbits, PREbits 5 each, 4 list registers. ICH_VTR_EL2: the same, then IDbits 1, A3V,
 * nV4, TDS. */
START_TEST(vtr_describes_the_implementation)
{
    start(2);
    ck_assert_uint_eq(rd(GICH, 0, H_VTR), 0x90000003);
    bench_stop();
    start(3);
    ck_assert_uint_eq(sr(0, SR_ICH_VTR_EL2), 0x90b80003);
}
END_TEST

START_TEST(ich_hcr_keeps_its_fields_and_shows_them_to_the_trap_rules)
{
    start(3);
    set_sr(0, SR_ICH_HCR_EL2, UINT64_MAX);
    ck_assert_uint_eq(sr(0, SR_ICH_HCR_EL2), 0xf8005cff);
    ck_assert_uint_eq(bench_pe(0)->sr[SR_ICH_HCR_EL2], 0xf8005cff);
    bench_stop();
    start(2);
    wr(GICH, 0, H_HCR, UINT32_MAX);
    ck_assert_uint_eq(rd(GICH, 0, H_HCR), 0xf80000ff);
}
END_TEST

START_TEST(list_registers_hold_their_fields)
{
    start(2);
    wr(GICH, 0, H_LR + 4, 0xffffffff);
    ck_assert_uint_eq(rd(GICH, 0, H_LR + 4), 0xff8fffff); /* [22:20] are reserved */
    wr(GICH, 0, H_LR + 4, 0x5a5a5a5a);
    ck_assert_uint_eq(rd(GICH, 0, H_LR + 4), 0x5a0a5a5a);
    bench_stop();
    start(3);
    set_sr(0, SR_ICH_LR1_EL2, UINT64_MAX);
    ck_assert_uint_eq(sr(0, SR_ICH_LR1_EL2), UINT64_C(0xf0f81fff00ffffff));
}
END_TEST

START_TEST(list_registers_beyond_the_implemented_read_as_zero)
{
    start((unsigned)_i);
    set_lr(0, 4, lr(VIRQ, PENDING));
    ck_assert_uint_eq(lr_state(0, 4), INVALID);
    ck_assert(!out(0, PE_VIRQ) && !out(0, PE_VFIQ));
}
END_TEST

/* IHI 0048B 5.3.9: bits 12..10 are the requesting CPU of an SGI; it is part of its identity. */
START_TEST(virtual_sgi_of_gicv2_reports_its_source)
{
    start(2);
    struct lr_fields f = lr(3, PENDING);
    f.source = 5;
    set_lr(0, 0, f);
    f.source = 6;
    set_lr(0, 1, f);
    ck_assert_uint_eq(rd(GICV, 0, C_HPPIR), 5 << 10 | 3);
    ck_assert_uint_eq(guest_ack(0, 0), 5 << 10 | 3);
    guest_eoi(0, 0, 5 << 10 | 3);
    ck_assert_uint_eq(lr_state(0, 0), INVALID);
    ck_assert_uint_eq(lr_state(0, 1), PENDING);
    ck_assert_uint_eq(guest_ack(0, 0), 6 << 10 | 3);
    guest_eoi(0, 0, 6 << 10 | 3);
    ck_assert_uint_eq(lr_state(0, 1), INVALID);
}
END_TEST

/* GICH_APR is the one APR of both groups, and GICV_APR0 the same register. */
START_TEST(gich_apr_serves_both_groups)
{
    start(2);
    struct lr_fields f = lr(VIRQ, PENDING);
    f.group = 1;
    f.priority = 0x48;
    set_lr(0, 0, f);
    ck_assert_uint_eq(guest_ack(0, 1), VIRQ);
    ck_assert_uint_eq(rd(GICH, 0, H_APR), 1u << 9);
    ck_assert_uint_eq(rd(GICV, 0, C_APR), 1u << 9);
    wr(GICH, 0, H_APR, 0);
    ck_assert_uint_eq(guest_rpr(0), 0xff);
}
END_TEST

START_TEST(ich_active_priorities_are_per_group)
{
    start(3);
    struct lr_fields f = lr(VIRQ, PENDING);
    f.group = 1;
    f.priority = 0x48;
    set_lr(0, 0, f);
    ck_assert_uint_eq(guest_ack(0, 1), VIRQ);
    ck_assert_uint_eq(sr(0, SR_ICH_AP1R0_EL2), 1u << 9);
    ck_assert_uint_eq(sr(0, SR_ICH_AP0R0_EL2), 0);
    ck_assert_uint_eq(sr(0, SR_ICC_AP1R0_EL1), 0);
}
END_TEST

/* IHI 0069 VirtualWriteEOIR: the priority drops, but an interrupt of another group or priority is
 * not deactivated. */
START_TEST(virtual_end_through_the_other_group_drops_but_does_not_deactivate)
{
    start(3);
    set_lr(0, 0, lr(VIRQ, PENDING));
    ck_assert_uint_eq(guest_ack(0, 0), VIRQ);
    guest_eoi(0, 1, VIRQ);
    ck_assert_uint_eq(guest_rpr(0), 0xff);
    ck_assert_uint_eq(lr_state(0, 0), ACTIVE);
}
END_TEST

START_TEST(virtual_lpi_has_no_active_state)
{
    start(3);
    set_lr(0, 0, lr(8200, PENDING));
    ck_assert_uint_eq(guest_ack(0, 0), 8200);
    ck_assert_uint_eq(lr_state(0, 0), INVALID);
    ck_assert_uint_eq(guest_rpr(0), 0x80);
    guest_eoi(0, 0, 8200);
    ck_assert_uint_eq(guest_rpr(0), 0xff);
    ck_assert_uint_eq(hcr(0) >> 27, 0);
}
END_TEST

START_TEST(special_intid_in_a_list_register_is_answered_and_forgotten)
{
    start((unsigned)_i);
    set_lr(0, 0, lr(1021, PENDING));
    ck_assert_uint_eq(guest_ack(0, 0), 1021);
    ck_assert_uint_eq(lr_state(0, 0), INVALID);
    ck_assert_uint_eq(guest_rpr(0), 0xff);
}
END_TEST

START_TEST(physical_and_virtual_interfaces_are_independent)
{
    start((unsigned)_i);
    set_group(SPI, 0, _i == 3);
    enable(SPI, 0);
    set_priority(SPI, 0, 0x40);
    wire(SPI, 0, true);
    ck_assert_uint_eq(ack(0), SPI);
    set_lr(0, 0, lr(VIRQ, PENDING));
    ck_assert_uint_eq(guest_ack(0, 0), VIRQ);
    ck_assert_uint_eq(rpr(0), 0x40);
    ck_assert_uint_eq(guest_rpr(0), 0x80);
    eoi(0, SPI);
    ck_assert_uint_eq(guest_rpr(0), 0x80);
}
END_TEST

/* The life of a forwarded interrupt (KVM's timer): the guest's EOI re-arms the physical one. */
START_TEST(forwarded_interrupt_is_taken_again_after_the_guests_end)
{
    start((unsigned)_i);
    set_eoi_split(0, true);
    set_group(27, 0, _i == 3);
    enable(27, 0);
    wire(27, 0, true);
    ck_assert_uint_eq(ack(0), 27);
    eoi(0, 27);
    ck_assert(!out(0, PE_IRQ));
    struct lr_fields f = lr(27, PENDING);
    f.hw = true;
    f.pintid = 27;
    set_lr(0, 0, f);
    ck_assert_uint_eq(guest_ack(0, 0), 27);
    ck_assert(!out(0, PE_IRQ));
    guest_eoi(0, 0, 27);
    ck_assert(!is_active(27, 0));
    ck_assert(out(0, PE_IRQ)); /* the wire is still high */
}
END_TEST

static void add_maintenance_tests(TCase *t)
{
    tcase_add_loop_test(t, end_without_list_register_is_counted, 2, 4);
    tcase_add_loop_test(t, end_without_active_priority_is_not_counted, 2, 4);
    tcase_add_loop_test(t, deactivation_without_list_register_is_counted_with_eoimode_1, 2, 4);
    tcase_add_loop_test(t, deactivation_with_eoimode_0_is_ignored, 2, 4);
    tcase_add_loop_test(t, eoi_count_wraps_after_31, 2, 4);
    tcase_add_loop_test(t, end_of_an_interrupt_with_eoi_bit_raises_maintenance, 2, 4);
    tcase_add_loop_test(t, hw_interrupt_raises_no_eoi_maintenance, 2, 4);
    tcase_add_loop_test(t, maintenance_status_tells_each_source, 0, 2 * MISR_CASES);
    tcase_add_loop_test(t, maintenance_interrupt_is_a_level_on_ppi_25, 2, 4);
}

static void add_register_tests(TCase *t)
{
    tcase_add_test(t, vmcr_mirrors_the_guests_registers);
    tcase_add_test(t, ich_vmcr_has_fixed_fiqen_and_least_binary_points);
    tcase_add_test(t, vtr_describes_the_implementation);
    tcase_add_test(t, ich_hcr_keeps_its_fields_and_shows_them_to_the_trap_rules);
    tcase_add_test(t, list_registers_hold_their_fields);
    tcase_add_loop_test(t, list_registers_beyond_the_implemented_read_as_zero, 2, 4);
    tcase_add_test(t, virtual_sgi_of_gicv2_reports_its_source);
    tcase_add_test(t, gich_apr_serves_both_groups);
    tcase_add_test(t, ich_active_priorities_are_per_group);
}

static Suite *suite(void)
{
    Suite *s = suite_create("gic virtual interface");
    TCase *t = tcase_create("both versions");
    tcase_add_checked_fixture(t, NULL, bench_stop);
    tcase_add_loop_test(t, list_register_state_follows_the_guest, 0, 64);
    tcase_add_loop_test(t, virtual_interrupt_is_signalled_acknowledged_and_ended, 2, 4);
    tcase_add_loop_test(t, group_1_is_a_virtual_irq, 2, 4);
    tcase_add_test(t, vfiqen_turns_group_0_of_gicv2_into_a_virtual_fiq);
    tcase_add_loop_test(t, disabled_interface_signals_nothing, 2, 4);
    tcase_add_loop_test(t, best_list_register_is_taken_first_and_ties_go_to_the_lower, 2, 4);
    tcase_add_loop_test(t, higher_virtual_priority_preempts, 2, 4);
    tcase_add_loop_test(t, virtual_mask_holds_interrupts_back, 2, 4);
    tcase_add_test(t, virtual_end_through_the_other_group_drops_but_does_not_deactivate);
    tcase_add_test(t, virtual_lpi_has_no_active_state);
    tcase_add_loop_test(t, special_intid_in_a_list_register_is_answered_and_forgotten, 2, 4);
    tcase_add_loop_test(t, physical_and_virtual_interfaces_are_independent, 2, 4);
    tcase_add_loop_test(t, forwarded_interrupt_is_taken_again_after_the_guests_end, 2, 4);
    add_maintenance_tests(t);
    add_register_tests(t);
    suite_add_tcase(s, t);
    return s;
}

int main(void)
{
    return bench_run(suite());
}
