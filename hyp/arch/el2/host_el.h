/*
 * The host kernel's registers and addresses where it runs at EL2 with HCR_EL2.E2H = 0: the same
 * names as in arch/el1/host_el.h.
 */
#ifndef EL2SIM_HYP_ARCH_EL2_HOST_EL_H
#define EL2SIM_HYP_ARCH_EL2_HOST_EL_H

/* EL2 has TTBR0_EL2 alone, one range of addresses: the kernel is in the upper half of its 39 bits,
 * virtual = physical + KERNEL_BASE; the boot code stays at its physical address below. */
#define KERNEL_BASE 0x4000000000

#define HOST_ELR       elr_el2
#define HOST_SPSR      spsr_el2
#define HOST_ESR       esr_el2
#define HOST_FAR       far_el2
#define HOST_VBAR      vbar_el2
#define HOST_CPTR      cptr_el2
#define HOST_CNTP_CTL  cnthp_ctl_el2
#define HOST_CNTP_CVAL cnthp_cval_el2

/* A regime of one exception level: AP[1] is RES1, and XN lies where others have UXN. Arm ARM D8 */
#define HOST_PT    PT_EL0
#define HOST_PT_XN PT_UXN

#endif
