/*
 * Interrupt state, and which interrupt each CPU would take next. The best candidate of each CPU is
 * kept; a change looks only at what it may have made better or worse.
 */
#include <string.h>

#include "gic/state.h"
#include "sim/base/bits.h"

/* Interrupts of one bank whose group is forwarded to this CPU (GICD_CTLR; with GICv3 also the CPU
 * interface's group enables, IHI 0069 4.8.4, and GICR_WAKER, 11.1). */
static uint32_t forwarded(const struct gic_cpu *c, const struct irq_bank *b)
{
    uint32_t enables = c->gic->ctlr;
    if (!c->gic->is_v2) {
        if (c->asleep) {
            return 0;
        }
        enables &= (uint32_t)c->phys.enabled[0] | (uint32_t)c->phys.enabled[1] << 1;
    }
    return (enables & 1 ? ~b->group : 0) | (enables & 2 ? b->group : 0);
}

static uint32_t routed(const struct gic_cpu *c, unsigned word, const struct irq_bank *b)
{
    const struct gic *gic = c->gic;
    uint32_t mine = (gic->one_of_n_cpu[0] == c->index ? ~b->group : 0) |
                    (gic->one_of_n_cpu[1] == c->index ? b->group : 0);
    return c->targets[word] | (gic->one_of_n[word] & mine);
}

/* The interrupts of one bank that are candidates for this CPU. */
static uint32_t ready(struct gic_cpu *c, unsigned word)
{
    const struct irq_bank *b = gic_bank(c, word * 32);
    uint32_t set = bank_pending(b) & b->enabled & ~b->active;
    if (set == 0) {
        return 0;
    }
    set &= forwarded(c, b);
    return word == 0 ? set : set & routed(c, word, b);
}

static void consider(struct gic_cpu *c, unsigned intid)
{
    unsigned priority = *gic_priority(c, intid);
    struct candidate *best = &c->best;
    /* Equal priorities: the lowest INTID, so that the order is fixed. */
    if (priority < best->priority || (priority == best->priority && intid < best->intid)) {
        *best = (struct candidate){intid, priority, gic_group(c, intid)};
    }
}

static void rescan(struct gic_cpu *c)
{
    c->best = (struct candidate){INTID_SPURIOUS, PRIORITY_IDLE, 0};
    for (uint32_t words = c->gic->raised | 1; words; words &= words - 1) {
        unsigned word = (unsigned)__builtin_ctz(words);
        for (uint32_t set = ready(c, word); set; set &= set - 1) {
            consider(c, word * 32 + (unsigned)__builtin_ctz(set));
        }
    }
    phys_drive(c);
}

/* One interrupt of this CPU changed. */
static void recheck(struct gic_cpu *c, unsigned intid)
{
    if (c->best.intid == intid) {
        rescan(c);
    } else if (ready(c, intid / 32) >> intid % 32 & 1) {
        consider(c, intid);
        phys_drive(c);
    }
}

/* Keeps the list of banks that a scan has to look at. */
static void note_raised(struct gic *gic, unsigned word)
{
    const struct irq_bank *b = &gic->banks[word];
    uint32_t mask = UINT32_C(1) << word;
    gic->raised = b->latch | b->level ? gic->raised | mask : gic->raised & ~mask;
}

/* An SPI concerns the CPUs that may take it now, or had it as their best. */
static void spi_changed(struct gic *gic, unsigned intid)
{
    unsigned word = intid / 32;
    const struct irq_bank *b = &gic->banks[word];
    uint32_t mask = UINT32_C(1) << intid % 32;
    bool may_be_taken = bank_pending(b) & b->enabled & ~b->active & mask;
    note_raised(gic, word);
    for (unsigned i = 0; i < gic->config.cpu_count; i++) {
        struct gic_cpu *c = &gic->cpus[i];
        bool is_here = (c->targets[word] | gic->one_of_n[word]) & mask;
        if (c->best.intid == intid || (may_be_taken && is_here)) {
            recheck(c, intid);
        }
    }
}

static void changed(struct gic_cpu *c, unsigned intid)
{
    if (intid < PRIVATE) {
        recheck(c, intid);
    } else {
        spi_changed(c->gic, intid);
    }
}

void irq_bank_changed(struct gic_cpu *c, unsigned intid)
{
    if (intid < PRIVATE) {
        rescan(c);
        return;
    }
    struct gic *gic = c->gic;
    note_raised(gic, intid / 32);
    for (unsigned i = 0; i < gic->config.cpu_count; i++) {
        rescan(&gic->cpus[i]);
    }
}

void irq_set_level(struct gic_cpu *c, unsigned intid, bool level)
{
    struct irq_bank *b = gic_bank(c, intid);
    uint32_t mask = UINT32_C(1) << intid % 32;
    if (level == ((b->level & mask) != 0)) {
        return;
    }
    b->level ^= mask;
    if (level) {
        b->latch |= b->edge & mask;
        gic_note(c, GIC_NOTE_PENDING, intid, 0);
    }
    changed(c, intid);
}

