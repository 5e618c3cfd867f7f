/*
 * What the files of the Unicorn engine share. Nothing outside this folder includes it or unicorn.h.
 */
#ifndef EL2SIM_ENGINE_ENGINE_INTERNAL_H
#define EL2SIM_ENGINE_ENGINE_INTERNAL_H

#include <unicorn/unicorn.h>

#include "sim/engine/engine.h"

/* The engine's own memory, far above any RAM of the models (48 bits): its code, then copies of
 * pages that do not run as they are (engine_copies.c). */
#define ENGINE_OWN_PA         UINT64_C(0x0000fffff0000000)
#define ENGINE_OWN_CODE_BYTES 4096
#define ENGINE_OWN_LDXP       8    /* offset of the code that reserves ... */
#define ENGINE_OWN_DATA       2048 /* ... this */
#define ENGINE_SLOTS          16384
#define ENGINE_SLOT_HEADS     4096
/* Where the engine's code runs: not canonical, so that no guest's code is ever there. */
#define ENGINE_OWN_VA        (UINT64_C(0x0010000000000000) | ENGINE_OWN_PA)
#define ENGINE_OWN_BYTES     (ENGINE_OWN_CODE_BYTES + ENGINE_SLOTS * ENGINE_PAGE)
#define ENGINE_ORIGINS_BYTES (ENGINE_SLOTS * ENGINE_PAGE)

_Static_assert(ENGINE_OWN_PA + ENGINE_OWN_BYTES <= UINT64_C(1) << 48,
               "beyond what the window reaches");

#define ENGINE_MAX_RAMS 16
#define ENGINE_MAX_RANGES                                                                          \
    8 /* put off for a view that is not selected; more become a full flush                         \
       */

/* Bits of a filter: which pages were filled since the last full flush. A set bit may be another
 * page's, a clear bit is certain. */
#define FILTER_BITS 4096

struct engine_ram {
    uint64_t at, size_bytes;
    const unsigned char *host;
    uint64_t *code_pages; /* a bit for each engine page that was ever fetched from */
    uint8_t *plain;       /* of each: what is known of it as code (engine_copies.c) */
};

struct engine_range {
    uint64_t at, size_bytes;
};

/* One of Unicorn's TLBs (an MMU index that EL0 can reach). */
struct engine_tlb {
    uint64_t data[FILTER_BITS / 64];
    uint64_t code[FILTER_BITS / 64];
    bool voids;          /* entries that lead nowhere, see flush_page_now() */
    bool versions;       /* a page changed without IC, and there may be blocks of how it was */
    bool filled;         /* anything at all since the last full flush */
    bool tagged;         /* an entry whose address a TLBI by VA cannot name (bits 63..56) */
    bool flush_all;      /* put off until the view is selected */
    unsigned char count; /* of ranges[] that are put off */
    struct engine_range ranges[ENGINE_MAX_RANGES];
};

/* A lent register and the one that holds it, by encoding. */
struct engine_swap {
    uint16_t lent, holder;
};
#define ENGINE_SWAPS 2

/* A copy of the page at `at` as code of a kind runs; next: 1 + the next slot of its hash, or 0. */
struct engine_slot {
    uint64_t at;
    uint16_t next;
    uint8_t kind;
    bool whole; /* all is swapped that may be, not only what must */
};

/* Who answers a fill: the client, or the engine for its own purposes. */
enum engine_filler {
    FILL_BY_CLIENT,
    FILL_WITH_VOID, /* replaces an entry by one that leads nowhere: a flush of one page */
    FILL_WINDOW     /* identity, no stores: the window of code_changed() */
};

enum engine_reason {
    REASON_NONE,
    REASON_BLOCK,
    REASON_TRAP,
    REASON_OWN /* the engine's: go on after some work, or its own code has ended */
};

/* The system register that stands in, in copies of pages, for what the client's system() carries
 * out: PMCCNTR_EL0, whose access Unicorn checks only when it runs. */
#define ENGINE_STAND_IN UINT32_C(0xdce8)

