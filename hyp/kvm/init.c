/* The VMs of the benchmark rows, each a process with its VMM. */
#include "kernel/init.h"

#include "kernel/page.h"
#include "kernel/print.h"
#include "kernel/process.h"
#include "kernel/smp.h"
#include "kvm/kvm.h"

extern const char vmm_image[], guest_image[];
extern const u64 guest_image_bytes; /* images_gic*.S */

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
}

/* VM 0 runs the rows. VM 1 is its partner in row vm-switch: it is started first and waits, so that
 * it takes no time from the others. */
void init_thread(void *arg)
{
    const struct board_info *board = arg;
    struct process *partner = NULL;
    size_t free_before = page_free_count();
    make_args(board->bootargs, 0, 2);
    make_args(board->bootargs, 1, 1);
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
