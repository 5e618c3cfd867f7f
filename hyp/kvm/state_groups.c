/* The groups of state.h, for a host at EL2; the names in capitals are of its kind (guest_el.h). */
#include "kvm/state.h"

#include "a64.h"
#include "guest_el.h"
#include "host_el.h"
#include "kernel/mmu.h"
#include "kvm/world_el2.h"

u64 state_lazy = STATE_ALL;

static struct cpu_context *host_of(const struct vcpu_arch *v)
{
    return (struct cpu_context *)v->host_ctx;
}

static void sysregs_in(struct vcpu_arch *v)
{
    const struct cpu_context *c = &v->ctx;
    host_of(v)->sys[SYS_TPIDR_EL0] = read_sysreg(tpidr_el0);
    host_of(v)->sys[SYS_TPIDRRO_EL0] = read_sysreg(tpidrro_el0);
#define GUEST_SYS(r, name)        write_sysreg(c->sys[r], name);
#define GUEST_SYS_SHARED(r, name) GUEST_SYS(r, name)
#include "kvm/guest_sys.def"
    write_sysreg(c->sp_el0, sp_el0);
    write_sysreg(c->sp_el1, sp_el1);
    write_sysreg(c->elr_el1, GUEST_ELR);
    write_sysreg(c->spsr_el1, GUEST_SPSR);
}

/* The host's SP_EL0 is a process's, which its way back to EL0 sets. */
static void sysregs_out(struct vcpu_arch *v)
{
    struct cpu_context *c = &v->ctx;
#define GUEST_SYS(r, name)        c->sys[r] = read_sysreg(name);
#define GUEST_SYS_SHARED(r, name) GUEST_SYS(r, name)
#include "kvm/guest_sys.def"
    c->sp_el0 = read_sysreg(sp_el0);
    c->sp_el1 = read_sysreg(sp_el1);
    c->elr_el1 = read_sysreg(GUEST_ELR);
    c->spsr_el1 = read_sysreg(GUEST_SPSR);
    write_sysreg(host_of(v)->sys[SYS_TPIDR_EL0], tpidr_el0);
    write_sysreg(host_of(v)->sys[SYS_TPIDRRO_EL0], tpidrro_el0);
    mmu_user_resume();
}

static void mdcr_write(bool debug_traps)
{
    u64 mdcr = read_sysreg(mdcr_el2) & MDCR_HPMN;
    mdcr |= MDCR_TPM | MDCR_TPMCR | MDCR_TDRA | MDCR_TDOSA | (debug_traps ? MDCR_TDA : 0);
    write_sysreg(mdcr, mdcr_el2);
}

static void traps_in(struct vcpu_arch *v)
{
    bool fp_open = v->fp_on_cpu || !(state_lazy & STATE_FP);
    write_sysreg(fp_open ? CPTR_GUEST_FP : CPTR_GUEST, HOST_CPTR);
    write_sysreg(HSTR_T15, hstr_el2);
    mdcr_write(true);
    v->vttbr_on_cpu = ((const struct vm_arch *)v->vm)->vttbr;
    write_sysreg(v->vttbr_on_cpu, vttbr_el2);
    if (HCR_STAYS) {
        v->hcr_on_cpu = v->hcr;
        write_sysreg(v->hcr | HCR_GUEST_ALWAYS, hcr_el2);
    }
    write_sysreg(guest_vectors, HOST_VBAR);
    isb();
}

static void traps_out(void)
{
    write_sysreg(kernel_vectors, HOST_VBAR);
    if (HCR_STAYS) {
        write_sysreg(HCR_HOST, hcr_el2);
    }
    write_sysreg(0, vttbr_el2);
    write_sysreg(read_sysreg(mdcr_el2) & MDCR_HPMN, mdcr_el2);
    write_sysreg(0, hstr_el2);
    write_sysreg(CPTR_HOST, HOST_CPTR);
    isb();
}

static void timer_in(struct vcpu_arch *v)
{
    write_sysreg(((const struct vm_arch *)v->vm)->cntvoff, cntvoff_el2);
    write_sysreg(v->cntv_cval, GUEST_CNTV_CVAL);
    isb();
    write_sysreg(v->cntv_ctl & 3, GUEST_CNTV_CTL);
}

