/*
 * The interrupt controller and the timers in the VMM, as QEMU had them for the first KVM/ARM: one
 * lock, VCPU threads that do their VCPU's accesses, and a thread that waits for what the kernel
 * reports: a device's interrupt, a timer that expired. The kernel is told the level of each
 * VCPU's interrupt line when it changes.
 */
#include "vmm/irqchip.h"

#include "a64.h"
#include "abi/board.h"
#include "emul/gicv2.h"
#include "emul/timer.h"
#include "vmm/mutex.h"

static struct mutex mutex;
static struct soft_gic gic;
static struct soft_timer timers[SOFT_GIC_CPUS];
static u32 lines;      /* by VCPU, as the kernel knows them */
static u64 time_start; /* the host's counter when the guest's was 0 */

static u64 host_now(void)
{
    isb(); /* the counter may be read early otherwise */
    return read_sysreg(cntvct_el0);
}

static u64 guest_now(void)
{
    return host_now() - time_start;
}

/* The lock is held. */
static void update_lines(void)
{
    for (u64 i = 0; i < gic.cpu_count; i++) {
        bool level = soft_gic_irq(&gic, (unsigned)i);
        if (level != (lines >> i & 1)) {
            lines ^= 1U << i;
            must(vmm_syscall(i, level, 0, SYS_IRQ_LINE));
        }
    }
}

static void timer_access(u64 vcpu, struct vcpu_run *run)
{
    struct soft_timer *t = &timers[vcpu];
    u64 now = guest_now();
    enum soft_timer_reg reg = (enum soft_timer_reg)run->ipa;
    if (!run->is_write) {
        run->data = soft_timer_read(t, reg, now);
        return;
    }
    soft_timer_write(t, reg, run->data, now);
    soft_gic_set_line(&gic, (unsigned)vcpu, INTID_PTIMER, soft_timer_line(t, now));
    if (soft_timer_waits(t, now)) {
        u64 deadline = t->cval > ~0UL - time_start ? ~0UL : t->cval + time_start;
        must(vmm_syscall(vcpu, deadline, 0, SYS_IRQ_TIMER));
    }
}

/* An event of an older deadline finds the line as it was. */
static void timer_expired(unsigned vcpu)
{
    soft_gic_set_line(&gic, vcpu, INTID_PTIMER, soft_timer_line(&timers[vcpu], guest_now()));
}

static void event_thread(u64 unused)
{
    (void)unused;
    u64 events;
    while ((events = (u64)must(vmm_syscall(0, 0, 0, SYS_IRQ_EVENTS))) != 0) {
        mutex_lock(&mutex);
        for (; events; events &= events - 1) {
            unsigned n = (unsigned)__builtin_ctzll(events);
            if (n < 32) {
                soft_gic_set_line(&gic, 0, SOFT_GIC_SPI + n, true);
                soft_gic_set_line(&gic, 0, SOFT_GIC_SPI + n, false);
            } else {
                timer_expired(n - 32);
            }
        }
        update_lines();
        mutex_unlock(&mutex);
    }
    vmm_syscall(0, 0, 0, SYS_THREAD_EXIT);
}

void irqchip_init(const struct vmm_args *args)
{
    soft_gic_init(&gic);
    for (u32 i = 0; i < args->vcpu_count; i++) {
        soft_gic_add_cpu(&gic);
    }
    time_start = host_now();
    must(vmm_syscall((u64)event_thread, 0, (args->pcpu_count - 1) | THREAD_IO, SYS_THREAD_CREATE));
}

bool irqchip_exit(u64 vcpu, struct vcpu_run *run)
{
    bool mine = true;
    mutex_lock(&mutex);
    if (run->exit_reason == VCPU_EXIT_TIMER) {
        timer_access(vcpu, run);
    } else {
        u64 data = run->data;
        mine = soft_gic_access(&gic, (unsigned)vcpu, run->ipa, run->len, run->is_write, &data);
        run->data = data;
    }
    if (mine) {
        update_lines();
    }
    mutex_unlock(&mutex);
    return mine;
}

void irqchip_set_spi(u32 intid, bool level)
{
    mutex_lock(&mutex);
    soft_gic_set_line(&gic, 0, intid, level);
    update_lines();
    mutex_unlock(&mutex);
}
