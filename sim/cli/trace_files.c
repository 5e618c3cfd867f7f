#include "sim/cli/trace_files.h"

#include "sim/cli/options.h"
#include "sim/report/report.h"

#define LAST_MAX 100000000 /* events: 5 GB */

enum { OPT_TRACE = 700, OPT_TRACE_FILTER, OPT_TRACE_LAST, OPT_FOLDED };

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
    case OPT_FOLDED:
        f->folded_path = arg;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

const struct argp trace_files_argp = {options, parse, NULL, NULL, NULL, NULL, NULL};

bool trace_files_open(struct trace_files *f, struct err *e)
{
    if (f->err.text[0] != '\0') {
        return err_set(e, "%s", f->err.text);
    }
    if (f->folded_path && (f->folded = option_output(f->folded_path, e)) == NULL) {
        return false;
    }
    if (f->path == NULL) {
        return (f->filter == NULL && f->options.last == 0) ||
               err_set(e, "--trace-filter and --trace-last say what --trace FILE writes: it is "
                          "missing");
    }
    f->options.filter = trace_filter_default();
    if (f->filter && !trace_filter_parse(f->filter, &f->options.filter, e)) {
        return err_prefix(e, "--trace-filter ");
    }
    f->file = option_output(f->path, e);
    f->trace = f->file ? trace_begin(f->file, &f->options) : NULL;
    return f->trace != NULL;
}

void trace_files_attach(struct trace_files *f, struct machine *m, const char *name,
                        uint64_t clock_hz)
{
    f->machine = m;
    f->name = name;
    if (f->trace) {
        trace_attach(f->trace, m, name ? name : "el2sim", clock_hz);
    }
}

void trace_files_detach(struct trace_files *f)
{
    if (f->trace) {
        trace_detach(f->trace);
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
    return ok;
}
