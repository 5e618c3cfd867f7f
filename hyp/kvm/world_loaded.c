/*
 * World switch of a host at EL2 that leaves a guest's state in registers between exits, after Linux
 * 4.17's kvm_vcpu_run_vhe(): with all groups lazy (state.h), an entry is the return address, the
 * general registers and an ERET.
 */
#include "a64.h"
#include "guest_el.h"
#include "host_el.h"
#include "kernel/exception.h"
#include "kernel/panic.h"
#include "kvm/state.h"
#include "kvm/world_el2.h"

u64 world_address(u64 va)
{
    return va;
}

void world_init(void)
{
}

/* The physical timer is closed to guests and not used by processes: nothing to switch. */
void world_init_cpu(void)
{
    write_sysreg(world_vtcr(), vtcr_el2);
    write_sysreg((read_sysreg(cnthctl_el2) | CNTHCTL_EL1PCTEN) & ~CNTHCTL_EL1PTEN, cnthctl_el2);
    isb();
}

/* True: the guest goes on. */
static bool fix_up(struct vcpu_arch *v)
{
    v->esr = read_sysreg(esr_el2);
    if (ESR_EC(v->esr) == EC_FP) {
        return state_fp_trap(v);
    }
    return !world_fault_read(v);
}

/* What may have changed since traps_in(): a trap of the guest's cache setup, a new VMID. */
static void control_in(struct vcpu_arch *v)
{
    u64 vttbr = ((const struct vm_arch *)v->vm)->vttbr;
    if (vttbr != v->vttbr_on_cpu) {
        v->vttbr_on_cpu = vttbr;
        write_sysreg(vttbr, vttbr_el2);
    }
    if (!HCR_STAYS || v->hcr != v->hcr_on_cpu) {
        v->hcr_on_cpu = v->hcr;
        write_sysreg(v->hcr | HCR_GUEST_ALWAYS, hcr_el2);
    }
}

u64 world_run(struct vcpu_arch *v)
{
    u64 eager = ~state_lazy & STATE_ALL;
    u64 exit;

    if (eager) {
        state_in(v, eager);
    }
    bool debug = state_debug_wanted(v);
    if (debug) {
        state_debug_in(v);
    }
    bool lrs = v->vgic.used && (state_lazy & STATE_VGIC);
    if (lrs) {
        vgic_hw_enter(&v->vgic);
    }
    control_in(v);
    write_sysreg(v->ctx.pc, elr_el2);
    write_sysreg(v->ctx.pstate, spsr_el2);
    do {
        exit = guest_enter(v, (struct cpu_context *)v->host_ctx);
    } while (exit == WORLD_EXIT_TRAP && fix_up(v));
    v->ctx.pc = read_sysreg(elr_el2);
    v->ctx.pstate = read_sysreg(spsr_el2);
    if (!HCR_STAYS) {
        write_sysreg(HCR_HOST, hcr_el2);
    }
    if (lrs) {
        vgic_hw_leave(&v->vgic);
    }
    if (debug) {
        state_debug_out(v);
    }
    if (eager) {
        state_out(v, eager);
    }
    if (!HCR_STAYS) {
        isb(); /* TGE is set for whatever the host does next */
    }
    return exit;
}

void world_panic(void)
{
    write_sysreg(HCR_HOST, hcr_el2);
    write_sysreg(kernel_vectors, HOST_VBAR);
    isb();
    panic_exception("EL2, guest vectors", read_sysreg(esr_el2), read_sysreg(elr_el2),
                    read_sysreg(far_el2), NULL);
}
