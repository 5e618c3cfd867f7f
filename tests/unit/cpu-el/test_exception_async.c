/* Which asynchronous exception is taken, where and when (Arm ARM D1.13), WFI (D1.16.2), ESB. */
#include "tests/unit/cpu-el/toy_pe.h"

#include <check.h>
#include <stdlib.h>

#include "cpu-el/exception.h"
#include "tests/support/run_suite.h"

#define TGE (UINT64_C(1) << 27)
#define E2H (UINT64_C(1) << 34)
#define VSE (UINT64_C(1) << 8)

static struct toy_pe *toy;
static struct pe *pe;
static struct exception out;

static void setup(void)
{
    toy = toy_pe_create();
    pe = &toy->pe;
    pe->pc = 0x1000;
}

static void teardown(void)
{
    toy_pe_destroy(toy);
}

/* The three kinds: input, virtual input, HCR_EL2 route and pend bits, PSTATE mask, type. */
static const struct {
    enum pe_input physical, virtual_input;
    uint64_t route, pend;
    unsigned mask;
    enum exception_type type;
} kinds[3] = {
    {PE_IRQ, PE_VIRQ, 1 << 4, 1 << 7, 2, EXC_IRQ},
    {PE_FIQ, PE_VFIQ, 1 << 3, 1 << 6, 1, EXC_FIQ},
    {PE_SERROR, PE_INPUT_COUNT, 1 << 5, 1 << 8, 4, EXC_SERROR},
};

/* Target and masking of physical interrupts without EL3 (D1.13.1, D1.13.2). A: taken whatever
 * PSTATE masks; B: by its mask; C: not taken. */
static const struct {
    bool tge, e2h, routed;
    unsigned el;
    char rule;
    unsigned target;
} physical[] = {
    {false, false, false, 0, 'B', 1}, {false, false, false, 1, 'B', 1},
    {false, false, false, 2, 'C', 0}, {false, false, true, 0, 'A', 2},
    {false, false, true, 1, 'A', 2},  {false, false, true, 2, 'B', 2},
    {false, true, false, 0, 'B', 1},  {false, true, false, 1, 'B', 1},
    {false, true, false, 2, 'C', 0},  {false, true, true, 0, 'A', 2},
    {false, true, true, 1, 'A', 2},   {false, true, true, 2, 'B', 2},
    {true, false, false, 0, 'A', 2},  {true, false, false, 2, 'B', 2},
    {true, false, true, 0, 'A', 2},   {true, false, true, 2, 'B', 2},
    {true, true, false, 0, 'B', 2},   {true, true, false, 2, 'B', 2},
    {true, true, true, 0, 'B', 2},    {true, true, true, 2, 'B', 2},
};

START_TEST(a_physical_interrupt_follows_the_table_of_targets_and_masks)
{
    for (size_t k = 0; k < 3; k++) {
        pe->sr[SR_HCR_EL2] = (physical[_i].tge ? TGE : 0) | (physical[_i].e2h ? E2H : 0) |
                             (physical[_i].routed ? kinds[k].route : 0);
        for (unsigned masked = 0; masked < 2; masked++) {
            toy_pe_at(toy, physical[_i].el, physical[_i].el != 0, masked ? kinds[k].mask : 0);
            pe->inputs[kinds[k].physical] = false;
            ck_assert(!interrupt_due(pe, &out));
            pe->inputs[kinds[k].physical] = true;
            bool expected = physical[_i].rule == 'A' || (physical[_i].rule == 'B' && !masked);
            ck_assert_msg(interrupt_due(pe, &out) == expected, "kind %zu masked %u", k, masked);
            if (expected) {
                ck_assert_uint_eq(out.target_el, physical[_i].target);
                ck_assert_int_eq(out.type, kinds[k].type);
                ck_assert_uint_eq(out.return_address, 0x1000);
                ck_assert(!out.is_virtual);
            }
            ck_assert(interrupt_wakes(pe)); /* D1.16.2: whatever PSTATE masks */
            pe->inputs[kinds[k].physical] = false;
            ck_assert(!interrupt_wakes(pe));
        }
    }
}
END_TEST

START_TEST(another_mask_bit_does_not_mask)
{
    for (size_t k = 0; k < 3; k++) {
        toy_pe_at(toy, 1, true, 0xf & ~kinds[k].mask);
        pe->inputs[kinds[k].physical] = true;
        ck_assert(interrupt_due(pe, &out));
        pe->inputs[kinds[k].physical] = false;
    }
}
END_TEST

