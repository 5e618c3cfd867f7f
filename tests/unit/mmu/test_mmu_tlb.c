/* The TLB as a finite, deterministic thing: tags, capacity, FIFO, walk caches, staleness (D5.9,
 * D5.10). */
#include "tests/unit/mmu/toy.h"
#include "tests/support/run_suite.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#define PAGE  (TOY_RAM_BASE + 0x400000)
#define OTHER (TOY_RAM_BASE + 0x401000)
#define AT    UINT64_C(0x5000)

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

static void resize(unsigned entries, unsigned ways, unsigned walk_cache)
{
    toy_destroy(toy);
    toy = toy_create_sized(entries, ways, walk_cache);
    s1 = toy_stage1_el1(toy);
}

static void set_asid(uint64_t asid)
{
    toy->pe.sr[SR_TTBR0_EL1] = bits_set(toy->pe.sr[SR_TTBR0_EL1], 63, 48, asid);
}

static uint64_t misses(void)
{
    return mmu_stats(toy->mmu)->misses;
}

static void map_pages(unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        toy_map(toy, &s1, UINT64_C(0x100000) + i * 4096, (PAGE + i % 256 * 4096) | D_USER | D_NG,
                3);
    }
}

static bool touch(unsigned page)
{
    uint64_t before = misses();
    ck_assert(toy_access(toy, 1, MMU_READ, UINT64_C(0x100000) + page * 4096).ok);
    return misses() == before;
}

static bool held(unsigned page)
{
    return toy_holds(toy, 1, UINT64_C(0x100000) + page * 4096);
}

START_TEST(hit_charges_nothing_and_reads_nothing)
{
    toy_map(toy, &s1, AT, PAGE | D_USER, 3);
    toy_access(toy, 1, MMU_READ, AT);
    cycles_t now = toy->clock.now;
    unsigned reads = toy->reads;
    for (unsigned i = 0; i < 10; i++) {
        ck_maps(toy_access(toy, 1, MMU_READ, AT + i), PAGE + i);
    }
    ck_assert_uint_eq(toy->clock.now, now);
    ck_assert_uint_eq(toy->reads, reads);
}
END_TEST

START_TEST(fully_associative_tlb_holds_exactly_its_entries)
{
    resize(8, 0, 0);
    map_pages(9);
    for (unsigned i = 0; i < 8; i++) {
        touch(i);
    }
    for (unsigned i = 0; i < 8; i++) {
        ck_assert(held(i));
    }
    ck_assert_uint_eq(mmu_stats(toy->mmu)->evictions, 0);
    touch(8);
    ck_assert(!held(0));
    ck_assert_uint_eq(mmu_stats(toy->mmu)->evictions, 1);
    ck_assert_uint_eq(toy->drop_count, 1);
    ck_assert_uint_eq(toy->drops[0].at, 0x100000);
    ck_assert_uint_eq(toy->drops[0].size_bytes, 4096);
    ck_assert_int_eq(toy->drops[0].regime, REGIME_EL10);
}
END_TEST

START_TEST(replacement_is_by_age_and_not_by_use)
{
    resize(4, 0, 0);
    map_pages(6);
    for (unsigned i = 0; i < 4; i++) {
        touch(i);
    }
    touch(0); /* a hit makes it no younger */
    touch(4);
    ck_assert(!held(0) && held(1));
    touch(5);
    ck_assert(!held(1) && held(2));
}
END_TEST

START_TEST(set_associative_tlb_replaces_within_the_set)
{
    resize(16, 2, 0); /* 8 sets: pages 0, 8, 16 share one */
    map_pages(24);
    touch(0);
    touch(8);
    touch(1);
    ck_assert(held(0) && held(8));
    touch(16);
    ck_assert(!held(0) && held(8) && held(16) && held(1));
}
END_TEST

