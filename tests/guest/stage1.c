/* Stage-1 translation of EL1&0 and EL2: what translates, which fault at which level. Data abort
 * ISS: Arm ARM D13.2.37 "ISS encoding for an exception from a Data Abort": DFSC 0b0001LL
 * translation, 0b0010LL access flag, 0b0011LL permission, 0b0000LL address size; WnR bit 6. EC 0x25
 * data abort of the same EL, 0x24 of a lower one; 0x21 and 0x20 for fetches. Walk: D5.2 and D5.3;
 * permissions: D5.4. */
#include "pt.h"

#define NOT_ISV 0x01ffc000UL /* ISV and the fields that are valid with it: bits [24:14] */
#define MARK    0x1122334455667788UL
#define RET     0xd65f03c0U
#define RW_EL1  (PT_RAM | PT_PXN | PT_UXN)
#define RW_EL0  (PT_RAM | PT_AP_EL0 | PT_PXN | PT_UXN)
#define RO_EL1  (RW_EL1 | PT_AP_RO)
#define RO_EL0  (RW_EL0 | PT_AP_RO)

INSN(load, "ldr x0, [x0]");
INSN(store, "str xzr, [x0]");
INSN(fetch, "mov x9, x30\n blr x0\n mov x0, #77\n mov x30, x9");
INSN(load_unprivileged, "ldtr x0, [x0]");
INSN(store_unprivileged, "sttr xzr, [x0]");
INSN(clean_by_va, "dc civac, x0");
INSN(zero_block, "dc zva, x0");
INSN(load_pan, ".inst 0xd500419f\n ldr x0, [x0]\n .inst 0xd500409f"); /* MSR PAN, #1 ... #0 */
INSN(ldtr_pan, ".inst 0xd500419f\n ldtr x0, [x0]\n .inst 0xd500409f");
INSN(ldtr_uao, ".inst 0xd500417f\n ldtr x0, [x0]\n .inst 0xd500407f"); /* MSR UAO, #1 ... #0 */

struct s1_case {
    guest_fn access;
    unsigned el;
    unsigned granule;    /* 0: 4 KiB */
    unsigned level;      /* of the leaf; 0: nothing is mapped */
    uint64_t attributes; /* of the leaf */
    uint64_t table;      /* ORed into the table descriptor above the leaf */
    uint64_t tcr, sctlr; /* ORed in */
    uint64_t va_tag;     /* ORed into the address */
    uint64_t pa_high;    /* ORed into the output address */
    uint64_t esr;        /* 0: it succeeds */
};

static uint64_t block_size(unsigned granule, unsigned level)
{
    return 1UL << (granule + (3 - level) * (granule - 3));
}

static void put_test_data(uint64_t pa)
{
    *(volatile uint64_t *)pa = MARK;
    *(volatile uint32_t *)(pa + 8) = RET;
    OP("dsb sy\n ic ialluis\n dsb sy\n isb");
}

static void check_s1(const void *arg)
{
    const struct s1_case *c = arg;
    unsigned granule = c->granule != 0 ? c->granule : 12;
    struct pt pt = el1_map(granule);
    uint64_t va = TEST_VA | c->va_tag;

    put_test_data(TEST_PA);
    if (c->level != 0) {
        uint64_t base = TEST_PA & ~(block_size(granule, c->level) - 1);
        pt_map_leaf(&pt, TEST_VA, base | c->pa_high, c->level, c->attributes);
        va += TEST_PA - base;
    }
    if (c->table != 0) {
        *pt_descriptor(&pt, TEST_VA, c->level - 1) |= c->table;
    }
    va += c->access == fetch ? 8 : 0;
    el1_mmu_on(&pt);
    WR("tcr_el1", RD("tcr_el1") | c->tcr);
    WR("sctlr_el1", RD("sctlr_el1") | c->sctlr);
    ISB();
    uint64_t value = run_at_level(c->el, c->access, va);
    if (c->esr != 0) {
        expect_trap(1, c->el == 0 ? VEC_LOWER64 : VEC_CUR_SPX, c->esr);
        expect("FAR", this_cpu()->trap[0].far, va);
    } else if (expect_no_trap("ESR") && (c->access == load || c->access == load_unprivileged)) {
        expect("value", value, MARK);
    }
}

