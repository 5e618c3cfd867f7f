/* Alignment, exclusives, AT and PAR, DC ZVA, self-modifying code, TLBI. */
#include "pt.h"

#define MARK   0x1122334455667788UL
#define RW_EL1 (PT_RAM | PT_PXN | PT_UXN)
#define RW_EL0 (RW_EL1 | PT_AP_EL0)
#define S1_ON  0x30d01805UL /* SCTLR_EL1 as el1_mmu_on() leaves it */

INSN(load, "ldr x0, [x0]");
INSN(store, "str xzr, [x0]");
INSN(load_byte, "ldrb w0, [x0]");
INSN(load_exclusive, "ldxr x0, [x0]");
INSN(load_acquire, "ldar x0, [x0]");
INSN(at_s1e1r, "at s1e1r, x0\n isb\n mrs x0, par_el1");
INSN(at_s1e1w, "at s1e1w, x0\n isb\n mrs x0, par_el1");
INSN(at_s1e0r, "at s1e0r, x0\n isb\n mrs x0, par_el1");
INSN(at_s1e0w, "at s1e0w, x0\n isb\n mrs x0, par_el1");
INSN(at_s12e1r, "at s12e1r, x0\n isb\n mrs x0, par_el1");
INSN(at_s12e1w, "at s12e1w, x0\n isb\n mrs x0, par_el1");
INSN(at_s1e2r, "at s1e2r, x0\n isb\n mrs x0, par_el1");

/* Alignment faults: DFSC 0b100001 (Arm ARM B2.5.2; D13.2.37). */
struct align_case {
    guest_fn access;
    uint64_t attributes, sctlr;
    unsigned offset;
    uint64_t esr;
};

static void check_alignment(const void *arg)
{
    const struct align_case *c = arg;
    struct pt pt = el1_map(12);

    pt_map_leaf(&pt, TEST_VA, TEST_PA, 3, c->attributes);
    el1_mmu_on(&pt);
    WR("sctlr_el1", S1_ON | c->sctlr);
    ISB();
    run_el1(c->access, TEST_VA + c->offset);
    if (c->esr == 0) {
        expect_no_trap("ESR");
        return;
    }
    expect_trap_at(1, VEC_CUR_SPX, c->esr, (const void *)c->access);
    expect("FAR", this_cpu()->trap[0].far, TEST_VA + c->offset);
}

#define ALIGN(...)                                                                                 \
    .run = check_alignment, .arg = &(const struct align_case)                                      \
    {                                                                                              \
        __VA_ARGS__                                                                                \
    }
#define DEVICE_PAGE (PT_DEVICE | PT_AF | PT_PXN | PT_UXN)

/* Exclusives (B2.9): the store fails without a reservation, after CLREX, and after an exception
 * return. */
static uint64_t exclusive_pair(uint64_t address)
{
    uint64_t status;
    __asm__ volatile("ldxr x9, [%1]\n stxr %w0, x9, [%1]"
                     : "=&r"(status)
                     : "r"(address)
                     : "x9", "memory");
    return status;
}

static uint64_t exclusive_after_clrex(uint64_t address)
{
    uint64_t status;
    __asm__ volatile("ldxr x9, [%1]\n clrex\n stxr %w0, x9, [%1]"
                     : "=&r"(status)
                     : "r"(address)
                     : "x9", "memory");
    return status;
}

static uint64_t exclusive_after_eret(uint64_t address)
{
    uint64_t status;
    __asm__ volatile("ldxr x9, [%1]\n svc #1\n stxr %w0, x9, [%1]"
                     : "=&r"(status)
                     : "r"(address)
                     : "x9", "memory");
    return status;
}

struct exclusive_case {
    guest_fn fn;
    uint64_t status;
};

static void check_exclusive(const void *arg)
{
    const struct exclusive_case *c = arg;
    struct pt pt = el1_map(12);

    pt_map_leaf(&pt, TEST_VA, TEST_PA, 3, RW_EL1);
    el1_mmu_on(&pt);
    expect("status of the store", run_el1(c->fn, TEST_VA), c->status);
}

