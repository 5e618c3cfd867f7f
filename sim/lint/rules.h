/* The rules that a watched run is judged by, as data. */
#ifndef EL2SIM_LINT_RULES_H
#define EL2SIM_LINT_RULES_H

#include <stdbool.h>

enum lint_rule {
    LINT_ISB_CONTROL,
    LINT_ISB_AT,
    LINT_BBM,
    LINT_TLBI_MISSING,
    LINT_TLBI_SCOPE,
    LINT_DSB_BEFORE_TLBI,
    LINT_DSB_AFTER_TLBI,
    LINT_VMID_REUSE,
    LINT_ASID_REUSE,
    LINT_SWITCH_ORDER,
    LINT_WALKER_DSB,
    LINT_EL1_STATE,
    LINT_ILLEGAL_RETURN,
    LINT_LR_TWICE,
    LINT_LR_HW_STATE,
    LINT_MAINTENANCE,
    LINT_EOI_ORDER,
    LINT_RULES
};

struct lint_rule_row {
    const char *id;
    const char *rule;    /* what holds, in one line */
    const char *section; /* where it is said */
    const char *remedy;
    bool is_pedantic; /* judged with --lint=all only: docs/lint.md says why */
};

const struct lint_rule_row *lint_rule_row(enum lint_rule rule);

#endif
