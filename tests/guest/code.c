/* Code that changes (Arm ARM B2.4.4), with and without IC, and DC by address at EL2 (D4.4.8). */
#include "pt.h"

#define RW_EL1 (PT_RAM | PT_PXN | PT_UXN)
#define RX_EL1 (PT_RAM | PT_AP_RO | PT_UXN)
#define RWX    (PT_RAM | PT_UXN)
#define RX_EL2 (PT_RAM | PT_AP_EL0 | PT_AP_RO) /* as el2_map() has code, in both regimes */
#define RET    0xd65f03c0U
#define SYNC() OP("dsb ish\n isb")

/* A page of RAM for one check, which is written by the code of that check alone: with the MMU off
 * all memory may be written and executed. */
static uint64_t fresh_page(void)
{
    static uint64_t next = 0x4c000000;
    uint64_t page = next;

    next += 4096;
    return page;
}

/* Where the code is, and may be written; it runs at TEST_VA and TEST_VA2. */
static uint64_t page;

/* A function at page + at. Reading TPIDR_EL1 or SP_EL0 first is nothing to the guest, but such a
 * page runs otherwise in el2sim. */
static void put(unsigned at, uint32_t first, uint32_t value)
{
    volatile uint32_t *words = (volatile uint32_t *)(page + at);

    words[0] = first;
    words[1] = 0xd2800000 | value << 5; /* MOVZ X0, #value */
    words[2] = RET;
}

#define NOP              0xd503201fU
#define MRS_X1_TPIDR_EL1 0xd538d081U
#define SEV              0xd503209fU

static uint64_t call(uint64_t at)
{
    return ((guest_fn)at)(0);
}

/* Each of these changes code 64 times and adds up what it returns: 0 + ... + 63. */
#define SUM 2016UL

static uint64_t patch_at_two_addresses(uint64_t first)
{
    uint64_t sum = 0;
    for (unsigned i = 0; i < 64; i++) {
        put(0, (uint32_t)first, i);
        SYNC();
        sum += call(TEST_VA) == call(TEST_VA2) ? call(TEST_VA) : 1000;
    }
    return sum;
}

/* Both read PMUSERENR_EL0, which is `value`. */
static uint64_t patch_to_read_pmuserenr(uint64_t value)
{
    volatile uint32_t *words = (volatile uint32_t *)page;

    words[0] = 0xd53b9e00; /* MRS X0, PMUSERENR_EL0 */
    words[1] = RET;
    SYNC();
    WR("pmuserenr_el0", value);
    ISB();
    uint64_t read = call(TEST_VA) | call(TEST_VA2) << 8;
    WR("pmuserenr_el0", 0);
    return read;
}

/* One of eight functions changes each time; the others are as they were. */
static uint64_t patch_one_of_eight(uint64_t first)
{
    uint64_t sum = 0;
    for (unsigned at = 0; at < 8; at++) {
        put(at * 256, (uint32_t)first, 0);
    }
    for (unsigned i = 0; i < 64; i++) {
        put(i % 8 * 256, (uint32_t)first, i);
        SYNC();
        for (unsigned at = 0; at < 8; at++) {
            unsigned last = i < at ? 0 : i - (i - at) % 8; /* when that one changed last */
            if (call(TEST_VA + at * 256) != last) {
                return 1000 * i + at;
            }
        }
        sum += i;
    }
    return sum;
}

/* The page is data in between: what is written and read there is no code, and neither the code of
 * before nor data is what runs. */
static uint64_t patch_after_data(uint64_t first)
{
    volatile uint64_t *words = (volatile uint64_t *)page;
    volatile uint64_t *there = (volatile uint64_t *)TEST_VA;
    uint64_t sum = 0;
    for (unsigned i = 0; i < 64; i++) {
        put(0, (uint32_t)first, i);
        SYNC();
        sum += call(TEST_VA);
        for (unsigned at = 0; at < 512; at += 8) {
            words[at] = i * at;
        }
        for (unsigned at = 0; at < 512; at += 8) {
            sum += there[at] != i * at ? 1000 : 0;
        }
    }
    return sum;
}

