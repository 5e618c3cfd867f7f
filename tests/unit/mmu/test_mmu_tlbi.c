/* What each TLBI drops and what it keeps (Arm ARM D5.10, C5.5, D8.14). */
#include "tests/unit/mmu/toy.h"
#include "tests/support/run_suite.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#define PAGE (TOY_RAM_BASE + 0x400000)
#define NEAR UINT64_C(0x5000)
#define FAR  UINT64_C(0x40205000)

#define HCR_E2H_BIT BIT(34)
#define HCR_TGE_BIT BIT(27)

static struct toy *toy;
static struct toy_tables s1, el2, s2;

static void setup(void)
{
    toy = toy_create();
    s1 = toy_stage1_el1(toy);
    s2 = toy_stage2(toy);
    el2 = toy_stage1_el2(toy);
}

static void teardown(void)
{
    toy_destroy(toy);
}

static void set_vmid(uint64_t vmid)
{
    toy->pe.sr[SR_VTTBR_EL2] = bits_set(toy->pe.sr[SR_VTTBR_EL2], 63, 48, vmid);
}

static void set_hcr(uint64_t e2h_tge)
{
    toy->pe.sr[SR_HCR_EL2] = BIT(0) | e2h_tge;
}

/* The kinds of entry, in the order of the strings below. */
static const struct kind {
    const char *name;
    unsigned el;
    uint64_t hcr;
    uint64_t asid, vmid;
    bool global;
} kinds[] = {
    {"EL1&0 global, VMID 1", 1, 0, 1, 1, true},
    {"EL1&0 ASID 1, VMID 1", 1, 0, 1, 1, false},
    {"EL1&0 ASID 2, VMID 1", 1, 0, 2, 1, false},
    {"EL1&0 ASID 1, VMID 2", 1, 0, 1, 2, false},
    {"EL2", 2, 0, 0, 1, true},
    {"EL2&0 global", 2, HCR_E2H_BIT | HCR_TGE_BIT, 1, 1, true},
    {"EL2&0 ASID 1", 2, HCR_E2H_BIT | HCR_TGE_BIT, 1, 1, false},
    {"EL2&0 ASID 2", 2, HCR_E2H_BIT | HCR_TGE_BIT, 2, 1, false},
};
#define KINDS (sizeof kinds / sizeof kinds[0])

/* Makes the PE's state such that entries of this kind answer. */
static void enter(const struct kind *k)
{
    set_hcr(k->hcr);
    set_vmid(k->vmid);
    toy->pe.sr[SR_TTBR0_EL1] = s1.start | k->asid << 48;
    toy->pe.sr[SR_TTBR0_EL2] = el2.start | (k->hcr ? k->asid << 48 : 0);
    toy->pe.sr[SR_TCR_EL2] = k->hcr ? toy->pe.sr[SR_TCR_EL1] : (UINT64_C(16) | UINT64_C(5) << 16);
}

static void fill(const struct kind *k)
{
    enter(k);
    uint64_t leaf = PAGE | D_USER | (k->global ? 0 : D_NG);
    const struct toy_tables *tables = k->el == 1 ? &s1 : &el2;
    toy_map(toy, tables, NEAR, leaf, 3);
    toy_map(toy, tables, FAR, leaf, 3);
    ck_assert(toy_access(toy, k->el, MMU_READ, NEAR).ok);
    ck_assert(toy_access(toy, k->el, MMU_READ, FAR).ok);
}

#define NVHE 0
#define HOST (HCR_E2H_BIT | HCR_TGE_BIT)
#define E2H  HCR_E2H_BIT

