/* Stage 2 of EL1&0: geometry, faults of accesses and of stage-1 walks, attributes (D5.2.6, D5.4,
 * D5.5.5). */
#include "tests/unit/mmu/toy.h"
#include "tests/support/run_suite.h"

#include <check.h>
#include <stdlib.h>

#define PAGE (TOY_RAM_BASE + 0x600000)
#define IPA  UINT64_C(0x80000000) /* no RAM: only what a test maps */
#define AT   UINT64_C(0x5000)

#define HCR_PTW_BIT BIT(2)

static struct toy *toy;
static struct toy_tables s1, s2;

static void setup(void)
{
    toy = toy_create();
    s1 = toy_stage1_el1(toy);
    s2 = toy_stage2(toy);
}

static void teardown(void)
{
    toy_destroy(toy);
}

START_TEST(access_goes_through_both_stages)
{
    toy_map(toy, &s1, AT, IPA | D_USER, 3);
    toy_map(toy, &s2, IPA, PAGE | D_S2_ALL, 3);
    ck_maps(toy_access(toy, 1, MMU_READ, AT + 0x123), PAGE + 0x123);
    /* Four descriptors of stage 1, each found by two reads of stage 2, and three for the page. */
    ck_assert_uint_eq(toy->row.cells[COST_WALK_S1].count, 4);
    ck_assert_uint_eq(toy->row.cells[COST_WALK_S2].count, 4 * 2 + 3);
    ck_assert_uint_eq(toy->row.cells[COST_TLB_MISS].count, 1);
    ck_assert_uint_eq(toy->clock.now, 16 * CYCLE);
}
END_TEST

START_TEST(a_probe_says_each_descriptor_that_it_read)
{
    toy_map(toy, &s1, AT, IPA | D_USER, 3);
    uint64_t leaf2 = toy_map(toy, &s2, IPA, PAGE | D_S2_ALL, 3);
    struct mmu_access a = {.va = va(AT + 0x123), .type = MMU_READ, .el = 1};
    struct mmu_page page;
    struct mmu_fault fault;
    struct mmu_steps steps;
    ck_assert(mmu_probe_steps(toy->mmu, &a, &steps, &page, &fault));
    ck_assert_uint_eq(page.pa.v, PAGE + 0x123);
    ck_assert_uint_eq(steps.count, 4 + 4 * 2 + 3);
    ck_assert(steps.has_stage1 && steps.has_stage2);
    /* The first table of stage 1 lies at its own address: a 2 MiB block of stage 2. */
    ck_assert(steps.at[0].stage2 && steps.at[0].of_table);
    ck_assert_uint_eq(steps.at[0].input & ~UINT64_C(0xfff), s1.start);
    const struct mmu_step *first = &steps.at[2];
    ck_assert(!first->stage2 && first->level == 0 && first->at.v == s1.start);
    ck_assert_uint_eq(first->descriptor, toy_read(toy, s1.start));
    const struct mmu_step *last = &steps.at[steps.count - 1];
    ck_assert(last->stage2 && !last->of_table && last->level == 3);
    ck_assert_uint_eq(last->at.v, leaf2);
    ck_assert_uint_eq(last->input, IPA + 0x123);
    ck_assert_uint_eq(last->descriptor, toy_read(toy, leaf2));
    ck_assert_uint_eq(toy->clock.now, 0);

    toy_write(toy, leaf2, 0);
    ck_assert(!mmu_probe_steps(toy->mmu, &a, &steps, &page, &fault));
    ck_assert(fault.stage2 && fault.level == 3);
    ck_assert_uint_eq(steps.count, 4 + 4 * 2 + 3);
}
END_TEST

START_TEST(entry_is_as_large_as_the_smaller_stage)
{
    toy_map(toy, &s1, 0x40000000, IPA | D_USER, 2);
    toy_map(toy, &s2, IPA + 0x5000, PAGE | D_S2_ALL, 3);
    toy_map(toy, &s1, AT, (TOY_RAM_BASE + 0x3000) | D_USER, 3);
    struct toy_result r = toy_access(toy, 1, MMU_READ, 0x40005678);
    ck_maps(r, PAGE + 0x678);
    ck_assert_uint_eq(r.page.size_bytes, 4096);
    r = toy_access(toy, 1, MMU_READ, AT);
    ck_maps(r, TOY_RAM_BASE + 0x3000);
    ck_assert_uint_eq(r.page.size_bytes, 4096);
}
END_TEST

