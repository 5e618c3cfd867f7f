/* Self-hosted debug: software step, breakpoints, watchpoints, the OS lock, routing by MDCR_EL2.TDE
 * (Arm ARM D2). */
#include "guest.h"

#define MDSCR_SS     (1UL << 0)
#define MDSCR_KDE    (1UL << 13)
#define MDSCR_MDE    (1UL << 15)
#define MDCR_TDE     (1UL << 8)
#define SPSR_SS      (1UL << 21)
#define BCR_EL1      0x1e3  /* E, PMC = 0b01 (EL1), BAS = 0b1111 */
#define BCR_EL0      0x1e5  /* PMC = 0b10 (EL0) */
#define WCR_EL1_LOAD 0x1feb /* E, PAC = 0b01, LSC = 0b01 (load), BAS = 0xff */
#define WCR_EL1      0x1ffb /* LSC = 0b11 */
#define WCR_EL1_ST   0x1ff3 /* LSC = 0b10 */
#define EL1H_D_CLEAR 0x1c5  /* SPSR: EL1h, AIF set, D clear */
#define EL0T         0x3c0

INSN(two_nops, "nop\n nop");
INSN(load, "ldr x0, [x0]");
INSN(store, "str xzr, [x0]");
INSN(svc_1, "svc #1");
INSN(brk_2, "brk #2");
INSN(read_oslsr, "mrs x0, oslsr_el1");

static uint64_t target;

/* Software step of EL1 from EL2 (D2.12): SPSR.SS = 1 runs one instruction; then EC 0x32, ELR at the
 * next. */
static void check_step_el1(const void *arg)
{
    (void)arg;
    WR("mdcr_el2", RD("mdcr_el2") | MDCR_TDE);
    WR("mdscr_el1", MDSCR_SS);
    ISB();
    run_spsr(two_nops, 0, EL1H_D_CLEAR | SPSR_SS);
    expect_trap(2, VEC_LOWER64, 0xcb000022); /* ISV = 1, EX = 0, IFSC = 0b100010 */
    expect("ELR", this_cpu()->trap[0].elr, (uint64_t)two_nops + 4);
    expect("SPSR.SS", this_cpu()->trap[0].spsr & SPSR_SS, 0);
}

/* With SPSR.SS = 0 the step exception comes before the first instruction. */
static void check_step_pending(const void *arg)
{
    (void)arg;
    WR("mdcr_el2", RD("mdcr_el2") | MDCR_TDE);
    WR("mdscr_el1", MDSCR_SS);
    ISB();
    run_spsr(two_nops, 0, EL1H_D_CLEAR);
    expect_trap(2, VEC_LOWER64, 0xca000022);
    expect("ELR", this_cpu()->trap[0].elr, (uint64_t)two_nops);
}

/* Step of EL0 to EL1: EL1 returns to EL0 with SPSR.SS set; EC 0x32 from a lower EL. */
static uint64_t step_el0_from_el1(uint64_t sp)
{
    (void)sp;
    WR("mdscr_el1", MDSCR_SS);
    WR("spsr_el1", EL0T | SPSR_SS);
    WR("elr_el1", two_nops);
    ISB();
    OP("mov x30, x30\n eret");
    return 0;
}

static void end_step(struct frame *frame)
{
    WR("mdscr_el1", 0);
    frame->spsr &= ~SPSR_SS;
    frame->elr = target;
}
void exit_from_el0(void);

static void check_step_el0(const void *arg)
{
    (void)arg;
    target = (uint64_t)exit_from_el0;
    this_cpu()->sync_hook = end_step;
    run_el1(step_el0_from_el1, 0);
    expect_trap(1, VEC_LOWER64, 0xcb000022);
    expect("ELR", this_cpu()->trap[0].elr, (uint64_t)two_nops + 4);
}

/* No step where the debug target is the current EL with KDE = 0, nor with the OS lock set. */
static void check_step_needs_kde(const void *arg)
{
    (void)arg;
    WR("mdscr_el1", MDSCR_SS);
    ISB();
    run_spsr(two_nops, 0, EL1H_D_CLEAR | SPSR_SS);
    expect_no_trap("ESR");
}

