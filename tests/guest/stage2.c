/* Stage 2: syndromes of emulated accesses, HPFAR, levels, permissions, S1PTW, invalidation. ISS of
 * a Data Abort: ISV bit 24, SAS [23:22], SSE 21, SRT [20:16], SF 15, AR 14, CM 8, S1PTW 7, WnR 6,
 * DFSC [5:0] (Arm ARM D13.2.37). */
#include "pt.h"

#define MARK 0x1122334455667788UL
#define HOLE                                                                                       \
    TEST_VA /* an intermediate physical address that stage 2 does not map (but its level-2 table   \
               is there) */
#define RW_EL1  (PT_RAM | PT_PXN | PT_UXN)
#define S2_PAGE (S2_RAM & ~(S2_R | S2_W))

/* One load or store of [x0] and what its syndrome says; DFSC 0b000111: translation fault of
 * level 3. */
struct isv_case {
    guest_fn access;
    uint64_t esr;
};

INSN(ldrb_w5, "ldrb w5, [x0]");
INSN(ldrh_w5, "ldrh w5, [x0]");
INSN(ldr_w7, "ldr w7, [x0]");
INSN(ldr_x9, "ldr x9, [x0]");
INSN(ldrsb_w5, "ldrsb w5, [x0]");
INSN(ldrsb_x5, "ldrsb x5, [x0]");
INSN(ldrsh_w6, "ldrsh w6, [x0]");
INSN(ldrsh_x6, "ldrsh x6, [x0]");
INSN(ldrsw_x6, "ldrsw x6, [x0]");
INSN(strb_w5, "strb w5, [x0]");
INSN(strh_w5, "strh w5, [x0]");
INSN(str_w5, "str w5, [x0]");
INSN(str_x5, "str x5, [x0]");
INSN(str_wzr, "str wzr, [x0]");
INSN(str_xzr, "str xzr, [x0]");
INSN(ldr_xzr, "ldr xzr, [x0]");
INSN(ldr_offset, "ldr w5, [x0, #8]");
INSN(ldtr_x5, "ldtr x5, [x0]");
INSN(ldar_w5, "ldar w5, [x0]");
INSN(stlr_x5, "stlr x5, [x0]");
INSN(ldr_post, "ldr x5, [x0], #8");
INSN(str_pre, "str x5, [x0, #8]!");
INSN(ldp_x5_x6, "ldp x5, x6, [x0]");
INSN(stp_x5_x6, "stp x5, x6, [x0]");
INSN(ldxr_x5, "ldxr x5, [x0]");
INSN(ldr_d0, "ldr d0, [x0]");
INSN(prfm, "prfm pldl1keep, [x0]");
INSN(load, "ldr x0, [x0]");
INSN(store, "str xzr, [x0]");
INSN(fetch, "mov x9, x30\n blr x0\n mov x30, x9");
INSN(dc_civac, "dc civac, x0");

/* The hole is in a level-3 table, so that every case has DFSC 0x07. */
static struct pt map_with_hole(void)
{
    struct pt s2 = stage2_map();
    *pt_descriptor(&s2, HOLE, 3) = 0;
    return s2;
}

static void check_isv(const void *arg)
{
    const struct isv_case *c = arg;
    struct pt s2 = map_with_hole();

    stage2_on(&s2, 1);
    run_el1(c->access, HOLE + 0x340);
    if (expect_trap_at(2, VEC_LOWER64, c->esr, (const void *)c->access)) {
        expect("HPFAR", this_cpu()->trap[0].hpfar, HOLE >> 8); /* FIPA[47:12] in bits [43:4] */
    }
}

#define ISV(...)                                                                                   \
    .run = check_isv, .arg = &(const struct isv_case)                                              \
    {                                                                                              \
        __VA_ARGS__                                                                                \
    }