#define EXCLUSIVE(...)                                                                             \
    .run = check_exclusive, .arg = &(const struct exclusive_case)                                  \
    {                                                                                              \
        __VA_ARGS__                                                                                \
    }

/* AT: PAR_EL1 with F = 0 holds PA[47:12], ATTR in [63:56], bit 11 RES1; with F = 1 FST in [6:1],
 * PTW in bit 8, S in bit 9, bit 11 RES1 (D13.2.103 PAR_EL1). NS (bit 9) of a success is UNKNOWN in
 * Non-secure state. */
#define PAR_UNKNOWN (1UL << 9)
struct at_case {
    guest_fn at;
    unsigned el;
    uint64_t attributes; /* 0: the page is not mapped */
    uint64_t s2;         /* 0: no stage 2; else attributes of the stage-2 page */
    uint64_t par;        /* where F = 0: without SH (bits [8:7]) */
};

static void check_at(const void *arg)
{
    const struct at_case *c = arg;
    struct pt pt = el1_map(12), s2 = stage2_map();

    pt_map_leaf(&pt, TEST_VA, TEST_PA, 3, 0);
    *pt_descriptor(&pt, TEST_VA, 3) = c->attributes != 0 ? TEST_PA | c->attributes | PT_PAGE : 0;
    el1_mmu_on(&pt);
    if (c->s2 != 0) {
        pt_map(&s2, TEST_PA & ~(SIZE_2M - 1), TEST_PA2 & ~(SIZE_2M - 1), SIZE_2M, c->s2);
        stage2_on(&s2, 1);
    }
    uint64_t par = run_at_level(c->el, c->at, TEST_VA + 0x123);
    expect_no_trap("ESR");
    par &= (par & 1) != 0 ? ~0UL : ~(PAR_UNKNOWN | 0x180UL);
    expect("PAR_EL1", par, c->par);
}

#define AT(...)                                                                                    \
    .run = check_at, .arg = &(const struct at_case)                                                \
    {                                                                                              \
        __VA_ARGS__                                                                                \
    }
#define S2_READ_ONLY (S2_NORMAL | S2_R | PT_INNER | PT_AF)

static void check_at_el2(const void *arg)
{
    struct pt pt = el2_map();

    (void)arg;
    pt_map_leaf(&pt, TEST_VA, TEST_PA, 3, PT_RAM | PT_AP_EL0);
    el2_mmu_on(&pt);
    uint64_t mapped = at_s1e2r(TEST_VA), hole = at_s1e2r(TEST_VA + 4096);
    el2_mmu_off();
    expect("PAR of a page", mapped & ~(PAR_UNKNOWN | 0x180UL), 0xff00000048000800);
    expect("PAR of a hole", hole, 0x80f); /* F, FST = 0b000111 */
}

/* TCR_EL1.EPD0: no walk by TTBR0_EL1, a translation fault of level 0 (TCR_EL1). */
static void check_epd0(const void *arg)
{
    struct pt pt = el1_map(12);

    (void)arg;
    pt_map_leaf(&pt, TEST_VA, TEST_PA, 3, RW_EL1);
    el1_mmu_on(&pt);
    WR("tcr_el1", RD("tcr_el1") | 1UL << 7);
    tlb_flush_all();
    expect("PAR_EL1", at_s1e1r(TEST_VA), 0x809);
}

/* DC ZVA clears the aligned block of DCZID_EL0.BS words (C5.3.24 DC ZVA). */
static uint64_t zva(uint64_t address)
{
    OP1("dc zva", address);
    return RD("dczid_el0");
}

static void check_zva(const void *arg)
{
    struct pt pt = el1_map(12);
    volatile uint64_t *ram = (volatile uint64_t *)TEST_PA;

    (void)arg;
    for (unsigned i = 0; i < 512; i++) {
        ram[i] = MARK;
    }
    pt_map_leaf(&pt, TEST_VA, TEST_PA, 3, RW_EL1);
    el1_mmu_on(&pt);
    uint64_t words = 1UL << (run_el1(zva, TEST_VA + 1024 + 24) & 0xf); /* of 4 bytes */
    unsigned first = (unsigned)((1024 + 24) / (words * 4) * words / 2);
    for (unsigned i = 0; i < 512; i++) {
        expect("word", ram[i], i >= first && i < first + words / 2 ? 0 : MARK);
    }
}

