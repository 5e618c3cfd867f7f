/* Self-hosted debug (Arm ARM D2): who is asked, where it goes, what matches; bits typed by hand. */
#include "tests/unit/cpu-el/toy_pe.h"

#include <check.h>
#include <stdlib.h>

#include "cpu-el/debug.h"
#include "cpu-el/resolve.h"
#include "tests/support/run_suite.h"

#define TGE (UINT64_C(1) << 27)
#define E2H (UINT64_C(1) << 34)
#define TDE (UINT64_C(1) << 8) /* MDCR_EL2 */
#define SS  UINT64_C(0x0001)   /* MDSCR_EL1 */
#define KDE UINT64_C(0x2000)
#define MDE UINT64_C(0x8000)

static struct toy_pe *toy;
static struct pe *pe;
static struct exception out;

static void setup(void)
{
    toy = toy_pe_create();
    pe = &toy->pe;
    pe->pc = 0x1000;
    pe->sr[SR_MDSCR_EL1] = MDE;
    toy_pe_at(toy, 0, false, 0);
}

static void teardown(void)
{
    toy_pe_destroy(toy);
}

/* D2.4.1: enabled from an EL by OS lock, target EL, KDE and PSTATE.D. */
static const struct {
    bool tde, kde, d;
    unsigned el;
    bool enabled;
} enables[] = {
    {false, false, false, 0, true}, {false, false, true, 0, true}, {false, false, false, 1, false},
    {false, true, false, 1, true},  {false, true, true, 1, false}, {false, true, false, 2, false},
    {true, false, false, 0, true},  {true, false, true, 1, true},  {true, false, false, 2, false},
    {true, true, false, 2, true},   {true, true, true, 2, false},
};

START_TEST(debug_exceptions_are_enabled_as_the_table_says)
{
    pe->sr[SR_MDCR_EL2] = enables[_i].tde ? TDE : 0;
    pe->sr[SR_MDSCR_EL1] = enables[_i].kde ? KDE : 0;
    ck_assert_int_eq(debug_enabled_from(pe, enables[_i].el, enables[_i].d), enables[_i].enabled);
    pe->sr[SR_OSLSR_EL1] = 0xa; /* OS lock set: never (D2.4) */
    ck_assert(!debug_enabled_from(pe, enables[_i].el, enables[_i].d));
    pe->sr[SR_OSLSR_EL1] = 8;
    pe->sr[SR_MDCR_EL2] = 0;
    pe->sr[SR_HCR_EL2] = enables[_i].tde ? TGE : 0; /* TGE makes TDE 1 */
    ck_assert_int_eq(debug_enabled_from(pe, enables[_i].el, enables[_i].d), enables[_i].enabled);
}
END_TEST

START_TEST(debug_exceptions_go_to_el2_with_tde_or_tge)
{
    ck_assert_uint_eq(debug_target_el(pe), 1);
    pe->sr[SR_MDCR_EL2] = TDE;
    ck_assert_uint_eq(debug_target_el(pe), 2);
    pe->model.has[FEAT_EL2] = false;
    ck_assert_uint_eq(debug_target_el(pe), 1);
    pe->model.has[FEAT_EL2] = true;
    pe->sr[SR_MDCR_EL2] = 0;
    pe->sr[SR_HCR_EL2] = TGE | E2H;
    ck_assert_uint_eq(debug_target_el(pe), 2);
}
END_TEST

/* DBGBCR: E 0, PMC 2..1, BAS 8..5, HMC 13, SSC 15..14, LBN 19..16, BT 23..20. */
static void breakpoint(unsigned n, uint64_t bvr, uint64_t bcr)
{
    static const enum sysreg_id value[] = {SR_DBGBVR0_EL1, SR_DBGBVR1_EL1, SR_DBGBVR2_EL1,
                                           SR_DBGBVR3_EL1, SR_DBGBVR4_EL1, SR_DBGBVR5_EL1};
    static const enum sysreg_id control[] = {SR_DBGBCR0_EL1, SR_DBGBCR1_EL1, SR_DBGBCR2_EL1,
                                             SR_DBGBCR3_EL1, SR_DBGBCR4_EL1, SR_DBGBCR5_EL1};
    ck_assert_uint_eq(debug_write(pe, value[n], bvr), EFF_DEBUG);
    ck_assert_uint_eq(debug_write(pe, control[n], bcr), EFF_DEBUG);
}

