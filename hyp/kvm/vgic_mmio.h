/* Registers of the distributor and redistributor as rows, shared by the guest's GICv2 and GICv3. */
#ifndef EL2SIM_HYP_KVM_VGIC_MMIO_H
#define EL2SIM_HYP_KVM_VGIC_MMIO_H

#include "kvm/vm.h"

/*
 * A row is either a field of every interrupt (bits != 0: one access covers len * 8 / bits
 * interrupts) or a word of its own. A missing get reads as zero, a missing set ignores writes.
 */
struct vgic_reg {
    u32 offset, size; /* bytes */
    u8 bits;
    u8 sizes; /* allowed access lengths, or'ed: 1, 4, 8 */
    u64 (*get)(struct vcpu *v, const struct virq *q, u32 intid);
    void (*set)(struct vcpu *v, struct virq *q, u32 intid, u64 value);
    u64 (*get_word)(struct vcpu *v, u32 offset);
    void (*set_word)(struct vcpu *v, u32 offset, u64 value);
};

/* Does the access, in a register file that belongs to v (its private interrupts), by offset;
 * unknown offsets are RAZ/WI. */
void vgic_mmio_access(struct vcpu *v, const struct vgic_reg *rows, size_t count, u32 offset,
                      struct mmio *m);

/* Fields that both versions have. */
u64 field_enable_get(struct vcpu *v, const struct virq *q, u32 intid);
void field_enable_set(struct vcpu *v, struct virq *q, u32 intid, u64 value);
void field_enable_clear(struct vcpu *v, struct virq *q, u32 intid, u64 value);
u64 field_pending_get(struct vcpu *v, const struct virq *q, u32 intid);
void field_pending_set(struct vcpu *v, struct virq *q, u32 intid, u64 value);
void field_pending_clear(struct vcpu *v, struct virq *q, u32 intid, u64 value);
u64 field_active_get(struct vcpu *v, const struct virq *q, u32 intid);
void field_active_set(struct vcpu *v, struct virq *q, u32 intid, u64 value);
void field_active_clear(struct vcpu *v, struct virq *q, u32 intid, u64 value);
u64 field_priority_get(struct vcpu *v, const struct virq *q, u32 intid);
void field_priority_set(struct vcpu *v, struct virq *q, u32 intid, u64 value);
u64 field_config_get(struct vcpu *v, const struct virq *q, u32 intid);
void field_config_set(struct vcpu *v, struct virq *q, u32 intid, u64 value);

/* Their rows, where both versions have them; base is 0 or the offset of the SGI frame, n the number
 * of interrupts. */
#define VGIC_FIELD_ROWS(base, n)                                                                   \
    {.offset = (base) + 0x100,                                                                     \
     .size = (n) / 8,                                                                              \
     .bits = 1,                                                                                    \
     .sizes = 4,                                                                                   \
     .get = field_enable_get,                                                                      \
     .set = field_enable_set},                                                                     \
        {.offset = (base) + 0x180,                                                                 \
         .size = (n) / 8,                                                                          \
         .bits = 1,                                                                                \
         .sizes = 4,                                                                               \
         .get = field_enable_get,                                                                  \
         .set = field_enable_clear},                                                               \
        {.offset = (base) + 0x200,                                                                 \
         .size = (n) / 8,                                                                          \
         .bits = 1,                                                                                \
         .sizes = 4,                                                                               \
         .get = field_pending_get,                                                                 \
         .set = field_pending_set},                                                                \
        {.offset = (base) + 0x280,                                                                 \
         .size = (n) / 8,                                                                          \
         .bits = 1,                                                                                \
         .sizes = 4,                                                                               \
         .get = field_pending_get,                                                                 \
         .set = field_pending_clear},                                                              \
        {.offset = (base) + 0x300,                                                                 \
         .size = (n) / 8,                                                                          \
         .bits = 1,                                                                                \
         .sizes = 4,                                                                               \
         .get = field_active_get,                                                                  \
         .set = field_active_set},                                                                 \
        {.offset = (base) + 0x380,                                                                 \
         .size = (n) / 8,                                                                          \
         .bits = 1,                                                                                \
         .sizes = 4,                                                                               \
         .get = field_active_get,                                                                  \
         .set = field_active_clear},                                                               \
        {.offset = (base) + 0x400,                                                                 \
         .size = (n),                                                                              \
         .bits = 8,                                                                                \
         .sizes = 1 | 4,                                                                           \
         .get = field_priority_get,                                                                \
         .set = field_priority_set},                                                               \
    {                                                                                              \
        .offset = (base) + 0xc00, .size = (n) / 4, .bits = 2, .sizes = 4, .get = field_config_get, \
        .set = field_config_set                                                                    \
    }

#endif
