#include "kvm/vgic_mmio.h"

u64 field_enable_get(struct vcpu *v, const struct virq *q, u32 intid)
{
    (void)v, (void)intid;
    return q->enabled;
}

void field_enable_set(struct vcpu *v, struct virq *q, u32 intid, u64 value)
{
    (void)v, (void)intid;
    q->enabled |= value;
}

void field_enable_clear(struct vcpu *v, struct virq *q, u32 intid, u64 value)
{
    (void)v;
    if (value && intid >= VGIC_SGIS) { /* SGIs are always enabled */
        q->enabled = false;
    }
}

u64 field_pending_get(struct vcpu *v, const struct virq *q, u32 intid)
{
    (void)v, (void)intid;
    return vgic_irq_pending(q);
}

void field_pending_set(struct vcpu *v, struct virq *q, u32 intid, u64 value)
{
    (void)v;
    if (value && intid >= VGIC_SGIS) {
        q->latch = true;
    }
}

void field_pending_clear(struct vcpu *v, struct virq *q, u32 intid, u64 value)
{
    (void)v;
    if (value && intid >= VGIC_SGIS) {
        q->latch = false;
    }
}

u64 field_active_get(struct vcpu *v, const struct virq *q, u32 intid)
{
    (void)v, (void)intid;
    return q->active;
}

void field_active_set(struct vcpu *v, struct virq *q, u32 intid, u64 value)
{
    (void)v, (void)intid;
    if (value) {
        q->holder = (u8)vgic_spi_vcpu(q);
        q->active = true;
    }
}

void field_active_clear(struct vcpu *v, struct virq *q, u32 intid, u64 value)
{
    (void)v, (void)intid;
    if (value) {
        q->active = false; /* if it is in a list register now, that tells at the exit */
    }
}

u64 field_priority_get(struct vcpu *v, const struct virq *q, u32 intid)
{
    (void)v, (void)intid;
    return q->priority;
}

void field_priority_set(struct vcpu *v, struct virq *q, u32 intid, u64 value)
{
    (void)v, (void)intid;
    q->priority = value & 0xf8; /* 32 levels, as list registers have */
}

u64 field_config_get(struct vcpu *v, const struct virq *q, u32 intid)
{
    (void)v, (void)intid;
    return q->edge ? 2 : 0;
}

void field_config_set(struct vcpu *v, struct virq *q, u32 intid, u64 value)
{
    (void)v;
    if (intid >= VGIC_SGIS) {
        q->edge = value & 2;
    }
}

static void access_field(struct vcpu *v, const struct vgic_reg *r, u32 offset, struct mmio *m)
{
    u32 first = (offset - r->offset) * 8 / r->bits;
    u32 count = m->len * 8 / r->bits;
    u64 mask = r->bits == 64 ? ~0UL : BIT(r->bits) - 1;
    u64 value = 0;
    for (u32 i = 0; i < count; i++) {
        struct virq *q = vgic_irq(v->vm, v, first + i);
        if (!q) {
            continue;
        }
        if (!m->is_write) {
            value |= (r->get ? r->get(v, q, first + i) & mask : 0) << (i * r->bits);
        } else if (r->set) {
            bool was_pending = vgic_irq_pending(q);
            r->set(v, q, first + i, m->value >> (i * r->bits) & mask);
            vgic_request(v->vm, v, first + i, q, !was_pending && vgic_irq_pending(q));
        }
    }
    if (!m->is_write) {
        m->value = value;
    }
}

static void access_word(struct vcpu *v, const struct vgic_reg *r, u32 offset, struct mmio *m)
{
    if (m->is_write) {
        if (r->set_word) {
            r->set_word(v, offset - r->offset, m->value);
        }
    } else {
        m->value = r->get_word ? r->get_word(v, offset - r->offset) : 0;
    }
}

void vgic_mmio_access(struct vcpu *v, const struct vgic_reg *rows, size_t count, u32 offset,
                      struct mmio *m)
{
    u64 flags = spin_lock_irqsave(&v->vm->vgic.lock);
    bool known = false;
    for (size_t i = 0; i < count && !known; i++) {
        const struct vgic_reg *r = &rows[i];
        if (offset < r->offset || offset - r->offset >= r->size || !(r->sizes & m->len)) {
            continue;
        }
        known = true;
        if (r->bits) {
            access_field(v, r, offset, m);
        } else {
            access_word(v, r, offset, m);
        }
    }
    if (!known && !m->is_write) {
        m->value = 0;
    }
    spin_unlock_irqrestore(&v->vm->vgic.lock, flags);
}
