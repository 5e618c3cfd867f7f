#include <stdlib.h>
#include <string.h>

#include "sim/cli/commands.h"
#include "sim/cli/options.h"
#include "sim/cli/progress.h"
#include "sim/study/design_start.h"
#include "sim/study/fit.h"

#define TEXTS_MAX 64 /* --row, --vary and --measured: each so often at most */

struct fit_options {
    const char *file, *profile, *name, *design, *out, *json, *snapshots;
    const char *rows[TEXTS_MAX], *constants[TEXTS_MAX], *measured[TEXTS_MAX];
    unsigned row_count, constant_count, measured_count, ops;
    bool quiet;
    struct err err;
};

enum {
    OPT_COSTS = 256,
    OPT_ROW,
    OPT_MEASURED,
    OPT_DESIGN,
    OPT_VARY,
    OPT_OPS,
    OPT_SNAPSHOTS,
    OPT_NAME,
    OPT_OUT,
    OPT_JSON,
    OPT_QUIET
};

static const struct argp_option options[] = {
    {"costs", OPT_COSTS, "PROFILE", 0, "the profile to start from", 1},
    {"row", OPT_ROW, "DESIGN/ROW=CYCLES", 0,
     "a calibration row and what was measured, in cycles or as 2708ns", 1},
    {"measured", OPT_MEASURED, "FILE", 0,
     "calibration rows from a text: lines \"[DESIGN/]ROW NUMBER [cycles|ns]\", or what "
     "kvm-unit-tests' micro-bench prints",
     1},
    {"design", OPT_DESIGN, "DESIGN", 0, "the design of lines that name none", 1},
    {"vary", OPT_VARY, "CLASS,...=LOW..HIGH", 0,
     "one constant: a price that these classes have, between two bounds; =xLOW..xHIGH: a factor "
     "on their prices. A class may be a pattern: sysreg.*",
     1},
    {"ops", OPT_OPS, "N", 0, "operations of each row (default: each row's own number)", 2},
    {"snapshots", OPT_SNAPSHOTS, "DIR", 0, "keep snapshots of designs that have booted in DIR", 2},
    {"out", OPT_OUT, "FILE", 0, "write the fitted profile (- is stdout)", 3},
    {"name", OPT_NAME, "NAME", 0, "its name (default: that of the profile it starts from)", 3},
    {"json", OPT_JSON, "FILE", 0, "write rows, residuals and constants as JSON (- is stdout)", 3},
    {"quiet", OPT_QUIET, 0, 0, "no table", 3},
    {0},
};

