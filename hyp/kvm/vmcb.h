/* FEAT_VMCB as the hypervisor sees it: docs/vmcb.md. */
#ifndef EL2SIM_HYP_KVM_VMCB_H
#define EL2SIM_HYP_KVM_VMCB_H

#define VMCBR_EL2 S3_4_C15_C0_0 /* the control block */
#define VMHSR_EL2 S3_4_C15_C0_1 /* the host save area */

#define VMCBR_EN           (1 << 0)
#define VMCBR_EXITED_SHIFT 2

#define VMCB_REVISION 1

#define AFR0_VMCB 0xf /* field of ID_AA64AFR0_EL1: 1, there are control blocks */

#endif
