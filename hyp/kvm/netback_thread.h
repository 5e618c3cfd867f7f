/* A guest's network card over Xen's interface, in the host of a KVM: what vhost.c is for virtio. */
#ifndef EL2SIM_HYP_KVM_NETBACK_THREAD_H
#define EL2SIM_HYP_KVM_NETBACK_THREAD_H

#include "types.h"

struct vm;
struct netback_thread;

/* Connects card n of the host with the rings that the guest grants. NULL: there is no such card, or
 * no such grant. In a thread. */
struct netback_thread *netback_start(struct vm *vm, unsigned n);
void netback_wake(struct netback_thread *t); /* the guest has sent an event */
void netback_stop(struct netback_thread *t); /* NULL: nothing happens */

#endif
