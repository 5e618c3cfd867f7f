/* PSCI and several CPUs: DEN0022 (PSCI 1.0), SGIs between CPUs, broadcast TLBI, exclusives. */
#include "gic.h"
#include "pt.h"

#define PSCI_VERSION       0x84000000
#define PSCI_CPU_ON64      0xc4000003
#define PSCI_AFFINITY32    0x84000004
#define PSCI_AFFINITY64    0xc4000004
#define PSCI_SYSTEM_OFF    0x84000008
#define PSCI_FEATURES      0x8400000a
#define NOT_SUPPORTED      ((uint64_t)-1)
#define INVALID_PARAMETERS ((uint64_t)-2)
#define ALREADY_ON         ((uint64_t)-4)
#define AFFINITY_ON        0
#define AFFINITY_OFF       1
#define NOBODY             0x0fffff

static void check_version(const void *arg)
{
    (void)arg;
    uint64_t version = (uint64_t)psci(PSCI_VERSION, 0, 0, 0);
    expect("major", version >> 16, 1);
}

struct psci_case {
    uint64_t function, a, b;
    uint64_t result;
};

static void check_psci(const void *arg)
{
    const struct psci_case *c = arg;
    expect("result", (uint64_t)psci(c->function, c->a, c->b, 0), c->result);
}

#define PSCI(...)                                                                                  \
    .run = check_psci, .arg = &(const struct psci_case)                                            \
    {                                                                                              \
        __VA_ARGS__                                                                                \
    }

/* A guest's SMC that EL2 does not trap reaches the firmware: SMCCC returns in X0. */
static uint64_t psci_version_at_el1(uint64_t arg)
{
    return (uint64_t)psci(PSCI_VERSION, 0, 0, 0) + arg;
}

static void check_psci_at_el1(const void *arg)
{
    (void)arg;
    expect("major", run_el1(psci_version_at_el1, 0) >> 16, 1);
    expect_no_trap("ESR");
}

/* SMCCC: X4 and up survive a call (SMCCC 2.6 with SMC64/32: X4 to X30 preserved). */
static void check_preserves(const void *arg)
{
    uint64_t x4 = 0, x18 = 0, x29 = 0;

    (void)arg;
    __asm__ volatile("mov x9, x29\n mov x4, #0x44\n mov x18, #0x18\n mov x29, #0x29\n mov x0, "
                     "#0x84000000\n smc #0\n"
                     "mov %0, x4\n mov %1, x18\n mov %2, x29\n mov x29, x9"
                     : "=&r"(x4), "=&r"(x18), "=&r"(x29)::"x0", "x1", "x2", "x3", "x4", "x9", "x18",
                       "memory");
    expect("X4", x4, 0x44);
    expect("X18", x18, 0x18);
    expect("X29", x29, 0x29);
}

static uint64_t say_where(uint64_t arg)
{
    return arg + (RD("currentel") << 32) + (RD("mpidr_el1") & 0xff);
}

/* A CPU that is started enters at the EL of the caller, with its context in X0. */
static void check_cpu_on(const void *arg)
{
    (void)arg;
    expect("AFFINITY_INFO before", (uint64_t)psci(PSCI_AFFINITY64, 1, 0, 0), AFFINITY_OFF);
    expect_true("CPU_ON", cpu_start(1, say_where, 0x100));
    expect_true("it ran and is off", cpu_wait_off(1));
    expect("EL and MPIDR", cpu_result(1), 0x800000101);
}

static volatile uint64_t flag;

static uint64_t wait_for_flag(uint64_t value)
{
    while (flag != value) {
        OP("yield");
    }
    return flag;
}

static uint64_t say_and_wait(uint64_t value)
{
    flag = 1;
    return wait_for_flag(value);
}

static void check_already_on(const void *arg)
{
    (void)arg;
    flag = 0;
    expect_true("CPU_ON", cpu_start(1, say_and_wait, 2));
    wait_for_flag(1); /* before, ON_PENDING is allowed too */
    expect("second CPU_ON", (uint64_t)psci(PSCI_CPU_ON64, 1, 0x40200000, 0), ALREADY_ON);
    expect("AFFINITY_INFO", (uint64_t)psci(PSCI_AFFINITY64, 1, 0, 0), AFFINITY_ON);
    flag = 2;
    expect_true("it is off", cpu_wait_off(1));
}

