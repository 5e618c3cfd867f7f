/*
 * Unicorn's CPU state in memory. A register by its API costs 60 to 200 host instructions, a switch
 * of the view 560; where the state lies is a load, a store. Nothing is assumed about the layout:
 * each place is found by what the API writes, and checked both ways. What is not found is done by
 * the API, and so is all on a host that is not known (engine_host_look()).
 */
#define _DEFAULT_SOURCE /* msync() */
#include "sim/engine/engine_internal.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "sim/base/bits.h"

#define NZCV_N BIT(31)
#define NZCV_Z BIT(30)
#define NZCV_C BIT(29)
#define NZCV_V BIT(28)

#define GENERAL 32 /* X0 to X30, SP */

/* The state as far as Unicorn itself saves it. */
struct state {
    struct engine *engine;
    uint32_t *words;
    size_t word_count;
    uint32_t *copies[ENGINE_VIEWS];
};

static void take_copy(struct state *s, unsigned i)
{
    memcpy(s->copies[i], s->words, s->word_count * sizeof *s->words);
}

/* Where 64-bit values lie one after the other; NULL: nowhere, or twice. */
static uint64_t *find(const struct state *s, const uint64_t *values, size_t count)
{
    uint32_t *found = NULL;
    for (size_t i = 0; i + 2 * count <= s->word_count; i += 2) {
        if (memcmp(s->words + i, values, count * sizeof *values) == 0) {
            if (found != NULL) {
                return NULL;
            }
            found = s->words + i;
        }
    }
    return (uint64_t *)(void *)found;
}

/* No such value is in the state by chance. */
static uint64_t unlikely_value(unsigned i)
{
    return UINT64_C(0x9e3779b97f4a7c15) * (i + 0x1234567);
}

static bool find_general(struct state *s, struct engine_env *env)
{
    uint64_t values[GENERAL];
    uint64_t zero = 0;
    for (unsigned n = 0; n < GENERAL; n++) {
        values[n] = unlikely_value(n);
        engine_set_x(s->engine, n, values[n]);
    }
    uint64_t *at = find(s, values, GENERAL);
    for (unsigned n = 0; n < GENERAL; n++) {
        engine_set_x(s->engine, n, zero);
    }
    env->x = at;
    return at != NULL;
}

static bool find_thread_ids(struct state *s, struct engine_env *env)
{
    uint64_t value = unlikely_value(GENERAL);
    engine_set_tpidr_el0(s->engine, value);
    env->tpidr_el0 = find(s, &value, 1);
    engine_set_tpidr_el0(s->engine, 0);
    engine_set_tpidrro_el0(s->engine, value);
    env->tpidrro_el0 = find(s, &value, 1);
    engine_set_tpidrro_el0(s->engine, 0);
    return env->tpidr_el0 != NULL && env->tpidrro_el0 != NULL;
}

/* The one word that a flag is in, beside N's, which may hold them all. */
static uint32_t *find_flag(struct state *s, uint32_t nzcv, const uint32_t *n)
{
    engine_set_nzcv(s->engine, 0);
    take_copy(s, 0);
    engine_set_nzcv(s->engine, nzcv);
    uint32_t *found = NULL;
    for (size_t i = 0; i < s->word_count; i++) {
        if (s->words[i] != s->copies[0][i] && s->words + i != n) {
            if (found != NULL) {
                return NULL;
            }
            found = s->words + i;
        }
    }
    return found;
}

static uint32_t nzcv_of(const struct engine_env *env)
{
    return (*env->n & NZCV_N) | (*env->z == 0 ? NZCV_Z : 0) | (*env->c & 1) << 29 |
           (*env->v & BIT(31)) >> 3;
}

static void set_nzcv(const struct engine_env *env, uint32_t nzcv)
{
    *env->n = nzcv & NZCV_N;
    *env->z = ~nzcv & NZCV_Z;
    *env->c = (uint32_t)bit(nzcv, 29);
    *env->v = nzcv << 3 & (uint32_t)BIT(31);
}