/* Code that comes to read TPIDR_EL0, which code of EL1 and EL2 cannot in el2sim as it stands. */
static uint64_t patch_to_thread_register(uint64_t first)
{
    uint64_t sum = 0;
    for (unsigned i = 0; i < 64; i++) {
        put(0, (uint32_t)first, i);
        if (i % 2 != 0) {
            WR("tpidr_el0", i);
            *(volatile uint32_t *)(page + 4) = 0xd53bd040; /* MRS X0, TPIDR_EL0 */
        }
        SYNC();
        sum += call(TEST_VA);
    }
    return sum;
}

/* By a block of DC ZVA: sixteen words that are UNDEFINED, and the function behind them. */
static uint64_t zero_code(uint64_t first)
{
    put(0, (uint32_t)first, 1);
    put(64, (uint32_t)first, 2);
    SYNC();
    uint64_t before = call(TEST_VA);
    OP1("dc zva", page);
    SYNC();
    return before << 8 | call(TEST_VA);
}

struct patch_case {
    guest_fn patch;
    unsigned el;
    uint32_t first;
    uint64_t sum;
    unsigned traps;
};

static void check_patch(const void *arg)
{
    const struct patch_case *c = arg;
    uint64_t attributes = c->el == 2 ? RX_EL2 : RX_EL1;
    struct pt pt = c->el == 2 ? el2_map() : el1_map(12);

    page = fresh_page();
    pt_map_leaf(&pt, TEST_VA, page, 3, attributes);
    pt_map_leaf(&pt, TEST_VA2, page, 3, attributes);
    if (c->el == 2) {
        el2_mmu_on(&pt);
    } else {
        el1_mmu_on(&pt);
    }
    uint64_t sum = run_at_level(c->el, c->patch, c->first);
    if (c->el == 2) {
        el2_mmu_off();
    }
    expect("sum", sum, c->sum);
    expect("exceptions", this_cpu()->trap_count, c->traps);
}

#define PATCH(...)                                                                                 \
    .run = check_patch, .arg = &(const struct patch_case)                                          \
    {                                                                                              \
        __VA_ARGS__                                                                                \
    }

/* Stores through pointers with tags (TCR_EL1.TBI0), each of which is another address to el2sim. */
static uint64_t patch_by_tags(uint64_t first)
{
    uint64_t plain = page, sum = 0;
    for (unsigned i = 0; i < 64; i++) {
        page = plain | (uint64_t)(i % 3 * 0x55) << 56;
        put(0, (uint32_t)first, i);
        SYNC();
        sum += call(TEST_VA);
    }
    page = plain;
    return sum;
}

static uint64_t patch_then_iallu(uint64_t first)
{
    uint64_t sum = 0;
    for (unsigned i = 0; i < 64; i++) {
        put(0, (uint32_t)first, i);
        OP("dsb ish\n ic iallu\n dsb ish\n isb");
        sum += call(TEST_VA);
    }
    return sum;
}

static void check_tags(const void *arg)
{
    struct pt pt = el1_map(12);

    (void)arg;
    page = fresh_page();
    pt_map_leaf(&pt, TEST_VA, page, 3, RX_EL1);
    el1_mmu_on(&pt);
    WR("tcr_el1", RD("tcr_el1") | 1UL << 37);
    ISB();
    expect("sum", run_el1(patch_by_tags, NOP), SUM);
    expect_no_trap("ESR");
}

/* The one mapping of the page becomes writable, and executable again (D5.10.1: break before make).
 */
static struct pt turning;

static void turn(uint64_t attributes)
{
    *pt_descriptor(&turning, TEST_VA, 3) = 0;
    __asm__ volatile("dsb ish\n tlbi vaae1is, %0\n dsb ish" ::"r"(TEST_VA >> 12) : "memory");
    pt_map_leaf(&turning, TEST_VA, page, 3, attributes);
    SYNC();
}