static void check_on_off_on(const void *arg)
{
    (void)arg;
    for (unsigned i = 0; i < 3; i++) {
        expect_true("CPU_ON", cpu_start(1, say_where, i));
        expect_true("it is off", cpu_wait_off(1));
        expect("result", cpu_result(1), 0x800000001 + i);
    }
}

static void check_all_cpus(const void *arg)
{
    (void)arg;
    for (unsigned i = 1; i < board.cpu_count; i++) {
        expect_true("CPU_ON", cpu_start(i, say_where, 0));
    }
    for (unsigned i = 1; i < board.cpu_count; i++) {
        expect_true("it is off", cpu_wait_off(i));
        expect("result", cpu_result(i), 0x800000000 + i);
    }
}

/* SGI to another CPU: it acknowledges, with the source in GICv2. */
static uint64_t wait_for_sgi(uint64_t intid)
{
    gic_cpu_on();
    gic_set(GICD_ISENABLER, (unsigned)intid);
    flag = 1;
    gic_wait_pending((unsigned)intid);
    unsigned iar = gic_ack();
    gic_eoi(iar);
    return iar;
}

static void check_sgi(const void *arg)
{
    (void)arg;
    flag = 0;
    gic_cpu_on();
    expect_true("CPU_ON", cpu_start(1, wait_for_sgi, 4));
    wait_for_flag(1);
    gic_sgi(4, 2);
    expect_true("it is off", cpu_wait_off(1));
    expect("its IAR", cpu_result(1), 4);
    expect("our IAR", gic_ack(), SPURIOUS);
}

static uint64_t answer_sgi(uint64_t intid)
{
    wait_for_sgi(intid);
    gic_sgi(6, 1);
    return 0;
}

static void check_sgi_back(const void *arg)
{
    (void)arg;
    flag = 0;
    gic_cpu_on();
    gic_set(GICD_ISENABLER, 6);
    expect_true("CPU_ON", cpu_start(1, answer_sgi, 4));
    wait_for_flag(1);
    gic_sgi(4, 2);
    expect_true("pending", gic_wait_pending(6) || !gic_is_v3());
    expect_true("it is off", cpu_wait_off(1));
    unsigned iar = gic_ack();
    expect("IAR", iar, gic_is_v3() ? 6 : 1U << 10 | 6); /* GICv2: source CPU 1 in bits [12:10] */
    gic_eoi(iar);
}

/* SGI to all others. */
static volatile bool ready[MAX_CPUS];

static uint64_t wait_for_irq(uint64_t intid)
{
    gic_cpu_on();
    gic_set(GICD_ISENABLER, (unsigned)intid);
    ready[this_cpu()->index] = true;
    gic_wait_pending((unsigned)intid);
    unsigned iar = gic_ack();
    gic_eoi(iar);
    return iar;
}

static void start_waiting(unsigned index, unsigned intid)
{
    ready[index] = false;
    expect_true("CPU_ON", cpu_start(index, wait_for_irq, intid));
    while (!failed() && !ready[index]) {
        OP("yield");
    }
}

static void check_sgi_all(const void *arg)
{
    (void)arg;
    gic_cpu_on();
    for (unsigned i = 1; i < board.cpu_count; i++) {
        start_waiting(i, 8);
    }
    if (gic_is_v3()) {
        WR(ICC_SGI1R_EL1, 1UL << 40 | 8UL << 24);
        ISB();
    } else {
        GICD(GICD_SGIR) = 1U << 24 | 8;
        DSB();
    }
    for (unsigned i = 1; i < board.cpu_count; i++) {
        expect_true("it is off", cpu_wait_off(i));
        expect("IAR", cpu_result(i), 8);
    }
    expect("our IAR", gic_ack(), SPURIOUS);
}

/* An SPI goes to the CPU that ITARGETSR or IROUTER names. */
static void check_spi_target(const void *arg)
{
    (void)arg;
    flag = 0;
    gic_cpu_on();
    gic_edge(TEST_SPI);
    gic_set(GICD_ISENABLER, TEST_SPI);
    if (gic_is_v3()) {
        *(volatile uint64_t *)(GICD_BASE + GICD_IROUTER + TEST_SPI * 8) = 1;
    } else {
        GICD_BYTE(GICD_ITARGETSR + TEST_SPI) = 2;
    }
    start_waiting(1, TEST_SPI);
    gic_set(GICD_ISPENDR, TEST_SPI);
    expect_true("it is off", cpu_wait_off(1));
    expect("its IAR", cpu_result(1), TEST_SPI);
    expect("our IAR", gic_ack(), SPURIOUS);
}

