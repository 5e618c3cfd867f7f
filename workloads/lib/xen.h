/* Xen's interface from a guest of ours: hypercalls, event channels, grants. */
#ifndef EL2SIM_WORKLOADS_LIB_XEN_H
#define EL2SIM_WORKLOADS_LIB_XEN_H

#include "abi/xen.h"
#include "lib/guest.h"

static inline long xen_hypercall(u64 number, u64 a, u64 b, u64 c)
{
    register u64 x0 __asm__("x0") = a;
    register u64 x1 __asm__("x1") = b;
    register u64 x2 __asm__("x2") = c;
    register u64 x16 __asm__("x16") = number;
    __asm__ volatile("hvc #0xea1" : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x16) : : "memory");
    return (long)x0;
}

/* Maps what Xen shares with the domain; events come as interrupts of VCPU 0 from here. False: there
 * is no Xen. */
bool xen_start(void);

long event_send(u32 port);
long event_alloc_unbound(u16 remote_domid, u32 *port);
long event_bind(u16 remote_domid, u32 remote_port, u32 *port);
void event_set_handler(u32 port, irq_handler fn);
/* Its events interrupt that VCPU (0 until told otherwise), which has called xen_start_vcpu(). */
void event_bind_vcpu(u32 port, unsigned vcpu);
bool xen_start_vcpu(void); /* on another VCPU than 0 */

/* Lets a domain use the page at a physical address of ours. */
void grant_page(u32 ref, u16 domid, u64 address);
/* Puts a page of another domain at a physical address of ours, and takes it away: 0 or GNTST_*. */
int grant_map(u16 domid, u32 ref, u64 address, bool readonly, u32 *handle);
int grant_unmap(u32 handle, u64 address);
bool grant_in_use(u32 ref); /* somebody has a page of ours mapped */
bool grant_is_given(u32 ref);
bool grant_end(u32 ref); /* takes it back; false: it is in use */

#endif
