/*
 * The list registers and the interface of GICv2 across a world switch: only what is in use. After
 * Linux 4.6's virt/kvm/arm/hyp/vgic-v2-sr.c.
 *
 * While no list register is in use, the interface stays off: there is nothing that it could
 * deliver, and no priority is active. What the guest itself changes, VMCR, moves each time.
 */
#include "kvm/gich.h"
#include "kvm/vgic_hw.h"

#define LR_STATE_MASK (3UL << 28)

__hyp_text void vgic_hw_save(struct vgic_hw_state *hw)
{
    u64 base = hw->base;
    hw->vmcr = mmio_read32(base + GICH_VMCR);
    hw->misr = hw->eisr = 0;
    hw->ap1r[0] = 0;
    if (hw->used == 0) {
        return;
    }
    u64 elrsr = mmio_read32(base + GICH_ELRSR0);
    hw->ap1r[0] = mmio_read32(base + GICH_APR);
    mmio_write32(base + GICH_HCR, 0);
    for (u64 n = 0; n < hw->used; n++) {
        if (elrsr >> n & 1) { /* empty: only its state has changed */
            hw->lr[n] &= ~LR_STATE_MASK;
        } else {
            hw->lr[n] = mmio_read32(base + GICH_LR0 + 4 * n);
        }
        mmio_write32(base + GICH_LR0 + 4 * n, 0);
    }
    hw->elrsr = elrsr;
}

__hyp_text void vgic_hw_restore(const struct vgic_hw_state *hw)
{
    u64 base = hw->base;
    mmio_write32(base + GICH_VMCR, (u32)hw->vmcr);
    if (hw->used == 0) {
        return;
    }
    mmio_write32(base + GICH_HCR, (u32)hw->hcr);
    mmio_write32(base + GICH_APR, (u32)hw->ap1r[0]);
    for (u64 n = 0; n < hw->used; n++) {
        mmio_write32(base + GICH_LR0 + 4 * n, (u32)hw->lr[n]);
    }
}
