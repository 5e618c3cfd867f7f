/* The labels of a program: where the student's functions and data are. */
#ifndef EL2SIM_LAB_ELF_LABELS_H
#define EL2SIM_LAB_ELF_LABELS_H

#include "sim/base/err.h"
#include "sim/base/types.h"

struct label {
    char *name;
    uint64_t at;
};

struct labels {
    struct label *labels; /* in order of address */
    size_t count;
};

/* Those of an ELF file's .symtab. False with *e. */
bool labels_load(struct labels *labels, const char *path, struct err *e);
void labels_free(struct labels *labels);

/* False: there is none of that name. */
bool labels_find(const struct labels *labels, const char *name, uint64_t *at);

/* The last label at or before the address, and how far behind it; NULL: none. */
const char *labels_name(const struct labels *labels, uint64_t at, uint64_t *offset);

#endif
