#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/catalog/data_files.h"
#include "sim/catalog/paper.h"
#include "sim/cli/commands.h"
#include "sim/cli/options.h"
#include "sim/cli/progress.h"
#include "sim/report/paper_report.h"
#include "sim/study/design_run.h"

struct paper_options {
    const char *paper, *profile, *csv, *svg;
    bool quiet;
    struct err err;
};

enum { OPT_COSTS = 256, OPT_CSV, OPT_SVG, OPT_QUIET };

static const struct argp_option options[] = {
    {"costs", OPT_COSTS, "PROFILE", 0, "another price list than the paper's machine", 1},
    {"csv", OPT_CSV, "FILE", 0, "write the tables as CSV (- is stdout)", 2},
    {"svg", OPT_SVG, "FILE", 0, "write them as a figure (- is stdout)", 2},
    {"quiet", OPT_QUIET, 0, 0, "no text (with --csv or --svg)", 2},
    {0},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct paper_options *o = state->input;
    switch (key) {
    case OPT_COSTS:
        o->profile = arg;
        return 0;
    case OPT_CSV:
        o->csv = arg;
        return 0;
    case OPT_SVG:
        o->svg = arg;
        return 0;
    case OPT_QUIET:
        o->quiet = true;
        return 0;
    case ARGP_KEY_ARG:
        if (o->paper) {
            err_set(&o->err, "unexpected \"%s\": one paper at a time", arg);
        }
        o->paper = arg;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp argp = {
    options,
    parse,
    "[PAPER]",
    "Runs the designs that stand for a paper's systems and puts what they predict beside what was "
    "published; without a name, lists the papers.\v"
    "A published number is read (in the paper, its authors' own text, or one that cites paper and "
    "table) or recalled; a star marks those that the prices were made from, whose error says "
    "nothing. A paper is a YAML file (sim/papers); a path works wherever a name does.\n\n"
    "Examples:\n"
    "  el2sim paper\n"
    "  el2sim paper isca16 --csv isca16.csv --svg isca16.svg",
    NULL,
    NULL,
    NULL};

static bool list(struct err *e)
{
    unsigned count;
    char **names = data_file_list("papers", ".yaml", &count);
    bool ok = count != 0 || err_set(e, "no papers found: set EL2SIM_DATA");
    for (unsigned i = 0; i < count; i++) {
        struct paper *p = ok ? paper_load(names[i], e) : NULL;
        ok = p != NULL;
        if (ok) {
            printf("%-10s %s\n", p->name, p->cite);
        }
        paper_free(p);
        free(names[i]);
    }
    free(names);
    return ok;
}

/* The design's command line, the system's own words, and the rows. */
static char *command_line(const struct paper *paper, const struct paper_system *system,
                          const struct design *design)
{
    char *rows = paper_rows_of(paper, system), *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    BUG_ON(out == NULL);
    fprintf(out, "%s%s%s rows=%s", design->append ? design->append : "", design->append ? " " : "",
            system->append ? system->append : "", rows);
    fclose(out);
    free(rows);
    return text;
}

static bool run_system(const struct paper_options *o, const struct paper *paper, unsigned index,
                       const struct profile *profile, struct design *design,
                       struct design_report *out, struct progress *progress, struct err *e)
{
    const struct paper_system *system = &paper->systems[index];
    char *rows = paper_rows_of(paper, system);
    char *append = system->append ? command_line(paper, system, design) : NULL;
    struct design_run how = {.rows = rows,
                             .append = append,
                             .level = LEVEL_BLOCK,
                             .max_cycles = DESIGN_MAX_CYCLES,
                             .quiet = o->quiet,
                             .progress = progress_update,
                             .progress_ctx = progress};
    progress_steps(progress, system->design, index, paper->systems_count);
    bool ok = design_run(&how, design, profile, out, e);
    free(append);
    free(rows);
    return ok || err_prefix(e, "%s: system %s: ", paper->path, system->id);
}

static bool write_outputs(const struct paper_options *o, const struct paper_report *report,
                          FILE *csv, FILE *svg, struct err *e)
{
    if (!o->quiet) {
        report_paper_text(stdout, report);
    }
    if (csv) {
        report_paper_csv(csv, report);
    }
    if (svg) {
        report_paper_svg(svg, report);
    }
    bool ok = csv == NULL || option_output_done(csv, o->csv, e);
    return (svg == NULL || option_output_done(svg, o->svg, e)) && ok;
}

static bool run_paper(const struct paper_options *o, const struct paper *paper,
                      const struct profile *profile, struct err *e)
{
    unsigned count = paper->systems_count, loaded = 0;
    struct design **designs = calloc(count, sizeof *designs);
    struct design_report *reports = calloc(count, sizeof *reports);
    BUG_ON(designs == NULL || reports == NULL);
    struct progress progress;
    FILE *csv = o->csv ? option_output(o->csv, e) : NULL;
    FILE *svg = o->svg && (csv || !o->csv) ? option_output(o->svg, e) : NULL;
    bool ok = (csv || !o->csv) && (svg || !o->svg);
    progress_start(&progress, "paper", 0);
    for (; ok && loaded < count; loaded++) {
        designs[loaded] = design_load(paper->systems[loaded].design, e);
        ok = designs[loaded] != NULL &&
             run_system(o, paper, loaded, profile, designs[loaded], &reports[loaded], &progress, e);
    }
    progress_end(&progress);
    struct paper_report report = {.paper = paper, .profile = profile, .designs = reports};
    ok = ok && write_outputs(o, &report, csv, svg, e);
    for (unsigned i = 0; i < loaded; i++) {
        report_design_free(&reports[i]);
        design_free(designs[i]);
    }
    free(designs);
    free(reports);
    return ok;
}

int cmd_paper(int argc, char **argv)
{
    struct paper_options o = {0};
    if (!option_parse(&argp, argc, argv, &o, &o.err)) {
        return cli_fail(&o.err);
    }
    if (o.paper == NULL) {
        return list(&o.err) ? EXIT_OK : cli_fail(&o.err);
    }
    struct paper *paper = paper_load(o.paper, &o.err);
    struct profile *profile =
        paper ? profile_load(o.profile ? o.profile : paper->profile, &o.err) : NULL;
    bool ok = profile && run_paper(&o, paper, profile, &o.err);
    profile_free(profile);
    paper_free(paper);
    return ok ? EXIT_OK : cli_fail(&o.err);
}
