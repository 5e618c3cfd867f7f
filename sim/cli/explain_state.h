/* The state that `el2sim explain` explains in: a CPU after reset, or one of a snapshot or of a
 * design's run, and what --set changes of it. */
#ifndef EL2SIM_CLI_EXPLAIN_STATE_H
#define EL2SIM_CLI_EXPLAIN_STATE_H

#include "sim/base/err.h"
#include "sim/board/control.h"
#include "sim/report/explain.h"
#include "sim/study/design_start.h"

#define EXPLAIN_SETS_MAX 32

struct explain_state_options {
    /* cpu: a model's name; of a machine that was made (--snapshot, --design), a number */
    const char *snapshot, *cpu, *features;
    const char *design, *rows, *at; /* a design's run, up to `at` */
    const char *sets[EXPLAIN_SETS_MAX];
    unsigned set_count, el;
    bool has_el;
};

struct explain_state {
    struct pe *pe;
    struct machine *machine; /* of the snapshot or design; NULL: none */
    struct control *control;
    unsigned cpu;
    struct design *design;
    struct profile *profile; /* the design's */
    struct design_start start;
};

/* False with *e. Close it either way. */
bool explain_state_open(struct explain_state *s, const struct explain_state_options *o,
                        struct err *e);
void explain_state_close(struct explain_state *s);

/* The instruction that the machine's CPU stands before. False with *e: not readable. */
bool explain_state_insn(const struct explain_state *s, uint32_t *word, struct err *e);

/* "hcr_el2" */
bool explain_find_register(const char *name, enum sysreg_id *id, struct err *e);
/* "0x12", "18" */
bool explain_parse_value(const char *text, uint64_t *value);

#endif
