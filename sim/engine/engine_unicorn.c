/* The engine on Unicorn: creation, the three hooks, and running (docs/engine.md). */
#include "sim/engine/engine_internal.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/bits.h"
#include "sim/base/pages.h"

/* Exception numbers that Unicorn hands to its interrupt hook (QEMU's target/arm/cpu.h). */
enum { EXCEPTION_UNDEF = 1, EXCEPTION_SVC = 2, EXCEPTION_DATA_ABORT = 4, EXCEPTION_BKPT = 7 };

/* Physical memory that is never mapped: a fetch from it ends the run with an error of its own. */
#define NOWHERE_PA UINT64_C(0x0000800000000000)

#define A64_CLREX UINT32_C(0xd5033f5f)
#define A64_SVC   UINT32_C(0xd4000001)
#define A64_LDXP  UINT32_C(0xc87f0c02) /* X2, X3, [X0] */
#define A64_SIZE  4

void engine_stop_before_block(struct engine *engine, uint64_t pc)
{
    engine->reason = REASON_BLOCK;
    engine->pc = pc;
    uc_emu_stop(engine->uc);
}

bool engine_block_runs(struct engine *engine, const void *caller)
{
    engine->stats.hooks++;
    if ((uintptr_t)caller <= engine->code_top) {
        return false;
    }
    engine->code_top = (uintptr_t)caller;
    return engine_code_is_full(engine);
}

/* Of an exact run the first block runs; a second one (no straight line after all) does not. */
bool engine_owns_block(struct engine *engine, uint64_t pc, const void *caller)
{
    engine_block_runs(engine, caller);
    if (engine->filler == FILL_WINDOW) {
        return true;
    }
    if (!engine->exact) {
        bool waits = engine_code_is_full(engine);
        if (waits) {
            engine_stop_before_block(engine, pc);
            engine->reason = REASON_OWN;
        }
        return waits;
    }
    if (engine->exact_started) {
        engine_stop_before_block(engine, pc);
    }
    engine->exact_started = true;
    return true;
}

/* For clients without a hook of their own. */
static void on_block(void *core, uint64_t pc, uint32_t size_bytes, void *user)
{
    struct engine *e = user;
    (void)core;
    const void *caller = __builtin_return_address(0);
    if (!engine_owns_block(e, pc, caller) && !e->client.block(e->client.ctx, pc, size_bytes)) {
        engine_stop_before_block(e, pc);
    }
}

static uint64_t read_pc(const struct engine *e)
{
    uint64_t pc = 0;
    if (e->env != NULL) {
        return *e->env->pc;
    }
    uc_reg_read(e->uc, UC_ARM64_REG_PC, &pc);
    return pc;
}

static void on_trap(uc_engine *uc, uint32_t number, void *user)
{
    struct engine *e = user;
    if (e->filler == FILL_WINDOW) { /* the engine's own code ends */
        e->reason = REASON_OWN;
        uc_emu_stop(uc);
        return;
    }
    e->stats.traps++;
    uint64_t pc = read_pc(e);
    enum engine_trap kind = ENGINE_TRAP_UNDEF;
    e->pc = pc;
    if (number == EXCEPTION_SVC) {
        kind = ENGINE_TRAP_SVC;
        e->pc = pc - A64_SIZE;
    } else if (number == EXCEPTION_BKPT) {
        kind = ENGINE_TRAP_BRK;
    } else if (number == EXCEPTION_DATA_ABORT) {
        kind = ENGINE_TRAP_ALIGNMENT;
    }
    enum engine_next next = e->client.trap(e->client.ctx, kind);
    if (next == ENGINE_STOP || e->exact || e->clear_exclusive) {
        e->reason = next == ENGINE_CONTINUE && !e->exact ? REASON_OWN : REASON_TRAP;
        e->exact_trapped = e->exact;
        uc_emu_stop(uc); /* the next run starts at e->pc: no need to write it now */
    } else if (e->env != NULL) {
        *e->env->pc = e->pc;
    } else if (e->pc != pc) { /* makes Unicorn leave its loop and come again */
        uc_reg_write(uc, UC_ARM64_REG_PC, &e->pc);
    }
}

