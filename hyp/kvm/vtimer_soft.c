/*
 * No virtual timer: the guest's timer is the physical one of EL1, whose registers trap, and so does
 * the physical counter. The kernel emulates them; a timer of the host, which goes on while the
 * guest runs, says when the line rises.
 */
#include "abi/board.h"
#include "kernel/irq.h"
#include "kvm/sysregs.h"
#include "kvm/vm.h"
#include "kvm/vtimer_regs.h"

static u64 guest_now(const struct vcpu *v)
{
    return timer_now_ticks() - v->vm->arch.cntvoff;
}

static void set_line(struct vcpu *v, bool level)
{
    if (level != v->timer_line) {
        v->timer_line = level;
        vgic_set_line(v->vm, v, INTID_PTIMER, level);
    }
}

/* In interrupt context on the VCPU's CPU: the guest does not run. */
static void expired(struct timer *t)
{
    set_line(container_of(t, struct vcpu, soft_timer), true);
}

static void refresh(struct vcpu *v)
{
    u64 now = guest_now(v);
    u64 flags = irq_save();
    timer_stop(&v->soft_timer);
    set_line(v, soft_timer_line(&v->ptimer, now));
    if (soft_timer_waits(&v->ptimer, now)) {
        u64 offset = v->vm->arch.cntvoff;
        timer_start(&v->soft_timer,
                    v->ptimer.cval > ~0UL - offset ? ~0UL : v->ptimer.cval + offset);
    }
    irq_restore(flags);
}

const u32 vtimer_guest_intid = INTID_PTIMER;

void vtimer_init_cpu(void)
{
}

void vtimer_init(struct vcpu *v)
{
    timer_init(&v->soft_timer, expired);
}

/* It stops when the VMM runs, which may go on elsewhere. */
void vtimer_flush(struct vcpu *v)
{
    if (v->ptimer.ctl && !v->timer_line && list_empty(&v->soft_timer.link)) {
        refresh(v);
    }
}

void vtimer_sync(struct vcpu *v)
{
    (void)v;
}

u64 vtimer_read(const struct vcpu *v, enum soft_timer_reg reg)
{
    return soft_timer_read(&v->ptimer, reg, guest_now(v));
}

void vtimer_write(struct vcpu *v, enum soft_timer_reg reg, u64 value)
{
    soft_timer_write(&v->ptimer, reg, value, guest_now(v));
    refresh(v);
}

enum exit_action vtimer_sysreg(struct vcpu *v, u64 iss)
{
    enum soft_timer_reg reg;
    if (!vtimer_reg(iss, &reg)) {
        inject_undefined(v);
        return EXIT_RESUME;
    }
    if (ISS_IS_READ(iss)) {
        vcpu_set_reg(v, ISS_RT(iss), vtimer_read(v, reg));
    } else {
        vtimer_write(v, reg, vcpu_reg(v, ISS_RT(iss)));
    }
    vcpu_skip(v);
    return EXIT_RESUME;
}
