/* Registers of a fault as literals of the manual: ESR (ISS encodings), HPFAR_EL2, PAR_EL1; and AT
 * (D5.2.11, C5.4). */
#include "tests/unit/mmu/toy.h"
#include "tests/support/run_suite.h"

#include <check.h>
#include <stdlib.h>

#define PAGE (TOY_RAM_BASE + 0x400000)
#define IPA  UINT64_C(0x80000000)
#define AT   UINT64_C(0x5000)

static struct toy *toy;
static struct toy_tables s1;

static void setup(void)
{
    toy = toy_create();
    s1 = toy_stage1_el1(toy);
}

static void teardown(void)
{
    toy_destroy(toy);
}

/* -- ESR -- */

#define RD                                                                                         \
    {                                                                                              \
        .type = MMU_READ                                                                           \
    }
#define WR                                                                                         \
    {                                                                                              \
        .type = MMU_WRITE                                                                          \
    }
#define IF                                                                                         \
    {                                                                                              \
        .type = MMU_FETCH                                                                          \
    }
#define AM                                                                                         \
    {                                                                                              \
        .type = MMU_WRITE, .atomic = true                                                          \
    }
#define CM                                                                                         \
    {                                                                                              \
        .type = MMU_READ, .cache_maintenance = true                                                \
    }

static const struct {
    struct mmu_fault fault;
    struct mmu_access access;
    bool lower;
    uint32_t isv, esr;
} esrs[] = {
    {{.type = FAULT_TRANSLATION, .level = 3}, WR, true, 0, 0x92000047},
    {{.type = FAULT_TRANSLATION, .level = 0}, RD, false, 0, 0x96000004},
    {{.type = FAULT_TRANSLATION, .level = 1}, RD, false, 0, 0x96000005},
    {{.type = FAULT_TRANSLATION, .level = 2}, WR, false, 0, 0x96000046},
    {{.type = FAULT_TRANSLATION, .level = 3}, IF, true, 0, 0x82000007},
    {{.type = FAULT_TRANSLATION, .level = 0}, IF, false, 0, 0x86000004},
    {{.type = FAULT_ACCESS_FLAG, .level = 1}, RD, true, 0, 0x92000009},
    {{.type = FAULT_ACCESS_FLAG, .level = 3}, WR, true, 0, 0x9200004b},
    {{.type = FAULT_PERMISSION, .level = 3}, WR, true, 0, 0x9200004f},
    {{.type = FAULT_PERMISSION, .level = 2}, IF, true, 0, 0x8200000e},
    {{.type = FAULT_ADDRESS_SIZE, .level = 0}, RD, true, 0, 0x92000000},
    {{.type = FAULT_ADDRESS_SIZE, .level = 3}, RD, true, 0, 0x92000003},
    {{.type = FAULT_ALIGNMENT}, RD, true, 0, 0x92000021},
    {{.type = FAULT_ALIGNMENT}, WR, false, 0, 0x96000061},
    {{.type = FAULT_EXTERNAL}, RD, false, 0, 0x96000010},
    {{.type = FAULT_EXTERNAL, .level = 3}, WR, false, 0, 0x96000050},
    {{.type = FAULT_EXTERNAL}, IF, false, 0, 0x86000010},
    {{.type = FAULT_EXTERNAL_WALK, .level = 2}, RD, true, 0, 0x92000016},
    {{.type = FAULT_TLB_CONFLICT}, RD, true, 0, 0x92000030},
    {{.type = FAULT_UNSUPPORTED_ATOMIC}, WR, true, 0, 0x92000075},
    /* Atomics: WnR is 0 if a read would have faulted as well. */
    {{.type = FAULT_TRANSLATION, .level = 3}, AM, true, 0, 0x92000007},
    {{.type = FAULT_PERMISSION, .level = 3, .read_allowed = true}, AM, true, 0, 0x9200004f},
    {{.type = FAULT_PERMISSION, .level = 3}, AM, true, 0, 0x9200000f},
    /* Maintenance: CM and WnR. */
    {{.type = FAULT_TRANSLATION, .level = 3}, CM, true, 0, 0x92000147},
    /* Stage 2: a word load of x3 with syndrome; on a table: S1PTW, no syndrome. */
    {{.type = FAULT_TRANSLATION, .level = 1, .stage2 = true}, RD, true, 0x01830000, 0x93830005},
    {{.type = FAULT_TRANSLATION, .level = 1, .stage2 = true, .s1ptw = true},
     RD,
     true,
     0x01830000,
     0x92000085},
    {{.type = FAULT_PERMISSION, .level = 2, .stage2 = true, .s1ptw = true},
     WR,
     true,
     0,
     0x920000ce},
    {{.type = FAULT_TRANSLATION, .level = 2, .stage2 = true, .s1ptw = true},
     IF,
     true,
     0,
     0x82000086},
    {{.type = FAULT_TRANSLATION, .level = 3}, RD, true, 0x01830000, 0x92000007},
};

