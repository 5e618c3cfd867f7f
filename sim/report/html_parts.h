/*
 * What the parts of the HTML report are made of: numbers as text, tables, bars. They are trees of
 * JSON that templates print (html_template.h): table.html and chart.html say which names they read.
 */
#ifndef EL2SIM_REPORT_HTML_PARTS_H
#define EL2SIM_REPORT_HTML_PARTS_H

#include <jansson.h>

#include "sim/base/types.h"
#include "sim/report/html.h"

/* Of JSON that html_shape_check() has seen. */
const char *html_text(const json_t *object, const char *key);
double html_number(const json_t *object, const char *key);

/* Of an operation: a row's sum divided by its operations; thousandths to cycles. */
double html_per_operation(const json_t *row, double sum);
double html_cycles_per_operation(const json_t *row, double millicycles);

/* The row of that name; NULL: the subject has none. */
const json_t *html_row_of(const struct html_subject *s, const char *name);
/* The rows that any subject has, in the order of their first being seen; [text]. */
json_t *html_row_names(const struct html_report *r);

/* "1,234.5"; a minus sign where it is negative, a plus where `is_signed` and positive. */
#define HTML_NUMBER_MAX 48
void html_format(char out[HTML_NUMBER_MAX], double value, int decimals, bool is_signed);

/* Tables: sortable by each column. */
json_t *html_table(const char *caption);
void html_table_group(json_t *table, const char *text, unsigned span); /* a head above columns */
enum html_column { COLUMN_TEXT, COLUMN_NUMBER };
void html_table_column(json_t *table, const char *text, enum html_column kind);
json_t *html_table_row(json_t *table);   /* cells are added to it, one for each column */
json_t *html_table_total(json_t *table); /* a row that stays at the foot */
void html_cell_text(json_t *row, const char *text);
void html_cell_name(json_t *row, const char *text); /* of a thing in a program: monospaced */
/* A name in the colour of a series; a link if `href` is not NULL. */
void html_cell_series(json_t *row, unsigned series, const char *text);
void html_cell_link(json_t *row, const char *text, const char *href);
void html_cell_badge(json_t *row, const char *text); /* its class is the text, too */
void html_cell_number(json_t *row, double value, int decimals);
void html_cell_factor(json_t *row, double value); /* "1.93 times" */
void html_cell_percent(json_t *row, double value);
/* Signed, with a bar to the left or the right, as long as its part of `most`. */
void html_cell_difference(json_t *row, double value, int decimals, double most);
void html_cell_missing(json_t *row, const char *why); /* why: shown on demand; may be NULL */

/* Stacked bars, in groups, each as long as its part of the longest. */
#define HTML_SERIES_OTHER 9 /* series 0..8 are colours, this is grey */
struct html_chart;
struct html_chart *html_chart(const char *title, const char *unit);
void html_chart_series(struct html_chart *c, unsigned series, const char *name);
/* href: of the group's title; may be NULL. */
void html_chart_group(struct html_chart *c, const char *title, const char *href);
void html_chart_bar(struct html_chart *c, const char *label);
void html_chart_segment(struct html_chart *c, unsigned series, const char *name, double value);
/* The chart, its geometry worked out; frees *c. */
json_t *html_chart_done(struct html_chart *c, int decimals);

/* Kinds of cost classes: few enough to tell apart by colour. */
struct html_class_kind {
    const char *name;
    unsigned series;
};
size_t html_class_kinds(void);
const struct html_class_kind *html_class_kind_at(size_t i);
size_t html_class_kind_of(const char *class);

/* The sections of the page. */
json_t *html_designs_section(const struct html_report *r);
json_t *html_overview_table(const struct html_report *r, const json_t *names);
json_t *html_overview_chart(const struct html_report *r, const json_t *names);
json_t *html_rows_section(const struct html_report *r, const json_t *names); /* [row] */
json_t *html_runs_section(const struct html_report *r);                      /* [row] */
json_t *html_exits_table(const struct html_report *r);
json_t *html_exceptions_table(const struct html_report *r);
json_t *html_tlb_table(const struct html_report *r);
json_t *html_tlb_rows_table(const struct html_report *r, const json_t *names);
json_t *html_profiles_section(const struct html_report *r); /* [profile] */
json_t *html_provenance_chart(const struct html_report *r, const json_t *names);
json_t *html_images_table(const struct html_report *r);
json_t *html_unmodelled_table(const struct html_report *r);
json_t *html_notes(const struct html_report *r); /* [text]: what is to be known of these results */

#endif
