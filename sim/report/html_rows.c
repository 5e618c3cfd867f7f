/* One row at a time: its cycles by class, by function and by what they followed, side by side. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "sim/report/html_parts.h"
#include "sim/report/html_sums.h"

#define FUNCTIONS_LISTED 12 /* the rest are one line */
#define SERIES           9  /* functions of a chart that have a colour */

/* A row, or whole runs, and what is shown of it. */
struct panel {
    const struct html_report *report;
    const json_t *rows[HTML_SUBJECTS_MAX]; /* NULL: the subject has none */
    int decimals;                          /* of counts */
};

struct columns {
    const char *key, *count; /* heads; count NULL: none */
    bool has_instructions, is_coloured;
};

static void add_columns(json_t *table, const struct panel *p, const struct columns *c)
{
    const struct html_report *r = p->report;
    unsigned span = 1u + (c->count != NULL) + c->has_instructions;
    const char *first = NULL;
    unsigned others = 0;
    html_table_group(table, "", 1);
    html_table_column(table, c->key, COLUMN_TEXT);
    for (size_t i = 0; i < r->subject_count; i++) {
        if (p->rows[i] == NULL) {
            continue;
        }
        html_table_group(table, r->subjects[i].label, span);
        if (c->count) {
            html_table_column(table, c->count, COLUMN_NUMBER);
        }
        if (c->has_instructions) {
            html_table_column(table, "insns", COLUMN_NUMBER);
        }
        html_table_column(table, "cycles", COLUMN_NUMBER);
        others += first != NULL;
        first = first ? first : r->subjects[i].label;
    }
    if (others != 0) {
        char head[128];
        snprintf(head, sizeof head, "difference from %s", first);
        html_table_group(table, head, others);
    }
    for (size_t i = 0, seen = 0; i < r->subject_count; i++) {
        if (p->rows[i] && seen++ != 0) {
            html_table_column(table, r->subjects[i].label, COLUMN_NUMBER);
        }
    }
}

static size_t first_side(const struct panel *p)
{
    size_t i = 0;
    while (p->rows[i] == NULL) {
        i++;
    }
    return i;
}

static void add_values(json_t *line, const struct panel *p, const struct columns *c,
                       const struct html_sum *sum, double most)
{
    size_t first = first_side(p);
    for (size_t i = 0; i < p->report->subject_count; i++) {
        if (p->rows[i] == NULL) {
            continue;
        }
        if (c->count) {
            html_cell_number(line, sum->of[i][VALUE_COUNT], p->decimals);
        }
        if (c->has_instructions) {
            html_cell_number(line, sum->of[i][VALUE_INSTRUCTIONS], 0);
        }
        html_cell_number(line, sum->of[i][VALUE_CYCLES], 1);
    }
    for (size_t i = first + 1; i < p->report->subject_count; i++) {
        if (p->rows[i]) {
            html_cell_difference(line, sum->of[i][VALUE_CYCLES] - sum->of[first][VALUE_CYCLES], 1,
                                 most);
        }
    }
}

/* The largest difference that a line has: what its bars are measured by. */
static double largest_difference(const struct panel *p, const struct html_sums *sums)
{
    double most = 0;
    size_t first = first_side(p);
    for (size_t s = 0; s < sums->count; s++) {
        for (size_t i = first + 1; i < p->report->subject_count; i++) {
            const struct html_sum *sum = &sums->at[s];
            double d = fabs(sum->of[i][VALUE_CYCLES] - sum->of[first][VALUE_CYCLES]);
            most = p->rows[i] && d > most ? d : most;
        }
    }
    return most;
}

static void add_key(json_t *line, const struct columns *c, const char *key, size_t place)
{
    if (c->is_coloured) {
        html_cell_series(line, place < SERIES ? (unsigned)place : HTML_SERIES_OTHER, key);
    } else {
        html_cell_name(line, key);
    }
}

/* Sums as a table, at most `listed` lines of them, the rest and the whole at the foot. */
static json_t *sums_table(const struct panel *p, const struct html_sums *sums, const char *caption,
                          const struct columns *c, size_t listed)
{
    json_t *table = html_table(caption);
    double most = largest_difference(p, sums);
    size_t shown = sums->count > listed + 1 ? listed : sums->count;
    add_columns(table, p, c);
    for (size_t s = 0; s < shown; s++) {
        json_t *line = html_table_row(table);
        add_key(line, c, sums->at[s].key, s);
        add_values(line, p, c, &sums->at[s], most);
    }
    if (shown < sums->count) {
        char text[48];
        struct html_sum rest = html_sums_rest(sums, shown);
        json_t *line = html_table_total(table);
        snprintf(text, sizeof text, "%zu others", sums->count - shown);
        html_cell_text(line, text);
        add_values(line, p, c, &rest, most);
    }
    struct html_sum all = html_sums_rest(sums, 0);
    json_t *line = html_table_total(table);
    html_cell_text(line, "all");
    add_values(line, p, c, &all, INFINITY);
    return table;
}

