/* A mutex of a process's threads: free, taken, taken and somebody sleeps. */
#ifndef EL2SIM_HYP_VMM_MUTEX_H
#define EL2SIM_HYP_VMM_MUTEX_H

#include "types.h"

struct mutex {
    u32 state; /* 0 is free */
};

void mutex_lock(struct mutex *m);
void mutex_unlock(struct mutex *m);

#endif