START_TEST(esr_is_the_literal_of_the_manual)
{
    ck_assert_uint_eq(
        mmu_fault_esr(&esrs[_i].fault, &esrs[_i].access, esrs[_i].lower, esrs[_i].isv),
        esrs[_i].esr);
}
END_TEST

/* -- HPFAR_EL2 -- */

START_TEST(hpfar_holds_ipa_47_12_in_bits_39_4)
{
    struct mmu_fault fault = {
        .type = FAULT_TRANSLATION, .stage2 = true, .ipa = ipa(UINT64_C(0xabcdef012345))};
    ck_assert_uint_eq(mmu_fault_hpfar(&fault), UINT64_C(0xabcdef0120));
}
END_TEST

static const struct {
    struct mmu_fault fault;
    bool valid;
} hpfars[] = {
    {{.type = FAULT_TRANSLATION, .stage2 = true}, true},
    {{.type = FAULT_ACCESS_FLAG, .stage2 = true}, true},
    {{.type = FAULT_ADDRESS_SIZE, .stage2 = true}, true},
    {{.type = FAULT_PERMISSION, .stage2 = true}, false},
    {{.type = FAULT_PERMISSION, .stage2 = true, .s1ptw = true}, true},
    {{.type = FAULT_TRANSLATION, .stage2 = true, .s1ptw = true}, true},
    {{.type = FAULT_EXTERNAL_WALK, .stage2 = true, .s1ptw = true}, false},
    {{.type = FAULT_TRANSLATION}, false},
    {{.type = FAULT_ALIGNMENT}, false},
};

/* AArch64.IPAValid */
START_TEST(hpfar_is_written_by_the_faults_that_the_manual_names)
{
    ck_assert_int_eq(mmu_fault_hpfar_valid(&hpfars[_i].fault), hpfars[_i].valid);
}
END_TEST

/* -- AT -- */

static uint64_t at(enum sysreg_id op, uint64_t address)
{
    struct mmu_fault fault;
    toy->pe.sr[SR_PAR_EL1] = 0;
    ck_assert(mmu_at(toy->mmu, op, address, &fault));
    return toy->pe.sr[SR_PAR_EL1];
}

START_TEST(at_puts_address_and_attributes_into_par)
{
    toy_map(toy, &s1, AT, PAGE | D_USER | D_SH(3), 3);
    ck_assert_uint_eq(at(SR_AT_S1E1R, AT + 0x123), UINT64_C(0xff00000040400b80));
    toy_map(toy, &s1, AT, PAGE | D_USER | D_ATTR(1), 3);
    ck_assert_uint_eq(at(SR_AT_S1E1R, AT), UINT64_C(0x0400000040400b00));
    toy_map(toy, &s1, AT, PAGE | D_USER | D_ATTR(2), 3);
    ck_assert_uint_eq(at(SR_AT_S1E1R, AT), UINT64_C(0x4400000040400b00));
}
END_TEST

START_TEST(at_with_stage_1_off_reports_the_flat_mapping)
{
    toy->pe.sr[SR_SCTLR_EL1] = 0;
    ck_assert_uint_eq(at(SR_AT_S1E1R, UINT64_C(0x12345678)), UINT64_C(0x0000000012345b00));
}
END_TEST

START_TEST(at_puts_the_fault_into_par)
{
    toy_map(toy, &s1, AT, PAGE | D_AF | D_AP(2), 3);
    ck_assert_uint_eq(at(SR_AT_S1E1R, 0x6000), 0x80f);            /* translation, 3 */
    ck_assert_uint_eq(at(SR_AT_S1E1R, UINT64_C(1) << 40), 0x809); /* translation, 0 */
    ck_assert_uint_eq(at(SR_AT_S1E1R, UINT64_C(0xab00000000005000)), 0x809);
    ck_assert_uint_eq(at(SR_AT_S1E1W, AT), 0x81f); /* permission, 3 */
    ck_assert_uint_eq(at(SR_AT_S1E0R, AT), 0x81f);
    ck_assert_uint_eq(at(SR_AT_S1E1R, AT) & 1, 0);
    toy_map(toy, &s1, AT, PAGE | D_AF | D_AP(3), 3);
    ck_assert_uint_eq(at(SR_AT_S1E0R, AT) & 1, 0);
    ck_assert_uint_eq(at(SR_AT_S1E0W, AT), 0x81f);
    toy_map(toy, &s1, AT, PAGE | D_AP(1), 3);
    ck_assert_uint_eq(at(SR_AT_S1E1R, AT), 0x817); /* access flag, 3 */
}
END_TEST

