#include <stdlib.h>
#include <string.h>

#include "sim/board/data_files.h"
#include "sim/cli/commands.h"
#include "sim/cli/compare_start.h"
#include "sim/cli/options.h"
#include "sim/cli/progress.h"
#include "sim/report/report.h"

#define DESIGNS_MAX 16
#define MAX_CYCLES  (20000000000 * CYCLE) /* a guest that hangs ends here */

struct compare_options {
    char *designs;
    const char *profile, *json, *csv;
    const char *snapshots;
    char *rows, *append;
    unsigned ops, functions;
    enum machine_level level;
    cycles_t max_cycles;
    unsigned smp, engine_off;
    bool quiet;
    struct err err;
};

enum {
    OPT_DESIGNS = 256,
    OPT_COSTS,
    OPT_ROWS,
    OPT_OPS,
    OPT_APPEND,
    OPT_LEVEL,
    OPT_SMP,
    OPT_SNAPSHOTS,
    OPT_MAX_CYCLES,
    OPT_JSON,
    OPT_CSV,
    OPT_FUNCTIONS,
    OPT_DETAIL,
    OPT_QUIET,
    OPT_ENGINE_OFF
};

static const struct argp_option options[] = {
    {"designs", OPT_DESIGNS, "A,B,...", 0,
     "designs to run (`el2sim designs` lists them); default kvm-split,kvm-vhe", 1},
    {"rows", OPT_ROWS, "A,B,...", 0, "benchmark rows (default: all that the image has)", 1},
    {"ops", OPT_OPS, "N", 0, "operations of each row (default: each row's own number)", 1},
    {"append", OPT_APPEND, "TEXT", 0, "kernel command line instead of the designs' own", 1},
    {"smp", OPT_SMP, "N", 0, "CPUs, 1 to 8, with GICv3 to 16, instead of the designs' own", 1},
    {"snapshots", OPT_SNAPSHOTS, "DIR", 0,
     "keep a snapshot of each design that has booted in DIR, and start from it where nothing that "
     "it depends on has changed; results do not change",
     1},
    {"costs", OPT_COSTS, "PROFILE", 0, "price list for all designs (default: the first design's)",
     2},
    {"level", OPT_LEVEL, "LEVEL", 0, "functional or block (default)", 2},
    {"max-cycles", OPT_MAX_CYCLES, "N", 0,
     "give a design up after N cycles (default 20,000,000,000)", 2},
    {"json", OPT_JSON, "FILE", 0, "write everything as JSON (- is stdout)", 3},
    {"csv", OPT_CSV, "FILE", 0, "write the breakdown as CSV (- is stdout)", 3},
    {"functions", OPT_FUNCTIONS, "N", 0, "also print the N dearest functions of each row", 3},
    {"detail", OPT_DETAIL, 0, 0, "the same as --functions 10", 3},
    {"quiet", OPT_QUIET, 0, 0, "no table (with --json or --csv)", 3},
    {"engine-off", OPT_ENGINE_OFF, "LIST", 0, "switch engine shortcuts off; results do not change",
     4},
    {0},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct compare_options *o = state->input;
    unsigned long long n;
    switch (key) {
    case OPT_DESIGNS:
        o->designs = arg;
        return 0;
    case OPT_COSTS:
        o->profile = arg;
        return 0;
    case OPT_ROWS:
        o->rows = arg;
        return 0;
    case OPT_OPS:
        if (option_number("--ops", arg, 1, 1000000, &n, &o->err)) {
            o->ops = (unsigned)n;
        }
        return 0;
    case OPT_SNAPSHOTS:
        o->snapshots = arg;
        return 0;
    case OPT_APPEND:
        o->append = arg;
        return 0;
    case OPT_LEVEL:
        option_level(arg, &o->level, &o->err);
        return 0;
    case OPT_SMP:
        if (option_number("--smp", arg, 1, EL2SIM_MAX_CPUS, &n, &o->err)) {
            o->smp = (unsigned)n;
        }
        return 0;
    case OPT_MAX_CYCLES:
        if (option_number("--max-cycles", arg, 1, UINT64_MAX / CYCLE / 2, &n, &o->err)) {
            o->max_cycles = n * CYCLE;
        }
        return 0;
    case OPT_JSON:
        o->json = arg;
        return 0;
    case OPT_CSV:
        o->csv = arg;
        return 0;
    case OPT_FUNCTIONS:
        if (option_number("--functions", arg, 1, 1000, &n, &o->err)) {
            o->functions = (unsigned)n;
        }
        return 0;
    case OPT_DETAIL:
        o->functions = FUNCTIONS_DEFAULT;
        return 0;
    case OPT_QUIET:
        o->quiet = true;
        return 0;
    case OPT_ENGINE_OFF:
        option_shortcuts(arg, &o->engine_off, &o->err);
        return 0;
    case ARGP_KEY_ARG:
        err_set(&o->err, "unexpected \"%s\" (designs are given with --designs A,B)", arg);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp argp = {
    options,
    parse,
    NULL,
    "Runs each design's image on the machine it is for, all with one price list, and compares the "
    "benchmark rows.\v"
    "The table gives cycles and traps per operation; below it, each difference is split into the "
    "cost classes that make it. Parts "
    "always add up to their total.\n\n"
    "Example: el2sim compare --designs kvm-split,kvm-vhe --costs xgene1 --json out.json",
    NULL,
    NULL,
    NULL};

/* What the guest said: its last lines are shown when it did not end well. */
struct transcript {
    char text[4096];
    size_t length;
};

static void remember(void *ctx, const char *text, size_t length)
{
    struct transcript *t = ctx;
    for (size_t i = 0; i < length; i++) {
        if (t->length == sizeof t->text - 1) {
            memmove(t->text, t->text + sizeof t->text / 2, sizeof t->text / 2);
            t->length -= sizeof t->text / 2;
        }
        t->text[t->length++] = text[i];
    }
    t->text[t->length] = '\0';
}

static bool ended_well(const struct design *design, const struct machine_result *result,
                       const struct transcript *said, struct err *e)
{
    if (result->end == END_POWER_OFF && strstr(said->text, "RESULT PASS")) {
        return true;
    }
    fprintf(stderr, "%s", said->text);
    return err_set(e, "design %s did not end with RESULT PASS: %s (its last lines are above)",
                   design->name, result->text);
}

static bool run_design(const struct compare_options *o, const struct design *design,
                       const struct profile *profile, struct progress *progress,
                       struct design_report *out, struct err *e)
{
    struct transcript said = {.length = 0};
    struct machine_config config = {.level = o->level,
                                    .max_cycles = o->max_cycles,
                                    .engine_off = o->engine_off,
                                    .quiet = o->quiet,
                                    .console = remember,
                                    .console_ctx = &said};
    struct compare_start start = {
        .rows = o->rows, .ops = o->ops, .append = o->append, .snapshots = o->snapshots};
    struct machine_result result;
    if (!design_configure(design, profile, &config, e)) {
        return false;
    }
    config.cpu_count = o->smp ? o->smp : config.cpu_count;
    struct machine *m = machine_create(&config, e);
    if (m == NULL) {
        return err_prefix(e, "design %s: ", design->path);
    }
    bool ok = compare_start(&start, design, profile, &config, m, e);
    if (ok) {
        machine_on_progress(m, progress_update, progress);
        machine_run(m, &result);
        report_design_take(out, m, design, &config, &result);
        struct err later = {.text = ""};
        ok = ended_well(design, &result, &said, e);
        ok = compare_end(&start, m, &result, ok ? e : &later) && ok;
    }
    machine_destroy(m);
    return ok;
}

/* Opened before the runs: a path that cannot be written is known at once. */
struct outputs {
    FILE *json, *csv;
};

static bool open_outputs(const struct compare_options *o, struct outputs *out, struct err *e)
{
    out->json = o->json ? option_output(o->json, e) : NULL;
    out->csv = o->csv ? option_output(o->csv, e) : NULL;
    return (!o->json || out->json) && (!o->csv || out->csv);
}

static bool close_outputs(const struct compare_options *o, const struct outputs *out, struct err *e)
{
    bool ok = out->json == NULL || option_output_done(out->json, o->json, e);
    return (out->csv == NULL || option_output_done(out->csv, o->csv, e)) && ok;
}

static bool compare(struct compare_options *o, struct design **designs, unsigned count,
                    const struct profile *profile)
{
    struct design_report *reports = calloc(count, sizeof *reports);
    BUG_ON(reports == NULL);
    struct comparison c = {.profile = profile,
                           .designs = reports,
                           .design_count = count,
                           .functions = o->functions ? o->functions : FUNCTIONS_DEFAULT};
    struct progress progress;
    struct outputs outputs;
    bool ok = open_outputs(o, &outputs, &o->err);
    progress_start(&progress, "compare", 0);
    for (unsigned i = 0; ok && i < count; i++) {
        progress_steps(&progress, designs[i]->name, i, count);
        ok = run_design(o, designs[i], profile, &progress, &reports[i], &o->err);
    }
    progress_end(&progress);
    if (ok && !o->quiet) {
        report_compare_text(stdout, &c, o->functions);
    }
    if (ok && outputs.json) {
        report_compare_json(outputs.json, &c);
    }
    if (ok && outputs.csv) {
        report_compare_csv(outputs.csv, &c);
    }
    ok = close_outputs(o, &outputs, &o->err) && ok;
    for (unsigned i = 0; i < count; i++) {
        report_design_free(&reports[i]);
    }
    free(reports);
    return ok;
}

int cmd_compare(int argc, char **argv)
{
    char default_designs[] = "kvm-split,kvm-vhe";
    struct compare_options o = {
        .designs = default_designs, .level = LEVEL_BLOCK, .max_cycles = MAX_CYCLES};
    char *names[DESIGNS_MAX];
    struct design *designs[DESIGNS_MAX] = {NULL};
    unsigned count = 0, loaded = 0;
    struct profile *profile = NULL;
    bool ok = option_parse(&argp, argc, argv, &o, &o.err) &&
              option_list(o.designs, names, DESIGNS_MAX, &count, &o.err);
    for (; ok && loaded < count; loaded++) {
        designs[loaded] = design_load(names[loaded], &o.err);
        ok = designs[loaded] != NULL;
    }
    if (ok) {
        profile = profile_load(o.profile ? o.profile : designs[0]->profile, &o.err);
        if (profile == NULL && o.profile == NULL) {
            err_prefix(&o.err, "design %s: ", designs[0]->path);
        }
    }
    ok = ok && profile && compare(&o, designs, count, profile);
    for (unsigned i = 0; i < loaded; i++) {
        design_free(designs[i]);
    }
    profile_free(profile);
    return ok ? EXIT_OK : cli_fail(&o.err);
}
