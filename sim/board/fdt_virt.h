/*
 * The device tree that the guest gets: one of the board as it is, with the nodes and properties of
 * QEMU's `virt`, or the user's own; either way memory and /chosen are filled in, as QEMU does.
 *
 * What `virt` puts in at random (rng-seed, kaslr-seed) is left out: runs are deterministic.
 */
#ifndef EL2SIM_BOARD_FDT_VIRT_H
#define EL2SIM_BOARD_FDT_VIRT_H

#include "sim/base/err.h"
#include "sim/base/types.h"
#include "sim/image/loader.h"
#include "sim/board/psci.h"

struct fdt_board {
    unsigned cpu_count;
    uint64_t mpidr[EL2SIM_MAX_CPUS];
    const char *cpu_name; /* of the CPU model: picks the "compatible" of the CPU nodes */
    unsigned gic_version;
    bool has_el2; /* the guest can use EL2: virtual interface of the GIC, maintenance PPI */
    bool has_vhe; /* with has_el2: the EL2 virtual timer's PPI */
    bool has_pmu;
    enum psci_conduit conduit;
    uint32_t virtio_slots; /* bit n: slot n is populated */
};

/* What is filled in at each boot. */
struct fdt_boot {
    pa_t ram_base;
    uint64_t ram_bytes;
    const char *bootargs;       /* NULL or "": the tree keeps its own, if any */
    struct loaded_range initrd; /* size 0: none */
    enum psci_conduit conduit;  /* for a user's tree that has no /psci */
};

struct fdt_tree {
    void *data; /* malloc'd */
    size_t size_bytes;
};

/* The board's own tree, complete. */
bool fdt_virt_create(const struct fdt_board *board, const struct fdt_boot *boot,
                     struct fdt_tree *out, struct err *e);

/* The user's tree from a file (--dtb), checked, with memory, /chosen and, where missing, /psci
 * filled in. */
bool fdt_virt_read(const char *path, const struct fdt_boot *boot, struct fdt_tree *out,
                   struct err *e);

void fdt_tree_free(struct fdt_tree *tree);

#endif
