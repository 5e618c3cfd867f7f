/* The host kernel from its first C instruction to the end of the machine. */
#include "a64.h"
#include "abi/board.h"
#include "kernel/exception.h"
#include "kernel/fdt.h"
#include "kernel/irq.h"
#include "kernel/mmu.h"
#include "kernel/page.h"
#include "kernel/panic.h"
#include "kernel/print.h"
#include "kernel/process.h"
#include "kernel/smp.h"
#include "kernel/timer.h"
#include "kvm/kvm.h"
#include "kvm/world.h"

#define RAM_USED (128UL << 20) /* no more is mapped and managed */

extern char __bss_end[], boot_stack[];
extern const char vmm_image[], guest_image[];
extern const u64 guest_image_bytes; /* images_gic*.S */

void kernel_main(u64 fdt);

static struct board_info board;
static struct vmm_args args[2]; /* of the VMs */

static unsigned parse_number(const char *text)
{
    unsigned v = 0;
    while (*text >= '0' && *text <= '9') {
        v = v * 10 + (unsigned)(*text++ - '0');
    }
    return v;
}

/* True if the list of rows (empty: all) has this one. */
static bool rows_have(const char *rows, const char *name)
{
    while (*rows) {
        const char *n = name;
        while (*n && *rows == *n) {
            rows++;
            n++;
        }
        if (*n == 0 && (*rows == 0 || *rows == ',')) {
            return true;
        }
        while (*rows && *rows != ',') {
            rows++;
        }
        while (*rows == ',') {
            rows++;
        }
        if (*rows == 0) {
            return false;
        }
    }
    return true;
}

static void make_args(unsigned vm_id, unsigned vcpu_count)
{
    char ops[16];
    struct vmm_args *a = &args[vm_id];
    a->vm_id = vm_id;
    a->vcpu_count = vcpu_count;
    a->pcpu_count = cpu_count;
    a->guest_image_bytes = guest_image_bytes;
    bootargs_value(board.bootargs, "rows", a->rows, sizeof(a->rows));
    bootargs_value(board.bootargs, "n", ops, sizeof(ops));
    a->ops = parse_number(ops);
}

/* VM 0 runs the rows. VM 1 is its partner in row vm-switch: it is started first and waits, so that
 * it takes no time from the others. */
static void init_thread(void *unused)
{
    (void)unused;
    struct process *partner = NULL;
    size_t free_before = page_free_count();
    make_args(0, 2);
    make_args(1, 1);
    if (rows_have(args[0].rows, "vm-switch")) {
        partner = process_create(vmm_image, &args[1], guest_image, 0);
        vm_wait_parked(1);
    }
    int status = process_wait(process_create(vmm_image, &args[0], guest_image, 0));
    print("host: vm0 off, status %d\n", status);
    if (partner) {
        int partner_status = process_wait(partner);
        print("host: vm1 off, status %d\n", partner_status);
        status = status ? status : partner_status;
    }
    if (page_free_count() != free_before) {
        print("RESULT FAIL pages leaked\n");
    } else if (status) {
        print("RESULT FAIL status %d\n", status);
    } else {
        print("RESULT PASS\n");
    }
    machine_power_off();
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

void kernel_main(u64 fdt)
{
    struct thread *boot = (struct thread *)boot_stack;
    sched_init_cpu(&cpus[0], boot);
    exception_init_cpu();
    if (!fdt_read_board(phys_to_virt(fdt ? fdt : BOARD_RAM), &board)) {
        panic("no device tree");
    }
    cpus_init();
    u64 ram_end = board.ram_base + (board.ram_size < RAM_USED ? board.ram_size : RAM_USED);
    page_init(virt_to_phys(__bss_end), ram_end);
    mmu_init(ram_end);
    gic_init();
    gic_init_cpu(&cpus[0]);
    irq_set_handler(SGI_STOP, machine_halt_cpu);
    kvm_init();
    kvm_init_cpu();
    timer_init_cpu();
    irq_enable();
    smp_start_others();
    print("host: %s, %u cpu%s, %s, %u list registers\n", host_design, cpu_count,
          cpu_count == 1 ? "" : "s", gic_name, kvm_lr_count());
    thread_create_kernel("init", init_thread, NULL, PRIO_NORMAL, 0, NULL);
    sched_idle();
}
