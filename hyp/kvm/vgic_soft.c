/*
 * No virtual GIC, the kernel emulates all of one: distributor and CPU interface trap, and an
 * interrupt line that is up is HCR_EL2.VI at the next entry.
 */
#include "emul/gicv2.h"
#include "kvm/vm.h"

_Static_assert(VCPU_MAX <= SOFT_GIC_CPUS, "a CPU interface for each VCPU");

/* By VM, under its vgic.lock. */
static struct soft_gic gics[VM_MAX];

const unsigned vgic_guest_version = 2;

unsigned vgic_init(void)
{
    return 0;
}

void vgic_init_cpu(void)
{
}

void vgic_init_vm(struct vm *vm)
{
    soft_gic_init(&gics[vm->id]);
}

/* VCPUs are made in the order of their numbers. */
void vgic_init_vcpu(struct vcpu *v)
{
    u64 flags = spin_lock_irqsave(&v->vm->vgic.lock);
    soft_gic_add_cpu(&gics[v->vm->id]);
    spin_unlock_irqrestore(&v->vm->vgic.lock, flags);
}

/* The lock is held. Who runs with the wrong line is made to come back. */
static void update(struct vm *vm)
{
    for (unsigned i = 0; i < vm->vcpu_count; i++) {
        struct vcpu *v = vm->vcpu[i];
        u64 lines = soft_gic_irq(&gics[vm->id], i) ? HCR_VI : 0;
        if (lines != v->arch.irq_lines) {
            WRITE_ONCE(v->arch.irq_lines, lines);
            vcpu_kick(v);
        }
    }
}

void vgic_set_line(struct vm *vm, struct vcpu *v, u32 intid, bool level)
{
    u64 flags = spin_lock_irqsave(&vm->vgic.lock);
    soft_gic_set_line(&gics[vm->id], v ? v->index : 0, intid, level);
    update(vm);
    spin_unlock_irqrestore(&vm->vgic.lock, flags);
}

/* The guest has made it an edge: its latch holds it. */
void vgic_pulse(struct vm *vm, struct vcpu *v, u32 intid)
{
    vgic_set_line(vm, v, intid, true);
    vgic_set_line(vm, v, intid, false);
}

void vgic_flush(struct vcpu *v)
{
    (void)v; /* irq_lines is what it should be */
}

void vgic_sync(struct vcpu *v)
{
    (void)v;
}

bool vgic_pending(struct vcpu *v)
{
    return READ_ONCE(v->arch.irq_lines) != 0;
}

void vgic_stop(struct vm *vm)
{
    (void)vm;
}

bool vgic_guest_mmio(struct vcpu *v, struct mmio *m)
{
    struct vm *vm = v->vm;
    u64 flags = spin_lock_irqsave(&vm->vgic.lock);
    bool mine = soft_gic_access(&gics[vm->id], v->index, m->ipa, m->len, m->is_write, &m->value);
    if (mine) {
        update(vm);
    }
    spin_unlock_irqrestore(&vm->vgic.lock, flags);
    return mine;
}

bool vgic_guest_sysreg(struct vcpu *v, u64 reg, bool is_write, u64 *value)
{
    (void)v, (void)reg, (void)is_write, (void)value;
    return false; /* GICv2 has none */
}
