/* Grant tables, version 1: a domain lets another one map a page of its own. */
#include "xen/domain.h"

#include "a64.h"
#include "kernel/page.h"
#include "kernel/string.h"

#define MARK_TRIES 5 /* Xen's number */

/* Mappings, the two ends of a copy that each VCPU may be at, and the host's own. */
#define HOST_USES 8
_Static_assert(VM_MAX *(XEN_MAP_MAX + 2 * VCPU_MAX) + HOST_USES < 256,
               "struct grant_pin counts all uses there can be");

/* What a mapping asks of the domain that grants, and gets from it. */
struct grant_request {
    u16 domid;
    bool readonly;
    u32 ref;
    void *page;
    s64 status;
};

/* The owner may change the entry, and take the grant back, until it says that it is in use. So it
 * is judged and marked in one step: flags and domain are one word. */
static s64 mark_in_use(u32 *entry, const struct grant_request *r)
{
    _Static_assert(offsetof(struct grant_entry_v1, domid) == 2, "flags are the lower half");
    u32 in_use = r->readonly ? GTF_READING : GTF_READING | GTF_WRITING;
    u32 seen = READ_ONCE(*entry);
    for (unsigned i = 0; i < MARK_TRIES; i++) {
        bool may = (seen & GTF_TYPE_MASK) == GTF_PERMIT_ACCESS && seen >> 16 == r->domid &&
                   (r->readonly || !(seen & GTF_READONLY));
        if (!may) {
            return GNTST_PERMISSION_DENIED;
        }
        if (__atomic_compare_exchange_n(entry, &seen, seen | in_use, false, __ATOMIC_SEQ_CST,
                                        __ATOMIC_SEQ_CST)) {
            return GNTST_OKAY;
        }
    }
    return GNTST_GENERAL_ERROR;
}

/* The entry is the owner's again when nobody uses it any more. The lock is held. */
static void unpin(struct xen_domain *owner, u32 ref, bool readonly)
{
    struct grant_pin *p = &owner->pin[ref];
    p->uses--;
    p->writers -= !readonly;
    u16 ended = (p->writers ? 0 : GTF_WRITING) | (p->uses ? 0 : GTF_READING);
    __atomic_fetch_and(&owner->grants[ref].flags, (u16)~ended, __ATOMIC_SEQ_CST);
}

/* The lock is held. */
static s64 pin(struct vm *owner, struct grant_request *r)
{
    if (r->ref >= XEN_GRANT_COUNT || owner->xen->ending) {
        return owner->xen->ending ? GNTST_BAD_DOMAIN : GNTST_BAD_GNTREF;
    }
    struct grant_entry_v1 *e = &owner->xen->grants[r->ref];
    struct grant_pin *p = &owner->xen->pin[r->ref];
    s64 status = mark_in_use((u32 *)e, r);
    if (status != GNTST_OKAY) {
        return status;
    }
    p->uses++;
    p->writers += !r->readonly;
    r->page = guest_ram(owner, (u64)READ_ONCE(e->frame) * PAGE_SIZE);
    if (!r->page) {
        unpin(owner->xen, r->ref, r->readonly);
        return GNTST_BAD_GNTREF;
    }
    return GNTST_OKAY;
}

static bool use_grant(struct vm *owner, u64 request)
{
    struct grant_request *r = (struct grant_request *)request;
    if (owner->xen) {
        u64 flags = spin_lock_irqsave(&owner->xen->lock);
        r->status = pin(owner, r);
        spin_unlock_irqrestore(&owner->xen->lock, flags);
    }
    return true;
}

static bool release_grant(struct vm *owner, u64 request)
{
    const struct grant_request *r = (const struct grant_request *)request;
    if (owner->xen) {
        u64 flags = spin_lock_irqsave(&owner->xen->lock);
        unpin(owner->xen, r->ref, r->readonly);
        spin_unlock_irqrestore(&owner->xen->lock, flags);
    }
    return true;
}

void *grant_use(struct vm *owner, u32 ref)
{
    struct grant_request r = {0, false, ref, NULL, GNTST_BAD_DOMAIN};
    use_grant(owner, (u64)&r);
    return r.status == GNTST_OKAY ? r.page : NULL;
}

void grant_release(struct vm *owner, u32 ref)
{
    const struct grant_request r = {.readonly = false, .ref = ref};
    release_grant(owner, (u64)&r);
}

