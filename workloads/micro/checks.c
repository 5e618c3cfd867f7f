/* What the hypervisor owes a guest and no row asks for: access sizes, injected exceptions,
 * registers kept, more interrupts than list registers, PSCI, a timer that ends a WFI. */
#include "micro/row.h"
#include "timer.h"

#define EC(esr)    ((esr) >> 26 & 0x3f)
#define EC_UNKNOWN 0x00

#define PSCI_VERSION        0x84000000
#define PSCI_CPU_OFF        0x84000002
#define PSCI_CPU_ON         0xc4000003
#define PSCI_AFFINITY_INFO  0xc4000004
#define PSCI_INVALID_PARAMS ((u64)-2)
#define PSCI_ALREADY_ON     ((u64)-4)
#define NOT_SUPPORTED       ((u64)-1)

static void count_handler(void)
{
    handled++;
}

void expect_exception(void)
{
    exception_expected = (struct exception_expected){.armed = true};
    __asm__ volatile("" ::: "memory");
}

/* There is no EL3 for a guest. */
static bool undefined_injected(void)
{
    expect_exception();
    __asm__ volatile("smc #0" ::: "memory");
    return exception_expected.taken && EC(exception_expected.esr) == EC_UNKNOWN;
}

static bool fp_registers(void)
{
    u64 value, status;
    write_sysreg(3 << 20, cpacr_el1); /* FPEN */
    isb();
    __asm__ volatile(".arch_extension fp\n"
                     " fmov d31, %2\n"
                     " msr fpsr, %3\n"
                     " mov x0, %4\n"
                     " hvc #0\n"
                     " fmov %0, d31\n"
                     " mrs %1, fpsr\n"
                     : "=&r"(value), "=&r"(status)
                     : "r"(0x123456789abcdef0), "r"(0x9fUL), "r"((u64)HVC_NOOP)
                     : "x0", "x1", "x2", "x3", "memory");
    return value == 0x123456789abcdef0 && status == 0x9f;
}

/* More pending than any machine has list registers for. */
u32 fill_list_registers(void)
{
    const u32 from = 3, to = 16;
    for (u32 i = from; i < to; i++) {
        irq_set_handler(i, count_handler);
        gic_send_sgi(0, i);
    }
    return to - from;
}

/* The maintenance interrupt brings the rest. */
static bool list_registers_overflow(void)
{
    handled = 0;
    irq_off();
    u32 sent = fill_list_registers();
    irq_on();
    while (handled < sent) {
        cpu_relax();
    }
    return handled == sent;
}

static bool spi_set_pending(void)
{
    irq_set_handler(IODEV_INTID + 1, count_handler);
    gic_enable(IODEV_INTID + 1);
    handled = 0;
    gic_set_pending(IODEV_INTID + 1);
    irq_wait(&handled, 0);
    return handled == 1;
}

static volatile u64 spi_moved_on; /* VCPUs that took it, as bits */
static bool spi_is_deactivated;   /* by its handler, too */

static void moved_handler(void)
{
    spi_moved_on |= BIT(read_sysreg(mpidr_el1) & 0xff);
    if (handled++ == 0) { /* before the next one may be taken */
        gic_enable_on(SPI_MOVED, 1);
        if (spi_is_deactivated) {
            gic_clear_active(SPI_MOVED);
        }
        gic_set_pending(SPI_MOVED);
    }
}

/* With exits: a hypervisor may see at one only that an interrupt has been completed. */
static bool handled_in_time(u32 count)
{
    u64 until = timer_count() + read_sysreg(cntfrq_el0);
    while (handled < count && timer_count() < until) {
        hvc(HVC_NOOP, 0, 0, 0);
    }
    return handled == count;
}

/* To another VCPU while it is active, with a request behind it: the VCPU that has it can complete
 * it, no request is lost, and the next ones come to the other. */
