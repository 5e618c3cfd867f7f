/*
 * Who may do what: tables typed from the manual (Arm ARM D5.4, tables of data and instruction
 * access permissions for stage 1 of EL1&0, EL2&0, EL2, and for stage 2).
 */
#include "tests/unit/mmu/toy.h"
#include "tests/support/run_suite.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#define PAGE (TOY_RAM_BASE + 0x400000)
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

/* "rwx" with '-' for what faults, by asking for each on its own. */
static const char *rights(unsigned el)
{
    static char text[4];
    static const enum mmu_access_type types[3] = {MMU_READ, MMU_WRITE, MMU_FETCH};
    for (unsigned i = 0; i < 3; i++) {
        struct toy_result r = toy_probe(toy, el, types[i], AT);
        text[i] = r.ok ? "rwx"[i] : '-';
        if (!r.ok) {
            ck_assert_int_eq(r.fault.type, FAULT_PERMISSION);
            ck_assert_uint_eq(r.fault.level, 3);
        } else {
            /* The page says the same as the access itself. */
            ck_assert_uint_eq(r.page.prot >> i & 1, 1);
        }
    }
    return text;
}

/* AP[2:1], UXN, PXN, SCTLR_EL1.WXN -> EL0, EL1, EL1 with PSTATE.PAN. */
static const struct {
    unsigned ap, uxn, pxn, wxn;
    const char *el0, *el1, *pan;
} rows[] = {
    {0, 0, 0, 0, "--x", "rwx", "rwx"}, {0, 0, 1, 0, "--x", "rw-", "rw-"},
    {0, 1, 0, 0, "---", "rwx", "rwx"}, {0, 1, 1, 0, "---", "rw-", "rw-"},
    {1, 0, 0, 0, "rwx", "rw-", "---"}, {1, 0, 1, 0, "rwx", "rw-", "---"},
    {1, 1, 0, 0, "rw-", "rw-", "---"}, {1, 1, 1, 0, "rw-", "rw-", "---"},
    {2, 0, 0, 0, "--x", "r-x", "r-x"}, {2, 0, 1, 0, "--x", "r--", "r--"},
    {2, 1, 0, 0, "---", "r-x", "r-x"}, {2, 1, 1, 0, "---", "r--", "r--"},
    {3, 0, 0, 0, "r-x", "r-x", "--x"}, {3, 0, 1, 0, "r-x", "r--", "---"},
    {3, 1, 0, 0, "r--", "r-x", "--x"}, {3, 1, 1, 0, "r--", "r--", "---"},
    {0, 0, 0, 1, "--x", "rw-", "rw-"}, {0, 0, 1, 1, "--x", "rw-", "rw-"},
    {0, 1, 0, 1, "---", "rw-", "rw-"}, {0, 1, 1, 1, "---", "rw-", "rw-"},
    {1, 0, 0, 1, "rw-", "rw-", "---"}, {1, 0, 1, 1, "rw-", "rw-", "---"},
    {1, 1, 0, 1, "rw-", "rw-", "---"}, {1, 1, 1, 1, "rw-", "rw-", "---"},
    {2, 0, 0, 1, "--x", "r-x", "r-x"}, {2, 0, 1, 1, "--x", "r--", "r--"},
    {2, 1, 0, 1, "---", "r-x", "r-x"}, {2, 1, 1, 1, "---", "r--", "r--"},
    {3, 0, 0, 1, "r-x", "r-x", "--x"}, {3, 0, 1, 1, "r-x", "r--", "---"},
    {3, 1, 0, 1, "r--", "r-x", "--x"}, {3, 1, 1, 1, "r--", "r--", "---"},
};

static uint64_t leaf_of_row(int i)
{
    return PAGE | D_AF | D_AP(rows[i].ap) | (rows[i].uxn ? D_UXN : 0) | (rows[i].pxn ? D_PXN : 0);
}

START_TEST(el10_permissions_are_those_of_the_table)
{
    toy->pe.sr[SR_SCTLR_EL1] |= rows[_i].wxn ? BIT(19) : 0;
    toy_map(toy, &s1, AT, leaf_of_row(_i), 3);
    ck_assert_str_eq(rights(0), rows[_i].el0);
    ck_assert_str_eq(rights(1), rows[_i].el1);
    toy->pe.ps.pan = true;
    ck_assert_str_eq(rights(0), rows[_i].el0);
    ck_assert_str_eq(rights(1), rows[_i].pan);
}
END_TEST

