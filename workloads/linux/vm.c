/* A VM: memory, interrupt controller, the guest's image and boot page, the dirty log. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "abi/board.h"
#include "guest_ram.h"
#include "vmm.h"

#define PAGE        4096
#define MEMORY_SLOT 0
#define IRQ_COUNT   96         /* SGIs, PPIs and 64 SPIs */
#define FRESH_FROM  0x01000000 /* offset of what stage2-fault writes to: workloads/micro */
#define WARM_UP_OPS 16

static void set_vgic(int fd, uint32_t group, uint64_t attribute, void *value, const char *what)
{
    struct kvm_device_attr a = {.group = group, .attr = attribute, .addr = (uintptr_t)value};
    must(ioctl(fd, KVM_SET_DEVICE_ATTR, &a), what);
}

static bool make_vgic(struct vm *vm, unsigned version)
{
    struct kvm_create_device device = {.type = version == 3 ? KVM_DEV_TYPE_ARM_VGIC_V3
                                                            : KVM_DEV_TYPE_ARM_VGIC_V2};
    if (ioctl(vm->fd, KVM_CREATE_DEVICE, &device) != 0) {
        return false;
    }
    vm->gic = version;
    vm->vgic = (int)device.fd;
    return true;
}

/* GICv3 where the host can, else GICv2; a host with a GICv3 may have no GICv2 to give. */
static void create_vgic(struct vm *vm)
{
    unsigned wanted = vm->options.gic;
    if (!(wanted != 2 && make_vgic(vm, 3)) && !(wanted != 3 && make_vgic(vm, 2))) {
        vmm_fail("KVM_CREATE_DEVICE (vgic)");
    }
    uint64_t distributor = BOARD_GICD;
    uint64_t other = vm->gic == 3 ? BOARD_GICR : BOARD_GICC;
    uint32_t count = IRQ_COUNT;
    bool v3 = vm->gic == 3;
    set_vgic(vm->vgic, KVM_DEV_ARM_VGIC_GRP_ADDR,
             v3 ? KVM_VGIC_V3_ADDR_TYPE_DIST : KVM_VGIC_V2_ADDR_TYPE_DIST, &distributor,
             "vgic distributor");
    set_vgic(vm->vgic, KVM_DEV_ARM_VGIC_GRP_ADDR,
             v3 ? KVM_VGIC_V3_ADDR_TYPE_REDIST : KVM_VGIC_V2_ADDR_TYPE_CPU, &other,
             "vgic redistributors or CPU interface");
    set_vgic(vm->vgic, KVM_DEV_ARM_VGIC_GRP_NR_IRQS, 0, &count, "vgic interrupts");
    set_vgic(vm->vgic, KVM_DEV_ARM_VGIC_GRP_CTRL, KVM_DEV_ARM_VGIC_CTRL_INIT, NULL, "vgic init");
}

/* The pages that stage2-fault writes to are there in the VMM's memory, so that the row is a fault
 * of stage 2 alone. */
static void prepare_fresh_pages(const struct vm *vm)
{
    size_t count = WARM_UP_OPS + (vm->options.ops ? vm->options.ops : GUEST_OPS_MAX);
    for (size_t i = 0; i < count; i++) {
        volatile uint8_t *page = vm->ram + FRESH_FROM + i * PAGE;
        *page = 0;
    }
}

static void create_memory(struct vm *vm)
{
    vm->ram = guest_ram_map(GUEST_RAM_SIZE);
    if (vm->ram == MAP_FAILED) {
        vmm_fail("memory of the guest");
    }
    prepare_fresh_pages(vm);
    struct kvm_userspace_memory_region region = {
        .slot = MEMORY_SLOT,
        .flags = vm->options.dirty_log ? KVM_MEM_LOG_DIRTY_PAGES : 0,
        .guest_phys_addr = GUEST_RAM,
        .memory_size = GUEST_RAM_SIZE,
        .userspace_addr = (uintptr_t)vm->ram,
    };
    must(ioctl(vm->fd, KVM_SET_USER_MEMORY_REGION, &region), "KVM_SET_USER_MEMORY_REGION");
}

static void load_guest(struct vm *vm)
{
    const char *path = vm->gic == 3 ? "/guest-gicv3" : "/guest-gicv2";
    int fd = must(open(path, O_RDONLY | O_CLOEXEC), path);
    uint8_t *to = vm->ram + (GUEST_ENTRY - GUEST_RAM);
    size_t room = FRESH_FROM - (GUEST_ENTRY - GUEST_RAM);
    for (ssize_t n; (n = must((int)read(fd, to, room), path)) > 0;) {
        to += n;
        room -= (size_t)n;
    }
    close(fd);
    struct guest_boot boot = {
        .vcpu_count = vm->options.vcpu_count,
        .pcpu_count = vm->options.cpu_count,
        .ops = vm->options.ops,
    };
    memcpy(boot.rows, vm->options.rows, sizeof boot.rows);
    memcpy(vm->ram, &boot, sizeof boot);
}

void vm_create(struct vm *vm, const struct vmm_options *options)
{
    vm->options = *options;
    vm->exit_status = -1;
    vm->kvm = must(open("/dev/kvm", O_RDWR | O_CLOEXEC), "/dev/kvm");
    vm->fd = must(ioctl(vm->kvm, KVM_CREATE_VM, 0), "KVM_CREATE_VM");
    create_memory(vm);
    for (unsigned i = 0; i < options->vcpu_count; i++) {
        vcpu_create(vm, i);
    }
    create_vgic(vm);
    load_guest(vm);
}

void vm_report_dirty(const struct vm *vm)
{
    static uint8_t bitmap[GUEST_RAM_SIZE / PAGE / 8] __attribute__((aligned(8)));
    struct kvm_dirty_log log = {.slot = MEMORY_SLOT, .dirty_bitmap = bitmap};
    must(ioctl(vm->fd, KVM_GET_DIRTY_LOG, &log), "KVM_GET_DIRTY_LOG");
    unsigned all = 0, fresh = 0;
    for (unsigned page = 0; page < GUEST_RAM_SIZE / PAGE; page++) {
        unsigned dirty = bitmap[page / 8] >> page % 8 & 1;
        all += dirty;
        fresh += page >= FRESH_FROM / PAGE ? dirty : 0;
    }
    printf("vmm: dirty log: %u pages, %u of them of stage2-fault\n", all, fresh);
}
