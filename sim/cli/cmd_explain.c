#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "sim/board/control_state.h"
#include "sim/board/look.h"
#include "sim/cli/commands.h"
#include "sim/cli/explain_state.h"
#include "sim/cli/insn_text.h"
#include "sim/cli/options.h"
#include "sim/report/disasm.h"

#define WORDS_MAX 4

struct explain_options {
    const char *words[WORDS_MAX];
    unsigned word_count;
    struct explain_state_options state;
    const char *profile;
    struct err err;
};

enum {
    OPT_CPU = 256,
    OPT_FEATURE,
    OPT_SNAPSHOT,
    OPT_DESIGN,
    OPT_ROWS,
    OPT_AT,
    OPT_EL,
    OPT_SET,
    OPT_COSTS
};

static const struct argp_option options[] = {
    {"cpu", OPT_CPU, "MODEL", 0,
     "CPU model (default max); with --snapshot or --design the number of a CPU (default: 0, or the "
     "one that came to --at)",
     1},
    {"feature", OPT_FEATURE, "LIST", 0, "switch features of it, as `el2sim run` does", 1},
    {"snapshot", OPT_SNAPSHOT, "FILE", 0,
     "in the state of a snapshot (el2sim run --snapshot-save) instead of a reset", 1},
    {"design", OPT_DESIGN, "NAME", 0,
     "in the state of a design's run (`el2sim designs` lists them), when it comes to --at", 1},
    {"rows", OPT_ROWS, "A,B,...", 0, "the design's benchmark rows (default: all)", 1},
    {"at", OPT_AT, "WHERE", 0,
     "a function or an address (0x...) of the design, when a CPU first comes there, or cycles:N",
     1},
    {"el", OPT_EL, "N", 0,
     "exception level of the instruction or access, 0 to 2 (default 1, or the machine's)", 2},
    {"set", OPT_SET, "REG=VALUE", 0,
     "a register's value, or a field's (hcr_el2.tvm=1); the others are as after reset, or as in "
     "the machine; may be given several times",
     2},
    {"costs", OPT_COSTS, "PROFILE", 0, "price list (default xgene1, or the design's)", 3},
    {0},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct explain_options *o = state->input;
    unsigned long long n;
    switch (key) {
    case OPT_CPU:
        o->state.cpu = arg;
        return 0;
    case OPT_FEATURE:
        o->state.features = arg;
        return 0;
    case OPT_SNAPSHOT:
        o->state.snapshot = arg;
        return 0;
    case OPT_DESIGN:
        o->state.design = arg;
        return 0;
    case OPT_ROWS:
        o->state.rows = arg;
        return 0;
    case OPT_AT:
        o->state.at = arg;
        return 0;
    case OPT_COSTS:
        o->profile = arg;
        return 0;
    case OPT_EL:
        if (option_number("--el", arg, 0, 2, &n, &o->err)) {
            o->state.el = (unsigned)n;
            o->state.has_el = true;
        }
        return 0;
    case OPT_SET:
        if (o->state.set_count == EXPLAIN_SETS_MAX) {
            err_set(&o->err, "--set: %d at most", EXPLAIN_SETS_MAX);
        } else {
            o->state.sets[o->state.set_count++] = arg;
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
    "INSTRUCTION\npc\nwalk VA [read|write|fetch]\nesr VALUE\nreg NAME VALUE",
    "Says why an instruction does what it does: which control decides, where it ends, with which "
    "syndrome and at what cost, and what would change that. Or takes a translation apart, step by "
    "step through both stages; or a syndrome; or the value of a register.\v"
    "Examples:\n"
    "  el2sim explain \"msr ttbr0_el1, x0\" --set hcr_el2.tvm=1\n"
    "  el2sim explain 0x1e604000 --el 0 --cpu cortex-a57\n"
    "  el2sim explain pc --snapshot vm.snap --cpu 1\n"
    "  el2sim explain pc --design kvm-split --rows hypercall --at hyp_vcpu_run\n"
    "  el2sim explain walk 0x40201000 write --snapshot vm.snap --el 0\n"
    "  el2sim explain esr 0x62340c1e\n"
    "  el2sim explain reg hcr_el2 0x80000001",
    NULL,
    NULL,
    NULL};

/* Where the machine's CPU stands. */
static void print_place(const struct explain_options *o, const struct explain_state *s)
{
    if (s->machine) {
        struct control_cpu cpu = control_cpu_state(s->control, s->cpu);
        printf("CPU %u of %s: EL%u, pc %#llx, cycle %llu\n", s->cpu,
               o->state.snapshot ? o->state.snapshot : o->state.design, cpu.el,
               (unsigned long long)cpu.pc, (unsigned long long)(cpu.now / CYCLE));
    }
}

/* The instruction at pc: its text, and what decides about it, if anything does. */
static bool explain_pc(const struct explain_options *o, const struct explain_state *s,
                       const struct profile *profile, struct err *e)
{
    struct explain_subject subject;
    struct err ordinary = {.text = ""};
    uint32_t word;
    char text[DISASM_TEXT], number[16];
    if (s->machine == NULL) {
        return err_set(
            e, "explain pc: --snapshot FILE, or --design NAME --at WHERE, says where that is");
    }
    struct disasm *d = disasm_create(e);
    if (d == NULL || !explain_state_insn(s, &word, e)) {
        disasm_destroy(d);
        return false;
    }
    print_place(o, s);
    disasm_insn(d, control_cpu_state(s->control, s->cpu).pc, word, text);
    disasm_destroy(d);
    snprintf(number, sizeof number, "0x%08x", word);
    printf("%s  %s\n", number, text);
    if (insn_text_parse(number, &s->pe->model, &subject, &ordinary)) {
        explain_insn(stdout, s->pe, profile, &subject);
    } else {
        printf("%s\n", ordinary.text);
    }
    return true;
}

static bool explain_instruction(const struct explain_options *o, const struct explain_state *s,
                                const struct profile *profile, struct err *e)
{
    struct explain_subject subject;
    if (o->word_count != 1) {
        return err_set(e, "an instruction is one argument: quote it");
    }
    if (strcasecmp(o->words[0], "pc") == 0) {
        return explain_pc(o, s, profile, e);
    }
    if (!insn_text_parse(o->words[0], &s->pe->model, &subject, e)) {
        return false;
    }
    print_place(o, s);
    explain_insn(stdout, s->pe, profile, &subject);
    return true;
}

static bool parse_access(const char *text, enum mmu_access_type *out, struct err *e)
{
    static const char *const names[] = {
        [MMU_READ] = "read", [MMU_WRITE] = "write", [MMU_FETCH] = "fetch"};
    for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcasecmp(text, names[i]) == 0) {
            *out = (enum mmu_access_type)i;
            return true;
        }
    }
    return err_set(e, "\"%s\": read, write or fetch is expected", text);
}

