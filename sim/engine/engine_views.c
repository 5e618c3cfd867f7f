/*
 * Views (Unicorn's TLBs), their flushes, and dropping translated code. Each trick here has a probe
 * in tests/integration/engine.
 */
#include "sim/engine/engine_internal.h"

#include <string.h>

#include "cpu-el/fields.h"
#include "sim/base/bits.h"

/* A range of at most this many pages is looked at page by page. */
#define RANGE_MAX_PAGES 512
/* A page costs about 80 ns, a full flush 450 ns and the refills after it. */
#define PAGES_BEFORE_FULL 64

#define SCR_NS BIT(0)
#define SCR_RW BIT(10)

/* PSTATE.M of EL3 with SP_EL3: see engine_window_open(). */
#define PSTATE_EL3H 0xdu

void engine_write_sysreg(struct engine *engine, unsigned op0, unsigned op1, unsigned crn,
                         unsigned crm, unsigned op2, uint64_t value)
{
    uc_arm64_cp_reg reg = {
        .op0 = op0, .op1 = op1, .crn = crn, .crm = crm, .op2 = op2, .val = value};
    BUG_ON(uc_reg_write(engine->uc, UC_ARM64_REG_CP_REG, &reg) != UC_ERR_OK);
}

/*
 * EL0 uses one of three MMU indices: secure, E2H with TGE, or neither. With HCR_EL2.{E2H,TGE} set
 * for good, SCR_EL3 alone chooses: NS = 0; NS = 1 with RW = 0 (then EL2 is AArch32 and E2H does not
 * count); NS = 1 with RW = 1. One write per switch.
 */
static void write_scr(struct engine *e)
{
    static const uint64_t scr[ENGINE_VIEWS] = {SCR_RW, SCR_NS, SCR_NS | SCR_RW};
    engine_write_sysreg(e, 3, 6, 1, 1, 0, scr[e->view]);
}

static uint64_t read_hcr(struct engine *e)
{
    uc_arm64_cp_reg reg = {.op0 = 3, .op1 = 4, .crn = 1, .crm = 1, .op2 = 0};
    BUG_ON(uc_reg_read(e->uc, UC_ARM64_REG_CP_REG, &reg) != UC_ERR_OK);
    return reg.val;
}

/* Where in a saved context HCR_EL2 is: the one word that follows two values of it. 0: not found. */
static size_t find_hcr(const unsigned char *one, const unsigned char *other, size_t size_bytes,
                       uint64_t one_hcr, uint64_t other_hcr)
{
    size_t found = 0;
    for (size_t at = 0; at + sizeof one_hcr <= size_bytes; at += sizeof(uint32_t)) {
        if (memcmp(one + at, &one_hcr, sizeof one_hcr) == 0 &&
            memcmp(other + at, &other_hcr, sizeof other_hcr) == 0) {
            if (found != 0) {
                return 0;
            }
            found = at;
        }
    }
    return found;
}

/*
 * Unicorn's v8.0 models have no E2H bit to write, though their MMU index obeys it. Its saved
 * context is the CPU's state as bytes: put the bit there, restore, and look whether it has come.
 */
static void force_e2h(struct engine *e)
{
    size_t size_bytes = uc_context_size(e->uc);
    uc_context *one = NULL;
    uc_context *other = NULL;
    if (uc_context_alloc(e->uc, &one) == UC_ERR_OK &&
        uc_context_alloc(e->uc, &other) == UC_ERR_OK) {
        uint64_t one_hcr = read_hcr(e);
        uc_context_save(e->uc, one);
        engine_write_sysreg(e, 3, 4, 1, 1, 0, HCR_RW | HCR_TGE | HCR_TVM);
        uint64_t other_hcr = read_hcr(e);
        uc_context_save(e->uc, other);
        size_t at =
            find_hcr((unsigned char *)one, (unsigned char *)other, size_bytes, one_hcr, other_hcr);
        if (at != 0) {
            uint64_t hcr = one_hcr | HCR_E2H;
            memcpy((unsigned char *)one + at, &hcr, sizeof hcr);
            uc_context_restore(e->uc, one);
        }
    }
    uc_context_free(one);
    uc_context_free(other);
}

/* SCTLR_EL1 for views 0 and 1, SCTLR_EL2 for view 2 (E2H and TGE). A raw write: flushes nothing.
 * nTWI, UCI and UCT stay 0: WFI, cache maintenance by VA and CTR_EL0 trap. */
static uint64_t sctlr_of(struct engine_natives natives)
{
    return (natives.daif ? SCTLR_UMA : 0) | (natives.dc_zva ? SCTLR_DZE : 0);
}

static void write_sctlr(struct engine *e)
{
    uint64_t sctlr = sctlr_of(e->natives);
    engine_write_sysreg(e, 3, 0, 1, 0, 0, sctlr);
    engine_write_sysreg(e, 3, 4, 1, 0, 0, sctlr);
}

