#include "kernel/boot.h"

#include "a64.h"
#include "abi/board.h"
#include "kernel/bootargs.h"
#include "kernel/exception.h"
#include "kernel/irq.h"
#include "kernel/mmu.h"
#include "kernel/page.h"
#include "kernel/panic.h"
#include "kernel/print.h"
#include "kernel/smp.h"
#include "kernel/thread.h"
#include "kernel/timer.h"

extern char __bss_end[], boot_stack[];

void kernel_main(u64 fdt);

static struct board_info board;

const struct board_info *kernel_board(void)
{
    return &board;
}

static void cpus_init(void)
{
    cpu_count = board.cpu_count;
    for (unsigned i = 0; i < cpu_count; i++) {
        cpus[i].index = i;
        cpus[i].mpidr = board.mpidr[i];
    }
    cpus[0].online = true;
}

static _Noreturn void refuse(const char *what)
{
    print("RESULT FAIL %s\n", what);
    machine_power_off();
}

/* Pages of the kernel's own, but for its image and the boot loader's modules. */
static void memory_init(u64 ram_end)
{
    const struct board_module *first = &board.guest_kernel;
    const struct board_module *second = &board.guest_ramdisk;
    u64 at = page_init(virt_to_phys(__bss_end), ram_end);
    if (first->base > second->base) {
        first = &board.guest_ramdisk;
        second = &board.guest_kernel;
    }
    for (const struct board_module *m = first; m; m = m == first ? second : NULL) {
        if (m->size == 0) {
            continue;
        }
        if (m->base < at || m->base + m->size > ram_end || m->base % PAGE_SIZE) {
            print("host: the module at %x must be page aligned and between %x and %x\n", m->base,
                  at, ram_end);
            refuse("module");
        }
        page_add(at, m->base);
        at = m->base + m->size;
    }
    page_add(at, ram_end);
}

void kernel_main(u64 fdt)
{
    struct thread *boot = (struct thread *)boot_stack;
    sched_init_cpu(&cpus[0], boot);
    exception_init_cpu();
    if (!fdt_read_board(phys_to_virt(fdt ? fdt : BOARD_RAM), &board)) {
        panic("no device tree");
    }
    if (!bootargs_check("host", board.bootargs)) {
        refuse("boot argument");
    }
    cpus_init();
    u64 ram_end =
        board.ram_base + (board.ram_size < KERNEL_RAM_MAX ? board.ram_size : KERNEL_RAM_MAX);
    memory_init(ram_end);
    mmu_init(ram_end);
    irq_init();
    tick_init();
    gic_init();
    gic_init_cpu(&cpus[0]);
    irq_set_handler(SGI_STOP, machine_halt_cpu);
    main_init();
    main_init_cpu();
    timer_init_cpu();
    irq_enable();
    smp_start_others();
    main_run(&board);
    sched_idle();
}
