/*
 * The interrupt controller: GICv2 (IHI 0048) or GICv3 without ITS and security (IHI 0069;
 * GICD_CTLR.DS = 1), both with their virtual interface. One object serves all CPUs: distributor,
 * redistributors, CPU interfaces (GICC or ICC), hypervisor interfaces (GICH or ICH) and virtual CPU
 * interfaces (GICV or ICV).
 *
 * In: interrupt lines (gic_line), register accesses (bus regions, system registers). Out: IRQ, FIQ,
 * VIRQ, VFIQ levels per CPU, and the maintenance interrupt, which is looped back to PPI 25 (INTID
 * 25).
 *
 * Where the specifications leave a choice, it is fixed so that runs repeat: equal priorities go by
 * the lowest INTID; a GICv2 SGI pending from several CPUs is acknowledged for the lowest one; a
 * GICv3 SPI with Interrupt_Routing_Mode = 1 goes to the lowest numbered CPU that is awake and has
 * the group enabled; a GICv2 SPI is signalled to all its targets, the first acknowledge gets it.
 */
#ifndef EL2SIM_GIC_GIC_H
#define EL2SIM_GIC_GIC_H

#include "cpu-el/pe.h"
#include "sim/base/archive.h"
#include "sim/base/bus.h"
#include "sim/base/irq.h"
#include "sim/base/log.h"
#include "sim/base/types.h"

#define GIC_MAINTENANCE_INTID 25

struct gic_config {
    unsigned version;               /* 2 or 3 */
    unsigned cpu_count;             /* 1..8 for v2, 1..16 for v3 */
    unsigned spi_count;             /* 32..960, multiple of 32: QEMU virt has 256 (v2), 224 (v3) */
    unsigned priority_bits;         /* physical, 5..8: QEMU: 8 (v2), 5 (v3) */
    unsigned virtual_priority_bits; /* 5..7 */
    unsigned list_register_count;   /* 1..16 */
    bool has_virtualization;
};

struct gic;

/* pes: cpu_count of them; the GIC drives their inputs[] and, for v3, owns OWNER_GIC's registers.
 * log may be NULL. */
struct gic *gic_create(const struct gic_config *config, struct pe *const *pes,
                       struct unimp_log *log);
void gic_destroy(struct gic *gic);
void gic_reset(struct gic *gic);

/* All state; loading also drives the inputs of the PEs, which must be loaded before. */
void gic_archive(struct gic *gic, struct archive *a);

/* The part that is reset with its PE (PSCI CPU_ON): CPU interface, virtual interface and virtual
 * CPU interface. The distributor and the redistributor keep their state. */
void gic_reset_cpu(struct gic *gic, unsigned cpu);

/* The wire of an SPI (INTID 32..), or of a PPI (INTID 16..31) of one CPU. Sink: irq_line.n encodes
 * cpu << 16 | INTID. */
struct irq_line gic_line(struct gic *gic, unsigned intid, unsigned cpu);

/* Device callbacks for the bus; `device` is the gic. v2: GICD, GICC, GICH, GICV. v3: GICD, GICR
 * (all frames in one region). */
enum bus_result gic_gicd_access(void *gic, struct bus_access *a);
enum bus_result gic_gicc_access(void *gic, struct bus_access *a);
enum bus_result gic_gich_access(void *gic, struct bus_access *a);
enum bus_result gic_gicv_access(void *gic, struct bus_access *a);
enum bus_result gic_gicr_access(void *gic, struct bus_access *a);

/* OWNER_GIC for one CPU: ICC_*, ICV_* (chosen by HCR_EL2.IMO/FMO and the EL, from the pe) and
 * ICH_*. */
struct sysreg_ops gic_sysreg_ops(struct gic *gic, unsigned cpu);

/* Re-evaluates a CPU's outputs after something outside changed (HCR_EL2 routing, reset). */
void gic_update(struct gic *gic, unsigned cpu);

/* Told of each SGI on its way to another CPU: the board charges COST_IPI and hands measured spans
 * over. */
typedef void gic_sgi_hook(void *ctx, unsigned from, unsigned to, unsigned intid);
void gic_on_sgi(struct gic *gic, gic_sgi_hook *hook, void *ctx);

/* The life of an interrupt, for whoever watches. cpu: whose interrupt, list register or interface
 * it is; an SPI's is the lowest that it is routed to. */
enum gic_note_kind {
    GIC_NOTE_PENDING,     /* became pending: a wire, an SGI, a write; value: 1 an SGI */
    GIC_NOTE_ACK,         /* acknowledged */
    GIC_NOTE_END,         /* EOIR; value: 1 a priority dropped, 0 the write is ignored */
    GIC_NOTE_DEACTIVATE,  /* no longer active */
    GIC_NOTE_LR,          /* a list register was written: intid = which, value = as ICH_LR<n>_EL2 */
    GIC_NOTE_VIRTUAL_ACK, /* acknowledged by a guest: value = the list register as it is then */
    GIC_NOTE_VIRTUAL_END  /* EOIR by a guest; value: 1 a priority dropped, 0 none was active */
};
struct gic_note {
    enum gic_note_kind kind;
    unsigned cpu, intid;
    uint64_t value;
};
typedef void gic_note_hook(void *ctx, const struct gic_note *note);
/* NULL: nobody watches (any more). */
void gic_watch(struct gic *gic, gic_note_hook *hook, void *ctx);

#endif
