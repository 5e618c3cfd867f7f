/* The page: what its sections say, put together. */
#include "sim/report/html.h"

#include <string.h>

#include "sim/report/html_parts.h"
#include "sim/report/html_template.h"

static void add_title(json_t *page, const struct html_report *r)
{
    char title[256] = "";
    size_t named = r->subject_count < 4 ? r->subject_count : 3;
    for (size_t i = 0; i < named; i++) {
        size_t length = strlen(title);
        snprintf(title + length, sizeof title - length, "%s%.60s",
                 i == 0                      ? ""
                 : i + 1 == r->subject_count ? " and "
                                             : ", ",
                 r->subjects[i].label);
    }
    size_t length = strlen(title);
    if (named < r->subject_count) {
        snprintf(title + length, sizeof title - length, " and %zu more", r->subject_count - named);
    }
    json_object_set_new(page, "title", json_string(title));
}

static void add_facts(json_t *page, const struct html_report *r)
{
    char text[64];
    const json_t *quantum = json_object_get(r->subjects[0].of, "machine");
    html_format(text, html_number(quantum, "quantum_cycles"), 0, false);
    json_object_set_new(page, "quantum", json_string(text));
    json_object_set_new(page, "version", json_string(html_text(r->inputs[0], "el2sim")));
    json_object_set_new(page, "first", json_string(r->subjects[0].label));
    json_object_set_new(page, "has_several", json_boolean(r->subject_count > 1));
}

void html_report_print(FILE *out, const struct html_report *r)
{
    json_t *names = html_row_names(r), *page = json_object();
    add_title(page, r);
    add_facts(page, r);
    json_object_set_new(page, "designs", html_designs_section(r));
    json_object_set_new(page, "notes", html_notes(r));
    if (json_array_size(names) != 0) {
        json_object_set_new(page, "overview", html_overview_table(r, names));
        json_object_set_new(page, "overview_chart", html_overview_chart(r, names));
    }
    json_object_set_new(page, "rows", html_rows_section(r, names));
    json_object_set_new(page, "runs", html_runs_section(r));
    json_object_set_new(page, "exits", html_exits_table(r));
    json_object_set_new(page, "taken", html_exceptions_table(r));
    json_object_set_new(page, "tlb", html_tlb_table(r));
    json_object_set_new(page, "tlb_rows", html_tlb_rows_table(r, names));
    json_object_set_new(page, "provenance", html_provenance_chart(r, names));
    json_object_set_new(page, "profiles", html_profiles_section(r));
    json_object_set_new(page, "images", html_images_table(r));
    json_object_set_new(page, "unmodelled", html_unmodelled_table(r));
    html_render(out, "page", page);
    json_decref(page);
    json_decref(names);
}
