/* dom0's network: the host's cards on one side, front ends on the other. */
#ifndef EL2SIM_WORKLOADS_XEN_NET_H
#define EL2SIM_WORKLOADS_XEN_NET_H

#include "lib/guest.h"

/* Starts the cards that the boot page names; `woken` is called in interrupt context when there is
 * something to do. */
void net_init(const struct guest_boot *boot, void (*woken)(void));
bool net_connect(unsigned n); /* the front end of card n has granted its rings. False: no card */
void net_work(void);          /* moves frames until there are none */

#endif
