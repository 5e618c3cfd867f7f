/*
 * Process 1 of the real-software tests: says what a user of the system sees, in lines that are the
 * same on every machine, and turns the machine off.
 */
#ifndef EL2SIM_TESTS_REAL_USERLAND_H
#define EL2SIM_TESTS_REAL_USERLAND_H

#include <stdbool.h>

#include "tests/real/userland/counts.h"

/* "name: ok" or "name: failed (errno)". */
bool say(const char *name, bool ok);

/* --- checks.c: processes, signals, pipes, memory, floating point, on every CPU --- */
bool checks_run(unsigned cpu_count);

/* --- counts.c: a VM of the guest in counts_guest.S; prints ticks per operation --- */
bool counts_run(unsigned gic, unsigned batches);

/* --- qemu.c: a second Linux as a VM of Debian's QEMU, on our console --- */
bool qemu_run(unsigned gic);

#endif
