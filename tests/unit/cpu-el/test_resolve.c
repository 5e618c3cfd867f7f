/* Rules of resolve and access that the matrix does not show: order, models, values. */
#include <check.h>
#include <stdlib.h>

#include "cpu-el/core_sysreg.h"
#include "cpu-el/resolve.h"
#include "cpu-el/sysreg_table.h"
#include "tests/unit/cpu-el/toy_pe.h"
#include "tests/support/run_suite.h"

#define TDZ  (UINT64_C(1) << 28)
#define DZE  (UINT64_C(1) << 14)
#define TID2 (UINT64_C(1) << 17)
#define TVM  (UINT64_C(1) << 26)
#define TGE  (UINT64_C(1) << 27)
#define RW   (UINT64_C(1) << 31)
#define E2H  (UINT64_C(1) << 34)
#define NV   (UINT64_C(1) << 42)
#define NV2  (UINT64_C(1) << 45)

#define MRS 0
#define MSR 1

static struct toy_pe *toy;
static struct pe *pe;

static void setup(void)
{
    toy = toy_pe_create();
    pe = &toy->pe;
}

static void teardown(void)
{
    toy_pe_destroy(toy);
}

static struct outcome at(unsigned el, enum sysreg_id id, bool write)
{
    pe->ps.el = (uint8_t)el;
    return resolve_sysreg(pe, sysreg_enc(id), write);
}

START_TEST(undefined_comes_before_any_trap)
{
    pe->sr[SR_HCR_EL2] = TVM;
    ck_assert_int_eq(at(0, SR_SCTLR_EL1, MSR).kind, OUT_UNDEF);
    ck_assert_int_eq(at(1, SR_SCTLR_EL1, MSR).kind, OUT_TRAP);
    ck_assert_int_eq(at(1, SR_ID_AA64PFR0_EL1, MSR).kind, OUT_UNDEF);
}
END_TEST

/* DCZID_EL0.DZP and what decides whether DC ZVA traps are two pieces of the manual. */
START_TEST(dc_zva_is_prohibited_where_it_traps)
{
    static const uint64_t worlds[] = {RW, RW | TGE, RW | E2H, RW | E2H | TGE};
    unsigned prohibited = 0;
    for (unsigned i = 0; i < 4 * 8; i++) {
        pe->sr[SR_HCR_EL2] = worlds[i / 8] | (i & 1 ? TDZ : 0);
        pe->sr[SR_SCTLR_EL1] = i & 2 ? DZE : 0;
        pe->sr[SR_SCTLR_EL2] = i & 4 ? DZE : 0;
        for (unsigned el = 0; el <= 2; el++) {
            bool traps = at(el, SR_DC_ZVA, MSR).kind != OUT_ACCESS;
            ck_assert_msg(core_dc_zva_is_prohibited(pe, el) == traps, "EL%u, HCR_EL2 %#llx", el,
                          (unsigned long long)pe->sr[SR_HCR_EL2]);
            prohibited += traps;
        }
    }
    ck_assert_uint_ne(prohibited, 0);
}
END_TEST

START_TEST(el1_traps_before_el2_does)
{
    pe->sr[SR_HCR_EL2] = TID2; /* and SCTLR_EL1.UCT is 0 */
    struct outcome out = at(0, SR_CTR_EL0, MRS);
    ck_assert_int_eq(out.kind, OUT_TRAP);
    ck_assert_uint_eq(out.target_el, 1);
    ck_assert_str_eq(out.rule, "SCTLR_EL1.UCT");
    pe->sr[SR_SCTLR_EL1] = 1 << 15;
    out = at(0, SR_CTR_EL0, MRS);
    ck_assert_uint_eq(out.target_el, 2);
    ck_assert_str_eq(out.rule, "HCR_EL2.TID2");
    /* EC 0x18, IL, op0 3, op2 1, op1 3, CRn 0, CRm 0, read */
    ck_assert_uint_eq(out.esr, 0x6232c001);
}
END_TEST

