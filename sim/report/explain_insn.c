#include <inttypes.h>
#include <string.h>

#include "cpu-el/exception.h"
#include "cpu-el/regfield.h"
#include "cpu-el/resolve_rules.h"
#include "cpu-el/syndrome.h"
#include "cpu-el/sysreg_table.h"
#include "sim/report/explain.h"

#define CHANGES_MAX 8

static const char *const insn_names[] = {
    [INSN_SVC] = "SVC",   [INSN_HVC] = "HVC", [INSN_SMC] = "SMC",
    [INSN_ERET] = "ERET", [INSN_WFI] = "WFI", [INSN_WFE] = "WFE",
    [INSN_BRK] = "BRK",   [INSN_HLT] = "HLT", [INSN_FP] = "an FP or SIMD instruction"};

static struct outcome decide(const struct pe *pe, const struct explain_subject *s)
{
    return s->is_sysreg ? resolve_sysreg(pe, s->enc, s->write)
                        : resolve_insn(pe, s->insn, s->imm16);
}

static const struct rule_list *rules_of(const struct explain_subject *s)
{
    static const struct rule_list none = {0};
    if (s->is_sysreg) {
        uint16_t found = sysreg_find(s->enc);
        if (found != SR_NONE) {
            return rules_of_row((enum sysreg_id)(found & ~SYSREG_ALIAS));
        }
        return sysreg_is_impdef(s->enc) ? rules_of_group(TG_IMPDEF) : &none;
    }
    switch (s->insn) {
    case INSN_HVC:
        return rules_of_group(TG_HVC);
    case INSN_SMC:
        return rules_of_group(TG_SMC);
    case INSN_ERET:
        return rules_of_group(TG_ERET);
    case INSN_WFI:
        return rules_of_group(TG_WFI);
    case INSN_WFE:
        return rules_of_group(TG_WFE);
    case INSN_FP:
        return rules_of_group(TG_FP);
    case INSN_SVC:
    case INSN_BRK:
    case INSN_HLT:
        break;
    }
    return &none;
}

void explain_flip(struct pe *pe, const struct trap_rule *rule, bool on)
{
    uint64_t *control = &pe->sr[rule->control];
    uint64_t other = rule->value ? 0 : rule->mask;
    *control = (*control & ~rule->mask) | (on ? rule->value : other);
    /* FPEN has two values that trap: 3 is the one that never does. */
    if (!on && (*control & rule->mask) == rule->value) {
        *control |= rule->mask;
    }
    if (!on && rule->group == TG_FP && strstr(rule->name, "FPEN")) {
        *control |= CPACR_FPEN;
    }
}

/* "HCR_EL2.TVM = 0": the rule's bits as they are in *pe, or the whole of the field they are part
 * of. */
static void print_bits(FILE *out, const struct pe *pe, const struct trap_rule *rule)
{
    char name[EXPLAIN_BITS_MAX];
    enum sysreg_id id = (enum sysreg_id)rule->control;
    unsigned lowest = (unsigned)__builtin_ctzll(rule->mask);
    const struct regfield *field = regfield_at(id, pe_e2h(pe), lowest);
    bool is_of_field = field != NULL && (rule->mask & ~regfield_mask(field)) == 0;
    uint64_t value =
        is_of_field ? regfield_value(field, pe->sr[id]) : (pe->sr[id] & rule->mask) >> lowest;
    explain_bits(id, rule->mask, pe_e2h(pe), name);
    fprintf(out, "%s = %#" PRIx64, name, value);
}

static void print_rule(FILE *out, const struct pe *pe, const struct trap_rule *rule, bool write)
{
    static const char *const verdicts[] = {
        [RULE_APPLIES] = "traps",
        [RULE_NO_FEATURE] = "the CPU has no such control",
        [RULE_NO_EL2] = "there is no EL2",
        [RULE_OTHER_EL] = "does not concern this EL",
        [RULE_OTHER_DIRECTION] = "concerns the other direction",
        [RULE_OTHER_REGIME] = "not with these E2H and TGE",
        [RULE_BITS] = "lets it pass",
    };
    enum rule_verdict verdict = rule_verdict(pe, rule, write);
    fprintf(out, "  - ");
    print_bits(out, pe, rule);
    fprintf(out, ": %s", verdicts[verdict]);
    if (verdict == RULE_APPLIES) {
        fprintf(out, rule->target == TO_UNDEF ? ": UNDEFINED" : " to EL%u",
                rule_target_el(pe, rule));
    }
    fputc('\n', out);
}

