/* Stage 1: geometry, faults by level, regimes, attributes (Arm ARM D5.2, D5.3, D5.5). */
#include "tests/unit/mmu/toy.h"
#include "tests/support/run_suite.h"

#include <check.h>
#include <stdlib.h>

#define PAGE (TOY_RAM_BASE + 0x400000) /* some RAM that is no table */

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

/* The granule field of TCR_EL1.TG0. */
static uint64_t tg0(unsigned granule_bits)
{
    return (uint64_t)(granule_bits == 12 ? 0 : granule_bits == 16 ? 1 : 2) << 14;
}

/* Lower half with another geometry. */
static void use_geometry(unsigned granule_bits, unsigned t0sz, unsigned start_level)
{
    s1 = (struct toy_tables){toy_table(toy, 0x10000), granule_bits, start_level, 64 - t0sz, 0};
    toy->pe.sr[SR_TTBR0_EL1] = s1.start;
    toy->pe.sr[SR_TCR_EL1] =
        (toy->pe.sr[SR_TCR_EL1] & ~UINT64_C(0xc03f)) | t0sz | tg0(granule_bits);
}

/* D5.2.9, AArch64.TranslateAddressS1Off. */
START_TEST(mmu_off_maps_flat_as_device_for_data)
{
    toy->pe.sr[SR_SCTLR_EL1] = 0;
    struct toy_result r = toy_access(toy, 1, MMU_READ, 0x12345678);
    ck_maps(r, 0x12345678);
    ck_assert_int_eq(r.page.memory, MEM_DEVICE);
    ck_assert_uint_eq(r.page.attr, 0x00);
    ck_assert_uint_eq(r.page.prot, 7);
    ck_assert_uint_eq(toy->clock.now, 0);
    ck_assert(toy_holds(toy, 1, 0x12345678));
}
END_TEST

START_TEST(mmu_off_fetches_are_cacheable_by_sctlr_i)
{
    toy->pe.sr[SR_SCTLR_EL1] = 0;
    struct toy_result r = toy_access(toy, 1, MMU_FETCH, 0x1000);
    ck_assert_uint_eq(r.page.attr, 0x44);
    ck_assert_int_eq(r.page.memory, MEM_NORMAL_NC);
    toy->pe.sr[SR_SCTLR_EL1] = BIT(12);
    r = toy_access(toy, 1, MMU_FETCH, 0x1000);
    ck_assert_uint_eq(r.page.attr, 0xaa);
    ck_assert_uint_eq(r.page.shareability, 2);
}
END_TEST

START_TEST(mmu_off_address_beyond_pa_is_an_address_size_fault)
{
    toy->pe.sr[SR_SCTLR_EL1] = 0;
    toy->pe.model.pa_bits = 40;
    ck_assert(toy_access(toy, 1, MMU_READ, 0xffffffffff).ok);
    ck_fault(toy_access(toy, 1, MMU_READ, UINT64_C(1) << 40), FAULT_ADDRESS_SIZE, 0);
    ck_fault(toy_access(toy, 1, MMU_READ, UINT64_C(1) << 63), FAULT_ADDRESS_SIZE, 0);
}
END_TEST

START_TEST(four_level_walk_charges_a_miss_and_four_reads)
{
    toy_map(toy, &s1, 0x7fff12345000, PAGE | D_USER, 3);
    struct toy_result r = toy_access(toy, 1, MMU_READ, 0x7fff12345678);
    ck_maps(r, PAGE + 0x678);
    ck_assert_uint_eq(r.page.size_bytes, 4096);
    ck_assert_uint_eq(toy->row.cells[COST_TLB_MISS].count, 1);
    ck_assert_uint_eq(toy->row.cells[COST_WALK_S1].count, 4);
    ck_assert_uint_eq(toy->clock.now, 5 * CYCLE);
}
END_TEST