/* Broadcast TLBI: another CPU that used the old page uses the new one after it. */
INSN(load, "ldr x0, [x0]");
static struct pt shared;

static uint64_t use_old_then_new(uint64_t arg)
{
    el1_mmu_on(&shared);
    uint64_t old = run_el1(load, TEST_VA);
    DSB();
    flag = 1;
    wait_for_flag(2);
    ISB();
    return old << 8 | run_el1(load, TEST_VA) | arg;
}

static void check_broadcast(const void *arg)
{
    uint64_t page = TEST_VA >> 12;

    (void)arg;
    flag = 0;
    shared = el1_map(12);
    *(volatile uint64_t *)TEST_PA = 1;
    *(volatile uint64_t *)TEST_PA2 = 2;
    pt_map_leaf(&shared, TEST_VA, TEST_PA, 3, PT_RAM | PT_PXN | PT_UXN);
    expect_true("CPU_ON", cpu_start(1, use_old_then_new, 0));
    wait_for_flag(1);
    *pt_descriptor(&shared, TEST_VA, 3) = 0;
    __asm__ volatile("dsb ish\n tlbi vaae1is, %0\n dsb ish" ::"r"(page) : "memory");
    pt_map_leaf(&shared, TEST_VA, TEST_PA2, 3, PT_RAM | PT_PXN | PT_UXN);
    DSB();
    flag = 2;
    expect_true("it is off", cpu_wait_off(1));
    expect("old and new", cpu_result(1), 0x102);
}

/* The same for stage 2, by intermediate physical address. */
static struct pt shared_s2;

static uint64_t use_s2_old_then_new(uint64_t arg)
{
    stage2_on(&shared_s2, 1);
    uint64_t old = run_el1(load, TEST_VA);
    DSB();
    flag = 1;
    wait_for_flag(2);
    ISB();
    return old << 8 | run_el1(load, TEST_VA) | arg;
}

static void check_broadcast_s2(const void *arg)
{
    uint64_t page = TEST_VA >> 12;

    (void)arg;
    flag = 0;
    shared_s2 = stage2_map();
    *(volatile uint64_t *)TEST_PA = 1;
    *(volatile uint64_t *)TEST_PA2 = 2;
    pt_map_leaf(&shared_s2, TEST_VA, TEST_PA, 3, S2_RAM);
    WR("vttbr_el2", (uint64_t)shared_s2.root | 1UL << 48); /* the VMID whose entries go */
    ISB();
    expect_true("CPU_ON", cpu_start(1, use_s2_old_then_new, 0));
    wait_for_flag(1);
    *pt_descriptor(&shared_s2, TEST_VA, 3) = 0;
    __asm__ volatile("dsb ish\n tlbi ipas2e1is, %0\n dsb ish\n tlbi vmalle1is\n dsb ish" ::"r"(page)
                     : "memory");
    pt_map_leaf(&shared_s2, TEST_VA, TEST_PA2, 3, S2_RAM);
    DSB();
    flag = 2;
    expect_true("it is off", cpu_wait_off(1));
    expect("old and new", cpu_result(1), 0x102);
}

/* Code changed by one CPU, with IC IVAU, runs on another after its ISB (B2.4.4). */
static uint64_t run_code_twice(uint64_t address)
{
    uint64_t first = ((guest_fn)address)(0);
    flag = 1;
    wait_for_flag(2);
    ISB();
    return first << 8 | ((guest_fn)address)(0);
}

static void put_code(uint64_t address, uint32_t insn)
{
    *(volatile uint32_t *)address = insn;
    *(volatile uint32_t *)(address + 4) = 0xd65f03c0; /* RET */
    __asm__ volatile("dc cvau, %0\n dsb ish\n ic ivau, %0\n dsb ish\n isb" ::"r"(address)
                     : "memory");
}

