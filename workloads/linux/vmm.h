/*
 * A VMM for /dev/kvm, as process 1 of a Linux that does nothing else: it runs the benchmark guest
 * of workloads/micro as a VM and emulates what that guest asks of user space (abi/guest.h).
 *
 * VCPU n is a thread on CPU n; the I/O thread is on the last CPU.
 */
#ifndef EL2SIM_WORKLOADS_LINUX_VMM_H
#define EL2SIM_WORKLOADS_LINUX_VMM_H

#include <linux/kvm.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abi/guest.h"

#define VCPUS_MAX 8

/* What the kernel command line asks for. */
struct vmm_options {
    unsigned gic; /* 2, 3, or 0: the newest that the host can give a guest */
    unsigned vcpu_count, cpu_count;
    unsigned ops; /* operations of each row; 0: its own count */
    bool dirty_log;
    char rows[GUEST_ROWS_MAX];
};

struct vcpu {
    struct vm *vm;
    unsigned index;
    int fd;
    struct kvm_run *run;
};

struct vm {
    struct vmm_options options;
    int kvm, fd, vgic;
    unsigned gic;
    uint8_t *ram; /* GUEST_RAM_SIZE */
    struct vcpu vcpus[VCPUS_MAX];
    int kick_fd, irq_fd; /* ioeventfd of the doorbell, irqfd of IODEV_INTID */
    unsigned mode;       /* IODEV_MODE_* */
    uint32_t kicks;      /* that the I/O thread has seen */
    int exit_status;     /* what the guest said; -1: nothing */
};

/* Says "vmm: WHAT: reason" and what came of it, and turns the machine off. */
_Noreturn void vmm_fail(const char *what);
/* The result of a system call that must not fail. */
int must(int result, const char *what);
void pin_to_cpu(unsigned cpu);

/* --- vm.c --- */
void vm_create(struct vm *vm, const struct vmm_options *options);
/* Says how many pages the guest wrote, and how many of those that a row of one store each did. */
void vm_report_dirty(const struct vm *vm);

/* --- vcpu.c --- */
void vcpu_create(struct vm *vm, unsigned index);
/* Runs the VM until its guest turns it off. */
void vm_run(struct vm *vm);

/* --- device.c: an access that KVM does not emulate --- */
void device_access(struct vm *vm, struct kvm_run *run);

/* --- iothread.c --- */
void iothread_start(struct vm *vm);

#endif
