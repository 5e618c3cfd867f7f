/* labs/N-name/lab.yaml */
#include "sim/lab/lab.h"

#include <stdlib.h>
#include <string.h>

static const cyaml_schema_field_t hint_fields[] = {
    CYAML_FIELD_STRING_PTR("at", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct lab_hint, sign.at,
                           1, 20),
    CYAML_FIELD_STRING_PTR("if", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct lab_hint,
                           sign.when, 1, 600),
    CYAML_FIELD_STRING_PTR("say", CYAML_FLAG_POINTER, struct lab_hint, say, 1, 1000),
    CYAML_FIELD_END,
};

static const cyaml_schema_value_t hint_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct lab_hint, hint_fields),
};

static const cyaml_schema_field_t goal_fields[] = {
    CYAML_FIELD_STRING_PTR("goal", CYAML_FLAG_POINTER, struct lab_goal, goal, 1, 200),
    CYAML_FIELD_STRING_PTR("at", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct lab_goal, sign.at,
                           1, 20),
    CYAML_FIELD_STRING_PTR("if", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct lab_goal,
                           sign.when, 1, 600),
    CYAML_FIELD_SEQUENCE("hints", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct lab_goal, hints,
                         &hint_schema, 0, 16),
    CYAML_FIELD_END,
};

static const cyaml_schema_value_t goal_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct lab_goal, goal_fields),
};

static const cyaml_schema_value_t lib_schema = {
    CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char, 1, 64),
};

static const cyaml_schema_field_t lab_fields[] = {
    CYAML_FIELD_UINT("number", CYAML_FLAG_DEFAULT, struct lab, number),
    CYAML_FIELD_STRING_PTR("title", CYAML_FLAG_POINTER, struct lab, title, 1, 100),
    CYAML_FIELD_STRING_PTR("about", CYAML_FLAG_POINTER, struct lab, about, 1, 200),
    CYAML_FIELD_STRING_PTR("cpu", CYAML_FLAG_POINTER, struct lab, cpu, 1, 64),
    CYAML_FIELD_STRING_PTR("features", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct lab,
                           features, 1, 200),
    CYAML_FIELD_UINT("gic", CYAML_FLAG_DEFAULT, struct lab, gic),
    CYAML_FIELD_UINT("max_cycles", CYAML_FLAG_DEFAULT, struct lab, max_cycles),
    CYAML_FIELD_SEQUENCE("lib", CYAML_FLAG_POINTER, struct lab, lib, &lib_schema, 1, 8),
    CYAML_FIELD_SEQUENCE("goals", CYAML_FLAG_POINTER, struct lab, goals, &goal_schema, 1, 32),
    CYAML_FIELD_SEQUENCE("hints", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct lab, hints,
                         &hint_schema, 0, 16),
    CYAML_FIELD_END,
};

static const cyaml_schema_value_t lab_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct lab, lab_fields),
};

static bool parse_condition(struct lab *lab, struct lab_condition *c, struct err *e)
{
    c->kind = c->at ? moment_kind(c->at) : MOMENT_END;
    if (c->kind < 0) {
        return err_set(e, "at: %s: no such event", c->at);
    }
    c->expr = c->when ? expr_parse(c->when, &lab->watches, e) : NULL;
    return c->expr || c->when == NULL;
}

/* The values in what a hint says: only what is watched can be said. */
static bool parse_values(struct lab *lab, const char *say, struct err *e)
{
    for (const char *at = strchr(say, '{'); at; at = strchr(at + 1, '{')) {
        char text[200];
        snprintf(text, sizeof text, "%.*s", (int)strcspn(at + 1, ":}"), at + 1);
        struct expr *x = expr_parse(text, &lab->watches, e);
        if (x == NULL) {
            return false;
        }
        expr_free(x);
    }
    return true;
}