static uint64_t patch_in_turns(uint64_t attributes)
{
    uint64_t real = page, sum = 0;
    for (unsigned i = 0; i < 64; i++) {
        turn(attributes);
        page = TEST_VA;
        put(0, NOP, i);
        put(1024, MRS_X1_TPIDR_EL1, i);
        page = real;
        if (attributes == RWX) {
            __asm__ volatile(
                "dc cvau, %0\n dsb ish\n ic ivau, %0\n ic ivau, %1\n dsb ish\n isb" ::"r"(TEST_VA),
                "r"(TEST_VA + 1024)
                : "memory");
            sum += call(TEST_VA) != i ? 1000 : 0;
        }
        turn(RX_EL1);
        sum += call(TEST_VA) == call(TEST_VA + 1024) ? call(TEST_VA) : 1000;
    }
    return sum;
}

static void check_turns(const void *arg)
{
    turning = el1_map(12);
    page = fresh_page();
    pt_map_leaf(&turning, TEST_VA, page, 3, RX_EL1);
    el1_mmu_on(&turning);
    expect("sum", run_el1(patch_in_turns, *(const uint64_t *)arg), SUM);
    expect_no_trap("ESR");
}

/*
 * A table of translations in a page of code. Its first descriptor is an instruction as well: EOR
 * W7, W24, W1, LSL #0, or LSL #1 once hardware has set the access flag (bit 10); its upper half is
 * UDF. After IC the new one runs.
 */
#define DESCRIPTOR (0x4a010000UL | PT_NORMAL | PT_INNER | PT_PAGE)

static void return_to_caller(struct frame *frame)
{
    frame->elr = frame->x[30];
}

static uint64_t run_descriptor(void)
{
    uint64_t result;
    __asm__ volatile("mov w24, #0\n mov w1, #3\n blr %1\n mov %0, x7"
                     : "=&r"(result)
                     : "r"(TEST_VA)
                     : "x1", "x7", "x24", "x30", "memory");
    return result;
}

static uint64_t run_old_and_new_descriptor(uint64_t arg)
{
    *(volatile uint64_t *)page = DESCRIPTOR;
    SYNC();
    uint64_t old = run_descriptor();
    (void)*(volatile uint64_t *)TEST_VA2; /* a walk that sets the flag */
    __asm__ volatile("dsb ish\n dc cvau, %0\n dsb ish\n ic ivau, %0\n dsb ish\n isb" ::"r"(TEST_VA)
                     : "memory");
    return old << 8 | run_descriptor() | arg;
}

static void check_descriptor(const void *arg)
{
    struct pt pt = el1_map(12);

    (void)arg;
    page = fresh_page();
    pt_map_leaf(&pt, TEST_VA, page, 3, RX_EL1);
    *pt_descriptor(&pt, TEST_VA2, 2) = page | PT_TABLE;
    el1_mmu_on(&pt);
    WR("tcr_el1", RD("tcr_el1") | 1UL << 39); /* HA */
    ISB();
    this_cpu()->sync_hook = return_to_caller;
    expect("old and new", run_el1(run_old_and_new_descriptor, 0), 0x306);
    expect("exceptions", this_cpu()->trap_count, 2);
}

/* Two CPUs, one of which changes what the other runs, in turns. */
static struct pt shared;
static volatile uint64_t round;

static void wait_for_round(uint64_t value)
{
    while (round != value) {
        OP("yield");
    }
    SYNC();
}

static uint64_t call_each_round(uint64_t at)
{
    uint64_t sum = 0;
    for (unsigned i = 0; i < 64; i++) {
        wait_for_round(2 * i + 1);
        sum += call(at);
        DSB();
        round = 2 * i + 2;
    }
    return sum;
}

static uint64_t call_at_el1(uint64_t at)
{
    el1_mmu_on(&shared);
    return run_el1(call_each_round, at);
}

struct other_case {
    uint64_t at; /* where the other CPU runs it */
    uint32_t first;
    bool has_ic;
};

