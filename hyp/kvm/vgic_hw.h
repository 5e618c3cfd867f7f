/*
 * The hardware half of the virtual interrupt controller: list registers and the virtual CPU
 * interface, of GICv2 (GICH, memory mapped) or GICv3 (ICH_*, system registers). One file of each
 * kind implements the functions below.
 */
#ifndef EL2SIM_HYP_KVM_VGIC_HW_H
#define EL2SIM_HYP_KVM_VGIC_HW_H

#include "types.h"

#define VGIC_LR_MAX 16

#define VLR_INVALID 0
#define VLR_PENDING 1 /* bits: pending, active, both */
#define VLR_ACTIVE  2

#define VLR_NO_SOURCE 0xff

/* A list register in words of neither version. */
struct vgic_lr {
    u32 intid;
    u32 source; /* of an SGI, where the guest's GICv2 shows it; else VLR_NO_SOURCE */
    u8 state;   /* VLR_* */
    u8 priority;
    bool eoi; /* maintenance interrupt when the guest completes it */
    bool hw;  /* ... or the physical interrupt of the same number is deactivated */
};

/* What the world switch saves and restores, as the registers hold it. */
struct vgic_hw_state {
    u64 base; /* GICv2: of GICH at the world switch's exception level */
    u64 lr_count;
    u64 hcr, vmcr;
    u64 misr, eisr, elrsr; /* of the last exit */
    u64 ap0r[4], ap1r[4];  /* GICv2 has one, in ap1r[0] */
    u64 ap_count;
    u64 used; /* list registers that vgic_flush() has filled: the first ones */
    u64 lr[VGIC_LR_MAX];
};

/* --- host's side --- */
unsigned vgic_hw_init(void);                  /* returns the number of list registers */
void vgic_hw_reset(struct vgic_hw_state *hw); /* of a new VCPU */
struct vgic_lr vgic_hw_lr_get(const struct vgic_hw_state *hw, unsigned n);
void vgic_hw_lr_set(struct vgic_hw_state *hw, unsigned n, struct vgic_lr lr);
void vgic_hw_underflow(struct vgic_hw_state *hw, bool on); /* exit when at most one LR is left */

/* --- the world switch's side, at EL2 --- */
void vgic_hw_save(struct vgic_hw_state *hw);
void vgic_hw_restore(const struct vgic_hw_state *hw);

/* The same in two steps, for a world switch that leaves registers alone: what the guest itself sees
 * (VMCR, active priorities) while the VCPU is loaded, and the list registers in use around a run.
 */
void vgic_hw_load(const struct vgic_hw_state *hw);
void vgic_hw_put(struct vgic_hw_state *hw);
void vgic_hw_enter(const struct vgic_hw_state *hw); /* hw->used is not 0 */
void vgic_hw_leave(struct vgic_hw_state *hw);

/* GICv2: both steps in one, at EL2, for a world switch that has no other place for the first. */
void vgic_hw_save_used(struct vgic_hw_state *hw);
void vgic_hw_restore_used(const struct vgic_hw_state *hw);

#define __hyp_text __attribute__((section(".hyp.text")))

#endif
