#include "kvm/vgic.h"

#include "a64.h"
#include "abi/board.h"
#include "kernel/irq.h"
#include "kvm/vm.h"

unsigned vgic_lr_count;

unsigned vgic_init(void)
{
    vgic_lr_count = vgic_hw_init();
    if (vgic_lr_count > VGIC_LR_MAX) {
        vgic_lr_count = VGIC_LR_MAX;
    }
    return vgic_lr_count;
}

/* It only makes a guest exit: by the time the host can take it the world switch has silenced its
 * source. */
void vgic_init_cpu(void)
{
    gic_enable_ppi(INTID_MAINTENANCE);
}

void vgic_stop(struct vm *vm)
{
    (void)vm;
}

void vgic_init_vm(struct vm *vm)
{
    vgic_guest_init_vm(vm);
}

void vgic_init_vcpu(struct vcpu *v)
{
    vgic_hw_reset(&v->arch.vgic);
    for (u32 i = 0; i < VGIC_SGIS; i++) {
        v->vgic.irq[i].enabled = true;
        v->vgic.irq[i].edge = true;
    }
    /* The timer's interrupt is raised once for each expiry, with the timer masked: an edge, unless
     * the guest says otherwise. Where it is the physical one that the guest deactivates, it is the
     * level that it is there. */
    v->vgic.irq[INTID_VTIMER].edge = !vtimer_is_hw();
    v->vgic.irq[INTID_VTIMER].hw = vtimer_is_hw();
}

struct virq *vgic_irq(struct vm *vm, struct vcpu *v, u32 intid)
{
    if (intid < VGIC_PRIVATE) {
        return v ? &v->vgic.irq[intid] : NULL;
    }
    return intid < VGIC_IRQS ? &vm->vgic.spi[intid - VGIC_PRIVATE] : NULL;
}

bool vgic_irq_pending(const struct virq *q)
{
    return q->latch || (!q->edge && q->line);
}

bool vgic_deliverable(const struct vm *vm, const struct virq *q)
{
    return vm->vgic.enabled && q->enabled && vgic_irq_pending(q);
}

/* It moves to another target when the one that has it is done with it. */
unsigned vgic_spi_vcpu(const struct virq *q)
{
    return q->listed || q->active ? q->holder : q->target;
}

bool vgic_update_on(struct vcpu *v, const struct virq *q, u32 intid)
{
    u64 old = v->vgic.candidates;
    bool mine = intid < VGIC_PRIVATE || vgic_spi_vcpu(q) == v->index;
    if (mine && (q->active || vgic_deliverable(v->vm, q))) {
        v->vgic.candidates |= BIT(intid);
    } else {
        v->vgic.candidates &= ~BIT(intid);
    }
    return mine && vgic_deliverable(v->vm, q) && old != v->vgic.candidates;
}

bool vgic_update(struct vm *vm, struct vcpu *v, u32 intid)
{
    const struct virq *q = vgic_irq(vm, v, intid);
    bool woken = false;
    if (intid < VGIC_PRIVATE) {
        woken = vgic_update_on(v, q, intid);
        if (woken) {
            vcpu_kick(v);
        }
        return woken;
    }
    for (unsigned i = 0; i < vm->vcpu_count; i++) {
        if (vgic_update_on(vm->vcpu[i], q, intid)) {
            vcpu_kick(vm->vcpu[i]);
            woken = true;
        }
    }
    return woken;
}

void vgic_update_all(struct vm *vm)
{
    for (u32 intid = VGIC_PRIVATE; intid < VGIC_IRQS; intid++) {
        vgic_update(vm, NULL, intid);
    }
    for (unsigned i = 0; i < vm->vcpu_count; i++) {
        for (u32 intid = 0; intid < VGIC_PRIVATE; intid++) {
            vgic_update(vm, vm->vcpu[i], intid);
        }
    }
}

void vgic_send_sgi(struct vcpu *to, u32 sgi, u8 sources)
{
    struct virq *q = &to->vgic.irq[sgi];
    q->latch = true;
    q->sources |= sources;
    vgic_update(to->vm, to, sgi);
    vcpu_kick(to); /* also if it was a candidate already, active: this request is new */
}

void vgic_request(struct vm *vm, struct vcpu *v, u32 intid, const struct virq *q, bool is_new)
{
    if (!vgic_update(vm, v, intid) && is_new && vgic_deliverable(vm, q)) {
        vcpu_kick(intid < VGIC_PRIVATE ? v : vm->vcpu[vgic_spi_vcpu(q)]);
    }
}

void vgic_set_line(struct vm *vm, struct vcpu *v, u32 intid, bool level)
{
    u64 flags = spin_lock_irqsave(&vm->vgic.lock);
    struct virq *q = vgic_irq(vm, v, intid);
    if (q) {
        bool rising = level && !q->line;
        if (q->edge && rising) {
            q->latch = true;
        }
        q->line = level;
        vgic_request(vm, v, intid, q, rising);
    }
    spin_unlock_irqrestore(&vm->vgic.lock, flags);
}

void vgic_pulse(struct vm *vm, struct vcpu *v, u32 intid)
{
    u64 flags = spin_lock_irqsave(&vm->vgic.lock);
    struct virq *q = vgic_irq(vm, v, intid);
    if (q) {
        bool is_new = !q->latch;
        q->latch = true;
        vgic_request(vm, v, intid, q, is_new);
    }
    spin_unlock_irqrestore(&vm->vgic.lock, flags);
}

bool vgic_pending(struct vcpu *v)
{
    bool pending = false;
    u64 flags = spin_lock_irqsave(&v->vm->vgic.lock);
    for (u64 left = v->vgic.candidates; left && !pending; left &= left - 1) {
        pending = vgic_deliverable(v->vm, vgic_irq(v->vm, v, (u32)__builtin_ctzll(left)));
    }
    spin_unlock_irqrestore(&v->vm->vgic.lock, flags);
    return pending;
}
