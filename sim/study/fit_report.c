#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>

#include "sim/study/fit.h"

static double percent(double value, const struct fit_row *r)
{
    double p = 100 * fit_relative_error(value, r->measured);
    return p > -0.05 && p < 0.05 ? 0 : p; /* no -0.0 */
}

static void print_rows(FILE *out, const struct fit *fit)
{
    unsigned resting = 0;
    fprintf(out, "%-44s %9s %9s %7s %9s %7s %9s %7s\n", "calibration row (cycles of an operation)",
            "measured", "before", "error", "after", "error", "left out", "error");
    for (unsigned i = 0; i < fit->file->rows_count; i++) {
        const struct fit_row *r = &fit->file->rows[i];
        char label[FIT_LABEL_MAX];
        fit_row_label(r, label);
        fprintf(out, "%-44s %9.1f %9.1f %+6.1f%% %9.1f %+6.1f%%", label, r->measured,
                fit->before[i], percent(fit->before[i], r), fit->after[i],
                percent(fit->after[i], r));
        if (isnan(fit->left_out[i])) {
            resting++;
            fprintf(out, " %9s %7s\n", "-", "-");
        } else {
            fprintf(out, " %9.1f %+6.1f%%\n", fit->left_out[i], percent(fit->left_out[i], r));
        }
    }
    if (resting != 0) {
        fprintf(out, "  left out -: a constant rests on this row alone\n");
    }
}

static bool is_at_bound(const struct fit_constant *c, double x)
{
    return x <= c->low * (1 + 1e-9) || x >= c->high * (1 - 1e-9);
}

static void print_constants(FILE *out, const struct fit *fit)
{
    fprintf(out, "\n%-24s %10s %10s   %s\n", "constant", "before", "after", "bounds, prices");
    for (unsigned i = 0; i < fit->file->constants_count; i++) {
        const struct fit_constant *c = &fit->file->constants[i];
        const char *x = c->factor ? "x" : "";
        char before[32], after[32];
        struct profile priced;
        fit_price(fit, fit->x, &priced);
        snprintf(before, sizeof before, "%s%.3f", x, c->start);
        snprintf(after, sizeof after, "%s%.3f", x, fit->x[i]);
        fprintf(out, "%-24s %10s %10s   %s%g..%s%g%s:", c->name, before, after, x, c->low, x,
                c->high, is_at_bound(c, fit->x[i]) ? ", AT ITS BOUND" : "");
        for (unsigned k = 0; k < COST_CLASS_COUNT; k++) {
            if (c->has[k]) {
                fprintf(out, " %s %g", cost_class_info[k].name,
                        (double)priced.costs[k].price / CYCLE);
            }
        }
        fputc('\n', out);
    }
}

void fit_report_text(FILE *out, const struct fit *fit)
{
    fprintf(
        out,
        "fit from profile %s: %s\n  %u calibration rows, %u constants, %u runs in %u steps%s\n\n",
        fit->profile->name, fit->profile->title, fit->file->rows_count, fit->file->constants_count,
        fit->runs, fit->steps,
        fit->is_settled ? "" : "; NOT SETTLED: timing feeds back, the best step is kept");
    print_rows(out, fit);
    print_constants(out, fit);
}

static json_t *row_json(const struct fit *fit, unsigned i)
{
    const struct fit_row *r = &fit->file->rows[i];
    char label[FIT_LABEL_MAX];
    fit_row_label(r, label);
    json_t *row = json_pack("{s:s, s:s, s:s, s:s, s:f, s:f, s:f}", "label", label, "design",
                            r->design, "row", r->row, "source", r->source, "measured", r->measured,
                            "before", fit->before[i], "after", fit->after[i]);
    json_object_set_new(row, "left_out",
                        isnan(fit->left_out[i]) ? json_null() : json_real(fit->left_out[i]));
    return row;
}

static json_t *constant_json(const struct fit *fit, const struct profile *priced, unsigned i)
{
    const struct fit_constant *c = &fit->file->constants[i];
    json_t *prices = json_object();
    for (unsigned k = 0; k < COST_CLASS_COUNT; k++) {
        if (c->has[k]) {
            json_object_set_new(prices, cost_class_info[k].name,
                                json_real((double)priced->costs[k].price / CYCLE));
        }
    }
    return json_pack("{s:s, s:s, s:f, s:f, s:f, s:f, s:b, s:o}", "name", c->name, "unit",
                     c->factor ? "factor" : "cycles", "before", c->start, "after", fit->x[i], "low",
                     c->low, "high", c->high, "at_bound", is_at_bound(c, fit->x[i]), "prices",
                     prices);
}

void fit_report_json(FILE *out, const struct fit *fit)
{
    json_t *rows = json_array(), *constants = json_array();
    struct profile priced;
    fit_price(fit, fit->x, &priced);
    for (unsigned i = 0; i < fit->file->rows_count; i++) {
        json_array_append_new(rows, row_json(fit, i));
    }
    for (unsigned i = 0; i < fit->file->constants_count; i++) {
        json_array_append_new(constants, constant_json(fit, &priced, i));
    }
    json_t *root = json_pack("{s:s, s:s, s:{s:s, s:s}, s:s, s:b, s:i, s:i, s:o, s:o}", "el2sim",
                             EL2SIM_VERSION, "kind", "fit", "profile", "name", fit->profile->name,
                             "sha256", fit->profile->sha256, "images_sha256", fit->images,
                             "settled", fit->is_settled, "steps", (int)fit->steps, "runs",
                             (int)fit->runs, "rows", rows, "constants", constants);
    json_dumpf(root, out, JSON_INDENT(1) | JSON_REAL_PRECISION(12));
    fputc('\n', out);
    json_decref(root);
}
