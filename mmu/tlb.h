/*
 * The TLB of one PE: a stated number of entries and ways, exact FIFO replacement per set. An entry
 * holds what both stages made of one page, with the permissions of every EL of its regime.
 *
 * Looking up changes nothing. A set is chosen by the VA above the entry's own size. On the host,
 * entries are found through a hash of (VA, size), so that the geometry costs nothing.
 */
#ifndef EL2SIM_MMU_TLB_H
#define EL2SIM_MMU_TLB_H

#include "mmu/context.h"
#include "sim/base/archive.h"

/* What a walk finds out about one page. Addresses are of its first byte. */
struct translation {
    uint64_t pa, ipa;       /* ipa: what stage 1 gave; equal without stage 2 */
    uint8_t shift;          /* log2 of the size that all stages map linearly */
    uint8_t block_shift;    /* log2 of the stage-1 page or block it is part of, >= shift */
    uint8_t level1, level2; /* of the leaf descriptors, for permission faults */
    uint8_t attr[2], sh[2]; /* of data accesses, and of fetches */
    uint8_t user, priv;     /* stage-1 enum mmu_prot, by privilege; X of priv also with PAN */
    uint8_t priv_pan;       /* of privileged data accesses with PSTATE.PAN */
    uint8_t user2, priv2;   /* stage 2 */
    bool global;            /* not nG: answers for every ASID */
    bool clean1, clean2;    /* writable by DBM, not yet marked dirty: a write must walk */
};

struct tlb_entry {
    struct translation t;
    uint64_t page; /* canonical VA >> t.shift */
    uint64_t tag, tag_mask;
    uint16_t hash_next;
    uint16_t set;
    uint16_t older, newer; /* in its set */
    bool valid;
};

#define TLB_ENTRIES_MAX 0xfff0
#define TLB_SHIFTS      64

struct tlb {
    struct tlb_entry *entries; /* set s owns entries[s * ways .. s * ways + ways - 1] */
    uint16_t *buckets;         /* heads of hash chains */
    uint16_t *oldest, *newest; /* per set */
    unsigned entry_count, ways, set_count;
    unsigned bucket_bits;
    uint64_t shifts_in_use; /* bit n: some entry has shift n */
    uint16_t shift_count[TLB_SHIFTS];
    unsigned splintered_count; /* entries smaller than their stage-1 block */
};

/* ways 0: fully associative. Entries are rounded down to a multiple of ways, at least one set. */
bool tlb_init(struct tlb *tlb, unsigned entries, unsigned ways);
void tlb_free(struct tlb *tlb);

/* The entry that answers for a canonical VA, the smallest if several do; or NULL. */
struct tlb_entry *tlb_find(const struct tlb *tlb, uint64_t address, uint64_t tag);

/* All entries that may be of a page of that size, by hash: the first, and the next one, or NULL. */
struct tlb_entry *tlb_candidates(const struct tlb *tlb, uint64_t address, unsigned shift);
struct tlb_entry *tlb_next_candidate(const struct tlb *tlb, const struct tlb_entry *entry);

/* Where the next entry of this page goes: the oldest of its set, still with what it held. */
struct tlb_entry *tlb_victim(const struct tlb *tlb, uint64_t address, unsigned shift);

/* Puts a translation in the victim's place, which must not be valid. */
void tlb_insert(struct tlb *tlb, struct tlb_entry *victim, uint64_t address, uint64_t tag,
                const struct translation *t);

/* Forgets an entry; its place is the set's next victim. */
void tlb_remove(struct tlb *tlb, struct tlb_entry *entry);

/* Valid entries in their order of age, which is all that lookups and replacement depend on. The TLB
 * that is loaded into must be as tlb_init() made it. */
void tlb_archive(struct tlb *tlb, struct archive *a);

static inline uint64_t tlb_entry_address(const struct tlb_entry *e)
{
    return e->page << e->t.shift;
}

#endif
