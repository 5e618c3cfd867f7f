/* Exception entry to a guest's EL1 done by hand, and the exits that all designs handle alike. */
#include "a64.h"
#include "abi/guest.h"
#include "kernel/exception.h"
#include "kvm/entry_pstate.h"
#include "kvm/vm.h"

#define WFX_IS_WFE       BIT(0)
#define ISS_EXTERNAL     0x10 /* synchronous external abort */
#define SPSR_MODE        0xf
#define VECTOR_CUR_SP0   0x000
#define VECTOR_CUR_SPX   0x200
#define VECTOR_LOWER_A64 0x400
#define VECTOR_IRQ       0x080

/* Arm ARM AArch64.TakeException */
static void enter(struct vcpu *v, u64 offset)
{
    struct cpu_context *c = &v->arch.ctx;
    u64 mode = c->pstate & SPSR_MODE;
    u64 vector = mode == 5 ? VECTOR_CUR_SPX : mode == 4 ? VECTOR_CUR_SP0 : VECTOR_LOWER_A64;
    vcpu_set_elr_spsr(v, c->pc, c->pstate);
    c->pc = vcpu_sys(v, SYS_VBAR) + vector + offset;
    c->pstate = entry_pstate(c->pstate, vcpu_sys(v, SYS_SCTLR));
}

void inject_exception(struct vcpu *v, u64 esr)
{
    vcpu_set_sys(v, SYS_ESR, esr);
    enter(v, 0);
}

void inject_irq(struct vcpu *v)
{
    enter(v, VECTOR_IRQ);
}

void inject_undefined(struct vcpu *v)
{
    inject_exception(v, ESR_IL | (u64)EC_UNKNOWN << 26);
}

void inject_abort(struct vcpu *v, bool instruction, u64 far)
{
    bool from_el0 = (v->arch.ctx.pstate & SPSR_MODE) == 0;
    u64 ec = instruction ? (from_el0 ? EC_IABT_LOW : EC_IABT_CUR)
                         : (from_el0 ? EC_DABT_LOW : EC_DABT_CUR);
    vcpu_set_sys(v, SYS_FAR, far);
    inject_exception(v, ec << 26 | (v->arch.esr & ESR_IL) | ISS_EXTERNAL);
}

enum exit_action exit_wfx(struct vcpu *v)
{
    if (v->arch.esr & WFX_IS_WFE) {
        schedule(); /* somebody else may hold what it waits for */
    } else {
        wait_event(&v->wait, vcpu_has_work(v));
    }
    vcpu_skip(v);
    return EXIT_RESUME;
}

/* The return address is already behind the instruction. */
enum exit_action exit_hvc(struct vcpu *v)
{
    u32 function = (u32)vcpu_reg(v, 0);
    if (function == HVC_NOOP) {
        vcpu_set_reg(v, 0, 0);
    } else if (!psci_call_guest(v) && !vm_switch_call(v)) {
        vcpu_set_reg(v, 0, (u64)-1);
    }
    return EXIT_RESUME;
}
