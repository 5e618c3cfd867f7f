/* The price lists, and how much of a row rests on which kind of source. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/report/html_parts.h"

#define KINDS 6

/* From the best to none. Colours as the badges have them (style.css). */
static const struct {
    const char *name, *meaning;
    unsigned series;
} kinds[KINDS] = {
    {"published", "read in a paper, a manual or a data set", 0},
    {"measured", "measured on the machine", 1},
    {"fitted", "found by el2sim fit from calibration rows", 3},
    {"guess", "an engineer's prior", 4},
    {"defined", "a yardstick's, by definition", 5},
    {"waiting", "no price: time that passed", HTML_SERIES_OTHER},
};

static unsigned kind_of(const json_t *profile, const char *class)
{
    size_t i;
    json_t *price;
    json_array_foreach(json_object_get(profile, "prices"), i, price)
    {
        for (unsigned k = 0; strcmp(html_text(price, "class"), class) == 0 && k < KINDS; k++) {
            if (strcmp(html_text(price, "kind"), kinds[k].name) == 0) {
                return k;
            }
        }
    }
    return KINDS - 1;
}

static void add_bar(struct html_chart *chart, const struct html_subject *s, const json_t *row,
                    bool used[KINDS])
{
    double sums[KINDS] = {0};
    size_t i;
    json_t *part;
    json_array_foreach(json_object_get(row, "breakdown"), i, part)
    {
        sums[kind_of(s->profile, html_text(part, "class"))] += html_number(part, "millicycles");
    }
    html_chart_bar(chart, s->label);
    for (unsigned k = 0; k < KINDS; k++) {
        html_chart_segment(chart, kinds[k].series, kinds[k].name,
                           html_cycles_per_operation(row, sums[k]));
        used[k] |= sums[k] > 0;
    }
}

json_t *html_provenance_chart(const struct html_report *r, const json_t *names)
{
    struct html_chart *chart =
        html_chart("Cycles of one operation, by the source of their price", "cycles");
    if (json_array_size(names) == 0) {
        json_decref(html_chart_done(chart, 0));
        return json_null();
    }
    bool used[KINDS] = {false};
    for (size_t n = 0; n < json_array_size(names); n++) {
        const char *name = json_string_value(json_array_get(names, n));
        html_chart_group(chart, name, NULL);
        for (size_t i = 0; i < r->subject_count; i++) {
            const json_t *row = html_row_of(&r->subjects[i], name);
            if (row) {
                add_bar(chart, &r->subjects[i], row, used);
            }
        }
    }
    for (unsigned k = 0; k < KINDS; k++) {
        if (!used[k]) {
            continue;
        }
        char text[96];
        snprintf(text, sizeof text, "%s: %s", kinds[k].name, kinds[k].meaning);
        html_chart_series(chart, kinds[k].series, text);
    }
    json_t *done = html_chart_done(chart, 1);
    json_object_set_new(done, "starts_as_shares", json_true());
    return done;
}

static json_t *price_table(const json_t *profile)
{
    json_t *table = html_table("Prices of one unit, in cycles");
    html_table_column(table, "Cost class", COLUMN_TEXT);
    html_table_column(table, "cycles", COLUMN_NUMBER);
    html_table_column(table, "Kind", COLUMN_TEXT);
    html_table_column(table, "One unit is", COLUMN_TEXT);
    html_table_column(table, "Source", COLUMN_TEXT);
    size_t i;
    json_t *price;
    json_array_foreach(json_object_get(profile, "prices"), i, price)
    {
        json_t *line = html_table_row(table);
        html_cell_name(line, html_text(price, "class"));
        html_cell_number(line, html_number(price, "millicycles") / 1000, 3);
        html_cell_badge(line, html_text(price, "kind"));
        html_cell_text(line, html_text(price, "unit"));
        html_cell_text(line, html_text(price, "source"));
    }
    return table;
}

static json_t *fit_table(const json_t *fit)
{
    static const char *const keys[] = {"measured", "before", "after", "left_out"};
    static const char *const heads[] = {"measured", "before", "after", "left out"};
    char caption[128];
    snprintf(caption, sizeof caption, "Calibration rows, cycles; fitted from %.60s",
             html_text(fit, "from"));
    json_t *table = html_table(caption);
    html_table_column(table, "Row", COLUMN_TEXT);
    for (unsigned k = 0; k < 4; k++) {
        html_table_column(table, heads[k], COLUMN_NUMBER);
    }
    html_table_column(table, "Source", COLUMN_TEXT);
    size_t i;
    json_t *row;
    json_array_foreach(json_object_get(fit, "rows"), i, row)
    {
        json_t *line = html_table_row(table);
        html_cell_name(line, html_text(row, "row"));
        for (unsigned k = 0; k < 4; k++) {
            const char *text = html_text(row, keys[k]);
            if (text[0]) {
                html_cell_number(line, strtod(text, NULL), 1);
            } else {
                html_cell_missing(line, "the other rows do not say");
            }
        }
        html_cell_text(line, html_text(row, "source"));
    }
    return table;
}

static json_t *profile_json(const json_t *p)
{
    char facts[256], clock[HTML_NUMBER_MAX];
    const json_t *tlb = json_object_get(p, "tlb"), *fit = json_object_get(p, "fit");
    html_format(clock, html_number(p, "clock_hz") / 1e6, 0, false);
    snprintf(facts, sizeof facts,
             "%s\u00a0MHz, counter %.3g\u00a0MHz; TLB of %.0f entries, %.0f ways, walk cache of "
             "%.0f tables",
             clock, html_number(p, "counter_hz") / 1e6, html_number(tlb, "entries"),
             html_number(tlb, "ways"), html_number(tlb, "walk_cache"));
    json_t *out = json_pack("{s:s, s:s, s:s, s:s, s:o}", "profile", html_text(p, "name"),
                            "profile_title", html_text(p, "title"), "profile_facts", facts,
                            "profile_sha256", html_text(p, "sha256"), "prices", price_table(p));
    if (json_is_object(fit)) {
        json_object_set_new(out, "fit", fit_table(fit));
    }
    return out;
}

json_t *html_profiles_section(const struct html_report *r)
{
    json_t *profiles = json_array();
    for (size_t i = 0; i < r->subject_count; i++) {
        const char *hash = html_text(r->subjects[i].profile, "sha256");
        bool is_new = true;
        for (size_t j = 0; j < i; j++) {
            is_new &= strcmp(hash, html_text(r->subjects[j].profile, "sha256")) != 0;
        }
        if (is_new) {
            json_array_append_new(profiles, profile_json(r->subjects[i].profile));
        }
    }
    return profiles;
}