START_TEST(el20_permissions_are_those_of_el10)
{
    s1 = toy_stage1_el2(toy);
    toy->pe.sr[SR_HCR_EL2] = BIT(34) | BIT(27);
    toy->pe.sr[SR_TCR_EL2] = toy->pe.sr[SR_TCR_EL1];
    toy->pe.sr[SR_SCTLR_EL2] |= rows[_i].wxn ? BIT(19) : 0;
    toy_map(toy, &s1, AT, leaf_of_row(_i), 3);
    ck_assert_str_eq(rights(0), rows[_i].el0);
    ck_assert_str_eq(rights(2), rows[_i].el1);
    toy->pe.ps.pan = true;
    ck_assert_str_eq(rights(2), rows[_i].pan);
}
END_TEST

/* The answer from the TLB is the answer of the walk, whoever filled it. */
START_TEST(held_entry_answers_for_every_el_and_pan_as_the_walk_does)
{
    toy->pe.sr[SR_SCTLR_EL1] |= rows[_i].wxn ? BIT(19) : 0;
    toy_map(toy, &s1, AT, leaf_of_row(_i), 3);
    ck_assert(toy_access(toy, 1, MMU_READ, AT).ok);
    for (unsigned type = MMU_READ; type <= MMU_FETCH; type++) {
        for (unsigned el = 0; el <= 1; el++) {
            for (unsigned pan = 0; pan <= 1; pan++) {
                toy->pe.ps.pan = pan;
                struct toy_result walked = toy_probe(toy, el, (enum mmu_access_type)type, AT);
                struct toy_result held = toy_access(toy, el, (enum mmu_access_type)type, AT);
                ck_assert_int_eq(held.ok, walked.ok);
                ck_assert_int_eq(held.fault.type, walked.fault.type);
                ck_assert_uint_eq(held.fault.level, walked.fault.level);
                ck_assert_uint_eq(held.page.prot, walked.page.prot);
            }
        }
    }
    ck_assert_uint_eq(mmu_stats(toy->mmu)->misses, 1);
}
END_TEST

/* EL2 without E2H: AP[2], XN, WXN. */
static const struct {
    unsigned ap, xn, wxn;
    const char *el2;
} el2_rows[] = {
    {0, 0, 0, "rwx"}, {0, 1, 0, "rw-"}, {2, 0, 0, "r-x"}, {2, 1, 0, "r--"}, {0, 0, 1, "rw-"},
    {0, 1, 1, "rw-"}, {2, 0, 1, "r-x"}, {2, 1, 1, "r--"}, {1, 0, 0, "rwx"}, {3, 0, 0, "r-x"},
};

START_TEST(el2_permissions_are_those_of_the_table)
{
    s1 = toy_stage1_el2(toy);
    toy->pe.ps.pan = true; /* says nothing here */
    toy->pe.sr[SR_SCTLR_EL2] |= el2_rows[_i].wxn ? BIT(19) : 0;
    toy_map(toy, &s1, AT, PAGE | D_AF | D_AP(el2_rows[_i].ap) | (el2_rows[_i].xn ? D_UXN : 0), 3);
    ck_assert_str_eq(rights(2), el2_rows[_i].el2);
}
END_TEST

/* S2AP[1:0], XN[1:0] -> EL0 and EL1 with FEAT_XNX, both without it. */
static const struct {
    unsigned s2ap, xn;
    const char *el0, *el1, *without_xnx;
} s2_rows[] = {
    {0, 0, "--x", "--x", "--x"}, {0, 1, "--x", "---", "--x"}, {0, 2, "---", "---", "---"},
    {0, 3, "---", "--x", "---"}, {1, 0, "r-x", "r-x", "r-x"}, {1, 1, "r-x", "r--", "r-x"},
    {1, 2, "r--", "r--", "r--"}, {1, 3, "r--", "r-x", "r--"}, {2, 0, "-wx", "-wx", "-wx"},
    {2, 1, "-wx", "-w-", "-wx"}, {2, 2, "-w-", "-w-", "-w-"}, {2, 3, "-w-", "-wx", "-w-"},
    {3, 0, "rwx", "rwx", "rwx"}, {3, 1, "rwx", "rw-", "rwx"}, {3, 2, "rw-", "rw-", "rw-"},
    {3, 3, "rw-", "rwx", "rw-"},
};

