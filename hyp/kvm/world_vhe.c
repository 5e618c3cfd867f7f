/*
 * World switch for a host at EL2 (HCR_EL2.E2H = 1), after Linux 4.6's arch/arm64/kvm/hyp/: a
 * function call, but still eager: each exit saves all of the guest's EL1 (through the _EL12 names),
 * its FP registers and the GIC.
 */
#include "kvm/world_el2.h"

#include "a64.h"
#include "guest_el.h"
#include "kernel/cpu.h"
#include "kernel/page.h"
#include "kernel/panic.h"
#include "kernel/timer.h"

const char host_design[] = "kvm-vhe";

u64 world_address(u64 va)
{
    return va;
}

void world_init(void)
{
}

void world_init_cpu(void)
{
    write_sysreg(world_vtcr(), vtcr_el2);
    isb();
}

/* What the host uses itself and a guest would overwrite: no EL12 partner keeps these apart. */
__hyp_text static void common_save(struct cpu_context *c)
{
    c->sys[SYS_ACTLR] = read_sysreg(actlr_el1);
    c->sys[SYS_TPIDR_EL0] = read_sysreg(tpidr_el0);
    c->sys[SYS_TPIDRRO_EL0] = read_sysreg(tpidrro_el0);
    c->sys[SYS_TPIDR_EL1] = read_sysreg(tpidr_el1);
    c->sys[SYS_MDSCR] = read_sysreg(mdscr_el1);
    c->sp_el0 = read_sysreg(sp_el0);
    c->pc = read_sysreg(elr_el2);
    c->pstate = read_sysreg(spsr_el2);
}

__hyp_text static void common_restore(const struct cpu_context *c)
{
    write_sysreg(c->sys[SYS_ACTLR], actlr_el1);
    write_sysreg(c->sys[SYS_TPIDR_EL0], tpidr_el0);
    write_sysreg(c->sys[SYS_TPIDRRO_EL0], tpidrro_el0);
    write_sysreg(c->sys[SYS_TPIDR_EL1], tpidr_el1);
    write_sysreg(c->sys[SYS_MDSCR], mdscr_el1);
    write_sysreg(c->sp_el0, sp_el0);
    write_sysreg(c->pc, elr_el2);
    write_sysreg(c->pstate, spsr_el2);
}

__hyp_text static void guest_save(struct cpu_context *c)
{
#define GUEST_SYS(r, name)        c->sys[r] = read_sysreg(name);
#define GUEST_SYS_SHARED(r, name) /* common_save() */
#include "kvm/guest_sys.def"
    c->sp_el1 = read_sysreg(sp_el1);
    c->elr_el1 = read_sysreg(GUEST_ELR);
    c->spsr_el1 = read_sysreg(GUEST_SPSR);
}

__hyp_text static void guest_restore(const struct cpu_context *c)
{
#define GUEST_SYS(r, name)        write_sysreg(c->sys[r], name);
#define GUEST_SYS_SHARED(r, name) /* common_restore() */
#include "kvm/guest_sys.def"
    write_sysreg(c->sp_el1, sp_el1);
    write_sysreg(c->elr_el1, GUEST_ELR);
    write_sysreg(c->spsr_el1, GUEST_SPSR);
}

__hyp_text static void traps_activate(const struct vcpu_arch *v)
{
    write_sysreg(v->hcr | HCR_GUEST_ALWAYS, hcr_el2);
    write_sysreg(CPTR_GUEST_FP, cpacr_el1);
    write_sysreg(HSTR_T15, hstr_el2);
    u64 mdcr = read_sysreg(mdcr_el2) & MDCR_HPMN;
    mdcr |= MDCR_TPM | MDCR_TPMCR | MDCR_TDRA | MDCR_TDOSA;
    if (!(v->debug_flags & BIT(VCPU_DEBUG_DIRTY_SHIFT))) {
        mdcr |= MDCR_TDA;
    }
    write_sysreg(mdcr, mdcr_el2);
    write_sysreg(guest_vectors, vbar_el1);
}

__hyp_text static void traps_deactivate(void)
{
    write_sysreg(HCR_HOST, hcr_el2);
    write_sysreg(CPTR_HOST, cpacr_el1);
    write_sysreg(0, hstr_el2);
    write_sysreg(read_sysreg(mdcr_el2) & MDCR_HPMN, mdcr_el2);
    write_sysreg(kernel_vectors, vbar_el1);
}

__hyp_text static void timer_restore(const struct vcpu_arch *v)
{
    u64 cnthctl = read_sysreg(cnthctl_el2);
    write_sysreg((cnthctl | CNTHCTL_EL1PCTEN) & ~CNTHCTL_EL1PTEN, cnthctl_el2);
    write_sysreg(((const struct vm_arch *)v->vm)->cntvoff, cntvoff_el2);
    write_sysreg(v->cntv_cval, GUEST_CNTV_CVAL);
    isb();
    write_sysreg(v->cntv_ctl & 3, GUEST_CNTV_CTL);
}

__hyp_text static void timer_save(struct vcpu_arch *v)
{
    v->cntv_ctl = read_sysreg(GUEST_CNTV_CTL) & 3;
    write_sysreg(v->cntv_ctl & ~1UL, GUEST_CNTV_CTL); /* its interrupt falls silent */
    isb();
    v->cntv_cval = read_sysreg(GUEST_CNTV_CVAL);
    write_sysreg(read_sysreg(cnthctl_el2) | CNTHCTL_EL1PCTEN | CNTHCTL_EL1PTEN, cnthctl_el2);
    write_sysreg(0, cntvoff_el2);
}

__hyp_text u64 world_run(struct vcpu_arch *v)
{
    struct cpu_context *host = (struct cpu_context *)v->host_ctx;
    struct cpu_context *guest = &v->ctx;
    u64 exit;

    common_save(host);
    fpsimd_save(host);
    if (guest->sys[SYS_MDSCR] & (MDSCR_KDE | MDSCR_MDE)) {
        v->debug_flags |= BIT(VCPU_DEBUG_DIRTY_SHIFT);
    }
    bool debug = v->debug_flags & BIT(VCPU_DEBUG_DIRTY_SHIFT);
    if (debug) {
        debug_save(host);
    }
    traps_activate(v);
    write_sysreg(((const struct vm_arch *)v->vm)->vttbr, vttbr_el2);
    vgic_hw_restore(&v->vgic);
    timer_restore(v);
    guest_restore(guest);
    common_restore(guest);
    fpsimd_restore(guest);
    if (debug) {
        debug_restore(guest);
    }
    do {
        exit = guest_enter(v, host);
        v->esr = read_sysreg(esr_el2);
    } while (exit == WORLD_EXIT_TRAP && !world_fault_read(v));

    guest_save(guest);
    common_save(guest);
    fpsimd_save(guest);
    if (debug) {
        debug_save(guest);
    }
    timer_save(v);
    vgic_hw_save(&v->vgic);
    traps_deactivate();
    write_sysreg(0, vttbr_el2);
    common_restore(host);
    fpsimd_restore(host);
    if (debug) {
        debug_restore(host);
        v->debug_flags =
            0; /* trapped again from the next entry on, unless MDSCR_EL1 says otherwise */
    }
    isb();
    return exit;
}

void world_panic(void)
{
    write_sysreg(HCR_HOST, hcr_el2);
    write_sysreg(kernel_vectors, vbar_el1);
    isb();
    panic_exception("EL2, guest vectors", read_sysreg(esr_el2), read_sysreg(elr_el2),
                    read_sysreg(far_el2), NULL);
}
