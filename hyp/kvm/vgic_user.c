/*
 * No virtual GIC, the VMM emulates one: all its registers are exits to EL0. The kernel knows one
 * line for each VCPU (HCR_EL2.VI at the next entry), and tells the VMM's event thread when one of
 * its devices raises an interrupt (as by an eventfd) or a timer expires (as by a timerfd).
 */
#include "kvm/irqchip.h"
#include "kvm/vm.h"

struct chip {
    struct wait_queue wait;
    struct spinlock lock;
    u64 events;
    struct event_timer {
        struct timer timer;
        struct chip *chip;
        struct cpu *cpu; /* that armed it */
    } timer[VCPU_MAX];
};

/* By VM. A timer may outlive its VM: then the next one of that number looks once for nothing. */
static struct chip chips[VM_MAX];

static void raise(struct chip *c, u64 event)
{
    u64 flags = spin_lock_irqsave(&c->lock);
    WRITE_ONCE(c->events, c->events | event);
    spin_unlock_irqrestore(&c->lock, flags);
    wake_all(&c->wait);
}

static void expired(struct timer *t)
{
    struct event_timer *e = container_of(t, struct event_timer, timer);
    raise(e->chip, IRQCHIP_EVENT_TIMER(e - e->chip->timer));
}

const unsigned vgic_guest_version = 2;

unsigned vgic_init(void)
{
    for (unsigned i = 0; i < VM_MAX; i++) {
        wait_queue_init(&chips[i].wait);
        for (unsigned n = 0; n < VCPU_MAX; n++) {
            chips[i].timer[n].chip = &chips[i];
            timer_init(&chips[i].timer[n].timer, expired);
        }
    }
    return 0;
}

void vgic_init_cpu(void)
{
}

void vgic_init_vm(struct vm *vm)
{
    u64 flags = spin_lock_irqsave(&chips[vm->id].lock);
    chips[vm->id].events = 0;
    spin_unlock_irqrestore(&chips[vm->id].lock, flags);
}

void vgic_init_vcpu(struct vcpu *v)
{
    (void)v;
}

/* The VMM's model decides what becomes of it: a level that falls is no event. */
void vgic_set_line(struct vm *vm, struct vcpu *v, u32 intid, bool level)
{
    (void)v;
    if (level && intid >= VGIC_PRIVATE && intid < VGIC_IRQS) {
        raise(&chips[vm->id], IRQCHIP_EVENT_SPI(intid - VGIC_PRIVATE));
    }
}

void vgic_pulse(struct vm *vm, struct vcpu *v, u32 intid)
{
    vgic_set_line(vm, v, intid, true);
}

void vgic_flush(struct vcpu *v)
{
    (void)v; /* irq_lines is what the VMM said last */
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
    wake_all(&chips[vm->id].wait);
}

bool vgic_guest_mmio(struct vcpu *v, struct mmio *m)
{
    (void)v, (void)m;
    return false;
}

bool vgic_guest_sysreg(struct vcpu *v, u64 reg, bool is_write, u64 *value)
{
    (void)v, (void)reg, (void)is_write, (void)value;
    return false; /* GICv2 has none */
}

int irqchip_set_line(struct vm *vm, u64 vcpu, bool level)
{
    if (vcpu >= vm->vcpu_count) {
        return -1;
    }
    struct vcpu *v = vm->vcpu[vcpu];
    u64 lines = level ? HCR_VI : 0;
    if (READ_ONCE(v->arch.irq_lines) != lines) {
        WRITE_ONCE(v->arch.irq_lines, lines);
        vcpu_kick(v);
    }
    return 0;
}

s64 irqchip_wait_event(struct vm *vm)
{
    struct chip *c = &chips[vm->id];
    wait_event(&c->wait, READ_ONCE(c->events) || READ_ONCE(vm->stopping));
    u64 flags = spin_lock_irqsave(&c->lock);
    u64 events = c->events;
    WRITE_ONCE(c->events, 0);
    spin_unlock_irqrestore(&c->lock, flags);
    return READ_ONCE(vm->stopping) ? 0 : (s64)events;
}

int irqchip_set_timer(struct vm *vm, u64 vcpu, u64 deadline_ticks)
{
    if (vcpu >= VCPU_MAX) {
        return -1;
    }
    struct chip *c = &chips[vm->id];
    struct event_timer *e = &c->timer[vcpu];
    u64 flags = spin_lock_irqsave(&c->lock);
    bool ours = e->cpu == NULL || e->cpu == cpu_this();
    if (ours) {
        e->cpu = cpu_this();
    }
    spin_unlock_irqrestore(&c->lock, flags);
    if (!ours) {
        return -1;
    }
    timer_start(&e->timer, deadline_ticks);
    return 0;
}
