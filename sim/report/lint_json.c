#include "sim/report/lint_report.h"

static json_t *place_json(const struct lint_place *p, struct source_set *sources)
{
    const char *file;
    unsigned line;
    json_t *place = json_pack("{s:i, s:i, s:i, s:I, s:I, s:s, s:I}", "cpu", (int)p->cpu, "el",
                              (int)p->el, "context", (int)p->context, "pc", (json_int_t)p->pc,
                              "cycle", (json_int_t)(p->at / CYCLE), "function", p->function,
                              "offset", (json_int_t)p->offset);
    if (source_set_find(sources, p->el, p->in_vm, p->pc, &file, &line)) {
        json_object_set_new(place, "file", json_string(file));
        json_object_set_new(place, "line", json_integer(line));
    }
    return place;
}

static json_t *finding_json(const struct lint_finding *f, struct source_set *sources)
{
    const struct lint_rule_row *row = lint_rule_row(f->rule);
    return json_pack("{s:s, s:s, s:s, s:s, s:I, s:o, s:s, s:s}", "id", row->id, "rule", row->rule,
                     "section", row->section, "remedy", row->remedy, "count", (json_int_t)f->count,
                     "place", place_json(&f->place, sources), "what", f->what, "next", f->next);
}

json_t *report_lint_json(const struct lint *lint, struct source_set *sources)
{
    json_t *findings = json_array();
    for (size_t i = 0; i < lint_count(lint); i++) {
        json_array_append_new(findings, finding_json(lint_finding(lint, i), sources));
    }
    return json_pack("{s:o, s:I}", "findings", findings, "lost", (json_int_t)lint_lost(lint));
}
