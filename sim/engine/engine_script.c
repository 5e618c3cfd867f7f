/* The scripted engine: see engine_script.h. */
#include "sim/engine/engine_script.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LOG_MAX 256

struct engine {
    struct engine_client client;
    const struct script_step *steps;
    size_t step_count, next;
    struct engine_stats stats;
    struct engine_refusal refusal;
    struct engine_page granted;
    bool stopped; /* by the client's hook */
    char failure[160];

    uint64_t pc, x[32], v[32][2], tpidr_el0, tpidrro_el0;
    uint32_t nzcv, fpcr, fpsr;
    uint8_t daif;
    unsigned view;

    struct script_log log[LOG_MAX];
    size_t log_count;
};

/* What a step means for the run. */
enum verdict { GO_ON, STOP };

static void note(struct engine *e, enum script_call call, uint64_t a, uint64_t b, uint64_t c)
{
    if (e->log_count == LOG_MAX) {
        memmove(e->log, e->log + 1, (LOG_MAX - 1) * sizeof *e->log);
        e->log_count--;
    }
    e->log[e->log_count++] = (struct script_log){call, a, b, c};
}

struct engine *engine_create(bool lse, const struct engine_client *client, struct err *e)
{
    (void)lse;
    struct engine *engine = calloc(1, sizeof *engine);
    if (engine == NULL) {
        err_set(e, "no memory for the engine");
        return NULL;
    }
    engine->client = *client;
    return engine;
}

void engine_destroy(struct engine *engine)
{
    free(engine);
}

bool engine_map_ram(struct engine *engine, pa_t at, uint64_t size_bytes, void *host, struct err *e)
{
    (void)host;
    (void)e;
    note(engine, SCRIPT_MAP_RAM, 0, at.v, size_bytes);
    return true;
}

/* Playing. Each of these plays one kind of step; *stop is the end of the run if the verdict says
 * so.
 */

static enum verdict fail(struct engine *e, const char *why, enum engine_stop *stop)
{
    snprintf(e->failure, sizeof e->failure, "script step %zu: %s (pc 0x%" PRIx64 ", view %u)",
             e->next, why, e->pc, e->view);
    *stop = ENGINE_STOPPED_FAILED;
    return STOP;
}

void engine_stop_before_block(struct engine *engine, uint64_t pc)
{
    engine->pc = pc;
    engine->stopped = true;
}

bool engine_block_runs(struct engine *engine, const void *caller)
{
    (void)engine;
    (void)caller;
    return false;
}

/* An exact run's blocks are no steps here. */
bool engine_owns_block(struct engine *engine, uint64_t pc, const void *caller)
{
    (void)caller;
    (void)engine;
    (void)pc;
    return false;
}

static bool may_run(struct engine *e, const struct script_step *step)
{
    if (e->client.hook == NULL) {
        return e->client.block(e->client.ctx, step->at, step->size_bytes);
    }
    e->stopped = false;
    e->client.hook(NULL, step->at, step->size_bytes, e->client.ctx);
    return !e->stopped;
}

static enum verdict play_block(struct engine *e, const struct script_step *step,
                               enum engine_stop *stop)
{
    e->pc = step->at;
    if (!may_run(e, step)) {
        *stop = ENGINE_STOPPED_BLOCK;
        return STOP;
    }
    e->stats.hooks++;
    e->next++;
    return GO_ON;
}

static enum verdict play_trap(struct engine *e, const struct script_step *step, bool exact,
                              enum engine_stop *stop)
{
    e->pc = step->at;
    e->stats.traps++;
    e->next++;
    enum engine_next next = e->client.trap(e->client.ctx, step->trap);
    *stop = ENGINE_STOPPED_TRAP;
    return next == ENGINE_STOP || exact ? STOP : GO_ON;
}

static enum verdict play_fill(struct engine *e, const struct script_step *step,
                              enum engine_stop *stop)
{
    e->pc = step->value;
    e->stats.fills++;
    struct engine_page page = {.pa = {0}};
    if (!e->client.fill(e->client.ctx, va(step->at), step->access, &page)) {
        e->refusal = (struct engine_refusal){va(step->at), step->access};
        e->next++; /* the client emulates it, injects a fault, or maps the page */
        *stop = ENGINE_STOPPED_REFUSED;
        return STOP;
    }
    e->granted = page;
    e->next++;
    return GO_ON;
}