START_TEST(stage_2_permissions_are_those_of_the_table)
{
    struct toy_tables s2 = toy_stage2(toy);
    toy->pe.sr[SR_SCTLR_EL1] = 0;
    toy_map(toy, &s2, AT,
            PAGE | D_AF | D_MEM(15) | D_S2AP(s2_rows[_i].s2ap) | D_S2XN(s2_rows[_i].xn), 3);
    ck_assert_str_eq(rights(0), s2_rows[_i].el0);
    ck_assert_str_eq(rights(1), s2_rows[_i].el1);
    toy->pe.model.has[FEAT_XNX] = false;
    ck_assert_str_eq(rights(0), s2_rows[_i].without_xnx);
    ck_assert_str_eq(rights(1), s2_rows[_i].without_xnx);
}
END_TEST

START_TEST(page_grants_only_what_both_stages_grant)
{
    struct toy_tables s2 = toy_stage2(toy);
    toy_map(toy, &s1, AT, UINT64_C(0x80000000) | D_USER | D_UXN, 3);
    toy_map(toy, &s2, UINT64_C(0x80000000), PAGE | D_AF | D_MEM(15) | D_S2AP(1), 3);
    struct toy_result r = toy_access(toy, 0, MMU_READ, AT);
    ck_maps(r, PAGE);
    ck_assert_uint_eq(r.page.prot, PROT_R);
    r = toy_access(toy, 0, MMU_FETCH, AT);
    ck_fault(r, FAULT_PERMISSION, 3);
    ck_assert(!r.fault.stage2);
    r = toy_access(toy, 0, MMU_WRITE, AT);
    ck_fault(r, FAULT_PERMISSION, 3);
    ck_assert(r.fault.stage2);
    ck_assert_uint_eq(r.fault.ipa.v, 0x80000000);
    ck_assert_uint_eq(r.fault.target_el, 2);
}
END_TEST

/* D5.4.4: APTable, UXNTable, PXNTable of any level; a user read/write page, EL0 and EL1. */
static const struct {
    uint64_t table_bits;
    const char *el0, *el1, *el0_kernel_page, *el1_kernel_page;
} hierarchy[] = {
    {0, "rwx", "rw-", "--x", "rwx"},
    {T_AP(1), "--x", "rwx", "--x", "rwx"}, /* no access from EL0 */
    {T_AP(2), "r-x", "r-x", "--x", "r-x"}, /* read-only */
    {T_AP(3), "--x", "r-x", "--x", "r-x"},
    {T_UXN, "rw-", "rw-", "---", "rwx"},
    {T_PXN, "rwx", "rw-", "--x", "rw-"},
    {T_UXN | T_PXN | T_AP(3), "---", "r--", "---", "r--"},
    {BIT(63), "rwx", "rw-", "--x", "rwx"}, /* NSTable is ignored in Non-secure state */
};

START_TEST(table_attributes_restrict_what_is_below)
{
    toy_map_with(toy, &s1, AT, PAGE | D_USER, 3, hierarchy[_i].table_bits);
    ck_assert_str_eq(rights(0), hierarchy[_i].el0);
    ck_assert_str_eq(rights(1), hierarchy[_i].el1);
    toy_map(toy, &s1, AT, PAGE | D_AF, 3);
    ck_assert_str_eq(rights(0), hierarchy[_i].el0_kernel_page);
    ck_assert_str_eq(rights(1), hierarchy[_i].el1_kernel_page);
}
END_TEST

START_TEST(hpd_disables_table_attributes_of_its_half)
{
    toy_map_with(toy, &s1, AT, PAGE | D_USER, 3, T_UXN | T_PXN | T_AP(3));
    toy->pe.sr[SR_TCR_EL1] |= BIT(42); /* HPD1 */
    ck_assert_str_eq(rights(0), "---");
    toy->pe.sr[SR_TCR_EL1] |= BIT(41); /* HPD0 */
    ck_assert_str_eq(rights(0), "rwx");
    toy->pe.model.has[FEAT_HPDS] = false;
    ck_assert_str_eq(rights(0), "---");
}
END_TEST

START_TEST(el2_knows_only_aptable_1_and_xntable)
{
    s1 = toy_stage1_el2(toy);
    toy_map_with(toy, &s1, AT, PAGE | D_AF, 3, T_AP(1) | T_PXN);
    ck_assert_str_eq(rights(2), "rwx");
    s1 = toy_stage1_el2(toy);
    toy_map_with(toy, &s1, AT, PAGE | D_AF, 3, T_AP(2) | T_UXN);
    ck_assert_str_eq(rights(2), "r--");
    toy->pe.sr[SR_TCR_EL2] |= BIT(24); /* HPD */
    ck_assert_str_eq(rights(2), "rwx");
}
END_TEST

