/* The VMs, each a process with its VMM: of the benchmark rows, or of a kernel that the boot loader
 * left. */
#include "kernel/init.h"

#include "drivers/nic.h"
#include "kernel/bootargs.h"
#include "kernel/page.h"
#include "kernel/print.h"
#include "kernel/process.h"
#include "kernel/smp.h"
#include "kvm/kvm.h"
#include "kvm/world.h"

#define GUEST_MEMORY_MIB 256 /* where the boot arguments do not say */
#define GUEST_VCPUS      2
#define HOST_MEMORY_MIB  8 /* beside a guest: stacks, the VMM, its page tables and stage 2's */

extern const char vmm_image[], guest_image[];
extern const u64 guest_image_bytes; /* images_*.S */

static struct vmm_args args[2]; /* of the VMs */

static void make_args(const char *bootargs, unsigned vm_id, unsigned vcpu_count)
{
    struct vmm_args *a = &args[vm_id];
    a->vm_id = vm_id;
    a->vcpu_count = vcpu_count;
    a->pcpu_count = cpu_count;
    a->guest_image_bytes = guest_image_bytes;
    bootargs_value(bootargs, "rows", a->rows, sizeof(a->rows));
    a->ops = bootargs_number(bootargs, "n");
    a->work = bootargs_number(bootargs, "work");
    a->receive = bootargs_number(bootargs, "receive");
    a->net_in_vmm = bootargs_say(bootargs, "net", "user");
    bootargs_value(bootargs, "spread", a->spread, sizeof(a->spread));
}

/* VM 0 runs the rows. VM 1 is its partner in row vm-switch and in the checks: it is started first
 * and waits, so that it takes no time from the others. Returns the status. */
static int run_rows(const struct board_info *board)
{
    struct process *partner = NULL;
    make_args(board->bootargs, 0, 2);
    make_args(board->bootargs, 1, 1);
    if (rows_have(args[0].rows, "vm-switch") || rows_have(args[0].rows, "check")) {
        partner = process_create(vmm_image, &args[1], guest_image, NULL, 0);
        vm_wait_parked(1);
    }
    int status = process_wait(process_create(vmm_image, &args[0], guest_image, NULL, 0));
    print("host: vm0 off, status %d\n", status);
    if (partner) {
        int partner_status = process_wait(partner);
        print("host: vm1 off, status %d\n", partner_status);
        status = status ? status : partner_status;
    }
    return status;
}

/* False: it does not fit. */
static bool text_copy(char *to, const char *from, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        to[i] = from[i];
        if (from[i] == 0) {
            return true;
        }
    }
    return false;
}

/* What vcpus= and mem= (MiB) ask for; false: it cannot be. */
static bool make_guest_args(const struct board_info *board, struct vmm_args *a)
{
    unsigned memory_mib = bootargs_number_or(board->bootargs, "mem", GUEST_MEMORY_MIB);
    unsigned free_mib = (unsigned)(page_free_count() * PAGE_SIZE >> 20);
    a->vcpu_count = bootargs_number_or(board->bootargs, "vcpus", GUEST_VCPUS);
    a->pcpu_count = cpu_count;
    a->gic_version = kvm_guest_gic();
    a->timer_intid = kvm_guest_timer();
    a->net_in_vmm = bootargs_say(board->bootargs, "net", "user");
    a->guest_image_bytes = board->guest_kernel.size;
    a->ramdisk_bytes = board->guest_ramdisk.size;
    a->memory_bytes = (u64)memory_mib << 20;
    if (!guest_has_ttbr1) {
        print("host: %s has no TTBR1 for guests, which a kernel needs: leave it out\n",
              host_design);
        return false;
    }
    if (a->vcpu_count > VCPU_MAX) {
        print("host: vcpus=%u: 1 to %u\n", a->vcpu_count, VCPU_MAX);
        return false;
    }
    if (free_mib < HOST_MEMORY_MIB || memory_mib > free_mib - HOST_MEMORY_MIB) {
        print("host: mem=%u: %u MiB are free, %u of them for the host: give the machine more\n",
              memory_mib, free_mib, HOST_MEMORY_MIB);
        return false;
    }
    if (!text_copy(a->bootargs, board->guest_kernel.bootargs, sizeof(a->bootargs))) {
        print("host: the guest's command line: %u characters at most\n",
              (unsigned)sizeof(a->bootargs) - 1);
        return false;
    }
    return true;
}

static int run_guest(const struct board_info *board)
{
    if (!make_guest_args(board, &args[0])) {
        return -1;
    }
    int status =
        process_wait(process_create(vmm_image, &args[0], phys_to_virt(board->guest_kernel.base),
                                    phys_to_virt(board->guest_ramdisk.base), 0));
    print("host: vm0 off, status %d\n", status);
    return status;
}

void init_thread(void *arg)
{
    const struct board_info *board = arg;
    nic_init();
    size_t free_before = page_free_count();
    int status = board->guest_kernel.size ? run_guest(board) : run_rows(board);
    if (page_free_count() != free_before) {
        print("RESULT FAIL pages leaked\n");
    } else if (status) {
        print("RESULT FAIL status %d\n", status);
    } else {
        print("RESULT PASS\n");
    }
    machine_power_off();
}
