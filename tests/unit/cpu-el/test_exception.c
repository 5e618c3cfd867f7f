/* Exception entry and return (Arm ARM D1.10, D1.11), syndromes (D13.2.37): bits typed by hand. */
#include "tests/unit/cpu-el/toy_pe.h"

#include <check.h>
#include <stdlib.h>

#include "cpu-el/debug.h"
#include "cpu-el/exception.h"
#include "cpu-el/syndrome.h"
#include "tests/support/run_suite.h"

#define VBAR1 UINT64_C(0xffff800008010800)
#define VBAR2 UINT64_C(0x0000000040080000)

#define HCR_TGE_BIT (UINT64_C(1) << 27)
#define HCR_E2H_BIT (UINT64_C(1) << 34)

static struct toy_pe *toy;
static struct pe *pe;

static void setup(void)
{
    toy = toy_pe_create();
    pe = &toy->pe;
    pe->sr[SR_VBAR_EL1] = VBAR1;
    pe->sr[SR_VBAR_EL2] = VBAR2;
    pe->pc = 0x40001234;
}

static void teardown(void)
{
    toy_pe_destroy(toy);
}

static void take(enum exception_type type, unsigned target_el, uint32_t esr)
{
    struct exception exc = {
        .type = type, .target_el = target_el, .return_address = pe->pc, .esr = esr};
    exception_take(pe, &exc);
}

/* D1.10.2, table of vector offsets: from, SPSel, target, type -> offset; and what it is charged as.
 */
static const struct {
    unsigned el;
    bool sp;
    unsigned target;
    enum exception_type type;
    uint64_t offset;
    enum cost_class cost;
} vectors[] = {
    {1, false, 1, EXC_SYNC, 0x000, COST_EXC_EL1_EL1},
    {1, false, 1, EXC_IRQ, 0x080, COST_EXC_EL1_EL1},
    {1, false, 1, EXC_FIQ, 0x100, COST_EXC_EL1_EL1},
    {1, false, 1, EXC_SERROR, 0x180, COST_EXC_EL1_EL1},
    {1, true, 1, EXC_SYNC, 0x200, COST_EXC_EL1_EL1},
    {1, true, 1, EXC_IRQ, 0x280, COST_EXC_EL1_EL1},
    {2, true, 2, EXC_FIQ, 0x300, COST_EXC_EL2_EL2},
    {2, true, 2, EXC_SERROR, 0x380, COST_EXC_EL2_EL2},
    {2, false, 2, EXC_SYNC, 0x000, COST_EXC_EL2_EL2},
    {0, false, 1, EXC_SYNC, 0x400, COST_EXC_EL0_EL1},
    {0, false, 2, EXC_IRQ, 0x480, COST_EXC_EL0_EL2},
    {1, true, 2, EXC_FIQ, 0x500, COST_EXC_EL1_EL2},
    {1, false, 2, EXC_SERROR, 0x580, COST_EXC_EL1_EL2},
    {0, false, 1, EXC_SERROR, 0x580, COST_EXC_EL0_EL1},
};

START_TEST(entry_goes_to_the_vector_of_source_stack_and_type_and_is_charged)
{
    toy_pe_at(toy, vectors[_i].el, vectors[_i].sp, 0);
    take(vectors[_i].type, vectors[_i].target, syndrome_unknown());
    ck_assert_uint_eq(pe->pc, (vectors[_i].target == 2 ? VBAR2 : VBAR1) + vectors[_i].offset);
    ck_assert_uint_eq(toy_charged(toy, vectors[_i].cost), 1);
    bool interrupt = vectors[_i].type == EXC_IRQ || vectors[_i].type == EXC_FIQ;
    ck_assert_uint_eq(toy_charged(toy, COST_IRQ_TAKEN), interrupt);
    cycles_t expected =
        (vectors[_i].cost + 1) * CYCLE + (interrupt ? (COST_IRQ_TAKEN + 1) * CYCLE : 0);
    ck_assert_uint_eq(toy->clock.now, expected);
}
END_TEST

