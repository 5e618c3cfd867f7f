/* GICH, the virtual interface control of GICv2. Arm IHI 0048 chapter 5 */
#include "kvm/vgic_hw.h"

#include "a64.h"
#include "abi/board.h"
#include "arch/boot.h"
#include "kvm/gich.h"
#include "kvm/world.h"

#define LR_ID_MASK     0x3ff
#define LR_CPU_SHIFT   10
#define LR_EOI         BIT(19)
#define LR_PRIO_SHIFT  23
#define LR_STATE_SHIFT 28
#define LR_HW          BIT(31) /* then 19:10 are the physical interrupt */

static unsigned lr_count;

unsigned vgic_hw_init(void)
{
    lr_count = (mmio_read32(KERNEL_BASE + BOARD_GICH + GICH_VTR) & 0x3f) + 1;
    return lr_count;
}

void vgic_hw_reset(struct vgic_hw_state *hw)
{
    *hw = (struct vgic_hw_state){
        .base = world_address(KERNEL_BASE + BOARD_GICH),
        .lr_count = lr_count,
        .hcr = GICH_HCR_EN,
        .elrsr = lr_count < 64 ? BIT(lr_count) - 1 : ~0UL,
    };
}

struct vgic_lr vgic_hw_lr_get(const struct vgic_hw_state *hw, unsigned n)
{
    u64 v = hw->lr[n];
    struct vgic_lr lr = {
        .intid = v & LR_ID_MASK,
        .state = (u8)(v >> LR_STATE_SHIFT & 3),
        .priority = (u8)((v >> LR_PRIO_SHIFT & 0x1f) << 3),
        .eoi = !(v & LR_HW) && (v & LR_EOI),
        .hw = v & LR_HW,
    };
    lr.source = lr.intid < 16 ? v >> LR_CPU_SHIFT & 7 : VLR_NO_SOURCE;
    return lr;
}

void vgic_hw_lr_set(struct vgic_hw_state *hw, unsigned n, struct vgic_lr lr)
{
    u64 source = lr.hw ? lr.intid : lr.source == VLR_NO_SOURCE ? 0 : lr.source;
    hw->lr[n] = lr.intid | source << LR_CPU_SHIFT | (lr.eoi ? LR_EOI : 0) | (lr.hw ? LR_HW : 0) |
                (u64)(lr.priority >> 3) << LR_PRIO_SHIFT | (u64)lr.state << LR_STATE_SHIFT;
}

void vgic_hw_underflow(struct vgic_hw_state *hw, bool on)
{
    hw->hcr = on ? hw->hcr | GICH_HCR_UIE : hw->hcr & ~GICH_HCR_UIE;
}

void vgic_hw_load(const struct vgic_hw_state *hw)
{
    mmio_write32(hw->base + GICH_VMCR, (u32)hw->vmcr);
    mmio_write32(hw->base + GICH_APR, (u32)hw->ap1r[0]);
}

void vgic_hw_put(struct vgic_hw_state *hw)
{
    hw->vmcr = mmio_read32(hw->base + GICH_VMCR);
    hw->ap1r[0] = mmio_read32(hw->base + GICH_APR);
}

__hyp_text void vgic_hw_enter(const struct vgic_hw_state *hw)
{
    mmio_write32(hw->base + GICH_HCR, (u32)hw->hcr);
    for (u64 n = 0; n < hw->used; n++) {
        mmio_write32(hw->base + GICH_LR0 + 4 * n, (u32)hw->lr[n]);
    }
}

/* What ELRSR calls empty need not be read: only its state has changed. */
__hyp_text void vgic_hw_leave(struct vgic_hw_state *hw)
{
    u64 elrsr = mmio_read32(hw->base + GICH_ELRSR0);
    for (u64 n = 0; n < hw->used; n++) {
        u64 at = hw->base + GICH_LR0 + 4 * n;
        if (elrsr >> n & 1) {
            hw->lr[n] &= ~(3UL << LR_STATE_SHIFT);
        } else {
            hw->lr[n] = mmio_read32(at);
        }
        mmio_write32(at, 0);
    }
    mmio_write32(hw->base + GICH_HCR, 0);
}

/* Linux 4.9's: list registers and active priorities only while list registers are in use; without
 * any, no priority is active. */
__hyp_text void vgic_hw_save_used(struct vgic_hw_state *hw)
{
    hw->vmcr = mmio_read32(hw->base + GICH_VMCR);
    hw->ap1r[0] = 0;
    if (hw->used) {
        hw->ap1r[0] = mmio_read32(hw->base + GICH_APR);
        vgic_hw_leave(hw);
    }
}

__hyp_text void vgic_hw_restore_used(const struct vgic_hw_state *hw)
{
    mmio_write32(hw->base + GICH_VMCR, (u32)hw->vmcr);
    mmio_write32(hw->base + GICH_APR, (u32)hw->ap1r[0]);
    if (hw->used) {
        vgic_hw_enter(hw);
    }
}
