/* el2sim report: results as a page. What was there before stays until the new page is whole. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/cli/commands.h"
#include "sim/cli/options.h"
#include "sim/report/html.h"

struct report_options {
    const char *files[HTML_SUBJECTS_MAX];
    unsigned file_count;
    const char *output;
    struct err err;
};

static const struct argp_option options[] = {
    {"output", 'o', "FILE", 0, "the page (- is stdout); default report.html", 0},
    {0},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct report_options *o = state->input;
    switch (key) {
    case 'o':
        o->output = arg;
        return 0;
    case ARGP_KEY_ARG:
        if (o->file_count == HTML_SUBJECTS_MAX) {
            err_set(&o->err, "%s: at most %d files", arg, HTML_SUBJECTS_MAX);
        } else {
            o->files[o->file_count++] = arg;
        }
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp argp = {
    options,
    parse,
    "FILE.json...",
    "Makes a page of what `el2sim compare --json FILE` and `el2sim run --json FILE` wrote: one "
    "HTML "
    "file that needs nothing else, with tables, charts, prices and their sources.\v"
    "Several files stand side by side: a design under two price lists, or runs beside a "
    "comparison. The first is what the others are compared with.\n\n"
    "Examples:\n"
    "  el2sim report out.json --output report.html",
    NULL,
    NULL,
    NULL};

static bool write_all(FILE *file, const char *path, const char *page, size_t size, struct err *e)
{
    errno = 0;
    fwrite(page, 1, size, file);
    return option_output_done(file, path, e);
}

/* Beside the output, then in its place: a page is there as a whole or not at all. */
static bool replace_file(const char *path, const char *page, size_t size, struct err *e)
{
    char temporary[4096];
    if (snprintf(temporary, sizeof temporary, "%s.XXXXXX", path) >= (int)sizeof temporary) {
        return err_set(e, "%.100s...: the name is too long", path);
    }
    int descriptor = mkstemp(temporary);
    if (descriptor < 0) {
        return err_set(e, "%s: cannot write: %s", path, strerror(errno));
    }
    mode_t mask = umask(0);
    umask(mask);
    fchmod(descriptor, 0666 & ~mask);
    FILE *file = fdopen(descriptor, "w");
    bool ok =
        write_all(file, path, page, size, e) &&
        (rename(temporary, path) == 0 || err_set(e, "%s: cannot write: %s", path, strerror(errno)));
    if (!ok) {
        unlink(temporary);
    }
    return ok;
}

/* A pipe or a device is written to as it is. */
static bool write_page(const char *path, const char *page, size_t size, struct err *e)
{
    struct stat is;
    bool is_there = strcmp(path, "-") == 0 || stat(path, &is) == 0;
    if (is_there && (strcmp(path, "-") == 0 || !S_ISREG(is.st_mode))) {
        FILE *file = option_output(path, e);
        return file && write_all(file, path, page, size, e);
    }
    if (is_there && access(path, W_OK) != 0) {
        return err_set(e, "%s: cannot write: %s", path, strerror(errno));
    }
    return replace_file(path, page, size, e);
}

/* "2 designs" */
static void print_count(const char *before, size_t count, const char *what)
{
    fprintf(stderr, "%s%zu %s%s", before, count, what, count == 1 ? "" : "s");
}

static void tell(const char *path, const struct html_report *r)
{
    size_t runs = 0, rows = 0;
    for (size_t i = 0; i < r->subject_count; i++) {
        runs += r->subjects[i].is_run;
        rows += json_array_size(json_object_get(r->subjects[i].of, "rows"));
    }
    fprintf(stderr, "el2sim: %s is written: ", path);
    if (runs < r->subject_count) {
        print_count("", r->subject_count - runs, "design");
    }
    if (runs) {
        print_count(runs < r->subject_count ? ", " : "", runs, "run");
    }
    print_count(", ", rows, "row");
    fputc('\n', stderr);
}

static bool make_page(const struct report_options *o, struct err *e)
{
    struct html_report report = {.input_count = 0};
    bool ok = o->file_count != 0 ||
              err_set(e, "report: which results? el2sim compare --json out.json writes some");
    for (unsigned i = 0; ok && i < o->file_count; i++) {
        ok = html_report_add(&report, o->files[i], e);
    }
    if (ok) {
        char *page = NULL;
        size_t size = 0;
        FILE *memory = open_memstream(&page, &size);
        html_report_label(&report);
        html_report_print(memory, &report);
        fclose(memory);
        ok = write_page(o->output, page, size, e);
        free(page);
    }
    if (ok && strcmp(o->output, "-") != 0) {
        tell(o->output, &report);
    }
    html_report_free(&report);
    return ok;
}

int cmd_report(int argc, char **argv)
{
    struct report_options o = {.output = "report.html"};
    bool ok = option_parse(&argp, argc, argv, &o, &o.err) && make_page(&o, &o.err);
    return ok ? EXIT_OK : cli_fail(&o.err);
}