START_TEST(at_s1_stops_at_the_ipa_and_s12_does_not)
{
    struct toy_tables s2 = toy_stage2(toy);
    toy->pe.ps.el = 2;
    toy_map(toy, &s1, AT, IPA | D_USER | D_SH(3), 3);
    ck_assert_uint_eq(at(SR_AT_S1E1R, AT), UINT64_C(0xff00000080000b80));
    ck_assert_uint_eq(at(SR_AT_S12E1R, AT), 0xa0b); /* S, translation, level 1 */
    toy_map(toy, &s2, IPA, PAGE | D_AF | D_S2AP(1) | D_MEM(15), 3);
    ck_assert_uint_eq(at(SR_AT_S12E1R, AT), UINT64_C(0xff00000040400b80));
    ck_assert_uint_eq(at(SR_AT_S12E1W, AT), 0xa1f); /* S, permission, level 3 */
    ck_assert_uint_eq(at(SR_AT_S12E0R, AT) & 1, 0);
    ck_assert_uint_eq(at(SR_AT_S12E0W, AT), 0xa1f);
    toy_map(toy, &s1, AT, IPA | D_AF | D_SH(3), 3);
    ck_assert_uint_eq(at(SR_AT_S12E1R, AT) & 1, 0);
    ck_assert_uint_eq(at(SR_AT_S12E0R, AT), 0x81f);
    ck_assert_uint_eq(at(SR_AT_S12E0W, AT), 0x81f);
}
END_TEST

/* D5.2.11: a stage-2 fault on a table goes to PAR from EL2, and is an abort from EL1. */
START_TEST(stage_2_fault_on_a_table_aborts_at_from_el1_only)
{
    toy_stage2(toy);
    toy->pe.sr[SR_TTBR0_EL1] = IPA;
    toy->pe.ps.el = 2;
    ck_assert_uint_eq(at(SR_AT_S1E1R, AT), 0xb0b); /* S, PTW, translation, level 1 */
    toy->pe.ps.el = 1;
    toy->pe.sr[SR_PAR_EL1] = 0x1234;
    struct mmu_fault fault;
    ck_assert(!mmu_at(toy->mmu, SR_AT_S1E1R, AT, &fault));
    ck_assert_uint_eq(toy->pe.sr[SR_PAR_EL1], 0x1234);
    ck_assert(fault.stage2 && fault.s1ptw);
    ck_assert_uint_eq(fault.target_el, 2);
    ck_assert_uint_eq(fault.ipa.v, IPA);
    struct mmu_access access = {.type = MMU_READ, .cache_maintenance = true};
    ck_assert_uint_eq(mmu_fault_esr(&fault, &access, true, 0), 0x920001c5);
}
END_TEST

START_TEST(external_abort_on_a_descriptor_aborts_at)
{
    toy->abort_at = toy_map(toy, &s1, AT, PAGE | D_USER, 3);
    toy->pe.ps.el = 2;
    struct mmu_fault fault;
    ck_assert(!mmu_at(toy->mmu, SR_AT_S1E1R, AT, &fault));
    ck_fault(((struct toy_result){.fault = fault}), FAULT_EXTERNAL_WALK, 3);
    ck_assert_uint_eq(fault.target_el, 2);
    toy->pe.ps.el = 1;
    ck_assert(!mmu_at(toy->mmu, SR_AT_S1E1R, AT, &fault));
    ck_assert_uint_eq(fault.target_el, 1);
}
END_TEST

