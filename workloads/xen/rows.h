/* The two domains of the Xen rows, and what both use. */
#ifndef EL2SIM_WORKLOADS_XEN_ROWS_H
#define EL2SIM_WORKLOADS_XEN_ROWS_H

#include "abi/xen.h"

#define OPS 100

/* --- head.S --- */
long xen_hypercall(uint64_t number, uint64_t a, const void *b, uint64_t c);

/* --- both.c --- */
void events_init(void);
void event_send(uint32_t port);
/* Sleeps until the port is pending, and clears it. */
void event_wait(uint32_t port);
void row_hypercall(const char *name);
void row_gic(const char *name, uintptr_t gicd);
_Noreturn void shut_down(void);

/* --- dom0.c, domu.c --- */
void domain_main(void);

#endif
