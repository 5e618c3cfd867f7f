/* List registers at the entry of a VM, maintenance interrupts, and the order of EOIR. */
#include <stdlib.h>

#include "sim/base/bits.h"
#include "sim/base/err.h"
#include "sim/board/look.h"
#include "sim/lint/parts.h"

#define ICH_HCR_EN    BIT(0)
#define ICH_HCR_ASKS  MASK(3, 1) /* UIE, LRENPIE, NPIE */
#define SGI_COUNT     16u
#define INTID_SPECIAL 1020u
#define NESTED_MAX    32

struct lint_irq {
    struct {
        unsigned intid[NESTED_MAX]; /* acknowledged and not ended, oldest first */
        unsigned count;
        bool is_lost; /* too many: nothing is known until none is left */
    } cpus[EL2SIM_MAX_CPUS];
};

void lint_irq_create(struct lint *lint)
{
    lint->irq = calloc(1, sizeof *lint->irq);
    BUG_ON(lint->irq == NULL);
}

void lint_irq_destroy(struct lint *lint)
{
    free(lint->irq);
}

static bool is_valid(const struct gic_look_lr *lr)
{
    return lr->pending || lr->active;
}

/* What tells virtual interrupts apart: INTID, and for SGIs of GICv2 who asked. */
static uint64_t identity(const struct gic_look *g, const struct gic_look_lr *lr)
{
    bool has_source = g->version == 2 && lr->vintid < SGI_COUNT && !lr->hw;
    return lr->vintid | (has_source ? (uint64_t)(lr->pintid & 7) << 32 : 0);
}

static unsigned physical(const struct gic_look *g, const struct gic_look_lr *lr)
{
    return g->version == 2 ? lr->pintid & 0x3ff : lr->pintid;
}

static void look_at_pair(struct lint *lint, const struct lint_place *place,
                         const struct gic_look *g, unsigned i, unsigned j)
{
    const struct gic_look_lr *a = &g->lrs[i], *b = &g->lrs[j];
    if (!is_valid(a) || !is_valid(b)) {
        return;
    }
    if (identity(g, a) == identity(g, b)) {
        struct lint_finding *f = lint_found(
            lint, LINT_LR_TWICE, place, "a VM is entered with INTID %u in list registers %u and %u",
            a->vintid, i, j);
        lint_next(f, "UNPREDICTABLE; here the VM may take it twice");
    } else if (a->hw && b->hw && physical(g, a) == physical(g, b)) {
        struct lint_finding *f =
            lint_found(lint, LINT_LR_HW_STATE, place,
                       "a VM is entered with physical INTID %u in list registers %u and %u",
                       physical(g, a), i, j);
        lint_next(f, "UNPREDICTABLE; here the first that the VM ends deactivates it for both");
    }
}

static void look_at_one(struct lint *lint, const struct lint_place *place,
                        const struct gic_look_lr *lr, unsigned n)
{
    if (lr->hw && lr->pending && lr->active) {
        struct lint_finding *f = lint_found(
            lint, LINT_LR_HW_STATE, place,
            "a VM is entered with INTID %u active and pending in list register %u, HW = 1",
            lr->vintid, n);
        lint_next(f, "UNPREDICTABLE; here the VM takes it again behind its end, which deactivates "
                     "the physical one");
    }
}

/* Who asks for a maintenance interrupt, and cannot get it. */
static void look_at_maintenance(struct lint *lint, const struct lint_place *place,
                                const struct gic_look *g)
{
    bool asks = g->hcr & ICH_HCR_ASKS;
    for (unsigned i = 0; i < g->lr_count; i++) {
        asks |= is_valid(&g->lrs[i]) && g->lrs[i].eoi;
    }
    if (asks && !g->maintenance_enabled) {
        struct lint_finding *f = lint_found(
            lint, LINT_MAINTENANCE, place, "a VM is entered with %s, while INTID 25 is disabled",
            g->hcr & ICH_HCR_ASKS ? "UIE, LRENPIE or NPIE of ICH_HCR_EL2"
                                  : "EOI = 1 in a list register");
        lint_next(f, "the maintenance interrupt never comes");
    }
}

static void vm_entered(struct lint *lint, const struct watch_event *e)
{
    struct gic_look g;
    if (e->pe->ps.el != 2 || e->ret.to_el == 2) {
        return;
    }
    machine_look_gic(lint->machine, e->cpu, &g);
    if (!(g.hcr & ICH_HCR_EN)) {
        return;
    }
    struct lint_place place = lint_place_of(lint, e);
    for (unsigned i = 0; i < g.lr_count; i++) {
        look_at_one(lint, &place, &g.lrs[i], i);
        for (unsigned j = i + 1; j < g.lr_count; j++) {
            look_at_pair(lint, &place, &g, i, j);
        }
    }
    look_at_maintenance(lint, &place, &g);
}

static void acknowledged(struct lint *lint, const struct watch_event *e)
{
    unsigned *count = &lint->irq->cpus[e->cpu].count;
    if (*count == NESTED_MAX) {
        lint->irq->cpus[e->cpu].is_lost = true;
        return;
    }
    lint->irq->cpus[e->cpu].intid[(*count)++] = e->irq->intid;
}

/* A virtual interface moves between VMs; only its own state counts. */
static void ended_virtual(struct lint *lint, const struct watch_event *e)
{
    if (e->irq->value == 0) {
        struct lint_place place = lint_place_of(lint, e);
        struct lint_finding *f =
            lint_found(lint, LINT_EOI_ORDER, &place,
                       "EOIR of virtual INTID %u, and no priority is active", e->irq->intid);
        lint_next(f, "the write is ignored");
    }
}

static void ended(struct lint *lint, const struct watch_event *e)
{
    unsigned *count = &lint->irq->cpus[e->cpu].count;
    const unsigned *intid = lint->irq->cpus[e->cpu].intid;
    bool matches = *count != 0 && intid[*count - 1] == e->irq->intid;
    if (!matches && !lint->irq->cpus[e->cpu].is_lost) {
        struct lint_place place = lint_place_of(lint, e);
        struct lint_finding *f =
            *count == 0 ? lint_found(lint, LINT_EOI_ORDER, &place,
                                     "EOIR of INTID %u, and none is acknowledged", e->irq->intid)
                        : lint_found(lint, LINT_EOI_ORDER, &place,
                                     "EOIR of INTID %u, and INTID %u was acknowledged last",
                                     e->irq->intid, intid[*count - 1]);
        lint_next(f, e->irq->value == 0 ? "the write is ignored"
                                        : "the running priority drops, whosever it is");
    }
    *count -= *count != 0;
    lint->irq->cpus[e->cpu].is_lost &= *count != 0;
}

void lint_irq_seen(struct lint *lint, const struct watch_event *e)
{
    if (e->kind == WATCH_RETURN) {
        vm_entered(lint, e);
    } else if (e->kind == WATCH_IRQ && e->irq->intid < INTID_SPECIAL) {
        switch (e->irq->kind) {
        case GIC_NOTE_ACK:
            acknowledged(lint, e);
            break;
        case GIC_NOTE_END:
            ended(lint, e);
            break;
        case GIC_NOTE_VIRTUAL_END:
            ended_virtual(lint, e);
            break;
        case GIC_NOTE_PENDING:
        case GIC_NOTE_DEACTIVATE:
        case GIC_NOTE_LR:
        case GIC_NOTE_VIRTUAL_ACK:
            break;
        }
    }
}
