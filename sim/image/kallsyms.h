/*
 * The symbol table inside a kernel's image: Linux (CONFIG_KALLSYMS, scripts/kallsyms.c) and Xen
 * (xen/tools/symbols.c), which have the same format, as found in Debian's stripped images.
 *
 * Nothing in an image points to the table, so it is found by what it looks like: 256 tokens with an
 * index of their offsets behind them, and before them the names, which are strings of tokens.
 */
#ifndef EL2SIM_IMAGE_KALLSYMS_H
#define EL2SIM_IMAGE_KALLSYMS_H

#include "sim/base/types.h"

#define KALLSYMS_NAME_MAX 512 /* KSYM_NAME_LEN of Linux 6.1 */
#define KALLSYMS_TOKENS   256

struct kallsyms {
    const uint8_t *image;
    size_t size;
    uint32_t count;       /* symbols, in order of their addresses */
    uint64_t image_start; /* linked address of the image's first byte */

    size_t token[KALLSYMS_TOKENS]; /* offsets in the image */
    size_t tokens;                 /* where the tokens begin, their index ends the table */
    size_t names, count_at, addresses;
    bool relative; /* addresses are of 32 bits, from `base` on */
    uint64_t base;
    size_t next_name; /* of kallsyms_next() */
    uint32_t next;
};

/* Finds the table in an uncompressed image, which must outlive *k. False: there is none, or it is
 * of a kind that we do not know. */
bool kallsyms_find(struct kallsyms *k, const uint8_t *image, size_t size);

/* The next symbol: its linked address, and its type (as nm's) and name. False: no more. */
bool kallsyms_next(struct kallsyms *k, uint64_t *address, char *type, char name[KALLSYMS_NAME_MAX]);

#endif
