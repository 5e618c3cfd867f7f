/* Guests for the tests of run control: machines that are loaded, and what a run of one is known by.
 */
#ifndef EL2SIM_TESTS_CONTROL_GUEST_H
#define EL2SIM_TESTS_CONTROL_GUEST_H

#include <check.h>

#include "sim/board/control.h"

/* A split-mode hypervisor with rows that switch worlds, emulate devices and send IPIs. */
struct machine *guest_machine(unsigned cpu_count);
/* The same, not loaded. */
struct machine *guest_new_machine(unsigned cpu_count);

/* Of the whole run in one go: made once for each number of CPUs. */
struct guest_run {
    struct machine_result result;
    uint64_t ledger; /* a sum over all that was booked */
    size_t printed;
};
const struct guest_run *guest_whole_run(unsigned cpu_count);

/* Ends the run, if need be; fails the test where it is not the run in one go. Destroys both. */
void guest_must_be_whole(struct control *c, struct machine *m, unsigned cpu_count);

/* Address of a function of the image. */
uint64_t guest_symbol(const char *name);
/* Bytes on the consoles of all machines since the last call. */
size_t guest_printed(void);

TCase *control_case(void);
TCase *checkpoint_case(void);
TCase *state_case(void);

#endif
