/* The interrupt controller is the kernel's: nothing for a VMM to do. */
#include "kvm/irqchip.h"

int irqchip_set_line(struct vm *vm, u64 vcpu, bool level)
{
    (void)vm, (void)vcpu, (void)level;
    return -1;
}

s64 irqchip_wait_event(struct vm *vm)
{
    (void)vm;
    return -1;
}

int irqchip_set_timer(struct vm *vm, u64 vcpu, u64 deadline_ticks)
{
    (void)vm, (void)vcpu, (void)deadline_ticks;
    return -1;
}