/* DC ZVA to Device memory is an alignment fault (C5.3.24). A fault has its operand as FAR. */
INSN(zva_insn, "dc zva, x0");

/* A SIMD load of a device is a load: PL011's UARTPeriphID0, with the MMU off. */
INSN(simd_load, "ldr s1, [x0]\n fmov w0, s1");

static void check_device_simd(const void *arg)
{
    (void)arg;
    expect("ID", run_el1(simd_load, UART_BASE + 0xfe0), 0x11);
    expect_no_trap("ESR");
}

/* Code that is written and made visible by DC CVAU, DSB, IC IVAU, DSB, ISB (B2.4.4). */
static void put_code(uint64_t address, uint32_t insn)
{
    *(volatile uint32_t *)address = insn;
    *(volatile uint32_t *)(address + 4) = 0xd65f03c0; /* RET */
    __asm__ volatile("dc cvau, %0\n dsb ish\n ic ivau, %0\n dsb ish\n isb" ::"r"(address)
                     : "memory");
}

static void check_self_modifying(const void *arg)
{
    guest_fn code = (guest_fn)TEST_PA;

    (void)arg;
    for (unsigned i = 0; i < 64; i++) {
        put_code(TEST_PA, 0xd2800000 | i << 5); /* MOVZ X0, #i */
        expect("result", code(0), i);
    }
}

static uint64_t modify_at_el1(uint64_t alias)
{
    guest_fn code = (guest_fn)TEST_VA;
    uint64_t sum = 0;
    for (unsigned i = 0; i < 64; i++) {
        put_code(alias, 0xd2800000 | i << 5);
        OP1("ic ivau", TEST_VA);
        OP("dsb ish\n isb");
        sum += code(0);
    }
    return sum;
}

/* The same through a writable alias of an executable page. */
static void check_alias_code(const void *arg)
{
    struct pt pt = el1_map(12);

    (void)arg;
    pt_map_leaf(&pt, TEST_VA, TEST_PA, 3, PT_RAM | PT_AP_RO | PT_UXN);
    pt_map_leaf(&pt, TEST_VA2, TEST_PA, 3, RW_EL1);
    el1_mmu_on(&pt);
    expect("sum", run_el1(modify_at_el1, TEST_VA2), 2016); /* 0 + ... + 63 */
    expect_no_trap("ESR");
}

/* The same without IC. The architecture promises nothing then; a PE with coherent caches runs what
 * was written, and so do QEMU and el2sim: results must not depend on what is translated. */
static uint64_t modify_without_ic_at_el1(uint64_t alias)
{
    uint64_t sum = 0;
    for (unsigned i = 0; i < 64; i++) {
        *(volatile uint32_t *)alias = 0xd2800000 | i << 5;
        *(volatile uint32_t *)(alias + 4) = 0xd65f03c0;
        OP("dsb ish\n isb");
        sum += ((guest_fn)TEST_VA)(0);
    }
    return sum;
}

/* The store itself is in the page that it changes: STR W1, [X0]; RET. */
static uint64_t modify_own_page_at_el1(uint64_t alias)
{
    uint64_t sum = 0;
    *(volatile uint32_t *)(alias + 4) = 0xd65f03c0;
    *(volatile uint32_t *)(alias + 64) = 0xb9000001;
    *(volatile uint32_t *)(alias + 68) = 0xd65f03c0;
    for (unsigned i = 0; i < 64; i++) {
        ((void (*)(uint64_t, uint64_t))(TEST_VA + 64))(alias, 0xd2800000 | i << 5);
        OP("dsb ish\n isb");
        sum += ((guest_fn)TEST_VA)(0);
    }
    return sum;
}

