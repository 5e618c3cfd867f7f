/*
 * Designs: hardware x hypervisor image x price list, by name (sim/designs). Any of the three can be
 * overridden on the command line.
 */
#ifndef EL2SIM_CATALOG_DESIGN_H
#define EL2SIM_CATALOG_DESIGN_H

#include "sim/base/err.h"
#include "sim/catalog/data_files.h"
#include "sim/board/machine.h"
#include "sim/catalog/profile.h"

/* Whose code a symbol file is: at which ELs it runs, and whether inside a VM. */
struct design_symbols {
    char *image; /* as `image` of the design */
    uint8_t *els;
    unsigned els_count;
    int where; /* enum design_where */
};

enum design_where { WHERE_HOST, WHERE_VM };

/* What the image, a hypervisor, is to start: fdt_modules.h. */
struct design_module {
    unsigned domain;
    char *image, *append; /* image: as `image` of the design; append: may be NULL */
    bool ramdisk;
};

struct design {
    char *name, *title, *about;
    char *from; /* the design that its image is built from (docs/add-a-design.md), or NULL */
    char *cpu, *features; /* features: as --feature, may be NULL */
    unsigned el;          /* of the entry; 0: EL2. 1: a machine without EL2 */
    unsigned gic, smp;
    char *memory;      /* as -m of QEMU: "256M" */
    char *image;       /* a guest image by name, real/FILE (scripts/real-software.sh), or a path */
    char *initrd;      /* NULL, guest/FILE, real/FILE or a path */
    char *append;      /* kernel command line */
    char *asks;        /* what the guest prints before it reads rows= and n= from the console;
                          NULL: they are added to the command line */
    char *snapshot;    /* where a start can be saved, as --snapshot-at; needs `asks` */
    unsigned networks; /* network cards, each with the simulated peer at its other end */
    bool host_stage2;  /* the host has a stage 2 of its own, VMID 0 (protected KVM) */
    unsigned guest_asids[2]; /* without EL2: first and last ASID of guests' address spaces; 0, 0:
                                none */
    char *profile;           /* default price list */
    char *path;              /* the file this is from, for messages */
    struct design_symbols *symbols;
    unsigned symbols_count;
    struct design_module *modules;
    unsigned modules_count;
};

/* By name or path. NULL with *e. */
struct design *design_load(const char *name_or_path, struct err *e);
void design_free(struct design *design);

/* "256M", "1G", "262144K", "512" (MiB, as QEMU has it) -> bytes. */
bool design_parse_memory(const char *text, uint64_t *bytes, struct err *e);

/* Fills what a design and a profile say of the machine; the rest of *config keeps what it has. */
bool design_configure(const struct design *design, const struct profile *profile,
                      struct machine_config *config, struct err *e);

/* The profile's part alone: prices, rates, TLB, quantum, the peer of networks without latency. */
void profile_configure(const struct profile *profile, struct machine_config *config);

/* A hash of all that the design's machine depends on up to its snapshot: the program, files,
 * prices, command line. */
bool design_key(const struct design *design, const struct profile *profile,
                const struct machine_config *config, const char *append, char key[IMAGE_HASH_TEXT],
                struct err *e);

/* Where a file is that a design names: "real/x" is software that a script fetches, "guest/x" what
 * our build makes whatever its suffix; anything else a guest image by name, or a path. */
bool design_find_file(const char *name, char path[DATA_PATH_MAX], struct err *e);

/* Loads the design's image and symbols; append overrides the design's when not NULL. */
bool design_boot(const struct design *design, const char *append, struct machine *m, struct err *e);

#endif
