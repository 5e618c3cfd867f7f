/* Which goals a run has reached, and what to say about the first that it has not. */
#include "sim/lab/lab.h"

#include <stdlib.h>
#include <string.h>

#include "sim/catalog/design.h"
#include "sim/catalog/profile.h"
#include "sim/lab/eval.h"
#include "sim/lab/tell.h"

static bool configure(const struct lab *lab, struct machine_config *c, struct err *e)
{
    struct profile *profile = profile_load("unit", e);
    if (profile == NULL) {
        return false;
    }
    *c = (struct machine_config){.cpu_count = 1,
                                 .gic_version = lab->gic,
                                 .ram_bytes = UINT64_C(256) << 20,
                                 .entry_el = 2,
                                 .level = LEVEL_BLOCK,
                                 .max_cycles = lab->max_cycles * CYCLE,
                                 .quiet = true};
    bool ok = cpu_model_find(lab->cpu, &c->cpu, e) &&
              (lab->features == NULL || cpu_model_apply(&c->cpu, lab->features, e));
    profile_configure(profile, c);
    profile_free(profile);
    return ok;
}

/* Machine, program, labels. */
static bool prepare(const struct lab *lab, const char *elf, struct lab_run *run,
                    struct tell_console *console, struct err *e)
{
    struct machine_config config;
    struct machine_images images = {.kernel = elf};
    if (!configure(lab, &config, e)) {
        return false;
    }
    config.console = tell_console;
    config.console_ctx = console;
    run->machine = machine_create(&config, e);
    run->watches = lab->watches;
    return run->machine && machine_load(run->machine, &images, e) &&
           labels_load(&run->labels, elf, e);
}

struct judge {
    const struct lab *lab;
    const struct lab_run *run;
    size_t cursor; /* where the next goal's moment may be */
    const char *missing;
};

static bool is_reached(struct judge *j, const struct lab_goal *goal)
{
    j->missing = NULL;
    size_t at = eval_find(goal->sign.expr, j->run, goal->sign.kind, j->cursor, &j->missing);
    if (at == j->run->count) {
        return false;
    }
    if (goal->sign.kind != MOMENT_END) {
        j->cursor = at + 1;
    }
    return true;
}

/* The first hint whose sign is there: of the goal, then of the lab. Its moment in *at. */
static const struct lab_hint *find_hint(const struct judge *j, const struct lab_hint *hints,
                                        unsigned count, size_t *at)
{
    for (unsigned i = 0; i < count; i++) {
        const char *missing = NULL;
        *at = eval_find(hints[i].sign.expr, j->run, hints[i].sign.kind, j->cursor, &missing);
        if (*at < j->run->count && missing == NULL) {
            return &hints[i];
        }
    }
    return NULL;
}

static void explain(const struct judge *j, const struct lab_goal *goal, FILE *out)
{
    size_t at;
    if (j->missing) {
        fprintf(out,
                "       hint: your program has no `%s`: keep the names of the starting point\n",
                j->missing);
        return;
    }
    const struct lab_hint *hint = find_hint(j, goal->hints, goal->hints_count, &at);
    bool is_plain = hint && hint->sign.kind == MOMENT_END; /* says itself what it saw */
    if (hint == NULL) {
        hint = find_hint(j, j->lab->hints, j->lab->hints_count, &at);
    }
    if (hint && hint->sign.kind != MOMENT_END) {
        tell_moment(out, j->run, at);
    } else if (!is_plain) {
        tell_end(out, j->run);
    }
    if (hint) {
        tell_hint(out, j->run, at, hint->say);
    }
}

static bool judge(const struct lab *lab, const struct lab_run *run, FILE *out)
{
    struct judge j = {.lab = lab, .run = run};
    unsigned reached = 0;
    while (reached < lab->goals_count && is_reached(&j, &lab->goals[reached])) {
        fprintf(out, "  ok   %s\n", lab->goals[reached++].goal);
    }
    for (unsigned i = reached; i < lab->goals_count; i++) {
        fprintf(out, "  %s  %s\n", i == reached ? "NOT" : "  -", lab->goals[i].goal);
        if (i == reached) {
            explain(&j, &lab->goals[i], out);
        }
    }
    return reached == lab->goals_count;
}

bool lab_judge(const struct lab *lab, const char *elf, FILE *out, bool *reached, struct err *e)
{
    struct lab_run run = {.machine = NULL};
    struct tell_console console = {.out = out};
    bool ok = prepare(lab, elf, &run, &console, e);
    if (ok) {
        lab_record(&run);
        fprintf(out, console.in_line ? "\n" : "");
        *reached = judge(lab, &run, out);
    }
    lab_run_free(&run);
    return ok;
}