/* Unicorn's hook of MRS and MSR, before it looks whether they trap. Nonzero: it goes on behind. */
static uint32_t on_system(uc_engine *uc, uc_arm64_reg reg, const uc_arm64_cp_reg *cp, void *user)
{
    struct engine *e = user;
    (void)uc, (void)reg;
    uint32_t encoding = cp->op0 << 14 | cp->op1 << 11 | cp->crn << 7 | cp->crm << 3 | cp->op2;
    if (encoding != ENGINE_STAND_IN || e->exact) {
        return 0;
    }
    e->pc = read_pc(e);
    bool done = e->client.system(e->client.ctx);
    e->stats.traps += done;
    return done;
}

static bool permits(const struct engine_page *page, enum engine_access access)
{
    switch (access) {
    case ENGINE_READ:
        return page->readable;
    case ENGINE_WRITE:
        return page->writable;
    case ENGINE_FETCH:
        return page->executable;
    }
    return false;
}

static bool grant_fetch(struct engine *e, struct engine_ram *ram, uc_tlb_entry *out,
                        const struct engine_page *granted)
{
    uint64_t at = out->paddr;
    uint64_t page = (at - ram->at) >> ENGINE_PAGE_BITS;
    ram->code_pages[page / 64] |= BIT(page % 64);
    if (!engine_copy_page(e, ram, granted, &out->paddr)) {
        return false;
    }
    /* Data is not read from a copy. */
    out->perms = UC_PROT_EXEC | (granted->readable && out->paddr == at ? UC_PROT_READ : 0u);
    return true;
}

/*
 * An exact run has come to the page that begins with `until`: nobody has fetched that yet, and the
 * block before it has ended by itself. In the midst of a page the block before holds the exit:
 * Unicorn must meet it, to drop that block.
 */
static bool arrives_at_page(const struct engine *e, uint64_t at)
{
    return e->exact && at == e->exact_until && read_pc(e) == at;
}

static bool on_fill(uc_engine *uc, uint64_t at, uc_mem_type type, uc_tlb_entry *out, void *user)
{
    struct engine *e = user;
    (void)uc;
    if (e->filler != FILL_BY_CLIENT) {
        out->paddr = e->filler == FILL_WINDOW ? bits(at, 47, 0) : NOWHERE_PA;
        out->perms = type == UC_MEM_READ ? UC_PROT_READ : UC_PROT_EXEC;
        return true;
    }
    if (e->exact_trapped) { /* nothing of it has run */
        return false;
    }
    if (type == UC_MEM_FETCH && arrives_at_page(e, at)) {
        e->exact_arrived = true;
        return false;
    }
    e->stats.fills++;
    enum engine_access access = type == UC_MEM_FETCH   ? ENGINE_FETCH
                                : type == UC_MEM_WRITE ? ENGINE_WRITE
                                                       : ENGINE_READ;
    struct engine_page page = {.pa = {0}};
    struct engine_ram *ram = NULL;
    if (!e->client.fill(e->client.ctx, va(at), access, &page) || !permits(&page, access) ||
        (ram = engine_ram_of(e, page.pa.v)) == NULL) {
        e->refused = true;
        e->refusal = (struct engine_refusal){va(at), access};
        return false;
    }
    out->paddr = align_down(page.pa.v, ENGINE_PAGE);
    /* W xor X: else every store to a page that once held code takes the slow path, and stores
     * through it would not be told from code changes. */
    if (access == ENGINE_FETCH) {
        if (!grant_fetch(e, ram, out, &page)) {
            return false;
        }
    } else {
        out->perms = (page.readable ? UC_PROT_READ : 0u) | (page.writable ? UC_PROT_WRITE : 0u);
    }
    engine_note_fill(e, at, access == ENGINE_FETCH);
    return true;
}

static bool uc_ok(uc_err code, const char *what, struct err *e)
{
    return code == UC_ERR_OK || err_set(e, "Unicorn: %s: %s", what, uc_strerror(code));
}

/*
 * Unicorn's ARM64 has pages of 1 KiB, as the oldest ARMs had: four times the fills, and blocks that
 * end, and are looked up, at four times as many places. The size can be asked for, but 2.1.1 lets
 * only ARM ask, which an engine is for as long as its first word says so; and takes it for twice
 * what it is.
 */
