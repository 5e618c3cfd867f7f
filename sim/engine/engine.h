/*
 * A fast, unprivileged A64 engine: runs instructions of any simulated EL deprivileged, and hands
 * everything sensitive to its client (docs/engine.md). One engine per simulated CPU. The client
 * owns exception levels, system registers, translation and time.
 */
#ifndef EL2SIM_ENGINE_ENGINE_H
#define EL2SIM_ENGINE_ENGINE_H

#include "sim/base/archive.h"
#include "sim/base/err.h"
#include "sim/base/types.h"

enum engine_access { ENGINE_READ, ENGINE_WRITE, ENGINE_FETCH };

/* A page as the client grants it. The engine keeps W xor X per entry itself. */
struct engine_page {
    pa_t pa; /* of the page that holds the address asked for; must be mapped RAM */
    bool readable, writable, executable;
    /* For a fetch: what it holds is what it held when it was last fetched from, but for what
     * engine_code_changed() has told since. */
    bool is_steady;
};

enum engine_trap {
    ENGINE_TRAP_UNDEF, /* privileged or unallocated: pc is on the instruction */
    /* pc is on the SVC (the engine has put it back); or, in code that is lent registers, on any
     * system instruction. */
    ENGINE_TRAP_SVC,
    ENGINE_TRAP_BRK, /* pc is on the BRK */
    /* A misaligned exclusive (the one access whose alignment the engine checks): pc is on it. */
    ENGINE_TRAP_ALIGNMENT
};

/* What the client's trap handler wants next. */
enum engine_next {
    ENGINE_CONTINUE, /* go on at engine_pc(), which the handler may have changed */
    ENGINE_STOP      /* leave engine_run(): state is as the handler left it */
};

struct engine;

/*
 * The client. block() is the hot path: called before each run of a translated block, pc virtual,
 * size in bytes; false stops before it. A client that counts host instructions gives hook() in its
 * place: `core` is not its business, to stop is to call engine_stop_before_block(). The engine then
 * knows no better than the client what runs: before it acts on a block that it does not know, or
 * on any block of an engine_run_until(), hook() must ask engine_owns_block(). fill() is asked for
 * each engine page that is not cached, at moments that are not deterministic; false refuses:
 * engine_run() then returns ENGINE_STOPPED_REFUSED with pc and registers exactly before the
 * instruction. A trapping instruction counts in its block's size, but need not be the last one in
 * it. trap() may call everything but the runs; block() and fill() not engine_pc(), and nothing that
 * changes the engine, but that fill() may flush: a model's TLB that takes the page evicts another
 * one, which must be gone when the instruction goes on. The answer is entered after that, so a
 * flush cannot take it away. system() is optional: asked first where a system instruction traps in
 * code that is lent registers. True: the client has carried it out, the code goes on behind it. A
 * read does not end its block, anything else does; what trap() may do, system() may, but to move
 * the PC. False, and nothing done: trap() follows.
 */
struct engine_client {
    void *ctx;
    bool (*block)(void *ctx, uint64_t pc, uint32_t size_bytes);
    enum engine_next (*trap)(void *ctx, enum engine_trap kind);
    bool (*fill)(void *ctx, va_t at, enum engine_access access, struct engine_page *out);
    void (*hook)(void *core, uint64_t pc, uint32_t size_bytes, void *ctx);
    bool (*system)(void *ctx);
};

enum engine_stop {
    ENGINE_STOPPED_BLOCK,   /* block() said false: pc is the block's first instruction */
    ENGINE_STOPPED_TRAP,    /* trap() said ENGINE_STOP */
    ENGINE_STOPPED_REFUSED, /* fill() refused: see engine_refusal() */
    ENGINE_STOPPED_UNTIL,   /* pc reached `until` */
    ENGINE_STOPPED_FAILED /* the engine itself gave up (its message in engine_failure()): the client
                             ends the run with a report */
};

/* The page and access that fill() refused last. */
struct engine_refusal {
    va_t at;
    enum engine_access access;
};

/* What the engine may do natively though the model could trap it; off by default, the client turns
 * it on where the state allows. */
