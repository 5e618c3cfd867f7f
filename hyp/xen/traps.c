/* Traps of guests, handled where they are taken: at EL2, on the VCPU's stack, its state in the
 * machine. */
#include "a64.h"
#include "abi/guest.h"
#include "abi/xen.h"
#include "kernel/exception.h"
#include "kernel/irq.h"
#include "kernel/panic.h"
#include "kvm/entry_pstate.h"
#include "xen/domain.h"
#include "xen/hypervisor.h"

#define WFX_IS_WFE       BIT(0)
#define FAULT_S1PTW      BIT(7)
#define ESR_IL           BIT(25)
#define ISS_EXTERNAL     0x10 /* synchronous external abort */
#define SPSR_MODE        0xf
#define VECTOR_CUR_SP0   0x000
#define VECTOR_CUR_SPX   0x200
#define VECTOR_LOWER_A64 0x400
#define PAR_F            BIT(0)
#define PAR_PA           0x0000fffffffff000UL

u64 *guest_registers(struct vcpu *v)
{
    return v->frame->x;
}

u64 vcpu_reg(const struct vcpu *v, unsigned n)
{
    return n == 31 ? 0 : v->frame->x[n];
}

void vcpu_set_reg(struct vcpu *v, unsigned n, u64 value)
{
    if (n != 31) {
        v->frame->x[n] = value;
    }
}

/* Exception entry to EL1 done by hand. Arm ARM AArch64.TakeException */
static void inject(struct guest_frame *f, u64 esr)
{
    u64 mode = f->pstate & SPSR_MODE;
    u64 vector = mode == 5 ? VECTOR_CUR_SPX : mode == 4 ? VECTOR_CUR_SP0 : VECTOR_LOWER_A64;
    f->elr_el1 = f->pc;
    f->spsr_el1 = f->pstate;
    write_sysreg(esr, esr_el1);
    f->pc = read_sysreg(vbar_el1) + vector;
    f->pstate = entry_pstate(f->pstate, read_sysreg(sctlr_el1));
}

static void inject_abort_of(struct guest_frame *f, u64 esr, u64 far)
{
    bool from_el0 = (f->pstate & SPSR_MODE) == 0;
    u64 ec = ESR_EC(esr) == EC_IABT_LOW ? (from_el0 ? EC_IABT_LOW : EC_IABT_CUR)
                                        : (from_el0 ? EC_DABT_LOW : EC_DABT_CUR);
    write_sysreg(far, far_el1);
    inject(f, ec << 26 | (esr & ESR_IL) | ISS_EXTERNAL);
}

static void trap_undefined(struct vcpu *v, u64 esr)
{
    (void)esr;
    inject(v->frame, ESR_IL | (u64)EC_UNKNOWN << 26);
}

static void trap_wfx(struct vcpu *v, u64 esr)
{
    if (esr & WFX_IS_WFE) {
        schedule();
    } else {
        vcpu_block(v);
    }
    v->frame->pc += 4;
}

/* HVC #0 is PSCI, and the calls of the papers' test programs; HVC #0xEA1 is Xen's own interface. */
static void trap_hvc(struct vcpu *v, u64 esr)
{
    u64 immediate = esr & 0xffff;
    if (immediate == XEN_HVC_IMMEDIATE) {
        hypercall(v);
    } else if (immediate != 0) {
        trap_undefined(v, esr);
    } else if ((u32)vcpu_reg(v, 0) == HVC_NOOP) {
        vcpu_set_reg(v, 0, 0);
    } else if (psci_call_guest(v)) {
        vcpu_wait_until_on(v);
    } else if (!vm_switch_call(v)) {
        vcpu_set_reg(v, 0, (u64)-1);
    }
}

static void trap_sysreg(struct vcpu *v, u64 esr)
{
    if (sysreg_trap(v, ESR_ISS(esr))) {
        v->frame->pc += 4;
    } else {
        trap_undefined(v, esr);
    }
}

/* Xen 4.5 walks the guest's own tables instead of reading HPFAR_EL2. PAR_EL1 is the guest's. False:
 * its tables have changed since the fault, or stage 2 is changing under them. */
static bool fault_ipa(u64 far, u64 *ipa)
{
    u64 guest_par = read_sysreg(par_el1);
    __asm__ volatile("at s1e1r, %0" ::"r"(far) : "memory");
    isb();
    u64 par = read_sysreg(par_el1);
    write_sysreg(guest_par, par_el1);
    *ipa = (par & PAR_PA) | (far & 0xfff);
    return !(par & PAR_F);
}

static bool emulate_access(struct vcpu *v, u64 esr, u64 ipa)
{
    struct mmio m;
    if (!mmio_decode(v, esr, ipa, &m)) {
        return false;
    }
    if (!vgic_guest_mmio(v, &m) && !console_access(v->vm, &m)) {
        return false;
    }
    if (!m.is_write) {
        mmio_finish_read(v, esr, m.value);
    }
    v->frame->pc += 4;
    return true;
}

/* All memory is mapped when the domain is made: what faults is a device, or nothing, or another CPU
 * has just broken the entry to make another. Then, as where the tables have changed, the guest
 * tries again. */
static bool resolve_fault(struct vcpu *v, u64 esr, u64 far)
{
    u64 ipa;
    switch (esr & (FSC_TYPE | FAULT_S1PTW)) {
    case FSC_TRANSLATION:
        if (!fault_ipa(far, &ipa) || (ESR_EC(esr) == EC_DABT_LOW && emulate_access(v, esr, ipa))) {
            return true;
        }
        break;
    case FSC_TRANSLATION | FAULT_S1PTW:
        ipa = read_sysreg(hpfar_el2) >> 4 << 12;
        break;
    default: /* no permission */
        return false;
    }
    return p2m_maps(v->vm, ipa);
}

static void trap_abort(struct vcpu *v, u64 esr)
{
    u64 far = read_sysreg(far_el2);
    if (!resolve_fault(v, esr, far)) {
        inject_abort_of(v->frame, esr, far);
    }
}

void guest_trap(struct guest_frame *f)
{
    typedef void (*handler)(struct vcpu *, u64 esr);
    static const handler handlers[64] = {
        [EC_WFX] = trap_wfx,      [EC_HVC64] = trap_hvc,      [EC_SMC64] = trap_undefined,
        [EC_SYS64] = trap_sysreg, [EC_IABT_LOW] = trap_abort, [EC_DABT_LOW] = trap_abort,
    };
    struct vcpu *v = vcpu_of_frame(f);
    u64 esr = read_sysreg(esr_el2);
    vgic_clear_lrs(v);
    handler h = handlers[ESR_EC(esr)];
    (h ? h : trap_undefined)(v, esr);
}

void guest_interrupt(struct guest_frame *f)
{
    vgic_clear_lrs(vcpu_of_frame(f));
    irq_dispatch();
}

/* The way back to a guest: another VCPU first if one is due, then what has become pending. A VCPU
 * that was off begins anew. */
void guest_leave(struct guest_frame *f)
{
    struct vcpu *v = vcpu_of_frame(f);
    for (;;) {
        irq_disable();
        if (READ_ONCE(v->reset_pending) || READ_ONCE(v->vm->stopping)) {
            irq_enable();
            if (READ_ONCE(v->vm->stopping)) {
                vcpu_thread_exit(v);
            }
            vcpu_begin_anew(v);
        } else if (sched_pending()) {
            irq_enable();
            schedule();
        } else {
            break;
        }
    }
    vgic_inject(v);
}
