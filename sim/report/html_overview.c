/* The designs, and what an operation of each row costs on each. */
#include <stdio.h>
#include <string.h>

#include "sim/report/html_parts.h"

static void add_fact(json_t *facts, const char *name, const char *value)
{
    json_array_append_new(facts, json_pack("{s:s, s:s}", "fact", name, "is", value));
}

static json_t *facts_of(const struct html_subject *s)
{
    const json_t *machine = json_object_get(s->of, "machine");
    char text[128], number[HTML_NUMBER_MAX];
    json_t *facts = json_array();
    snprintf(text, sizeof text, "%.0f \u00d7 %.60s, GICv%.0f", html_number(machine, "smp"),
             html_text(machine, "cpu"), html_number(machine, "gic"));
    add_fact(facts, "CPUs", text);
    snprintf(text, sizeof text, "EL%.0f, %.0f MiB", html_number(machine, "entry_el"),
             html_number(machine, "memory_bytes") / 1048576.0);
    add_fact(facts, "Boots at", text);
    add_fact(facts, "Prices", html_text(s->profile, "name"));
    html_format(number, html_number(s->of, "instructions"), 0, false);
    add_fact(facts, "Instructions", number);
    snprintf(text, sizeof text, "%.16s", html_text(s->of, "digest"));
    add_fact(facts, "Digest", text);
    return facts;
}

json_t *html_designs_section(const struct html_report *r)
{
    json_t *designs = json_array();
    for (size_t i = 0; i < r->subject_count; i++) {
        const struct html_subject *s = &r->subjects[i];
        const char *title = html_text(s->of, s->is_run ? "end_text" : "title");
        json_array_append_new(designs, json_pack("{s:s, s:s, s:o}", "design", s->label,
                                                 "design_title", title, "facts", facts_of(s)));
    }
    return designs;
}

static const char *skip_reason(const struct html_subject *s, const char *name)
{
    size_t i;
    json_t *skipped;
    json_array_foreach(json_object_get(s->of, "skipped"), i, skipped)
    {
        if (strcmp(html_text(skipped, "row"), name) == 0) {
            return html_text(skipped, "reason");
        }
    }
    return NULL;
}

static double cycles_of(const json_t *row)
{
    return html_cycles_per_operation(row, html_number(row, "millicycles"));
}

static void add_cells(json_t *line, const struct html_report *r, const char *name)
{
    for (size_t i = 0; i < r->subject_count; i++) {
        const json_t *row = html_row_of(&r->subjects[i], name);
        if (row) {
            html_cell_number(line, cycles_of(row), 1);
            html_cell_number(line, html_per_operation(row, html_number(row, "traps")), 2);
            html_cell_number(line, html_per_operation(row, html_number(row, "instructions")), 0);
        } else {
            const char *why = skip_reason(&r->subjects[i], name);
            for (unsigned column = 0; column < 3; column++) {
                html_cell_missing(line, why);
            }
        }
    }
    const json_t *first = html_row_of(&r->subjects[0], name);
    for (size_t i = 1; i < r->subject_count; i++) {
        const json_t *row = html_row_of(&r->subjects[i], name);
        if (first && row && cycles_of(row) > 0) {
            html_cell_factor(line, cycles_of(first) / cycles_of(row));
        } else {
            html_cell_missing(line, NULL);
        }
    }
}

json_t *html_overview_table(const struct html_report *r, const json_t *names)
{
    json_t *table = html_table("Cycles, traps and instructions of one operation");
    html_table_group(table, "", 1);
    html_table_column(table, "Row", COLUMN_TEXT);
    for (size_t i = 0; i < r->subject_count; i++) {
        html_table_group(table, r->subjects[i].label, 3);
        html_table_column(table, "cycles", COLUMN_NUMBER);
        html_table_column(table, "traps", COLUMN_NUMBER);
        html_table_column(table, "insns", COLUMN_NUMBER);
    }
    if (r->subject_count > 1) {
        char head[128];
        snprintf(head, sizeof head, "%s relative to", r->subjects[0].label);
        html_table_group(table, head, (unsigned)r->subject_count - 1);
    }
    for (size_t i = 1; i < r->subject_count; i++) {
        html_table_column(table, r->subjects[i].label, COLUMN_NUMBER);
    }
    for (size_t i = 0; i < json_array_size(names); i++) {
        const char *name = json_string_value(json_array_get(names, i));
        char href[32];
        snprintf(href, sizeof href, "#row-%zu", i);
        json_t *line = html_table_row(table);
        html_cell_link(line, name, href);
        add_cells(line, r, name);
    }
    return table;
}

/* A bar of a row's cycles by kind of class. */
static void add_bar(struct html_chart *chart, const struct html_subject *s, const json_t *row,
                    bool used[])
{
    double sums[16] = {0};
    BUG_ON(html_class_kinds() > sizeof sums / sizeof sums[0]);
    size_t i;
    json_t *part;
    json_array_foreach(json_object_get(row, "breakdown"), i, part)
    {
        sums[html_class_kind_of(html_text(part, "class"))] += html_number(part, "millicycles");
    }
    html_chart_bar(chart, s->label);
    for (size_t k = 0; k < html_class_kinds(); k++) {
        const struct html_class_kind *kind = html_class_kind_at(k);
        html_chart_segment(chart, kind->series, kind->name,
                           html_cycles_per_operation(row, sums[k]));
        used[k] |= sums[k] > 0;
    }
}

json_t *html_overview_chart(const struct html_report *r, const json_t *names)
{
    struct html_chart *chart = html_chart("Cycles of one operation, by kind of cost", "cycles");
    bool used[16] = {false};
    for (size_t i = 0; i < json_array_size(names); i++) {
        const char *name = json_string_value(json_array_get(names, i));
        char href[32];
        snprintf(href, sizeof href, "#row-%zu", i);
        html_chart_group(chart, name, href);
        for (size_t s = 0; s < r->subject_count; s++) {
            const json_t *row = html_row_of(&r->subjects[s], name);
            if (row) {
                add_bar(chart, &r->subjects[s], row, used);
            }
        }
    }
    for (size_t k = 0; k < html_class_kinds(); k++) {
        if (used[k]) {
            html_chart_series(chart, html_class_kind_at(k)->series, html_class_kind_at(k)->name);
        }
    }
    return html_chart_done(chart, 1);
}
