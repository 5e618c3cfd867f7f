#include "sim/cli/insn_text.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "cpu-el/insn.h"
#include "cpu-el/sysreg_table.h"
#include "sim/base/parse.h"

#define WORDS_MAX 8
#define TEXT_MAX  128

/* Blanks and commas separate. */
static unsigned split(char *text, char *words[WORDS_MAX])
{
    unsigned count = 0;
    for (char *word = strtok(text, " \t,"); word && count < WORDS_MAX;
         word = strtok(NULL, " \t,")) {
        words[count++] = word;
    }
    return count;
}

static bool parse_general(const char *word, unsigned *number)
{
    uint64_t n;
    const char *end;
    if (strcasecmp(word, "xzr") == 0) {
        *number = 31;
        return true;
    }
    if (tolower((unsigned char)word[0]) != 'x' || !parse_u64(word + 1, 10, &n, &end) || *end ||
        n > 30) {
        return false;
    }
    *number = (unsigned)n;
    return true;
}

static bool parse_immediate(const char *word, uint64_t most, uint64_t *value)
{
    const char *end;
    const char *digits = word[0] == '#' ? word + 1 : word;
    bool is_hex = digits[0] == '0' && tolower((unsigned char)digits[1]) == 'x';
    return parse_u64(digits, is_hex ? 16 : 10, value, &end) && !*end && *value <= most;
}

/* S<op0>_<op1>_C<n>_C<m>_<op2> */
static bool parse_generic(const char *name, uint16_t *enc)
{
    unsigned op0, op1, crn, crm, op2;
    int length = 0;
    char lower[TEXT_MAX];
    snprintf(lower, sizeof lower, "%s", name);
    for (char *p = lower; *p; p++) {
        *p = (char)tolower((unsigned char)*p);
    }
    if (sscanf(lower, "s%1u_%1u_c%2u_c%2u_%1u%n", &op0, &op1, &crn, &crm, &op2, &length) != 5 ||
        lower[length] != '\0' || op0 > 3 || op1 > 7 || crn > 15 || crm > 15 || op2 > 7) {
        return false;
    }
    *enc = SYSREG_ENC(op0, op1, crn, crm, op2);
    return true;
}

/* NAME_EL12 for NAME_EL1, NAME_EL02 for NAME_EL0. */
static bool is_alias_of(const char *name, const struct sysreg_row *row)
{
    size_t length = strlen(row->name);
    size_t tail = strlen(name) - (length < strlen(name) ? length : strlen(name));
    return row->el12 != 0 && tail == 1 && strncasecmp(name, row->name, length - 1) == 0 &&
           ((row->name[length - 1] == '1' && strcmp(name + length - 1, "12") == 0) ||
            (row->name[length - 1] == '0' && strcmp(name + length - 1, "02") == 0));
}

/* *unknown says which name is none. */
static bool parse_operation(const char *kind, const char *name, uint16_t *enc, struct err *unknown)
{
    char whole[TEXT_MAX];
    snprintf(whole, sizeof whole, "%s %s", kind, name);
    return insn_text_register(whole, enc) || err_set(unknown, "there is no \"%s\"", whole);
}

static bool parse_register(const char *name, uint16_t *enc, struct err *unknown)
{
    return insn_text_register(name, enc) || err_set(unknown, "there is no register \"%s\"", name);
}

bool insn_text_register(const char *name, uint16_t *enc)
{
    for (unsigned id = SR_NONE + 1; id < SR_COUNT; id++) {
        if (strcasecmp(sysreg_rows[id].name, name) == 0) {
            *enc = sysreg_rows[id].enc;
            return true;
        }
        if (is_alias_of(name, &sysreg_rows[id])) {
            *enc = sysreg_rows[id].el12;
            return true;
        }
    }
    return parse_generic(name, enc);
}

/* MRS Xt, R; MSR R, Xt; MSR field, #imm */
static bool parse_move(char *const *words, unsigned count, struct explain_subject *out,
                       struct err *unknown)
{
    uint64_t imm;
    out->is_sysreg = true;
    out->write = strcasecmp(words[0], "msr") == 0;
    if (count != 3) {
        return false;
    }
    if (!out->write) {
        return parse_general(words[1], &out->rt) && parse_register(words[2], &out->enc, unknown);
    }
    if (parse_general(words[2], &out->rt)) {
        return parse_register(words[1], &out->enc, unknown);
    }
    out->rt = 31;
    if (!parse_immediate(words[2], 15, &imm)) {
        return false;
    }
    out->crm = (uint8_t)imm;
    return parse_operation("PSTATE", words[1], &out->enc, unknown);
}

/* TLBI, AT, DC, IC: an operation, and a register where there is one */
static bool parse_system(char *const *words, unsigned count, struct explain_subject *out,
                         struct err *unknown)
{
    char kind[8];
    out->is_sysreg = out->write = true;
    out->rt = 31;
    snprintf(kind, sizeof kind, "%s", words[0]);
    return (count == 2 || (count == 3 && parse_general(words[2], &out->rt))) &&
           parse_operation(kind, words[1], &out->enc, unknown);
}