START_TEST(a_breakpoint_of_el0_hits_at_its_address_only)
{
    breakpoint(3, 0x400000, 0x1e5); /* EL0, enabled */
    ck_assert(debug_any_breakpoint_enabled(pe));
    ck_assert(debug_breakpoint_hit(pe, 0x400000, &out));
    ck_assert_uint_eq(out.esr, 0xc2000022); /* EC 0x30 */
    ck_assert(out.target_el == 1 && out.return_address == 0x400000 && !out.far_valid);
    ck_assert(!debug_breakpoint_hit(pe, 0x400004, &out));
    ck_assert(!debug_breakpoint_hit(pe, 0x3ffffc, &out));
}
END_TEST

START_TEST(a_kernel_address_matches_by_bits_48_to_2)
{
    breakpoint(0, UINT64_C(0xffff800008010000), 0x1e3); /* EL1 */
    pe->sr[SR_MDSCR_EL1] = MDE | KDE;
    toy_pe_at(toy, 1, true, 0);
    ck_assert(debug_breakpoint_hit(pe, UINT64_C(0xffff800008010000), &out));
    ck_assert_uint_eq(out.esr, 0xc6000022); /* EC 0x31: the same EL */
    toy_pe_at(toy, 1, true, 8);             /* PSTATE.D */
    ck_assert(!debug_breakpoint_hit(pe, UINT64_C(0xffff800008010000), &out));
}
END_TEST

START_TEST(nothing_hits_without_mde_or_enable)
{
    breakpoint(0, 0x400000, 0x1e4);
    ck_assert(!debug_any_breakpoint_enabled(pe));
    ck_assert(!debug_breakpoint_hit(pe, 0x400000, &out));
    breakpoint(0, 0x400000, 0x1e5);
    pe->sr[SR_MDSCR_EL1] = SS | KDE;
    ck_assert(!debug_any_breakpoint_enabled(pe));
    ck_assert(!debug_breakpoint_hit(pe, 0x400000, &out));
}
END_TEST

/* D2.9.2, table of HMC, SSC, PMC without EL3: the control word and the ELs as a mask. */
static const struct {
    uint64_t control;
    unsigned els;
} states[] = {
    {0x0003, 2}, {0x0005, 1}, {0x0007, 3}, {0x2003, 6}, {0x2007, 7}, {0xe001, 4},
    {0x0001, 0}, {0x2001, 0}, {0x2005, 0}, {0xc003, 0}, {0xe003, 0}, {0x4003, 0},
    {0x6001, 0}, {0x8003, 0}, {0xa001, 0}, {0xe005, 0},
};

START_TEST(hmc_ssc_and_pmc_select_the_els)
{
    breakpoint(0, 0x400000, states[_i].control | 0x1e0);
    pe->sr[SR_MDSCR_EL1] = MDE | KDE;
    pe->sr[SR_MDCR_EL2] = TDE;
    for (unsigned el = 0; el <= 2; el++) {
        toy_pe_at(toy, el, el != 0, 0);
        ck_assert_msg(debug_breakpoint_hit(pe, 0x400000, &out) == (states[_i].els >> el & 1),
                      "control %lx EL%u", (unsigned long)states[_i].control, el);
        ck_assert(!(states[_i].els >> el & 1) || out.target_el == 2);
    }
}
END_TEST

