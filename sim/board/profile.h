/*
 * Cost profiles: what each class of sim/base/cost.def costs on a modelled machine, and where the
 * number comes from (sim/profiles).
 *
 * A number is exact: a decimal of at most three places, in cycles. Every class must be there, each
 * with a source and a kind.
 */
#ifndef EL2SIM_BOARD_PROFILE_H
#define EL2SIM_BOARD_PROFILE_H

#include "sim/base/cost.h"
#include "sim/base/err.h"

enum source_kind {
    SOURCE_PUBLISHED, /* cited: read in a paper, a manual or a data set */
    SOURCE_MEASURED,  /* measured on the machine, by whom and how is said */
    SOURCE_FITTED,    /* found by the fit tool from named calibration rows */
    SOURCE_GUESS,     /* an engineer's prior */
    SOURCE_DEFINED    /* so by definition: profiles that are yardsticks, not machines */
};

struct profile_cost {
    cycles_t price;
    enum source_kind kind;
    char *source;
};

struct profile {
    char *name, *title, *path;
    uint64_t clock_hz, counter_hz;
    cycles_t quantum;
    unsigned store_drain_instructions;
    unsigned tlb_entries, tlb_ways, walk_cache_entries;
    struct profile_cost costs[COST_CLASS_COUNT];
    char sha256[65]; /* of the file */
};

/* Reads and checks a profile. `name_or_path`: a file, or the name of one in the profiles directory.
 * NULL with *e. */
struct profile *profile_load(const char *name_or_path, struct err *e);
void profile_free(struct profile *profile);

const char *source_kind_name(enum source_kind kind);

/* "12", "0.5", "1.125" -> thousandths; false on anything else (signs, exponents, more decimals). */
bool profile_parse_cycles(const char *text, cycles_t *out);

#endif
