/* The source lines of all code that may run on a machine: which file's, by EL and by whose it is.
 */
#ifndef EL2SIM_REPORT_SOURCE_SET_H
#define EL2SIM_REPORT_SOURCE_SET_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/catalog/design.h"

struct source_set;

/* Never NULL. */
struct source_set *source_set_create(void);
void source_set_destroy(struct source_set *set);

/* Where the code of a file runs: bit n: at ELn; of the host and the hypervisor, of VMs, or both. */
struct source_scope {
    unsigned el_mask;
    bool in_host, in_vm;
};

/* A file without debug information is no mistake, and adds nothing. It is read when the first line
 * is asked for. */
void source_set_add(struct source_set *set, const char *path, const struct source_scope *scope);
/* All files that the design names. */
void source_set_add_design(struct source_set *set, const struct design *design);

/* The line that the code at that address was made from, by the first file added that has one: its
 * text without what it is indented by ("" where the source is not to be found). NULL: none. *file
 * stays valid until the set is destroyed. */
const char *source_set_find(struct source_set *set, unsigned el, bool in_vm, uint64_t address,
                            const char **file, unsigned *line);

#endif