/* D2.9.3: BT in DBGBCR4 (context-aware), VMID 5, CONTEXTIDR_EL1 0x11, CONTEXTIDR_EL2 0x22. */
static const struct {
    unsigned type;
    uint64_t value;
    bool el0, el1, host_el0, host_el2;
} contexts[] = {
    {0x2, 0x11, true, true, false, false},
    {0x2, 0x12, false, false, false, false},
    {0x2, 0x22, false, false, true, true},
    {0x6, 0x11, true, true, false, false},
    {0x6, 0x22, false, false, false, false},
    {0x8, UINT64_C(5) << 32, true, true, false, false},
    {0x8, UINT64_C(6) << 32, false, false, false, false},
    {0xa, UINT64_C(5) << 32 | 0x11, true, true, false, false},
    {0xa, UINT64_C(5) << 32 | 0x12, false, false, false, false},
    {0xc, UINT64_C(0x22) << 32, true, true, true, true},
    {0xc, UINT64_C(0x23) << 32, false, false, false, false},
    {0xe, UINT64_C(0x22) << 32 | 0x11, true, true, false, false},
    {0x4, 0x11, false, false, false, false}, /* reserved */
};

static void check_context(unsigned i, bool linked, bool (*hits)(void))
{
    const bool expected[4] = {contexts[i].el0, contexts[i].el1, contexts[i].host_el0,
                              contexts[i].host_el2};
    static const unsigned el[4] = {0, 1, 0, 2};
    pe->sr[SR_MDSCR_EL1] = MDE | KDE;
    pe->sr[SR_MDCR_EL2] = TDE;
    pe->sr[SR_CONTEXTIDR_EL1] = 0x11;
    pe->sr[SR_CONTEXTIDR_EL2] = 0x22;
    pe->sr[SR_VTTBR_EL2] = UINT64_C(5) << 48;
    breakpoint(4, contexts[i].value, 0x21e7 | contexts[i].type << 20 | (linked ? 1 << 20 : 0));
    for (unsigned k = 0; k < 4; k++) {
        pe->sr[SR_HCR_EL2] = k < 2 ? 0 : E2H | TGE;
        toy_pe_at(toy, el[k], el[k] != 0, 0);
        ck_assert_msg(hits() == expected[k], "type %x, value %lx, state %u", contexts[i].type,
                      (unsigned long)contexts[i].value, k);
    }
}

static bool hits_anywhere(void)
{
    return debug_breakpoint_hit(pe, 0xabcdef0, &out);
}

static bool linked_hits(void)
{
    return debug_breakpoint_hit(pe, 0x400000, &out);
}

static bool linked_watchpoint_hits(void)
{
    const struct debug_access access = {.va = 0x500000, .size_bytes = 4, .read = true};
    return debug_watchpoint_hit(pe, &access, &out);
}

START_TEST(a_context_breakpoint_hits_at_any_address_of_its_context)
{
    check_context((unsigned)_i, false, hits_anywhere);
}
END_TEST

START_TEST(a_linked_address_breakpoint_needs_the_context_too)
{
    breakpoint(1, 0x400000, 0x21e7 | 1 << 20 | 4 << 16);
    check_context((unsigned)_i, true, linked_hits);
    ck_assert(!hits_anywhere()); /* a linked context breakpoint makes no exceptions itself */
}
END_TEST

START_TEST(a_linked_watchpoint_needs_the_context_too)
{
    debug_write(pe, SR_DBGWVR0_EL1, 0x500000);
    debug_write(pe, SR_DBGWCR0_EL1, 0x3fff | 1 << 20 | 4 << 16);
    check_context((unsigned)_i, true, linked_watchpoint_hits);
}
END_TEST

START_TEST(a_link_to_an_unfit_breakpoint_never_hits)
{
    static const unsigned lbn[] = {0, 3, 6, 15}; /* not context-aware, or not there */
    pe->sr[SR_CONTEXTIDR_EL1] = 0x11;
    breakpoint(0, 0x11, 0x3001e7);
    breakpoint(3, 0x11, 0x3001e7);
    for (size_t i = 0; i < 4; i++) {
        breakpoint(1, 0x400000, 0x1e7 | 1 << 20 | (uint64_t)lbn[i] << 16);
        ck_assert(!debug_breakpoint_hit(pe, 0x400000, &out));
    }
    breakpoint(4, 0x11, 0x2001e3); /* of EL1, and not the linked type */
    breakpoint(1, 0x400000, 0x1e7 | 1 << 20 | 4 << 16);
    ck_assert(!debug_breakpoint_hit(pe, 0x400000, &out));
}
END_TEST

