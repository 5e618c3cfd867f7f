/* ICH_*, the virtual interface control of GICv3. Arm IHI 0069; order of accesses after
 * Linux 3.17-4.5's vgic-v3-switch.S */
#include "kvm/vgic_hw.h"

#include "a64.h"
#include "kvm/world.h"

#define ICC_SRE_EL2   S3_4_C12_C9_5
#define ICH_AP0R0     S3_4_C12_C8_0
#define ICH_AP0R1     S3_4_C12_C8_1
#define ICH_AP0R2     S3_4_C12_C8_2
#define ICH_AP0R3     S3_4_C12_C8_3
#define ICH_AP1R0     S3_4_C12_C9_0
#define ICH_AP1R1     S3_4_C12_C9_1
#define ICH_AP1R2     S3_4_C12_C9_2
#define ICH_AP1R3     S3_4_C12_C9_3
#define ICH_HCR_EL2   S3_4_C12_C11_0
#define ICH_MISR_EL2  S3_4_C12_C11_2
#define ICH_EISR_EL2  S3_4_C12_C11_3
#define ICH_ELRSR_EL2 S3_4_C12_C11_5
#define ICH_VMCR_EL2  S3_4_C12_C11_7

#define ICH_HCR_EN     BIT(0)
#define ICH_HCR_UIE    BIT(1)
#define ICC_SRE_SRE    1
#define ICC_SRE_ENABLE BIT(3)

#define LR_EOI         BIT(41)
#define LR_PRIO_SHIFT  48
#define LR_GROUP1      BIT(60)
#define LR_HW          BIT(61)
#define LR_HW_SHIFT    32 /* the physical interrupt; without HW bit 41 is EOI */
#define LR_STATE_SHIFT 62

static unsigned lr_count, ap_count;

unsigned vgic_hw_init(void)
{
    u64 vtr = world_ich_vtr();
    lr_count = (vtr & 0x1f) + 1;
    unsigned preemption_bits = (vtr >> 26 & 7) + 1; /* PREbits */
    ap_count = 1U << (preemption_bits > 5 ? preemption_bits - 5 : 0);
    return lr_count;
}

void vgic_hw_reset(struct vgic_hw_state *hw)
{
    *hw = (struct vgic_hw_state){
        .lr_count = lr_count,
        .ap_count = ap_count,
        .hcr = ICH_HCR_EN,
        .elrsr = BIT(lr_count) - 1,
    };
}

struct vgic_lr vgic_hw_lr_get(const struct vgic_hw_state *hw, unsigned n)
{
    u64 v = hw->lr[n];
    return (struct vgic_lr){
        .intid = (u32)v,
        .source = VLR_NO_SOURCE,
        .state = (u8)(v >> LR_STATE_SHIFT & 3),
        .priority = (u8)(v >> LR_PRIO_SHIFT),
        .eoi = !(v & LR_HW) && (v & LR_EOI),
        .hw = v & LR_HW,
    };
}

void vgic_hw_lr_set(struct vgic_hw_state *hw, unsigned n, struct vgic_lr lr)
{
    hw->lr[n] = lr.state == VLR_INVALID ? 0
                                        : lr.intid | (lr.eoi ? LR_EOI : 0) |
                                              (lr.hw ? LR_HW | (u64)lr.intid << LR_HW_SHIFT : 0) |
                                              (u64)lr.priority << LR_PRIO_SHIFT | LR_GROUP1 |
                                              (u64)lr.state << LR_STATE_SHIFT;
}

void vgic_hw_underflow(struct vgic_hw_state *hw, bool on)
{
    hw->hcr = on ? hw->hcr | ICH_HCR_UIE : hw->hcr & ~ICH_HCR_UIE;
}

/* List registers are named by their instruction, so counting them is a jump into straight code. */
#define EACH_LR(op)                                                                                \
    op(15, S3_4_C12_C13_7) op(14, S3_4_C12_C13_6) op(13, S3_4_C12_C13_5) op(12, S3_4_C12_C13_4)    \
        op(11, S3_4_C12_C13_3) op(10, S3_4_C12_C13_2) op(9, S3_4_C12_C13_1) op(8, S3_4_C12_C13_0)  \
            op(7, S3_4_C12_C12_7) op(6, S3_4_C12_C12_6) op(5, S3_4_C12_C12_5)                      \
                op(4, S3_4_C12_C12_4) op(3, S3_4_C12_C12_3) op(2, S3_4_C12_C12_2)                  \
                    op(1, S3_4_C12_C12_1) op(0, S3_4_C12_C12_0)

#define LR_SAVE(n, r)                                                                              \
    case n:                                                                                        \
        hw->lr[n] = read_sysreg(r);                                                                \
        __attribute__((fallthrough));
