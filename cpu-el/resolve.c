#include "cpu-el/resolve.h"

#include "cpu-el/fields.h"
#include "cpu-el/resolve_rules.h"
#include "cpu-el/syndrome.h"
#include "cpu-el/sysreg_table.h"
#include "sim/base/bits.h"

static struct outcome undefined(enum sysreg_id id)
{
    return (struct outcome){.kind = OUT_UNDEF, .id = id};
}

static struct outcome access_to(enum sysreg_id id)
{
    return (struct outcome){.kind = OUT_ACCESS, .id = id};
}

static struct outcome trap_to(uint8_t target_el, enum sysreg_id id, uint32_t esr, const char *rule)
{
    return (struct outcome){
        .kind = OUT_TRAP, .id = id, .target_el = target_el, .esr = esr, .rule = rule};
}

static struct outcome memory_at(enum sysreg_id id)
{
    return (struct outcome){.kind = OUT_MEMORY, .id = id, .offset = sysreg_rows[id].vncr};
}

/* How many registers of a bank this CPU has. */
static unsigned bank_size(const struct cpu_model *model, enum sysreg_bank bank)
{
    switch (bank) {
    case BANK_NONE:
        break;
    case BANK_BREAKPOINT:
        return model->breakpoint_count;
    case BANK_WATCHPOINT:
        return model->watchpoint_count;
    case BANK_PMU_COUNTER:
        return model->pmu_counter_count;
    case BANK_LIST_REGISTER:
        return model->list_register_count;
    case BANK_ACTIVE: /* 32 levels each; 5 bits of priority are 32 levels */
        return model->virtual_priority_bits > 5 ? 1u << (model->virtual_priority_bits - 5) : 1;
    }
    return 0;
}

static bool has_feature(const struct cpu_model *model, unsigned need)
{
    return need <= FEATURE_COUNT && model->has[need - 1];
}

static bool is_present(const struct cpu_model *model, const struct sysreg_row *row)
{
    if (row->need != 0 && !has_feature(model, row->need)) {
        return false;
    }
    if (row->absent_with != 0 && has_feature(model, row->absent_with)) {
        return false;
    }
    return row->bank == BANK_NONE || row->index < bank_size(model, (enum sysreg_bank)row->bank);
}

bool resolve_is_present(const struct cpu_model *model, enum sysreg_id id)
{
    return is_present(model, &sysreg_rows[id]);
}

static unsigned lowest_el(const struct pe *pe, const struct sysreg_row *row, bool write)
{
    unsigned el = (write ? row->access >> 4 : row->access) & 7u;
    return write && row->top_el_writes && !pe->model.has[FEAT_EL2] ? 1 : el;
}

/* HCR_EL2.NV, and NV2 with it, as they act on EL1 (Arm ARM D8.11). */
static bool nv_on(const struct pe *pe)
{
    return pe->model.has[FEAT_NV] && (pe->sr[SR_HCR_EL2] & HCR_NV);
}

static bool nv2_on(const struct pe *pe)
{
    return nv_on(pe) && pe->model.has[FEAT_NV2] && (pe->sr[SR_HCR_EL2] & HCR_NV2);
}

static struct outcome nv_trap(enum sysreg_id id, uint16_t enc, bool write)
{
    return trap_to(2, id, syndrome_sysreg(enc, 0, !write), "HCR_EL2.NV");
}

/* EL1 uses the EL12 or EL02 name of a register, or EL2 does. */
static struct outcome resolve_alias(const struct pe *pe, enum sysreg_id id, uint16_t enc,
                                    bool write)
{
    const struct sysreg_row *row = &sysreg_rows[id];
    if (pe->ps.el == 2 && pe_e2h(pe)) {
        return access_to(id);
    }
    if (pe->ps.el == 1 && nv_on(pe)) {
        bool in_memory = nv2_on(pe) && !(pe->sr[SR_HCR_EL2] & HCR_NV1);
        if (in_memory && row->nv == NV_MEM_IF_NV1) {
            return memory_at(id);
        }
        return nv_trap(id, enc, write);
    }
    return undefined(id);
}

/* An EL2 register from EL1. */
static struct outcome resolve_nested(const struct pe *pe, enum sysreg_id id, uint16_t enc,
                                     bool write)
{
    const struct sysreg_row *row = &sysreg_rows[id];
    if (row->nv == NV_NONE) {
        return undefined(id);
    }
    if (nv2_on(pe) && row->nv == NV_MEM) {
        return memory_at(id);
    }
    if (nv2_on(pe) && row->nv == NV_REDIRECT) {
        return access_to((enum sysreg_id)row->nv_el1);
    }
    return nv_trap(id, enc, write);
}

