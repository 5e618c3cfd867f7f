/* Arrays that grow. */
#ifndef EL2SIM_BASE_ARRAY_H
#define EL2SIM_BASE_ARRAY_H

#include <stdlib.h>

#include "sim/base/err.h"

/* The array with twice the room, in elements of size_bytes; new ones are not initialised. */
static inline void *array_grown(void *array, size_t *room, size_t size_bytes)
{
    *room = *room == 0 ? 64 : *room * 2;
    array = realloc(array, *room * size_bytes);
    BUG_ON(array == NULL);
    return array;
}

#endif