bool engine_views_init(struct engine *engine, struct err *e)
{
    uint32_t pstate = 0; /* EL0, for ever */
    uc_reg_write(engine->uc, UC_ARM64_REG_PSTATE, &pstate);
    uint64_t hcr = HCR_RW | HCR_E2H | HCR_TGE;
    engine_write_sysreg(engine, 3, 4, 1, 1, 0, hcr);
    if (read_hcr(engine) != hcr) {
        force_e2h(engine);
    }
    if (read_hcr(engine) != hcr) {
        return err_set(e, "this Unicorn cannot give the v8.0 model three views (docs/engine.md)");
    }
    engine_write_sysreg(engine, 3, 4, 14, 1, 0, 0); /* CNTHCTL_EL2: view 2 would read counters */
    write_sctlr(engine);
    write_scr(engine); /* any of these makes Unicorn look at PSTATE again */
    return true;
}

void engine_set_natives(struct engine *engine, struct engine_natives natives)
{
    if (natives.daif != engine->natives.daif || natives.dc_zva != engine->natives.dc_zva) {
        engine->natives = natives;
        write_sctlr(engine);
    }
}

/* WFI at EL0 looks at SCTLR_EL1 in every view. */
void engine_exits_begin(struct engine *engine)
{
    engine_write_sysreg(engine, 3, 0, 1, 0, 0, sctlr_of(engine->natives) | SCTLR_NTWI);
}

void engine_exits_end(struct engine *engine)
{
    engine_write_sysreg(engine, 3, 0, 1, 0, 0, sctlr_of(engine->natives));
}

unsigned engine_view(const struct engine *engine)
{
    return engine->view;
}

/* Filters. */

static unsigned filter_index(uint64_t at)
{
    uint64_t page = at >> ENGINE_PAGE_BITS;
    return (unsigned)((page ^ (page >> 12) ^ (page >> 24)) % FILTER_BITS);
}

static bool filter_has(const uint64_t *filter, uint64_t at)
{
    unsigned i = filter_index(at);
    return bit(filter[i / 64], i % 64);
}

void engine_note_fill(struct engine *engine, uint64_t at, bool code)
{
    struct engine_tlb *tlb = &engine->tlbs[engine->view];
    uint64_t *filter = code ? tlb->code : tlb->data;
    unsigned i = filter_index(at);
    filter[i / 64] |= BIT(i % 64);
    tlb->filled = true;
    tlb->tagged |= sign_extend(at, 56) != at;
}

/* Flushes of the selected view. */

static void flush_all_now(struct engine *e)
{
    struct engine_tlb *tlb = &e->tlbs[e->view];
    tlb->flush_all = false;
    tlb->count = 0;
    if (!tlb->filled) {
        return;
    }
    e->stats.flushes++;
    if (e->view == 1) {
        engine_write_sysreg(e, 1, 4, 8, 7, 4, 0); /* TLBI ALLE1: the index without E2H */
    } else {
        engine_write_sysreg(e, 1, 0, 8, 7, 0, 0); /* TLBI VMALLE1: the secure one, or E2H's */
    }
    *tlb = (struct engine_tlb){.filled = false};
    engine_limit_tlb(e, e->view);
}

/*
 * One page. If it holds no code, a fetch on the engine's own behalf that is answered "executable,
 * nowhere" replaces the entry (a refusal would leave it); jumping there comes back as an error. For
 * one that may, there is TLBI VAE1, but not in view 1, where it would reach the E2H index. False
 * where neither does.
 */
static bool flush_page_now(struct engine *e, uint64_t at)
{
    if (filter_has(e->tlbs[e->view].code, at)) {
        if (e->view == 1) {
            return false;
        }
        engine_write_sysreg(e, 1, 0, 8, 7, 1, at >> 12);
        return true;
    }
    e->filler = FILL_WITH_VOID;
    uc_ctl_remove_cache(e->uc, at, at + 1);
    e->filler = FILL_BY_CLIENT;
    e->tlbs[e->view].voids = true;
    return true;
}

bool engine_flush_voids(struct engine *engine)
{
    bool had = engine->tlbs[engine->view].voids;
    flush_all_now(engine);
    return had;
}

static bool range_is_small(const struct engine_tlb *tlb, struct engine_range range)
{
    return !tlb->tagged && range.size_bytes <= RANGE_MAX_PAGES * ENGINE_PAGE;
}

/* Pages of the range that may be filled. */
static unsigned count_filled(const struct engine_tlb *tlb, struct engine_range range)
{
    unsigned count = 0;
    for (uint64_t at = range.at; at - range.at < range.size_bytes; at += ENGINE_PAGE) {
        count += filter_has(tlb->data, at) || filter_has(tlb->code, at);
    }
    return count;
}

static void flush_range_now(struct engine *e, struct engine_range range)
{
    const struct engine_tlb *tlb = &e->tlbs[e->view];
    if (!range_is_small(tlb, range) || count_filled(tlb, range) > PAGES_BEFORE_FULL) {
        flush_all_now(e);
        return;
    }
    e->stats.flushes++;
    for (uint64_t at = range.at; at - range.at < range.size_bytes; at += ENGINE_PAGE) {
        if ((filter_has(tlb->data, at) || filter_has(tlb->code, at)) && !flush_page_now(e, at)) {
            flush_all_now(e);
            return;
        }
    }
}

