#include "lib/xen.h"

#define PAGE      4096
#define PORT_MAX  64
#define EVENT_PPI GUEST_EVTCHN_INTID

/* Whole pages of our own, in whose place Xen puts its. */
static union {
    struct shared_info info;
    u8 page[PAGE];
} shared __attribute__((aligned(PAGE)));
static struct grant_entry_v1 grants[PAGE / sizeof(struct grant_entry_v1)]
    __attribute__((aligned(PAGE)));

static irq_handler handlers[PORT_MAX];
static u8 vcpu_of[PORT_MAX];
static struct vcpu_info other_info __attribute__((aligned(64))); /* of VCPU 1, in one page */

static unsigned this_vcpu(void)
{
    return read_sysreg(mpidr_el1) & 0xff;
}

static void deliver(u64 word)
{
    u64 *pending = &shared.info.evtchn_pending[word];
    for (u64 left = READ_ONCE(*pending) & ~READ_ONCE(shared.info.evtchn_mask[word]); left;
         left &= left - 1) {
        u64 bit = (u64)__builtin_ctzll(left);
        u64 port = word * 64 + bit;
        if (port < PORT_MAX && vcpu_of[port] != this_vcpu()) {
            continue; /* that one has been interrupted, too */
        }
        __atomic_fetch_and(pending, ~BIT(bit), __ATOMIC_SEQ_CST);
        if (port < PORT_MAX && handlers[port]) {
            handlers[port]();
        } else {
            irq_unexpected_count++;
        }
    }
}

/* One interrupt for all that is pending; what comes during the loop sets the flag again. */
static void upcall(void)
{
    struct vcpu_info *info = this_vcpu() ? &other_info : &shared.info.vcpu_info[0];
    while (__atomic_exchange_n(&info->evtchn_upcall_pending, 0, __ATOMIC_SEQ_CST)) {
        u64 words = __atomic_exchange_n(&info->evtchn_pending_sel, 0, __ATOMIC_SEQ_CST);
        for (; words; words &= words - 1) {
            deliver((u64)__builtin_ctzll(words));
        }
    }
}

static bool put(u32 space, const void *page)
{
    struct xen_add_to_physmap map = {.domid = DOMID_SELF, .space = space, .gpfn = (u64)page / PAGE};
    return xen_hypercall(HYPERCALL_MEMORY_OP, XENMEM_ADD_TO_PHYSMAP, (u64)&map, 0) == 0;
}

bool xen_start(void)
{
    if (!put(XENMAPSPACE_SHARED_INFO, &shared) || !put(XENMAPSPACE_GRANT_TABLE, grants)) {
        return false;
    }
    irq_set_handler(EVENT_PPI, upcall);
    gic_enable(EVENT_PPI);
    return true;
}

bool xen_start_vcpu(void)
{
    struct vcpu_register_vcpu_info r = {.gfn = (u64)&other_info / PAGE,
                                        .offset = (u32)((u64)&other_info % PAGE)};
    gic_enable(EVENT_PPI);
    return xen_hypercall(HYPERCALL_VCPU_OP, VCPUOP_REGISTER_VCPU_INFO, this_vcpu(), (u64)&r) == 0;
}

/* What is pending already is looked at again where it belongs now. */
void event_bind_vcpu(u32 port, unsigned vcpu)
{
    struct evtchn_bind_vcpu bind = {.port = port, .vcpu = vcpu};
    vcpu_of[port] = (u8)vcpu;
    xen_hypercall(HYPERCALL_EVENT_CHANNEL_OP, EVTCHNOP_BIND_VCPU, (u64)&bind, 0);
}

long event_send(u32 port)
{
    struct evtchn_send send = {.port = port};
    return xen_hypercall(HYPERCALL_EVENT_CHANNEL_OP, EVTCHNOP_SEND, (u64)&send, 0);
}

long event_alloc_unbound(u16 remote_domid, u32 *port)
{
    struct evtchn_alloc_unbound alloc = {.dom = DOMID_SELF, .remote_dom = remote_domid};
    long result = xen_hypercall(HYPERCALL_EVENT_CHANNEL_OP, EVTCHNOP_ALLOC_UNBOUND, (u64)&alloc, 0);
    *port = alloc.port;
    return result;
}

long event_bind(u16 remote_domid, u32 remote_port, u32 *port)
{
    struct evtchn_bind_interdomain bind = {.remote_dom = remote_domid, .remote_port = remote_port};
    long result =
        xen_hypercall(HYPERCALL_EVENT_CHANNEL_OP, EVTCHNOP_BIND_INTERDOMAIN, (u64)&bind, 0);
    *port = bind.local_port;
    return result;
}

void event_set_handler(u32 port, irq_handler fn)
{
    handlers[port] = fn;
}

void grant_page(u32 ref, u16 domid, u64 address)
{
    grants[ref].domid = domid;
    grants[ref].frame = (u32)(address / PAGE);
    dmb(ish); /* the rest of the entry is there before it is valid */
    WRITE_ONCE(grants[ref].flags, GTF_PERMIT_ACCESS);
}

int grant_map(u16 domid, u32 ref, u64 address, bool readonly, u32 *handle)
{
    struct gnttab_map_grant_ref map = {
        .host_addr = address,
        .flags = readonly ? GNTMAP_HOST_MAP | GNTMAP_READONLY : GNTMAP_HOST_MAP,
        .ref = ref,
        .dom = domid,
    };
    long result = xen_hypercall(HYPERCALL_GRANT_TABLE_OP, GNTTABOP_MAP_GRANT_REF, (u64)&map, 1);
    *handle = map.handle;
    return result ? (int)result : map.status;
}

int grant_unmap(u32 handle, u64 address)
{
    struct gnttab_unmap_grant_ref unmap = {.host_addr = address, .handle = handle};
    long result = xen_hypercall(HYPERCALL_GRANT_TABLE_OP, GNTTABOP_UNMAP_GRANT_REF, (u64)&unmap, 1);
    return result ? (int)result : unmap.status;
}

bool grant_in_use(u32 ref)
{
    return READ_ONCE(grants[ref].flags) & (GTF_READING | GTF_WRITING);
}

bool grant_is_given(u32 ref)
{
    return READ_ONCE(grants[ref].flags) & GTF_PERMIT_ACCESS;
}

/* From exactly what it is when nobody uses it. */
bool grant_end(u32 ref)
{
    u16 unused = GTF_PERMIT_ACCESS;
    return __atomic_compare_exchange_n(&grants[ref].flags, &unused, 0, false, __ATOMIC_SEQ_CST,
                                       __ATOMIC_SEQ_CST);
}
