/*
 * A probe of the real engine: one engine, 1 MiB of RAM at physical address 0 that appears at every
 * virtual MiB, a log of what the engine called, and a few switches for what the callbacks answer.
 */
#ifndef EL2SIM_TESTS_ENGINE_PROBE_H
#define EL2SIM_TESTS_ENGINE_PROBE_H

#include <check.h>

#include "sim/engine/engine.h"

#define PROBE_RAM     (UINT64_C(1) << 20)
#define PROBE_PAGE    ENGINE_PAGE
#define PROBE_CODE    UINT64_C(0x1000)
#define PROBE_DATA    UINT64_C(0x8000)
#define PROBE_RULES   8
#define PROBE_EVENTS  4096
#define PROBE_ANY     UINT64_MAX
#define PROBE_SVC     UINT32_C(0xd4000001)
#define PROBE_NOP     UINT32_C(0xd503201f)
#define PROBE_RET_X30 UINT32_C(0xd65f03c0)

enum probe_event_kind { EVENT_BLOCK, EVENT_TRAP, EVENT_FILL };

struct probe_event {
    enum probe_event_kind kind;
    uint64_t at;     /* pc or page */
    uint32_t detail; /* size in bytes, enum engine_trap, enum engine_access */
    unsigned view;
};

/* What an engine page grants instead of everything. */
struct probe_rule {
    uint64_t page, pa; /* pa of the page, PROBE_ANY: the usual */
    bool readable, writable, executable;
};

struct probe {
    struct engine *engine;
    uint8_t *ram;
    struct probe_event events[PROBE_EVENTS];
    unsigned event_count;
    struct probe_rule rules[PROBE_RULES];
    unsigned rule_count;
    uint64_t stop_before; /* block() refuses this pc */
    unsigned block_limit; /* and everything after so many blocks of a run; 0: never */
    unsigned block_count;
    bool loads_evict; /* fill() of a load flushes the view */
    /* What trap() does; NULL: ENGINE_STOP. */
    enum engine_next (*on_trap)(struct probe *probe, enum engine_trap kind);
    /* What system() does; NULL: false. */
    bool (*on_system)(struct probe *probe);
    uint64_t resume_at; /* for on_trap functions */
    unsigned resume_view;
    enum engine_trap last_trap;
};

struct probe *probe_create(bool lse);
void probe_destroy(struct probe *probe);

void probe_code(struct probe *probe, uint64_t at, const uint32_t *words, unsigned count);
#define PROBE_CODE_AT(probe, at, ...)                                                              \
    probe_code(probe, at, (const uint32_t[]){__VA_ARGS__},                                         \
               sizeof((const uint32_t[]){__VA_ARGS__}) / 4)
uint64_t probe_read64(const struct probe *probe, uint64_t pa);
void probe_write64(struct probe *probe, uint64_t pa, uint64_t value);

/* Adds a rule for the engine page of `at`. */
void probe_rule(struct probe *probe, uint64_t at, uint64_t pa, bool r, bool w, bool x);

/* Forgets events and runs from pc. */
enum engine_stop probe_run(struct probe *probe, uint64_t pc);

/* Events of a kind at an address (PROBE_ANY: anywhere). */
unsigned probe_count(const struct probe *probe, enum probe_event_kind kind, uint64_t at);
/* The n-th event of a kind; fails the test if there is none. */
const struct probe_event *probe_event(const struct probe *probe, enum probe_event_kind kind,
                                      unsigned n);

/* on_trap: go on at resume_at in resume_view, once; the next trap stops. */
enum engine_next probe_resume_once(struct probe *probe, enum engine_trap kind);
/* on_trap: skip the instruction; an SVC stops. */
enum engine_next probe_skip(struct probe *probe, enum engine_trap kind);

void probe_add_traps(Suite *suite);
void probe_add_natives(Suite *suite);
void probe_add_lend(Suite *suite);
void probe_add_memory(Suite *suite);
void probe_add_blocks(Suite *suite);
void probe_add_code(Suite *suite);
void probe_add_counts(Suite *suite);
void probe_add_views(Suite *suite);
void probe_add_state(Suite *suite);

#endif
