/* Checks of Xen's interface, whoever has it. */
#include "lib/xen.h"

#include "abi/xen_io.h"
#include "micro/front_xen.h"
#include "micro/row.h"

#define PAGE         4096UL
#define ROUNDS       64
#define OFF_ROUNDS   16
#define PSCI_CPU_OFF 0x84000002

/* References that nobody else uses. */
enum { REF = XEN_IO_GRANT + 1, REF_AGAIN, REF_LEFT };

#define LEFT_AT    (PAGE / 2) /* in the page that VM 1 has of VM 0's: where freeing it writes not */
#define LEFT_BYTE  0x5a
#define WAIT_S     2
#define BY_KVM     BIT(61) /* of a message */
#define ARGUMENT   BIT(60) /* another message: an argument in that page */
#define PEER_DOMID (self ? ROWS_DOMID + 1 : 1)

static u8 page[PAGE] __attribute__((aligned(4096)));
static u8 at[2][PAGE] __attribute__((aligned(4096))); /* others come in the place of these */
static u16 self;

/* A page of ours that we map ourselves, twice: it is in use until the last mapping is gone, and
 * written until the last one that may write is. */
static bool grant_uses_counted(void)
{
    u32 handle[2];
    self = ROWS_DOMID;
    grant_page(REF, self, (u64)page);
    int status = grant_map(self, REF, (u64)at[0], false, &handle[0]);
    if (status == GNTST_BAD_DOMAIN || status == GNTST_PERMISSION_DENIED) { /* on a KVM we are 0 */
        self = 0;
        grant_page(REF, self, (u64)page);
        status = grant_map(self, REF, (u64)at[0], false, &handle[0]);
    }
    bool ok =
        status == GNTST_OKAY && grant_map(self, REF, (u64)at[1], false, &handle[1]) == GNTST_OKAY;
    WRITE_ONCE(page[0], 0x5a);
    ok = ok && READ_ONCE(at[0][0]) == 0x5a && READ_ONCE(at[1][0]) == 0x5a;
    ok = ok && grant_unmap(handle[0], (u64)at[1]) == GNTST_BAD_HANDLE;
    ok = ok && grant_unmap(handle[0], (u64)at[0]) == GNTST_OKAY && grant_in_use(REF);
    ok = ok && grant_unmap(handle[0], (u64)at[0]) == GNTST_BAD_HANDLE && grant_in_use(REF);
    return ok && grant_unmap(handle[1], (u64)at[1]) == GNTST_OKAY && !grant_in_use(REF);
}

static int copy_to_own(const void *from, const void *to)
{
    struct gnttab_copy c = {
        .source = {.ref_or_gfn = (u64)from / PAGE, .domid = DOMID_SELF},
        .dest = {.ref_or_gfn = (u64)to / PAGE, .domid = DOMID_SELF},
        .len = 8,
    };
    long result = xen_hypercall(HYPERCALL_GRANT_TABLE_OP, GNTTABOP_COPY, (u64)&c, 1);
    return result ? (int)result : c.status;
}

static long register_info(unsigned vcpu, u64 address)
{
    struct vcpu_register_vcpu_info r = {.gfn = address / PAGE};
    return xen_hypercall(HYPERCALL_VCPU_OP, VCPUOP_REGISTER_VCPU_INFO, vcpu, (u64)&r);
}

/* What another domain lets us use is not ours to pass on, nor a place for the hypervisor to write
 * to after we have given it back. */
static bool granted_page_is_not_ours(void)
{
    u32 handle, again;
    bool ok = grant_map(self, REF, (u64)at[0], false, &handle) == GNTST_OKAY;
    ok = ok && register_info(1, (u64)at[0]) == -XEN_EINVAL;
    ok = ok && copy_to_own(page, at[0]) == GNTST_BAD_COPY_ARG;
    ok = ok && copy_to_own(at[0], page) == GNTST_BAD_COPY_ARG;
    grant_page(REF_AGAIN, self, (u64)at[0]);
    ok = ok && grant_map(self, REF_AGAIN, (u64)at[1], false, &again) == GNTST_BAD_GNTREF;
    ok = ok && !grant_in_use(REF_AGAIN);
    return grant_unmap(handle, (u64)at[0]) == GNTST_OKAY && ok;
}

