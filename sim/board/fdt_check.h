/*
 * Does the user's device tree (--dtb) describe this machine? A guest that is told of memory, CPUs,
 * a GIC or a firmware call that are not there stops in ways that are hard to understand.
 */
#ifndef EL2SIM_BOARD_FDT_CHECK_H
#define EL2SIM_BOARD_FDT_CHECK_H

#include "sim/board/fdt_virt.h"

/*
 * Checks memory, CPUs, PSCI's conduit, GIC, timer, and where the PL011 and the PL031 are. What the
 * machine does not know, it leaves to the guest. False with *e: the file, the node, and what the
 * machine has instead.
 */
bool fdt_check_machine(const char *path, const struct fdt_board *board, const struct fdt_boot *boot,
                       struct err *e);

#endif
