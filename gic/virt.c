/*
 * The virtual interface: list registers, what they make a guest see, and the maintenance interrupt
 * (IHI 0048B chapter 5; IHI 0069 chapter 6). GICH_LR and ICH_LR hold the same fields, so one state
 * serves both versions; gicv2.c converts.
 */
#include <string.h>

#include "gic/lr.h"
#include "gic/state.h"
#include "sim/base/bits.h"

#define ICH_HCR_EN                BIT(0)
#define ICH_HCR_UIE               BIT(1)
#define ICH_HCR_LRENPIE           BIT(2)
#define ICH_HCR_NPIE              BIT(3)
#define ICH_HCR_GROUP0_ENABLED_IE 4 /* then group 0 disabled, group 1 enabled, group 1 disabled */

#define LPI_FIRST 8192u

/* GICH_HCR: the enables and EOICount. ICH_HCR_EL2 adds TC, TALL0, TALL1 and TDIR; TSEI is RES0, as
 * ICH_VTR_EL2.SEIS is 0 (IHI 0069 12.4.3). */
#define ICH_HCR_BITS_V2 (MASK(31, 27) | MASK(7, 0))
#define ICH_HCR_BITS_V3 (ICH_HCR_BITS_V2 | MASK(12, 10) | BIT(14))

static unsigned lr_group(uint64_t lr)
{
    return bit(lr, LR_GROUP);
}

static unsigned lr_priority(uint64_t lr)
{
    return (unsigned)bits(lr, LR_PRIORITY_HI, LR_PRIORITY_LO);
}

static unsigned lr_vintid(uint64_t lr)
{
    return (unsigned)bits(lr, LR_VINTID_HI, 0);
}

static bool is_special(unsigned intid)
{
    return intid >= INTID_SPECIAL && intid <= INTID_SPURIOUS;
}

/* EOI maintenance asked for and due: inactive, HW = 0, EOI = 1. */
static bool lr_ended(uint64_t lr)
{
    return (lr & (LR_STATE | LR_HW | LR_EOI)) == LR_EOI;
}

uint32_t virt_eisr(const struct gic_cpu *c)
{
    uint32_t set = 0;
    for (unsigned i = 0; i < c->gic->config.list_register_count; i++) {
        set |= (uint32_t)lr_ended(c->lr[i]) << i;
    }
    return set;
}

/* Free list registers: no valid interrupt, and no EOI maintenance interrupt to be lost. */
uint32_t virt_elrsr(const struct gic_cpu *c)
{
    uint32_t set = 0;
    for (unsigned i = 0; i < c->gic->config.list_register_count; i++) {
        bool is_free = !(c->lr[i] & LR_STATE) && !lr_ended(c->lr[i]);
        set |= (uint32_t)is_free << i;
    }
    return set;
}

uint32_t virt_misr(const struct gic_cpu *c)
{
    unsigned valid = 0;
    bool has_pending = false;
    for (unsigned i = 0; i < c->gic->config.list_register_count; i++) {
        valid += (c->lr[i] & LR_STATE) != 0;
        has_pending |= (c->lr[i] & LR_STATE) == LR_PENDING;
    }
    uint32_t misr = virt_eisr(c) != 0;
    misr |= (c->hcr & ICH_HCR_UIE) && valid < 2 ? 1u << 1 : 0;
    misr |= (c->hcr & ICH_HCR_LRENPIE) && bits(c->hcr, 31, 27) != 0 ? 1u << 2 : 0;
    misr |= (c->hcr & ICH_HCR_NPIE) && !has_pending ? 1u << 3 : 0;
    for (unsigned k = 0; k < 4; k++) {
        bool asked = bit(c->hcr, ICH_HCR_GROUP0_ENABLED_IE + k);
        misr |= (uint32_t)(asked && c->virt.enabled[k / 2] != k % 2) << (4 + k);
    }
    return misr;
}

