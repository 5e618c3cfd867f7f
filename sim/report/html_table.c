/* Tables, as table.html prints them. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "sim/report/html_parts.h"

#define BAR_SEEN 0.5 /* percent of a cell: what is shorter is not drawn */

json_t *html_table(const char *caption)
{
    return json_pack("{s:s, s:[], s:[], s:[], s:[]}", "caption", caption, "groups", "columns",
                     "body", "foot");
}

void html_table_group(json_t *table, const char *text, unsigned span)
{
    json_object_set_new(table, "is_grouped", json_true());
    json_array_append_new(json_object_get(table, "groups"),
                          json_pack("{s:s, s:i}", "head", text, "span", (int)span));
}

void html_table_column(json_t *table, const char *text, enum html_column kind)
{
    json_array_append_new(
        json_object_get(table, "columns"),
        json_pack("{s:s, s:b}", "head", text, "is_number", kind == COLUMN_NUMBER));
}

static json_t *add_row(json_t *table, const char *where)
{
    json_t *row = json_pack("{s:[]}", "cells");
    json_array_append_new(json_object_get(table, where), row);
    return row;
}

json_t *html_table_row(json_t *table)
{
    return add_row(table, "body");
}

json_t *html_table_total(json_t *table)
{
    return add_row(table, "foot");
}

/* A cell has one of the parts that table.html asks for: plain, name, series, link, badge, number,
 * difference, missing. */
static json_t *add_cell(json_t *row, const char *part, json_t *value)
{
    json_t *cell = json_pack("{s:o}", part, value);
    json_array_append_new(json_object_get(row, "cells"), cell);
    return cell;
}

void html_cell_text(json_t *row, const char *text)
{
    add_cell(row, "plain", json_string(text));
}

void html_cell_name(json_t *row, const char *text)
{
    add_cell(row, "name", json_string(text));
}

void html_cell_series(json_t *row, unsigned series, const char *text)
{
    add_cell(row, "series", json_pack("{s:i, s:s}", "colour", (int)series, "of", text));
}

void html_cell_link(json_t *row, const char *text, const char *href)
{
    add_cell(row, "link", json_pack("{s:s, s:s}", "href", href, "of", text));
}

void html_cell_badge(json_t *row, const char *text)
{
    add_cell(row, "badge", json_string(text));
}

static void add_number(json_t *row, double value, const char *text)
{
    char sort[32];
    snprintf(sort, sizeof sort, "%.6g", value);
    add_cell(row, "number",
             json_pack("{s:s, s:s, s:b}", "of", text, "sort", sort, "is_zero", value == 0));
}

void html_cell_number(json_t *row, double value, int decimals)
{
    char text[HTML_NUMBER_MAX];
    html_format(text, value, decimals, false);
    add_number(row, value, text);
}

void html_cell_factor(json_t *row, double value)
{
    char text[HTML_NUMBER_MAX + 4];
    html_format(text, value, 2, false);
    snprintf(text + strlen(text), 4, "\u00d7");
    add_number(row, value, text);
}

void html_cell_percent(json_t *row, double value)
{
    char text[HTML_NUMBER_MAX + 8];
    html_format(text, value, 1, false);
    snprintf(text + strlen(text), 8, "\u2009%%");
    add_number(row, value, text);
}

void html_cell_difference(json_t *row, double value, int decimals, double most)
{
    char text[HTML_NUMBER_MAX], sort[32], x[16], width[16];
    html_format(text, value, decimals, true);
    snprintf(sort, sizeof sort, "%.6g", value);
    double half = most > 0 ? 50.0 * fabs(value) / most : 0;
    snprintf(x, sizeof x, "%.2f", value < 0 ? 50.0 - half : 50.0);
    snprintf(width, sizeof width, "%.2f", half);
    add_cell(row, "difference",
             json_pack("{s:s, s:s, s:s, s:s, s:s, s:b}", "of", text, "sort", sort, "x", x, "width",
                       width, "sign", value < 0 ? "less" : "more", "is_seen", half >= BAR_SEEN));
}

void html_cell_missing(json_t *row, const char *why)
{
    add_cell(row, "missing", json_pack("{s:s}", "why", why ? why : ""));
}
