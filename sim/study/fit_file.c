#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "sim/catalog/data_files.h"
#include "sim/study/design_start.h"
#include "sim/study/fit.h"

static const cyaml_schema_value_t name_schema = {
    CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char, 1, 64),
};

static const cyaml_schema_value_t bound_schema = {
    CYAML_VALUE_FLOAT(CYAML_FLAG_DEFAULT, double),
};

static const cyaml_schema_field_t row_fields[] = {
    CYAML_FIELD_STRING_PTR("design", CYAML_FLAG_POINTER, struct fit_row, design, 1, 900),
    CYAML_FIELD_STRING_PTR("row", CYAML_FLAG_POINTER, struct fit_row, row, 1, SPAN_NAME_MAX - 1),
    CYAML_FIELD_STRING_PTR("cycles", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct fit_row,
                           cycles, 1, 32),
    CYAML_FIELD_STRING_PTR("ns", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct fit_row, ns, 1,
                           32),
    CYAML_FIELD_SEQUENCE("functions", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct fit_row,
                         functions, &name_schema, 1, 64),
    CYAML_FIELD_SEQUENCE("classes", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct fit_row,
                         classes, &name_schema, 1, COST_CLASS_COUNT),
    CYAML_FIELD_STRING_PTR("source", CYAML_FLAG_POINTER, struct fit_row, source, 1, 1000),
    CYAML_FIELD_END,
};

static const cyaml_schema_value_t row_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct fit_row, row_fields),
};

static const cyaml_schema_field_t constant_fields[] = {
    CYAML_FIELD_STRING_PTR("name", CYAML_FLAG_POINTER, struct fit_constant, name, 1, 64),
    CYAML_FIELD_SEQUENCE("classes", CYAML_FLAG_POINTER, struct fit_constant, classes, &name_schema,
                         1, COST_CLASS_COUNT),
    CYAML_FIELD_SEQUENCE("cycles", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct fit_constant,
                         cycles, &bound_schema, 2, 2),
    CYAML_FIELD_SEQUENCE("factor", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct fit_constant,
                         factor, &bound_schema, 2, 2),
    CYAML_FIELD_END,
};

static const cyaml_schema_value_t constant_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct fit_constant, constant_fields),
};

static const cyaml_schema_field_t file_fields[] = {
    CYAML_FIELD_STRING_PTR("profile", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct fit_file,
                           profile, 1, 900),
    CYAML_FIELD_STRING_PTR("name", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct fit_file, name,
                           1, 64),
    CYAML_FIELD_UINT("ops", CYAML_FLAG_OPTIONAL, struct fit_file, ops),
    CYAML_FIELD_SEQUENCE("rows", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct fit_file, rows,
                         &row_schema, 0, FIT_ROWS_MAX),
    CYAML_FIELD_SEQUENCE("constants", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct fit_file,
                         constants, &constant_schema, 0, FIT_CONSTANTS_MAX),
    CYAML_FIELD_END,
};

static const cyaml_schema_value_t file_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct fit_file, file_fields),
};

struct fit_file *fit_file_load(const char *path, struct err *e)
{
    struct fit_file *f = NULL;
    if (path == NULL) {
        f = calloc(1, sizeof *f);
        BUG_ON(f == NULL);
        return f;
    }
    return data_yaml_load(path, &file_schema, (void **)&f, e) ? f : NULL;
}

void fit_file_free(struct fit_file *f)
{
    if (f) {
        data_yaml_free(&file_schema, f);
    }
}

void fit_row_label(const struct fit_row *row, char label[FIT_LABEL_MAX])
{
    size_t used = (size_t)snprintf(label, FIT_LABEL_MAX, "%s/%s", row->design, row->row);
    const char *before = " of ";
    for (unsigned i = 0; i < row->functions_count + row->classes_count && used < FIT_LABEL_MAX;
         i++) {
        const char *name =
            i < row->functions_count ? row->functions[i] : row->classes[i - row->functions_count];
        used += (size_t)snprintf(label + used, FIT_LABEL_MAX - used, "%s%s", before, name);
        before = ", ";
    }
}

