/* The hypervisor's half of the kernel, as system calls and boot code see it. */
#ifndef EL2SIM_HYP_KVM_KVM_H
#define EL2SIM_HYP_KVM_KVM_H

#include "kernel/process.h"

#define VCPU_MAX 8 /* of a VM */

struct vm;

void kvm_init(void);     /* after the page allocator and the interrupt controller */
void kvm_init_cpu(void); /* on each CPU */
unsigned kvm_lr_count(void);
unsigned kvm_guest_gic(void);      /* the version that guests see: 2 or 3 */
u32 kvm_guest_timer(void);         /* interrupt of the timer that they may use */
extern const bool guest_has_ttbr1; /* the upper half of the address space, where kernels live */

/* 0, or -1 when an argument is wrong. */
int vm_create(struct process *owner, unsigned id);
int vm_set_memory(struct vm *vm, u64 ipa, u64 user_va, u64 size);
int vm_create_iodev(struct vm *vm, u64 ipa, u32 intid, unsigned cpu);
int vm_create_net(struct vm *vm, unsigned index, u64 ipa, u32 intid);
int vm_set_irq(struct vm *vm, u32 intid, bool level); /* an SPI's input */
int vcpu_create(struct vm *vm, u64 index, u64 entry, u64 argument);

/* Runs a VCPU on the calling thread until the VMM must act: 0, with struct vcpu_run filled; -1: no
 * such VCPU. */
int vcpu_run(struct vm *vm, u64 index);

/* All VCPUs leave with this exit reason: VCPU_EXIT_SHUTDOWN or VCPU_EXIT_RESET. */
void vm_shutdown(struct vm *vm, u32 reason);

/* No thread runs or will run a VCPU of it. */
void vm_destroy(struct vm *vm);

/* Waits until VM id exists and waits for a message of its peer (vm_switch.c), or is shutting down.
 */
void vm_wait_parked(unsigned id);

#endif