START_TEST(entry_saves_pstate_in_spsr_and_masks_all)
{
    toy_pe_at(toy, 1, true, 0x5); /* A and F masked */
    pe->ps.nzcv = 0xa0000000;
    pe->ps.pan = pe->ps.uao = pe->ps.dit = pe->ps.ssbs = pe->ps.ss = pe->ps.il = true;
    take(EXC_SYNC, 2, 0x5a000001);
    /* N C, DIT 24, UAO 23, PAN 22, SS 21, IL 20, SSBS 12, A 8, F 6, EL1h */
    ck_assert_uint_eq(pe->sr[SR_SPSR_EL2], 0xa1f01145);
    ck_assert_uint_eq(pe->sr[SR_ELR_EL2], 0x40001234);
    ck_assert_uint_eq(pe->sr[SR_ESR_EL2], 0x5a000001);
    ck_assert(pe->ps.el == 2 && pe->ps.sp && pe->ps.daif == 0xf);
    ck_assert(!pe->ps.ss && !pe->ps.il && !pe->ps.uao && !pe->ps.ssbs);
    ck_assert(pe->ps.dit && pe->ps.nzcv == 0xa0000000);
}
END_TEST

START_TEST(spsr_of_el0_is_el0t_whatever_spsel_was_left)
{
    toy_pe_at(toy, 0, true, 0);
    ck_assert_uint_eq(pstate_to_spsr(pe), 0);
    toy_pe_at(toy, 2, false, 0xf);
    ck_assert_uint_eq(pstate_to_spsr(pe), 0x3c8);
}
END_TEST

/* SCTLR_EL1.SPAN: 0 sets PAN on entry to EL1; at EL2 only with E2H and TGE. */
START_TEST(entry_sets_pan_where_span_is_0)
{
    toy_pe_at(toy, 0, false, 0);
    take(EXC_SYNC, 1, 0);
    ck_assert(pe->ps.pan);

    pe->ps.pan = false;
    toy_pe_at(toy, 0, false, 0);
    pe->sr[SR_SCTLR_EL1] = UINT64_C(1) << 23;
    take(EXC_SYNC, 1, 0);
    ck_assert(!pe->ps.pan);

    toy_pe_at(toy, 1, true, 0);
    take(EXC_SYNC, 2, 0);
    ck_assert(!pe->ps.pan); /* not in the host: SPAN does not exist */

    pe->sr[SR_HCR_EL2] = HCR_E2H_BIT | HCR_TGE_BIT;
    toy_pe_at(toy, 0, false, 0);
    take(EXC_SYNC, 2, 0);
    ck_assert(pe->ps.pan);

    pe->ps.pan = false;
    pe->model.has[FEAT_PAN] = false;
    toy_pe_at(toy, 0, false, 0);
    take(EXC_SYNC, 2, 0);
    ck_assert(!pe->ps.pan);
}
END_TEST

START_TEST(entry_keeps_pan_that_is_already_set)
{
    toy_pe_at(toy, 1, true, 0);
    pe->ps.pan = true;
    pe->sr[SR_SCTLR_EL1] = UINT64_C(1) << 23;
    take(EXC_SYNC, 1, 0);
    ck_assert(pe->ps.pan);
}
END_TEST

START_TEST(entry_takes_ssbs_from_sctlr_dssbs)
{
    pe->sr[SR_SCTLR_EL1] = UINT64_C(1) << 44;
    toy_pe_at(toy, 0, false, 0);
    take(EXC_SYNC, 1, 0);
    ck_assert(pe->ps.ssbs);
    take(EXC_SYNC, 2, 0);
    ck_assert(!pe->ps.ssbs);
}
END_TEST