START_TEST(tge_takes_el1_traps_of_el0_to_el2)
{
    pe->sr[SR_HCR_EL2] = TGE;
    ck_assert_uint_eq(at(0, SR_DAIF, MRS).target_el, 2);
    ck_assert_uint_eq(resolve_undef(pe).target_el, 2);
    ck_assert_uint_eq(resolve_insn(pe, INSN_SVC, 7).target_el, 2);
    ck_assert_uint_eq(resolve_insn(pe, INSN_SVC, 7).esr, 0x56000007);
    /* FP: class 0, nothing else (AArch64.AdvSIMDFPAccessTrap) */
    ck_assert_uint_eq(resolve_insn(pe, INSN_FP, 0).esr, 0x02000000);
}
END_TEST

START_TEST(a_v8_0_cpu_has_no_vhe_names)
{
    pe->model.has[FEAT_VHE] = false;
    pe->sr[SR_HCR_EL2] = E2H; /* cannot be: must not act */
    pe->ps.el = 2;
    ck_assert_int_eq(resolve_sysreg(pe, SYSREG_ENC(3, 5, 1, 0, 0), false).kind, OUT_UNDEF);
    ck_assert_int_eq(at(2, SR_TTBR1_EL2, MRS).kind, OUT_UNDEF);
    ck_assert_int_eq(at(2, SR_CNTHV_CTL_EL2, MSR).kind, OUT_UNDEF);
    ck_assert_uint_eq(at(2, SR_SCTLR_EL1, MSR).id, SR_SCTLR_EL1);
}
END_TEST

START_TEST(numbered_registers_end_where_the_model_says)
{
    pe->model.breakpoint_count = 6;
    pe->model.watchpoint_count = 4;
    pe->model.list_register_count = 4;
    pe->model.virtual_priority_bits = 5;
    pe->sr[SR_ICC_SRE_EL2] = 15;
    ck_assert_int_eq(at(2, SR_DBGBVR5_EL1, MSR).kind, OUT_ACCESS);
    ck_assert_int_eq(at(2, SR_DBGBVR6_EL1, MSR).kind, OUT_UNDEF);
    ck_assert_int_eq(at(2, SR_DBGWCR3_EL1, MSR).kind, OUT_ACCESS);
    ck_assert_int_eq(at(2, SR_DBGWCR4_EL1, MSR).kind, OUT_UNDEF);
    ck_assert_int_eq(at(2, SR_ICH_LR3_EL2, MRS).kind, OUT_ACCESS);
    ck_assert_int_eq(at(2, SR_ICH_LR4_EL2, MRS).kind, OUT_UNDEF);
    ck_assert_int_eq(at(2, SR_ICH_AP1R0_EL2, MRS).kind, OUT_ACCESS);
    ck_assert_int_eq(at(2, SR_ICH_AP1R1_EL2, MRS).kind, OUT_UNDEF);
}
END_TEST

START_TEST(without_el2_nothing_traps_to_it)
{
    pe->model.has[FEAT_EL2] = false;
    pe->sr[SR_CNTHCTL_EL2] = 0; /* would trap */
    ck_assert_int_eq(at(1, SR_CNTPCT_EL0, MRS).kind, OUT_ACCESS);
    ck_assert_int_eq(at(1, SR_CNTFRQ_EL0, MSR).kind, OUT_ACCESS);
    ck_assert_int_eq(at(1, SR_RVBAR_EL1, MRS).kind, OUT_ACCESS);
    ck_assert_uint_eq(at(1, SR_MIDR_EL1, MRS).id, SR_MIDR_EL1);
    ck_assert_int_eq(resolve_insn(pe, INSN_HVC, 0).kind, OUT_UNDEF);
    pe->model.has[FEAT_EL2] = true;
    ck_assert_int_eq(at(1, SR_CNTFRQ_EL0, MSR).kind, OUT_UNDEF);
    ck_assert_uint_eq(at(1, SR_MIDR_EL1, MRS).id, SR_VPIDR_EL2);
}
END_TEST

START_TEST(msr_immediate_is_found_whatever_its_operand)
{
    pe->ps.el = 1;
    for (unsigned crm = 0; crm < 16; crm++) {
        struct outcome out = resolve_sysreg(pe, SYSREG_ENC(0, 3, 4, crm, 6), true);
        ck_assert_int_eq(out.kind, OUT_ACCESS);
        ck_assert_uint_eq(out.id, SR_PSTATE_DAIFSET);
    }
}
END_TEST

