#include "mmu/tlb.h"

#include <stdlib.h>

#define NONE UINT16_MAX

bool tlb_init(struct tlb *tlb, unsigned entries, unsigned ways)
{
    if (entries == 0) {
        entries = 1;
    }
    if (entries > TLB_ENTRIES_MAX) {
        entries = TLB_ENTRIES_MAX;
    }
    if (ways == 0 || ways > entries) {
        ways = entries;
    }
    *tlb = (struct tlb){.ways = ways, .set_count = entries / ways};
    tlb->entry_count = tlb->set_count * ways;
    tlb->bucket_bits = 4;
    while ((1U << tlb->bucket_bits) < 2 * tlb->entry_count) {
        tlb->bucket_bits++;
    }
    size_t bucket_count = (size_t)1 << tlb->bucket_bits;
    tlb->entries = calloc(tlb->entry_count, sizeof *tlb->entries);
    tlb->buckets = malloc(bucket_count * sizeof *tlb->buckets);
    tlb->oldest = malloc(tlb->set_count * sizeof *tlb->oldest);
    tlb->newest = malloc(tlb->set_count * sizeof *tlb->newest);
    if (!tlb->entries || !tlb->buckets || !tlb->oldest || !tlb->newest) {
        tlb_free(tlb);
        return false;
    }
    for (size_t i = 0; i < bucket_count; i++) {
        tlb->buckets[i] = NONE;
    }
    for (unsigned i = 0; i < tlb->entry_count; i++) {
        struct tlb_entry *e = &tlb->entries[i];
        unsigned way = i % ways;
        e->set = (uint16_t)(i / ways);
        e->older = way == 0 ? NONE : (uint16_t)(i - 1);
        e->newer = way == ways - 1 ? NONE : (uint16_t)(i + 1);
    }
    for (unsigned set = 0; set < tlb->set_count; set++) {
        tlb->oldest[set] = (uint16_t)(set * ways);
        tlb->newest[set] = (uint16_t)(set * ways + ways - 1);
    }
    return true;
}

void tlb_free(struct tlb *tlb)
{
    free(tlb->entries);
    free(tlb->buckets);
    free(tlb->oldest);
    free(tlb->newest);
    *tlb = (struct tlb){0};
}

static uint16_t *bucket_of(const struct tlb *tlb, uint64_t page, unsigned shift)
{
    /* Fibonacci hashing; adjacent pages go to different buckets. */
    uint64_t hash = (page + ((uint64_t)shift << 40)) * UINT64_C(0x9e3779b97f4a7c15);
    return &tlb->buckets[hash >> (64 - tlb->bucket_bits)];
}

struct tlb_entry *tlb_find(const struct tlb *tlb, uint64_t address, uint64_t tag)
{
    for (uint64_t shifts = tlb->shifts_in_use; shifts; shifts &= shifts - 1) {
        unsigned shift = (unsigned)__builtin_ctzll(shifts);
        uint64_t page = address >> shift;
        for (uint16_t i = *bucket_of(tlb, page, shift); i != NONE;) {
            struct tlb_entry *e = &tlb->entries[i];
            if (e->page == page && e->t.shift == shift && ((e->tag ^ tag) & e->tag_mask) == 0) {
                return e;
            }
            i = e->hash_next;
        }
    }
    return NULL;
}

struct tlb_entry *tlb_candidates(const struct tlb *tlb, uint64_t address, unsigned shift)
{
    uint16_t i = *bucket_of(tlb, address >> shift, shift);
    return i == NONE ? NULL : &tlb->entries[i];
}

struct tlb_entry *tlb_next_candidate(const struct tlb *tlb, const struct tlb_entry *entry)
{
    return entry->hash_next == NONE ? NULL : &tlb->entries[entry->hash_next];
}

struct tlb_entry *tlb_victim(const struct tlb *tlb, uint64_t address, unsigned shift)
{
    return &tlb->entries[tlb->oldest[(address >> shift) % tlb->set_count]];
}

static void unlink_age(struct tlb *tlb, struct tlb_entry *e)
{
    if (e->older == NONE) {
        tlb->oldest[e->set] = e->newer;
    } else {
        tlb->entries[e->older].newer = e->newer;
    }
    if (e->newer == NONE) {
        tlb->newest[e->set] = e->older;
    } else {
        tlb->entries[e->newer].older = e->older;
    }
}

static void link_newest(struct tlb *tlb, struct tlb_entry *e)
{
    uint16_t i = (uint16_t)(e - tlb->entries);
    e->older = tlb->newest[e->set];
    e->newer = NONE;
    if (e->older == NONE) {
        tlb->oldest[e->set] = i;
    } else {
        tlb->entries[e->older].newer = i;
    }
    tlb->newest[e->set] = i;
}

