/*
 * The device of the I/O rows over Xen's interface: a ring in a page that the front end grants to
 * dom0, and an event channel. What xenstore would tell the two is agreed on here.
 */
#ifndef EL2SIM_ABI_XEN_IO_H
#define EL2SIM_ABI_XEN_IO_H

#define ROWS_DOMID    2 /* the front end's */
#define XEN_IO_GRANT  8 /* its reference to the ring */
#define XEN_IO_PORT   1 /* its port, the first that it allocates */
#define XEN_RING_SIZE 8

#define DOM0_ENTRY 0x40100000 /* where its kernel is loaded and entered */

#ifndef __ASSEMBLER__
/* A page of its own: all of it is shared. Requests are numbered from 0; number n is in slot
 * n % XEN_RING_SIZE. */
struct xen_ring {
    unsigned int requests;            /* put there by the front end */
    unsigned int responses;           /* taken by dom0 */
    unsigned int ready;               /* dom0 has mapped the ring */
    unsigned int mode[XEN_RING_SIZE]; /* IODEV_MODE_* of abi/guest.h */
    unsigned char rest[4096 - (3 + XEN_RING_SIZE) * sizeof(unsigned int)];
};
#endif

#endif
