/* What the calibration rows take under some prices: runs each design once. */
#include <fnmatch.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/study/fit.h"

void fit_price(const struct fit *fit, const double *x, struct profile *out)
{
    *out = *fit->profile;
    for (unsigned i = 0; i < fit->file->constants_count; i++) {
        const struct fit_constant *c = &fit->file->constants[i];
        for (unsigned k = 0; k < COST_CLASS_COUNT; k++) {
            double base = c->factor ? (double)fit->profile->costs[k].price : (double)CYCLE;
            if (c->has[k]) {
                cycles_t price = (cycles_t)llround(x[i] * base);
                bool must_cost = cost_class_info[k].kind == COST_KIND_I;
                out->costs[k].price = price == 0 && must_cost ? 1 : price;
            }
        }
    }
    profile_changed(out);
}

static bool is_listed(char *const *names, unsigned count, const char *name)
{
    for (unsigned i = 0; i < count; i++) {
        if (fnmatch(names[i], name, 0) == 0) {
            return true;
        }
    }
    return count == 0;
}

static bool is_of_row(const struct fit_row *r, const struct row_part *p)
{
    return is_listed(r->functions, r->functions_count, p->function) &&
           is_listed(r->classes, r->classes_count, cost_class_info[p->class].name);
}

/* Which constant prices a class; -1: none. */
static int constant_of(const struct fit_file *f, unsigned k)
{
    for (unsigned i = 0; i < f->constants_count; i++) {
        if (f->constants[i].has[k]) {
            return (int)i;
        }
    }
    return -1;
}

/* Every name that is given must be of something: a slip of the pen would be a part less. */
static bool check_names(const struct fit_row *r, const struct report_row *row, struct err *e)
{
    for (unsigned n = 0; n < r->functions_count + r->classes_count; n++) {
        const char *name =
            n < r->functions_count ? r->functions[n] : r->classes[n - r->functions_count];
        bool found = false;
        for (size_t i = 0; i < row->part_count && !found; i++) {
            const char *of = n < r->functions_count ? row->parts[i].function
                                                    : cost_class_info[row->parts[i].class].name;
            found = fnmatch(name, of, 0) == 0;
        }
        if (!found) {
            return err_set(e, "row %s/%s: no part of it is of %s", r->design, r->row, name);
        }
    }
    return true;
}

static void take_row(const struct fit *fit, unsigned index, const struct report_row *row,
                     struct fit_model *model)
{
    const struct fit_row *r = &fit->file->rows[index];
    double operations = (double)row->operations * CYCLE;
    model->actual[index] = model->fixed[index] = 0;
    memset(model->slope[index], 0, sizeof model->slope[index]);
    for (size_t i = 0; i < row->part_count; i++) {
        const struct row_part *p = &row->parts[i];
        int c = constant_of(fit->file, p->class);
        if (!is_of_row(r, p)) {
            continue;
        }
        model->actual[index] += (double)p->exact / operations;
        if (c < 0) {
            model->fixed[index] += (double)p->exact / operations;
            continue;
        }
        const struct fit_constant *constant = &fit->file->constants[c];
        double unit = constant->factor ? (double)fit->profile->costs[p->class].price : CYCLE;
        model->slope[index][c] += (double)p->count * unit / operations;
    }
}

static bool take_design(struct fit *fit, const struct design_report *report, const char *name,
                        int only_row, struct fit_model *model, struct err *e)
{
    for (unsigned i = 0; i < fit->file->rows_count; i++) {
        const struct fit_row *r = &fit->file->rows[i];
        if (strcmp(r->design, name) != 0 || (only_row >= 0 && (unsigned)only_row != i)) {
            continue;
        }
        const struct report_row *row = report_find_row(report, r->row);
        const char *reason = row ? NULL : report_skip_reason(report, r->row);
        if (row == NULL || row->operations == 0) {
            return err_set(e, "design %s: row %s %s%s", name, r->row,
                           reason ? "was left out: " : "did not run", reason ? reason : "");
        }
        if (!check_names(r, row, e)) {
            return false;
        }
        take_row(fit, i, row, model);
    }
    return true;
}

/* The rows of a design, each once, as rows= has them. */
static char *rows_of(const struct fit_file *f, const char *design)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    BUG_ON(out == NULL);
    for (unsigned i = 0, n = 0; i < f->rows_count; i++) {
        bool is_new = strcmp(f->rows[i].design, design) == 0;
        for (unsigned j = 0; j < i && is_new; j++) {
            is_new = strcmp(f->rows[j].design, design) != 0 ||
                     strcmp(f->rows[j].row, f->rows[i].row) != 0;
        }
        if (is_new) {
            fprintf(out, "%s%s", n++ ? "," : "", f->rows[i].row);
        }
    }
    fclose(out);
    return text;
}

static void add_images(struct fit *fit, const struct image_list *images)
{
    char text[IMAGE_HASH_TEXT * 2 + 1];
    for (size_t i = 0; i < images->count; i++) {
        snprintf(text, sizeof text, "%s%s", fit->images, images->records[i].sha256);
        image_hash(text, strlen(text), fit->images);
    }
}

bool fit_evaluate(struct fit *fit, const double *x, int only_row, struct fit_model *model,
                  struct err *e)
{
    const struct fit_file *f = fit->file;
    struct profile priced;
    bool ok = true;
    fit_price(fit, x, &priced);
    for (unsigned i = 0; ok && i < f->rows_count; i++) {
        const char *name = f->rows[i].design;
        bool is_first = only_row < 0 || (unsigned)only_row == i;
        for (unsigned j = 0; only_row < 0 && j < i && is_first; j++) {
            is_first = strcmp(f->rows[j].design, name) != 0;
        }
        if (!is_first) {
            continue;
        }
        struct design *design = design_load(name, e);
        struct design_report report = {.row_count = 0};
        char *rows = rows_of(f, name);
        struct design_run run = fit->run;
        run.rows = rows;
        run.ops = f->ops;
        ok = design && design_run(&run, design, &priced, &report, e) &&
             take_design(fit, &report, name, only_row, model, e);
        fit->runs++;
        if (fit->steps == 0) {
            add_images(fit, &report.images);
        }
        report_design_free(&report);
        design_free(design);
        free(rows);
    }
    return ok;
}
