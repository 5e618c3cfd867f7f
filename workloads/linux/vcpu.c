/* VCPUs, a thread each. */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include "vmm.h"

static void set_register(const struct vcpu *vcpu, uint64_t id, uint64_t value)
{
    struct kvm_one_reg reg = {.id = KVM_REG_ARM64 | KVM_REG_SIZE_U64 | KVM_REG_ARM_CORE | id,
                              .addr = (uintptr_t)&value};
    must(ioctl(vcpu->fd, KVM_SET_ONE_REG, &reg), "KVM_SET_ONE_REG");
}

/* The others wait for PSCI CPU_ON. */
void vcpu_create(struct vm *vm, unsigned index)
{
    struct vcpu *vcpu = &vm->vcpus[index];
    struct kvm_vcpu_init init = {.target = 0};
    vcpu->vm = vm;
    vcpu->index = index;
    vcpu->fd = must(ioctl(vm->fd, KVM_CREATE_VCPU, index), "KVM_CREATE_VCPU");
    must(ioctl(vm->fd, KVM_ARM_PREFERRED_TARGET, &init), "KVM_ARM_PREFERRED_TARGET");
    init.features[0] |= 1u << KVM_ARM_VCPU_PSCI_0_2;
    init.features[0] |= index != 0 ? 1u << KVM_ARM_VCPU_POWER_OFF : 0;
    must(ioctl(vcpu->fd, KVM_ARM_VCPU_INIT, &init), "KVM_ARM_VCPU_INIT");
    int size = must(ioctl(vm->kvm, KVM_GET_VCPU_MMAP_SIZE, 0), "KVM_GET_VCPU_MMAP_SIZE");
    vcpu->run = mmap(NULL, (size_t)size, PROT_READ | PROT_WRITE, MAP_SHARED, vcpu->fd, 0);
    if (vcpu->run == MAP_FAILED) {
        vmm_fail("kvm_run");
    }
    if (index == 0) {
        set_register(vcpu, KVM_REG_ARM_CORE_REG(regs.pc), GUEST_ENTRY);
        set_register(vcpu, KVM_REG_ARM_CORE_REG(regs.regs[0]), GUEST_RAM);
    }
}

/* Until the VM is off. */
static void run(struct vcpu *vcpu)
{
    pin_to_cpu(vcpu->index);
    for (;;) {
        if (ioctl(vcpu->fd, KVM_RUN, 0) != 0 && errno != EINTR) {
            vmm_fail("KVM_RUN");
        }
        switch (vcpu->run->exit_reason) {
        case KVM_EXIT_MMIO:
            device_access(vcpu->vm, vcpu->run);
            break;
        case KVM_EXIT_SYSTEM_EVENT:
            return;
        case KVM_EXIT_INTR:
            break;
        default:
            printf("vmm: vcpu %u: exit reason %u\n", vcpu->index, vcpu->run->exit_reason);
            errno = ENOTSUP;
            vmm_fail("KVM_RUN");
        }
    }
}

static void *thread(void *vcpu)
{
    run(vcpu);
    return NULL;
}

/* VCPU 0 is this thread, and the one whose guest ends. */
void vm_run(struct vm *vm)
{
    for (unsigned i = 1; i < vm->options.vcpu_count; i++) {
        pthread_t id;
        errno = pthread_create(&id, NULL, thread, &vm->vcpus[i]);
        if (errno != 0) {
            vmm_fail("pthread_create");
        }
    }
    run(&vm->vcpus[0]);
}
