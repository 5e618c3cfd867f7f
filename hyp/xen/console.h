/* The console of a domain, a PL011 at the board's address. */
#ifndef EL2SIM_HYP_XEN_CONSOLE_H
#define EL2SIM_HYP_XEN_CONSOLE_H

#include "kvm/vm.h"

void console_init(struct vm *d);
bool console_access(struct vm *d, struct mmio *m); /* false: not its address */

#endif