START_TEST(stage_2_alone_translates_when_stage_1_is_off)
{
    toy->pe.sr[SR_SCTLR_EL1] = 0;
    toy_map(toy, &s2, AT, PAGE | D_S2_ALL, 3);
    struct toy_result r = toy_access(toy, 1, MMU_READ, AT + 8);
    ck_maps(r, PAGE + 8);
    ck_assert_int_eq(r.page.memory, MEM_DEVICE); /* stage 1 says so */
    ck_assert_uint_eq(toy->row.cells[COST_WALK_S2].count, 3);
    ck_assert_uint_eq(toy->row.cells[COST_WALK_S1].count, 0);
    r = toy_access(toy, 1, MMU_READ, TOY_RAM_BASE);
    ck_assert_uint_eq(r.page.size_bytes, 0x200000);
}
END_TEST

/* HCR_EL2.DC: stage 1 acts as off, stage 2 as on, default memory is Normal write-back. */
START_TEST(dc_makes_stage_1_off_memory_cacheable)
{
    toy->pe.sr[SR_HCR_EL2] = BIT(12);
    toy_map(toy, &s2, AT, PAGE | D_AF | D_S2AP(3) | D_MEM(15), 3);
    struct toy_result r = toy_access(toy, 1, MMU_READ, AT);
    ck_maps(r, PAGE);
    ck_assert_uint_eq(r.page.attr, 0xff);
    ck_assert_uint_eq(r.page.shareability, 0);
    ck_assert_uint_eq(toy_access(toy, 1, MMU_FETCH, AT).page.attr, 0xff);
}
END_TEST

START_TEST(el2_and_el20_have_no_stage_2)
{
    toy_stage1_el2(toy);
    toy->pe.sr[SR_SCTLR_EL2] = 0;
    ck_maps(toy_access(toy, 2, MMU_READ, IPA), IPA);
    toy->pe.sr[SR_HCR_EL2] |= BIT(34) | BIT(27);
    ck_maps(toy_access(toy, 0, MMU_READ, IPA), IPA);
}
END_TEST

/* Granule, T0SZ, SL0, PA bits; start level, or -1 for a level 0 fault (D5.2.6 and the checks of
 * AArch64.TranslationTableWalk). */
static const struct {
    unsigned granule_bits, t0sz, sl0, pa_bits;
    bool ttst;
    int start_level;
} starts[] = {
    /* 4K: SL0 0 -> level 2, 1 -> level 1, 2 -> level 0, 3 -> level 3 with TTST. */
    {12, 24, 1, 40, true, 1},
    {12, 33, 1, 40, true, 1},
    {12, 24, 0, 40, true, -1}, /* 2^19 entries at level 2: more than 16 tables */
    {12, 30, 0, 40, true, 2},  /* 16 tables at level 2 */
    {12, 29, 0, 40, true, -1},
    {12, 34, 0, 40, true, 2},
    {12, 34, 1, 40, true, -1}, /* one entry */
    {12, 16, 2, 48, true, 0},
    {12, 20, 2, 44, true, 0},
    {12, 24, 2, 44, true, 0},
    {12, 24, 2, 42, true, -1}, /* level 0 needs more than 42 PA bits */
    {12, 21, 1, 44, true, 1},  /* 16 tables at level 1 */
    {12, 20, 1, 44, true, -1},
    {12, 43, 3, 40, true, 3},
    {12, 39, 3, 40, true, 3}, /* 16 tables at level 3 */
    {12, 39, 3, 40, false, -1},
    {12, 43, 3, 40, false, -1},
    {12, 25, 1, 32, true, -1}, /* IPA larger than PA: LARGEIPA */
    {12, 32, 1, 32, true, 1},
    /* 16K: SL0 0 -> 3, 1 -> 2, 2 -> 1. */
    {14, 24, 2, 48, true, 1},
    {14, 24, 2, 40, true, -1}, /* level 1 needs more than 40 PA bits */
    {14, 24, 1, 40, true, 2},
    {14, 23, 1, 48, true, -1}, /* 2^16 entries at level 2 */
    {14, 39, 0, 40, true, 3},
    {14, 28, 3, 48, true, -1},
    /* 64K: SL0 0 -> 3, 1 -> 2, 2 -> 1. */
    {16, 20, 2, 44, true, 1},
    {16, 21, 2, 42, true, -1}, /* level 1 needs more than 42 PA bits */
    {16, 24, 1, 40, true, 2},
    {16, 18, 1, 48, true, 2}, /* 16 tables at level 2 */
    {16, 17, 1, 48, true, -1},
    {16, 35, 0, 40, true, 3},
    {16, 24, 3, 48, true, -1},
    /* T0SZ alone. */
    {12, 15, 2, 48, true, -1},
    {12, 40, 0, 48, false, -1},
};

