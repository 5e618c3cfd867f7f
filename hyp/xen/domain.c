/* Domains and their VCPUs: each VCPU is a thread that never returns from its guest. */
#include "xen/domain.h"

#include "a64.h"
#include "abi/board.h"
#include "abi/guest.h"
#include "kernel/boot.h"
#include "kernel/bootargs.h"
#include "kernel/page.h"
#include "kernel/panic.h"
#include "kernel/smp.h"
#include "kernel/string.h"
#include "xen/hypervisor.h"

#define MPIDR_RES1 BIT(31)

void thread_start_kernel(void); /* arch/switch.S */

static struct vcpu *on_cpu[CPU_MAX];
static bool vcpus_float;

/* Boot argument pin=: VCPUs stay on their CPUs, or not. */
void domains_init(void)
{
    vcpus_float = bootargs_say(kernel_board()->bootargs, "pin", "off");
    if (vcpus_float) {
        sched_allow_float();
    }
}

struct vcpu *vcpu_on_this_cpu(void)
{
    return on_cpu[cpu_this()->index];
}

struct vcpu *vcpu_of_frame(struct guest_frame *f)
{
    return container_of(f, struct guest_stack, frame)->vcpu;
}

static void switched_out(void *arg)
{
    on_cpu[cpu_this()->index] = NULL;
    vcpu_switch_from(arg);
}

static void switched_in(void *arg)
{
    on_cpu[cpu_this()->index] = arg;
    vcpu_switch_to(arg);
}

/* The waker has written what it announces. A VCPU that runs elsewhere traps, and looks on its way
 * back; one that sleeps looks when it gets its CPU. */
void vcpu_kick(struct vcpu *v)
{
    dmb(ish);
    if (READ_ONCE(v->wait.waiters.next) != &v->wait.waiters) {
        wake_all(&v->wait);
    }
    struct thread *t = READ_ONCE(v->thread);
    if (t && t->cpu != cpu_this() && READ_ONCE(t->cpu->current) == t) {
        smp_send_reschedule(t->cpu);
    }
}

void vcpu_block(struct vcpu *v)
{
    struct waiter w;
    wait_prepare(&v->wait, &w);
    if (!vgic_needs_delivery(v) && !READ_ONCE(v->vm->stopping)) {
        schedule();
    }
    wait_finish(&v->wait, &w);
}

void guest_block(struct vcpu *v)
{
    vcpu_block(v);
}

/* Caches off, MMU off, interrupts masked, at EL1. Its registers are not in the machine. */
static void apply_reset(struct vcpu *v)
{
    v->reset_pending = false;
    v->arch.ctx = (struct cpu_context){.sys = {
                                           [SYS_VMPIDR] = MPIDR_RES1 | v->index,
                                           [SYS_SCTLR] = SCTLR_EL1_RES1,
                                       }};
    v->arch.cntv_ctl = 0;
    v->arch.cntv_cval = 0;
    *v->frame = (struct guest_frame){
        .x = {[0] = v->reset_argument}, .pc = v->reset_entry, .pstate = SPSR_EL1H};
}

bool vcpu_wait_until_on(struct vcpu *v)
{
    wait_event(&v->wait, READ_ONCE(v->powered_on) || READ_ONCE(v->vm->stopping));
    dmb(ish); /* who sees that it is on sees where it begins */
    return !READ_ONCE(v->vm->stopping);
}

void vcpu_begin_anew(struct vcpu *v)
{
    irq_disable();
    vcpu_switch_from(v);
    timer_stop(&v->soft_timer);
    apply_reset(v);
    vcpu_switch_to(v);
    irq_enable();
}

static void vcpu_main(void *arg)
{
    struct vcpu *v = arg;
    if (!vcpu_wait_until_on(v)) {
        thread_exit();
    }
    apply_reset(v);
    irq_disable();
    sched_set_hooks(switched_out, switched_in, v);
    switched_in(v);
    guest_start(v->frame);
}

void vcpu_thread_exit(struct vcpu *v)
{
    irq_disable();
    sched_set_hooks(NULL, NULL, NULL);
    switched_out(v); /* silences its timer and the virtual interface */
    timer_stop(&v->soft_timer);
    WRITE_ONCE(v->thread, NULL);
    thread_exit();
}

