/* From the first C instruction to a kernel with its CPUs, and what it then does: main.c or another.
 */
#ifndef EL2SIM_HYP_KERNEL_BOOT_H
#define EL2SIM_HYP_KERNEL_BOOT_H

#include "kernel/fdt.h"

const struct board_info *kernel_board(void);

/* --- by the file that gives the kernel its purpose --- */
void main_init(void);     /* once: memory, interrupts and CPU 0 are there, the others not yet */
void main_init_cpu(void); /* on each CPU, before it takes interrupts */
void main_run(struct board_info *board); /* on CPU 0 when all run: starts threads and returns */

#endif
