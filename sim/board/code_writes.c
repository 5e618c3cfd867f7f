/*
 * Stores to code. Unicorn sees a store to translated code only through the address that it runs
 * from; a kernel patches its text, and a loader fills a page, through another. When such code
 * would run anew would then depend on what the engine happens to have translated: on the host, and
 * on where a snapshot was taken. So here a fetch always sees the stores before it, as on a PE whose
 * caches are coherent (the architecture allows that, and asks software for IC all the same):
 *
 * - a page that was fetched from may not be written through another mapping. The first store that
 *   asks is refused; no view holds its code any more, and it is a page of data from then on;
 * - a page that may be written through another mapping, or was since it was last fetched from, may
 *   not be fetched from. The first fetch is refused; no view lets it be written any more, the
 *   engine is told what has changed (most of a page that is patched has not), and it is a page of
 *   code from then on.
 *
 * A mapping that may be both written and executed is left to Unicorn. A store that changes the page
 * it runs from is done by hand (fault.c).
 */
#include "sim/board/cpu.h"

#include <stdlib.h>

#include "sim/base/bits.h"
#include "sim/base/err.h"

#define EPOCH_MAX UINT32_C(0x7fffffff)

/* Where views hold a page since `epoch`: at one address, or at more. */
struct code_alias {
    uint64_t at;
    uint32_t epoch; /* 0: nowhere */
    bool many;
};

/* Of a page of RAM. */
struct code_page {
    bool is_code;                       /* a view or a block may lead to it */
    bool was_code;                      /* and may have changed since */
    bool is_loose;                      /* left to Unicorn: see code_leave_to_engine() */
    bool was_left;                      /* ever, by that or by a mapping; or written by a walk */
    struct code_alias fetched, written; /* where a view lets it be */
};

void code_writes_init(struct machine *m)
{
    m->code_pages = calloc((size_t)(m->ram.size_bytes >> ENGINE_PAGE_BITS), sizeof *m->code_pages);
    BUG_ON(m->code_pages == NULL);
    m->code_epoch = 1;
}

void code_writes_destroy(struct machine *m)
{
    free(m->code_pages);
}

static struct code_page *page_of(const struct machine *m, uint64_t at)
{
    return &m->code_pages[(at - m->ram.base.v) >> ENGINE_PAGE_BITS];
}

/* From now on its code may change unseen. Blocks of it may be known. */
static void leave(struct machine *m, struct code_page *p)
{
    for (unsigned i = 0; !p->was_left && i < m->config.cpu_count; i++) {
        m->cpus[i]->left_many = true;
    }
    p->was_left = true;
}

static bool is_left_to_engine(struct machine *m, struct code_page *p, const struct mmu_page *page)
{
    bool left = p->is_loose || ((page->prot & PROT_W) && (page->prot & PROT_X));
    if (left) {
        leave(m, p);
    }
    return left;
}

bool code_follows_stores(const struct machine *m, uint64_t at)
{
    return ram_holds(&m->ram, pa(at), 1) && !page_of(m, at)->was_left;
}

static void note_alias(const struct machine *m, struct code_alias *alias, va_t at)
{
    uint64_t page = align_down(at.v, ENGINE_PAGE);
    bool held = alias->epoch == m->code_epoch;
    alias->many = held && (alias->many || alias->at != page);
    alias->at = page;
    alias->epoch = m->code_epoch;
}

bool code_may_be_fetched(struct machine *m, const struct mmu_page *page, va_t at)
{
    struct code_page *p = page_of(m, page->pa.v);
    if (!is_left_to_engine(m, p, page) && (p->was_code || p->written.epoch == m->code_epoch)) {
        return false;
    }
    p->is_code = true;
    note_alias(m, &p->fetched, at);
    return true;
}

bool code_may_be_written(struct machine *m, const struct mmu_page *page, va_t at)
{
    struct code_page *p = page_of(m, page->pa.v);
    if (is_left_to_engine(m, p, page)) {
        return true;
    }
    if (p->is_code) {
        return false;
    }
    note_alias(m, &p->written, at);
    return true;
}

void code_empty_views(struct machine *m)
{
    for (unsigned i = 0; i < m->config.cpu_count; i++) {
        view_empty_all(m->cpus[i]);
    }
    if (++m->code_epoch > EPOCH_MAX) { /* a billion later */
        for (uint64_t p = 0; p < m->ram.size_bytes >> ENGINE_PAGE_BITS; p++) {
            m->code_pages[p].fetched.epoch = m->code_pages[p].written.epoch = 0;
        }
        m->code_epoch = 1;
    }
}

/* No view holds the page there. */
static void let_go(struct machine *m, struct code_alias *alias)
{
    if (alias->epoch != m->code_epoch) {
        return;
    }
    if (alias->many) {
        code_empty_views(m);
        return;
    }
    for (unsigned i = 0; i < m->config.cpu_count; i++) {
        for (unsigned view = 0; view < ENGINE_VIEWS; view++) {
            engine_flush_range(m->cpus[i]->engine, view, va(alias->at), ENGINE_PAGE);
        }
    }
    alias->epoch = 0;
}

void code_leave_to_engine(struct machine *m, pa_t at)
{
    struct code_page *p = page_of(m, at.v);
    p->is_loose = true;
    leave(m, p);
}

void code_written_by_walk(struct machine *m, pa_t at)
{
    if (page_of(m, at.v)->is_code) {
        leave(m, page_of(m, at.v));
    }
}

void code_fetch_refused(struct machine *m, pa_t at)
{
    struct code_page *p = page_of(m, at.v);
    let_go(m, &p->written);
    if (p->was_code) { /* no view may write it, nor will one before the fetch */
        p->was_code = false;
        p->is_code = true;
        code_renew(m, pa(align_down(at.v, ENGINE_PAGE)), ENGINE_PAGE);
    }
}

void code_written(struct machine *m, pa_t at, uint64_t size_bytes)
{
    if (size_bytes == 0 || !ram_holds(&m->ram, at, size_bytes)) {
        return;
    }
    for (uint64_t page = align_down(at.v, ENGINE_PAGE); page < at.v + size_bytes;
         page += ENGINE_PAGE) {
        struct code_page *p = page_of(m, page);
        if (p->is_code) {
            p->is_code = false;
            p->was_code = true;
            code_changed(m, pa(page), ENGINE_PAGE);
            let_go(m, &p->fetched);
        }
    }
}