static enum verdict play_until(struct engine *e, bool exact, uint64_t until, enum engine_stop *stop)
{
    e->next++;
    if (!exact) {
        return GO_ON;
    }
    e->pc = until;
    *stop = ENGINE_STOPPED_UNTIL;
    return STOP;
}

static enum verdict play_expect(struct engine *e, const struct script_step *step,
                                enum engine_stop *stop)
{
    if (e->pc != step->at || e->view != step->n) {
        return fail(e, "not where the script expects", stop);
    }
    e->next++;
    return GO_ON;
}

static enum verdict play_write(struct engine *e, const struct script_step *step)
{
    BUG_ON(step->n > 31);
    if (step->kind == SCRIPT_SET_X) {
        e->x[step->n] = step->value;
    } else {
        e->v[step->n][0] = step->value;
        e->v[step->n][1] = 0;
    }
    e->next++;
    return GO_ON;
}

static enum verdict play_step(struct engine *e, bool exact, uint64_t until, enum engine_stop *stop)
{
    const struct script_step *step = &e->steps[e->next];
    switch (step->kind) {
    case SCRIPT_BLOCK:
        return play_block(e, step, stop);
    case SCRIPT_TRAP:
        return play_trap(e, step, exact, stop);
    case SCRIPT_FILL:
        return play_fill(e, step, stop);
    case SCRIPT_SET_X:
    case SCRIPT_SET_V:
        return play_write(e, step);
    case SCRIPT_UNTIL:
        return play_until(e, exact, until, stop);
    case SCRIPT_EXPECT:
        return play_expect(e, step, stop);
    case SCRIPT_FAIL:
        e->next++;
        return fail(e, "as scripted", stop);
    }
    return fail(e, "unknown step", stop);
}

static enum engine_stop play(struct engine *e, bool exact, uint64_t until)
{
    enum engine_stop stop = ENGINE_STOPPED_FAILED;
    do {
        if (e->next == e->step_count) {
            fail(e, "the script is over", &stop);
            return stop;
        }
    } while (play_step(e, exact, until, &stop) == GO_ON);
    return stop;
}

enum engine_stop engine_run(struct engine *engine)
{
    note(engine, SCRIPT_RUN, 0, 0, 0);
    return play(engine, false, 0);
}

enum engine_stop engine_run_until(struct engine *engine, va_t until)
{
    note(engine, SCRIPT_RUN_UNTIL, until.v, 0, 0);
    engine->stats.exact_stops++;
    return play(engine, true, until.v);
}

void engine_script_play(struct engine *engine, const struct script_step *steps, size_t count)
{
    engine->steps = steps;
    engine->step_count = count;
    engine->next = 0;
}

size_t engine_script_played(const struct engine *engine)
{
    return engine->next;
}

struct engine_page engine_script_granted(const struct engine *engine)
{
    return engine->granted;
}

const struct script_log *engine_script_log(const struct engine *engine, size_t *count)
{
    *count = engine->log_count;
    return engine->log;
}

void engine_script_forget_log(struct engine *engine)
{
    engine->log_count = 0;
}

struct engine_refusal engine_refusal(const struct engine *engine)
{
    return engine->refusal;
}

const char *engine_failure(const struct engine *engine)
{
    return engine->failure;
}

const struct engine_stats *engine_stats(const struct engine *engine)
{
    return &engine->stats;
}

/* Registers. */

uint64_t engine_pc(struct engine *engine)
{
    return engine->pc;
}

void engine_set_pc(struct engine *engine, uint64_t pc)
{
    engine->pc = pc;
}

uint64_t engine_x(struct engine *engine, unsigned n)
{
    BUG_ON(n > 31);
    return engine->x[n];
}

void engine_set_x(struct engine *engine, unsigned n, uint64_t value)
{
    BUG_ON(n > 31);
    engine->x[n] = value;
}

void engine_v(struct engine *engine, unsigned n, uint64_t value[2])
{
    BUG_ON(n > 31);
    memcpy(value, engine->v[n], sizeof engine->v[n]);
}

