/* The guest's GICv2: an emulated distributor; its CPU interface is the hardware's GICV, mapped by
 * stage 2. Arm IHI 0048 */
#include "kvm/vgic_mmio.h"

#include "abi/board.h"

#define GICD_SIZE  0x1000
#define GICV_SIZE  0x2000
#define IIDR_VALUE 0x4b00043b /* product 'K', Arm */

const unsigned vgic_guest_version = 2;

static u64 ctlr_get(struct vcpu *v, u32 offset)
{
    (void)offset;
    return v->vm->vgic.enabled;
}

static void ctlr_set(struct vcpu *v, u32 offset, u64 value)
{
    (void)offset;
    v->vm->vgic.enabled = value & 1;
    vgic_update_all(v->vm);
}

static u64 typer_get(struct vcpu *v, u32 offset)
{
    (void)offset;
    return (u64)(v->vm->vcpu_count - 1) << 5 | (VGIC_IRQS / 32 - 1);
}

static u64 iidr_get(struct vcpu *v, u32 offset)
{
    (void)v, (void)offset;
    return IIDR_VALUE;
}

static u64 targets_get(struct vcpu *v, const struct virq *q, u32 intid)
{
    return BIT(intid < VGIC_PRIVATE ? v->index : q->target);
}

static void targets_set(struct vcpu *v, struct virq *q, u32 intid, u64 value)
{
    if (intid >= VGIC_PRIVATE && value) {
        unsigned target = (unsigned)__builtin_ctzll(value);
        q->target = target < v->vm->vcpu_count ? (u8)target : 0;
    }
}

/* To a list of VCPUs, to all but the sender, or to itself. IHI 0048 GICD_SGIR */
static void sgir_set(struct vcpu *v, u32 offset, u64 value)
{
    (void)offset;
    struct vm *vm = v->vm;
    u64 all = BIT(vm->vcpu_count) - 1;
    u64 filter = value >> 24 & 3;
    u64 to = filter == 0   ? value >> 16 & 0xff & all
             : filter == 1 ? all & ~BIT(v->index)
             : filter == 2 ? BIT(v->index)
                           : 0;
    for (; to; to &= to - 1) {
        vgic_send_sgi(vm->vcpu[__builtin_ctzll(to)], value & 0xf, (u8)BIT(v->index));
    }
}

static u64 sgi_sources_get(struct vcpu *v, const struct virq *q, u32 intid)
{
    (void)v, (void)intid;
    return q->sources;
}

static void sgi_sources_set(struct vcpu *v, struct virq *q, u32 intid, u64 value)
{
    (void)v, (void)intid;
    q->sources |= (u8)value;
    q->latch = q->sources != 0;
}

static void sgi_sources_clear(struct vcpu *v, struct virq *q, u32 intid, u64 value)
{
    (void)v, (void)intid;
    q->sources &= (u8)~value;
    q->latch = q->sources != 0;
}

static const struct vgic_reg dist_regs[] = {
    {.offset = 0x000, .size = 4, .sizes = 4, .get_word = ctlr_get, .set_word = ctlr_set},
    {.offset = 0x004, .size = 4, .sizes = 4, .get_word = typer_get},
    {.offset = 0x008, .size = 4, .sizes = 4, .get_word = iidr_get},
    VGIC_FIELD_ROWS(0, VGIC_IRQS),
    {.offset = 0x800,
     .size = VGIC_IRQS,
     .bits = 8,
     .sizes = 1 | 4,
     .get = targets_get,
     .set = targets_set},
    {.offset = 0xf00, .size = 4, .sizes = 4, .set_word = sgir_set},
    {.offset = 0xf10,
     .size = VGIC_SGIS,
     .bits = 8,
     .sizes = 1 | 4,
     .get = sgi_sources_get,
     .set = sgi_sources_clear},
    {.offset = 0xf20,
     .size = VGIC_SGIS,
     .bits = 8,
     .sizes = 1 | 4,
     .get = sgi_sources_get,
     .set = sgi_sources_set},
};

void vgic_guest_init_vm(struct vm *vm)
{
    stage2_map_device(vm, BOARD_GICC, BOARD_GICV, GICV_SIZE);
}

bool vgic_guest_mmio(struct vcpu *v, struct mmio *m)
{
    if (m->ipa < BOARD_GICD || m->ipa - BOARD_GICD >= GICD_SIZE) {
        return false;
    }
    vgic_mmio_access(v, dist_regs, ARRAY_SIZE(dist_regs), (u32)(m->ipa - BOARD_GICD), m);
    return true;
}

bool vgic_guest_sysreg(struct vcpu *v, u64 reg, bool is_write, u64 *value)
{
    (void)v, (void)reg, (void)is_write, (void)value;
    return false; /* GICv2 has none */
}
