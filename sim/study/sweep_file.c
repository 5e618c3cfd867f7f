#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/parse.h"
#include "sim/catalog/data_files.h"
#include "sim/study/design_start.h"
#include "sim/study/sweep.h"

static const cyaml_schema_value_t text_schema = {
    CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char, 1, 900),
};

#define TEXTS(name, type, member, least, most)                                                     \
    CYAML_FIELD_SEQUENCE(name, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, type, member,             \
                         &text_schema, least, most)
#define TEXT(name, type, member)                                                                   \
    CYAML_FIELD_STRING_PTR(name, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, type, member, 1, 900)

static const cyaml_schema_field_t axis_fields[] = {
    CYAML_FIELD_STRING_PTR("name", CYAML_FLAG_POINTER, struct sweep_axis, name, 1, 32),
    TEXT("feature", struct sweep_axis, feature),
    TEXT("tlb", struct sweep_axis, tlb),
    TEXT("machine", struct sweep_axis, machine),
    TEXTS("classes", struct sweep_axis, classes, 1, COST_CLASS_COUNT),
    TEXTS("values", struct sweep_axis, values, 1, SWEEP_VALUES_MAX),
    TEXTS("cycles", struct sweep_axis, cycles, 1, SWEEP_VALUES_MAX),
    TEXTS("factor", struct sweep_axis, factor, 1, SWEEP_VALUES_MAX),
    CYAML_FIELD_END,
};

static const cyaml_schema_value_t axis_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct sweep_axis, axis_fields),
};

static const cyaml_schema_field_t file_fields[] = {
    CYAML_FIELD_STRING_PTR("name", CYAML_FLAG_POINTER, struct sweep_file, name, 1, 64),
    CYAML_FIELD_SEQUENCE("designs", CYAML_FLAG_POINTER, struct sweep_file, designs, &text_schema, 1,
                         SWEEP_DESIGNS_MAX),
    TEXT("profile", struct sweep_file, profile),
    CYAML_FIELD_SEQUENCE("rows", CYAML_FLAG_POINTER, struct sweep_file, rows, &text_schema, 1,
                         SWEEP_ROWS_MAX),
    CYAML_FIELD_UINT("ops", CYAML_FLAG_OPTIONAL, struct sweep_file, ops),
    CYAML_FIELD_BOOL("boot-once", CYAML_FLAG_OPTIONAL, struct sweep_file, boot_once),
    TEXTS("pareto", struct sweep_file, pareto, 1, SWEEP_ROWS_MAX),
    CYAML_FIELD_SEQUENCE("axes", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct sweep_file, axes,
                         &axis_schema, 0, SWEEP_AXES_MAX),
    CYAML_FIELD_END,
};

static const cyaml_schema_value_t file_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct sweep_file, file_fields),
};

/* Which of the four an axis is. */
static bool find_kind(struct sweep_axis *a, struct err *e)
{
    int subjects =
        (a->feature != NULL) + (a->tlb != NULL) + (a->machine != NULL) + (a->classes != NULL);
    int lists = (a->values != NULL) + (a->cycles != NULL) + (a->factor != NULL);
    if (subjects != 1 || lists != 1 || (a->classes != NULL) != (a->values == NULL)) {
        return err_set(e,
                       "axis %s: one of feature, tlb, machine with values is expected, or classes "
                       "with cycles or factor",
                       a->name);
    }
    a->kind = a->feature   ? AXIS_FEATURE
              : a->tlb     ? AXIS_TLB
              : a->machine ? AXIS_MACHINE
              : a->cycles  ? AXIS_CYCLES
                           : AXIS_FACTOR;
    a->list = a->values ? a->values : a->cycles ? a->cycles : a->factor;
    a->count = a->values_count + a->cycles_count + a->factor_count;
    return true;
}

static bool is_one_of(const char *text, const char *const *names)
{
    for (; *names; names++) {
        if (strcmp(*names, text) == 0) {
            return true;
        }
    }
    return false;
}

static bool check_subject(const struct sweep_axis *a, struct err *e)
{
    static const char *const sizes[] = {"entries", "ways", "walk-cache", NULL};
    static const char *const parts[] = {"smp", "quantum-cycles", "store-drain-instructions", NULL};
    if (a->tlb && !is_one_of(a->tlb, sizes)) {
        return err_set(e, "axis %s: tlb: %s: entries, ways or walk-cache is expected", a->name,
                       a->tlb);
    }
    return !a->machine || is_one_of(a->machine, parts) ||
           err_set(e,
                   "axis %s: machine: %s: smp, quantum-cycles or store-drain-instructions is "
                   "expected",
                   a->name, a->machine);
}

static bool find_classes(struct sweep_axis *a, struct err *e)
{
    for (unsigned i = 0; i < a->classes_count; i++) {
        bool found = false;
        for (unsigned k = 0; k < COST_CLASS_COUNT; k++) {
            if (cost_class_info[k].kind != COST_KIND_W &&
                fnmatch(a->classes[i], cost_class_info[k].name, 0) == 0) {
                a->has[k] = found = true;
            }
        }
        if (!found) {
            return err_set(e, "axis %s: no cost class \"%s\" (el2sim profiles --classes)", a->name,
                           a->classes[i]);
        }
    }
    return true;
}