void engine_flush_view(struct engine *engine, unsigned view)
{
    BUG_ON(view >= ENGINE_VIEWS);
    if (view == engine->view) {
        flush_all_now(engine);
    } else {
        engine->tlbs[view].flush_all = engine->tlbs[view].filled;
    }
}

void engine_flush_range(struct engine *engine, unsigned view, va_t at, uint64_t size_bytes)
{
    BUG_ON(view >= ENGINE_VIEWS);
    struct engine_tlb *tlb = &engine->tlbs[view];
    struct engine_range range = {align_down(at.v, ENGINE_PAGE), size_bytes};
    bool small = range_is_small(tlb, range);
    if (!tlb->filled || tlb->flush_all || (small && count_filled(tlb, range) == 0)) {
        return;
    }
    if (view == engine->view) {
        flush_range_now(engine, range);
    } else if (!small || tlb->count == ENGINE_MAX_RANGES) {
        tlb->flush_all = true;
    } else {
        tlb->ranges[tlb->count++] = range;
    }
}

void engine_set_view(struct engine *engine, unsigned view)
{
    BUG_ON(view >= ENGINE_VIEWS);
    if (view == engine->view) {
        return;
    }
    engine->view = view;
    if (engine->env != NULL) {
        engine_env_select_view(engine->env, view);
    } else {
        write_scr(engine);
    }
    struct engine_tlb *tlb = &engine->tlbs[view];
    if (tlb->flush_all) {
        flush_all_now(engine);
    }
    while (tlb->count > 0) {
        flush_range_now(engine, tlb->ranges[--tlb->count]);
    }
}

/* Translated code. */

void engine_drop_blocks(struct engine *engine, uint64_t at, uint64_t size_bytes)
{
    uc_ctl_remove_cache(engine->uc, at, at + size_bytes);
    engine->code_dropped = true;
}

/*
 * Unicorn finds blocks through a virtual address of the moment. The window is one that no guest can
 * reach: identity, in the MMU index of EL3, which nothing else ever selects. Its entries never
 * need a flush.
 */
uint32_t engine_window_open(struct engine *e)
{
    uint32_t pstate = 0;
    uc_reg_read(e->uc, UC_ARM64_REG_PSTATE, &pstate);
    uint32_t el3 = pstate | PSTATE_EL3H;
    uc_reg_write(e->uc, UC_ARM64_REG_PSTATE, &el3);
    write_scr(e);
    e->filler = FILL_WINDOW;
    return pstate;
}

void engine_window_close(struct engine *e, uint32_t pstate)
{
    e->filler = FILL_BY_CLIENT;
    uc_reg_write(e->uc, UC_ARM64_REG_PSTATE, &pstate);
    write_scr(e);
}

static bool has_code(const struct engine_ram *ram, uint64_t page)
{
    return bit(ram->code_pages[page / 64], page % 64);
}

/* Drops what [from, to) of ram (in bytes) holds, a run of neighbouring code pages at a time. False:
 * it never held code. */
static bool drop_code(struct engine *e, const struct engine_ram *ram, uint64_t from, uint64_t to)
{
    uint32_t pstate = 0;
    bool is_open = false;
    bool must_flush = false;
    uint64_t last = (to - 1) >> ENGINE_PAGE_BITS;
    for (uint64_t page = from >> ENGINE_PAGE_BITS; page <= last;) {
        if (page % 64 == 0 && ram->code_pages[page / 64] == 0) {
            page += 64;
            continue;
        }
        if (!has_code(ram, page)) {
            page++;
            continue;
        }
        uint64_t end = page + 1;
        while (end <= last && has_code(ram, end)) {
            end++;
        }
        uint64_t start = page * ENGINE_PAGE > from ? page * ENGINE_PAGE : from;
        uint64_t stop = end * ENGINE_PAGE < to ? end * ENGINE_PAGE : to;
        if (!is_open) {
            pstate = engine_window_open(e);
            is_open = true;
        }
        engine_drop_blocks(e, ram->at + start, stop - start);
        for (; page < end; page++) {
            must_flush |= engine_copies_renew(e, ram, page);
        }
    }
    if (is_open) {
        engine_window_close(e, pstate);
    }
    for (unsigned view = 0; must_flush && view < ENGINE_VIEWS; view++) {
        engine_flush_view(e, view);
    }
    return is_open;
}

bool engine_code_changed(struct engine *engine, pa_t at, uint64_t size_bytes)
{
    const struct engine_ram *ram = engine_ram_of(engine, at.v);
    if (ram == NULL || size_bytes == 0) {
        return false;
    }
    uint64_t from = at.v - ram->at;
    uint64_t room = ram->size_bytes - from;
    return drop_code(engine, ram, from, from + (size_bytes < room ? size_bytes : room));
}

/* What a page holds decides whether it may be translated at all (engine_copies.c): pages are asked
 * for again. */
void engine_code_suspect(struct engine *engine)
{
    for (unsigned view = 0; engine->is_max && view < ENGINE_VIEWS; view++) {
        engine_flush_view(engine, view);
    }
}
