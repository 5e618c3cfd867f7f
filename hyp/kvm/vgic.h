/*
 * The virtual distributor. Per-interrupt state is kept here in words of no GIC version; vgic_hw.h
 * moves what is deliverable into list registers before each entry and takes it back after each
 * exit. Registers that a guest sees: vgic_mmio.h, vgic_guest_v2.c or _v3.c.
 */
#ifndef EL2SIM_HYP_KVM_VGIC_H
#define EL2SIM_HYP_KVM_VGIC_H

#include "kernel/spinlock.h"
#include "kvm/vgic_hw.h"

#define VGIC_PRIVATE 32 /* SGIs and PPIs, one set for each VCPU */
#define VGIC_SPIS    32
#define VGIC_IRQS    (VGIC_PRIVATE + VGIC_SPIS)
#define VGIC_SGIS    16

struct vm;
struct vcpu;
struct mmio;

struct virq {
    bool enabled;
    bool latch; /* pending by an edge, an SGI, a write to ISPENDR; no list register says so yet */
    bool lr_latch; /* that is why its list register is pending */
    bool line;     /* level of the input */
    bool active;
    bool edge;
    bool hw;     /* the guest deactivates the physical interrupt of the same number */
    bool listed; /* in a list register of some VCPU */
    u8 priority;
    u8 target;        /* SPI: index of the VCPU */
    u8 holder;        /* ... that has it while it is listed or active, whatever its target */
    u8 sources;       /* SGI of GICv2: VCPUs whose request is pending */
    u8 active_source; /* ... whose request is active */
};

struct vgic_cpu {
    struct virq irq[VGIC_PRIVATE];
    u64 candidates; /* bit n: interrupt n is enabled and pending, or active, on this VCPU */
    u64 lr_used, lr_pending; /* xen/: list registers that hold an interrupt; a pending one, when
                                last seen */
};

struct vgic_dist {
    struct spinlock lock; /* all of the VM's interrupt state */
    bool enabled;
    struct virq spi[VGIC_SPIS];
};

unsigned vgic_init(void); /* returns the number of list registers */
void vgic_init_cpu(void);
void vgic_init_vm(struct vm *vm);
void vgic_init_vcpu(struct vcpu *v);

/* --- vgic_lr.c --- */
void vgic_flush(struct vcpu *v); /* before an entry: fills list registers */
void vgic_sync(struct vcpu *v);  /* after an exit: empties them */

/* --- vgic.c --- */
bool vgic_pending(struct vcpu *v); /* something that would interrupt the guest */
void vgic_stop(struct vm *vm);     /* the VM is stopping: who waits for its interrupts goes on */

/* Level of an input: a private one of v, or (v NULL) an SPI. */
void vgic_set_line(struct vm *vm, struct vcpu *v, u32 intid, bool level);

/* Pending once, whatever the guest has made of its trigger: a rising edge. */
void vgic_pulse(struct vm *vm, struct vcpu *v, u32 intid);

/* --- for the files of list registers and of guest registers; the lock is held --- */
extern unsigned vgic_lr_count;                                   /* that are used */
struct virq *vgic_irq(struct vm *vm, struct vcpu *v, u32 intid); /* NULL: no such interrupt */
unsigned vgic_spi_vcpu(const struct virq *q);                    /* whose candidate it is */
bool vgic_irq_pending(const struct virq *q);
bool vgic_deliverable(const struct vm *vm, const struct virq *q);
/* Recomputes the candidate bit on v. True: it has just become worth a look. */
bool vgic_update_on(struct vcpu *v, const struct virq *q, u32 intid);
bool vgic_update(struct vm *vm, struct vcpu *v,
                 u32 intid); /* after a change; true: has woken who must see it */
/* The same after what may be a new request. One that comes while the interrupt is active, hence a
 * candidate already, must be seen, too: its list register does not say so. */
void vgic_request(struct vm *vm, struct vcpu *v, u32 intid, const struct virq *q, bool is_new);
void vgic_update_all(struct vm *vm);
void vgic_send_sgi(struct vcpu *to, u32 sgi, u8 sources); /* 0: a GICv3 does not say from whom */

/* --- the guest's GIC: one file for each version --- */
extern const unsigned vgic_guest_version;
void vgic_guest_init_vm(struct vm *vm);
bool vgic_guest_mmio(struct vcpu *v, struct mmio *m); /* false: not its address */
/* A system register access that trapped: syndrome bits that name the register, direction, value.
 * False: not its register. */
bool vgic_guest_sysreg(struct vcpu *v, u64 reg, bool is_write, u64 *value);

#endif
