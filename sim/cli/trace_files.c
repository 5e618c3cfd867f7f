#include "sim/cli/trace_files.h"

#include <string.h>

#include "sim/cli/options.h"
#include "sim/report/report.h"

#define LAST_MAX 100000000 /* events: 5 GB */

enum { OPT_TRACE = 700, OPT_TRACE_FILTER, OPT_TRACE_LAST, OPT_FOLDED, OPT_TARMAC };

static const struct argp_option options[] = {
    {"trace", OPT_TRACE, "FILE", 0,
     "write a timeline, CPU by CPU in simulated time, for Perfetto (ui.perfetto.dev) or "
     "chrome://tracing",
     6},
    {"trace-filter", OPT_TRACE_FILTER, "KEY=VALUE,...", 0,
     "of it only: el=0|1|2, vm=VMID, cpu=N, span=ROW (while that row is measured), event= el, "
     "function, vm-function (not by default), idle, vm, exception, irq, switch, span, mmio or "
     "firmware; several values: event=exception|irq",
     6},
    {"trace-last", OPT_TRACE_LAST, "N", 0, "of it only what the last N events of the run show", 6},
    {"folded", OPT_FOLDED, "FILE", 0,
     "write the cycles as folded stacks, for flame graphs: CPU, EL, VM, function, class", 6},
    {"tarmac", OPT_TARMAC, "FILE", 0,
     "write each instruction and what it changed, as Tarmac (slow); --trace-filter counts", 6},
    {0},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct trace_files *f = state->input;
    unsigned long long n;
    switch (key) {
    case OPT_TRACE:
        f->path = arg;
        return 0;
    case OPT_TRACE_FILTER:
        f->filter = arg;
        return 0;
    case OPT_TRACE_LAST:
        if (option_number("--trace-last", arg, 1, LAST_MAX, &n, &f->err)) {
            f->options.last = n;
        }
        return 0;
    case OPT_TARMAC:
        f->tarmac_path = arg;
        return 0;
    case OPT_FOLDED:
        f->folded_path = arg;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

const struct argp trace_files_argp = {options, parse, NULL, NULL, NULL, NULL, NULL};

static bool has_filter(struct trace_files *f, struct err *e)
{
    f->options.filter = trace_filter_default();
    if (f->path == NULL && f->options.last != 0) {
        return err_set(e, "--trace-last says what --trace FILE writes: it is missing");
    }
    if (f->path == NULL && f->tarmac_path == NULL && f->filter) {
        return err_set(e, "--trace-filter says what --trace FILE or --tarmac FILE writes: both are "
                          "missing");
    }
    return f->filter == NULL || trace_filter_parse(f->filter, &f->options.filter, e) ||
           err_prefix(e, "--trace-filter ");
}

bool trace_files_open(struct trace_files *f, struct err *e)
{
    if (f->err.text[0] != '\0') {
        return err_set(e, "%s", f->err.text);
    }
    if (!has_filter(f, e) ||
        (f->folded_path && (f->folded = option_output(f->folded_path, e)) == NULL) ||
        (f->path && (f->file = option_output(f->path, e)) == NULL) ||
        (f->tarmac_path && (f->tarmac_file = option_output(f->tarmac_path, e)) == NULL)) {
        return false;
    }
    f->trace = f->path ? trace_begin(f->file, &f->options) : NULL;
    f->tarmac = f->tarmac_path ? tarmac_begin(f->tarmac_file, &f->options.filter, e) : NULL;
    return f->tarmac_path == NULL || f->tarmac != NULL;
}

void trace_files_attach(struct trace_files *f, struct machine *m, const char *name,
                        uint64_t clock_hz)
{
    f->machine = m;
    f->name = name;
    if (f->trace) {
        trace_attach(f->trace, m, name ? name : "el2sim", clock_hz);
    }
    if (f->tarmac) {
        tarmac_attach(f->tarmac, m);
    }
}

/* A filter for a row that the run never measured leaves an empty file; a wrong name does, too. */
static void tell_unmeasured(const struct trace_files *f)
{
    const struct span_table *spans = machine_spans(f->machine);
    const char *wanted = f->options.filter.span;
    bool is_measured = wanted[0] == '\0';
    for (size_t i = 0; i < spans->row_count && !is_measured; i++) {
        is_measured = strcmp(spans->rows[i].name, wanted) == 0;
    }
    if (!is_measured) {
        fprintf(stderr, "el2sim: --trace-filter span=%s: %s%sno row of that name was measured\n",
                wanted, f->name ? f->name : "", f->name ? ": " : "");
    }
}

void trace_files_detach(struct trace_files *f)
{
    tell_unmeasured(f);
    if (f->trace) {
        trace_detach(f->trace);
    }
    if (f->tarmac) {
        tarmac_detach(f->tarmac);
    }
    if (f->folded) {
        report_folded(f->folded, f->machine, f->name);
    }
}

bool trace_files_close(struct trace_files *f, struct err *e)
{
    bool ok = f->folded == NULL || option_output_done(f->folded, f->folded_path, e);
    f->folded = NULL;
    if (f->trace) {
        trace_end(f->trace);
        f->trace = NULL;
        ok = option_output_done(f->file, f->path, e) && ok;
    }
    if (f->tarmac) {
        tarmac_end(f->tarmac);
        f->tarmac = NULL;
        ok = option_output_done(f->tarmac_file, f->tarmac_path, e) && ok;
    }
    return ok;
}