#define S1(...)                                                                                    \
    .run = check_s1, .arg = &(const struct s1_case)                                                \
    {                                                                                              \
        __VA_ARGS__                                                                                \
    }

/* A table whose entry for the level above is a table but whose last level is empty. */
struct hole_case {
    unsigned granule, level;
    uint64_t esr;
};

static void check_hole(const void *arg)
{
    const struct hole_case *c = arg;
    struct pt pt = el1_map(c->granule);

    *pt_descriptor(&pt, TEST_VA, c->level) = 0;
    el1_mmu_on(&pt);
    run_el1(load, TEST_VA + 0x18);
    expect_trap_at(1, VEC_CUR_SPX, c->esr, (const void *)load);
    expect("FAR", this_cpu()->trap[0].far, TEST_VA + 0x18);
}

#define HOLE(...)                                                                                  \
    .run = check_hole, .arg = &(const struct hole_case)                                            \
    {                                                                                              \
        __VA_ARGS__                                                                                \
    }

/* Bits [1:0] = 0b01 at level 3 are reserved and treated as invalid (D5.3.2). */
static void check_reserved(const void *arg)
{
    struct pt pt = el1_map(12);

    (void)arg;
    *pt_descriptor(&pt, TEST_VA, 3) = TEST_PA | RW_EL1 | 1;
    el1_mmu_on(&pt);
    run_el1(load, TEST_VA);
    expect_trap(1, VEC_CUR_SPX, 0x96000007);
}

/* 48-bit addresses start at level 0 with the 4 KiB granule (D5.2.3). */
static void check_level_0(const void *arg)
{
    struct pt low = el1_map(12);
    struct pt pt = pt_create(12, 48);

    (void)arg;
    *pt.root = (uint64_t)low.root | PT_TABLE;
    el1_mmu_on(&pt);
    WR("tcr_el1", tcr_el1_value(12, 48));
    ISB();
    run_el1(load, 1UL << 39);
    expect_trap(1, VEC_CUR_SPX, 0x96000004);
}

/* TTBR1_EL1 translates addresses whose top bits are ones (D5.2.5). */
static void check_ttbr1(const void *arg)
{
    struct pt pt = el1_map(12), high = pt_create(12, 39);

    (void)arg;
    put_test_data(TEST_PA);
    pt_map_leaf(&high, 0x12345000, TEST_PA, 3, RW_EL1);
    WR("ttbr1_el1", high.root);
    el1_mmu_on(&pt);
    uint64_t tcr = tcr_el1_value(12, 39) & ~(1UL << 23);
    WR("tcr_el1", tcr | 2UL << 30 | 3UL << 28 | 1UL << 26 | 1UL << 24 | 25UL << 16);
    ISB();
    expect("value", run_el1(load, 0xffffff8012345000), MARK);
    expect_no_trap("ESR");
    run_el1(load, 0xffffff8012346000);
    expect_trap(1, VEC_CUR_SPX, 0x96000007);
}

/* The contiguous bit on 16 equal pages changes nothing but the TLB's size of entry (D5.3.3). */
static void check_contiguous(const void *arg)
{
    struct pt pt = el1_map(12);

    (void)arg;
    for (unsigned i = 0; i < 16; i++) {
        pt_map_leaf(&pt, TEST_VA + i * 4096, TEST_PA + i * 4096, 3, RW_EL1 | PT_CONTIG);
        *(volatile uint64_t *)(TEST_PA + i * 4096) = MARK + i;
    }
    el1_mmu_on(&pt);
    for (unsigned i = 0; i < 16; i++) {
        expect("value", run_el1(load, TEST_VA + i * 4096), MARK + i);
    }
    run_el1(load, TEST_VA + 16 * 4096);
    expect_trap(1, VEC_CUR_SPX, 0x96000007);
}

