/*
 * What moves when the scheduler takes a VCPU off a CPU and puts one on it; nothing of it moves at a
 * trap. The order is Xen 4.5's ctxt_switch_from() and ctxt_switch_to(): all registers each time, FP
 * too, whoever comes next, the idle VCPU included, which itself has none.
 */
#include "xen/hypervisor.h"

#include "a64.h"
#include "abi/board.h"
#include "kernel/irq.h"

/* Xen 4.5's: no TVM, TIDCP, TSW. PTW: no walk may hit a device. */
#define HCR_PTW (1 << 2)
#define HCR_DOMAIN                                                                                 \
    ((u64)(HCR_PTW | HCR_BSU_IS | HCR_AMO | HCR_IMO | HCR_FMO | HCR_VM | HCR_TWI | HCR_TWE |       \
           HCR_TSC | HCR_TAC) |                                                                    \
     BIT(31))
#define CNTHCTL_EL1PCTEN 1 /* the physical counter may be read, the physical timer traps */

void fpsimd_save(struct cpu_context *c);
void fpsimd_restore(const struct cpu_context *c);

void switch_init_cpu(void)
{
    write_sysreg(p2m_vtcr(), vtcr_el2);
    write_sysreg(0, cntvoff_el2);
    write_sysreg(CNTHCTL_EL1PCTEN, cnthctl_el2);
    write_sysreg(MDCR_TDRA | MDCR_TDOSA | MDCR_TDA | MDCR_TPM | MDCR_TPMCR, mdcr_el2);
    write_sysreg(CPTR_RES1_NVHE | CPTR_TTA_NVHE, cptr_el2);
    write_sysreg(HSTR_T15, hstr_el2);
    write_sysreg(HCR_DOMAIN, hcr_el2);
    isb();
    irq_set_handler(INTID_VTIMER, vtimer_interrupt);
    gic_enable_ppi(INTID_VTIMER);
    vgic_init_cpu();
}

void vcpu_switch_from(struct vcpu *v)
{
    u64 *s = v->arch.ctx.sys;
    s[SYS_CSSELR] = read_sysreg(csselr_el1);
    s[SYS_SCTLR] = read_sysreg(sctlr_el1);
    s[SYS_CPACR] = read_sysreg(cpacr_el1);
    s[SYS_CONTEXTIDR] = read_sysreg(contextidr_el1);
    s[SYS_TPIDR_EL0] = read_sysreg(tpidr_el0);
    s[SYS_TPIDRRO_EL0] = read_sysreg(tpidrro_el0);
    s[SYS_TPIDR_EL1] = read_sysreg(tpidr_el1);
    s[SYS_CNTKCTL] = read_sysreg(cntkctl_el1);
    vtimer_save(v);
    isb();
    s[SYS_VBAR] = read_sysreg(vbar_el1);
    s[SYS_TCR] = read_sysreg(tcr_el1);
    s[SYS_TTBR0] = read_sysreg(ttbr0_el1);
    s[SYS_TTBR1] = read_sysreg(ttbr1_el1);
    s[SYS_PAR] = read_sysreg(par_el1);
    s[SYS_MAIR] = read_sysreg(mair_el1);
    s[SYS_AMAIR] = read_sysreg(amair_el1);
    s[SYS_FAR] = read_sysreg(far_el1);
    s[SYS_ESR] = read_sysreg(esr_el1);
    s[SYS_AFSR0] = read_sysreg(afsr0_el1);
    s[SYS_AFSR1] = read_sysreg(afsr1_el1);
    fpsimd_save(&v->arch.ctx);
    vgic_save_state(v);
    isb();
}

/* Stage 2 is off while VTTBR_EL2 and SCTLR_EL1 belong to different VCPUs: no walk may begin. */
static void p2m_switch_to(const struct vcpu *v)
{
    u64 hcr = read_sysreg(hcr_el2);
    write_sysreg(hcr & ~(u64)HCR_VM, hcr_el2);
    isb();
    write_sysreg(v->vm->arch.vttbr, vttbr_el2);
    isb();
    write_sysreg(v->arch.ctx.sys[SYS_SCTLR], sctlr_el1);
    isb();
    write_sysreg(hcr | HCR_VM, hcr_el2);
    isb();
}

void vcpu_switch_to(struct vcpu *v)
{
    const u64 *s = v->arch.ctx.sys;
    write_sysreg(read_sysreg(midr_el1), vpidr_el2);
    write_sysreg(s[SYS_VMPIDR], vmpidr_el2);
    vgic_restore_state(v);
    fpsimd_restore(&v->arch.ctx);
    p2m_switch_to(v);
    write_sysreg(s[SYS_FAR], far_el1);
    write_sysreg(s[SYS_ESR], esr_el1);
    write_sysreg(s[SYS_AFSR0], afsr0_el1);
    write_sysreg(s[SYS_AFSR1], afsr1_el1);
    write_sysreg(s[SYS_VBAR], vbar_el1);
    write_sysreg(s[SYS_TCR], tcr_el1);
    write_sysreg(s[SYS_TTBR0], ttbr0_el1);
    write_sysreg(s[SYS_TTBR1], ttbr1_el1);
    write_sysreg(s[SYS_PAR], par_el1);
    write_sysreg(s[SYS_MAIR], mair_el1);
    write_sysreg(s[SYS_AMAIR], amair_el1);
    isb();
    write_sysreg(s[SYS_CPACR], cpacr_el1);
    write_sysreg(s[SYS_CONTEXTIDR], contextidr_el1);
    write_sysreg(s[SYS_TPIDR_EL0], tpidr_el0);
    write_sysreg(s[SYS_TPIDRRO_EL0], tpidrro_el0);
    write_sysreg(s[SYS_TPIDR_EL1], tpidr_el1);
    isb();
    write_sysreg(s[SYS_CSSELR], csselr_el1);
    isb();
    write_sysreg(s[SYS_CNTKCTL], cntkctl_el1);
    vtimer_restore(v);
}
