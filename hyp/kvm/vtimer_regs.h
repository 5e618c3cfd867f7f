/* The registers that CNTHCTL_EL2.EL1PCTEN and EL1PCEN make trap. */
#ifndef EL2SIM_HYP_KVM_VTIMER_REGS_H
#define EL2SIM_HYP_KVM_VTIMER_REGS_H

#include "emul/timer.h"
#include "kvm/sysregs.h"
#include "kvm/vm.h"

/* False: another register. */
static inline bool vtimer_reg(u64 iss, enum soft_timer_reg *reg)
{
    static const u64 names[] = {
        [SOFT_TIMER_COUNT] = ISS_REG(3, 3, 14, 0, 1), /* CNTPCT_EL0 */
        [SOFT_TIMER_CTL] = ISS_REG(3, 3, 14, 2, 1),   /* CNTP_CTL_EL0 */
        [SOFT_TIMER_CVAL] = ISS_REG(3, 3, 14, 2, 2),  /* CNTP_CVAL_EL0 */
        [SOFT_TIMER_TVAL] = ISS_REG(3, 3, 14, 2, 0),  /* CNTP_TVAL_EL0 */
    };
    for (unsigned i = 0; i < ARRAY_SIZE(names); i++) {
        if ((iss & ISS_REG_MASK) == names[i]) {
            *reg = (enum soft_timer_reg)i;
            return true;
        }
    }
    return false;
}

/* --- vtimer_soft.c --- */
u64 vtimer_read(const struct vcpu *v, enum soft_timer_reg reg);
void vtimer_write(struct vcpu *v, enum soft_timer_reg reg, u64 value);

#endif