/* PSTATE.PAN is set on taking an exception to EL1 with SCTLR_EL1.SPAN = 0, kept with SPAN = 1
 * (D1.10.1). */
static uint64_t pan_seen;
static void look_at_pan(struct frame *frame)
{
    pan_seen = RD("s3_0_c4_c2_3");
    trap_frame_default(frame);
}

static uint64_t do_svc(uint64_t arg)
{
    OP("svc #1");
    return arg;
}

static void check_span(const void *arg)
{
    (void)arg;
    this_cpu()->sync_hook = look_at_pan;
    run_el0(do_svc, 0);
    expect("PAN with SPAN = 1", pan_seen, 0);
    WR("sctlr_el1", 0x30d00800 & ~(1UL << 23));
    run_el0(do_svc, 0);
    expect("PAN with SPAN = 0", pan_seen, 1UL << 22);
}

/* TCR_EL1.HA: the walk sets AF (D5.4.12). TCR_EL1.HD with DBM: a write clears AP[2] (D5.4.13). */
static void check_hardware_af(const void *arg)
{
    struct pt pt = el1_map(12);

    (void)arg;
    put_test_data(TEST_PA);
    pt_map_leaf(&pt, TEST_VA, TEST_PA, 3, RW_EL1 & ~PT_AF);
    el1_mmu_on(&pt);
    WR("tcr_el1", RD("tcr_el1") | 1UL << 39);
    ISB();
    expect("value", run_el1(load, TEST_VA), MARK);
    expect_no_trap("ESR");
    expect("AF in memory", *pt_descriptor(&pt, TEST_VA, 3) & PT_AF, PT_AF);
}

static void check_hardware_dirty(const void *arg)
{
    struct pt pt = el1_map(12);

    (void)arg;
    pt_map_leaf(&pt, TEST_VA, TEST_PA, 3, RO_EL1 | PT_DBM);
    el1_mmu_on(&pt);
    WR("tcr_el1", RD("tcr_el1") | 3UL << 39);
    ISB();
    run_el1(load, TEST_VA);
    expect("AP[2] after a read", *pt_descriptor(&pt, TEST_VA, 3) & PT_AP_RO, PT_AP_RO);
    run_el1(store, TEST_VA);
    expect_no_trap("ESR");
    expect("AP[2] after a write", *pt_descriptor(&pt, TEST_VA, 3) & PT_AP_RO, 0);
}

/* The EL2 regime: one permission bit (AP[2]), XN in bit 54, faults to EL2 with EC 0x25 and 0x21. */
struct el2_case {
    guest_fn access;
    unsigned level;
    uint64_t attributes, esr;
};

static void check_el2(const void *arg)
{
    const struct el2_case *c = arg;
    struct pt pt = el2_map();
    uint64_t va = TEST_VA + (c->access == fetch ? 8 : 0);

    put_test_data(TEST_PA);
    if (c->level != 0) {
        pt_map_leaf(&pt, TEST_VA, TEST_PA, c->level, c->attributes | PT_AP_EL0);
    }
    el2_mmu_on(&pt);
    uint64_t value = c->access(va);
    el2_mmu_off();
    if (c->esr != 0) {
        this_cpu()->trap[0].esr &= ~NOT_ISV; /* it has a check of its own */
        expect_trap(2, VEC_CUR_SPX, c->esr);
        expect("FAR", this_cpu()->trap[0].far, va);
    } else if (expect_no_trap("ESR") && c->access == load) {
        expect("value", value, MARK);
    }
}

/* ISV is 0 unless the fault is of stage 2 (D13.2.37, ISV). */
static void check_el2_isv(const void *arg)
{
    struct pt pt = el2_map();

    (void)arg;
    el2_mmu_on(&pt);
    load(TEST_VA);
    el2_mmu_off();
    expect_trap(2, VEC_CUR_SPX, 0x96000005);
}

