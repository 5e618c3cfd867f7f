#include "tests/support/explain_subject.h"

#include "tests/support/resolve_matrix.h"

static const struct {
    unsigned group;
    enum special_insn insn;
    uint32_t word; /* Arm ARM C6.2 */
} insns[] = {{TG_WFI, INSN_WFI, 0xd503207f},   {TG_WFE, INSN_WFE, 0xd503205f},
             {TG_HVC, INSN_HVC, 0xd4000002},   {TG_SMC, INSN_SMC, 0xd4000003},
             {TG_ERET, INSN_ERET, 0xd69f03e0}, {TG_FP, INSN_FP, 0x1e604000}};

#define INSNS (sizeof insns / sizeof insns[0])

bool explain_subject_of(const struct trap_rule *rule, bool write, unsigned number,
                        struct explain_subject *out)
{
    *out = (struct explain_subject){.is_sysreg = true, .write = write};
    if (!(rule->dir & (write ? TRAP_WRITE : TRAP_READ))) {
        return false;
    }
    for (size_t i = 0; i < INSNS; i++) {
        if (insns[i].group == rule->group) {
            out->is_sysreg = false;
            out->insn = insns[i].insn;
            return !write && number == 0;
        }
    }
    if (rule->group == TG_IMPDEF) {
        out->enc = SYSREG_ENC(3, 0, 11, 0, 0);
        out->rt = 7;
        return number == 0;
    }
    for (unsigned id = SR_NONE + 1; id < SR_COUNT; id++) {
        const struct sysreg_row *row = &sysreg_rows[id];
        unsigned lowest = (write ? row->access >> 4 : row->access) & 7u;
        if ((row->trap >> rule->group & 1) && row->need != NEED_NEVER && lowest != 7 &&
            (rule->from >> lowest) != 0 && number-- == 0) {
            out->enc = row->enc;
            out->rt = row->enc >> 14 >= 1 ? 7 : 31;
            out->crm = row->enc >> 14 >= 1 ? 0 : 2;
            return true;
        }
    }
    return false;
}

uint32_t explain_subject_word(const struct explain_subject *s)
{
    for (size_t i = 0; !s->is_sysreg && i < INSNS; i++) {
        if (insns[i].insn == s->insn) {
            return insns[i].word;
        }
    }
    return 0xd5000000u | (uint32_t)!s->write << 21 | (uint32_t)s->enc << 5 | (uint32_t)s->crm << 8 |
           s->rt;
}

bool explain_place(const struct trap_rule *rule, unsigned el, unsigned world, struct pe *pe)
{
    uint64_t bits = (world & 2 ? HCR_E2H : 0) | (world & 1 ? HCR_TGE : 0);
    if (!(rule->from >> el & 1) || !(rule->when >> world & 1) || (el == 1 && (world & 1))) {
        return false;
    }
    matrix_open(pe);
    pe->ps.el = (uint8_t)el;
    pe->sr[SR_HCR_EL2] = (pe->sr[SR_HCR_EL2] & ~(HCR_E2H | HCR_TGE)) | bits;
    return true;
}