START_TEST(without_el2_all_goes_to_el1)
{
    pe->model.has[FEAT_EL2] = false;
    pe->sr[SR_HCR_EL2] = ~UINT64_C(0);
    toy_pe_at(toy, 1, true, 0);
    pe->inputs[PE_IRQ] = true;
    ck_assert(interrupt_due(pe, &out) && out.target_el == 1);
    toy_pe_at(toy, 1, true, 2);
    ck_assert(!interrupt_due(pe, &out));
}
END_TEST

/* D1.13.3: virtual interrupts need xMO = 1, TGE = 0, EL0 or EL1, and the PSTATE mask clear. */
START_TEST(a_virtual_interrupt_is_taken_to_el1_only_where_it_is_enabled)
{
    for (size_t k = 0; k < 3; k++) {
        for (unsigned state = 0; state < 64; state++) {
            bool tge = state & 1;
            bool e2h = state & 2;
            bool routed = state & 4;
            bool masked = state & 8;
            unsigned el = state >> 4 & 3;
            if (el == 3 || (tge && el == 1)) {
                continue;
            }
            pe->sr[SR_HCR_EL2] =
                (tge ? TGE : 0) | (e2h ? E2H : 0) | (routed ? kinds[k].route : 0) | kinds[k].pend;
            toy_pe_at(toy, el, el != 0, masked ? kinds[k].mask : 0);
            bool pending = !tge && routed && el < 2;
            ck_assert_msg(interrupt_due(pe, &out) == (pending && !masked), "kind %zu state %x", k,
                          state);
            ck_assert_int_eq(interrupt_wakes(pe), pending);
            if (pending && !masked) {
                ck_assert(out.is_virtual && out.target_el == 1 && out.type == kinds[k].type);
            }
        }
    }
}
END_TEST

START_TEST(the_virtual_interface_counts_as_vi_and_vf)
{
    for (size_t k = 0; k < 2; k++) {
        pe->sr[SR_HCR_EL2] = kinds[k].route;
        toy_pe_at(toy, 1, true, 0);
        ck_assert(!interrupt_due(pe, &out));
        pe->inputs[kinds[k].virtual_input] = true;
        ck_assert(interrupt_due(pe, &out));
        ck_assert_int_eq(out.type, kinds[k].type);
        pe->inputs[kinds[k].virtual_input] = false;
    }
}
END_TEST

START_TEST(of_several_pending_serror_is_first_then_fiq_then_irq_then_virtual)
{
    static const enum exception_type order[] = {EXC_SERROR, EXC_FIQ, EXC_IRQ};
    static const enum pe_input input[] = {PE_SERROR, PE_FIQ, PE_IRQ};
    pe->sr[SR_HCR_EL2] = 0x38 | 0x1c0; /* xMO, VF VI VSE */
    toy_pe_at(toy, 1, true, 0);
    pe->inputs[PE_SERROR] = pe->inputs[PE_FIQ] = pe->inputs[PE_IRQ] = true;
    for (size_t i = 0; i < 3; i++) {
        ck_assert(interrupt_due(pe, &out));
        ck_assert(out.type == order[i] && out.target_el == 2 && !out.is_virtual);
        pe->inputs[input[i]] = false;
    }
    for (size_t i = 0; i < 3; i++) {
        static const uint64_t pend[] = {1 << 8, 1 << 6, 1 << 7};
        ck_assert(interrupt_due(pe, &out));
        ck_assert(out.type == order[i] && out.target_el == 1 && out.is_virtual);
        pe->sr[SR_HCR_EL2] &= ~pend[i];
    }
    ck_assert(!interrupt_due(pe, &out));
}
END_TEST

START_TEST(taking_a_physical_serror_ends_it)
{
    toy_pe_at(toy, 1, true, 0);
    pe->inputs[PE_SERROR] = true;
    ck_assert(interrupt_due(pe, &out));
    ck_assert_uint_eq(out.esr, 0xbe000011); /* DFSC 0x11: asynchronous SError */
    exception_take(pe, &out);
    ck_assert(!pe->inputs[PE_SERROR]);
    ck_assert_uint_eq(pe->sr[SR_ESR_EL1], 0xbe000011);
}
END_TEST

START_TEST(a_virtual_serror_reports_vsesr_and_clears_vse_only)
{
    pe->sr[SR_HCR_EL2] = 1 << 5 | VSE;
    pe->sr[SR_VSESR_EL2] = 0x01abcdef;
    pe->inputs[PE_SERROR] = false;
    toy_pe_at(toy, 0, false, 0);
    ck_assert(interrupt_due(pe, &out));
    ck_assert_uint_eq(out.esr, 0xbfabcdef);
    exception_take(pe, &out);
    ck_assert_uint_eq(pe->sr[SR_HCR_EL2], 1 << 5);
    ck_assert_uint_eq(pe->pc, 0x580); /* SError from a lower EL */
    ck_assert_uint_eq(toy_charged(toy, COST_EXC_EL0_EL1), 1);
    ck_assert_uint_eq(toy_charged(toy, COST_IRQ_TAKEN), 0);
}
END_TEST

