#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/board/design.h"
#include "sim/board/memmap.h"
#include "sim/cli/commands.h"
#include "sim/cli/device_options.h"
#include "sim/cli/lint_option.h"
#include "sim/cli/options.h"
#include "sim/cli/progress.h"
#include "sim/cli/run_options.h"
#include "sim/cli/run_snapshot.h"
#include "sim/cli/terminal.h"
#include "sim/cli/trace_files.h"
#include "sim/gdb/gdb.h"
#include "sim/report/report.h"
#include "sim/window/window.h"

struct run_options {
    struct machine_config config;
    struct machine_images images;
    const char *cpu, *features, *profile, *json, *dump_dtb, *gdb;
    const char *symbols[8];
    unsigned symbols_count, functions;
    struct device_options devices;
    bool stats, exits, has_level, has_window;
    struct lint_options lint;
    struct lint *found;
    struct source_set *sources; /* of found */
    struct window *window;
    struct profile *loaded; /* of run_options_machine() */
    struct run_snapshot snapshot;
    struct trace_files trace;
    struct err err;
};

enum {
    OPT_CPU = 256,
    OPT_FEATURE,
    OPT_GIC,
    OPT_SMP,
    OPT_KERNEL,
    OPT_INITRD,
    OPT_LOAD,
    OPT_MODULE,
    OPT_APPEND,
    OPT_DTB,
    OPT_DUMP_DTB,
    OPT_EL,
    OPT_COSTS,
    OPT_LEVEL,
    OPT_SCHEDULE_SEED,
    OPT_MAX_CYCLES,
    OPT_STATS,
    OPT_EXITS,
    OPT_JSON,
    OPT_SYMBOLS,
    OPT_FUNCTIONS,
    OPT_GDB,
    OPT_SEMIHOSTING,
    OPT_STRICT,
    OPT_LINT,
    OPT_ENGINE_OFF,
    OPT_QUIET,
    OPT_WINDOW
};

static const struct argp_option options[] = {
    {"kernel", OPT_KERNEL, "FILE", 0, "ELF, Linux Image, or gzip'd Image to boot", 1},
    {"initrd", OPT_INITRD, "FILE", 0, "initial RAM disk (Image kernels)", 1},
    {"load", OPT_LOAD, "FILE@ADDRESS", 0, "put a file into RAM as it is; repeatable", 1},
    {"module", OPT_MODULE, "domN:KIND:FILE[,TEXT]", 0,
     "what Xen is to start: a kernel with its command line, a ramdisk; dom0 or a guest; repeatable",
     1},
    {"append", OPT_APPEND, "TEXT", 0, "kernel command line", 1},
    {"dtb", OPT_DTB, "FILE", 0, "device tree instead of the board's own", 1},
    {"dump-dtb", OPT_DUMP_DTB, "FILE", 0, "write the device tree the guest would get, and stop", 1},
    {"cpu", OPT_CPU, "MODEL", 0, "cortex-a57 (default), x-gene1, cortex-a76, neoverse-n1, max", 2},
    {"feature", OPT_FEATURE, "LIST", 0, "switch features: vhe=off,lrs=1,...", 2},
    {"gic", OPT_GIC, "2|3", 0, "interrupt controller (default 3)", 2},
    {"smp", OPT_SMP, "N", 0, "CPUs, 1 to 8, with GICv3 to 16 (default 1)", 2},
    {"mem", 'm', "SIZE", 0, "RAM: 256M, 1G, ... (default 256M)", 2},
    {"el", OPT_EL, "1|2", 0, "exception level at entry (default 2); 1 is a machine without EL2", 2},
    {"semihosting", OPT_SEMIHOSTING, 0, 0,
     "HLT #0xF000 with SYS_EXIT ends the run with the guest's status", 2},
    {"strict", OPT_STRICT, 0, 0,
     "check alignment of acquire and release, and each LDTR/STTR (slower)", 2},
    {"costs", OPT_COSTS, "PROFILE", 0, "price list: name or YAML file (default xgene1)", 3},
    {"level", OPT_LEVEL, "LEVEL", 0,
     "functional: an instruction is a cycle; block (default): all prices", 3},
    {"schedule-seed", OPT_SCHEDULE_SEED, "N", 0,
     "vary the length of the CPUs' turns, by N: another order of what several CPUs do, the same "
     "for the same N (default: all turns are a quantum)",
     3},
    {"max-cycles", OPT_MAX_CYCLES, "N", 0, "end the run, with status 1, after N cycles", 3},
    {"stats", OPT_STATS, 0, 0, "print a report on stderr after the run", 4},
    {"exits", OPT_EXITS, 0, 0,
     "print a table of the VMs' exits on stderr after the run, as `perf kvm stat report` does", 4},
    {"json", OPT_JSON, "FILE", 0, "write the report as JSON (- is stdout)", 4},
    {"symbols", OPT_SYMBOLS, "FILE", 0,
     "symbols for the report: ELF (any EL, no stage 2), or a kernel's Image or System.map (the "
     "loaded kernel, wherever it runs; another Image: a guest's); repeatable",
     4},
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
    {"engine-off", OPT_ENGINE_OFF, "LIST", 0, "switch engine shortcuts off; results do not change",
     5},
    DEVICE_OPTIONS,
    {0},
};

