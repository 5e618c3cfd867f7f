/*
 * The rules that a physical and a virtual CPU interface share (IHI 0048B 3.3, 5.2; IHI 0069 4.8,
 * 6.2): group priority by binary point, mask, preemption, running priority kept in the active
 * priorities registers, and the images of the control registers. GICC, ICC, GICV and ICV are views
 * of this one state.
 */
#ifndef EL2SIM_GIC_CPUIF_H
#define EL2SIM_GIC_CPUIF_H

#include "sim/base/archive.h"
#include "sim/base/types.h"

#define PRIORITY_IDLE 0x100u /* lower than any priority: nothing active, nothing pending */

#define INTID_SPECIAL     1020u
#define INTID_OTHER_GROUP 1022u /* GICv2: the pending interrupt is of group 1, AckCtl is 0 */
#define INTID_SPURIOUS    1023u

#define ACTIVE_PRIORITY_WORDS 4

struct cpu_interface {
    bool is_virtual;
    bool has_one_apr;      /* GICH_APR serves both groups (IHI 0048B 5.3.8) */
    uint8_t priority_bits; /* implemented, from bit 7 down */
    bool enabled[2];       /* by group */
    bool ack_ctl;          /* GICv2 only */
    bool fiq_en;           /* group 0 is signalled as FIQ; always in GICv3 */
    bool cbpr, eoi_split;
    uint8_t pmr;
    uint8_t bpr[2];                         /* as the registers hold them */
    uint32_t apr[2][ACTIVE_PRIORITY_WORDS]; /* by group */
};

/* Whose interrupts an acknowledge, EOI or HPPIR access is about. */
enum group_view {
    VIEW_GROUP0,
    VIEW_GROUP1,
    VIEW_BOTH /* GICC_IAR and friends: group 0, and group 1 with AckCtl */
};

void cpuif_reset(struct cpu_interface *f);
void cpuif_archive(struct cpu_interface *f, struct archive *a);

/* Bits of a priority that take part in preemption, for an interrupt of `group`. */
unsigned cpuif_group_mask(const struct cpu_interface *f, unsigned group);

/* Group priority of what is active, PRIORITY_IDLE when nothing is. */
unsigned cpuif_running(const struct cpu_interface *f);

/* Whether a pending interrupt reaches the PE: group enabled, above the mask, preempts. */
bool cpuif_signals(const struct cpu_interface *f, unsigned group, unsigned priority);

/* What a read of IAR or HPPIR through `view` says about a pending interrupt: intid, 1022 or 1023.
 */
unsigned cpuif_visible(const struct cpu_interface *f, enum group_view view, unsigned group,
                       unsigned intid);

/* Active priorities: set on acknowledge; drop ends the highest of a group, or of both. drop_any
 * returns the group priority that ended, PRIORITY_IDLE when there was none. */
void cpuif_raise(struct cpu_interface *f, unsigned group, unsigned priority);
void cpuif_drop(struct cpu_interface *f, unsigned group);
unsigned cpuif_drop_any(struct cpu_interface *f);

/* The group of the highest active priority, group 0 first; 2 when nothing is active. */
unsigned cpuif_active_group(const struct cpu_interface *f);

/* How many of AP0R0..3 there are: 1, 2 or 4 (IHI 0069 12.2, ICC_AP0R<n>). */
unsigned cpuif_apr_count(const struct cpu_interface *f);

void cpuif_set_pmr(struct cpu_interface *f, uint64_t value);
void cpuif_set_bpr(struct cpu_interface *f, unsigned group, uint64_t value);

/* GICC_CTLR, GICV_CTLR. */
uint32_t cpuif_ctlr_v2(const struct cpu_interface *f);
void cpuif_set_ctlr_v2(struct cpu_interface *f, uint32_t value);

/* GICH_VMCR and ICH_VMCR_EL2 have one layout; AckCtl and FIQEn are fixed in GICv3. */
uint32_t cpuif_vmcr(const struct cpu_interface *f);
void cpuif_set_vmcr(struct cpu_interface *f, uint32_t value, bool is_v2);

#endif