START_TEST(a_16_bit_vmid_is_compared_whole)
{
    pe->sr[SR_VTTBR_EL2] = UINT64_C(0x0105) << 48;
    breakpoint(4, UINT64_C(0x0205) << 32, 0x8001e7);
    ck_assert(hits_anywhere()); /* VTCR_EL2.VS = 0: 8 bits */
    pe->sr[SR_VTCR_EL2] = 1 << 19;
    ck_assert(!hits_anywhere());
    breakpoint(4, UINT64_C(0x0105) << 32, 0x8001e7);
    ck_assert(hits_anywhere());
}
END_TEST

/* DBGWCR: E 0, PAC 2..1, LSC 4..3, BAS 12..5, HMC 13, SSC 15..14, LBN 19..16, WT 20, MASK 28..24.
 */
static void watchpoint(uint64_t wvr, uint64_t bas, unsigned lsc, unsigned mask)
{
    debug_write(pe, SR_DBGWVR2_EL1, wvr);
    debug_write(pe, SR_DBGWCR2_EL1, 0x7 | (uint64_t)lsc << 3 | bas << 5 | (uint64_t)mask << 24);
}

static bool touches(uint64_t va, unsigned size_bytes, bool read, bool write)
{
    const struct debug_access access = {
        .va = va, .size_bytes = size_bytes, .read = read, .write = write};
    return debug_watchpoint_hit(pe, &access, &out);
}

START_TEST(a_watchpoint_selects_bytes_by_bas)
{
    watchpoint(0x500000, 0x0c, 3, 0); /* bytes 2 and 3 */
    ck_assert(debug_any_watchpoint_enabled(pe));
    ck_assert(!touches(0x500000, 2, true, false));
    ck_assert(touches(0x500002, 1, true, false));
    ck_assert_uint_eq(out.far, 0x500002);
    ck_assert(touches(0x500000, 4, true, false));
    ck_assert(out.far_valid && out.far == 0x500002);
    ck_assert_uint_eq(out.esr, 0xd2000022); /* EC 0x34, WnR = 0 */
    ck_assert_uint_eq(out.return_address, 0x1000);
    ck_assert(!touches(0x500004, 4, true, false));
    ck_assert(touches(0x4ffff8, 16, false, true));
    ck_assert_uint_eq(out.esr, 0xd2000062); /* WnR = 1 */
    ck_assert(!touches(0x4ffff8, 10, false, true));
}
END_TEST

START_TEST(a_word_aligned_watchpoint_uses_four_bas_bits)
{
    watchpoint(0x500004, 0x01, 3, 0); /* byte 4 of the doubleword */
    ck_assert(touches(0x500004, 1, true, false));
    ck_assert(!touches(0x500000, 4, true, false));
    ck_assert(!touches(0x500005, 1, true, false));
}
END_TEST

START_TEST(lsc_selects_loads_and_stores)
{
    watchpoint(0x500000, 0xff, 1, 0);
    ck_assert(touches(0x500000, 8, true, false));
    ck_assert(!touches(0x500000, 8, false, true));
    watchpoint(0x500000, 0xff, 2, 0);
    ck_assert(!touches(0x500000, 8, true, false));
    ck_assert(touches(0x500000, 8, false, true));
    ck_assert(touches(0x500000, 8, true, true)); /* an atomic writes */
    ck_assert_uint_eq(out.esr & 0x40, 0x40);
    watchpoint(0x500000, 0xff, 3, 0);
    ck_assert(touches(0x500000, 8, true, true));
    ck_assert_uint_eq(out.esr & 0x40, 0); /* a read of it would have hit */
    watchpoint(0x500000, 0xff, 0, 0);
    ck_assert(!touches(0x500000, 8, true, true));
}
END_TEST

