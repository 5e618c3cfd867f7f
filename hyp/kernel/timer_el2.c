/* The timer of EL2: CNTHP_*, by that name or, with HCR_EL2.E2H, by that of CNTP_*. */
#include "abi/board.h"
#include "kernel/timer.h"

const u32 host_timer_intid = INTID_HYP_TIMER;
