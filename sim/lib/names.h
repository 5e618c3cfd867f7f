/* Names of ELF files: of functions and of data, which the ledger's symbols (sim/image/symbols.h)
 * have not. */
#ifndef EL2SIM_LIB_NAMES_H
#define EL2SIM_LIB_NAMES_H

#include "sim/base/err.h"
#include "sim/base/types.h"

struct names;

struct names *names_create(void);
struct names *names_copy(const struct names *names);
void names_destroy(struct names *names);

/* Adds all symbols of an ELF file. False with *e: unreadable, stripped. */
bool names_add_elf(struct names *names, const char *path, struct err *e);

/* The address of a name, by the file that was added first. False with *e, which names others that
 * are alike. */
bool names_find(const struct names *names, const char *name, uint64_t *address, struct err *e);

/* The name that begins at, or last before, an address; NULL: none does. *start: where. */
const char *names_at(const struct names *names, uint64_t address, uint64_t *start);

#endif
