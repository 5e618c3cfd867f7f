/* The guest: its own rows, then it answers each event of dom0. */
#include "rows.h"

#define GUEST_GICD_V3                                                                              \
    0x03001000 /* xen/include/public/arch-arm.h: also GUEST_GICD_BASE of GICv2                     \
                */

void domain_main(void)
{
    struct evtchn_alloc_unbound alloc = {.dom = DOMID_SELF, .remote_dom = 0};
    events_init();
    row_hypercall("hypercall");
    row_gic("gic-trap", GUEST_GICD_V3);
    xen_hypercall(HYPERCALL_EVENT_CHANNEL_OP, EVTCHNOP_ALLOC_UNBOUND, &alloc, 0);
    for (;;) {
        event_wait(alloc.port);
        event_send(alloc.port);
    }
}