static uint64_t patch_each_round(uint64_t arg)
{
    const struct other_case *c = (const struct other_case *)arg;
    uint64_t sum = 0;
    for (unsigned i = 0; i < 64; i++) {
        put(0, c->first, i);
        if (c->has_ic) {
            __asm__ volatile("dc cvau, %0\n dsb ish\n ic ivau, %0" ::"r"(page) : "memory");
        }
        SYNC();
        round = 2 * i + 1;
        sum += i % 3 == 0 ? call(TEST_VA) - i : 0;
        wait_for_round(2 * i + 2);
    }
    return sum;
}

static void check_other(const void *arg)
{
    const struct other_case *c = arg;

    round = 0;
    page = fresh_page();
    shared = el1_map(12);
    pt_map_leaf(&shared, TEST_VA, page, 3, RX_EL1);
    pt_map_leaf(&shared, TEST_VA2, page, 3, RX_EL1);
    el1_mmu_on(&shared);
    expect_true("CPU_ON", cpu_start(1, call_at_el1, c->at));
    expect("sum here", run_el1(patch_each_round, (uint64_t)c), 0);
    expect_true("it is off", cpu_wait_off(1));
    expect("sum there", cpu_result(1), SUM);
    expect_no_trap("ESR");
}

#define OTHER(...)                                                                                 \
    .need = NEED_SMP2, .run = check_other, .arg = &(const struct other_case)                       \
    {                                                                                              \
        __VA_ARGS__                                                                                \
    }

/* DC by address at EL2, the second instruction of its block. It needs no permission, but for IVAC
 * (D5.4.11), and PAN is nothing to it; a fault has CM and WnR, and the address itself as FAR
 * (D13.2.37). */
INSN(dc_cvac, "mov x9, x0\n dc cvac, x0");
INSN(dc_cvau, "mov x9, x0\n dc cvau, x0");
INSN(dc_civac, "mov x9, x0\n dc civac, x0");
INSN(dc_ivac, "mov x9, x0\n dc ivac, x0");
INSN(dc_of_xzr, "mov x9, x0\n dc civac, xzr");
INSN(dc_pan, ".inst 0xd500419f\n dc civac, x0\n .inst 0xd500409f"); /* MSR PAN, #1 ... #0 */
INSN(load_pan, ".inst 0xd500419f\n ldr x0, [x0]\n dc civac, xzr\n .inst 0xd500409f");
INSN(load_by_dc, "dc civac, xzr\n ldr w0, [x0]");
INSN(load_both, "dc civac, xzr\n ldur x0, [x0, #-7]"); /* from two pages */
INSN(load_then_dc, "ldr x9, [x0]\n dc civac, x0");
INSN(dc_then_load, "dc civac, x0\n ldr x9, [x0]");

#define ISV 0x01ffc000UL /* and what is valid with it, which QEMU has where it should not be */

struct dc_case {
    guest_fn fn;
    uint64_t attributes; /* 0: the page is not mapped */
    uint64_t pa;         /* 0: some RAM */
    uint64_t va_tag;     /* ORed into the address, with TCR_EL2.TBI */
    unsigned offset;
    bool vhe;
    uint64_t esr[2]; /* 0: no exception */
    unsigned at[2];  /* the instruction, from 0 */
};

static void check_dc(const void *arg)
{
    const struct dc_case *c = arg;
    uint64_t address = TEST_VA | c->va_tag | c->offset;
    unsigned count = (c->esr[0] != 0) + (c->esr[1] != 0);
    struct percpu *cpu = this_cpu();

    if (c->vhe) {
        vhe_enter(0);
    }
    struct pt pt = c->vhe ? el1_map(12) : el2_map(); /* the handler's own pages are no user's */
    pt_map_leaf(&pt, TEST_VA, 0, 3, 0);
    *pt_descriptor(&pt, TEST_VA, 3) =
        c->attributes != 0 ? (c->pa != 0 ? c->pa : TEST_PA) | c->attributes | PT_PAGE : 0;
    pt_map_leaf(&pt, TEST_VA - 4096, TEST_PA, 3, PT_RAM | PT_AP_EL0 | PT_UXN);
    el2_mmu_on(&pt);
    if (c->va_tag != 0) {
        WR("tcr_el2", RD("tcr_el2") | 1UL << 20); /* TBI */
        ISB();
    }
    c->fn(address);
    el2_mmu_off();
    expect("exceptions", cpu->trap_count, count);
    for (unsigned i = 0; i < count; i++) {
        expect("ESR", cpu->trap[i].esr & ~ISV, c->esr[i]);
        expect("ELR", cpu->trap[i].elr, (uint64_t)c->fn + 4 * c->at[i]);
        expect("FAR", cpu->trap[i].far, address);
    }
}

