/*
 * The memory-mapped interfaces of GICv2: GICC, GICH and GICV (IHI 0048B 4.4, 5.3, 5.5).
 */
#include "gic/lr.h"
#include "gic/rows.h"
#include "sim/base/bits.h"

#define GICC_IIDR 0x2043b /* architecture version 2, implementer Arm */

#define LR_PHYSICAL_BITS 10 /* GICH_LR<n>[19:10]; bit 19 is EOI where HW = 0 */

static uint64_t get_ctlr(struct gic_cpu *c, struct cpu_interface *f, unsigned n)
{
    (void)c;
    (void)n;
    return cpuif_ctlr_v2(f);
}

static void set_ctlr(struct gic_cpu *c, struct cpu_interface *f, unsigned n, uint64_t value)
{
    (void)n;
    cpuif_set_ctlr_v2(f, (uint32_t)value);
    cpuif_changed(c, f);
}

static uint64_t get_bpr(struct gic_cpu *c, struct cpu_interface *f, unsigned group)
{
    (void)c;
    return f->bpr[group];
}

static void set_bpr(struct gic_cpu *c, struct cpu_interface *f, unsigned group, uint64_t value)
{
    cpuif_set_bpr(f, group, value);
    cpuif_changed(c, f);
}

static uint64_t get_iidr(struct gic_cpu *c, struct cpu_interface *f, unsigned n)
{
    (void)c;
    (void)f;
    (void)n;
    return GICC_IIDR;
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

static uint64_t get_vmcr(struct gic_cpu *c, struct cpu_interface *f, unsigned n)
{
    (void)c;
    (void)n;
    return cpuif_vmcr(f);
}

static void set_vmcr(struct gic_cpu *c, struct cpu_interface *f, unsigned n, uint64_t value)
{
    (void)n;
    cpuif_set_vmcr(f, (uint32_t)value, true);
    virt_update(c);
}

static uint64_t get_misr(struct gic_cpu *c, struct cpu_interface *f, unsigned n)
{
    (void)f;
    (void)n;
    return virt_misr(c);
}

/* EISR1 and ELRSR1 speak of list registers 32..63, which do not exist. */
static uint64_t get_eisr(struct gic_cpu *c, struct cpu_interface *f, unsigned n)
{
    (void)f;
    return n == 0 ? virt_eisr(c) : 0;
}

static uint64_t get_elrsr(struct gic_cpu *c, struct cpu_interface *f, unsigned n)
{
    (void)f;
    return n == 0 ? virt_elrsr(c) : 0;
}

static uint64_t get_lr(struct gic_cpu *c, struct cpu_interface *f, unsigned n)
{
    (void)f;
    if (n >= c->gic->config.list_register_count) {
        return 0;
    }
    uint64_t lr = c->lr[n];
    return bits(lr, 9, 0) | bits(lr, LR_PINTID_LO + LR_PHYSICAL_BITS - 1, LR_PINTID_LO) << 10 |
           bits(lr, LR_PRIORITY_HI, LR_PRIORITY_HI - 4) << 23 | (lr & LR_STATE) >> 62 << 28 |
           (uint64_t)bit(lr, LR_GROUP) << 30 | (uint64_t)((lr & LR_HW) != 0) << 31;
}

static void set_lr(struct gic_cpu *c, struct cpu_interface *f, unsigned n, uint64_t value)
{
    (void)f;
    uint64_t lr = bits(value, 9, 0) | bits(value, 19, 10) << LR_PINTID_LO |
                  bits(value, 27, 23) << (LR_PRIORITY_HI - 4) | bits(value, 29, 28) << 62 |
                  (uint64_t)bit(value, 30) << LR_GROUP | (bit(value, 31) ? LR_HW : 0);
    virt_set_lr(c, n, lr);
}

#define ROW_WORDS(at, words, argument, getter, setter)                                             \
    {                                                                                              \
        .offset = (at), .length_bytes = 4 * (words), .unit_bytes = 4, .sizes = 4,                  \
        .arg = (argument), .get = (getter), .set = (setter)                                        \
    }

/* Group 1's active priorities have registers of their own (NSAPR), with n from 4. */
static const struct gic_row gicc_rows[] = {
    ROW_WORD(0x00, 0, get_ctlr, set_ctlr),
    ROW_WORD(0x04, 0, cpuif_get_pmr, cpuif_put_pmr),
    ROW_WORD(0x08, 0, get_bpr, set_bpr),
    ROW_WORD(0x0c, VIEW_BOTH, cpuif_get_iar, NULL),
    ROW_WORD(0x10, VIEW_BOTH, NULL, cpuif_put_eoir),
    ROW_WORD(0x14, 0, cpuif_get_rpr, NULL),
    ROW_WORD(0x18, VIEW_BOTH, cpuif_get_hppir, NULL),
    ROW_WORD(0x1c, 1, get_bpr, set_bpr),                /* ABPR */
    ROW_WORD(0x20, VIEW_GROUP1, cpuif_get_iar, NULL),   /* AIAR */
    ROW_WORD(0x24, VIEW_GROUP1, NULL, cpuif_put_eoir),  /* AEOIR */
    ROW_WORD(0x28, VIEW_GROUP1, cpuif_get_hppir, NULL), /* AHPPIR */
    ROW_WORDS(0xd0, 4, 0, cpuif_get_apr, cpuif_put_apr),
    ROW_WORDS(0xe0, 4, 4, cpuif_get_apr, cpuif_put_apr), /* NSAPR */
    ROW_WORD(0xfc, 0, get_iidr, NULL),
    ROW_WORD(0x1000, 0, NULL, cpuif_put_dir),
};

/* The same without NSAPR: GICV_APR0 is GICH_APR. */
static const struct gic_row gicv_rows[] = {
    ROW_WORD(0x00, 0, get_ctlr, set_ctlr),
    ROW_WORD(0x04, 0, cpuif_get_pmr, cpuif_put_pmr),
    ROW_WORD(0x08, 0, get_bpr, set_bpr),
    ROW_WORD(0x0c, VIEW_BOTH, cpuif_get_iar, NULL),
    ROW_WORD(0x10, VIEW_BOTH, NULL, cpuif_put_eoir),
    ROW_WORD(0x14, 0, cpuif_get_rpr, NULL),
    ROW_WORD(0x18, VIEW_BOTH, cpuif_get_hppir, NULL),
    ROW_WORD(0x1c, 1, get_bpr, set_bpr),
    ROW_WORD(0x20, VIEW_GROUP1, cpuif_get_iar, NULL),
    ROW_WORD(0x24, VIEW_GROUP1, NULL, cpuif_put_eoir),
    ROW_WORD(0x28, VIEW_GROUP1, cpuif_get_hppir, NULL),
    ROW_WORDS(0xd0, 4, 0, cpuif_get_apr, cpuif_put_apr),
    ROW_WORD(0xfc, 0, get_iidr, NULL),
    ROW_WORD(0x1000, 0, NULL, cpuif_put_dir),
};

static const struct gic_row gich_rows[] = {
    ROW_WORD(0x00, 0, get_hcr, set_hcr),
    ROW_WORD(0x04, 0, get_vtr, NULL),
    ROW_WORD(0x08, 0, get_vmcr, set_vmcr),
    ROW_WORD(0x10, 0, get_misr, NULL),
    ROW_WORDS(0x20, 2, 0, get_eisr, NULL),
    ROW_WORDS(0x30, 2, 0, get_elrsr, NULL),
    ROW_WORD(0xf0, 0, cpuif_get_apr, cpuif_put_apr),
    ROW_WORDS(0x100, 64, 0, get_lr, set_lr),
};

#define MAP(table)                                                                                 \
    {                                                                                              \
        .rows = (table), .row_count = sizeof(table) / sizeof(table)[0]                             \
    }

static const struct gic_map gicc = MAP(gicc_rows);
static const struct gic_map gicv = MAP(gicv_rows);
static const struct gic_map gich = MAP(gich_rows);

static enum bus_result unmodelled(struct bus_access *a)
{
    a->value = a->write ? a->value : 0;
    return BUS_UNMODELLED;
}

enum bus_result gic_gicc_access(void *device, struct bus_access *a)
{
    struct gic *gic = device;
    struct gic_cpu *c = gic_cpu_at(gic, a->cpu);
    return gic->is_v2 ? gic_walk(&gicc, c, &c->phys, a, NULL) : unmodelled(a);
}

enum bus_result gic_gich_access(void *device, struct bus_access *a)
{
    struct gic *gic = device;
    struct gic_cpu *c = gic_cpu_at(gic, a->cpu);
    bool exists = gic->is_v2 && gic->config.has_virtualization;
    return exists ? gic_walk(&gich, c, &c->virt, a, NULL) : unmodelled(a);
}

enum bus_result gic_gicv_access(void *device, struct bus_access *a)
{
    struct gic *gic = device;
    struct gic_cpu *c = gic_cpu_at(gic, a->cpu);
    bool exists = gic->is_v2 && gic->config.has_virtualization;
    return exists ? gic_walk(&gicv, c, &c->virt, a, NULL) : unmodelled(a);
}
