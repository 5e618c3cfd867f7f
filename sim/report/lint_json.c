#include "sim/report/lint_json.h"

static json_t *finding_json(const struct lint_finding *f)
{
    const struct lint_rule_row *row = lint_rule_row(f->rule);
    const struct lint_place *p = &f->place;
    return json_pack("{s:s, s:s, s:s, s:s, s:I, s:{s:i, s:i, s:i, s:I, s:I, s:s, s:I}, s:s, s:s}",
                     "id", row->id, "rule", row->rule, "section", row->section, "remedy",
                     row->remedy, "count", (json_int_t)f->count, "place", "cpu", (int)p->cpu, "el",
                     (int)p->el, "context", (int)p->context, "pc", (json_int_t)p->pc, "cycle",
                     (json_int_t)(p->at / CYCLE), "function", p->function, "offset",
                     (json_int_t)p->offset, "what", f->what, "next", f->next);
}

json_t *report_lint_json(const struct lint *lint)
{
    json_t *findings = json_array();
    for (size_t i = 0; i < lint_count(lint); i++) {
        json_array_append_new(findings, finding_json(lint_finding(lint, i)));
    }
    return json_pack("{s:o, s:I}", "findings", findings, "lost", (json_int_t)lint_lost(lint));
}