static void keep(struct fit_options *o, const char *option, const char **texts, unsigned *count,
                 const char *arg)
{
    if (*count == TEXTS_MAX) {
        err_set(&o->err, "%s: at most %d times", option, TEXTS_MAX);
    } else {
        texts[(*count)++] = arg;
    }
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct fit_options *o = state->input;
    unsigned long long n;
    switch (key) {
    case OPT_COSTS:
        o->profile = arg;
        return 0;
    case OPT_ROW:
        keep(o, "--row", o->rows, &o->row_count, arg);
        return 0;
    case OPT_MEASURED:
        keep(o, "--measured", o->measured, &o->measured_count, arg);
        return 0;
    case OPT_DESIGN:
        o->design = arg;
        return 0;
    case OPT_VARY:
        keep(o, "--vary", o->constants, &o->constant_count, arg);
        return 0;
    case OPT_OPS:
        if (option_number("--ops", arg, 1, DESIGN_OPS_MAX, &n, &o->err)) {
            o->ops = (unsigned)n;
        }
        return 0;
    case OPT_SNAPSHOTS:
        o->snapshots = arg;
        return 0;
    case OPT_NAME:
        o->name = arg;
        return 0;
    case OPT_OUT:
        o->out = arg;
        return 0;
    case OPT_JSON:
        o->json = arg;
        return 0;
    case OPT_QUIET:
        o->quiet = true;
        return 0;
    case ARGP_KEY_ARG:
        if (o->file) {
            err_set(&o->err, "unexpected \"%s\": one file is enough", arg);
        }
        o->file = arg;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp argp = {
    options,
    parse,
    "[FILE.yaml]",
    "Finds the prices with which designs take what was measured, and writes a profile of them.\v"
    "The file says profile, rows and constants (docs/cost.md); options add to it. There must be "
    "more calibration rows than constants, and they must tell the constants apart. The table has "
    "each row before and after, and as the other rows alone predict it.\n\n"
    "With what kvm-unit-tests printed on your machine: --costs neoverse-n1 --design linux-vhe "
    "--measured micro-bench.txt --vary 'insn.*=x0.5..x4' --name mine --out mine.yaml\n\n"
    "Examples:\n"
    "  el2sim fit sim/fits/seattle.yaml --out mine.yaml --json residuals.json",
    NULL,
    NULL,
    NULL};

/* The file with what options add. */
static struct fit_file *gather(struct fit_options *o)
{
    struct fit_file *f = fit_file_load(o->file, &o->err);
    bool ok = f != NULL;
    for (unsigned i = 0; ok && i < o->row_count; i++) {
        ok = fit_file_add_row(f, o->rows[i], &o->err);
    }
    for (unsigned i = 0; ok && i < o->measured_count; i++) {
        ok = fit_file_add_measured(f, o->measured[i], o->design, &o->err);
    }
    for (unsigned i = 0; ok && i < o->constant_count; i++) {
        ok = fit_file_add_constant(f, o->constants[i], &o->err);
    }
    if (ok && o->profile == NULL && f->profile == NULL) {
        ok = err_set(&o->err, "no profile to start from: give --costs, or profile: in a file");
    }
    if (ok) {
        f->ops = o->ops ? o->ops : f->ops;
        return f;
    }
    fit_file_free(f);
    return NULL;
}

static bool write_outputs(const struct fit_options *o, FILE *out, FILE *json, const struct fit *fit,
                          struct err *e)
{
    if (!o->quiet) {
        fit_report_text(stdout, fit);
    }
    if (out) {
        fit_write_profile(out, fit);
    }
    if (json) {
        fit_report_json(json, fit);
    }
    bool ok = out == NULL || option_output_done(out, o->out, e);
    return (json == NULL || option_output_done(json, o->json, e)) && ok;
}

static bool do_fit(struct fit_options *o, struct fit_file *f, const struct profile *profile)
{
    struct progress progress;
    struct fit fit = {.file = f,
                      .profile = profile,
                      .run = {.level = LEVEL_BLOCK,
                              .max_cycles = DESIGN_MAX_CYCLES,
                              .snapshots = o->snapshots,
                              .quiet = o->quiet,
                              .progress = progress_update,
                              .progress_ctx = &progress}};
    if (o->name) {
        free(f->name);
        f->name = strdup(o->name);
        BUG_ON(f->name == NULL);
    }
    progress_start(&progress, "fit", 0);
    bool ok = fit_do(&fit, &o->err);
    progress_end(&progress);
    /* Only now: a fit that is refused leaves an old profile as it was. */
    FILE *out = ok && o->out ? option_output(o->out, &o->err) : NULL;
    FILE *json = ok && o->json ? option_output(o->json, &o->err) : NULL;
    return ok && (!o->out || out) && (!o->json || json) &&
           write_outputs(o, out, json, &fit, &o->err);
}

int cmd_fit(int argc, char **argv)
{
    struct fit_options o = {.file = NULL};
    struct fit_file *f = NULL;
    struct profile *profile = NULL;
    bool ok = option_parse(&argp, argc, argv, &o, &o.err);
    if (ok) {
        f = gather(&o);
    }
    if (f) {
        profile = profile_load(o.profile ? o.profile : f->profile, &o.err);
    }
    ok = profile && fit_file_check(f, profile, &o.err) && do_fit(&o, f, profile);
    if (!ok && o.file && o.err.text[0] && f) {
        err_prefix(&o.err, "%s: ", o.file);
    }
    fit_file_free(f);
    profile_free(profile);
    return ok ? EXIT_OK : cli_fail(&o.err);
}
