/*
 * Event channels, two levels: a bit in a page that the domain shares, and an interrupt that says
 * so.
 *
 * A domain's ports are under its own lock. The locks of two domains are never held together, nor
 * one while vm_with() looks for the other: a command does its half, then the other half over there,
 * which makes sure that the port still is this channel's.
 */
#include "xen/domain.h"

#include "a64.h"

/* What one end of a channel asks of the other, found by vm_with(). */
struct message {
    u16 from_domid;
    u32 from_port, port;
};

static bool port_valid(u32 port)
{
    return port != 0 && port < XEN_PORT_MAX;
}

static s64 allocate(struct xen_domain *x)
{
    for (u32 i = 1; i < XEN_PORT_MAX; i++) {
        if (x->port[i].state == PORT_FREE) {
            return i;
        }
    }
    return -XEN_ENOSPC;
}

static bool test_and_set(u64 *word, u32 bit)
{
    return __atomic_fetch_or(word, BIT(bit), __ATOMIC_SEQ_CST) & BIT(bit);
}

/* The VCPU is interrupted once for all that is pending. */
static void mark_pending(struct vm *d, struct vcpu *v)
{
    struct vcpu_info *info = d->xen->vcpu_info[v->index];
    if (info && !__atomic_exchange_n(&info->evtchn_upcall_pending, 1, __ATOMIC_SEQ_CST)) {
        vgic_pulse(d, v, GUEST_EVTCHN_INTID);
    }
}

static void wake_pollers(struct vm *d)
{
    for (unsigned i = 0; READ_ONCE(d->xen->polling) >> i; i++) {
        if (READ_ONCE(d->xen->polling) >> i & 1) {
            vcpu_kick(d->vcpu[i]);
        }
    }
}

/* The domain's lock is held. */
static void set_pending(struct vm *d, u32 port)
{
    struct shared_info *s = d->xen->shared;
    struct vcpu *v = d->vcpu[d->xen->port[port].vcpu];
    struct vcpu_info *info = d->xen->vcpu_info[v->index];
    if (test_and_set(&s->evtchn_pending[port / 64], port % 64)) {
        return;
    }
    bool masked = READ_ONCE(s->evtchn_mask[port / 64]) >> port % 64 & 1;
    if (!masked && info && !test_and_set(&info->evtchn_pending_sel, port / 64)) {
        mark_pending(d, v);
    }
    wake_pollers(d);
}

/* Raised once for all that is pending: an edge. */
void event_interrupt_init(struct vcpu *v)
{
    u64 flags = spin_lock_irqsave(&v->vm->vgic.lock);
    vgic_irq(v->vm, v, GUEST_EVTCHN_INTID)->edge = true;
    spin_unlock_irqrestore(&v->vm->vgic.lock, flags);
}

bool event_pending(const struct vm *d, u32 port)
{
    return port < XEN_PORT_MAX &&
           (READ_ONCE(d->xen->shared->evtchn_pending[port / 64]) >> port % 64 & 1);
}

void event_raise(struct vm *d, u32 port)
{
    u64 flags = spin_lock_irqsave(&d->xen->lock);
    if (d->xen->port[port].state == PORT_HOST) {
        set_pending(d, port);
    }
    spin_unlock_irqrestore(&d->xen->lock, flags);
}

/* --- the other end; interrupts are masked --- */

static struct port *peer_port(struct vm *d, const struct message *m, enum port_state state)
{
    struct port *p = &d->xen->port[m->port];
    bool is_peer = p->state == state && p->remote_domid == m->from_domid;
    return is_peer && (state == PORT_UNBOUND || p->remote_port == m->from_port) ? p : NULL;
}

static bool accept_binding(struct vm *d, u64 message)
{
    const struct message *m = (const struct message *)message;
    if (!d->xen) {
        return false;
    }
    spin_lock(&d->xen->lock);
    struct port *p = peer_port(d, m, PORT_UNBOUND);
    if (p) {
        p->remote_port = m->from_port;
        p->state = PORT_INTERDOMAIN;
    }
    spin_unlock(&d->xen->lock);
    return p != NULL;
}

