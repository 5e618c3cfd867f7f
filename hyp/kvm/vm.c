/* Virtual machines as objects: made and destroyed for a process. */
#include "kvm/vm.h"

#include "a64.h"
#include "abi/guest.h"
#include "kernel/boot.h"
#include "kernel/bootargs.h"
#include "kernel/page.h"
#include "kernel/panic.h"

#define IPA_END BIT(40)

static unsigned lr_count;

void kvm_init(void)
{
    vm_switch_init();
    world_init();
    state_init();
    vcpus_init();
    vmid_limit(bootargs_number(kernel_board()->bootargs, "vmids"));
    lr_count = vgic_init();
}

void kvm_init_cpu(void)
{
    world_init_cpu();
    vtimer_init_cpu();
    vgic_init_cpu();
}

unsigned kvm_lr_count(void)
{
    return lr_count;
}

unsigned kvm_guest_gic(void)
{
    return vgic_guest_version;
}

u32 kvm_guest_timer(void)
{
    return vtimer_guest_intid;
}

int vm_create(struct process *owner, unsigned id)
{
    if (id >= VM_MAX || vm_exists(id)) {
        return -1;
    }
    struct vm *vm = page_alloc(0);
    _Static_assert(sizeof(*vm) <= PAGE_SIZE, "a VM is one page");
    vm->id = id;
    vm->owner = owner;
    vm->arch.cntvoff = timer_now_ticks(); /* the guest's time begins now */
    stage2_init_vm(vm);
    vgic_init_vm(vm);
    owner->vm = vm;
    vm_publish(vm);
    vm_switch_changed();
    return 0;
}

int vm_set_memory(struct vm *vm, u64 ipa, u64 user_va, u64 size)
{
    if ((ipa | user_va | size) % PAGE_SIZE || ipa >= IPA_END || size > IPA_END - ipa) {
        return -1;
    }
    u64 flags = spin_lock_irqsave(&vm->mmu_lock);
    int result = -1;
    if (vm->slot_count < MEMSLOT_MAX && process_add_region(vm->owner, user_va, size) == 0) {
        vm->slot[vm->slot_count] = (struct memslot){ipa, size, user_va};
        dmb(ishst); /* a fault that sees the count sees the slot */
        WRITE_ONCE(vm->slot_count, vm->slot_count + 1);
        result = 0;
    }
    spin_unlock_irqrestore(&vm->mmu_lock, flags);
    return result;
}

void *vm_memory(struct vm *vm, u64 ipa)
{
    for (unsigned i = 0; i < READ_ONCE(vm->slot_count); i++) {
        const struct memslot *s = &vm->slot[i];
        if (ipa >= s->ipa && ipa - s->ipa < s->size) {
            return process_page(vm->owner, s->user_va + (ipa - s->ipa));
        }
    }
    return NULL;
}

int vm_create_iodev(struct vm *vm, u64 ipa, u32 intid, unsigned cpu)
{
    return iodev_create(vm, ipa, intid, cpu);
}

int vm_create_net(struct vm *vm, unsigned index, u64 ipa, u32 intid)
{
    return vhost_create(vm, index, ipa, intid);
}

int vm_set_irq(struct vm *vm, u32 intid, bool level)
{
    if (intid < VGIC_PRIVATE || intid >= VGIC_IRQS) {
        return -1;
    }
    vgic_set_line(vm, NULL, intid, level);
    return 0;
}

void vm_shutdown(struct vm *vm, u32 reason)
{
    WRITE_ONCE(vm->stop_reason, reason);
    dmb(ishst); /* who sees that it stops sees why */
    WRITE_ONCE(vm->stopping, true);
    for (unsigned i = 0; i < vm->vcpu_count; i++) {
        vcpu_kick(vm->vcpu[i]);
    }
    vgic_stop(vm);
    vm_switch_changed();
}

void vm_destroy(struct vm *vm)
{
    iodev_destroy(vm); /* where it is Xen's, other VMs are told: they can be found, and find us */
    vm_withdraw(vm);
    vm->owner->vm = NULL;
    vhost_destroy(vm);
    stage2_destroy(vm);
    for (unsigned i = 0; i < vm->vcpu_count; i++) {
        page_free(vm->vcpu[i]->run, 0);
        page_free(vm->vcpu[i], 0);
    }
    page_free(vm, 0);
}