/* N and V are the signs of their words, Z is one that is 0, C is itself. */
static bool find_flags(struct state *s, struct engine_env *env)
{
    uint32_t *n = find_flag(s, NZCV_N, NULL);
    struct engine_env e = {.n = n,
                           .z = find_flag(s, NZCV_Z, n),
                           .c = find_flag(s, NZCV_C, n),
                           .v = find_flag(s, NZCV_V, n)};
    bool good = e.n != NULL && e.z != NULL && e.c != NULL && e.v != NULL;
    for (uint32_t nzcv = 0; good && nzcv < 16; nzcv++) {
        engine_set_nzcv(s->engine, nzcv << 28);
        good = nzcv_of(&e) == nzcv << 28;
        set_nzcv(&e, ~nzcv << 28);
        good = good && engine_nzcv(s->engine) == ~nzcv << 28;
    }
    engine_set_nzcv(s->engine, 0);
    env->n = e.n;
    env->z = e.z;
    env->c = e.c;
    env->v = e.v;
    return good;
}

static void select_view(const struct engine_env *env, unsigned view)
{
    for (unsigned i = 0; i < env->view_word_count; i++) {
        *env->view_words[i].at = env->view_words[i].values[view];
    }
}

/* What a switch of the view writes: the few words that differ between them. */
static bool find_view_words(struct state *s, struct engine_env *env)
{
    for (unsigned view = 0; view < ENGINE_VIEWS; view++) {
        engine_set_view(s->engine, view);
        take_copy(s, view);
    }
    engine_set_view(s->engine, 0);
    env->view_word_count = 0;
    for (size_t i = 0; i < s->word_count; i++) {
        if (s->copies[0][i] == s->copies[1][i] && s->copies[0][i] == s->copies[2][i]) {
            continue;
        }
        if (env->view_word_count == ENGINE_VIEW_WORDS) {
            return false;
        }
        struct engine_view_word *word = &env->view_words[env->view_word_count++];
        word->at = s->words + i;
        for (unsigned view = 0; view < ENGINE_VIEWS; view++) {
            word->values[view] = s->copies[view][i];
        }
    }
    bool good = env->view_word_count != 0;
    for (unsigned view = 0; good && view < ENGINE_VIEWS; view++) {
        select_view(env, view);
        good = memcmp(s->words, s->copies[view], s->word_count * sizeof *s->words) == 0;
    }
    select_view(env, 0);
    return good;
}

/* The PC of a run that has ended. */
static bool find_pc(struct state *s, struct engine_env *env)
{
    uint64_t pc = 0;
    uc_reg_read(s->engine->uc, UC_ARM64_REG_PC, &pc);
    env->pc = find(s, &pc, 1);
    return pc != 0 && env->pc != NULL;
}

static bool find_all(struct state *s, struct engine_env *env)
{
    return find_pc(s, env) && find_general(s, env) && find_thread_ids(s, env) &&
           find_flags(s, env) && find_view_words(s, env);
}

/* Another Unicorn may keep something else where we look for an address: then it is none, and a look
 * would end the program. */
bool engine_can_read(const void *at, size_t size_bytes)
{
    uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
    uintptr_t first = align_down((uintptr_t)at, page);
    return at != NULL && (uintptr_t)at % sizeof(uint64_t) == 0 &&
           msync((void *)first, (uintptr_t)at - first + size_bytes, MS_ASYNC) == 0;
}

void engine_env_init(struct engine *engine)
{
    struct engine_host host = engine_host_look(engine);
    struct state s = {.engine = engine, .words = host.state};
    s.word_count = uc_context_size(engine->uc) / sizeof *s.words;
    if (!engine_can_read(host.state, s.word_count * sizeof *s.words)) {
        return;
    }
    uint32_t *copies = calloc(ENGINE_VIEWS, s.word_count * sizeof *copies);
    for (unsigned i = 0; copies != NULL && i < ENGINE_VIEWS; i++) {
        s.copies[i] = copies + i * s.word_count;
    }
    struct engine_env env = {.x = NULL};
    if (copies != NULL && find_all(&s, &env)) {
        engine->known = env;
        engine->env = &engine->known;
        engine->state = host.state;
        engine_code_begins(engine, host.code);
    }
    free(copies);
}

bool engine_use_api(struct engine *engine)
{
    bool was_known = engine->env != NULL;
    engine->env = NULL;
    return was_known;
}

uint32_t engine_env_nzcv(const struct engine_env *env)
{
    return nzcv_of(env);
}

void engine_env_set_nzcv(const struct engine_env *env, uint32_t nzcv)
{
    set_nzcv(env, nzcv);
}

void engine_env_select_view(const struct engine_env *env, unsigned view)
{
    select_view(env, view);
}
