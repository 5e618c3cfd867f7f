/* Why a guest at EL0 came to EL1, and what the kernel does about it. In place of kvm/exit.c. */
#include "a64.h"
#include "abi/pv.h"
#include "kernel/exception.h"
#include "kvm/depriv/depriv.h"
#include "kvm/depriv/insn.h"

#define ISS_DATA_KEPT (ISS_CM | ISS_WNR)
#define ISS_WNR       BIT(6)
#define ISS_CM        BIT(8)
#define ISS_OP0       (3UL << 20)
#define SVC_IMM(esr)  ((esr)&0xffff)

/* An exception that is the guest's own, with the syndrome that its EL1 would have seen. */
static enum exit_action reflect(struct vcpu *v)
{
    u64 esr = v->arch.esr;
    u64 ec = ESR_EC(esr);
    if (ec == EC_IABT_LOW || ec == EC_DABT_LOW || ec == EC_PC_ALIGN) {
        v->arch.ctx.sys[SYS_FAR] = v->arch.far; /* else it is that of another exception */
    }
    if (guest_at_el1(v) && (ec == EC_IABT_LOW || ec == EC_DABT_LOW)) {
        esr += 1UL << 26; /* from the same level */
    }
    inject_exception(v, esr);
    return EXIT_RESUME;
}

/* A call: the return address is behind it. An instruction that turns out UNDEFINED is pointed at.
 */
static bool call(struct vcpu *v, u64 imm, enum exit_action *action)
{
    *action = EXIT_RESUME;
    switch (PV_CLASS(imm)) {
    case PV_MRS:
        return reg_access(v, PV_INDEX(imm), false, PV_RT(imm));
    case PV_MSR:
        return reg_access(v, PV_INDEX(imm), true, PV_RT(imm));
    case PV_MSR_FIELD:
        return field_write(v, PV_INDEX(imm), PV_RT(imm));
    case PV_SYS:
        return system_operation(v, PV_INDEX(imm), PV_RT(imm));
    case PV_EVENT:
        if (PV_INDEX(imm) != PV_ERET) {
            return false; /* SMC: a guest has no EL3 below it */
        }
        guest_eret(v);
        return true;
    case PV_HVC:
        *action = exit_hvc(v);
        return true;
    case PV_SVC:
        inject_exception(v, (v->arch.esr & ~0xffffUL) | PV_IMMEDIATE(imm));
        return true;
    default:
        return false;
    }
}

static enum exit_action handle_svc(struct vcpu *v)
{
    enum exit_action action;
    if (!guest_at_el1(v)) {
        return reflect(v);
    }
    if (!call(v, SVC_IMM(v->arch.esr), &action)) {
        v->arch.ctx.pc -= 4;
        inject_undefined(v);
    }
    return action;
}

static enum exit_action handle_undefined(struct vcpu *v)
{
    u32 insn;
    if (!guest_at_el1(v)) {
        return reflect(v);
    }
    return shadow_read_insn(v, &insn) ? emulate_insn(v, insn) : EXIT_RESUME;
}

/* The syndrome names the register; but QEMU 7.2 has op1 and op2 of MSR (immediate) the wrong way
 * round, so that one is read as the others are. */
static enum exit_action handle_system(struct vcpu *v)
{
    u64 iss = ESR_ISS(v->arch.esr);
    if (!guest_at_el1(v)) {
        return reflect(v);
    }
    return iss & ISS_OP0 ? emulate_trapped(v, iss) : handle_undefined(v);
}

static enum exit_action handle_wfx(struct vcpu *v)
{
    u64 trap = v->arch.esr & 1 ? SCTLR_NTWE : SCTLR_NTWI;
    if (!guest_at_el1(v) && !(v->arch.ctx.sys[SYS_SCTLR] & trap)) {
        return reflect(v);
    }
    return exit_wfx(v);
}

/* The syndrome of EL1 does not describe the access: the instruction does. */
static enum exit_action access_device(struct vcpu *v, u64 ipa)
{
    u32 insn;
    if (!shadow_read_insn(v, &insn)) {
        return EXIT_RESUME; /* another VCPU has flushed it: the guest faults again */
    }
    v->arch.esr |= insn_access_iss(insn);
    return mmio_abort(v, ipa);
}

static enum exit_action handle_abort(struct vcpu *v)
{
    u64 ipa;
    u32 fsc;
    bool instruction = ESR_EC(v->arch.esr) == EC_IABT_LOW;
    u64 type = v->arch.esr & FSC_TYPE;
    if (type != FSC_TRANSLATION && type != FSC_PERMISSION) {
        return reflect(v); /* alignment, external */
    }
    switch (shadow_fault(v, v->arch.esr, v->arch.far, &fsc, &ipa)) {
    case SHADOW_MENDED:
        return EXIT_RESUME;
    case SHADOW_DEVICE:
        if (!instruction) {
            return access_device(v, ipa);
        }
        inject_abort(v, true, v->arch.far);
        return EXIT_RESUME;
    case SHADOW_INJECT:
        break;
    }
    v->arch.esr = (v->arch.esr & (ESR_IL | 0x3fUL << 26 | ISS_DATA_KEPT)) | fsc;
    return reflect(v);
}

enum exit_action exit_handle(struct vcpu *v)
{
    switch (ESR_EC(v->arch.esr)) {
    case EC_SVC64:
        return handle_svc(v);
    case EC_UNKNOWN:
        return handle_undefined(v);
    case EC_SYS64:
        return handle_system(v);
    case EC_WFX:
        return handle_wfx(v);
    case EC_IABT_LOW:
    case EC_DABT_LOW:
        return handle_abort(v);
    default: /* FP, BRK, alignment of PC and SP, ... */
        return reflect(v);
    }
}
