/*
 * The system registers of GICv3: ICC_*, the ICV_* that take their place in a guest, and ICH_*
 * (IHI 0069 chapter 12). Permissions and traps are decided before these are called; ICC_SRE_ELx
 * only matter there.
 */
#include "cpu-el/fields.h"
#include "gic/lr.h"
#include "gic/rows.h"
#include "sim/base/bits.h"

#define CTLR_CBPR     0
#define CTLR_EOI_MODE 1

static uint64_t get_ctlr(struct gic_cpu *c, struct cpu_interface *f, unsigned n)
{
    (void)c;
    (void)n;
    /* A3V, IDbits 1: 24 bits. PMHE is RAZ/WI: 1-of-N does not look at PMR. */
    return 1u << 15 | 1u << 11 | (f->priority_bits - 1u) << 8 |
           (uint32_t)f->eoi_split << CTLR_EOI_MODE | (uint32_t)f->cbpr << CTLR_CBPR;
}

static void set_ctlr(struct gic_cpu *c, struct cpu_interface *f, unsigned n, uint64_t value)
{
    (void)n;
    f->cbpr = bit(value, CTLR_CBPR);
    f->eoi_split = bit(value, CTLR_EOI_MODE);
    cpuif_changed(c, f);
}

/* With CBPR, BPR1 reads as BPR0 + 1 and ignores writes (IHI 0069 ICC_BPR1_EL1). */
static uint64_t get_bpr(struct gic_cpu *c, struct cpu_interface *f, unsigned group)
{
    (void)c;
    if (group == 1 && f->cbpr) {
        return f->bpr[0] < 7 ? f->bpr[0] + 1u : 7;
    }
    return f->bpr[group];
}

static void set_bpr(struct gic_cpu *c, struct cpu_interface *f, unsigned group, uint64_t value)
{
    if (group == 0 || !f->cbpr) {
        cpuif_set_bpr(f, group, value);
        cpuif_changed(c, f);
    }
}

static uint64_t get_igrpen(struct gic_cpu *c, struct cpu_interface *f, unsigned group)
{
    (void)c;
    return f->enabled[group];
}

static void set_igrpen(struct gic_cpu *c, struct cpu_interface *f, unsigned group, uint64_t value)
{
    f->enabled[group] = bit(value, 0);
    if (f->is_virtual) {
        virt_update(c);
    } else {
        irq_forwarding_changed(c->gic);
    }
}

/*
 * ICC_SGI0R, SGI1R, ASGI1R (IHI 0069 12.2.14): affinity or all others. With one Security state an
 * SGI goes where it is configured in the group of the register; ASGI1R is another name of SGI1R.
 */
static void send_sgi(struct gic_cpu *c, struct cpu_interface *f, unsigned group, uint64_t value)
{
    (void)f;
    struct gic *gic = c->gic;
    unsigned intid = (unsigned)bits(value, 27, 24);
    bool to_all_others = bit(value, 40);
    /* CPU n has affinity 0.0.0.n; RSS = 0, so the range selector must be 0. */
    uint64_t elsewhere = value & (MASK(55, 44) | MASK(39, 32) | MASK(23, 16));
    uint64_t list = elsewhere ? 0 : bits(value, 15, 0);
    for (unsigned i = 0; i < gic->config.cpu_count; i++) {
        struct gic_cpu *to = &gic->cpus[i];
        bool is_target = to_all_others ? to != c : bit(list, i);
        if (is_target && gic_group(to, intid) == group) {
            irq_send_sgi(c, to, intid);
        }
    }
}

static uint64_t get_hcr(struct gic_cpu *c, struct cpu_interface *f, unsigned n)
{
    (void)f;
    (void)n;
    return c->hcr;
}

static void set_hcr(struct gic_cpu *c, struct cpu_interface *f, unsigned n, uint64_t value)
{
    (void)f;
    (void)n;
    virt_set_hcr(c, value);
}

static uint64_t get_vtr(struct gic_cpu *c, struct cpu_interface *f, unsigned n)
{
    (void)f;
    (void)n;
    return virt_vtr(c);
}

static uint64_t get_misr(struct gic_cpu *c, struct cpu_interface *f, unsigned n)
{
    (void)f;
    (void)n;
    return virt_misr(c);
}

static uint64_t get_eisr(struct gic_cpu *c, struct cpu_interface *f, unsigned n)
{
    (void)f;
    (void)n;
    return virt_eisr(c);
}

static uint64_t get_elrsr(struct gic_cpu *c, struct cpu_interface *f, unsigned n)
{
    (void)f;
    (void)n;
    return virt_elrsr(c);
}

