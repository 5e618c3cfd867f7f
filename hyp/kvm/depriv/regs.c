/* What the guest's accesses to registers of EL1 and its SYS instructions do: the registers are
 * words of its context. */
#include "a64.h"
#include "abi/pv.h"
#include "kernel/exception.h"
#include "kvm/depriv/depriv.h"
#include "kvm/vtimer_regs.h"

#define ID_PARANGE_40  2UL
#define ID_NO_TGRAN64  (0xfUL << 24)
#define PFR0_KEPT      0x00ff0011UL /* FP, AdvSIMD; EL1 and EL0 of A64 only; no GIC registers */
#define DFR0_KEPT      0xf0f0f00fUL /* debug registers; no PMU, no trace */
#define ISAR0_TLB      (0xfUL << 56)
#define ISAR1_PAUTH    (0xffUL << 4 | 0xffUL << 24)
#define ISR_I          BIT(7)
#define OSLSR_UNLOCKED BIT(3)
#define PAR_F          BIT(0)
#define PAR_RES1       BIT(11)
#define PAR_NORMAL_WB  (0xffUL << 56)
#define PAR_INNER      (3UL << 7)
#define TLBI_VA(value) ((u64)((s64)((value) << 20) >> 8) & ~(u64)0xfff)

struct row {
    bool (*access)(struct vcpu *v, unsigned arg, bool is_write, u64 *value);
    unsigned arg;
};

/* --- words of the context --- */

static bool access_word(struct vcpu *v, unsigned offset, bool is_write, u64 *value)
{
    u64 *word = (u64 *)((char *)&v->arch.ctx + offset);
    if (is_write) {
        *word = *value;
    } else {
        *value = *word;
    }
    return true;
}

static bool access_read_only(struct vcpu *v, unsigned offset, bool is_write, u64 *value)
{
    return !is_write && access_word(v, offset, false, value);
}

static bool access_raz_wi(struct vcpu *v, unsigned arg, bool is_write, u64 *value)
{
    (void)v, (void)arg;
    *value = is_write ? *value : 0;
    return true;
}

/* --- identification: what the machine has and the guest can have --- */

static u64 ids[PV_CLIDR_EL1 + 2];

void regs_init(void)
{
    u64 parange = read_sysreg(id_aa64mmfr0_el1) & 0xf;
    ids[PV_MIDR_EL1] = read_sysreg(midr_el1);
    ids[PV_REVIDR_EL1] = read_sysreg(revidr_el1);
    ids[PV_AIDR_EL1] = read_sysreg(aidr_el1);
    ids[PV_CLIDR_EL1] = read_sysreg(clidr_el1);
    ids[PV_ID_AA64PFR0_EL1] = read_sysreg(id_aa64pfr0_el1) & PFR0_KEPT;
    ids[PV_ID_AA64DFR0_EL1] = read_sysreg(id_aa64dfr0_el1) & DFR0_KEPT;
    ids[PV_ID_AA64ISAR0_EL1] = read_sysreg(id_aa64isar0_el1) & ~ISAR0_TLB;
    ids[PV_ID_AA64ISAR1_EL1] = read_sysreg(id_aa64isar1_el1) & ~ISAR1_PAUTH;
    ids[PV_ID_AA64MMFR0_EL1] = (parange < ID_PARANGE_40 ? parange : ID_PARANGE_40) | ID_NO_TGRAN64;
}

static bool access_id(struct vcpu *v, unsigned index, bool is_write, u64 *value)
{
    (void)v;
    *value = ids[index];
    return !is_write;
}

static bool access_ccsidr(struct vcpu *v, unsigned arg, bool is_write, u64 *value)
{
    (void)arg;
    write_sysreg(v->arch.ctx.sys[SYS_CSSELR] & 0xf, csselr_el1);
    isb();
    *value = read_sysreg(ccsidr_el1);
    return !is_write;
}

/* --- PSTATE --- */

/* As MRS and MSR have it, in place: the bits of `mask`. */
static bool access_pstate(struct vcpu *v, unsigned mask, bool is_write, u64 *value)
{
    u64 *pstate = &v->arch.ctx.pstate;
    if (is_write) {
        *pstate = (*pstate & ~(u64)mask) | (*value & mask);
    } else {
        *value = *pstate & mask;
    }
    return true;
}

static bool access_currentel(struct vcpu *v, unsigned arg, bool is_write, u64 *value)
{
    (void)arg;
    *value = v->arch.ctx.pstate & (3UL << 2);
    return !is_write;
}

static bool access_isr(struct vcpu *v, unsigned arg, bool is_write, u64 *value)
{
    (void)arg;
    *value = vgic_pending(v) ? ISR_I : 0;
    return !is_write;
}

/* --- the timer, debug --- */

