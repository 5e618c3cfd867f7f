#define _POSIX_C_SOURCE 199309L
/* Host time of mmu_translate: TLB hits and four-level misses. Prints a line per case. */
#include "tests/unit/mmu/toy.h"

#include <stdio.h>
#include <time.h>

static double now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

/* Reads `pages` pages in turn; the best of many rounds, since other programs run as well. */
static void measure(const char *name, struct toy *toy, uint64_t base, unsigned pages,
                    unsigned rounds)
{
    struct mmu_access access = {.type = MMU_READ, .el = 1};
    struct mmu_page page;
    struct mmu_fault fault;
    uint64_t failures = 0, misses = mmu_stats(toy->mmu)->misses;
    double best = 1e18;
    for (unsigned r = 0; r < rounds; r++) {
        double start = now_ns();
        for (unsigned p = 0; p < pages; p++) {
            access.va = va(base + ((uint64_t)p << 12));
            failures += !mmu_translate(toy->mmu, &access, &page, &fault);
        }
        double spent = now_ns() - start;
        best = spent < best ? spent : best;
    }
    misses = mmu_stats(toy->mmu)->misses - misses;
    printf("%-28s %7.1f ns  (%.2f misses per call, %llu faults)\n", name, best / pages,
           (double)misses / ((double)rounds * pages), (unsigned long long)failures);
}

static void run(const char *what, unsigned ways, unsigned walk_cache, bool two_stages)
{
    struct toy *toy = toy_create_sized(1024, ways, walk_cache);
    struct toy_tables s1 = toy_stage1_el1(toy);
    char name[64];
    if (two_stages) {
        toy_stage2(toy);
    }
    for (uint64_t at = 0; at < 4096; at++) {
        uint64_t out = TOY_RAM_BASE + (at << 12) % TOY_RAM_SIZE;
        toy_map(toy, &s1, 0x10000000 + (at << 12), out | D_USER, 3);
    }
    toy_map(toy, &s1, 0x40000000, 0x40000000 | D_USER, 2);
    toy_access(toy, 1, MMU_READ, 0x40000000);
    snprintf(name, sizeof name, "%s: hit", what);
    measure(name, toy, 0x10000000, 512, 4000);
    snprintf(name, sizeof name, "%s: miss", what);
    measure(name, toy, 0x10000000, 4096, 300);
    toy_destroy(toy);
}

int main(void)
{
    run("stage 1, 4 ways", 4, 0, false);
    run("stage 1, full", 0, 0, false);
    run("stage 1, walk cache 16", 4, 16, false);
    run("stages 1+2, 4 ways", 4, 0, true);
    run("stages 1+2, walk cache 16", 4, 16, true);
    return 0;
}