START_TEST(invalidated_place_is_used_before_any_eviction)
{
    resize(4, 0, 0);
    map_pages(6);
    for (unsigned i = 0; i < 4; i++) {
        touch(i);
    }
    toy_tlbi(toy, SR_TLBI_VAAE1, 0x102000 >> 12);
    touch(4);
    ck_assert(held(0) && held(1) && held(3) && held(4));
    ck_assert_uint_eq(mmu_stats(toy->mmu)->evictions, 0);
    touch(5);
    ck_assert(!held(0));
}
END_TEST

START_TEST(odd_geometries_are_rounded_down_to_whole_sets)
{
    resize(7, 2, 0); /* 3 sets of 2 */
    map_pages(12);
    for (unsigned i = 0; i < 12; i++) {
        touch(i);
    }
    unsigned count = 0;
    for (unsigned i = 0; i < 12; i++) {
        count += held(i);
    }
    ck_assert_uint_eq(count, 6);
    resize(0, 0, 0);
    map_pages(2);
    touch(0);
    touch(1);
    ck_assert(!held(0) && held(1));
}
END_TEST

START_TEST(stale_entry_stays_until_a_tlbi)
{
    uint64_t at = toy_map(toy, &s1, AT, PAGE | D_USER, 3);
    ck_maps(toy_access(toy, 1, MMU_READ, AT), PAGE);
    toy_write(toy, at, OTHER | D_USER | 3);
    ck_maps(toy_access(toy, 1, MMU_READ, AT), PAGE);
    ck_maps(toy_probe(toy, 1, MMU_READ, AT), OTHER);
    toy_write(toy, at, 0);
    ck_maps(toy_access(toy, 1, MMU_READ, AT), PAGE);
    toy_tlbi(toy, SR_TLBI_VAE1, AT >> 12);
    ck_fault(toy_access(toy, 1, MMU_READ, AT), FAULT_TRANSLATION, 3);
}
END_TEST

START_TEST(faults_are_not_remembered)
{
    uint64_t at = toy_map(toy, &s1, AT, 0, 3);
    toy_write(toy, at, 0);
    ck_fault(toy_access(toy, 1, MMU_READ, AT), FAULT_TRANSLATION, 3);
    toy_write(toy, at, PAGE | D_AF | D_AP(2) | 3);
    ck_fault(toy_access(toy, 1, MMU_WRITE, AT), FAULT_PERMISSION, 3);
    ck_assert(!toy_holds(toy, 1, AT));
    toy_write(toy, at, PAGE | D_USER | 3);
    ck_assert(toy_access(toy, 1, MMU_WRITE, AT).ok);
}
END_TEST

/* The tables have changed without TLBI: what the TLB holds counts, until it holds it no more. */
START_TEST(peek_goes_by_the_tlb_first_and_charges_nothing)
{
    struct mmu_access access = {.va = va(AT), .type = MMU_READ, .el = 1};
    struct mmu_page page;
    struct mmu_fault fault;
    uint64_t at = toy_map(toy, &s1, AT, PAGE | D_USER, 3);
    cycles_t before = toy->clock.now;
    ck_assert(mmu_peek(toy->mmu, &access, &page, &fault));
    ck_assert(!toy_holds(toy, 1, AT));
    ck_assert_uint_eq(toy->clock.now, before);
    ck_assert(toy_access(toy, 1, MMU_READ, AT).ok);
    before = toy->clock.now;
    toy_write(toy, at, 0);
    ck_assert(mmu_peek(toy->mmu, &access, &page, &fault));
    ck_assert_uint_eq(page.pa.v, PAGE);
    toy_tlbi(toy, SR_TLBI_VMALLE1, 0);
    ck_assert(!mmu_peek(toy->mmu, &access, &page, &fault));
    ck_assert_int_eq(fault.type, FAULT_TRANSLATION);
    ck_assert_uint_eq(toy->clock.now, before);
}
END_TEST

START_TEST(held_read_only_page_faults_without_a_walk)
{
    uint64_t at = toy_map(toy, &s1, AT, PAGE | D_AF | D_AP(2), 3);
    ck_assert(toy_access(toy, 1, MMU_READ, AT).ok);
    unsigned reads = toy->reads;
    toy_write(toy, at, PAGE | D_USER | 3);
    ck_fault(toy_access(toy, 1, MMU_WRITE, AT), FAULT_PERMISSION, 3);
    ck_assert_uint_eq(toy->reads, reads);
}
END_TEST