START_TEST(start_level_comes_from_sl0_and_must_fit)
{
    unsigned granule = starts[_i].granule_bits, input = 64 - starts[_i].t0sz;
    toy->pe.sr[SR_SCTLR_EL1] = 0;
    toy->pe.model.pa_bits = starts[_i].pa_bits;
    toy->pe.model.has[FEAT_TTST] = starts[_i].ttst;
    uint64_t tg0 = granule == 12 ? 0 : granule == 16 ? 1 : 2;
    toy->pe.sr[SR_VTCR_EL2] = starts[_i].t0sz | starts[_i].sl0 << 6 | tg0 << 14 | UINT64_C(5) << 16;
    uint64_t start = toy_table(toy, 0x100000);
    toy->pe.sr[SR_VTTBR_EL2] = start;
    if (starts[_i].start_level < 0) {
        struct toy_result r = toy_access(toy, 1, MMU_READ, 0);
        ck_fault(r, FAULT_TRANSLATION, 0);
        ck_assert(r.fault.stage2);
        return;
    }
    unsigned level = (unsigned)starts[_i].start_level;
    s2 = (struct toy_tables){start, granule, level, input, 0};
    /* The last page: the last of the concatenated tables. */
    uint64_t at = (UINT64_C(1) << input) - (UINT64_C(1) << granule);
    toy_map(toy, &s2, at, PAGE | D_S2_ALL, 3);
    ck_maps(toy_access(toy, 1, MMU_READ, at | 16), PAGE | 16);
    ck_assert_uint_eq(toy->row.cells[COST_WALK_S2].count, 4 - level);
    if (input < starts[_i].pa_bits) {
        struct toy_result r = toy_access(toy, 1, MMU_READ, UINT64_C(1) << input);
        ck_fault(r, FAULT_TRANSLATION, 0);
        ck_assert_uint_eq(r.fault.ipa.v, UINT64_C(1) << input);
    }
}
END_TEST

/* Level of the faulting descriptor, of a stage 2 that starts at level 1. */
START_TEST(faults_of_stage_2_report_level_and_ipa)
{
    unsigned level = (unsigned)_i;
    toy_map(toy, &s1, AT, (IPA + 0x7000) | D_USER, 3);
    uint64_t at = toy_map(toy, &s2, IPA + 0x7000, D_S2_ALL, level);
    uint64_t leaf = D_S2_ALL | (level == 3 ? 3 : 1);
    const struct {
        uint64_t desc;
        enum mmu_fault_type type;
    } cases[] = {
        {0, FAULT_TRANSLATION},
        {leaf & ~D_AF, FAULT_ACCESS_FLAG},
        {leaf & ~D_S2AP(1), FAULT_PERMISSION},
        {leaf | UINT64_C(1) << 44, FAULT_ADDRESS_SIZE},
    };
    toy->pe.sr[SR_VTCR_EL2] = bits_set(toy->pe.sr[SR_VTCR_EL2], 18, 16, 4); /* PS: 44 bits */
    for (unsigned i = 0; i < 4; i++) {
        toy_write(toy, at, cases[i].desc);
        struct toy_result r = toy_access(toy, 0, MMU_READ, AT + 0x21);
        ck_fault(r, cases[i].type, level);
        ck_assert(r.fault.stage2 && !r.fault.s1ptw);
        ck_assert_uint_eq(r.fault.ipa.v, IPA + 0x7021);
        ck_assert_uint_eq(r.fault.target_el, 2);
    }
    toy->abort_at = at;
    struct toy_result r = toy_access(toy, 0, MMU_READ, AT);
    ck_fault(r, FAULT_EXTERNAL_WALK, level);
    ck_assert(r.fault.stage2);
}
END_TEST