static bool deliver(struct vm *d, u64 message)
{
    const struct message *m = (const struct message *)message;
    if (d->xen) {
        spin_lock(&d->xen->lock);
        if (peer_port(d, m, PORT_INTERDOMAIN)) {
            set_pending(d, m->port);
        }
        spin_unlock(&d->xen->lock);
    }
    return true;
}

static bool unbind(struct vm *d, u64 message)
{
    const struct message *m = (const struct message *)message;
    if (d->xen) {
        spin_lock(&d->xen->lock);
        struct port *p = peer_port(d, m, PORT_INTERDOMAIN);
        if (p) {
            p->state = PORT_UNBOUND;
        }
        spin_unlock(&d->xen->lock);
    }
    return true;
}

/* --- commands of two domains --- */

/* A port of ours, as it is now. False: it is not open. */
static bool copy_port(struct vm *d, u32 port, struct port *copy)
{
    u64 flags = spin_lock_irqsave(&d->xen->lock);
    *copy = port_valid(port) ? d->xen->port[port] : (struct port){.state = PORT_FREE};
    spin_unlock_irqrestore(&d->xen->lock, flags);
    return copy->state != PORT_FREE;
}

/* Our half first: until the other end has accepted nothing can come of it. */
static s64 reserve(struct vm *d, const struct evtchn_bind_interdomain *b)
{
    struct xen_domain *x = d->xen;
    u64 flags = spin_lock_irqsave(&x->lock);
    s64 port = allocate(x);
    if (port > 0) {
        x->port[port] = (struct port){.state = PORT_INTERDOMAIN,
                                      .remote_domid = b->remote_dom,
                                      .remote_port = b->remote_port};
    }
    spin_unlock_irqrestore(&x->lock, flags);
    return port;
}

/* A new channel is pending at once: its users may have been waiting for it. */
static void settle(struct vm *d, u32 port, bool is_bound)
{
    u64 flags = spin_lock_irqsave(&d->xen->lock);
    if (is_bound) {
        set_pending(d, port);
    } else {
        d->xen->port[port].state = PORT_FREE;
    }
    spin_unlock_irqrestore(&d->xen->lock, flags);
}

static s64 bind_interdomain(struct vm *d, struct evtchn_bind_interdomain *b)
{
    bool to_host = b->remote_dom == 0 && d->xen->host_event; /* it opens no ports to guests */
    if (!port_valid(b->remote_port) || to_host || b->remote_dom == d->id) {
        return -XEN_EINVAL;
    }
    s64 port = reserve(d, b);
    if (port < 0) {
        return port;
    }
    struct message m = {(u16)d->id, (u32)port, b->remote_port};
    bool is_bound = vm_with(b->remote_dom, accept_binding, (u64)&m);
    settle(d, (u32)port, is_bound);
    b->local_port = (u32)port;
    return is_bound ? 0 : -XEN_EINVAL;
}

static s64 send(struct vm *d, u32 port)
{
    struct port p;
    if (!copy_port(d, port, &p)) {
        return -XEN_EINVAL;
    }
    if (p.state == PORT_INTERDOMAIN) { /* an unbound one: nobody is there, nothing is lost */
        struct message m = {(u16)d->id, port, p.remote_port};
        vm_with(p.remote_domid, deliver, (u64)&m);
    } else if (p.state == PORT_HOST) {
        d->xen->host_event(d, port);
    }
    return 0;
}

static s64 close(struct vm *d, u32 port)
{
    struct port p;
    if (!port_valid(port)) {
        return -XEN_EINVAL;
    }
    u64 flags = spin_lock_irqsave(&d->xen->lock);
    p = d->xen->port[port];
    d->xen->port[port] = (struct port){.state = PORT_FREE};
    spin_unlock_irqrestore(&d->xen->lock, flags);
    if (p.state == PORT_INTERDOMAIN) {
        struct message m = {(u16)d->id, port, p.remote_port};
        vm_with(p.remote_domid, unbind, (u64)&m);
    }
    return p.state == PORT_FREE ? -XEN_EINVAL : 0;
}

/* --- commands of the domain alone; its lock is held --- */

