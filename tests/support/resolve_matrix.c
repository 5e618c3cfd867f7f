#include "tests/support/resolve_matrix.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cpu-el/resolve.h"

/* HCR_EL2 by number: what the model calls these bits is under test. */
#define NV  (UINT64_C(1) << 42)
#define NV1 (UINT64_C(1) << 43)
#define NV2 (UINT64_C(1) << 45)
#define E2H (UINT64_C(1) << 34)
#define TGE (UINT64_C(1) << 27)

static const struct world {
    const char *name;
    uint64_t hcr;
    const char *els;
    bool with_controls;
} worlds[] = {
    {"nvhe", 0, "012", true},      {"tge", TGE, "02", true},
    {"vhe", E2H, "012", true},     {"host", E2H | TGE, "02", true},
    {"nv", NV, "1", false},        {"nv1", NV | NV1, "1", false},
    {"nv2", NV | NV2, "1", false}, {"nv2+nv1", NV | NV1 | NV2, "1", false},
};

#define WORLD_COUNT (sizeof worlds / sizeof worlds[0])

/* What is tried: a row, an alias, an encoding without row, or an instruction. */
struct subject {
    char name[48];
    enum sysreg_id id;
    uint16_t enc;
    int insn; /* enum special_insn, or -1 */
    char *block;
};

static const struct {
    const char *name;
    uint16_t enc;
} encodings_without_row[] = {
    {"S1_0_C11_C0_0 (implementation defined)", SYSREG_ENC(1, 0, 11, 0, 0)},
    {"S1_7_C15_C15_7 (implementation defined)", SYSREG_ENC(1, 7, 15, 15, 7)},
    {"S3_0_C11_C0_0 (implementation defined)", SYSREG_ENC(3, 0, 11, 0, 0)},
    {"S3_0_C0_C2_0... (reserved)", SYSREG_ENC(3, 0, 0, 5, 7)},
    {"S3_0_C5_C7_7 (unallocated)", SYSREG_ENC(3, 0, 5, 7, 7)},
    {"S3_4_C15_C2_0 (implementation defined)", SYSREG_ENC(3, 4, 15, 2, 0)},
    {"S2_1_C0_C0_1 (trace, unallocated)", SYSREG_ENC(2, 1, 0, 0, 1)},
};

static const char *const insn_names[] = {"SVC", "HVC", "SMC", "ERET", "WFI",
                                         "WFE", "BRK", "HLT", "FP"};

void text_add(struct text *text, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (text->length + (size_t)n + 1 > text->size) {
        text->size = 2 * text->size + (size_t)n + 256;
        text->chars = realloc(text->chars, text->size);
    }
    va_start(args, format);
    vsnprintf(text->chars + text->length, (size_t)n + 1, format, args);
    va_end(args);
    text->length += (size_t)n;
}

void matrix_open(struct pe *pe)
{
    memset(pe, 0, sizeof *pe);
    pe->ps.sp = true;
    for (unsigned i = 0; i < FEATURE_COUNT; i++) {
        pe->model.has[i] = true;
    }
    pe->model.breakpoint_count = 16;
    pe->model.watchpoint_count = 16;
    pe->model.pmu_counter_count = 31;
    pe->model.list_register_count = 16;
    pe->model.virtual_priority_bits = 7;
    /* Every control that traps when clear is set. */
    for (size_t i = 0; i < trap_rule_count; i++) {
        const struct trap_rule *rule = &trap_rules[i];
        if (rule->value == 0) {
            pe->sr[rule->control] |= rule->mask;
        }
    }
    pe->sr[SR_CPACR_EL1] = pe->sr[SR_CPTR_EL2] = 3u << 20;
}

void matrix_close(struct pe *pe, const struct trap_rule *rule)
{
    pe->sr[rule->control] = (pe->sr[rule->control] & ~rule->mask) | rule->value;
}

static struct outcome outcome_of(const struct pe *pe, const struct subject *s, bool write)
{
    return s->insn >= 0 ? resolve_insn(pe, (enum special_insn)s->insn, 0x1234)
                        : resolve_sysreg(pe, s->enc, write);
}

static bool is_same(const struct outcome *a, const struct outcome *b)
{
    return a->kind == b->kind && a->id == b->id && a->offset == b->offset &&
           a->target_el == b->target_el && a->esr == b->esr;
}

static const char *access_word(const struct subject *s, const struct outcome *out)
{
    const struct sysreg_row *row = &sysreg_rows[s->id];
    if (out->id == s->id || s->id == SR_NONE) {
        return "=";
    }
    if (out->id == (enum sysreg_id)row->e2h_el2) {
        return ">";
    }
    if (out->id == (enum sysreg_id)row->virt || out->id == (enum sysreg_id)row->virt_amo) {
        return "v";
    }
    return out->id == (enum sysreg_id)row->nv_el1 ? "<" : "?";
}