START_TEST(far_and_hpfar_are_written_only_when_given)
{
    struct exception exc = {
        .target_el = 2, .far_valid = true, .far = 0x1234, .hpfar_valid = true, .hpfar = 0x80000};
    pe->sr[SR_FAR_EL1] = 1;
    toy_pe_at(toy, 1, true, 0);
    exception_take(pe, &exc);
    ck_assert_uint_eq(pe->sr[SR_FAR_EL2], 0x1234);
    ck_assert_uint_eq(pe->sr[SR_HPFAR_EL2], 0x80000);
    ck_assert_uint_eq(pe->sr[SR_FAR_EL1], 1);
    toy_pe_at(toy, 1, true, 0);
    take(EXC_SYNC, 2, 0);
    ck_assert_uint_eq(pe->sr[SR_FAR_EL2], 0x1234);
}
END_TEST

START_TEST(an_interrupt_leaves_esr_alone)
{
    pe->sr[SR_ESR_EL1] = 0x56000001;
    toy_pe_at(toy, 1, true, 0);
    take(EXC_IRQ, 1, 0);
    ck_assert_uint_eq(pe->sr[SR_ESR_EL1], 0x56000001);
}
END_TEST

/* FEAT_NV (D5.7.1): with NV = 1 and NV1 = 0, an exception from EL1 to EL1 shows EL2 in SPSR.M. */
START_TEST(nv_shows_el2_in_the_spsr_of_el1)
{
    toy_pe_at(toy, 1, true, 0);
    pe->sr[SR_HCR_EL2] = UINT64_C(1) << 42;
    take(EXC_SYNC, 1, 0);
    ck_assert_uint_eq(pe->sr[SR_SPSR_EL1] & 0xf, 9);
    toy_pe_at(toy, 0, false, 0);
    take(EXC_SYNC, 1, 0);
    ck_assert_uint_eq(pe->sr[SR_SPSR_EL1] & 0xf, 0);
    toy_pe_at(toy, 1, true, 0);
    pe->sr[SR_HCR_EL2] = UINT64_C(3) << 42; /* NV1 */
    take(EXC_SYNC, 1, 0);
    ck_assert_uint_eq(pe->sr[SR_SPSR_EL1] & 0xf, 5);
}
END_TEST

/* D1.11.2: from, SPSR.M, EL and SP after, and the charge. */
static const struct {
    unsigned from, m, el;
    bool sp;
    enum cost_class cost;
} returns[] = {
    {1, 0x0, 0, false, COST_ERET_EL1_EL0}, {1, 0x4, 1, false, COST_ERET_EL1_EL1},
    {1, 0x5, 1, true, COST_ERET_EL1_EL1},  {2, 0x0, 0, false, COST_ERET_EL2_EL0},
    {2, 0x4, 1, false, COST_ERET_EL2_EL1}, {2, 0x5, 1, true, COST_ERET_EL2_EL1},
    {2, 0x8, 2, false, COST_ERET_EL2_EL2}, {2, 0x9, 2, true, COST_ERET_EL2_EL2},
};

START_TEST(return_restores_el_and_stack_and_is_charged)
{
    enum sysreg_id spsr = returns[_i].from == 2 ? SR_SPSR_EL2 : SR_SPSR_EL1;
    enum sysreg_id elr = returns[_i].from == 2 ? SR_ELR_EL2 : SR_ELR_EL1;
    toy_pe_at(toy, returns[_i].from, true, 0xf);
    pe->sr[spsr] = returns[_i].m;
    pe->sr[elr] = 0x8000;
    ck_assert_uint_eq(exception_return(pe), returns[_i].el);
    ck_assert_uint_eq(pe->ps.el, returns[_i].el);
    ck_assert(pe->ps.sp == returns[_i].sp && !pe->ps.il && pe->ps.daif == 0);
    ck_assert_uint_eq(pe->pc, 0x8000);
    ck_assert_uint_eq(toy_charged(toy, returns[_i].cost), 1);
}
END_TEST