void engine_set_v(struct engine *engine, unsigned n, const uint64_t value[2])
{
    BUG_ON(n > 31);
    memcpy(engine->v[n], value, sizeof engine->v[n]);
}

uint32_t engine_nzcv(struct engine *engine)
{
    return engine->nzcv;
}

void engine_set_nzcv(struct engine *engine, uint32_t nzcv)
{
    engine->nzcv = nzcv & UINT32_C(0xf0000000);
}

uint8_t engine_daif(struct engine *engine)
{
    return engine->daif;
}

void engine_set_daif(struct engine *engine, uint8_t daif)
{
    engine->daif = daif & 0xf;
}

uint32_t engine_fpcr(struct engine *engine)
{
    return engine->fpcr;
}

void engine_set_fpcr(struct engine *engine, uint32_t value)
{
    engine->fpcr = value;
}

uint32_t engine_fpsr(struct engine *engine)
{
    return engine->fpsr;
}

void engine_set_fpsr(struct engine *engine, uint32_t value)
{
    engine->fpsr = value;
}

uint64_t engine_tpidr_el0(struct engine *engine)
{
    return engine->tpidr_el0;
}

void engine_set_tpidr_el0(struct engine *engine, uint64_t value)
{
    engine->tpidr_el0 = value;
}

uint64_t engine_tpidrro_el0(struct engine *engine)
{
    return engine->tpidrro_el0;
}

void engine_set_tpidrro_el0(struct engine *engine, uint64_t value)
{
    engine->tpidrro_el0 = value;
}

/* Requests: only noted. */

void engine_set_natives(struct engine *engine, struct engine_natives natives)
{
    note(engine, SCRIPT_SET_NATIVES, natives.daif, natives.dc_zva, 0);
}

void engine_clear_exclusive(struct engine *engine)
{
    note(engine, SCRIPT_CLEAR_EXCLUSIVE, 0, 0, 0);
}

void engine_set_view(struct engine *engine, unsigned view)
{
    BUG_ON(view >= ENGINE_VIEWS);
    note(engine, SCRIPT_SET_VIEW, view, 0, 0);
    engine->view = view;
}

unsigned engine_view(const struct engine *engine)
{
    return engine->view;
}

void engine_flush_view(struct engine *engine, unsigned view)
{
    BUG_ON(view >= ENGINE_VIEWS);
    note(engine, SCRIPT_FLUSH_VIEW, view, 0, 0);
}

void engine_flush_range(struct engine *engine, unsigned view, va_t at, uint64_t size_bytes)
{
    BUG_ON(view >= ENGINE_VIEWS);
    note(engine, SCRIPT_FLUSH_RANGE, view, at.v, size_bytes);
}

bool engine_code_changed(struct engine *engine, pa_t at, uint64_t size_bytes)
{
    note(engine, SCRIPT_CODE_CHANGED, 0, at.v, size_bytes);
    return true;
}

void engine_code_suspect(struct engine *engine)
{
    note(engine, SCRIPT_CODE_SUSPECT, 0, 0, 0);
}

void engine_lend(struct engine *engine, unsigned kind, struct engine_lends lends)
{
    BUG_ON(kind >= ENGINE_KINDS);
    (void)engine;
    (void)lends;
}

bool engine_limit_tlbs(struct engine *engine)
{
    (void)engine;
    return false;
}

bool engine_use_api(struct engine *engine)
{
    (void)engine;
    return false;
}

bool engine_count_blocks(struct engine *engine, const struct engine_tally *tally)
{
    (void)engine, (void)tally;
    return false;
}

void engine_block_counts(struct engine *engine, const void *block, bool has_stores,
                         bool touches_flag, const void *caller)
{
    (void)engine, (void)block, (void)has_stores, (void)touches_flag, (void)caller;
}

void engine_drop_all(struct engine *engine)
{
    (void)engine;
}

void engine_set_kind(struct engine *engine, unsigned view, unsigned kind)
{
    BUG_ON(view >= ENGINE_VIEWS || kind >= ENGINE_KINDS);
    (void)engine;
}
