/*
 * What the Xen interface keeps of a domain, whoever runs its VCPUs: the hypervisor alone at EL2, or
 * a KVM. The functions of hypercall.c, event.c and grant.c use struct vm and struct vcpu and, of
 * the host, what is declared last here.
 */
#ifndef EL2SIM_HYP_XEN_DOMAIN_H
#define EL2SIM_HYP_XEN_DOMAIN_H

#include "abi/xen.h"
#include "emul/pl011.h"
#include "kernel/page.h"
#include "kvm/vm.h"

#define XEN_PORT_MAX    64
#define XEN_MAP_MAX     16
#define XEN_GRANT_COUNT (PAGE_SIZE / sizeof(struct grant_entry_v1)) /* one frame */
#define XEN_BATCH_MAX   64                           /* operations of one grant_table_op */
#define XEN_BLOCK_MAX   (PAGE_SIZE / sizeof(void *)) /* 1 GiB */
#define XEN_LINE_MAX    160

enum port_state { PORT_FREE, PORT_UNBOUND, PORT_INTERDOMAIN, PORT_HOST };

struct port {
    u8 state; /* enum port_state */
    u8 vcpu;  /* that is told */
    u16 remote_domid;
    u32 remote_port;
};

/* A page of another domain that this one has mapped, or is about to. */
enum map_state { MAP_FREE, MAP_RESERVED, MAP_USED };
struct grant_map {
    u8 state; /* enum map_state */
    bool readonly;
    u16 domid;
    u32 ref;
    u64 ipa;
};

/* How often a grant of this domain's is in use, and to write: its flags say so until the last. */
struct grant_pin {
    u8 uses, writers;
};

struct xen_domain {
    struct spinlock lock; /* port, map, pin; after vm_table.c's, never with another domain's */
    struct port port[XEN_PORT_MAX];
    struct grant_map map[XEN_MAP_MAX];
    struct grant_pin pin[XEN_GRANT_COUNT];
    struct shared_info *shared;            /* a page of the hypervisor's, that the guest may map */
    struct grant_entry_v1 *grants;         /* likewise */
    struct vcpu_info *vcpu_info[VCPU_MAX]; /* NULL: the VCPU has none, it gets no events */
    bool ending;                           /* nothing more of it can be used */
    u32 polling;                           /* VCPUs in SCHEDOP_POLL, as bits */
    /* NULL, or: this host is what a port to domain 0 leads to. Called when the guest opens it and
     * when it sends; interrupts are masked. */
    void (*host_event)(struct vm *d, u32 port);

    /* of the hypervisor alone */
    void **block; /* a page of addresses: its memory, 2 MiB each */
    unsigned block_count;
    struct wait_queue gone;
    unsigned thread_count;
    struct pl011 uart; /* with what it sends, under the lock, too */
    char line[XEN_LINE_MAX];
    unsigned line_length;
};

struct xen_domain *xen_domain_create(void);
void xen_domain_destroy(struct xen_domain *x);

/* --- hypercall.c --- */
void hypercall(struct vcpu *v); /* HVC #0xEA1: x16, x0-x4; the result in x0 */
bool copy_from_guest(struct vcpu *v, void *to, u64 va, u64 bytes);
bool copy_to_guest(struct vcpu *v, u64 va, const void *from, u64 bytes);

/* --- event.c: one for each command --- */
s64 event_channel_op(struct vcpu *v, u64 command, u64 argument);
bool event_pending(const struct vm *d, u32 port);
void event_interrupt_init(struct vcpu *v); /* of a VCPU that is told of events */
void event_raise(struct vm *d, u32 port);  /* by the host, on a port that leads to it */

/* --- grant.c --- */
s64 grant_table_op(struct vcpu *v, u64 command, u64 array, u64 count);
void *grant_use(struct vm *owner, u32 ref); /* by the host, as domain 0; NULL: not granted */
void grant_release(struct vm *owner, u32 ref);
/* Its VCPUs are gone, the host uses no grant of its, it still is found by vm_with(): on return
 * nobody has memory of its, nor it anybody's. */
void grants_end(struct vm *d);

/* --- of the host --- */
u64 *guest_registers(struct vcpu *v); /* x0-x30 */
/* The hypervisor's address of memory that is the domain's own, and stays as long as the domain;
 * NULL: it has none there, or somebody else's page is in its place. */
void *guest_ram(struct vm *vm, u64 ipa);
/* ... at a virtual address of the guest's; NULL: none there, or the guest itself may not. */
void *guest_address(struct vcpu *v, u64 va, bool write);
/* In place of memory of the domain's. False: it has none there, or the hypervisor has no page for
 * the table. */
bool guest_map_page(struct vm *vm, u64 ipa, const void *page, bool writable);
void guest_unmap_page(struct vm *vm, u64 ipa);
void guest_block(struct vcpu *v); /* until something wakes the VCPU, or at once */
void guest_console(struct vm *vm, const char *text, u64 bytes);

#endif
