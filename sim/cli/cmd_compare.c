#include <stdlib.h>
#include <string.h>

#include "sim/catalog/data_files.h"
#include "sim/cli/commands.h"
#include "sim/cli/lint_option.h"
#include "sim/cli/options.h"
#include "sim/cli/progress.h"
#include "sim/cli/trace_files.h"
#include "sim/report/report.h"
#include "sim/report/why.h"
#include "sim/study/design_run.h"
#include "sim/study/design_start.h"

#define DESIGNS_MAX 16

struct compare_options {
    char *designs; /* --designs */
    char *names[DESIGNS_MAX];
    unsigned name_count;
    const char *profile, *json, *csv, *why;
    struct design_run run;
    struct trace_files trace;
    struct lint_options lint;
    struct lint *found; /* of the design that runs, or ran last */
    unsigned functions;
    bool quiet;
    int status; /* of a comparison that was made */
    struct err err;
};

enum {
    OPT_DESIGNS = 256,
    OPT_COSTS,
    OPT_ROWS,
    OPT_OPS,
    OPT_APPEND,
    OPT_WHY,
    OPT_LEVEL,
    OPT_SMP,
    OPT_SNAPSHOTS,
    OPT_MAX_CYCLES,
    OPT_JSON,
    OPT_CSV,
    OPT_FUNCTIONS,
    OPT_DETAIL,
    OPT_QUIET,
    OPT_LINT,
    OPT_ENGINE_OFF
};