/* Neither we nor the hypervisor for us may write through a grant that is for reading. */
static bool read_only_grant(void)
{
    u32 handle;
    struct gnttab_unmap_grant_ref *u = (struct gnttab_unmap_grant_ref *)page;
    *u = (struct gnttab_unmap_grant_ref){.handle = ~0U, .status = 1};
    bool ok = grant_map(self, REF, (u64)at[0], true, &handle) == GNTST_OKAY;
    ok = ok && xen_hypercall(HYPERCALL_GRANT_TABLE_OP, GNTTABOP_UNMAP_GRANT_REF, (u64)at[0], 1) ==
                   -XEN_EFAULT;
    ok = ok && READ_ONCE(u->status) == 1;
    expect_exception();
    WRITE_ONCE(at[0][0], 0xa5);
    ok = ok && exception_expected.taken && READ_ONCE(page[0]) != 0xa5;
    return grant_unmap(handle, (u64)at[0]) == GNTST_OKAY && ok;
}

static long put(u32 space, u64 address)
{
    struct xen_add_to_physmap map = {.domid = DOMID_SELF, .space = space, .gpfn = address / PAGE};
    return xen_hypercall(HYPERCALL_MEMORY_OP, XENMEM_ADD_TO_PHYSMAP, (u64)&map, 0);
}

/* Pages come in the place of the domain's memory: tables for anywhere else would cost the
 * hypervisor memory without end. */
static bool pages_in_memory_only(void)
{
    u32 handle;
    bool ok = true;
    for (u64 address = BIT(31); address < BIT(44); address += BIT(39) - BIT(31)) {
        ok = ok && put(XENMAPSPACE_SHARED_INFO, address) < 0;
        ok = ok && grant_map(self, REF, address, false, &handle) == GNTST_BAD_VIRT_ADDR;
    }
    return ok && !grant_in_use(REF);
}

/* --- VCPU 1 takes part --- */

static volatile bool other_runs, other_stops;

static void start_other(void (*fn)(void))
{
    other_stops = false;
    other_runs = false;
    dsb(ish);
    secondary_call(fn);
    while (!other_runs) {
        cpu_relax();
    }
}

static void stop_other(void)
{
    other_stops = true;
    while (other_runs) {
        cpu_relax();
    }
}

/* The owner takes a grant back when nobody uses it: Linux' gnttab_end_foreign_access_ref(). */
static void give_and_take_back(void)
{
    other_runs = true;
    while (!other_stops) {
        grant_page(REF_AGAIN, self, (u64)page);
        while (!grant_end(REF_AGAIN)) {
            cpu_relax();
        }
    }
    other_runs = false;
}

/* A grant that was taken back while it was looked at is not in use. */
static bool grant_taken_back(void)
{
    bool ok = true;
    start_other(give_and_take_back);
    for (unsigned i = 0; i < ROUNDS; i++) {
        u32 handle;
        int status = grant_map(self, REF_AGAIN, (u64)at[0], false, &handle);
        ok = ok && (status == GNTST_PERMISSION_DENIED ||
                    (status == GNTST_OKAY && grant_is_given(REF_AGAIN)));
        if (status == GNTST_OKAY) {
            grant_unmap(handle, (u64)at[0]);
        }
    }
    stop_other();
    return ok;
}

static volatile u32 faults;

static bool count_fault(u64 esr, u64 far)
{
    (void)esr, (void)far;
    faults++;
    return true;
}

static void read_always(void)
{
    other_runs = true;
    while (!other_stops) {
        (void)READ_ONCE(at[0][0]);
    }
    other_runs = false;
}

/* There always is a page, one or the other: who reads meanwhile must not notice. */
static bool page_replaced_in_use(void)
{
    bool ok = put(XENMAPSPACE_SHARED_INFO, (u64)at[0]) == 0;
    faults = 0;
    exception_fixup = count_fault;
    start_other(read_always);
    for (unsigned i = 0; i < ROUNDS; i++) {
        ok = ok && put(i % 2 ? XENMAPSPACE_SHARED_INFO : XENMAPSPACE_GRANT_TABLE, (u64)at[0]) == 0;
    }
    stop_other();
    exception_fixup = NULL;
    return ok && faults == 0;
}

