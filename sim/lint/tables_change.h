/* What a store makes of a descriptor that may be held (Arm ARM D8.17.1). */
#ifndef EL2SIM_LINT_TABLES_CHANGE_H
#define EL2SIM_LINT_TABLES_CHANGE_H

#include "mmu/mmu.h"

enum table_change {
    CHANGE_NONE,     /* nothing that translations depend on, or more is allowed than before */
    CHANGE_INVALID,  /* valid before, now not */
    CHANGE_RESTRICT, /* less is allowed */
    CHANGE_BREAK     /* needs break-before-make: *why says what differs */
};

/* before: valid, of that level. */
enum table_change table_change_of(uint64_t before, uint64_t after, unsigned level, bool stage2,
                                  const char **why);

/* Whether the descriptor refuses an access of which it is a step. */
bool table_forbids(uint64_t value, unsigned level, bool stage2, const struct mmu_access *access);

#endif