static void check_code(const void *arg)
{
    (void)arg;
    flag = 0;
    put_code(TEST_PA, 0xd2800020); /* MOVZ X0, #1 */
    expect_true("CPU_ON", cpu_start(1, run_code_twice, TEST_PA));
    wait_for_flag(1);
    put_code(TEST_PA, 0xd2800040); /* MOVZ X0, #2 */
    flag = 2;
    expect_true("it is off", cpu_wait_off(1));
    expect("old and new", cpu_result(1), 0x102);
}

/* PPIs are banked: a PPI that one CPU pends is not pending on another. */
static uint64_t pend_ppi(uint64_t intid)
{
    gic_cpu_on();
    gic_set(GICD_ISENABLER, (unsigned)intid);
    gic_set(GICD_ISPENDR, (unsigned)intid);
    flag = 1;
    wait_for_flag(2);
    return gic_get(GICD_ISPENDR, (unsigned)intid);
}

static void check_banked_ppi(const void *arg)
{
    (void)arg;
    flag = 0;
    gic_cpu_on();
    expect_true("CPU_ON", cpu_start(1, pend_ppi, 20));
    wait_for_flag(1);
    expect("pending here", gic_get(GICD_ISPENDR, 20), 0);
    flag = 2;
    expect_true("it is off", cpu_wait_off(1));
    expect("pending there", cpu_result(1), 1);
}

/* CPU_SUSPEND to standby (power state 0) returns on a wake-up event with SUCCESS (DEN0022 5.4). */
static void check_suspend(const void *arg)
{
    (void)arg;
    gic_cpu_on();
    gic_set(GICD_ISENABLER, 26);
    WR("cnthp_cval_el2", RD("cntpct_el0") + 50000);
    WR("cnthp_ctl_el2", 1);
    ISB();
    expect("result", (uint64_t)psci(0xc4000001, 0, 0x40200000, 0), 0);
    expect("exceptions", this_cpu()->trap_count, 0);
}

/* Exclusives on Normal memory: no increment is lost. */
#define ROUNDS 2000
static volatile uint64_t counter;

static uint64_t count_up(uint64_t rounds)
{
    for (uint64_t i = 0; i < rounds; i++) {
        uint64_t value, status;
        __asm__ volatile("1: ldxr %0, [%2]\n add %0, %0, #1\n stxr %w1, %0, [%2]\n cbnz %w1, 1b"
                         : "=&r"(value), "=&r"(status)
                         : "r"(&counter)
                         : "memory");
    }
    return 0;
}

static uint64_t count_up_lse(uint64_t rounds)
{
    for (uint64_t i = 0; i < rounds; i++) {
        __asm__ volatile(".arch_extension lse\n stadd %0, [%1]" ::"r"(1UL), "r"(&counter)
                         : "memory");
    }
    return 0;
}

struct count_case {
    guest_fn fn;
};

static guest_fn counting;

static uint64_t count_at_el1(uint64_t rounds)
{
    el1_mmu_on(&shared);
    return run_el1(counting, rounds);
}

static void check_counter(const void *arg)
{
    const struct count_case *c = arg;

    shared = el1_map(12);
    counter = 0;
    counting = c->fn;
    for (unsigned i = 1; i < board.cpu_count; i++) {
        expect_true("CPU_ON", cpu_start(i, count_at_el1, ROUNDS));
    }
    count_at_el1(ROUNDS);
    for (unsigned i = 1; i < board.cpu_count; i++) {
        expect_true("it is off", cpu_wait_off(i));
    }
    expect("counter", counter, ROUNDS * board.cpu_count);
}

#define COUNT(function)                                                                            \
    .run = check_counter, .arg = &(const struct count_case)                                        \
    {                                                                                              \
        .fn = (function)                                                                           \
    }

/* SEV wakes another CPU's WFE; the other side may also wake for no reason, so only progress is
 * checked. */
static uint64_t wfe_for_flag(uint64_t value)
{
    while (flag != value) {
        OP("wfe");
    }
    return 0;
}

static void check_sev(const void *arg)
{
    (void)arg;
    flag = 0;
    expect_true("CPU_ON", cpu_start(1, wfe_for_flag, 1));
    spin(10000);
    flag = 1;
    OP("dsb sy\n sev");
    expect_true("it is off", cpu_wait_off(1));
}

/* LSE where the CPU has it, UNDEFINED where not. */
INSN(ldadd, ".arch_extension lse\n ldadd x1, x1, [x0]\n .arch_extension nolse");

