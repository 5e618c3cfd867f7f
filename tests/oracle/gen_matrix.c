/*
 * The access matrix of the guest harness (tests/guest/matrix): its rows, or the lines that a
 * machine as resolve() sees it prints. Each register and operation at each EL, read and written, in
 * the four settings of E2H and TGE: with every control of its own permissive, and with each in turn
 * set to trap.
 *
 * usage: gen_matrix MODEL 2|3 rows|expected
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/oracle/assembly.h"
#include "cpu-el/pe.h"
#include "cpu-el/resolve.h"
#include "cpu-el/resolve_rules.h"
#include "cpu-el/sysreg_table.h"

#define SETUPS 4 /* MATRIX_SETUPS */
#define TGE    (UINT64_C(1) << 27)
#define E2H    (UINT64_C(1) << 34)
#define HCD    (UINT64_C(1) << 29)

static const struct world {
    const char *name;
    uint64_t hcr;
} worlds[] = {{"", 0}, {"TGE", TGE}, {"E2H", E2H}, {"E2H TGE", E2H | TGE}};

/* As guest.h's state_reset_core() leaves it, where a rule of trap.def looks. */
static const struct {
    enum sysreg_id id;
    uint64_t value;
} guest_state[] = {
    {SR_HCR_EL2, 0x80000000}, {SR_SCTLR_EL2, 0x30c50830}, {SR_SCTLR_EL1, 0x30d00800},
    {SR_CPTR_EL2, 0x33ff},    {SR_CPACR_EL1, 0x300000},   {SR_CNTHCTL_EL2, 3},
    {SR_CNTKCTL_EL1, 0},      {SR_MDSCR_EL1, 0},          {SR_PMUSERENR_EL0, 0},
    {SR_ICC_SRE_EL1, 7},      {SR_ICC_SRE_EL2, 15},       {SR_ICH_HCR_EL2, 0},
};

enum kind { KIND_READ, KIND_WRITE, KIND_SYS, KIND_BARE };

struct setup {
    enum sysreg_id id;
    uint64_t mask, value;
};

struct row {
    char name[32];
    char with[64];
    uint16_t enc;
    enum kind kind;
    unsigned el;
    struct setup setups[SETUPS];
    unsigned setup_count;
};

typedef void row_fn(const struct row *row, const struct outcome *out, const struct pe *pe);

static void set_guest_state(struct pe *pe)
{
    for (unsigned id = SR_NONE + 1; id < SR_COUNT; id++) {
        pe->sr[id] = sysreg_reset_value((enum sysreg_id)id);
    }
    for (size_t i = 0; i < sizeof guest_state / sizeof guest_state[0]; i++) {
        pe->sr[guest_state[i].id] =
            sysreg_legal_value(&pe->model, guest_state[i].id, guest_state[i].value);
    }
    pe->sr[SR_MDCR_EL2] = pe->model.pmu_counter_count;
    pe->ps.sp = true;
}

/* Adds to the settings of a row: bits of a register that has some are joined with those. */
static bool add_setup(struct row *row, enum sysreg_id id, uint64_t mask, uint64_t value)
{
    for (unsigned i = 0; i < row->setup_count; i++) {
        struct setup *s = &row->setups[i];
        if (s->id == id) {
            s->value = (s->value & ~mask) | value;
            s->mask |= mask;
            return true;
        }
    }
    if (row->setup_count == SETUPS) {
        return false;
    }
    row->setups[row->setup_count++] = (struct setup){id, mask, value};
    return true;
}

/* False: the machine would not keep a setting. */
static bool apply_setups(struct pe *pe, const struct row *row)
{
    for (unsigned i = 0; i < row->setup_count; i++) {
        const struct setup *s = &row->setups[i];
        uint64_t value = (pe->sr[s->id] & ~s->mask) | s->value;
        pe->sr[s->id] = sysreg_legal_value(&pe->model, s->id, value);
        if (pe->sr[s->id] != value) {
            return false;
        }
    }
    return true;
}

static struct outcome outcome_of(const struct pe *pe, const struct row *row)
{
    return resolve_sysreg(pe, row->enc, row->kind != KIND_READ);
}

/* Sets the control of a rule; E2H and TGE belong to the world. HCR_EL2 is gathered in *hcr. */
static bool add_control(struct row *row, struct row *hcr, const struct trap_rule *rule,
                        uint64_t value)
{
    if (rule->mask & (E2H | TGE)) {
        return true;
    }
    return add_setup(rule->control == SR_HCR_EL2 ? hcr : row, (enum sysreg_id)rule->control,
                     rule->mask, value);
}

