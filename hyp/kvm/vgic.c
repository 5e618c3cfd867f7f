#include "kvm/vgic.h"

#include "a64.h"
#include "abi/board.h"
#include "kvm/vm.h"

static unsigned lr_count;

unsigned vgic_init(void)
{
    lr_count = vgic_hw_init();
    if (lr_count > VGIC_LR_MAX) {
        lr_count = VGIC_LR_MAX;
    }
    return lr_count;
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
    /* The timer's interrupt is raised once for each expiry, with the timer masked: an edge. */
    v->vgic.irq[INTID_VTIMER].edge = true;
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

static bool deliverable(const struct vm *vm, const struct virq *q)
{
    return vm->vgic.enabled && q->enabled && vgic_irq_pending(q);
}

/* Recomputes the candidate bit on v. True: it has just become worth a look. */
static bool update_on(struct vcpu *v, const struct virq *q, u32 intid)
{
    u64 old = v->vgic.candidates;
    bool mine = intid < VGIC_PRIVATE || q->target == v->index;
    if (mine && (q->active || deliverable(v->vm, q))) {
        v->vgic.candidates |= BIT(intid);
    } else {
        v->vgic.candidates &= ~BIT(intid);
    }
    return mine && deliverable(v->vm, q) && old != v->vgic.candidates;
}

void vgic_update(struct vm *vm, struct vcpu *v, u32 intid)
{
    const struct virq *q = vgic_irq(vm, v, intid);
    if (intid < VGIC_PRIVATE) {
        if (update_on(v, q, intid)) {
            vcpu_kick(v);
        }
        return;
    }
    for (unsigned i = 0; i < vm->vcpu_count; i++) {
        if (update_on(vm->vcpu[i], q, intid)) {
            vcpu_kick(vm->vcpu[i]);
        }
    }
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

void vgic_set_line(struct vm *vm, struct vcpu *v, u32 intid, bool level)
{
    u64 flags = spin_lock_irqsave(&vm->vgic.lock);
    struct virq *q = vgic_irq(vm, v, intid);
    if (q) {
        if (q->edge && level && !q->line) {
            q->latch = true;
        }
        q->line = level;
        vgic_update(vm, v, intid);
    }
    spin_unlock_irqrestore(&vm->vgic.lock, flags);
}

void vgic_pulse(struct vm *vm, struct vcpu *v, u32 intid)
{
    vgic_set_line(vm, v, intid, true);
    vgic_set_line(vm, v, intid, false);
}

bool vgic_pending(struct vcpu *v)
{
    bool pending = false;
    u64 flags = spin_lock_irqsave(&v->vm->vgic.lock);
    for (u64 left = v->vgic.candidates; left && !pending; left &= left - 1) {
        pending = deliverable(v->vm, vgic_irq(v->vm, v, (u32)__builtin_ctzll(left)));
    }
    spin_unlock_irqrestore(&v->vm->vgic.lock, flags);
    return pending;
}

/* An SGI of GICv2 keeps its source in the list register while it is active; a second request waits
 * until it is completed. */
static struct vgic_lr lr_make(struct vm *vm, struct virq *q, u32 intid)
{
    struct vgic_lr lr = {
        .intid = intid, .source = VLR_NO_SOURCE, .priority = q->priority, .eoi = !q->edge};
    bool has_sources = q->sources != 0;
    if (q->active) {
        lr.state = VLR_ACTIVE;
        lr.source = q->active_source;
    }
    if (!deliverable(vm, q) || (q->active && has_sources)) {
        lr.eoi = lr.eoi || has_sources;
        return lr;
    }
    lr.state |= VLR_PENDING;
    if (q->edge) {
        q->latch = false; /* it is in the list register now */
    }
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
    while (left && n < lr_count) {
        u32 intid = most_urgent(v, left);
        left &= ~BIT(intid);
        vgic_hw_lr_set(&v->arch.vgic, n++, lr_make(v->vm, vgic_irq(v->vm, v, intid), intid));
    }
    v->vgic.used_lrs = n;
    vgic_hw_underflow(&v->arch.vgic, left != 0);
    spin_unlock_irqrestore(&v->vm->vgic.lock, flags);
}

static void lr_fold(struct vcpu *v, struct vgic_lr lr)
{
    struct virq *q = vgic_irq(v->vm, v, lr.intid);
    q->active = lr.state & VLR_ACTIVE;
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
    if (q->edge && (lr.state & VLR_PENDING)) {
        q->latch = true;
    } else if (!q->edge && !(lr.state & VLR_PENDING)) {
        q->latch = false; /* what ISPENDR set is consumed by the acknowledge */
    }
    if (lr.intid < VGIC_PRIVATE) {
        update_on(v, q, lr.intid);
    } else {
        vgic_update(v->vm, v, lr.intid); /* it may have been retargeted meanwhile */
    }
}

void vgic_sync(struct vcpu *v)
{
    u64 flags = spin_lock_irqsave(&v->vm->vgic.lock);
    for (unsigned n = 0; n < v->vgic.used_lrs; n++) {
        lr_fold(v, vgic_hw_lr_get(&v->arch.vgic, n));
        vgic_hw_lr_set(&v->arch.vgic, n, (struct vgic_lr){.state = VLR_INVALID});
    }
    v->vgic.used_lrs = 0;
    spin_unlock_irqrestore(&v->vm->vgic.lock, flags);
}