void irq_acknowledge(struct gic_cpu *c, unsigned intid, unsigned source)
{
    struct irq_bank *b = gic_bank(c, intid);
    uint32_t mask = UINT32_C(1) << intid % 32;
    b->active |= mask;
    b->latch &= ~mask;
    gic_note(c, GIC_NOTE_ACK, intid, 0);
    if (intid < SGI_COUNT && c->gic->is_v2) {
        c->sgi_sources[intid] &= (uint8_t) ~(1u << source);
        b->latch |= c->sgi_sources[intid] ? mask : 0;
    }
    changed(c, intid);
}

void irq_deactivate(struct gic_cpu *c, unsigned intid)
{
    if (intid < c->gic->intid_count) {
        gic_bank(c, intid)->active &= ~(UINT32_C(1) << intid % 32);
        gic_note(c, GIC_NOTE_DEACTIVATE, intid, 0);
        changed(c, intid);
    }
}

void irq_send_sgi(struct gic_cpu *from, struct gic_cpu *to, unsigned intid)
{
    struct gic *gic = to->gic;
    if (gic->is_v2) {
        to->sgi_sources[intid] |= (uint8_t)(1u << from->index);
    }
    to->bank.latch |= UINT32_C(1) << intid;
    gic_note(to, GIC_NOTE_PENDING, intid, 1);
    recheck(to, intid);
    if (from != to && gic->hook) {
        gic->hook(gic->hook_ctx, from->index, to->index, intid);
    }
}

/* CPU interfaces have affinity 0.0.0.n (as QEMU virt numbers up to 16 CPUs), or a place in the
 * target list. */
static bool is_target(const struct gic *gic, unsigned intid, unsigned cpu)
{
    if (gic->is_v2) {
        /* One CPU: the target registers are RAZ/WI, all goes there (IHI 0048B 4.3.12). */
        return gic->config.cpu_count == 1 || (gic->target_list[intid] >> cpu & 1);
    }
    return gic->irouter[intid] == cpu; /* Interrupt_Routing_Mode 0 */
}

void irq_route(struct gic *gic, unsigned intid)
{
    uint32_t mask = UINT32_C(1) << intid % 32;
    for (unsigned i = 0; i < gic->config.cpu_count; i++) {
        uint32_t *word = &gic->cpus[i].targets[intid / 32];
        *word = is_target(gic, intid, i) ? *word | mask : *word & ~mask;
    }
    uint32_t *any = &gic->one_of_n[intid / 32];
    *any = bit(gic->irouter[intid], 31) ? *any | mask : *any & ~mask;
}

/* 1-of-N (IHI 0069 4.7): always the lowest numbered CPU that is awake and has the group enabled. */
static unsigned one_of_n_target(const struct gic *gic, unsigned group)
{
    unsigned i = 0;
    while (i < gic->config.cpu_count &&
           (gic->cpus[i].asleep || !gic->cpus[i].phys.enabled[group])) {
        i++;
    }
    return i;
}

void irq_forwarding_changed(struct gic *gic)
{
    gic->one_of_n_cpu[0] = one_of_n_target(gic, 0);
    gic->one_of_n_cpu[1] = one_of_n_target(gic, 1);
    for (unsigned i = 0; i < gic->config.cpu_count; i++) {
        rescan(&gic->cpus[i]);
    }
}

/* Wires keep their level over a reset: they belong to the devices. */
static void reset_bank(struct irq_bank *b)
{
    *b = (struct irq_bank){.level = b->level};
}

void irq_reset(struct gic *gic)
{
    memset(gic->priority, 0, sizeof gic->priority);
    memset(gic->target_list, 0, sizeof gic->target_list);
    memset(gic->irouter, 0, sizeof gic->irouter);
    for (unsigned word = 1; word < BANK_COUNT; word++) {
        reset_bank(&gic->banks[word]);
        note_raised(gic, word);
    }
    for (unsigned i = 0; i < gic->config.cpu_count; i++) {
        struct gic_cpu *c = &gic->cpus[i];
        reset_bank(&c->bank);
        c->bank.edge = 0xffff; /* SGIs */
        c->bank.enabled = gic->is_v2 ? 0xffff : 0;
        memset(c->priority, 0, sizeof c->priority);
        memset(c->sgi_sources, 0, sizeof c->sgi_sources);
    }
    for (unsigned intid = PRIVATE; intid < gic->intid_count; intid++) {
        irq_route(gic, intid);
    }
}

void irq_loaded(struct gic *gic)
{
    for (unsigned word = 1; word < BANK_COUNT; word++) {
        note_raised(gic, word);
    }
    for (unsigned intid = PRIVATE; intid < gic->intid_count; intid++) {
        irq_route(gic, intid);
    }
    irq_forwarding_changed(gic);
}
