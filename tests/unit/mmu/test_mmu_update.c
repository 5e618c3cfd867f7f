/* Hardware update of stage-1 descriptors: the access flag and dirty state (Arm ARM D5.4.7, D5.4.8).
 */
#include "tests/unit/mmu/toy.h"
#include "tests/support/run_suite.h"

#include <check.h>
#include <stdlib.h>

#define PAGE (TOY_RAM_BASE + 0x400000)

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

#define TCR_HA BIT(39)
#define TCR_HD BIT(40)

START_TEST(hardware_sets_the_access_flag_with_ha)
{
    toy->pe.sr[SR_TCR_EL1] |= TCR_HA;
    uint64_t at = toy_map(toy, &s1, 0x5000, PAGE | D_AP(1), 3);
    ck_assert(toy_probe(toy, 1, MMU_READ, 0x5000).ok);
    ck_assert_uint_eq(toy_read(toy, at), PAGE | D_AP(1) | 3);
    ck_assert(toy_access(toy, 1, MMU_READ, 0x5000).ok);
    ck_assert_uint_eq(toy_read(toy, at), PAGE | D_AP(1) | D_AF | 3);
    ck_assert_uint_eq(toy->swaps, 1);
}
END_TEST

START_TEST(el2_has_ha_and_hd_in_bits_of_its_own)
{
    struct toy_tables el2 = toy_stage1_el2(toy);
    uint64_t at = toy_map(toy, &el2, 0x5000, PAGE | D_AP(2) | D_DBM, 3);
    ck_fault(toy_access(toy, 2, MMU_READ, 0x5000), FAULT_ACCESS_FLAG, 3);
    toy->pe.sr[SR_TCR_EL2] |= BIT(21);
    ck_assert(toy_access(toy, 2, MMU_READ, 0x5000).ok);
    ck_fault(toy_access(toy, 2, MMU_WRITE, 0x5000), FAULT_PERMISSION, 3);
    toy_tlbi(toy, SR_TLBI_ALLE2, 0);
    toy->pe.sr[SR_TCR_EL2] |= BIT(22);
    ck_assert(toy_access(toy, 2, MMU_WRITE, 0x5000).ok);
    ck_assert_uint_eq(toy_read(toy, at), PAGE | D_AF | D_AP(0) | D_DBM | 3);
}
END_TEST

START_TEST(ha_needs_the_feature)
{
    toy->pe.sr[SR_TCR_EL1] |= TCR_HA;
    toy->pe.model.has[FEAT_HAF] = false;
    toy_map(toy, &s1, 0x5000, PAGE | D_AP(1), 3);
    ck_fault(toy_access(toy, 1, MMU_READ, 0x5000), FAULT_ACCESS_FLAG, 3);
}
END_TEST

START_TEST(permission_fault_leaves_the_access_flag_clear)
{
    toy->pe.sr[SR_TCR_EL1] |= TCR_HA;
    uint64_t at = toy_map(toy, &s1, 0x5000, PAGE | D_AP(2), 3);
    ck_fault(toy_access(toy, 1, MMU_WRITE, 0x5000), FAULT_PERMISSION, 3);
    ck_assert_uint_eq(toy_read(toy, at), PAGE | D_AP(2) | 3);
}
END_TEST

/* D5.4.8: DBM = 1, AP[2] = 1 is writable-clean. */
START_TEST(first_write_to_a_clean_page_marks_it_dirty)
{
    toy->pe.sr[SR_TCR_EL1] |= TCR_HA | TCR_HD;
    uint64_t at = toy_map(toy, &s1, 0x5000, PAGE | D_AF | D_AP(3) | D_DBM, 3);
    struct toy_result r = toy_access(toy, 1, MMU_READ, 0x5000);
    ck_assert_uint_eq(r.page.prot & PROT_W, 0);
    ck_assert_uint_eq(toy->swaps, 0);
    ck_assert(toy_probe(toy, 1, MMU_WRITE, 0x5000).ok);
    ck_assert_uint_eq(toy->swaps, 0);
    r = toy_access(toy, 1, MMU_WRITE, 0x5000);
    ck_maps(r, PAGE);
    ck_assert_uint_eq(r.page.prot & PROT_W, PROT_W);
    ck_assert_uint_eq(toy_read(toy, at), PAGE | D_AF | D_AP(1) | D_DBM | 3);
    ck_assert_uint_eq(mmu_stats(toy->mmu)->misses, 2);
    ck_assert(toy_access(toy, 1, MMU_WRITE, 0x5000).ok);
    ck_assert_uint_eq(mmu_stats(toy->mmu)->misses, 2);
}
END_TEST

START_TEST(dbm_without_hd_or_ha_leaves_the_page_read_only)
{
    uint64_t tcr[] = {0, TCR_HA, TCR_HD};
    toy->pe.sr[SR_TCR_EL1] |= tcr[_i];
    toy_map(toy, &s1, 0x5000, PAGE | D_AF | D_AP(3) | D_DBM, 3);
    ck_fault(toy_access(toy, 1, MMU_WRITE, 0x5000), FAULT_PERMISSION, 3);
    ck_assert_uint_eq(toy->swaps, 0);
}
END_TEST

START_TEST(cache_maintenance_does_not_mark_pages_dirty)
{
    toy->pe.sr[SR_TCR_EL1] |= TCR_HA | TCR_HD;
    toy_map(toy, &s1, 0x5000, PAGE | D_AF | D_AP(3) | D_DBM, 3);
    struct mmu_access ivac = {
        .va = va(0x5000), .type = MMU_WRITE, .el = 1, .cache_maintenance = true};
    for (unsigned i = 0; i < 2; i++) {
        struct toy_result r = toy_access_full(toy, &ivac);
        ck_maps(r, PAGE);
        ck_assert_uint_eq(r.page.prot & PROT_W, 0);
    }
    ck_assert_uint_eq(toy->swaps, 0);
    ck_assert_uint_eq(mmu_stats(toy->mmu)->misses, 1);
}
END_TEST

START_TEST(descriptor_that_changes_under_the_update_is_walked_again)
{
    toy->pe.sr[SR_TCR_EL1] |= TCR_HA;
    toy_map(toy, &s1, 0x5000, PAGE | D_AP(1), 3);
    toy->swaps_to_lose = 1;
    ck_assert(toy_access(toy, 1, MMU_READ, 0x5000).ok);
    ck_assert_uint_eq(toy->row.cells[COST_WALK_S1].count, 8);
    ck_assert_uint_eq(toy->row.cells[COST_TLB_MISS].count, 1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("mmu hardware updates");
    TCase *tc = tcase_create("updates");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, hardware_sets_the_access_flag_with_ha);
    tcase_add_test(tc, el2_has_ha_and_hd_in_bits_of_its_own);
    tcase_add_test(tc, ha_needs_the_feature);
    tcase_add_test(tc, permission_fault_leaves_the_access_flag_clear);
    tcase_add_test(tc, first_write_to_a_clean_page_marks_it_dirty);
    tcase_add_loop_test(tc, dbm_without_hd_or_ha_leaves_the_page_read_only, 0, 3);
    tcase_add_test(tc, cache_maintenance_does_not_mark_pages_dirty);
    tcase_add_test(tc, descriptor_that_changes_under_the_update_is_walked_again);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}
