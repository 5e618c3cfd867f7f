/*
 * Measured spans: what happened between the marks of hyp/include/abi/mark.h, row by row.
 *
 * A span that ends on the CPU where it began owns that CPU's cycles in between. One that ends
 * elsewhere follows the interrupt: the first CPU's cycles up to its SGI, the way of the SGI, and
 * the second CPU's cycles since it woke. Either way its parts add up to its length exactly.
 */
#ifndef EL2SIM_BOARD_SPAN_H
#define EL2SIM_BOARD_SPAN_H

#include "sim/base/cost.h"
#include "sim/base/types.h"
#include "sim/board/causes.h"

#define SPAN_NAME_MAX 32
#define SPAN_ROWS_MAX 64

/* Cycles of a row by (EL, context, symbol, class): sorted by key. */
struct span_part {
    uint8_t el;
    uint16_t context;
    uint32_t symbol;
    enum cost_class class;
    uint64_t count;
    cycles_t cycles;
};

struct span_row {
    char name[SPAN_NAME_MAX];
    uint64_t operations; /* as the guest said, over all spans */
    uint64_t spans;
    cycles_t cycles;     /* sum of the parts */
    uint64_t traps;      /* exceptions taken to EL2 from EL0 or EL1; to EL1 from guests, where
                            these run at EL0 (context.h) */
    uint64_t exceptions; /* all exceptions taken */
    uint64_t instructions;
    struct span_part *parts;
    size_t part_count;
    struct cause_list causes; /* their cycles add up to those of the row */
};

struct span_table {
    struct span_row rows[SPAN_ROWS_MAX]; /* in order of first appearance */
    size_t row_count;
    uint64_t errors; /* marks that did not match: an end without begin, a bad name; the first one is
                        said on stderr, all are counted in reports */
};

#endif