START_TEST(vttbr_beyond_ps_is_an_address_size_fault_of_level_0)
{
    toy->pe.sr[SR_SCTLR_EL1] = 0;
    toy->pe.sr[SR_VTCR_EL2] = bits_set(toy->pe.sr[SR_VTCR_EL2], 18, 16, 0);
    toy->pe.sr[SR_VTTBR_EL2] = UINT64_C(1) << 32;
    ck_fault(toy_access(toy, 1, MMU_READ, AT), FAULT_ADDRESS_SIZE, 0);
}
END_TEST

/* The stage-1 table at an IPA that a test controls: RAM shifted to IPA. */
static uint64_t moved_stage1(uint64_t stage2_leaf)
{
    uint64_t start = toy_table(toy, 4096);
    s1 = (struct toy_tables){start, 12, 0, 48, IPA - TOY_RAM_BASE};
    toy->pe.sr[SR_TTBR0_EL1] = start + s1.offset;
    for (uint64_t at = 0; at < TOY_RAM_SIZE; at += 0x200000) {
        toy_map(toy, &s2, IPA + at, (TOY_RAM_BASE + at) | stage2_leaf, 2);
    }
    return start + s1.offset;
}

START_TEST(stage_1_tables_are_found_through_stage_2)
{
    moved_stage1(D_S2_ALL);
    toy_map(toy, &s1, AT, IPA + 0x600000 + D_USER, 3);
    ck_maps(toy_access(toy, 1, MMU_READ, AT), PAGE);
}
END_TEST

static const struct {
    uint64_t leaf;
    uint64_t hcr;
    enum mmu_fault_type type; /* or -1 */
    bool faults;
} ptw[] = {
    {D_AF | D_S2AP(1) | D_MEM(15), 0, FAULT_PERMISSION, false},
    {D_AF | D_S2AP(2) | D_MEM(15), 0, FAULT_PERMISSION, true},
    {D_AF | D_S2AP(0) | D_MEM(15), 0, FAULT_PERMISSION, true},
    {D_S2AP(3) | D_MEM(15), 0, FAULT_ACCESS_FLAG, true},
    {D_AF | D_S2AP(3) | D_MEM(1), 0, FAULT_PERMISSION, false},
    {D_AF | D_S2AP(3) | D_MEM(1), HCR_PTW_BIT, FAULT_PERMISSION, true}, /* HCR_EL2.PTW */
    {D_AF | D_S2AP(3) | D_MEM(5), HCR_PTW_BIT, FAULT_PERMISSION, false},
    {D_AF | D_S2AP(3) | D_MEM(15) | UINT64_C(1) << 44, 0, FAULT_ADDRESS_SIZE, true},
};

START_TEST(stage_2_fault_on_a_stage_1_table_is_marked_s1ptw)
{
    toy->pe.sr[SR_VTCR_EL2] = bits_set(toy->pe.sr[SR_VTCR_EL2], 18, 16, 4);
    toy->pe.sr[SR_HCR_EL2] |= ptw[_i].hcr;
    uint64_t table = moved_stage1(ptw[_i].leaf);
    toy_map(toy, &s1, AT, TOY_RAM_BASE | D_USER, 3);
    struct toy_result r = toy_access(toy, 1, MMU_WRITE, AT);
    if (!ptw[_i].faults) {
        ck_maps(r, TOY_RAM_BASE);
        return;
    }
    ck_fault(r, ptw[_i].type, 2);
    ck_assert(r.fault.stage2 && r.fault.s1ptw);
    ck_assert_uint_eq(r.fault.ipa.v, table); /* of the descriptor of VA 0x5000: the first */
    ck_assert_uint_eq(r.fault.target_el, 2);
}
END_TEST

