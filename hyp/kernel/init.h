/* The first thread: it starts what this host is for, waits for its end and powers the machine off.
 */
#ifndef EL2SIM_HYP_KERNEL_INIT_H
#define EL2SIM_HYP_KERNEL_INIT_H

#include "kernel/fdt.h"

void init_thread(void *board); /* const struct board_info * */

#endif