static bool parse_hints(struct lab *lab, struct lab_hint *hints, unsigned count, struct err *e)
{
    bool ok = true;
    for (unsigned i = 0; ok && i < count; i++) {
        ok = parse_condition(lab, &hints[i].sign, e) && parse_values(lab, hints[i].say, e);
    }
    return ok;
}

/* HCR_EL2 is always the first of the watched registers: fields of others depend on its E2H. */
static bool parse_all(struct lab *lab, struct err *e)
{
    unsigned first;
    bool ok = watch_add(&lab->watches, SR_HCR_EL2, &first, e) &&
              parse_hints(lab, lab->hints, lab->hints_count, e);
    for (unsigned i = 0; ok && i < lab->goals_count; i++) {
        struct lab_goal *g = &lab->goals[i];
        ok = parse_condition(lab, &g->sign, e) && parse_hints(lab, g->hints, g->hints_count, e);
    }
    return ok;
}

static int by_number(const void *a, const void *b)
{
    long x = strtol(*(char *const *)a, NULL, 10), y = strtol(*(char *const *)b, NULL, 10);
    return x < y ? -1 : x > y;
}

char **lab_names(unsigned *count, struct err *e)
{
    char **names = data_file_list("labs", "", count), file[80], path[DATA_PATH_MAX];
    unsigned kept = 0;
    for (unsigned i = 0; i < *count; i++) {
        snprintf(file, sizeof file, "%.60s/lab.yaml", names[i]);
        if (data_file_in("labs", file, path)) {
            names[kept++] = names[i];
        } else {
            free(names[i]);
        }
    }
    *count = kept;
    if (kept == 0) {
        err_set(e, "no labs found: set EL2SIM_DATA");
    } else {
        qsort(names, kept, sizeof *names, by_number);
    }
    return names;
}

/* The folder's name of what the user said; NULL with *e. */
static char *find(const char *said, struct err *e)
{
    unsigned count;
    char **names = lab_names(&count, e), *found = NULL;
    for (unsigned i = 0; i < count; i++) {
        size_t digits = strcspn(names[i], "-");
        bool is_it = strcmp(said, names[i]) == 0 ||
                     (strlen(said) == digits && strncmp(said, names[i], digits) == 0);
        if (is_it && found == NULL) {
            found = names[i];
        } else {
            free(names[i]);
        }
    }
    free(names);
    if (found == NULL) {
        err_set(e, "no lab \"%s\": `el2sim lab` lists them", said);
    }
    return found;
}

struct lab *lab_load(const char *number_or_name, struct err *e)
{
    struct lab *lab = NULL;
    char file[80], path[DATA_PATH_MAX];
    char *name = find(number_or_name, e);
    if (name == NULL) {
        return NULL;
    }
    snprintf(file, sizeof file, "%.60s/lab.yaml", name);
    if (!data_file_in("labs", file, path) || !data_yaml_load(path, &lab_schema, (void **)&lab, e)) {
        free(name);
        return NULL;
    }
    lab->name = name;
    snprintf(lab->dir, sizeof lab->dir, "%.*s", (int)(strlen(path) - strlen("/lab.yaml")), path);
    snprintf(lab->root, sizeof lab->root, "%.*s", (int)(strlen(lab->dir) - strlen(name) - 1),
             lab->dir);
    if (!parse_all(lab, e)) {
        err_prefix(e, "%s: ", path);
        lab_free(lab);
        return NULL;
    }
    return lab;
}

static void free_hints(struct lab_hint *hints, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        expr_free(hints[i].sign.expr);
    }
}

void lab_free(struct lab *lab)
{
    if (lab == NULL) {
        return;
    }
    for (unsigned i = 0; i < lab->goals_count; i++) {
        expr_free(lab->goals[i].sign.expr);
        free_hints(lab->goals[i].hints, lab->goals[i].hints_count);
    }
    free_hints(lab->hints, lab->hints_count);
    free(lab->name);
    data_yaml_free(&lab_schema, lab);
}
