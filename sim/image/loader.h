/*
 * Puts images into guest RAM where QEMU's `virt` puts them (its hw/arm/boot.c) and Linux' boot
 * protocol (Documentation/arm64/booting.rst) allows, and says how to start.
 *
 *     loader_kernel -> loader_initrd -> (the device tree is made: it names the initrd) ->
 * loader_dtb
 */
#ifndef EL2SIM_IMAGE_LOADER_H
#define EL2SIM_IMAGE_LOADER_H

#include "sim/base/err.h"
#include "sim/base/types.h"
#include "sim/image/ram.h"

enum kernel_kind {
    KERNEL_ELF,   /* its segments at their physical addresses; x0 = 0 at entry */
    KERNEL_IMAGE, /* arm64 Image, plain or gzip'd: x0 = device tree at entry */
    KERNEL_RAW    /* no header: as an Image of the time before there were headers */
};

struct kernel_image {
    enum kernel_kind kind;
    pa_t entry;
    pa_t start, end; /* lowest and highest memory it takes, zero-filled parts included */
};

/* A part of RAM; size_bytes 0 = none. */
struct loaded_range {
    pa_t start;
    uint64_t size_bytes;
};

/* What the first CPU starts with: x1, x2 and x3 are 0. */
struct boot_state {
    pa_t entry;
    uint64_t x0;
};

/*
 * Loads a kernel: ELF or Image by what the file says it is. raw: take the file as it is, at 0x80000
 * above the base of RAM, whatever it holds. False with *e: unreadable, truncated, for another
 * machine, outside RAM.
 */
bool loader_kernel(const char *path, bool raw, const struct ram *ram, struct kernel_image *out,
                   struct err *e);

/* Loads an initrd behind the kernel. An ELF kernel gets none, as on QEMU: that is an error here. */
bool loader_initrd(const char *path, const struct kernel_image *kernel, const struct ram *ram,
                   struct loaded_range *out, struct err *e);

/*
 * Loads the device tree: behind the initrd for an Image, at the base of RAM for an ELF kernel,
 * where there may be no room below it: then out->size_bytes is 0, and that is no error.
 */
bool loader_dtb(const void *dtb, size_t size_bytes, const struct kernel_image *kernel,
                const struct loaded_range *initrd, const struct ram *ram, struct loaded_range *out,
                struct err *e);

struct boot_state loader_boot_state(const struct kernel_image *kernel,
                                    const struct loaded_range *dtb);

#endif