/* The EL is below what the access needs. */
static struct outcome resolve_below(const struct pe *pe, enum sysreg_id id, uint16_t enc,
                                    bool write, unsigned lowest)
{
    if (pe->ps.el == 1 && lowest == 2 && nv_on(pe)) {
        return resolve_nested(pe, id, enc, write);
    }
    /* FEAT_IDST: reads of the ID space op0 = 3, op1 = 0 or 1, CRn = 0 from EL0 trap. */
    bool is_id_space = (enc & SYSREG_ENC(3, 6, 15, 8, 0)) == SYSREG_ENC(3, 0, 0, 0, 0);
    if (pe->ps.el == 0 && !write && lowest == 1 && is_id_space && pe->model.has[FEAT_IDST]) {
        return trap_to(pe_tge(pe) ? 2 : 1, id, syndrome_sysreg(enc, 0, true), "FEAT_IDST");
    }
    return undefined(id);
}

/* Which register an allowed access reaches. */
static struct outcome resolve_register(const struct pe *pe, enum sysreg_id id, bool write)
{
    const struct sysreg_row *row = &sysreg_rows[id];
    unsigned el = pe->ps.el;
    if (row->e2h_el2 != SR_NONE && el != 1 && pe_e2h(pe)) {
        if (el == 2 || (row->el0_host && pe_tge(pe))) {
            return access_to((enum sysreg_id)row->e2h_el2);
        }
    }
    if (el == 1 && pe->model.has[FEAT_EL2]) {
        if (row->virt != SR_NONE && !write) {
            return access_to((enum sysreg_id)row->virt);
        }
        if (row->virt_amo != SR_NONE && (pe->sr[SR_HCR_EL2] & HCR_AMO)) {
            return access_to((enum sysreg_id)row->virt_amo);
        }
        bool in_memory = row->nv == NV_MEM_EL1 || row->nv == NV_MEM_IF_NV1;
        if (in_memory && nv2_on(pe) && (row->nv == NV_MEM_EL1 || (pe->sr[SR_HCR_EL2] & HCR_NV1))) {
            return memory_at(id);
        }
    }
    return access_to(id);
}

/* EC and ISS of a trapped access. A trap of FP from EL0 that TGE sends to EL2 reports nothing (Arm
 * ARM, AArch64.AdvSIMDFPAccessTrap). */
static uint32_t access_esr(const struct trap_rule *rule, uint8_t target_el, uint16_t enc,
                           bool write)
{
    if (rule->group != TG_FP) {
        return syndrome_sysreg(enc, 0, !write);
    }
    return rule->target == TO_EL1 && target_el == 2 ? syndrome_unknown() : syndrome_fp_trap();
}

/* No row, or one of IMPLEMENTATION DEFINED space that is not there or not for this EL. */
static struct outcome resolve_unknown(const struct pe *pe, uint16_t enc, bool write)
{
    const struct trap_rule *rule =
        sysreg_is_impdef(enc) ? rules_match(pe, rules_of_group(TG_IMPDEF), write) : NULL;
    if (rule) {
        return trap_to(rule_target_el(pe, rule), SR_NONE, syndrome_sysreg(enc, 0, !write),
                       rule->name);
    }
    return undefined(SR_NONE);
}

/* A register of IMPLEMENTATION DEFINED space that this EL does not see. */
static bool is_hidden(const struct pe *pe, const struct sysreg_row *row, bool write)
{
    bool nested = pe->ps.el == 1 && nv_on(pe);
    return pe->ps.el < lowest_el(pe, row, write) && !nested;
}

struct outcome resolve_sysreg(const struct pe *pe, uint16_t enc, bool write)
{
    if (enc >> 14 == 0) {
        enc &= (uint16_t)~SYSREG_ENC(0, 0, 0, 15, 0); /* MSR (immediate): CRm is the operand */
    }
    uint16_t found = sysreg_find(enc);
    if (found == SR_NONE) {
        return resolve_unknown(pe, enc, write);
    }
    enum sysreg_id id = (enum sysreg_id)(found & ~SYSREG_ALIAS);
    const struct sysreg_row *row = &sysreg_rows[id];
    bool present = is_present(&pe->model, row);
    if (sysreg_is_impdef(enc) && (!present || is_hidden(pe, row, write))) {
        return resolve_unknown(pe, enc, write);
    }
    if (!present) {
        return undefined(id);
    }
    if (found & SYSREG_ALIAS) {
        return resolve_alias(pe, id, enc, write);
    }
    unsigned lowest = lowest_el(pe, row, write);
    if (pe->ps.el < lowest) {
        return resolve_below(pe, id, enc, write, lowest);
    }
    if (id == SR_SP_EL0 && !pe->ps.sp) { /* it is the current SP (C5.2.23) */
        return undefined(id);
    }
    const struct trap_rule *rule = rules_match(pe, rules_of_row(id), write);
    if (rule) {
        uint8_t target_el = rule_target_el(pe, rule);
        return trap_to(target_el, id, access_esr(rule, target_el, enc, write), rule->name);
    }
    return resolve_register(pe, id, write);
}
