/* Xen's hypercalls, as far as our domains use them. */
#include "xen/domain.h"

#include "a64.h"
#include "kernel/page.h"
#include "kernel/string.h"

#define CONSOLE_MAX 256

struct xen_domain *xen_domain_create(void)
{
    _Static_assert(sizeof(struct xen_domain) <= PAGE_SIZE, "one page");
    _Static_assert(sizeof(struct shared_info) <= PAGE_SIZE, "one page");
    struct xen_domain *x = page_alloc(0);
    x->shared = page_alloc(0);
    x->grants = page_alloc(0);
    x->vcpu_info[0] = &x->shared->vcpu_info[0];
    return x;
}

void xen_domain_destroy(struct xen_domain *x)
{
    page_free(x->shared, 0);
    page_free(x->grants, 0);
    page_free(x, 0);
}

/* Page by page: what is together for the guest need not be so for us. */
static bool copy(struct vcpu *v, void *ours, u64 va, u64 bytes, bool to_guest)
{
    char *at = ours;
    while (bytes) {
        u64 n = PAGE_SIZE - va % PAGE_SIZE;
        n = n < bytes ? n : bytes;
        void *theirs = guest_address(v, va, to_guest);
        if (!theirs) {
            return false;
        }
        if (to_guest) {
            memcpy(theirs, at, n);
        } else {
            memcpy(at, theirs, n);
        }
        at += n;
        va += n;
        bytes -= n;
    }
    return true;
}

bool copy_from_guest(struct vcpu *v, void *to, u64 va, u64 bytes)
{
    return copy(v, to, va, bytes, false);
}

bool copy_to_guest(struct vcpu *v, u64 va, const void *from, u64 bytes)
{
    return copy(v, (void *)from, va, bytes, true);
}

static s64 xen_version(struct vcpu *v, const u64 *a)
{
    (void)v;
    return a[0] == XENVER_VERSION ? XEN_VERSION_VALUE : -XEN_ENOSYS;
}

static s64 memory_op(struct vcpu *v, const u64 *a)
{
    struct xen_add_to_physmap p;
    if (a[0] != XENMEM_ADD_TO_PHYSMAP) {
        return -XEN_ENOSYS;
    }
    if (!copy_from_guest(v, &p, a[1], sizeof(p))) {
        return -XEN_EFAULT;
    }
    if (p.domid != DOMID_SELF || p.idx != 0) {
        return p.idx ? -XEN_EINVAL : -XEN_EPERM;
    }
    struct xen_domain *x = v->vm->xen;
    const void *page = p.space == XENMAPSPACE_SHARED_INFO   ? (void *)x->shared
                       : p.space == XENMAPSPACE_GRANT_TABLE ? (void *)x->grants
                                                            : NULL;
    if (!page || !guest_map_page(v->vm, p.gpfn * PAGE_SIZE, page, true)) {
        return -XEN_EINVAL;
    }
    return 0;
}

static s64 console_io(struct vcpu *v, const u64 *a)
{
    char text[CONSOLE_MAX];
    u64 bytes = a[1] < sizeof(text) ? a[1] : sizeof(text);
    if (a[0] != CONSOLEIO_WRITE) {
        return -XEN_ENOSYS;
    }
    if (!copy_from_guest(v, text, a[2], bytes)) {
        return -XEN_EFAULT;
    }
    guest_console(v->vm, text, bytes);
    return (s64)bytes;
}