/* A prefetch never takes a synchronous exception (C6.2 PRFM). */
static void check_prefetch(const void *arg)
{
    struct pt s2 = map_with_hole();

    (void)arg;
    stage2_on(&s2, 1);
    run_el1(prfm, HOLE);
    expect_no_trap("ESR");
}

/* FAR_EL2 holds the virtual address with its offset, HPFAR_EL2 the page's intermediate physical
 * address (D13.2.41, D13.2.57). Here stage 1 maps TEST_VA2 to the hole. */
static void check_far_hpfar(const void *arg)
{
    struct pt s2 = map_with_hole(), pt = el1_map(12);

    (void)arg;
    pt_map_leaf(&pt, TEST_VA2, HOLE, 3, RW_EL1);
    el1_mmu_on(&pt);
    stage2_on(&s2, 1);
    run_el1(ldr_x9, TEST_VA2 + 0x128);
    expect_trap(2, VEC_LOWER64, 0x93c98007);
    expect("FAR", this_cpu()->trap[0].far, TEST_VA2 + 0x128);
    expect("HPFAR", this_cpu()->trap[0].hpfar, HOLE >> 8);
}

/* A leaf of stage 2 and what an access of EL1 (stage 1 off) or EL0 meets. */
struct s2_case {
    guest_fn access;
    unsigned el, level;
    uint64_t attributes, pa_high, esr;
};

static void check_s2(const void *arg)
{
    const struct s2_case *c = arg;
    struct pt s2 = stage2_map();
    uint64_t ipa = HOLE + (c->access == fetch ? 8 : 0);

    *(volatile uint64_t *)TEST_PA = MARK;
    *(volatile uint32_t *)(TEST_PA + 8) = 0xd65f03c0;
    OP("dsb sy\n ic ialluis\n dsb sy\n isb");
    if (c->level != 0) {
        pt_map_leaf(&s2, HOLE, (c->level == 1 ? 0x40000000 : TEST_PA) | c->pa_high, c->level,
                    c->attributes);
        ipa += c->level == 1 ? TEST_PA - 0x40000000 : 0;
    }
    stage2_on(&s2, 1);
    uint64_t value = run_at_level(c->el, c->access, ipa);
    if (c->esr != 0) {
        expect_trap(2, VEC_LOWER64, c->esr);
        expect("FAR", this_cpu()->trap[0].far, ipa);
    } else if (expect_no_trap("ESR") && c->access == load) {
        expect("value", value, MARK);
    }
}

#define S2(...)                                                                                    \
    .run = check_s2, .arg = &(const struct s2_case)                                                \
    {                                                                                              \
        __VA_ARGS__                                                                                \
    }

/* A stage-1 walk that meets a stage-2 fault: S1PTW set, ISV clear, HPFAR the table's page
 * (D13.2.37). */
static void check_s1ptw(const void *arg)
{
    struct pt pt = el1_map(12), s2 = stage2_map();
    uint64_t *table = pt_descriptor(&pt, TEST_VA, 3);
    uint64_t page = (uint64_t)table & ~4095UL;

    (void)arg;
    *table = TEST_PA | RW_EL1 | PT_PAGE;
    *pt_descriptor(&s2, page & ~(SIZE_2M - 1), 2) = 0; /* take the block apart but for this page */
    pt_map(&s2, page & ~(SIZE_2M - 1), page & ~(SIZE_2M - 1), page & (SIZE_2M - 1), S2_RAM);
    uint64_t rest = SIZE_2M - (page & (SIZE_2M - 1)) - 4096;
    pt_map(&s2, page + 4096, page + 4096, rest, S2_RAM);
    el1_mmu_on(&pt);
    stage2_on(&s2, 1);
    run_el1(load, TEST_VA + 0x18);
    expect_trap(2, VEC_LOWER64, 0x92000087);
    expect("FAR", this_cpu()->trap[0].far, TEST_VA + 0x18);
    expect("HPFAR", this_cpu()->trap[0].hpfar, page >> 8);
}

