/* What a condition comes to at a moment of a run. */
#ifndef EL2SIM_LAB_EVAL_H
#define EL2SIM_LAB_EVAL_H

#include "sim/lab/record.h"

#define NO_PAGE UINT64_MAX /* pa(): nothing is there */

/* *missing: a label that the program has not (NULL: none is missing); such a value is 0. */
uint64_t eval(const struct expr *x, const struct lab_run *run, size_t moment, const char **missing);

/* The first moment from `start` on that is of this kind and where the condition (NULL: any) holds;
 * run->count if none, or if it asks for a label that the program has not. */
size_t eval_find(const struct expr *x, const struct lab_run *run, int kind, size_t start,
                 const char **missing);

#endif
