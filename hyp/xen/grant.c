/* Grant tables, version 1: a domain lets another one map a page of its own. */
#include "xen/domain.h"

#include "a64.h"
#include "kernel/page.h"

#define GRANT_COUNT (PAGE_SIZE / sizeof(struct grant_entry_v1)) /* one frame */

/* What a mapping asks of the domain that grants, and gets from it. */
struct grant_request {
    u16 domid;
    bool readonly;
    u32 ref;
    void *page;
    s64 status;
};

/* The entry may change under us: the guest writes it. In use, it says so. */
static bool use_grant(struct vm *owner, u64 request)
{
    struct grant_request *r = (struct grant_request *)request;
    if (!owner->xen || r->ref >= GRANT_COUNT) {
        r->status = owner->xen ? GNTST_BAD_GNTREF : GNTST_BAD_DOMAIN;
        return true;
    }
    struct grant_entry_v1 *e = &owner->xen->grants[r->ref];
    u16 flags = READ_ONCE(e->flags);
    bool may = (flags & GTF_TYPE_MASK) == GTF_PERMIT_ACCESS && READ_ONCE(e->domid) == r->domid &&
               (r->readonly || !(flags & GTF_READONLY));
    if (!may) {
        r->status = GNTST_PERMISSION_DENIED;
        return true;
    }
    r->page = guest_memory(owner, (u64)READ_ONCE(e->frame) * PAGE_SIZE);
    r->status = r->page ? GNTST_OKAY : GNTST_BAD_GNTREF;
    if (r->page) {
        u16 in_use = r->readonly ? GTF_READING : GTF_READING | GTF_WRITING;
        __atomic_fetch_or(&e->flags, in_use, __ATOMIC_SEQ_CST);
    }
    return true;
}

static bool release_grant(struct vm *owner, u64 ref)
{
    if (owner->xen) {
        u16 in_use = GTF_READING | GTF_WRITING;
        __atomic_fetch_and(&owner->xen->grants[ref].flags, (u16)~in_use, __ATOMIC_SEQ_CST);
    }
    return true;
}

void *grant_use(struct vm *owner, u32 ref)
{
    struct grant_request r = {0, false, ref, NULL, GNTST_BAD_DOMAIN};
    use_grant(owner, (u64)&r);
    return r.page;
}

void grant_release(struct vm *owner, u32 ref)
{
    release_grant(owner, ref);
}

static s64 map(struct vm *d, struct gnttab_map_grant_ref *m)
{
    struct xen_domain *x = d->xen;
    u32 handle = 0;
    while (handle < XEN_MAP_MAX && x->map[handle].used) {
        handle++;
    }
    if (handle == XEN_MAP_MAX || !(m->flags & GNTMAP_HOST_MAP)) {
        return GNTST_BAD_HANDLE;
    }
    bool readonly = m->flags & GNTMAP_READONLY;
    struct grant_request r = {(u16)d->id, readonly, m->ref, NULL, GNTST_BAD_DOMAIN};
    vm_with(m->dom, use_grant, (u64)&r);
    if (r.status != GNTST_OKAY) {
        return r.status;
    }
    if (!guest_map_page(d, m->host_addr, r.page, !readonly)) {
        vm_with(m->dom, release_grant, m->ref);
        return GNTST_BAD_VIRT_ADDR;
    }
    x->map[handle] = (struct grant_map){
        .used = true, .readonly = readonly, .domid = m->dom, .ref = m->ref, .ipa = m->host_addr};
    m->handle = handle;
    return GNTST_OKAY;
}

static s64 unmap(struct vm *d, const struct gnttab_unmap_grant_ref *u)
{
    struct grant_map *m = u->handle < XEN_MAP_MAX ? &d->xen->map[u->handle] : NULL;
    if (!m || !m->used || m->ipa != u->host_addr) {
        return GNTST_BAD_HANDLE;
    }
    guest_unmap_page(d, m->ipa);
    vm_with(m->domid, release_grant, m->ref);
    m->used = false;
    return GNTST_OKAY;
}

static s64 one_map(struct vcpu *v, u64 address)
{
    struct gnttab_map_grant_ref m;
    if (!copy_from_guest(v, &m, address, sizeof(m))) {
        return -XEN_EFAULT;
    }
    u64 flags = spin_lock_irqsave(&v->vm->xen->lock);
    m.status = (int16_t)map(v->vm, &m);
    spin_unlock_irqrestore(&v->vm->xen->lock, flags);
    return copy_to_guest(v, address, &m, sizeof(m)) ? 0 : -XEN_EFAULT;
}

static s64 one_unmap(struct vcpu *v, u64 address)
{
    struct gnttab_unmap_grant_ref u;
    if (!copy_from_guest(v, &u, address, sizeof(u))) {
        return -XEN_EFAULT;
    }
    u64 flags = spin_lock_irqsave(&v->vm->xen->lock);
    u.status = (int16_t)unmap(v->vm, &u);
    spin_unlock_irqrestore(&v->vm->xen->lock, flags);
    return copy_to_guest(v, address, &u, sizeof(u)) ? 0 : -XEN_EFAULT;
}

s64 grant_table_op(struct vcpu *v, u64 command, u64 array, u64 count)
{
    bool maps = command == GNTTABOP_MAP_GRANT_REF;
    if ((!maps && command != GNTTABOP_UNMAP_GRANT_REF) || count > XEN_MAP_MAX) {
        return maps || command == GNTTABOP_UNMAP_GRANT_REF ? -XEN_EINVAL : -XEN_ENOSYS;
    }
    u64 size = maps ? sizeof(struct gnttab_map_grant_ref) : sizeof(struct gnttab_unmap_grant_ref);
    for (u64 i = 0; i < count; i++) {
        s64 result = maps ? one_map(v, array + i * size) : one_unmap(v, array + i * size);
        if (result) {
            return result;
        }
    }
    return 0;
}
