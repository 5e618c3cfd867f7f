/*
 * The guest's timer is CNTV itself while the guest runs. As in Linux 4.0: the world switch turns it
 * off at each exit; the host then looks at the deadline, injects the interrupt if it has passed
 * (setting IMASK in the guest's view, so that one expiry is one interrupt until the guest programs
 * the timer again) and otherwise lets a timer of its own stand in.
 */
#include "a64.h"
#include "abi/board.h"
#include "kernel/irq.h"
#include "kvm/vm.h"

void vtimer_expire(struct vcpu *v)
{
    v->arch.cntv_ctl |= TIMER_CTL_IMASK;
    vgic_pulse(v->vm, v, INTID_VTIMER);
}

/* In interrupt context on the VCPU's CPU: the guest does not run. */
static void soft_expired(struct timer *t)
{
    vtimer_expire(container_of(t, struct vcpu, soft_timer));
}

const u32 vtimer_guest_intid = INTID_VTIMER;

/* The interrupt only makes a guest exit: the world switch silences the timer before the host can
 * take it. */
void vtimer_init_cpu(void)
{
    gic_enable_ppi(INTID_VTIMER);
}

/* The physical timer is the host's: a guest has none. */
enum exit_action vtimer_sysreg(struct vcpu *v, u64 iss)
{
    (void)iss;
    inject_undefined(v);
    return EXIT_RESUME;
}

void vtimer_init(struct vcpu *v)
{
    timer_init(&v->soft_timer, soft_expired);
}

void vtimer_flush(struct vcpu *v)
{
    timer_stop(&v->soft_timer);
}

void vtimer_sync(struct vcpu *v)
{
    if ((v->arch.cntv_ctl & (TIMER_CTL_ENABLE | TIMER_CTL_IMASK)) != TIMER_CTL_ENABLE) {
        return;
    }
    u64 deadline = v->arch.cntv_cval + v->vm->arch.cntvoff;
    if (deadline <= timer_now_ticks()) {
        vtimer_expire(v);
    } else {
        timer_start(&v->soft_timer, deadline);
    }
}

void vtimer_watch(struct vcpu *v)
{
    if ((v->arch.cntv_ctl & (TIMER_CTL_ENABLE | TIMER_CTL_IMASK)) == TIMER_CTL_ENABLE) {
        timer_start(&v->soft_timer, v->arch.cntv_cval + v->vm->arch.cntvoff);
    }
}
