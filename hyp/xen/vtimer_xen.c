/*
 * The guest's timer is CNTV itself while its VCPU is on a CPU; its interrupt comes to the
 * hypervisor, which masks it and injects. While the VCPU is off the CPU, a timer of the hypervisor
 * stands in. Traps do not touch it.
 */
#include "xen/hypervisor.h"

#include "a64.h"
#include "abi/board.h"

/* In interrupt context on the VCPU's CPU: it is not running. */
static void soft_expired(struct timer *t)
{
    struct vcpu *v = container_of(t, struct vcpu, soft_timer);
    v->arch.cntv_ctl |= TIMER_CTL_IMASK;
    vgic_pulse(v->vm, v, INTID_VTIMER);
}

bool vtimer_is_hw(void)
{
    return false;
}

void vtimer_init(struct vcpu *v)
{
    timer_init(&v->soft_timer, soft_expired);
}

void vtimer_save(struct vcpu *v)
{
    v->arch.cntv_ctl = read_sysreg(cntv_ctl_el0);
    write_sysreg(v->arch.cntv_ctl & ~(u64)TIMER_CTL_ENABLE, cntv_ctl_el0);
    v->arch.cntv_cval = read_sysreg(cntv_cval_el0);
    if ((v->arch.cntv_ctl & (TIMER_CTL_ENABLE | TIMER_CTL_IMASK)) == TIMER_CTL_ENABLE) {
        timer_start(&v->soft_timer, v->arch.cntv_cval + v->vm->arch.cntvoff);
    }
}

void vtimer_restore(struct vcpu *v)
{
    timer_stop(&v->soft_timer);
    write_sysreg(v->vm->arch.cntvoff, cntvoff_el2);
    write_sysreg(v->arch.cntv_cval, cntv_cval_el0);
    write_sysreg(v->arch.cntv_ctl, cntv_ctl_el0);
}

/* One expiry, one interrupt, until the guest programs the timer again. */
void vtimer_interrupt(void)
{
    struct vcpu *v = vcpu_on_this_cpu();
    if (!v) {
        return;
    }
    write_sysreg(read_sysreg(cntv_ctl_el0) | TIMER_CTL_IMASK, cntv_ctl_el0);
    isb(); /* the level drops before the interrupt is completed */
    vgic_pulse(v->vm, v, INTID_VTIMER);
}