static bool spi_moved_while_active(void)
{
    irq_set_handler(SPI_MOVED, moved_handler);
    gic_enable_on(SPI_MOVED, 0);
    handled = 0;
    spi_moved_on = 0;
    gic_set_pending(SPI_MOVED);
    bool ok = handled_in_time(2) && (spi_moved_on & BIT(0));
    for (u32 count = 3; count <= 4; count++) {
        spi_moved_on = 0;
        gic_set_pending(SPI_MOVED);
        ok = ok && handled_in_time(count) && spi_moved_on == BIT(1);
    }
    return ok;
}

static bool spi_deactivated_and_moved(void)
{
    spi_is_deactivated = true;
    return spi_moved_while_active();
}

static void timer_handler(void)
{
    timer_stop();
    handled++;
}

static bool timer_ends_wfi(void)
{
    irq_set_handler(TIMER_INTID, timer_handler);
    gic_enable(TIMER_INTID);
    handled = 0;
    u64 deadline = timer_count() + read_sysreg(cntfrq_el0) / 1000;
    timer_start(deadline);
    irq_wait(&handled, 0);
    return handled == 1 && timer_count() >= deadline;
}

static void turn_off(void)
{
    hvc(PSCI_CPU_OFF, 0, 0, 0);
}

static bool psci(void)
{
    bool ok = hvc(PSCI_VERSION, 0, 0, 0) == 0x10000;
    ok = ok && hvc(0x84000015, 0, 0, 0) == NOT_SUPPORTED;
    ok = ok && hvc(PSCI_CPU_ON, 1, 0, 0) == PSCI_ALREADY_ON;
    ok = ok && hvc(PSCI_CPU_ON, 7, 0, 0) == PSCI_INVALID_PARAMS;
    ok = ok && hvc(PSCI_AFFINITY_INFO, 1, 0, 0) == 0;
    secondary_call(turn_off);
    while (hvc(PSCI_AFFINITY_INFO, 1, 0, 0) == 0) {
    }
    secondary_call(NULL);
    return ok && secondary_start();
}

static void leave_on_handler(void)
{
    if (++handled > 1) {
        timer_stop();
    }
}

/* An expired timer that the guest leaves on: a level asks again when it has been completed, unless
 * the hypervisor masks the timer. Not a check: designs differ, and may. */
static void say_timer_kind(void)
{
    irq_set_handler(TIMER_INTID, leave_on_handler);
    gic_enable(TIMER_INTID);
    handled = 0;
    timer_start(timer_count() + read_sysreg(cntfrq_el0) / 1000);
    irq_wait(&handled, 0);
    for (unsigned i = 0; i < 64; i++) {
        hvc(HVC_NOOP, 0, 0, 0);
    }
    timer_stop();
    print("vm0: an expired timer interrupts %s\n", handled > 1 ? "until it is off" : "once");
}

static const struct check checks[] = {
    {"mmio-sizes", check_mmio_sizes},
    {"mmio-zero-register", check_mmio_zero_register},
    {"undefined-injected", undefined_injected},
    {"abort-injected", check_abort_injected},
    {"debug-registers", check_debug_registers},
    {"fp-registers", fp_registers},
    {"gic-registers", gic_check_sysregs},
    {"list-registers-overflow", list_registers_overflow},
    {"spi-set-pending", spi_set_pending},
    {"spi-moved-while-active", spi_moved_while_active},
    {"spi-deactivated-and-moved", spi_deactivated_and_moved},
    {"spi-deactivated-elsewhere", check_spi_deactivated_elsewhere},
    {"timer-ends-wfi", timer_ends_wfi},
    {"psci", psci},
    {"state-of-two-vms", state_of_two_vms},
};

bool checks_list_run(const struct check *list, unsigned count)
{
    bool all = true;
    for (unsigned i = 0; i < count; i++) {
        bool ok = list[i].run();
        print("check %s: %s\n", list[i].id, ok ? "ok" : "FAIL");
        all = all && ok;
    }
    return all;
}

bool checks_run(void)
{
    bool ok = checks_list_run(checks, ARRAY_SIZE(checks));
    say_timer_kind();
    ok = front_checks_run() && ok;
    return checks_mmu_run() && ok;
}
