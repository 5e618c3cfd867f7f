/* List registers are filled before each entry of a guest and emptied after each exit. */
#include "kvm/vm.h"

/* An SGI of GICv2 keeps its source in the list register while it is active; a second request waits
 * until it is completed. */
static struct vgic_lr lr_make(struct vm *vm, struct virq *q, u32 intid)
{
    struct vgic_lr lr = {
        .intid = intid,
        .source = VLR_NO_SOURCE,
        .priority = q->priority,
        .eoi = !q->edge && q->line, /* come back: the line may still ask then */
    };
    if (q->hw) { /* what is pending behind the active one the hardware itself keeps */
        lr.hw = true;
        lr.eoi = false;
        lr.state = q->active ? VLR_ACTIVE : vgic_deliverable(vm, q) ? VLR_PENDING : VLR_INVALID;
        q->lr_latch = q->latch && !q->active;
        q->latch = q->latch && q->active;
        return lr;
    }
    bool has_sources = q->sources != 0;
    if (q->active) {
        lr.state = VLR_ACTIVE;
        lr.source = q->active_source;
    }
    if (!vgic_deliverable(vm, q) || (q->active && has_sources)) {
        lr.eoi = lr.eoi || has_sources;
        return lr;
    }
    lr.state |= VLR_PENDING;
    q->lr_latch = q->latch;
    q->latch = false; /* it is in the list register now */
    if (has_sources) {
        lr.source = (u32)__builtin_ctz(q->sources);
        q->sources &= (u8)(q->sources - 1);
        q->latch = q->sources != 0;
        lr.eoi = q->latch; /* come back for the next source */
    }
    return lr;
}

static u32 most_urgent(struct vcpu *v, u64 candidates)
{
    u32 best = (u32)__builtin_ctzll(candidates);
    for (u64 left = candidates; left; left &= left - 1) {
        u32 n = (u32)__builtin_ctzll(left);
        if (vgic_irq(v->vm, v, n)->priority < vgic_irq(v->vm, v, best)->priority) {
            best = n;
        }
    }
    return best;
}

void vgic_flush(struct vcpu *v)
{
    u64 flags = spin_lock_irqsave(&v->vm->vgic.lock);
    u64 left = v->vgic.candidates;
    unsigned n = 0;
    while (left && n < vgic_lr_count) {
        u32 intid = most_urgent(v, left);
        struct virq *q = vgic_irq(v->vm, v, intid);
        left &= ~BIT(intid);
        q->listed = true;
        q->holder = (u8)v->index;
        vgic_hw_lr_set(&v->arch.vgic, n++, lr_make(v->vm, q, intid));
    }
    v->arch.vgic.used = n;
    vgic_hw_underflow(&v->arch.vgic, left != 0);
    spin_unlock_irqrestore(&v->vm->vgic.lock, flags);
}

static void lr_fold(struct vcpu *v, struct vgic_lr lr)
{
    struct virq *q = vgic_irq(v->vm, v, lr.intid);
    q->active = lr.state & VLR_ACTIVE;
    q->listed = false;
    if (lr.source != VLR_NO_SOURCE) {
        if (q->active) {
            q->active_source = (u8)lr.source;
        }
        if (lr.state & VLR_PENDING) {
            q->sources |= (u8)BIT(lr.source);
        }
    } else {
        q->active_source = VLR_NO_SOURCE;
    }
    if (q->lr_latch && (lr.state & VLR_PENDING)) {
        q->latch = true; /* not acknowledged yet */
    }
    q->lr_latch = false;
    if (lr.intid < VGIC_PRIVATE) {
        vgic_update_on(v, q, lr.intid);
    } else {
        vgic_update(v->vm, v, lr.intid); /* it may have been retargeted meanwhile */
    }
}

void vgic_sync(struct vcpu *v)
{
    u64 flags = spin_lock_irqsave(&v->vm->vgic.lock);
    for (unsigned n = 0; n < v->arch.vgic.used; n++) {
        lr_fold(v, vgic_hw_lr_get(&v->arch.vgic, n));
        vgic_hw_lr_set(&v->arch.vgic, n, (struct vgic_lr){.state = VLR_INVALID});
    }
    v->arch.vgic.used = 0;
    spin_unlock_irqrestore(&v->vm->vgic.lock, flags);
}