#define LR_RESTORE(n, r)                                                                           \
    case n:                                                                                        \
        write_sysreg(hw->lr[n], r);                                                                \
        __attribute__((fallthrough));

#define AP_SAVE(n)                                                                                 \
    hw->ap0r[n] = read_sysreg(ICH_AP0R##n);                                                        \
    hw->ap1r[n] = read_sysreg(ICH_AP1R##n)
#define AP_RESTORE(n)                                                                              \
    write_sysreg(hw->ap0r[n], ICH_AP0R##n);                                                        \
    write_sysreg(hw->ap1r[n], ICH_AP1R##n)

static __hyp_text void priorities_save(struct vgic_hw_state *hw)
{
    if (hw->ap_count == 4) {
        AP_SAVE(3);
        AP_SAVE(2);
    }
    if (hw->ap_count >= 2) {
        AP_SAVE(1);
    }
    AP_SAVE(0);
}

static __hyp_text void priorities_restore(const struct vgic_hw_state *hw)
{
    if (hw->ap_count == 4) {
        AP_RESTORE(3);
        AP_RESTORE(2);
    }
    if (hw->ap_count >= 2) {
        AP_RESTORE(1);
    }
    AP_RESTORE(0);
}

__hyp_text void vgic_hw_save(struct vgic_hw_state *hw)
{
    dsb(st); /* the guest's stores are out before its interrupts look completed */
    hw->vmcr = read_sysreg(ICH_VMCR_EL2);
    hw->misr = read_sysreg(ICH_MISR_EL2);
    hw->eisr = read_sysreg(ICH_EISR_EL2);
    hw->elrsr = read_sysreg(ICH_ELRSR_EL2);
    write_sysreg(0, ICH_HCR_EL2);
    switch (hw->lr_count - 1) {
        EACH_LR(LR_SAVE)
    default: /* below the last list register */
        break;
    }
    priorities_save(hw);
    write_sysreg(read_sysreg(ICC_SRE_EL2) | ICC_SRE_ENABLE, ICC_SRE_EL2);
    isb();
    write_sysreg(ICC_SRE_SRE, ICC_SRE_EL1);
}

__hyp_text void vgic_hw_restore(const struct vgic_hw_state *hw)
{
    write_sysreg(ICC_SRE_SRE, ICC_SRE_EL1);
    isb(); /* VMCR's VFIQEn depends on SRE */
    write_sysreg(hw->hcr, ICH_HCR_EL2);
    write_sysreg(hw->vmcr, ICH_VMCR_EL2);
    priorities_restore(hw);
    switch (hw->lr_count - 1) {
        EACH_LR(LR_RESTORE)
    default: /* below the last list register */
        break;
    }
    isb();
    dsb(sy);
    /* ICC_SRE_EL1 traps from now on: a guest cannot leave the system register interface. */
    write_sysreg(read_sysreg(ICC_SRE_EL2) & ~ICC_SRE_ENABLE, ICC_SRE_EL2);
}

/* ICC_SRE_EL1 traps meanwhile: its value is the host's and the guest's alike. */
void vgic_hw_load(const struct vgic_hw_state *hw)
{
    write_sysreg(hw->vmcr, ICH_VMCR_EL2);
    priorities_restore(hw);
    write_sysreg(read_sysreg(ICC_SRE_EL2) & ~ICC_SRE_ENABLE, ICC_SRE_EL2);
}

void vgic_hw_put(struct vgic_hw_state *hw)
{
    hw->vmcr = read_sysreg(ICH_VMCR_EL2);
    priorities_save(hw);
    write_sysreg(read_sysreg(ICC_SRE_EL2) | ICC_SRE_ENABLE, ICC_SRE_EL2);
}

void vgic_hw_enter(const struct vgic_hw_state *hw)
{
    write_sysreg(hw->hcr, ICH_HCR_EL2);
    switch (hw->used - 1) {
        EACH_LR(LR_RESTORE)
    default: /* there is always one */
        break;
    }
}

/* What ELRSR calls empty need not be read: only its state has changed. */
#define LR_LEAVE(n, r)                                                                             \
    case n:                                                                                        \
        if (elrsr >> (n)&1) {                                                                      \
            hw->lr[n] &= ~(3UL << LR_STATE_SHIFT);                                                 \
        } else {                                                                                   \
            hw->lr[n] = read_sysreg(r);                                                            \
        }                                                                                          \
        write_sysreg(0, r);                                                                        \
        __attribute__((fallthrough));

void vgic_hw_leave(struct vgic_hw_state *hw)
{
    u64 elrsr = read_sysreg(ICH_ELRSR_EL2);
    write_sysreg(0, ICH_HCR_EL2);
    switch (hw->used - 1) {
        EACH_LR(LR_LEAVE)
    default: /* there is always one */
        break;
    }
}
