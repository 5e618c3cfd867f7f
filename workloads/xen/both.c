/* Rows and event channels, the same in every domain. */
#include "abi/mark.h"
#include "rows.h"

/* A page of our own, over which Xen's shared_info is mapped. */
extern volatile uint8_t shared_info[];

void events_init(void)
{
    struct xen_add_to_physmap map = {.domid = DOMID_SELF,
                                     .space = XENMAPSPACE_SHARED_INFO,
                                     .gpfn = (uintptr_t)shared_info >> 12};
    xen_hypercall(HYPERCALL_MEMORY_OP, XENMEM_ADD_TO_PHYSMAP, &map, 0);
}

void event_send(uint32_t port)
{
    struct evtchn_send send = {.port = port};
    xen_hypercall(HYPERCALL_EVENT_CHANNEL_OP, EVTCHNOP_SEND, &send, 0);
}

static volatile uint64_t *pending_word(uint32_t port)
{
    return (volatile uint64_t *)(shared_info + SHARED_INFO_EVTCHN_PENDING) + port / 64;
}

void event_wait(uint32_t port)
{
    struct sched_poll poll = {.ports = (uintptr_t)&port, .count = 1};
    while ((*pending_word(port) >> port % 64 & 1) == 0) {
        xen_hypercall(HYPERCALL_SCHED_OP, SCHEDOP_POLL, &poll, 0);
    }
    *pending_word(port) &= ~(UINT64_C(1) << port % 64); /* one CPU: nobody sets a bit meanwhile */
}

void row_hypercall(const char *name)
{
    mark_begin(name, OPS);
    for (unsigned i = 0; i < OPS; i++) {
        xen_hypercall(HYPERCALL_XEN_VERSION, 0, 0, 0);
    }
    mark_end(name);
}

/* GICD_IIDR: the distributor is emulated. */
void row_gic(const char *name, uintptr_t gicd)
{
    mark_begin(name, OPS);
    for (unsigned i = 0; i < OPS; i++) {
        (void)*(volatile uint32_t *)(gicd + 8);
    }
    mark_end(name);
}

void shut_down(void)
{
    struct sched_shutdown off = {.reason = 0};
    for (;;) {
        xen_hypercall(HYPERCALL_SCHED_OP, SCHEDOP_SHUTDOWN, &off, 0);
    }
}
