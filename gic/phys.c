/*
 * The physical CPU interface: what reaches the PE, and the life of an interrupt from acknowledge to
 * deactivation (IHI 0048B 3.2, 4.4; IHI 0069 4.1, 12.2).
 */
#include "gic/state.h"
#include "sim/base/bits.h"

void phys_drive(struct gic_cpu *c)
{
    const struct candidate *best = &c->best;
    bool signals =
        best->intid != INTID_SPURIOUS && cpuif_signals(&c->phys, best->group, best->priority);
    bool is_fiq = best->group == 0 && c->phys.fiq_en;
    c->pe->inputs[PE_IRQ] = signals && !is_fiq;
    c->pe->inputs[PE_FIQ] = signals && is_fiq;
}

/* Of several requesting CPUs, the lowest numbered. */
static unsigned sgi_source(const struct gic_cpu *c, unsigned intid)
{
    return c->gic->is_v2 && intid < SGI_COUNT && c->sgi_sources[intid]
               ? (unsigned)__builtin_ctz(c->sgi_sources[intid])
               : 0;
}

unsigned phys_acknowledge(struct gic_cpu *c, enum group_view view)
{
    struct candidate best = c->best;
    if (best.intid == INTID_SPURIOUS || !cpuif_signals(&c->phys, best.group, best.priority)) {
        return INTID_SPURIOUS;
    }
    unsigned intid = cpuif_visible(&c->phys, view, best.group, best.intid);
    if (intid >= INTID_SPECIAL) {
        return intid;
    }
    unsigned source = sgi_source(c, intid);
    cpuif_raise(&c->phys, best.group, best.priority);
    irq_acknowledge(c, intid, source);
    return source << 10 | intid;
}

unsigned phys_pending(const struct gic_cpu *c, enum group_view view)
{
    if (c->best.intid == INTID_SPURIOUS) {
        return INTID_SPURIOUS;
    }
    unsigned intid = cpuif_visible(&c->phys, view, c->best.group, c->best.intid);
    return sgi_source(c, intid) << 10 | intid;
}

/* GICv2 SGIs carry CPUID beside the ID; active state is one per SGI ID, so it is not needed here.
 */
static unsigned intid_of(const struct gic_cpu *c, uint32_t value)
{
    return (unsigned)bits(value, c->gic->is_v2 ? 9 : 23, 0);
}

/*
 * A write that does not match the last acknowledge is UNPREDICTABLE. GICv2: the priority of the
 * named interrupt's group drops (an AEOIR write for group 0 is ignored); GICv3: ignored unless the
 * highest active priority is of the register's group. As QEMU.
 */
void phys_end(struct gic_cpu *c, enum group_view view, uint32_t value)
{
    unsigned intid = intid_of(c, value);
    bool exists = intid < c->gic->intid_count;
    unsigned group = c->gic->is_v2 && exists ? gic_group(c, intid) : (unsigned)view;
    bool matches =
        c->gic->is_v2 ? view == VIEW_BOTH || group == 1 : cpuif_active_group(&c->phys) == group;
    gic_note(c, GIC_NOTE_END, intid, exists && matches);
    if (!exists || !matches) {
        return;
    }
    cpuif_drop(&c->phys, group);
    if (!c->phys.eoi_split) {
        irq_deactivate(c, intid);
    }
    phys_drive(c);
}

/* Without EOImode a DIR write is UNPREDICTABLE: ignored. */
void phys_deactivate(struct gic_cpu *c, uint32_t value)
{
    if (c->phys.eoi_split) {
        irq_deactivate(c, intid_of(c, value));
    }
}