START_TEST(without_ras_a_virtual_serror_reports_nothing)
{
    pe->model.has[FEAT_RAS] = false;
    pe->sr[SR_HCR_EL2] = 1 << 5 | VSE;
    pe->sr[SR_VSESR_EL2] = 0x01abcdef;
    toy_pe_at(toy, 1, true, 0);
    ck_assert(interrupt_due(pe, &out));
    ck_assert_uint_eq(out.esr, 0xbe000000);
}
END_TEST

/* ESB: AArch64.ESBOperation, AArch64.vESBOperation. */
START_TEST(esb_moves_a_masked_serror_to_disr)
{
    toy_pe_at(toy, 1, true, 4);
    pe->inputs[PE_SERROR] = true;
    exception_esb(pe);
    ck_assert_uint_eq(pe->sr[SR_DISR_EL1], 0x80000011);
    ck_assert(!pe->inputs[PE_SERROR]);
    ck_assert_uint_eq(pe->sr[SR_VDISR_EL2], 0);
}
END_TEST

START_TEST(esb_defers_an_serror_that_targets_a_lower_el)
{
    toy_pe_at(toy, 2, true, 0); /* AMO 0, TGE 0: it targets EL1 */
    pe->inputs[PE_SERROR] = true;
    exception_esb(pe);
    ck_assert_uint_eq(pe->sr[SR_DISR_EL1], 0x80000011);
}
END_TEST

START_TEST(esb_leaves_an_unmasked_serror_to_be_taken)
{
    toy_pe_at(toy, 1, true, 4);
    pe->sr[SR_HCR_EL2] = 1 << 5; /* to EL2: PSTATE.A does not mask it */
    pe->inputs[PE_SERROR] = true;
    exception_esb(pe);
    ck_assert_uint_eq(pe->sr[SR_DISR_EL1], 0);
    ck_assert(interrupt_due(pe, &out) && out.type == EXC_SERROR);
}
END_TEST

START_TEST(esb_moves_a_masked_virtual_serror_to_vdisr)
{
    pe->sr[SR_HCR_EL2] = 1 << 5 | VSE;
    pe->sr[SR_VSESR_EL2] = 0x01000007;
    toy_pe_at(toy, 1, true, 0);
    exception_esb(pe);
    ck_assert_uint_eq(pe->sr[SR_VDISR_EL2], 0); /* not masked: taken instead */
    toy_pe_at(toy, 1, true, 4);
    exception_esb(pe);
    ck_assert_uint_eq(pe->sr[SR_VDISR_EL2], 0x81000007);
    ck_assert_uint_eq(pe->sr[SR_HCR_EL2], 1 << 5);
    ck_assert_uint_eq(pe->sr[SR_DISR_EL1], 0);
}
END_TEST

START_TEST(esb_at_el2_does_not_touch_the_virtual_serror)
{
    pe->sr[SR_HCR_EL2] = 1 << 5 | VSE;
    toy_pe_at(toy, 2, true, 0xf);
    exception_esb(pe);
    ck_assert_uint_eq(pe->sr[SR_HCR_EL2], 1 << 5 | VSE);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("asynchronous exceptions");
    TCase *tc = tcase_create("interrupts");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_loop_test(tc, a_physical_interrupt_follows_the_table_of_targets_and_masks, 0,
                        sizeof physical / sizeof physical[0]);
    tcase_add_test(tc, another_mask_bit_does_not_mask);
    tcase_add_test(tc, without_el2_all_goes_to_el1);
    tcase_add_test(tc, a_virtual_interrupt_is_taken_to_el1_only_where_it_is_enabled);
    tcase_add_test(tc, the_virtual_interface_counts_as_vi_and_vf);
    tcase_add_test(tc, of_several_pending_serror_is_first_then_fiq_then_irq_then_virtual);
    tcase_add_test(tc, taking_a_physical_serror_ends_it);
    tcase_add_test(tc, a_virtual_serror_reports_vsesr_and_clears_vse_only);
    tcase_add_test(tc, without_ras_a_virtual_serror_reports_nothing);
    tcase_add_test(tc, esb_moves_a_masked_serror_to_disr);
    tcase_add_test(tc, esb_defers_an_serror_that_targets_a_lower_el);
    tcase_add_test(tc, esb_leaves_an_unmasked_serror_to_be_taken);
    tcase_add_test(tc, esb_moves_a_masked_virtual_serror_to_vdisr);
    tcase_add_test(tc, esb_at_el2_does_not_touch_the_virtual_serror);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}
