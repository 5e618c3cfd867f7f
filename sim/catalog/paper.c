#include "sim/catalog/paper.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/catalog/data_files.h"
#include "sim/board/span.h"

static const cyaml_strval_t statuses[] = {
    {"read", PAPER_READ}, {"recalled", PAPER_RECALLED}, {"derived", PAPER_DERIVED}};
static const cyaml_strval_t units[] = {{"cycles", PAPER_CYCLES},
                                       {"us", PAPER_US},
                                       {"ratio", PAPER_RATIO},
                                       {"overhead-percent", PAPER_OVERHEAD}};

static const cyaml_schema_field_t value_fields[] = {
    CYAML_FIELD_STRING_PTR("system", CYAML_FLAG_POINTER, struct paper_value, system, 1, 64),
    CYAML_FIELD_FLOAT("published", CYAML_FLAG_DEFAULT, struct paper_value, published),
    CYAML_FIELD_ENUM("status", CYAML_FLAG_STRICT, struct paper_value, status, statuses,
                     CYAML_ARRAY_LEN(statuses)),
    CYAML_FIELD_BOOL("calibration", CYAML_FLAG_OPTIONAL, struct paper_value, calibration),
    CYAML_FIELD_STRING_PTR("why", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct paper_value, why,
                           1, 1000),
    CYAML_FIELD_END,
};

static const cyaml_schema_value_t value_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct paper_value, value_fields),
};

static const cyaml_schema_value_t function_schema = {
    CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char, 1, 64),
};

static const cyaml_schema_field_t row_fields[] = {
    CYAML_FIELD_STRING_PTR("title", CYAML_FLAG_POINTER, struct paper_row, title, 1, 64),
    CYAML_FIELD_STRING_PTR("row", CYAML_FLAG_POINTER, struct paper_row, row, 1, SPAN_NAME_MAX - 1),
    CYAML_FIELD_SEQUENCE("functions", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct paper_row,
                         functions, &function_schema, 1, 16),
    CYAML_FIELD_SEQUENCE("values", CYAML_FLAG_POINTER, struct paper_row, values, &value_schema, 1,
                         PAPER_SYSTEMS_MAX),
    CYAML_FIELD_END,
};

static const cyaml_schema_value_t row_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct paper_row, row_fields),
};

static const cyaml_schema_field_t table_fields[] = {
    CYAML_FIELD_STRING_PTR("id", CYAML_FLAG_POINTER, struct paper_table, id, 1, 64),
    CYAML_FIELD_STRING_PTR("title", CYAML_FLAG_POINTER, struct paper_table, title, 1, 200),
    CYAML_FIELD_ENUM("unit", CYAML_FLAG_STRICT, struct paper_table, unit, units,
                     CYAML_ARRAY_LEN(units)),
    CYAML_FIELD_STRING_PTR("over", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct paper_table,
                           over, 1, 64),
    CYAML_FIELD_STRING_PTR("about", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct paper_table,
                           about, 1, 2000),
    CYAML_FIELD_SEQUENCE("rows", CYAML_FLAG_POINTER, struct paper_table, rows, &row_schema, 1,
                         PAPER_ROWS_MAX),
    CYAML_FIELD_END,
};

static const cyaml_schema_value_t table_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct paper_table, table_fields),
};