static void ask_for_pages(uc_engine *uc, uint32_t size_bytes)
{
    unsigned *arch = (unsigned *)(void *)uc;
    if (uc_ctl_set_page_size(uc, size_bytes) != UC_ERR_OK && *arch == UC_ARCH_ARM64) {
        *arch = UC_ARCH_ARM;
        uc_ctl_set_page_size(uc, size_bytes);
        *arch = UC_ARCH_ARM64;
    }
}

/* Opens Unicorn with pages of ENGINE_PAGE. */
static bool open_unicorn(struct engine *engine, bool lse, struct err *e)
{
    int model = lse ? UC_CPU_ARM64_MAX : UC_CPU_ARM64_A57;
    for (uint32_t ask = ENGINE_PAGE / 2; ask <= ENGINE_PAGE; ask *= 2) {
        size_t got = 0;
        if (!uc_ok(uc_open(UC_ARCH_ARM64, UC_MODE_ARM, &engine->uc), "open", e)) {
            return false;
        }
        ask_for_pages(engine->uc, ask);
        if (!uc_ok(uc_ctl_set_cpu_model(engine->uc, model), "CPU model", e) ||
            !uc_ok(engine_code_init(engine), "translation hook", e) ||
            !uc_ok(uc_query(engine->uc, UC_QUERY_PAGE_SIZE, &got), "page size", e)) {
            return false;
        }
        if (got == ENGINE_PAGE) {
            return true;
        }
        uc_close(engine->uc);
        engine->uc = NULL;
    }
    return err_set(e, "this Unicorn cannot be given pages of 4 KiB (docs/engine.md)");
}

static bool setup(struct engine *engine, bool lse, struct err *e)
{
    uc_hook hook;
    if (!open_unicorn(engine, lse, e) ||
        !uc_ok(uc_ctl_tlb_mode(engine->uc, UC_TLB_VIRTUAL), "virtual TLB", e) ||
        !uc_ok(
            uc_hook_add(engine->uc, &hook, UC_HOOK_INTR, (void *)(uintptr_t)on_trap, engine, 1, 0),
            "trap hook", e) ||
        !uc_ok(uc_hook_add(engine->uc, &hook, UC_HOOK_TLB_FILL, (void *)(uintptr_t)on_fill, engine,
                           1, 0),
               "fill hook", e)) {
        return false;
    }
    if (engine->client.system != NULL &&
        (!uc_ok(uc_hook_add(engine->uc, &hook, UC_HOOK_INSN, (void *)(uintptr_t)on_system, engine,
                            1, 0, UC_ARM64_INS_MRS),
                "MRS hook", e) ||
         !uc_ok(uc_hook_add(engine->uc, &hook, UC_HOOK_INSN, (void *)(uintptr_t)on_system, engine,
                            1, 0, UC_ARM64_INS_MSR),
                "MSR hook", e))) {
        return false;
    }
    /* An empty set of exits rather than until = 0, which would stop code at address 0. */
    uint64_t none = 0;
    return uc_ok(uc_ctl_exits_enable(engine->uc), "exits", e) &&
           uc_ok(uc_ctl_set_exits(engine->uc, &none, 0), "no exits", e);
}

/* From here on each block is the client's. */
static bool hook_blocks(struct engine *engine, struct err *e)
{
    bool hooked = engine->client.hook != NULL;
    uintptr_t block_hook = (uintptr_t)(hooked ? engine->client.hook : on_block);
    uc_hook hook;
    return uc_ok(uc_hook_add(engine->uc, &hook, UC_HOOK_BLOCK, (void *)block_hook,
                             hooked ? engine->client.ctx : engine, 1, 0),
                 "block hook", e);
}

static bool map_own(struct engine *engine, struct err *e)
{
    static const uint32_t code[] = {A64_CLREX, A64_SVC, A64_LDXP, A64_SVC};
    engine->own = pages_map(ENGINE_OWN_BYTES);
    engine->origins = pages_map(ENGINE_ORIGINS_BYTES);
    if (engine->own == NULL || engine->origins == NULL) {
        return err_set(e, "no memory for the engine");
    }
    pages_large_later(engine->own, ENGINE_OWN_BYTES);
    pages_large_later(engine->origins, ENGINE_ORIGINS_BYTES);
    memcpy(engine->own, code, sizeof code);
    return uc_ok(
        uc_mem_map_ptr(engine->uc, ENGINE_OWN_PA, ENGINE_OWN_BYTES, UC_PROT_ALL, engine->own),
        "map own memory", e);
}