START_TEST(return_restores_every_field_of_pstate)
{
    pe->sr[SR_SPSR_EL2] = 0x51d01245; /* Z V, DIT, UAO, PAN, IL, SSBS, D F, EL1h */
    exception_return(pe);
    ck_assert_uint_eq(pe->ps.nzcv, 0x50000000);
    ck_assert_uint_eq(pe->ps.daif, 9);
    ck_assert(pe->ps.dit && pe->ps.uao && pe->ps.pan && pe->ps.ssbs && pe->ps.il);
}
END_TEST

START_TEST(return_ignores_fields_of_features_that_are_absent)
{
    pe->model.has[FEAT_PAN] = pe->model.has[FEAT_UAO] = false;
    pe->model.has[FEAT_DIT] = pe->model.has[FEAT_SSBS] = false;
    pe->sr[SR_SPSR_EL2] = 0x01c01005;
    exception_return(pe);
    ck_assert(!pe->ps.dit && !pe->ps.uao && !pe->ps.pan && !pe->ps.ssbs);
    ck_assert_uint_eq(pstate_to_spsr(pe), 5);
}
END_TEST

START_TEST(return_sets_the_event_register)
{
    pe->sr[SR_SPSR_EL2] = 5;
    pe->event_register = false;
    exception_return(pe);
    ck_assert(pe->event_register); /* D1.16.1 */
}
END_TEST

/* D1.11.4: from, SPSR.M<4:0>, HCR_EL2. */
static const struct {
    unsigned from, m;
    uint64_t hcr;
} illegal[] = {
    {1, 0x08, 0},
    {1, 0x09, 0}, /* to EL2 from EL1 */
    {1, 0x0c, 0},
    {2, 0x0d, 0}, /* to EL3, which is not there */
    {2, 0x01, 0},
    {1, 0x01, 0}, /* EL0 with SPSel */
    {2, 0x02, 0},
    {2, 0x07, 0}, /* M<1> = 1 */
    {2, 0x0a, 0},
    {2, 0x10, 0}, /* AArch32 User */
    {1, 0x10, 0},
    {2, 0x13, 0}, /* AArch32 Supervisor */
    {2, 0x04, HCR_TGE_BIT},
    {2, 0x05, HCR_TGE_BIT}, /* EL1 with TGE */
    {2, 0x05, HCR_TGE_BIT | HCR_E2H_BIT},
};

START_TEST(an_illegal_return_stays_and_sets_il)
{
    enum sysreg_id spsr = illegal[_i].from == 2 ? SR_SPSR_EL2 : SR_SPSR_EL1;
    enum sysreg_id elr = illegal[_i].from == 2 ? SR_ELR_EL2 : SR_ELR_EL1;
    pe->sr[SR_HCR_EL2] = illegal[_i].hcr;
    toy_pe_at(toy, illegal[_i].from, true, 0xf);
    pe->ps.uao = true;
    pe->sr[spsr] = 0x60400240 | illegal[_i].m; /* Z C, PAN, D F */
    pe->sr[elr] = 0x9000;
    ck_assert_uint_eq(exception_return(pe), illegal[_i].from);
    ck_assert(pe->ps.il && pe->ps.sp && pe->ps.el == illegal[_i].from);
    ck_assert(pe->ps.nzcv == 0x60000000 && pe->ps.daif == 9 && pe->ps.pan && pe->ps.uao);
    ck_assert_uint_eq(pe->pc, 0x9000);

    struct exception exc;
    ck_assert(exception_illegal_state(pe, &exc));
    ck_assert_uint_eq(exc.esr, 0x3a000000); /* EC 0x0E, IL */
    ck_assert_uint_eq(exc.target_el, illegal[_i].from);
    ck_assert_uint_eq(exc.return_address, 0x9000);
    exception_take(pe, &exc);
    ck_assert(!exception_illegal_state(pe, &exc));
    ck_assert_uint_eq(pe->sr[spsr] & 0x100000, 0x100000);
}
END_TEST

