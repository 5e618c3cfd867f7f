/*
 * Split mode without virtual GIC and virtual timer, after the first KVM/ARM (ASPLOS 2014): nothing
 * of either is moved. A virtual interrupt is HCR_EL2.VI, set for as long as the emulated GIC holds
 * its line up; the physical counter and timer trap.
 */
#include "arch/boot.h"
#include "kvm/context.h"

    .macro add_irq_lines hcr, scratch
    ldr     \scratch, [x28, #VCPU_IRQ_LINES]
    orr     \hcr, \hcr, \scratch
    .endm

    .macro gic_restore
    .endm

    .macro gic_save
    .endm

    .macro timer_restore
    mrs     x2, cnthctl_el2
    bic     x2, x2, #3              /* EL1PCTEN, EL1PCEN */
    msr     cnthctl_el2, x2
    .endm

    .macro timer_save
    mrs     x2, cnthctl_el2
    orr     x2, x2, #3
    msr     cnthctl_el2, x2
    .endm

#include "kvm/lowvisor_fp.h"
#include "kvm/lowvisor.h"