struct engine *engine_create(bool lse, const struct engine_client *client, struct err *e)
{
    struct engine *engine = calloc(1, sizeof *engine);
    if (engine == NULL) {
        err_set(e, "no memory for the engine");
        return NULL;
    }
    engine_catch_aborts();
    engine->client = *client;
    engine->is_max = lse;
    bool done = setup(engine, lse, e) && map_own(engine, e) && engine_views_init(engine, e);
    if (done) {
        engine_env_init(engine);
    }
    if (!done || !hook_blocks(engine, e)) {
        engine_destroy(engine);
        return NULL;
    }
    return engine;
}

void engine_destroy(struct engine *engine)
{
    if (engine == NULL) {
        return;
    }
    if (engine->uc != NULL && !engine->broken) { /* a broken one is left alone: it may not close */
        uc_close(engine->uc);
    }
    for (unsigned i = 0; i < engine->ram_count; i++) {
        free(engine->rams[i].code_pages);
        free(engine->rams[i].plain);
    }
    engine_counts_destroy(engine);
    pages_unmap(engine->own, ENGINE_OWN_BYTES);
    pages_unmap(engine->origins, ENGINE_ORIGINS_BYTES);
    free(engine);
}

bool engine_map_ram(struct engine *engine, pa_t at, uint64_t size_bytes, void *host, struct err *e)
{
    if (engine->ram_count == ENGINE_MAX_RAMS) {
        return err_set(e, "more than %d RAMs", ENGINE_MAX_RAMS);
    }
    struct engine_ram *ram = &engine->rams[engine->ram_count];
    ram->at = at.v;
    ram->size_bytes = size_bytes;
    ram->host = host;
    size_t words = (size_t)(size_bytes / ENGINE_PAGE + 63) / 64;
    ram->code_pages = calloc(words, sizeof(uint64_t));
    ram->plain = calloc((size_t)(size_bytes / ENGINE_PAGE), sizeof *ram->plain);
    engine->ram_count++;
    if (ram->code_pages == NULL || ram->plain == NULL) {
        return err_set(e, "no memory for the engine");
    }
    return uc_ok(uc_mem_map_ptr(engine->uc, at.v, size_bytes, UC_PROT_ALL, host), "map RAM", e);
}

struct engine_ram *engine_ram_of(struct engine *engine, uint64_t at)
{
    for (unsigned i = 0; i < engine->ram_count; i++) {
        struct engine_ram *ram = &engine->rams[i];
        if (at - ram->at < ram->size_bytes) {
            return ram;
        }
    }
    return NULL;
}

static enum engine_stop failed(struct engine *e, uc_err code)
{
    e->pc = read_pc(e);
    snprintf(e->failure, sizeof e->failure, "engine: %s at pc 0x%016" PRIx64,
             code == UC_ERR_OK ? "stopped by itself" : uc_strerror(code), e->pc);
    return ENGINE_STOPPED_FAILED;
}

bool engine_run_own(struct engine *engine, uint64_t at)
{
    uint32_t pstate = engine_window_open(engine);
    engine->reason = REASON_NONE;
    uc_err code = uc_emu_start(engine->uc, at, 0, 0, 0);
    engine_window_close(engine, pstate);
    return code == UC_ERR_OK && engine->reason == REASON_OWN;
}

/*
 * Unicorn has no way to end a reservation but a CLREX. Not from within a hook: a run inside a run
 * would end the outer one.
 */
static void clear_exclusive_now(struct engine *e)
{
    e->clear_exclusive = false;
    bool done = engine_run_own(e, ENGINE_OWN_VA);
    BUG_ON(!done);
}

/* The engine stopped the run for itself: the same again, from where it is. */
static enum engine_stop again(struct engine *e)
{
    e->pc = read_pc(e);
    e->reason = REASON_OWN;
    return ENGINE_STOPPED_UNTIL;
}