static const cyaml_schema_field_t system_fields[] = {
    CYAML_FIELD_STRING_PTR("id", CYAML_FLAG_POINTER, struct paper_system, id, 1, 64),
    CYAML_FIELD_STRING_PTR("title", CYAML_FLAG_POINTER, struct paper_system, title, 1, 64),
    CYAML_FIELD_STRING_PTR("design", CYAML_FLAG_POINTER, struct paper_system, design, 1, 900),
    CYAML_FIELD_STRING_PTR("append", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct paper_system,
                           append, 1, 1000),
    CYAML_FIELD_STRING_PTR("real", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct paper_system,
                           real, 1, 900),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t count_fields[] = {
    CYAML_FIELD_STRING_PTR("design", CYAML_FLAG_POINTER, struct paper_count, design, 1, 900),
    CYAML_FIELD_STRING_PTR("software", CYAML_FLAG_POINTER, struct paper_count, software, 1, 64),
    CYAML_FIELD_STRING_PTR("row", CYAML_FLAG_POINTER, struct paper_count, row, 1,
                           SPAN_NAME_MAX - 1),
    CYAML_FIELD_UINT("instructions", CYAML_FLAG_DEFAULT, struct paper_count, instructions),
    CYAML_FIELD_UINT("outside-vms", CYAML_FLAG_DEFAULT, struct paper_count, outside_vms),
    CYAML_FIELD_END,
};

static const cyaml_schema_value_t count_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct paper_count, count_fields),
};

static const cyaml_schema_value_t system_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct paper_system, system_fields),
};

static const cyaml_schema_field_t paper_fields[] = {
    CYAML_FIELD_STRING_PTR("name", CYAML_FLAG_POINTER, struct paper, name, 1, 64),
    CYAML_FIELD_STRING_PTR("title", CYAML_FLAG_POINTER, struct paper, title, 1, 200),
    CYAML_FIELD_STRING_PTR("cite", CYAML_FLAG_POINTER, struct paper, cite, 1, 400),
    CYAML_FIELD_STRING_PTR("about", CYAML_FLAG_POINTER, struct paper, about, 1, 4000),
    CYAML_FIELD_STRING_PTR("profile", CYAML_FLAG_POINTER, struct paper, profile, 1, 900),
    CYAML_FIELD_SEQUENCE("systems", CYAML_FLAG_POINTER, struct paper, systems, &system_schema, 1,
                         PAPER_SYSTEMS_MAX),
    CYAML_FIELD_SEQUENCE("tables", CYAML_FLAG_POINTER, struct paper, tables, &table_schema, 1,
                         PAPER_TABLES_MAX),
    CYAML_FIELD_SEQUENCE("counts", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct paper, counts,
                         &count_schema, 0, CYAML_UNLIMITED),
    CYAML_FIELD_END,
};

static const cyaml_schema_value_t paper_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct paper, paper_fields),
};

const struct paper_system *paper_system(const struct paper *paper, const char *id)
{
    for (unsigned i = 0; i < paper->systems_count; i++) {
        if (strcmp(paper->systems[i].id, id) == 0) {
            return &paper->systems[i];
        }
    }
    return NULL;
}

static bool check_row(const struct paper *p, const struct paper_row *r, struct err *e)
{
    for (unsigned v = 0; v < r->values_count; v++) {
        if (paper_system(p, r->values[v].system) == NULL) {
            return err_set(e, "rows: \"%s\": no system \"%s\"", r->title, r->values[v].system);
        }
        if (!(r->values[v].published > 0)) { /* errors are parts of it */
            return err_set(e, "rows: \"%s\": published of %s: a number above 0 is expected",
                           r->title, r->values[v].system);
        }
        for (unsigned w = 0; w < v; w++) {
            if (strcmp(r->values[v].system, r->values[w].system) == 0) {
                return err_set(e, "rows: \"%s\": two values of system \"%s\"", r->title,
                               r->values[v].system);
            }
        }
    }
    return true;
}

static bool check_table(const struct paper *p, const struct paper_table *t, struct err *e)
{
    bool relative = t->unit == PAPER_RATIO || t->unit == PAPER_OVERHEAD;
    if (relative != (t->over != NULL)) {
        return err_set(e, relative ? "over: which system it is a ratio of must be said"
                                   : "over: only a ratio or an overhead is over something");
    }
    if (t->over != NULL && paper_system(p, t->over) == NULL) {
        return err_set(e, "over: no system \"%s\"", t->over);
    }
    for (unsigned r = 0; r < t->rows_count; r++) {
        if (!check_row(p, &t->rows[r], e)) {
            return false;
        }
    }
    return true;
}

