#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/cli/commands.h"
#include "sim/cli/lint_option.h"
#include "sim/cli/options.h"
#include "sim/cli/progress.h"
#include "sim/cli/run_options.h"
#include "sim/cli/terminal.h"
#include "sim/cli/trace_files.h"
#include "sim/gdb/gdb.h"
#include "sim/report/report.h"
#include "sim/study/console_lines.h"
#include "sim/window/window.h"

struct run_command {
    struct run_options machine;
    const char *json, *dump_dtb, *gdb;
    unsigned functions;
    bool stats, exits, has_window;
    struct lint_options lint;
    struct lint *found;
    struct source_set *sources; /* of found */
    struct window *window;
    struct console_lines said;
    struct trace_files trace;
};

enum {
    OPT_DUMP_DTB = 700,
    OPT_STATS,
    OPT_EXITS,
    OPT_JSON,
    OPT_FUNCTIONS,
    OPT_GDB,
    OPT_LINT,
    OPT_QUIET,
    OPT_WINDOW
};

static const struct argp_option options[] = {
    {"dump-dtb", OPT_DUMP_DTB, "FILE", 0, "write the device tree the guest would get, and stop", 1},
    {"stats", OPT_STATS, 0, 0, "print a report on stderr after the run", 4},
    {"exits", OPT_EXITS, 0, 0,
     "print a table of the VMs' exits on stderr after the run, as `perf kvm stat report` does", 4},
    {"json", OPT_JSON, "FILE", 0, "write the report as JSON (- is stdout)", 4},
    {"functions", OPT_FUNCTIONS, "N", 0,
     "how many of the dearest functions reports list, of the run and of each row (default 10)", 4},
    {"gdb", OPT_GDB, "PORT|unix:PATH|-", 0,
     "wait for gdb (`target remote :PORT`; -: it is at stdin and stdout, and the console goes to "
     "stderr) and do what it says: docs/gdb.md",
     4},
    {"quiet", OPT_QUIET, 0, 0,
     "do not name unmodelled accesses on stderr (they are counted all the same)", 4},
    {"lint", OPT_LINT, "HOW", OPTION_ARG_OPTIONAL, LINT_OPTION_DOC, 4},
    {"window", OPT_WINDOW, 0, 0,
     "also show the console in a window, with a strip of colours per CPU: which EL and VM ran "
     "when; its keys are the console's input",
     6},
    RECORD_OPTION,
    {0},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct run_command *o = state->input;
    unsigned long long n;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &o->machine;
        state->child_inputs[1] = &o->machine.snapshot;
        state->child_inputs[2] = &o->trace;
        return 0;
    case OPT_DUMP_DTB:
        o->dump_dtb = arg;
        return 0;
    case OPT_STATS:
        o->stats = true;
        return 0;
    case OPT_EXITS:
        o->exits = true;
        return 0;
    case OPT_JSON:
        o->json = arg;
        return 0;
    case OPT_FUNCTIONS:
        if (option_number("--functions", arg, 0, 1000, &n, &o->machine.err)) {
            o->functions = (unsigned)n;
        }
        return 0;
    case OPT_GDB:
        o->gdb = arg;
        gdb_check_place(arg, &o->machine.err);
        return 0;
    case OPT_LINT:
        lint_option(arg, &o->lint, &o->machine.err);
        return 0;
    case OPT_QUIET:
        o->machine.config.quiet = true;
        return 0;
    case OPT_WINDOW:
        o->has_window = true;
        return 0;
    case OPT_RECORD:
        o->machine.devices.record = arg;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_child children[] = {{&run_options_argp, 0, NULL, 0},
                                             {&run_snapshot_argp, 0, NULL, 0},
                                             {&trace_files_argp, 0, NULL, 0},
                                             {0}};

static const struct argp argp = {
    .options = options,
    .parser = parse,
    .children = children,
    .doc = "Boots an image on the simulated `virt` board and runs it until it powers off.\v"
           "The console is the terminal. The exit status is 0 after power-off, or 1 if the "
           "guest's last line begins with RESULT FAIL, its own after a semihosting exit, 1 when "
           "the run was cut short (--max-cycles, every CPU waits "
           "for ever), 2 for bad usage or files.\n\n"
           "Examples:\n"
           "  el2sim run --kernel build/guest/kvm-split.elf --gic 2 --smp 2 --stats\n"
           "  el2sim run --kernel build/guest/kvm-vhe.elf --cpu max --trace t.json\n"
           "  el2sim run --kernel build/guest/kvm-split.elf --gic 2 --smp 2 --snapshot-at "
           "cycles:2000000 --snapshot-save vm.snap --snapshot-exit"};

/* ctx: the options; their window, if any, shows it, too. */
static void console(void *ctx, const char *text, size_t length)
{
    struct run_command *o = ctx;
    console_lines_take(&o->said, text, length);
    if (o->window) {
        window_console(o->window, text, length);
    }
    fwrite(text, 1, length, stdout);
    if (memchr(text, '\n', length)) {
        fflush(stdout);
    }
}

static void console_on_stderr(void *ctx, const char *text, size_t length)
{
    struct run_command *o = ctx;
    console_lines_take(&o->said, text, length);
    fwrite(text, 1, length, stderr);
}

static bool is_stdio(const char *place)
{
    return place && strcmp(place, "-") == 0;
}

static bool write_dtb(const struct machine *m, const char *path, struct err *e)
{
    size_t size;
    const void *dtb = machine_dtb(m, &size);
    FILE *file = option_output(path, e);
    if (file == NULL) {
        return false;
    }
    fwrite(dtb, 1, size, file);
    return option_output_done(file, path, e);
}

/* By a debugger's word, or in one go. */
static bool run_machine(struct run_command *o, struct machine *m, struct machine_result *result)
{
    if (o->gdb == NULL) {
        machine_run(m, result);
        return true;
    }
    const struct gdb_config config = {.where = o->gdb,
                                      .profile = o->machine.loaded,
                                      .cpu = o->machine.cpu,
                                      .features = o->machine.features,
                                      .profile_name = run_options_profile(&o->machine)};
    struct control *control = control_create(m);
    bool done = gdb_serve(control, &config, &o->machine.err);
    control_finish(control, result);
    control_destroy(control);
    return done;
}

/* The machine exists and is loaded: run, report. */
static int run(struct run_command *o, struct machine *m)
{
    if (o->dump_dtb) {
        return write_dtb(m, o->dump_dtb, &o->machine.err) ? EXIT_OK : cli_fail(&o->machine.err);
    }
    struct run_report report = {
        .config = &o->machine.config, .profile = o->machine.loaded, .functions = o->functions};
    struct progress progress;
    FILE *json = o->json ? option_output(o->json, &o->machine.err) : NULL;
    if ((o->json && json == NULL) || !trace_files_open(&o->trace, &o->machine.err)) {
        return cli_fail(&o->machine.err); /* known before the run, not after it */
    }
    bool has_terminal = o->window == NULL && !is_stdio(o->gdb);
    struct host_source source = o->window      ? window_attach(o->window, m)
                                : has_terminal ? terminal_open()
                                               : (struct host_source){.is_interactive = true};
    struct host_input_config input = {.source = o->window || has_terminal ? &source : NULL,
                                      .record = o->machine.devices.record,
                                      .replay = o->machine.devices.replay,
                                      .script = o->machine.devices.input};
    if (!machine_take_input(m, &input, &o->machine.err)) {
        return cli_fail(&o->machine.err);
    }
    progress_start(&progress, "run", o->machine.config.max_cycles);
    if (!source.is_interactive) { /* else the last line is the guest's */
        machine_on_progress(m, progress_update, &progress);
    }
    report.lint = o->found = lint_start(&o->lint, m);
    report.sources = o->sources =
        lint_sources(o->machine.images.kernel, o->machine.symbols, o->machine.symbols_count);
    run_snapshot_plan(&o->machine.snapshot, m, o->machine.cpu, o->machine.features,
                      run_options_profile(&o->machine));
    trace_files_attach(&o->trace, m, NULL, o->machine.config.clock_hz);
    bool has_run = run_machine(o, m, &report.result);
    trace_files_detach(&o->trace);
    terminal_close();
    progress_end(&progress);
    fflush(stdout);
    if (!has_run) {
        return cli_fail(&o->machine.err);
    }
    if (!machine_end_input(m, &report.result, &o->machine.err)) {
        fprintf(stderr, "el2sim: %s\n", o->machine.err.text);
        report.result.status = 1;
    }
    if (report.result.end == END_POWER_OFF && report.result.status == 0 && o->said.failed) {
        report.result.status = 1;
    }
    if (report.result.end != END_POWER_OFF && report.result.end != END_EXIT) {
        fprintf(stderr, "el2sim: %s\n", report.result.text);
    }
    if (o->window) {
        window_linger(o->window, report.result.text);
    }
    if (!trace_files_close(&o->trace, &o->machine.err)) {
        return cli_fail(&o->machine.err);
    }
    if (o->stats) {
        report_run_text(stderr, m, &report);
    }
    if (o->exits) {
        report_exits_text(stderr, m, o->machine.config.clock_hz);
    }
    report.result.status =
        lint_finish(&o->lint, report.lint, NULL, o->sources, report.result.status);
    if (json) {
        report_run_json(json, m, &report);
        if (!option_output_done(json, o->json, &o->machine.err)) {
            return cli_fail(&o->machine.err);
        }
    }
    return run_snapshot_status(m, report.result.status);
}

/* What cannot go together. */
static bool check(struct run_command *o)
{
    if (o->lint.is_on && o->gdb) {
        return err_set(&o->machine.err, "--lint and --gdb: a run that goes back cannot be judged; "
                                        "leave one out");
    }
    return o->dump_dtb == NULL || o->machine.snapshot.file == NULL ||
           err_set(&o->machine.err,
                   "--snapshot %s holds the device tree that was booted: leave out --dump-dtb",
                   o->machine.snapshot.file);
}

int cmd_run(int argc, char **argv)
{
    struct run_command o = {.machine = {.config = {.console = console, .console_ctx = &o}},
                            .functions = FUNCTIONS_DEFAULT};
    struct err *e = &o.machine.err;
    struct machine *m = NULL;
    int status = EXIT_USAGE;
    if (option_parse(&argp, argc, argv, &o, e) && check(&o)) {
        o.machine.config.console = is_stdio(o.gdb) ? console_on_stderr : console;
        m = run_options_machine(&o.machine);
    }
    if (m && o.has_window) {
        o.window = window_open(e);
    }
    if (m && (o.window || !o.has_window) && run_options_load(&o.machine, m)) {
        status = run(&o, m);
    } else {
        cli_fail(e);
    }
    trace_files_close(&o.trace, e);
    window_close(o.window);
    machine_destroy(m);
    lint_destroy(o.found);
    source_set_destroy(o.sources);
    run_options_close(&o.machine);
    return status;
}
