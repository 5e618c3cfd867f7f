/* What made a guest exit, and what the kernel does about it. Handled with interrupts enabled, on
 * the VCPU's thread. */
#include "a64.h"
#include "abi/guest.h"
#include "kernel/exception.h"
#include "kvm/vm.h"

#define WFX_IS_WFE       BIT(0)
#define FAULT_S1PTW      BIT(7)
#define ESR_IL           BIT(25)
#define ISS_EXTERNAL     0x10 /* synchronous external abort */
#define SPSR_MODE        0xf
#define SPSR_EL1H_DAIF   0x3c5
#define SPSR_SSBS        BIT(12)
#define SPSR_PAN         BIT(22)
#define SPSR_DIT         BIT(24)
#define SPSR_NZCV        (0xfUL << 28)
#define SCTLR_SPAN       BIT(23)
#define SCTLR_DSSBS      BIT(44)
#define VECTOR_CUR_SP0   0x000
#define VECTOR_CUR_SPX   0x200
#define VECTOR_LOWER_A64 0x400

/* What a CPU without one of the features has there is RES0 or, SCTLR_EL1.SPAN, RES1. */
static u64 entry_pstate(struct vcpu *v)
{
    u64 sctlr = vcpu_sys(v, SYS_SCTLR);
    u64 pstate = (v->arch.ctx.pstate & (SPSR_NZCV | SPSR_DIT | SPSR_PAN)) | SPSR_EL1H_DAIF;
    pstate |= sctlr & SCTLR_SPAN ? 0 : SPSR_PAN;
    return pstate | (sctlr & SCTLR_DSSBS ? SPSR_SSBS : 0);
}

/* Exception entry to EL1 done by hand. Arm ARM AArch64.TakeException */
static void inject(struct vcpu *v, u64 esr)
{
    struct cpu_context *c = &v->arch.ctx;
    u64 mode = c->pstate & SPSR_MODE;
    u64 vector = mode == 5 ? VECTOR_CUR_SPX : mode == 4 ? VECTOR_CUR_SP0 : VECTOR_LOWER_A64;
    vcpu_set_elr_spsr(v, c->pc, c->pstate);
    vcpu_set_sys(v, SYS_ESR, esr);
    c->pc = vcpu_sys(v, SYS_VBAR) + vector;
    c->pstate = entry_pstate(v);
}

void inject_undefined(struct vcpu *v)
{
    inject(v, ESR_IL | (u64)EC_UNKNOWN << 26);
}

void inject_abort(struct vcpu *v, bool instruction, u64 far)
{
    bool from_el0 = (v->arch.ctx.pstate & SPSR_MODE) == 0;
    u64 ec = instruction ? (from_el0 ? EC_IABT_LOW : EC_IABT_CUR)
                         : (from_el0 ? EC_DABT_LOW : EC_DABT_CUR);
    vcpu_set_sys(v, SYS_FAR, far);
    inject(v, ec << 26 | (v->arch.esr & ESR_IL) | ISS_EXTERNAL);
}

static enum exit_action handle_wfx(struct vcpu *v)
{
    if (v->arch.esr & WFX_IS_WFE) {
        schedule(); /* somebody else may hold what it waits for */
    } else {
        wait_event(&v->wait, vcpu_has_work(v));
    }
    vcpu_skip(v);
    return EXIT_RESUME;
}

/* The return address of an HVC is already behind it. */
static enum exit_action handle_hvc(struct vcpu *v)
{
    u32 function = (u32)vcpu_reg(v, 0);
    if (function == HVC_NOOP) {
        vcpu_set_reg(v, 0, 0);
    } else if (!psci_call_guest(v) && !vm_switch_call(v)) {
        vcpu_set_reg(v, 0, (u64)-1);
    }
    return EXIT_RESUME;
}

/* A guest has no EL3 below it: as on a machine without one. */
static enum exit_action handle_undefined(struct vcpu *v)
{
    inject_undefined(v);
    return EXIT_RESUME;
}

static enum exit_action handle_sysreg(struct vcpu *v)
{
    return sysreg_emulate(v, ESR_ISS(v->arch.esr));
}

static enum exit_action handle_abort(struct vcpu *v)
{
    u64 esr = v->arch.esr;
    bool instruction = ESR_EC(esr) == EC_IABT_LOW;
    u64 ipa = v->arch.hpfar >> 4 << 12 | (v->arch.far & 0xfff);
    if ((esr & FSC_TYPE) == FSC_TRANSLATION) {
        if (stage2_fault(v, ipa)) {
            return EXIT_RESUME;
        }
        if (!instruction && !(esr & FAULT_S1PTW)) {
            return mmio_abort(v, ipa);
        }
    }
    inject_abort(v, instruction, v->arch.far);
    return EXIT_RESUME;
}

enum exit_action exit_handle(struct vcpu *v)
{
    typedef enum exit_action (*handler)(struct vcpu *);
    static const handler handlers[64] = {
        [EC_WFX] = handle_wfx,      [EC_HVC64] = handle_hvc,      [EC_SMC64] = handle_undefined,
        [EC_SYS64] = handle_sysreg, [EC_IABT_LOW] = handle_abort, [EC_DABT_LOW] = handle_abort,
    };
    handler h = handlers[ESR_EC(v->arch.esr)];
    return h ? h(v) : handle_undefined(v);
}
