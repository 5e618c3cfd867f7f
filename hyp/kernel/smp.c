#include "kernel/smp.h"

#include "kernel/boot.h"
#include "kernel/boot.h"
#include "kernel/exception.h"
#include "kernel/irq.h"
#include "kernel/mmu.h"
#include "kernel/page.h"
#include "kernel/panic.h"
#include "kernel/thread.h"
#include "kernel/timer.h"

#define PSCI_CPU_ON     0xc4000003
#define PSCI_SYSTEM_OFF 0x84000008

struct cpu cpus[CPU_MAX];
unsigned cpu_count;

/* Read by head.S with the MMU off: {stack top, CPU index}. */
struct secondary_boot {
    u64 stack_top;
    u64 index;
};

extern const u64 secondary_start_pa; /* head.S */

void secondary_main(u64 index);

/* SMC64 calling convention, also by HVC: x4-x17 may change */
#define FIRMWARE_CALL(insn)                                                                        \
    __asm__ volatile(insn                                                                          \
                     : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3)                                      \
                     :                                                                             \
                     : "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13", "x14",      \
                       "x15", "x16", "x17", "memory")

static u64 psci_call(u64 function, u64 a1, u64 a2, u64 a3)
{
    bool by_hvc = kernel_board()->psci_by_hvc;
    register u64 x0 __asm__("x0") = function;
    register u64 x1 __asm__("x1") = a1;
    register u64 x2 __asm__("x2") = a2;
    register u64 x3 __asm__("x3") = a3;
    if (by_hvc) {
        FIRMWARE_CALL("hvc #0");
    } else {
        FIRMWARE_CALL("smc #0");
    }
    return x0;
}

void secondary_main(u64 index)
{
    struct cpu *c = &cpus[index];
    mmu_init_cpu();
    exception_init_cpu();
    gic_init_cpu(c);
    main_init_cpu();
    timer_init_cpu();
    dmb(ish);
    WRITE_ONCE(c->online, true);
    sched_idle();
}

void smp_start_others(void)
{
    for (unsigned i = 1; i < cpu_count; i++) {
        struct thread *idle = page_alloc(STACK_ORDER);
        struct secondary_boot *boot = (struct secondary_boot *)(idle + 1);
        sched_init_cpu(&cpus[i], idle);
        *boot = (struct secondary_boot){.stack_top = thread_stack_top(idle), .index = i};
        /* read with the MMU off, past the caches */
        __asm__ volatile("dc cvac, %0" ::"r"(boot) : "memory");
        dsb(sy);
        if (psci_call(PSCI_CPU_ON, cpus[i].mpidr, secondary_start_pa, virt_to_phys(boot))) {
            panic("PSCI CPU_ON failed");
        }
        while (!READ_ONCE(cpus[i].online)) {
            cpu_relax();
        }
        dmb(ish);
    }
}

void smp_send_reschedule(const struct cpu *c)
{
    gic_send_sgi(c, SGI_RESCHEDULE);
}

void smp_stop_others(void)
{
    for (unsigned i = 0; i < cpu_count; i++) {
        if (cpus[i].online && &cpus[i] != cpu_this()) {
            gic_send_sgi(&cpus[i], SGI_STOP);
        }
    }
}

void machine_halt_cpu(void)
{
    irq_disable();
    for (;;) {
        wfi();
    }
}

void machine_power_off(void)
{
    psci_call(PSCI_SYSTEM_OFF, 0, 0, 0);
    machine_halt_cpu();
    __builtin_unreachable();
}
