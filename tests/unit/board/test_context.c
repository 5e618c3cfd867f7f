/* Whose code runs: by VMID, or by ASID where guests run at EL0. */
#include <check.h>

#include "cpu-el/fields.h"
#include "sim/base/bits.h"
#include "sim/board/context.h"
#include "tests/support/run_suite.h"

#define TCR_A1 (UINT64_C(1) << 22)
#define TCR_AS (UINT64_C(1) << 36)

static const struct asid_range nobody = {0, 0}, guests = {64, 127};
static struct pe pe;

static void setup(void)
{
    pe = (struct pe){.ps.el = 0};
}

static void set_asid(enum sysreg_id ttbr, uint64_t asid)
{
    pe.sr[ttbr] = asid << 48 | 0x40000000;
}

START_TEST(without_stage_2_it_is_the_hosts)
{
    set_asid(SR_TTBR0_EL1, 64);
    pe.sr[SR_VTTBR_EL2] = UINT64_C(7) << 48;
    ck_assert_uint_eq(context_of(&pe, &nobody), 0);
}
END_TEST

START_TEST(behind_stage_2_it_is_the_vmids)
{
    pe.sr[SR_HCR_EL2] = HCR_VM;
    pe.sr[SR_VTTBR_EL2] = UINT64_C(7) << 48;
    ck_assert_uint_eq(context_of(&pe, &nobody), 8);
    pe.ps.el = 1;
    ck_assert_uint_eq(context_of(&pe, &nobody), 8);
    pe.ps.el = 2;
    ck_assert_uint_eq(context_of(&pe, &nobody), 0);
    pe.ps.el = 1;
    pe.sr[SR_VTTBR_EL2] = UINT64_C(0xffff) << 48; /* the last one shares */
    ck_assert_uint_eq(context_of(&pe, &nobody), 0xffff);
}
END_TEST

START_TEST(asid_of_a_guest_is_its_context_at_el0_only)
{
    set_asid(SR_TTBR0_EL1, 64);
    ck_assert_uint_eq(context_of(&pe, &guests), 65);
    set_asid(SR_TTBR0_EL1, 127);
    ck_assert_uint_eq(context_of(&pe, &guests), 128);
    pe.ps.el = 1;
    ck_assert_uint_eq(context_of(&pe, &guests), 0);
}
END_TEST

START_TEST(asids_outside_of_the_range_are_processes)
{
    set_asid(SR_TTBR0_EL1, 63);
    ck_assert_uint_eq(context_of(&pe, &guests), 0);
    set_asid(SR_TTBR0_EL1, 128);
    ck_assert_uint_eq(context_of(&pe, &guests), 0);
}
END_TEST

/* TCR_EL1.AS = 0: the upper eight bits do not count. TCR_EL1.A1: the ASID is TTBR1's. */
START_TEST(asid_is_what_tcr_says)
{
    set_asid(SR_TTBR0_EL1, 0x340);
    ck_assert_uint_eq(context_of(&pe, &guests), 0x41);
    pe.sr[SR_TCR_EL1] = TCR_AS;
    ck_assert_uint_eq(context_of(&pe, &guests), 0);
    set_asid(SR_TTBR1_EL1, 65);
    pe.sr[SR_TCR_EL1] = TCR_AS | TCR_A1;
    ck_assert_uint_eq(context_of(&pe, &guests), 66);
}
END_TEST

START_TEST(range_must_be_one_of_a_machine_without_el2)
{
    struct err e;
    ck_assert(asid_range_check(&nobody, 2, &e));
    ck_assert(asid_range_check(&guests, 1, &e));
    ck_assert(!asid_range_check(&guests, 2, &e));
    ck_assert(!asid_range_check(&(struct asid_range){0, 5}, 1, &e));
    ck_assert(!asid_range_check(&(struct asid_range){6, 5}, 1, &e));
    ck_assert(!asid_range_check(&(struct asid_range){1, 0xffff}, 1, &e));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("context");
    TCase *tc = tcase_create("context");
    tcase_add_checked_fixture(tc, setup, NULL);
    tcase_add_test(tc, without_stage_2_it_is_the_hosts);
    tcase_add_test(tc, behind_stage_2_it_is_the_vmids);
    tcase_add_test(tc, asid_of_a_guest_is_its_context_at_el0_only);
    tcase_add_test(tc, asids_outside_of_the_range_are_processes);
    tcase_add_test(tc, asid_is_what_tcr_says);
    tcase_add_test(tc, range_must_be_one_of_a_machine_without_el2);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}
