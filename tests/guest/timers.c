/* The generic timer: conditions, interrupts, views and offsets (Arm ARM D11). PPIs of the board: 30
 * CNTP, 27 CNTV, 26 CNTHP, 28 CNTHV. */
#include "gic.h"

#define PPI_CNTP   30
#define PPI_CNTV   27
#define PPI_CNTHP  26
#define PPI_CNTHV  28
#define CTL_ENABLE 1
#define CTL_IMASK  2
#define CTL_STATUS 4
#define SOON       20000 /* ticks: long enough to set up, short enough to wait for */
#define FAR_AWAY   0x7fffffff

#define CNTHV_CTL  "s3_4_c14_c3_1"
#define CNTHV_CVAL "s3_4_c14_c3_2"
#define CNTHV_TVAL "s3_4_c14_c3_0"

static void timer_write(unsigned ppi, bool cval, uint64_t value)
{
    switch (ppi) {
    case PPI_CNTP:
        cval ? WR("cntp_cval_el0", value) : WR("cntp_ctl_el0", value);
        break;
    case PPI_CNTV:
        cval ? WR("cntv_cval_el0", value) : WR("cntv_ctl_el0", value);
        break;
    case PPI_CNTHP:
        cval ? WR("cnthp_cval_el2", value) : WR("cnthp_ctl_el2", value);
        break;
    case PPI_CNTHV:
        cval ? WR(CNTHV_CVAL, value) : WR(CNTHV_CTL, value);
        break;
    }
    ISB();
}

static uint64_t timer_ctl(unsigned ppi)
{
    return ppi == PPI_CNTP    ? RD("cntp_ctl_el0")
           : ppi == PPI_CNTV  ? RD("cntv_ctl_el0")
           : ppi == PPI_CNTHP ? RD("cnthp_ctl_el2")
                              : RD(CNTHV_CTL);
}

static uint64_t now(void)
{
    ISB();
    return RD("cntpct_el0");
}

static void wait_until(uint64_t count)
{
    while (now() < count) {
    }
}

struct timer_case {
    unsigned ppi;
};

#define TIMER(function, number)                                                                    \
    .run = (function), .arg = &(const struct timer_case)                                           \
    {                                                                                              \
        .ppi = (number)                                                                            \
    }

/* The comparator fires at CVAL: ISTATUS and the PPI; disabling the timer takes the level away. */
static void check_fires(const void *arg)
{
    const struct timer_case *c = arg;
    uint64_t at = now() + SOON;

    gic_cpu_on();
    gic_set(GICD_ISENABLER, c->ppi);
    timer_write(c->ppi, true, at);
    timer_write(c->ppi, false, CTL_ENABLE);
    wait_until(at);
    for (unsigned i = 0; i < 1000000 && timer_ctl(c->ppi) == CTL_ENABLE; i++) {
    }
    expect("CTL", timer_ctl(c->ppi), CTL_ENABLE | CTL_STATUS);
    expect_true("pending", gic_wait_pending(c->ppi));
    expect("taken", irq_window(), true);
    expect("IAR", gic_ack(), c->ppi);
    timer_write(c->ppi, false, 0);
    gic_eoi(c->ppi);
    expect("IAR when disabled", gic_ack(), SPURIOUS);
}

/* A compare value in the past fires at once. */
static void check_past(const void *arg)
{
    const struct timer_case *c = arg;

    gic_cpu_on();
    gic_set(GICD_ISENABLER, c->ppi);
    timer_write(c->ppi, true, 0);
    timer_write(c->ppi, false, CTL_ENABLE);
    expect("CTL", timer_ctl(c->ppi), CTL_ENABLE | CTL_STATUS);
    expect("taken", irq_window(), true);
    expect("IAR", gic_ack(), c->ppi);
    gic_eoi(c->ppi);
    expect("IAR while the level is there", gic_ack(), c->ppi);
    timer_write(c->ppi, true, now() + FAR_AWAY);
    gic_eoi(c->ppi);
    expect("IAR after a new CVAL", gic_ack(), SPURIOUS);
    expect("CTL after a new CVAL", timer_ctl(c->ppi), CTL_ENABLE);
}

/* IMASK: ISTATUS is set, no interrupt. */
static void check_imask(const void *arg)
{
    const struct timer_case *c = arg;

    gic_cpu_on();
    gic_set(GICD_ISENABLER, c->ppi);
    timer_write(c->ppi, true, 0);
    timer_write(c->ppi, false, CTL_ENABLE | CTL_IMASK);
    expect("CTL", timer_ctl(c->ppi), CTL_ENABLE | CTL_IMASK | CTL_STATUS);
    expect("taken", irq_window(), false);
}