/* Table D5-11 ff.: where walks start, by granule and T0SZ (TTST above 39). */
static const struct {
    unsigned granule_bits, t0sz, start_level;
} starts[] = {
    {12, 16, 0}, {12, 24, 0}, {12, 25, 1}, {12, 33, 1}, {12, 34, 2}, {12, 39, 2},
    {12, 42, 2}, {12, 43, 3}, {12, 48, 3}, {14, 16, 0}, {14, 17, 1}, {14, 27, 1},
    {14, 28, 2}, {14, 38, 2}, {14, 39, 3}, {14, 48, 3}, {16, 12, 1}, {16, 16, 1},
    {16, 21, 1}, {16, 22, 2}, {16, 34, 2}, {16, 35, 3}, {16, 39, 3}, {16, 47, 3},
};

START_TEST(walk_starts_at_the_level_of_granule_and_t0sz)
{
    use_geometry(starts[_i].granule_bits, starts[_i].t0sz, starts[_i].start_level);
    /* The last page of the range: all index bits in use. */
    uint64_t at = (UINT64_C(1) << (64 - starts[_i].t0sz)) - (UINT64_C(1) << s1.granule_bits);
    toy_map(toy, &s1, at, PAGE | D_USER, 3);
    struct toy_result r = toy_access(toy, 1, MMU_READ, at | 8);
    ck_maps(r, PAGE + 8);
    ck_assert_uint_eq(r.page.size_bytes, UINT64_C(1) << starts[_i].granule_bits);
    ck_assert_uint_eq(toy->row.cells[COST_WALK_S1].count, 4 - starts[_i].start_level);
}
END_TEST

/* TTBR<n>.CnP is not part of the address. */
START_TEST(cnp_is_ignored)
{
    toy_map(toy, &s1, 0x5000, PAGE | D_USER, 3);
    toy->pe.sr[SR_TTBR0_EL1] |= 1;
    ck_maps(toy_access(toy, 1, MMU_READ, 0x5000), PAGE);
}
END_TEST

static const struct {
    unsigned granule_bits, t0sz;
    bool ttst, lva;
} bad_sizes[] = {
    {12, 15, true, true},  {12, 49, true, true}, {12, 40, false, true}, {14, 15, true, true},
    {14, 40, false, true}, {16, 11, true, true}, {16, 15, true, false}, {16, 48, true, true},
    {16, 40, false, true}, {12, 12, true, true},
};

/* K1.2.12 (RESTnSZ): of the allowed choices, the fault. */
START_TEST(t0sz_out_of_range_is_a_level_0_translation_fault)
{
    toy->pe.model.has[FEAT_TTST] = bad_sizes[_i].ttst;
    toy->pe.model.has[FEAT_LVA] = bad_sizes[_i].lva;
    use_geometry(bad_sizes[_i].granule_bits, bad_sizes[_i].t0sz, 0);
    ck_fault(toy_access(toy, 1, MMU_READ, 0), FAULT_TRANSLATION, 0);
    ck_assert_uint_eq(toy->reads, 0);
}
END_TEST

/* Granule, level that has the invalid entry, start level for T0SZ = 16. */
static const struct {
    unsigned granule_bits, start_level, level;
} levels[] = {
    {12, 0, 0}, {12, 0, 1}, {12, 0, 2}, {12, 0, 3}, {14, 0, 0}, {14, 0, 1},
    {14, 0, 2}, {14, 0, 3}, {16, 1, 1}, {16, 1, 2}, {16, 1, 3},
};

START_TEST(invalid_descriptor_is_a_translation_fault_of_its_level)
{
    use_geometry(levels[_i].granule_bits, 16, levels[_i].start_level);
    uint64_t at = toy_map(toy, &s1, 0x123450000, PAGE | D_USER, levels[_i].level);
    toy_write(toy, at, (PAGE | D_USER | 3) & ~UINT64_C(1));
    toy->pe.sr[SR_HCR_EL2] = BIT(37); /* TEA is about external aborts only */
    struct toy_result r = toy_access(toy, 1, MMU_READ, 0x123450000);
    ck_fault(r, FAULT_TRANSLATION, levels[_i].level);
    ck_assert(!r.fault.stage2);
    ck_assert_uint_eq(r.fault.target_el, 1);
    ck_assert_uint_eq(toy->row.cells[COST_WALK_S1].count,
                      levels[_i].level - levels[_i].start_level + 1);
    ck_assert(!toy_holds(toy, 1, 0x123450000));
}
END_TEST