#define DC(...)                                                                                    \
    .run = check_dc, .arg = &(const struct dc_case)                                                \
    {                                                                                              \
        __VA_ARGS__                                                                                \
    }
#define RW_EL2 (PT_RAM | PT_AP_EL0 | PT_UXN)
#define RO_EL2 (RW_EL2 | PT_AP_RO)
#define HOLE   0x96000007 /* DFSC: translation fault, level 3 */
#define NO_AF  0x9600000b
#define DENIED 0x9600000f
#define CM     0x140 /* and WnR */

static void check_dc_mmu_off(const void *arg)
{
    (void)arg;
    dc_cvac(0x0f000000); /* nothing is there */
    dc_civac(UART_BASE);
    dc_cvau(TEST_PA);
    expect_no_trap("ESR");
}

/* A load of a device beside a DC goes to the device: PL011's UARTPeriphID0. */
static void check_device_load(const void *arg)
{
    struct pt pt = el2_map();

    (void)arg;
    el2_mmu_on(&pt);
    uint64_t id = load_by_dc(UART_BASE + 0xfe0) & 0xff;
    el2_mmu_off();
    expect("ID", id, 0x11);
    expect_no_trap("ESR");
}

/* Code whose page has another descriptor meanwhile, without TLBI, and is pushed out of the TLB by
 * the loads of a block that comes to a DC, or to the next block: whatever happens, it comes back.
 */
struct unmapped_case {
    uint64_t descriptor;
    uint32_t last;
};

static void check_unmapped_code(const void *arg)
{
    const struct unmapped_case *c = arg;
    struct pt pt = el2_map();
    uint64_t step = 1UL << 20, hole = TEST_VA + 4096;
    volatile uint32_t *words = (volatile uint32_t *)TEST_PA;

    for (unsigned i = 0; i < 16; i += 2) {
        words[i] = 0xf9400009;     /* LDR X9, [X0] */
        words[i + 1] = 0x8b010000; /* ADD X0, X0, X1 */
    }
    words[16] = c->last;
    words[17] = RET;
    pt_map_leaf(&pt, TEST_VA, TEST_PA, 3, RX_EL2);
    for (unsigned i = 1; i <= 8; i++) {
        pt_map_leaf(&pt, TEST_VA + i * step, TEST_PA2, 3, RW_EL2);
    }
    el2_mmu_on(&pt);
    OP("ic iallu\n dsb sy\n isb");
    for (unsigned i = 0; i < 2; i++) {
        __asm__ volatile("mov x0, %0\n mov x1, %1\n mov x2, %2\n blr %3" ::"r"(TEST_VA + step),
                         "r"(step), "r"(hole), "r"(TEST_VA)
                         : "x0", "x1", "x2", "x9", "x30", "memory");
        *pt_descriptor(&pt, TEST_VA, 3) = c->descriptor;
        DSB();
    }
    el2_mmu_off();
    expect_true("it came back", this_cpu()->trap_count <= 4);
}