static bool check_values(struct sweep_axis *a, struct err *e)
{
    a->is_number = true;
    for (unsigned i = 0; i < a->count; i++) {
        const char *text = a->list[i];
        bool is_number = profile_parse_cycles(text, &a->thousandths[i]);
        a->numbers[i] = (double)a->thousandths[i] / CYCLE;
        a->is_number = a->is_number && is_number;
        if (a->kind != AXIS_FEATURE && !is_number) {
            return err_set(e, "axis %s: \"%s\" is no number (0 or more, three decimals at most)",
                           a->name, text);
        }
        if ((a->kind == AXIS_TLB || a->kind == AXIS_MACHINE) &&
            (a->thousandths[i] % CYCLE != 0 || a->thousandths[i] / CYCLE > UINT32_MAX)) {
            return err_set(e, "axis %s: \"%s\" is no whole number", a->name, text);
        }
        for (unsigned j = 0; j < i; j++) {
            if (strcmp(a->list[j], text) == 0) {
                return err_set(e, "axis %s: %s stands there twice", a->name, text);
            }
        }
    }
    return true;
}

static bool check_axis(const struct sweep_file *s, struct sweep_axis *a, struct err *e)
{
    for (const struct sweep_axis *other = s->axes; other < a; other++) {
        if (strcmp(other->name, a->name) == 0) {
            return err_set(e, "axis %s stands there twice", a->name);
        }
    }
    if (a->name[strspn(a->name, "abcdefghijklmnopqrstuvwxyz0123456789-.")] != '\0') {
        return err_set(e, "axis \"%s\": a name of a-z, 0-9, - and . is expected", a->name);
    }
    if (!find_kind(a, e) || !check_subject(a, e) || !find_classes(a, e) || !check_values(a, e)) {
        return false;
    }
    for (const struct sweep_axis *other = s->axes; other < a; other++) {
        for (unsigned k = 0; k < COST_CLASS_COUNT; k++) {
            if (a->has[k] && other->has[k]) {
                return err_set(e, "axes %s and %s both have %s", other->name, a->name,
                               cost_class_info[k].name);
            }
        }
    }
    return true;
}

static bool load_designs(struct sweep_file *s, struct err *e)
{
    for (unsigned i = 0; i < s->designs_count; i++) {
        s->design[i] = design_load(s->designs[i], e);
        if (s->design[i] == NULL) {
            return false;
        }
        for (unsigned j = 0; j < i; j++) {
            if (strcmp(s->design[j]->name, s->design[i]->name) == 0) {
                return err_set(e, "design %s stands there twice", s->design[i]->name);
            }
        }
        s->prices[i] = profile_load(s->profile ? s->profile : s->design[i]->profile, e);
        if (s->prices[i] == NULL) {
            return false;
        }
    }
    return true;
}

static bool is_axis_of_numbers(const struct sweep_file *s, const char *name)
{
    for (unsigned i = 0; i < s->axes_count; i++) {
        if (strcmp(s->axes[i].name, name) == 0) {
            return s->axes[i].is_number;
        }
    }
    return false;
}

static bool check_pareto(const struct sweep_file *s, struct err *e)
{
    for (unsigned i = 0; i < s->pareto_count; i++) {
        bool found = is_axis_of_numbers(s, s->pareto[i]);
        for (unsigned r = 0; r < s->rows_count && !found; r++) {
            found = strcmp(s->rows[r], s->pareto[i]) == 0;
        }
        if (!found) {
            return err_set(e, "pareto: %s is neither a row nor an axis of numbers", s->pareto[i]);
        }
    }
    return true;
}

static bool check_rows(const struct sweep_file *s, struct err *e)
{
    for (unsigned i = 0; i < s->rows_count; i++) {
        if (strlen(s->rows[i]) >= SPAN_NAME_MAX ||
            s->rows[i][strspn(s->rows[i], "abcdefghijklmnopqrstuvwxyz0123456789-")] != '\0') {
            return err_set(e, "rows: \"%s\" is no name of a row", s->rows[i]);
        }
    }
    return s->ops <= DESIGN_OPS_MAX || err_set(e, "ops %u: at most %d", s->ops, DESIGN_OPS_MAX);
}

static bool check(struct sweep_file *s, struct err *e)
{
    uint64_t points = s->designs_count;
    for (unsigned i = 0; i < s->axes_count; i++) {
        if (!check_axis(s, &s->axes[i], e)) {
            return false;
        }
        points *= s->axes[i].count;
        if (points > SWEEP_POINTS_MAX) {
            return err_set(e, "more than %d points", SWEEP_POINTS_MAX);
        }
    }
    s->point_count = (unsigned)points;
    return check_rows(s, e) && check_pareto(s, e) && load_designs(s, e);
}

struct sweep_file *sweep_load(const char *path, struct err *e)
{
    struct sweep_file *s = NULL;
    if (!data_yaml_load(path, &file_schema, (void **)&s, e)) {
        return NULL;
    }
    if (!check(s, e)) {
        err_prefix(e, "%s: ", path);
        sweep_free(s);
        return NULL;
    }
    return s;
}

void sweep_free(struct sweep_file *s)
{
    if (s == NULL) {
        return;
    }
    for (unsigned i = 0; i < s->designs_count; i++) {
        design_free(s->design[i]);
        profile_free(s->prices[i]);
    }
    data_yaml_free(&file_schema, s);
}
