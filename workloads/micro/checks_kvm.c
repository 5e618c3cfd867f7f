/* Checks of what a KVM does, whatever its guest's interface. */
#include "micro/row.h"
#include "timer.h"

#define CONFIG       (GUEST_VIRTIO + VIRTIO_CONFIG)
#define EC(esr)      ((esr) >> 26 & 0x3f)
#define EC_DABT_CUR  0x25
#define FSC_EXTERNAL 0x10

/* A pair has no syndrome: nobody can emulate it. */
bool check_abort_injected(void)
{
    u64 a, b;
    expect_exception();
    __asm__ volatile("ldp %0, %1, [%2]" : "=&r"(a), "=&r"(b) : "r"(CONFIG) : "memory");
    return exception_expected.taken && EC(exception_expected.esr) == EC_DABT_CUR &&
           (exception_expected.esr & 0x3f) == FSC_EXTERNAL && exception_expected.far == CONFIG;
}

/* Trapped until the first write, then switched; the PMU reads as zero. */
bool check_debug_registers(void)
{
    const u64 address = 0x40080000;
    write_sysreg(address, dbgbvr0_el1);
    write_sysreg(address + 8, dbgwvr0_el1);
    isb();
    for (unsigned i = 0; i < 4; i++) {
        hvc(HVC_NOOP, 0, 0, 0);
    }
    bool ok = read_sysreg(dbgbvr0_el1) == address && read_sysreg(dbgwvr0_el1) == address + 8;
    return ok && read_sysreg(pmccntr_el0) == 0;
}

static volatile u64 taken_on; /* VCPUs that took SPI_MOVED when it had been given away, as bits */
static bool is_given_away;
static u32 sent;

/* On VCPU 1. */
static void give_away(void)
{
    gic_clear_active(SPI_MOVED);
    gic_enable_on(SPI_MOVED, 1);
    gic_set_pending(SPI_MOVED);
}

/* The first time it has VCPU 1 take the interrupt over, and sees it arrive there while it is here
 * itself, without an exit. */
static void given_away_handler(void)
{
    if (is_given_away) {
        taken_on |= BIT(read_sysreg(mpidr_el1) & 0xff);
        return;
    }
    is_given_away = true;
    sent = fill_list_registers();
    secondary_call(give_away);
    u64 until = timer_count() + read_sysreg(cntfrq_el0) / 4;
    while (!taken_on && timer_count() < until) {
    }
}

/* By a VCPU that has not got it, while the one that has it is in the guest, with others in all of
 * its list registers: the next one goes to its new target. */
bool check_spi_deactivated_elsewhere(void)
{
    irq_set_handler(SPI_MOVED, given_away_handler);
    gic_enable_on(SPI_MOVED, 0);
    handled = 0;
    gic_set_pending(SPI_MOVED);
    u64 until = timer_count() + read_sysreg(cntfrq_el0);
    while ((!sent || handled < sent) && timer_count() < until) {
    }
    return sent && handled == sent && taken_on == BIT(1);
}
