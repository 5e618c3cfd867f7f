/*
 * What a CPU did because of what: every cycle and instruction belongs to the exception that was
 * taken last, by its kind. So the kinds add up to the CPU's time, and the difference of two moments
 * says what exceptions, each with all that followed until the next one, make a benchmark row.
 */
#ifndef EL2SIM_BOARD_CAUSES_H
#define EL2SIM_BOARD_CAUSES_H

#include "sim/base/archive.h"
#include "sim/base/types.h"

/* Kinds of exceptions; beyond so many, further ones are CAUSE_OTHER. */
#define CAUSES_MAX 48

/* from << 16 | out of a VM << 15 | to << 12 | EC (0x100 + type for interrupts) */
#define CAUSE_START UINT32_C(0) /* no exception yet */
#define CAUSE_WAY   UINT32_C(1) /* an SGI's way from one CPU of a span to the other */
#define CAUSE_OTHER UINT32_C(2) /* kinds past the last that there is room for */

static inline uint32_t cause_key(unsigned from, bool is_vm, unsigned to, unsigned ec)
{
    return from << 16 | (is_vm ? 1u << 15 : 0) | to << 12 | ec;
}

struct cause {
    uint32_t key;
    uint64_t count; /* exceptions of that kind */
    uint64_t instructions;
    cycles_t cycles;
};

struct cause_list {
    struct cause at[CAUSES_MAX]; /* in order of first appearance */
    unsigned count;
};

/* Of a CPU. All zeroes: nothing has run yet. */
struct causes {
    struct cause_list list;
    unsigned current; /* in the list, once it is not empty */
    cycles_t since;   /* what is not yet in the list */
    uint64_t since_instructions;
};

/* An exception is taken at that moment of its CPU. */
void causes_turn(struct causes *c, uint32_t key, cycles_t at, uint64_t instructions);

/* *out becomes the list as it is at that moment. */
void causes_take(const struct causes *c, cycles_t at, uint64_t instructions,
                 struct cause_list *out);

/* The entry of that key, made when new. */
struct cause *cause_list_find(struct cause_list *list, uint32_t key);

/* Adds to *sum what lies between two moments of one CPU. */
void cause_list_add_difference(struct cause_list *sum, const struct cause_list *earlier,
                               const struct cause_list *later);

void cause_list_archive(struct cause_list *list, struct archive *a);
void causes_archive(struct causes *c, struct archive *a);

#endif
