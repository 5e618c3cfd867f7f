/*
 * What a CPU has booked in its rows of the ledger at one moment: spans are differences of two.
 *
 * A Linux kernel has thousands of rows, and some hundred of them change between two marks. So each
 * CPU keeps what it had booked at the last mark, and who may book names the row
 * (booked_row_used()); a moment shares the rows that are as they were.
 */
#ifndef EL2SIM_BOARD_BOOKED_H
#define EL2SIM_BOARD_BOOKED_H

#include "sim/base/archive.h"
#include "sim/base/cost.h"
#include "sim/board/causes.h"

struct cpu;

/* The cells of a ledger row that are not zero, as they were at one moment; shared by all that saw
 * the row so. */
struct row_image {
    size_t users, count;
    struct image_cell {
        unsigned class;
        uint64_t count;
        cycles_t cycles;
    } cells[];
};

/* A moment. All zeroes is one at which nothing was booked. */
struct booked {
    struct row_image **rows; /* by their place in the ledger; NULL: of another CPU, or empty */
    size_t count, room;
    cycles_t at;
    uint64_t traps_to_hypervisor, exceptions, instructions;
    struct cause_list causes;
};

/* Of a CPU: the last moment, and which rows may have changed since. */
struct booked_tracker {
    struct booked last;
    cycles_t total; /* of `last` */
    bool is_known;  /* else all rows may have changed: the machine was loaded, or is new */
    const struct ledger_row **used;
    size_t used_count, used_room;
    bool *is_used; /* by place in the ledger */
    size_t is_used_room;
};

void booked_tracker_destroy(struct booked_tracker *t);

/* Something may be booked in this row of the CPU from now on, or has been since blocks_fold(),
 * which names the rows of the blocks that it folds. */
void booked_row_used(struct cpu *cpu, const struct ledger_row *row);

/* *b becomes this moment. */
void booked_take(struct cpu *cpu, struct booked *b);
void booked_destroy(struct booked *b);

/* Rows are those of a ledger with so many. */
void booked_archive(struct booked *b, size_t row_count, struct archive *a);

#endif