/* ISTATUS reads UNKNOWN when disabled, so only the interrupt is checked. */
static void check_disabled(const void *arg)
{
    const struct timer_case *c = arg;

    gic_cpu_on();
    gic_set(GICD_ISENABLER, c->ppi);
    timer_write(c->ppi, true, 0);
    timer_write(c->ppi, false, 0);
    expect("taken", irq_window(), false);
}

/* TVAL: a write sets CVAL = count + SignExtend(value[31:0]); a read gives CVAL - count (D11.2.4).
 */
static void check_tval_positive(const void *arg)
{
    (void)arg;
    WR("cntp_ctl_el0", CTL_ENABLE | CTL_IMASK);
    uint64_t before = now();
    WR("cntp_tval_el0", 0x10000000);
    ISB();
    uint64_t cval = RD("cntp_cval_el0");
    uint64_t after = now();
    expect_true("CVAL", cval >= before + 0x10000000 && cval <= after + 0x10000000);
    uint64_t tval = RD("cntp_tval_el0");
    expect_true("TVAL", tval <= 0x10000000 && tval > 0x0f000000);
    expect("CTL", RD("cntp_ctl_el0"), CTL_ENABLE | CTL_IMASK);
}

static void check_tval_negative(const void *arg)
{
    (void)arg;
    WR("cntp_ctl_el0", CTL_ENABLE | CTL_IMASK);
    wait_until(0x200);
    WR("cntp_tval_el0", 0xffffff00); /* -256 */
    ISB();
    expect_true("CVAL", RD("cntp_cval_el0") < now());
    expect("CTL", RD("cntp_ctl_el0"), CTL_ENABLE | CTL_IMASK | CTL_STATUS);
    expect("upper half of TVAL", RD("cntp_tval_el0") >> 32, 0);
}

/* CNTVCT = CNTPCT - CNTVOFF, at EL1 as at EL2 with E2H = 0 (D11.1.2). */
static uint64_t read_cntvct(uint64_t arg)
{
    ISB();
    return RD("cntvct_el0") + arg;
}

static void check_offset(const void *arg)
{
    uint64_t offset = 0x123456789000;

    (void)arg;
    WR("cntvoff_el2", offset);
    ISB();
    uint64_t before = now();
    uint64_t virtual = run_el1(read_cntvct, 0);
    uint64_t after = now();
    expect_true("CNTVCT at EL1", virtual + offset >= before && virtual + offset <= after);
    virtual = read_cntvct(0);
    expect_true("CNTVCT at EL2", virtual + offset >= before && virtual + offset <= now());
}

/* The virtual timer compares with the virtual count. */
static void check_offset_fires(const void *arg)
{
    (void)arg;
    WR("cntv_cval_el0", 1000);
    WR("cntv_ctl_el0", CTL_ENABLE | CTL_IMASK);
    wait_until(4000);
    WR("cntvoff_el2", now() - 100);
    WR("cntv_cval_el0", 0x10000000);
    ISB();
    expect("CTL before", RD("cntv_ctl_el0"), CTL_ENABLE | CTL_IMASK);
    WR("cntvoff_el2", 0);
    WR("cntv_cval_el0", 1000);
    ISB();
    expect("CTL after", RD("cntv_ctl_el0"), CTL_ENABLE | CTL_IMASK | CTL_STATUS);
}

/* The counter goes up and CNTFRQ says how fast; the board has 62.5 MHz. */
static void check_counter(const void *arg)
{
    (void)arg;
    uint64_t first = now();
    wait_until(first + 100);
    expect_true("count", now() > first);
    expect_true("CNTFRQ", RD("cntfrq_el0") != 0);
}

/* WFI ends by a timer whose interrupt is masked in PSTATE (D1.16.2). */
static void check_wfi(const void *arg)
{
    const struct timer_case *c = arg;
    uint64_t at = now() + SOON;

    gic_cpu_on();
    gic_set(GICD_ISENABLER, c->ppi);
    timer_write(c->ppi, true, at);
    timer_write(c->ppi, false, CTL_ENABLE);
    while ((timer_ctl(c->ppi) & CTL_STATUS) == 0) {
        OP("wfi");
    }
    expect_true("time has come", now() >= at);
    expect("exceptions", this_cpu()->trap_count, 0);
    expect("IAR", gic_ack(), c->ppi);
    timer_write(c->ppi, false, 0);
    gic_eoi(c->ppi);
}

