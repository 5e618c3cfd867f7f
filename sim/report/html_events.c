/* Exits, exceptions, TLBs. */
#include <stdio.h>
#include <string.h>

#include "sim/report/html_parts.h"
#include "sim/report/report.h"

#define EC_KINDS 0x200

static void kind_name(unsigned ec, char out[32])
{
    const char *name = report_ec_name(ec);
    if (name[0]) {
        snprintf(out, 32, "%s", name);
    } else {
        snprintf(out, 32, "EC 0x%02x", ec);
    }
}

static const json_t *exit_of(const struct html_subject *s, unsigned ec)
{
    size_t i;
    json_t *x;
    json_array_foreach(json_object_get(s->of, "exits"), i, x)
    {
        if (html_number(x, "ec") == ec) {
            return x;
        }
    }
    return NULL;
}

static double exit_cycles(const struct html_subject *s)
{
    double sum = 0;
    size_t i;
    json_t *x;
    json_array_foreach(json_object_get(s->of, "exits"), i, x)
    {
        sum += html_number(x, "millicycles");
    }
    return sum;
}

static void add_exit(json_t *line, const struct html_subject *s, unsigned ec)
{
    const json_t *x = exit_of(s, ec);
    if (x == NULL || html_number(x, "count") == 0) {
        html_cell_missing(line, NULL);
        html_cell_missing(line, NULL);
        html_cell_missing(line, NULL);
        return;
    }
    double cycles = html_number(x, "millicycles"), all = exit_cycles(s);
    html_cell_number(line, html_number(x, "count"), 0);
    html_cell_number(line, cycles / 1000 / html_number(x, "count"), 1);
    html_cell_percent(line, all > 0 ? 100 * cycles / all : 0);
}

static bool anyone_exits(const struct html_report *r, unsigned ec)
{
    bool any = false;
    for (size_t i = 0; i < r->subject_count; i++) {
        any |= exit_of(&r->subjects[i], ec) != NULL;
    }
    return any;
}

json_t *html_exits_table(const struct html_report *r)
{
    json_t *table = html_table("Exits of VMs, by reason");
    html_table_group(table, "", 1);
    html_table_column(table, "Reason", COLUMN_TEXT);
    for (size_t i = 0; i < r->subject_count; i++) {
        html_table_group(table, r->subjects[i].label, 3);
        html_table_column(table, "exits", COLUMN_NUMBER);
        html_table_column(table, "cycles each", COLUMN_NUMBER);
        html_table_column(table, "share", COLUMN_NUMBER);
    }
    bool any = false;
    for (unsigned ec = 0; ec < EC_KINDS; ec++) {
        if (anyone_exits(r, ec)) {
            char name[32];
            kind_name(ec, name);
            json_t *line = html_table_row(table);
            html_cell_text(line, name);
            for (size_t i = 0; i < r->subject_count; i++) {
                add_exit(line, &r->subjects[i], ec);
            }
            any = true;
        }
    }
    if (!any) {
        json_decref(table);
        return json_null();
    }
    return table;
}

/* How often; 0: never. */
static double exception_count(const struct html_subject *s, unsigned from, unsigned to, unsigned ec)
{
    double count = 0;
    size_t i;
    json_t *x;
    json_array_foreach(json_object_get(s->of, "exceptions"), i, x)
    {
        if (html_number(x, "from_el") == from && html_number(x, "to_el") == to &&
            html_number(x, "ec") == ec) {
            count += html_number(x, "count");
        }
    }
    return count;
}

static void add_exception(json_t *table, const struct html_report *r, unsigned from, unsigned to,
                          unsigned ec)
{
    double counts[HTML_SUBJECTS_MAX], all = 0;
    for (size_t i = 0; i < r->subject_count; i++) {
        counts[i] = exception_count(&r->subjects[i], from, to, ec);
        all += counts[i];
    }
    if (all == 0) {
        return;
    }
    char text[32];
    json_t *line = html_table_row(table);
    snprintf(text, sizeof text, "EL%u \u2192 EL%u", from, to);
    html_cell_text(line, text);
    kind_name(ec, text);
    html_cell_text(line, text);
    for (size_t i = 0; i < r->subject_count; i++) {
        html_cell_number(line, counts[i], 0);
    }
}