/* Not trapping: all bits of the control set, or none. */
static uint64_t permissive(const struct trap_rule *rule)
{
    return rule->value == rule->mask ? 0 : rule->mask;
}

/* The settings: rules of the list permissive, but `closed` (NULL: none). HCR_EL2 comes last, so
 * that the others are written under the names they have without E2H. False: no room. */
static bool set_controls(const struct cpu_model *model, struct row *row, const struct world *world,
                         const struct rule_list *list, const struct trap_rule *closed)
{
    struct row hcr = {.setup_count = 0};
    add_setup(&hcr, SR_HCR_EL2, E2H | TGE, world->hcr);
    for (unsigned i = 0; i < list->count; i++) {
        const struct trap_rule *rule = &trap_rules[list->rules[i]];
        bool has_control = rule->need == 0 || model->has[rule->need - 1];
        if (has_control && !add_control(row, &hcr, rule, permissive(rule))) {
            return false;
        }
    }
    if (closed && !add_control(row, &hcr, closed, closed->value)) {
        return false;
    }
    return add_setup(row, SR_HCR_EL2, hcr.setups[0].mask, hcr.setups[0].value);
}

/* Rows that the guest could not come back from, or whose outcome depends on more than resolve(). */
static bool is_left_out(const struct row *row, const struct outcome *out, enum sysreg_id id)
{
    for (unsigned i = 0; i < row->setup_count; i++) {
        const struct setup *s = &row->setups[i];
        if (s->id == SR_HCR_EL2 && (s->value & TGE) && row->el == 1) {
            return true;
        }
    }
    if (out->kind == OUT_ACCESS && id == SR_DC_ZVA) {
        return true; /* MMU off: Device memory, alignment fault */
    }
    return id == SR_PSTATE_SPSEL || (id == SR_HCR_EL2 && row->kind == KIND_WRITE);
}

static void try_row(struct pe *pe, const struct row *start, const struct world *world,
                    const struct rule_list *list, const struct trap_rule *closed, row_fn *tell)
{
    struct row row = *start;
    set_guest_state(pe);
    pe->ps.el = (uint8_t)row.el;
    if (!set_controls(&pe->model, &row, world, list, closed) || !apply_setups(pe, &row)) {
        return;
    }
    struct outcome out = outcome_of(pe, &row);
    if (is_left_out(&row, &out, (enum sysreg_id)(sysreg_find(row.enc) & ~SYSREG_ALIAS))) {
        return;
    }
    if (closed) {
        struct row open = *start;
        struct pe *other = malloc(sizeof *other);
        *other = *pe;
        set_guest_state(other);
        set_controls(&pe->model, &open, world, list, NULL);
        apply_setups(other, &open);
        struct outcome permitted = outcome_of(other, &open);
        free(other);
        if (permitted.kind == out.kind && permitted.esr == out.esr) {
            return; /* the control changes nothing here */
        }
    }
    /* A bit may serve two rules: the one that decided names it. */
    const char *control = !closed ? "" : out.rule ? out.rule : closed->name;
    snprintf(row.with, sizeof row.with, "%s%s%s", world->name,
             world->name[0] && control[0] ? " " : "", control);
    tell(&row, &out, pe);
}

static bool has_same_setting_before(const struct rule_list *list, unsigned index)
{
    const struct trap_rule *rule = &trap_rules[list->rules[index]];
    for (unsigned i = 0; i < index; i++) {
        const struct trap_rule *other = &trap_rules[list->rules[i]];
        if (other->control == rule->control && other->mask == rule->mask &&
            other->value == rule->value) {
            return true;
        }
    }
    return false;
}

static void try_rows(struct pe *pe, struct row *row, const struct rule_list *list, row_fn *tell)
{
    for (size_t w = 0; w < sizeof worlds / sizeof worlds[0]; w++) {
        if ((worlds[w].hcr & E2H) && !pe->model.has[FEAT_VHE]) {
            continue;
        }
        for (row->el = 0; row->el <= 2; row->el++) {
            try_row(pe, row, &worlds[w], list, NULL, tell);
            for (unsigned i = 0; i < list->count; i++) {
                if (!has_same_setting_before(list, i)) {
                    try_row(pe, row, &worlds[w], list, &trap_rules[list->rules[i]], tell);
                }
            }
        }
    }
}

static void try_encoding(struct pe *pe, const char *name, uint16_t enc,
                         const struct rule_list *list, row_fn *tell)
{
    struct row row = {.enc = enc, .kind = KIND_READ};
    snprintf(row.name, sizeof row.name, "%s", name);
    if (enc >> 14 >= 2) {
        try_rows(pe, &row, list, tell);
        row.kind = KIND_WRITE;
    } else {
        char line[64];
        enum sysreg_id id = (enum sysreg_id)sysreg_find(enc);
        assembly_of(id, true, line, sizeof line);
        row.kind = strstr(line, ", x1") ? KIND_SYS : KIND_BARE;
    }
    try_rows(pe, &row, list, tell);
}

