#include "kernel/syscall.h"

#include "a64.h"
#include "kernel/print.h"
#include "kernel/process.h"
#include "kvm/kvm.h"

typedef s64 (*syscall_fn)(struct process *p, const u64 *arg);

static s64 sys_exit(struct process *p, const u64 *arg)
{
    process_exit(p, (int)arg[0]);
    return 0;
}

static s64 sys_write(struct process *p, const u64 *arg)
{
    char line[256];
    if (arg[1] > sizeof(line) || !process_read(p, arg[0], line, arg[1])) {
        return -1;
    }
    print_text(line, arg[1]);
    return 0;
}

static s64 sys_thread_create(struct process *p, const u64 *arg)
{
    return process_add_thread(p, arg[0], arg[1], (unsigned)arg[2]);
}

static s64 sys_thread_exit(struct process *p, const u64 *arg)
{
    (void)p;
    (void)arg;
    thread_exit();
}

static s64 sys_vm_create(struct process *p, const u64 *arg)
{
    return p->vm ? -1 : vm_create(p, (unsigned)arg[0]);
}

static s64 sys_vm_memory(struct process *p, const u64 *arg)
{
    return p->vm ? vm_set_memory(p->vm, arg[0], arg[1], arg[2]) : -1;
}

static s64 sys_vm_iodev(struct process *p, const u64 *arg)
{
    return p->vm ? vm_create_iodev(p->vm, arg[0], (u32)arg[1], (unsigned)arg[2]) : -1;
}

static s64 sys_vcpu_create(struct process *p, const u64 *arg)
{
    return p->vm ? vcpu_create(p->vm, arg[0]) : -1;
}

static s64 sys_vcpu_run(struct process *p, const u64 *arg)
{
    return p->vm ? vcpu_run(p->vm, arg[0]) : -1;
}

static const syscall_fn calls[] = {
    [SYS_EXIT] = sys_exit,
    [SYS_WRITE] = sys_write,
    [SYS_THREAD_CREATE] = sys_thread_create,
    [SYS_THREAD_EXIT] = sys_thread_exit,
    [SYS_VM_CREATE] = sys_vm_create,
    [SYS_VM_MEMORY] = sys_vm_memory,
    [SYS_VM_IODEV] = sys_vm_iodev,
    [SYS_VCPU_CREATE] = sys_vcpu_create,
    [SYS_VCPU_RUN] = sys_vcpu_run,
};

s64 syscall(struct frame *f)
{
    u64 n = f->x[8];
    if (n >= ARRAY_SIZE(calls)) {
        return -1;
    }
    return calls[n](thread_current()->process, f->x);
}
