/*
 * Cost profiles: what each class of sim/base/cost.def costs on a modelled machine, and where the
 * number comes from (sim/profiles).
 *
 * A number is exact: a decimal of at most three places, in cycles. Every class must be there, each
 * with a source and a kind.
 */
#ifndef EL2SIM_CATALOG_PROFILE_H
#define EL2SIM_CATALOG_PROFILE_H

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

/* What a fitted profile was fitted to (el2sim fit): numbers as text, cycles of one operation. */
struct profile_fit_row {
    char *row; /* "kvm-split/hypercall", and what part of it */
    char *measured, *before, *after;
    char *left_out; /* what the other rows alone predict; NULL: they cannot */
    char *source;
};

struct profile_fit {
    char *from, *sha256; /* the profile that it started from */
    struct profile_fit_row *rows;
    unsigned rows_count;
};

/* Of the host at the other end of the network: a number and where it comes from. */
struct profile_peer {
    uint64_t value;
    enum source_kind kind;
    char *source;
};

enum peer_value { PEER_WIRE_NS, PEER_SERVICE_NS, PEER_LINK_MBIT, PEER_VALUE_COUNT };

struct profile {
    char *name, *title, *path;
    uint64_t clock_hz, counter_hz;
    cycles_t quantum;
    unsigned store_drain_instructions;
    unsigned tlb_entries, tlb_ways, walk_cache_entries;
    struct profile_cost costs[COST_CLASS_COUNT];
    bool has_peer; /* else devices keep their own guesses */
    struct profile_peer peer[PEER_VALUE_COUNT];
    struct profile_fit *fit; /* NULL: not fitted */
    char sha256[65];         /* of the file, or of what it and later changes say */
};

/* Reads and checks a profile. `name_or_path`: a file, or the name of one in the profiles directory.
 * NULL with *e. */
struct profile *profile_load(const char *name_or_path, struct err *e);
void profile_free(struct profile *profile);

/* Whether a machine can have those prices and sizes, after a change of them. */
bool profile_check(const struct profile *profile, struct err *e);

/* After a change of prices or sizes: what the hash of a result says of its profile is another. */
void profile_changed(struct profile *profile);

const char *source_kind_name(enum source_kind kind);
const char *peer_value_name(enum peer_value which); /* as in the file */

/* "12", "0.5", "1.125" -> thousandths; false on anything else (signs, exponents, more decimals). */
bool profile_parse_cycles(const char *text, cycles_t *out);

#endif