/* The dearest functions as stacked bars, one a subject. */
static json_t *function_chart(const struct panel *p, const struct html_sums *sums)
{
    struct html_chart *chart = html_chart("By function", "cycles");
    html_chart_group(chart, "", NULL);
    for (size_t i = 0; i < p->report->subject_count; i++) {
        if (p->rows[i] == NULL) {
            continue;
        }
        html_chart_bar(chart, p->report->subjects[i].label);
        for (size_t s = 0; s < sums->count && s < SERIES; s++) {
            html_chart_segment(chart, (unsigned)s, sums->at[s].key,
                               sums->at[s].of[i][VALUE_CYCLES]);
        }
        html_chart_segment(chart, HTML_SERIES_OTHER, "others",
                           html_sums_rest(sums, SERIES).of[i][VALUE_CYCLES]);
    }
    return html_chart_done(chart, 1);
}

static json_t *panel_json(const struct panel *p, const char *id, const char *title)
{
    static const struct columns class_columns = {"Cost class", "count", false, false};
    static const struct columns function_columns = {"Function", NULL, false, true};
    static const struct columns exception_columns = {"Exception", "count", true, false};
    size_t sides = p->report->subject_count;
    struct html_sums classes = html_sums_by_class(p->rows, sides);
    struct html_sums functions = html_sums_by_function(p->rows, sides);
    struct html_sums exceptions = html_sums_by_exception(p->rows, sides);
    json_t *panel =
        json_pack("{s:s, s:s, s:o, s:o, s:o}", "id", id, "row", title, "classes",
                  sums_table(p, &classes, "By cost class", &class_columns, SIZE_MAX - 1),
                  "function_chart", function_chart(p, &functions), "functions",
                  sums_table(p, &functions, "By function", &function_columns, FUNCTIONS_LISTED));
    if (exceptions.count != 0) {
        json_object_set_new(panel, "exceptions",
                            sums_table(p, &exceptions, "By the exception that the cycles followed",
                                       &exception_columns, SIZE_MAX - 1));
    }
    html_sums_free(&classes);
    html_sums_free(&functions);
    html_sums_free(&exceptions);
    return panel;
}

static void add_heads(json_t *panel, const struct panel *p)
{
    json_t *heads = json_array();
    for (size_t i = 0; i < p->report->subject_count; i++) {
        const json_t *row = p->rows[i];
        char cycles[HTML_NUMBER_MAX];
        if (row) {
            html_format(cycles, html_cycles_per_operation(row, html_number(row, "millicycles")), 1,
                        false);
            json_array_append_new(heads, json_pack("{s:s, s:s}", "side",
                                                   p->report->subjects[i].label, "cycles", cycles));
        }
    }
    json_object_set_new(panel, "heads", heads);
}

json_t *html_rows_section(const struct html_report *r, const json_t *names)
{
    json_t *panels = json_array();
    for (size_t i = 0; i < json_array_size(names); i++) {
        const char *name = json_string_value(json_array_get(names, i));
        struct panel p = {.report = r, .decimals = 2};
        char id[32];
        snprintf(id, sizeof id, "row-%zu", i);
        for (size_t s = 0; s < r->subject_count; s++) {
            p.rows[s] = html_row_of(&r->subjects[s], name);
        }
        json_t *panel = panel_json(&p, id, name);
        add_heads(panel, &p);
        json_array_append_new(panels, panel);
    }
    return panels;
}

json_t *html_runs_section(const struct html_report *r)
{
    struct panel p = {.report = r, .decimals = 0};
    json_t *panels = json_array(), *runs = json_array();
    for (size_t s = 0; s < r->subject_count; s++) {
        if (r->subjects[s].is_run) {
            json_t *run = json_pack("{s:i, s:O}", "operations", 1, "breakdown",
                                    json_object_get(r->subjects[s].of, "breakdown"));
            json_array_append_new(runs, run);
            p.rows[s] = run;
        }
    }
    if (json_array_size(runs) != 0) {
        json_array_append_new(panels, panel_json(&p, "runs", "Whole runs"));
    }
    json_decref(runs);
    return panels;
}
