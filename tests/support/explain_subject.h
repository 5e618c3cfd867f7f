/* For each trap rule an instruction that it is about, and the states in which it can act. */
#ifndef EL2SIM_TESTS_SUPPORT_EXPLAIN_SUBJECT_H
#define EL2SIM_TESTS_SUPPORT_EXPLAIN_SUBJECT_H

#include "cpu-el/sysreg_table.h"
#include "sim/report/explain.h"

/* Number 0, 1, ... of the accesses or instructions that the rule is about; false: there are no more
 * in that direction. */
bool explain_subject_of(const struct trap_rule *rule, bool write, unsigned number,
                        struct explain_subject *out);

/* The instruction as the assembler encodes it; the register is X7 where it has one. */
uint32_t explain_subject_word(const struct explain_subject *s);

/* EL, E2H (world & 2) and TGE (world & 1) at which the rule can act; everything else permits. */
bool explain_place(const struct trap_rule *rule, unsigned el, unsigned world, struct pe *pe);

#endif
