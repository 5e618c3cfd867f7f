#include "kernel/syscall.h"

#include "a64.h"
#include "kernel/net_user.h"
#include "kernel/print.h"
#include "kernel/process.h"
#include "kvm/irqchip.h"
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
    enum thread_prio prio = arg[2] & THREAD_IO ? PRIO_IO : PRIO_NORMAL;
    return process_add_thread(p, arg[0], arg[1], (unsigned)(arg[2] & ~(u64)THREAD_IO), prio);
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

static s64 sys_vm_irq(struct process *p, const u64 *arg)
{
    return p->vm ? vm_set_irq(p->vm, (u32)arg[0], arg[1]) : -1;
}

static s64 sys_vm_net(struct process *p, const u64 *arg)
{
    return p->vm ? vm_create_net(p->vm, (unsigned)arg[0], arg[1], (u32)arg[2]) : -1;
}

static s64 sys_net_open(struct process *p, const u64 *arg)
{
    return net_user_open(p, arg[0]);
}

static s64 sys_net_send(struct process *p, const u64 *arg)
{
    return net_user_send(p, arg[0], arg[1], arg[2]);
}

static s64 sys_net_receive(struct process *p, const u64 *arg)
{
    return net_user_receive(p, arg[0], arg[1], arg[2]);
}

static s64 sys_net_wait(struct process *p, const u64 *arg)
{
    return net_user_wait(p, arg[0], arg[1], (u32)arg[2]);
}

static s64 sys_vcpu_create(struct process *p, const u64 *arg)
{
    return p->vm ? vcpu_create(p->vm, arg[0], arg[1], arg[2]) : -1;
}

static s64 sys_vcpu_run(struct process *p, const u64 *arg)
{
    return p->vm ? vcpu_run(p->vm, arg[0]) : -1;
}

static s64 sys_futex_wait(struct process *p, const u64 *arg)
{
    return process_futex_wait(p, arg[0], (u32)arg[1]);
}

static s64 sys_futex_wake(struct process *p, const u64 *arg)
{
    (void)arg;
    wake_all(&p->futex);
    return 0;
}

static s64 sys_irq_line(struct process *p, const u64 *arg)
{
    return p->vm ? irqchip_set_line(p->vm, arg[0], arg[1]) : -1;
}

static s64 sys_irq_events(struct process *p, const u64 *arg)
{
    (void)arg;
    return p->vm ? irqchip_wait_event(p->vm) : -1;
}

static s64 sys_irq_timer(struct process *p, const u64 *arg)
{
    return p->vm ? irqchip_set_timer(p->vm, arg[0], arg[1]) : -1;
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
    [SYS_FUTEX_WAIT] = sys_futex_wait,
    [SYS_FUTEX_WAKE] = sys_futex_wake,
    [SYS_IRQ_LINE] = sys_irq_line,
    [SYS_IRQ_EVENTS] = sys_irq_events,
    [SYS_IRQ_TIMER] = sys_irq_timer,
    [SYS_VM_IRQ] = sys_vm_irq,
    [SYS_VM_NET] = sys_vm_net,
    [SYS_NET_OPEN] = sys_net_open,
    [SYS_NET_SEND] = sys_net_send,
    [SYS_NET_RECEIVE] = sys_net_receive,
    [SYS_NET_WAIT] = sys_net_wait,
};

s64 syscall(struct frame *f)
{
    u64 n = f->x[8];
    if (n >= ARRAY_SIZE(calls)) {
        return -1;
    }
    return calls[n](thread_current()->process, f->x);
}
