/* Which virtual machines there are. */
#include "kvm/vm.h"

static struct vm *vms[VM_MAX];
static struct spinlock vms_lock;

bool vm_exists(unsigned id)
{
    return id < VM_MAX && READ_ONCE(vms[id]);
}

void vm_publish(struct vm *vm)
{
    dmb(ish); /* who finds it finds it complete */
    WRITE_ONCE(vms[vm->id], vm);
}

void vm_withdraw(struct vm *vm)
{
    u64 flags = spin_lock_irqsave(&vms_lock);
    WRITE_ONCE(vms[vm->id], NULL);
    spin_unlock_irqrestore(&vms_lock, flags);
}

bool vm_with(unsigned id, bool (*fn)(struct vm *vm, u64 argument), u64 argument)
{
    u64 flags = spin_lock_irqsave(&vms_lock);
    struct vm *vm = id < VM_MAX ? vms[id] : NULL;
    bool result = vm && fn(vm, argument);
    spin_unlock_irqrestore(&vms_lock, flags);
    return result;
}
