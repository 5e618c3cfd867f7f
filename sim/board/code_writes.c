/*
 * Stores to code. Unicorn sees a store to translated code only through the address that it runs
 * from; a kernel patches its text, and a loader fills a page, through another. When such code
 * would run anew would then depend on what the engine happens to have translated: on the host, and
 * on where a snapshot was taken. So here a fetch always sees the stores before it, as on a PE whose
 * caches are coherent (the architecture allows that, and asks software for IC all the same):
 *
 * - a page that was fetched from may not be written through another mapping. The first store that
 *   asks is refused; all translations of the page are dropped, and it is a page of data from then
 *   on;
 * - a page that may be written through another mapping, or was since it was last fetched from, may
 *   not be fetched from. The first fetch is refused; all views are emptied, the engine is told what
 *   has changed (most of a page that is patched has not), and it is a page of code from then on.
 *
 * A mapping that may be both written and executed is left to Unicorn. A store that changes the page
 * it runs from is done by hand (fault.c).
 */
#include "sim/board/cpu.h"

#include <stdlib.h>

#include "sim/base/bits.h"
#include "sim/base/err.h"

#define EPOCH_MAX 0xfffffffu

/* Of a page of RAM. */
struct code_page {
    uint32_t is_code : 1;  /* a view or a block may lead to it */
    uint32_t was_code : 1; /* and may have changed since */
    uint32_t is_loose : 1; /* left to Unicorn: see code_leave_to_engine() */
    uint32_t was_left : 1; /* ever, by that or by a mapping; or written by a walk */
    uint32_t granted : 28; /* when a view last let it be written; 0: never */
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

static bool is_left_to_engine(struct code_page *p, const struct mmu_page *page)
{
    bool left = p->is_loose || ((page->prot & PROT_W) && (page->prot & PROT_X));
    p->was_left |= left;
    return left;
}

bool code_follows_stores(const struct machine *m, uint64_t at)
{
    return ram_holds(&m->ram, pa(at), 1) && !page_of(m, at)->was_left;
}

bool code_may_be_fetched(struct machine *m, const struct mmu_page *page)
{
    struct code_page *p = page_of(m, page->pa.v);
    if (!is_left_to_engine(p, page) && (p->was_code || p->granted == m->code_epoch)) {
        return false;
    }
    p->is_code = true;
    return true;
}

bool code_may_be_written(struct machine *m, const struct mmu_page *page)
{
    struct code_page *p = page_of(m, page->pa.v);
    if (is_left_to_engine(p, page)) {
        return true;
    }
    if (p->is_code) {
        return false;
    }
    p->granted = m->code_epoch & EPOCH_MAX;
    return true;
}

void code_empty_views(struct machine *m)
{
    for (unsigned i = 0; i < m->config.cpu_count; i++) {
        view_empty_all(m->cpus[i]);
    }
    if (++m->code_epoch > EPOCH_MAX) { /* a billion later */
        for (uint64_t p = 0; p < m->ram.size_bytes >> ENGINE_PAGE_BITS; p++) {
            m->code_pages[p].granted = 0;
        }
        m->code_epoch = 1;
    }
}

void code_leave_to_engine(struct machine *m, pa_t at)
{
    page_of(m, at.v)->is_loose = page_of(m, at.v)->was_left = true;
}

void code_written_by_walk(struct machine *m, pa_t at)
{
    page_of(m, at.v)->was_left |= page_of(m, at.v)->is_code;
}

void code_fetch_refused(struct machine *m, pa_t at)
{
    struct code_page *p = page_of(m, at.v);
    if (p->granted == m->code_epoch) {
        code_empty_views(m);
    }
    if (p->was_code) { /* no view may write it, nor will one before the fetch */
        p->was_code = false;
        p->is_code = true;
        code_renew(m, pa(align_down(at.v, ENGINE_PAGE)), ENGINE_PAGE);
    }
}

void code_written(struct machine *m, pa_t at, uint64_t size_bytes)
{
    bool was_code = false;
    if (size_bytes == 0 || !ram_holds(&m->ram, at, size_bytes)) {
        return;
    }
    for (uint64_t p = align_down(at.v, ENGINE_PAGE); p < at.v + size_bytes; p += ENGINE_PAGE) {
        if (page_of(m, p)->is_code) {
            page_of(m, p)->is_code = false;
            page_of(m, p)->was_code = true;
            code_changed(m, pa(p), ENGINE_PAGE);
            was_code = true;
        }
    }
    if (was_code) {
        code_empty_views(m);
    }
}