START_TEST(mask_watches_an_aligned_range)
{
    watchpoint(0x500000, 0xff, 3, 12);
    ck_assert(touches(0x500000, 1, true, false));
    ck_assert(touches(0x500fff, 1, true, false));
    ck_assert_uint_eq(out.far, 0x500fff);
    ck_assert(touches(0x4ffffc, 8, true, false));
    ck_assert_uint_eq(out.far, 0x500000);
    ck_assert(!touches(0x501000, 8, true, false));
    ck_assert(!touches(0x4ffff8, 8, true, false));
    watchpoint(0x500000, 0x0f, 3, 12); /* CONSTRAINED UNPREDICTABLE: watches nothing here */
    ck_assert(!touches(0x500000, 8, true, false));
    watchpoint(0x500000, 0xff, 3, 2); /* reserved MASK */
    ck_assert(!touches(0x500000, 8, true, false));
    watchpoint(UINT64_C(0xffff800000000000), 0xff, 3, 31);
    ck_assert(touches(UINT64_C(0xffff80007fffffff), 1, true, false));
    ck_assert(!touches(UINT64_C(0xffff800080000000), 1, true, false));
}
END_TEST

START_TEST(an_unprivileged_access_of_the_kernel_counts_as_el0)
{
    struct debug_access access = {.va = 0x500000, .size_bytes = 8, .read = true};
    debug_write(pe, SR_DBGWVR0_EL1, 0x500000);
    debug_write(pe, SR_DBGWCR0_EL1, 0x1ffd); /* PAC = 10: EL0 only */
    pe->sr[SR_MDSCR_EL1] = MDE | KDE;
    toy_pe_at(toy, 1, true, 0);
    ck_assert(!debug_watchpoint_hit(pe, &access, &out));
    access.unprivileged = true;
    ck_assert(debug_watchpoint_hit(pe, &access, &out));
    ck_assert_uint_eq(out.esr, 0xd6000022); /* EC 0x35 */
}
END_TEST

START_TEST(cache_maintenance_is_reported_as_such)
{
    const struct debug_access access = {
        .va = 0x500000, .size_bytes = 64, .write = true, .cache_maintenance = true};
    watchpoint(0x500020, 0xff, 3, 0);
    ck_assert(debug_watchpoint_hit(pe, &access, &out));
    ck_assert_uint_eq(out.esr, 0xd2000162); /* CM and WnR */
    ck_assert_uint_eq(out.far, 0x500020);
}
END_TEST

/* D2.12.3: the state machine of software step, EL1 debugging EL0. */
START_TEST(step_runs_one_instruction_then_traps)
{
    pe->sr[SR_MDSCR_EL1] = SS;
    toy_pe_at(toy, 1, true, 8);
    ck_assert(!debug_step_active(pe)); /* inactive at EL1: KDE = 0 */
    ck_assert(!debug_step_due(pe, false, false, &out));
    pe->sr[SR_SPSR_EL1] = 0x200000; /* SS, EL0t */
    pe->sr[SR_ELR_EL1] = 0x400000;
    exception_return(pe);
    ck_assert(debug_step_active(pe) && pe->ps.ss); /* active-not-pending */
    ck_assert(!debug_step_due(pe, false, false, &out));
    debug_step_advance(pe);
    pe->pc = 0x400004;
    ck_assert(debug_step_due(pe, true, false, &out)); /* active-pending */
    ck_assert_uint_eq(out.esr, 0xcb000022);           /* EC 0x32, ISV */
    exception_take(pe, &out);
    ck_assert_uint_eq(pe->sr[SR_ELR_EL1], 0x400004);
    ck_assert_uint_eq(pe->sr[SR_SPSR_EL1] & 0x200000, 0);
    ck_assert(!debug_step_active(pe));
}
END_TEST

START_TEST(a_return_with_spsr_ss_0_traps_before_the_first_instruction)
{
    pe->sr[SR_MDSCR_EL1] = SS;
    toy_pe_at(toy, 1, true, 8);
    pe->sr[SR_SPSR_EL1] = 0;
    exception_return(pe);
    ck_assert(!pe->ps.ss);
    ck_assert(debug_step_due(pe, false, false, &out));
    ck_assert_uint_eq(out.esr, 0xca000022); /* ISV = 0 */
}
END_TEST

START_TEST(an_svc_that_is_stepped_has_spsr_ss_0_and_a_fault_keeps_it_1)
{
    struct exception svc = {.target_el = 1, .esr = 0x56000000};
    pe->sr[SR_MDSCR_EL1] = SS;
    pe->ps.ss = true;
    exception_take(pe, &svc); /* a fault: the instruction did not complete */
    ck_assert_uint_eq(pe->sr[SR_SPSR_EL1] & 0x200000, 0x200000);
    toy_pe_at(toy, 0, false, 0);
    pe->ps.ss = true;
    debug_step_advance(pe);
    exception_take(pe, &svc);
    ck_assert_uint_eq(pe->sr[SR_SPSR_EL1] & 0x200000, 0);
}
END_TEST