/* XEN_MAP_MAX: there is none. */
static u32 reserve_handle(struct xen_domain *x)
{
    u32 handle = 0;
    u64 flags = spin_lock_irqsave(&x->lock);
    while (handle < XEN_MAP_MAX && x->map[handle].state != MAP_FREE) {
        handle++;
    }
    if (handle < XEN_MAP_MAX) {
        x->map[handle].state = MAP_RESERVED;
    }
    spin_unlock_irqrestore(&x->lock, flags);
    return handle;
}

static void set_handle(struct xen_domain *x, u32 handle, struct grant_map map)
{
    u64 flags = spin_lock_irqsave(&x->lock);
    x->map[handle] = map;
    spin_unlock_irqrestore(&x->lock, flags);
}

static s64 map_page(struct vm *d, const struct gnttab_map_grant_ref *m, u32 handle)
{
    bool readonly = m->flags & GNTMAP_READONLY;
    struct grant_request r = {(u16)d->id, readonly, m->ref, NULL, GNTST_BAD_DOMAIN};
    vm_with(m->dom, use_grant, (u64)&r);
    if (r.status != GNTST_OKAY) {
        return r.status;
    }
    if (!guest_map_page(d, m->host_addr, r.page, !readonly)) {
        vm_with(m->dom, release_grant, (u64)&r);
        return GNTST_BAD_VIRT_ADDR;
    }
    set_handle(d->xen, handle,
               (struct grant_map){.state = MAP_USED,
                                  .readonly = readonly,
                                  .domid = m->dom,
                                  .ref = m->ref,
                                  .ipa = m->host_addr});
    return GNTST_OKAY;
}

static s64 map(struct vm *d, struct gnttab_map_grant_ref *m)
{
    u32 handle = m->flags & GNTMAP_HOST_MAP ? reserve_handle(d->xen) : XEN_MAP_MAX;
    if (handle == XEN_MAP_MAX) {
        return GNTST_BAD_HANDLE;
    }
    s64 status = map_page(d, m, handle);
    if (status != GNTST_OKAY) {
        set_handle(d->xen, handle, (struct grant_map){.state = MAP_FREE});
    }
    m->handle = handle;
    return status;
}

/* The handle is reserved while its page goes, so that nobody unmaps it twice. */
static bool take_handle(struct xen_domain *x, const struct gnttab_unmap_grant_ref *u,
                        struct grant_map *map)
{
    if (u->handle >= XEN_MAP_MAX) {
        return false;
    }
    u64 flags = spin_lock_irqsave(&x->lock);
    *map = x->map[u->handle];
    bool is_mapped = map->state == MAP_USED && map->ipa == u->host_addr;
    if (is_mapped) {
        x->map[u->handle].state = MAP_RESERVED;
    }
    spin_unlock_irqrestore(&x->lock, flags);
    return is_mapped;
}

static s64 unmap(struct vm *d, const struct gnttab_unmap_grant_ref *u)
{
    struct grant_map m;
    if (!take_handle(d->xen, u, &m)) {
        return GNTST_BAD_HANDLE;
    }
    const struct grant_request r = {.readonly = m.readonly, .ref = m.ref};
    guest_unmap_page(d, m.ipa);
    vm_with(m.domid, release_grant, (u64)&r);
    set_handle(d->xen, u->handle, (struct grant_map){.state = MAP_FREE});
    return GNTST_OKAY;
}

/* --- the end of a domain --- */

/* The mapping with a handle if it is of a grant of that domain's. */
static bool take_handle_of(struct xen_domain *x, u32 handle, unsigned owner, struct grant_map *map)
{
    u64 flags = spin_lock_irqsave(&x->lock);
    *map = x->map[handle];
    bool is_its = map->state == MAP_USED && map->domid == owner;
    if (is_its) {
        x->map[handle].state = MAP_RESERVED;
    }
    spin_unlock_irqrestore(&x->lock, flags);
    return is_its;
}

static bool revoke(struct vm *d, u64 argument)
{
    struct vm *owner = (struct vm *)argument;
    for (u32 handle = 0; d->xen && handle < XEN_MAP_MAX; handle++) {
        struct grant_map m;
        if (take_handle_of(d->xen, handle, owner->id, &m)) {
            const struct grant_request r = {.readonly = m.readonly, .ref = m.ref};
            guest_unmap_page(d, m.ipa);
            release_grant(owner, (u64)&r);
            set_handle(d->xen, handle, (struct grant_map){.state = MAP_FREE});
        }
    }
    return true;
}

static bool in_use(struct xen_domain *x)
{
    bool any = false;
    u64 flags = spin_lock_irqsave(&x->lock);
    x->ending = true;
    for (u32 ref = 0; ref < XEN_GRANT_COUNT; ref++) {
        any = any || x->pin[ref].uses;
    }
    spin_unlock_irqrestore(&x->lock, flags);
    return any;
}

