/* The other CPUs: PSCI, inter-processor interrupts. */
#ifndef EL2SIM_HYP_KERNEL_SMP_H
#define EL2SIM_HYP_KERNEL_SMP_H

#include "kernel/cpu.h"

void smp_start_others(void);

/* The CPU looks at need_resched; a guest that it runs exits. */
void smp_send_reschedule(const struct cpu *c);

/* Takes the CPU out of everything, for good: panic(). */
void smp_stop_others(void);

void machine_halt_cpu(void); /* this one, for ever */
_Noreturn void machine_power_off(void);

#endif
