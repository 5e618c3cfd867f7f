/* Writes a flattened device tree, for a guest. Not libfdt: Debian has it built for programs with a
 * C library, and there is none here. */
#ifndef EL2SIM_HYP_EMUL_FDT_WRITE_H
#define EL2SIM_HYP_EMUL_FDT_WRITE_H

#include "types.h"

#define FDT_STRINGS_MAX 1024

struct fdt {
    u8 *base;
    u32 at, limit;                 /* of the structure block, from base */
    char strings[FDT_STRINGS_MAX]; /* property names, each with its NUL */
    u32 strings_bytes;
    bool overflow; /* something did not fit */
};

void fdt_begin(struct fdt *f, void *base, u32 limit); /* zeroed memory, 8-byte aligned */
void fdt_node(struct fdt *f, const char *name);       /* the first is the root, "" */
void fdt_node_end(struct fdt *f);
void fdt_bytes(struct fdt *f, const char *name, const void *value, u32 bytes);
void fdt_text(struct fdt *f, const char *name, const char *text);
void fdt_cells(struct fdt *f, const char *name, const u32 *cells, u32 count);
bool fdt_end(struct fdt *f); /* all nodes have been ended; false: it did not fit */

/* Cells of a property as arguments. */
#define FDT_CELLS(f, name, ...)                                                                    \
    do {                                                                                           \
        const u32 cells_[] = {__VA_ARGS__};                                                        \
        fdt_cells((f), (name), cells_, ARRAY_SIZE(cells_));                                        \
    } while (0)

#endif
