/* The run loop of a VCPU: the guest on one side, the VMM in EL0 on the other. */
#include "a64.h"
#include "kernel/boot.h"
#include "kernel/bootargs.h"
#include "kernel/irq.h"
#include "kernel/page.h"
#include "kernel/smp.h"
#include "kvm/vm.h"

#define SCTLR_EL1_RESET SCTLR_EL1_RES1
#define MPIDR_RES1      BIT(31)

static bool vcpus_float;

/* Boot argument pin=: VCPU threads stay on their CPUs, or not. */
void vcpus_init(void)
{
    vcpus_float = bootargs_say(kernel_board()->bootargs, "pin", "off");
    if (vcpus_float) {
        sched_allow_float();
    }
}

/* The host's state while the CPU runs a guest. */
static struct cpu_context host_contexts[CPU_MAX];

/* Whether a CPU runs a guest, or is past the point where it looks if it may. */
static bool cpu_in_guest[CPU_MAX];

u64 vcpu_reg(const struct vcpu *v, unsigned n)
{
    return n == 31 ? 0 : v->arch.ctx.x[n];
}

void vcpu_set_reg(struct vcpu *v, unsigned n, u64 value)
{
    if (n != 31) {
        v->arch.ctx.x[n] = value;
    }
}

/* Caches off, MMU off, interrupts masked, at EL1. Arm ARM D1 "reset into an Exception level using
 * A64" */
void vcpu_reset(struct vcpu *v, u64 entry, u64 argument)
{
    struct cpu_context *c = &v->arch.ctx;
    *c = (struct cpu_context){.pc = entry, .pstate = SPSR_EL1H};
    c->x[0] = argument;
    c->sys[SYS_VMPIDR] = MPIDR_RES1 | v->index;
    c->sys[SYS_SCTLR] = SCTLR_EL1_RESET;
    c->sys[SYS_ACTLR] = read_sysreg(actlr_el1);
    v->arch.hcr = HCR_GUEST_LOW | BIT(31); /* RW: EL1 is A64 */
    v->arch.debug_flags = 0;
    v->arch.cntv_ctl = 0;
    v->arch.cntv_cval = 0;
}

int vcpu_create(struct vm *vm, u64 index, u64 entry, u64 argument)
{
    if (index >= VCPU_MAX || index != vm->vcpu_count) {
        return -1;
    }
    struct vcpu *v = page_alloc(0);
    v->vm = vm;
    v->index = (unsigned)index;
    v->arch.vm = world_address((u64)&vm->arch);
    wait_queue_init(&v->wait);
    vtimer_init(v);
    vgic_init_vcpu(v);
    v->run = page_alloc(0);
    process_map_shared(vm->owner, USER_RUN(index), v->run, true);
    if (index == 0) { /* the others wait for PSCI CPU_ON */
        vcpu_reset(v, entry, argument);
        v->powered_on = true;
    }
    u64 flags = spin_lock_irqsave(&vm->vgic.lock);
    vm->vcpu[index] = v;
    vm->vcpu_count++;
    spin_unlock_irqrestore(&vm->vgic.lock, flags);
    return 0;
}

/*
 * The waker has written what it announces before it calls this. If in_guest is not set yet, the
 * VCPU will look at it before it enters; if it is, the interrupt makes it exit: taken at once in
 * the guest, or pending at the entry.
 */
void vcpu_kick(struct vcpu *v)
{
    dmb(ish);
    if (READ_ONCE(v->wait.waiters.next) != &v->wait.waiters) {
        wake_all(&v->wait);
    }
    struct thread *t = READ_ONCE(v->thread);
    if (READ_ONCE(v->in_guest) && t && t->cpu != cpu_this()) {
        smp_send_reschedule(t->cpu);
    }
}

bool vcpu_has_work(struct vcpu *v)
{
    return READ_ONCE(v->vm->stopping) || vgic_pending(v);
}

void vcpu_force_all_out(void)
{
    dmb(ish); /* the new generation is visible: who is not in a guest now will look at it first */
    for (unsigned i = 0; i < cpu_count; i++) {
        if (&cpus[i] != cpu_this() && READ_ONCE(cpu_in_guest[i])) {
            smp_send_reschedule(&cpus[i]);
            while (READ_ONCE(cpu_in_guest[i])) {
                cpu_relax();
            }
        }
    }
    dmb(ish);
}