START_TEST(non_global_entry_answers_for_its_asid_only)
{
    uint64_t at = toy_map(toy, &s1, AT, PAGE | D_USER | D_NG, 3);
    set_asid(1);
    ck_maps(toy_access(toy, 1, MMU_READ, AT), PAGE);
    toy_write(toy, at, OTHER | D_USER | D_NG | 3);
    set_asid(2);
    ck_maps(toy_access(toy, 1, MMU_READ, AT), OTHER);
    set_asid(1);
    ck_maps(toy_access(toy, 1, MMU_READ, AT), PAGE);
    ck_assert_uint_eq(misses(), 2);
}
END_TEST

START_TEST(global_entry_answers_for_every_asid)
{
    toy_map(toy, &s1, AT, PAGE | D_USER, 3);
    set_asid(1);
    toy_access(toy, 1, MMU_READ, AT);
    set_asid(2);
    toy_access(toy, 1, MMU_READ, AT);
    ck_assert_uint_eq(misses(), 1);
}
END_TEST

START_TEST(asid_has_8_bits_unless_as_is_set)
{
    toy_map(toy, &s1, AT, PAGE | D_USER | D_NG, 3);
    set_asid(0x101);
    toy_access(toy, 1, MMU_READ, AT);
    set_asid(0x201);
    ck_assert(!toy_holds(toy, 1, AT));
    toy->pe.sr[SR_TCR_EL1] &= ~BIT(36);
    toy_access(toy, 1, MMU_READ, AT);
    set_asid(0x301);
    ck_assert(toy_holds(toy, 1, AT));
}
END_TEST

START_TEST(a_hit_is_what_the_tlb_holds_and_permits)
{
    toy_map(toy, &s1, AT, PAGE | D_AF | D_AP(3), 3); /* read only, EL0 too */
    ck_assert(!toy_hits(toy, 1, MMU_READ, AT));
    toy_access(toy, 1, MMU_READ, AT);
    ck_assert(toy_hits(toy, 1, MMU_READ, AT));
    ck_assert(toy_hits(toy, 0, MMU_READ, AT));
    ck_assert(toy_holds(toy, 1, AT));
    ck_assert(!toy_hits(toy, 1, MMU_WRITE, AT));
    toy->pe.sr[SR_SCTLR_EL1] &= ~BIT(0); /* no stage of translation, no TLB */
    ck_assert(!toy_hits(toy, 1, MMU_READ, AT));
}
END_TEST

START_TEST(a1_takes_the_asid_from_ttbr1)
{
    toy_map(toy, &s1, AT, PAGE | D_USER | D_NG, 3);
    toy->pe.sr[SR_TCR_EL1] |= BIT(22);
    toy_access(toy, 1, MMU_READ, AT);
    set_asid(7);
    ck_assert(toy_holds(toy, 1, AT));
    toy->pe.sr[SR_TTBR1_EL1] = UINT64_C(7) << 48;
    ck_assert(!toy_holds(toy, 1, AT));
}
END_TEST

START_TEST(vmid_tags_entries_with_8_or_16_bits)
{
    toy_stage2(toy);
    toy_map(toy, &s1, AT, PAGE | D_USER, 3);
    uint64_t vttbr = toy->pe.sr[SR_VTTBR_EL2];
    toy->pe.sr[SR_VTTBR_EL2] = vttbr | UINT64_C(0x101) << 48;
    toy_access(toy, 1, MMU_READ, AT);
    toy->pe.sr[SR_VTTBR_EL2] = vttbr | UINT64_C(0x201) << 48;
    ck_assert(!toy_holds(toy, 1, AT));
    toy->pe.sr[SR_VTCR_EL2] &= ~BIT(19); /* VS */
    toy_access(toy, 1, MMU_READ, AT);
    toy->pe.sr[SR_VTTBR_EL2] = vttbr | UINT64_C(0x301) << 48;
    ck_assert(toy_holds(toy, 1, AT));
    toy->pe.sr[SR_VTCR_EL2] |= BIT(19);
    toy->pe.model.has[FEAT_VMID16] = false;
    ck_assert(toy_holds(toy, 1, AT));
}
END_TEST

