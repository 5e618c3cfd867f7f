#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/catalog/design.h"
#include "sim/board/host_input.h"
#include "sim/cli/commands.h"
#include "sim/cli/options.h"
#include "sim/cli/run_options.h"
#include "sim/report/source_set.h"
#include "sim/step/screen.h"
#include "sim/step/session.h"
#include "sim/study/design_start.h"

struct step_options {
    struct run_options run;
    const char *design_name, *at;
    struct design_start start; /* rows, ops */

    struct design *design;
    struct profile *profile; /* the design's */
    struct session_text *text;
    struct source_set *sources;
};

enum { OPT_DESIGN = 1024, OPT_ROWS, OPT_OPS, OPT_AT };

static const struct argp_option options[] = {
    {"design", OPT_DESIGN, "NAME", 0, "step through a design (`el2sim designs` lists them)", 0},
    {"rows", OPT_ROWS, "A,B,...", 0, "the design's benchmark rows (default: all)", 0},
    {"ops", OPT_OPS, "N", 0, "operations of each row", 0},
    {"at", OPT_AT, "FUNCTION", 0, "run to this function first", 0},
    {0},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct step_options *o = state->input;
    unsigned long long n;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &o->run;
        return 0;
    case OPT_DESIGN:
        o->design_name = arg;
        return 0;
    case OPT_ROWS:
        o->start.rows = arg;
        return 0;
    case OPT_OPS:
        if (option_number("--ops", arg, 1, DESIGN_OPS_MAX, &n, &o->run.err)) {
            o->start.ops = (unsigned)n;
        }
        return 0;
    case OPT_AT:
        o->at = arg;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_child children[] = {
    {&run_options_argp, 0, "The machine, as `el2sim run` makes it, instead of a design:", 10}, {0}};

static const struct argp argp = {
    options,
    parse,
    NULL,
    "Steps through a run in the terminal: code, registers, both translation stages, interrupts, "
    "cycles, and in plain words what the next instruction will do and whether it traps.\v"
    "Keys: s step, n over, o out, e to the next exception level, w to the next world switch, b "
    "back, c continue, ? help, q leave. Needs a terminal of 60 x 18 or more; 160 x 50 shows all "
    "at once.\n\n"
    "Examples:\n"
    "  el2sim step --design kvm-split --rows hypercall --ops 1 --at hyp_vcpu_run\n"
    "  el2sim step --kernel build/guest/kvm-split.elf --gic 2",
    children,
    NULL,
    NULL};

static struct machine *make_design(struct step_options *o)
{
    struct machine_config config = {
        .level = LEVEL_BLOCK, .quiet = true, .console = session_console, .console_ctx = o->text};
    o->design = design_load(o->design_name, &o->run.err);
    o->profile = o->design ? profile_load(o->design->profile, &o->run.err) : NULL;
    if (o->profile == NULL) {
        return NULL;
    }
    source_set_add_design(o->sources, o->design);
    return design_machine(&o->start, o->design, o->profile, &config, &o->run.err);
}

/* A file whose code may run anywhere: a hypervisor's, and its guest's in the same file. */
static bool add_file(struct step_options *o, struct machine *m, const char *path, bool is_new)
{
    struct symbol_scope host = {.el_mask = 7, .context = SYMBOLS_NO_STAGE2};
    struct symbol_scope vms = {.el_mask = 7, .context = SYMBOLS_ANY_VM};
    struct source_scope everywhere = {.el_mask = 7, .in_host = true, .in_vm = true};
    enum symbol_file kind;
    struct err stripped = {.text = ""};
    if (!symbols_file_kind(path, &kind, &o->run.err)) {
        return false;
    }
    if (kind == SYMBOL_FILE_ELF) {
        source_set_add(o->sources, path, &everywhere);
        (void)(is_new && machine_symbols(m, path, &host, &stripped));
        (void)machine_symbols(m, path, &vms, &stripped);
    }
    return true;
}

/* The user's files, and the kernel where it is none of them. */
static bool add_run_sources(struct step_options *o, struct machine *m)
{
    const char *kernel = o->run.images.kernel;
    for (unsigned i = 0; i < o->run.symbols_count; i++) {
        const char *path = o->run.symbols[i];
        kernel = kernel && strcmp(path, kernel) == 0 ? NULL : kernel;
        if (!add_file(o, m, path, false)) {
            return false;
        }
    }
    return kernel == NULL || add_file(o, m, kernel, true);
}

/* With its input by script or record, not by the terminal. */
static bool fill_run(struct step_options *o, struct machine *m)
{
    const struct host_input_config input = {.replay = o->run.devices.replay,
                                            .script = o->run.devices.input};
    return run_options_load(&o->run, m) && machine_take_input(m, &input, &o->run.err) &&
           add_run_sources(o, m);
}

static struct machine *make_run(struct step_options *o)
{
    o->run.config.console = session_console;
    o->run.config.console_ctx = o->text;
    o->run.config.quiet = true; /* the screen is taken */
    struct machine *m = run_options_machine(&o->run);
    if (m && fill_run(o, m)) {
        return m;
    }
    machine_destroy(m);
    return NULL;
}

/* "--at": runs there before anything is shown. */
static bool run_to_start(const struct step_options *o, struct session *s, struct err *e)
{
    char message[SESSION_MESSAGE];
    uint64_t at;
    unsigned el_mask;
    if (o->at == NULL) {
        return true;
    }
    if (!session_find(s, o->at, &at, &el_mask)) {
        return err_set(e, "--at %s: no function of that name in the images' symbols", o->at);
    }
    session_break(s, o->at, message);
    session_do(s, SESSION_CONTINUE, message);
    session_toggle(s, at, message); /* it was for this once */
    return !session_has_ended(s) ||
           err_set(e, "--at %s: the run ended before it came there", o->at);
}

static bool check(struct step_options *o)
{
    if (o->design_name && o->run.is_given) {
        return err_set(
            &o->run.err,
            "--design %s is a whole machine: leave out --kernel and the other options of "
            "a machine",
            o->design_name);
    }
    return o->design_name || (o->start.rows == NULL && o->start.ops == 0) ||
           err_set(&o->run.err, "--rows and --ops are for a design: name it with --design");
}

/* What the machine has to say (a link that broke) waits until the screen is free again. */
struct held_messages {
    FILE *file; /* NULL: there is no place to hold any */
    int stderr_was;
};

static struct held_messages hold_messages(void)
{
    struct held_messages held = {.file = tmpfile(), .stderr_was = dup(STDERR_FILENO)};
    if (held.file && held.stderr_was >= 0) {
        dup2(fileno(held.file), STDERR_FILENO);
    }
    return held;
}

static void say_held(const struct held_messages *held)
{
    char text[256];
    size_t length;
    if (held->stderr_was >= 0) {
        dup2(held->stderr_was, STDERR_FILENO);
        close(held->stderr_was);
    }
    if (held->file) {
        rewind(held->file);
        while ((length = fread(text, 1, sizeof text, held->file)) != 0) {
            fwrite(text, 1, length, stderr);
        }
        fclose(held->file);
    }
}

static bool step(struct step_options *o)
{
    o->text = session_text_create();
    struct machine *m = o->design_name ? make_design(o) : make_run(o);
    if (m == NULL) {
        return false;
    }
    struct session_config config = {
        .machine = m, .text = o->text, .sources = o->sources, .wants_stop = screen_key_waits};
    struct session *s = session_create(&config, &o->run.err);
    struct machine_result result;
    bool ok = s != NULL && run_to_start(o, s, &o->run.err);
    if (ok) {
        struct held_messages held = hold_messages();
        screen_open();
        screen_run(s);
        screen_close();
        say_held(&held);
    }
    if (s != NULL) {
        session_finish(s, &result); /* another machine, by a link, learns that this one ends */
    }
    session_destroy(s);
    return ok;
}

int cmd_step(int argc, char **argv)
{
    struct step_options *o = calloc(1, sizeof *o);
    BUG_ON(o == NULL);
    o->sources = source_set_create();
    bool ok = option_parse(&argp, argc, argv, o, &o->run.err) && check(o) &&
              screen_check(&o->run.err) && step(o);
    int status = ok ? EXIT_OK : cli_fail(&o->run.err);
    session_text_destroy(o->text);
    source_set_destroy(o->sources);
    design_free(o->design);
    profile_free(o->profile);
    run_options_close(&o->run);
    free(o);
    return status;
}
