/* Syndromes (Arm ARM, ESR_EL2: the ISS encodings of each exception class). */
#include <string.h>

#include "cpu-el/syndrome.h"
#include "cpu-el/sysreg_table.h"
#include "sim/base/bits.h"
#include "sim/report/explain.h"

struct iss_field {
    const char *name;
    uint8_t high, low;
    const char *what;
};

static const struct iss_field wfx[] = {{"TI", 1, 0, "0 WFI, 1 WFE"}};
static const struct iss_field immediate[] = {{"imm16", 15, 0, "the instruction's number"}};
static const struct iss_field data_abort[] = {
    {"ISV", 24, 24, "the fields up to AR say what the instruction was"},
    {"SAS", 23, 22, "size: 0 byte, 1 halfword, 2 word, 3 doubleword"},
    {"SSE", 21, 21, "sign extends"},
    {"SRT", 20, 16, "which general register"},
    {"SF", 15, 15, "the register is 64 bits wide"},
    {"AR", 14, 14, "acquire or release"},
    {"FnV", 10, 10, "FAR is not valid"},
    {"EA", 9, 9, "type of an external abort"},
    {"CM", 8, 8, "cache maintenance or AT"},
    {"S1PTW", 7, 7, "stage 2 fault on a stage-1 walk"},
    {"WnR", 6, 6, "a write"},
};
static const struct iss_field instruction_abort[] = {
    {"FnV", 10, 10, "FAR is not valid"},
    {"EA", 9, 9, "type of an external abort"},
    {"S1PTW", 7, 7, "stage 2 fault on a stage-1 walk"},
};
static const struct iss_field watchpoint[] = {{"CM", 8, 8, "cache maintenance"},
                                              {"WnR", 6, 6, "a write"}};
static const struct iss_field step[] = {{"ISV", 24, 24, "EX is valid"},
                                        {"EX", 6, 6, "the step was a load-exclusive"}};
static const struct iss_field serror[] = {{"IDS", 24, 24, "the rest is IMPLEMENTATION DEFINED"}};

enum iss_kind { ISS_PLAIN, ISS_SYSREG, ISS_FAULT };

static const struct {
    enum syndrome_ec ec;
    const char *name;
    enum iss_kind kind;
    const struct iss_field *fields;
    size_t count;
} classes[] = {
#define CLASS(ec, name, kind, fields)                                                              \
    {                                                                                              \
        ec, name, kind, fields, sizeof fields / sizeof fields[0]                                   \
    }
    {EC_UNKNOWN, "unknown reason: mostly an UNDEFINED instruction", ISS_PLAIN, NULL, 0},
    CLASS(EC_WFX, "WFI or WFE that trapped", ISS_PLAIN, wfx),
    {EC_FP_TRAP, "FP or SIMD that trapped by CPACR_EL1 or CPTR_EL2", ISS_PLAIN, NULL, 0},
    {EC_ILLEGAL_STATE, "illegal execution state", ISS_PLAIN, NULL, 0},
    CLASS(EC_SVC64, "SVC", ISS_PLAIN, immediate),
    CLASS(EC_HVC64, "HVC", ISS_PLAIN, immediate),
    CLASS(EC_SMC64, "SMC", ISS_PLAIN, immediate),
    {EC_SYSREG, "MSR, MRS or system instruction that trapped", ISS_SYSREG, NULL, 0},
    {EC_ERET, "ERET that trapped by HCR_EL2.NV", ISS_PLAIN, NULL, 0},
    CLASS(EC_IABT_LOWER, "instruction abort from a lower EL", ISS_FAULT, instruction_abort),
    CLASS(EC_IABT_SAME, "instruction abort from the same EL", ISS_FAULT, instruction_abort),
    {EC_PC_ALIGNMENT, "PC alignment fault", ISS_PLAIN, NULL, 0},
    CLASS(EC_DABT_LOWER, "data abort from a lower EL", ISS_FAULT, data_abort),
    CLASS(EC_DABT_SAME, "data abort from the same EL", ISS_FAULT, data_abort),
    {EC_SP_ALIGNMENT, "SP alignment fault", ISS_PLAIN, NULL, 0},
    CLASS(EC_SERROR, "SError", ISS_PLAIN, serror),
    {EC_BREAKPOINT_LOWER, "breakpoint, from a lower EL", ISS_PLAIN, NULL, 0},
    {EC_BREAKPOINT_SAME, "breakpoint, from the same EL", ISS_PLAIN, NULL, 0},
    CLASS(EC_STEP_LOWER, "software step, from a lower EL", ISS_PLAIN, step),
    CLASS(EC_STEP_SAME, "software step, from the same EL", ISS_PLAIN, step),
    CLASS(EC_WATCHPOINT_LOWER, "watchpoint, from a lower EL", ISS_PLAIN, watchpoint),
    CLASS(EC_WATCHPOINT_SAME, "watchpoint, from the same EL", ISS_PLAIN, watchpoint),
    CLASS(EC_BRK64, "BRK", ISS_PLAIN, immediate),
#undef CLASS
};