static bool parse_special(char *const *words, unsigned count, struct explain_subject *out)
{
    static const struct {
        const char *name;
        enum special_insn insn;
        bool has_number;
    } names[] = {
        {"svc", INSN_SVC, true},  {"hvc", INSN_HVC, true},  {"smc", INSN_SMC, true},
        {"brk", INSN_BRK, true},  {"hlt", INSN_HLT, true},  {"eret", INSN_ERET, false},
        {"wfi", INSN_WFI, false}, {"wfe", INSN_WFE, false},
    };
    uint64_t number = 0;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcasecmp(names[i].name, words[0]) == 0) {
            out->insn = names[i].insn;
            bool ok = count == (names[i].has_number ? 2u : 1u) &&
                      (!names[i].has_number || parse_immediate(words[1], 0xffff, &number));
            out->imm16 = (uint16_t)number;
            return ok;
        }
    }
    return false;
}

static bool parse_text(const char *text, struct explain_subject *out, struct err *unknown)
{
    char buffer[TEXT_MAX], *words[WORDS_MAX];
    if (strlen(text) >= sizeof buffer) {
        return false;
    }
    snprintf(buffer, sizeof buffer, "%s", text);
    unsigned count = split(buffer, words);
    if (count == 0) {
        return false;
    }
    if (strcasecmp(words[0], "mrs") == 0 || strcasecmp(words[0], "msr") == 0) {
        return parse_move(words, count, out, unknown);
    }
    static const char *const kinds[] = {"tlbi", "at", "dc", "ic"};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (strcasecmp(words[0], kinds[i]) == 0) {
            return parse_system(words, count, out, unknown);
        }
    }
    return parse_special(words, count, out);
}

/* What of a word's meaning the chain is about; false: it is an ordinary instruction. */
static bool subject_of(const struct insn *insn, struct explain_subject *out)
{
    static const struct {
        enum insn_kind kind;
        enum special_insn insn;
    } kinds[] = {
        {INSN_KIND_SVC, INSN_SVC},   {INSN_KIND_HVC, INSN_HVC}, {INSN_KIND_SMC, INSN_SMC},
        {INSN_KIND_ERET, INSN_ERET}, {INSN_KIND_BRK, INSN_BRK}, {INSN_KIND_HLT, INSN_HLT},
        {INSN_KIND_WFI, INSN_WFI},   {INSN_KIND_WFE, INSN_WFE},
    };
    if (insn->kind == INSN_KIND_MRS || insn->kind == INSN_KIND_MSR ||
        insn->kind == INSN_KIND_MSR_IMM) {
        bool has_operand = insn->kind == INSN_KIND_MSR_IMM;
        unsigned enc = insn->word >> 5 & 0xffff;
        *out = (struct explain_subject){.is_sysreg = true,
                                        .enc = (uint16_t)(has_operand ? enc & ~(15u << 3) : enc),
                                        .crm = has_operand ? enc >> 3 & 15 : 0,
                                        .write = insn->kind != INSN_KIND_MRS,
                                        .rt = insn->word & 31};
        return true;
    }
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (insn->kind == kinds[i].kind) {
            *out = (struct explain_subject){.insn = kinds[i].insn,
                                            .imm16 = (uint16_t)(insn->word >> 5)};
            return true;
        }
    }
    *out = (struct explain_subject){.insn = INSN_FP};
    return insn->flags & INSN_FLAG_FP;
}

bool insn_text_parse(const char *text, const struct cpu_model *model, struct explain_subject *out,
                     struct err *e)
{
    uint64_t word;
    *out = (struct explain_subject){.rt = 0};
    if (strncasecmp(text, "0x", 2) == 0) {
        if (!parse_immediate(text, 0xffffffff, &word)) {
            return err_set(e, "%s: a word of 32 bits is expected", text);
        }
        struct insn insn = insn_decode(model, (uint32_t)word);
        return subject_of(&insn, out) ||
               err_set(e, "%s: %s", text,
                       insn.kind == INSN_KIND_UNDEF
                           ? "the CPU has no such instruction: UNDEFINED"
                           : "an ordinary instruction: nothing decides about it but translation");
    }
    struct err unknown = {.text = ""};
    if (parse_text(text, out, &unknown)) {
        return true;
    }
    if (unknown.text[0]) {
        return err_set(e, "\"%s\": %s", text, unknown.text);
    }
    return err_set(e,
                   "\"%s\": expected is MRS, MSR, TLBI, AT, DC, IC, SVC, HVC, SMC, BRK, HLT, ERET, "
                   "WFI or WFE as the assembler writes it, or the word of any instruction (0x...)",
                   text);
}