START_TEST(at_heeds_pan_in_its_p_forms_only)
{
    toy_map(toy, &s1, AT, PAGE | D_USER, 3);
    toy->pe.ps.pan = true;
    ck_assert_uint_eq(at(SR_AT_S1E1R, AT) & 1, 0);
    ck_assert_uint_eq(at(SR_AT_S1E1W, AT) & 1, 0);
    ck_assert_uint_eq(at(SR_AT_S1E1RP, AT), 0x81f);
    ck_assert_uint_eq(at(SR_AT_S1E1WP, AT), 0x81f);
    toy->pe.ps.pan = false;
    ck_assert_uint_eq(at(SR_AT_S1E1RP, AT) & 1, 0);
}
END_TEST

START_TEST(at_uses_the_regime_of_its_name_and_of_e2h_tge)
{
    struct toy_tables el2 = toy_stage1_el2(toy);
    toy->pe.ps.el = 2;
    toy_map(toy, &s1, AT, PAGE | D_USER, 3);
    toy_map(toy, &el2, AT, (PAGE + 0x1000) | D_USER, 3);
    ck_assert_uint_eq(bits(at(SR_AT_S1E1R, AT), 47, 12) << 12, PAGE);
    ck_assert_uint_eq(bits(at(SR_AT_S1E2R, AT), 47, 12) << 12, PAGE + 0x1000);
    toy->pe.sr[SR_TCR_EL2] = toy->pe.sr[SR_TCR_EL1];
    toy->pe.sr[SR_HCR_EL2] = BIT(34);
    ck_assert_uint_eq(bits(at(SR_AT_S1E1R, AT), 47, 12) << 12, PAGE);
    ck_assert_uint_eq(bits(at(SR_AT_S1E2W, AT), 47, 12) << 12, PAGE + 0x1000);
    toy->pe.sr[SR_HCR_EL2] = BIT(34) | BIT(27);
    ck_assert_uint_eq(bits(at(SR_AT_S1E1R, AT), 47, 12) << 12, PAGE + 0x1000);
    ck_assert_uint_eq(bits(at(SR_AT_S1E0W, AT), 47, 12) << 12, PAGE + 0x1000);
    ck_assert_uint_eq(bits(at(SR_AT_S12E1R, AT), 47, 12) << 12, PAGE + 0x1000);
}
END_TEST

START_TEST(at_charges_its_walk_and_leaves_the_tlb_alone)
{
    toy_map(toy, &s1, AT, PAGE | D_USER, 3);
    at(SR_AT_S1E1R, AT);
    ck_assert_uint_eq(toy->row.cells[COST_WALK_S1].count, 4);
    ck_assert_uint_eq(toy->row.cells[COST_TLB_MISS].count, 0);
    ck_assert(!toy_holds(toy, 1, AT));
}
END_TEST

START_TEST(at_sets_the_access_flag_but_marks_nothing_dirty)
{
    toy->pe.sr[SR_TCR_EL1] |= BIT(39) | BIT(40);
    uint64_t desc = toy_map(toy, &s1, AT, PAGE | D_AP(3) | D_DBM, 3);
    ck_assert_uint_eq(at(SR_AT_S1E1W, AT) & 1, 0);
    ck_assert_uint_eq(toy_read(toy, desc), PAGE | D_AF | D_AP(3) | D_DBM | 3);
}
END_TEST

#define COUNT(table) ((int)(sizeof(table) / sizeof((table)[0])))

int main(void)
{
    Suite *suite = suite_create("mmu faults and AT");
    TCase *tc = tcase_create("faults");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_loop_test(tc, esr_is_the_literal_of_the_manual, 0, COUNT(esrs));
    tcase_add_test(tc, hpfar_holds_ipa_47_12_in_bits_39_4);
    tcase_add_loop_test(tc, hpfar_is_written_by_the_faults_that_the_manual_names, 0, COUNT(hpfars));
    tcase_add_test(tc, at_puts_address_and_attributes_into_par);
    tcase_add_test(tc, at_with_stage_1_off_reports_the_flat_mapping);
    tcase_add_test(tc, at_puts_the_fault_into_par);
    tcase_add_test(tc, at_s1_stops_at_the_ipa_and_s12_does_not);
    tcase_add_test(tc, stage_2_fault_on_a_table_aborts_at_from_el1_only);
    tcase_add_test(tc, external_abort_on_a_descriptor_aborts_at);
    tcase_add_test(tc, at_heeds_pan_in_its_p_forms_only);
    tcase_add_test(tc, at_uses_the_regime_of_its_name_and_of_e2h_tge);
    tcase_add_test(tc, at_charges_its_walk_and_leaves_the_tlb_alone);
    tcase_add_test(tc, at_sets_the_access_flag_but_marks_nothing_dirty);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}
