#include "kernel/cache.h"

#include "a64.h"
#include "kernel/page.h"

/* CTR_EL0 has the sizes of lines as a logarithm of words. */
static u64 line_bytes(unsigned shift)
{
    return 4UL << (read_sysreg(ctr_el0) >> shift & 0xf);
}

static void fetch_again(const void *page)
{
    u64 line = line_bytes(0);
    dsb(ish);
    for (u64 a = (u64)page; a < (u64)page + PAGE_SIZE; a += line) {
        __asm__ volatile("ic ivau, %0" ::"r"(a) : "memory");
    }
    dsb(ish);
    isb();
}

void cache_page_to_pou(const void *page)
{
    u64 line = line_bytes(16);
    for (u64 a = (u64)page; a < (u64)page + PAGE_SIZE; a += line) {
        __asm__ volatile("dc cvau, %0" ::"r"(a) : "memory");
    }
    fetch_again(page);
}

void cache_page_to_poc(const void *page)
{
    u64 line = line_bytes(16);
    for (u64 a = (u64)page; a < (u64)page + PAGE_SIZE; a += line) {
        __asm__ volatile("dc civac, %0" ::"r"(a) : "memory");
    }
    fetch_again(page);
}