static void check_step_os_lock(const void *arg)
{
    (void)arg;
    WR("mdcr_el2", RD("mdcr_el2") | MDCR_TDE);
    WR("mdscr_el1", MDSCR_SS);
    WR("oslar_el1", 1);
    ISB();
    run_spsr(two_nops, 0, EL1H_D_CLEAR | SPSR_SS);
    expect_no_trap("ESR");
}

/* A stepped SVC is taken to EL1 first; the step is then pending at EL1's vector, before its first
 * instruction. */
extern uint8_t el1_vectors[];

static void check_step_over_svc(const void *arg)
{
    struct percpu *cpu = this_cpu();

    (void)arg;
    WR("mdscr_el1", MDSCR_SS);
    WR("mdcr_el2", RD("mdcr_el2") | MDCR_TDE);
    ISB();
    run_spsr(svc_1, 0, EL0T | SPSR_SS);
    expect("exceptions", cpu->trap_count, 2);
    expect("EL of the step", cpu->trap[0].el, 2);
    expect("EC of the step", cpu->trap[0].esr >> 26, 0x32);
    expect("ELR of the step", cpu->trap[0].elr, (uint64_t)el1_vectors + VEC_LOWER64);
    expect("EL of the SVC", cpu->trap[1].el, 1);
    expect("ESR of the SVC", cpu->trap[1].esr, 0x56000001);
}

/* Breakpoint 0 on an instruction address (D2.9): EC 0x30 from a lower EL, 0x31 from the same; IFSC
 * 0b100010. */
static uint64_t run_with_d_clear(uint64_t arg)
{
    OP("msr daifclr, #8");
    two_nops(arg);
    OP("msr daifset, #8");
    return 0;
}

static void breakpoint_on(uint64_t address, uint64_t bcr, uint64_t mdscr)
{
    WR("dbgbvr0_el1", address);
    WR("dbgbcr0_el1", bcr);
    WR("mdscr_el1", mdscr);
    ISB();
}

static void check_breakpoint_el0(const void *arg)
{
    (void)arg;
    breakpoint_on((uint64_t)two_nops + 4, BCR_EL0, MDSCR_MDE);
    run_el0(two_nops, 0);
    expect_trap(1, VEC_LOWER64, 0xc2000022);
    expect("ELR", this_cpu()->trap[0].elr, (uint64_t)two_nops + 4);
}

static void check_breakpoint_el1(const void *arg)
{
    (void)arg;
    breakpoint_on((uint64_t)two_nops, BCR_EL1, MDSCR_MDE | MDSCR_KDE);
    run_el1(run_with_d_clear, 0);
    expect_trap_at(1, VEC_CUR_SPX, 0xc6000022, (const void *)two_nops);
}

static void check_breakpoint_tde(const void *arg)
{
    (void)arg;
    WR("mdcr_el2", RD("mdcr_el2") | MDCR_TDE);
    breakpoint_on((uint64_t)two_nops, BCR_EL1, MDSCR_MDE);
    run_el1(two_nops, 0);
    expect_trap_at(2, VEC_LOWER64, 0xc2000022, (const void *)two_nops);
}

static void check_breakpoint_quiet(const void *arg)
{
    (void)arg;
    breakpoint_on((uint64_t)two_nops, BCR_EL1, 0);
    run_el1(run_with_d_clear, 0);
    expect_no_trap("ESR without MDE");
    breakpoint_on((uint64_t)two_nops, BCR_EL1, MDSCR_MDE);
    run_el1(run_with_d_clear, 0);
    expect_no_trap("ESR without KDE");
    breakpoint_on((uint64_t)two_nops, BCR_EL1, MDSCR_MDE | MDSCR_KDE);
    run_el1(two_nops, 0);
    expect_no_trap("ESR with PSTATE.D");
    breakpoint_on((uint64_t)two_nops, BCR_EL0, MDSCR_MDE | MDSCR_KDE);
    run_el1(run_with_d_clear, 0);
    expect_no_trap("ESR for another EL");
}

/* Watchpoint 0 (D2.10): EC 0x34, 0x35; DFSC 0b100010, WnR; FAR the data address; ELR the
 * instruction. */
struct watch_case {
    guest_fn access;
    uint64_t wcr, esr;
};

static uint64_t watched[2];

