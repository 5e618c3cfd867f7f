/* No virtual timer: the physical counter and timer of EL1 trap, and are exits to the VMM, which
 * emulates them. */
#include "a64.h"
#include "abi/board.h"
#include "kvm/sysregs.h"
#include "kvm/vm.h"
#include "kvm/vtimer_regs.h"

#define CNTKCTL_EL0VCTEN BIT(1)

const u32 vtimer_guest_intid = INTID_PTIMER;

/* The VMM reads the counter. */
void vtimer_init_cpu(void)
{
    write_sysreg(read_sysreg(cntkctl_el1) | CNTKCTL_EL0VCTEN, cntkctl_el1);
}

static void never(struct timer *t)
{
    (void)t;
}

void vtimer_init(struct vcpu *v)
{
    timer_init(&v->soft_timer, never);
}

void vtimer_flush(struct vcpu *v)
{
    (void)v;
}

void vtimer_sync(struct vcpu *v)
{
    (void)v;
}

enum exit_action vtimer_sysreg(struct vcpu *v, u64 iss)
{
    enum soft_timer_reg reg;
    if (!vtimer_reg(iss, &reg)) {
        inject_undefined(v);
        return EXIT_RESUME;
    }
    bool is_write = !ISS_IS_READ(iss);
    *v->run = (struct vcpu_run){
        .exit_reason = VCPU_EXIT_TIMER,
        .is_write = is_write,
        .len = 8,
        .ipa = reg,
        .data = is_write ? vcpu_reg(v, ISS_RT(iss)) : 0,
    };
    v->mmio_read_pending = !is_write;
    vcpu_skip(v);
    return EXIT_TO_USER;
}
