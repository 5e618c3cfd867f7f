/*
 * Lint: reports what a guest does that is architecturally wrong though it may work today. It
 * watches a run (sim/board/watch.h), changes nothing of it, and keeps what it finds.
 *
 *     lint_create -> machine_run -> findings -> lint_destroy
 */
#ifndef EL2SIM_LINT_LINT_H
#define EL2SIM_LINT_LINT_H

#include "sim/base/types.h"
#include "sim/board/machine.h"
#include "sim/lint/rules.h"

struct lint;

/* is_pedantic: by all rules. Before machine_run(). What it found stays when the machine is gone. */
struct lint *lint_create(struct machine *m, bool is_pedantic);
void lint_destroy(struct lint *lint);

/* Where something was done. */
#define LINT_FUNCTION_MAX 64

struct lint_place {
    unsigned cpu, el;
    uint16_t context; /* of the ledger: 0 the host, else VMID + 1 */
    bool in_vm;
    uint64_t pc;
    cycles_t at;
    char function[LINT_FUNCTION_MAX]; /* "" where there is no symbol */
    uint64_t offset;
};

#define LINT_TEXT_MAX 200

/* Found once or more often; the rest is about the first time. */
struct lint_finding {
    enum lint_rule rule;
    struct lint_place place;
    uint64_t count;
    char what[LINT_TEXT_MAX]; /* was done */
    char next[LINT_TEXT_MAX]; /* happened then */
};

/* In the order of their first time. */
size_t lint_count(const struct lint *lint);
const struct lint_finding *lint_finding(const struct lint *lint, size_t n);
/* Findings, and pieces of state, that there was no room for. */
uint64_t lint_lost(const struct lint *lint);

#endif