START_TEST(external_abort_on_a_descriptor_reports_its_level)
{
    use_geometry(levels[_i].granule_bits, 16, levels[_i].start_level);
    toy->abort_at = toy_map(toy, &s1, 0x123450000, PAGE | D_USER, levels[_i].level);
    struct toy_result r = toy_access(toy, 1, MMU_READ, 0x123450000);
    ck_fault(r, FAULT_EXTERNAL_WALK, levels[_i].level);
    ck_assert_uint_eq(r.fault.target_el, 1);
    toy->pe.sr[SR_HCR_EL2] = BIT(37); /* TEA */
    ck_assert_uint_eq(toy_access(toy, 1, MMU_READ, 0x123450000).fault.target_el, 2);
}
END_TEST

/* D5.3.1: which levels have blocks, and how large they are. */
static const struct {
    unsigned granule_bits, start_level, level, log2_size; /* 0: not allowed */
} blocks[] = {
    {12, 0, 0, 0},  {12, 0, 1, 30}, {12, 0, 2, 21}, {12, 0, 3, 0},  {14, 0, 0, 0}, {14, 0, 1, 0},
    {14, 0, 2, 25}, {14, 0, 3, 0},  {16, 1, 1, 0},  {16, 1, 2, 29}, {16, 1, 3, 0},
};

START_TEST(block_descriptors_exist_at_the_levels_of_their_granule)
{
    use_geometry(blocks[_i].granule_bits, 16, blocks[_i].start_level);
    uint64_t at = toy_map(toy, &s1, 0x140000000, D_USER, blocks[_i].level);
    toy_write(toy, at, UINT64_C(0xc0000000) | D_USER | 1);
    struct toy_result r = toy_access(toy, 1, MMU_READ, 0x140123456);
    if (blocks[_i].log2_size == 0) {
        ck_fault(r, FAULT_TRANSLATION, blocks[_i].level);
        return;
    }
    uint64_t size = UINT64_C(1) << blocks[_i].log2_size;
    ck_assert(r.ok);
    ck_assert_uint_eq(r.page.size_bytes, size);
    ck_maps(r, UINT64_C(0xc0123456));
}
END_TEST

START_TEST(address_above_t0sz_is_a_level_0_translation_fault)
{
    use_geometry(12, 25, 1);
    toy_map(toy, &s1, 0, PAGE | D_USER, 3);
    ck_assert(toy_access(toy, 1, MMU_READ, 0).ok);
    ck_fault(toy_access(toy, 1, MMU_READ, UINT64_C(1) << 39), FAULT_TRANSLATION, 0);
    ck_fault(toy_access(toy, 1, MMU_READ, UINT64_C(1) << 54), FAULT_TRANSLATION, 0);
}
END_TEST

START_TEST(upper_half_is_translated_by_ttbr1)
{
    struct toy_tables upper = toy_stage1_el1_upper(toy);
    toy_map(toy, &upper, UINT64_C(0xffff800000001000), PAGE | D_USER, 3);
    ck_maps(toy_access(toy, 1, MMU_READ, UINT64_C(0xffff800000001234)), PAGE + 0x234);
    /* T1SZ = 16: bits 63..48 are all ones. */
    ck_fault(toy_access(toy, 1, MMU_READ, UINT64_C(0xfffe800000001234)), FAULT_TRANSLATION, 0);
    ck_fault(toy_access(toy, 1, MMU_READ, UINT64_C(0x0080800000001234)), FAULT_TRANSLATION, 0);
}
END_TEST