static void timer_out(struct vcpu_arch *v)
{
    v->cntv_ctl = read_sysreg(GUEST_CNTV_CTL) & 3;
    write_sysreg(v->cntv_ctl & ~1UL, GUEST_CNTV_CTL); /* its interrupt falls silent */
    isb();
    v->cntv_cval = read_sysreg(GUEST_CNTV_CVAL);
    write_sysreg(0, cntvoff_el2);
}

/* Whether debug exceptions are on: then MDSCR_EL1 must not be the guest's while the host runs. */
static bool debug_is_on(const struct vcpu_arch *v)
{
    return v->ctx.sys[SYS_MDSCR] & (MDSCR_KDE | MDSCR_MDE);
}

static void debug_in(struct vcpu_arch *v)
{
    host_of(v)->sys[SYS_MDSCR] = read_sysreg(mdscr_el1);
    if (!debug_is_on(v)) {
        write_sysreg(v->ctx.sys[SYS_MDSCR], mdscr_el1);
    }
}

static void debug_out(struct vcpu_arch *v)
{
    write_sysreg(host_of(v)->sys[SYS_MDSCR], mdscr_el1);
}

bool state_debug_wanted(struct vcpu_arch *v)
{
    return debug_is_on(v) || v->debug_flags;
}

void state_debug_in(struct vcpu_arch *v)
{
    debug_save(host_of(v));
    debug_restore(&v->ctx);
    write_sysreg(v->ctx.sys[SYS_MDSCR], mdscr_el1);
    mdcr_write(false);
}

void state_debug_out(struct vcpu_arch *v)
{
    v->ctx.sys[SYS_MDSCR] = read_sysreg(mdscr_el1);
    debug_save(&v->ctx);
    if (debug_is_on(v)) {
        write_sysreg(host_of(v)->sys[SYS_MDSCR], mdscr_el1);
    }
    debug_restore(host_of(v));
    mdcr_write(true); /* trapped again from the next entry on, unless MDSCR_EL1 says otherwise */
    v->debug_flags = 0;
}

/* Lazy: trapped until the first use. Nobody else uses FP on this CPU: the kernel does not,
 * processes must not. Eager: moved both ways, as if the host had state of its own there. */
static void fp_in(struct vcpu_arch *v)
{
    if (!(state_lazy & STATE_FP)) {
        fpsimd_save(host_of(v));
        fpsimd_restore(&v->ctx);
    }
}

static void fp_out(struct vcpu_arch *v)
{
    if (!(state_lazy & STATE_FP)) {
        fpsimd_save(&v->ctx);
        fpsimd_restore(host_of(v));
    } else if (v->fp_on_cpu) {
        fpsimd_save(&v->ctx);
        v->fp_on_cpu = false;
    }
}

bool state_fp_trap(struct vcpu_arch *v)
{
    if (v->fp_on_cpu || !(state_lazy & STATE_FP)) {
        return false;
    }
    write_sysreg(CPTR_GUEST_FP, HOST_CPTR);
    isb(); /* it trapped EL2's accesses too */
    fpsimd_restore(&v->ctx);
    v->fp_on_cpu = true;
    return true;
}

static void vgic_in(struct vcpu_arch *v)
{
    if (state_lazy & STATE_VGIC) {
        vgic_hw_load(&v->vgic);
    } else {
        vgic_hw_restore(&v->vgic);
    }
}

static void vgic_out(struct vcpu_arch *v)
{
    if (state_lazy & STATE_VGIC) {
        vgic_hw_put(&v->vgic);
    } else {
        vgic_hw_save(&v->vgic);
    }
}

void state_in(struct vcpu_arch *v, u64 groups)
{
    if (groups & STATE_FP) {
        fp_in(v);
    }
    if (groups & STATE_SYSREGS) {
        sysregs_in(v);
    }
    if (groups & STATE_DEBUG) {
        debug_in(v);
    }
    if (groups & STATE_TIMER) {
        timer_in(v);
    }
    if (groups & STATE_VGIC) {
        vgic_in(v);
    }
    if (groups & STATE_TRAPS) {
        traps_in(v);
    }
}

void state_out(struct vcpu_arch *v, u64 groups)
{
    if (groups & STATE_FP) {
        fp_out(v);
    }
    if (groups & STATE_TRAPS) {
        traps_out();
    }
    if (groups & STATE_VGIC) {
        vgic_out(v);
    }
    if (groups & STATE_TIMER) {
        timer_out(v);
    }
    if (groups & STATE_DEBUG) {
        debug_out(v);
    }
    if (groups & STATE_SYSREGS) {
        sysregs_out(v);
    }
}