/* A word of Unicorn's state that depends on the view. */
struct engine_view_word {
    uint32_t *at;
    uint32_t values[ENGINE_VIEWS];
};
#define ENGINE_VIEW_WORDS 4

/* Where in memory Unicorn has the state of its CPU (engine_env.c). */
struct engine_env {
    uint64_t *x; /* X0 to X30, SP */
    uint64_t *pc, *tpidr_el0, *tpidrro_el0;
    uint32_t *n, *z, *c, *v;
    unsigned view_word_count;
    struct engine_view_word view_words[ENGINE_VIEW_WORDS];
};

/* One of Unicorn's TLBs as generated code reads it (engine_tlbs.c): what selects an entry of the
 * address's page, in bytes, and the table. */
struct engine_fast_tlb {
    uint64_t mask;
    const unsigned char *table;
};

struct engine {
    uc_engine *uc;
    void *state;                  /* of its CPU; NULL: not known */
    const struct engine_env *env; /* NULL: not known, ask Unicorn */
    struct engine_env known;
    unsigned char *count_code; /* engine_counts.c; NULL: blocks do not count themselves */
    struct engine_client client;
    struct engine_stats stats;

    /* The PC while nothing runs and in trap(); Unicorn's own copy is older then. */
    uint64_t pc;
    enum engine_reason reason;
    bool exact; /* engine_run_until(): no client block(), and a trap always ends it */
    bool exact_started;
    bool exact_trapped; /* ... it has: whose `until` Unicorn now looks up is another view's */
    bool exact_arrived; /* at `until`, in a page that is not held: its fetch is for the next run */
    uint64_t exact_until;
    bool refused;
    struct engine_refusal refusal;
    bool clear_exclusive; /* before the next instruction */
    char failure[160];
    bool broken;             /* its translator was left in the middle (engine_abort.c) */
    uint64_t code_bytes;     /* translated since the last flush of all, or an estimate */
    uint64_t code_bytes_max; /* then all is flushed (engine_code.c) */
    bool code_dropped;       /* since the last run */
    bool drop_all;           /* before the next run */
    uintptr_t code_first;    /* in the code of the first block of all; 0: not known */
    uintptr_t code_top;      /* in that of the block farthest behind it */

    enum engine_filler filler;
    unsigned view;
    struct engine_natives natives;
    struct engine_tlb tlbs[ENGINE_VIEWS];
    struct engine_fast_tlb *fast_tlbs[ENGINE_VIEWS]; /* NULL: they stay as Unicorn makes them */

    struct engine_ram rams[ENGINE_MAX_RAMS];
    unsigned ram_count;
    unsigned char *own;     /* at ENGINE_OWN_PA */
    unsigned char *origins; /* of slots: the page each was copied from */
    bool is_max;            /* Unicorn's MAX model: pages need a look before they run */
    bool slots_full;        /* the refusal was for want of a slot */
    uint8_t kinds[ENGINE_VIEWS];
    bool lends[ENGINE_KINDS], dc_reads[ENGINE_KINDS];
    struct engine_swap swaps[ENGINE_KINDS][ENGINE_SWAPS];
    unsigned slot_count; /* in use */
    struct engine_slot slots[ENGINE_SLOTS];
    uint16_t slot_heads[ENGINE_SLOT_HEADS]; /* 1 + the first slot of a hash */
};

/* The RAM that holds [at, at + ENGINE_PAGE), or NULL. */
struct engine_ram *engine_ram_of(struct engine *engine, uint64_t at);

/* Writes one of Unicorn's system registers, named as MSR does. */
void engine_write_sysreg(struct engine *engine, unsigned op0, unsigned op1, unsigned crn,
                         unsigned crm, unsigned op2, uint64_t value);

/* Makes Unicorn's state that of view 0 and no natives. */
bool engine_views_init(struct engine *engine, struct err *e);

