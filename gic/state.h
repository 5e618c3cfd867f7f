/*
 * What the GIC holds, and what its own files offer each other. INTIDs 0..31 are banked per CPU
 * (SGIs 0..15, PPIs 16..31), SPIs are the distributor's; both live in banks of 32.
 */
#ifndef EL2SIM_GIC_STATE_H
#define EL2SIM_GIC_STATE_H

#include "gic/cpuif.h"
#include "gic/gic.h"
#include "sim/base/err.h"

#define SGI_COUNT   16
#define PRIVATE     32 /* the first SPI */
#define INTID_LIMIT 1024
#define BANK_COUNT  (INTID_LIMIT / 32)
#define LR_LIMIT    16

/* One bit per interrupt. An interrupt is pending if its latch is set, or if it is level-sensitive
 * and its wire is high (IHI 0048B figure 4-10). */
struct irq_bank {
    uint32_t enabled, latch, level, edge, active, group;
};

/* The best interrupt that could be forwarded to a CPU, its mask and running priority aside. */
struct candidate {
    unsigned intid; /* INTID_SPURIOUS: none */
    unsigned priority;
    unsigned group;
};

struct gic_cpu {
    struct gic *gic;
    struct pe *pe;
    unsigned index;
    struct irq_bank bank;
    uint8_t priority[PRIVATE];
    uint8_t sgi_sources[SGI_COUNT]; /* GICv2: one pending state per requesting CPU */
    uint32_t targets[BANK_COUNT];   /* SPIs that are routed here */
    bool asleep;                    /* GICR_WAKER */
    uint32_t gicr_status;
    struct candidate best;
    struct cpu_interface phys;
    struct cpu_interface virt;
    uint32_t hcr;          /* GICH_HCR, ICH_HCR_EL2 */
    uint64_t lr[LR_LIMIT]; /* as ICH_LR<n>_EL2 */
    int best_lr;           /* index of the list register to take next, or -1 */
};

struct gic {
    struct gic_config config;
    unsigned intid_count;
    bool is_v2;
    uint32_t ctlr; /* EnableGrp0, EnableGrp1 */
    uint32_t gicd_status;
    struct irq_bank banks[BANK_COUNT]; /* [0] is unused */
    uint32_t raised;                   /* SPI banks with a latch or a wire set */
    uint8_t priority[INTID_LIMIT];
    uint8_t target_list[INTID_LIMIT]; /* GICD_ITARGETSR */
    uint64_t irouter[INTID_LIMIT];
    uint32_t one_of_n[BANK_COUNT]; /* SPIs with IROUTER.Interrupt_Routing_Mode */
    unsigned one_of_n_cpu[2];      /* by group: who gets them now; cpu_count: nobody */
    struct gic_cpu cpus[EL2SIM_MAX_CPUS];
    struct unimp_log *log;
    gic_sgi_hook *hook;
    void *hook_ctx;
    gic_note_hook *watch; /* NULL: nobody */
    void *watch_ctx;
};

/* An access by a CPU that is not there is the board's mistake. */
static inline struct gic_cpu *gic_cpu_at(struct gic *gic, unsigned cpu)
{
    BUG_ON(cpu >= gic->config.cpu_count);
    return &gic->cpus[cpu];
}

static inline struct irq_bank *gic_bank(struct gic_cpu *c, unsigned intid)
{
    return intid < PRIVATE ? &c->bank : &c->gic->banks[intid / 32];
}

static inline uint32_t bank_pending(const struct irq_bank *b)
{
    return b->latch | (b->level & ~b->edge);
}

static inline uint8_t *gic_priority(struct gic_cpu *c, unsigned intid)
{
    return intid < PRIVATE ? &c->priority[intid] : &c->gic->priority[intid];
}

static inline unsigned gic_group(struct gic_cpu *c, unsigned intid)
{
    return gic_bank(c, intid)->group >> intid % 32 & 1;
}

/* Tells who watches, if anybody does. */
void gic_note_slowly(struct gic_cpu *c, enum gic_note_kind kind, unsigned intid, uint64_t value);
static inline void gic_note(struct gic_cpu *c, enum gic_note_kind kind, unsigned intid,
                            uint64_t value)
{
    if (c->gic->watch) {
        gic_note_slowly(c, kind, intid, value);
    }
}

/* Interrupt state (irq.c). Each call leaves best and the PE's inputs up to date. */
void irq_reset(struct gic *gic);
void irq_set_level(struct gic_cpu *c, unsigned intid, bool level);
void irq_acknowledge(struct gic_cpu *c, unsigned intid, unsigned source);
void irq_deactivate(struct gic_cpu *c, unsigned intid);
void irq_send_sgi(struct gic_cpu *from, struct gic_cpu *to, unsigned intid);
void irq_bank_changed(struct gic_cpu *c, unsigned intid); /* any state of that bank */
void irq_route(struct gic *gic, unsigned intid);          /* ITARGETSR or IROUTER changed */
void irq_loaded(struct gic *gic);                         /* derives what is derived */
void irq_forwarding_changed(struct gic *gic); /* group enables, sleep: who may get what */

/* Physical CPU interface (phys.c). Values are register images: INTID, for GICv2 SGIs CPUID << 10.
 */
void phys_drive(struct gic_cpu *c);
unsigned phys_acknowledge(struct gic_cpu *c, enum group_view view);
unsigned phys_pending(const struct gic_cpu *c, enum group_view view);
void phys_end(struct gic_cpu *c, enum group_view view, uint32_t value);
void phys_deactivate(struct gic_cpu *c, uint32_t value);

/* Virtual interface and virtual CPU interface (virt.c). */
void virt_reset(struct gic_cpu *c);
void virt_update(struct gic_cpu *c);
unsigned virt_acknowledge(struct gic_cpu *c, enum group_view view);
unsigned virt_pending(const struct gic_cpu *c, enum group_view view);
void virt_end(struct gic_cpu *c, enum group_view view, uint32_t value);
void virt_deactivate(struct gic_cpu *c, uint32_t value);
void virt_set_hcr(struct gic_cpu *c, uint64_t value);
void virt_set_lr(struct gic_cpu *c, unsigned n, uint64_t value);
uint32_t virt_misr(const struct gic_cpu *c);
uint32_t virt_eisr(const struct gic_cpu *c);
uint32_t virt_elrsr(const struct gic_cpu *c);
uint32_t virt_vtr(const struct gic_cpu *c);

/* An access through either interface, as the registers of both have it. */
static inline unsigned cpuif_acknowledge(struct gic_cpu *c, struct cpu_interface *f,
                                         enum group_view view)
{
    return f->is_virtual ? virt_acknowledge(c, view) : phys_acknowledge(c, view);
}

static inline unsigned cpuif_pending(struct gic_cpu *c, const struct cpu_interface *f,
                                     enum group_view view)
{
    return f->is_virtual ? virt_pending(c, view) : phys_pending(c, view);
}

static inline void cpuif_end(struct gic_cpu *c, const struct cpu_interface *f, enum group_view view,
                             uint32_t value)
{
    if (f->is_virtual) {
        virt_end(c, view, value);
    } else {
        phys_end(c, view, value);
    }
}

static inline void cpuif_deactivate(struct gic_cpu *c, const struct cpu_interface *f,
                                    uint32_t value)
{
    if (f->is_virtual) {
        virt_deactivate(c, value);
    } else {
        phys_deactivate(c, value);
    }
}

/* What a write to a register of that interface may have changed. */
void cpuif_changed(struct gic_cpu *c, const struct cpu_interface *f);

#endif