const struct check checks[] = {
    {.name = "code_is_new_at_two_addresses",
     PATCH(.patch = patch_at_two_addresses, .el = 1, .first = NOP, .sum = SUM)},
    {.name = "code_that_reads_a_thread_register_is_new_at_two_addresses",
     PATCH(.patch = patch_at_two_addresses, .el = 1, .first = MRS_X1_TPIDR_EL1, .sum = SUM)},
    {.name = "code_of_el2_is_new_at_two_addresses",
     PATCH(.patch = patch_at_two_addresses, .el = 2, .first = MRS_X1_TPIDR_EL1, .sum = SUM)},
    {.name = "code_with_sev_is_new_at_two_addresses",
     PATCH(.patch = patch_at_two_addresses, .el = 1, .first = SEV, .sum = SUM)},
    {.name = "code_of_el2_with_sev_is_new_at_two_addresses",
     PATCH(.patch = patch_at_two_addresses, .el = 2, .first = SEV, .sum = SUM)},
    {.name = "code_that_comes_to_read_pmuserenr",
     .need = NEED_PMU,
     PATCH(.patch = patch_to_read_pmuserenr, .el = 1, .first = 9, .sum = 0x909)},
    {.name = "code_of_el2_that_comes_to_read_pmuserenr",
     .need = NEED_PMU,
     PATCH(.patch = patch_to_read_pmuserenr, .el = 2, .first = 9, .sum = 0x909)},
    {.name = "functions_beside_a_changed_one_stay",
     PATCH(.patch = patch_one_of_eight, .el = 1, .first = NOP, .sum = SUM)},
    {.name = "functions_that_read_a_thread_register_stay_beside_a_changed_one",
     PATCH(.patch = patch_one_of_eight, .el = 1, .first = MRS_X1_TPIDR_EL1, .sum = SUM)},
    {.name = "functions_of_el2_stay_beside_a_changed_one",
     PATCH(.patch = patch_one_of_eight, .el = 2, .first = MRS_X1_TPIDR_EL1, .sum = SUM)},
    {.name = "code_that_was_data_is_new",
     PATCH(.patch = patch_after_data, .el = 1, .first = NOP, .sum = SUM)},
    {.name = "code_of_el2_that_was_data_is_new",
     PATCH(.patch = patch_after_data, .el = 2, .first = MRS_X1_TPIDR_EL1, .sum = SUM)},
    {.name = "code_that_comes_to_read_a_thread_register_is_new",
     PATCH(.patch = patch_to_thread_register, .el = 1, .first = NOP, .sum = SUM)},
    {.name = "code_of_el2_that_comes_to_read_a_thread_register_is_new",
     PATCH(.patch = patch_to_thread_register, .el = 2, .first = NOP, .sum = SUM)},
    {.name = "code_that_dc_zva_clears_is_undefined",
     PATCH(.patch = zero_code, .el = 1, .first = NOP, .sum = 0x102, .traps = 16)},
    {.name = "code_is_new_after_ic_iallu",
     PATCH(.patch = patch_then_iallu, .el = 1, .first = NOP, .sum = SUM)},
    {.name = "code_written_by_tagged_pointers_is_new", .run = check_tags},
    {.name = "page_that_is_writable_and_executable_by_turns",
     .run = check_turns,
     .arg = &(const uint64_t){RW_EL1}},
    {.name = "page_that_is_both_and_executable_by_turns",
     .run = check_turns,
     .arg = &(const uint64_t){RWX}},
    {.name = "access_flag_set_in_code_is_seen_after_ic", .need = NEED_AF, .run = check_descriptor},
    {.name = "code_changed_by_another_cpu", OTHER(.at = TEST_VA, .first = NOP, .has_ic = true)},
    {.name = "code_changed_by_another_cpu_without_ic", OTHER(.at = TEST_VA, .first = NOP)},
    {.name = "code_changed_by_another_cpu_at_another_address",
     OTHER(.at = TEST_VA2, .first = MRS_X1_TPIDR_EL1)},
    {.name = "dc_cvac_at_el2_of_a_hole_faults_with_cm",
     DC(.fn = dc_cvac, .offset = 0x123, .esr = {HOLE | CM}, .at = {1})},
    {.name = "dc_cvau_at_el2_of_a_hole_faults_with_cm",
     DC(.fn = dc_cvau, .offset = 0x123, .esr = {HOLE | CM}, .at = {1})},
    {.name = "dc_civac_at_el2_of_a_hole_faults_with_cm",
     DC(.fn = dc_civac, .offset = 0x123, .esr = {HOLE | CM}, .at = {1})},
    {.name = "dc_ivac_at_el2_of_a_hole_faults_with_cm",
     DC(.fn = dc_ivac, .offset = 0x123, .esr = {HOLE | CM}, .at = {1})},
    {.name = "dc_civac_at_el2_of_a_tagged_hole_has_the_tag_in_far",
     DC(.fn = dc_civac, .offset = 0x123, .va_tag = 0xa5UL << 56, .esr = {HOLE | CM}, .at = {1})},
    {.name = "dc_civac_at_el2_gives_an_access_flag_fault",
     DC(.fn = dc_civac, .attributes = RW_EL2 & ~PT_AF, .esr = {NO_AF | CM}, .at = {1})},
    {.name = "dc_civac_at_el2_of_ram_completes", DC(.fn = dc_civac, .attributes = RW_EL2)},
    {.name = "dc_civac_at_el2_of_a_tagged_page_completes",
     DC(.fn = dc_civac, .attributes = RW_EL2, .va_tag = 0xa5UL << 56)},
    {.name = "dc_cvau_at_el2_of_a_read_only_page_completes",
     DC(.fn = dc_cvau, .attributes = RO_EL2)},
    {.name = "dc_ivac_at_el2_of_a_read_only_page_is_denied",
     DC(.fn = dc_ivac, .attributes = RO_EL2, .esr = {DENIED | CM}, .at = {1})},
    {.name = "dc_cvac_at_el2_of_device_memory_completes",
     DC(.fn = dc_cvac, .attributes = PT_DEVICE | PT_AP_EL0 | PT_AF | PT_UXN)},
    {.name = "dc_cvac_at_el2_of_a_device_completes",
     DC(.fn = dc_cvac, .attributes = PT_DEVICE | PT_AP_EL0 | PT_AF | PT_UXN, .pa = UART_BASE)},
    {.name = "dc_of_xzr_at_el2_is_of_address_0", DC(.fn = dc_of_xzr, .attributes = RW_EL2)},
    {.name = "dc_of_el2_and_0_of_a_hole_faults_with_cm",
     .need = NEED_VHE,
     DC(.fn = dc_civac, .vhe = true, .offset = 8, .esr = {HOLE | CM}, .at = {1})},
    {.name = "dc_at_el2_of_a_user_page_is_not_subject_to_pan",
     .need = NEED_VHE | NEED_PAN,
     DC(.fn = dc_pan, .vhe = true, .attributes = RW_EL2)},
    {.name = "load_beside_dc_of_a_user_page_is_subject_to_pan",
     .need = NEED_VHE | NEED_PAN,
     DC(.fn = load_pan, .vhe = true, .attributes = RW_EL2, .esr = {DENIED}, .at = {1})},
    {.name = "load_beside_dc_of_a_hole_faults_as_a_load",
     DC(.fn = load_by_dc, .offset = 8, .esr = {HOLE}, .at = {1})},
    {.name = "load_then_dc_of_a_hole", /* each in its way */
     DC(.fn = load_then_dc, .offset = 8, .esr = {HOLE, HOLE | CM}, .at = {0, 1})},
    {.name = "dc_then_load_of_a_hole",
     DC(.fn = dc_then_load, .offset = 8, .esr = {HOLE | CM, HOLE}, .at = {0, 1})},
    {.name = "load_beside_dc_that_reaches_into_a_hole",
     DC(.fn = load_both, .esr = {HOLE}, .at = {1})},
    {.name = "load_beside_dc_of_a_device_reads_it", .run = check_device_load},
    {.name = "dc_in_code_that_is_unmapped_meanwhile",
     .run = check_unmapped_code,
     .arg = &(const struct unmapped_case){.last = 0xd50b7e22 /* DC CIVAC, X2 */}},
    {.name = "block_of_code_that_is_a_device_meanwhile",
     .run = check_unmapped_code,
     .arg = &(const struct unmapped_case){.descriptor = UART_BASE | RX_EL2 | PT_PAGE,
                                          .last = 0x14000001 /* B, to the next one */}},
    {.name = "dc_at_el2_with_the_mmu_off_completes_anywhere", .run = check_dc_mmu_off},
};
CHECK_TABLE_END;
