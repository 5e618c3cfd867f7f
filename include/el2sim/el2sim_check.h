/*
 * Checks for tests on libel2sim, with messages that explain. They work with any test framework:
 *
 *     el2_assert_traps(m, 1, 2, EL2SIM_EC_HVC, 1);             EL1 came to EL2 by one HVC
 *     el2_assert_cycles_below(m, 0, 2000);                     CPU 0 took less than 2000 cycles
 *     el2_assert_reg(m, 0, "VTTBR_EL2.VMID", 7);               a register, or a field of one
 *
 * Traps and cycles are counted since el2sim_restart_counts(), or since a snapshot was restored.
 */
#ifndef EL2SIM_EL2SIM_CHECK_H
#define EL2SIM_EL2SIM_CHECK_H

#include <el2sim/el2sim.h>

#ifdef __cplusplus
extern "C" {
#endif

#define el2_assert_traps(m, from_el, to_el, ec, count)                                             \
    el2sim_check_traps(m, __FILE__, __LINE__, from_el, to_el, ec, count)

#define el2_assert_cycles_below(m, cpu, limit)                                                     \
    el2sim_check_cycles_below(m, __FILE__, __LINE__, cpu, limit)

#define el2_assert_reg(m, cpu, name, expected)                                                     \
    el2sim_check_register(m, __FILE__, __LINE__, cpu, name, expected)

/* That a function of libel2sim was done: el2_assert_done(el2sim_load(m, path, NULL)). */
#define el2_assert_done(call) el2sim_check_done(__FILE__, __LINE__, #call, call)

/* What happens when a check fails. `message` is "FILE:LINE: ..." of one or more lines, gone behind
 * the call. It may not return (longjmp: what Check and cmocka do); if it does, the check says
 * false. NULL, and at first: the message goes to stderr, and the program ends by abort(). For all
 * threads. */
void el2sim_on_check_failure(void (*handler)(void *ctx, const char *message), void *ctx);

/* What the macros call: true when it holds. EL2SIM_ANY stands for every EL, every EC. */
bool el2sim_check_traps(struct el2sim_machine *m, const char *file, int line, unsigned from_el,
                        unsigned to_el, unsigned ec, uint64_t count);
bool el2sim_check_cycles_below(struct el2sim_machine *m, const char *file, int line, unsigned cpu,
                               uint64_t limit);
bool el2sim_check_register(struct el2sim_machine *m, const char *file, int line, unsigned cpu,
                           const char *name, uint64_t expected);
bool el2sim_check_done(const char *file, int line, const char *call, bool done);

#ifdef __cplusplus
}
#endif

#endif
