#include <inttypes.h>

#include "sim/report/lint_report.h"

static void print_place(FILE *out, const struct lint_place *p)
{
    if (p->function[0]) {
        fprintf(out, "%s+0x%" PRIx64, p->function, p->offset);
    } else {
        fprintf(out, "0x%" PRIx64, p->pc);
    }
    fprintf(out, " (pc 0x%" PRIx64 ", CPU %u, EL%u", p->pc, p->cpu, p->el);
    if (p->context != 0) {
        fprintf(out, ", VMID %u", p->context - 1u);
    }
    fprintf(out, ", cycle %" PRIu64 ")", p->at / CYCLE);
}

static void print_source(FILE *out, const struct lint_place *p, struct source_set *sources)
{
    const char *file;
    unsigned line;
    const char *text = source_set_find(sources, p->el, p->in_vm, p->pc, &file, &line);
    if (text) {
        fprintf(out, "    %s:%u%s%s\n", file, line, text[0] ? ": " : "", text);
    }
}

static void print_finding(FILE *out, const struct lint_finding *f, const char *name,
                          struct source_set *sources)
{
    const struct lint_rule_row *row = lint_rule_row(f->rule);
    fprintf(out, "lint: %s%s%s: ", name ? name : "", name ? ": " : "", row->id);
    print_place(out, &f->place);
    if (f->count > 1) {
        fprintf(out, ", %" PRIu64 " times", f->count);
    }
    fputc('\n', out);
    print_source(out, &f->place, sources);
    fprintf(out, "    %s\n", f->what);
    if (f->next[0]) {
        fprintf(out, "    then: %s\n", f->next);
    }
    fprintf(out, "    rule: %s [%s]\n    do: %s\n", row->rule, row->section, row->remedy);
}

void report_lint_text(FILE *out, const struct lint *lint, const char *name,
                      struct source_set *sources)
{
    for (size_t i = 0; i < lint_count(lint); i++) {
        print_finding(out, lint_finding(lint, i), name, sources);
    }
    fprintf(out, "lint: %s%s%zu found", name ? name : "", name ? ": " : "", lint_count(lint));
    if (lint_lost(lint) != 0) {
        fprintf(out, "; %" PRIu64 " more than it has room for", lint_lost(lint));
    }
    fputc('\n', out);
}
