/* The first thread: it starts what this host is for, waits for its end and powers the machine off.
 */
#ifndef EL2SIM_HYP_KERNEL_INIT_H
#define EL2SIM_HYP_KERNEL_INIT_H

#include "kernel/fdt.h"

void init_thread(void *board); /* const struct board_info * */

/* --- bootargs.c --- */
unsigned bootargs_number(const char *words, const char *name); /* 0: not there */
unsigned bootargs_number_or(const char *words, const char *name, unsigned otherwise);
bool rows_have(const char *rows, const char *name); /* a list with commas; empty: has all */

#endif