static bool parse_number(struct run_options *o, int key, const char *arg)
{
    unsigned long long n;
    switch (key) {
    case OPT_GIC:
        if (option_number("--gic", arg, 2, 3, &n, &o->err)) {
            o->config.gic_version = (unsigned)n;
        }
        return true;
    case OPT_SMP:
        if (option_number("--smp", arg, 1, EL2SIM_MAX_CPUS, &n, &o->err)) {
            o->config.cpu_count = (unsigned)n;
        }
        return true;
    case OPT_FUNCTIONS:
        if (option_number("--functions", arg, 0, 1000, &n, &o->err)) {
            o->functions = (unsigned)n;
        }
        return true;
    case OPT_EL:
        if (option_number("--el", arg, 1, 2, &n, &o->err)) {
            o->config.entry_el = (unsigned)n;
        }
        return true;
    case OPT_SCHEDULE_SEED:
        if (option_number("--schedule-seed", arg, 1, UINT64_MAX, &n, &o->err)) {
            o->config.schedule_seed = n;
        }
        return true;
    case OPT_MAX_CYCLES:
        if (option_number("--max-cycles", arg, 1, UINT64_MAX / CYCLE / 2, &n, &o->err)) {
            o->config.max_cycles = n * CYCLE;
        }
        return true;
    default:
        return false;
    }
}

static bool parse_text(struct run_options *o, int key, const char *arg)
{
    switch (key) {
    case OPT_KERNEL:
        o->images.kernel = arg;
        return true;
    case OPT_INITRD:
        o->images.initrd = arg;
        return true;
    case OPT_APPEND:
        o->images.append = arg;
        return true;
    case OPT_DTB:
        o->images.dtb = arg;
        return true;
    case OPT_DUMP_DTB:
        o->dump_dtb = arg;
        return true;
    case OPT_CPU:
        o->cpu = arg;
        return true;
    case OPT_FEATURE:
        o->features = arg;
        return true;
    case OPT_COSTS:
        o->profile = arg;
        return true;
    case OPT_GDB:
        o->gdb = arg;
        gdb_check_place(arg, &o->err);
        return true;
    case OPT_JSON:
        o->json = arg;
        return true;
    default:
        return false;
    }
}

static void add_placed(struct run_options *o, char *arg)
{
    struct machine_images *images = &o->images;
    if (images->placed_count == PLACED_FILES_MAX) {
        err_set(&o->err, "--load: %u files at most", PLACED_FILES_MAX);
    } else if (loader_parse_place(arg, &images->placed[images->placed_count], &o->err)) {
        images->placed_count++;
    } else {
        err_prefix(&o->err, "--load ");
    }
}