/* Both stages: stage 1 read-only is EL1's fault though stage 2 would refuse as well (D5.9: stage 1
 * first). */
static void check_stage_1_first(const void *arg)
{
    struct pt pt = el1_map(12), s2 = map_with_hole();

    (void)arg;
    pt_map_leaf(&pt, TEST_VA2, HOLE, 3, RW_EL1 | PT_AP_RO);
    el1_mmu_on(&pt);
    stage2_on(&s2, 1);
    run_el1(store, TEST_VA2);
    expect_trap(1, VEC_CUR_SPX, 0x9600004f);
}

/* TLBI of stage 2: by IPA (with the stage-1 part), by VMID, all. */
INSN(tlbi_ipas2e1, "tlbi ipas2e1, x0\n dsb nsh\n tlbi vmalle1\n dsb nsh\n isb");
INSN(tlbi_ipas2le1is, "tlbi ipas2le1is, x0\n dsb ish\n tlbi vmalle1is\n dsb ish\n isb");
INSN(tlbi_vmalls12e1is, "tlbi vmalls12e1is\n dsb ish\n isb");
INSN(tlbi_alle1is, "tlbi alle1is\n dsb ish\n isb");

struct s2_tlbi_case {
    guest_fn tlbi;
};

static void check_s2_tlbi(const void *arg)
{
    const struct s2_tlbi_case *c = arg;
    struct pt s2 = stage2_map();

    *(volatile uint64_t *)TEST_PA = 1;
    *(volatile uint64_t *)TEST_PA2 = 2;
    pt_map_leaf(&s2, HOLE, TEST_PA, 3, S2_RAM);
    stage2_on(&s2, 3);
    expect("old page", run_el1(load, HOLE), 1);
    *pt_descriptor(&s2, HOLE, 3) = 0;
    DSB();
    c->tlbi(HOLE >> 12);
    run_el1(load, HOLE);
    expect_trap(2, VEC_LOWER64, 0x93c08007);
    pt_map_leaf(&s2, HOLE, TEST_PA2, 3, S2_RAM);
    DSB();
    expect("new page", run_el1(load, HOLE), 2);
}

#define S2_TLBI(function)                                                                          \
    .run = check_s2_tlbi, .arg = &(const struct s2_tlbi_case)                                      \
    {                                                                                              \
        .tlbi = (function)                                                                         \
    }

/* Two VMIDs have two translations of one address (D5.9.1). */
static void check_vmid(const void *arg)
{
    struct pt one = stage2_map(), two = stage2_map();

    (void)arg;
    *(volatile uint64_t *)TEST_PA = 1;
    *(volatile uint64_t *)TEST_PA2 = 2;
    pt_map_leaf(&one, HOLE, TEST_PA, 3, S2_RAM);
    pt_map_leaf(&two, HOLE, TEST_PA2, 3, S2_RAM);
    stage2_on(&one, 1);
    for (unsigned i = 0; i < 4; i++) {
        WR("vttbr_el2", (uint64_t)one.root | 1UL << 48);
        ISB();
        expect("page of VMID 1", run_el1(load, HOLE), 1);
        WR("vttbr_el2", (uint64_t)two.root | 2UL << 48);
        ISB();
        expect("page of VMID 2", run_el1(load, HOLE), 2);
    }
}

/* EL2's own accesses do not go through stage 2. */
static void check_el2_bypasses(const void *arg)
{
    struct pt s2 = stage2_map();

    (void)arg;
    *pt_descriptor(&s2, TEST_PA, 2) = 0;
    stage2_on(&s2, 1);
    *(volatile uint64_t *)TEST_PA = MARK;
    expect("value at EL2", load(TEST_PA), MARK);
    expect_no_trap("ESR at EL2");
    run_el1(load, TEST_PA);
    expect_trap(2, VEC_LOWER64, 0x93c08006);
}

