/*
 * One mistake for each rule of `el2sim run --lint`, and its twin without it: only=bugs, only=twins.
 * Nothing is expected of the first but that it ends; docs/lint.md has the rules. Each mistake is in
 * a function of the rule's name.
 */
#include "pt.h"
#include "vgic.h"

#define RW_EL1   (PT_RAM | PT_PXN | PT_UXN)
#define CPTR_OFF 0x33ffUL
#define CPTR_TFP (1UL << 10)

static bool bug;

/* What the mistakes at EL1 work on. */
static uint64_t *volatile entry;
static volatile uint64_t new_entry;

#define LOAD(va)                                                                                   \
    ({                                                                                             \
        uint64_t loaded_;                                                                          \
        __asm__ volatile("ldr %0, [%1]" : "=r"(loaded_) : "r"((uint64_t)(va)) : "memory");         \
        loaded_;                                                                                   \
    })
#define STORE(at, value)                                                                           \
    __asm__ volatile("str %0, [%1]" ::"r"((uint64_t)(value)), "r"(at) : "memory")

static uint64_t load(uint64_t va)
{
    return LOAD(va);
}

/* EL1 with TEST_VA mapped to a page. */
static struct pt map_one(uint64_t more)
{
    struct pt pt = el1_map(12);
    pt_map_leaf(&pt, TEST_VA, TEST_PA, 3, RW_EL1 | more);
    entry = pt_descriptor(&pt, TEST_VA, 3);
    el1_mmu_on(&pt);
    return pt;
}

LABELLED void isb_control(void)
{
    WR("cptr_el2", CPTR_OFF | CPTR_TFP);
    ISB();
    WR("cptr_el2", CPTR_OFF);
    if (!bug) {
        ISB();
    }
    __asm__ volatile(".arch_extension fp\n fmov x9, d0" ::: "x9");
}

LABELLED void isb_control_tlbi(void)
{
    WR("vttbr_el2", 5UL << 48);
    if (!bug) {
        ISB();
    }
    OP("tlbi vmalls12e1is\n dsb ish\n isb");
}

static uint64_t isb_at_el1(uint64_t va)
{
    OP1("at s1e1r", va);
    if (!bug) {
        ISB();
    }
    RD("par_el1");
    return 0;
}

LABELLED void isb_at(void)
{
    map_one(0);
    run_el1(isb_at_el1, TEST_VA);
    WR("par_el1", 0);
}

#define TLBI_VA "tlbi vaae1is"

LABELLED uint64_t break_before_make_el1(uint64_t va)
{
    LOAD(va);
    if (!bug) {
        STORE(entry, 0);
        OP("dsb ishst");
        OP1(TLBI_VA, va >> 12);
        OP("dsb ish\n isb");
    }
    STORE(entry, new_entry);
    OP("dsb ish");
    OP1(TLBI_VA, va >> 12);
    OP("dsb ish\n isb");
    return LOAD(va);
}

LABELLED void break_before_make(void)
{
    map_one(0);
    new_entry = (*entry & ~PT_ADDR) | TEST_PA2;
    run_el1(break_before_make_el1, TEST_VA);
}

LABELLED uint64_t tlbi_missing_el1(uint64_t va)
{
    LOAD(va);
    STORE(entry, new_entry);
    OP("dsb ish");
    if (!bug) {
        OP1(TLBI_VA, va >> 12);
        OP("dsb ish");
    }
    ISB();
    return LOAD(va);
}

/* The load goes on all the same; its twin faults. */
LABELLED void tlbi_missing(void)
{
    map_one(0);
    new_entry = 0;
    run_el1(tlbi_missing_el1, TEST_VA);
}

LABELLED uint64_t tlbi_scope_el1(uint64_t va)
{
    LOAD(va);
    STORE(entry, new_entry);
    OP("dsb ish");
    OP1("tlbi vae1is", va >> 12 | (bug ? 7UL << 48 : 0)); /* ASID 7 is nobody's */
    OP("dsb ish\n isb");
    return LOAD(va);
}

