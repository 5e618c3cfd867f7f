#include "gic/look.h"

#include "gic/lr.h"
#include "gic/state.h"

static struct gic_look_lr look_lr(uint64_t lr)
{
    return (struct gic_look_lr){.vintid = (unsigned)bits(lr, LR_VINTID_HI, 0),
                                .pintid = (unsigned)bits(lr, LR_PINTID_HI, LR_PINTID_LO),
                                .priority = (unsigned)bits(lr, LR_PRIORITY_HI, LR_PRIORITY_LO),
                                .group = bit(lr, LR_GROUP),
                                .hw = lr & LR_HW,
                                .pending = lr & LR_PENDING,
                                .active = lr & LR_ACTIVE,
                                .eoi = (lr & (LR_HW | LR_EOI)) == LR_EOI};
}

static struct gic_look_interface look_interface(const struct cpu_interface *f)
{
    return (struct gic_look_interface){
        .enabled = {f->enabled[0], f->enabled[1]}, .mask = f->pmr, .running = cpuif_running(f)};
}

static void add(struct gic_cpu *c, unsigned intid, struct gic_look *out)
{
    const struct irq_bank *b = gic_bank(c, intid);
    uint32_t mask = UINT32_C(1) << intid % 32;
    if (out->count == GIC_LOOK_INTERRUPTS) {
        out->left_out++;
        return;
    }
    out->interrupts[out->count++] = (struct gic_look_interrupt){.intid = intid,
                                                                .priority = *gic_priority(c, intid),
                                                                .group = gic_group(c, intid),
                                                                .enabled = b->enabled & mask,
                                                                .pending = bank_pending(b) & mask,
                                                                .active = b->active & mask,
                                                                .edge = b->edge & mask};
}

void gic_look(struct gic *gic, unsigned cpu, struct gic_look *out)
{
    struct gic_cpu *c = gic_cpu_at(gic, cpu);
    unsigned maintenance_group = gic_group(c, GIC_MAINTENANCE_INTID);
    *out = (struct gic_look){.version = gic->config.version,
                             .has_virtualization = gic->config.has_virtualization,
                             .maintenance_enabled = bit(c->bank.enabled, GIC_MAINTENANCE_INTID) &&
                                                    bit(gic->ctlr, maintenance_group) &&
                                                    c->phys.enabled[maintenance_group],
                             .physical = look_interface(&c->phys),
                             .guest = look_interface(&c->virt),
                             .next = c->best.intid,
                             .hcr = c->hcr,
                             .misr = virt_misr(c),
                             .lr_count = gic->config.list_register_count,
                             .lr_next = c->best_lr < 0 ? GIC_LOOK_NONE : (unsigned)c->best_lr};
    for (unsigned n = 0; n < out->lr_count; n++) {
        out->lrs[n] = look_lr(c->lr[n]);
    }
    for (unsigned word = 0; word < gic->intid_count / 32; word++) {
        const struct irq_bank *b = gic_bank(c, word * 32);
        uint32_t set = bank_pending(b) | b->active;
        for (set &= word == 0 ? ~UINT32_C(0) : c->targets[word] | gic->one_of_n[word]; set;
             set &= set - 1) {
            add(c, word * 32 + (unsigned)__builtin_ctz(set), out);
        }
    }
}
