/*
 * The host kernel's registers and addresses where it runs at EL1, or at EL2 with HCR_EL2.E2H: the
 * names of EL1's registers mean EL2's there. arch/el2/ has the same file for EL2 without E2H;
 * variants.cmake chooses the folder.
 */
#ifndef EL2SIM_HYP_ARCH_EL1_HOST_EL_H
#define EL2SIM_HYP_ARCH_EL1_HOST_EL_H

/* The kernel's half of the address space, 39 bits in TTBR1: virtual = physical + KERNEL_BASE. */
#define KERNEL_BASE 0xffffff8000000000

#define HOST_ELR       elr_el1
#define HOST_SPSR      spsr_el1
#define HOST_ESR       esr_el1
#define HOST_FAR       far_el1
#define HOST_VBAR      vbar_el1
#define HOST_CPTR      cpacr_el1 /* with E2H */
#define HOST_CNTP_CTL  cntp_ctl_el0
#define HOST_CNTP_CVAL cntp_cval_el0

/* What every entry of the kernel's page table has, and what takes the right to execute. */
#define HOST_PT    PT_UXN
#define HOST_PT_XN PT_PXN

#endif