static void check_no_lse(const void *arg)
{
    (void)arg;
    run_el1(ldadd, (uint64_t)&counter);
    expect_trap_at(1, VEC_CUR_SPX, 0x02000000, (const void *)ldadd);
}

const struct check checks[] = {
    {.name = "psci_version_is_1", .run = check_version},
    {.name = "psci_features_of_a_known_function",
     PSCI(.function = PSCI_FEATURES, .a = PSCI_CPU_ON64, .result = 0)},
    {.name = "psci_features_of_an_unknown_function",
     PSCI(.function = PSCI_FEATURES, .a = 0x8400ffff, .result = NOT_SUPPORTED)},
    {.name = "psci_unknown_function_is_not_supported",
     PSCI(.function = 0x8400001f, .result = NOT_SUPPORTED)},
    {.name = "psci_affinity_info_of_this_cpu_is_on",
     PSCI(.function = PSCI_AFFINITY64, .a = 0, .result = AFFINITY_ON)},
    {.name = "psci_affinity_info_of_nobody_is_invalid",
     PSCI(.function = PSCI_AFFINITY64, .a = NOBODY, .result = INVALID_PARAMETERS)},
    {.name = "psci_cpu_on_of_nobody_is_invalid",
     PSCI(.function = PSCI_CPU_ON64, .a = NOBODY, .b = 0x40200000, .result = INVALID_PARAMETERS)},
    {.name = "psci_cpu_on_of_this_cpu_is_already_on",
     PSCI(.function = PSCI_CPU_ON64, .a = 0, .b = 0x40200000, .result = ALREADY_ON)},
    {.name = "psci_serves_a_guest_whose_smc_is_not_trapped", .run = check_psci_at_el1},
    {.name = "psci_preserves_the_other_registers", .run = check_preserves},
    {.name = "psci_features_of_cpu_suspend",
     PSCI(.function = PSCI_FEATURES, .a = 0xc4000001, .result = 0)},
    {.name = "psci_features_of_system_off",
     PSCI(.function = PSCI_FEATURES, .a = PSCI_SYSTEM_OFF, .result = 0)},
    {.name = "psci_32_bit_affinity_info",
     PSCI(.function = PSCI_AFFINITY32, .a = 0, .result = AFFINITY_ON)},
    {.name = "psci_needs_no_migration", PSCI(.function = 0x84000006, .result = 2)},
    {.name = "psci_cpu_suspend_returns_on_a_wake_up", .run = check_suspend},
    {.name = "psci_cpu_on_enters_at_el2_with_its_context", .need = NEED_SMP2, .run = check_cpu_on},
    {.name = "psci_second_cpu_on_is_already_on", .need = NEED_SMP2, .run = check_already_on},
    {.name = "psci_cpu_goes_on_and_off_repeatedly", .need = NEED_SMP2, .run = check_on_off_on},
    {.name = "psci_starts_every_cpu", .need = NEED_SMP2, .run = check_all_cpus},
    {.name = "sgi_reaches_another_cpu", .need = NEED_SMP2, .run = check_sgi},
    {.name = "sgi_is_answered", .need = NEED_SMP2, .run = check_sgi_back},
    {.name = "sgi_to_all_others", .need = NEED_SMP2, .run = check_sgi_all},
    {.name = "spi_goes_to_the_cpu_it_names", .need = NEED_SMP2, .run = check_spi_target},
    {.name = "broadcast_tlbi_reaches_another_cpu", .need = NEED_SMP2, .run = check_broadcast},
    {.name = "broadcast_tlbi_of_stage_2_reaches_another_cpu",
     .need = NEED_SMP2,
     .run = check_broadcast_s2},
    {.name = "changed_code_reaches_another_cpu", .need = NEED_SMP2, .run = check_code},
    {.name = "ppis_are_banked", .need = NEED_SMP2, .run = check_banked_ppi},
    {.name = "exclusives_lose_no_increment", .need = NEED_SMP2, COUNT(count_up)},
    {.name = "lse_atomics_lose_no_increment", .need = NEED_SMP2 | NEED_LSE, COUNT(count_up_lse)},
    {.name = "sev_wakes_another_cpu", .need = NEED_SMP2, .run = check_sev},
    {.name = "lse_is_undefined_where_the_cpu_lacks_it", .need = NEED_NO_LSE, .run = check_no_lse},
};
CHECK_TABLE_END;
