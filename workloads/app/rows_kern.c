/*
 * kernbench: each operation is a process that compiles something: it touches pages that a fault
 * handler gives it one by one, cleared, it computes, and at its end they are unmapped and free
 * again. Both VCPUs take operations until none is left, each with a tick of 250 Hz.
 */
#include "app/net.h"
#include "app/rows.h"
#include "timer.h"

#define UNIT_PAGES 8    /* pages that an operation touches */
#define UNIT_KIB   2400 /* that it hashes: some 340,000 cycles of a VCPU (xgene1) for a fault */
#define POOL       (GUEST_RAM + 0x00a00000UL)
#define POOL_PAGES 512 /* used in turn */
#define PAGE       4096UL
#define VCPUS      2
#define TICK_HZ    250

/* Of a VCPU's own: root entry 2 or 3, one table below another. */
#define SPACE(vcpu)     (0x80000000UL + (vcpu)*0x40000000UL)
#define PTE_TABLE       3UL
#define PTE_PAGE        0xf07UL /* valid page, attribute 1, inner shareable, AF, not global */
#define EC_DABT_SAME    0x25
#define FSC_TRANSLATION 0x04

extern u64 page_table[512]; /* start.S */

static struct space {
    u64 level2[512] __attribute__((aligned(4096)));
    u64 level3[512] __attribute__((aligned(4096)));
    u32 faults;
    u64 next_tick;
    volatile u32 ticks;
} spaces[VCPUS];

static u32 goal;
static volatile u32 taken, completed, pool_next;
static volatile bool other_runs;
static u64 start_ticks;
static u64 results;

static unsigned this_vcpu(void)
{
    return read_sysreg(mpidr_el1) & 0xff;
}

/* --- page faults --- */

static void clear_page(u64 at)
{
    for (u64 *p = (u64 *)at; p != (u64 *)(at + PAGE); p += 2) {
        p[0] = 0;
        p[1] = 0;
    }
}

static bool fault(u64 esr, u64 far)
{
    unsigned me = this_vcpu();
    struct space *s = &spaces[me];
    if (esr >> 26 != EC_DABT_SAME || (esr & 0x3c) != FSC_TRANSLATION || far < SPACE(me) ||
        far >= SPACE(me) + UNIT_PAGES * PAGE) {
        return false;
    }
    u64 page = POOL + (count_up(&pool_next) % POOL_PAGES) * PAGE;
    clear_page(page);
    WRITE_ONCE(s->level3[(far - SPACE(me)) / PAGE], page | PTE_PAGE);
    dsb(ishst);
    isb();
    s->faults++;
    return true;
}

static void unmap(unsigned me)
{
    for (unsigned i = 0; i < UNIT_PAGES; i++) {
        WRITE_ONCE(spaces[me].level3[i], 0);
    }
    dsb(ishst);
    tlbi_arg(aside1is, 0);
    dsb(ish);
    isb();
}

static void space_init(unsigned vcpu)
{
    struct space *s = &spaces[vcpu];
    s->level2[0] = (u64)s->level3 | PTE_TABLE;
    dsb(ishst);
    WRITE_ONCE(page_table[SPACE(vcpu) >> 30], (u64)s->level2 | PTE_TABLE);
    dsb(ishst);
    isb();
    s->faults = 0;
    s->ticks = 0;
}

/* --- ticks --- */

static u64 period(void)
{
    return read_sysreg(cntfrq_el0) / TICK_HZ;
}

static void tick(void)
{
    struct space *s = &spaces[this_vcpu()];
    u64 now = timer_count();
    s->ticks++;
    s->next_tick += period();
    if (s->next_tick <= now) { /* some were lost */
        s->next_tick = now + period();
    }
    timer_start(s->next_tick);
}

static void ticks_start(unsigned me)
{
    spaces[me].next_tick = timer_count() + period();
    timer_start(spaces[me].next_tick);
    gic_enable(TIMER_INTID);
}

/* --- the work --- */

static void compile_unit(unsigned me, u32 unit)
{
    volatile u64 *memory = (volatile u64 *)SPACE(me);
    u64 hash = unit;
    for (unsigned i = 0; i < UNIT_PAGES; i++) {
        memory[i * PAGE / 8] = hash;
        hash = app_work(app_work_kib(UNIT_KIB) / UNIT_PAGES, hash);
    }
    for (unsigned i = 0; i < UNIT_PAGES; i++) {
        hash ^= memory[i * PAGE / 8];
    }
    results ^= hash;
    unmap(me);
}

static void run_units(unsigned me)
{
    u32 unit;
    ticks_start(me);
    while ((unit = count_up(&taken)) <= goal) {
        compile_unit(me, unit);
        count_up(&completed);
    }
    timer_stop();
    isb();
}

static void run_on_other(void)
{
    run_units(1);
    other_runs = false;
}

void kernbench_prep(unsigned ops)
{
    goal = ops;
    taken = completed = 0;
    exception_fixup = fault;
    irq_set_handler(TIMER_INTID, tick);
    for (unsigned v = 0; v < VCPUS; v++) {
        space_init(v);
    }
    start_ticks = timer_count();
}

/* The harness calls once for each operation: the first call does all, until both have ended. */
void kernbench_exec(void)
{
    if (taken != 0) {
        return;
    }
    other_runs = true;
    secondary_call(run_on_other);
    run_units(0);
    while (other_runs) {
        cpu_relax();
    }
}

/* Every fault was taken once, and the ticks are those of the time that passed. */
bool kernbench_post(unsigned ops)
{
    u64 most = (timer_count() - start_ticks) / period() + 1;
    bool ok = completed == ops && spaces[0].faults + spaces[1].faults == ops * UNIT_PAGES;
    for (unsigned v = 0; v < VCPUS; v++) {
        ok = ok && spaces[v].ticks <= most && (most < 4 || spaces[v].ticks > 0);
    }
    exception_fixup = NULL;
    return ok;
}
