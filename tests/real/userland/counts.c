/* The least VMM that counts what KVM's exits cost: one VCPU, its memory, a vGIC. */
#include "tests/real/userland/counts.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tests/real/userland/userland.h"
#include "workloads/linux/guest_ram.h"

extern const uint8_t counts_guest[], counts_guest_end[]; /* counts_image.S */

static const struct {
    const char *name;
    unsigned ops;
} rows[COUNTS_ROWS] = {
    {"loop", COUNTS_OPS},        {"hypercall", COUNTS_OPS},    {"id-register", COUNTS_OPS},
    {"gic-read", COUNTS_OPS},    {"stage2-fault", COUNTS_OPS}, {"mmio-user", COUNTS_OPS},
    {"timer", COUNTS_TIMER_OPS},
};

struct vm {
    int kvm, fd, vcpu;
    uint8_t *ram;
    struct kvm_run *run;
};

static bool fail(const char *what)
{
    printf("counts: %s: %s\n", what, strerror(errno));
    return false;
}

/* The fresh pages are there in our memory, so that only stage 2 lacks them. */
static bool make_memory(struct vm *vm)
{
    vm->ram = guest_ram_map(COUNTS_RAM_SIZE);
    if (vm->ram == MAP_FAILED) {
        return fail("memory");
    }
    for (size_t i = 0; i < COUNTS_FRESH_BYTES; i += 4096) {
        vm->ram[COUNTS_FRESH - COUNTS_RAM + i] = 1;
    }
    memcpy(vm->ram, counts_guest, (size_t)(counts_guest_end - counts_guest));
    struct kvm_userspace_memory_region region = {.guest_phys_addr = COUNTS_RAM,
                                                 .memory_size = COUNTS_RAM_SIZE,
                                                 .userspace_addr = (uintptr_t)vm->ram};
    return ioctl(vm->fd, KVM_SET_USER_MEMORY_REGION, &region) == 0 || fail("memory slot");
}

static bool set_gic(int fd, uint32_t group, uint64_t attribute, uint64_t value)
{
    struct kvm_device_attr a = {.group = group, .attr = attribute, .addr = (uintptr_t)&value};
    return ioctl(fd, KVM_SET_DEVICE_ATTR, &a) == 0 || fail("vgic attribute");
}

static bool make_gic(const struct vm *vm, unsigned version)
{
    bool v3 = version == 3;
    struct kvm_create_device device = {.type = v3 ? KVM_DEV_TYPE_ARM_VGIC_V3
                                                  : KVM_DEV_TYPE_ARM_VGIC_V2};
    if (ioctl(vm->fd, KVM_CREATE_DEVICE, &device) != 0) {
        return fail("vgic");
    }
    int fd = (int)device.fd;
    return set_gic(fd, KVM_DEV_ARM_VGIC_GRP_ADDR,
                   v3 ? KVM_VGIC_V3_ADDR_TYPE_DIST : KVM_VGIC_V2_ADDR_TYPE_DIST, COUNTS_GICD) &&
           set_gic(fd, KVM_DEV_ARM_VGIC_GRP_ADDR,
                   v3 ? KVM_VGIC_V3_ADDR_TYPE_REDIST : KVM_VGIC_V2_ADDR_TYPE_CPU,
                   v3 ? COUNTS_GICR : COUNTS_GICC) &&
           set_gic(fd, KVM_DEV_ARM_VGIC_GRP_CTRL, KVM_DEV_ARM_VGIC_CTRL_INIT, 0);
}

static bool make_vcpu(struct vm *vm)
{
    struct kvm_vcpu_init init = {.target = 0};
    uint64_t entry = COUNTS_RAM;
    struct kvm_one_reg pc = {.id = KVM_REG_ARM64 | KVM_REG_SIZE_U64 | KVM_REG_ARM_CORE |
                                   KVM_REG_ARM_CORE_REG(regs.pc),
                             .addr = (uintptr_t)&entry};
    vm->vcpu = ioctl(vm->fd, KVM_CREATE_VCPU, 0);
    if (vm->vcpu < 0 || ioctl(vm->fd, KVM_ARM_PREFERRED_TARGET, &init) != 0) {
        return fail("vcpu");
    }
    init.features[0] |= 1u << KVM_ARM_VCPU_PSCI_0_2;
    if (ioctl(vm->vcpu, KVM_ARM_VCPU_INIT, &init) != 0 ||
        ioctl(vm->vcpu, KVM_SET_ONE_REG, &pc) != 0) {
        return fail("registers");
    }
    int size = ioctl(vm->kvm, KVM_GET_VCPU_MMAP_SIZE, 0);
    vm->run = mmap(NULL, (size_t)size, PROT_READ | PROT_WRITE, MAP_SHARED, vm->vcpu, 0);
    return vm->run != MAP_FAILED || fail("kvm_run");
}

/* Until the guest turns its machine off; false when it wants what there is not. */
static bool run(const struct vm *vm)
{
    for (;;) {
        if (ioctl(vm->vcpu, KVM_RUN, 0) != 0 && errno != EINTR) {
            return fail("KVM_RUN");
        }
        if (vm->run->exit_reason == KVM_EXIT_SYSTEM_EVENT) {
            return true;
        }
        if (vm->run->exit_reason != KVM_EXIT_MMIO || vm->run->mmio.phys_addr != COUNTS_DEVICE) {
            printf("counts: exit reason %u\n", vm->run->exit_reason);
            return false;
        }
    }
}

/* "count ROW OPS TICKS TICKS ...": of each batch. */
static void print_ticks(const uint64_t *ticks, unsigned batches)
{
    for (unsigned row = 0; row < COUNTS_ROWS; row++) {
        printf("count %s %u", rows[row].name, rows[row].ops);
        for (unsigned batch = 0; batch < batches; batch++) {
            printf(" %llu", (unsigned long long)*ticks++);
        }
        printf("\n");
    }
}

bool counts_run(unsigned gic, unsigned batches)
{
    struct vm vm = {.kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC)};
    vm.fd = vm.kvm < 0 ? -1 : ioctl(vm.kvm, KVM_CREATE_VM, 0);
    if (vm.fd < 0) {
        return fail("/dev/kvm");
    }
    if (!make_memory(&vm) || !make_vcpu(&vm) || !make_gic(&vm, gic)) {
        return false;
    }
    uint8_t *parameter = vm.ram + (COUNTS_PARAMETER - COUNTS_RAM);
    uint64_t version = gic, count = batches, error, done;
    memcpy(parameter + COUNTS_AT_GIC, &version, sizeof version);
    memcpy(parameter + COUNTS_AT_BATCHES, &count, sizeof count);
    if (!run(&vm)) {
        return false;
    }
    memcpy(&error, parameter + COUNTS_AT_ERROR, sizeof error);
    memcpy(&done, parameter + COUNTS_AT_DONE, sizeof done);
    if (error != 0 || done != 1) {
        printf("counts: exception in the guest, ESR %#llx\n", (unsigned long long)error);
        return false;
    }
    print_ticks((const uint64_t *)(const void *)(parameter + COUNTS_AT_TICKS), batches);
    return true;
}