/* Why the access does not even come to the trap rules; NULL: it does. */
static const char *barrier(const struct pe *pe, const struct explain_subject *s, char *buffer,
                           size_t room)
{
    uint16_t found = sysreg_find(s->enc);
    if (found == SR_NONE) {
        return "no such register or system instruction";
    }
    const struct sysreg_row *row = &sysreg_rows[found & ~SYSREG_ALIAS];
    if (row->need > FEATURE_COUNT) {
        return "no CPU of this model has it";
    }
    if (row->need != 0 && !pe->model.has[row->need - 1]) {
        snprintf(buffer, room, "the CPU lacks the feature \"%s\"",
                 cpu_feature_info[row->need - 1].name);
        return buffer;
    }
    if (found & SYSREG_ALIAS) {
        return pe->ps.el == 2 && pe_e2h(pe)
                   ? NULL
                   : "an EL12 or EL02 name: there at EL2 with HCR_EL2.E2H alone";
    }
    unsigned lowest = (s->write ? row->access >> 4 : row->access) & 7u;
    if (lowest == 7) {
        return s->write ? "it can only be read" : "it can only be written";
    }
    if (pe->ps.el < lowest) {
        snprintf(buffer, room, "EL%u is below EL%u, which it needs", pe->ps.el, lowest);
        return buffer;
    }
    return NULL;
}

static void print_chain(FILE *out, const struct pe *pe, const struct explain_subject *s)
{
    char buffer[96];
    const char *stops = s->is_sysreg ? barrier(pe, s, buffer, sizeof buffer) : NULL;
    if (stops) {
        fprintf(out, "  - %s\n", stops);
    }
    /* What is not there may still trap: IMPLEMENTATION DEFINED space. */
    bool goes_on = stops == NULL || sysreg_find(s->enc) == SR_NONE;
    const struct rule_list *list = rules_of(s);
    for (unsigned i = 0; i < list->count && goes_on; i++) {
        const struct trap_rule *rule = &trap_rules[list->rules[i]];
        print_rule(out, pe, rule, s->write);
        if (rule_verdict(pe, rule, s->write) == RULE_APPLIES) {
            return; /* the first that applies decides */
        }
    }
}

static void print_exception(FILE *out, const struct pe *pe, unsigned to, uint32_t esr,
                            bool completes)
{
    unsigned offset = to > pe->ps.el ? 0x400 : pe->ps.sp ? 0x200 : 0;
    fprintf(out, "  exception to EL%u, vector VBAR_EL%u + %#x: synchronous, from %s\n", to, to,
            offset,
            to > pe->ps.el ? "a lower EL"
            : pe->ps.sp    ? "the same EL"
                           : "the same EL with SP_EL0");
    explain_esr(out, esr, 4);
    fprintf(out, "    ELR_EL%u: the instruction%s; SPSR_EL%u = %#x\n", to,
            completes ? " behind it" : " itself", to, pstate_to_spsr(pe));
}

static void print_cost(FILE *out, const struct profile *profile, enum cost_class first,
                       const char *second)
{
    double price = (double)profile->costs[first].price / CYCLE;
    fprintf(out, "  cost (%s): %s %g", profile->name, cost_class_info[first].name, price);
    if (second) {
        enum cost_class k = cost_class_by_name(second);
        fprintf(out, " + %s %g = %g", second, (double)profile->costs[k].price / CYCLE,
                price + (double)profile->costs[k].price / CYCLE);
    }
    fprintf(out, " cycles\n");
}

static enum cost_class plain_class(const struct explain_subject *s)
{
    if (s->is_sysreg) {
        return sysreg_cost(s->enc, s->write);
    }
    return s->insn == INSN_WFI || s->insn == INSN_WFE ? COST_INSN_WAIT
           : s->insn == INSN_FP                       ? COST_INSN_FP
                                                      : COST_INSN_EXCEPTION;
}

/* SVC and HVC do what they are there for: they complete. */
static bool completes(const struct explain_subject *s, const struct outcome *o)
{
    return !s->is_sysreg && o->rule == NULL && (s->insn == INSN_SVC || s->insn == INSN_HVC);
}

static void print_register(FILE *out, const struct explain_subject *s, const struct outcome *o)
{
    uint16_t found = sysreg_find(s->enc);
    bool is_operation = s->enc >> 14 != 3 && s->enc >> 14 != 2;
    fprintf(out, "  %s %s",
            is_operation ? "does"
            : s->write   ? "writes"
                         : "reads",
            sysreg_name(o->id));
    if (!(found & SYSREG_ALIAS) && o->id != (enum sysreg_id)found) {
        fprintf(out, ", which is what %s names here", sysreg_name((enum sysreg_id)found));
    }
    fputc('\n', out);
}