json_t *html_exceptions_table(const struct html_report *r)
{
    json_t *table = html_table("Exceptions taken in the whole run");
    html_table_column(table, "Levels", COLUMN_TEXT);
    html_table_column(table, "Kind", COLUMN_TEXT);
    for (size_t i = 0; i < r->subject_count; i++) {
        html_table_column(table, r->subjects[i].label, COLUMN_NUMBER);
    }
    for (unsigned from = 0; from < 3; from++) {
        for (unsigned to = 1; to < 3; to++) {
            for (unsigned ec = 0; ec < EC_KINDS; ec++) {
                add_exception(table, r, from, to, ec);
            }
        }
    }
    return table;
}

json_t *html_tlb_table(const struct html_report *r)
{
    static const struct {
        const char *key, *name;
    } figures[] = {
        {"misses", "TLB misses"},
        {"walk_steps_s1", "descriptors read, stage 1"},
        {"walk_steps_s2", "descriptors read, stage 2"},
        {"evictions", "entries replaced"},
        {"invalidations", "TLBI operations"},
    };
    json_t *table = html_table("TLBs of all CPUs, in the whole run");
    html_table_group(table, "", 1);
    html_table_column(table, "Figure", COLUMN_TEXT);
    for (size_t i = 0; i < r->subject_count; i++) {
        html_table_group(table, r->subjects[i].label, 2);
        html_table_column(table, "count", COLUMN_NUMBER);
        html_table_column(table, "in 1,000 insns", COLUMN_NUMBER);
    }
    for (size_t f = 0; f < sizeof figures / sizeof figures[0]; f++) {
        json_t *line = html_table_row(table);
        html_cell_text(line, figures[f].name);
        for (size_t i = 0; i < r->subject_count; i++) {
            const json_t *of = r->subjects[i].of;
            double count = html_number(json_object_get(of, "tlb"), figures[f].key);
            double instructions = html_number(of, "instructions");
            html_cell_number(line, count, 0);
            html_cell_number(line, instructions > 0 ? 1000 * count / instructions : 0, 2);
        }
    }
    return table;
}

/* Count and thousandths of a row's parts of a class. */
static void class_sums(const json_t *row, const char *class, double *count, double *millicycles)
{
    size_t i;
    json_t *part;
    json_array_foreach(json_object_get(row, "breakdown"), i, part)
    {
        if (strcmp(html_text(part, "class"), class) == 0) {
            *count += html_number(part, "count");
            *millicycles += html_number(part, "millicycles");
        }
    }
}

static void add_walks(json_t *line, const json_t *row)
{
    static const char *const classes[] = {"mmu.tlb-miss", "mmu.walk-s1", "mmu.walk-s2"};
    double all = 0;
    for (unsigned k = 0; k < 3; k++) {
        double count = 0;
        class_sums(row, classes[k], &count, &all);
        html_cell_number(line, html_per_operation(row, count), 2);
    }
    html_cell_number(line, html_cycles_per_operation(row, all), 1);
}

json_t *html_tlb_rows_table(const struct html_report *r, const json_t *names)
{
    static const char *const heads[] = {"misses", "stage 1", "stage 2", "cycles"};
    if (json_array_size(names) == 0) {
        return json_null();
    }
    json_t *table = html_table("TLB misses, descriptors read and their cycles, of one operation");
    html_table_group(table, "", 1);
    html_table_column(table, "Row", COLUMN_TEXT);
    for (size_t i = 0; i < r->subject_count; i++) {
        html_table_group(table, r->subjects[i].label, 4);
        for (unsigned h = 0; h < 4; h++) {
            html_table_column(table, heads[h], COLUMN_NUMBER);
        }
    }
    for (size_t n = 0; n < json_array_size(names); n++) {
        const char *name = json_string_value(json_array_get(names, n));
        json_t *line = html_table_row(table);
        html_cell_text(line, name);
        for (size_t i = 0; i < r->subject_count; i++) {
            const json_t *row = html_row_of(&r->subjects[i], name);
            for (unsigned h = 0; row == NULL && h < 4; h++) {
                html_cell_missing(line, NULL);
            }
            if (row) {
                add_walks(line, row);
            }
        }
    }
    return table;
}