START_TEST(regimes_do_not_share_entries)
{
    struct toy_tables el2 = toy_stage1_el2(toy);
    toy_map(toy, &s1, AT, PAGE | D_USER, 3);
    toy_map(toy, &el2, AT, OTHER | D_AF, 3);
    ck_maps(toy_access(toy, 1, MMU_READ, AT), PAGE);
    ck_maps(toy_access(toy, 2, MMU_READ, AT), OTHER);
    ck_maps(toy_access(toy, 1, MMU_READ, AT), PAGE);
    toy->pe.sr[SR_HCR_EL2] = BIT(34); /* EL2&0 holds nothing yet */
    ck_assert(!toy_holds(toy, 2, AT));
}
END_TEST

START_TEST(entries_of_a_disabled_stage_1_do_not_answer_once_it_is_on)
{
    toy_stage2(toy);
    uint64_t sctlr = toy->pe.sr[SR_SCTLR_EL1];
    toy_map(toy, &s1, PAGE, OTHER | D_USER, 3);
    toy->pe.sr[SR_SCTLR_EL1] = 0;
    ck_maps(toy_access(toy, 1, MMU_READ, PAGE), PAGE);
    toy->pe.sr[SR_SCTLR_EL1] = sctlr;
    ck_maps(toy_access(toy, 1, MMU_READ, PAGE), OTHER);
}
END_TEST

START_TEST(entries_with_and_without_stage_2_are_apart)
{
    toy_map(toy, &s1, AT, PAGE | D_USER, 3);
    ck_maps(toy_access(toy, 1, MMU_READ, AT), PAGE);
    struct toy_tables s2 = toy_stage2(toy);
    toy_map(toy, &s2, PAGE, (TOY_RAM_BASE + 0x600000) | D_S2_ALL, 2);
    ck_maps(toy_access(toy, 1, MMU_READ, AT), TOY_RAM_BASE + 0x600000);
}
END_TEST

START_TEST(reset_empties_everything)
{
    resize(16, 0, 4);
    toy_map(toy, &s1, AT, PAGE | D_USER, 3);
    toy_access(toy, 1, MMU_READ, AT);
    mmu_reset(toy->mmu);
    ck_assert(!toy_holds(toy, 1, AT));
    ck_assert_uint_eq(toy->drop_count, 1);
    ck_assert_uint_eq(toy->drops[0].size_bytes, 0);
    toy_access(toy, 1, MMU_READ, AT);
    ck_assert_uint_eq(mmu_stats(toy->mmu)->walk_steps_s1, 8);
}
END_TEST

START_TEST(walk_cache_saves_all_but_the_last_level)
{
    resize(16, 0, 2);
    map_pages(3);
    touch(0);
    ck_assert_uint_eq(mmu_stats(toy->mmu)->walk_steps_s1, 4);
    touch(1);
    ck_assert_uint_eq(mmu_stats(toy->mmu)->walk_steps_s1, 5);
    set_asid(9); /* tables are remembered per ASID */
    touch(2);
    ck_assert_uint_eq(mmu_stats(toy->mmu)->walk_steps_s1, 9);
}
END_TEST

START_TEST(walk_cache_holds_its_entries_first_in_first_out)
{
    resize(64, 0, 2);
    for (uint64_t i = 0; i < 3; i++) {
        toy_map(toy, &s1, i << 21, PAGE | D_USER, 3);
        toy_map(toy, &s1, i << 21 | 0x1000, PAGE | D_USER, 3);
        toy_access(toy, 1, MMU_READ, i << 21);
    }
    uint64_t steps = mmu_stats(toy->mmu)->walk_steps_s1;
    toy_access(toy, 1, MMU_READ, UINT64_C(1) << 21 | 0x1000);
    ck_assert_uint_eq(mmu_stats(toy->mmu)->walk_steps_s1, steps + 1);
    toy_access(toy, 1, MMU_READ, 0x1000);
    ck_assert_uint_eq(mmu_stats(toy->mmu)->walk_steps_s1, steps + 5);
}
END_TEST

