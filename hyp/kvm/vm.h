/* A virtual machine and its virtual CPUs, inside kvm/. */
#ifndef EL2SIM_HYP_KVM_VM_H
#define EL2SIM_HYP_KVM_VM_H

#include "abi/vmm.h"
#include "emul/timer.h"
#include "kernel/process.h"
#include "kernel/timer.h"
#include "kvm/kvm.h"
#include "kvm/vgic.h"
#include "kvm/world.h"

#define VM_MAX        4
#define MEMSLOT_MAX   2
#define VHOSTS_MAX    2
#define HOST_PAGE_MAX 4

struct guest_frame;
struct iodev;
struct vhost;
struct xen_domain;

/* A page of the kernel's at an address of the guest's. */
struct host_page {
    u64 ipa;
    void *page; /* NULL: not used */
};

struct memslot {
    u64 ipa, size, user_va;
};

struct vcpu {
    struct vcpu_arch arch;
    struct vm *vm;
    unsigned index;
    struct thread *thread; /* inside vcpu_run() */
    bool in_guest;         /* set before the last look at what is pending: see vcpu_kick() */
    bool powered_on;
    bool reset_pending; /* PSCI CPU_ON: from here, with this, by its own thread */
    u64 reset_entry, reset_argument;
    struct wait_queue wait;   /* WFI, powered off, VM switch */
    struct timer soft_timer;  /* stands in for CNTV while the guest does not run */
    struct soft_timer ptimer; /* without a virtual timer: what the guest programmed, */
    bool timer_line;          /* and the level of its interrupt; also of a vtimer_is_hw() */
    struct vcpu_run *run;
    bool mmio_read_pending; /* the VMM is producing a value for the access in arch.esr */

    /* of a hypervisor at EL2 (xen/) */
    struct guest_frame *frame; /* on its thread's stack */

    /* of a host at EL1 above guests at EL0 (depriv/) */
    struct shadow_space *space; /* of what runs now */

    struct vgic_cpu vgic;
};

_Static_assert(sizeof(struct vcpu) <= 4096, "a VCPU is one page");

struct vm {
    struct vm_arch arch;
    unsigned id;
    struct process *owner;
    bool stopping;
    u32 stop_reason; /* VCPU_EXIT_SHUTDOWN or _RESET */

    struct spinlock mmu_lock; /* stage2, slots */
    u64 *stage2;              /* two concatenated tables */
    u64 vmid_generation;
    struct memslot slot[MEMSLOT_MAX];
    unsigned slot_count;
    struct shadow *shadow;                /* depriv/: in place of stage2 */
    struct host_page page[HOST_PAGE_MAX]; /* in front of the slots */

    struct vcpu *vcpu[VCPU_MAX];
    unsigned vcpu_count;

    struct vgic_dist vgic;
    struct iodev *iodev;
    struct vhost *vhost[VHOSTS_MAX];
    struct xen_domain *xen; /* NULL: it does not have Xen's interface */

    struct {
        struct spinlock lock;
        bool full, parked;
        u64 message;
    } mailbox;
};

/* An access to an address that no memory backs. */
struct mmio {
    u64 ipa;
    unsigned len; /* bytes: 1, 2, 4, 8 */
    bool is_write;
    u64 value;
};

/* --- vm_table.c --- */
bool vm_exists(unsigned id);
void vm_publish(struct vm *vm);  /* it is complete and can be found */
void vm_withdraw(struct vm *vm); /* nobody has it any more on return */
/* What fn says about VM id, which stays while fn runs (interrupts are masked). False: no such VM.
 */
bool vm_with(unsigned id, bool (*fn)(struct vm *vm, u64 argument), u64 argument);

/* --- vm.c --- */
/* The kernel's address of guest memory, in a page that stays as long as the VM; NULL: none. */
void *vm_memory(struct vm *vm, u64 ipa);

/* --- vcpu.c --- */
void vcpus_init(void); /* once */
void vcpu_kick(
    struct vcpu *v); /* it looks at its interrupts and requests: wakes it, or interrupts its CPU */
void vcpu_reset(struct vcpu *v, u64 entry, u64 argument);
bool vcpu_has_work(struct vcpu *v); /* WFI ends */
void vcpu_force_all_out(
    void); /* no CPU but this one runs a guest of an older VMID generation on return */
u64 vcpu_reg(const struct vcpu *v, unsigned n);
void vcpu_set_reg(struct vcpu *v, unsigned n, u64 value); /* 31 is XZR: nothing happens */
static inline void vcpu_skip(struct vcpu *v)
{
    v->arch.ctx.pc += 4;
}

/*
 * --- state_*.c: where a VCPU's registers are ---
 * Between vcpu_load() and vcpu_put() a VCPU belongs to the calling CPU, and its state may be in
 * registers even while the host runs; interrupts are masked in both. Outside it is in memory.
 */