static void add_module(struct run_options *o, char *arg)
{
    struct machine_images *images = &o->images;
    if (images->module_count == MODULES_MAX) {
        err_set(&o->err, "--module: %u files at most", MODULES_MAX);
    } else if (modules_parse(arg, &images->modules[images->module_count], &o->err)) {
        images->module_count++;
    } else {
        err_prefix(&o->err, "--module ");
    }
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct run_options *o = state->input;
    if (parse_number(o, key, arg) || parse_text(o, key, arg) ||
        device_option(key, arg, &o->config.devices, &o->devices, &o->err)) {
        return 0;
    }
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &o->snapshot;
        state->child_inputs[1] = &o->trace;
        return 0;
    case 'm':
        design_parse_memory(arg, &o->config.ram_bytes, &o->err);
        return 0;
    case OPT_LEVEL:
        o->has_level = true;
        option_level(arg, &o->config.level, &o->err);
        return 0;
    case OPT_STATS:
        o->stats = true;
        return 0;
    case OPT_EXITS:
        o->exits = true;
        return 0;
    case OPT_LOAD:
        add_placed(o, arg);
        return 0;
    case OPT_MODULE:
        add_module(o, arg);
        return 0;
    case OPT_SEMIHOSTING:
        o->config.semihosting = true;
        return 0;
    case OPT_STRICT:
        o->config.strict = true;
        return 0;
    case OPT_LINT:
        lint_option(arg, &o->lint, &o->err);
        return 0;
    case OPT_WINDOW:
        o->has_window = true;
        return 0;
    case OPT_QUIET:
        o->config.quiet = true;
        return 0;
    case OPT_ENGINE_OFF:
        option_shortcuts(arg, &o->config.engine_off, &o->err);
        return 0;
    case OPT_SYMBOLS:
        if (o->symbols_count == sizeof o->symbols / sizeof o->symbols[0]) {
            err_set(&o->err, "--symbols: %u files at most", o->symbols_count);
        } else {
            o->symbols[o->symbols_count++] = arg;
        }
        return 0;
    case ARGP_KEY_ARG:
        err_set(&o->err, "unexpected \"%s\" (a kernel is given with --kernel)", arg);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_child children[] = {
    {&run_snapshot_argp, 0, NULL, 0}, {&trace_files_argp, 0, NULL, 0}, {0}};

const struct argp run_options_argp = {options, parse, NULL, NULL, children, NULL, NULL};

static const struct argp argp = {
    .options = options,
    .parser = parse,
    .children = children,
    .doc = "Boots an image on the simulated `virt` board and runs it until it powers off.\v"
           "The console is the terminal. The exit status is 0 after power-off, the guest's own "
           "after a semihosting exit, 1 when the run was cut short (--max-cycles, every CPU waits "
           "for ever), 2 for bad usage or files.\n\n"
           "Examples:\n"
           "  el2sim run --kernel build/guest/kvm-split.elf --gic 2 --smp 2 --stats\n"
           "  el2sim run --kernel build/guest/kvm-vhe.elf --cpu max --trace t.json\n"
           "  el2sim run --kernel build/guest/kvm-split.elf --gic 2 --smp 2 --snapshot-at "
           "cycles:2000000 --snapshot-save vm.snap --snapshot-exit"};

/* ctx: the options; their window, if any, shows it, too. */
static void console(void *ctx, const char *text, size_t length)
{
    struct run_options *o = ctx;
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
    (void)ctx;
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

/* What there is to run: a kernel, or a snapshot and nothing that it holds already. */
static bool check_start(struct run_options *o, const struct snapshot_origin *from)
{
    const struct machine_images *i = &o->images;
    if (from == NULL) {
        return i->kernel || err_set(&o->err, "nothing to boot: give --kernel FILE or "
                                             "--snapshot FILE");
    }
    if (i->kernel || i->initrd || i->append || i->dtb || i->placed_count || i->module_count ||
        o->dump_dtb) {
        return err_set(&o->err,
                       "--snapshot %s holds what was booted: leave out --kernel, --initrd, "
                       "--load, --module, --append, --dtb and --dump-dtb",
                       o->snapshot.file);
    }
    return o->config.devices.count == 0 ||
           err_set(&o->err,
                   "--snapshot %s has its own devices: leave out --drive, --net, "
                   "--rng-seed and --console",
                   o->snapshot.file);
}

/* What no option says: as the snapshot has it, or the defaults. */
static bool settle(struct run_options *o)
{
    if (o->lint.is_on && o->gdb) {
        return err_set(&o->err, "--lint and --gdb: a run that goes back cannot be judged; leave "
                                "one out");
    }
    if (!run_snapshot_open(&o->snapshot, &o->err)) {
        return false;
    }
    const struct snapshot_origin *from = run_snapshot_origin(&o->snapshot);
    const struct machine_config defaults = {.cpu_count = 1,
                                            .gic_version = 3,
                                            .ram_bytes = UINT64_C(256) << 20,
                                            .entry_el = 2,
                                            .level = LEVEL_BLOCK};
    const struct machine_config *other = from ? &from->config : &defaults;
    struct machine_config *c = &o->config;
    if (!check_start(o, from)) {
        return false;
    }
    c->cpu_count = c->cpu_count ? c->cpu_count : other->cpu_count;
    c->gic_version = c->gic_version ? c->gic_version : other->gic_version;
    c->ram_bytes = c->ram_bytes ? c->ram_bytes : other->ram_bytes;
    c->entry_el = c->entry_el ? c->entry_el : other->entry_el;
    c->level = o->has_level ? c->level : other->level;
    if (from) {
        c->devices = from->config.devices;
    }
    c->guest_asids = other->guest_asids;
    c->strict = c->strict || other->strict;
    c->semihosting = c->semihosting || other->semihosting;
    if (o->features == NULL && o->cpu == NULL && from) {
        o->features = from->features;
    }
    o->cpu = o->cpu ? o->cpu : from ? from->cpu : "cortex-a57";
    return o->snapshot.save == NULL || run_snapshot_can_save(&c->devices, &o->err);
}

static const char *profile_name(const struct run_options *o)
{
    const struct snapshot_origin *from = run_snapshot_origin(&o->snapshot);
    return o->profile ? o->profile : from ? from->profile : "xgene1";
}

static bool configure(struct run_options *o, const struct profile *profile)
{
    if (!cpu_model_find(o->cpu, &o->config.cpu, &o->err)) {
        return err_prefix(&o->err, "--cpu ");
    }
    profile_configure(profile, &o->config);
    if (o->features && !cpu_model_apply(&o->config.cpu, o->features, &o->err)) {
        return err_prefix(&o->err, "--feature: ");
    }
    return run_snapshot_fits(&o->snapshot, &o->config, o->profile != NULL, &o->err);
}

static bool load(struct run_options *o, struct machine *m)
{
    struct symbol_scope scope = {.el_mask = 7, .context = SYMBOLS_NO_STAGE2};
    struct snapshot *from = o->snapshot.from;
    if (from ? !snapshot_restore(from, m, &o->err) : !machine_load(m, &o->images, &o->err)) {
        return false;
    }
    for (unsigned i = 0; i < o->symbols_count; i++) {
        if (!machine_symbols(m, o->symbols[i], &scope, &o->err)) {
            return false;
        }
    }
    return true;
}

/* By a debugger's word, or in one go. */
static bool run_machine(struct run_options *o, struct machine *m, const struct profile *profile,
                        struct machine_result *result)
{
    if (o->gdb == NULL) {
        machine_run(m, result);
        return true;
    }
    const struct gdb_config config = {.where = o->gdb,
                                      .profile = profile,
                                      .cpu = o->cpu,
                                      .features = o->features,
                                      .profile_name = profile_name(o)};
    struct control *control = control_create(m);
    bool done = gdb_serve(control, &config, &o->err);
    control_finish(control, result);
    control_destroy(control);
    return done;
}

/* The machine exists and is loaded: run, report. */
static int run(struct run_options *o, struct machine *m, const struct profile *profile)
{
    if (o->dump_dtb) {
        return write_dtb(m, o->dump_dtb, &o->err) ? EXIT_OK : cli_fail(&o->err);
    }
    struct run_report report = {
        .config = &o->config, .profile = profile, .functions = o->functions};
    struct progress progress;
    FILE *json = o->json ? option_output(o->json, &o->err) : NULL;
    if ((o->json && json == NULL) || !trace_files_open(&o->trace, &o->err)) {
        return cli_fail(&o->err); /* known before the run, not after it */
    }
    bool has_terminal = o->window == NULL && !is_stdio(o->gdb);
    struct host_source source = o->window      ? window_attach(o->window, m)
                                : has_terminal ? terminal_open()
                                               : (struct host_source){.is_interactive = true};
    struct host_input_config input = {.source = o->window || has_terminal ? &source : NULL,
                                      .record = o->devices.record,
                                      .replay = o->devices.replay,
                                      .script = o->devices.input};
    if (!machine_take_input(m, &input, &o->err)) {
        return cli_fail(&o->err);
    }
    progress_start(&progress, "run", o->config.max_cycles);
    if (!source.is_interactive) { /* else the last line is the guest's */
        machine_on_progress(m, progress_update, &progress);
    }
    report.lint = o->found = lint_start(&o->lint, m);
    report.sources = o->sources = lint_sources(o->images.kernel, o->symbols, o->symbols_count);
    run_snapshot_plan(&o->snapshot, m, o->cpu, o->features, profile_name(o));
    trace_files_attach(&o->trace, m, NULL, o->config.clock_hz);
    bool has_run = run_machine(o, m, profile, &report.result);
    trace_files_detach(&o->trace);
    terminal_close();
    progress_end(&progress);
    fflush(stdout);
    if (!has_run) {
        return cli_fail(&o->err);
    }
    if (!machine_end_input(m, &report.result, &o->err)) {
        fprintf(stderr, "el2sim: %s\n", o->err.text);
        report.result.status = 1;
    }
    if (report.result.end != END_POWER_OFF && report.result.end != END_EXIT) {
        fprintf(stderr, "el2sim: %s\n", report.result.text);
    }
    if (o->window) {
        window_linger(o->window, report.result.text);
    }
    if (!trace_files_close(&o->trace, &o->err)) {
        return cli_fail(&o->err);
    }
    if (o->stats) {
        report_run_text(stderr, m, &report);
    }
    if (o->exits) {
        report_exits_text(stderr, m, o->config.clock_hz);
    }
    report.result.status =
        lint_finish(&o->lint, report.lint, NULL, o->sources, report.result.status);
    if (json) {
        report_run_json(json, m, &report);
        if (!option_output_done(json, o->json, &o->err)) {
            return cli_fail(&o->err);
        }
    }
    return run_snapshot_status(m, report.result.status);
}

int cmd_run(int argc, char **argv)
{
    struct run_options o = {.config = {.console = console, .console_ctx = &o},
                            .functions = FUNCTIONS_DEFAULT};
    struct profile *profile = NULL;
    struct machine *m = NULL;
    int status = EXIT_USAGE;
    if (option_parse(&argp, argc, argv, &o, &o.err) && device_options_check(&o.devices, &o.err) &&
        settle(&o)) {
        profile = profile_load(profile_name(&o), &o.err);
    }
    if (is_stdio(o.gdb)) {
        o.config.console = console_on_stderr;
    }
    if (profile && configure(&o, profile)) {
        m = machine_create(&o.config, &o.err);
    }
    if (m && o.has_window) {
        o.window = window_open(&o.err);
    }
    if (m && (o.window || !o.has_window) && load(&o, m)) {
        status = run(&o, m, profile);
    } else {
        cli_fail(&o.err);
    }
    trace_files_close(&o.trace, &o.err);
    window_close(o.window);
    machine_destroy(m);
    profile_free(profile);
    lint_destroy(o.found);
    source_set_destroy(o.sources);
    run_snapshot_close(&o.snapshot);
    return status;
}

struct run_options *run_options_create(void)
{
    struct run_options *o = calloc(1, sizeof *o);
    BUG_ON(o == NULL);
    o->functions = FUNCTIONS_DEFAULT;
    return o;
}

void run_options_free(struct run_options *o)
{
    if (o) {
        profile_free(o->loaded);
        run_snapshot_close(&o->snapshot);
        free(o);
    }
}

const char *run_options_files(const struct run_options *o, const char *const **symbols,
                              unsigned *count)
{
    *symbols = o->symbols;
    *count = o->symbols_count;
    return o->images.kernel;
}

static struct machine *make(struct run_options *o)
{
    if (o->err.text[0] != '\0' || !device_options_check(&o->devices, &o->err) || !settle(o)) {
        return NULL;
    }
    o->loaded = profile_load(profile_name(o), &o->err);
    struct machine *m =
        o->loaded && configure(o, o->loaded) ? machine_create(&o->config, &o->err) : NULL;
    struct host_input_config input = {
        .record = o->devices.record, .replay = o->devices.replay, .script = o->devices.input};
    if (m && (!load(o, m) || !machine_take_input(m, &input, &o->err))) {
        machine_destroy(m);
        return NULL;
    }
    return m;
}

struct machine *run_options_machine(struct run_options *o,
                                    void (*output)(void *ctx, const char *text, size_t length),
                                    void *output_ctx, struct err *e)
{
    o->config.console = output;
    o->config.console_ctx = output_ctx;
    o->config.quiet = true; /* the screen is taken */
    struct machine *m = make(o);
    if (m == NULL) {
        *e = o->err;
    }
    return m;
}
