#include "sim/lint/parts.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct lint_place lint_place_of(const struct lint *lint, const struct watch_event *e)
{
    struct code_place code;
    machine_code_place(lint->machine, e->cpu, e->pc, &code);
    struct lint_place place = {.cpu = e->cpu,
                               .el = code.el,
                               .context = code.context,
                               .in_vm = machine_context_is_vm(lint->machine, code.context),
                               .pc = e->pc,
                               .at = e->at,
                               .offset = code.offset};
    bool known = strcmp(code.function, "?") != 0;
    snprintf(place.function, sizeof place.function, "%s", known ? code.function : "");
    return place;
}

static struct lint_finding *find(struct lint_findings *f, enum lint_rule rule, uint64_t pc)
{
    for (size_t i = 0; i < f->count; i++) {
        if (f->all[i].rule == rule && f->all[i].place.pc == pc) {
            return &f->all[i];
        }
    }
    return NULL;
}

struct lint_finding *lint_found(struct lint *lint, enum lint_rule rule,
                                const struct lint_place *place, const char *what, ...)
{
    struct lint_findings *f = &lint->findings;
    if (lint_rule_row(rule)->is_pedantic && !lint->is_pedantic) {
        return NULL;
    }
    struct lint_finding *known = find(f, rule, place->pc);
    if (known) {
        known->count++;
        return NULL;
    }
    if (f->count == LINT_FINDINGS_MAX) {
        f->lost++;
        return NULL;
    }
    struct lint_finding *finding = &f->all[f->count++];
    *finding = (struct lint_finding){.rule = rule, .place = *place, .count = 1};
    va_list args;
    va_start(args, what);
    vsnprintf(finding->what, sizeof finding->what, what, args);
    va_end(args);
    return finding;
}

void lint_next(struct lint_finding *finding, const char *next, ...)
{
    if (finding) {
        va_list args;
        va_start(args, next);
        vsnprintf(finding->next, sizeof finding->next, next, args);
        va_end(args);
    }
}

size_t lint_count(const struct lint *lint)
{
    return lint->findings.count;
}

const struct lint_finding *lint_finding(const struct lint *lint, size_t n)
{
    return &lint->findings.all[n];
}

uint64_t lint_lost(const struct lint *lint)
{
    return lint->findings.lost;
}
