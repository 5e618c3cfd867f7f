/*
 * List registers in Xen's way: they stay in use across traps, and only those in use are looked at
 * when a guest traps. An interrupt is in one list register at most (virq.listed); a request that
 * comes meanwhile is merged or makes it pending again.
 */
#include "xen/hypervisor.h"

#include "a64.h"
#include "abi/board.h"
#include "arch/boot.h"
#include "kvm/gich.h"

#define GICH(offset) (KERNEL_BASE + BOARD_GICH + (offset))

#define LR_ID_MASK     0x3ff
#define LR_CPU_SHIFT   10
#define LR_EOI         (1u << 19)
#define LR_PRIO_SHIFT  23
#define LR_PENDING     (1u << 28)
#define LR_ACTIVE      (1u << 29)
#define VMCR_PMR_SHIFT 27
#define PRIO_SHIFT     3 /* 32 levels */

const char vgic_guest_gic[] = "gicv2";

unsigned vgic_hw_init(void)
{
    return (mmio_read32(GICH(GICH_VTR)) & 0x3f) + 1;
}

void vgic_hw_reset(struct vgic_hw_state *hw)
{
    *hw = (struct vgic_hw_state){.lr_count = vgic_lr_count};
}

static void hcr_underflow(bool on)
{
    u32 hcr = mmio_read32(GICH(GICH_HCR));
    mmio_write32(GICH(GICH_HCR), (u32)(on ? hcr | GICH_HCR_UIE : hcr & ~GICH_HCR_UIE));
}

/* The request is in the list register now. Xen 4.5 merges the senders of an SGI into one. */
static u32 take_request(struct virq *q)
{
    u32 source = q->sources ? (u32)__builtin_ctz(q->sources) : 0;
    q->latch = false;
    q->sources = 0;
    return source;
}

static void look_at_lr(struct vcpu *v, unsigned n)
{
    u64 lr_address = GICH(GICH_LR0) + 4 * n;
    u32 lr = mmio_read32(lr_address);
    u32 intid = lr & LR_ID_MASK;
    struct virq *q = vgic_irq(v->vm, v, intid);
    q->active = lr & LR_ACTIVE;
    if (!(lr & (LR_PENDING | LR_ACTIVE))) {
        mmio_write32(lr_address, 0);
        v->vgic.lr_used &= ~BIT(n);
        v->vgic.lr_pending &= ~BIT(n);
        q->listed = false;
    } else if (lr & LR_PENDING) {
        take_request(q);
    } else {
        v->vgic.lr_pending &= ~BIT(n);
        if (q->latch && vgic_deliverable(v->vm, q)) {
            take_request(q);
            v->vgic.lr_pending |= BIT(n);
            mmio_write32(lr_address, lr | LR_PENDING);
        }
    }
    if (intid < VGIC_PRIVATE) {
        vgic_update_on(v, q, intid);
    } else {
        vgic_update(v->vm, v, intid); /* another VCPU may be its target by now */
    }
}

void vgic_clear_lrs(struct vcpu *v)
{
    hcr_underflow(false);
    u64 flags = spin_lock_irqsave(&v->vm->vgic.lock);
    for (u64 left = v->vgic.lr_used; left; left &= left - 1) {
        look_at_lr(v, (unsigned)__builtin_ctzll(left));
    }
    spin_unlock_irqrestore(&v->vm->vgic.lock, flags);
}

/* The most urgent interrupt that waits for a list register; VGIC_IRQS: none. */
static u32 next_waiting(struct vcpu *v)
{
    u32 best = VGIC_IRQS;
    for (u64 left = v->vgic.candidates; left; left &= left - 1) {
        u32 n = (u32)__builtin_ctzll(left);
        const struct virq *q = vgic_irq(v->vm, v, n);
        if (q->listed || !vgic_deliverable(v->vm, q)) {
            continue;
        }
        if (best == VGIC_IRQS || q->priority < vgic_irq(v->vm, v, best)->priority) {
            best = n;
        }
    }
    return best;
}