#define EL2(...)                                                                                   \
    .run = check_el2, .arg = &(const struct el2_case)                                              \
    {                                                                                              \
        __VA_ARGS__                                                                                \
    }

const struct check checks[] = {
    {.name = "s1_4k_block_of_level_1_translates",
     S1(.access = load, .el = 1, .level = 1, .attributes = RW_EL1)},
    {.name = "s1_4k_block_of_level_2_translates",
     S1(.access = load, .el = 1, .level = 2, .attributes = RW_EL1)},
    {.name = "s1_4k_page_translates",
     S1(.access = load, .el = 1, .level = 3, .attributes = RW_EL1)},
    {.name = "s1_16k_block_translates",
     .need = NEED_G16K,
     S1(.granule = 14, .access = load, .el = 1, .level = 2, .attributes = RW_EL1)},
    {.name = "s1_16k_page_translates",
     .need = NEED_G16K,
     S1(.granule = 14, .access = load, .el = 1, .level = 3, .attributes = RW_EL1)},
    {.name = "s1_64k_block_translates",
     .need = NEED_G64K,
     S1(.granule = 16, .access = load, .el = 1, .level = 2, .attributes = RW_EL1)},
    {.name = "s1_64k_page_translates",
     .need = NEED_G64K,
     S1(.granule = 16, .access = load, .el = 1, .level = 3, .attributes = RW_EL1)},
    {.name = "s1_translation_fault_of_level_0", .run = check_level_0},
    {.name = "s1_translation_fault_of_level_1", HOLE(.granule = 12, .level = 1, .esr = 0x96000005)},
    {.name = "s1_translation_fault_of_level_2", HOLE(.granule = 12, .level = 2, .esr = 0x96000006)},
    {.name = "s1_translation_fault_of_level_3", HOLE(.granule = 12, .level = 3, .esr = 0x96000007)},
    {.name = "s1_16k_translation_fault_of_level_3",
     .need = NEED_G16K,
     HOLE(.granule = 14, .level = 3, .esr = 0x96000007)},
    {.name = "s1_64k_translation_fault_of_level_2",
     .need = NEED_G64K,
     HOLE(.granule = 16, .level = 2, .esr = 0x96000006)},
    {.name = "s1_64k_translation_fault_of_level_3",
     .need = NEED_G64K,
     HOLE(.granule = 16, .level = 3, .esr = 0x96000007)},
    {.name = "s1_reserved_level_3_descriptor_faults", .run = check_reserved},
    {.name = "s1_write_of_an_unmapped_page_sets_wnr",
     S1(.access = store, .el = 1, .esr = 0x96000045)},
    {.name = "s1_fault_of_el0_goes_to_el1_with_ec_24",
     S1(.access = load, .el = 0, .esr = 0x92000005)},
    {.name = "s1_fetch_fault_at_el1", S1(.access = fetch, .el = 1, .esr = 0x86000005)},
    {.name = "s1_fetch_fault_at_el0", S1(.access = fetch, .el = 0, .esr = 0x82000005)},
    {.name = "s1_access_flag_fault_of_level_2",
     S1(.access = load, .el = 1, .level = 2, .attributes = RW_EL1 & ~PT_AF, .esr = 0x9600000a)},
    {.name = "s1_access_flag_fault_of_level_3",
     S1(.access = load, .el = 1, .level = 3, .attributes = RW_EL1 & ~PT_AF, .esr = 0x9600000b)},
    {.name = "s1_access_flag_fault_comes_before_permission",
     S1(.access = store, .el = 1, .level = 3, .attributes = RO_EL1 & ~PT_AF, .esr = 0x9600004b)},
    {.name = "s1_address_size_fault_of_level_3",
     S1(.access = load, .el = 1, .level = 3, .attributes = RW_EL1, .pa_high = 1UL << 41,
        .esr = 0x96000003)},
    {.name = "s1_address_size_fault_of_level_2",
     S1(.access = load, .el = 1, .level = 2, .attributes = RW_EL1, .pa_high = 1UL << 41,
        .esr = 0x96000002)},
    {.name = "s1_read_only_page_refuses_a_write_of_el1",
     S1(.access = store, .el = 1, .level = 3, .attributes = RO_EL1, .esr = 0x9600004f)},
    {.name = "s1_read_only_page_allows_a_read",
     S1(.access = load, .el = 1, .level = 3, .attributes = RO_EL1)},
    {.name = "s1_read_only_block_refuses_at_level_2",
     S1(.access = store, .el = 1, .level = 2, .attributes = RO_EL1, .esr = 0x9600004e)},
    {.name = "s1_kernel_page_refuses_el0",
     S1(.access = load, .el = 0, .level = 3, .attributes = RW_EL1, .esr = 0x9200000f)},
    {.name = "s1_user_page_allows_el0",
     S1(.access = load, .el = 0, .level = 3, .attributes = RW_EL0)},
    {.name = "s1_user_read_only_page_refuses_a_write_of_el0",
     S1(.access = store, .el = 0, .level = 3, .attributes = RO_EL0, .esr = 0x9200004f)},
    {.name = "s1_user_page_allows_el1_without_pan",
     S1(.access = store, .el = 1, .level = 3, .attributes = RW_EL0)},
    {.name = "s1_uxn_refuses_a_fetch_of_el0",
     S1(.access = fetch, .el = 0, .level = 3, .attributes = RO_EL0, .esr = 0x8200000f)},
    {.name = "s1_pxn_refuses_a_fetch_of_el1",
     S1(.access = fetch, .el = 1, .level = 3, .attributes = RO_EL1, .esr = 0x8600000f)},
    {.name = "s1_executable_page_runs_at_el1",
     S1(.access = fetch, .el = 1, .level = 3, .attributes = PT_RAM | PT_AP_RO | PT_UXN)},
    {.name = "s1_executable_page_runs_at_el0",
     S1(.access = fetch, .el = 0, .level = 3, .attributes = PT_RAM | PT_AP_EL0 | PT_PXN)},
    {.name = "s1_page_writable_at_el0_is_never_executable_at_el1",
     S1(.access = fetch, .el = 1, .level = 3, .attributes = PT_RAM | PT_AP_EL0, .esr = 0x8600000f)},
    {.name = "s1_wxn_makes_a_writable_page_execute_never",
     S1(.access = fetch, .el = 1, .level = 3, .attributes = PT_RAM, .sctlr = 1UL << 19,
        .esr = 0x8600000f)},
    {.name = "s1_without_wxn_a_writable_page_executes",
     S1(.access = fetch, .el = 1, .level = 3, .attributes = PT_RAM)},
    {.name = "s1_aptable_0_removes_el0",
     S1(.access = load, .el = 0, .level = 3, .attributes = RW_EL0, .table = PT_APTABLE0,
        .esr = 0x9200000f)},
    {.name = "s1_aptable_1_removes_writes",
     S1(.access = store, .el = 1, .level = 3, .attributes = RW_EL1, .table = PT_APTABLE1,
        .esr = 0x9600004f)},
    {.name = "s1_uxntable_removes_el0_fetches",
     S1(.access = fetch, .el = 0, .level = 3, .attributes = PT_RAM | PT_AP_EL0 | PT_AP_RO,
        .table = PT_UXNTABLE, .esr = 0x8200000f)},
    {.name = "s1_pxntable_removes_el1_fetches",
     S1(.access = fetch, .el = 1, .level = 3, .attributes = PT_RAM | PT_AP_RO, .table = PT_PXNTABLE,
        .esr = 0x8600000f)},
    {.name = "s1_contiguous_pages_translate", .run = check_contiguous},
    {.name = "s1_ttbr1_translates_high_addresses", .run = check_ttbr1},
    {.name = "s1_epd1_faults_high_addresses_at_level_0",
     S1(.access = load, .el = 1, .va_tag = 0xffffff8000000000, .esr = 0x96000004)},
    {.name = "s1_address_beyond_t0sz_faults_at_level_0",
     S1(.access = load, .el = 1, .level = 3, .attributes = RW_EL1, .va_tag = 1UL << 40,
        .esr = 0x96000004)},
    {.name = "s1_tag_without_tbi_faults_at_level_0",
     S1(.access = load, .el = 1, .level = 3, .attributes = RW_EL1, .va_tag = 0xabUL << 56,
        .esr = 0x96000004)},
    {.name = "s1_tbi_ignores_the_tag",
     S1(.access = load, .el = 1, .level = 3, .attributes = RW_EL1, .va_tag = 0xabUL << 56,
        .tcr = 1UL << 37)},
    {.name = "s1_ldtr_at_el1_has_the_rights_of_el0",
     S1(.access = load_unprivileged, .el = 1, .level = 3, .attributes = RW_EL1, .esr = 0x9600000f)},
    {.name = "s1_ldtr_at_el1_reads_a_user_page",
     S1(.access = load_unprivileged, .el = 1, .level = 3, .attributes = RW_EL0)},
    {.name = "s1_sttr_at_el1_has_the_rights_of_el0",
     S1(.access = store_unprivileged, .el = 1, .level = 3, .attributes = RO_EL0,
        .esr = 0x9600004f)},
    {.name = "s1_pan_refuses_a_user_page_to_el1",
     .need = NEED_PAN,
     S1(.access = load_pan, .el = 1, .level = 3, .attributes = RW_EL0, .esr = 0x9600000f)},
    {.name = "s1_pan_allows_a_kernel_page",
     .need = NEED_PAN,
     S1(.access = load_pan, .el = 1, .level = 3, .attributes = RW_EL1)},
    {.name = "s1_pan_lets_ldtr_read_a_user_page",
     .need = NEED_PAN,
     S1(.access = ldtr_pan, .el = 1, .level = 3, .attributes = RW_EL0)},
    {.name = "s1_uao_gives_ldtr_the_rights_of_el1",
     .need = NEED_UAO,
     S1(.access = ldtr_uao, .el = 1, .level = 3, .attributes = RW_EL1)},
    {.name = "span_0_sets_pan_on_exception_entry", .need = NEED_PAN, .run = check_span},
    {.name = "s1_hardware_sets_the_access_flag", .need = NEED_AF, .run = check_hardware_af},
    {.name = "s1_hardware_clears_the_read_only_bit", .need = NEED_DBM, .run = check_hardware_dirty},
    {.name = "s1_dc_civac_of_an_unmapped_page_faults_with_cm",
     S1(.access = clean_by_va, .el = 1, .esr = 0x96000145)},
    {.name = "s1_dc_zva_of_a_read_only_page_faults_as_a_write",
     S1(.access = zero_block, .el = 1, .level = 3, .attributes = RO_EL1, .esr = 0x9600004f)},
    {.name = "el2_page_translates", EL2(.access = load, .level = 3, .attributes = PT_RAM)},
    {.name = "el2_translation_fault_of_level_1", EL2(.access = load, .esr = 0x96000005)},
    {.name = "el2_abort_of_stage_1_has_no_instruction_syndrome", .run = check_el2_isv},
    {.name = "el2_permission_fault_of_level_3",
     EL2(.access = store, .level = 3, .attributes = PT_RAM | PT_AP_RO, .esr = 0x9600004f)},
    {.name = "el2_access_flag_fault_of_level_2",
     EL2(.access = load, .level = 2, .attributes = PT_RAM & ~PT_AF, .esr = 0x9600000a)},
    {.name = "el2_xn_refuses_a_fetch",
     EL2(.access = fetch, .level = 3, .attributes = PT_RAM | PT_UXN, .esr = 0x8600000f)},
    {.name = "el2_executable_page_runs", EL2(.access = fetch, .level = 3, .attributes = PT_RAM)},
};
CHECK_TABLE_END;
