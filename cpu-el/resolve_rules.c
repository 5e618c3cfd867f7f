#include "cpu-el/resolve_rules.h"

#include <threads.h>

#include "cpu-el/fields.h"
#include "sim/base/err.h"

/* Compiled from constants on first use, the same in every machine. */
static struct rule_list of_row[SR_COUNT];
static struct rule_list of_group[TRAP_GROUP_COUNT];
static struct rule_control controls[RULE_CONTROLS_MAX];
static unsigned control_count;
static bool is_control[SR_COUNT];
static once_flag compiled = ONCE_FLAG_INIT; /* machines may run in several threads */
static size_t left_out = SIZE_MAX;

static struct rule_list compile(uint64_t groups)
{
    struct rule_list list = {0};
    for (size_t i = 0; i < trap_rule_count; i++) {
        if (i != left_out && (groups >> trap_rules[i].group & 1)) {
            BUG_ON(list.count == sizeof list.rules);
            list.rules[list.count++] = (uint8_t)i;
            list.from |= trap_rules[i].from;
        }
    }
    return list;
}

static void add_control(enum sysreg_id id, uint64_t mask)
{
    unsigned i = 0;
    while (i < control_count && controls[i].id != id) {
        i++;
    }
    BUG_ON(i == RULE_CONTROLS_MAX);
    control_count += i == control_count;
    controls[i].id = id;
    controls[i].mask |= mask;
    is_control[id] = true;
}

static void compile_all(void)
{
    add_control(SR_HCR_EL2, HCR_E2H | HCR_TGE | HCR_AMO | HCR_NV | HCR_NV1 | HCR_NV2);
    for (size_t i = 0; i < trap_rule_count; i++) {
        add_control((enum sysreg_id)trap_rules[i].control, trap_rules[i].mask);
    }
    for (unsigned id = 0; id < SR_COUNT; id++) {
        of_row[id] = compile(sysreg_rows[id].trap);
    }
    for (unsigned group = 0; group < TRAP_GROUP_COUNT; group++) {
        of_group[group] = compile(UINT64_C(1) << group);
    }
}

void rules_leave_out(size_t index)
{
    call_once(&compiled, compile_all); /* not behind this */
    left_out = index;
    compile_all();
}

const struct rule_list *rules_of_row(enum sysreg_id id)
{
    call_once(&compiled, compile_all);
    return &of_row[id];
}

const struct rule_list *rules_of_group(enum trap_group group)
{
    call_once(&compiled, compile_all);
    return &of_group[group];
}

unsigned rules_controls(const struct rule_control **out)
{
    call_once(&compiled, compile_all);
    *out = controls;
    return control_count;
}

bool rules_look_at(enum sysreg_id id)
{
    call_once(&compiled, compile_all);
    return is_control[id];
}

/* In the order in which a reader would rule it out. */
enum rule_verdict rule_verdict(const struct pe *pe, const struct trap_rule *rule, bool write)
{
    if (rule->need != 0 && !pe->model.has[rule->need - 1]) {
        return RULE_NO_FEATURE;
    }
    if (rule->target == TO_EL2 && !pe->model.has[FEAT_EL2]) {
        return RULE_NO_EL2;
    }
    if (!(rule->from >> pe->ps.el & 1)) {
        return RULE_OTHER_EL;
    }
    if (!(rule->dir & (write ? TRAP_WRITE : TRAP_READ))) {
        return RULE_OTHER_DIRECTION;
    }
    if (!(rule->when & 1u << (2u * pe_e2h(pe) + pe_tge(pe)))) {
        return RULE_OTHER_REGIME;
    }
    return (pe->sr[rule->control] & rule->mask) == rule->value ? RULE_APPLIES : RULE_BITS;
}

const struct trap_rule *rules_match(const struct pe *pe, const struct rule_list *list, bool write)
{
    if (!(list->from >> pe->ps.el & 1)) {
        return NULL;
    }
    for (unsigned i = 0; i < list->count; i++) {
        const struct trap_rule *rule = &trap_rules[list->rules[i]];
        /* The condition first: most controls are off. */
        if ((pe->sr[rule->control] & rule->mask) == rule->value &&
            rule_verdict(pe, rule, write) == RULE_APPLIES) {
            return rule;
        }
    }
    return NULL;
}

uint8_t rule_target_el(const struct pe *pe, const struct trap_rule *rule)
{
    bool to_el2 = rule->target == TO_EL2 || (pe->ps.el == 0 && pe_tge(pe));
    return to_el2 ? 2 : 1;
}