/* A vcpu_info of the guest's own; it may move once, pending events move with it. */
static s64 vcpu_op(struct vcpu *v, const u64 *a)
{
    struct vcpu_register_vcpu_info r;
    struct vm *d = v->vm;
    if (a[0] != VCPUOP_REGISTER_VCPU_INFO || a[1] >= d->vcpu_count) {
        return a[1] >= d->vcpu_count ? -XEN_ENOENT : -XEN_ENOSYS;
    }
    if (!copy_from_guest(v, &r, a[2], sizeof(r))) {
        return -XEN_EFAULT;
    }
    if (r.offset % 8 || r.offset > PAGE_SIZE - sizeof(struct vcpu_info)) {
        return -XEN_EINVAL;
    }
    char *page = guest_ram(d, r.gfn * PAGE_SIZE);
    struct vcpu_info **info = &d->xen->vcpu_info[a[1]];
    u64 flags = spin_lock_irqsave(&d->xen->lock);
    bool may_move = page && (!*info || *info == &d->xen->shared->vcpu_info[0]);
    if (may_move) {
        struct vcpu_info *new_info = (struct vcpu_info *)(page + r.offset);
        new_info->evtchn_upcall_pending = *info ? (*info)->evtchn_upcall_pending : 0;
        new_info->evtchn_pending_sel = *info ? (*info)->evtchn_pending_sel : 0;
        *info = new_info;
    }
    spin_unlock_irqrestore(&d->xen->lock, flags);
    return may_move ? 0 : -XEN_EINVAL;
}

static s64 poll(struct vcpu *v, u64 argument)
{
    struct sched_poll p;
    u32 port;
    if (!copy_from_guest(v, &p, argument, sizeof(p)) ||
        !copy_from_guest(v, &port, p.ports, sizeof(port))) {
        return -XEN_EFAULT;
    }
    if (p.count != 1 || p.timeout) { /* several ports, or a time limit: nobody here does */
        return -XEN_ENOSYS;
    }
    u32 *polling = &v->vm->xen->polling;
    __atomic_fetch_or(polling, 1U << v->index, __ATOMIC_SEQ_CST);
    wait_event(&v->wait,
               event_pending(v->vm, port) || vgic_pending(v) || READ_ONCE(v->vm->stopping));
    __atomic_fetch_and(polling, ~(1U << v->index), __ATOMIC_SEQ_CST);
    return 0;
}

static s64 sched_op(struct vcpu *v, const u64 *a)
{
    struct sched_shutdown s;
    switch (a[0]) {
    case SCHEDOP_YIELD:
        schedule();
        return 0;
    case SCHEDOP_BLOCK:
        guest_block(v);
        return 0;
    case SCHEDOP_SHUTDOWN:
        if (!copy_from_guest(v, &s, a[1], sizeof(s))) {
            return -XEN_EFAULT;
        }
        vm_shutdown(v->vm, s.reason == SHUTDOWN_POWEROFF ? VCPU_EXIT_SHUTDOWN : VCPU_EXIT_RESET);
        return 0;
    case SCHEDOP_POLL:
        return poll(v, a[1]);
    default: /* of a later Xen */
        return -XEN_ENOSYS;
    }
}

static s64 event_op(struct vcpu *v, const u64 *a)
{
    return event_channel_op(v, a[0], a[1]);
}

static s64 grant_op(struct vcpu *v, const u64 *a)
{
    return grant_table_op(v, a[0], a[1], a[2]);
}

void hypercall(struct vcpu *v)
{
    typedef s64 (*function)(struct vcpu *, const u64 *arguments);
    static const function table[HYPERCALL_COUNT] = {
        [HYPERCALL_MEMORY_OP] = memory_op,       [HYPERCALL_XEN_VERSION] = xen_version,
        [HYPERCALL_CONSOLE_IO] = console_io,     [HYPERCALL_GRANT_TABLE_OP] = grant_op,
        [HYPERCALL_VCPU_OP] = vcpu_op,           [HYPERCALL_SCHED_OP] = sched_op,
        [HYPERCALL_EVENT_CHANNEL_OP] = event_op,
    };
    u64 *x = guest_registers(v);
    function f = x[16] < ARRAY_SIZE(table) ? table[x[16]] : NULL;
    x[0] = f ? (u64)f(v, x) : (u64)-XEN_ENOSYS;
}