static uint64_t get_vmcr(struct gic_cpu *c, struct cpu_interface *f, unsigned n)
{
    (void)f;
    (void)n;
    return cpuif_vmcr(&c->virt);
}

static void set_vmcr(struct gic_cpu *c, struct cpu_interface *f, unsigned n, uint64_t value)
{
    (void)f;
    (void)n;
    cpuif_set_vmcr(&c->virt, (uint32_t)value, false);
    virt_update(c);
}

static uint64_t get_ich_apr(struct gic_cpu *c, struct cpu_interface *f, unsigned n)
{
    (void)f;
    return cpuif_get_apr(c, &c->virt, n);
}

static void set_ich_apr(struct gic_cpu *c, struct cpu_interface *f, unsigned n, uint64_t value)
{
    (void)f;
    cpuif_put_apr(c, &c->virt, n, value);
}

static uint64_t get_lr(struct gic_cpu *c, struct cpu_interface *f, unsigned n)
{
    (void)f;
    return c->lr[n];
}

static void set_lr(struct gic_cpu *c, struct cpu_interface *f, unsigned n, uint64_t value)
{
    (void)f;
    virt_set_lr(c, n, value);
}

struct sysreg_row {
    gic_get *get;
    gic_set *set;
    uint8_t arg;
    /* HCR_EL2 bits that make it ICV_ at EL1: FMO for group 0, IMO for group 1, either for what is
     * common (IHI 0069 12.2). */
    uint8_t virtual_by;
    bool exists;
};

#define ROW(argument, routing, getter, setter)                                                     \
    {                                                                                              \
        .get = (getter), .set = (setter), .arg = (argument), .virtual_by = (routing),              \
        .exists = true                                                                             \
    }
#define ROW_APR(group, n)                                                                          \
    ROW((group)*4 + (n), (group) ? HCR_IMO : HCR_FMO, cpuif_get_apr, cpuif_put_apr)
#define ROW_ICH_APR(group, n) ROW((group)*4 + (n), 0, get_ich_apr, set_ich_apr)
#define ROW_LR(n)             ROW(n, 0, get_lr, set_lr)

