/* Virtual interrupts on either version: list registers from EL2, the virtual CPU interface from
 * EL1. */
#ifndef EL2SIM_TESTS_GUEST_LIB_VGIC_H
#define EL2SIM_TESTS_GUEST_LIB_VGIC_H

#include "gic.h"

enum lr_state {
    LR_INVALID,
    LR_PENDING,
    LR_ACTIVE,
    LR_PENDING_ACTIVE,
};

struct lr {
    unsigned vintid, priority;
    enum lr_state state;
    bool hw;         /* with pintid */
    unsigned pintid; /* physical INTID */
    bool eoi;        /* maintenance interrupt when the guest ends it; not with hw */
};

/* GICH_HCR and ICH_HCR_EL2 have these bits in the same places (IHI 0048B 5.3.1, IHI 0069
 * ICH_HCR_EL2). */
#define VHCR_EN       (1U << 0)
#define VHCR_UIE      (1U << 1)
#define VHCR_LRENPIE  (1U << 2)
#define VHCR_NPIE     (1U << 3)
#define VHCR_EOICOUNT 27
#define MAINTENANCE   25 /* PPI of the board */

/* From EL2. */
void vgic_on(
    unsigned more_hcr_bits); /* HCR_EL2.{IMO,FMO}, virtual interface enabled with PMR 0xf0 */
void lr_write(unsigned index, struct lr lr);
enum lr_state lr_state(unsigned index);
unsigned vgic_hcr(void);
void vgic_hcr_write(unsigned value);
unsigned vgic_misr(void);
unsigned vgic_eisr(void);
unsigned vgic_elrsr(void);
unsigned vgic_vmcr(void);
void vgic_active_priority(
    unsigned priority); /* as if a virtual interrupt of that priority were active */

/* From EL1, by run_el1(). */
uint64_t v_window(uint64_t unused); /* IRQ unmasked for a moment */
uint64_t v_ack(uint64_t unused);
uint64_t v_eoi(uint64_t intid);
uint64_t v_deactivate(uint64_t intid);
uint64_t v_pmr(uint64_t priority);
uint64_t v_bpr(uint64_t point);
uint64_t v_rpr(uint64_t unused);
uint64_t v_hppir(uint64_t unused);
uint64_t v_eoi_mode_split(uint64_t unused);

#endif
