/* System register accesses of a guest that trap. */
#ifndef EL2SIM_HYP_KVM_SYSREGS_H
#define EL2SIM_HYP_KVM_SYSREGS_H

/* The name of a register in the syndrome of an MSR or MRS: ISS without Rt and direction. Arm ARM
 * ESR_ELx, EC 0x18 */
#define ISS_REG(op0, op1, crn, crm, op2)                                                           \
    ((op0##UL) << 20 | (op2##UL) << 17 | (op1##UL) << 14 | (crn##UL) << 10 | (crm##UL) << 1)
#define ISS_REG_MASK     0x3ffc1eUL
#define ISS_RT(iss)      ((iss) >> 5 & 0x1f)
#define ISS_IS_READ(iss) ((iss)&1)

#endif
