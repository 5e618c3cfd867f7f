#define _DEFAULT_SOURCE /* MAP_ANONYMOUS, MAP_NORESERVE, madvise */

#include "sim/base/pages.h"

#include <stdint.h>
#include <sys/mman.h>

void *pages_map(size_t size_bytes)
{
    void *pages = mmap(NULL, size_bytes, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return pages == MAP_FAILED ? NULL : pages;
}

void pages_unmap(void *pages, size_t size_bytes)
{
    if (pages) {
        munmap(pages, size_bytes);
    }
}

/* Of the large pages that lie in a range, those but the first `skip`. A host without them says no,
 * and nothing is lost. */
static void advise(void *at, size_t size_bytes, size_t skip)
{
    uintptr_t first = (uintptr_t)at;
    uintptr_t end = (first + size_bytes) & ~(PAGES_LARGE - 1);
    uintptr_t start = ((first + PAGES_LARGE - 1) & ~(PAGES_LARGE - 1)) + skip * PAGES_LARGE;
    if (start < end) {
        madvise((char *)at + (start - first), end - start, MADV_HUGEPAGE);
    }
}

void pages_large(void *at, size_t size_bytes)
{
    advise(at, size_bytes, 0);
}

void pages_large_later(void *at, size_t size_bytes)
{
    advise(at, size_bytes, 1);
}