START_TEST(aptable_keeps_a_clean_page_read_only)
{
    toy->pe.sr[SR_TCR_EL1] |= BIT(39) | BIT(40);
    toy_map_with(toy, &s1, AT, PAGE | D_AF | D_AP(3) | D_DBM, 3, T_AP(2));
    ck_fault(toy_access(toy, 1, MMU_WRITE, AT), FAULT_PERMISSION, 3);
    ck_assert_uint_eq(toy->swaps, 0);
}
END_TEST

/* D5.4.9: PAN is about privileged loads and stores only. */
START_TEST(pan_does_not_apply_to_unprivileged_accesses_and_maintenance)
{
    toy_map(toy, &s1, AT, PAGE | D_USER, 3);
    toy->pe.ps.pan = true;
    struct mmu_access ldtr = {.va = va(AT), .type = MMU_READ, .el = 0, .unprivileged = true};
    struct mmu_access cvac = {.va = va(AT), .type = MMU_READ, .el = 1, .cache_maintenance = true};
    ck_fault(toy_access(toy, 1, MMU_READ, AT), FAULT_PERMISSION, 3);
    ck_assert(toy_access_full(toy, &ldtr).ok);
    ck_assert(toy_access_full(toy, &cvac).ok);
    toy->pe.model.has[FEAT_PAN] = false;
    ck_assert(toy_access(toy, 1, MMU_READ, AT).ok);
}
END_TEST

/* D5.4.11: at EL1 only DC IVAC needs a permission, and it is to write; at EL0 all need to read. */
START_TEST(maintenance_by_va_needs_the_permissions_of_d5_4_11)
{
    toy_map(toy, &s1, AT, PAGE | D_AF | D_AP(2), 3);
    struct mmu_access dc = {.va = va(AT), .type = MMU_READ, .el = 1, .cache_maintenance = true};
    ck_assert(toy_access_full(toy, &dc).ok);
    dc.type = MMU_WRITE;
    ck_fault(toy_access_full(toy, &dc), FAULT_PERMISSION, 3);
    dc = (struct mmu_access){.va = va(AT), .type = MMU_READ, .el = 0, .cache_maintenance = true};
    ck_fault(toy_access_full(toy, &dc), FAULT_PERMISSION, 3);
}
END_TEST

START_TEST(atomic_needs_read_and_write)
{
    struct toy_tables s2 = toy_stage2(toy);
    toy->pe.sr[SR_SCTLR_EL1] = 0;
    struct mmu_access atomic = {.va = va(AT), .type = MMU_WRITE, .el = 1, .atomic = true};
    for (unsigned s2ap = 0; s2ap < 4; s2ap++) {
        toy_map(toy, &s2, AT, PAGE | D_AF | D_MEM(15) | D_S2AP(s2ap), 3);
        toy_tlbi(toy, SR_TLBI_VMALLS12E1, 0);
        struct toy_result r = toy_access_full(toy, &atomic);
        ck_assert_int_eq(r.ok, s2ap == 3);
        if (!r.ok) {
            ck_assert_int_eq(r.fault.read_allowed, s2ap == 1);
        }
    }
}
END_TEST

#define COUNT(table) ((int)(sizeof(table) / sizeof((table)[0])))

int main(void)
{
    Suite *suite = suite_create("mmu permissions");
    TCase *tc = tcase_create("permissions");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_loop_test(tc, el10_permissions_are_those_of_the_table, 0, COUNT(rows));
    tcase_add_loop_test(tc, el20_permissions_are_those_of_el10, 0, COUNT(rows));
    tcase_add_loop_test(tc, held_entry_answers_for_every_el_and_pan_as_the_walk_does, 0,
                        COUNT(rows));
    tcase_add_loop_test(tc, el2_permissions_are_those_of_the_table, 0, COUNT(el2_rows));
    tcase_add_loop_test(tc, stage_2_permissions_are_those_of_the_table, 0, COUNT(s2_rows));
    tcase_add_test(tc, page_grants_only_what_both_stages_grant);
    tcase_add_loop_test(tc, table_attributes_restrict_what_is_below, 0, COUNT(hierarchy));
    tcase_add_test(tc, hpd_disables_table_attributes_of_its_half);
    tcase_add_test(tc, el2_knows_only_aptable_1_and_xntable);
    tcase_add_test(tc, aptable_keeps_a_clean_page_read_only);
    tcase_add_test(tc, pan_does_not_apply_to_unprivileged_accesses_and_maintenance);
    tcase_add_test(tc, maintenance_by_va_needs_the_permissions_of_d5_4_11);
    tcase_add_test(tc, atomic_needs_read_and_write);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}
