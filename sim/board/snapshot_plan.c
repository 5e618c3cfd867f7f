/* When a snapshot is taken, and what of it is asked before and after. */
#include "sim/board/snapshot.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "sim/base/parse.h"
#include "sim/board/snapshot_parts.h"

/* "console:login:" -> "login:"; NULL for another kind. */
static const char *after(const char *text, const char *kind)
{
    size_t length = strlen(kind);
    return strncmp(text, kind, length) == 0 ? text + length : NULL;
}

static bool take_text(const char *text, enum snapshot_when when, struct snapshot_plan *plan,
                      struct err *e)
{
    if (text[0] == '\0' || strlen(text) >= sizeof plan->text) {
        return err_set(e, "--snapshot-at: a text of 1 to %zu characters is expected",
                       sizeof plan->text - 1);
    }
    plan->when = when;
    strcpy(plan->text, text);
    return true;
}

bool snapshot_parse_when(const char *text, struct snapshot_plan *plan, struct err *e)
{
    const char *rest;
    if (strcmp(text, "mark") == 0) {
        plan->when = SNAPSHOT_AT_MARK;
        plan->text[0] = '\0';
        return true;
    }
    if ((rest = after(text, "mark:")) != NULL) {
        return take_text(rest, SNAPSHOT_AT_MARK, plan, e);
    }
    if ((rest = after(text, "console:")) != NULL) {
        return take_text(rest, SNAPSHOT_AT_CONSOLE, plan, e);
    }
    uint64_t n;
    if ((rest = after(text, "cycles:")) != NULL && parse_u64(rest, 10, &n, NULL) &&
        n < UINT64_MAX / CYCLE / 2) {
        plan->when = SNAPSHOT_AT_CYCLE;
        plan->at = n * CYCLE;
        return true;
    }
    return err_set(e, "--snapshot-at %s: mark, mark:NAME, console:TEXT or cycles:N is expected",
                   text);
}

void machine_plan_snapshot(struct machine *m, const struct snapshot_plan *plan)
{
    m->snapshot.plan = plan;
    m->snapshot.at = plan->when == SNAPSHOT_AT_CYCLE ? plan->at : CYCLES_NEVER;
}

static bool waits_for(const struct machine *m, enum snapshot_when when)
{
    const struct snapshot_plan *plan = m->snapshot.plan;
    return plan != NULL && plan->when == when && !m->snapshot.is_over;
}

/* As soon as the machine stands between two instructions. */
static void take_now(struct machine *m)
{
    m->snapshot.at = 0;
    for (unsigned i = 0; i < m->config.cpu_count; i++) {
        loop_deadline_changed(m->cpus[i]);
    }
}

void snapshot_at_mark(struct machine *m, bool is_snapshot_mark, const char *name)
{
    if (waits_for(m, SNAPSHOT_AT_MARK)) {
        const char *text = m->snapshot.plan->text;
        if (text[0] == '\0' ? is_snapshot_mark : strcmp(text, name) == 0) {
            take_now(m);
        }
    }
}

/* The last characters that were printed are kept, as many as the text has. */
void snapshot_at_console(struct machine *m, const char *printed, size_t length)
{
    if (!waits_for(m, SNAPSHOT_AT_CONSOLE)) {
        return;
    }
    const char *text = m->snapshot.plan->text;
    size_t text_length = strlen(text);
    char *last = m->snapshot.printed;
    for (size_t i = 0; i < length; i++) {
        memmove(last, last + 1, text_length - 1);
        last[text_length - 1] = printed[i];
        if (memcmp(last, text, text_length) == 0) {
            take_now(m);
        }
    }
}

void snapshot_take(struct cpu *cpu)
{
    struct machine *m = cpu->machine;
    struct snapshot_task *task = &m->snapshot;
    task->at = CYCLES_NEVER;
    task->is_over = true;
    task->is_done = snapshot_write(m, task->plan, &task->err);
    if (!task->is_done) { /* at once: the run may go on for long */
        fprintf(stderr, "el2sim: %s\n", task->err.text);
    }
    if (task->plan->ends_run) {
        machine_end(m, END_SNAPSHOT, 0, "snapshot %s taken at cycle %" PRIu64, task->plan->path,
                    cpu->clock.now / CYCLE);
    }
}

enum snapshot_end machine_snapshot_end(const struct machine *m, struct err *e)
{
    const struct snapshot_task *task = &m->snapshot;
    if (task->plan == NULL) {
        return SNAPSHOT_NOT_ASKED;
    }
    if (task->is_done) {
        return SNAPSHOT_TAKEN;
    }
    if (task->is_over) {
        err_set(e, "%s", task->err.text);
        return SNAPSHOT_FAILED;
    }
    err_set(e, "snapshot %s: none was taken: the run ended before what --snapshot-at says",
            task->plan->path);
    return SNAPSHOT_NEVER_CAME;
}

const char *machine_snapshot_note(const struct machine *m, size_t index)
{
    return index < m->note_count ? m->notes[index] : NULL;
}

/* Of what cpu_model_apply() changes. */
static bool is_same_cpu(const struct cpu_model *a, const struct cpu_model *b)
{
    return strcmp(a->name, b->name) == 0 && memcmp(a->has, b->has, sizeof a->has) == 0 &&
           a->pa_bits == b->pa_bits && a->breakpoint_count == b->breakpoint_count &&
           a->context_breakpoint_count == b->context_breakpoint_count &&
           a->watchpoint_count == b->watchpoint_count &&
           a->pmu_counter_count == b->pmu_counter_count &&
           a->list_register_count == b->list_register_count &&
           a->virtual_priority_bits == b->virtual_priority_bits;
}

bool snapshot_fits(const struct snapshot *s, const struct machine_config *config, struct err *e)
{
    const struct snapshot_origin *o = snapshot_origin(s);
    const struct machine_config *c = &o->config;
    if (!is_same_cpu(&config->cpu, &c->cpu)) {
        return err_set(e, "--cpu, --feature: the snapshot is of a %s%s%s: leave them out", o->cpu,
                       o->features ? " with " : "", o->features ? o->features : "");
    }
    const struct {
        const char *option;
        unsigned long long asked, there;
    } numbers[] = {
        {"--gic", config->gic_version, c->gic_version},
        {"--smp", config->cpu_count, c->cpu_count},
        {"--el", config->entry_el, c->entry_el},
        {"--mem", config->ram_bytes, c->ram_bytes},
    };
    const struct asid_range *asked = &config->guest_asids, *there = &c->guest_asids;
    if (asked->first != there->first || asked->last != there->last) { /* of designs: no option */
        return err_set(e, "snapshot %s: guest_asids [%u, %u]: this run has [%u, %u]: save it anew",
                       snapshot_path(s), there->first, there->last, asked->first, asked->last);
    }
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        if (numbers[i].asked != numbers[i].there) {
            return err_set(e, "%s %llu: the snapshot is of a machine with %llu: leave it out",
                           numbers[i].option, numbers[i].asked, numbers[i].there);
        }
    }
    return true;
}
