/* A VCPU's registers are in its control block whenever the host runs: the hardware moves them
 * there. Its other fields are what a world switch would write by instructions. */
#include "a64.h"
#include "kernel/panic.h"
#include "kvm/vm.h"
#include "kvm/vmcb.h"

#define CNTHCTL_EL1PCTEN BIT(0)
#define SRE_NO_ENABLE    0x7 /* ICC_SRE_EL2: ICC_SRE_EL1 traps */

/* The layout of the block, typed from docs/vmcb.md. */
#define BLOCK_CHECK(offset, field)                                                                 \
    _Static_assert((offset) == offsetof(struct vcpu_arch, field), "docs/vmcb.md: " #field)
BLOCK_CHECK(0x0f8, ctx.sp_el0);
BLOCK_CHECK(0x100, ctx.pc);
BLOCK_CHECK(0x108, ctx.pstate);
BLOCK_CHECK(0x110, ctx.sp_el1);
BLOCK_CHECK(0x120, ctx.spsr_el1);
BLOCK_CHECK(0x128, ctx.revision);
BLOCK_CHECK(0x130, ctx.sys[SYS_VMPIDR]);
BLOCK_CHECK(0x1d8, ctx.sys[SYS_MDSCR]);
BLOCK_CHECK(0x610, hcr);
BLOCK_CHECK(0x618, esr);
BLOCK_CHECK(0x620, far);
BLOCK_CHECK(0x628, hpfar);
BLOCK_CHECK(0x638, cntv_ctl);
BLOCK_CHECK(0x640, cntv_cval);
BLOCK_CHECK(0x660, vgic.hcr);
BLOCK_CHECK(0x668, vgic.vmcr);
BLOCK_CHECK(0x688, vgic.ap0r);
BLOCK_CHECK(0x6a8, vgic.ap1r);
BLOCK_CHECK(0x6d8, vgic.lr);
BLOCK_CHECK(0x758, control.vttbr);
BLOCK_CHECK(0x760, control.cntvoff);
BLOCK_CHECK(0x768, control.cptr);
BLOCK_CHECK(0x770, control.hstr);
BLOCK_CHECK(0x778, control.mdcr);
BLOCK_CHECK(0x780, control.cnthctl);
BLOCK_CHECK(0x788, control.icc_sre);
BLOCK_CHECK(0x790, control.exit);
_Static_assert(offsetof(struct vcpu, arch) == 0, "a VCPU's page is its control block");

static u64 mdcr_guest; /* without TDA */

void state_init(void)
{
    if ((read_sysreg(id_aa64afr0_el1) & AFR0_VMCB) == 0) {
        panic("this CPU has no control blocks (ID_AA64AFR0_EL1): el2sim --feature vmcb=on");
    }
    u64 pmu = read_sysreg(id_aa64dfr0_el1) >> 8 & 0xf;
    bool has_pmu = pmu != 0 && pmu != 15;
    u64 counters = has_pmu ? read_sysreg(pmcr_el0) >> 11 & MDCR_HPMN : 0;
    mdcr_guest = counters | MDCR_TPM | MDCR_TPMCR | MDCR_TDRA | MDCR_TDOSA;
}

void vcpu_load(struct vcpu *v)
{
    v->arch.ctx.revision = VMCB_REVISION;
    v->arch.control.cntvoff = v->vm->arch.cntvoff;
    v->arch.control.cptr = CPTR_RES1_NVHE | CPTR_TTA_NVHE;
    v->arch.control.hstr = HSTR_T15;
    v->arch.control.cnthctl = CNTHCTL_EL1PCTEN;
    v->arch.control.icc_sre = SRE_NO_ENABLE;
}

void vcpu_put(struct vcpu *v, bool blocks)
{
    (void)v, (void)blocks;
}

void vcpu_prepare(struct vcpu *v)
{
    v->arch.control.vttbr = v->vm->arch.vttbr;
    if (v->arch.ctx.sys[SYS_MDSCR] & (MDSCR_KDE | MDSCR_MDE)) {
        v->arch.debug_flags |= BIT(VCPU_DEBUG_DIRTY_SHIFT);
    }
    bool dirty = v->arch.debug_flags & BIT(VCPU_DEBUG_DIRTY_SHIFT);
    v->arch.control.mdcr = mdcr_guest | (dirty ? 0 : MDCR_TDA);
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
