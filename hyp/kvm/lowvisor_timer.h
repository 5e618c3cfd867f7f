/* The virtual timer in a lowvisor. For assembly only. */
#ifndef EL2SIM_HYP_KVM_LOWVISOR_TIMER_H
#define EL2SIM_HYP_KVM_LOWVISOR_TIMER_H

#include "kvm/context.h"

#ifdef __ASSEMBLER__
/* clang-format off */

/*
 * The guest owns the virtual timer while it runs; the physical counter is open to it, the
 * physical timer is not.
 */
    .macro timer_restore
    mrs     x2, cnthctl_el2
    orr     x2, x2, #1
    bic     x2, x2, #2
    msr     cnthctl_el2, x2
    ldr     x1, [x28, #VCPU_VM]
    ldr     x3, [x1, #VM_CNTVOFF]
    msr     cntvoff_el2, x3
    ldr     x2, [x28, #VCPU_CNTV_CVAL]
    msr     cntv_cval_el0, x2
    isb
    ldr     x2, [x28, #VCPU_CNTV_CTL]
    and     x2, x2, #3
    msr     cntv_ctl_el0, x2
    .endm

    .macro timer_save
    mrs     x3, cntv_ctl_el0
    and     x3, x3, #3
    str     x3, [x28, #VCPU_CNTV_CTL]
    bic     x3, x3, #1              /* silent: the host looks at the deadline itself */
    msr     cntv_ctl_el0, x3
    isb
    mrs     x3, cntv_cval_el0
    str     x3, [x28, #VCPU_CNTV_CVAL]
    mrs     x2, cnthctl_el2
    orr     x2, x2, #3
    msr     cnthctl_el2, x2
    msr     cntvoff_el2, xzr
    .endm

/* clang-format on */
#endif

#endif