START_TEST(walk_cache_serves_walks_that_start_at_level_2)
{
    resize(16, 0, 2);
    s1 = (struct toy_tables){toy_table(toy, 4096), 12, 2, 30, 0};
    toy->pe.sr[SR_TTBR0_EL1] = s1.start;
    toy->pe.sr[SR_TCR_EL1] = bits_set(toy->pe.sr[SR_TCR_EL1], 5, 0, 34);
    map_pages(2);
    touch(0);
    ck_assert_uint_eq(mmu_stats(toy->mmu)->walk_steps_s1, 2);
    touch(1);
    ck_assert_uint_eq(mmu_stats(toy->mmu)->walk_steps_s1, 3);
}
END_TEST

START_TEST(walk_cache_keeps_table_attributes)
{
    resize(16, 0, 2);
    toy_map_with(toy, &s1, AT, PAGE | D_USER, 3, T_AP(2));
    toy_map(toy, &s1, AT + 0x1000, PAGE | D_USER, 3);
    ck_assert(toy_access(toy, 1, MMU_READ, AT).ok);
    ck_fault(toy_access(toy, 1, MMU_WRITE, AT + 0x1000), FAULT_PERMISSION, 3);
}
END_TEST

START_TEST(stage_2_of_tables_is_remembered_by_ipa)
{
    resize(16, 0, 2);
    toy_stage2(toy);
    map_pages(2);
    touch(0);
    /* All tables lie in one 2 MiB block: two reads find it, two find the page. */
    ck_assert_uint_eq(mmu_stats(toy->mmu)->walk_steps_s2, 4);
    touch(1);
    ck_assert_uint_eq(mmu_stats(toy->mmu)->walk_steps_s2, 6);
    ck_assert_uint_eq(mmu_stats(toy->mmu)->walk_steps_s1, 5);
}
END_TEST

START_TEST(probe_leaves_no_trace)
{
    resize(16, 0, 2);
    map_pages(1);
    ck_assert(toy_probe(toy, 1, MMU_READ, 0x100000).ok);
    ck_assert_uint_eq(toy->clock.now, 0);
    ck_assert(!held(0));
    touch(0);
    ck_assert_uint_eq(mmu_stats(toy->mmu)->walk_steps_s1, 4);
}
END_TEST

/* A little generator of its own: the same in every run. */
static uint32_t next_random(uint32_t *state)
{
    *state = *state * 1664525 + 1013904223;
    return *state >> 8;
}

/*
 * The same accesses; `echoes` repeats each of the last few that are still held, in an order of its
 * own, as the engine does whenever it likes.
 */
static struct mmu_stats run_accesses(bool echoes, cycles_t *now, unsigned *drops)
{
    uint32_t state = 1, other = 99;
    resize(32, 4, 4);
    toy_stage2(toy);
    map_pages(200);
    for (unsigned i = 0; i < 8000; i++) {
        uint32_t r = next_random(&state);
        set_asid(r & 3);
        touch(next_random(&state) % 200);
        if (r % 64 == 0) {
            toy_tlbi(toy, SR_TLBI_VAE1, 0x100 + next_random(&state) % 200);
        }
        if (r % 1024 == 1) {
            toy_tlbi(toy, SR_TLBI_ASIDE1, UINT64_C(1) << 48);
        }
        for (unsigned k = 0; echoes && k < next_random(&other) % 8; k++) {
            unsigned page = next_random(&other) % 200;
            if (held(page)) {
                ck_assert(touch(page));
            }
        }
    }
    *now = toy->clock.now;
    *drops = toy->drop_count;
    return *mmu_stats(toy->mmu);
}