static const struct argp_option options[] = {
    {"designs", OPT_DESIGNS, "A,B,...", 0,
     "designs to run (`el2sim designs` lists them); default kvm-split,kvm-vhe", 1},
    {"rows", OPT_ROWS, "A,B,...", 0,
     "benchmark rows (default: all that the image has), of " ROW_LIST, 1},
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
    {"why", OPT_WHY, "ROW", 0,
     "take the difference in this row apart, by cost class, function and exception: each design "
     "against the first; --functions N says how many parts are printed",
     1},
    {"functions", OPT_FUNCTIONS, "N", 0, "also print the N dearest functions of each row", 3},
    {"detail", OPT_DETAIL, 0, 0, "the same as --functions 10", 3},
    {"quiet", OPT_QUIET, 0, 0, "no table (with --json or --csv)", 3},
    {"lint", OPT_LINT, "HOW", OPTION_ARG_OPTIONAL, LINT_OPTION_DOC, 3},
    {"engine-off", OPT_ENGINE_OFF, "LIST", 0, "switch engine shortcuts off; results do not change",
     4},
    {0},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct compare_options *o = state->input;
    unsigned long long n;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &o->trace;
        return 0;
    case OPT_DESIGNS:
        o->designs = arg;
        return 0;
    case OPT_COSTS:
        o->profile = arg;
        return 0;
    case OPT_ROWS:
        o->run.rows = arg;
        return 0;
    case OPT_OPS:
        if (option_number("--ops", arg, 1, DESIGN_OPS_MAX, &n, &o->err)) {
            o->run.ops = (unsigned)n;
        }
        return 0;
    case OPT_SNAPSHOTS:
        o->run.snapshots = arg;
        return 0;
    case OPT_APPEND:
        o->run.append = arg;
        return 0;
    case OPT_WHY:
        o->why = arg;
        return 0;
    case OPT_LEVEL:
        option_level(arg, &o->run.level, &o->err);
        return 0;
    case OPT_SMP:
        if (option_number("--smp", arg, 1, EL2SIM_MAX_CPUS, &n, &o->err)) {
            o->run.smp = (unsigned)n;
        }
        return 0;
    case OPT_MAX_CYCLES:
        if (option_number("--max-cycles", arg, 1, UINT64_MAX / CYCLE / 2, &n, &o->err)) {
            o->run.max_cycles = n * CYCLE;
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
    case OPT_LINT:
        lint_option(arg, &o->lint, &o->err);
        return 0;
    case OPT_ENGINE_OFF:
        option_shortcuts(arg, &o->run.engine_off, &o->err);
        return 0;
    case ARGP_KEY_ARG:
        if (o->name_count == DESIGNS_MAX) {
            err_set(&o->err, "%s: at most %d designs", arg, DESIGNS_MAX);
        } else {
            o->names[o->name_count++] = arg;
        }
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_child children[] = {{&trace_files_argp, 0, NULL, 0}, {0}};

static const struct argp argp = {
    options,
    parse,
    "[DESIGN...]",
    "Runs each design's image on the machine it is for, all with one price list, and compares the "
    "benchmark rows.\v"
    "The table gives cycles and traps per operation; below it, each difference is split into the "
    "cost classes that make it. Parts "
    "always add up to their total.\n\n"
    "Examples:\n"
    "  el2sim compare kvm-split kvm-vhe --rows hypercall,io-user --detail\n"
    "  el2sim compare kvm-split kvm-vhe --why hypercall --json out.json",
    children,
    NULL,
    NULL};

/* Opened before the runs: a path that cannot be written is known at once. */
struct outputs {
    FILE *json, *csv;
};

static bool open_outputs(struct compare_options *o, struct outputs *out, struct err *e)
{
    out->json = o->json ? option_output(o->json, e) : NULL;
    out->csv = o->csv ? option_output(o->csv, e) : NULL;
    return (!o->json || out->json) && (!o->csv || out->csv) && trace_files_open(&o->trace, e);
}

static bool close_outputs(struct compare_options *o, const struct outputs *out, struct err *e)
{
    bool ok = trace_files_close(&o->trace, e);
    ok = (out->json == NULL || option_output_done(out->json, o->json, e)) && ok;
    return (out->csv == NULL || option_output_done(out->csv, o->csv, e)) && ok;
}

static void design_starts(void *ctx, struct machine *m, const struct design *design,
                          uint64_t clock_hz)
{
    struct compare_options *o = ctx;
    o->found = lint_start(&o->lint, m);
    trace_files_attach(&o->trace, m, design->name, clock_hz);
}

static void design_ended(void *ctx)
{
    struct compare_options *o = ctx;
    trace_files_detach(&o->trace);
}

/* Runs a design; what lint found stands in its report. */
static bool run_design(struct compare_options *o, const struct design *design,
                       const struct profile *profile, struct design_report *report)
{
    o->found = NULL;
    bool ok = design_run(&o->run, design, profile, report, &o->err);
    report->lint = o->found;
    if (report->lint) {
        report->sources = source_set_create();
        source_set_add_design(report->sources, design);
    }
    return ok;
}

/* On stderr. Returns the exit status. */
static int tell_lint(const struct compare_options *o, const struct comparison *c)
{
    int status = EXIT_OK;
    for (size_t i = 0; i < c->design_count; i++) {
        const struct design_report *d = &c->designs[i];
        if (d->lint) { /* not of one that did not run */
            status = lint_finish(&o->lint, d->lint, d->design->name, d->sources, status);
        }
    }
    return status;
}

/* Takes apart what --why asks for: false if no two designs can be compared so. */
static bool explain(const struct compare_options *o, struct comparison *c, struct err *e)
{
    c->why = calloc(c->design_count, sizeof *c->why);
    BUG_ON(c->why == NULL);
    for (size_t d = 1; d < c->design_count; d++) {
        struct err missing = {.text = ""};
        if (why_take(&c->designs[0], &c->designs[d], o->why, &c->why[c->why_count], &missing)) {
            c->why_count++;
        } else if (c->design_count > 2) {
            fprintf(stderr, "el2sim: --why %s\n", missing.text);
            *e = missing;
        } else {
            *e = missing;
        }
    }
    if (c->why_count != 0) {
        e->text[0] = '\0';
    }
    return c->why_count != 0 || err_prefix(e, "--why ");
}

static void write_reports(const struct compare_options *o, const struct outputs *out,
                          const struct comparison *c)
{
    if (!o->quiet) {
        report_compare_text(stdout, c, o->functions);
    }
    if (out->json) {
        report_compare_json(out->json, c);
    }
    if (out->csv && c->why == NULL) {
        report_compare_csv(out->csv, c);
    }
    for (size_t i = 0; out->csv && i < c->why_count; i++) {
        if (i == 0) {
            report_why_csv_head(out->csv);
        }
        report_why_csv(out->csv, &c->why[i]);
    }
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
    o->run.progress = progress_update;
    o->run.progress_ctx = &progress;
    o->run.quiet = o->quiet;
    o->run.starts = design_starts;
    o->run.ended = design_ended;
    o->run.machine_ctx = o;
    progress_start(&progress, "compare", 0);
    for (unsigned i = 0; ok && i < count; i++) {
        progress_steps(&progress, designs[i]->name, i, count);
        ok = run_design(o, designs[i], profile, &reports[i]);
    }
    progress_end(&progress);
    ok = ok && (o->why == NULL || explain(o, &c, &o->err));
    if (ok) {
        write_reports(o, &outputs, &c);
    }
    o->status = tell_lint(o, &c);
    ok = close_outputs(o, &outputs, &o->err) && ok;
    for (unsigned i = 0; i < count; i++) {
        report_design_free(&reports[i]);
        lint_destroy(reports[i].lint);
        source_set_destroy(reports[i].sources);
    }
    for (size_t i = 0; i < c.why_count; i++) {
        why_free(&c.why[i]);
    }
    free(c.why);
    free(reports);
    return ok;
}

/* Designs by --designs or as arguments, and what --why needs of them. */
static bool choose_designs(struct compare_options *o)
{
    static char default_designs[] = "kvm-split,kvm-vhe";
    if (o->designs && o->name_count != 0) {
        return err_set(&o->err, "%s: designs are given either with --designs or without",
                       o->names[0]);
    }
    if (o->name_count == 0 && !option_list(o->designs ? o->designs : default_designs, o->names,
                                           DESIGNS_MAX, &o->name_count, &o->err)) {
        return false;
    }
    if (o->why && o->name_count < 2) {
        return err_set(&o->err, "--why %s: two designs are needed", o->why);
    }
    if (o->why && o->run.rows == NULL) {
        o->run.rows = o->why;
    }
    return true;
}

int cmd_compare(int argc, char **argv)
{
    struct compare_options o = {.run = {.level = LEVEL_BLOCK, .max_cycles = DESIGN_MAX_CYCLES}};
    struct design *designs[DESIGNS_MAX] = {NULL};
    unsigned loaded = 0;
    struct profile *profile = NULL;
    bool ok = option_parse(&argp, argc, argv, &o, &o.err) && choose_designs(&o);
    for (; ok && loaded < o.name_count; loaded++) {
        designs[loaded] = design_load(o.names[loaded], &o.err);
        ok = designs[loaded] != NULL;
    }
    if (ok) {
        profile = profile_load(o.profile ? o.profile : designs[0]->profile, &o.err);
        if (profile == NULL && o.profile == NULL) {
            err_prefix(&o.err, "design %s: ", designs[0]->path);
        }
    }
    ok = ok && profile && compare(&o, designs, o.name_count, profile);
    for (unsigned i = 0; i < loaded; i++) {
        design_free(designs[i]);
    }
    profile_free(profile);
    return ok ? o.status : cli_fail(&o.err);
}