/* Whether Unicorn would abort on this word. */
bool engine_word_is_deadly(uint32_t word);
/* Where the page at *at runs from in the selected view: itself or its copy. False: no slot left
 * (slots_full). */
bool engine_copy_page(struct engine *engine, const struct engine_ram *ram,
                      const struct engine_page *granted, uint64_t *at);
/* Code of a page (its number in ram) has changed, the window is open: its copies follow, their
 * blocks are dropped. True: it ran as itself, and must not any more. */
bool engine_copies_renew(struct engine *engine, const struct engine_ram *ram, uint64_t page);
/* Forgets all copies, and every translation with them. */
void engine_copies_forget(struct engine *engine);

/* engine_env.c: looks for Unicorn's state in memory, from here on used if all of it is found. */
void engine_env_init(struct engine *engine);
uint32_t engine_env_nzcv(const struct engine_env *env);
void engine_env_set_nzcv(const struct engine_env *env, uint32_t nzcv);
void engine_env_select_view(const struct engine_env *env, unsigned view);

/* Whether that memory is there at all. */
bool engine_can_read(const void *at, size_t size_bytes);

/* engine_tlbs.c: the view was flushed; its TLB may have grown. */
void engine_limit_tlb(struct engine *engine, unsigned view);

/* engine_counts.c */
void engine_counts_destroy(struct engine *engine);

/* engine_host_*.c: what is known of the code that Unicorn generates on this host. */

struct engine_host {
    void *state; /* the first byte of its CPU's state; NULL: not known */
    void *code;  /* where the code of a block is that was just translated */
};
/* Before there is another hook of blocks. Runs the engine's own code. */
struct engine_host engine_host_look(struct engine *engine);
/* Writes the code that counts blocks, which it finds by the first argument of their calls; its
 * size in bytes, 0: unknown. */
size_t engine_host_count_code(unsigned char *at, const struct engine_tally *t, bool has_stores,
                              bool touches_flag, void *hook);
/* What the call that is to return to `caller`, in generated code, calls; 0: not known. */
uintptr_t engine_host_called(const void *caller);
/* Where its first argument is, a pointer, in the code; NULL: not known. */
unsigned char *engine_host_argument(const void *caller);
/* From now on it calls `to`, if that can be reached. Only where it is known what it calls. */
void engine_host_redirect(const void *caller, uintptr_t to);

/* Runs the engine's own code at `at` up to its SVC; while nothing else runs. */
bool engine_run_own(struct engine *engine, uint64_t at);

/* Counts what is translated from now on. */
uc_err engine_code_init(struct engine *engine);
/* The code of the first block that was translated lies there. */
void engine_code_begins(struct engine *engine, const void *code);
/* Before a run: makes room for what it may translate. */
void engine_code_room(struct engine *engine);
/* Within a run: not enough room is left; it must end for engine_code_room(). */
bool engine_code_is_full(const struct engine *engine);

/* A fetch led nowhere: flushes the selected view if such entries are its own doing. */
bool engine_flush_voids(struct engine *engine);

/* Notes that the selected view now holds a translation of `at`. */
void engine_note_fill(struct engine *engine, uint64_t at, bool code);

/* Between these two, Unicorn translates by identity, execute only, for the engine's own purposes.
 */
uint32_t engine_window_open(struct engine *e);
void engine_window_close(struct engine *e, uint32_t pstate);

/*
 * An exit is a WFI to Unicorn: it stops the run only while WFI does not trap. (With nTWI = 0 it
 * comes as a trap of the instruction before.)
 */
void engine_exits_begin(struct engine *engine);
void engine_exits_end(struct engine *engine);

/* Drops the translated blocks of [at, at+size) at virtual addresses of the selected view. */
void engine_drop_blocks(struct engine *engine, uint64_t at, uint64_t size_bytes);

/* engine_abort.c: from now on aborts inside engine_start() come back. */
void engine_catch_aborts(void);
/* Runs Unicorn from pc. False: its translator aborted; the engine must not be used again. */
bool engine_start(struct engine *e, uint64_t pc, uc_err *code);

#endif