LABELLED void tlbi_scope(void)
{
    map_one(PT_NG);
    new_entry = 0;
    run_el1(tlbi_scope_el1, TEST_VA);
}

/* Stage 2: entries of both stages stay behind IPAS2E1 alone. */
LABELLED void tlbi_scope_stage2(void)
{
    struct pt s2 = stage2_map();
    pt_map_leaf(&s2, TEST_VA, TEST_PA, 3, S2_RAM);
    entry = pt_descriptor(&s2, TEST_VA, 3);
    stage2_on(&s2, 3);
    run_el1(load, TEST_VA);
    STORE(entry, 0);
    OP("dsb ishst");
    OP1("tlbi ipas2e1is", TEST_VA >> 12);
    OP("dsb ish");
    if (!bug) {
        OP("tlbi vmalle1is\n dsb ish");
    }
    ISB();
    run_el1(load, TEST_VA);
}

LABELLED uint64_t dsb_before_tlbi_el1(uint64_t va)
{
    LOAD(va);
    STORE(entry, new_entry);
    if (!bug) {
        OP("dsb ishst");
    }
    OP1(TLBI_VA, va >> 12);
    OP("dsb ish\n isb");
    return LOAD(va);
}

LABELLED void dsb_before_tlbi(void)
{
    map_one(0);
    new_entry = *entry | PT_AP_RO;
    run_el1(dsb_before_tlbi_el1, TEST_VA);
}

LABELLED uint64_t dsb_after_tlbi_el1(uint64_t va)
{
    LOAD(va);
    STORE(entry, new_entry);
    OP("dsb ishst");
    OP1(TLBI_VA, va >> 12);
    if (!bug) {
        OP("dsb ish");
    }
    ISB();
    return LOAD(va);
}

LABELLED void dsb_after_tlbi(void)
{
    map_one(0);
    new_entry = *entry | PT_AP_RO;
    run_el1(dsb_after_tlbi_el1, TEST_VA);
    DSB();
}

LABELLED void vmid_reuse(void)
{
    struct pt a = stage2_map(), b = stage2_map();
    stage2_on(&a, 4);
    run_el1(load, TEST_PA);
    DSB();
    WR("vttbr_el2", (uint64_t)b.root | 4UL << 48);
    ISB();
    if (!bug) {
        OP("tlbi vmalls12e1is\n dsb ish\n isb");
    }
    run_el1(load, TEST_PA);
}

LABELLED uint64_t asid_reuse_el1(uint64_t root)
{
    LOAD(TEST_VA);
    WR("ttbr0_el1", root);
    ISB();
    if (!bug) {
        OP("tlbi vmalle1\n dsb nsh\n isb");
    }
    return LOAD(TEST_VA2);
}

LABELLED void asid_reuse(void)
{
    struct pt other = el1_map(12);
    pt_map_leaf(&other, TEST_VA2, TEST_PA, 3, RW_EL1 | PT_NG);
    map_one(PT_NG);
    run_el1(asid_reuse_el1, (uint64_t)other.root);
}

static uint64_t write_ttbr0(uint64_t value)
{
    WR("ttbr0_el1", value);
    ISB();
    return 0;
}

LABELLED void switch_order(void)
{
    struct pt s2 = stage2_map(), pt = el1_map(12);
    stage2_on(&s2, 6);
    run_el1(write_ttbr0, (uint64_t)pt.root);
    DSB();
    WR("vttbr_el2", (uint64_t)s2.root | 7UL << 48);
    if (!bug) {
        WR("ttbr0_el1", pt.root);
    }
    ISB();
    OP1("at s12e1r", TEST_PA);
    ISB();
}

LABELLED void walker_dsb(void)
{
    struct pt s2 = stage2_map();
    stage2_on(&s2, 8);
    run_el1(load, TEST_PA);
    if (!bug) {
        OP("dsb nsh");
    }
    WR("vttbr_el2", (uint64_t)s2.root | 9UL << 48);
    ISB();
}

static uint64_t write_contextidr(uint64_t value)
{
    WR("contextidr_el1", value);
    ISB();
    return 0;
}

