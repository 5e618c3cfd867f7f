#include "kvm/sysregs.h"

#include "a64.h"
#include "kernel/exception.h"
#include "kvm/vm.h"

#define SCTLR_CACHES (SCTLR_M | SCTLR_C)

struct row {
    u64 reg;
    u64 mask; /* bits of the name that count: debug registers are many */
    void (*access)(struct vcpu *v, u64 reg, bool is_write, u64 *value);
};

/* Trapped by HCR_EL2.TVM while the guest's caches are off (writes only): once they are on,
 * everything that was written past the caches is cleaned, and the trap goes. */
static void access_vm(struct vcpu *v, enum ctx_sys sys, u64 value)
{
    bool was_on = (vcpu_sys(v, SYS_SCTLR) & SCTLR_CACHES) == SCTLR_CACHES;
    vcpu_set_sys(v, sys, value);
    if (!was_on && (vcpu_sys(v, SYS_SCTLR) & SCTLR_CACHES) == SCTLR_CACHES) {
        stage2_clean(v->vm);
        v->arch.hcr &= ~(u64)HCR_TVM;
    }
}

static void access_set_way(struct vcpu *v, u64 reg, bool is_write, u64 *value)
{
    (void)reg, (void)value;
    if (is_write) {
        stage2_clean(v->vm);
        v->arch.hcr |= HCR_TVM; /* caches may go off next */
    }
}

static void access_actlr(struct vcpu *v, u64 reg, bool is_write, u64 *value)
{
    (void)reg;
    if (!is_write) {
        *value = vcpu_sys(v, SYS_ACTLR);
    }
}

static void access_raz_wi(struct vcpu *v, u64 reg, bool is_write, u64 *value)
{
    (void)v, (void)reg;
    *value = is_write ? *value : 0;
}

static void access_oslsr(struct vcpu *v, u64 reg, bool is_write, u64 *value)
{
    (void)v, (void)reg;
    *value = is_write ? *value : BIT(3); /* OS lock implemented, not locked */
}

/* Breakpoints and watchpoints live in the context until the guest writes one: then they are
 * switched and no longer trap. */
static void access_debug(struct vcpu *v, u64 reg, bool is_write, u64 *value)
{
    unsigned n = reg >> 1 & 0xf;
    unsigned op2 = reg >> 17 & 7;
    struct cpu_context *c = &v->arch.ctx;
    u64 *shadow = op2 == 4   ? &c->dbgbvr[n]
                  : op2 == 5 ? &c->dbgbcr[n]
                  : op2 == 6 ? &c->dbgwvr[n]
                             : &c->dbgwcr[n];
    if (is_write) {
        *shadow = *value;
        v->arch.debug_flags |= BIT(VCPU_DEBUG_DIRTY_SHIFT);
    } else {
        *value = *shadow;
    }
}

static void access_mdscr(struct vcpu *v, u64 reg, bool is_write, u64 *value)
{
    (void)reg;
    if (is_write) {
        v->arch.ctx.sys[SYS_MDSCR] = *value;
        v->arch.debug_flags |= BIT(VCPU_DEBUG_DIRTY_SHIFT);
    } else {
        *value = v->arch.ctx.sys[SYS_MDSCR];
    }
}

#define ALL       ISS_REG_MASK
#define PMU_GROUP ISS_REG(3, 7, 15, 15, 0) /* any op2 */
#define ANY_CRM   ISS_REG(3, 7, 15, 0, 7)

static const struct row rows[] = {
    {ISS_REG(3, 0, 1, 0, 1), ALL, access_actlr},
    {ISS_REG(1, 0, 7, 6, 2), ALL, access_set_way},  /* DC ISW */
    {ISS_REG(1, 0, 7, 10, 2), ALL, access_set_way}, /* DC CSW */
    {ISS_REG(1, 0, 7, 14, 2), ALL, access_set_way}, /* DC CISW */
    {ISS_REG(2, 0, 0, 2, 2), ALL, access_mdscr},
    {ISS_REG(2, 0, 0, 0, 4), ANY_CRM, access_debug}, /* DBGBVRn */
    {ISS_REG(2, 0, 0, 0, 5), ANY_CRM, access_debug}, /* DBGBCRn */
    {ISS_REG(2, 0, 0, 0, 6), ANY_CRM, access_debug}, /* DBGWVRn */
    {ISS_REG(2, 0, 0, 0, 7), ANY_CRM, access_debug}, /* DBGWCRn */
    {ISS_REG(2, 0, 1, 1, 4), ALL, access_oslsr},
    {ISS_REG(2, 0, 1, 0, 4), ALL, access_raz_wi},        /* OSLAR */
    {ISS_REG(2, 0, 1, 3, 4), ALL, access_raz_wi},        /* OSDLR */
    {ISS_REG(3, 0, 9, 14, 1), ALL, access_raz_wi},       /* PMINTENSET */
    {ISS_REG(3, 0, 9, 14, 2), ALL, access_raz_wi},       /* PMINTENCLR */
    {ISS_REG(3, 3, 9, 12, 0), PMU_GROUP, access_raz_wi}, /* PMCR ... PMCEID1 */
    {ISS_REG(3, 3, 9, 13, 0), PMU_GROUP, access_raz_wi}, /* PMCCNTR ... */
    {ISS_REG(3, 3, 9, 14, 0), PMU_GROUP, access_raz_wi}, /* PMUSERENR ... */
};

static const struct {
    u64 reg;
    enum ctx_sys sys;
} vm_rows[] = {
    {ISS_REG(3, 0, 1, 0, 0), SYS_SCTLR},       {ISS_REG(3, 0, 2, 0, 0), SYS_TTBR0},
    {ISS_REG(3, 0, 2, 0, 1), SYS_TTBR1},       {ISS_REG(3, 0, 2, 0, 2), SYS_TCR},
    {ISS_REG(3, 0, 5, 1, 0), SYS_AFSR0},       {ISS_REG(3, 0, 5, 1, 1), SYS_AFSR1},
    {ISS_REG(3, 0, 5, 2, 0), SYS_ESR},         {ISS_REG(3, 0, 6, 0, 0), SYS_FAR},
    {ISS_REG(3, 0, 10, 2, 0), SYS_MAIR},       {ISS_REG(3, 0, 10, 3, 0), SYS_AMAIR},
    {ISS_REG(3, 0, 13, 0, 1), SYS_CONTEXTIDR},
};

static bool emulate(struct vcpu *v, u64 reg, bool is_write, u64 *value)
{
    for (unsigned i = 0; i < ARRAY_SIZE(rows); i++) {
        if ((reg & rows[i].mask) == rows[i].reg) {
            rows[i].access(v, reg, is_write, value);
            return true;
        }
    }
    for (unsigned i = 0; is_write && i < ARRAY_SIZE(vm_rows); i++) {
        if (reg == vm_rows[i].reg) {
            access_vm(v, vm_rows[i].sys, *value);
            return true;
        }
    }
    return vgic_guest_sysreg(v, reg, is_write, value);
}

enum exit_action sysreg_emulate(struct vcpu *v, u64 iss)
{
    u64 reg = iss & ISS_REG_MASK;
    bool is_write = !ISS_IS_READ(iss);
    u64 value = is_write ? vcpu_reg(v, ISS_RT(iss)) : 0;
    if (!emulate(v, reg, is_write, &value)) {
        return vtimer_sysreg(v, iss);
    }
    if (!is_write) {
        vcpu_set_reg(v, ISS_RT(iss), value);
    }
    vcpu_skip(v);
    return EXIT_RESUME;
}
