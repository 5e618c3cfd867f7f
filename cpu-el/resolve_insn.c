#include "cpu-el/exception.h"
#include "cpu-el/fields.h"
#include "cpu-el/resolve.h"
#include "cpu-el/resolve_rules.h"
#include "cpu-el/syndrome.h"

static const struct outcome undefined_insn = {.kind = OUT_UNDEF};
static const struct outcome execute = {.kind = OUT_ACCESS};

static struct outcome trap_to(uint8_t target_el, uint32_t esr, const char *rule)
{
    return (struct outcome){.kind = OUT_TRAP, .target_el = target_el, .esr = esr, .rule = rule};
}

/* EL0 goes to EL1, or to EL2 with TGE; the others stay. */
static uint8_t default_el(const struct pe *pe)
{
    return (uint8_t)exception_target_el(pe);
}

static struct outcome resolve_fp(const struct pe *pe)
{
    const struct trap_rule *rule = rules_match(pe, rules_of_group(TG_FP), false);
    if (!rule) {
        return execute;
    }
    uint8_t target_el = rule_target_el(pe, rule);
    bool nameless = rule->target == TO_EL1 && target_el == 2; /* AArch64.AdvSIMDFPAccessTrap */
    return trap_to(target_el, nameless ? syndrome_unknown() : syndrome_fp_trap(), rule->name);
}

/* Traps only where it would really wait (D1.16.1, D1.16.2). */
static struct outcome resolve_wait(const struct pe *pe, bool is_wfe)
{
    if (is_wfe ? pe->event_register : interrupt_wakes(pe)) {
        return (struct outcome){.kind = OUT_NOP};
    }
    const struct trap_rule *rule = rules_match(pe, rules_of_group(is_wfe ? TG_WFE : TG_WFI), false);
    return rule ? trap_to(rule_target_el(pe, rule), syndrome_wfx(is_wfe), rule->name) : execute;
}

static struct outcome resolve_hvc(const struct pe *pe, uint16_t imm16)
{
    if (pe->ps.el == 0 || !pe->model.has[FEAT_EL2]) {
        return undefined_insn;
    }
    const struct trap_rule *rule = rules_match(pe, rules_of_group(TG_HVC), false);
    if (rule) {
        return (struct outcome){.kind = OUT_UNDEF, .rule = rule->name};
    }
    return trap_to(2, syndrome_hvc(imm16), NULL);
}

/* Without EL3 an untrapped SMC is the board's firmware call. */
static struct outcome resolve_smc(const struct pe *pe, uint16_t imm16)
{
    if (pe->ps.el == 0) {
        return undefined_insn;
    }
    const struct trap_rule *rule = rules_match(pe, rules_of_group(TG_SMC), false);
    return rule ? trap_to(rule_target_el(pe, rule), syndrome_smc(imm16), rule->name) : execute;
}

static struct outcome resolve_eret(const struct pe *pe)
{
    if (pe->ps.el == 0) {
        return undefined_insn;
    }
    const struct trap_rule *rule = rules_match(pe, rules_of_group(TG_ERET), false);
    return rule ? trap_to(rule_target_el(pe, rule), syndrome_eret(), rule->name) : execute;
}

/* Debug exceptions go to EL2 with MDCR_EL2.TDE or HCR_EL2.TGE (D2.3). */
static struct outcome resolve_brk(const struct pe *pe, uint16_t imm16)
{
    bool tde = pe->model.has[FEAT_EL2] && (pe->sr[SR_MDCR_EL2] & MDCR_TDE);
    uint8_t target_el = tde || pe_tge(pe) ? 2 : default_el(pe);
    return trap_to(target_el, syndrome_brk(imm16), tde ? "MDCR_EL2.TDE" : NULL);
}

struct outcome resolve_insn(const struct pe *pe, enum special_insn insn, uint16_t imm16)
{
    switch (insn) {
    case INSN_SVC:
        return trap_to(default_el(pe), syndrome_svc(imm16), NULL);
    case INSN_HVC:
        return resolve_hvc(pe, imm16);
    case INSN_SMC:
        return resolve_smc(pe, imm16);
    case INSN_ERET:
        return resolve_eret(pe);
    case INSN_WFI:
        return resolve_wait(pe, false);
    case INSN_WFE:
        return resolve_wait(pe, true);
    case INSN_BRK:
        return resolve_brk(pe, imm16);
    case INSN_HLT: /* no halting debug (H2.4.3) */
        return undefined_insn;
    case INSN_FP:
        return pe->model.has[FEAT_FP] ? resolve_fp(pe) : undefined_insn;
    }
    return undefined_insn;
}

struct outcome resolve_undef(const struct pe *pe)
{
    return trap_to(default_el(pe), syndrome_unknown(), NULL);
}