const struct paper_count *paper_count_of(const struct paper *paper,
                                         const struct paper_system *system, const char *row)
{
    for (unsigned i = 0; system->real && i < paper->counts_count; i++) {
        const struct paper_count *c = &paper->counts[i];
        if (strcmp(c->design, system->real) == 0 && strcmp(c->row, row) == 0) {
            return c;
        }
    }
    return NULL;
}

/* A count that stands beside no system would never be seen. */
static bool check_counts(const struct paper *p, struct err *e)
{
    for (unsigned i = 0; i < p->counts_count; i++) {
        bool found = false;
        for (unsigned s = 0; s < p->systems_count && !found; s++) {
            const char *real = p->systems[s].real;
            found = real && strcmp(real, p->counts[i].design) == 0;
        }
        if (!found) {
            return err_set(e, "%s: counts[%u]: no system has \"real: %s\"", p->path, i,
                           p->counts[i].design);
        }
    }
    return true;
}

static bool check(const struct paper *p, struct err *e)
{
    for (unsigned i = 0; i < p->systems_count; i++) {
        if (paper_system(p, p->systems[i].id) != &p->systems[i]) {
            return err_set(e, "%s: systems[%u]: \"%s\" is there twice", p->path, i,
                           p->systems[i].id);
        }
    }
    for (unsigned t = 0; t < p->tables_count; t++) {
        if (!check_table(p, &p->tables[t], e)) {
            return err_prefix(e, "%s: table %s: ", p->path, p->tables[t].id);
        }
    }
    return check_counts(p, e);
}

struct paper *paper_load(const char *name_or_path, struct err *e)
{
    char path[DATA_PATH_MAX];
    struct paper *paper = NULL;
    if (!data_file_find("papers", name_or_path, ".yaml", path, e) ||
        !data_yaml_load(path, &paper_schema, (void **)&paper, e)) {
        return NULL;
    }
    paper->path = strdup(path);
    BUG_ON(paper->path == NULL);
    if (!check(paper, e)) {
        paper_free(paper);
        return NULL;
    }
    return paper;
}

void paper_free(struct paper *paper)
{
    if (paper) {
        free(paper->path);
        data_yaml_free(&paper_schema, paper);
    }
}

/* A row is needed by the systems with a value in it, and by the one that the table is over. */
static bool needs(const struct paper_table *t, const struct paper_row *r,
                  const struct paper_system *system)
{
    bool found = t->over != NULL && strcmp(t->over, system->id) == 0;
    for (unsigned v = 0; v < r->values_count && !found; v++) {
        found = strcmp(r->values[v].system, system->id) == 0;
    }
    return found;
}

static bool lists(const char *rows, const char *row)
{
    size_t length = strlen(row);
    for (const char *at = rows; (at = strstr(at, row)) != NULL; at += length) {
        if ((at == rows || at[-1] == ',') && (at[length] == '\0' || at[length] == ',')) {
            return true;
        }
    }
    return false;
}

char *paper_rows_of(const struct paper *paper, const struct paper_system *system)
{
    char *rows = strdup("");
    BUG_ON(rows == NULL);
    for (unsigned t = 0; t < paper->tables_count; t++) {
        for (unsigned r = 0; r < paper->tables[t].rows_count; r++) {
            const struct paper_row *row = &paper->tables[t].rows[r];
            if (!needs(&paper->tables[t], row, system) || lists(rows, row->row)) {
                continue;
            }
            size_t size = strlen(rows) + strlen(row->row) + 2;
            char *longer = malloc(size);
            BUG_ON(longer == NULL);
            snprintf(longer, size, "%s%s%s", rows, rows[0] ? "," : "", row->row);
            free(rows);
            rows = longer;
        }
    }
    return rows;
}