/* Interrupts are masked from the preparation to the exit. False: something else came first. */
static bool run_guest_once(struct vcpu *v, u64 *exit)
{
    irq_disable();
    unsigned cpu = cpu_this()->index;
    WRITE_ONCE(v->in_guest, true);
    WRITE_ONCE(cpu_in_guest[cpu], true);
    dmb(ish); /* from here on a kick interrupts; what came before is seen below */
    vcpu_prepare(v);
    bool go = !sched_pending() && !READ_ONCE(v->vm->stopping) && vmid_is_current(v->vm);
    if (go) {
        *exit = world_run(&v->arch);
    }
    WRITE_ONCE(cpu_in_guest[cpu], false);
    WRITE_ONCE(v->in_guest, false);
    irq_enable(); /* the host takes the interrupt that ended the run here */
    isb();
    vcpu_finish(v);
    return go;
}

/* PSCI CPU_ON asked for it. What the registers of this CPU may still have of the VCPU goes first.
 */
static void restart(struct vcpu *v)
{
    u64 flags = irq_save();
    vcpu_put(v, false);
    v->reset_pending = false;
    vcpu_reset(v, v->reset_entry, v->reset_argument);
    vcpu_load(v);
    irq_restore(flags);
}

/* With it, where to begin is visible. */
static bool is_powered_on(const struct vcpu *v)
{
    return __atomic_load_n(&v->powered_on, __ATOMIC_ACQUIRE);
}

static enum exit_action step(struct vcpu *v)
{
    u64 exit;
    sched_yield_if_needed();
    if (!is_powered_on(v)) {
        wait_event(&v->wait, is_powered_on(v) || READ_ONCE(v->vm->stopping));
    }
    if (v->reset_pending) {
        restart(v);
    }
    if (READ_ONCE(v->vm->stopping)) {
        v->run->exit_reason = v->vm->stop_reason;
        return EXIT_TO_USER;
    }
    vmid_update(v->vm);
    if (!run_guest_once(v, &exit) || exit == WORLD_EXIT_IRQ) {
        return EXIT_RESUME;
    }
    return exit_handle(v);
}

/* The CPU may be another one than before. */
static void load_here(struct vcpu *v)
{
    v->arch.host_ctx = world_address((u64)&host_contexts[cpu_this()->index]);
    vcpu_load(v);
}

static void load_hook(void *vcpu)
{
    load_here(vcpu);
}

static void put_hook(void *vcpu)
{
    vcpu_put(vcpu, READ_ONCE(thread_current()->state) == THREAD_BLOCKED);
}

static void load(struct vcpu *v)
{
    u64 flags = irq_save();
    load_here(v);
    sched_set_hooks(put_hook, load_hook, v);
    irq_restore(flags);
}

static void put(struct vcpu *v)
{
    u64 flags = irq_save();
    sched_set_hooks(NULL, NULL, NULL);
    vcpu_put(v, false);
    irq_restore(flags);
}

/* One thread at a time runs a VCPU. */
static bool claim(struct vcpu *v)
{
    u64 flags = spin_lock_irqsave(&v->vm->vgic.lock);
    bool is_free = v->thread == NULL;
    if (is_free) {
        WRITE_ONCE(v->thread, thread_current());
    }
    spin_unlock_irqrestore(&v->vm->vgic.lock, flags);
    return is_free;
}

int vcpu_run(struct vm *vm, u64 index)
{
    if (index >= vm->vcpu_count) {
        return -1;
    }
    struct vcpu *v = vm->vcpu[index];
    if (!claim(v)) {
        return -1;
    }
    thread_current()->floats = vcpus_float;
    load(v);
    if (v->mmio_read_pending) {
        mmio_complete_read(v);
    }
    while (step(v) == EXIT_RESUME) {
    }
    put(v);
    timer_stop(&v->soft_timer); /* if the VMM dawdles past the deadline, the hardware timer fires at
                                   the next entry */
    dmb(ish);                   /* whoever runs it next finds what this thread has written */
    WRITE_ONCE(v->thread, NULL);
    return 0;
}