/* IFSC, DFSC: what and, in the low two bits, the level. */
static const char *status_of(uint32_t iss, bool *has_level)
{
    static const struct {
        uint8_t code, mask;
        const char *what;
    } codes[] = {
        {0x00, 0x3c, "address size fault"},
        {0x04, 0x3c, "translation fault"},
        {0x08, 0x3c, "access flag fault"},
        {0x0c, 0x3c, "permission fault"},
        {0x10, 0x3f, "external abort"},
        {0x14, 0x3c, "external abort on a walk"},
        {0x21, 0x3f, "alignment fault"},
        {0x30, 0x3f, "TLB conflict abort"},
        {0x35, 0x3f, "unsupported exclusive or atomic"},
    };
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        if ((iss & 0x3f & codes[i].mask) == codes[i].code) {
            *has_level = codes[i].mask == 0x3c;
            return codes[i].what;
        }
    }
    *has_level = false;
    return "reserved";
}

static void print_status(FILE *out, uint32_t iss, int indent)
{
    bool has_level;
    const char *what = status_of(iss, &has_level);
    fprintf(out, "%*s%-6s 0x%-4x %s", indent, "", "FSC", iss & 0x3f, what);
    fprintf(out, has_level ? ", level %u\n" : "\n", iss & 3);
}

/* "MSR of SCTLR_EL1, register x3" */
static void sysreg_text(uint32_t iss, char *text, size_t room)
{
    uint16_t enc =
        SYSREG_ENC(iss >> 20 & 3, iss >> 14 & 7, iss >> 10 & 15, iss >> 1 & 15, iss >> 17 & 7);
    uint16_t found = sysreg_find(enc);
    const struct sysreg_row *row = &sysreg_rows[found & ~SYSREG_ALIAS];
    const char *how = (iss >> 20 & 3) == 1 ? "" : iss & 1 ? "MRS " : "MSR ";
    snprintf(text, room, "%s%s%s, register x%u", how,
             found == SR_NONE ? "of an unknown register" : row->name,
             found & SYSREG_ALIAS ? ", by its EL12 or EL02 name" : "", iss >> 5 & 31);
}

static void print_sysreg(FILE *out, uint32_t iss, int indent)
{
    char text[EXPLAIN_BITS_MAX];
    sysreg_text(iss, text, sizeof text);
    fprintf(out, "%*s%s (op0 %u, op1 %u, CRn %u, CRm %u, op2 %u)\n", indent, "", text,
            iss >> 20 & 3, iss >> 14 & 7, iss >> 10 & 15, iss >> 1 & 15, iss >> 17 & 7);
}

void explain_esr(FILE *out, uint32_t esr, int indent)
{
    uint32_t iss = esr & ESR_ISS_MASK;
    unsigned ec = esr >> 26;
    fprintf(out, "%*sESR 0x%08x: EC 0x%02x, IL %u, ISS 0x%x\n", indent, "", esr, ec, esr >> 25 & 1,
            iss);
    indent += 2;
    for (size_t i = 0; i < sizeof classes / sizeof classes[0]; i++) {
        if (classes[i].ec != ec) {
            continue;
        }
        fprintf(out, "%*s%s\n", indent, "", classes[i].name);
        for (size_t n = 0; n < classes[i].count; n++) {
            const struct iss_field *f = &classes[i].fields[n];
            uint32_t value = iss >> f->low & ((2u << (f->high - f->low)) - 1);
            fprintf(out, "%*s%-6s 0x%-4x %s\n", indent, "", f->name, value, f->what);
        }
        if (classes[i].kind == ISS_SYSREG) {
            print_sysreg(out, iss, indent);
        } else if (classes[i].kind == ISS_FAULT) {
            print_status(out, iss, indent);
        }
        return;
    }
    fprintf(out, "%*sno class that an AArch64-only CPU of this model takes\n", indent, "");
}

void explain_iss(uint32_t esr, struct explain_iss *out)
{
    *out = (struct explain_iss){.name = "no class that an AArch64-only CPU of this model takes"};
    for (size_t i = 0; i < sizeof classes / sizeof classes[0]; i++) {
        if (classes[i].ec != esr >> 26) {
            continue;
        }
        out->name = classes[i].name;
        for (size_t n = 0; n < classes[i].count; n++) {
            const struct iss_field *f = &classes[i].fields[n];
            out->fields[n].name = f->name;
            out->fields[n].value = esr >> f->low & ((2u << (f->high - f->low)) - 1);
        }
        out->count = classes[i].count;
        if (classes[i].kind == ISS_SYSREG) {
            sysreg_text(esr, out->detail, sizeof out->detail);
        } else if (classes[i].kind == ISS_FAULT) {
            bool has_level;
            const char *what = status_of(esr, &has_level);
            snprintf(out->detail, sizeof out->detail, has_level ? "%s, level %u" : "%s", what,
                     esr & 3);
        }
    }
}
