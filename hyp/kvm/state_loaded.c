/* A VCPU's registers stay in the CPU from vcpu_load() to vcpu_put(), except what boot argument opt=
 * excludes. After Linux 4.17's kvm_arch_vcpu_load(), kvm_vcpu_load_sysregs(),
 * kvm_timer_vcpu_load(). */
#include "a64.h"
#include "abi/board.h"
#include "guest_el.h"
#include "kernel/irq.h"
#include "kvm/options.h"
#include "kvm/state.h"
#include "kvm/vm.h"

static struct vcpu *loaded[CPU_MAX];

static const struct option options[] = {
    {"sysregs", STATE_SYSREGS}, {"traps", STATE_TRAPS}, {"timer", STATE_TIMER},
    {"debug", STATE_DEBUG},     {"vgic", STATE_VGIC},   {"fp", STATE_FP},
};

static bool timer_asks(void)
{
    u64 ctl = read_sysreg(GUEST_CNTV_CTL);
    return (ctl & (TIMER_CTL_ENABLE | TIMER_CTL_IMASK | TIMER_CTL_ISTATUS)) ==
           (TIMER_CTL_ENABLE | TIMER_CTL_ISTATUS);
}

/*
 * The timer has expired while it is in the registers, in the guest or in the host: masked there,
 * and the interrupt is the guest's. When the VCPU has just left, the line has fallen again.
 */
static void vtimer_irq(void)
{
    struct vcpu *v = loaded[cpu_this()->index];
    if (!v || !(v->arch.on_cpu & STATE_TIMER)) {
        return;
    }
    if (!timer_asks()) {
        return;
    }
    if (vtimer_is_hw()) {
        vtimer_expire(v); /* it stays active, which silences it */
        vtimer_load_line(v);
    } else {
        write_sysreg(TIMER_CTL_ENABLE | TIMER_CTL_IMASK, GUEST_CNTV_CTL);
        isb();
        vgic_pulse(v->vm, v, INTID_VTIMER);
    }
}

void state_init(void)
{
    state_lazy = options_read(options, ARRAY_SIZE(options), STATE_ALL);
    irq_set_handler(INTID_VTIMER, vtimer_irq);
}

void vcpu_load(struct vcpu *v)
{
    if (state_lazy & STATE_TIMER) {
        timer_stop(&v->soft_timer);
    }
    loaded[cpu_this()->index] = v;
    if ((state_lazy & STATE_TIMER) && vtimer_is_hw()) {
        vtimer_load_line(v);
    }
    state_in(&v->arch, state_lazy);
    v->arch.on_cpu = state_lazy;
}

void vcpu_put(struct vcpu *v, bool blocks)
{
    v->arch.on_cpu = 0;
    state_out(&v->arch, state_lazy);
    loaded[cpu_this()->index] = NULL;
    if (blocks && (state_lazy & STATE_TIMER)) {
        vtimer_watch(v);
    }
}

/* Nothing is done for a timer that stays, and nothing for a vGIC without interrupts. Who raises one
 * after this look finds in_guest set: vcpu_kick(). */
void vcpu_prepare(struct vcpu *v)
{
    if (!(state_lazy & STATE_TIMER)) {
        vtimer_flush(v);
    }
    if (!(state_lazy & STATE_VGIC) || READ_ONCE(v->vgic.candidates)) {
        vgic_flush(v);
    }
}

void vcpu_finish(struct vcpu *v)
{
    if (!(state_lazy & STATE_TIMER)) {
        vtimer_sync(v);
    } else if (v->timer_line) {
        vtimer_check_line(v, timer_asks());
    }
    if (!(state_lazy & STATE_VGIC) || v->arch.vgic.used) {
        vgic_sync(v);
    }
}

u64 vcpu_sys(const struct vcpu *v, enum ctx_sys r)
{
    if (v->arch.on_cpu & STATE_SYSREGS) {
        switch (r) {
#define GUEST_SYS(r, name)                                                                         \
    case r:                                                                                        \
        return read_sysreg(name);
#define GUEST_SYS_SHARED(r, name) GUEST_SYS(r, name)
#include "kvm/guest_sys.def"
        case SYS_MDSCR:
        case SYS_COUNT: /* never in the registers here */
            break;
        }
    }
    return v->arch.ctx.sys[r];
}

void vcpu_set_sys(struct vcpu *v, enum ctx_sys r, u64 value)
{
    if (v->arch.on_cpu & STATE_SYSREGS) {
        switch (r) {
#define GUEST_SYS(r, name)                                                                         \
    case r:                                                                                        \
        write_sysreg(value, name);                                                                 \
        return;
#define GUEST_SYS_SHARED(r, name) GUEST_SYS(r, name)
#include "kvm/guest_sys.def"
        case SYS_MDSCR:
        case SYS_COUNT: /* never in the registers here */
            break;
        }
    }
    v->arch.ctx.sys[r] = value;
}

void vcpu_set_elr_spsr(struct vcpu *v, u64 elr, u64 spsr)
{
    if (v->arch.on_cpu & STATE_SYSREGS) {
        write_sysreg(elr, GUEST_ELR);
        write_sysreg(spsr, GUEST_SPSR);
    } else {
        v->arch.ctx.elr_el1 = elr;
        v->arch.ctx.spsr_el1 = spsr;
    }
}
