/*
 * The device's side of a virtio network card (virtio_net.h): registers of the transport and the
 * rings in a guest's memory, read without believing them. Where memory, frames and interrupts come
 * from is the caller's business: the kernel (kvm/vhost.c) or the VMM (vmm/net.c).
 */
#ifndef EL2SIM_HYP_DRIVERS_VIRTIO_BACKEND_H
#define EL2SIM_HYP_DRIVERS_VIRTIO_BACKEND_H

#include "virtio_net.h"

#define VBACK_QUEUE_MAX 256

struct vback_queue {
    u64 desc, driver, device; /* guest addresses */
    u16 size;
    bool ready;
    u16 taken;     /* available entries */
    u16 used;      /* entries given back */
    u16 signalled; /* `used` at the last look at whether the guest wants an interrupt */
};

struct vback {
    /* The byte at a guest address, good to the end of its page; NULL: no memory. */
    void *(*memory)(struct vback *b, u64 address);
    void (*interrupt)(struct vback *b); /* an edge */

    struct vback_queue queue[2];
    u64 accepted;
    u32 offered_select, accepted_select, queue_select;
    u32 status, interrupts;
};

enum vback_event { VBACK_NOTHING, VBACK_NOTIFIED };

/* A guest's access to the registers. Writes are for one at a time, and not while somebody uses the
 * queues; but QUEUE_NOTIFY and INTERRUPT_ACK may be written, and all registers read, at any time.
 */
u32 vback_read(const struct vback *b, u64 offset);
enum vback_event vback_write(struct vback *b, u64 offset, u32 value);

/* Whether the driver has said that the queues may be used. */
bool vback_works(const struct vback *b);

/* In between, vback_works() says no: who uses the queues comes out of them. */
void vback_hold(struct vback *b);
void vback_release(struct vback *b);

/* Sending: the next frame that the guest has queued, copied to `frame` (VNET_FRAME_MAX bytes); 0:
 * there is none, and the guest has been asked to notify of the next one. */
u32 vback_take(struct vback *b, u8 *frame);
/* After a batch: an interrupt, if the guest wants to know that they are gone. */
void vback_taken(struct vback *b);

/* Receiving: whether the guest has a buffer; if not it has been asked to notify. */
bool vback_has_room(struct vback *b);
/* Only then: a frame into it, and an interrupt if the guest waits for one. The VNET_HEADER_BYTES
 * before the frame are overwritten. */
void vback_give(struct vback *b, u8 *frame, u32 bytes);

#endif
