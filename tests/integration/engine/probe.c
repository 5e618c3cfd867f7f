#include "tests/integration/engine/probe.h"

#include <stdlib.h>
#include <string.h>

static void note(struct probe *p, enum probe_event_kind kind, uint64_t at, uint32_t detail)
{
    if (p->event_count < PROBE_EVENTS) {
        p->events[p->event_count++] =
            (struct probe_event){kind, at, detail, engine_view(p->engine)};
    }
}

static bool on_block(void *ctx, uint64_t pc, uint32_t size_bytes)
{
    struct probe *p = ctx;
    note(p, EVENT_BLOCK, pc, size_bytes);
    p->block_count++;
    return pc != p->stop_before && (p->block_limit == 0 || p->block_count <= p->block_limit);
}

static enum engine_next on_trap(void *ctx, enum engine_trap kind)
{
    struct probe *p = ctx;
    note(p, EVENT_TRAP, engine_pc(p->engine), kind);
    p->last_trap = kind;
    return p->on_trap != NULL ? p->on_trap(p, kind) : ENGINE_STOP;
}

static bool on_system(void *ctx)
{
    struct probe *p = ctx;
    return p->on_system != NULL && p->on_system(p);
}

static bool on_fill(void *ctx, va_t at, enum engine_access access, struct engine_page *out)
{
    struct probe *p = ctx;
    note(p, EVENT_FILL, at.v, access);
    if (p->loads_evict && access == ENGINE_READ) {
        engine_flush_view(p->engine, engine_view(p->engine));
    }
    *out = (struct engine_page){
        .pa = pa(at.v % PROBE_RAM), .readable = true, .writable = true, .executable = true};
    for (unsigned i = 0; i < p->rule_count; i++) {
        const struct probe_rule *rule = &p->rules[i];
        if (at.v / PROBE_PAGE == rule->page) {
            uint64_t to = rule->pa == PROBE_ANY ? out->pa.v : rule->pa;
            *out = (struct engine_page){.pa = pa(to),
                                        .readable = rule->readable,
                                        .writable = rule->writable,
                                        .executable = rule->executable};
        }
    }
    return access == ENGINE_READ    ? out->readable
           : access == ENGINE_WRITE ? out->writable
                                    : out->executable;
}

struct probe *probe_create(bool lse)
{
    struct probe *p = calloc(1, sizeof *p);
    ck_assert_ptr_nonnull(p);
    p->ram = aligned_alloc(4096, PROBE_RAM);
    ck_assert_ptr_nonnull(p->ram);
    memset(p->ram, 0, PROBE_RAM);
    p->stop_before = PROBE_ANY;
    struct err e = {""};
    struct engine_client client = {
        .ctx = p, .block = on_block, .trap = on_trap, .fill = on_fill, .system = on_system};
    p->engine = engine_create(lse, &client, &e);
    ck_assert_msg(p->engine != NULL, "%s", e.text);
    ck_assert_msg(engine_map_ram(p->engine, pa(0), PROBE_RAM, p->ram, &e), "%s", e.text);
    return p;
}

void probe_destroy(struct probe *probe)
{
    engine_destroy(probe->engine);
    free(probe->ram);
    free(probe);
}

void probe_code(struct probe *probe, uint64_t at, const uint32_t *words, unsigned count)
{
    memcpy(probe->ram + at, words, count * sizeof *words);
}

uint64_t probe_read64(const struct probe *probe, uint64_t pa)
{
    uint64_t value;
    memcpy(&value, probe->ram + pa, sizeof value);
    return value;
}

void probe_write64(struct probe *probe, uint64_t pa, uint64_t value)
{
    memcpy(probe->ram + pa, &value, sizeof value);
}

void probe_rule(struct probe *probe, uint64_t at, uint64_t pa, bool r, bool w, bool x)
{
    ck_assert_uint_lt(probe->rule_count, PROBE_RULES);
    probe->rules[probe->rule_count++] = (struct probe_rule){at / PROBE_PAGE, pa, r, w, x};
}

enum engine_stop probe_run(struct probe *probe, uint64_t pc)
{
    probe->event_count = 0;
    probe->block_count = 0;
    engine_set_pc(probe->engine, pc);
    return engine_run(probe->engine);
}

unsigned probe_count(const struct probe *probe, enum probe_event_kind kind, uint64_t at)
{
    unsigned count = 0;
    for (unsigned i = 0; i < probe->event_count; i++) {
        const struct probe_event *event = &probe->events[i];
        count += event->kind == kind && (at == PROBE_ANY || event->at == at);
    }
    return count;
}

const struct probe_event *probe_event(const struct probe *probe, enum probe_event_kind kind,
                                      unsigned n)
{
    for (unsigned i = 0; i < probe->event_count; i++) {
        if (probe->events[i].kind == kind && n-- == 0) {
            return &probe->events[i];
        }
    }
    ck_abort_msg("no such event");
    return NULL;
}

enum engine_next probe_resume_once(struct probe *probe, enum engine_trap kind)
{
    (void)kind;
    if (probe_count(probe, EVENT_TRAP, PROBE_ANY) > 1) {
        return ENGINE_STOP;
    }
    engine_set_pc(probe->engine, probe->resume_at);
    engine_set_view(probe->engine, probe->resume_view);
    return ENGINE_CONTINUE;
}

enum engine_next probe_skip(struct probe *probe, enum engine_trap kind)
{
    if (kind == ENGINE_TRAP_SVC) {
        return ENGINE_STOP;
    }
    engine_set_pc(probe->engine, engine_pc(probe->engine) + 4);
    return ENGINE_CONTINUE;
}