/* One outcome in few letters; the key is at the head of the text. */
static void add_cell(struct text *text, const struct subject *s, const struct outcome *out,
                     bool write)
{
    uint32_t ec = out->esr >> 26;
    uint32_t iss = out->esr & 0x1ffffff;
    switch (out->kind) {
    case OUT_ACCESS:
        text_add(text, "%s", access_word(s, out));
        break;
    case OUT_MEMORY:
        text_add(text, out->offset == sysreg_rows[s->id].vncr && out->offset != 0 ? "m" : "?");
        break;
    case OUT_UNDEF:
        text_add(text, "u");
        break;
    case OUT_NOP:
        text_add(text, "n");
        break;
    case OUT_TRAP:
        text_add(text, "%u", out->target_el);
        if (ec != 0x18) {
            text_add(text, "(%02x", ec);
            text_add(text, iss ? ":%x)" : ")", iss);
        } else { /* op0 op2 op1 CRn Rt CRm direction: Arm ARM, ESR_EL2, ISS for MSR, MRS */
            uint32_t e = s->enc;
            uint32_t expected = (e >> 14 & 3) << 20 | (e & 7) << 17 | (e >> 11 & 7) << 14 |
                                (e >> 7 & 15) << 10 | (e >> 3 & 15) << 1 | !write;
            text_add(text, iss == expected ? "" : "!");
        }
        break;
    }
}

static void add_base(struct text *text, struct pe *pe, const struct subject *s)
{
    for (size_t w = 0; w < WORLD_COUNT; w++) {
        pe->sr[SR_HCR_EL2] ^= worlds[w].hcr;
        text_add(text, "%s%s", w == 0 ? "  " : w == 4 ? "\n  " : ", ", worlds[w].name);
        for (unsigned write = 0; write <= (s->insn < 0); write++) {
            text_add(text, s->insn >= 0 ? " " : write ? " w:" : " r:");
            for (const char *el = worlds[w].els; *el; el++) {
                pe->ps.el = (uint8_t)(*el - '0');
                struct outcome out = outcome_of(pe, s, write);
                add_cell(text, s, &out, write);
            }
        }
        pe->sr[SR_HCR_EL2] ^= worlds[w].hcr;
    }
    text_add(text, "\n");
}

static bool is_undefined_everywhere(struct pe *pe, const struct subject *s)
{
    bool all = true;
    pe->sr[SR_HCR_EL2] ^= E2H;
    for (pe->ps.el = 0; pe->ps.el <= 2; pe->ps.el++) {
        all = all && outcome_of(pe, s, false).kind == OUT_UNDEF &&
              outcome_of(pe, s, true).kind == OUT_UNDEF;
    }
    pe->sr[SR_HCR_EL2] ^= E2H;
    return all;
}

static void add_needs(struct text *text, struct pe *pe, const struct subject *s)
{
    if (is_undefined_everywhere(pe, s)) {
        return;
    }
    for (unsigned f = 0; f < FEATURE_COUNT; f++) {
        pe->model.has[f] = false;
        if (is_undefined_everywhere(pe, s)) {
            text_add(text, "  needs %s\n", cpu_feature_info[f].name);
        }
        pe->model.has[f] = true;
    }
}

/* The cells of one world that the control changes. */
static void add_changes(struct text *text, struct pe *pe, const struct subject *s,
                        const struct world *world, const struct trap_rule *rule)
{
    for (unsigned cell = 0; world->els[cell / 2]; cell++) {
        bool write = cell & 1;
        if (s->insn >= 0 && write) {
            continue;
        }
        pe->ps.el = (uint8_t)(world->els[cell / 2] - '0');
        uint64_t hcr = pe->sr[SR_HCR_EL2];
        uint64_t control = pe->sr[rule->control];
        pe->sr[SR_HCR_EL2] |= world->hcr;
        struct outcome open = outcome_of(pe, s, write);
        matrix_close(pe, rule);
        pe->sr[SR_HCR_EL2] = (pe->sr[SR_HCR_EL2] & ~(E2H | TGE)) | world->hcr;
        struct outcome closed = outcome_of(pe, s, write);
        pe->sr[rule->control] = control;
        pe->sr[SR_HCR_EL2] = hcr;
        if (!is_same(&open, &closed)) {
            const char *what = s->insn >= 0 ? " EL" : write ? " w" : " r";
            text_add(text, " %s%s%c:", world->name, what, world->els[cell / 2]);
            add_cell(text, s, &closed, write);
        }
    }
}

