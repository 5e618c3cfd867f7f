/*
 * Whose each CPU's time was, over simulated time: the last columns of a strip, each a stretch of
 * cycles with the one that had most of it.
 */
#ifndef EL2SIM_WINDOW_STRIP_H
#define EL2SIM_WINDOW_STRIP_H

#include "sim/base/types.h"

#define STRIP_COLUMNS 640
#define STRIP_VMS     6 /* VMs have so many colours */

enum strip_owner {
    STRIP_NOBODY, /* off, or not there yet */
    STRIP_IDLE,   /* from WFI or WFE to its next event */
    STRIP_EL0,    /* of a host */
    STRIP_EL1,
    STRIP_EL2,
    STRIP_VM, /* ... and the STRIP_VMS - 1 behind it: EL1 and EL0 of a VM, by VMID */
    STRIP_OWNERS = STRIP_VM + STRIP_VMS
};

struct strip_cell {
    uint64_t column; /* which one it is of, from 0 at the start of time */
    cycles_t cycles[STRIP_OWNERS];
};

struct strip {
    cycles_t column_cycles;
    struct {
        enum strip_owner owner;
        cycles_t since;
    } cpus[EL2SIM_MAX_CPUS];
    uint64_t last; /* the newest column */
    struct strip_cell cells[EL2SIM_MAX_CPUS][STRIP_COLUMNS];
};

void strip_init(struct strip *s, cycles_t column_cycles);

/* From `at` on the CPU is that owner's; stamps of a CPU do not go back. */
void strip_turn(struct strip *s, unsigned cpu, cycles_t at, enum strip_owner owner);

/* In a column of those shown: 0 the oldest, STRIP_COLUMNS - 1 the newest. */
enum strip_owner strip_owner_at(const struct strip *s, unsigned cpu, unsigned column);

enum strip_owner strip_vm(unsigned vmid);

#endif
