/* GICH, the virtual interface control of GICv2. Arm IHI 0048 chapter 5 */
#include "kvm/vgic_hw.h"

#include "a64.h"
#include "abi/board.h"
#include "arch/boot.h"
#include "kvm/world.h"

#define GICH_HCR    0x000
#define GICH_VTR    0x004
#define GICH_VMCR   0x008
#define GICH_MISR   0x010
#define GICH_EISR0  0x020
#define GICH_EISR1  0x024
#define GICH_ELRSR0 0x030
#define GICH_ELRSR1 0x034
#define GICH_APR    0x0f0
#define GICH_LR0    0x100

#define GICH_HCR_EN  BIT(0)
#define GICH_HCR_UIE BIT(1)

#define LR_ID_MASK     0x3ff
#define LR_CPU_SHIFT   10
#define LR_EOI         BIT(19)
#define LR_PRIO_SHIFT  23
#define LR_STATE_SHIFT 28

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
        .eoi = v & LR_EOI,
    };
    lr.source = lr.intid < 16 ? v >> LR_CPU_SHIFT & 7 : VLR_NO_SOURCE;
    return lr;
}

void vgic_hw_lr_set(struct vgic_hw_state *hw, unsigned n, struct vgic_lr lr)
{
    u64 source = lr.source == VLR_NO_SOURCE ? 0 : lr.source;
    hw->lr[n] = lr.intid | source << LR_CPU_SHIFT | (lr.eoi ? LR_EOI : 0) |
                (u64)(lr.priority >> 3) << LR_PRIO_SHIFT | (u64)lr.state << LR_STATE_SHIFT;
}

void vgic_hw_underflow(struct vgic_hw_state *hw, bool on)
{
    hw->hcr = on ? hw->hcr | GICH_HCR_UIE : hw->hcr & ~GICH_HCR_UIE;
}

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

void vgic_hw_enter(const struct vgic_hw_state *hw)
{
    mmio_write32(hw->base + GICH_HCR, (u32)hw->hcr);
    for (u64 n = 0; n < hw->used; n++) {
        mmio_write32(hw->base + GICH_LR0 + 4 * n, (u32)hw->lr[n]);
    }
}

/* What ELRSR calls empty need not be read: only its state has changed. */
void vgic_hw_leave(struct vgic_hw_state *hw)
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
