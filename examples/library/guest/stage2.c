/*
 * A stage-2 mapper: a VM's physical memory in blocks of 2 MiB, split into pages of 4 KiB where one
 * of them must differ (Arm ARM D8.3: 4 KiB granule, VTCR_EL2.SL0 = 1, 39 bits of IPA).
 *
 * A valid entry that changes its size or its output address goes through an invalid one:
 * break-before-make (D8.14.1). Bugs to find, chosen by a define: STAGE2_BUG_BREAK writes the table
 * over the block, STAGE2_BUG_TLBI forgets the invalidation, STAGE2_BUG_SPLIT loses the rest of the
 * block.
 */
#include <stdbool.h>
#include <stdint.h>

#define PAGE  0x1000ull
#define BLOCK 0x200000ull

#define VALID      1ull
#define TABLE      2ull /* level 1 and 2: points to a table; level 3: is a page */
#define NORMAL     (0xfull << 2)
#define S2AP_READ  (1ull << 6)
#define S2AP_WRITE (2ull << 6)
#define SHARED     (3ull << 8)
#define ACCESSED   (1ull << 10)
#define ADDRESS    0x0000fffffffff000ull

#define TABLES 8

static uint64_t level1[512] __attribute__((aligned(4096)));
static uint64_t tables[TABLES][512] __attribute__((aligned(4096)));
static unsigned tables_used;

static uint64_t *new_table(void)
{
    if (tables_used == TABLES) {
        return 0;
    }
    uint64_t *table = tables[tables_used++];
    for (unsigned i = 0; i < 512; i++) {
        table[i] = 0;
    }
    return table;
}

static void barrier(void)
{
    __asm__ volatile("dsb ish\n\tisb" ::: "memory");
}

/* Of one IPA: the stage-2 entry, then all of stage 1 that was combined with it. */
static void invalidate(uint64_t ipa)
{
    barrier();
#ifndef STAGE2_BUG_TLBI
    __asm__ volatile("tlbi ipas2e1is, %0\n\tdsb ish\n\ttlbi vmalle1is" ::"r"(ipa >> 12) : "memory");
#else
    (void)ipa;
#endif
    barrier();
}

void stage2_init(unsigned vmid)
{
    for (unsigned i = 0; i < 512; i++) {
        level1[i] = 0;
    }
    tables_used = 0;
    /* T0SZ = 25, SL0 = 1, inner and outer write-back, inner shareable, 4 KiB, PS = 40 bits. */
    uint64_t vtcr = 25 | 1 << 6 | 1 << 8 | 1 << 10 | 3 << 12 | 2 << 16 | 1u << 31;
    uint64_t vttbr = (uint64_t)vmid << 48 | (uint64_t)level1;
    uint64_t hcr = 1ull << 31 | 1; /* RW, VM */
    __asm__ volatile("msr vtcr_el2, %0\n\tmsr vttbr_el2, %1\n\tmsr hcr_el2, %2" ::"r"(vtcr),
                     "r"(vttbr), "r"(hcr));
    __asm__ volatile("dsb ish\n\ttlbi vmalls12e1is\n\tdsb ish\n\tisb" ::: "memory");
}

static uint64_t *table_of(uint64_t *entry)
{
    return (uint64_t *)(*entry & ADDRESS);
}

static uint64_t *level2_entry(uint64_t ipa)
{
    uint64_t *entry = &level1[ipa >> 30 & 511];
    if (!(*entry & VALID)) {
        *entry = (uint64_t)new_table() | TABLE | VALID;
    }
    return &table_of(entry)[ipa >> 21 & 511];
}

/* Maps a block of 2 MiB, read and write. */
void stage2_map_block(uint64_t ipa, uint64_t pa)
{
    *level2_entry(ipa) =
        (pa & ~(BLOCK - 1)) | ACCESSED | SHARED | S2AP_READ | S2AP_WRITE | NORMAL | VALID;
    barrier();
}

/* A block becomes a table of pages that map the same. */
static uint64_t *split(uint64_t *entry, uint64_t ipa)
{
    uint64_t block = *entry;
    uint64_t *table = new_table();
    for (unsigned i = 0; i < 512; i++) {
#ifdef STAGE2_BUG_SPLIT
        if (i != (ipa >> 12 & 511)) {
            continue;
        }
#endif
        table[i] = (block + i * PAGE) | TABLE;
    }
    barrier();
#ifndef STAGE2_BUG_BREAK
    *(volatile uint64_t *)entry = 0;
    invalidate(ipa & ~(BLOCK - 1));
#endif
    *(volatile uint64_t *)entry = (uint64_t)table | TABLE | VALID;
    barrier();
    return table;
}

/* Takes the right to write a page away, as for tracking what a VM writes. */
bool stage2_write_protect(uint64_t ipa)
{
    uint64_t *entry = level2_entry(ipa);
    if (!(*entry & VALID)) {
        return false;
    }
    uint64_t *table = *entry & TABLE ? table_of(entry) : split(entry, ipa);
    uint64_t *page = &table[ipa >> 12 & 511];
    *(volatile uint64_t *)page = *page & ~S2AP_WRITE;
    invalidate(ipa);
    return true;
}

/* The VM's side, called at EL1. */
uint64_t guest_load(const volatile uint64_t *at)
{
    return *at;
}

void guest_store(volatile uint64_t *at, uint64_t value)
{
    *at = value;
}
