/*
 * What a kernel finds that follows Linux' boot protocol for arm64 (Documentation/arch/arm64/
 * booting.rst): where it lies in memory, and a device tree that names the addresses of QEMU's virt:
 * a GIC, a timer, a PL011, PSCI by HVC; network cards where GUEST_NET() says. Offsets are from the
 * start of its RAM, GUEST_RAM.
 */
#ifndef EL2SIM_HYP_EMUL_BOOT_LINUX_H
#define EL2SIM_HYP_EMUL_BOOT_LINUX_H

#include "types.h"

#define BOOT_TREE_BYTES 0x10000 /* at offset 0 */
#define BOOT_UART_INTID 33      /* SPI 1 */

struct boot_kernel {
    const void *image;
    u64 image_bytes, ramdisk_bytes, memory_bytes;
    unsigned vcpu_count, gic_version;
    u32 timer_intid; /* of the timer that it may use: INTID_VTIMER or INTID_PTIMER */
    unsigned net_count;
    const char *bootargs;
};

struct boot_layout {
    u64 kernel; /* begins at its first byte, x0: the tree's address */
    u64 ramdisk;
    u64 end; /* of both, with what the kernel's file does not say of its memory */
};

/* NULL: there is no place for it, *why says a reason that does not end in a number of MiB. */
bool boot_layout(const struct boot_kernel *k, struct boot_layout *l, const char **why);

/* False: the tree does not fit. */
bool boot_tree(const struct boot_kernel *k, const struct boot_layout *l, void *tree);

#endif
