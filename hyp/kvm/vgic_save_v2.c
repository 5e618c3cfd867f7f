/* The list registers and the interface of GICv2 across a world switch, all of them each time. */
#include "kvm/gich.h"
#include "kvm/vgic_hw.h"

/* The order of Linux 4.0's vgic-v2-switch.S: seven reads, the switch-off, then every list register.
 */
__hyp_text void vgic_hw_save(struct vgic_hw_state *hw)
{
    u64 base = hw->base;
    hw->vmcr = mmio_read32(base + GICH_VMCR);
    hw->misr = mmio_read32(base + GICH_MISR);
    u64 eisr0 = mmio_read32(base + GICH_EISR0);
    u64 eisr1 = mmio_read32(base + GICH_EISR1);
    u64 elrsr0 = mmio_read32(base + GICH_ELRSR0);
    u64 elrsr1 = mmio_read32(base + GICH_ELRSR1);
    hw->ap1r[0] = mmio_read32(base + GICH_APR);
    hw->eisr = eisr0 | eisr1 << 32;
    hw->elrsr = elrsr0 | elrsr1 << 32;
    mmio_write32(base + GICH_HCR, 0);
    for (u64 n = 0; n < hw->lr_count; n++) {
        hw->lr[n] = mmio_read32(base + GICH_LR0 + 4 * n);
    }
}

__hyp_text void vgic_hw_restore(const struct vgic_hw_state *hw)
{
    u64 base = hw->base;
    mmio_write32(base + GICH_HCR, (u32)hw->hcr);
    mmio_write32(base + GICH_VMCR, (u32)hw->vmcr);
    mmio_write32(base + GICH_APR, (u32)hw->ap1r[0]);
    for (u64 n = 0; n < hw->lr_count; n++) {
        mmio_write32(base + GICH_LR0 + 4 * n, (u32)hw->lr[n]);
    }
}
