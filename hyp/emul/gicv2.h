/*
 * A GICv2 in software: distributor and CPU interfaces, one security state, 64 interrupts. Used
 * where a machine has no virtual GIC: by the kernel or by the VMM, whichever emulates it. The
 * caller serialises; after each call it looks at soft_gic_irq() of every CPU. Arm IHI 0048
 */
#ifndef EL2SIM_HYP_EMUL_GICV2_H
#define EL2SIM_HYP_EMUL_GICV2_H

#include "types.h"

#define SOFT_GIC_CPUS 8
#define SOFT_GIC_IRQS 64 /* 16 SGIs, 16 PPIs, 32 SPIs */
#define SOFT_GIC_SPI  32 /* the first one */

/* A word has a bit for each of 32 interrupts. */
enum soft_gic_word { GIC_ENABLED, GIC_LATCH, GIC_LINE, GIC_ACTIVE, GIC_EDGE, GIC_WORDS };

struct soft_gic_cpu {
    u32 word[GIC_WORDS]; /* SGIs and PPIs */
    u8 priority[SOFT_GIC_SPI];
    u8 sgi_sources[16]; /* CPUs whose request is pending */
    u32 targeted;       /* SPIs that go to this CPU */
    u32 ctlr, pmr, bpr;
    u32 active_priorities; /* bit n: group priority 8 n is active (GICC_APR0) */
};

struct soft_gic {
    u32 ctlr;
    unsigned cpu_count;
    u32 word[GIC_WORDS]; /* SPIs */
    u8 priority[SOFT_GIC_SPI];
    struct soft_gic_cpu cpu[SOFT_GIC_CPUS];
};

void soft_gic_init(struct soft_gic *g);

/* One more CPU: returns its number. The caller adds at most SOFT_GIC_CPUS. */
unsigned soft_gic_add_cpu(struct soft_gic *g);

/* An access of a CPU to an address of the board. False: not the GIC's. */
bool soft_gic_access(struct soft_gic *g, unsigned cpu, u64 address, unsigned len, bool is_write,
                     u64 *value);

/* Level of an input: a private one of cpu, or an SPI (cpu does not matter). */
void soft_gic_set_line(struct soft_gic *g, unsigned cpu, u32 intid, bool level);

/* The IRQ output to a CPU. */
bool soft_gic_irq(const struct soft_gic *g, unsigned cpu);

#endif
