/* The interrupt of the timer that CNTP_* names at EL1. */
#include "abi/board.h"
#include "kernel/timer.h"

const u32 host_timer_intid = INTID_PTIMER;
