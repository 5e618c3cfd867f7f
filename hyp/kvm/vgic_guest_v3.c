/* The guest's GICv3: emulated distributor and redistributors; its ICC_* registers are the
 * hardware's ICV_*, but for those that send SGIs and ICC_SRE_EL1, which trap. Arm IHI 0069 */
#include "kvm/vgic_mmio.h"

#include "abi/board.h"
#include "kvm/sysregs.h"

#define GICD_SIZE       0x10000
#define IIDR_VALUE      0x4b00043b
#define PIDR2_VALUE     0x3b /* architecture revision 3 */
#define CTLR_ARE_DS     (BIT(4) | BIT(6))
#define CTLR_GRP1       BIT(1)
#define TYPER_ID_BITS   (9UL << 19)
#define GICR_SGI        0x10000
#define GICR_TYPER_LAST BIT(4)

const unsigned vgic_guest_version = 3;

static u64 ctlr_get(struct vcpu *v, u32 offset)
{
    (void)offset;
    return CTLR_ARE_DS | (v->vm->vgic.enabled ? CTLR_GRP1 : 0);
}

static void ctlr_set(struct vcpu *v, u32 offset, u64 value)
{
    (void)offset;
    v->vm->vgic.enabled = value & CTLR_GRP1;
    vgic_update_all(v->vm);
}

static u64 typer_get(struct vcpu *v, u32 offset)
{
    (void)v, (void)offset;
    return TYPER_ID_BITS | (VGIC_IRQS / 32 - 1);
}

static u64 iidr_get(struct vcpu *v, u32 offset)
{
    (void)v, (void)offset;
    return IIDR_VALUE;
}

static u64 pidr2_get(struct vcpu *v, u32 offset)
{
    (void)v, (void)offset;
    return PIDR2_VALUE;
}

static u64 group_get(struct vcpu *v, const struct virq *q, u32 intid)
{
    (void)v, (void)q, (void)intid;
    return 1; /* everything is in group 1 */
}

static u64 route_get(struct vcpu *v, const struct virq *q, u32 intid)
{
    (void)v;
    return intid < VGIC_PRIVATE ? 0 : q->target; /* VCPU n has affinity 0.0.0.n */
}

static void route_set(struct vcpu *v, struct virq *q, u32 intid, u64 value)
{
    if (intid >= VGIC_PRIVATE) {
        q->target = value < v->vm->vcpu_count ? (u8)value : 0;
    }
}

static const struct vgic_reg dist_regs[] = {
    {.offset = 0x0000, .size = 4, .sizes = 4, .get_word = ctlr_get, .set_word = ctlr_set},
    {.offset = 0x0004, .size = 4, .sizes = 4, .get_word = typer_get},
    {.offset = 0x0008, .size = 4, .sizes = 4, .get_word = iidr_get},
    {.offset = 0x0080, .size = VGIC_IRQS / 8, .bits = 1, .sizes = 4, .get = group_get},
    VGIC_FIELD_ROWS(0, VGIC_IRQS),
    {.offset = 0x6000,
     .size = VGIC_IRQS * 8,
     .bits = 64,
     .sizes = 8,
     .get = route_get,
     .set = route_set},
    {.offset = 0xffe8, .size = 4, .sizes = 4, .get_word = pidr2_get},
};

/* The redistributor's TYPER is that of the frame's VCPU. */
static u64 redist_typer_get(struct vcpu *v, u32 offset)
{
    u64 value = (u64)v->index << 32 | (u64)v->index << 8 |
                (v->index == v->vm->vcpu_count - 1 ? GICR_TYPER_LAST : 0);
    return value >> (offset * 8);
}

static const struct vgic_reg redist_regs[] = {
    {.offset = 0x0004, .size = 4, .sizes = 4, .get_word = iidr_get},
    {.offset = 0x0008, .size = 8, .sizes = 4 | 8, .get_word = redist_typer_get},
    {.offset = 0xffe8, .size = 4, .sizes = 4, .get_word = pidr2_get},
    {.offset = GICR_SGI + 0x80, .size = 4, .bits = 1, .sizes = 4, .get = group_get},
    VGIC_FIELD_ROWS(GICR_SGI, VGIC_PRIVATE),
};

void vgic_guest_init_vm(struct vm *vm)
{
    (void)vm;
}

bool vgic_guest_mmio(struct vcpu *v, struct mmio *m)
{
    if (m->ipa >= BOARD_GICD && m->ipa - BOARD_GICD < GICD_SIZE) {
        vgic_mmio_access(v, dist_regs, ARRAY_SIZE(dist_regs), (u32)(m->ipa - BOARD_GICD), m);
        return true;
    }
    u64 at = m->ipa - BOARD_GICR;
    if (m->ipa < BOARD_GICR || at / BOARD_GICR_STEP >= v->vm->vcpu_count) {
        return false;
    }
    struct vcpu *owner = v->vm->vcpu[at / BOARD_GICR_STEP];
    vgic_mmio_access(owner, redist_regs, ARRAY_SIZE(redist_regs), at % BOARD_GICR_STEP, m);
    return true;
}

/* To the VCPUs 0.0.0.0-15 in the target list, or to all but the sender. IHI 0069 ICC_SGI1R_EL1 */
static void sgi1r_write(struct vcpu *v, u64 value)
{
    struct vm *vm = v->vm;
    u64 all = BIT(vm->vcpu_count) - 1;
    bool others = value & BIT(40);
    bool known_affinity = (value & 0x00ff00ff00ff0000UL) == 0;
    u64 to = others ? all & ~BIT(v->index) : known_affinity ? value & 0xffff & all : 0;
    u64 flags = spin_lock_irqsave(&vm->vgic.lock);
    for (; to; to &= to - 1) {
        vgic_send_sgi(vm->vcpu[__builtin_ctzll(to)], value >> 24 & 0xf, 0);
    }
    spin_unlock_irqrestore(&vm->vgic.lock, flags);
}

bool vgic_guest_sysreg(struct vcpu *v, u64 reg, bool is_write, u64 *value)
{
    if (reg == ISS_REG(3, 0, 12, 11, 5) && is_write) { /* ICC_SGI1R_EL1 */
        sgi1r_write(v, *value);
        return true;
    }
    if (reg == ISS_REG(3, 0, 12, 12, 5)) { /* ICC_SRE_EL1: SRE is RAO/WI */
        *value = is_write ? *value : 7;
        return true;
    }
    return false;
}