static bool access_timer(struct vcpu *v, unsigned reg, bool is_write, u64 *value)
{
    if (is_write) {
        vtimer_write(v, (enum soft_timer_reg)reg, *value);
    } else {
        *value = vtimer_read(v, (enum soft_timer_reg)reg);
    }
    return true;
}

static bool access_oslsr(struct vcpu *v, unsigned arg, bool is_write, u64 *value)
{
    (void)v, (void)arg;
    *value = OSLSR_UNLOCKED;
    return !is_write;
}

#define CTX(field)   access_word, offsetof(struct cpu_context, field)
#define SYS(id)      access_word, offsetof(struct cpu_context, sys) + 8 * (id)
#define ID(name)     [PV_##name] = {access_id, PV_##name}
#define RAZ_WI(name) [PV_##name] = {access_raz_wi, 0}

static const struct row rows[PV_REG_COUNT] = {
    ID(MIDR_EL1),
    ID(REVIDR_EL1),
    ID(AIDR_EL1),
    ID(CLIDR_EL1),
    ID(ID_AA64PFR0_EL1),
    ID(ID_AA64PFR1_EL1),
    ID(ID_AA64DFR0_EL1),
    ID(ID_AA64DFR1_EL1),
    ID(ID_AA64ISAR0_EL1),
    ID(ID_AA64ISAR1_EL1),
    ID(ID_AA64MMFR0_EL1),
    ID(ID_AA64MMFR1_EL1),
    ID(ID_AA64MMFR2_EL1),
    [PV_MPIDR_EL1] = {access_read_only, offsetof(struct cpu_context, sys[SYS_VMPIDR])},
    [PV_CCSIDR_EL1] = {access_ccsidr, 0},
    [PV_CSSELR_EL1] = {SYS(SYS_CSSELR)},
    [PV_SCTLR_EL1] = {SYS(SYS_SCTLR)},
    [PV_ACTLR_EL1] = {SYS(SYS_ACTLR)},
    [PV_CPACR_EL1] = {SYS(SYS_CPACR)},
    [PV_TTBR0_EL1] = {SYS(SYS_TTBR0)},
    [PV_TTBR1_EL1] = {SYS(SYS_TTBR1)},
    [PV_TCR_EL1] = {SYS(SYS_TCR)},
    [PV_SPSR_EL1] = {CTX(spsr_el1)},
    [PV_ELR_EL1] = {CTX(elr_el1)},
    [PV_SP_EL0] = {CTX(sp_el0)},
    [PV_SPSEL] = {access_pstate, 1},
    [PV_CURRENTEL] = {access_currentel, 0},
    [PV_DAIF] = {access_pstate, PSTATE_DAIF},
    [PV_AFSR0_EL1] = {SYS(SYS_AFSR0)},
    [PV_AFSR1_EL1] = {SYS(SYS_AFSR1)},
    [PV_ESR_EL1] = {SYS(SYS_ESR)},
    [PV_FAR_EL1] = {SYS(SYS_FAR)},
    [PV_PAR_EL1] = {SYS(SYS_PAR)},
    [PV_MAIR_EL1] = {SYS(SYS_MAIR)},
    [PV_AMAIR_EL1] = {SYS(SYS_AMAIR)},
    [PV_VBAR_EL1] = {SYS(SYS_VBAR)},
    [PV_ISR_EL1] = {access_isr, 0},
    [PV_CONTEXTIDR_EL1] = {SYS(SYS_CONTEXTIDR)},
    [PV_TPIDR_EL1] = {SYS(SYS_TPIDR_EL1)},
    [PV_TPIDRRO_EL0] = {SYS(SYS_TPIDRRO_EL0)},
    [PV_CNTKCTL_EL1] = {SYS(SYS_CNTKCTL)},
    [PV_CNTP_TVAL_EL0] = {access_timer, SOFT_TIMER_TVAL},
    [PV_CNTP_CTL_EL0] = {access_timer, SOFT_TIMER_CTL},
    [PV_CNTP_CVAL_EL0] = {access_timer, SOFT_TIMER_CVAL},
    RAZ_WI(PMCR_EL0),
    RAZ_WI(PMCNTENSET_EL0),
    RAZ_WI(PMCNTENCLR_EL0),
    RAZ_WI(PMOVSCLR_EL0),
    RAZ_WI(PMSELR_EL0),
    RAZ_WI(PMCEID0_EL0),
    RAZ_WI(PMCEID1_EL0),
    RAZ_WI(PMCCNTR_EL0),
    RAZ_WI(PMXEVTYPER_EL0),
    RAZ_WI(PMXEVCNTR_EL0),
    RAZ_WI(PMUSERENR_EL0),
    RAZ_WI(PMINTENSET_EL1),
    RAZ_WI(PMINTENCLR_EL1),
    [PV_MDSCR_EL1] = {SYS(SYS_MDSCR)},
    [PV_MDCCINT_EL1] = {CTX(mdccint)},
    RAZ_WI(OSLAR_EL1),
    [PV_OSLSR_EL1] = {access_oslsr, 0},
    RAZ_WI(OSDLR_EL1),
    RAZ_WI(MDRAR_EL1),
    [PV_DBGBVR... PV_DBGBVR + 15] = {access_word, offsetof(struct cpu_context, dbgbvr)},
    [PV_DBGBCR... PV_DBGBCR + 15] = {access_word, offsetof(struct cpu_context, dbgbcr)},
    [PV_DBGWVR... PV_DBGWVR + 15] = {access_word, offsetof(struct cpu_context, dbgwvr)},
    [PV_DBGWCR... PV_DBGWCR + 15] = {access_word, offsetof(struct cpu_context, dbgwcr)},
};