static void link_oldest(struct tlb *tlb, struct tlb_entry *e)
{
    uint16_t i = (uint16_t)(e - tlb->entries);
    e->newer = tlb->oldest[e->set];
    e->older = NONE;
    if (e->newer == NONE) {
        tlb->newest[e->set] = i;
    } else {
        tlb->entries[e->newer].older = i;
    }
    tlb->oldest[e->set] = i;
}

void tlb_insert(struct tlb *tlb, struct tlb_entry *victim, uint64_t address, uint64_t tag,
                const struct translation *t)
{
    victim->t = *t;
    victim->page = address >> t->shift;
    victim->tag = tag;
    victim->tag_mask = t->global ? ~TAG_ASID : ~UINT64_C(0);
    victim->valid = true;
    uint16_t *bucket = bucket_of(tlb, victim->page, t->shift);
    victim->hash_next = *bucket;
    *bucket = (uint16_t)(victim - tlb->entries);
    if (tlb->shift_count[t->shift]++ == 0) {
        tlb->shifts_in_use |= BIT(t->shift);
    }
    tlb->splintered_count += t->block_shift > t->shift;
    unlink_age(tlb, victim);
    link_newest(tlb, victim);
}

void tlb_remove(struct tlb *tlb, struct tlb_entry *entry)
{
    uint16_t i = (uint16_t)(entry - tlb->entries);
    uint16_t *link = bucket_of(tlb, entry->page, entry->t.shift);
    while (*link != i) {
        link = &tlb->entries[*link].hash_next;
    }
    *link = entry->hash_next;
    if (--tlb->shift_count[entry->t.shift] == 0) {
        tlb->shifts_in_use &= ~BIT(entry->t.shift);
    }
    tlb->splintered_count -= entry->t.block_shift > entry->t.shift;
    entry->valid = false;
    unlink_age(tlb, entry);
    link_oldest(tlb, entry);
}

/* Limits that the rest of the MMU relies on. */
static void check_entry(uint64_t tag, const struct translation *t, struct archive *a)
{
    if (t->shift < 10 || t->shift >= TLB_SHIFTS || t->block_shift >= TLB_SHIFTS || t->level1 > 3 ||
        t->level2 > 3 || (tag & TAG_REGIME) >> TAG_REGIME_SHIFT >= REGIME_COUNT) {
        archive_refuse(a, "an entry of the TLB cannot be");
    }
}

static void archive_entry(uint64_t *address, uint64_t *tag, struct translation *t,
                          struct archive *a)
{
    archive_u64(a, address);
    archive_u64(a, tag);
    archive_u64(a, &t->pa);
    archive_u64(a, &t->ipa);
    archive_u8(a, &t->shift);
    archive_u8(a, &t->block_shift);
    archive_u8(a, &t->level1);
    archive_u8(a, &t->level2);
    archive_bytes(a, t->attr, sizeof t->attr);
    archive_bytes(a, t->sh, sizeof t->sh);
    archive_u8(a, &t->user);
    archive_u8(a, &t->priv);
    archive_u8(a, &t->priv_pan);
    archive_u8(a, &t->user2);
    archive_u8(a, &t->priv2);
    archive_bool(a, &t->global);
    archive_bool(a, &t->clean1);
    archive_bool(a, &t->clean2);
    if (a->is_loading) {
        check_entry(*tag, t, a);
    }
}

static void save_entries(const struct tlb *tlb, struct archive *a)
{
    for (unsigned set = 0; set < tlb->set_count; set++) {
        for (uint16_t i = tlb->oldest[set]; i != NONE; i = tlb->entries[i].newer) {
            struct tlb_entry e = tlb->entries[i];
            uint64_t address = tlb_entry_address(&e);
            if (e.valid) {
                archive_entry(&address, &e.tag, &e.t, a);
            }
        }
    }
}

static void load_entries(struct tlb *tlb, size_t count, bool keep, struct archive *a)
{
    for (; count > 0; count--) {
        struct translation t = {0};
        uint64_t address, tag;
        archive_entry(&address, &tag, &t, a);
        if (a->has_failed) {
            return;
        }
        struct tlb_entry *victim = tlb_victim(tlb, address, t.shift);
        if (keep && victim->valid) {
            archive_refuse(a, "a set of the TLB is too full");
        } else if (keep) {
            tlb_insert(tlb, victim, address, tag, &t);
        }
    }
}

void tlb_archive(struct tlb *tlb, struct archive *a)
{
    unsigned entry_count = tlb->entry_count, ways = tlb->ways;
    size_t used = 0;
    for (unsigned i = 0; i < tlb->entry_count; i++) {
        used += tlb->entries[i].valid;
    }
    archive_unsigned(a, &entry_count, TLB_ENTRIES_MAX);
    archive_unsigned(a, &ways, TLB_ENTRIES_MAX);
    archive_count(a, &used, entry_count, 4 * sizeof(uint64_t));
    if (a->is_loading) {
        load_entries(tlb, used, entry_count == tlb->entry_count && ways == tlb->ways, a);
    } else {
        save_entries(tlb, a);
    }
}
