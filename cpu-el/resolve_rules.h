/* Which rule of trap.def, if any, decides an access: shared by resolve.c and resolve_insn.c. */
#ifndef EL2SIM_CPU_EL_RESOLVE_RULES_H
#define EL2SIM_CPU_EL_RESOLVE_RULES_H

#include "cpu-el/pe.h"
#include "cpu-el/resolve.h"
#include "cpu-el/sysreg_table.h"

/* The rules of a row (by id) or of a single group, in the order of trap.def. */
struct rule_list {
    uint8_t count;
    uint8_t from; /* enum trap_from bits: union of the rules' */
    uint8_t rules[6];
};

const struct rule_list *rules_of_row(enum sysreg_id id);
const struct rule_list *rules_of_group(enum trap_group group);

/* Why a rule does not decide an access, or that it does. */
enum rule_verdict {
    RULE_APPLIES,
    RULE_NO_FEATURE,      /* the CPU has no such control */
    RULE_NO_EL2,          /* it would trap to EL2 */
    RULE_OTHER_EL,        /* it does not concern this EL */
    RULE_OTHER_DIRECTION, /* only reads, or only writes */
    RULE_OTHER_REGIME,    /* not with these E2H and TGE */
    RULE_BITS             /* the control's bits say no */
};
enum rule_verdict rule_verdict(const struct pe *pe, const struct trap_rule *rule, bool write);

/* The first rule of the list that applies now, or NULL. */
const struct trap_rule *rules_match(const struct pe *pe, const struct rule_list *list, bool write);

/* Where a rule's trap goes from here: TO_EL1 means EL2 from EL0 with HCR_EL2.TGE. */
uint8_t rule_target_el(const struct pe *pe, const struct trap_rule *rule);

/* Which bits of which registers resolve_sysreg() depends on, beside the CPU's model, its EL and
 * PSTATE.SP. */
struct rule_control {
    enum sysreg_id id;
    uint64_t mask;
};
#define RULE_CONTROLS_MAX 16
/* RULE_CONTROLS_MAX at most; returns how many. */
unsigned rules_controls(const struct rule_control **controls);
bool rules_look_at(enum sysreg_id id);

/* Test seam: act as if trap_rules[index] were not there; SIZE_MAX: all are. */
void rules_leave_out(size_t index);

#endif