START_TEST(the_reserved_id_space_reads_zero_and_traps_with_tid3)
{
    pe->ps.el = 1;
    struct outcome out = resolve_sysreg(pe, SYSREG_ENC(3, 0, 0, 4, 7), false);
    ck_assert_int_eq(out.kind, OUT_ACCESS);
    ck_assert_uint_eq(sysreg_read(pe, out.id), 0);
    pe->sr[SR_HCR_EL2] = 1 << 18;
    ck_assert_int_eq(resolve_sysreg(pe, SYSREG_ENC(3, 0, 0, 4, 7), false).kind, OUT_TRAP);
    ck_assert_int_eq(resolve_sysreg(pe, SYSREG_ENC(3, 0, 0, 4, 7), true).kind, OUT_UNDEF);
}
END_TEST

START_TEST(id_registers_at_el0_trap_only_with_idst)
{
    struct outcome out = at(0, SR_ID_AA64MMFR0_EL1, MRS);
    ck_assert_int_eq(out.kind, OUT_TRAP);
    ck_assert_uint_eq(out.target_el, 1);
    ck_assert_uint_eq(out.esr >> 26, 0x18);
    pe->model.has[FEAT_IDST] = false;
    ck_assert_int_eq(at(0, SR_ID_AA64MMFR0_EL1, MRS).kind, OUT_UNDEF);
}
END_TEST

START_TEST(disr_is_the_virtual_one_for_el1_with_amo)
{
    ck_assert_uint_eq(at(1, SR_DISR_EL1, MRS).id, SR_DISR_EL1);
    pe->sr[SR_HCR_EL2] = 1 << 5;
    ck_assert_uint_eq(at(1, SR_DISR_EL1, MRS).id, SR_VDISR_EL2);
    ck_assert_uint_eq(at(2, SR_DISR_EL1, MRS).id, SR_DISR_EL1);
}
END_TEST

START_TEST(waiting_instructions_with_work_pending_do_nothing)
{
    pe->ps.el = 1;
    pe->sr[SR_HCR_EL2] = 3u << 13; /* TWI, TWE */
    ck_assert_int_eq(resolve_insn(pe, INSN_WFI, 0).kind, OUT_TRAP);
    ck_assert_uint_eq(resolve_insn(pe, INSN_WFE, 0).esr, 0x07e00001);
    pe->inputs[PE_IRQ] = true;
    pe->event_register = true;
    ck_assert_int_eq(resolve_insn(pe, INSN_WFI, 0).kind, OUT_NOP);
    ck_assert_int_eq(resolve_insn(pe, INSN_WFE, 0).kind, OUT_NOP);
}
END_TEST

START_TEST(nv2_turns_el2_registers_into_memory)
{
    pe->sr[SR_HCR_EL2] = NV | NV2;
    struct outcome out = at(1, SR_VTTBR_EL2, MSR);
    ck_assert_int_eq(out.kind, OUT_MEMORY);
    ck_assert_uint_eq(out.offset, 0x20);
    ck_assert_uint_eq(at(1, SR_ELR_EL2, MRS).id, SR_ELR_EL1);
    pe->model.has[FEAT_NV2] = false;
    ck_assert_int_eq(at(1, SR_VTTBR_EL2, MSR).kind, OUT_TRAP);
    pe->model.has[FEAT_NV] = false;
    ck_assert_int_eq(at(1, SR_VTTBR_EL2, MSR).kind, OUT_UNDEF);
}
END_TEST

