/*
 * What walks remember beside the TLB: for stage 1, the last-level table of a VA range; for stage 2,
 * where stage-1 tables lie. Few entries, FIFO, changed by walks and TLBI only.
 */
#ifndef EL2SIM_MMU_WALK_CACHE_H
#define EL2SIM_MMU_WALK_CACHE_H

#include "mmu/context.h"
#include "sim/base/archive.h"

struct walk_cache_entry {
    uint64_t key;   /* input address >> shift */
    uint64_t tag;   /* TAG_* bits; stage 2: the VMID only */
    uint64_t value; /* stage 1: address of the table; stage 2: PA of the page or block */
    uint64_t extra; /* stage 1: hierarchical attributes; stage 2: the leaf descriptor */
    uint8_t shift;  /* log2 of the input range */
    uint8_t level;  /* of the leaf, for faults (stage 2) */
    bool valid;
};

/* More is a slip of the pen: they are looked through one by one. */
#define WALK_CACHE_ENTRIES_MAX 65536

struct walk_cache {
    struct walk_cache_entry *entries;
    unsigned entry_count, next;
};

bool walk_cache_init(struct walk_cache *cache, unsigned entries);
void walk_cache_free(struct walk_cache *cache);

/* The entry that covers `address`, or NULL. shift 0: whatever its size. */
const struct walk_cache_entry *walk_cache_find(const struct walk_cache *cache, uint64_t address,
                                               uint64_t tag, unsigned shift);

/* In place of the oldest. No-op without entries. */
void walk_cache_insert(struct walk_cache *cache, const struct walk_cache_entry *entry);

/* Forgets what overlaps [first, last] with a tag equal under `mask`. */
void walk_cache_drop(struct walk_cache *cache, uint64_t tag, uint64_t mask, uint64_t first,
                     uint64_t last);

/* All of it; left empty when loading what another size had. */
void walk_cache_archive(struct walk_cache *cache, struct archive *a);

#endif