START_TEST(el0_with_tge_is_a_legal_return)
{
    pe->sr[SR_HCR_EL2] = HCR_TGE_BIT | HCR_E2H_BIT;
    pe->sr[SR_SPSR_EL2] = 0;
    ck_assert_uint_eq(exception_return(pe), 0);
    ck_assert(!pe->ps.il);
}
END_TEST

START_TEST(tge_takes_the_exceptions_of_el0_to_el2)
{
    toy_pe_at(toy, 0, false, 0);
    ck_assert_uint_eq(exception_target_el(pe), 1);
    pe->sr[SR_HCR_EL2] = HCR_TGE_BIT;
    ck_assert_uint_eq(exception_target_el(pe), 2);
    toy_pe_at(toy, 1, true, 0);
    ck_assert_uint_eq(exception_target_el(pe), 1);
    toy_pe_at(toy, 2, true, 0);
    ck_assert_uint_eq(exception_target_el(pe), 2);
    pe->model.has[FEAT_EL2] = false;
    toy_pe_at(toy, 0, false, 0);
    ck_assert_uint_eq(exception_target_el(pe), 1);
}
END_TEST

START_TEST(the_stack_pointer_follows_el_and_spsel)
{
    struct pstate ps = {.el = 0, .sp = true};
    ck_assert_int_eq(pe_sp_id(&ps), SR_SP_EL0);
    ps.el = 1;
    ck_assert_int_eq(pe_sp_id(&ps), SR_SP_EL1);
    ps.el = 2;
    ck_assert_int_eq(pe_sp_id(&ps), SR_SP_EL2);
    ps.sp = false;
    ck_assert_int_eq(pe_sp_id(&ps), SR_SP_EL0);
}
END_TEST

/* D13.2.46: bits by hand: VM 0, FMO 3, IMO 4, AMO 5, VI 7, DC 12, TWI 13, TVM 26. */
START_TEST(hcr_acts_with_what_tge_and_e2h_force)
{
    pe->sr[SR_HCR_EL2] = 1 | 1 << 7 | 1 << 13 | 1 << 26;
    ck_assert_uint_eq(pe_hcr_effective(pe), 0x04002081);
    pe->sr[SR_HCR_EL2] |= HCR_TGE_BIT;
    ck_assert_uint_eq(pe_hcr_effective(pe), HCR_TGE_BIT | 0x2039); /* xMO on, VI and TVM off */
    pe->sr[SR_HCR_EL2] |= HCR_E2H_BIT | 0x38;
    ck_assert_uint_eq(pe_hcr_effective(pe), HCR_TGE_BIT | HCR_E2H_BIT);
    pe->model.has[FEAT_VHE] = false;
    ck_assert_uint_eq(pe_hcr_effective(pe), HCR_TGE_BIT | 0x2039);
    pe->sr[SR_HCR_EL2] = 1 << 12; /* DC: VM behaves as 1 */
    ck_assert_uint_eq(pe_hcr_effective(pe), 0x1001);
    pe->model.has[FEAT_EL2] = false;
    ck_assert_uint_eq(pe_hcr_effective(pe), 0);
}
END_TEST

