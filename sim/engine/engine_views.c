/*
 * Views (Unicorn's TLBs), their flushes, and dropping translated code. Each trick here has a probe
 * in tests/integration/engine.
 */
#include "sim/engine/engine_internal.h"

#include "sim/base/bits.h"

/* A range of at most this many pages is looked at page by page. */
#define RANGE_MAX_PAGES 64
/* A page costs about 80 ns, a full flush 450 ns and the refills after it. */
#define PAGES_BEFORE_FULL 8

#define SCTLR_UMA  BIT(9)
#define SCTLR_DZE  BIT(14)
#define SCTLR_NTWI BIT(16)
#define SCR_NS     BIT(0)
#define SCR_RW     BIT(10)
#define HCR_TGE    BIT(27)
#define HCR_RW     BIT(31)
#define HCR_E2H    BIT(34)

/* PSTATE.M of EL3 with SP_EL3: see engine_window_open(). */
#define PSTATE_EL3H 0xdu

void engine_write_sysreg(struct engine *engine, unsigned op0, unsigned op1, unsigned crn,
                         unsigned crm, unsigned op2, uint64_t value)
{
    uc_arm64_cp_reg reg = {
        .op0 = op0, .op1 = op1, .crn = crn, .crm = crm, .op2 = op2, .val = value};
    BUG_ON(uc_reg_write(engine->uc, UC_ARM64_REG_CP_REG, &reg) != UC_ERR_OK);
}

static void write_scr(struct engine *e, bool ns)
{
    engine_write_sysreg(e, 3, 6, 1, 1, 0, SCR_RW | (ns ? SCR_NS : 0));
    e->scr_ns = ns;
}

static void write_hcr(struct engine *e, bool e2h)
{
    engine_write_sysreg(e, 3, 4, 1, 1, 0, HCR_RW | (e2h ? HCR_E2H | HCR_TGE : 0));
    e->hcr_e2h = e2h;
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

void engine_views_init(struct engine *engine)
{
    uint32_t pstate = 0; /* EL0, for ever */
    uc_reg_write(engine->uc, UC_ARM64_REG_PSTATE, &pstate);
    write_scr(engine, false);
    write_hcr(engine, false);
    write_sctlr(engine); /* any of these makes Unicorn look at PSTATE again */
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
    engine_write_sysreg(e, 1, 0, 8, 7, 0, 0); /* TLBI VMALLE1: this MMU index only */
    *tlb = (struct engine_tlb){.filled = false};
}

/*
 * One page. TLBI VAE1 names 4 KiB but drops only the first KiB of it. For another one that holds
 * no code, a fetch that is answered "no permission" replaces the entry. False where neither does.
 */
static bool flush_page_now(struct engine *e, uint64_t at)
{
    const struct engine_tlb *tlb = &e->tlbs[e->view];
    if ((at & 0xfff) == 0) {
        engine_write_sysreg(e, 1, 0, 8, 7, 1, at >> 12);
        return true;
    }
    if (filter_has(tlb->code, at)) {
        return false;
    }
    e->filler = FILL_WITH_NOTHING;
    uc_ctl_remove_cache(e->uc, at, at);
    e->filler = FILL_BY_CLIENT;
    return true;
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
    if (engine->scr_ns != (view != 0)) {
        write_scr(engine, view != 0);
    }
    if (view != 0 && engine->hcr_e2h != (view == 2)) { /* in view 0 HCR_EL2 has no effect */
        write_hcr(engine, view == 2);
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
    write_scr(e, e->scr_ns);
    e->filler = FILL_WINDOW;
    return pstate;
}

void engine_window_close(struct engine *e, uint32_t pstate)
{
    e->filler = FILL_BY_CLIENT;
    uc_reg_write(e->uc, UC_ARM64_REG_PSTATE, &pstate);
    write_scr(e, e->scr_ns);
}

static bool has_code(const struct engine_ram *ram, uint64_t page)
{
    return bit(ram->code_pages[page / 64], page % 64);
}

/* Drops what [from, to) (page numbers in ram) holds, a run of neighbouring code pages at a time. */
static void drop_code(struct engine *e, const struct engine_ram *ram, uint64_t from, uint64_t to)
{
    uint32_t pstate = 0;
    bool is_open = false;
    for (uint64_t page = from; page < to;) {
        if (page % 64 == 0 && ram->code_pages[page / 64] == 0) {
            page += 64;
            continue;
        }
        if (!has_code(ram, page)) {
            page++;
            continue;
        }
        uint64_t end = page + 1;
        while (end < to && has_code(ram, end)) {
            end++;
        }
        if (!is_open) {
            pstate = engine_window_open(e);
            is_open = true;
        }
        engine_drop_blocks(e, ram->at + page * ENGINE_PAGE, (end - page) * ENGINE_PAGE);
        page = end;
    }
    if (is_open) {
        engine_window_close(e, pstate);
    }
}

void engine_code_changed(struct engine *engine, pa_t at, uint64_t size_bytes)
{
    const struct engine_ram *ram = engine_ram_of(engine, at.v);
    if (ram == NULL || size_bytes == 0) {
        return;
    }
    uint64_t last = at.v - ram->at + size_bytes - 1;
    last = last < ram->size_bytes ? last : ram->size_bytes - 1;
    drop_code(engine, ram, (at.v - ram->at) >> ENGINE_PAGE_BITS, (last >> ENGINE_PAGE_BITS) + 1);
}

void engine_code_changed_all(struct engine *engine)
{
    for (unsigned i = 0; i < engine->ram_count; i++) {
        const struct engine_ram *ram = &engine->rams[i];
        drop_code(engine, ram, 0, ram->size_bytes >> ENGINE_PAGE_BITS);
    }
}
