#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cpu-el/sysreg_table.h"
#include "sim/base/parse.h"
#include "sim/cli/commands.h"
#include "sim/cli/insn_text.h"
#include "sim/cli/options.h"

#define WORDS_MAX 4
#define SETS_MAX  32

struct explain_options {
    const char *words[WORDS_MAX];
    unsigned word_count;
    const char *cpu, *features, *profile;
    const char *sets[SETS_MAX];
    unsigned set_count, el;
    struct err err;
};

enum { OPT_CPU = 256, OPT_FEATURE, OPT_EL, OPT_SET, OPT_COSTS };

static const struct argp_option options[] = {
    {"cpu", OPT_CPU, "MODEL", 0, "CPU model (default max)", 1},
    {"feature", OPT_FEATURE, "LIST", 0, "switch features of it, as `el2sim run` does", 1},
    {"el", OPT_EL, "N", 0, "exception level of the instruction, 0 to 2 (default 1)", 2},
    {"set", OPT_SET, "REG=VALUE", 0,
     "a register's value, or a field's (hcr_el2.tvm=1); the others are as after reset; may be "
     "given several times",
     2},
    {"costs", OPT_COSTS, "PROFILE", 0, "price list (default xgene1)", 3},
    {0},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct explain_options *o = state->input;
    unsigned long long n;
    switch (key) {
    case OPT_CPU:
        o->cpu = arg;
        return 0;
    case OPT_FEATURE:
        o->features = arg;
        return 0;
    case OPT_COSTS:
        o->profile = arg;
        return 0;
    case OPT_EL:
        if (option_number("--el", arg, 0, 2, &n, &o->err)) {
            o->el = (unsigned)n;
        }
        return 0;
    case OPT_SET:
        if (o->set_count == SETS_MAX) {
            err_set(&o->err, "--set: %d at most", SETS_MAX);
        } else {
            o->sets[o->set_count++] = arg;
        }
        return 0;
    case ARGP_KEY_ARG:
        if (o->word_count == WORDS_MAX) {
            err_set(&o->err, "unexpected \"%s\" (an instruction is one argument: quote it)", arg);
        } else {
            o->words[o->word_count++] = arg;
        }
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp argp = {
    options,
    parse,
    "INSTRUCTION\nesr VALUE\nreg NAME VALUE",
    "Says why an instruction does what it does: which control decides, where it ends, with which "
    "syndrome and at what cost, and what would change that. Or takes a syndrome, or the value of a "
    "register, apart.\v"
    "Examples:\n"
    "  el2sim explain \"msr ttbr0_el1, x0\" --set hcr_el2.tvm=1\n"
    "  el2sim explain 0x1e604000 --el 0 --cpu cortex-a57\n"
    "  el2sim explain esr 0x62340c1e\n"
    "  el2sim explain reg hcr_el2 0x80000001",
    NULL,
    NULL,
    NULL};

static bool parse_value(const char *text, uint64_t *value)
{
    const char *end;
    bool is_hex = strncasecmp(text, "0x", 2) == 0;
    return parse_u64(text, is_hex ? 16 : 10, value, &end) && *end == '\0';
}

static bool find_register(const char *name, enum sysreg_id *id, struct err *e)
{
    uint16_t enc;
    if (!insn_text_register(name, &enc) || sysreg_find(enc) == SR_NONE) {
        return err_set(e, "no register \"%s\"", name);
    }
    *id = (enum sysreg_id)(sysreg_find(enc) & ~SYSREG_ALIAS);
    return true;
}

/* "hcr_el2=0x80000001" or "hcr_el2.tvm=1" */
static bool set_register(struct pe *pe, const char *text, struct err *e)
{
    char name[96];
    uint64_t value;
    enum sysreg_id id;
    size_t length = strcspn(text, "=");
    if (text[length] != '=' || length >= sizeof name || !parse_value(text + length + 1, &value)) {
        return err_set(e, "--set %s: REGISTER=VALUE or REGISTER.FIELD=VALUE is expected", text);
    }
    snprintf(name, sizeof name, "%.*s", (int)length, text);
    char *field = strchr(name, '.');
    if (field) {
        *field++ = '\0';
    }
    if (!find_register(name, &id, e)) {
        return err_prefix(e, "--set %s: ", text);
    }
    if (field && !explain_set_field(pe, id, field, value)) {
        return err_set(e, "--set %s: %s has no field \"%s\" of that size", text, sysreg_name(id),
                       field);
    }
    if (!field) {
        pe->sr[id] = value;
    }
    pe->sr[id] = (pe->sr[id] & pe->legal[id].can_be_one) | pe->legal[id].must_be_one;
    return true;
}

static bool explain_instruction(const struct explain_options *o, struct err *e)
{
    struct explain_subject subject;
    struct pe *pe = calloc(1, sizeof *pe);
    struct profile *profile = profile_load(o->profile, e);
    BUG_ON(pe == NULL);
    bool ok = profile && cpu_model_find(o->cpu, &pe->model, e) &&
              (!o->features || cpu_model_apply(&pe->model, o->features, e));
    if (ok) {
        pe_reset(pe, o->el);
        for (unsigned i = 0; ok && i < o->set_count; i++) {
            ok = set_register(pe, o->sets[i], e);
        }
        ok = ok && insn_text_parse(o->words[0], &pe->model, &subject, e);
    }
    if (ok && o->el == 2 && !pe->model.has[FEAT_EL2]) {
        ok = err_set(e, "--el 2: the CPU has no EL2");
    }
    if (ok) {
        explain_insn(stdout, pe, profile, &subject);
    }
    profile_free(profile);
    free(pe);
    return ok;
}

static bool explain_value(const struct explain_options *o, bool is_esr, struct err *e)
{
    uint64_t value;
    enum sysreg_id id = SR_ESR_EL2;
    const char *text = o->words[o->word_count - 1];
    if (o->word_count != (is_esr ? 2u : 3u)) {
        return err_set(e, is_esr ? "explain esr VALUE" : "explain reg NAME VALUE");
    }
    if (!parse_value(text, &value) || (is_esr && value > UINT32_MAX)) {
        return err_set(e, "\"%s\" is no value (0x... or decimal)", text);
    }
    if (is_esr) {
        explain_esr(stdout, (uint32_t)value, 0);
        return true;
    }
    if (!find_register(o->words[1], &id, e)) {
        return false;
    }
    explain_register(stdout, id, value, false);
    if (explain_has_layouts(id)) {
        explain_register(stdout, id, value, true);
    }
    return true;
}

int cmd_explain(int argc, char **argv)
{
    struct explain_options o = {.cpu = "max", .profile = "xgene1", .el = 1};
    bool ok = option_parse(&argp, argc, argv, &o, &o.err);
    if (ok && o.word_count == 0) {
        ok = err_set(&o.err, "explain what? (el2sim explain --help)");
    }
    bool is_esr = ok && strcasecmp(o.words[0], "esr") == 0;
    if (ok && (is_esr || strcasecmp(o.words[0], "reg") == 0)) {
        ok = explain_value(&o, is_esr, &o.err);
    } else if (ok) {
        ok = o.word_count == 1 ? explain_instruction(&o, &o.err)
                               : err_set(&o.err, "an instruction is one argument: quote it");
    }
    return ok ? EXIT_OK : cli_fail(&o.err);
}
