/*
 * Calls of a paravirtual guest: its kernel runs at EL0, and each of its sensitive instructions was
 * replaced at build time by SVC #imm16, which says what it was (workloads/paravirt/rewrite.py).
 *
 *     imm16[15:13]   imm16[12:5]        imm16[4:0]
 *     PV_MRS         PV_REG index       Rt
 *     PV_MSR         PV_REG index       Rt
 *     PV_MSR_FIELD   PV_FIELD index     immediate
 *     PV_EVENT       PV_ERET, PV_SMC    0
 *     PV_SYS         PV_OP index        Rt, 31 if it has none
 *     PV_HVC         immediate (13 bits)
 *     PV_SVC         immediate (13 bits)
 *
 * Classes after the one that the authors of NEVE used for the same purpose (with HVC). Only the
 * guest's kernel calls so: an SVC of its programs is theirs, whatever the number.
 */
#ifndef EL2SIM_ABI_PV_H
#define EL2SIM_ABI_PV_H

#define PV_CLASS(imm)     ((imm) >> 13 & 7)
#define PV_INDEX(imm)     ((imm) >> 5 & 0xff)
#define PV_RT(imm)        ((imm)&0x1f)
#define PV_IMMEDIATE(imm) ((imm)&0x1fff)

enum pv_class { PV_MRS = 1, PV_MSR, PV_MSR_FIELD, PV_EVENT, PV_SYS, PV_HVC, PV_SVC };
enum pv_event { PV_ERET, PV_SMC };

#define PV_NATIVE(name, access)
#define PV_NATIVE_OP(instruction, operation)

#define PV_REG(index, name, op0, op1, crn, crm, op2) PV_##name = (index),
#define PV_REG16(index, name, op0, op1, op2)         PV_##name = (index),
#define PV_FIELD(index, name, op1, op2)
#define PV_OP(index, instruction, operation, op1, crn, crm, op2)
enum pv_reg {
#include "abi/pv.def"
    PV_REG_COUNT = 0x100
};
#undef PV_REG
#undef PV_REG16
#undef PV_FIELD
#undef PV_OP

#define PV_REG(index, name, op0, op1, crn, crm, op2)
#define PV_REG16(index, name, op0, op1, op2)
#define PV_FIELD(index, name, op1, op2) PV_FIELD_##name = (index),
#define PV_OP(index, instruction, operation, op1, crn, crm, op2)
enum pv_field {
#include "abi/pv.def"
};
#undef PV_FIELD
#undef PV_OP

#define PV_FIELD(index, name, op1, op2)
#define PV_OP(index, instruction, operation, op1, crn, crm, op2)                                   \
    PV_##instruction##_##operation = (index),
enum pv_op {
#include "abi/pv.def"
    PV_OP_COUNT = 0x20
};
#undef PV_REG
#undef PV_REG16
#undef PV_FIELD
#undef PV_OP

#endif