static const struct sysreg_row rows[SR_COUNT] = {
    [SR_ICC_PMR_EL1] = ROW(0, HCR_FMO | HCR_IMO, cpuif_get_pmr, cpuif_put_pmr),
    [SR_ICC_CTLR_EL1] = ROW(0, HCR_FMO | HCR_IMO, get_ctlr, set_ctlr),
    [SR_ICC_RPR_EL1] = ROW(0, HCR_FMO | HCR_IMO, cpuif_get_rpr, NULL),
    [SR_ICC_DIR_EL1] = ROW(0, HCR_FMO | HCR_IMO, NULL, cpuif_put_dir),
    [SR_ICC_IAR0_EL1] = ROW(VIEW_GROUP0, HCR_FMO, cpuif_get_iar, NULL),
    [SR_ICC_EOIR0_EL1] = ROW(VIEW_GROUP0, HCR_FMO, NULL, cpuif_put_eoir),
    [SR_ICC_HPPIR0_EL1] = ROW(VIEW_GROUP0, HCR_FMO, cpuif_get_hppir, NULL),
    [SR_ICC_BPR0_EL1] = ROW(0, HCR_FMO, get_bpr, set_bpr),
    [SR_ICC_IGRPEN0_EL1] = ROW(0, HCR_FMO, get_igrpen, set_igrpen),
    [SR_ICC_IAR1_EL1] = ROW(VIEW_GROUP1, HCR_IMO, cpuif_get_iar, NULL),
    [SR_ICC_EOIR1_EL1] = ROW(VIEW_GROUP1, HCR_IMO, NULL, cpuif_put_eoir),
    [SR_ICC_HPPIR1_EL1] = ROW(VIEW_GROUP1, HCR_IMO, cpuif_get_hppir, NULL),
    [SR_ICC_BPR1_EL1] = ROW(1, HCR_IMO, get_bpr, set_bpr),
    [SR_ICC_IGRPEN1_EL1] = ROW(1, HCR_IMO, get_igrpen, set_igrpen),
    [SR_ICC_AP0R0_EL1] = ROW_APR(0, 0),
    [SR_ICC_AP0R1_EL1] = ROW_APR(0, 1),
    [SR_ICC_AP0R2_EL1] = ROW_APR(0, 2),
    [SR_ICC_AP0R3_EL1] = ROW_APR(0, 3),
    [SR_ICC_AP1R0_EL1] = ROW_APR(1, 0),
    [SR_ICC_AP1R1_EL1] = ROW_APR(1, 1),
    [SR_ICC_AP1R2_EL1] = ROW_APR(1, 2),
    [SR_ICC_AP1R3_EL1] = ROW_APR(1, 3),
    [SR_ICC_SGI0R_EL1] = ROW(0, 0, NULL, send_sgi),
    [SR_ICC_SGI1R_EL1] = ROW(1, 0, NULL, send_sgi),
    [SR_ICC_ASGI1R_EL1] = ROW(1, 0, NULL, send_sgi),
    [SR_ICH_HCR_EL2] = ROW(0, 0, get_hcr, set_hcr),
    [SR_ICH_VTR_EL2] = ROW(0, 0, get_vtr, NULL),
    [SR_ICH_VMCR_EL2] = ROW(0, 0, get_vmcr, set_vmcr),
    [SR_ICH_MISR_EL2] = ROW(0, 0, get_misr, NULL),
    [SR_ICH_EISR_EL2] = ROW(0, 0, get_eisr, NULL),
    [SR_ICH_ELRSR_EL2] = ROW(0, 0, get_elrsr, NULL),
    [SR_ICH_AP0R0_EL2] = ROW_ICH_APR(0, 0),
    [SR_ICH_AP0R1_EL2] = ROW_ICH_APR(0, 1),
    [SR_ICH_AP0R2_EL2] = ROW_ICH_APR(0, 2),
    [SR_ICH_AP0R3_EL2] = ROW_ICH_APR(0, 3),
    [SR_ICH_AP1R0_EL2] = ROW_ICH_APR(1, 0),
    [SR_ICH_AP1R1_EL2] = ROW_ICH_APR(1, 1),
    [SR_ICH_AP1R2_EL2] = ROW_ICH_APR(1, 2),
    [SR_ICH_AP1R3_EL2] = ROW_ICH_APR(1, 3),
    [SR_ICH_LR0_EL2] = ROW_LR(0),
    [SR_ICH_LR1_EL2] = ROW_LR(1),
    [SR_ICH_LR2_EL2] = ROW_LR(2),
    [SR_ICH_LR3_EL2] = ROW_LR(3),
    [SR_ICH_LR4_EL2] = ROW_LR(4),
    [SR_ICH_LR5_EL2] = ROW_LR(5),
    [SR_ICH_LR6_EL2] = ROW_LR(6),
    [SR_ICH_LR7_EL2] = ROW_LR(7),
    [SR_ICH_LR8_EL2] = ROW_LR(8),
    [SR_ICH_LR9_EL2] = ROW_LR(9),
    [SR_ICH_LR10_EL2] = ROW_LR(10),
    [SR_ICH_LR11_EL2] = ROW_LR(11),
    [SR_ICH_LR12_EL2] = ROW_LR(12),
    [SR_ICH_LR13_EL2] = ROW_LR(13),
    [SR_ICH_LR14_EL2] = ROW_LR(14),
    [SR_ICH_LR15_EL2] = ROW_LR(15),
};

static struct cpu_interface *interface_for(struct gic_cpu *c, const struct sysreg_row *row)
{
    const struct pe *pe = c->pe;
    uint64_t hcr = pe->model.has[FEAT_EL2] ? pe->sr[SR_HCR_EL2] : 0;
    bool is_virtual = pe->ps.el == 1 && !(hcr & HCR_TGE) && (hcr & row->virtual_by);
    return is_virtual ? &c->virt : &c->phys;
}

static uint64_t sysreg_get(void *ctx, enum sysreg_id id)
{
    struct gic_cpu *c = ctx;
    const struct sysreg_row *row = &rows[id];
    if (row->get) {
        return row->get(c, interface_for(c, row), row->arg);
    }
    if (!row->exists && c->gic->log) {
        unimp_note(c->gic->log, c->pe->pc, "GIC system register read, id %u", (unsigned)id);
    }
    return 0;
}

static unsigned sysreg_put(void *ctx, enum sysreg_id id, uint64_t value)
{
    struct gic_cpu *c = ctx;
    const struct sysreg_row *row = &rows[id];
    if (row->set) {
        row->set(c, interface_for(c, row), row->arg, value);
        return EFF_IRQ;
    }
    if (!row->exists && c->gic->log) {
        unimp_note(c->gic->log, c->pe->pc, "GIC system register write, id %u", (unsigned)id);
    }
    return EFF_NONE;
}

struct sysreg_ops gic_sysreg_ops(struct gic *gic, unsigned cpu)
{
    struct gic_cpu *c = gic_cpu_at(gic, cpu);
    return (struct sysreg_ops){.ctx = c, .read = sysreg_get, .write = sysreg_put};
}