START_TEST(repeated_questions_about_held_pages_change_nothing)
{
    cycles_t now[2];
    unsigned drops[2];
    struct mmu_stats plain = run_accesses(false, &now[0], &drops[0]);
    struct mmu_stats echoed = run_accesses(true, &now[1], &drops[1]);
    ck_assert_mem_eq(&plain, &echoed, sizeof plain);
    ck_assert_uint_eq(now[0], now[1]);
    ck_assert_uint_eq(drops[0], drops[1]);
    ck_assert_uint_gt(plain.evictions, 1000);
    ck_assert_uint_gt(plain.invalidations, 20);
}
END_TEST

/* What the engine may keep is what was answered and not dropped since: it is always held. */
START_TEST(everything_not_dropped_is_still_held)
{
    bool answered[200] = {false};
    uint32_t state = 7;
    resize(32, 4, 4);
    map_pages(200);
    for (unsigned i = 0; i < 1000; i++) {
        unsigned page = next_random(&state) % 200;
        toy->drop_count = 0;
        touch(page);
        if (next_random(&state) % 32 == 0) {
            toy_tlbi(toy, SR_TLBI_VAAE1, 0x100 + next_random(&state) % 200);
        }
        answered[page] = true;
        for (unsigned d = 0; d < toy->drop_count; d++) {
            answered[(toy->drops[d].at - 0x100000) >> 12] = false;
        }
        for (unsigned p = 0; p < 200; p++) {
            ck_assert_int_eq(answered[p], held(p));
        }
    }
}
END_TEST

static void add_entries(TCase *tc)
{
    tcase_add_test(tc, hit_charges_nothing_and_reads_nothing);
    tcase_add_test(tc, fully_associative_tlb_holds_exactly_its_entries);
    tcase_add_test(tc, replacement_is_by_age_and_not_by_use);
    tcase_add_test(tc, set_associative_tlb_replaces_within_the_set);
    tcase_add_test(tc, invalidated_place_is_used_before_any_eviction);
    tcase_add_test(tc, odd_geometries_are_rounded_down_to_whole_sets);
    tcase_add_test(tc, stale_entry_stays_until_a_tlbi);
    tcase_add_test(tc, faults_are_not_remembered);
    tcase_add_test(tc, peek_goes_by_the_tlb_first_and_charges_nothing);
    tcase_add_test(tc, held_read_only_page_faults_without_a_walk);
    tcase_add_test(tc, non_global_entry_answers_for_its_asid_only);
    tcase_add_test(tc, global_entry_answers_for_every_asid);
    tcase_add_test(tc, asid_has_8_bits_unless_as_is_set);
    tcase_add_test(tc, a_hit_is_what_the_tlb_holds_and_permits);
    tcase_add_test(tc, a1_takes_the_asid_from_ttbr1);
    tcase_add_test(tc, vmid_tags_entries_with_8_or_16_bits);
    tcase_add_test(tc, regimes_do_not_share_entries);
    tcase_add_test(tc, entries_of_a_disabled_stage_1_do_not_answer_once_it_is_on);
    tcase_add_test(tc, entries_with_and_without_stage_2_are_apart);
    tcase_add_test(tc, reset_empties_everything);
    tcase_add_test(tc, walk_cache_saves_all_but_the_last_level);
    tcase_add_test(tc, walk_cache_holds_its_entries_first_in_first_out);
    tcase_add_test(tc, walk_cache_serves_walks_that_start_at_level_2);
    tcase_add_test(tc, walk_cache_keeps_table_attributes);
    tcase_add_test(tc, stage_2_of_tables_is_remembered_by_ipa);
    tcase_add_test(tc, probe_leaves_no_trace);
    tcase_add_test(tc, repeated_questions_about_held_pages_change_nothing);
    tcase_add_test(tc, everything_not_dropped_is_still_held);
}

int main(void)
{
    Suite *suite = suite_create("mmu tlb");
    TCase *tc = tcase_create("tlb");
    tcase_add_checked_fixture(tc, setup, teardown);
    add_entries(tc);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}