static enum engine_stop run_once(struct engine *e)
{
    e->reason = REASON_NONE;
    e->refused = false;
    e->slots_full = false;
    uc_err code;
    if (!engine_start(e, e->pc, &code)) {
        snprintf(e->failure, sizeof e->failure,
                 "the translator gave up near pc 0x%016" PRIx64
                 ", on unallocated half-precision words at a misaligned PC (docs/engine.md)",
                 e->pc);
        return ENGINE_STOPPED_FAILED;
    }
    if (e->exact_trapped) { /* whatever came after that */
        return ENGINE_STOPPED_TRAP;
    }
    if (code == UC_ERR_EXCEPTION && e->exact_arrived) {
        return ENGINE_STOPPED_UNTIL;
    }
    if (code == UC_ERR_EXCEPTION && e->slots_full) {
        engine_copies_forget(e);
        return again(e);
    }
    if (code == UC_ERR_EXCEPTION && e->refused) {
        e->pc = read_pc(e);
        return ENGINE_STOPPED_REFUSED;
    }
    if (code == UC_ERR_FETCH_UNMAPPED && engine_flush_voids(e)) {
        return again(e);
    }
    if (code != UC_ERR_OK) {
        return failed(e, code);
    }
    switch (e->reason) {
    case REASON_BLOCK:
        return ENGINE_STOPPED_BLOCK;
    case REASON_TRAP:
        return ENGINE_STOPPED_TRAP;
    case REASON_NONE:
    case REASON_OWN:
        break;
    }
    return ENGINE_STOPPED_UNTIL; /* an exit, or a WFI while it does not trap */
}

enum engine_stop engine_run(struct engine *engine)
{
    enum engine_stop stop;
    do {
        engine_code_room(engine);
        if (engine->clear_exclusive) {
            clear_exclusive_now(engine);
        }
        stop = run_once(engine);
    } while (stop == ENGINE_STOPPED_UNTIL && engine->reason == REASON_OWN);
    return stop == ENGINE_STOPPED_UNTIL ? failed(engine, UC_ERR_OK) : stop;
}

/* What an exact run that nothing else stopped has come to. */
static enum engine_stop after_exact(struct engine *e, uint64_t until)
{
    e->pc = read_pc(e);
    if (e->pc == until) {
        return ENGINE_STOPPED_UNTIL;
    }
    /* A WFI, which does not trap now: put it back. */
    e->pc -= A64_SIZE;
    e->stats.traps++;
    e->client.trap(e->client.ctx, ENGINE_TRAP_UNDEF);
    return ENGINE_STOPPED_TRAP;
}

enum engine_stop engine_run_until(struct engine *engine, va_t until)
{
    struct engine *e = engine;
    if (e->pc == until.v) {
        return ENGINE_STOPPED_UNTIL;
    }
    if (e->clear_exclusive) {
        clear_exclusive_now(e);
    }
    e->stats.exact_stops++;
    engine_code_room(e);
    /* A block that is translated already runs past an exit. */
    engine_drop_blocks(e, e->pc, 1);
    if (e->tlbs[e->view].versions) { /* it may have been another version's */
        engine_flush_view(e, e->view);
        engine_drop_blocks(e, e->pc, 1);
    }
    uc_ctl_set_exits(e->uc, &until.v, 1);
    engine_exits_begin(e);
    e->exact = true;
    e->exact_started = false;
    e->exact_until = until.v;
    enum engine_stop stop;
    do {
        stop = run_once(e);
    } while (stop == ENGINE_STOPPED_UNTIL && e->reason == REASON_OWN);
    if (stop == ENGINE_STOPPED_UNTIL) {
        stop = after_exact(e, until.v);
    }
    e->exact = false;
    engine_exits_end(e);
    uc_ctl_set_exits(e->uc, &until.v, 0);
    /* Unicorn drops the block before an exit, not one that begins at it. There is one if the run
     * has come there by a fetch; else to look for it would be a fetch that the guest has not made,
     * and after a trap the address may mean something else. */
    if (e->pc == until.v && !e->exact_trapped && !e->exact_arrived) {
        engine_drop_blocks(e, until.v, 1);
    }
    e->exact_trapped = false;
    e->exact_arrived = false;
    if (stop == ENGINE_STOPPED_BLOCK && e->pc == until.v) {
        return ENGINE_STOPPED_UNTIL;
    }
    return stop;
}

void engine_clear_exclusive(struct engine *engine)
{
    engine->clear_exclusive = true;
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
