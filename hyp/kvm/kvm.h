/* The hypervisor's half of the kernel, as system calls and boot code see it. */
#ifndef EL2SIM_HYP_KVM_KVM_H
#define EL2SIM_HYP_KVM_KVM_H

#include "kernel/process.h"

struct vm;

void kvm_init(void);     /* after the page allocator and the interrupt controller */
void kvm_init_cpu(void); /* on each CPU */
unsigned kvm_lr_count(void);

/* 0, or -1 when an argument is wrong. */
int vm_create(struct process *owner, unsigned id);
int vm_set_memory(struct vm *vm, u64 ipa, u64 user_va, u64 size);
int vm_create_iodev(struct vm *vm, u64 ipa, u32 intid, unsigned cpu);
int vcpu_create(struct vm *vm, u64 index);

/* Runs a VCPU on the calling thread until the VMM must act: 0, with struct vcpu_run filled; -1: no
 * such VCPU. */
int vcpu_run(struct vm *vm, u64 index);

/* All VCPUs leave with VCPU_EXIT_SHUTDOWN. */
void vm_shutdown(struct vm *vm);

/* No thread runs or will run a VCPU of it. */
void vm_destroy(struct vm *vm);

/* Waits until VM id exists and waits for a message of its peer (vm_switch.c), or is shutting down.
 */
void vm_wait_parked(unsigned id);

#endif
