#include "gic/gic.h"

#include <stdlib.h>
#include <string.h>

#include "gic/state.h"
#include "sim/base/bits.h"
#include "sim/base/err.h"

/* GICH_LR has five bits of priority, GICH_APR 32 levels (IHI 0048B 5.3). */
#define GICH_PRIORITY_BITS 5

static void check(const struct gic_config *config)
{
    unsigned cpus_max = config->version == 2 ? 8 : EL2SIM_MAX_CPUS;
    BUG_ON(config->version != 2 && config->version != 3);
    BUG_ON(config->cpu_count < 1 || config->cpu_count > cpus_max);
    BUG_ON(config->spi_count < 32 || config->spi_count > 960 || config->spi_count % 32 != 0);
    BUG_ON(config->priority_bits < 5 || config->priority_bits > 8);
    BUG_ON(config->virtual_priority_bits < 5 || config->virtual_priority_bits > 7);
    BUG_ON(config->list_register_count < 1 || config->list_register_count > LR_LIMIT);
}

struct gic *gic_create(const struct gic_config *config, struct pe *const *pes,
                       struct unimp_log *log)
{
    check(config);
    struct gic *gic = calloc(1, sizeof *gic);
    BUG_ON(gic == NULL);
    gic->config = *config;
    gic->is_v2 = config->version == 2;
    gic->intid_count = PRIVATE + config->spi_count;
    gic->log = log;
    for (unsigned i = 0; i < config->cpu_count; i++) {
        struct gic_cpu *c = &gic->cpus[i];
        c->gic = gic;
        c->pe = pes[i];
        c->index = i;
        c->best_lr = -1;
        c->phys.priority_bits = (uint8_t)config->priority_bits;
        c->virt.priority_bits =
            (uint8_t)(gic->is_v2 ? GICH_PRIORITY_BITS : config->virtual_priority_bits);
        c->virt.is_virtual = true;
        c->virt.has_one_apr = gic->is_v2;
    }
    gic_reset(gic);
    return gic;
}

void gic_destroy(struct gic *gic)
{
    free(gic);
}

static void reset_interfaces(struct gic_cpu *c)
{
    cpuif_reset(&c->phys);
    c->phys.fiq_en = !c->gic->is_v2;
    if (c->gic->config.has_virtualization) {
        virt_reset(c);
    }
}

/* As QEMU's virt: everything disabled, all in group 0, GICv3 CPUs asleep until GICR_WAKER says
 * otherwise. */
void gic_reset(struct gic *gic)
{
    gic->ctlr = 0;
    gic->gicd_status = 0;
    irq_reset(gic);
    for (unsigned i = 0; i < gic->config.cpu_count; i++) {
        struct gic_cpu *c = &gic->cpus[i];
        c->asleep = !gic->is_v2;
        c->gicr_status = 0;
        reset_interfaces(c);
    }
    irq_forwarding_changed(gic);
}

void gic_reset_cpu(struct gic *gic, unsigned cpu)
{
    reset_interfaces(gic_cpu_at(gic, cpu));
    irq_forwarding_changed(gic);
}

static void line_changed(void *ctx, unsigned n, bool level)
{
    struct gic *gic = ctx;
    irq_set_level(gic_cpu_at(gic, n >> 16), n & 0xffff, level);
}

struct irq_line gic_line(struct gic *gic, unsigned intid, unsigned cpu)
{
    BUG_ON(intid < SGI_COUNT || intid >= gic->intid_count || cpu >= gic->config.cpu_count);
    return (struct irq_line){.sink = line_changed, .ctx = gic, .n = cpu << 16 | intid};
}

void gic_update(struct gic *gic, unsigned cpu)
{
    struct gic_cpu *c = gic_cpu_at(gic, cpu);
    phys_drive(c);
    virt_update(c);
}

void gic_on_sgi(struct gic *gic, gic_sgi_hook *hook, void *ctx)
{
    gic->hook = hook;
    gic->hook_ctx = ctx;
}

void gic_watch(struct gic *gic, gic_note_hook *hook, void *ctx)
{
    gic->watch = hook;
    gic->watch_ctx = ctx;
}

void gic_note_slowly(struct gic_cpu *c, enum gic_note_kind kind, unsigned intid, uint64_t value)
{
    const struct gic *gic = c->gic;
    unsigned cpu = c->index;
    if (kind == GIC_NOTE_PENDING && intid >= PRIVATE) {
        cpu = 0;
        while (cpu + 1 < gic->config.cpu_count &&
               !(gic->cpus[cpu].targets[intid / 32] >> intid % 32 & 1)) {
            cpu++;
        }
    }
    struct gic_note note = {.kind = kind, .cpu = cpu, .intid = intid, .value = value};
    gic->watch(gic->watch_ctx, &note);
}

static void bank_archive(struct irq_bank *b, struct archive *a)
{
    archive_u32(a, &b->enabled);
    archive_u32(a, &b->latch);
    archive_u32(a, &b->level);
    archive_u32(a, &b->edge);
    archive_u32(a, &b->active);
    archive_u32(a, &b->group);
}

static void cpu_archive(struct gic_cpu *c, struct archive *a)
{
    bank_archive(&c->bank, a);
    archive_bytes(a, c->priority, sizeof c->priority);
    archive_bytes(a, c->sgi_sources, sizeof c->sgi_sources);
    archive_bool(a, &c->asleep);
    archive_u32(a, &c->gicr_status);
    cpuif_archive(&c->phys, a);
    if (c->gic->config.has_virtualization) {
        cpuif_archive(&c->virt, a);
        archive_u32(a, &c->hcr);
        archive_u64s(a, c->lr, LR_LIMIT);
    }
}

void gic_archive(struct gic *gic, struct archive *a)
{
    archive_u32(a, &gic->ctlr);
    archive_u32(a, &gic->gicd_status);
    for (unsigned word = 1; word < BANK_COUNT; word++) {
        bank_archive(&gic->banks[word], a);
    }
    archive_bytes(a, gic->priority, sizeof gic->priority);
    archive_bytes(a, gic->target_list, sizeof gic->target_list);
    archive_u64s(a, gic->irouter, INTID_LIMIT);
    for (unsigned i = 0; i < gic->config.cpu_count; i++) {
        cpu_archive(&gic->cpus[i], a);
    }
    if (a->is_loading && !a->has_failed) {
        irq_loaded(gic);
        for (unsigned i = 0; i < gic->config.cpu_count; i++) {
            gic_update(gic, i);
        }
    }
}
