/* The flattened device tree: just what the kernel asks of it. */
#ifndef EL2SIM_HYP_KERNEL_FDT_H
#define EL2SIM_HYP_KERNEL_FDT_H

#include "kernel/cpu.h"

/* What the boot loader put into memory beside the kernel, as the multiboot convention names it in
 * /chosen: module@... with "multiboot,kernel" or "multiboot,ramdisk" in compatible. */
struct board_module {
    u64 base, size; /* 0: there is none */
    const char *bootargs;
};

struct board_info {
    u64 ram_base, ram_size;
    unsigned cpu_count;
    u64 mpidr[CPU_MAX];
    bool psci_by_hvc;     /* else by SMC: a machine without EL2 and EL3 */
    const char *bootargs; /* "" if there are none */
    struct board_module guest_kernel, guest_ramdisk;
};

/* False: no device tree at fdt. */
bool fdt_read_board(const void *fdt, struct board_info *info);

#endif
