/*
 * The part of Xen's public interface (xen/include/public, arm64) that the rows use. Numbers are
 * Xen's.
 */
#ifndef EL2SIM_WORKLOADS_XEN_XEN_H
#define EL2SIM_WORKLOADS_XEN_XEN_H

#include <stdint.h>

enum { /* x16 of HVC #0xEA1 */
       HYPERCALL_MEMORY_OP = 12,
       HYPERCALL_XEN_VERSION = 17,
       HYPERCALL_CONSOLE_IO = 18,
       HYPERCALL_SCHED_OP = 29,
       HYPERCALL_EVENT_CHANNEL_OP = 32
};

#define DOMID_SELF 0x7ff0

/* --- console_io --- */
#define CONSOLEIO_WRITE 0

/* --- memory_op --- */
#define XENMEM_ADD_TO_PHYSMAP   7
#define XENMAPSPACE_SHARED_INFO 0
struct xen_add_to_physmap {
    uint16_t domid, size;
    uint32_t space;
    uint64_t idx, gpfn;
};

/* --- sched_op --- */
#define SCHEDOP_YIELD    0
#define SCHEDOP_SHUTDOWN 2
#define SCHEDOP_POLL     3
struct sched_shutdown {
    uint32_t reason; /* 0: power off */
};
struct sched_poll {
    uint64_t ports; /* address of uint32_t[] */
    uint32_t count;
    uint64_t timeout; /* 0: none */
};

/* --- event_channel_op --- */
#define EVTCHNOP_BIND_INTERDOMAIN 0
#define EVTCHNOP_SEND             4
#define EVTCHNOP_ALLOC_UNBOUND    6
struct evtchn_alloc_unbound {
    uint16_t dom, remote_dom;
    uint32_t port;
};
struct evtchn_bind_interdomain {
    uint16_t remote_dom;
    uint32_t remote_port, local_port;
};
struct evtchn_send {
    uint32_t port;
};

/* Of struct shared_info: pending bits of the 2-level event channels, behind vcpu_info[0] (48
 * bytes). */
#define SHARED_INFO_EVTCHN_PENDING 0x30

#endif