static bool check_row(const struct fit_file *f, struct fit_row *r, const struct profile *profile,
                      struct err *e)
{
    cycles_t value;
    const char *text = r->cycles ? r->cycles : r->ns;
    if ((r->cycles != NULL) == (r->ns != NULL)) {
        return err_set(e, "row %s/%s: either cycles or ns is expected", r->design, r->row);
    }
    if (!profile_parse_cycles(text, &value) || value == 0) {
        return err_set(e, "row %s/%s: \"%s\" is no time (more than 0, three decimals at most)",
                       r->design, r->row, text);
    }
    r->measured = (double)value / CYCLE;
    if (r->ns) {
        r->measured *= (double)profile->clock_hz / 1e9;
    }
    for (const struct fit_row *other = f->rows; other < r; other++) {
        char a[FIT_LABEL_MAX], b[FIT_LABEL_MAX];
        fit_row_label(other, a);
        fit_row_label(r, b);
        if (strcmp(a, b) == 0) {
            return err_set(e, "row %s stands there twice", a);
        }
    }
    return true;
}

/* The classes that a name or a pattern means. */
static bool add_classes(struct fit_constant *c, const char *pattern, struct err *e)
{
    bool found = false;
    for (unsigned k = 0; k < COST_CLASS_COUNT; k++) {
        if (cost_class_info[k].kind != COST_KIND_W &&
            fnmatch(pattern, cost_class_info[k].name, 0) == 0) {
            c->has[k] = found = true;
        }
    }
    return found || err_set(e, "constant %s: no cost class \"%s\" (el2sim profiles --classes)",
                            c->name, pattern);
}

/* A factor has nothing to work on where a price is 0; a start is the price that is there. */
static bool find_start(struct fit_constant *c, const struct profile *profile, struct err *e)
{
    c->start = c->factor ? 1 : -1;
    for (unsigned k = 0; k < COST_CLASS_COUNT; k++) {
        double price = (double)profile->costs[k].price / CYCLE;
        if (!c->has[k]) {
            continue;
        }
        if (c->factor && price == 0) {
            return err_set(e, "constant %s: %s costs 0, which no factor changes; give cycles",
                           c->name, cost_class_info[k].name);
        }
        if (!c->factor && c->low <= 0 && cost_class_info[k].kind == COST_KIND_I) {
            return err_set(e, "constant %s: an instruction (%s) cannot be free", c->name,
                           cost_class_info[k].name);
        }
        c->start = c->start < 0 ? price : c->start;
    }
    return true;
}

static bool check_constant(const struct fit_file *f, struct fit_constant *c,
                           const struct profile *profile, struct err *e)
{
    const double *bounds = c->cycles ? c->cycles : c->factor;
    if ((c->cycles != NULL) == (c->factor != NULL)) {
        return err_set(e, "constant %s: either cycles or factor, with two bounds, is expected",
                       c->name);
    }
    c->low = bounds[0];
    c->high = bounds[1];
    if (!(c->low >= 0 && c->low < c->high && c->high <= 1e6) || (c->factor && c->low < 0.001)) {
        return err_set(e, "constant %s: bounds %g..%g: the lower one first, from %s to 1000000",
                       c->name, c->low, c->high, c->factor ? "0.001" : "0");
    }
    for (unsigned i = 0; i < c->classes_count; i++) {
        if (!add_classes(c, c->classes[i], e)) {
            return false;
        }
    }
    for (const struct fit_constant *other = f->constants; other < c; other++) {
        for (unsigned k = 0; k < COST_CLASS_COUNT; k++) {
            if (c->has[k] && other->has[k]) {
                return err_set(e, "constants %s and %s both have %s", other->name, c->name,
                               cost_class_info[k].name);
            }
        }
    }
    return find_start(c, profile, e);
}

bool fit_file_check(struct fit_file *f, const struct profile *profile, struct err *e)
{
    for (unsigned i = 0; i < f->rows_count; i++) {
        if (!check_row(f, &f->rows[i], profile, e)) {
            return false;
        }
    }
    for (unsigned i = 0; i < f->constants_count; i++) {
        if (!check_constant(f, &f->constants[i], profile, e)) {
            return false;
        }
    }
    if (f->constants_count == 0) {
        return err_set(e, "no constant may vary: give --vary, or constants: in the file");
    }
    if (f->ops > DESIGN_OPS_MAX) {
        return err_set(e, "ops %u: at most %d", f->ops, DESIGN_OPS_MAX);
    }
    return f->rows_count > f->constants_count ||
           err_set(e,
                   "under-determined: %u constants need more than %u calibration rows, there are "
                   "%u; with as many constants as rows any measurement would fit, and nothing "
                   "would tell a wrong one",
                   f->constants_count, f->constants_count, f->rows_count);
}
