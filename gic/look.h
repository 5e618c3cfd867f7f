/* What the GIC holds for one CPU, for people who look at a machine that stands: nothing changes. */
#ifndef EL2SIM_GIC_LOOK_H
#define EL2SIM_GIC_LOOK_H

#include "gic/gic.h"

#define GIC_LOOK_INTERRUPTS 64
#define GIC_LOOK_LRS        16

/* An interrupt that is pending or active, of this CPU or one that is routed to it. */
struct gic_look_interrupt {
    unsigned intid, priority, group;
    bool enabled, pending, active, edge;
};

struct gic_look_lr {
    unsigned vintid, pintid, priority, group;
    bool hw, pending, active;
    bool eoi; /* asks for a maintenance interrupt at its end (HW = 0) */
};

/* A CPU interface: physical, or the virtual one that a guest sees. */
struct gic_look_interface {
    bool enabled[2];  /* by group */
    unsigned mask;    /* PMR */
    unsigned running; /* group priority of what is active; GIC_LOOK_IDLE: nothing is */
};

#define GIC_LOOK_IDLE 0x100u
#define GIC_LOOK_NONE 1023u

struct gic_look {
    unsigned version;
    bool has_virtualization;
    bool maintenance_enabled; /* INTID 25 can reach the CPU: it, its group and the distributor */
    struct gic_look_interface physical, guest;
    unsigned next;      /* INTID that would be acknowledged next, masks aside; GIC_LOOK_NONE */
    uint32_t hcr, misr; /* ICH_HCR_EL2 or GICH_HCR; maintenance status */
    unsigned lr_count, lr_next; /* list registers; the one taken next, or GIC_LOOK_NONE */
    struct gic_look_lr lrs[GIC_LOOK_LRS];
    unsigned count, left_out; /* interrupts; further ones without room */
    struct gic_look_interrupt interrupts[GIC_LOOK_INTERRUPTS];
};

void gic_look(struct gic *gic, unsigned cpu, struct gic_look *out);

#endif
