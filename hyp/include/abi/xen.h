/*
 * The part of Xen's public interface (xen/include/public, arm64) that our domains use and our
 * hypervisors implement. Numbers and layouts are Xen's; workloads/xen runs on Xen itself with them.
 */
#ifndef EL2SIM_ABI_XEN_H
#define EL2SIM_ABI_XEN_H

#define XEN_HVC_IMMEDIATE 0xea1 /* number in x16, arguments in x0-x4, result in x0 */

#define HYPERCALL_MEMORY_OP        12
#define HYPERCALL_XEN_VERSION      17
#define HYPERCALL_CONSOLE_IO       18
#define HYPERCALL_GRANT_TABLE_OP   20
#define HYPERCALL_VCPU_OP          24
#define HYPERCALL_SCHED_OP         29
#define HYPERCALL_EVENT_CHANNEL_OP 32
#define HYPERCALL_COUNT            64

/* Results below zero. */
#define XEN_EPERM  1
#define XEN_ENOENT 2
#define XEN_EFAULT 14
#define XEN_EINVAL 22
#define XEN_ENOSPC 28
#define XEN_ENOSYS 38

#define DOMID_SELF 0x7ff0

/* --- xen_version --- */
#define XENVER_VERSION    0 /* major << 16 | minor */
#define XEN_VERSION_VALUE (4 << 16 | 5)

/* --- console_io --- */
#define CONSOLEIO_WRITE 0 /* (bytes, address) */

/* --- memory_op --- */
#define XENMEM_ADD_TO_PHYSMAP   7
#define XENMAPSPACE_SHARED_INFO 0
#define XENMAPSPACE_GRANT_TABLE 1

/* --- sched_op --- */
#define SCHEDOP_YIELD     0
#define SCHEDOP_BLOCK     1
#define SCHEDOP_SHUTDOWN  2
#define SCHEDOP_POLL      3
#define SHUTDOWN_POWEROFF 0
#define SHUTDOWN_REBOOT   1
#define SHUTDOWN_CRASH    3

/* --- vcpu_op --- */
#define VCPUOP_REGISTER_VCPU_INFO 10

/* --- event_channel_op --- */
#define EVTCHNOP_BIND_INTERDOMAIN 0
#define EVTCHNOP_CLOSE            3
#define EVTCHNOP_SEND             4
#define EVTCHNOP_ALLOC_UNBOUND    6
#define EVTCHNOP_BIND_VCPU        8
#define EVTCHNOP_UNMASK           9

/* Interrupt of an event, a PPI: what Xen's device tree for a guest says. */
#define GUEST_EVTCHN_INTID 31

/* --- grant_table_op: (command, array, count) --- */
#define GNTTABOP_MAP_GRANT_REF   0
#define GNTTABOP_UNMAP_GRANT_REF 1
#define GNTTABOP_COPY            5
#define GNTMAP_HOST_MAP          (1 << 1)
#define GNTMAP_READONLY          (1 << 2)
#define GNTCOPY_SOURCE_GREF      (1 << 0)
#define GNTCOPY_DEST_GREF        (1 << 1)
#define GNTST_OKAY               0
#define GNTST_GENERAL_ERROR      (-1)
#define GNTST_BAD_DOMAIN         (-2)
#define GNTST_BAD_GNTREF         (-3)
#define GNTST_BAD_HANDLE         (-4)
#define GNTST_BAD_VIRT_ADDR      (-5)
#define GNTST_PERMISSION_DENIED  (-8)
#define GNTST_BAD_COPY_ARG       (-10)

/* A grant table of version 1. References below 8 belong to the tools. */
#define GTF_PERMIT_ACCESS 1
#define GTF_TYPE_MASK     3
#define GTF_READONLY      (1 << 2)
#define GTF_READING       (1 << 3)
#define GTF_WRITING       (1 << 4)

/* Of struct shared_info: pending and mask bits of the 2-level event channels, behind vcpu_info[0].
 */
#define SHARED_INFO_EVTCHN_PENDING 0x30
#define SHARED_INFO_EVTCHN_MASK    0x230
#define EVTCHN_WORDS               64

#ifndef __ASSEMBLER__
#include <stddef.h>
#include <stdint.h>

struct xen_add_to_physmap {
    uint16_t domid, size;
    uint32_t space;
    uint64_t idx, gpfn;
};

struct sched_shutdown {
    uint32_t reason;
};

struct sched_poll {
    uint64_t ports; /* address of uint32_t[] */
    uint32_t count;
    uint64_t timeout; /* 0: none */
};

struct evtchn_alloc_unbound {
    uint16_t dom, remote_dom;
    uint32_t port; /* out */
};

struct evtchn_bind_interdomain {
    uint16_t remote_dom;
    uint32_t remote_port;
    uint32_t local_port; /* out */
};

struct evtchn_bind_vcpu {
    uint32_t port, vcpu;
};

struct evtchn_send { /* also close and unmask */
    uint32_t port;
};

struct vcpu_register_vcpu_info {
    uint64_t gfn;
    uint32_t offset, reserved;
};

struct vcpu_info {
    uint8_t evtchn_upcall_pending, pad0, evtchn_upcall_mask, pad1[5];
    uint64_t evtchn_pending_sel;
    uint64_t time[4];
};

struct shared_info {
    struct vcpu_info vcpu_info[1];
    uint64_t evtchn_pending[EVTCHN_WORDS];
    uint64_t evtchn_mask[EVTCHN_WORDS];
};

struct grant_entry_v1 {
    uint16_t flags, domid;
    uint32_t frame;
};

struct gnttab_map_grant_ref {
    uint64_t host_addr; /* IPA */
    uint32_t flags, ref;
    uint16_t dom;
    int16_t status;  /* out */
    uint32_t handle; /* out */
    uint64_t dev_bus_addr;
};

struct gnttab_unmap_grant_ref {
    uint64_t host_addr, dev_bus_addr;
    uint32_t handle;
    int16_t status; /* out */
};

struct gnttab_copy_end {
    uint64_t ref_or_gfn; /* a granted page, or one of the caller's own */
    uint16_t domid, offset;
};

struct gnttab_copy {
    struct gnttab_copy_end source, dest;
    uint16_t len, flags;
    int16_t status; /* out */
};

_Static_assert(sizeof(struct gnttab_copy) == 40, "xen.h");
_Static_assert(sizeof(struct vcpu_info) == SHARED_INFO_EVTCHN_PENDING, "xen.h");
_Static_assert(offsetof(struct shared_info, evtchn_mask) == SHARED_INFO_EVTCHN_MASK, "xen.h");
#endif

#endif