static s64 alloc_unbound(struct vm *d, struct evtchn_alloc_unbound *a)
{
    if (a->dom != DOMID_SELF && a->dom != d->id) {
        return -XEN_EPERM; /* for others: only the tools of a real dom0 */
    }
    struct xen_domain *x = d->xen;
    s64 port = allocate(x);
    if (port < 0) {
        return port;
    }
    u16 remote = a->remote_dom == DOMID_SELF ? (u16)d->id : a->remote_dom;
    bool to_host = remote == 0 && x->host_event;
    x->port[port] =
        (struct port){.state = to_host ? PORT_HOST : PORT_UNBOUND, .remote_domid = remote};
    a->port = (u32)port;
    if (to_host) {
        x->host_event(d, a->port);
    }
    return 0;
}

static s64 bind_vcpu(struct vm *d, const struct evtchn_bind_vcpu *b)
{
    if (!port_valid(b->port) || b->vcpu >= d->vcpu_count || !d->xen->vcpu_info[b->vcpu]) {
        return b->vcpu >= d->vcpu_count ? -XEN_ENOENT : -XEN_EINVAL;
    }
    d->xen->port[b->port].vcpu = (u8)b->vcpu;
    return 0;
}

static s64 unmask(struct vm *d, u32 port)
{
    if (!port_valid(port)) {
        return -XEN_EINVAL;
    }
    struct shared_info *s = d->xen->shared;
    struct vcpu *v = d->vcpu[d->xen->port[port].vcpu];
    struct vcpu_info *info = d->xen->vcpu_info[v->index];
    __atomic_fetch_and(&s->evtchn_mask[port / 64], ~BIT(port % 64), __ATOMIC_SEQ_CST);
    if (info && event_pending(d, port) && !test_and_set(&info->evtchn_pending_sel, port / 64)) {
        mark_pending(d, v);
    }
    return 0;
}

union arguments {
    struct evtchn_bind_interdomain bind;
    struct evtchn_alloc_unbound unbound;
    struct evtchn_bind_vcpu bind_vcpu;
    struct evtchn_send port;
};

static s64 run_alone(struct vm *d, u64 command, union arguments *a)
{
    u64 flags = spin_lock_irqsave(&d->xen->lock);
    s64 result = command == EVTCHNOP_ALLOC_UNBOUND ? alloc_unbound(d, &a->unbound)
                 : command == EVTCHNOP_BIND_VCPU   ? bind_vcpu(d, &a->bind_vcpu)
                                                   : unmask(d, a->port.port);
    spin_unlock_irqrestore(&d->xen->lock, flags);
    return result;
}

s64 event_channel_op(struct vcpu *v, u64 command, u64 argument)
{
    static const u8 sizes[] = {
        [EVTCHNOP_BIND_INTERDOMAIN] = sizeof(struct evtchn_bind_interdomain),
        [EVTCHNOP_CLOSE] = sizeof(struct evtchn_send),
        [EVTCHNOP_SEND] = sizeof(struct evtchn_send),
        [EVTCHNOP_ALLOC_UNBOUND] = sizeof(struct evtchn_alloc_unbound),
        [EVTCHNOP_BIND_VCPU] = sizeof(struct evtchn_bind_vcpu),
        [EVTCHNOP_UNMASK] = sizeof(struct evtchn_send),
    };
    union arguments a;
    struct vm *d = v->vm;
    u64 size = command < ARRAY_SIZE(sizes) ? sizes[command] : 0;
    if (size == 0 || !copy_from_guest(v, &a, argument, size)) {
        return size == 0 ? -XEN_ENOSYS : -XEN_EFAULT;
    }
    s64 result = command == EVTCHNOP_SEND               ? send(d, a.port.port)
                 : command == EVTCHNOP_BIND_INTERDOMAIN ? bind_interdomain(d, &a.bind)
                 : command == EVTCHNOP_CLOSE            ? close(d, a.port.port)
                                                        : run_alone(d, command, &a);
    bool has_output = command == EVTCHNOP_BIND_INTERDOMAIN || command == EVTCHNOP_ALLOC_UNBOUND;
    if (result == 0 && has_output && !copy_to_guest(v, argument, &a, size)) {
        return -XEN_EFAULT;
    }
    return result;
}
