/* A VCPU's registers are in memory whenever the host runs. */
#include "kvm/vm.h"

void vcpu_prepare(struct vcpu *v)
{
    vtimer_flush(v);
    vgic_flush(v);
}

void vcpu_finish(struct vcpu *v)
{
    vtimer_sync(v);
    vgic_sync(v);
}

u64 vcpu_sys(const struct vcpu *v, enum ctx_sys r)
{
    return v->arch.ctx.sys[r];
}

void vcpu_set_sys(struct vcpu *v, enum ctx_sys r, u64 value)
{
    v->arch.ctx.sys[r] = value;
}

void vcpu_set_elr_spsr(struct vcpu *v, u64 elr, u64 spsr)
{
    v->arch.ctx.elr_el1 = elr;
    v->arch.ctx.spsr_el1 = spsr;
}
