/*
 * A hypervisor that stands alone at EL2. It makes three domains: dom0, which has the backend of the
 * I/O rows; the domain of the rows; and that domain's partner in row vm-switch and in the checks.
 * Or one, for a kernel that the boot loader left.
 */
#include "abi/board.h"
#include "abi/guest.h"
#include "abi/xen_io.h"
#include "emul/boot_linux.h"
#include "kernel/boot.h"
#include "kernel/bootargs.h"
#include "kernel/irq.h"
#include "kernel/page.h"
#include "kernel/panic.h"
#include "kernel/print.h"
#include "kernel/smp.h"
#include "xen/domain.h"
#include "xen/hypervisor.h"

#define MIB           (1UL << 20)
#define PARTNER_DOMID (ROWS_DOMID + 1)
#define ROWS_VCPUS    2

/* Of a kernel that the boot loader left, where the boot arguments do not say. */
#define GUEST_MEMORY_MIB     256
#define GUEST_VCPUS          2
#define GUEST_MEMORY_MAX_MIB ((unsigned)XEN_BLOCK_MAX * 2)
#define HOST_MEMORY_MIB      4 /* stacks, tables, what blocks of 2 MiB leave over */

/* images_xen.S */
extern const char dom0_image[], guest_image[];
extern const u64 dom0_image_bytes, guest_image_bytes;

static struct guest_boot boot[3];

void main_init(void)
{
    vm_switch_init();
    domains_init();
    vgic_init();
}

void main_init_cpu(void)
{
    switch_init_cpu();
}

static struct domain_file make_boot(unsigned i, const char *bootargs, unsigned vm_id,
                                    unsigned vcpu_count)
{
    struct guest_boot *b = &boot[i];
    b->vm_id = vm_id;
    b->vcpu_count = vcpu_count;
    b->pcpu_count = cpu_count;
    b->ops = bootargs_number(bootargs, "n");
    b->work = bootargs_number(bootargs, "work");
    b->receive = bootargs_number(bootargs, "receive");
    bootargs_value(bootargs, "rows", b->rows, sizeof(b->rows));
    bootargs_value(bootargs, "spread", b->spread, sizeof(b->spread));
    return (struct domain_file){GUEST_RAM, b, sizeof(*b)};
}

/* Its boot page, which is copied after this, says what it has got. */
static void prepare_dom0(struct vm *d, const struct domain_config *c)
{
    cards_find(&boot[0]);
    if (boot[0].net_count) {
        boot[0].net_memory = p2m_add_direct(d);
        cards_assign(d, c->first_cpu);
    }
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
        .prepare = prepare_dom0,
        .entry = DOM0_ENTRY,
        .argument = GUEST_RAM,
        .file = {{DOM0_ENTRY, dom0_image, dom0_image_bytes}, make_boot(0, bootargs, 0, 1)},
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
        .argument = GUEST_RAM,
        .file = {{GUEST_ENTRY, guest_image, guest_image_bytes},
                 make_boot(1 + vm_id, bootargs, vm_id, vcpu_count)},
    });
}

/* The partner is started first and waits, so that it takes no time from the others. dom0 serves for
 * ever: it goes when the others have gone. Returns the status. */
static int run_rows(const char *bootargs)
{
    struct vm *partner = NULL;
    char rows[GUEST_ROWS_MAX];
    bootargs_value(bootargs, "rows", rows, sizeof(rows));
    if (rows_have(rows, "vm-switch") || rows_have(rows, "check")) {
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
    cards_take_back();
    domain_destroy(dom0);
    domain_destroy(guest);
    return status;
}

/* False: it cannot be. */
static bool make_kernel(const struct board_info *board, struct boot_kernel *k,
                        struct boot_layout *l)
{
    unsigned memory_mib = bootargs_number_or(board->bootargs, "mem", GUEST_MEMORY_MIB);
    unsigned free_mib = (unsigned)(page_free_count() * PAGE_SIZE / MIB);
    const char *why;
    *k = (struct boot_kernel){
        .image = phys_to_virt(board->guest_kernel.base),
        .image_bytes = board->guest_kernel.size,
        .ramdisk_bytes = board->guest_ramdisk.size,
        .memory_bytes = memory_mib * MIB,
        .vcpu_count = bootargs_number_or(board->bootargs, "vcpus", GUEST_VCPUS),
        .gic_version = vgic_guest_version,
        .timer_intid = INTID_VTIMER,
        .bootargs = board->guest_kernel.bootargs,
    };
    if (k->vcpu_count > VCPU_MAX || memory_mib % 2 || memory_mib > GUEST_MEMORY_MAX_MIB) {
        print("host: vcpus=%u: 1 to %u; mem=%u: even, %u MiB at most\n", k->vcpu_count, VCPU_MAX,
              memory_mib, GUEST_MEMORY_MAX_MIB);
        return false;
    }
    if (free_mib < HOST_MEMORY_MIB || memory_mib > free_mib - HOST_MEMORY_MIB) {
        print("host: mem=%u: %u MiB are free, %u of them for the host: give the machine more\n",
              memory_mib, free_mib, HOST_MEMORY_MIB);
        return false;
    }
    if (!boot_layout(k, l, &why)) {
        print("host: the guest's kernel %s\n", why);
        return false;
    }
    return true;
}

/* The kernel that the boot loader left, in the only domain. */
static int run_kernel(const struct board_info *board)
{
    static u8 tree[BOOT_TREE_BYTES] __attribute__((aligned(8)));
    struct boot_kernel k;
    struct boot_layout l;
    if (!make_kernel(board, &k, &l)) {
        return -1;
    }
    if (!boot_tree(&k, &l, tree)) {
        print("host: the guest's device tree does not fit\n");
        return -1;
    }
    struct vm *guest = domain_create(&(struct domain_config){
        .id = ROWS_DOMID,
        .ram_bytes = k.memory_bytes,
        .vcpu_count = k.vcpu_count,
        .prio = PRIO_NORMAL,
        .entry = GUEST_RAM + l.kernel,
        .argument = GUEST_RAM,
        .file = {{GUEST_RAM, tree, sizeof(tree)},
                 {GUEST_RAM + l.kernel, k.image, k.image_bytes},
                 {GUEST_RAM + l.ramdisk, phys_to_virt(board->guest_ramdisk.base), k.ramdisk_bytes}},
    });
    int status = domain_wait(guest);
    print("host: vm0 off, status %d\n", status);
    domain_destroy(guest);
    return status;
}

static void init_thread_xen(void *arg)
{
    const struct board_info *board = arg;
    size_t free_before = page_free_count();
    int status = board->guest_kernel.size ? run_kernel(board) : run_rows(board->bootargs);
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