static const char *const kind_names[] = {"read", "write", "sys", "bare"};

/* ENC(op0, op1, CRn, CRm, op2) of the harness. */
static void print_enc(uint16_t enc)
{
    printf("ENC(%u, %u, %u, %u, %u)", enc >> 14, enc >> 11 & 7u, enc >> 7 & 15u, enc >> 3 & 15u,
           enc & 7u);
}

static void tell_row(const struct row *row, const struct outcome *out, const struct pe *pe)
{
    static const char *const kinds[] = {"MATRIX_READ", "MATRIX_WRITE", "MATRIX_SYS", "MATRIX_BARE"};
    (void)out;
    (void)pe;
    printf("    {.name = \"%s\", .with = ", row->name);
    printf(row->with[0] ? "\"%s\"" : "NULL%s", row->with);
    printf(", .enc = ");
    print_enc(row->enc);
    printf(", .kind = %s, .el = %u, .setup = {", kinds[row->kind], row->el);
    for (unsigned i = 0; i < row->setup_count; i++) {
        const struct setup *s = &row->setups[i];
        printf("{");
        print_enc(sysreg_enc(s->id));
        printf(", 0x%llx, 0x%llx}, ", (unsigned long long)s->mask, (unsigned long long)s->value);
    }
    printf("}},\n");
}

static void tell_expected(const struct row *row, const struct outcome *out, const struct pe *pe)
{
    struct outcome o = out->kind == OUT_UNDEF ? resolve_undef(pe) : *out;
    printf("%s %s EL%u%s%s: ", row->name, kind_names[row->kind], row->el,
           row->with[0] ? " with " : "", row->with);
    if (o.kind != OUT_TRAP) {
        printf("value\n");
    } else if (o.esr >> 26 == 0) {
        printf("undef EL%u\n", o.target_el);
    } else {
        uint32_t rt = row->kind == KIND_BARE && o.esr >> 26 == 0x18 ? 31u << 5 : 0;
        printf("trap EL%u ec=0x%x iss=0x%x\n", o.target_el, o.esr >> 26, (o.esr & 0x1ffffff) | rt);
    }
}

static unsigned row_count;

static void count_row(const struct row *row, const struct outcome *out, const struct pe *pe)
{
    (void)row;
    (void)out;
    (void)pe;
    row_count++;
}

static void walk(struct pe *pe, row_fn *tell)
{
    static const struct {
        const char *name;
        uint16_t enc;
    } unallocated[] = {
        {"S3_0_C5_C7_7", SYSREG_ENC(3, 0, 5, 7, 7)},
        {"S3_3_C11_C3_3", SYSREG_ENC(3, 3, 11, 3, 3)}, /* implementation defined space */
    };
    for (unsigned id = SR_NONE + 1; id < SR_COUNT; id++) {
        const struct sysreg_row *row = &sysreg_rows[id];
        try_encoding(pe, row->name, row->enc, rules_of_row((enum sysreg_id)id), tell);
        if (row->el12 != 0) {
            char line[64];
            assembly_of_alias((enum sysreg_id)id, line, sizeof line);
            try_encoding(pe, strrchr(line, ' ') + 1, row->el12, rules_of_row(SR_NONE), tell);
        }
    }
    try_encoding(pe, unallocated[0].name, unallocated[0].enc, rules_of_row(SR_NONE), tell);
    try_encoding(pe, unallocated[1].name, unallocated[1].enc, rules_of_group(TG_IMPDEF), tell);
}

int main(int argc, char **argv)
{
    const struct cpu_model *model = argc == 4 ? cpu_model_by_name(argv[1]) : NULL;
    if (!model) {
        fprintf(stderr, "usage: gen_matrix MODEL 2|3 rows|expected\n");
        return 2;
    }
    struct pe *pe = calloc(1, sizeof *pe);
    pe->model = *model;
    pe->model.has[FEAT_GICV3_SYSREGS] = strcmp(argv[2], "3") == 0;
    if (strcmp(argv[3], "rows") == 0) {
        printf("/* Made by tests/oracle/gen_matrix.c for %s, GICv%s. */\n", model->name, argv[2]);
        printf("const struct matrix_row matrix_rows[] = {\n");
        walk(pe, tell_row);
        printf("};\n");
    } else {
        walk(pe, tell_expected);
        walk(pe, count_row);
        printf("MATRIX %u rows\n", row_count);
    }
    free(pe);
    return 0;
}