static void vcpu_gone(void *arg)
{
    struct xen_domain *x = arg;
    u64 flags = spin_lock_irqsave(&x->lock);
    WRITE_ONCE(x->thread_count, x->thread_count - 1);
    wake_all(&x->gone);
    spin_unlock_irqrestore(&x->lock, flags);
}

/* Its frame lies at the base of its stack, so that another VCPU can start it at any time. */
static void vcpu_create_thread(struct vcpu *v, const struct domain_config *c)
{
    struct thread *t = thread_new("vcpu", c->prio, c->first_cpu + v->index);
    t->gone = vcpu_gone;
    t->floats = vcpus_float && c->prio == PRIO_NORMAL;
    t->gone_arg = v->vm->xen;
    t->context.sp -= sizeof(struct guest_stack);
    struct guest_stack *stack = (struct guest_stack *)t->context.sp;
    stack->vcpu = v;
    v->frame = &stack->frame;
    v->thread = t;
    t->context.x19_x30[0] = (u64)vcpu_main;
    t->context.x19_x30[1] = (u64)v;
    t->context.x19_x30[11] = (u64)thread_start_kernel;
    v->vm->xen->thread_count++;
}

static void vcpu_add(struct vm *d, unsigned index)
{
    struct vcpu *v = page_alloc(0);
    v->vm = d;
    v->index = index;
    wait_queue_init(&v->wait);
    vtimer_init(v);
    vgic_init_vcpu(v);
    event_interrupt_init(v);
    d->vcpu[index] = v;
    d->vcpu_count++;
}

static void load(struct vm *d, u64 ipa, const void *from, u64 bytes)
{
    for (u64 at = 0; at < bytes; at += PAGE_SIZE) {
        u64 n = bytes - at < PAGE_SIZE ? bytes - at : PAGE_SIZE;
        memcpy(guest_ram(d, ipa + at), (const char *)from + at, n);
    }
    p2m_publish_image(d, ipa, bytes);
}

struct vm *domain_create(const struct domain_config *c)
{
    BUG_ON(c->id >= VM_MAX || vm_exists(c->id) || c->vcpu_count > VCPU_MAX);
    struct vm *d = page_alloc(0);
    d->id = c->id;
    d->xen = xen_domain_create();
    d->arch.cntvoff = timer_now_ticks(); /* the guest's time begins now */
    wait_queue_init(&d->xen->gone);
    p2m_create(d, c->ram_bytes);
    vgic_init_vm(d);
    console_init(d);
    if (c->prepare) {
        c->prepare(d, c);
    }
    for (unsigned i = 0; i < DOMAIN_FILES; i++) {
        load(d, c->file[i].ipa, c->file[i].from, c->file[i].bytes);
    }
    for (unsigned i = 0; i < c->vcpu_count; i++) {
        vcpu_add(d, i);
        vcpu_create_thread(d->vcpu[i], c);
    }
    d->vcpu[0]->reset_entry = c->entry;
    d->vcpu[0]->reset_argument = c->argument;
    d->vcpu[0]->powered_on = true;
    vm_publish(d);
    vm_switch_changed();
    for (unsigned i = 0; i < c->vcpu_count; i++) {
        thread_wake(d->vcpu[i]->thread);
    }
    return d;
}

void vm_shutdown(struct vm *d, u32 reason)
{
    WRITE_ONCE(d->stop_reason, reason);
    dmb(ishst); /* who sees that it stops sees why */
    WRITE_ONCE(d->stopping, true);
    for (unsigned i = 0; i < d->vcpu_count; i++) {
        vcpu_kick(d->vcpu[i]);
    }
    vm_switch_changed();
}

int domain_wait(struct vm *d)
{
    struct xen_domain *x = d->xen;
    wait_event(&x->gone, READ_ONCE(x->thread_count) == 0);
    spin_unlock_irqrestore(&x->lock, spin_lock_irqsave(&x->lock)); /* the last one has let go */
    return d->stop_reason == VCPU_EXIT_SHUTDOWN ? 0 : 1;
}

void domain_destroy(struct vm *d)
{
    grants_end(d);
    vm_withdraw(d);
    p2m_destroy(d);
    xen_domain_destroy(d->xen);
    for (unsigned i = 0; i < d->vcpu_count; i++) {
        page_free(d->vcpu[i], 0);
    }
    page_free(d, 0);
}
