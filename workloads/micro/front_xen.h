/* What further front ends over Xen's interface use of the rows' own. */
#ifndef EL2SIM_WORKLOADS_MICRO_FRONT_XEN_H
#define EL2SIM_WORKLOADS_MICRO_FRONT_XEN_H

#include "types.h"

/* The back end connects to network card n, whose rings are granted. False: it has no such card. */
bool front_connect_net(unsigned n);

bool front_requests_of_one_event(void); /* a check */

#endif