/* GICH_VTR, ICH_VTR_EL2. GICv3 has 24-bit INTIDs, A3V, TDS, and no vSGIs (nV4), as QEMU 7.2. */
uint32_t virt_vtr(const struct gic_cpu *c)
{
    uint32_t sizes = (c->virt.priority_bits - 1u) << 29 | (c->virt.priority_bits - 1u) << 26 |
                     (c->gic->config.list_register_count - 1u);
    return c->gic->is_v2 ? sizes : sizes | 1u << 23 | 1u << 21 | 1u << 20 | 1u << 19;
}

/* The pending list register to take next; equal priorities: the first. GICv3 leaves out disabled
 * groups, GICv2 picks first and looks at the enables then (as the physical interface does). */
static int find_best(const struct gic_cpu *c)
{
    int best = -1;
    unsigned best_priority = PRIORITY_IDLE;
    for (unsigned i = 0; i < c->gic->config.list_register_count; i++) {
        uint64_t lr = c->lr[i];
        bool counts =
            (lr & LR_STATE) == LR_PENDING && (c->gic->is_v2 || c->virt.enabled[lr_group(lr)]);
        if (counts && lr_priority(lr) < best_priority) {
            best = (int)i;
            best_priority = lr_priority(lr);
        }
    }
    return best;
}

static bool best_signals(const struct gic_cpu *c)
{
    if (c->best_lr < 0 || !(c->hcr & ICH_HCR_EN)) {
        return false;
    }
    uint64_t lr = c->lr[c->best_lr];
    return cpuif_signals(&c->virt, lr_group(lr), lr_priority(lr));
}

void virt_update(struct gic_cpu *c)
{
    if (!c->gic->config.has_virtualization) {
        return;
    }
    bool enabled = c->hcr & ICH_HCR_EN;
    c->best_lr = find_best(c);
    bool signals = best_signals(c);
    bool is_fiq = signals && lr_group(c->lr[c->best_lr]) == 0 && c->virt.fiq_en;
    c->pe->inputs[PE_VIRQ] = signals && !is_fiq;
    c->pe->inputs[PE_VFIQ] = is_fiq;
    irq_set_level(c, GIC_MAINTENANCE_INTID, enabled && virt_misr(c) != 0);
}

void virt_set_hcr(struct gic_cpu *c, uint64_t value)
{
    c->hcr = (uint32_t)(value & (c->gic->is_v2 ? ICH_HCR_BITS_V2 : ICH_HCR_BITS_V3));
    if (!c->gic->is_v2) {
        c->pe->sr[SR_ICH_HCR_EL2] = c->hcr; /* the trap rules look there */
    }
    virt_update(c);
}

void virt_set_lr(struct gic_cpu *c, unsigned n, uint64_t value)
{
    if (n < c->gic->config.list_register_count) {
        uint64_t priority =
            bits(value, LR_PRIORITY_HI, LR_PRIORITY_LO) & (0xff00u >> c->virt.priority_bits);
        c->lr[n] = (value & LR_FIELDS) | priority << LR_PRIORITY_LO;
        gic_note(c, GIC_NOTE_LR, n, c->lr[n]);
        virt_update(c);
    }
}

void virt_reset(struct gic_cpu *c)
{
    memset(c->lr, 0, sizeof c->lr);
    cpuif_reset(&c->virt);
    c->virt.fiq_en = !c->gic->is_v2;
    virt_set_hcr(c, 0);
}

/* GICv2 SGIs of software origin (HW = 0) report the requesting CPU of the list register. */
static unsigned lr_image(const struct gic_cpu *c, uint64_t lr)
{
    unsigned vintid = lr_vintid(lr);
    bool has_source = c->gic->is_v2 && vintid < SGI_COUNT && !(lr & LR_HW);
    return has_source ? (unsigned)bits(lr, LR_PINTID_LO + 2, LR_PINTID_LO) << 10 | vintid : vintid;
}