/* By a SIMD store: FMOV D1, X1; STR D1, [X0]; RET. */
static uint64_t modify_own_page_by_simd_at_el1(uint64_t alias)
{
    uint64_t sum = 0;
    *(volatile uint32_t *)(alias + 64) = 0x9e670021;
    *(volatile uint32_t *)(alias + 68) = 0xfd000001;
    *(volatile uint32_t *)(alias + 72) = 0xd65f03c0;
    for (unsigned i = 0; i < 64; i++) {
        ((void (*)(uint64_t, uint64_t))(TEST_VA + 64))(alias, 0xd65f03c0d2800000 | i << 5);
        OP("dsb ish\n isb");
        sum += ((guest_fn)TEST_VA)(0);
    }
    return sum;
}

static void check_alias_code_without_ic(const void *arg)
{
    struct pt pt = el1_map(12);

    pt_map_leaf(&pt, TEST_VA, TEST_PA, 3, PT_RAM | PT_AP_RO | PT_UXN);
    pt_map_leaf(&pt, TEST_VA2, TEST_PA, 3, RW_EL1);
    el1_mmu_on(&pt);
    expect("sum", run_el1((guest_fn)arg, TEST_VA2), 2016); /* 0 + ... + 63 */
    expect_no_trap("ESR");
}

/* The same by IC IALLUIS, entered at three places: what runs there must be new even where it ran
 * before and where it did not. */
static uint64_t modify_all_at_el1(uint64_t alias)
{
    uint64_t sum = 0;
    for (unsigned i = 0; i < 64; i++) {
        for (unsigned at = 0; at < 3; at++) {
            *(volatile uint32_t *)(alias + 8 * at) = 0xd2800000 | (i * 3 + at) << 5;
            *(volatile uint32_t *)(alias + 8 * at + 4) = 0xd65f03c0;
        }
        OP("dsb ish\n ic ialluis\n dsb ish\n isb");
        sum += ((guest_fn)(TEST_VA + 8 * (i % 3)))(0);
    }
    return sum;
}

static void check_alias_code_all(const void *arg)
{
    struct pt pt = el1_map(12);

    (void)arg;
    pt_map_leaf(&pt, TEST_VA, TEST_PA, 3, PT_RAM | PT_AP_RO | PT_UXN);
    pt_map_leaf(&pt, TEST_VA2, TEST_PA, 3, RW_EL1);
    el1_mmu_on(&pt);
    expect("sum", run_el1(modify_all_at_el1, TEST_VA2), 3 * 2016 + 63); /* i * 3 + i % 3 */
    expect_no_trap("ESR");
}

/* Two mappings, both of which may be written and executed. IC IVAU of one line behind IC IALLUIS:
 * the other lines are new all the same. */
static uint64_t modify_all_then_a_line_at_el1(uint64_t alias)
{
    uint64_t sum = 0;
    for (unsigned i = 0; i < 64; i++) {
        for (unsigned line = 0; line < 2; line++) {
            *(volatile uint32_t *)(alias + 256 * line) = 0xd2800000 | (i * 2 + line) << 5;
            *(volatile uint32_t *)(alias + 256 * line + 4) = 0xd65f03c0;
        }
        OP("dsb ish\n ic ialluis\n dsb ish\n isb");
        OP1("ic ivau", TEST_VA);
        OP("dsb ish\n isb");
        sum += ((guest_fn)TEST_VA)(0) + ((guest_fn)(TEST_VA + 256))(0);
    }
    return sum;
}

static void check_writable_alias_code(const void *arg)
{
    struct pt pt = el1_map(12);

    (void)arg;
    pt_map_leaf(&pt, TEST_VA, TEST_PA, 3, PT_RAM | PT_UXN);
    pt_map_leaf(&pt, TEST_VA2, TEST_PA, 3, PT_RAM | PT_UXN);
    el1_mmu_on(&pt);
    expect("sum", run_el1(modify_all_then_a_line_at_el1, TEST_VA2), 127 * 64); /* 0 + ... + 127 */
    expect_no_trap("ESR");
}

