/* The privileged domain: its rows, then the other domain as its peer, then the machine off. */
#include "abi/mark.h"
#include "rows.h"

#define PEER      1
#define PORTS     64
#define HOST_GICD 0x08000000 /* dom0 sees the machine's own map */

static void print(const char *text)
{
    uint64_t length = 0;
    while (text[length]) {
        length++;
    }
    xen_hypercall(HYPERCALL_CONSOLE_IO, CONSOLEIO_WRITE, (const void *)length, (uintptr_t)text);
}

/* The peer opens a port to us when it is ready; which, it cannot say. */
static uint32_t connect(void)
{
    for (;;) {
        for (uint32_t port = 1; port < PORTS; port++) {
            struct evtchn_bind_interdomain bind = {.remote_dom = PEER, .remote_port = port};
            if (xen_hypercall(HYPERCALL_EVENT_CHANNEL_OP, EVTCHNOP_BIND_INTERDOMAIN, &bind, 0) ==
                0) {
                return bind.local_port;
            }
        }
        xen_hypercall(HYPERCALL_SCHED_OP, SCHEDOP_YIELD, 0, 0);
    }
}

/* An event to a domain that sleeps on this CPU, and its answer: two domain switches. */
static void row_switch(uint32_t port)
{
    mark_begin("vm-switch", OPS);
    for (unsigned i = 0; i < OPS; i++) {
        event_send(port);
        event_wait(port);
    }
    mark_end("vm-switch");
}

void domain_main(void)
{
    print("dom0: rows\n");
    row_hypercall("hypercall-dom0");
    row_gic("gic-trap-dom0", HOST_GICD);
    events_init();
    uint32_t port = connect();
    event_wait(port); /* the peer has done its own rows */
    row_switch(port);
    print("dom0: RESULT PASS\n");
    shut_down();
}