static void print_outcome(FILE *out, const struct pe *pe, const struct profile *profile,
                          const struct explain_subject *s, const struct outcome *o)
{
    char exception[32];
    struct outcome taken = o->kind == OUT_UNDEF ? resolve_undef(pe) : *o;
    snprintf(exception, sizeof exception, "exception.el%u-el%u", pe->ps.el, taken.target_el);
    switch (o->kind) {
    case OUT_ACCESS:
        if (s->is_sysreg) {
            print_register(out, s, o);
        } else {
            fprintf(out, "  executes\n");
        }
        print_cost(out, profile, plain_class(s), NULL);
        break;
    case OUT_MEMORY:
        fprintf(out, "  a %s of memory at VNCR_EL2 + %#x instead\n", s->write ? "write" : "read",
                o->offset);
        print_cost(out, profile, s->write ? COST_INSN_STORE : COST_INSN_LOAD, NULL);
        break;
    case OUT_NOP:
        fprintf(out, "  completes at once: there is nothing to wait for\n");
        print_cost(out, profile, plain_class(s), NULL);
        break;
    case OUT_UNDEF:
    case OUT_TRAP:
        if (o->kind == OUT_UNDEF) {
            fprintf(out, "  UNDEFINED\n");
        }
        print_exception(out, pe, taken.target_el, taken.esr, completes(s, o));
        print_cost(out, profile, completes(s, o) ? COST_INSN_EXCEPTION : COST_INSN_TRAPPED,
                   exception);
        break;
    }
}

static void print_changes(FILE *out, const struct pe *pe, const struct trap_rule *const *changed,
                          unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        fputs(i ? " and " : "", out);
        print_bits(out, pe, changed[i]);
    }
}

/* Clears one control after the other until nothing traps: resolve() itself says whether. */
static void print_way_out(FILE *out, const struct pe *pe, const struct explain_subject *s)
{
    struct pe other = *pe;
    const struct trap_rule *changed[CHANGES_MAX];
    unsigned count = 0;
    const struct rule_list *list = rules_of(s);
    const struct trap_rule *rule;
    while (count < CHANGES_MAX && (rule = rules_match(&other, list, s->write)) != NULL) {
        explain_flip(&other, rule, false);
        if (rule_verdict(&other, rule, s->write) == RULE_APPLIES) {
            return;
        }
        changed[count++] = rule;
    }
    struct outcome o = decide(&other, s);
    if (count == 0 || o.rule != NULL) {
        return;
    }
    fprintf(out, "  it would not with ");
    print_changes(out, &other, changed, count);
    fputc('\n', out);
}

/* What would make it trap: each control by itself, tried. */
static void print_way_in(FILE *out, const struct pe *pe, const struct explain_subject *s)
{
    const struct rule_list *list = rules_of(s);
    for (unsigned i = 0; i < list->count; i++) {
        const struct trap_rule *rule = &trap_rules[list->rules[i]];
        if (rule_verdict(pe, rule, s->write) != RULE_BITS) {
            continue;
        }
        struct pe other = *pe;
        explain_flip(&other, rule, true);
        struct outcome o = decide(&other, s);
        if (o.rule == NULL || strcmp(o.rule, rule->name) != 0) {
            continue;
        }
        fprintf(out, "  with ");
        print_bits(out, &other, rule);
        if (o.kind == OUT_TRAP) {
            fprintf(out, " it would trap to EL%u\n", o.target_el);
        } else {
            fprintf(out, " it would be UNDEFINED\n");
        }
    }
}

static void print_head(FILE *out, const struct pe *pe, const struct explain_subject *s)
{
    if (!s->is_sysreg) {
        fprintf(out, "%s", insn_names[s->insn]);
    } else {
        uint16_t found = sysreg_find(s->enc);
        const struct sysreg_row *row = &sysreg_rows[found & ~SYSREG_ALIAS];
        bool is_operation = s->enc >> 14 != 3 && s->enc >> 14 != 2;
        fprintf(out, "%s%s%s",
                is_operation ? ""
                : s->write   ? "write of "
                             : "read of ",
                found == SR_NONE ? "an unknown register" : row->name,
                found & SYSREG_ALIAS ? " by its EL12 or EL02 name" : "");
        fprintf(out, " (op0 %u, op1 %u, CRn %u, CRm %u, op2 %u)", s->enc >> 14, s->enc >> 11 & 7,
                s->enc >> 7 & 15, s->enc >> 3 & 15, s->enc & 7);
    }
    fprintf(out, " at EL%u, E2H %u, TGE %u, on %s\n", pe->ps.el, pe_e2h(pe), pe_tge(pe),
            pe->model.name);
}

void explain_insn(FILE *out, const struct pe *pe, const struct profile *profile,
                  const struct explain_subject *s)
{
    struct outcome o = decide(pe, s);
    if (o.kind == OUT_TRAP && syndrome_ec(o.esr) == EC_SYSREG) {
        o.esr |= (s->rt & 31u) << 5 | (s->crm & 15u) << 1;
    }
    print_head(out, pe, s);
    print_chain(out, pe, s);
    print_outcome(out, pe, profile, s, &o);
    if (o.rule != NULL) {
        print_way_out(out, pe, s);
    } else {
        print_way_in(out, pe, s);
    }
}