static void list(struct vcpu *v, unsigned n, u32 intid)
{
    struct virq *q = vgic_irq(v->vm, v, intid);
    u32 lr = intid | LR_PENDING | (u32)(q->priority >> PRIO_SHIFT) << LR_PRIO_SHIFT;
    lr |= q->edge ? 0 : LR_EOI; /* a level: look again when the guest has completed it */
    lr |= take_request(q) << LR_CPU_SHIFT;
    mmio_write32(GICH(GICH_LR0) + 4 * n, lr);
    q->listed = true;
    q->holder = (u8)v->index;
    v->vgic.lr_used |= BIT(n);
    v->vgic.lr_pending |= BIT(n);
    vgic_update_on(v, q, intid);
}

void vgic_inject(struct vcpu *v)
{
    u64 all = BIT(vgic_lr_count) - 1;
    bool full = false;
    u64 flags = spin_lock_irqsave(&v->vm->vgic.lock);
    while (v->vgic.candidates && !full) {
        u32 intid = next_waiting(v);
        if (intid == VGIC_IRQS) {
            break;
        }
        u64 free = all & ~v->vgic.lr_used;
        full = free == 0;
        if (!full) {
            list(v, (unsigned)__builtin_ctzll(free), intid);
        }
    }
    spin_unlock_irqrestore(&v->vm->vgic.lock, flags);
    if (full) {
        hcr_underflow(true);
    }
}

/* Xen asks the virtual interface what the guest masks before it lets a WFI block. */
bool vgic_needs_delivery(struct vcpu *v)
{
    u32 apr = mmio_read32(GICH(GICH_APR));
    u32 mask = mmio_read32(GICH(GICH_VMCR)) >> VMCR_PMR_SHIFT;
    u32 active = apr ? (u32)__builtin_ctz(apr) : 32;
    u32 limit = mask < active ? mask : active;
    bool pending = false;
    u64 flags = spin_lock_irqsave(&v->vm->vgic.lock);
    for (u64 left = v->vgic.lr_pending; left && !pending; left &= left - 1) {
        u32 lr = mmio_read32(GICH(GICH_LR0) + 4 * (u64)__builtin_ctzll(left));
        pending = (lr >> LR_PRIO_SHIFT & 0x1f) < limit;
    }
    for (u64 left = v->vgic.candidates; left && !pending; left &= left - 1) {
        const struct virq *q = vgic_irq(v->vm, v, (u32)__builtin_ctzll(left));
        pending = vgic_deliverable(v->vm, q) && (u32)(q->priority >> PRIO_SHIFT) < limit;
    }
    spin_unlock_irqrestore(&v->vm->vgic.lock, flags);
    return pending;
}

void vgic_save_state(struct vcpu *v)
{
    struct vgic_hw_state *hw = &v->arch.vgic;
    for (u64 n = 0; n < hw->lr_count; n++) {
        hw->lr[n] = mmio_read32(GICH(GICH_LR0) + 4 * n);
    }
    hw->ap1r[0] = mmio_read32(GICH(GICH_APR));
    hw->vmcr = mmio_read32(GICH(GICH_VMCR));
    mmio_write32(GICH(GICH_HCR), 0);
    isb();
}

void vgic_restore_state(struct vcpu *v)
{
    const struct vgic_hw_state *hw = &v->arch.vgic;
    for (u64 n = 0; n < hw->lr_count; n++) {
        mmio_write32(GICH(GICH_LR0) + 4 * n, (u32)hw->lr[n]);
    }
    mmio_write32(GICH(GICH_APR), (u32)hw->ap1r[0]);
    mmio_write32(GICH(GICH_VMCR), (u32)hw->vmcr);
    mmio_write32(GICH(GICH_HCR), GICH_HCR_EN);
    isb();
    vgic_inject(v);
}