START_TEST(a_write_keeps_only_what_the_model_has)
{
    pe_reset(pe, 2); /* which works out what a write can change */
    ck_assert_uint_eq(sysreg_write(pe, SR_HCR_EL2, ~UINT64_C(0)) & EFF_REGIME, EFF_REGIME);
    ck_assert_uint_eq(pe->sr[SR_HCR_EL2] & E2H, E2H);
    pe->model.has[FEAT_VHE] = false;
    pe_reset(pe, 2);
    sysreg_write(pe, SR_HCR_EL2, E2H);
    ck_assert_uint_eq(pe->sr[SR_HCR_EL2], RW); /* RAO/WI without AArch32 */
    sysreg_write(pe, SR_CSSELR_EL1, ~UINT64_C(0));
    ck_assert_uint_eq(sysreg_read(pe, SR_CSSELR_EL1), 15);
    sysreg_write(pe, SR_VBAR_EL1, ~UINT64_C(0));
    ck_assert_uint_eq(sysreg_read(pe, SR_VBAR_EL1), ~UINT64_C(0x7ff));
    sysreg_write(pe, SR_AFSR0_EL1, 5);
    ck_assert_uint_eq(sysreg_read(pe, SR_AFSR0_EL1), 0);
    sysreg_write(pe, SR_ICC_SRE_EL2, 0);
    ck_assert_uint_eq(sysreg_read(pe, SR_ICC_SRE_EL2), 7);
    pe->model.has[FEAT_PAN] = false;
    pe_reset(pe, 2);
    sysreg_write(pe, SR_SCTLR_EL1, 0); /* SPAN is RES1 without PAN */
    ck_assert_uint_eq(pe->sr[SR_SCTLR_EL1], 0x30c00980);
}
END_TEST

static uint64_t owner_read(void *ctx, enum sysreg_id id)
{
    (void)ctx;
    return id == SR_CNTVCT_EL0 ? 1234 : 0;
}

static unsigned owner_write(void *ctx, enum sysreg_id id, uint64_t value)
{
    *(uint64_t *)ctx = value + id;
    return EFF_DEBUG;
}

START_TEST(an_owner_answers_for_its_registers)
{
    uint64_t seen = 0;
    pe_reset(pe, 2);
    pe->owners[OWNER_TIMER] = (struct sysreg_ops){&seen, owner_read, owner_write};
    ck_assert_uint_eq(sysreg_read(pe, SR_CNTVCT_EL0), 1234);
    unsigned effect = sysreg_write(pe, SR_CNTV_CTL_EL0, 0xff);
    ck_assert_uint_eq(effect, EFF_IRQ | EFF_DEBUG);
    ck_assert_uint_eq(seen, 7 + SR_CNTV_CTL_EL0); /* masked before it is asked */
    sysreg_write(pe, SR_CNTKCTL_EL1, 3);
    ck_assert_uint_eq(pe->sr[SR_CNTKCTL_EL1], 3); /* where the trap rules look */
}
END_TEST

START_TEST(sp_el0_is_undefined_while_it_is_the_stack_pointer)
{
    pe->ps.sp = false;
    ck_assert_int_eq(at(1, SR_SP_EL0, MRS).kind, OUT_UNDEF);
    ck_assert_int_eq(at(2, SR_SP_EL0, MSR).kind, OUT_UNDEF);
    pe->ps.sp = true;
    ck_assert_int_eq(at(1, SR_SP_EL0, MRS).kind, OUT_ACCESS);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("resolve");
    TCase *tcase = tcase_create("rules");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, undefined_comes_before_any_trap);
    tcase_add_test(tcase, el1_traps_before_el2_does);
    tcase_add_test(tcase, tge_takes_el1_traps_of_el0_to_el2);
    tcase_add_test(tcase, a_v8_0_cpu_has_no_vhe_names);
    tcase_add_test(tcase, numbered_registers_end_where_the_model_says);
    tcase_add_test(tcase, without_el2_nothing_traps_to_it);
    tcase_add_test(tcase, msr_immediate_is_found_whatever_its_operand);
    tcase_add_test(tcase, the_reserved_id_space_reads_zero_and_traps_with_tid3);
    tcase_add_test(tcase, id_registers_at_el0_trap_only_with_idst);
    tcase_add_test(tcase, disr_is_the_virtual_one_for_el1_with_amo);
    tcase_add_test(tcase, dc_zva_is_prohibited_where_it_traps);
    tcase_add_test(tcase, waiting_instructions_with_work_pending_do_nothing);
    tcase_add_test(tcase, nv2_turns_el2_registers_into_memory);
    tcase_add_test(tcase, sp_el0_is_undefined_while_it_is_the_stack_pointer);
    tcase_add_test(tcase, a_write_keeps_only_what_the_model_has);
    tcase_add_test(tcase, an_owner_answers_for_its_registers);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