START_TEST(tg1_has_an_encoding_of_its_own)
{
    struct toy_tables upper = {toy_table(toy, 0x4000), 14, 0, 48, 0};
    toy->pe.sr[SR_TTBR1_EL1] = upper.start;
    toy->pe.sr[SR_TCR_EL1] = bits_set(toy->pe.sr[SR_TCR_EL1], 31, 30, 1); /* 16K */
    toy_map(toy, &upper, UINT64_C(0xffffc00000004000), PAGE | D_USER, 3);
    struct toy_result r = toy_access(toy, 1, MMU_READ, UINT64_C(0xffffc00000005234));
    ck_maps(r, PAGE + 0x1234);
    ck_assert_uint_eq(r.page.size_bytes, 0x4000);
}
END_TEST

START_TEST(granule_that_the_cpu_lacks_is_replaced_by_its_smallest)
{
    toy->pe.model.granule_16k = false;
    toy->pe.sr[SR_TCR_EL1] |= tg0(14);
    toy_map(toy, &s1, 0x5000, PAGE | D_USER, 3);
    ck_assert_uint_eq(toy_access(toy, 1, MMU_READ, 0x5000).page.size_bytes, 4096);
}
END_TEST

/* D5.1.3 and AddrTop. */
START_TEST(tag_byte_is_ignored_with_tbi_and_shares_the_entry)
{
    toy->pe.sr[SR_TCR_EL1] |= BIT(37);
    toy_map(toy, &s1, 0x5000, PAGE | D_USER, 3);
    ck_maps(toy_access(toy, 1, MMU_READ, UINT64_C(0xab00000000005010)), PAGE + 0x10);
    ck_maps(toy_access(toy, 1, MMU_READ, 0x5010), PAGE + 0x10);
    ck_assert_uint_eq(mmu_stats(toy->mmu)->misses, 1);
}
END_TEST

START_TEST(tag_byte_faults_without_tbi_even_on_a_held_page)
{
    toy_map(toy, &s1, 0x5000, PAGE | D_USER, 3);
    ck_assert(toy_access(toy, 1, MMU_READ, 0x5000).ok);
    ck_fault(toy_access(toy, 1, MMU_READ, UINT64_C(0xab00000000005000)), FAULT_TRANSLATION, 0);
    toy->pe.sr[SR_TCR_EL1] |= BIT(38); /* TBI1 says nothing about this half */
    ck_fault(toy_access(toy, 1, MMU_READ, UINT64_C(0xab00000000005000)), FAULT_TRANSLATION, 0);
}
END_TEST

START_TEST(bit_55_selects_the_half_of_a_tagged_address)
{
    struct toy_tables upper = toy_stage1_el1_upper(toy);
    toy->pe.sr[SR_TCR_EL1] |= BIT(38);
    toy_map(toy, &upper, UINT64_C(0xffff800000001000), PAGE | D_USER, 3);
    ck_maps(toy_access(toy, 1, MMU_READ, UINT64_C(0x12ff800000001000)), PAGE);
    ck_fault(toy_access(toy, 1, MMU_READ, UINT64_C(0x127f800000001000)), FAULT_TRANSLATION, 0);
}
END_TEST

START_TEST(epd_disables_the_walks_of_one_half)
{
    struct toy_tables upper = toy_stage1_el1_upper(toy);
    toy_map(toy, &s1, 0x5000, PAGE | D_USER, 3);
    toy_map(toy, &upper, UINT64_C(0xffffffffffffe000), PAGE | D_USER, 3);
    toy->pe.sr[SR_TCR_EL1] |= BIT(7);
    ck_fault(toy_access(toy, 1, MMU_READ, 0x5000), FAULT_TRANSLATION, 0);
    ck_assert(toy_access(toy, 1, MMU_READ, UINT64_C(0xffffffffffffe000)).ok);
    toy->pe.sr[SR_TCR_EL1] ^= BIT(7) | BIT(23);
    ck_assert(toy_access(toy, 1, MMU_READ, 0x5000).ok);
    toy_tlbi(toy, SR_TLBI_VMALLE1, 0);
    ck_fault(toy_access(toy, 1, MMU_READ, UINT64_C(0xffffffffffffe000)), FAULT_TRANSLATION, 0);
}
END_TEST