struct engine_natives {
    bool daif; /* MRS/MSR DAIF, DAIFSet, DAIFClr: PSTATE.DAIF then lives in the engine (engine_daif)
                */
    bool dc_zva; /* DC ZVA */
};

#define ENGINE_VIEWS 3 /* independent translation caches */

/* What a fill is asked for, and granted, at a time: the least that a translation may cover. */
#define ENGINE_PAGE_BITS 12
#define ENGINE_PAGE      (UINT64_C(1) << ENGINE_PAGE_BITS)

/*
 * lse: the modelled CPU has LSE atomics (else the engine's own CPU model makes them UNDEF). NULL
 * with *e on failure.
 */
struct engine *engine_create(bool lse, const struct engine_client *client, struct err *e);
void engine_destroy(struct engine *engine);

/* Before anything runs: registers and views by Unicorn's API alone, never where it keeps them in
 * memory; slower, the same. False: it was so anyway. */
bool engine_use_api(struct engine *engine);

/* Before anything runs: translation caches are made small where they are used, and go elsewhere,
 * until Unicorn resizes one; faster, the same. False: not on this host, or not with this Unicorn.
 */
bool engine_limit_tlbs(struct engine *engine);

/* Maps host memory at a physical address; shared by the engines of a machine. 4 KiB aligned. */
bool engine_map_ram(struct engine *engine, pa_t at, uint64_t size_bytes, void *host, struct err *e);

/* Runs from engine_pc() until something stops it. */
enum engine_stop engine_run(struct engine *engine);

/* Runs from engine_pc() to exactly `until`, which must lie in the straight line of code that starts
 * at pc (no more than one block); block() is not called for it. Slow (about 10 us): for interrupts
 * and traps in mid-block. */
enum engine_stop engine_run_until(struct engine *engine, va_t until);

/* For hook(), and there only: the block at pc does not run, the run ends. */
void engine_stop_before_block(struct engine *engine, uint64_t pc);
/* For hook(), each time, unless it asks engine_owns_block(): a block runs; `caller`: where hook()
 * returns to, by which the engine knows how much code there is. True: too much; hook() is to ask
 * engine_owns_block() about the next block. */
bool engine_block_runs(struct engine *engine, const void *caller);
/* For hook(): the block is the engine's business (its own code, an exact run's, or it must wait
 * until there is room for more code): nothing is to be done about it. Whether it runs, the engine
 * has then decided. `caller`: where hook() returns to. */
bool engine_owns_block(struct engine *engine, uint64_t pc, const void *caller);

/*
 * Blocks that count themselves, for clients with a hook(). Where `*tag` of the client is the
 * block's tag, and `*now` + cycles is below `*horizon`, all a hook() does is: now += cycles,
 * instructions += its own, runs++, current = the block; if it has stores, entry_last_store =
 * last_store, last_store = instructions before it + stores_end; and if it touches the flag,
 * entry_flag = flag, flag = whether flag_bits are among its flags. Of a block that is told to, the
 * engine does that by itself, and calls hook() in all other cases. has_stores and touches_flag are
 * in the call, all else is looked up: a block that comes to have others is other code, which the
 * engine must have been told of.
 */
struct engine_tally {
    /* Offsets in what ctx points at: of 64 bits each, then bytes. */
    size_t tag, now, horizon, instructions, current, last_store, entry_last_store;
    size_t flag, entry_flag;
    struct { /* and in a block: of 64 bits, then of 16 */
        size_t tag, runs, cycles;
        size_t instructions, stores_end, flags;
    } block;
    uint16_t flag_bits;
};
/* False: not on this host, nothing is lost. */
bool engine_count_blocks(struct engine *engine, const struct engine_tally *tally);
/* For hook(): what called it, by the address it returns to, is this block, which stays where it is
 * until engine_drop_all() takes effect. From now on it counts itself, where the engine can. */
void engine_block_counts(struct engine *engine, const void *block, bool has_stores,
                         bool touches_flag, const void *caller);
/* All translated code goes, before anything runs again (38 ms). */
void engine_drop_all(struct engine *engine);

struct engine_refusal engine_refusal(const struct engine *engine);
const char *engine_failure(const struct engine *engine);

