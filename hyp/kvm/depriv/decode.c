/*
 * Sensitive instructions that nobody replaced. On A64 nearly all are UNDEFINED at EL0, or trap by
 * SCTLR_EL1, so an unmodified kernel works, too: at the price of reading and decoding the
 * instruction (most give EC 0, which says nothing) and of finding the register's row.
 */
#include "a64.h"
#include "abi/pv.h"
#include "kernel/exception.h"
#include "kvm/depriv/depriv.h"
#include "kvm/sysregs.h"

#define INSN_ERET       0xd69f03e0
#define INSN_HVC        0xd4000002
#define INSN_CALL_MASK  0xffe0001f
#define INSN_SYSTEM     0xd5000000
#define INSN_SYSTEM_ALL 0xffc00000

#define REG(op0, op1, crn, crm, op2)                                                               \
    ((op0##UL) << 20 | (op2##UL) << 17 | (op1##UL) << 14 | (crn##UL) << 10 | (crm##UL) << 1)
#define CRM_MASK (0xfUL << 1)

struct name {
    u32 reg; /* as ISS_REG() */
    u8 index;
    u8 kind;      /* enum pv_class */
    bool is_bank; /* any CRm: it is added to the index */
};

#undef PV_REG
#undef PV_REG16
#undef PV_FIELD
#undef PV_OP
#undef PV_NATIVE
#undef PV_NATIVE_OP
#define PV_REG(index, name, op0, op1, crn, crm, op2)                                               \
    {REG(op0, op1, crn, crm, op2), index, PV_MRS, false},
#define PV_REG16(index, name, op0, op1, op2) {REG(op0, op1, 0, 0, op2), index, PV_MRS, true},
#define PV_FIELD(index, name, op1, op2)      {REG(0, op1, 4, 0, op2), index, PV_MSR_FIELD, true},
#define PV_OP(index, instruction, operation, op1, crn, crm, op2)                                   \
    {REG(1, op1, crn, crm, op2), index, PV_SYS, false},
#define PV_NATIVE(name, access)
#define PV_NATIVE_OP(instruction, operation)

static const struct name names[] = {
#include "abi/pv.def"
};

static const struct name *find(u64 reg)
{
    for (unsigned i = 0; i < ARRAY_SIZE(names); i++) {
        u64 mask = names[i].is_bank ? ISS_REG_MASK & ~CRM_MASK : ISS_REG_MASK;
        if ((reg & mask) == names[i].reg) {
            return &names[i];
        }
    }
    return NULL;
}

/* The group of ID registers: those without a row are zero. Arm ARM D17 "ID registers" */
static bool is_id_register(u64 reg)
{
    return (reg & ~(REG(0, 0, 0, 7, 7))) == REG(3, 0, 0, 0, 0) && (reg & CRM_MASK) != 0;
}

static bool access_by_name(struct vcpu *v, u64 iss)
{
    u64 reg = iss & ISS_REG_MASK;
    unsigned rt = ISS_RT(iss);
    unsigned crm = (unsigned)(reg >> 1 & 0xf);
    const struct name *n = find(reg);
    if (!n) {
        if (!is_id_register(reg) || !ISS_IS_READ(iss)) {
            return false;
        }
        vcpu_set_reg(v, rt, 0);
        return true;
    }
    switch (n->kind) {
    case PV_MRS:
        return reg_access(v, n->index + (n->is_bank ? crm : 0), !ISS_IS_READ(iss), rt);
    case PV_MSR_FIELD:
        return field_write(v, n->index, crm);
    case PV_SYS:
        return system_operation(v, n->index, rt);
    default:
        return false;
    }
}

enum exit_action emulate_trapped(struct vcpu *v, u64 iss)
{
    if (access_by_name(v, iss)) {
        vcpu_skip(v);
    } else {
        inject_undefined(v);
    }
    return EXIT_RESUME;
}

/* The syndrome that EC 0x18 would have had. */
static u64 system_iss(u32 insn)
{
    u64 op0 = insn >> 19 & 3, op1 = insn >> 16 & 7, crn = insn >> 12 & 0xf;
    u64 crm = insn >> 8 & 0xf, op2 = insn >> 5 & 7, rt = insn & 0x1f, is_read = insn >> 21 & 1;
    return op0 << 20 | op2 << 17 | op1 << 14 | crn << 10 | rt << 5 | crm << 1 | is_read;
}

enum exit_action emulate_insn(struct vcpu *v, u32 insn)
{
    if (insn == INSN_ERET) {
        guest_eret(v);
        return EXIT_RESUME;
    }
    if ((insn & INSN_CALL_MASK) == INSN_HVC) {
        vcpu_skip(v);
        return exit_hvc(v);
    }
    if ((insn & INSN_SYSTEM_ALL) == INSN_SYSTEM) {
        return emulate_trapped(v, system_iss(insn));
    }
    inject_undefined(v); /* SMC, too: a guest has no EL3 below it */
    return EXIT_RESUME;
}