/* TCR_EL1.IPS: 0b000 is 32 bits ... 0b101 is 48. */
static const struct {
    unsigned ips, bits;
} sizes[] = {{0, 32}, {1, 36}, {2, 40}, {3, 42}, {4, 44}, {5, 48}, {6, 48}, {7, 48}};

START_TEST(output_beyond_ips_is_an_address_size_fault_of_the_leaf)
{
    toy->pe.sr[SR_TCR_EL1] = bits_set(toy->pe.sr[SR_TCR_EL1], 34, 32, sizes[_i].ips);
    uint64_t beyond = UINT64_C(1) << sizes[_i].bits;
    toy_map(toy, &s1, 0x5000, (beyond >> 1) | D_USER, 3);
    toy_map(toy, &s1, 0x40000000, (beyond >> 1) | D_USER, 1);
    ck_maps(toy_access(toy, 1, MMU_READ, 0x5000), beyond >> 1);
    ck_maps(toy_access(toy, 1, MMU_READ, 0x40000000), beyond >> 1);
    if (sizes[_i].bits < 48) {
        toy_map(toy, &s1, 0x6000, beyond | D_USER, 3);
        toy_map(toy, &s1, 0x80000000, beyond | D_USER, 1);
        ck_fault(toy_access(toy, 1, MMU_READ, 0x6000), FAULT_ADDRESS_SIZE, 3);
        ck_fault(toy_access(toy, 1, MMU_READ, 0x80000000), FAULT_ADDRESS_SIZE, 1);
    }
}
END_TEST

START_TEST(implemented_pa_size_limits_ips)
{
    toy->pe.model.pa_bits = 40;
    toy_map(toy, &s1, 0x5000, UINT64_C(1) << 40 | D_USER, 3);
    ck_fault(toy_access(toy, 1, MMU_READ, 0x5000), FAULT_ADDRESS_SIZE, 3);
}
END_TEST

START_TEST(table_beyond_ips_is_an_address_size_fault_of_its_level)
{
    toy->pe.sr[SR_TCR_EL1] = bits_set(toy->pe.sr[SR_TCR_EL1], 34, 32, 0);
    uint64_t at = toy_map(toy, &s1, 0x5000, 0, 1);
    toy_write(toy, at, UINT64_C(1) << 32 | 3);
    ck_fault(toy_access(toy, 1, MMU_READ, 0x5000), FAULT_ADDRESS_SIZE, 1);
    toy->pe.sr[SR_TTBR0_EL1] = UINT64_C(1) << 32;
    ck_fault(toy_access(toy, 1, MMU_READ, 0x5000), FAULT_ADDRESS_SIZE, 0);
}
END_TEST

/* AArch64.TranslationTableWalk checks the output address before AF, and AF before permissions. */
START_TEST(address_size_comes_before_access_flag_before_permission)
{
    toy->pe.sr[SR_TCR_EL1] = bits_set(toy->pe.sr[SR_TCR_EL1], 34, 32, 0);
    uint64_t at = toy_map(toy, &s1, 0x5000, UINT64_C(1) << 32 | D_AP(2), 3);
    ck_fault(toy_access(toy, 0, MMU_WRITE, 0x5000), FAULT_ADDRESS_SIZE, 3);
    toy_write(toy, at, PAGE | D_AP(2) | 3);
    ck_fault(toy_access(toy, 0, MMU_WRITE, 0x5000), FAULT_ACCESS_FLAG, 3);
    toy_write(toy, at, PAGE | D_AP(2) | D_AF | 3);
    ck_fault(toy_access(toy, 0, MMU_WRITE, 0x5000), FAULT_PERMISSION, 3);
}
END_TEST

