/*
 * A hypervisor that stands alone at EL2. It makes three domains: dom0, which has the backend of the
 * I/O rows; the domain of the rows; and that domain's partner in row vm-switch.
 */
#include "abi/guest.h"
#include "abi/xen_io.h"
#include "kernel/boot.h"
#include "kernel/init.h"
#include "kernel/irq.h"
#include "kernel/page.h"
#include "kernel/panic.h"
#include "kernel/print.h"
#include "kernel/smp.h"
#include "xen/hypervisor.h"

#define MIB           (1UL << 20)
#define PARTNER_DOMID (ROWS_DOMID + 1)
#define ROWS_VCPUS    2

/* images_xen.S */
extern const char dom0_image[], guest_image[];
extern const u64 dom0_image_bytes, guest_image_bytes;

static struct guest_boot boot[3];

void main_init(void)
{
    vm_switch_init();
    vgic_init();
}

void main_init_cpu(void)
{
    switch_init_cpu();
}

static const struct guest_boot *make_boot(unsigned i, const char *bootargs, unsigned vm_id,
                                          unsigned vcpu_count)
{
    struct guest_boot *b = &boot[i];
    b->vm_id = vm_id;
    b->vcpu_count = vcpu_count;
    b->pcpu_count = cpu_count;
    b->ops = bootargs_number(bootargs, "n");
    bootargs_value(bootargs, "rows", b->rows, sizeof(b->rows));
    return b;
}

/* On the last CPU, as the I/O thread of a KVM. Xen's scheduler lets a domain that wakes go first;
 * ours has priorities. */
static struct vm *create_dom0(const char *bootargs)
{
    return domain_create(&(struct domain_config){
        .id = 0,
        .ram_bytes = 8 * MIB,
        .vcpu_count = 1,
        .first_cpu = cpu_count - 1,
        .prio = PRIO_IO,
        .entry = DOM0_ENTRY,
        .image = dom0_image,
        .image_bytes = dom0_image_bytes,
        .boot = make_boot(0, bootargs, 0, 1),
    });
}

static struct vm *create_guest(const char *bootargs, unsigned vm_id, unsigned vcpu_count, u64 ram)
{
    return domain_create(&(struct domain_config){
        .id = ROWS_DOMID + vm_id,
        .ram_bytes = ram,
        .vcpu_count = vcpu_count,
        .prio = PRIO_NORMAL,
        .entry = GUEST_ENTRY,
        .image = guest_image,
        .image_bytes = guest_image_bytes,
        .boot = make_boot(1 + vm_id, bootargs, vm_id, vcpu_count),
    });
}

/* The partner is started first and waits, so that it takes no time from the others. dom0 serves for
 * ever: it goes when the others have gone. */
static void init_thread_xen(void *board)
{
    const char *bootargs = ((const struct board_info *)board)->bootargs;
    size_t free_before = page_free_count();
    struct vm *partner = NULL;
    char rows[GUEST_ROWS_MAX];
    bootargs_value(bootargs, "rows", rows, sizeof(rows));
    if (rows_have(rows, "vm-switch")) {
        partner = create_guest(bootargs, 1, 1, 4 * MIB);
        vm_wait_parked(PARTNER_DOMID);
    }
    struct vm *dom0 = create_dom0(bootargs);
    struct vm *guest = create_guest(bootargs, 0, ROWS_VCPUS, GUEST_RAM_SIZE);
    int status = domain_wait(guest);
    print("host: vm0 off, status %d\n", status);
    if (partner) {
        int partner_status = domain_wait(partner);
        print("host: vm1 off, status %d\n", partner_status);
        status = status ? status : partner_status;
        domain_destroy(partner);
    }
    vm_shutdown(dom0, VCPU_EXIT_SHUTDOWN);
    domain_wait(dom0);
    domain_destroy(dom0);
    domain_destroy(guest);
    if (page_free_count() != free_before) {
        print("RESULT FAIL pages leaked\n");
    } else if (status) {
        print("RESULT FAIL status %d\n", status);
    } else {
        print("RESULT PASS\n");
    }
    machine_power_off();
}

void main_run(struct board_info *board)
{
    print("host: xen, %u cpu%s, %s, %u list registers\n", cpu_count, cpu_count == 1 ? "" : "s",
          gic_name, vgic_lr_count);
    thread_create_kernel("init", init_thread_xen, board, PRIO_NORMAL, 0, NULL);
}

/* There are no processes. */
void process_activate(struct process *p)
{
    (void)p;
}
