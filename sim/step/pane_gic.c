/* Interrupts of this CPU: pending and active ones, list registers, what a guest sees. */
#include <stdio.h>

#include "sim/base/bits.h"
#include "sim/step/view.h"

static const char *intid_name(unsigned intid)
{
    static const struct {
        unsigned intid;
        const char *name;
    } names[] = {{25, "GIC maintenance"},
                 {26, "EL2 timer"},
                 {27, "virtual timer"},
                 {28, "EL2 virtual timer"},
                 {30, "EL1 physical timer"},
                 {33, "PL011"},
                 {34, "PL031"}};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (names[i].intid == intid) {
            return names[i].name;
        }
    }
    return intid < 16 ? "SGI" : intid < 32 ? "PPI" : "SPI";
}

static const char *state_of(bool pending, bool active)
{
    return pending && active ? "pending+active" : pending ? "pending" : active ? "active" : "free";
}

static void lr_lines(const struct gic_look *g, struct lines *out)
{
    for (unsigned n = 0; n < g->lr_count; n++) {
        const struct gic_look_lr *lr = &g->lrs[n];
        if (!lr->pending && !lr->active && lr->vintid == 0) {
            lines_add(out, LINE_DIM, " LR%-2u free", n);
            continue;
        }
        char physical[24] = "";
        if (lr->hw) {
            snprintf(physical, sizeof physical, "  HW %u", lr->pintid);
        }
        lines_add(out, n == g->lr_next ? LINE_CHANGED : LINE_PLAIN,
                  " LR%-2u %-14s INTID %u  prio %02x%s%s%s", n, state_of(lr->pending, lr->active),
                  lr->vintid, lr->priority, physical, lr->eoi ? "  EOI" : "",
                  n == g->lr_next ? "  next" : "");
    }
}

static void interface_line(const char *name, const struct gic_look_interface *f, struct lines *out)
{
    char running[16] = "idle";
    if (f->running != GIC_LOOK_IDLE) {
        snprintf(running, sizeof running, "%02x", f->running);
    }
    lines_add(out, LINE_PLAIN, "%s: groups %s%s%s, mask %02x, running %s", name,
              f->enabled[0] ? "0" : "", f->enabled[1] ? "1" : "",
              !f->enabled[0] && !f->enabled[1] ? "off" : "", f->mask, running);
}

static void interrupt_lines(const struct gic_look *g, struct lines *out)
{
    for (unsigned i = 0; i < g->count; i++) {
        const struct gic_look_interrupt *n = &g->interrupts[i];
        lines_add(out,
                  n->intid == g->next ? LINE_CHANGED
                  : n->enabled        ? LINE_PLAIN
                                      : LINE_DIM,
                  " %4u %-14s prio %02x%s%s  %s", n->intid, state_of(n->pending, n->active),
                  n->priority, n->enabled ? "" : "  disabled", n->intid == g->next ? "  next" : "",
                  intid_name(n->intid));
    }
    if (g->count == 0) {
        lines_add(out, LINE_DIM, " none is pending or active");
    }
    if (g->left_out) {
        lines_add(out, LINE_DIM, " and %u more", g->left_out);
    }
}

void pane_gic(const struct view *v, unsigned height, struct lines *out)
{
    const struct gic_look *g = &v->now->gic;
    const bool *in = v->now->pe.inputs;
    (void)height;
    lines_add(out, LINE_PLAIN, "GICv%u  signals:%s%s%s%s%s", g->version, in[PE_IRQ] ? " IRQ" : "",
              in[PE_FIQ] ? " FIQ" : "", in[PE_VIRQ] ? " vIRQ" : "", in[PE_VFIQ] ? " vFIQ" : "",
              in[PE_IRQ] || in[PE_FIQ] || in[PE_VIRQ] || in[PE_VFIQ] ? "" : " none");
    interface_line("CPU interface", &g->physical, out);
    interrupt_lines(g, out);
    if (g->has_virtualization) {
        lines_add(out, LINE_HEAD, "list registers (%s %s%s)", g->version == 2 ? "GICH" : "ICH",
                  bit(g->hcr, 0) ? "on" : "off", g->misr ? ", maintenance due" : "");
        lr_lines(g, out);
        interface_line("guest's interface", &g->guest, out);
    }
}