START_TEST(clear_access_flag_faults_at_the_level_of_the_leaf)
{
    unsigned level = (unsigned)_i;
    toy_map(toy, &s1, 0x40000000, D_AP(1), level);
    ck_fault(toy_access(toy, 1, MMU_READ, 0x40000000), FAULT_ACCESS_FLAG, level);
    ck_assert(!toy_holds(toy, 1, 0x40000000));
}
END_TEST

/* D5.3.2: how many entries the contiguous bit stands for. */
static const struct {
    unsigned granule_bits, start_level, level, log2_size;
} runs[] = {{12, 0, 3, 16}, {12, 0, 2, 25}, {12, 0, 1, 34}, {14, 0, 3, 21},
            {14, 0, 2, 30}, {16, 1, 3, 21}, {16, 1, 2, 34}};

START_TEST(contiguous_bit_makes_one_entry_of_a_run)
{
    use_geometry(runs[_i].granule_bits, 16, runs[_i].start_level);
    unsigned block = s1.granule_bits + (3 - runs[_i].level) * (s1.granule_bits - 3);
    uint64_t size = UINT64_C(1) << runs[_i].log2_size, one = UINT64_C(1) << block;
    /* The second of the run: the entry starts at the first. */
    toy_map(toy, &s1, size + one, size + one + D_USER + D_CONTIG, runs[_i].level);
    struct toy_result r = toy_access(toy, 1, MMU_READ, size + one + 0x123);
    ck_maps(r, size + one + 0x123);
    ck_assert_uint_eq(r.page.size_bytes, size);
    ck_maps(toy_access(toy, 1, MMU_READ, 2 * size - 1), 2 * size - 1);
    ck_assert_uint_eq(mmu_stats(toy->mmu)->misses, 1);
}
END_TEST

START_TEST(contiguous_bit_with_misaligned_output_is_ignored)
{
    toy_map(toy, &s1, 0x11000, PAGE | D_USER | D_CONTIG, 3);
    struct toy_result r = toy_access(toy, 1, MMU_READ, 0x11004);
    ck_maps(r, PAGE + 4);
    ck_assert_uint_eq(r.page.size_bytes, 4096);
}
END_TEST

START_TEST(caches_off_make_normal_memory_non_cacheable)
{
    toy_map(toy, &s1, 0x5000, PAGE | D_USER | D_ATTR(0) | D_SH(3), 3);
    toy_map(toy, &s1, 0x6000, PAGE | D_USER | D_ATTR(1), 3);
    ck_assert_uint_eq(toy_probe(toy, 1, MMU_READ, 0x5000).page.attr, 0xff);
    ck_assert_uint_eq(toy_probe(toy, 1, MMU_READ, 0x5000).page.shareability, 3);
    toy->pe.sr[SR_SCTLR_EL1] = BIT(0) | BIT(12);
    ck_assert_uint_eq(toy_probe(toy, 1, MMU_READ, 0x5000).page.attr, 0x44);
    ck_assert_uint_eq(toy_probe(toy, 0, MMU_FETCH, 0x5000).page.attr, 0xff);
    toy->pe.sr[SR_SCTLR_EL1] = BIT(0) | BIT(2);
    ck_assert_uint_eq(toy_probe(toy, 0, MMU_FETCH, 0x5000).page.attr, 0x44);
    ck_assert_uint_eq(toy_probe(toy, 1, MMU_READ, 0x6000).page.attr, 0x04);
    ck_assert_uint_eq(toy_probe(toy, 1, MMU_READ, 0x6000).page.shareability, 2);
}
END_TEST

/* D5.1.4: VA[55] = 1 has no table in EL2; AP[1], PXN and nG do not exist. */
START_TEST(el2_has_one_range_and_one_privilege_level)
{
    struct toy_tables el2 = toy_stage1_el2(toy);
    toy->pe.ps.el = 2;
    toy_map(toy, &el2, 0x5000, PAGE | D_AF | D_AP(0) | D_PXN | D_NG, 3);
    toy_map(toy, &el2, 0x6000, PAGE | D_AF | D_AP(3) | D_UXN, 3);
    ck_assert_uint_eq(toy_access(toy, 2, MMU_READ, 0x5000).page.prot, PROT_R | PROT_W | PROT_X);
    ck_assert_uint_eq(toy_access(toy, 2, MMU_READ, 0x6000).page.prot, PROT_R);
    struct toy_result r = toy_access(toy, 2, MMU_READ, UINT64_C(0xffffffffffffe000));
    ck_fault(r, FAULT_TRANSLATION, 0);
    ck_assert_uint_eq(r.fault.target_el, 2);
}
END_TEST