LABELLED void el1_state(void)
{
    struct pt s2 = stage2_map();
    stage2_on(&s2, 10);
    run_el1(write_contextidr, 0x1234);
    DSB();
    WR("vttbr_el2", (uint64_t)s2.root | 11UL << 48);
    if (!bug) {
        WR("contextidr_el1", 0);
    }
    run_el1(load, TEST_PA);
}

/* A mode that AArch64 has not got. */
LABELLED void illegal_return(void)
{
    run_spsr(load, TEST_PA, bug ? 0x3c7 : 0x3c5);
}

static void enter_with(struct lr first, struct lr second)
{
    vgic_on(0);
    lr_write(0, first);
    lr_write(1, second);
    run_el1(load, TEST_PA);
    lr_write(0, (struct lr){0});
    lr_write(1, (struct lr){0});
}

LABELLED void lr_twice(void)
{
    enter_with((struct lr){.vintid = 40, .priority = 0x80, .state = LR_PENDING},
               (struct lr){.vintid = bug ? 40 : 41, .priority = 0x80, .state = LR_ACTIVE});
}

LABELLED void lr_hw_state(void)
{
    enter_with((struct lr){.vintid = 40,
                           .priority = 0x80,
                           .state = bug ? LR_PENDING_ACTIVE : LR_PENDING,
                           .hw = true,
                           .pintid = TEST_SPI},
               (struct lr){0});
}

LABELLED void maintenance(void)
{
    if (!bug) {
        gic_set(GICD_ISENABLER, MAINTENANCE);
        gic_cpu_on();
    }
    lr_write(0, (struct lr){.vintid = 40, .priority = 0x80, .state = LR_PENDING}); /* not due */
    lr_write(1, (struct lr){.vintid = 41, .priority = 0x80, .state = LR_PENDING});
    vgic_on(VHCR_UIE);
    run_el1(load, TEST_PA);
    lr_write(0, (struct lr){0});
    lr_write(1, (struct lr){0});
    vgic_hcr_write(0);
}

LABELLED void eoi_order(void)
{
    gic_cpu_on();
    gic_set(GICD_ISENABLER, 3);
    gic_sgi(3, 1);
    unsigned intid = gic_ack();
    gic_eoi(intid);
    if (bug) {
        gic_eoi(intid);
    }
}

static void (*const mistakes[])(void) = {
    isb_control, isb_control_tlbi,  isb_at,          break_before_make, tlbi_missing,
    tlbi_scope,  tlbi_scope_stage2, dsb_before_tlbi, dsb_after_tlbi,    vmid_reuse,
    asid_reuse,  switch_order,      walker_dsb,      el1_state,         illegal_return,
    lr_twice,    lr_hw_state,       maintenance,     eoi_order,
};

static void run_all(const void *arg)
{
    bug = *(const bool *)arg;
    for (unsigned i = 0; i < ARRAY_SIZE(mistakes); i++) {
        state_reset();
        WR("esr_el1", 0);
        WR("far_el1", 0);
        WR("elr_el1", 0);
        WR("spsr_el1", 0);
        WR("par_el1", 0);
        WR("ttbr0_el1", 0);
        mistakes[i]();
        DSB();
    }
    traps_reset();
}

/* Without --strict the write acts at once, with it at the ISB only: then the instruction traps. */
static void strict_isb(const void *arg)
{
    bug = *(const bool *)arg;
    isb_control();
    if (bug && this_cpu()->trap_count == 0) {
        skip("the write acts at once (el2sim run --strict delays it)");
    } else {
        expect("traps", this_cpu()->trap_count, bug);
    }
    traps_reset();
}

const struct check checks[] = {
    {.name = "bugs", .run = run_all, .arg = &(const bool){true}},
    {.name = "twins", .run = run_all, .arg = &(const bool){false}},
    {.name = "strict-bug", .run = strict_isb, .arg = &(const bool){true}},
    {.name = "strict-twin", .run = strict_isb, .arg = &(const bool){false}},
};
CHECK_TABLE_END;
