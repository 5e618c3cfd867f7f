/* Messages between two VMs, so that the scheduler goes from one to the other. */
#include "abi/guest.h"
#include "kvm/vm.h"

static struct wait_queue parked_queue;

void vm_switch_init(void)
{
    wait_queue_init(&parked_queue);
}

void vm_switch_changed(void)
{
    wake_all(&parked_queue);
}

static bool is_parked(struct vm *vm, u64 unused)
{
    (void)unused;
    return READ_ONCE(vm->mailbox.parked) || READ_ONCE(vm->stopping);
}

void vm_wait_parked(unsigned id)
{
    wait_event(&parked_queue, vm_with(id, is_parked, 0));
}

/* False: it has no VCPU yet. */
static bool mail_deliver(struct vm *to, u64 message)
{
    if (to->vcpu_count == 0) {
        return false;
    }
    spin_lock(&to->mailbox.lock);
    to->mailbox.message = message;
    WRITE_ONCE(to->mailbox.full, true);
    spin_unlock(&to->mailbox.lock);
    vcpu_kick(to->vcpu[0]);
    return true;
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
    if (v->index != 0 || (posts && !vm_with(v->vm->id ^ 1, mail_deliver, vcpu_reg(v, 1)))) {
        vcpu_set_reg(v, 0, (u64)-1);
        return true;
    }
    if (function != HVC_SWITCH_DON) {
        result = mail_wait(v);
    }
    vcpu_set_reg(v, 0, result);
    return true;
}