START_TEST(a_return_takes_ss_only_where_it_enables_step)
{
    pe->sr[SR_SPSR_EL1] = 0x200000;
    toy_pe_at(toy, 1, true, 0);
    exception_return(pe);
    ck_assert(!pe->ps.ss); /* MDSCR_EL1.SS = 0 */

    pe->sr[SR_MDSCR_EL1] = SS | KDE;
    toy_pe_at(toy, 1, true, 0);
    exception_return(pe);
    ck_assert(!pe->ps.ss); /* enabled at the source already */

    toy_pe_at(toy, 1, true, 8);
    exception_return(pe);
    ck_assert(pe->ps.ss);

    pe->sr[SR_SPSR_EL1] = 0x200205; /* to EL1 with D = 1: not enabled there */
    toy_pe_at(toy, 1, true, 8);
    exception_return(pe);
    ck_assert(!pe->ps.ss);

    pe->sr[SR_SPSR_EL1] = 0x200005; /* to EL1 with D = 0 */
    toy_pe_at(toy, 1, true, 8);
    exception_return(pe);
    ck_assert(pe->ps.ss);

    pe->sr[SR_MDSCR_EL1] = SS;
    pe->sr[SR_MDCR_EL2] = TDE; /* EL2 debugs EL1 */
    pe->sr[SR_SPSR_EL2] = 0x200205;
    toy_pe_at(toy, 2, true, 0xf);
    exception_return(pe);
    ck_assert(pe->ps.ss && debug_step_active(pe));
    debug_step_advance(pe);
    ck_assert(debug_step_due(pe, true, true, &out));
    ck_assert(out.target_el == 2 && out.esr == 0xcb000062); /* EX */
}
END_TEST

START_TEST(the_os_lock_is_set_and_cleared_by_oslar)
{
    ck_assert_uint_eq(debug_write(pe, SR_OSLAR_EL1, 1), EFF_DEBUG);
    ck_assert_uint_eq(debug_read(pe, SR_OSLSR_EL1), 0xa);
    debug_write(pe, SR_OSLAR_EL1, UINT64_C(0xfffffffffffffffe));
    ck_assert_uint_eq(debug_read(pe, SR_OSLSR_EL1), 8);
    ck_assert_uint_eq(debug_read(pe, SR_OSLAR_EL1), 0);
}
END_TEST

START_TEST(debug_registers_keep_the_bits_that_exist)
{
    debug_write(pe, SR_DBGBCR0_EL1, ~UINT64_C(0));
    ck_assert_uint_eq(debug_read(pe, SR_DBGBCR0_EL1), 0x00ffe1e7);
    debug_write(pe, SR_DBGBCR0_EL1, 0);
    ck_assert_uint_eq(debug_read(pe, SR_DBGBCR0_EL1), 0x1e0); /* BAS is RES1 without AArch32 */
    debug_write(pe, SR_DBGWCR0_EL1, ~UINT64_C(0));
    ck_assert_uint_eq(debug_read(pe, SR_DBGWCR0_EL1), 0x1f1fffff);
    debug_write(pe, SR_DBGWVR0_EL1, UINT64_C(0x0001000000000007));
    ck_assert_uint_eq(debug_read(pe, SR_DBGWVR0_EL1), UINT64_C(0xffff000000000004));
    debug_write(pe, SR_MDSCR_EL1, ~UINT64_C(0));
    ck_assert_uint_eq(debug_read(pe, SR_MDSCR_EL1), 0x0020b001);
    debug_write(pe, SR_OSLAR_EL1, 1);
    debug_write(pe, SR_MDSCR_EL1, ~UINT64_C(0));
    ck_assert_uint_eq(debug_read(pe, SR_MDSCR_EL1), 0xecf0f041 & ~UINT64_C(0x00100000));
}
END_TEST

