/*
 * What a VMM that emulates the interrupt controller and the timer itself asks of the kernel: the
 * interrupt line of a VCPU, what happens to devices of the kernel, a timer. -1: this kernel
 * emulates them itself, or an argument is wrong.
 */
#ifndef EL2SIM_HYP_KVM_IRQCHIP_H
#define EL2SIM_HYP_KVM_IRQCHIP_H

#include "types.h"

struct vm;

int irqchip_set_line(struct vm *vm, u64 vcpu, bool level);

/* Waits until something has happened: IRQCHIP_EVENT_* as bits, 0 when the VM stops. */
s64 irqchip_wait_event(struct vm *vm);

/* An event of this VCPU at a time of the physical counter, instead of the one that was set before.
 * The CPU that armed it first stays the one that must. */
int irqchip_set_timer(struct vm *vm, u64 vcpu, u64 deadline_ticks);

#endif