/* Whether an earlier rule has the same setting. */
static bool is_repeated(size_t index)
{
    const struct trap_rule *rule = &trap_rules[index];
    for (size_t i = 0; i < index; i++) {
        const struct trap_rule *other = &trap_rules[i];
        if (other->control == rule->control && other->mask == rule->mask &&
            other->value == rule->value) {
            return true;
        }
    }
    return false;
}

static void add_controls(struct text *text, struct pe *pe, const struct subject *s)
{
    for (size_t i = 0; i < trap_rule_count; i++) {
        const struct trap_rule *rule = &trap_rules[i];
        if (is_repeated(i)) {
            continue;
        }
        size_t start = text->length;
        text_add(text, "  %s=%llx/%llx:", rule->name, (unsigned long long)rule->value,
                 (unsigned long long)rule->mask);
        size_t head = text->length;
        for (size_t w = 0; w < WORLD_COUNT && worlds[w].with_controls; w++) {
            add_changes(text, pe, s, &worlds[w], rule);
        }
        if (text->length == head) {
            text->length = start; /* no effect: no line */
            text->chars[start] = '\0';
        } else {
            text_add(text, "\n");
        }
    }
}

static struct subject *add_subject(struct subject *at, const char *name, enum sysreg_id id,
                                   uint16_t enc, int insn)
{
    *at = (struct subject){.id = id, .enc = enc, .insn = insn};
    snprintf(at->name, sizeof at->name, "%s", name);
    return at + 1;
}

static size_t add_subjects(struct subject *subjects)
{
    struct subject *at = subjects;
    for (unsigned i = SR_NONE + 1; i < SR_COUNT; i++) {
        const struct sysreg_row *row = &sysreg_rows[i];
        at = add_subject(at, row->name, (enum sysreg_id)i, row->enc, -1);
        if (row->el12 != 0) {
            at = add_subject(at, row->name, (enum sysreg_id)i, row->el12, -1);
            bool of_el0 = strstr(row->name, "_EL0") != NULL;
            strcpy(at[-1].name + strlen(row->name) - 1, of_el0 ? "02" : "12");
        }
    }
    for (size_t i = 0; i < sizeof encodings_without_row / sizeof encodings_without_row[0]; i++) {
        uint16_t enc = encodings_without_row[i].enc;
        enum sysreg_id id = (enum sysreg_id)sysreg_find(enc);
        at = add_subject(at, encodings_without_row[i].name, id, enc, -1);
    }
    for (int i = INSN_SVC; i <= INSN_FP; i++) {
        at = add_subject(at, insn_names[i], SR_NONE, 0, i);
    }
    return (size_t)(at - subjects);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct subject *)a)->name, ((const struct subject *)b)->name);
}

/* Prints the name of every subject that behaves as the first, in lines of at most 100 columns. */
static void add_names(struct text *text, struct subject *first, const struct subject *end)
{
    size_t column = 0;
    for (struct subject *s = first; s < end; s++) {
        if (s->block == NULL || strcmp(s->block, first->block) != 0) {
            continue;
        }
        if (column != 0 && column + strlen(s->name) + 2 > 100) {
            text_add(text, ",\n");
            column = 0;
        }
        text_add(text, column == 0 ? "%s" : ", %s", s->name);
        column += strlen(s->name) + 2;
        if (s != first) {
            free(s->block);
            s->block = NULL; /* told */
        }
    }
    text_add(text, "\n");
}

void matrix_print(struct text *text, uint64_t groups)
{
    struct subject *subjects = calloc(2 * SR_COUNT, sizeof *subjects);
    struct pe *pe = malloc(sizeof *pe);
    size_t count = add_subjects(subjects);
    qsort(subjects, count, sizeof *subjects, by_name);
    matrix_open(pe);
    for (size_t i = 0; i < count; i++) {
        struct text block = {0};
        if (subjects[i].id != SR_NONE && groups != ALL_GROUPS &&
            !(sysreg_rows[subjects[i].id].trap & groups)) {
            continue;
        }
        add_base(&block, pe, &subjects[i]);
        add_needs(&block, pe, &subjects[i]);
        add_controls(&block, pe, &subjects[i]);
        subjects[i].block = block.chars;
    }
    for (size_t i = 0; i < count; i++) {
        if (subjects[i].block) {
            add_names(text, &subjects[i], subjects + count);
            text_add(text, "%s\n", subjects[i].block);
            free(subjects[i].block);
            subjects[i].block = NULL;
        }
    }
    free(pe);
    free(subjects);
}