START_TEST(unmapped_stage_1_table_faults_with_the_level_of_stage_2)
{
    uint64_t table = moved_stage1(D_S2_ALL);
    toy_map(toy, &s1, AT, TOY_RAM_BASE | D_USER, 3);
    toy_write(toy, toy_map(toy, &s2, table, 0, 2), 0);
    struct toy_result r = toy_access(toy, 1, MMU_READ, AT + 0x40000000 * UINT64_C(512));
    ck_fault(r, FAULT_TRANSLATION, 2);
    ck_assert(r.fault.s1ptw);
    /* Index 1 of the level 0 table: 512 GiB each. */
    ck_assert_uint_eq(r.fault.ipa.v, table + 8);
}
END_TEST

/* CheckAndUpdateDescriptor: the stage-1 descriptor must be writable at stage 2. */
START_TEST(hardware_update_of_stage_1_needs_a_writable_table)
{
    toy->pe.sr[SR_TCR_EL1] |= BIT(39);
    moved_stage1(D_AF | D_S2AP(1) | D_MEM(15));
    toy_map(toy, &s1, AT, TOY_RAM_BASE | D_AP(1), 3);
    struct toy_result r = toy_access(toy, 1, MMU_READ, AT);
    ck_fault(r, FAULT_PERMISSION, 2);
    ck_assert(r.fault.s1ptw);
    toy_tlbi(toy, SR_TLBI_VMALLS12E1, 0);
    for (uint64_t at = 0; at < TOY_RAM_SIZE; at += 0x200000) {
        toy_map(toy, &s2, IPA + at, (TOY_RAM_BASE + at) | D_S2_ALL, 2);
    }
    ck_assert(toy_access(toy, 1, MMU_READ, AT).ok);
    ck_assert_uint_eq(toy->swaps, 1);
}
END_TEST

START_TEST(stage_1_update_marks_the_table_page_dirty_at_stage_2)
{
    toy->pe.sr[SR_TCR_EL1] |= BIT(39);
    toy->pe.sr[SR_VTCR_EL2] |= BIT(21) | BIT(22);
    moved_stage1(D_AF | D_S2AP(1) | D_MEM(15) | D_DBM);
    toy_map(toy, &s1, AT, TOY_RAM_BASE | D_AP(1), 3);
    ck_assert(toy_access(toy, 1, MMU_READ, AT).ok);
    ck_assert_uint_eq(toy->swaps, 2);
}
END_TEST

START_TEST(vtcr_ha_and_hd_update_stage_2_descriptors)
{
    toy->pe.sr[SR_VTCR_EL2] |= BIT(21) | BIT(22);
    toy_map(toy, &s1, AT, IPA | D_USER, 3);
    uint64_t at = toy_map(toy, &s2, IPA, PAGE | D_S2AP(1) | D_MEM(15) | D_DBM, 3);
    struct toy_result r = toy_access(toy, 1, MMU_READ, AT);
    ck_maps(r, PAGE);
    ck_assert_uint_eq(r.page.prot & PROT_W, 0);
    ck_assert_uint_eq(toy_read(toy, at), PAGE | D_AF | D_S2AP(1) | D_MEM(15) | D_DBM | 3);
    ck_assert(toy_access(toy, 1, MMU_WRITE, AT).ok);
    ck_assert_uint_eq(toy_read(toy, at), PAGE | D_AF | D_S2AP(3) | D_MEM(15) | D_DBM | 3);
    toy->pe.model.has[FEAT_HAF] = false;
    toy_tlbi(toy, SR_TLBI_VMALLS12E1, 0);
    toy_write(toy, at, PAGE | D_S2AP(1) | D_MEM(15) | D_DBM | 3);
    ck_fault(toy_access(toy, 1, MMU_READ, AT), FAULT_ACCESS_FLAG, 3);
}
END_TEST

