/* Boot argument opt=: which optimisations of a design are on. */
#ifndef EL2SIM_HYP_KVM_OPTIONS_H
#define EL2SIM_HYP_KVM_OPTIONS_H

#include "types.h"

struct option {
    const char *name;
    u64 bits;
};

/* The bits of all options in opt=a,b; otherwise when there is no opt=. Names that are not in the
 * table are those of other designs (bootargs.c has all). */
u64 options_read(const struct option *table, size_t count, u64 otherwise);

#endif