/* Value: of NEAR, for ASID 1. x: dropped. */
#define FORMS(op, hcr, near, far)                                                                  \
    {"TLBI " #op, SR_TLBI_##op, hcr, near, far},                                                   \
        {"TLBI " #op "IS", SR_TLBI_##op##IS, hcr, near, far},                                      \
    {                                                                                              \
        "TLBI " #op "OS", SR_TLBI_##op##OS, hcr, near, far                                         \
    }

static const struct {
    const char *name;
    enum sysreg_id op;
    uint64_t hcr; /* of the issuer */
    const char *near, *far;
} scopes[] = {
    FORMS(VMALLE1, NVHE, "xxx.....", "xxx....."),
    FORMS(VAE1, NVHE, "xx......", "........"),
    FORMS(VALE1, NVHE, "xx......", "........"),
    FORMS(VAAE1, NVHE, "xxx.....", "........"),
    FORMS(VAALE1, NVHE, "xxx.....", "........"),
    FORMS(ASIDE1, NVHE, ".x......", ".x......"),
    FORMS(VMALLS12E1, NVHE, "xxx.....", "xxx....."),
    FORMS(ALLE1, NVHE, "xxxx....", "xxxx...."),
    FORMS(IPAS2E1, NVHE, "........", "........"),
    FORMS(IPAS2LE1, NVHE, "........", "........"),
    FORMS(ALLE2, NVHE, "....x...", "....x..."),
    FORMS(VAE2, NVHE, "....x...", "........"),
    FORMS(VALE2, NVHE, "....x...", "........"),
    FORMS(VMALLE1, HOST, ".....xxx", ".....xxx"),
    FORMS(VAE1, HOST, ".....xx.", "........"),
    FORMS(VALE1, HOST, ".....xx.", "........"),
    FORMS(VAAE1, HOST, ".....xxx", "........"),
    FORMS(VAALE1, HOST, ".....xxx", "........"),
    FORMS(ASIDE1, HOST, "......x.", "......x."),
    FORMS(VMALLS12E1, HOST, "xxx.....", "xxx....."),
    FORMS(ALLE1, HOST, "xxxx....", "xxxx...."),
    FORMS(ALLE2, HOST, ".....xxx", ".....xxx"),
    FORMS(VAE2, HOST, ".....xx.", "........"),
    FORMS(VALE2, HOST, ".....xx.", "........"),
    FORMS(VMALLE1, E2H, "xxx.....", "xxx....."),
    FORMS(VAE1, E2H, "xx......", "........"),
    FORMS(ASIDE1, E2H, ".x......", ".x......"),
    FORMS(VAE2, E2H, ".....xx.", "........"),
    FORMS(ALLE2, E2H, ".....xxx", ".....xxx"),
};

START_TEST(tlbi_drops_what_its_scope_names_and_nothing_else)
{
    for (unsigned i = 0; i < KINDS; i++) {
        teardown();
        setup();
        fill(&kinds[i]);
        set_hcr(scopes[_i].hcr);
        set_vmid(1);
        bool e2h_format = scopes[_i].hcr || kinds[i].el == 1;
        toy_tlbi(toy, scopes[_i].op, NEAR >> 12 | (e2h_format ? UINT64_C(1) << 48 : 0));
        enter(&kinds[i]);
        ck_assert_msg(toy_holds(toy, kinds[i].el, NEAR) == (scopes[_i].near[i] == '.'),
                      "%s, E2H %d TGE %d: %s, same page", scopes[_i].name,
                      (int)bit(scopes[_i].hcr, 34), (int)bit(scopes[_i].hcr, 27), kinds[i].name);
        ck_assert_msg(toy_holds(toy, kinds[i].el, FAR) == (scopes[_i].far[i] == '.'),
                      "%s, E2H %d TGE %d: %s, other page", scopes[_i].name,
                      (int)bit(scopes[_i].hcr, 34), (int)bit(scopes[_i].hcr, 27), kinds[i].name);
    }
}
END_TEST

/* VMALLE1 acts on the current VMID whether or not stage 2 is on: Linux's nVHE host relies on it. */
START_TEST(vmid_counts_though_stage_2_is_off)
{
    fill(&kinds[3]);
    toy->pe.sr[SR_HCR_EL2] = 0;
    set_vmid(1);
    toy_tlbi(toy, SR_TLBI_VMALLE1, 0);
    enter(&kinds[3]);
    ck_assert(toy_holds(toy, 1, NEAR));
    toy->pe.sr[SR_HCR_EL2] = 0;
    toy_tlbi(toy, SR_TLBI_VMALLE1, 0);
    enter(&kinds[3]);
    ck_assert(!toy_holds(toy, 1, NEAR));
}
END_TEST

START_TEST(broadcast_acts_with_the_issuers_vmid)
{
    fill(&kinds[3]);
    struct pe issuer = toy->pe;
    issuer.sr[SR_VTTBR_EL2] = UINT64_C(2) << 48;
    set_vmid(1);
    struct mmu_tlbi tlbi = mmu_tlbi_of(&issuer, SR_TLBI_VMALLE1IS, 0);
    ck_assert_uint_eq(tlbi.vmid, 2);
    mmu_tlbi_apply(toy->mmu, &tlbi);
    enter(&kinds[3]);
    ck_assert(!toy_holds(toy, 1, NEAR));
}
END_TEST

START_TEST(only_shareable_forms_are_broadcast_unless_fb)
{
    toy->pe.ps.el = 1;
    ck_assert(mmu_tlbi_is_broadcast(SR_TLBI_VAE1IS, &toy->pe));
    ck_assert(mmu_tlbi_is_broadcast(SR_TLBI_VAE1OS, &toy->pe));
    ck_assert(!mmu_tlbi_is_broadcast(SR_TLBI_VAE1, &toy->pe));
    toy->pe.sr[SR_HCR_EL2] |= BIT(9);
    ck_assert(mmu_tlbi_is_broadcast(SR_TLBI_VAE1, &toy->pe));
    ck_assert(mmu_tlbi_is_broadcast(SR_TLBI_VMALLE1, &toy->pe));
    toy->pe.ps.el = 2;
    ck_assert(!mmu_tlbi_is_broadcast(SR_TLBI_VAE1, &toy->pe));
    ck_assert(!mmu_tlbi_is_broadcast(SR_SCTLR_EL1, &toy->pe));
}
END_TEST

START_TEST(dropped_pages_are_reported_one_by_one_or_as_a_regime)
{
    fill(&kinds[1]);
    toy->drop_count = 0;
    toy_tlbi(toy, SR_TLBI_VAE1, NEAR >> 12 | UINT64_C(1) << 48);
    ck_assert_uint_eq(toy->drop_count, 1);
    ck_assert_uint_eq(toy->drops[0].at, NEAR);
    ck_assert_uint_eq(toy->drops[0].size_bytes, 4096);
    toy_tlbi(toy, SR_TLBI_VMALLE1, 0);
    ck_assert_uint_eq(toy->drop_count, 2);
    ck_assert_uint_eq(toy->drops[1].size_bytes, 0);
    ck_assert_int_eq(toy->drops[1].regime, REGIME_EL10);
    toy_tlbi(toy, SR_TLBI_VMALLE1, 0);
    ck_assert_uint_eq(toy->drop_count, 2);
    ck_assert_uint_eq(mmu_stats(toy->mmu)->invalidations, 2);
}
END_TEST

START_TEST(upper_half_addresses_are_sign_extended_from_bit_55)
{
    uint64_t at = UINT64_C(0xffff800000005000);
    struct toy_tables upper = toy_stage1_el1_upper(toy);
    toy_map(toy, &upper, at, PAGE | D_USER, 3);
    toy_access(toy, 1, MMU_READ, at);
    toy_tlbi(toy, SR_TLBI_VAAE1, 0x5000 >> 12);
    ck_assert(toy_holds(toy, 1, at));
    toy_tlbi(toy, SR_TLBI_VAAE1, bits(at, 55, 12));
    ck_assert(!toy_holds(toy, 1, at));
    ck_assert_uint_eq(toy->drops[0].at, at);
}
END_TEST

START_TEST(any_address_of_a_large_page_drops_it)
{
    toy_map(toy, &s1, NEAR, PAGE | D_USER, 3); /* another size is in use as well */
    toy_map(toy, &s1, 0x40000000, TOY_RAM_BASE | D_USER, 2);
    ck_assert(toy_access(toy, 1, MMU_READ, NEAR).ok);
    ck_assert(toy_access(toy, 1, MMU_READ, 0x40000000).ok);
    toy_tlbi(toy, SR_TLBI_VALE1, 0x400ff000 >> 12);
    ck_assert(!toy_holds(toy, 1, 0x40000000));
}
END_TEST

/* D5.10.2: an operation on one address of a block reaches all entries made from the block. */
START_TEST(any_address_of_a_block_drops_all_its_splinters)
{
    const uint64_t block = 0x40000000, size = 0x200000, to = UINT64_C(0x80000000);
    const uint64_t pages[] = {block - 0x1000, block, block + size - 0x1000, block + size};
    static const bool dropped[] = {false, true, true, false};
    for (uint64_t i = 0; i < 3; i++) {
        toy_map(toy, &s1, block + (i - 1) * size, (to + i * size) | D_USER, 2);
    }
    for (unsigned i = 0; i < 4; i++) {
        toy_map(toy, &s2, to + size + (pages[i] - block), PAGE | D_S2_ALL, 3);
        ck_assert(toy_access(toy, 1, MMU_READ, pages[i]).ok);
    }
    toy_tlbi(toy, SR_TLBI_VAE1, (block + 0x80000) >> 12);
    for (unsigned i = 0; i < 4; i++) {
        ck_assert_int_eq(toy_holds(toy, 1, pages[i]), !dropped[i]);
    }
    ck_assert_uint_eq(mmu_stats(toy->mmu)->invalidations, 2);
}
END_TEST

START_TEST(pages_of_a_contiguous_run_are_dropped_with_the_entry_that_holds_them)
{
    /* As one entry of 64K, and as 4K entries cut by stage 2. */
    for (uint64_t i = 0; i < 16; i++) {
        toy_map(toy, &s1, 0x10000 + i * 4096, (PAGE + i * 4096) | D_USER | D_CONTIG, 3);
        toy_map(toy, &s1, 0x20000 + i * 4096, (UINT64_C(0x80000000) + i * 4096) | D_USER | D_CONTIG,
                3);
        toy_map(toy, &s2, UINT64_C(0x80000000) + i * 4096, PAGE | D_S2_ALL, 3);
    }
    ck_assert(toy_access(toy, 1, MMU_READ, 0x10000).ok);
    ck_assert(toy_access(toy, 1, MMU_READ, 0x20000).ok);
    ck_assert(toy_holds(toy, 1, 0x1f000));
    ck_assert(!toy_holds(toy, 1, 0x21000));
    toy_tlbi(toy, SR_TLBI_VAE1, 0x1f000 >> 12);
    toy_tlbi(toy, SR_TLBI_VAE1, 0x21000 >> 12);
    ck_assert(!toy_holds(toy, 1, 0x10000));
    ck_assert(toy_holds(toy, 1, 0x20000));
}
END_TEST

START_TEST(entries_of_a_disabled_stage_1_are_global)
{
    toy->pe.sr[SR_SCTLR_EL1] = 0;
    ck_assert(toy_access(toy, 1, MMU_READ, TOY_RAM_BASE).ok);
    toy_tlbi(toy, SR_TLBI_ASIDE1, 0);
    ck_assert(toy_holds(toy, 1, TOY_RAM_BASE));
    toy_tlbi(toy, SR_TLBI_VAE1, TOY_RAM_BASE >> 12 | UINT64_C(5) << 48);
    ck_assert(!toy_holds(toy, 1, TOY_RAM_BASE));
}
END_TEST

/* FEAT_TLBIRANGE: TG, SCALE, NUM, and the pages [first, last] of 4 KiB that it covers from base. */
static const struct {
    unsigned tg, scale, num;
    uint64_t pages;
} ranges[] = {
    {1, 0, 0, 2},     {1, 0, 1, 4},     {1, 0, 31, 64},     {1, 1, 0, 64},     {1, 2, 0, 2048},
    {1, 3, 0, 65536}, {2, 0, 0, 2 * 4}, {2, 1, 1, 128 * 4}, {3, 0, 0, 2 * 16}, {3, 0, 3, 8 * 16},
};

START_TEST(range_operation_covers_num_plus_1_shifted_by_scale)
{
    uint64_t base = UINT64_C(0x40000000);
    uint64_t last = base + ranges[_i].pages * 4096 - 4096;
    uint64_t at[4] = {base - 4096, base, last, last + 4096};
    static const uint8_t granule[4] = {0, 12, 14, 16};
    for (unsigned i = 0; i < 4; i++) {
        toy_map(toy, &s1, at[i], PAGE | D_USER, 3);
        ck_assert(toy_access(toy, 1, MMU_READ, at[i]).ok);
    }
    uint64_t value = (uint64_t)ranges[_i].tg << 46 | (uint64_t)ranges[_i].scale << 44 |
                     (uint64_t)ranges[_i].num << 39 | base >> granule[ranges[_i].tg];
    toy_tlbi(toy, SR_TLBI_RVAE1, value & ~MASK(47, 46));
    ck_assert(toy_holds(toy, 1, base)); /* TG 0 is reserved */
    toy_tlbi(toy, SR_TLBI_RVAE1, value);
    ck_assert(toy_holds(toy, 1, at[0]));
    ck_assert(!toy_holds(toy, 1, at[1]));
    ck_assert(!toy_holds(toy, 1, at[2]));
    ck_assert(toy_holds(toy, 1, at[3]));
}
END_TEST

START_TEST(range_operations_have_the_scopes_of_their_page_forms)
{
    /* Two pages; NEAR is the second. */
    uint64_t range = UINT64_C(1) << 46 | (NEAR - 0x1000) >> 12;
    static const struct {
        enum sysreg_id op;
        const char *dropped;
        uint64_t hcr;
    } rows[] = {
        {SR_TLBI_RVAE1, "xx......", NVHE},    {SR_TLBI_RVALE1IS, "xx......", NVHE},
        {SR_TLBI_RVAAE1OS, "xxx.....", NVHE}, {SR_TLBI_RVAALE1, "xxx.....", NVHE},
        {SR_TLBI_RVAE2, "....x...", NVHE},    {SR_TLBI_RVALE2IS, "....x...", NVHE},
        {SR_TLBI_RIPAS2E1, "........", NVHE}, {SR_TLBI_RIPAS2LE1IS, "........", NVHE},
        {SR_TLBI_RVAE1IS, ".....xx.", HOST},  {SR_TLBI_RVAE2OS, ".....xx.", HOST},
        {SR_TLBI_RVAAE1, ".....xxx", HOST},
    };
    for (unsigned row = 0; row < sizeof rows / sizeof rows[0]; row++) {
        for (unsigned i = 0; i < KINDS; i++) {
            teardown();
            setup();
            fill(&kinds[i]);
            set_hcr(rows[row].hcr);
            set_vmid(1);
            toy_tlbi(toy, rows[row].op, range | UINT64_C(1) << 48);
            enter(&kinds[i]);
            ck_assert_msg(toy_holds(toy, kinds[i].el, NEAR) == (rows[row].dropped[i] == '.'),
                          "row %u, %s", row, kinds[i].name);
            ck_assert(toy_holds(toy, kinds[i].el, FAR));
        }
    }
}
END_TEST

START_TEST(range_in_the_upper_half_reaches_the_end_of_the_address_space)
{
    uint64_t at = UINT64_C(0xfffffffffffff000);
    struct toy_tables upper = toy_stage1_el1_upper(toy);
    toy_map(toy, &upper, at, PAGE | D_USER, 3);
    toy_access(toy, 1, MMU_READ, at);
    toy_tlbi(toy, SR_TLBI_RVAAE1, UINT64_C(1) << 46 | UINT64_C(3) << 44 | bits(at, 48, 12));
    ck_assert(!toy_holds(toy, 1, at));
}
END_TEST

/* -- walk caches -- */

static void with_walk_caches(void)
{
    teardown();
    toy = toy_create_sized(64, 0, 4);
    s1 = toy_stage1_el1(toy);
    s2 = toy_stage2(toy);
    for (uint64_t i = 0; i < 8; i++) {
        toy_map(toy, &s1, NEAR + i * 4096, PAGE | D_USER | D_NG, 3);
    }
    toy->pe.sr[SR_TTBR0_EL1] |= UINT64_C(1) << 48;
    ck_assert(toy_access(toy, 1, MMU_READ, NEAR).ok);
}

/* What a fresh page next to NEAR costs after `op`: stage-1 reads, and stage-2 reads in all. */
static const struct {
    const char *name;
    enum sysreg_id op;
    uint64_t value;
    unsigned steps1, steps2;
} cached[] = {
    {"nothing", SR_NONE, 0, 1, 2},
    {"VALE1 keeps tables", SR_TLBI_VALE1, NEAR >> 12 | UINT64_C(1) << 48, 1, 2},
    {"VAALE1 keeps tables", SR_TLBI_VAALE1, NEAR >> 12, 1, 2},
    {"VAE1", SR_TLBI_VAE1, NEAR >> 12 | UINT64_C(1) << 48, 4, 2},
    {"VAE1 of another ASID", SR_TLBI_VAE1, NEAR >> 12 | UINT64_C(2) << 48, 1, 2},
    {"VAE1 of another table", SR_TLBI_VAE1, FAR >> 12 | UINT64_C(1) << 48, 1, 2},
    {"VAAE1", SR_TLBI_VAAE1, NEAR >> 12, 4, 2},
    {"ASIDE1", SR_TLBI_ASIDE1, UINT64_C(1) << 48, 4, 2},
    {"ASIDE1 of another", SR_TLBI_ASIDE1, UINT64_C(2) << 48, 1, 2},
    {"VMALLE1 keeps stage 2", SR_TLBI_VMALLE1, 0, 4, 2},
    {"VMALLS12E1", SR_TLBI_VMALLS12E1, 0, 4, 4},
    {"ALLE1", SR_TLBI_ALLE1, 0, 4, 4},
    {"ALLE2", SR_TLBI_ALLE2, 0, 1, 2},
    {"IPAS2E1", SR_TLBI_IPAS2E1, TOY_RAM_BASE >> 12, 1, 4},
    {"IPAS2LE1, in the block", SR_TLBI_IPAS2LE1, (TOY_RAM_BASE + 0x1ff000) >> 12, 1, 4},
    {"IPAS2E1 of another block", SR_TLBI_IPAS2E1, (TOY_RAM_BASE + 0x200000) >> 12, 1, 2},
    {"RIPAS2E1", SR_TLBI_RIPAS2E1, UINT64_C(1) << 46 | TOY_RAM_BASE >> 12, 1, 4},
    {"RVALE1 keeps tables", SR_TLBI_RVALE1, UINT64_C(1) << 46 | UINT64_C(1) << 48 | NEAR >> 12, 1,
     2},
    {"RVAALE1 keeps tables", SR_TLBI_RVAALE1, UINT64_C(1) << 46 | NEAR >> 12, 1, 2},
    {"RVAAE1", SR_TLBI_RVAAE1, UINT64_C(1) << 46 | NEAR >> 12, 4, 2},
    {"VAE2", SR_TLBI_VAE2, NEAR >> 12, 1, 2},
    {"RVAE1", SR_TLBI_RVAE1, UINT64_C(1) << 46 | UINT64_C(1) << 48 | NEAR >> 12, 4, 2},
};

START_TEST(tlbi_drops_walk_cache_entries_in_its_scope)
{
    with_walk_caches();
    uint64_t steps1 = mmu_stats(toy->mmu)->walk_steps_s1;
    uint64_t steps2 = mmu_stats(toy->mmu)->walk_steps_s2;
    toy_tlbi(toy, cached[_i].op, cached[_i].value);
    ck_assert(toy_access(toy, 1, MMU_READ, NEAR + 0x3000).ok);
    ck_assert_msg(mmu_stats(toy->mmu)->walk_steps_s1 - steps1 == cached[_i].steps1, "%s: stage 1",
                  cached[_i].name);
    ck_assert_msg(mmu_stats(toy->mmu)->walk_steps_s2 - steps2 == cached[_i].steps2, "%s: stage 2",
                  cached[_i].name);
}
END_TEST

START_TEST(last_level_operations_of_el2_keep_its_tables)
{
    static const struct {
        enum sysreg_id op;
        uint64_t value, steps;
    } rows[] = {
        {SR_TLBI_VALE2, NEAR >> 12, 1},
        {SR_TLBI_RVALE2, UINT64_C(1) << 46 | NEAR >> 12, 1},
        {SR_TLBI_VMALLE1, 0, 1},
        {SR_TLBI_VAE2, NEAR >> 12, 4},
        {SR_TLBI_RVAE2, UINT64_C(1) << 46 | NEAR >> 12, 4},
        {SR_TLBI_ALLE2, 0, 4},
    };
    for (unsigned row = 0; row < sizeof rows / sizeof rows[0]; row++) {
        with_walk_caches();
        el2 = toy_stage1_el2(toy);
        toy_map(toy, &el2, NEAR, PAGE | D_AF, 3);
        ck_assert(toy_access(toy, 2, MMU_READ, NEAR).ok);
        uint64_t steps = mmu_stats(toy->mmu)->walk_steps_s1;
        toy_tlbi(toy, rows[row].op, rows[row].value);
        toy_map(toy, &el2, NEAR + 0x1000, PAGE | D_AF, 3);
        ck_assert(toy_access(toy, 2, MMU_READ, NEAR + 0x1000).ok);
        ck_assert_uint_eq(mmu_stats(toy->mmu)->walk_steps_s1 - steps, rows[row].steps);
    }
}
END_TEST

/* Our choice of what D5.10 leaves open: combined entries outlive IPAS2E1. */
START_TEST(combined_entries_outlive_ipas2e1_until_vmalle1)
{
    uint64_t ipa_page = UINT64_C(0x80000000);
    toy_map(toy, &s1, NEAR, ipa_page | D_USER, 3);
    uint64_t at = toy_map(toy, &s2, ipa_page, PAGE | D_S2_ALL, 3);
    ck_maps(toy_access(toy, 1, MMU_READ, NEAR), PAGE);
    toy_write(toy, at, 0);
    toy_tlbi(toy, SR_TLBI_IPAS2E1, ipa_page >> 12);
    ck_maps(toy_access(toy, 1, MMU_READ, NEAR), PAGE);
    toy_tlbi(toy, SR_TLBI_VMALLE1, 0);
    ck_fault(toy_access(toy, 1, MMU_READ, NEAR), FAULT_TRANSLATION, 3);
}
END_TEST

#define COUNT(table) ((int)(sizeof(table) / sizeof((table)[0])))

int main(void)
{
    Suite *suite = suite_create("mmu tlbi");
    TCase *tc = tcase_create("tlbi");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_loop_test(tc, tlbi_drops_what_its_scope_names_and_nothing_else, 0, COUNT(scopes));
    tcase_add_test(tc, vmid_counts_though_stage_2_is_off);
    tcase_add_test(tc, broadcast_acts_with_the_issuers_vmid);
    tcase_add_test(tc, only_shareable_forms_are_broadcast_unless_fb);
    tcase_add_test(tc, dropped_pages_are_reported_one_by_one_or_as_a_regime);
    tcase_add_test(tc, upper_half_addresses_are_sign_extended_from_bit_55);
    tcase_add_test(tc, any_address_of_a_large_page_drops_it);
    tcase_add_test(tc, any_address_of_a_block_drops_all_its_splinters);
    tcase_add_test(tc, pages_of_a_contiguous_run_are_dropped_with_the_entry_that_holds_them);
    tcase_add_test(tc, entries_of_a_disabled_stage_1_are_global);
    tcase_add_loop_test(tc, range_operation_covers_num_plus_1_shifted_by_scale, 0, COUNT(ranges));
    tcase_add_test(tc, range_operations_have_the_scopes_of_their_page_forms);
    tcase_add_test(tc, range_in_the_upper_half_reaches_the_end_of_the_address_space);
    tcase_add_loop_test(tc, tlbi_drops_walk_cache_entries_in_its_scope, 0, COUNT(cached));
    tcase_add_test(tc, last_level_operations_of_el2_keep_its_tables);
    tcase_add_test(tc, combined_entries_outlive_ipas2e1_until_vmalle1);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}