START_TEST(vtcr_hd_alone_updates_nothing)
{
    uint64_t vtcr[] = {0, BIT(21), BIT(22)};
    toy->pe.sr[SR_VTCR_EL2] |= vtcr[_i];
    toy_map(toy, &s1, AT, IPA | D_USER, 3);
    toy_map(toy, &s2, IPA, PAGE | D_AF | D_S2AP(1) | D_MEM(15) | D_DBM, 3);
    ck_fault(toy_access(toy, 1, MMU_WRITE, AT), FAULT_PERMISSION, 3);
    ck_assert_uint_eq(toy->swaps, 0);
}
END_TEST

START_TEST(contiguous_bit_works_at_stage_2)
{
    toy->pe.sr[SR_SCTLR_EL1] = 0;
    toy_map(toy, &s2, IPA + 0x3000, (PAGE + 0x3000) | D_S2_ALL | D_CONTIG, 3);
    struct toy_result r = toy_access(toy, 1, MMU_READ, IPA + 0x3010);
    ck_maps(r, PAGE + 0x3010);
    ck_assert_uint_eq(r.page.size_bytes, 0x10000);
}
END_TEST

/* Stage-1 MAIR byte and SH, stage-2 MemAttr and SH, combined attribute and SH (D5.5.5). */
static const struct {
    uint8_t mair;
    unsigned sh1, mem, sh2;
    uint8_t attr;
    unsigned sh;
    enum mmu_memory memory;
} combined[] = {
    {0xff, 3, 0xf, 3, 0xff, 3, MEM_NORMAL},    {0xff, 0, 0xf, 0, 0xff, 0, MEM_NORMAL},
    {0xff, 0, 0xf, 3, 0xff, 3, MEM_NORMAL},    {0xff, 2, 0xf, 3, 0xff, 2, MEM_NORMAL},
    {0xff, 3, 0xf, 2, 0xff, 2, MEM_NORMAL},    {0xff, 3, 0x5, 3, 0x44, 2, MEM_NORMAL_NC},
    {0x44, 3, 0xf, 3, 0x44, 2, MEM_NORMAL_NC}, {0xff, 3, 0xa, 3, 0xbb, 3, MEM_NORMAL},
    {0xbb, 3, 0xf, 3, 0xbb, 3, MEM_NORMAL},    {0xee, 3, 0xa, 3, 0xaa, 3, MEM_NORMAL},
    {0x77, 3, 0xa, 3, 0x33, 3, MEM_NORMAL},    {0xff, 3, 0xd, 3, 0xf4, 3, MEM_NORMAL},
    {0x4f, 3, 0xf, 3, 0x4f, 3, MEM_NORMAL},    {0xff, 3, 0x0, 0, 0x00, 2, MEM_DEVICE},
    {0xff, 3, 0x1, 0, 0x04, 2, MEM_DEVICE},    {0xff, 3, 0x2, 0, 0x08, 2, MEM_DEVICE},
    {0xff, 3, 0x3, 0, 0x0c, 2, MEM_DEVICE},    {0x04, 0, 0xf, 3, 0x04, 2, MEM_DEVICE},
    {0x0c, 0, 0x1, 3, 0x04, 2, MEM_DEVICE},    {0x00, 0, 0x3, 3, 0x00, 2, MEM_DEVICE},
    {0x08, 0, 0x5, 0, 0x08, 2, MEM_DEVICE},    {0x04, 0, 0x3, 0, 0x04, 2, MEM_DEVICE},
};

START_TEST(memory_attributes_of_the_stages_combine_to_the_stricter)
{
    toy->pe.sr[SR_MAIR_EL1] = (uint64_t)combined[_i].mair << 56;
    toy_map(toy, &s1, AT, IPA | D_USER | D_ATTR(7) | D_SH(combined[_i].sh1), 3);
    toy_map(toy, &s2, IPA,
            PAGE | D_AF | D_S2AP(3) | D_MEM(combined[_i].mem) | D_SH(combined[_i].sh2), 3);
    struct toy_result r = toy_access(toy, 1, MMU_READ, AT);
    ck_maps(r, PAGE);
    ck_assert_uint_eq(r.page.attr, combined[_i].attr);
    ck_assert_uint_eq(r.page.shareability, combined[_i].sh);
    ck_assert_int_eq(r.page.memory, combined[_i].memory);
}
END_TEST