unsigned virt_acknowledge(struct gic_cpu *c, enum group_view view)
{
    if (!best_signals(c)) {
        return INTID_SPURIOUS;
    }
    uint64_t *lr = &c->lr[c->best_lr];
    unsigned group = lr_group(*lr);
    unsigned vintid = lr_vintid(*lr);
    unsigned refused = cpuif_visible(&c->virt, view, group, 0);
    if (refused) {
        return refused;
    }
    unsigned value = lr_image(c, *lr);
    if (!is_special(vintid)) {
        cpuif_raise(&c->virt, group, lr_priority(*lr));
    }
    /* A special INTID is answered and forgotten; an LPI has no active state (IHI 0069 6.2). */
    *lr &= ~LR_STATE;
    *lr |= is_special(vintid) || vintid >= LPI_FIRST ? 0 : LR_ACTIVE;
    gic_note(c, GIC_NOTE_VIRTUAL_ACK, vintid, *lr);
    virt_update(c);
    return value;
}

unsigned virt_pending(const struct gic_cpu *c, enum group_view view)
{
    if (c->best_lr < 0) {
        return INTID_SPURIOUS;
    }
    uint64_t lr = c->lr[c->best_lr];
    return cpuif_visible(&c->virt, view, lr_group(lr), lr_image(c, lr));
}

/* The ID as EOIR and DIR have it; GICv2 keeps CPUID, which is part of an SGI's identity. */
static unsigned image_of(const struct gic_cpu *c, uint32_t value)
{
    if (!c->gic->is_v2) {
        return (unsigned)bits(value, 23, 0);
    }
    unsigned intid = (unsigned)bits(value, 9, 0);
    return intid < SGI_COUNT ? (unsigned)bits(value, 12, 0) : intid;
}

static int find_active(const struct gic_cpu *c, unsigned image)
{
    for (unsigned i = 0; i < c->gic->config.list_register_count; i++) {
        if ((c->lr[i] & LR_ACTIVE) && lr_image(c, c->lr[i]) == image) {
            return (int)i;
        }
    }
    return -1;
}

static void deactivate_lr(struct gic_cpu *c, int n)
{
    uint64_t lr = c->lr[n];
    c->lr[n] &= ~LR_ACTIVE;
    if (lr & LR_HW) {
        unsigned pintid =
            (unsigned)bits(lr, c->gic->is_v2 ? LR_PINTID_LO + 9 : LR_PINTID_HI, LR_PINTID_LO);
        irq_deactivate(c, pintid);
    }
}

/* EOIcount: deactivations of interrupts that are in no list register; it wraps. */
static void count_eoi(struct gic_cpu *c)
{
    virt_set_hcr(c, bits_set(c->hcr, 31, 27, bits(c->hcr, 31, 27) + 1));
}

/*
 * IHI 0069 VirtualWriteEOIR: the highest active priority drops, whichever group; deactivation only
 * of an interrupt of the register's group at that priority. GICv2 names the interrupt alone, and
 * deactivates it even when nothing is active.
 */
void virt_end(struct gic_cpu *c, enum group_view view, uint32_t value)
{
    unsigned image = image_of(c, value);
    if (is_special(image)) {
        return;
    }
    unsigned dropped = cpuif_drop_any(&c->virt);
    gic_note(c, GIC_NOTE_VIRTUAL_END, (unsigned)bits(image, c->gic->is_v2 ? 9 : 23, 0),
             dropped != PRIORITY_IDLE);
    bool is_lpi = image >= LPI_FIRST;
    if ((dropped != PRIORITY_IDLE || c->gic->is_v2) && (!c->virt.eoi_split || is_lpi)) {
        int n = find_active(c, image);
        if (n < 0) {
            if (!is_lpi && dropped != PRIORITY_IDLE) {
                count_eoi(c);
            }
        } else {
            uint64_t lr = c->lr[n];
            unsigned group = lr_group(lr);
            bool matches =
                c->gic->is_v2 || (group == (unsigned)view &&
                                  (lr_priority(lr) & cpuif_group_mask(&c->virt, group)) == dropped);
            if (matches) {
                deactivate_lr(c, n);
            }
        }
    }
    virt_update(c);
}

void virt_deactivate(struct gic_cpu *c, uint32_t value)
{
    unsigned image = image_of(c, value);
    if (!c->virt.eoi_split || is_special(image) || image >= LPI_FIRST) {
        return;
    }
    int n = find_active(c, image);
    if (n < 0) {
        count_eoi(c);
    } else {
        deactivate_lr(c, n);
        virt_update(c);
    }
}
