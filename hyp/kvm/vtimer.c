/*
 * The guest's timer is CNTV itself while the guest runs. As in Linux 4.0: the world switch turns it
 * off at each exit; the host then looks at the deadline, injects the interrupt if it has passed
 * (setting IMASK in the guest's view, so that one expiry is one interrupt until the guest programs
 * the timer again) and otherwise lets a timer of its own stand in.
 *
 * With eoi=split the interrupt is a level, as in Linux since 4.3: its list register names the
 * physical interrupt, which is active while the guest has not completed it, so that it does not
 * interrupt again; the guest's completion deactivates it. What the guest reads of its timer is what
 * it has written.
 */
#include "a64.h"
#include "abi/board.h"
#include "kernel/irq.h"
#include "kvm/vm.h"

static bool may_be_active[CPU_MAX]; /* the physical interrupt, after what we have last written */

bool vtimer_is_hw(void)
{
    return irq_split;
}

/* The VCPU's own thread, or while it does not run. */
static void set_line(struct vcpu *v, bool level)
{
    if (level != v->timer_line) {
        v->timer_line = level;
        vgic_set_line(v->vm, v, INTID_VTIMER, level);
    }
}

void vtimer_load_line(struct vcpu *v)
{
    bool active = v->timer_line || v->vgic.irq[INTID_VTIMER].active;
    bool *may_be = &may_be_active[cpu_this()->index];
    if (active || *may_be) {
        gic_set_ppi_active(INTID_VTIMER, active);
        *may_be = active;
    }
}

void vtimer_check_line(struct vcpu *v, bool still_asks)
{
    if (v->timer_line && !still_asks) {
        set_line(v, false);
        vtimer_load_line(v);
    }
}

void vtimer_expire(struct vcpu *v)
{
    if (irq_split) {
        set_line(v, true);
        return;
    }
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
    if (irq_split) {
        irq_set_forwarded(INTID_VTIMER);
    }
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
    if (irq_split) {
        vtimer_load_line(v);
    }
}

void vtimer_sync(struct vcpu *v)
{
    bool asks = (v->arch.cntv_ctl & (TIMER_CTL_ENABLE | TIMER_CTL_IMASK)) == TIMER_CTL_ENABLE;
    if (!asks && !irq_split) {
        return;
    }
    u64 deadline = v->arch.cntv_cval + v->vm->arch.cntvoff;
    bool is_due = asks && deadline <= timer_now_ticks();
    if (is_due) {
        vtimer_expire(v);
        return;
    }
    if (irq_split) { /* before the timer stands in: that raises the line, at once perhaps */
        set_line(v, false);
    }
    if (asks) {
        timer_start(&v->soft_timer, deadline);
    }
}

void vtimer_watch(struct vcpu *v)
{
    if ((v->arch.cntv_ctl & (TIMER_CTL_ENABLE | TIMER_CTL_IMASK)) == TIMER_CTL_ENABLE) {
        timer_start(&v->soft_timer, v->arch.cntv_cval + v->vm->arch.cntvoff);
    }
}
