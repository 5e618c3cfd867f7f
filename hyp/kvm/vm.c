/* Virtual machines as objects: made and destroyed for a process. */
#include "kvm/vm.h"

#include "a64.h"
#include "abi/board.h"
#include "abi/guest.h"
#include "kernel/irq.h"
#include "kernel/page.h"
#include "kernel/panic.h"

#define IPA_END BIT(40)

static struct vm *vms[VM_MAX];
static struct spinlock vms_lock; /* a VM found under it stays while it is held */
static unsigned lr_count;
static struct wait_queue parked_queue;

void kvm_init(void)
{
    wait_queue_init(&parked_queue);
    world_init();
    lr_count = vgic_init();
}

/* Both interrupts only make a guest exit: by the time the host can take them the world switch has
 * silenced their source. */
void kvm_init_cpu(void)
{
    world_init_cpu();
    gic_enable_ppi(INTID_VTIMER);
    gic_enable_ppi(INTID_MAINTENANCE);
}

unsigned kvm_lr_count(void)
{
    return lr_count;
}

static struct vm *vm_find(unsigned id)
{
    return id < VM_MAX ? READ_ONCE(vms[id]) : NULL;
}

int vm_create(struct process *owner, unsigned id)
{
    if (id >= VM_MAX || vm_find(id)) {
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
    dmb(ish);
    WRITE_ONCE(vms[id], vm);
    wake_all(&parked_queue);
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

int vm_create_iodev(struct vm *vm, u64 ipa, u32 intid, unsigned cpu)
{
    return iodev_create(vm, ipa, intid, cpu);
}

void vm_shutdown(struct vm *vm)
{
    WRITE_ONCE(vm->stopping, true);
    for (unsigned i = 0; i < vm->vcpu_count; i++) {
        vcpu_kick(vm->vcpu[i]);
    }
    wake_all(&parked_queue);
}

void vm_destroy(struct vm *vm)
{
    u64 flags = spin_lock_irqsave(&vms_lock);
    WRITE_ONCE(vms[vm->id], NULL);
    spin_unlock_irqrestore(&vms_lock, flags);
    vm->owner->vm = NULL;
    iodev_destroy(vm);
    stage2_destroy(vm);
    for (unsigned i = 0; i < vm->vcpu_count; i++) {
        page_free(vm->vcpu[i]->run, 0);
        page_free(vm->vcpu[i], 0);
    }
    page_free(vm, 0);
}

static bool is_parked(unsigned id)
{
    u64 flags = spin_lock_irqsave(&vms_lock);
    struct vm *vm = vm_find(id);
    bool parked = vm && (READ_ONCE(vm->mailbox.parked) || READ_ONCE(vm->stopping));
    spin_unlock_irqrestore(&vms_lock, flags);
    return parked;
}

void vm_wait_parked(unsigned id)
{
    wait_event(&parked_queue, is_parked(id));
}

/* --- VM switch: messages between two VMs, so that the scheduler goes from one to the other --- */

/* False: there is no such VM, or it has no VCPU yet. */
static bool mail_post(unsigned vm_id, u64 message)
{
    u64 flags = spin_lock_irqsave(&vms_lock);
    struct vm *to = vm_find(vm_id);
    bool found = to && to->vcpu_count > 0;
    if (found) {
        spin_lock(&to->mailbox.lock);
        to->mailbox.message = message;
        WRITE_ONCE(to->mailbox.full, true);
        spin_unlock(&to->mailbox.lock);
        vcpu_kick(to->vcpu[0]);
    }
    spin_unlock_irqrestore(&vms_lock, flags);
    return found;
}

static u64 mail_wait(struct vcpu *v)
{
    struct vm *vm = v->vm;
    if (!READ_ONCE(vm->mailbox.parked)) {
        WRITE_ONCE(vm->mailbox.parked, true);
        wake_all(&parked_queue);
    }
    wait_event(&v->wait, READ_ONCE(vm->mailbox.full) || READ_ONCE(vm->stopping));
    u64 flags = spin_lock_irqsave(&vm->mailbox.lock);
    u64 message = vm->mailbox.message;
    WRITE_ONCE(vm->mailbox.full, false);
    spin_unlock_irqrestore(&vm->mailbox.lock, flags);
    return message;
}

bool vm_switch_call(struct vcpu *v)
{
    u32 function = (u32)vcpu_reg(v, 0);
    if (function != HVC_SWITCH_SND && function != HVC_SWITCH_RCV && function != HVC_SWITCH_DON) {
        return false;
    }
    u64 result = 0;
    bool posts = function != HVC_SWITCH_RCV;
    if (v->index != 0 || (posts && !mail_post(v->vm->id ^ 1, vcpu_reg(v, 1)))) {
        vcpu_set_reg(v, 0, (u64)-1);
        return true;
    }
    if (function != HVC_SWITCH_DON) {
        result = mail_wait(v);
    }
    vcpu_set_reg(v, 0, result);
    return true;
}
