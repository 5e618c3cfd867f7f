/* The state that `el2sim explain` explains in: a CPU after reset, or one of a snapshot, and what
 * --set changes of it. */
#ifndef EL2SIM_CLI_EXPLAIN_STATE_H
#define EL2SIM_CLI_EXPLAIN_STATE_H

#include "sim/base/err.h"
#include "sim/board/control.h"
#include "sim/report/explain.h"

#define EXPLAIN_SETS_MAX 32

struct explain_state_options {
    const char *snapshot, *cpu, *features; /* cpu: a model's name; with a snapshot, a number */
    const char *sets[EXPLAIN_SETS_MAX];
    unsigned set_count, el;
    bool has_el;
};

struct explain_state {
    struct pe *pe;
    struct machine *machine; /* of the snapshot; NULL: none */
    struct control *control;
    unsigned cpu;
};

/* False with *e. Close it either way. */
bool explain_state_open(struct explain_state *s, const struct explain_state_options *o,
                        struct err *e);
void explain_state_close(struct explain_state *s);

/* The instruction that the CPU of the snapshot stands before. False with *e: not readable. */
bool explain_state_insn(const struct explain_state *s, uint32_t *word, struct err *e);

/* "hcr_el2" */
bool explain_find_register(const char *name, enum sysreg_id *id, struct err *e);
/* "0x12", "18" */
bool explain_parse_value(const char *text, uint64_t *value);

#endif