/* Shapes of the tables: concatenated at the start level, another start level, another granule
 * (D5.2.6). The guest reaches an address in the last quarter of the input range and one behind it
 * that is not mapped. */
struct shape_case {
    unsigned granule, bits, start_level;
    uint64_t esr; /* of the unmapped address */
};

static void check_shape(const void *arg)
{
    const struct shape_case *c = arg;
    struct pt s2 = pt_create_from(c->granule, c->bits, c->start_level), pt = el1_map(12);
    uint64_t ipa = (1UL << c->bits) - 0x10000000;

    *(volatile uint64_t *)TEST_PA = MARK;
    stage2_fill(&s2);
    pt_map_leaf(&s2, ipa, TEST_PA, 3, S2_RAM);
    pt_map_leaf(&pt, TEST_VA, ipa, 3, RW_EL1);
    pt_map_leaf(&pt, TEST_VA2, ipa + (1UL << c->granule), 3, RW_EL1);
    el1_mmu_on(&pt);
    stage2_on(&s2, 1);
    expect("value", run_el1(load, TEST_VA), MARK);
    expect_no_trap("ESR");
    run_el1(load, TEST_VA2);
    expect_trap(2, VEC_LOWER64, c->esr);
    expect("HPFAR", this_cpu()->trap[0].hpfar, (ipa + (1UL << c->granule)) >> 8);
}

#define SHAPE(...)                                                                                 \
    .run = check_shape, .arg = &(const struct shape_case)                                          \
    {                                                                                              \
        __VA_ARGS__                                                                                \
    }

/* An intermediate physical address beyond VTCR_EL2.T0SZ: translation fault of level 0 (D13.2.151).
 */
static void check_ipa_size(const void *arg)
{
    struct pt s2 = stage2_map(), pt = el1_map(12);

    (void)arg;
    pt_map_leaf(&pt, TEST_VA2, 1UL << 39 | TEST_PA, 3, RW_EL1);
    el1_mmu_on(&pt);
    stage2_on(&s2, 1);
    run_el1(load, TEST_VA2);
    expect_trap(2, VEC_LOWER64, 0x93c08004);
}

/* HCR_EL2.DC: stage 1 of EL1&0 is off whatever SCTLR_EL1.M says, and VM is treated as 1 (D13.2.46).
 */
static void check_dc(const void *arg)
{
    struct pt pt = el1_map(12), s2 = map_with_hole();

    (void)arg;
    *(volatile uint64_t *)TEST_PA = MARK;
    *pt_descriptor(&pt, TEST_PA, 1) = 0;
    el1_mmu_on(&pt);
    stage2_on(&s2, 1);
    hcr_write(HCR_RW | 1UL << 12);
    tlb_flush_all();
    expect("value", run_el1(load, TEST_PA), MARK);
    expect_no_trap("ESR");
    run_el1(load, HOLE);
    expect_trap(2, VEC_LOWER64, 0x93c08007);
}

static void ptw_off(struct frame *frame)
{
    (void)frame;
    hcr_write(HCR_RW | 1);
    tlb_flush_all();
}

/* HCR_EL2.PTW: a stage-1 walk through Device memory of stage 2 is a permission fault with S1PTW
 * (D13.2.46). */
static void check_ptw(const void *arg)
{
    struct pt pt = el1_map(12), s2 = stage2_map();

    (void)arg;
    pt_map_leaf(&pt, TEST_VA, TEST_PA, 3, RW_EL1);
    pt_map(&s2, 0x4a000000, 0x4a000000, SIZE_2M, S2_IO);
    el1_mmu_on(&pt);
    stage2_on(&s2, 1);
    run_el1(load, TEST_VA);
    expect_no_trap("ESR without PTW");
    hcr_write(HCR_RW | 1 | 1UL << 2);
    tlb_flush_all();
    this_cpu()->sync_hook = ptw_off;
    run_el1(load, TEST_VA);
    expect_trap(2, VEC_LOWER64, 0x8200008e); /* the very first fetch walks: EC 0x20; level 2 */
}

