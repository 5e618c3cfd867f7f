#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/catalog/data_files.h"
#include "sim/cli/commands.h"
#include "sim/cli/options.h"
#include "sim/cli/progress.h"
#include "sim/study/sweep.h"

struct sweep_options {
    const char *file, *dir, *snapshots;
    long point; /* -1: all */
    unsigned processes;
    bool list, quiet;
    struct err err;
};

enum { OPT_OUT = 256, OPT_POINT, OPT_LIST, OPT_SNAPSHOTS, OPT_QUIET };

static const struct argp_option options[] = {
    {"out", OPT_OUT, "DIR", 0,
     "where finished points are kept, and the results: results.json, results.csv, report.txt", 1},
    {"jobs", 'j', "N", 0, "points at once, each in a process of its own (default: CPUs)", 1},
    {"point", OPT_POINT, "K", 0,
     "run this point alone, as a job of a cluster does; without --out, it goes to stdout", 2},
    {"list", OPT_LIST, 0, 0, "only list the points", 2},
    {"snapshots", OPT_SNAPSHOTS, "DIR", 0,
     "where a sweep with boot-once keeps its snapshots (default: DIR of --out)", 2},
    {"quiet", OPT_QUIET, 0, 0, "no report on stdout", 3},
    {0},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct sweep_options *o = state->input;
    unsigned long long n;
    switch (key) {
    case OPT_OUT:
        o->dir = arg;
        return 0;
    case 'j':
        if (option_number("--jobs", arg, 1, 256, &n, &o->err)) {
            o->processes = (unsigned)n;
        }
        return 0;
    case OPT_POINT:
        if (option_number("--point", arg, 0, SWEEP_POINTS_MAX, &n, &o->err)) {
            o->point = (long)n;
        }
        return 0;
    case OPT_LIST:
        o->list = true;
        return 0;
    case OPT_SNAPSHOTS:
        o->snapshots = arg;
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
    "FILE.yaml",
    "Runs designs over all combinations of CPU features, prices and sizes, and says what moves "
    "which row.\v"
    "docs/sweeps.md has the file's format. A point that is finished stays: a sweep that was "
    "killed goes on where it was, and ends in the same bytes. A point of other images, prices or "
    "another program is run again. Status 1: some points failed.\n\n"
    "Examples:\n"
    "  el2sim sweep sim/sweeps/list-registers.yaml --list\n"
    "  el2sim sweep sim/sweeps/list-registers.yaml --out sweep -j 2",
    NULL,
    NULL,
    NULL};

static void list(const struct sweep_file *s)
{
    for (unsigned i = 0; i < s->point_count; i++) {
        char label[SWEEP_LABEL_MAX];
        sweep_label(s, i, label);
        printf("%6u  %s\n", i, label);
    }
}

static bool write_report(const char *dir, const char *name,
                         void (*report)(FILE *, const struct sweep_file *, const json_t *),
                         const struct sweep_file *s, const json_t *points, struct err *e)
{
    char path[DATA_PATH_MAX];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    FILE *out = option_output(path, e);
    if (out == NULL) {
        return false;
    }
    report(out, s, points);
    return option_output_done(out, path, e);
}

static void update(void *ctx, unsigned done, unsigned all)
{
    progress_steps(ctx, "sweep", done, all);
}

/* Exit status: 1 where points failed. */
static int run_all(struct sweep_options *o, const struct sweep_file *s)
{
    struct progress progress;
    struct sweep_job job = {.file = s,
                            .dir = o->dir,
                            .snapshots = o->snapshots ? o->snapshots : o->dir,
                            .processes = o->processes,
                            .progress = update,
                            .progress_ctx = &progress};
    progress_start(&progress, "sweep", 0);
    bool ok = sweep_run(&job, &o->err);
    progress_end(&progress);
    if (!ok) {
        return cli_fail(&o->err);
    }
    json_t *points = sweep_collect(s, o->dir);
    ok = write_report(o->dir, "results.json", sweep_report_json, s, points, &o->err) &&
         write_report(o->dir, "results.csv", sweep_report_csv, s, points, &o->err) &&
         write_report(o->dir, "report.txt", sweep_report_text, s, points, &o->err);
    if (ok && !o->quiet) {
        sweep_report_text(stdout, s, points);
        fprintf(stderr, "el2sim: %u points run, %u were there, %u failed; results in %s\n", job.run,
                job.kept, job.failed, o->dir);
    }
    json_decref(points);
    return !ok ? cli_fail(&o->err) : job.failed ? EXIT_RUN_FAILED : EXIT_OK;
}

static bool run_one(struct sweep_options *o, const struct sweep_file *s, struct err *e)
{
    static struct sweep_point point;
    char label[SWEEP_LABEL_MAX];
    if (o->point >= (long)s->point_count) {
        return err_set(e, "--point %ld: the sweep has points 0 to %u", o->point,
                       s->point_count - 1);
    }
    sweep_label(s, (unsigned)o->point, label);
    if (o->dir && !sweep_make_directories(o->dir, e)) {
        return false;
    }
    json_t *result = sweep_point_make(s, (unsigned)o->point, &point, e)
                         ? sweep_point_run(s, &point, o->snapshots ? o->snapshots : o->dir, e)
                         : NULL;
    if (result == NULL) {
        return err_prefix(e, "point %ld (%s): ", o->point, label);
    }
    bool ok = true;
    if (o->dir) {
        ok = sweep_point_write(o->dir, (unsigned)o->point, result, e);
    } else {
        ok = json_dumpf(result, stdout, JSON_INDENT(1)) == 0 && putchar('\n') != EOF;
    }
    json_decref(result);
    return ok;
}

int cmd_sweep(int argc, char **argv)
{
    struct sweep_options o = {.point = -1};
    bool ok = option_parse(&argp, argc, argv, &o, &o.err);
    if (ok && o.file == NULL) {
        ok = err_set(&o.err, "a sweep's file is expected (docs/sweeps.md)");
    }
    if (ok && o.dir == NULL && o.point < 0 && !o.list) {
        ok = err_set(&o.err, "%s: --out DIR is expected", o.file);
    }
    if (o.processes == 0) {
        long cpus = sysconf(_SC_NPROCESSORS_ONLN);
        o.processes = cpus < 1 ? 1 : cpus > 256 ? 256 : (unsigned)cpus;
    }
    struct sweep_file *s = ok ? sweep_load(o.file, &o.err) : NULL;
    int status = EXIT_OK;
    if (s == NULL) {
        status = cli_fail(&o.err);
    } else if (o.list) {
        list(s);
    } else if (o.point >= 0) {
        status = run_one(&o, s, &o.err) ? EXIT_OK : cli_fail(&o.err);
    } else {
        status = run_all(&o, s);
    }
    sweep_free(s);
    return status;
}
