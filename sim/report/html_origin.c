/* What was run, what of it was not modelled, and what is to be known of these results. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "sim/report/html_parts.h"

json_t *html_images_table(const struct html_report *r)
{
    json_t *table = html_table("Images");
    html_table_column(table, "Design", COLUMN_TEXT);
    html_table_column(table, "File", COLUMN_TEXT);
    html_table_column(table, "SHA-256", COLUMN_TEXT);
    for (size_t s = 0; s < r->subject_count; s++) {
        size_t i;
        json_t *image;
        json_array_foreach(json_object_get(r->subjects[s].of, "images"), i, image)
        {
            json_t *line = html_table_row(table);
            html_cell_text(line, r->subjects[s].label);
            html_cell_name(line, html_text(image, "file"));
            html_cell_name(line, html_text(image, "sha256"));
        }
    }
    return table;
}

json_t *html_unmodelled_table(const struct html_report *r)
{
    json_t *table = html_table("Accesses that are not modelled");
    html_table_column(table, "Design", COLUMN_TEXT);
    html_table_column(table, "Access", COLUMN_TEXT);
    html_table_column(table, "count", COLUMN_NUMBER);
    html_table_column(table, "First at", COLUMN_TEXT);
    bool any = false;
    for (size_t s = 0; s < r->subject_count; s++) {
        size_t i;
        json_t *x;
        json_array_foreach(json_object_get(r->subjects[s].of, "unmodelled"), i, x)
        {
            char pc[24];
            snprintf(pc, sizeof pc, "0x%llx",
                     (unsigned long long)json_integer_value(json_object_get(x, "first_pc")));
            json_t *line = html_table_row(table);
            html_cell_text(line, r->subjects[s].label);
            html_cell_name(line, html_text(x, "what"));
            html_cell_number(line, html_number(x, "count"), 0);
            html_cell_name(line, pc);
            any = true;
        }
    }
    if (!any) {
        json_decref(table);
        return json_null();
    }
    return table;
}

static void __attribute__((format(printf, 3, 4)))
add_note(json_t *notes, const char *who, const char *format, ...)
{
    char text[400];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    json_array_append_new(notes, json_pack("{s:s, s:s}", "who", who, "note", text));
}

static void add_skipped(json_t *notes, const struct html_subject *s)
{
    size_t i;
    json_t *skipped;
    json_array_foreach(json_object_get(s->of, "skipped"), i, skipped)
    {
        add_note(notes, s->label, "leaves row %.60s out: %.250s", html_text(skipped, "row"),
                 html_text(skipped, "reason"));
    }
}

/* Of a run: prices that changed on the way, input that nobody kept. */
static void add_run_notes(json_t *notes, const struct html_subject *s)
{
    size_t i;
    json_t *mixed;
    json_array_foreach(json_object_get(s->of, "mixed"), i, mixed)
    {
        const char *text = json_string_value(mixed);
        add_note(notes, s->label, "not of one price list: %.250s", text ? text : "");
    }
    const json_t *input = json_object_get(s->of, "host_input");
    bool took = html_number(input, "console_bytes") + html_number(input, "packets") > 0;
    if (took && !json_is_true(json_object_get(input, "recorded")) &&
        !json_is_true(json_object_get(input, "replayed"))) {
        add_note(notes, s->label,
                 "took input from the host that was not recorded: another run "
                 "will differ");
    }
    const json_t *link = json_object_get(s->of, "link");
    if (json_is_true(json_object_get(link, "lost"))) {
        add_note(notes, s->label,
                 "lost its link when another run broke off: another run will differ");
    }
    if (json_is_true(json_object_get(link, "peer_took_input"))) {
        add_note(notes, s->label,
                 "the machine at the other end of its link took input that was not recorded");
    }
}

/* The rules that lint found broken: where is in the JSON. */
static void add_lint(json_t *notes, const struct html_subject *s)
{
    const json_t *findings = json_object_get(json_object_get(s->of, "lint"), "findings");
    char rules[256] = "";
    size_t i, used = 0;
    json_t *finding;
    json_array_foreach(findings, i, finding)
    {
        const char *id = html_text(finding, "id");
        if (strstr(rules, id) == NULL && used + strlen(id) + 3 < sizeof rules) {
            used +=
                (size_t)snprintf(rules + used, sizeof rules - used, "%s%s", used ? ", " : "", id);
        }
    }
    if (used != 0) {
        add_note(notes, s->label, "lint found %zu mistakes, and the JSON says where: %s",
                 json_array_size(findings), rules);
    }
}

static void add_mistakes(json_t *notes, const struct html_subject *s)
{
    if (html_number(s->of, "wrong_marks") > 0) {
        add_note(notes, s->label, "%.0f wrong marks of rows: rows lack what they were to measure",
                 html_number(s->of, "wrong_marks"));
    }
    if (html_number(s->of, "broken_devices") > 0) {
        add_note(notes, s->label, "a driver broke the rules of a virtio device %.0f times",
                 html_number(s->of, "broken_devices"));
    }
    if (strcmp(html_text(s->of, "end"), "power-off") != 0) {
        add_note(notes, s->label, "did not end with a power-off: %.60s", html_text(s->of, "end"));
    }
    if (strcmp(html_text(json_object_get(s->of, "machine"), "level"), "functional") == 0) {
        add_note(notes, s->label, "ran at level functional: an instruction is a cycle");
    }
}

/* Rows may be compared only under one price list. */
static void add_price_note(json_t *notes, const struct html_report *r)
{
    const char *first = html_text(r->subjects[0].profile, "sha256");
    for (size_t i = 1; i < r->subject_count; i++) {
        if (strcmp(first, html_text(r->subjects[i].profile, "sha256")) != 0) {
            add_note(notes, r->subjects[i].label,
                     "is charged from another price list (%.60s) than %.90s (%.60s)",
                     html_text(r->subjects[i].profile, "name"), r->subjects[0].label,
                     html_text(r->subjects[0].profile, "name"));
        }
    }
}

json_t *html_notes(const struct html_report *r)
{
    json_t *notes = json_array();
    add_price_note(notes, r);
    for (size_t i = 0; i < r->subject_count; i++) {
        add_skipped(notes, &r->subjects[i]);
        add_run_notes(notes, &r->subjects[i]);
        add_mistakes(notes, &r->subjects[i]);
        add_lint(notes, &r->subjects[i]);
    }
    return notes;
}