/* D13.2.37, every builder against a literal. */
START_TEST(syndromes_equal_literals_from_the_manual)
{
    ck_assert_uint_eq(syndrome_unknown(), 0x02000000);
    ck_assert_uint_eq(syndrome_wfx(false), 0x07e00000);
    ck_assert_uint_eq(syndrome_wfx(true), 0x07e00001);
    ck_assert_uint_eq(syndrome_fp_trap(), 0x1fe00000);
    ck_assert_uint_eq(syndrome_illegal_state(), 0x3a000000);
    ck_assert_uint_eq(syndrome_svc(0xffff), 0x5600ffff);
    ck_assert_uint_eq(syndrome_hvc(0x4a48), 0x5a004a48);
    ck_assert_uint_eq(syndrome_smc(1), 0x5e000001);
    /* MRS X5, SCTLR_EL1: op0 3, CRn 1; MSR ICC_SGI1R_EL1 (3,0,12,11,5), X3: as KVM prints it */
    ck_assert_uint_eq(syndrome_sysreg(0xc080, 5, true), 0x623004a1);
    ck_assert_uint_eq(syndrome_sysreg(0xc65d, 3, false), 0x623a3076);
    ck_assert_uint_eq(syndrome_eret(), 0x6a000000);
    ck_assert_uint_eq(syndrome_instruction_abort(true, 0x07), 0x82000007);
    ck_assert_uint_eq(syndrome_instruction_abort(false, 0x0f), 0x8600000f);
    ck_assert_uint_eq(syndrome_pc_alignment(), 0x8a000000);
    ck_assert_uint_eq(syndrome_data_abort(true, 0x01c38047), 0x93c38047);
    ck_assert_uint_eq(syndrome_data_abort(false, 0x45), 0x96000045);
    ck_assert_uint_eq(syndrome_sp_alignment(), 0x9a000000);
    ck_assert_uint_eq(syndrome_serror(0x11), 0xbe000011);
    ck_assert_uint_eq(syndrome_breakpoint(true), 0xc2000022);
    ck_assert_uint_eq(syndrome_breakpoint(false), 0xc6000022);
    ck_assert_uint_eq(syndrome_step(true, true, false), 0xcb000022);
    ck_assert_uint_eq(syndrome_step(false, true, true), 0xcf000062);
    ck_assert_uint_eq(syndrome_step(false, false, true), 0xce000022);
    ck_assert_uint_eq(syndrome_watchpoint(true, true, false), 0xd2000062);
    ck_assert_uint_eq(syndrome_watchpoint(false, false, true), 0xd6000122);
    ck_assert_uint_eq(syndrome_brk(0xf000), 0xf200f000);
    ck_assert_uint_eq(syndrome_ec(0x93c38047), 0x24);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("exception");
    TCase *tc = tcase_create("entry and return");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_loop_test(tc, entry_goes_to_the_vector_of_source_stack_and_type_and_is_charged, 0,
                        sizeof vectors / sizeof vectors[0]);
    tcase_add_test(tc, entry_saves_pstate_in_spsr_and_masks_all);
    tcase_add_test(tc, spsr_of_el0_is_el0t_whatever_spsel_was_left);
    tcase_add_test(tc, entry_sets_pan_where_span_is_0);
    tcase_add_test(tc, entry_keeps_pan_that_is_already_set);
    tcase_add_test(tc, entry_takes_ssbs_from_sctlr_dssbs);
    tcase_add_test(tc, far_and_hpfar_are_written_only_when_given);
    tcase_add_test(tc, an_interrupt_leaves_esr_alone);
    tcase_add_test(tc, nv_shows_el2_in_the_spsr_of_el1);
    tcase_add_loop_test(tc, return_restores_el_and_stack_and_is_charged, 0,
                        sizeof returns / sizeof returns[0]);
    tcase_add_test(tc, return_restores_every_field_of_pstate);
    tcase_add_test(tc, return_ignores_fields_of_features_that_are_absent);
    tcase_add_test(tc, return_sets_the_event_register);
    tcase_add_loop_test(tc, an_illegal_return_stays_and_sets_il, 0,
                        sizeof illegal / sizeof illegal[0]);
    tcase_add_test(tc, el0_with_tge_is_a_legal_return);
    tcase_add_test(tc, tge_takes_the_exceptions_of_el0_to_el2);
    tcase_add_test(tc, the_stack_pointer_follows_el_and_spsel);
    tcase_add_test(tc, hcr_acts_with_what_tge_and_e2h_force);
    tcase_add_test(tc, syndromes_equal_literals_from_the_manual);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}
