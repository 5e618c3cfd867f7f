/*
 * What a hypervisor of Xen's kind is to start, in the words of its device tree binding (Xen's
 * docs/misc/arm/device-tree/booting.txt): dom0's kernel and RAM disk, and guests beside it, as
 * files in memory.
 */
#ifndef EL2SIM_BOARD_FDT_MODULES_H
#define EL2SIM_BOARD_FDT_MODULES_H

#include "sim/board/fdt_virt.h"
#include "sim/image/loader_place.h"

#define MODULES_MAX 8

/* What Xen gives a guest of its own (a dom0less domain). */
#define MODULES_GUEST_MIB 192

struct boot_module {
    const char *path;
    const char *append; /* command line of a kernel, or NULL */
    unsigned domain;    /* 0: dom0 */
    bool is_ramdisk;    /* else a kernel */
};

/*
 * "domN:kernel:FILE", "domN:kernel:FILE,COMMAND LINE" or "domN:ramdisk:FILE" -> out. `text` is cut
 * and must live as long as *out. False with *e.
 */
bool modules_parse(char *text, struct boot_module *out, struct err *e);

/* Puts the files into RAM, each at a 2 MiB boundary, high enough for what the boot loader puts
 * below; where, into ranges[]. */
bool modules_place(const struct boot_module *modules, unsigned count, const struct ram *ram,
                   struct ram_map_of_files *map, struct loaded_range *ranges, struct err *e);

/* Names them under /chosen, with the hypervisor's own command line. */
bool fdt_add_modules(struct fdt_tree *tree, const struct boot_module *modules, unsigned count,
                     const struct loaded_range *ranges, const char *append, struct err *e);

#endif