/* TLBI: after it, and a DSB, the new descriptor is used (D5.10.2). Before, either may be: that is
 * not tested. */
INSN(tlbi_vae1, "tlbi vae1, x0\n dsb nsh\n isb");
INSN(tlbi_vale1, "tlbi vale1, x0\n dsb nsh\n isb");
INSN(tlbi_vaae1, "tlbi vaae1, x0\n dsb nsh\n isb");
INSN(tlbi_vaale1is, "tlbi vaale1is, x0\n dsb ish\n isb");
INSN(tlbi_vae1is, "tlbi vae1is, x0\n dsb ish\n isb");
INSN(tlbi_aside1, "tlbi aside1, x0\n dsb nsh\n isb");
INSN(tlbi_vmalle1, "tlbi vmalle1\n dsb nsh\n isb");
INSN(tlbi_vmalle1is, "tlbi vmalle1is\n dsb ish\n isb");
INSN(tlbi_alle1, "tlbi alle1\n dsb nsh\n isb");
INSN(tlbi_vmalls12e1, "tlbi vmalls12e1\n dsb nsh\n isb");

#define ASID 5UL
struct tlbi_case {
    guest_fn tlbi;
    unsigned el;
    uint64_t operand;
};

static void check_tlbi(const void *arg)
{
    const struct tlbi_case *c = arg;
    struct pt pt = el1_map(12);

    *(volatile uint64_t *)TEST_PA = 1;
    *(volatile uint64_t *)TEST_PA2 = 2;
    pt_map_leaf(&pt, TEST_VA, TEST_PA, 3, RW_EL1 | PT_NG);
    el1_mmu_on(&pt);
    WR("ttbr0_el1", (uint64_t)pt.root | ASID << 48);
    ISB();
    expect("old page", run_el1(load, TEST_VA), 1);
    *pt_descriptor(&pt, TEST_VA, 3) = 0;
    DSB();
    run_at_level(c->el, c->tlbi, c->operand);
    run_el1(load, TEST_VA);
    expect_trap(1, VEC_CUR_SPX, 0x96000007);
    pt_map_leaf(&pt, TEST_VA, TEST_PA2, 3, RW_EL1 | PT_NG);
    DSB();
    expect("new page", run_el1(load, TEST_VA), 2);
}

#define TLBI(...)                                                                                  \
    .run = check_tlbi, .arg = &(const struct tlbi_case)                                            \
    {                                                                                              \
        __VA_ARGS__                                                                                \
    }
#define OPERAND (TEST_VA >> 12 | ASID << 48)

/* Not-global pages of two ASIDs are two translations; global ones are one (D5.9.1). */
static void check_asid(const void *arg)
{
    struct pt one = el1_map(12), two = el1_map(12);

    (void)arg;
    *(volatile uint64_t *)TEST_PA = 1;
    *(volatile uint64_t *)TEST_PA2 = 2;
    pt_map_leaf(&one, TEST_VA, TEST_PA, 3, RW_EL1 | PT_NG);
    pt_map_leaf(&two, TEST_VA, TEST_PA2, 3, RW_EL1 | PT_NG);
    el1_mmu_on(&one);
    for (unsigned i = 0; i < 4; i++) {
        WR("ttbr0_el1", (uint64_t)one.root | 1UL << 48);
        ISB();
        expect("page of ASID 1", run_el1(load, TEST_VA), 1);
        WR("ttbr0_el1", (uint64_t)two.root | 2UL << 48);
        ISB();
        expect("page of ASID 2", run_el1(load, TEST_VA), 2);
    }
}

/* An entry that faults is not cached: a page that becomes valid needs no TLBI (D5.10.1). */
static void check_valid_without_tlbi(const void *arg)
{
    struct pt pt = el1_map(12);

    (void)arg;
    *(volatile uint64_t *)TEST_PA = MARK;
    *pt_descriptor(&pt, TEST_VA, 3) = 0;
    el1_mmu_on(&pt);
    run_el1(load, TEST_VA);
    expect_trap(1, VEC_CUR_SPX, 0x96000007);
    pt_map_leaf(&pt, TEST_VA, TEST_PA, 3, RW_EL1);
    OP("dsb sy\n isb");
    expect("value", run_el1(load, TEST_VA), MARK);
}