void state_init(void);                      /* once */
void vcpu_load(struct vcpu *v);             /* its thread gets the CPU, or enters vcpu_run() */
void vcpu_put(struct vcpu *v, bool blocks); /* the opposite; blocks: until something wakes it */
void vcpu_prepare(struct vcpu *v);          /* interrupts masked, before an entry */
void vcpu_finish(struct vcpu *v);           /* after an exit */

/* Registers of EL1 but MDSCR, which is always in memory here; by the VCPU's own thread. */
u64 vcpu_sys(const struct vcpu *v, enum ctx_sys r);
void vcpu_set_sys(struct vcpu *v, enum ctx_sys r, u64 value);
void vcpu_set_elr_spsr(struct vcpu *v, u64 elr, u64 spsr); /* of EL1 */

/* --- exit.c: what the guest did --- */
enum exit_action { EXIT_RESUME, EXIT_TO_USER };
enum exit_action exit_handle(struct vcpu *v);
typedef enum exit_action (*exit_handler)(struct vcpu *v);
extern const exit_handler exit_handlers[64]; /* exit_table.c or exit_table_xen.c; NULL: undefined */
enum exit_action exit_undefined(struct vcpu *v);
enum exit_action exit_sysreg(struct vcpu *v);
enum exit_action exit_abort(struct vcpu *v);
enum exit_action exit_hvc_xen(struct vcpu *v); /* xen_host.c */

/* --- inject.c: exceptions of the guest's EL1; what all designs do with WFI, WFE, HVC --- */
void inject_exception(struct vcpu *v, u64 esr);
void inject_irq(struct vcpu *v);
void inject_undefined(struct vcpu *v);
void inject_abort(struct vcpu *v, bool instruction, u64 far);
enum exit_action exit_wfx(struct vcpu *v);
enum exit_action exit_hvc(struct vcpu *v);

/* --- mmio.c --- */
enum exit_action mmio_abort(struct vcpu *v, u64 ipa);
void mmio_complete_read(struct vcpu *v);

/* --- mmio_iss.c --- */
/* False: the syndrome does not tell (a pair, writeback, an atomic). */
bool mmio_decode(struct vcpu *v, u64 esr, u64 ipa, struct mmio *m);
/* The loaded value as the instruction leaves it in its register. */
void mmio_finish_read(struct vcpu *v, u64 esr, u64 value);

/* --- sysregs.c --- */
enum exit_action sysreg_emulate(struct vcpu *v, u64 iss);

/* --- stage2.c --- */
bool stage2_fault(struct vcpu *v, u64 ipa); /* false: no memory there */
void stage2_map_device(struct vm *vm, u64 ipa, u64 pa, u64 size);
/* A page of the kernel's in place of what is there, or (NULL) what was there again. False: too
 * many.
 */
bool stage2_set_page(struct vm *vm, u64 ipa, void *page, bool writable);
/* The kernel's address of memory of the VM's own; NULL: none there, or such a page is. */
void *stage2_own_memory(struct vm *vm, u64 ipa);
void stage2_clean(struct vm *vm); /* all its pages, to the point of coherency */
void stage2_init_vm(struct vm *vm);
void stage2_destroy(struct vm *vm);
void vmid_limit(unsigned count); /* at most so many; 0: as many as there are */
void vmid_update(struct vm *vm); /* before an entry */
bool vmid_is_current(const struct vm *vm);

/* --- hypercalls --- */
bool psci_call_guest(struct vcpu *v); /* false: not a PSCI function */

/* --- vm_switch.c --- */
void vm_switch_init(void);
void vm_switch_changed(void);        /* a VM has come, or is stopping */
bool vm_switch_call(struct vcpu *v); /* false: not its hypercall */

/* --- vtimer.c --- */
extern const u32 vtimer_guest_intid; /* what guests may use */
void vtimer_init_cpu(void);
void vtimer_init(struct vcpu *v);
void vtimer_flush(struct vcpu *v);  /* interrupts masked, before an entry */
void vtimer_sync(struct vcpu *v);   /* after an exit */
void vtimer_expire(struct vcpu *v); /* the guest sees its timer masked, and the interrupt */
bool vtimer_is_hw(void); /* the guest's interrupt is the physical one, and a level: eoi=split */
/* ... for a world switch that leaves the timer in the registers: at vcpu_load(), and before an
 * entry. Interrupts are masked. */
void vtimer_load_line(struct vcpu *v);
void vtimer_check_line(struct vcpu *v, bool still_asks);
void vtimer_watch(struct vcpu *v); /* a timer of the host stands in; it may have expired */
/* A trapped register that nothing else knows: the timer's, or UNDEFINED. */
enum exit_action vtimer_sysreg(struct vcpu *v, u64 iss);

/* --- iodev.c --- */
int iodev_create(struct vm *vm, u64 ipa, u32 intid, unsigned cpu);
bool iodev_access(struct vm *vm, struct mmio *m);
void iodev_destroy(struct vm *vm);

/* --- vhost.c --- */
int vhost_create(struct vm *vm, unsigned index, u64 ipa, u32 intid); /* -1: no such card */
bool vhost_access(struct vm *vm, struct mmio *m);
void vhost_destroy(struct vm *vm);

#endif