bool reg_access(struct vcpu *v, unsigned index, bool is_write, unsigned rt)
{
    const struct row *row = &rows[index];
    u64 value = is_write ? vcpu_reg(v, rt) : 0;
    unsigned n = index >= PV_DBGBVR ? index & 0xf : 0; /* of sixteen words */
    if (!row->access || !row->access(v, row->arg + 8 * n, is_write, &value)) {
        return false;
    }
    if (!is_write) {
        vcpu_set_reg(v, rt, value);
    }
    return true;
}

bool field_write(struct vcpu *v, unsigned index, unsigned value)
{
    u64 *pstate = &v->arch.ctx.pstate;
    switch (index) {
    case PV_FIELD_SPSEL:
        *pstate = (*pstate & ~1UL) | (value & 1);
        return true;
    case PV_FIELD_DAIFSET:
        *pstate |= (u64)(value & 0xf) << 6;
        return true;
    case PV_FIELD_DAIFCLR:
        *pstate &= ~((u64)(value & 0xf) << 6);
        return true;
    default:
        return false;
    }
}

/* AT: bit 0 of the operation is "for a write", bit 1 "from EL0". */
static void translate(struct vcpu *v, unsigned index, u64 va)
{
    struct guest_regime r = guest_regime(v, !(index & 2));
    struct guest_page page;
    u64 flags = spin_lock_irqsave(&v->vm->mmu_lock);
    u32 fsc = guest_walk(v->vm, &r, va, &page);
    spin_unlock_irqrestore(&v->vm->mmu_lock, flags);
    if (fsc == 0 && (!page.is_readable || ((index & 1) && !page.is_writable))) {
        fsc = FSC_PERMISSION | page.level;
    }
    v->arch.ctx.sys[SYS_PAR] =
        fsc ? PAR_F | PAR_RES1 | (u64)fsc << 1 : PAR_RES1 | PAR_NORMAL_WB | PAR_INNER | page.ipa;
}

bool system_operation(struct vcpu *v, unsigned index, unsigned rt)
{
    u64 value = vcpu_reg(v, rt);
    switch (index) {
    case PV_TLBI_VMALLE1:
    case PV_TLBI_VMALLE1IS:
        shadow_flush_all(v->vm);
        return true;
    case PV_TLBI_ASIDE1:
    case PV_TLBI_ASIDE1IS:
        shadow_flush_asid(v->vm, value >> 48 & 0xff);
        return true;
    case PV_TLBI_VAE1:
    case PV_TLBI_VAE1IS:
    case PV_TLBI_VALE1:
    case PV_TLBI_VALE1IS:
    case PV_TLBI_VAAE1:
    case PV_TLBI_VAAE1IS:
    case PV_TLBI_VAALE1:
    case PV_TLBI_VAALE1IS:
        shadow_flush_page(v->vm, TLBI_VA(value)); /* in all spaces: the page may be global */
        return true;
    case PV_AT_S1E1R:
    case PV_AT_S1E1W:
    case PV_AT_S1E0R:
    case PV_AT_S1E0W:
        translate(v, index, value);
        return true;
    case PV_DC_IVAC:
    case PV_DC_ISW:
    case PV_DC_CSW:
    case PV_DC_CISW:
        return true; /* the guest's memory is write-back for everybody, whatever its tables say */
    case PV_IC_IALLU:
    case PV_IC_IALLUIS:
        __asm__ volatile("ic ialluis" ::: "memory");
        dsb(ish);
        isb();
        return true;
    default:
        return false;
    }
}

/* An illegal mode: the exception that the next instruction would take comes at once. */
void guest_eret(struct vcpu *v)
{
    struct cpu_context *c = &v->arch.ctx;
    u64 mode = c->spsr_el1 & 0x1f;
    c->pc = c->elr_el1;
    if (mode == PSTATE_EL0T || mode == PSTATE_EL1T || mode == PSTATE_EL1H) {
        c->pstate = c->spsr_el1;
    } else {
        c->pstate = (c->pstate & PSTATE_MODE) | (c->spsr_el1 & (PSTATE_NZCV | PSTATE_DAIF));
        inject_exception(v, ESR_IL | (u64)EC_ILLEGAL << 26);
    }
}
