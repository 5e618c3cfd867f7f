/* The hypervisor that stands alone at EL2: what its files share. struct vm is a domain. */
#ifndef EL2SIM_HYP_XEN_HYPERVISOR_H
#define EL2SIM_HYP_XEN_HYPERVISOR_H

#include "kvm/vm.h"
#include "xen/console.h"
#include "xen/frame.h"

/* --- domain.c --- */
#define DOMAIN_FILES 3

struct domain_config {
    unsigned id;
    u64 ram_bytes; /* a multiple of 2 MiB, from GUEST_RAM */
    unsigned vcpu_count;
    unsigned first_cpu; /* VCPU n is pinned to CPU first_cpu + n */
    enum thread_prio prio;
    u64 entry, argument;                                          /* of VCPU 0 */
    void (*prepare)(struct vm *d, const struct domain_config *c); /* NULL, or: before it starts */
    struct domain_file {
        u64 ipa; /* page aligned */
        const void *from;
        u64 bytes;
    } file[DOMAIN_FILES]; /* what is in its memory when it begins */
};
void domains_init(void);                                      /* once */
struct vm *domain_create(const struct domain_config *config); /* its VCPU 0 starts */
int domain_wait(struct vm *d); /* until it is off; 0: of its own will */
void domain_destroy(struct vm *d);
struct vcpu *vcpu_of_frame(struct guest_frame *f);
struct vcpu *vcpu_on_this_cpu(void);     /* whose state is in the machine, or NULL */
bool vcpu_wait_until_on(struct vcpu *v); /* false: its domain stops */
void vcpu_begin_anew(struct vcpu *v);    /* as PSCI CPU_ON says */
void vcpu_block(struct vcpu *v); /* until something wakes it, or at once if an event is there */
_Noreturn void vcpu_thread_exit(struct vcpu *v);

/* --- cards.c: dom0's network cards --- */
struct guest_boot;
void cards_find(struct guest_boot *boot);      /* says there which there are */
void cards_assign(struct vm *d, unsigned cpu); /* their interrupts come to that CPU */
void cards_take_back(void);                    /* they are silent on return */

/* --- switch.c: what moves when the scheduler changes VCPU --- */
void switch_init_cpu(void);
void vcpu_switch_from(struct vcpu *v);
void vcpu_switch_to(struct vcpu *v);

/* --- p2m.c: stage 2, all memory in place when the domain is made --- */
void p2m_create(struct vm *d, u64 ram_bytes);
u64 p2m_add_direct(struct vm *d); /* 2 MiB more, at their physical address, which it returns */
u64 p2m_vtcr(void);
void p2m_destroy(struct vm *d);
bool p2m_maps(struct vm *d, u64 ipa); /* something, once nobody is changing it */
void p2m_publish_image(struct vm *d, u64 ipa, u64 bytes); /* visible to a guest without caches */

/* --- vgic_lr.c: list registers stay in use across traps --- */
void vgic_clear_lrs(struct vcpu *v); /* first thing in a trap of a guest */
void vgic_inject(struct vcpu *v);    /* last thing; interrupts masked */
bool vgic_needs_delivery(struct vcpu *v);
void vgic_save_state(struct vcpu *v);
void vgic_restore_state(struct vcpu *v);

/* --- vtimer_xen.c --- */
void vtimer_save(struct vcpu *v);
void vtimer_restore(struct vcpu *v);
void vtimer_interrupt(void); /* PPI 27: the guest's own timer */

/* --- sysregs_xen.c --- */
bool sysreg_trap(struct vcpu *v, u64 iss); /* false: UNDEFINED */

/* --- traps.c, from lower_guest.S --- */
void guest_trap(struct guest_frame *f);
void guest_interrupt(struct guest_frame *f);
void guest_leave(struct guest_frame *f);
_Noreturn void guest_start(struct guest_frame *f); /* lower_guest.S */

#endif
