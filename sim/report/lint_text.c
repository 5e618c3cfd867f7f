#include "sim/lint/lint.h"

#include <inttypes.h>

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

static void print_finding(FILE *out, const struct lint_finding *f)
{
    const struct lint_rule_row *row = lint_rule_row(f->rule);
    fprintf(out, "lint: %s: ", row->id);
    print_place(out, &f->place);
    if (f->count > 1) {
        fprintf(out, ", %" PRIu64 " times", f->count);
    }
    fprintf(out, "\n    %s\n", f->what);
    if (f->next[0]) {
        fprintf(out, "    then: %s\n", f->next);
    }
    fprintf(out, "    rule: %s [%s]\n    do: %s\n", row->rule, row->section, row->remedy);
}

void lint_text(FILE *out, const struct lint *lint)
{
    for (size_t i = 0; i < lint_count(lint); i++) {
        print_finding(out, lint_finding(lint, i));
    }
    fprintf(out, "lint: %zu found", lint_count(lint));
    if (lint_lost(lint) != 0) {
        fprintf(out, "; %" PRIu64 " more than it has room for", lint_lost(lint));
    }
    fputc('\n', out);
}