static uint64_t wfi_at_el1(uint64_t at)
{
    WR("cntv_cval_el0", at);
    WR("cntv_ctl_el0", CTL_ENABLE);
    ISB();
    while ((RD("cntv_ctl_el0") & CTL_STATUS) == 0) {
        OP("wfi");
    }
    ISB();
    return RD("cntvct_el0") >= at;
}

static void check_wfi_el1(const void *arg)
{
    (void)arg;
    gic_cpu_on();
    gic_set(GICD_ISENABLER, PPI_CNTV);
    expect("time has come", run_el1(wfi_at_el1, now() + SOON), 1);
    expect("exceptions", this_cpu()->trap_count, 0);
}

/* A guest's virtual timer: the physical PPI 27 leaves EL1 with IMO set. */
static uint64_t arm_virtual_timer(uint64_t arg)
{
    WR("cntv_cval_el0", 0);
    WR("cntv_ctl_el0", CTL_ENABLE);
    ISB();
    spin(200);
    return arg;
}

static void check_leaves_guest(const void *arg)
{
    (void)arg;
    gic_cpu_on();
    gic_set(GICD_ISENABLER, PPI_CNTV);
    hcr_write(HCR_RW | 1UL << 4);
    run_el1(arm_virtual_timer, 0);
    expect_true("taken", this_cpu()->trap_count >= 1);
    expect("EL", this_cpu()->trap[0].el, 2);
    expect("vector", this_cpu()->trap[0].offset, VEC_LOWER64 + VEC_IRQ);
    expect("IAR", gic_ack(), PPI_CNTV);
    WR("cntv_ctl_el0", 0);
    ISB();
    gic_eoi(PPI_CNTV);
}

/* CNTHP registers at EL1 are UNDEFINED. */
INSN(read_cnthp, "mrs x0, cnthp_ctl_el2");

static void check_cnthp_at_el1(const void *arg)
{
    (void)arg;
    run_el1(read_cnthp, 0);
    expect_trap_at(1, VEC_CUR_SPX, 0x02000000, (const void *)read_cnthp);
}

const struct check checks[] = {
    {.name = "counter_goes_up", .run = check_counter},
    {.name = "physical_timer_fires_as_ppi_30", TIMER(check_fires, PPI_CNTP)},
    {.name = "virtual_timer_fires_as_ppi_27", TIMER(check_fires, PPI_CNTV)},
    {.name = "hypervisor_timer_fires_as_ppi_26", TIMER(check_fires, PPI_CNTHP)},
    {.name = "hypervisor_virtual_timer_fires_as_ppi_28",
     .need = NEED_VHE,
     TIMER(check_fires, PPI_CNTHV)},
    {.name = "physical_timer_in_the_past_fires_at_once", TIMER(check_past, PPI_CNTP)},
    {.name = "virtual_timer_in_the_past_fires_at_once", TIMER(check_past, PPI_CNTV)},
    {.name = "hypervisor_timer_in_the_past_fires_at_once", TIMER(check_past, PPI_CNTHP)},
    {.name = "physical_timer_imask_silences_it", TIMER(check_imask, PPI_CNTP)},
    {.name = "virtual_timer_imask_silences_it", TIMER(check_imask, PPI_CNTV)},
    {.name = "hypervisor_timer_imask_silences_it", TIMER(check_imask, PPI_CNTHP)},
    {.name = "disabled_timer_is_silent", TIMER(check_disabled, PPI_CNTV)},
    {.name = "tval_write_adds_to_the_count", .run = check_tval_positive},
    {.name = "tval_write_is_sign_extended", .run = check_tval_negative},
    {.name = "cntvoff_shifts_the_virtual_count", .run = check_offset},
    {.name = "cntvoff_shifts_the_virtual_timer", .run = check_offset_fires},
    {.name = "physical_timer_ends_wfi_though_masked", TIMER(check_wfi, PPI_CNTP)},
    {.name = "hypervisor_timer_ends_wfi_though_masked", TIMER(check_wfi, PPI_CNTHP)},
    {.name = "virtual_timer_ends_wfi_at_el1", .run = check_wfi_el1},
    {.name = "virtual_timer_of_a_guest_leaves_the_guest", .run = check_leaves_guest},
    {.name = "hypervisor_timer_at_el1_is_undefined", .run = check_cnthp_at_el1},
};
CHECK_TABLE_END;