static bool explain_translation(const struct explain_options *o, const struct explain_state *s,
                                const struct profile *profile, struct err *e)
{
    uint64_t at;
    struct mmu_access access = {.type = MMU_READ};
    if (o->word_count < 2 || o->word_count > 3) {
        return err_set(e, "explain walk VA [read|write|fetch]");
    }
    if (!explain_parse_value(o->words[1], &at)) {
        return err_set(e, "\"%s\" is no address (0x... or decimal)", o->words[1]);
    }
    if (o->word_count == 3 && !parse_access(o->words[2], &access.type, e)) {
        return false;
    }
    if (s->machine == NULL) {
        return err_set(e, "explain walk: the tables are in memory: --snapshot FILE (as el2sim run "
                          "--snapshot-save makes it), or --design NAME --at WHERE, is needed");
    }
    access.va = va(at);
    access.el = s->pe->ps.el;
    print_place(o, s);
    explain_walk(stdout, s->pe, machine_look_mmu(s->machine, s->cpu), profile, &access);
    return true;
}

static bool explain_in_state(const struct explain_options *o, struct err *e)
{
    bool is_walk = strcasecmp(o->words[0], "walk") == 0;
    struct explain_state state = {.cpu = 0};
    const char *prices = o->profile ? o->profile : o->state.design ? NULL : "xgene1";
    struct profile *given = prices ? profile_load(prices, e) : NULL;
    bool ok = (prices == NULL || given) && explain_state_open(&state, &o->state, e) &&
              (is_walk ? explain_translation
                       : explain_instruction)(o, &state, given ? given : state.profile, e);
    explain_state_close(&state);
    profile_free(given);
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
    if (!explain_parse_value(text, &value) || (is_esr && value > UINT32_MAX)) {
        return err_set(e, "\"%s\" is no value (0x... or decimal)", text);
    }
    if (is_esr) {
        explain_esr(stdout, (uint32_t)value, 0);
        return true;
    }
    if (!explain_find_register(o->words[1], &id, e)) {
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
    struct explain_options o = {.state = {.el = 1}};
    bool ok = option_parse(&argp, argc, argv, &o, &o.err);
    if (ok && o.word_count == 0) {
        ok = err_set(&o.err, "explain what? (el2sim explain --help)");
    }
    bool is_esr = ok && strcasecmp(o.words[0], "esr") == 0;
    if (ok && (is_esr || strcasecmp(o.words[0], "reg") == 0)) {
        ok = explain_value(&o, is_esr, &o.err);
    } else if (ok) {
        ok = explain_in_state(&o, &o.err);
    }
    return ok ? EXIT_OK : cli_fail(&o.err);
}