static uint64_t access_with_d_clear(uint64_t fn)
{
    OP("msr daifclr, #8");
    ((guest_fn)fn)((uint64_t)&watched[0]);
    OP("msr daifset, #8");
    return 0;
}

static void check_watch(const void *arg)
{
    const struct watch_case *c = arg;

    WR("dbgwvr0_el1", &watched[0]);
    WR("dbgwcr0_el1", c->wcr);
    WR("mdscr_el1", MDSCR_MDE | MDSCR_KDE);
    ISB();
    run_el1(access_with_d_clear, (uint64_t)c->access);
    if (c->esr != 0) {
        expect_trap_at(1, VEC_CUR_SPX, c->esr, (const void *)c->access);
        expect("FAR", this_cpu()->trap[0].far, (uint64_t)&watched[0]);
    } else {
        expect_no_trap("ESR");
    }
}

#define WATCH(...)                                                                                 \
    .run = check_watch, .arg = &(const struct watch_case)                                          \
    {                                                                                              \
        __VA_ARGS__                                                                                \
    }

static void check_watch_tde(const void *arg)
{
    (void)arg;
    WR("mdcr_el2", RD("mdcr_el2") | MDCR_TDE);
    WR("dbgwvr0_el1", &watched[0]);
    WR("dbgwcr0_el1", WCR_EL1);
    WR("mdscr_el1", MDSCR_MDE);
    ISB();
    run_el1(store, (uint64_t)&watched[0]);
    expect_trap_at(2, VEC_LOWER64, 0xd2000062, (const void *)store);
}

/* MDCR_EL2.TDE routes BRK of EL1 and EL0 to EL2; MDE and the locks do not matter for BRK (D2.8). */
static void check_brk_tde(const void *arg)
{
    (void)arg;
    WR("mdcr_el2", RD("mdcr_el2") | MDCR_TDE);
    ISB();
    run_el1(brk_2, 0);
    expect_trap_at(2, VEC_LOWER64, 0xf2000002, (const void *)brk_2);
}

/* OSLAR_EL1 writes show in OSLSR_EL1.OSLK (bit 1); OSLM (bits 3, 0) is 0b10 (OSLSR_EL1). */
static void check_os_lock(const void *arg)
{
    (void)arg;
    expect("OSLSR unlocked", RD("oslsr_el1"), 8);
    WR("oslar_el1", 1);
    ISB();
    expect("OSLSR locked", RD("oslsr_el1"), 10);
    expect("OSLSR at EL1", run_el1(read_oslsr, 0), 10);
    WR("oslar_el1", 0);
    ISB();
    expect("OSLSR unlocked again", RD("oslsr_el1"), 8);
}

const struct check checks[] = {
    {.name = "step_of_el1_stops_after_one_instruction", .run = check_step_el1},
    {.name = "step_with_ss_clear_stops_at_once", .run = check_step_pending},
    {.name = "step_of_el0_goes_to_el1", .run = check_step_el0},
    {.name = "step_within_el1_needs_kde", .run = check_step_needs_kde},
    {.name = "step_is_off_while_the_os_lock_is_set", .run = check_step_os_lock},
    {.name = "step_over_svc_stops_at_the_vector", .run = check_step_over_svc},
    {.name = "breakpoint_at_el0_goes_to_el1", .run = check_breakpoint_el0},
    {.name = "breakpoint_at_el1_with_kde", .run = check_breakpoint_el1},
    {.name = "breakpoint_with_tde_goes_to_el2", .run = check_breakpoint_tde},
    {.name = "breakpoint_is_silent_when_not_enabled", .run = check_breakpoint_quiet},
    {.name = "watchpoint_on_a_load", WATCH(.access = load, .wcr = WCR_EL1_LOAD, .esr = 0xd6000022)},
    {.name = "watchpoint_on_a_store_sets_wnr",
     WATCH(.access = store, .wcr = WCR_EL1, .esr = 0xd6000062)},
    {.name = "watchpoint_on_stores_ignores_loads", WATCH(.access = load, .wcr = WCR_EL1_ST)},
    {.name = "watchpoint_with_tde_goes_to_el2", .run = check_watch_tde},
    {.name = "brk_with_tde_goes_to_el2", .run = check_brk_tde},
    {.name = "os_lock_shows_in_oslsr", .run = check_os_lock},
};
CHECK_TABLE_END;