/* Xen keeps the memory of a domain that has ended until others unmap it; here they lose it. What is
 * neither mapped nor free is with a CPU that is at it now. */
void grants_end(struct vm *d)
{
    for (u32 handle = 0; handle < XEN_MAP_MAX; handle++) {
        unmap(d, &(struct gnttab_unmap_grant_ref){.handle = handle,
                                                  .host_addr = d->xen->map[handle].ipa});
    }
    while (in_use(d->xen)) {
        for (unsigned id = 0; id < VM_MAX; id++) {
            vm_with(id, revoke, (u64)d);
        }
    }
}

static s64 one_map(struct vcpu *v, u64 address)
{
    struct gnttab_map_grant_ref m;
    if (!copy_from_guest(v, &m, address, sizeof(m))) {
        return -XEN_EFAULT;
    }
    m.status = (int16_t)map(v->vm, &m);
    return copy_to_guest(v, address, &m, sizeof(m)) ? 0 : -XEN_EFAULT;
}

static s64 one_unmap(struct vcpu *v, u64 address)
{
    struct gnttab_unmap_grant_ref u;
    if (!copy_from_guest(v, &u, address, sizeof(u))) {
        return -XEN_EFAULT;
    }
    u.status = (int16_t)unmap(v->vm, &u);
    return copy_to_guest(v, address, &u, sizeof(u)) ? 0 : -XEN_EFAULT;
}

/* One end of a copy: ours, or a granted page, which r keeps in use if there is one. NULL: status
 * says why. */
static char *copy_end(struct vm *d, const struct gnttab_copy_end *e, bool granted,
                      struct grant_request *r)
{
    char *page = NULL;
    if (granted) {
        r->domid = (u16)d->id;
        r->ref = (u32)e->ref_or_gfn;
        r->status = GNTST_BAD_DOMAIN;
        vm_with(e->domid, use_grant, (u64)r);
        page = r->status == GNTST_OKAY ? r->page : NULL;
    } else {
        page = e->domid == DOMID_SELF ? guest_ram(d, e->ref_or_gfn * PAGE_SIZE) : NULL;
        r->status = page ? GNTST_OKAY : GNTST_BAD_COPY_ARG;
    }
    return page ? page + e->offset : NULL;
}

static s64 copy(struct vm *d, const struct gnttab_copy *c)
{
    struct grant_request from = {.readonly = true}, to = {.readonly = false};
    bool from_grant = c->flags & GNTCOPY_SOURCE_GREF;
    bool to_grant = c->flags & GNTCOPY_DEST_GREF;
    if (c->source.offset + c->len > PAGE_SIZE || c->dest.offset + c->len > PAGE_SIZE) {
        return GNTST_BAD_COPY_ARG;
    }
    const char *f = copy_end(d, &c->source, from_grant, &from);
    char *t = f ? copy_end(d, &c->dest, to_grant, &to) : NULL;
    if (t) {
        memcpy(t, f, c->len);
    }
    if (f && from_grant) {
        vm_with(c->source.domid, release_grant, (u64)&from);
    }
    if (t && to_grant) {
        vm_with(c->dest.domid, release_grant, (u64)&to);
    }
    return f ? to.status : from.status;
}

static s64 one_copy(struct vcpu *v, u64 address)
{
    struct gnttab_copy c;
    if (!copy_from_guest(v, &c, address, sizeof(c))) {
        return -XEN_EFAULT;
    }
    c.status = (int16_t)copy(v->vm, &c);
    return copy_to_guest(v, address, &c, sizeof(c)) ? 0 : -XEN_EFAULT;
}

s64 grant_table_op(struct vcpu *v, u64 command, u64 array, u64 count)
{
    static const struct {
        s64 (*one)(struct vcpu *v, u64 address);
        u64 size;
    } commands[] = {
        [GNTTABOP_MAP_GRANT_REF] = {one_map, sizeof(struct gnttab_map_grant_ref)},
        [GNTTABOP_UNMAP_GRANT_REF] = {one_unmap, sizeof(struct gnttab_unmap_grant_ref)},
        [GNTTABOP_COPY] = {one_copy, sizeof(struct gnttab_copy)},
    };
    if (command >= ARRAY_SIZE(commands) || !commands[command].one) {
        return -XEN_ENOSYS;
    }
    if (count > XEN_BATCH_MAX) {
        return -XEN_EINVAL;
    }
    for (u64 i = 0; i < count; i++) {
        s64 result = commands[command].one(v, array + i * commands[command].size);
        if (result) {
            return result;
        }
    }
    return 0;
}