/* With stage 1 off, EL1 addresses are physical (D5.2.9). */
static void check_mmu_off(const void *arg)
{
    (void)arg;
    *(volatile uint64_t *)TEST_PA = MARK;
    expect("value", run_el1(load, TEST_PA), MARK);
    expect_no_trap("ESR");
}

const struct check checks[] = {
    {.name = "unaligned_load_of_normal_memory_works",
     ALIGN(.access = load, .attributes = RW_EL1, .offset = 3)},
    {.name = "sctlr_a_faults_an_unaligned_load",
     ALIGN(.access = load, .attributes = RW_EL1, .sctlr = 2, .offset = 4, .esr = 0x96000021)},
    {.name = "sctlr_a_faults_an_unaligned_store_with_wnr",
     ALIGN(.access = store, .attributes = RW_EL1, .sctlr = 2, .offset = 1, .esr = 0x96000061)},
    {.name = "sctlr_a_allows_bytes",
     ALIGN(.access = load_byte, .attributes = RW_EL1, .sctlr = 2, .offset = 1)},
    {.name = "device_memory_faults_an_unaligned_load",
     ALIGN(.access = load, .attributes = DEVICE_PAGE, .offset = 4, .esr = 0x96000021)},
    {.name = "unaligned_exclusive_load_faults",
     ALIGN(.access = load_exclusive, .attributes = RW_EL1, .offset = 4, .esr = 0x96000021)},
    {.name = "load_acquire_across_16_bytes_faults",
     ALIGN(.access = load_acquire, .attributes = RW_EL1, .offset = 12, .esr = 0x96000021)},
    {.name = "dc_zva_of_device_memory_is_an_alignment_fault",
     ALIGN(.access = zva_insn, .attributes = DEVICE_PAGE, .esr = 0x96000061)},
    {.name = "dc_zva_gives_an_access_flag_fault", /* DZE: EL0's does not trap */
     ALIGN(.access = zva_insn, .attributes = RW_EL1 & ~PT_AF, .sctlr = 1UL << 14, .offset = 24,
           .esr = 0x9600004b)},
    {.name = "simd_load_of_a_device_reads_it", .run = check_device_simd},
    {.name = "exclusive_pair_succeeds", EXCLUSIVE(.fn = exclusive_pair, .status = 0)},
    {.name = "clrex_makes_the_exclusive_store_fail",
     EXCLUSIVE(.fn = exclusive_after_clrex, .status = 1)},
    {.name = "exception_return_makes_the_exclusive_store_fail",
     EXCLUSIVE(.fn = exclusive_after_eret, .status = 1)},
    {.name = "at_s1e1r_gives_address_and_attributes",
     AT(.at = at_s1e1r, .el = 1, .attributes = RW_EL1, .par = 0xff00000048000800)},
    {.name = "at_s1e1r_of_a_hole_gives_a_translation_fault",
     AT(.at = at_s1e1r, .el = 1, .par = 0x80f)},
    {.name = "at_s1e1w_of_a_read_only_page_gives_a_permission_fault",
     AT(.at = at_s1e1w, .el = 1, .attributes = RW_EL1 | PT_AP_RO, .par = 0x81f)},
    {.name = "at_s1e0r_of_a_kernel_page_gives_a_permission_fault",
     AT(.at = at_s1e0r, .el = 1, .attributes = RW_EL1, .par = 0x81f)},
    {.name = "at_s1e0w_of_a_user_page_gives_its_address",
     AT(.at = at_s1e0w, .el = 1, .attributes = RW_EL0, .par = 0xff00000048000800)},
    {.name = "at_s1e1r_works_from_el2",
     AT(.at = at_s1e1r, .el = 2, .attributes = RW_EL1, .par = 0xff00000048000800)},
    {.name = "at_s1e1r_gives_an_access_flag_fault",
     AT(.at = at_s1e1r, .el = 2, .attributes = RW_EL1 & ~PT_AF, .par = 0x817)},
    {.name = "at_s12e1r_goes_through_both_stages",
     AT(.at = at_s12e1r, .el = 2, .attributes = RW_EL1, .s2 = S2_RAM, .par = 0xff00000048200800)},
    {.name = "at_s1e1r_stops_at_the_intermediate_address",
     AT(.at = at_s1e1r, .el = 1, .attributes = RW_EL1, .s2 = S2_RAM, .par = 0xff00000048000800)},
    {.name = "at_s12e1w_of_a_stage_2_read_only_page_gives_s",
     AT(.at = at_s12e1w, .el = 2, .attributes = RW_EL1, .s2 = S2_READ_ONLY, .par = 0xa1d)},
    {.name = "at_s1e2r_uses_the_el2_regime", .run = check_at_el2},
    {.name = "epd0_stops_walks_of_ttbr0", .run = check_epd0},
    {.name = "dc_zva_clears_one_block", .run = check_zva},
    {.name = "self_modifying_code_runs_after_ic_ivau", .run = check_self_modifying},
    {.name = "code_written_through_an_alias_runs_after_ic_ivau", .run = check_alias_code},
    {.name = "code_written_through_an_alias_runs_after_ic_ialluis", .run = check_alias_code_all},
    {.name = "code_written_through_an_alias_runs_after_ic_ialluis_and_ivau",
     .run = check_writable_alias_code},
    {.name = "code_written_through_an_alias_is_seen_by_fetches",
     .run = check_alias_code_without_ic,
     .arg = (const void *)modify_without_ic_at_el1},
    {.name = "code_that_changes_its_own_page_through_an_alias_is_seen",
     .run = check_alias_code_without_ic,
     .arg = (const void *)modify_own_page_at_el1},
    {.name = "code_that_changes_its_own_page_by_a_simd_store_is_seen",
     .run = check_alias_code_without_ic,
     .arg = (const void *)modify_own_page_by_simd_at_el1},
    {.name = "tlbi_vae1_removes_the_page", TLBI(.tlbi = tlbi_vae1, .el = 1, .operand = OPERAND)},
    {.name = "tlbi_vale1_removes_the_page", TLBI(.tlbi = tlbi_vale1, .el = 1, .operand = OPERAND)},
    {.name = "tlbi_vaae1_removes_the_page_of_any_asid",
     TLBI(.tlbi = tlbi_vaae1, .el = 1, .operand = TEST_VA >> 12)},
    {.name = "tlbi_vaale1is_removes_the_page_of_any_asid",
     TLBI(.tlbi = tlbi_vaale1is, .el = 1, .operand = TEST_VA >> 12)},
    {.name = "tlbi_vae1is_removes_the_page",
     TLBI(.tlbi = tlbi_vae1is, .el = 1, .operand = OPERAND)},
    {.name = "tlbi_aside1_removes_the_pages_of_the_asid",
     TLBI(.tlbi = tlbi_aside1, .el = 1, .operand = ASID << 48)},
    {.name = "tlbi_vmalle1_removes_all", TLBI(.tlbi = tlbi_vmalle1, .el = 1)},
    {.name = "tlbi_vmalle1is_removes_all", TLBI(.tlbi = tlbi_vmalle1is, .el = 1)},
    {.name = "tlbi_alle1_of_el2_removes_all", TLBI(.tlbi = tlbi_alle1, .el = 2)},
    {.name = "tlbi_vmalls12e1_of_el2_removes_all", TLBI(.tlbi = tlbi_vmalls12e1, .el = 2)},
    {.name = "tlbi_vae1_of_el2_removes_the_page",
     TLBI(.tlbi = tlbi_vae1, .el = 2, .operand = OPERAND)},
    {.name = "pages_of_two_asids_are_kept_apart", .run = check_asid},
    {.name = "page_that_becomes_valid_needs_no_tlbi", .run = check_valid_without_tlbi},
    {.name = "without_stage_1_addresses_are_physical", .run = check_mmu_off},
};
CHECK_TABLE_END;