START_TEST(hcr_cd_and_id_turn_stage_2_caching_off)
{
    toy_map(toy, &s1, AT, TOY_RAM_BASE | D_AF | D_AP(3), 3);
    toy->pe.sr[SR_HCR_EL2] |= BIT(32);
    ck_assert_uint_eq(toy_probe(toy, 0, MMU_READ, AT).page.attr, 0x44);
    ck_assert_uint_eq(toy_probe(toy, 0, MMU_FETCH, AT).page.attr, 0xff);
    toy->pe.sr[SR_HCR_EL2] ^= BIT(32) | BIT(33);
    ck_assert_uint_eq(toy_probe(toy, 0, MMU_READ, AT).page.attr, 0xff);
    ck_assert_uint_eq(toy_probe(toy, 0, MMU_FETCH, AT).page.attr, 0x44);
}
END_TEST

START_TEST(stage_1_permission_fault_comes_before_stage_2_translation)
{
    toy_map(toy, &s1, AT, IPA | D_AF | D_AP(2), 3); /* IPA is not mapped */
    struct toy_result r = toy_access(toy, 1, MMU_WRITE, AT);
    ck_fault(r, FAULT_PERMISSION, 3);
    ck_assert(!r.fault.stage2);
    ck_assert_uint_eq(r.fault.target_el, 1);
}
END_TEST

START_TEST(without_el2_hcr_says_nothing)
{
    toy->pe.model.has[FEAT_EL2] = false;
    toy_map(toy, &s1, AT, PAGE | D_USER, 3);
    ck_maps(toy_access(toy, 1, MMU_READ, AT), PAGE);
    ck_assert_uint_eq(toy->row.cells[COST_WALK_S2].count, 0);
}
END_TEST

#define COUNT(table) ((int)(sizeof(table) / sizeof((table)[0])))

int main(void)
{
    Suite *suite = suite_create("mmu stage 2");
    TCase *tc = tcase_create("stage 2");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, access_goes_through_both_stages);
    tcase_add_test(tc, a_probe_says_each_descriptor_that_it_read);
    tcase_add_test(tc, entry_is_as_large_as_the_smaller_stage);
    tcase_add_test(tc, stage_2_alone_translates_when_stage_1_is_off);
    tcase_add_test(tc, dc_makes_stage_1_off_memory_cacheable);
    tcase_add_test(tc, el2_and_el20_have_no_stage_2);
    tcase_add_loop_test(tc, start_level_comes_from_sl0_and_must_fit, 0, COUNT(starts));
    tcase_add_loop_test(tc, faults_of_stage_2_report_level_and_ipa, 1, 4);
    tcase_add_test(tc, vttbr_beyond_ps_is_an_address_size_fault_of_level_0);
    tcase_add_test(tc, stage_1_tables_are_found_through_stage_2);
    tcase_add_loop_test(tc, stage_2_fault_on_a_stage_1_table_is_marked_s1ptw, 0, COUNT(ptw));
    tcase_add_test(tc, unmapped_stage_1_table_faults_with_the_level_of_stage_2);
    tcase_add_test(tc, hardware_update_of_stage_1_needs_a_writable_table);
    tcase_add_test(tc, stage_1_update_marks_the_table_page_dirty_at_stage_2);
    tcase_add_test(tc, vtcr_ha_and_hd_update_stage_2_descriptors);
    tcase_add_loop_test(tc, vtcr_hd_alone_updates_nothing, 0, 3);
    tcase_add_test(tc, contiguous_bit_works_at_stage_2);
    tcase_add_loop_test(tc, memory_attributes_of_the_stages_combine_to_the_stricter, 0,
                        COUNT(combined));
    tcase_add_test(tc, hcr_cd_and_id_turn_stage_2_caching_off);
    tcase_add_test(tc, stage_1_permission_fault_comes_before_stage_2_translation);
    tcase_add_test(tc, without_el2_hcr_says_nothing);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}
