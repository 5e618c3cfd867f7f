#include "sim/cli/explain_state.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cpu-el/sysreg_table.h"
#include "sim/base/parse.h"
#include "sim/board/control_state.h"
#include "sim/board/inspect.h"
#include "sim/board/look.h"
#include "sim/board/snapshot.h"
#include "sim/cli/insn_text.h"
#include "sim/cli/options.h"

bool explain_parse_value(const char *text, uint64_t *value)
{
    const char *end;
    bool is_hex = strncasecmp(text, "0x", 2) == 0;
    return parse_u64(text, is_hex ? 16 : 10, value, &end) && *end == '\0';
}

bool explain_find_register(const char *name, enum sysreg_id *id, struct err *e)
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
    if (text[length] != '=' || length >= sizeof name ||
        !explain_parse_value(text + length + 1, &value)) {
        return err_set(e, "--set %s: REGISTER=VALUE or REGISTER.FIELD=VALUE is expected", text);
    }
    snprintf(name, sizeof name, "%.*s", (int)length, text);
    char *field = strchr(name, '.');
    if (field) {
        *field++ = '\0';
    }
    if (!explain_find_register(name, &id, e)) {
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

/* The machine of a snapshot, which is looked at and never runs. */
static struct machine *load(const char *path, struct err *e)
{
    struct snapshot *snapshot = snapshot_open(path, e);
    if (snapshot == NULL) {
        return NULL;
    }
    struct machine_config config = snapshot_origin(snapshot)->config;
    config.quiet = true;
    struct machine *m = machine_create(&config, e);
    if (m != NULL && !snapshot_restore(snapshot, m, e)) {
        machine_destroy(m);
        m = NULL;
    }
    snapshot_close(snapshot);
    return m;
}

static void say_nothing(void *ctx, const char *text, size_t length)
{
    (void)ctx, (void)text, (void)length;
}

/* A design's machine, before it runs. */
static struct machine *make(struct explain_state *s, const struct explain_state_options *o,
                            struct err *e)
{
    struct machine_config config = {.level = LEVEL_BLOCK, .quiet = true, .console = say_nothing};
    s->start = (struct design_start){.rows = o->rows};
    s->design = design_load(o->design, e);
    s->profile = s->design ? profile_load(s->design->profile, e) : NULL;
    return s->profile ? design_machine(&s->start, s->design, s->profile, &config, e) : NULL;
}

/* Runs up to --at: "cycles:N", a function, an address. */
static bool run_to(struct explain_state *s, const struct explain_state_options *o, struct err *e)
{
    static const char cycles[] = "cycles:";
    struct control_stop stop;
    unsigned long long n = 0;
    unsigned el_mask;
    va_t code;
    if (strncmp(o->at, cycles, strlen(cycles)) == 0) {
        if (!option_number("--at cycles:", o->at + strlen(cycles), 1, UINT64_MAX / CYCLE / 2, &n,
                           e)) {
            return false;
        }
    } else if (machine_find_code(s->machine, o->at, &code, &el_mask)) {
        control_break(s->control, code, el_mask, CONTROL_ANY_CONTEXT);
    } else {
        return err_set(e,
                       "--at %s: no such function in the design's ELF images; its name, an address "
                       "(0x...) or cycles:N is expected",
                       o->at);
    }
    if (!control_continue(s->control, n ? n * CYCLE : CYCLES_NEVER, &stop)) {
        return err_set(e, "--at %s: the run ended before it came there", o->at);
    }
    s->cpu = stop.cpu;
    return true;
}

static bool open_machine(struct explain_state *s, const struct explain_state_options *o,
                         struct err *e)
{
    const char *whose = o->snapshot ? o->snapshot : o->design;
    unsigned long long number;
    if (o->features) {
        return err_set(e, "--feature: the machine of %s has its CPUs' features", whose);
    }
    s->machine = o->snapshot ? load(o->snapshot, e) : make(s, o, e);
    if (s->machine == NULL) {
        return err_prefix(e, o->snapshot ? "--snapshot %s: " : "--design %s: ", whose);
    }
    s->control = control_create(s->machine);
    if (o->design && !run_to(s, o, e)) {
        return false;
    }
    number = s->cpu;
    unsigned last = machine_look_cpu_count(s->machine) - 1;
    if (o->cpu && !option_number("--cpu", o->cpu, 0, last, &number, e)) {
        return false;
    }
    s->cpu = (unsigned)number;
    s->pe = machine_look_pe(s->machine, s->cpu);
    if (!control_cpu_state(s->control, s->cpu).is_on) {
        return err_set(e, "--cpu %u: this CPU is off in %s", s->cpu, whose);
    }
    if (o->has_el) {
        s->pe->ps.el = (uint8_t)o->el;
    }
    return true;
}

static bool open_reset(struct explain_state *s, const struct explain_state_options *o,
                       struct err *e)
{
    s->pe = calloc(1, sizeof *s->pe);
    BUG_ON(s->pe == NULL);
    if (!cpu_model_find(o->cpu ? o->cpu : "max", &s->pe->model, e) ||
        (o->features && !cpu_model_apply(&s->pe->model, o->features, e))) {
        return false;
    }
    pe_reset(s->pe, o->el);
    return true;
}

bool explain_state_open(struct explain_state *s, const struct explain_state_options *o,
                        struct err *e)
{
    if ((o->design != NULL) != (o->at != NULL)) {
        return err_set(e, "--design NAME and --at WHERE need each other");
    }
    if (o->design && o->snapshot) {
        return err_set(e, "--design and --snapshot: one of them says where the state is from");
    }
    if (o->rows && o->design == NULL) {
        return err_set(e, "--rows are a design's: --design NAME is missing");
    }
    bool ok = o->design || o->snapshot ? open_machine(s, o, e) : open_reset(s, o, e);
    for (unsigned i = 0; ok && i < o->set_count; i++) {
        ok = set_register(s->pe, o->sets[i], e);
    }
    if (ok && s->pe->ps.el == 2 && !s->pe->model.has[FEAT_EL2]) {
        ok = err_set(e, "--el 2: the CPU has no EL2");
    }
    return ok;
}

void explain_state_close(struct explain_state *s)
{
    if (s->control) {
        control_destroy(s->control);
    }
    if (s->machine) {
        machine_destroy(s->machine);
    } else {
        free(s->pe);
    }
    design_free(s->design);
    profile_free(s->profile);
}

bool explain_state_insn(const struct explain_state *s, uint32_t *word, struct err *e)
{
    uint64_t pc = control_cpu_state(s->control, s->cpu).pc;
    return control_read_memory(s->control, s->cpu, SPACE_CURRENT, pc, word, sizeof *word) ==
               sizeof *word ||
           err_set(e, "pc %#llx: no memory is mapped there", (unsigned long long)pc);
}