static void turn_off(void)
{
    hvc(PSCI_CPU_OFF, 0, 0, 0);
    print("vm0: CPU_OFF has returned\n");
    guest_exit(1);
}

/* It may be turned on as soon as it is no longer on, however far it has got. */
static bool on_while_it_goes_off(void)
{
    for (unsigned i = 0; i < OFF_ROUNDS; i++) {
        secondary_call(turn_off);
        while (!secondary_start()) {
            for (unsigned n = 0; n < i; n++) {
                cpu_relax();
            }
        }
    }
    return true;
}

/* VM 1 maps a page of ours that it does not give back. */
static bool grant_left_in_use(void)
{
    static u8 left[PAGE] __attribute__((aligned(4096)));
    left[LEFT_AT] = LEFT_BYTE;
    grant_page(REF_LEFT, (u16)PEER_DOMID, (u64)left);
    irq_off();
    u64 mapped = hvc(HVC_SWITCH_SND, FRONT_MESSAGE | (self ? 0 : BY_KVM), 0, 0);
    irq_on();
    return mapped == 1 && grant_in_use(REF_LEFT);
}

/* VM 1 has it still. */
static bool argument_in_granted_page(void)
{
    irq_off();
    u64 refused = hvc(HVC_SWITCH_SND, FRONT_MESSAGE | ARGUMENT, 0, 0);
    irq_on();
    return refused == 1;
}

/* --- VM 1 --- */

static bool owner_ends_first;

/* The page may leave, and be somebody else's, while the hypervisor writes its answer there. */
static bool argument_is_refused(void)
{
    struct gnttab_unmap_grant_ref *u = (struct gnttab_unmap_grant_ref *)at[0];
    *u = (struct gnttab_unmap_grant_ref){.handle = ~0U, .status = 1};
    return xen_hypercall(HYPERCALL_GRANT_TABLE_OP, GNTTABOP_UNMAP_GRANT_REF, (u64)u, 1) ==
               -XEN_EFAULT &&
           READ_ONCE(u->status) == 1;
}

u64 front_answer(u64 message)
{
    u32 handle;
    if (message & ARGUMENT) {
        return hvc(HVC_SWITCH_SND, argument_is_refused(), 0, 0);
    }
    owner_ends_first = message & BY_KVM;
    u16 owner = owner_ends_first ? 0 : ROWS_DOMID;
    bool ok = grant_map(owner, REF_LEFT, (u64)at[0], false, &handle) == GNTST_OKAY;
    return hvc(HVC_SWITCH_SND, ok && READ_ONCE(at[0][LEFT_AT]) == LEFT_BYTE, 0, 0);
}

/* A KVM frees VM 0's memory as soon as that is off: none of it may be left with us. Xen waits for
 * all domains. */
void front_partner_ends(void)
{
    u64 deadline = read_sysreg(cntvct_el0) + read_sysreg(cntfrq_el0) * WAIT_S;
    while (owner_ends_first && READ_ONCE(at[0][LEFT_AT]) == LEFT_BYTE) {
        isb();
        if (read_sysreg(cntvct_el0) > deadline) {
            print("vm1: has memory of a VM that has ended\n");
            guest_exit(1);
        }
        __asm__ volatile("wfe"); /* gives up the CPU */
    }
}

bool front_checks_run(void)
{
    static const struct check checks[] = {
        {"grant-uses-counted", grant_uses_counted},
        {"requests-of-one-event", front_requests_of_one_event},
        {"granted-page-is-not-ours", granted_page_is_not_ours},
        {"read-only-grant", read_only_grant},
        {"pages-in-memory-only", pages_in_memory_only},
        {"grant-left-in-use", grant_left_in_use},
        {"argument-in-granted-page", argument_in_granted_page},
        {"grant-taken-back", grant_taken_back},
        {"on-while-it-goes-off", on_while_it_goes_off},
        {"page-replaced-in-use", page_replaced_in_use},
    };
    return checks_list_run(checks, ARRAY_SIZE(checks));
}