START_TEST(claim_tags_are_set_and_cleared)
{
    ck_assert_uint_eq(debug_read(pe, SR_DBGCLAIMSET_EL1), 0xff);
    debug_write(pe, SR_DBGCLAIMSET_EL1, 0xf0f);
    ck_assert_uint_eq(debug_read(pe, SR_DBGCLAIMCLR_EL1), 0x0f);
    debug_write(pe, SR_DBGCLAIMCLR_EL1, 0x05);
    ck_assert_uint_eq(debug_read(pe, SR_DBGCLAIMCLR_EL1), 0x0a);
}
END_TEST

static bool is_undefined(enum sysreg_id id)
{
    return resolve_sysreg(pe, sysreg_enc(id), false).kind == OUT_UNDEF;
}

START_TEST(the_counts_of_the_model_bound_the_registers)
{
    toy_pe_at(toy, 1, true, 0);
    ck_assert(!is_undefined(SR_DBGBVR5_EL1) && !is_undefined(SR_DBGBCR5_EL1));
    ck_assert(is_undefined(SR_DBGBVR6_EL1) && is_undefined(SR_DBGBCR15_EL1));
    ck_assert(!is_undefined(SR_DBGWCR3_EL1) && is_undefined(SR_DBGWVR4_EL1));
    ck_assert(!is_undefined(SR_MDSCR_EL1));
    ck_assert(debug_owns(SR_DBGWVR15_EL1) && debug_owns(SR_MDSCR_EL1) && !debug_owns(SR_SCTLR_EL1));
}
END_TEST

#define CONTEXTS (sizeof contexts / sizeof contexts[0])

int main(void)
{
    Suite *suite = suite_create("debug");
    TCase *tc = tcase_create("self-hosted");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_loop_test(tc, debug_exceptions_are_enabled_as_the_table_says, 0,
                        sizeof enables / sizeof enables[0]);
    tcase_add_test(tc, debug_exceptions_go_to_el2_with_tde_or_tge);
    tcase_add_test(tc, a_breakpoint_of_el0_hits_at_its_address_only);
    tcase_add_test(tc, a_kernel_address_matches_by_bits_48_to_2);
    tcase_add_test(tc, nothing_hits_without_mde_or_enable);
    tcase_add_loop_test(tc, hmc_ssc_and_pmc_select_the_els, 0, sizeof states / sizeof states[0]);
    tcase_add_loop_test(tc, a_context_breakpoint_hits_at_any_address_of_its_context, 0, CONTEXTS);
    tcase_add_loop_test(tc, a_linked_address_breakpoint_needs_the_context_too, 0, CONTEXTS);
    tcase_add_loop_test(tc, a_linked_watchpoint_needs_the_context_too, 0, CONTEXTS);
    tcase_add_test(tc, a_link_to_an_unfit_breakpoint_never_hits);
    tcase_add_test(tc, a_16_bit_vmid_is_compared_whole);
    tcase_add_test(tc, a_watchpoint_selects_bytes_by_bas);
    tcase_add_test(tc, a_word_aligned_watchpoint_uses_four_bas_bits);
    tcase_add_test(tc, lsc_selects_loads_and_stores);
    tcase_add_test(tc, mask_watches_an_aligned_range);
    tcase_add_test(tc, an_unprivileged_access_of_the_kernel_counts_as_el0);
    tcase_add_test(tc, cache_maintenance_is_reported_as_such);
    tcase_add_test(tc, step_runs_one_instruction_then_traps);
    tcase_add_test(tc, a_return_with_spsr_ss_0_traps_before_the_first_instruction);
    tcase_add_test(tc, an_svc_that_is_stepped_has_spsr_ss_0_and_a_fault_keeps_it_1);
    tcase_add_test(tc, a_return_takes_ss_only_where_it_enables_step);
    tcase_add_test(tc, the_os_lock_is_set_and_cleared_by_oslar);
    tcase_add_test(tc, debug_registers_keep_the_bits_that_exist);
    tcase_add_test(tc, claim_tags_are_set_and_cleared);
    tcase_add_test(tc, the_counts_of_the_model_bound_the_registers);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}