START_TEST(el2_takes_tbi_from_bit_20)
{
    struct toy_tables el2 = toy_stage1_el2(toy);
    toy->pe.sr[SR_TCR_EL2] |= BIT(20);
    toy_map(toy, &el2, 0x5000, PAGE | D_AF, 3);
    ck_maps(toy_access(toy, 2, MMU_READ, UINT64_C(0x5500000000005000)), PAGE);
}
END_TEST

START_TEST(el2_takes_its_output_size_from_ps)
{
    struct toy_tables el2 = toy_stage1_el2(toy);
    toy->pe.sr[SR_TCR_EL2] = UINT64_C(16) | UINT64_C(2) << 16; /* 40 bits */
    toy_map(toy, &el2, 0x5000, UINT64_C(1) << 39 | D_AF, 3);
    toy_map(toy, &el2, 0x6000, UINT64_C(1) << 40 | D_AF, 3);
    ck_maps(toy_access(toy, 2, MMU_READ, 0x5000), UINT64_C(1) << 39);
    ck_fault(toy_access(toy, 2, MMU_READ, 0x6000), FAULT_ADDRESS_SIZE, 3);
}
END_TEST

START_TEST(el20_has_both_halves_of_el2_registers)
{
    toy_stage1_el2(toy);
    toy->pe.sr[SR_HCR_EL2] = BIT(34) | BIT(27);
    struct toy_tables upper = {toy_table(toy, 4096), 12, 0, 48, 0};
    toy->pe.sr[SR_TTBR1_EL2] = upper.start;
    toy->pe.sr[SR_TCR_EL2] = toy->pe.sr[SR_TCR_EL1];
    toy_map(toy, &upper, UINT64_C(0xffff800000005000), PAGE | D_AF | D_AP(1), 3);
    ck_maps(toy_access(toy, 2, MMU_READ, UINT64_C(0xffff800000005000)), PAGE);
    ck_maps(toy_access(toy, 0, MMU_READ, UINT64_C(0xffff800000005000)), PAGE);
    struct toy_result r = toy_access(toy, 0, MMU_READ, UINT64_C(0xffff800000006000));
    ck_fault(r, FAULT_TRANSLATION, 3);
    ck_assert_uint_eq(r.fault.target_el, 2);
}
END_TEST

/* D8.1.2: regime by EL, E2H, TGE. */
static const struct {
    unsigned el;
    bool e2h, tge;
    enum mmu_regime regime;
} regimes[] = {
    {0, false, false, REGIME_EL10}, {0, false, true, REGIME_EL10},  {0, true, false, REGIME_EL10},
    {0, true, true, REGIME_EL20},   {1, false, false, REGIME_EL10}, {1, true, false, REGIME_EL10},
    {2, false, false, REGIME_EL2},  {2, false, true, REGIME_EL2},   {2, true, false, REGIME_EL20},
    {2, true, true, REGIME_EL20},
};

START_TEST(regime_follows_el_e2h_and_tge)
{
    toy->pe.sr[SR_HCR_EL2] = (regimes[_i].e2h ? BIT(34) : 0) | (regimes[_i].tge ? BIT(27) : 0);
    ck_assert_int_eq(mmu_regime(&toy->pe, regimes[_i].el), regimes[_i].regime);
}
END_TEST