const struct check checks[] = {
    {.name = "isv_of_ldrb", ISV(.access = ldrb_w5, .esr = 0x93050007)},
    {.name = "isv_of_ldrh", ISV(.access = ldrh_w5, .esr = 0x93450007)},
    {.name = "isv_of_ldr_w", ISV(.access = ldr_w7, .esr = 0x93870007)},
    {.name = "isv_of_ldr_x", ISV(.access = ldr_x9, .esr = 0x93c98007)},
    {.name = "isv_of_ldrsb_w", ISV(.access = ldrsb_w5, .esr = 0x93250007)},
    {.name = "isv_of_ldrsb_x", ISV(.access = ldrsb_x5, .esr = 0x93258007)},
    {.name = "isv_of_ldrsh_w", ISV(.access = ldrsh_w6, .esr = 0x93660007)},
    {.name = "isv_of_ldrsh_x", ISV(.access = ldrsh_x6, .esr = 0x93668007)},
    {.name = "isv_of_ldrsw", ISV(.access = ldrsw_x6, .esr = 0x93a68007)},
    {.name = "isv_of_strb", ISV(.access = strb_w5, .esr = 0x93050047)},
    {.name = "isv_of_strh", ISV(.access = strh_w5, .esr = 0x93450047)},
    {.name = "isv_of_str_w", ISV(.access = str_w5, .esr = 0x93850047)},
    {.name = "isv_of_str_x", ISV(.access = str_x5, .esr = 0x93c58047)},
    {.name = "isv_of_str_wzr_names_register_31", ISV(.access = str_wzr, .esr = 0x939f0047)},
    {.name = "isv_of_str_xzr_names_register_31", ISV(.access = str_xzr, .esr = 0x93df8047)},
    {.name = "isv_of_ldr_to_xzr_names_register_31", ISV(.access = ldr_xzr, .esr = 0x93df8007)},
    {.name = "isv_of_ldr_with_offset", ISV(.access = ldr_offset, .esr = 0x93850007)},
    {.name = "isv_of_ldtr", ISV(.access = ldtr_x5, .esr = 0x93c58007)},
    {.name = "isv_of_ldar_sets_ar", ISV(.access = ldar_w5, .esr = 0x93854007)},
    {.name = "isv_of_stlr_sets_ar", ISV(.access = stlr_x5, .esr = 0x93c5c047)},
    {.name = "isv_is_0_with_writeback", ISV(.access = ldr_post, .esr = 0x92000007)},
    {.name = "isv_is_0_with_writeback_of_a_store", ISV(.access = str_pre, .esr = 0x92000047)},
    {.name = "isv_is_0_for_a_load_pair", ISV(.access = ldp_x5_x6, .esr = 0x92000007)},
    {.name = "isv_is_0_for_a_store_pair", ISV(.access = stp_x5_x6, .esr = 0x92000047)},
    {.name = "isv_is_0_for_an_exclusive", ISV(.access = ldxr_x5, .esr = 0x92000007)},
    {.name = "isv_is_0_for_a_simd_load", ISV(.access = ldr_d0, .esr = 0x92000007)},
    {.name = "prefetch_of_a_hole_does_not_fault", .run = check_prefetch},
    {.name = "stage_2_fault_of_dc_civac_sets_cm", ISV(.access = dc_civac, .esr = 0x92000147)},
    {.name = "far_holds_the_address_hpfar_the_page", .run = check_far_hpfar},
    {.name = "s2_block_of_level_1_translates",
     S2(.access = load, .el = 1, .level = 1, .attributes = S2_RAM)},
    {.name = "s2_block_of_level_2_translates",
     S2(.access = load, .el = 1, .level = 2, .attributes = S2_RAM)},
    {.name = "s2_page_translates", S2(.access = load, .el = 0, .level = 3, .attributes = S2_RAM)},
    {.name = "s2_translation_fault_of_level_1", S2(.access = load, .el = 1, .esr = 0x93c08005)},
    {.name = "s2_translation_fault_of_el0_goes_to_el2",
     S2(.access = load, .el = 0, .esr = 0x93c08005)},
    {.name = "s2_read_only_page_refuses_a_write",
     S2(.access = store, .el = 1, .level = 3, .attributes = S2_PAGE | S2_R, .esr = 0x93df804f)},
    {.name = "s2_read_only_page_allows_a_read",
     S2(.access = load, .el = 1, .level = 3, .attributes = S2_PAGE | S2_R)},
    {.name = "s2_write_only_page_refuses_a_read",
     S2(.access = load, .el = 1, .level = 3, .attributes = S2_PAGE | S2_W, .esr = 0x93c0800f)},
    {.name = "s2_page_without_rights_refuses_at_level_2",
     S2(.access = load, .el = 1, .level = 2, .attributes = S2_PAGE, .esr = 0x93c0800e)},
    {.name = "s2_access_flag_fault_of_level_3",
     S2(.access = load, .el = 1, .level = 3, .attributes = S2_RAM & ~PT_AF, .esr = 0x93c0800b)},
    {.name = "s2_address_size_fault_of_level_3",
     S2(.access = load, .el = 1, .level = 3, .attributes = S2_RAM, .pa_high = 1UL << 41,
        .esr = 0x93c08003)},
    {.name = "s2_fetch_fault_goes_to_el2_with_ec_20",
     S2(.access = fetch, .el = 1, .esr = 0x82000005)},
    {.name = "s2_xn_refuses_a_fetch",
     S2(.access = fetch, .el = 1, .level = 3, .attributes = S2_RAM | S2_XN, .esr = 0x8200000f)},
    {.name = "s2_executable_page_runs",
     S2(.access = fetch, .el = 1, .level = 3, .attributes = S2_RAM)},
    {.name = "s2_fault_on_a_stage_1_walk_sets_s1ptw", .run = check_s1ptw},
    {.name = "stage_1_fault_comes_before_stage_2", .run = check_stage_1_first},
    {.name = "tlbi_ipas2e1_and_vmalle1_remove_the_page", S2_TLBI(tlbi_ipas2e1)},
    {.name = "tlbi_ipas2le1is_and_vmalle1is_remove_the_page", S2_TLBI(tlbi_ipas2le1is)},
    {.name = "tlbi_vmalls12e1is_removes_the_vmid", S2_TLBI(tlbi_vmalls12e1is)},
    {.name = "tlbi_alle1is_removes_all_vmids", S2_TLBI(tlbi_alle1is)},
    {.name = "pages_of_two_vmids_are_kept_apart", .run = check_vmid},
    {.name = "el2_bypasses_stage_2", .run = check_el2_bypasses},
    {.name = "s2_two_concatenated_tables_of_level_1",
     SHAPE(.granule = 12, .bits = 40, .start_level = 1, .esr = 0x93c08007)},
    {.name = "s2_four_concatenated_tables_of_level_2",
     SHAPE(.granule = 12, .bits = 32, .start_level = 2, .esr = 0x93c08007)},
    {.name = "s2_64k_granule",
     .need = NEED_G64K,
     SHAPE(.granule = 16, .bits = 40, .start_level = 2, .esr = 0x93c08007)},
    {.name = "s2_16k_granule",
     .need = NEED_G16K,
     SHAPE(.granule = 14, .bits = 40, .start_level = 2, .esr = 0x93c08007)},
    {.name = "s2_address_beyond_t0sz_faults_at_level_0", .run = check_ipa_size},
    {.name = "hcr_dc_switches_stage_1_off", .run = check_dc},
    {.name = "hcr_ptw_refuses_a_walk_through_device_memory", .run = check_ptw},
};
CHECK_TABLE_END;