uint64_t engine_pc(struct engine *engine);
void engine_set_pc(struct engine *engine, uint64_t pc);
/* n 0..30; 31 is the SP of the code that runs now. */
uint64_t engine_x(struct engine *engine, unsigned n);
void engine_set_x(struct engine *engine, unsigned n, uint64_t value);
void engine_v(struct engine *engine, unsigned n, uint64_t value[2]);
void engine_set_v(struct engine *engine, unsigned n, const uint64_t value[2]);
uint32_t engine_nzcv(struct engine *engine); /* bits 31..28 */
void engine_set_nzcv(struct engine *engine, uint32_t nzcv);
uint8_t engine_daif(struct engine *engine); /* D=8 A=4 I=2 F=1 */
void engine_set_daif(struct engine *engine, uint8_t daif);
uint32_t engine_fpcr(struct engine *engine);
void engine_set_fpcr(struct engine *engine, uint32_t value);
uint32_t engine_fpsr(struct engine *engine);
void engine_set_fpsr(struct engine *engine, uint32_t value);
/* Registers that EL0 code reads and writes natively; the model keeps them here while code runs. */
uint64_t engine_tpidr_el0(struct engine *engine);
void engine_set_tpidr_el0(struct engine *engine, uint64_t value);
uint64_t engine_tpidrro_el0(struct engine *engine);
void engine_set_tpidrro_el0(struct engine *engine, uint64_t value);

void engine_set_natives(struct engine *engine, struct engine_natives natives);

/*
 * Views hold code of one of these kinds. Registers may be lent to a kind, once, before anything
 * runs: there, MRS of the two system registers with these encodings (sysreg_enc) reads the engine's
 * TPIDR_EL0 and TPIDRRO_EL0 without a trap; the client keeps their values there while the view
 * runs. MRS and MSR of TPIDR_EL0 and MRS of TPIDRRO_EL0 themselves trap. Kind 0 is lent nothing.
 * In pages that may not be written by the code they hold, WFE, SEV, SEVL and MRS of PMUSERENR_EL0,
 * which the engine runs by itself elsewhere, and wrong, trap, too.
 * dc_reads: DC CVAC, CVAU and CIVAC read a byte at their address instead of trapping. A client that
 * wants this refuses such a read where it must be asked for, and carries DC out itself.
 */
#define ENGINE_KINDS 3
struct engine_lends {
    uint16_t tpidr_el0, tpidrro_el0;
    bool dc_reads;
};
void engine_lend(struct engine *engine, unsigned kind, struct engine_lends lends);
/* The view, which holds nothing (engine_flush_view), is of this kind from now on; 0 at first. */
void engine_set_kind(struct engine *engine, unsigned view, unsigned kind);

/* Ends an exclusive monitor's reservation (ERET, exception entry), before the next instruction.
 * About 200 ns: only worth it if an exclusive load has run since. */
void engine_clear_exclusive(struct engine *engine);

/* All registers above but TPIDR_EL0 and TPIDRRO_EL0, and the exclusive monitor; while nothing runs.
 */
void engine_archive(struct engine *engine, struct archive *a);

/* Selects the view that translates from now on. Allowed in trap(); takes effect with the next
 * instruction. */
void engine_set_view(struct engine *engine, unsigned view);
unsigned engine_view(const struct engine *engine);

/* Forgets cached translations: of one view, or of a range in it, of whole pages. Lazy for views
 * that are not selected. */
void engine_flush_view(struct engine *engine, unsigned view);
void engine_flush_range(struct engine *engine, unsigned view, va_t at, uint64_t size_bytes);

/* Code in [at, at+size) of physical memory changed: translated blocks of it are dropped. at/size
 * need no alignment. False: the engine has never fetched from there. */
bool engine_code_changed(struct engine *engine, pa_t at, uint64_t size_bytes);
/* IC IALLU: any code may have changed. Translated blocks stay: the client must not let one run
 * before it has seen that memory still says the same, or called engine_code_changed(). */
void engine_code_suspect(struct engine *engine);

struct engine_stats {
    uint64_t hooks; /* calls of block() or hook() */
    uint64_t traps, fills, flushes, exact_stops;
};
const struct engine_stats *engine_stats(const struct engine *engine);

#endif