/* HCR_EL2.TGE without E2H: SCTLR_EL1.M acts as 0 and faults of EL0 go to EL2. */
START_TEST(tge_without_e2h_turns_stage_1_of_el0_off)
{
    toy->pe.sr[SR_HCR_EL2] = BIT(27);
    ck_maps(toy_access(toy, 0, MMU_READ, 0x123456), 0x123456);
    toy->pe.model.pa_bits = 40;
    struct toy_result r = toy_access(toy, 0, MMU_READ, UINT64_C(1) << 40);
    ck_fault(r, FAULT_ADDRESS_SIZE, 0);
    ck_assert_uint_eq(r.fault.target_el, 2);
}
END_TEST

#define COUNT(table) ((int)(sizeof(table) / sizeof((table)[0])))

static void add_geometry(TCase *tc)
{
    tcase_add_test(tc, mmu_off_maps_flat_as_device_for_data);
    tcase_add_test(tc, mmu_off_fetches_are_cacheable_by_sctlr_i);
    tcase_add_test(tc, mmu_off_address_beyond_pa_is_an_address_size_fault);
    tcase_add_test(tc, four_level_walk_charges_a_miss_and_four_reads);
    tcase_add_loop_test(tc, walk_starts_at_the_level_of_granule_and_t0sz, 0, COUNT(starts));
    tcase_add_test(tc, cnp_is_ignored);
    tcase_add_loop_test(tc, t0sz_out_of_range_is_a_level_0_translation_fault, 0, COUNT(bad_sizes));
    tcase_add_loop_test(tc, block_descriptors_exist_at_the_levels_of_their_granule, 0,
                        COUNT(blocks));
    tcase_add_test(tc, address_above_t0sz_is_a_level_0_translation_fault);
    tcase_add_test(tc, upper_half_is_translated_by_ttbr1);
    tcase_add_test(tc, tg1_has_an_encoding_of_its_own);
    tcase_add_test(tc, granule_that_the_cpu_lacks_is_replaced_by_its_smallest);
    tcase_add_test(tc, tag_byte_is_ignored_with_tbi_and_shares_the_entry);
    tcase_add_test(tc, tag_byte_faults_without_tbi_even_on_a_held_page);
    tcase_add_test(tc, bit_55_selects_the_half_of_a_tagged_address);
    tcase_add_test(tc, epd_disables_the_walks_of_one_half);
    tcase_add_loop_test(tc, contiguous_bit_makes_one_entry_of_a_run, 0, COUNT(runs));
    tcase_add_test(tc, contiguous_bit_with_misaligned_output_is_ignored);
    tcase_add_test(tc, caches_off_make_normal_memory_non_cacheable);
    tcase_add_test(tc, el2_has_one_range_and_one_privilege_level);
    tcase_add_test(tc, el2_takes_tbi_from_bit_20);
    tcase_add_test(tc, el2_takes_its_output_size_from_ps);
    tcase_add_test(tc, el20_has_both_halves_of_el2_registers);
    tcase_add_loop_test(tc, regime_follows_el_e2h_and_tge, 0, COUNT(regimes));
    tcase_add_test(tc, tge_without_e2h_turns_stage_1_of_el0_off);
}

static void add_faults(TCase *tc)
{
    tcase_add_loop_test(tc, invalid_descriptor_is_a_translation_fault_of_its_level, 0,
                        COUNT(levels));
    tcase_add_loop_test(tc, external_abort_on_a_descriptor_reports_its_level, 0, COUNT(levels));
    tcase_add_loop_test(tc, output_beyond_ips_is_an_address_size_fault_of_the_leaf, 0,
                        COUNT(sizes));
    tcase_add_test(tc, implemented_pa_size_limits_ips);
    tcase_add_test(tc, table_beyond_ips_is_an_address_size_fault_of_its_level);
    tcase_add_test(tc, address_size_comes_before_access_flag_before_permission);
    tcase_add_loop_test(tc, clear_access_flag_faults_at_the_level_of_the_leaf, 1, 4);
}

int main(void)
{
    Suite *suite = suite_create("mmu stage 1");
    TCase *tc = tcase_create("stage 1");
    tcase_add_checked_fixture(tc, setup, teardown);
    add_geometry(tc);
    add_faults(tc);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}
